"""Whether an answer is a mere thank-you, in seven languages.

Invariant: every word of it is one that thanks, wishes, greets or names; a question, a figure, a link or one other word
makes it more than thanks. So a doubt always opens the case, and nobody is overlooked for being polite.
"""

import re

_MOST = 40
"""Words; who writes more has something to say."""
_SAYS_MORE = re.compile(r"[?0-9@]|https?:|www\.")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_NAME_LINE = 4
"""Words of a greeting, the name in it included."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.casefold().split())


_THANKS = _words("""
    thanks thank thx thankyou cheers ty tak takk tack danke dankeschön dank bedankt merci dankjewel
    bedankje grateful taknemmelig takknemlig tacksam dankbar
""")
_GREETINGS = _words("""
    hi hello hey dear hej hei heisann hejsa halloj hallo kære kjære kära käre goddag god good guten hoi dag
    beste bonjour salut bonsoir cher chère liebe lieber liebes
""")
_POLITE = _words("""
    you very much so many a lot lots million bunch again for the your kind quick swift fast prompt great help
    helping support reply answer response service assistance information info all everything that is was
    really appreciated appreciate it perfect excellent wonderful super lovely awesome brilliant fantastic
    amazing nice ok okay fine good got i am we are and have day weekend evening week to best warm regards
    wishes yours sincerely received well noted understood will do of course too this with in advance happy
    glad pleased it's that's i'm
    mange tusenvis skal du i jer dig deg dere have ha for hjælpen hjelpen hjælp hjelp svaret svar hurtige raske
    rask hurtig hurtigt raskt din dit deres jeres den det de gode god godt super fint flot dejligt lækkert
    perfekt herligt herlig supert topp kjempe kjempefint kjempebra bra helt altså så meget mye igen igjen på
    forhånd dag weekend helg aften kveld uge uke ønsker rigtig riktig fortsat fortsatt dagen venlig vennlig
    venlige hilsen hilsener hilsner mvh vh med kærlig kærlige hilsning bedste beste modtaget mottatt er jeg vi
    og også ogå det's okay fantastisk fantastiske service servicen kanon skønt tusind tusen hundrede hyggelig hyggeligt
    hyggelige informationen informasjonen oplysningen beskeden beskjeden opplysningen tilbagemelding
    tilbagemeldingen tilbakemelding tilbakemeldingen venligst glad
    så mycket för hjälpen hjälp snabba snabbt svar svaret svaren din ditt ert er era jättebra jättesnällt
    toppen underbart ha en bra fin trevlig helg kväll dag vänliga vänlig hälsningar hälsning och jag är igen
    fint utmärkt tusen kanonbra mottaget informationen återkopplingen allt
    vielen herzlichen besten tausend schön sehr ihnen dir euch für die das den der ihre ihren deine eure
    schnelle schnellen hilfe antwort rückmeldung auskunft unterstützung nette freundliche alles klar gut super
    prima toll perfekt wunderbar bestens ich bin wir sind und auch einen eine schönen schönes wochenende tag
    abend noch wünsche liebe grüße gruß grüßen mit freundlichen freundlichem viele beste mfg lg vg im voraus
    erhalten info
    heel erg hartelijk jullie u je voor de het uw jouw snelle reactie antwoord hulp goede service informatie
    top prima fijn fijne geweldig helemaal goed wel dank mooi super avond weekend dag groet groeten groetjes
    met vriendelijke vriendelijk ik wij en ook alvast ontvangen duidelijk
    beaucoup bien infiniment mille vous toi pour votre ta ton vos réponse aide rapide rapidité service retour
    information informations excellent parfait super génial top très c'est ça est bonne bon journée soirée
    weekend week-end fin de semaine je nous et aussi la le les l'aide cordialement salutations meilleures à
    noté reçu d'accord encore tout une un
""")
_KNOWN = _THANKS | _GREETINGS | _POLITE


def is_mere_thanks(text: str, name: str = "") -> bool:
    """All that is said here is thank you; `name` is what its writer is called and may sign with."""
    if _SAYS_MORE.search(text):
        return False
    lines = [words for line in text.split("\n") if (words := _WORD.findall(line))]
    if not lines or sum(map(len, lines)) > _MOST:
        return False
    if lines[0][0].casefold() in _GREETINGS:
        lines[0] = _without_name(lines[0])
    own = {word.casefold() for word in _WORD.findall(name)}
    spoken = [word.casefold().replace("’", "'") for line in lines for word in line]
    while spoken and spoken[-1] in own and spoken[-1] not in _THANKS:
        spoken.pop()
    return any(word in _THANKS for word in spoken) and all(word in _KNOWN for word in spoken)


def _without_name(line: list[str]) -> list[str]:
    """A greeting without whom it greets: the words behind it that begin with a capital."""
    end = 1
    while end < min(len(line), _NAME_LINE) and line[end].istitle() and line[end].casefold() not in _THANKS:
        end += 1
    return line[:1] + line[end:]
