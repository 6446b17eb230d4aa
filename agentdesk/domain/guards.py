"""What speaks against sending a text as it stands, in plain sentences; facts in, warnings out.

Invariants: a warning is a question to the writer and never stops anything by itself; what is not known is never held
against a text, so that a warning is worth reading.
"""

import re
from dataclasses import dataclass

from agentdesk.config.language import N_, _
from agentdesk.domain.promises import promises_a_file


@dataclass(frozen=True, slots=True)
class Leaving:
    """What is about to leave. `text` is what is new in it: no quotes, nothing passed on."""

    text: str
    subject: str = ""
    to: tuple[str, ...] = ()
    """Every recipient's address as it is compared, Cc and Bcc included."""
    files: int = 0
    language: str = ""
    """The language it is written in; empty when that is not clear."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who is to read it, as far as the store knows."""

    name: str = ""
    """The customer's name; empty when none is known."""
    expected: frozenset[str] = frozenset()
    """Addresses of which one should be among the recipients; empty: nothing is expected."""
    known: str = ""
    """Names and addresses of everybody in the case: a name that stands in them is nobody else's."""
    said: str = ""
    """What was written in the case: so is a name that stands there as a word."""
    language: str = ""
    """The language the customer writes; empty when that is not clear."""
    foreign_orders: tuple[str, ...] = ()
    """Order numbers that the text names and that belong to somebody else."""
    forged: str = ""
    """The address under which somebody else may have written what is being answered."""


_LANGUAGES = {
    "da": N_("Danish"), "nb": N_("Norwegian"), "sv": N_("Swedish"), "de": N_("German"), "nl": N_("Dutch"),
    "fr": N_("French"), "en": N_("English"),
}  # fmt: skip
_GREETING = (
    r"hej|hejsa|hejs|hei|heisann|hallo|halloj|halløj|hello|hi|hiya|hey|dear|kære|kjære|käre|kära|bästa|bäste|"
    r"liebe[rs]?|sehr geehrte[rs]?|guten (?:tag|morgen|abend)|moin|servus|grüß gott|beste|geachte|hoi|dag|"
    r"goede(?:morgen|middag|navond|ndag)|bonjour|bonsoir|salut|chers?|chère|chères|"
    r"god (?:dag|morgen|aften|kveld|morgon|kväll|eftermiddag)|goddag|tjena|good (?:morning|afternoon|evening|day)"
)
_GREETS = re.compile(rf"\s*(?:{_GREETING})\b(?P<rest>[^\n]{{0,80}})", re.IGNORECASE)
_EMPTY_GREETING = re.compile(
    rf"\s*(?:(?:{_GREETING})(?:\s+(?:mr|mrs|ms|dr|herr|frau|hr|fru|madame|monsieur|mevrouw|meneer|de heer)\.?)?\s+,"
    r"|(?:dear|kære|kjære|käre|kära|sehr geehrte[rs]?|geachte|chère?|liebe[rs]?)\s*(?:,|$)"
    rf"|(?:{_GREETING})\s+(?:null|none|undefined|nan|unknown|ukendt|ukjent)\b\s*[,!.]?\s*$)",
    re.IGNORECASE,
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TITLES = _words("""
    mr mrs ms miss mx dr prof sir madam hr herr herrn fru frøken frk frau fräulein madame monsieur mme mlle m
    mevrouw mevr meneer mijnheer dhr heer de van von der den og and und et en och både
""")
# who is greeted without a name, and the first words of a sentence that stands behind the greeting without a comma
_NOBODYS_NAME = _words("""
    all alle alla allesammen begge both everyone everybody folks team there again igen igjen kunde kunden kund
    kunder customer customers client clients damen herren zusammen iedereen allemaal allebei tous toutes tout
    customer's sirs support service kundeservice kundservice kundenservice customerservice friend friends guys
    venner klant klanten team's colleague colleagues kollega kollegaer kolleger kollegen collega collega's
    afdeling you dig deg dere jer jullie nochmal nochmals i we it this that the thanks thank yes no just sorry
    unfortunately as your please hope hoping here in on my our jeg vi det den der tak takk ja nej nei desværre
    dessverre undskyld beklager din dit dine du jeres her har og men så angående vedrørende ang vedr ich wir
    danke vielen nein leider ihre ihr es das die entschuldigung hier wie ik wij bedankt dank helaas uw je het
    hierbij nous merci oui non malheureusement votre vos voici jag tack tyvärr ditt här att för de om med fra
    til på god good goede morning afternoon evening day dag morgen formiddag eftermiddag ettermiddag aften
    kveld tag abend middag null none undefined nan unknown ukendt ukjent
""")
_NICKNAMES = (
    "michael mike mick mikael mikkel", "robert bob rob bobby", "william bill will billy liam", "richard rick dick",
    "james jim jimmy jamie", "john jack johnny", "thomas tom tommy", "elizabeth liz beth betty eliza lisbeth lisa",
    "katherine catherine kate kathy katie cathrine", "margaret maggie peggy meg", "edward ed ted eddie",
    "alexander alex sascha sasha", "charles charlie chuck", "susan sue suzanne", "anthony tony", "christopher chris",
    "josef joseph joe sepp", "johannes hans jan", "andrew andy", "daniel dan danny", "stephen steven steve",
)  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_FIELD_NAMES = (
    r"(?:first|last|full|your|customer(?:['’]?s)?|kundens?|order|ordre|agent)?[ _-]*"
    r"(?:name|navn|fornavn|efternavn|etternavn|namn|förnamn|vorname|nachname|naam|voornaam|achternaam|nom|prénom|customer|"
    r"kunde|kund|klant|client|order|ordre|ordrenummer|ordrenr|order ?(?:no|nr|number)|bestilling|dato|date|datum|beløb|"
    r"amount|betrag|bedrag|montant|link|url|tracking|product|produkt|varenavn|company|firma|address|adresse)"
)
_BLANKS = re.compile(
    r"\{\{.{0,80}?\}\}|\{\{|\{%.{0,80}?%\}|\$\{[\w. ]{1,40}\}|%\(\w{1,40}\)s|\{[a-zæøåäö_.]{2,40}\}"
    rf"|[\[<]\s*{_FIELD_NAMES}\s*[\]>]"
    r"|\[(?:insert|indsæt|sett inn|infoga|einfügen|hier|skriv|fill in|udfyld|todo)\b[^\]\n]{0,60}\]"
    r"|[\[<][A-ZÆØÅÄÖ]{2,20}(?:_[A-ZÆØÅÄÖ]{1,20})+[\]>]"
    r"|\bX{4,}\b|(?<=\w )_{3,}(?=[ .,!])|\bxx[./-]xx(?:[./-]xx(?:xx)?)?\b",
    re.IGNORECASE,
)


def warnings(leaving: Leaving, reader: Reader) -> tuple[str, ...]:
    """Everything that speaks against it, what matters most first."""
    found: list[str] = []
    if reader.expected and leaving.to and not reader.expected.intersection(leaving.to):
        found.append(_("{name} is not among the recipients.").format(name=reader.name or _("The customer")))
    if reader.forged:
        words = _("What came in last may not be from {address}: say nothing that only they should know.")
        found.append(words.format(address=reader.forged))
    wrong = wrong_name(leaving.text, reader)
    if wrong:
        found.append(
            _("The greeting says {name}, but you are writing to {customer}.").format(
                name=wrong, customer=reader.name
            )
        )
    found += [
        _("Order {number} belongs to another customer.").format(number=one) for one in reader.foreign_orders
    ]
    if not leaving.files and promises_a_file(leaving.text):
        found.append(_("The text promises a file, but no file is attached."))
    if leaving.language and reader.language and leaving.language != reader.language:
        found.append(
            _("This is written in {language}, but the customer writes {other}.").format(
                language=_(_LANGUAGES[leaving.language]), other=_(_LANGUAGES[reader.language])
            )
        )
    return (*found, *blanks(f"{leaving.subject}\n{leaving.text}"), *_empty_greeting(leaving.text))


def blanks(text: str) -> tuple[str, ...]:
    """Every place that was to be filled in, once."""
    found = dict.fromkeys(match.group().strip() for match in _BLANKS.finditer(text))
    return tuple(_("A blank was not filled in: {blank}").format(blank=one) for one in list(found)[:3])


def _empty_greeting(text: str) -> tuple[str, ...]:
    """ "Hej ," and "Dear," name nobody."""
    first = _first_line(text)
    return (
        (_("The greeting names nobody: {line}").format(line=first),) if _EMPTY_GREETING.match(first) else ()
    )


def wrong_name(text: str, reader: Reader) -> str:
    """The name in the greeting, when nobody in the case has it; empty when nothing is wrong or not enough is known."""
    match = _GREETS.match(_first_line(text))
    if match is None or not reader.name:
        return ""
    named = _named(match["rest"])
    return " ".join(named) if named and not any(_is_known(one.casefold(), reader) for one in named) else ""


def _named(rest: str) -> list[str]:
    """The name behind a greeting: words with a capital up to a comma, or to the word that begins the sentence."""
    named: list[str] = []
    for part in rest.replace(".", ". ").split():
        word = _WORD.match(part)
        if word is None or word.group().casefold() in _NOBODYS_NAME:
            break
        if word.group().casefold() not in _TITLES:
            if not word.group()[0].isupper():
                break
            named.append(word.group())
        if part[word.end() :].strip(".") or len(named) == 4:
            break
    return named


def _is_known(name: str, reader: Reader) -> bool:
    """Somebody in the case is called that, or nearly: an address, a short form or a part of a double name will do."""
    people = f"{reader.name} {reader.known}".casefold()
    names = {word.casefold() for word in _WORD.findall(people)}
    if len(name) < 2 or name in names or (len(name) >= 3 and _plain(name) in _plain(people)):
        return True
    if name in {word.casefold() for word in _WORD.findall(reader.said)}:
        return True
    if any(len(one) >= 3 and name.startswith(one) for one in names):
        return True
    return any(name in row.split() and any(one in names for one in row.split()) for row in _NICKNAMES)


def _plain(text: str) -> str:
    for letter, written in (
        ("ø", "oe"),
        ("æ", "ae"),
        ("å", "aa"),
        ("ö", "oe"),
        ("ä", "ae"),
        ("ü", "ue"),
        ("é", "e"),
    ):
        text = text.replace(letter, written)
    return text


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.split("\n") if line.strip()), "")[:200]
