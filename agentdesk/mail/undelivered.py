"""The words in which mail servers say, in eight languages, that a message did not arrive, is late, or did arrive.

Invariant: each expression is a plain search without nested repeats, linear on a clipped text.
"""

import re

_I = re.IGNORECASE

UNDELIVERED = re.compile(
    r"undeliver(?:ed|able)|non-?deliver(?:y|able|ed)|"
    r"delivery (?:status notification(?: \(failure\))?|failure|failed|has failed|report|error|unsuccessful|problem)|"
    r"delivery to .{1,80} (?:failed|has failed)|mail (?:delivery )?(?:failed|failure|error|undeliverable)|"
    r"mail system error|mail could not be delivered|returned (?:mail|to sender|message)|returning message to sender|"
    r"failure (?:notice|notification|delivery)|failed delivery|message (?:could )?not (?:be )?(?:delivered|sent)|"
    r"address not found|message (?:rejected|blocked|undeliverable)|permanent (?:delivery )?(?:failure|error)|"
    r"bounced? mail|"
    r"rejected mail|mail rejected|"
    r"(?:kan|kunne) ikke (?:leveres|afleveres)|ikke (?:leveret|levert|afleveret)|uleverbar|kan ikke leveres|"
    r"leverings?fei?j?l|"
    r"(?:kan|kunde) (?:inte|ej) levereras|olevererbar|ej leveransbar|leveransfel|"
    r"unzustellbar|nicht zustellbar|nicht zugestellt|zustellung fehlgeschlagen|zustellfehler|"
    r"unzustellbarkeits|onbestelbaar|niet (?:af)?geleverd|niet bezorgd|kan niet worden (?:bezorgd|afgeleverd)|"
    r"non remis|non distribué|non délivré|échec (?:de la )?(?:remise|livraison|distribution|d['’]envoi)|"
    r"no se (?:puede|pudo) entregar|non recapitabil|impossibile recapitare|não entregue|niedostarczon",
    _I,
)
"""In a subject: it did not arrive, or this is a report about it."""

UNDELIVERED_TEXT = re.compile(
    r"this is the qmail-send program|created automatically by mail delivery software|"
    r"(?:could not|couldn['’]t|cannot|can not|was not|wasn['’]t|were not|unable to) be? ?deliver(?:ed)?|"
    r"unable to deliver|permanent fatal errors|did not reach|has not been delivered|not delivered to|"
    r"delivery (?:to|of|has) .{0,80}(?:failed|unsuccessful)|undeliverable|delivery attempt|"
    r"returned to (?:the )?sender|"
    r"(?:kan|kunne|kunde) (?:ikke|inte|ej) (?:leveres|afleveres|levereras)|"
    r"(?:konnte|konnten|kann) .{0,60}nicht (?:zugestellt|ausgeliefert)|nicht zustellbar|"
    r"kon niet .{0,40}(?:afgeleverd|bezorgd)|n['’]a (?:pas )?pu être (?:remis|délivré|distribué|acheminé)|"
    r"user unknown|no such user|mailbox (?:is )?(?:full|unavailable)|address rejected",
    _I,
)
"""In the text of a mail server: the same."""

LATE = re.compile(
    r"\bdelay(?:ed)?\b|\bwarning:|forsink|fördröj|verzöger|vertraag|retard|could not send message for|"
    r"not yet been delivered|"
    r"still (?:being )?(?:retried|trying)",
    _I,
)
"""In a subject: it is late, and still on its way."""

DELAYED = re.compile(
    r"not yet been delivered|will (?:keep|continue) (?:on )?trying|will be retried|still being retried|"
    r"this is a warning message only|you do not need to resend|no action is required on your part|"
    r"delivery (?:has been|is) delayed|temporary (?:problem|failure).{0,60}will|"
    r"er (?:blevet )?forsinket|verzögert sich|noch nicht zugestellt|nog niet (?:af)?geleverd|pas encore été",
    _I,
)
"""In the text: the same."""

SUCCEEDED = re.compile(
    r"\((?:success|relay(?:ed)?|expanded|delivered)\)|successful(?:ly)? (?:mail )?deliver|delivery (?:success|"
    r"confirm)|"
    r"^delivered:|^relayed:|^expanded:|^leveret:|^levert:|^levererat:|^zugestellt:",
    _I,
)
"""In a subject: it arrived."""

COPY_BELOW = re.compile(
    r"below this line is a copy of the message|this is a copy of (?:the|your) message|----- ?(?:original|"
    r"message header|"
    r"unsent message|returned message|message follows|the body of the message)|(?:copy of|"
    r"original) message (?:follows|"
    r"headers?|below)|message headers? follow|headers of the (?:original|message)|--- ?(?:the header of the original|"
    r"ursprüngliche nachricht|nachrichtenkopf)|your (?:original )?message (?:reads|follows|is (?:attached|"
    r"returned) below)|"
    r"^(?:return-path|received): ",
    _I | re.MULTILINE,
)
"""Where the copy of the message begins."""

_ADDRESS = r"<?(?:mailto:)?([\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w.-]{1,253}\w)>?"
FAILED_RECIPIENT = re.compile(
    rf"(?:^[ \t]{{0,20}}<([^\s<>@]{{1,64}}@[^\s<>@]{{1,253}})>(?::|[ \t]{{0,20}}$|\.\.\.| ?\())"
    r"|(?:final-recipient|original-recipient)\s*:\s*(?:rfc822|utf-8)\s*;\s*<?([^\s<>;]{1,320})"
    rf"|(?:wasn['’]t|was not|not be|couldn['’]t be|could not be|not|cannot be|kunne ikke|kunde inte)\s{{1,9}}"
    rf"(?:delivered|leveres|levereras|leveret)\s{{1,9}}(?:to|til|till):?\s{{1,9}}(?:the following .{{0,40}}:\s{{1,9}})?"
    rf"['\"]?{_ADDRESS}"
    rf"|(?:your message (?:could not be delivered )?to|deliver(?:y)? (?:your message )?to|failed recipient:?|"
    rf"recipient address:?|recipients?:|"
    rf"følgende (?:modtager\w*|mottaker\w*|adresse\w*)[^\n]{{0,40}}:?|följande mottagare[^\n]{{0,40}}:?|"
    rf"folgende(?:n|r)? (?:empfänger|adresse)\w*[^\n]{{0,60}}:?|volgende (?:ontvangers?|adres\w*)[^\n]{{0,40}}:?|"
    rf"destinataires? suivants?[^\n]{{0,40}}:?|"
    rf"following (?:recipient|address|user)[^\n]{{0,80}}:?|permanent fatal errors[ -]*|address(?:\(es\))? failed:?|"
    rf"recipient\(s\) (?:cannot|could not) be reached:?)\s{{1,40}}['\"]?{_ADDRESS}"
    rf"|['\"<]?{_ADDRESS}['\">]? (?:wasn['’]t found|was not found|couldn['’]t be found|does not exist|is not listed|"
    rf"on \d\d?[./-])",
    _I | re.MULTILINE,
)
"""Where the text names who did not get it."""
