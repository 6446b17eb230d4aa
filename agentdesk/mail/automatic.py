"""Whether a machine wrote a message (RFC 3834 and its practice), and whether a machine may answer it.

Invariant: a list's marks (List-Id, Precedence bulk, list, junk) only say that no automatic answer may go back;
`replied` is kept for automatic answers and delivery reports, so that a person behind a list is never ignored.
"""

import re
from dataclasses import dataclass

from agentdesk.domain.mail import Address
from agentdesk.mail.bounces import Bounce, is_daemon, null_path, report, told_of
from agentdesk.mail.headers import Headers

__all__ = ["Bounce", "Origin", "is_machine", "origin", "report", "told_of"]

_MACHINES = re.compile(
    r"(?:[^@]{0,60}[._+-])?(?:mailer-?daemon|postmaster|(?:do[._-]?not|no|never)[._-]?(?:reply|response|answer)|noreply|"
    r"donotreply|bounces?|daemon|auto-?(?:reply|responder|mailer)|ikke-?svar|svar-?ikke|svara-?inte|"
    r"(?:nicht-?antworten|keine-?antwort)|niet-?(?:be)?antwoorden|ne-?pas-?repondre|mail-?delivery-?(?:system|"
    r"subsystem))"
    r"\d{0,4}(?:[+._=-][^@]*)?(?:@|$)",
    re.IGNORECASE,
)
_AWAY = re.compile(
    r"\s*(?:\[?auto(?:mated|matic)?[ -]?(?:reply|response|re|answer)\b|automated (?:reply|response)|"
    r"(?:i am |i'm )?(?:currently )?out of (?:the )?office|away from (?:my|the) (?:office|mail)|vacation (?:reply|"
    r"message)|"
    r"on vacation|"
    r"auto(?:matisk)?[ -]?svar|fravær(?:ende|smelding|sbesked)?\b|ikke til ?stede|på ferie|"
    r"automatiskt svar|frånvaro|semester|"
    r"automatische (?:antwort|rückmeldung)|abwesen(?:heit|d)|ich bin (?:im urlaub|abwesend)|"
    r"automatisch (?:antwoord|bericht)|afwezig|"
    r"réponse automatique|absence\b|absent\b|message d['’]absence|"
    r"respuesta automática|risposta automatica|resposta automática|odpowiedź automatyczna|automaattinen vastaus|"
    r"自动答复)",
    re.IGNORECASE,
)
"""How the subject of a message begins that says that somebody is away. Only asked where a header gives it away, too."""
_PROGRAM = re.compile(
    r"\s*(?:automatic reply|auto(?:mated)?[ -]?(?:reply|response)|out of (?:the )?office(?: auto-?reply)?|autosvar|"
    r"automatisk(?:t)? svar|automatische antwort|abwesenheits(?:notiz|mitteilung|nachricht)|automatisch antwoord|"
    r"réponse automatique|frånvaroanmälan|fraværs(?:melding|besked)|respuesta automática|"
    r"risposta automatica)\s*(?::|$)",
    re.IGNORECASE,
)
"""The same as programs write it, before the subject that they answer."""
_COMMENT = re.compile(r"\([^()]*\)")
_ANSWERERS = (
    ("x-autoreply", "X-Autoreply"), ("x-autorespond", "X-Autorespond"), ("x-auto-reply", "X-Auto-Reply"),
    ("x-autoreply-from", "X-Autoreply-From"), ("x-mail-autoreply", "X-Mail-Autoreply"),
    ("x-autoresponder", "X-Autoresponder"), ("x-vacation", "X-Vacation"),
)  # fmt: skip
_UNMARKED = (
    "list-unsubscribe",
    "list-post",
    "list-help",
    "list-archive",
    "x-loop",
    "feedback-id",
    "x-cron-env",
)
"""Headers of mail that a machine sends or passes on; a person may stand behind it, but no machine should answer it."""
_PRECEDENCES = {
    "bulk": "bulk",
    "list": "list",
    "junk": "junk",
    "auto_reply": "auto_reply",
    "auto-reply": "auto_reply",
}


@dataclass(frozen=True, slots=True)
class Origin:
    """Who made a message: `automatic` by a machine, with the header that says so; `replied` as an answer to mail.

    `answerable`: a machine of ours may answer it.
    """

    automatic: bool
    reason: str | None
    replied: bool
    answerable: bool


def is_machine(address: str) -> bool:
    """Whether this is the address of a machine, which stands for nobody: noreply, a mail server, a list's bounces."""
    return _MACHINES.match(address) is not None


def origin(headers: Headers, sender: Address | None, subject: str, bounce: Bounce | None) -> Origin:
    """Whether a machine made this message, and the header and value that say so."""
    marks = list(_marks(headers, sender, subject, bounce))
    if not marks:
        return Origin(False, None, False, sender is not None and _may_answer(headers, subject))
    replied = any(answer for _reason, answer in marks) or bool(_AWAY.match(subject))
    return Origin(True, marks[0][0], replied, False)


def _marks(
    headers: Headers, sender: Address | None, subject: str, bounce: Bounce | None
) -> list[tuple[str, bool]]:
    """Each header that speaks of a machine, and whether it speaks of an answer."""
    found = _declared(headers)
    if bounce is not None:
        found.append(("DSN", True))
    kind = headers.raw("content-type").lower() if "content-type" in headers else ""
    if bounce is None and kind.startswith("multipart/report"):
        if "disposition-notification" in kind:
            found.append(("MDN", True))
        elif "feedback-report" in kind:
            found.append(("ARF", False))
    for name, label in _ANSWERERS:
        if name in headers and headers.text(name).lower() not in ("no", "false", "0"):
            found.append((f"{label}: {headers.text(name)}".rstrip(" :"), True))
    precedence = _PRECEDENCES.get(_COMMENT.sub("", headers.text("precedence")).strip().lower())
    if precedence:
        found.append((f"Precedence: {precedence}", precedence == "auto_reply"))
    if "list-id" in headers:
        found.append((f"List-Id: {headers.text('list-id')}", False))
    if sender is not None and is_machine(sender.address):
        found.append((f"From: {sender.address}", is_daemon(sender) and null_path(headers)))
    elif null_path(headers):
        found.append(("Return-Path: <>", False))
    if not found and _PROGRAM.match(subject) and ("in-reply-to" in headers or "references" in headers):
        found.append((f"Subject: {subject}", True))
    return found


def _declared(headers: Headers) -> list[tuple[str, bool]]:
    """What Auto-Submitted says (RFC 3834 5): a word in any case, comments and parameters aside."""
    found = []
    for value in headers.each("auto-submitted"):
        word = _COMMENT.sub(" ", value).partition(";")[0].strip().partition(" ")[0].lower()
        if word and word != "no":
            found.append(
                (
                    f"Auto-Submitted: {headers.text('auto-submitted')}",
                    word in ("auto-replied", "auto-notified"),
                )
            )
            break
    return found


def _may_answer(headers: Headers, subject: str) -> bool:
    """Whether a machine may answer what seems to be a person's mail."""
    suppressed = headers.text("x-auto-response-suppress").lower()
    if suppressed and not set(re.split(r"[\s,;]+", suppressed)).isdisjoint(
        {"all", "oof", "autoreply", "0xffffffff", "-1"}
    ):
        return False
    if any(name in headers for name in _UNMARKED) or _AWAY.match(subject):
        return False
    if headers.text("x-spam-flag").lower() == "yes" or headers.text("x-spam-status").lower().startswith(
        "yes"
    ):
        return False
    return "method=" not in headers.raw("content-type").lower()
