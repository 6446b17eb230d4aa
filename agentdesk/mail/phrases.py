"""The words by which mail programs in seven languages introduce old text and end new text.

Invariant: each expression is anchored or a plain search without nested repeats, so that it is linear on clipped lines.
"""

import re

_I = re.IGNORECASE

WROTE = re.compile(
    r"\b(?:wrote|writes|skrev|skriver|schrieb|schreibt|schreef|geschrieben|geschreven|escribió|ha scritto|kirjoitti)\b"
    r"|\ba écrit\b",
    _I,
)
"""The verb of an attribution."""

SPOKEN = re.compile(
    r"\b(?:(?:i|we|you|he|she|they|jeg|vi|du|hun|han|jag|ich|wir|sie|er|ik|wij|je|nous|vous|il|elle)\s+"
    r"(?:just |then |also )?(?:wrote|skrev|schrieb|schreef)|"
    r"(?:skrev|schrieb|schreef)\s+(?:jeg|vi|du|hun|han|jag|ich|wir|sie|er|ik|wij|je|til|att|at)\b|"
    r"j'ai écrit|(?:ai|avons|avez) écrit)",
    _I,
)
"""A person telling of having written, not a program attributing."""

TIME = re.compile(r"\b\d{1,2}[:.]\d{2}\b|\b(?:19|20)\d\d\b|\b\d{1,4}[-./]\d{1,2}[-./]\d{1,4}\b")
"""A time of day, a year or a date in figures."""

EVIDENCE = re.compile(TIME.pattern + r"|\S@\S")
"""What an attribution has beside its verb."""

ATTRIBUTION_START = re.compile(
    r"(?:on|den|am|op|le|el|il|på|d\.)\s.{0,60}?\d|"
    r"(?:mon|tue|wed|thu|fri|sat|sun|man|tir|tirs|ons|tor|tors|fre|lør|søn|lör|sön|mån|tis|mo|di|mi|do|sa|so|"
    r"lun|mar|mer|jeu|ven|sam|dim)[a-zéøöåä]*\.?,?\s.{0,20}?\d|"
    r"\d{1,4}[-./ ]",
    _I,
)
"""How an attribution that begins with its date begins."""

ORIGINAL_MARK = re.compile(
    r"[ \t]*[-‐–—_*]{2,}[ \t]*(?:original(?: e?-?mail)? message|original e?-?mail|originalmeddelande|"
    r"ursprungligt meddelande|oprindelig (?:meddelelse|besked|mail)|opprinnelig (?:melding|e-post)|opprinneleg melding|"
    r"ursprüngliche (?:nachricht|mail)|originalnachricht|original[- ]nachricht|oorspronkelijk bericht|"
    r"oorspronkelijke bericht|message d['’]origine|message original|mensaje original|reply message|"
    r"alkuperäinen viesti)[ \t]*[-‐–—_*]{2,}",
    _I,
)
"""The rule above a copied mail."""

FORWARD_MARK = re.compile(
    r"[ \t]*(?:[-‐–—_*]{2,}[ \t]*(?:forwarded (?:message|by)|videresendt (?:meddelelse|besked|melding|mail)|"
    r"videresend(?:t|te)|vidarebefordrat (?:meddelande|mejl)|weitergeleitete (?:nachricht|mail)|"
    r"doorgestuurd bericht|message transféré|message transmis)"
    r"|(?:begin forwarded message|start på videresendt (?:besked|meddelelse|melding|e-post)|"
    r"videresendt besked|videresendt melding|"
    r"vidarebefordrat brev|början på vidarebefordrat|anfang der weitergeleiteten|begin doorgestuurd bericht|"
    r"début du message (?:réexpédié|transféré)))",
    _I,
)
"""The line above a mail that is passed on: that is content, not history."""

FIELDS = re.compile(
    r"[ \t]*[*_]{0,2}(?:"
    r"(?P<sender>from|fra|från|von|van|de|expéditeur|avsändare|afsender|avsender)|"
    r"(?P<sent>sent|date|sendt|dato|skickat|datum|gesendet|verzonden|envoyé(?: le)?)|"
    r"(?P<to>to|til|till|an|aan|à)|"
    r"(?P<copy>cc|kopi|kopia|kopie|bcc|reply-to)|"
    r"(?P<subject>subject|emne|ämne|betreff|onderwerp|objet|betr)"
    r")[*_]{0,2}[ \t\xa0]?:[*_]{0,2}(?=[ \t\xa0]|$)",
    _I,
)
"""One field of a copied header."""

PHONE_SIGNATURE = re.compile(
    r"[ \t]*[<\[(]?(?:"
    r"sent (?:from|via|with|using) (?:my|the )?.{0,60}|"
    r"get outlook for .{0,40}|"
    r"sendt (?:fra|med|via) (?:min|mit|mitt|outlook|yahoo|mail|proton|gmail|samsung|en|et|iphone|ipad).{0,60}|"
    r"(?:hent|skaff deg|få) outlook (?:til|for) .{0,40}|"
    r"skickat (?:från|via|med) (?:min|mitt|outlook|yahoo|e-post|mail|proton|gmail|samsung|en).{0,60}|"
    r"hämta outlook för .{0,40}|"
    r"(?:von|vom) (?:meinem|mein) .{0,40} gesendet.{0,20}|"
    r"gesendet (?:von|mit|über) .{0,60}|outlook für .{0,20} beziehen.{0,10}|"
    r"diese nachricht wurde von meinem .{0,80}|"
    r"(?:verstuurd|verzonden) (?:vanaf|vanuit|met|via) .{0,60}|outlook voor .{0,20}(?:downloaden|ophalen).{0,10}|"
    r"(?:envoyé|envoyée) (?:de|depuis|à partir de|par) .{0,60}|(?:obtenir|télécharger) outlook pour .{0,40}"
    r")[>\])]?[ \t]*(?:<[^>]{0,200}>)?[ \t.]*$",
    _I,
)
"""The line that a telephone or a program adds by itself."""

LIST_FOOTER = re.compile(r"_{20,}[ \t]*$|You received this message because you are subscribed to", _I)
"""What a mailing list adds below."""

CLOSING = re.compile(
    r"[ \t]*(?:(?:med )?venlig(?:e|st)? hilsen|(?:med )?vennlig hilsen|(?:de )?(?:bedste|beste) hilsn?(?:er|ener)|"
    r"(?:m\.?)?v\.?h\.?|mvh|hilsen|med vänlig(?:a)? hälsning(?:ar)?|vänliga hälsningar|hälsningar|"
    r"(?:mit )?(?:freundliche[nm]?|besten|lieben|herzlichen) gr(?:ü|ue)(?:ß|ss)en?|"
    r"(?:viele|beste|liebe) grüße|mfg|lg|vg|"
    r"(?:kind|best|warm|warmest)?[ ]?regards|best wishes|many thanks|thanks|yours (?:sincerely|faithfully)|sincerely|"
    r"cheers|best|met vriendelijke groet(?:en)?|vriendelijke groet(?:en)?|groeten|cordialement|bien à vous|"
    r"(?:meilleures )?salutations)[ \t]*[,.!]?[ \t]*$",
    _I,
)
"""The words above a name."""

CONTACT = re.compile(
    r"@|\bwww\.|https?://|\b(?:tlf|tel|telefon|phone|mob|mobil|mobile|fax|cvr|org\.? ?nr|ust|kvk|siret)\b"
    r"|(?:^|\s)\+\d{2}|^\s*\(?\d{2,4}\)?(?:[ -]?\d{2,4}){2,4}\s*$|\b[A-Z]?-?\d{4,5} [A-ZÆØÅÄÖÜ]",
    _I,
)
"""What stands in a block of contact facts."""

NO_CONTACT = re.compile(
    r"\b(?:p\.?s\b|ordre|order|bestilling|bestellung|commande|faktura|invoice|rechnung)|\?\s*$", _I
)
"""What a person adds under the name and means."""
