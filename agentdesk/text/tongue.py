"""In which of seven languages a text is written, by the small words that only one of them has.

Invariant: a doubt is an answer: a short text, one of lists and numbers, or one between two languages gives "", so that
nothing that is built on a guess cries wolf.
"""

import re
from collections import Counter

LANGUAGES = ("da", "nb", "sv", "de", "nl", "fr", "en")
_WORD = re.compile(r"[^\W\d_]+")
_NOISE = re.compile(r"https?://\S+|\S+@\S+|^\s*>.*$", re.MULTILINE)
_MOST = 4000
"""Characters that are looked at."""
_LEAST = 4.0
"""Points that a language needs: about as many small words of its own."""
_AHEAD = 1.6
"""Times as many points as the next one."""

_SMALL: dict[str, str] = {
    "da": """
        af og jeg vi du i at det en et er der den de til på med for ikke som har havde han hun man sig mig dig os jer
        jeres vores deres din dit dine min mit mine om men så var vil kan skal skulle kunne ville må bliver blev
        blevet være været eller hvis når nu også kun fra efter over under mere meget noget nogen nogle hvad hvor
        hvordan hvornår hvorfor hvilken igen tilbage gerne lige selv hej kære tak hilsen venlig venlige hjælp hjælpe
        spørgsmål svar uge uger dag dage sendt sender modtaget pakken ordre ordren bestilling bestilt betalt kommer
        kommet fået får giver gør gjort se ser ved vide ind ud op ned hos inden uden endnu allerede desværre
        velkommen håber forsinkelsen undskyld pengene""",
    "nb": """
        av og jeg vi du dere i å det en et ei er der den de til på med for ikke som har hadde han hun man seg meg deg
        oss vår vårt våre deres din ditt dine min mitt mine om men så var vil kan skal skulle kunne ville må blir ble
        blitt være vært eller hvis når nå også bare fra etter over under mer mye noe noen hva hvor hvordan hvorfor
        hvilken igjen tilbake gjerne selv hei kjære takk hilsen vennlig hjelp hjelpe spørsmål svar uke uker dag dager
        sendt sender mottatt pakken ordre ordren bestilling bestilt betalt kommer kommet fått får gir gjør gjort se ser
        vite inn ut opp ned hos innen uten ennå allerede dessverre velkommen håper forsinkelsen beklager pengene""",
    "sv": """
        av och jag vi du ni i att det en ett är där den de dem till på med för inte som har hade han hon man sig mig
        dig oss er ert era vår vårt våra din ditt dina min mitt mina om men så var vill kan ska skulle kunde ville
        måste blir blev blivit vara varit eller när nu också bara från efter över under mer mycket något någon
        några vad hur varför vilken igen tillbaka gärna själv hej kära tack hälsning hälsningar vänliga hjälp
        hjälpa fråga frågor svar vecka veckor dag dagar skickat skickar mottagit paketet order ordern beställning
        beställt betalat kommer kommit fått får ger gör gjort se ser vet veta in ut upp ner hos innan utan ännu
        redan tyvärr välkommen hoppas pengarna""",
    "de": """
        und ich wir sie du ihr ihnen ihre ihren ihrem ihrer die der das den dem des ein eine einen einem einer ist sind
        war waren nicht mit für von zu zum zur auf im in an am bei nach aus um über unter durch als wie auch noch nur
        schon sehr mehr wenn dann dass daß oder aber haben habe hat hatte wird werden wurde worden kann können muss
        soll möchte uns unser unsere mein meine mich mir dich dir es man was wer wo wann warum welche hallo liebe
        lieber geehrte geehrter danke vielen dank grüße grüßen freundlichen hilfe frage bitte antwort tage tagen
        woche wochen paket bestellung bestellt bezahlt gesendet erhalten bekommen leider heute morgen wieder zurück""",
    "nl": """
        en ik wij we jij je jullie u uw de het een is zijn was waren niet met voor van te tot op in aan bij naar uit om
        over onder door als dan ook nog maar al heel meer wanneer dat die dit deze of hebben heb heeft had wordt worden
        werd kan kunnen moet zal zou zullen ons onze mijn mij me er wat wie waar hoe waarom welke hallo beste geachte
        dank bedankt groet groeten vriendelijke hulp vraag graag antwoord dag dagen week weken pakket bestelling
        besteld betaald verzonden ontvangen gekregen helaas vandaag morgen weer terug geen wel hier daar nu""",
    "fr": """
        et je nous vous tu il elle ils les le la un une des du de au aux est sont était étaient pas ne avec pour dans
        sur en par chez vers sans sous comme aussi encore mais plus très si que qui quoi dont où quand comment
        pourquoi quel quelle ou avoir ai as a avez avons ont avait être été sera peut peux pouvez dois doit faut
        mon ma mes votre vos notre nos ce cette ces cet bonjour madame monsieur cher chère merci cordialement aide
        question réponse jour jours semaine semaines colis commande commandé payé envoyé reçu malheureusement
        demain retour bien rien""",
    "en": """
        and i we you he she they it the a an is are was were not with for of to from on in at by about into over under
        as than also still only but or if when then that this these those have has had be been being will would can
        could should must may do does did don't your yours our ours my mine me us them their his her there here
        what who where how why which hello hi dear thanks thank regards kind help question please answer day days
        week weeks parcel package order ordered paid sent received unfortunately today tomorrow again back just any
        some all""",
}
_OF: dict[str, tuple[str, ...]] = {}
for _language, _list in _SMALL.items():
    for _one in dict.fromkeys(_list.split()):
        _OF[_one] = (*_OF.get(_one, ()), _language)
_LETTERS = (("ß", "de"), ("ij", "nl"), ("ç", "fr"), ("è", "fr"), ("ê", "fr"))
_NORDIC = frozenset({"da", "nb"})


def guess(text: str) -> str:
    """The language, or "" for a doubt."""
    words = Counter(word.casefold() for word in _WORD.findall(_NOISE.sub(" ", text[:_MOST])))
    points = dict.fromkeys(LANGUAGES, 0.0)
    for word, times in words.items():
        owners = _OF.get(word, ())
        for language in owners:
            points[language] += min(times, 3) / len(owners) ** 1.5
        if not owners:
            for letters, language in _LETTERS:
                points[language] += 0.3 * (letters in word)
            if "ø" in word or "æ" in word:
                points["da"] += 0.3
                points["nb"] += 0.3
            if "ä" in word or "ö" in word:
                points["sv"] += 0.3
                points["de"] += 0.3
    (best, most), (second, next_) = sorted(points.items(), key=lambda one: -one[1])[:2]
    ahead = 1.25 if {best, second} == _NORDIC else _AHEAD
    return best if most >= _LEAST and most >= next_ * ahead else ""
