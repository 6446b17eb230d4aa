"""The words by which mail programs introduce old text: seven languages well, the commonest others as far as they go.

Invariant: each expression is anchored or a plain search without nested repeats, so that it is linear on clipped lines.
"""

import re

_I = re.IGNORECASE

WROTE = re.compile(
    r"\b(?:wrote|writes|skrev|skriver|schrieb|schreibt|schreef|schrijft|geschrieben|geschreven|escribió|escribi[oó]|"
    r"ha scritto|kirjoitti|escreveu|pisze|napisał\(?a?\)?|napsal\(?a?\)?|napísal\(?a?\)?|írta|a scris|yazdı|пишет|"
    r"написал\(?а?\)?|писал\(?а?\)?|έγραψε|viết|citerer|citerar)\b"
    r"|\bnapisał\(a\)|\bnapsal\(a\)|\b(?:a|à) écrit\b|写道|寫道|のメール|が書きました|작성",
    _I,
)
"""The verb of an attribution."""

SPOKEN = re.compile(
    r"\b(?:(?:i|we|you|he|she|they|who|jeg|vi|du|hun|han|der|som|jag|ich|wir|sie|er|ik|wij|je|nous|vous|il|elle|"
    r"qui)\s+"
    r"(?:just |then |also |have |has |had |har |havde |hatte |hat )?(?:wrote|written|skrev|skrevet|schrieb|schreef)|"
    r"(?:skrev|schrieb|schreef)\s+(?:jeg|vi|du|hun|han|jag|ich|wir|sie|er|ik|wij|je|til|att|at)\b|"
    r"j'ai écrit|(?:ai|avons|avez) écrit)",
    _I,
)
"""A person telling of having written, not a program attributing."""

PROSE = re.compile(
    r"\b(?:you|me|my|your|our|his|their|us|that|this|which|from|about|saying|it|when|but|"
    r"jeg|mig|mit|mine|dig|din|dit|jer|jeres|os|vores|hans|hendes|deres|der|som|til|fra|også|igen|men|"
    r"meg|deg|dere|vår|oss|våra|till|från|också|"
    r"mir|mich|mein|meine|ihr|ihre|ihnen|uns|unser|unsere|dir|dein|dass|aber|wieder|"
    r"mij|mijn|jullie|ons|onze|jouw|maar|moi|votre|notre|vos|nos|que|mais)\b",
    _I,
)
"""Words of people's sentences that stand in no attribution outside of a name."""

TIME = re.compile(
    r"\b\d{1,2}[:.]\d{2}\b|\b(?:19|20)\d\d\b|\b\d{1,4}[-./]\d{1,2}[-./]\d{1,4}\b|\d{1,2}[時点时]|\d月\d{1,2}日"
)
"""A time of day, a year or a date in figures."""

EVIDENCE = re.compile(TIME.pattern + r"|\S@\S")
"""What an attribution has beside its verb."""

NAMED_ADDRESS = re.compile(r"[<\[(](?:mailto:)?[^\s<>@]+@[^\s<>@]+[>\])]")
"""An address in its brackets, as only programs write it."""

ATTRIBUTION_START = re.compile(
    r"[-–—*_ ]{0,8}(?:on|den|am|op|le|el|il|em|på|d\.|dnia|w dniu|dne|il giorno|no dia)\s.{0,60}?\d|"
    r"[-–—*_ ]{0,8}(?:mon|tue|wed|thu|fri|sat|sun|man|tir|tirs|ons|tor|tors|fre|lør|søn|lör|sön|mån|tis|mo|di|mi|do|"
    r"sa|so|lun|mar|mer|jeu|ven|sam|dim|ma|wo|vr|za|zo)[a-zéøöåä]*\.?,?\s.{0,20}?\d|"
    r"[-–—*_ ]{0,8}\d{1,4}[-./ 年]",
    _I,
)
"""How an attribution that begins with its date begins."""

CITING = re.compile(
    r"(?:quoting|zitat von|citat från|citat fra|citat af|citerer|citerar|citeren|citation de|selon|"
    r"quoting message from|"
    r"en réponse à|in antwort auf|op verzoek van)\s.{1,120}?:$",
    _I,
)
"""Web mailers that say whose words follow without a verb in the past."""

ORIGINAL_MARK = re.compile(
    r"[ \t]*[-‐–—_*=#]{2,}[ \t]*(?:original(?: e?-?mail)? message|original e-?mail|original ?me?ddelande|"
    r"ursprungligt (?:meddelande|mejl|e-postmeddelande)|oprindelig (?:meddelelse|besked|e-?mail)|"
    r"den oprindelige (?:meddelelse|besked|e-?mail)|opprinnelig (?:melding|e-post)|den opprinnelige meldingen|"
    r"opprinneleg melding|original melding|"
    r"ursprüngliche (?:nachricht|e-?mail)|originalnachricht|original[- ]nachricht|originalmail|"
    r"oorspronkelijke? (?:bericht|e-?mail)|origineel bericht|message d['’]origine|message (?:original|initial)|"
    r"(?:e-?)?mail original|mensaje original|messaggio originale|messaggio original|mensagem original|"
    r"wiadomość oryginalna|oryginalna wiadomość|původní (?:zpráva|e-mail)|pôvodná správa|eredeti üzenet|"
    r"mesaj original|"
    r"orijinal (?:mesaj|ileti)|исходное сообщение|αρχικό μήνυμα|原始邮件|原始郵件|原邮件|元のメッセージ|"
    r"reply (?:message|separator)|réponse|svar|antwort|alkuperäinen viesti)[ \t]*[-‐–—_*=#]{2,}"
    r"|[ \t]*-{6,}[ \t]*original[ \t]*-{6,}|[ \t]*original message:?[ \t]*$",
    _I,
)
"""The rule above a copied mail."""

FORWARD_MARK = re.compile(
    r"[ \t]*(?:[-‐–—_*=]{2,}[ \t]*(?:forwarded (?:message|by|mail|e-?mail)|"
    r"videresendt (?:meddelelse|besked|melding|e-?mail|e-post|af|av)|"
    r"videresend(?:t|te)|vidarebefordrat (?:meddelande|mejl|e-postmeddelande|av)|"
    r"weitergeleitete (?:nachricht|e-?mail)|weitergeleitet von|"
    r"doorgestuurd (?:bericht|door)|doorgestuurde (?:e-?mail|bericht)|message (?:transféré|réexpédié|transmis)|"
    r"(?:e-?)?mail transféré|mensaje reenviado|messaggio inoltrato|mensagem (?:encaminhada|reencaminhada)|"
    r"välitetty viesti|wiadomość przekazana|přeposlaná zpráva)"
    r"|(?:begin forwarded message|start på videresendt (?:besked|meddelelse|melding|e-post|e-?mail)|"
    r"videresendt (?:besked|melding|meddelelse):|"
    r"vidarebefordrat brev|början på vidarebefordrat|anfang der weitergeleiteten|begin doorgestuurd bericht|"
    r"début du message (?:réexpédié|transféré)|inicio del mensaje reenviado|inizio messaggio inoltrato))",
    _I,
)
"""The line above a mail that is passed on: that is content, not history."""

ABOVE_LINE = re.compile(
    r"[ \t]*[^\w\s]{0,12}[ \t]*(?:(?:please )?(?:(?:type|write|enter|add|put|send) your (?:reply|response|answer|"
    r"comment|message)s?|reply|respond|answer)(?: to this (?:e-?mail|message))?(?: by typing)? above (?:this|the) "
    r"(?:line|text|message)|"
    r"(?:skriv|svar)\b.{0,40}\b(?:over|ovenfor|ovanför|ovenover) (?:denne|den här|denna) (?:linje|linjen|raden|rad|"
    r"tekst)|"
    r"(?:bitte )?(?:antworten|schreiben)\b.{0,40}\b(?:über|oberhalb) dieser (?:zeile|linie)|"
    r"(?:typ|schrijf|antwoord|reageer)\b.{0,40}\bboven deze (?:regel|lijn)|"
    r"(?:veuillez )?(?:répondre|écri(?:re|vez)|répondez)\b.{0,40}\bau[- ]dessus de cette ligne)",
    _I,
)
"""The line that a help desk asks its customers to write above."""

FIELDS = re.compile(
    r"[ \t\xa0]*[*_|]{0,3}[ \t\xa0]*(?:"
    r"(?P<sender>from|fra|från|von|van|de|expéditeur|avsändare|afsender|avsender|absender|afzender|da|od|lähettäjä|"
    r"от|"
    r"发件人|寄件者|差出人)|"
    r"(?P<sent>sent(?: at| on)?|date|sendt(?: den)?|dato|skickat|datum|gesendet(?: am)?|verzonden|envoyé(?: le)?|"
    r"fecha|enviado(?: el)?|"
    r"enviada em|data|inviato|wysłano|lähetetty|päivämäärä|дата|отправлено|发送时间|日期|送信日時|日時)|"
    r"(?P<to>to|til|till|an|aan|à|para|a|do|vastaanottaja|кому|收件人|收件者|宛先)|"
    r"(?P<copy>cc|kopi|kopia|kopie|bcc|reply-to|svar til|svara till|antwort an|antwoord aan|répondre à|抄送)|"
    r"(?P<subject>subject|emne|ämne|betreff|onderwerp|objet|betr|asunto|oggetto|assunto|temat|aihe|тема|主题|主旨|件名)"
    r")[ \t\xa0]?[*_]{0,3}[ \t\xa0]?[:：][*_|]{0,3}(?=[ \t\xa0]|$|(?<=：))",
    _I,
)
"""One field of a copied header."""
