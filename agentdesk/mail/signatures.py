"""Where a writer's own words end and their signature begins: marks, telephones' lines, contact facts, disclaimers.

What stays: the closing words and the name under them, which are the writer's own. Invariants: every expression is
anchored or without nested repeats and sees clipped lines; only the last lines of a text are ever looked at.
"""

import re
from collections.abc import Sequence

_I = re.IGNORECASE
_CLIP = 500
_SHORT = 12
LONGEST = 100
"""Lines of a signature with disclaimers in three languages; a mark further up is part of the text."""
_FOOTER = 40
"""Lines of a disclaimer, from its first."""
_UNDER_PHONE = 3
_CONTACT_WIDTH = 90

_MARK = re.compile(r"--[ \t\xa0]?|—|––?|_{2,5}|-{3,4}")
_DASHED_NAME = re.compile(r"[-–—]{1,3}[ ]?[A-ZÆØÅÄÖÜÉ][\w.'’-]{1,20}(?: [A-ZÆØÅÄÖÜÉ][\w.'’-]{0,20}){0,3}$")
_MACHINE = (
    r"(?:iphone|ipad|ipod|android|samsung|galaxy|blackberry|nokia|huawei|honor|oneplus|pixel|motorola|htc|xperia|"
    r"sony|"
    r"xiaomi|redmi|oppo|windows|surface|mac\b|macbook|outlook|yahoo|gmail|google|mail\b|mail-|proton|tutanota|"
    r"tuta\b|aol|"
    r"spark|airmail|edison|blue ?mail|k-9|thunderbird|hotmail|hushmail|canary|superhuman|newton|mailbox|nine|typeapp|"
    r"phone|mobil|telefon|telephone|téléphone|handy|tablet|smartphone|my\b|gmx|web\.de|freenet|t-online|e-post|telia|"
    r"telenor|orange|sfr|free\b|ziggo|kpn|mobiel|device|enhed|enhet|gerät|toestel|appareil|the all new|fairphone)"
)
_PHONE = re.compile(
    r"[ \t]*[<\[(*_]{0,2}(?:"
    rf"sent (?:from|via|with|using|by) (?:my (?:\S+ ?){{1,6}}|(?:the |a |an )?{_MACHINE}.{{0,60}}|"
    rf"\S{{1,20}} (?:mail|mobile|app)\b.{{0,20}})|"
    r"get (?:outlook|yahoo mail|gmail|spark) (?:for|on) .{0,40}|download (?:outlook|spark) .{0,40}|"
    rf"sendt (?:fra|med|via) (?:(?:min|mit|mitt|en|et)\b.{{1,40}}|{_MACHINE}.{{0,60}})|"
    r"(?:hent|skaff deg|få|last ned) outlook (?:til|for) .{0,40}|"
    rf"skickat (?:från|via|med) (?:(?:min|mitt|en)\b.{{1,40}}|{_MACHINE}.{{0,60}})|"
    r"(?:hämta|skaffa) outlook för .{0,40}|"
    r"(?:von|vom) (?:meinem|mein|unterwegs|mobil) ?.{0,40}gesendet.{0,20}|"
    rf"gesendet (?:von|mit|über|via|aus) (?:(?:meinem|meiner|der|unterwegs)\b.{{0,50}}|{_MACHINE}.{{0,60}})|"
    r"(?:outlook für .{0,20} beziehen|holen sie sich outlook .{0,20}).{0,10}|"
    r"diese (?:nachricht|e-?mail) wurde (?:von|mit) .{0,60} gesendet.{0,10}|"
    rf"(?:verstuurd|verzonden) (?:vanaf|vanuit|van|met|via) (?:(?:mijn|een|de)\b.{{1,40}}|{_MACHINE}.{{0,60}})|"
    r"(?:outlook voor .{0,20}(?:downloaden|ophalen)|download outlook voor .{0,20}).{0,10}|"
    rf"(?:envoyée?|expédiée?) (?:de|depuis|à partir de|par|avec|via) (?:(?:mon|l['’]|un|une|ma)\s?.{{1,60}}|"
    rf"{_MACHINE}.{{0,60}})|"
    r"(?:obtenir|télécharger|téléchargez) outlook pour .{0,40}|"
    r"enviado (?:desde|do|de) (?:mi|meu) .{0,40}|inviato da(?:l mio)? .{0,40}|lähetetty (?:iphonesta|"
    r".{0,30}laitteesta).{0,10}|"
    r"wysłane z .{0,40}|отправлено с .{0,40}|отправлено из .{0,40}|发自我的.{0,20}|iphoneから送信"
    r")[>\])*_]{0,2}[ \t]*(?:[<\[(][^>\])]{0,200}[>\])])?[ \t.!]*$",
    _I,
)
"""The line that a telephone or a program adds by itself."""
_LIST_FOOTER = re.compile(
    r"_{20,}[ \t]*$|-{20,}[ \t]*$|"
    r"you (?:received|are receiving) this (?:message|e-?mail) because you are subscribed to|"
    r"to unsubscribe(?: from this (?:group|list))?[,: ].{0,80}(?:@|https?:)|unsubscribe(?: here)?: ?<?(?:https?:|"
    r"mailto:)",
    _I,
)
"""What a mailing list adds below."""
_DISCLAIMER = re.compile(
    r"[ \t]*[*_\[(]{0,3}(?:disclaimer\b|confidentiality (?:notice|note|statement)|legal (?:notice|disclaimer)|"
    r"privileged (?:and|&|/) confidential|"
    r"(?:this|the (?:information|content)s? (?:contained )?in this) (?:e-?mail|message|communication|"
    r"transmission)\b.{0,120}"
    r"(?:confidential|intended (?:solely|only|for)|privileged)|"
    r"(?:denne|dette) (?:e-?mail|e-post|mail|meddelelse|melding|besked)\w*\b.{0,120}(?:fortrolig|konfidensiel)|"
    r"(?:detta|denna) (?:e-post|mejl|e-?mail|meddelande)\w*\b.{0,120}(?:konfidentiell|sekretess)|"
    r"diese (?:e-?mail|nachricht|mitteilung)\b.{0,120}vertraulich|"
    r"(?:dit|deze) (?:e-?mail|bericht|e-mailbericht)\b.{0,120}vertrouwelijk|"
    r"de informatie in dit e-?mail.{0,60}vertrouwelijk|"
    r"(?:ce|cet|cette) (?:message|e-?mail|courriel|courrier)\b.{0,120}confidentiel|"
    r"(?:please |p )?consider the environment before printing|tænk på miljøet|tenk på miljøet|tänk på miljön|"
    r"(?:bitte )?denken sie an die umwelt|pensez à l['’]environnement|denk aan het milieu|"
    r"(?:this (?:e-?mail|message) (?:has been|was) (?:checked|scanned)|scanned) (?:for viruses|by)|"
    r"virus-free\.|virenfrei\.|virusfri\.|garanti sans virus|virusvrij\.|fri fra virus|"
    r"diese e-?mail wurde von .{1,40} auf viren (?:geprüft|überprüft)|l['’]absence de virus dans ce courrier)",
    _I,
)
"""The first line of what lawyers, scanners of viruses and friends of trees have added below."""
_CLOSING = re.compile(
    r"[ \t]*(?:(?:med )?venlig(?:e|st)? hilsen(?:er)?|(?:med )?vennlig hilsen|(?:de )?(?:bedste|beste|"
    r"venligste) hilsn?(?:er|ener)|"
    r"(?:m\.?)?v\.?h\.?|mvh|hilsen|kærlig hilsen|kh|med vänlig(?:a)? hälsning(?:ar)?|vänliga hälsningar|"
    r"(?:bästa )?hälsningar|"
    r"(?:mit )?(?:freundliche[nm]?|besten|lieben|herzlichen|herzliche) gr(?:ü|ue)(?:ß|ss)en?|"
    r"(?:viele|beste|liebe|schöne) gr(?:ü|ue)(?:ß|ss)e|mfg|lg|vg|hochachtungsvoll|"
    r"(?:with )?(?:kind|kindest|best|warm|warmest)?[ ]?regards|best wishes|many thanks|thanks|thank you|thx|"
    r"thanks (?:and|&) (?:kind |best )?regards|"
    r"yours (?:sincerely|faithfully|truly)|sincerely(?: yours)?|respectfully|all the best|"
    r"cheers|best|met vriendelijke groet(?:en)?|(?:vriendelijke|hartelijke) groet(?:en)?|groet(?:en|jes)?|mvg|"
    r"(?:bien )?cordialement|(?:bien )?à vous|salutations|"
    r"(?:meilleures |sincères )?salutations(?: distinguées)?|sincèrement)[ \t]*"
    r"(?:[/|] ?[\w ]{2,30})?[,.!]{0,2}[ \t]*$",
    _I,
)
"""The words above a name."""
_CLOSING_NAMED = re.compile(
    r"[ \t]*(?:(?:med )?venlig(?:e|st)? hilsen|(?:med )?vennlig hilsen|(?:de )?(?:bedste|beste) hilsner|"
    r"m\.?v\.?h\.?|hilsen|"
    r"(?:med )?vänliga? hälsning(?:ar)?|(?:mit )?freundlichen gr(?:ü|ue)(?:ß|ss)en|(?:viele|liebe|beste) gr(?:ü|"
    r"ue)(?:ß|ss)e|mfg|"
    r"(?:kind|best|warm)? ?regards|(?:met )?vriendelijke groet(?:en)?|"
    r"cordialement)[,.]?(?: [\w.'’-]{1,25}){1,4}[ \t]*$",
    _I,
)
"""The same with the name beside them."""
_CONTACT = re.compile(
    r"@|\bwww\.|https?://|\b(?:tlf|tel|telefon|phone|ph|mob|mobil|mobile|cell|direct|direkte|fax|cvr|org\.? ?nr|ust|"
    r"kvk|"
    r"siret|telefoon|téléphone|office|kontor)\b\.?:?"
    r"|(?:^|\s)\+\d{2}|^\s*(?:[TMFPEW][.:] ?)?\(?\d{2,4}\)?(?:[ .-]?\d{2,4}){2,4}\s*$|"
    r"\b[A-Z]{0,2}-?\d{4,5} ?[A-ZÆØÅÄÖÜ]",
    _I,
)
"""What stands in a block of contact facts."""
_ONLY_CONTACT = re.compile(
    r"[ \t]*(?:(?:(?:tlf|tel|telefon|phone|ph|mob|mobil|mobile|cell|direct|direkte|t|m|p|telefoon|téléphone)\b"
    r"(?: ?(?:nr|no))?[.:]{0,2} ?)?(?:\+|00)?[\d(][\d ()/.-]{5,20}\d|(?:e|e-?mail|mail|w|"
    r"web)?[.:]? ?<?[\w.+-]{1,60}@[\w.-]{3,60}>?|"
    r"(?:https?://|www\.)\S{3,100}|[^|·]{1,60}[|·].{0,80}(?:@|www\.|\+?\d[\d ()-]{6,}).{0,60})[ \t.]*$",
    _I,
)
"""One line that is a telephone number, an address or a site, and nothing else."""
_MEANT = re.compile(
    r"\b(?:p\.?s\b|ordre|order|bestilling|bestellung|commande|faktura|invoice|rechnung|call|ring|phone me|reach me|"
    r"serial|tracking|sporing)|\?\s*$",
    _I,
)
"""What a person adds under the name and means."""


def start(lines: Sequence[str], begin: int, end: int) -> int | None:
    """The line at which the signature begins that ends the new text from `begin` to `end`; None: there is none."""
    begin = max(begin, end - LONGEST)
    said = [at for at in range(begin, end) if lines[at].strip()]
    for place, at in enumerate(said):
        if _begins(
            lines[at][:_CLIP], [lines[below][:_CLIP] for below in said[place + 1 : place + 2 + _FOOTER]]
        ):
            return at
    if said and (dashed := _dashed_name(lines, said)) is not None:
        return dashed
    for place in range(max(0, len(said) - _SHORT), len(said)):
        line = lines[said[place]][:_CLIP]
        named = bool(_CLOSING_NAMED.match(line))
        if named or _CLOSING.match(line):
            contact = said[
                place + (1 if named else 2) :
            ]  # the closing words and the name are the writer's own
            if _is_contact([lines[at][:_CLIP] for at in contact]):
                return contact[0]
    return None


def _begins(line: str, below: Sequence[str]) -> bool:
    """Whether this line opens the signature; `below` are the lines that say something under it, up to a footer's."""
    if line in ("-- ", "--\xa0"):
        return True
    if _PHONE.match(line):
        return len(below) <= _UNDER_PHONE
    if _LIST_FOOTER.match(line):
        return len(below) <= _SHORT
    if _DISCLAIMER.match(line):
        return len(below) <= _FOOTER
    if not 0 < len(below) <= _SHORT or not _MARK.fullmatch(line.rstrip()):
        return False
    return not any(one.rstrip().endswith("?") for one in below)


def _dashed_name(lines: Sequence[str], said: Sequence[int]) -> int | None:
    """A last line such as "-Mette", unless it is one of a list."""
    last = lines[said[-1]][:_CLIP].strip()
    if len(said) < 2 or not _DASHED_NAME.match(last):
        return None
    before = lines[said[-2]].lstrip()
    return None if before.startswith(("-", "–", "—", "*", "•")) or before.rstrip().endswith(":") else said[-1]


def _is_contact(lines: Sequence[str]) -> bool:
    """Whether the lines are a block of title, firm, telephone and the like, and nothing that a person meant to say."""
    if not lines or any(_MEANT.search(line) or len(line) > _CONTACT_WIDTH for line in lines):
        return False
    if all(_ONLY_CONTACT.match(line) for line in lines):
        return True
    return len(lines) >= 2 and sum(bool(_CONTACT.search(line)) for line in lines) >= 2
