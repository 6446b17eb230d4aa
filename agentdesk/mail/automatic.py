"""Whether a machine wrote a message, and what a delivery report (RFC 3464) or its common free forms say.

Invariant: a list's marks (List-Id, Precedence bulk, list, junk) only say that no automatic answer may go back;
`replied` is kept for automatic answers and delivery reports, so that a person behind a list is never ignored.
"""

import re
from dataclasses import dataclass

from agentdesk.domain.mail import Address
from agentdesk.mail.headers import Findings, Headers, ids, read_block
from agentdesk.mail.structure import Part, content

_MAX_REPORT = 200_000
_MAX_WORDS = 20_000
_MACHINES = re.compile(
    r"(?:mailer-daemon|postmaster|(?:do-?not|no)[._-]?reply|ikke-?svar|bounces?|daemon)(?:[+._-][^@]*)?@",
    re.IGNORECASE,
)
_DAEMONS = re.compile(r"(?:mailer-daemon|postmaster)(?:[+._-][^@]*)?@", re.IGNORECASE)
_AWAY = re.compile(
    r"(?:automatic reply|auto(?:matic)?[ -]?(?:reply|response)|out of (?:the )?office|automatisk svar|autosvar|"
    r"automatiskt svar|frånvaro|fraværende|ikke til stede|automatische antwort|abwesenheit|automatisch antwoord|"
    r"afwezig|réponse automatique|absence)\b",
    re.IGNORECASE,
)
_UNDELIVERED = re.compile(
    r"undeliver(?:ed|able)|delivery (?:status notification|failure|has failed|report)|mail delivery (?:failed|failure)|"
    r"returned mail|failure notice|message not delivered|kunne ikke leveres|ikke leveret|ikke levert|unzustellbar|"
    r"kunde inte levereras|onbestelbaar|non remis",
    re.IGNORECASE,
)
_DELAYED = re.compile(r"\bdelay|\bwarning\b|forsink", re.IGNORECASE)
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_BOUNCED_ID = re.compile(r"^message-id:\s*<([^<>\s]+)>", re.IGNORECASE | re.MULTILINE)
_ANY_ADDRESS = re.compile(r"[\w.+=-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a delivery report says. `failed` is false for delays, relays and successes."""

    failed: bool
    message_id: str | None
    recipient: str | None
    status: str | None


@dataclass(frozen=True, slots=True)
class Origin:
    """Who made a message: `automatic` by a machine, with the header that says so; `replied` as an answer to mail."""

    automatic: bool
    reason: str | None
    replied: bool


def is_machine(address: str) -> bool:
    """Whether this is the address of a machine, which stands for nobody: noreply, a mail server, a list's bounces."""
    return _MACHINES.match(address) is not None


def origin(headers: Headers, sender: Address | None, subject: str, bounce: Bounce | None) -> Origin:
    """Whether a machine made this message, and the header and value that say so."""
    marks = list(_marks(headers, sender, bounce))
    if not marks:
        return Origin(False, None, False)
    replied = any(answer for _reason, answer in marks) or bool(_AWAY.match(subject))
    return Origin(True, marks[0][0], replied)


def report(
    raw: bytes, parts: list[Part], text: str, sender: Address | None, findings: Findings
) -> Bounce | None:
    """The delivery report that this message is, or None."""
    status = next((part for part in parts if part.content_type.endswith("/delivery-status")), None)
    root = parts[0]
    declared = root.content_type == "multipart/report"
    if status is not None and (declared or status.parent <= 0):
        return _from_status(raw, parts, status, findings)
    if declared and root.parameters.get("report-type", "").lower() == "delivery-status":
        return _from_text(raw, parts, text, findings)
    from_daemon = sender is not None and _DAEMONS.match(sender.address)
    if "x-failed-recipients" in root.headers or (
        from_daemon and _UNDELIVERED.search(root.headers.text("subject"))
    ):
        return _from_text(raw, parts, text, findings)
    return None


def _marks(headers: Headers, sender: Address | None, bounce: Bounce | None) -> list[tuple[str, bool]]:
    """Each header that speaks of a machine, and whether it speaks of an answer."""
    found: list[tuple[str, bool]] = []
    declared = headers.text("auto-submitted")
    word = declared.partition(";")[0].partition(" ")[0].lower()
    if declared and word != "no":
        found.append((f"Auto-Submitted: {declared}", word in ("auto-replied", "auto-notified")))
    if bounce is not None:
        found.append(("DSN", True))
    content_type = headers.raw("content-type").lower() if "content-type" in headers else ""
    if (
        bounce is None
        and content_type.startswith("multipart/report")
        and "disposition-notification" in content_type
    ):
        found.append(("MDN", True))
    for name, label in (("x-autoreply", "X-Autoreply"), ("x-autorespond", "X-Autorespond")):
        if name in headers and headers.text(name).lower() != "no":
            found.append((f"{label}: {headers.text(name)}".rstrip(" :"), True))
    precedence = headers.text("precedence").lower()
    if precedence in ("bulk", "list", "junk", "auto_reply"):
        found.append((f"Precedence: {precedence}", precedence == "auto_reply"))
    if "list-id" in headers:
        found.append((f"List-Id: {headers.text('list-id')}", False))
    if sender is not None and _MACHINES.match(sender.address):
        found.append(
            (f"From: {sender.address}", bool(_DAEMONS.match(sender.address)) and _null_path(headers))
        )
    elif _null_path(headers):
        found.append(("Return-Path: <>", False))
    return found


def _null_path(headers: Headers) -> bool:
    return headers.raw("return-path").replace(" ", "") == "<>"


def _from_status(raw: bytes, parts: list[Part], status: Part, findings: Findings) -> Bounce:
    groups = _groups(content(raw, status, findings, _MAX_REPORT), findings)
    recipients = [one for one in groups if "final-recipient" in one or "original-recipient" in one]
    failed = next((one for one in recipients if _action(one) in ("failed", "")), None)
    about = failed or (recipients[0] if recipients else None)
    if about is None:
        return Bounce(True, _returned_id(raw, parts, findings), None, None)
    recipient = about.text("final-recipient") or about.text("original-recipient")
    recipient = recipient.rpartition(";")[2].strip().strip("<>")
    code = _STATUS.search(about.text("status")) or _STATUS.search(about.text("diagnostic-code"))
    return Bounce(
        failed is not None, _returned_id(raw, parts, findings), recipient or None, code[1] if code else None
    )


def _action(group: Headers) -> str:
    return group.text("action").partition(" ")[0].lower()


def _groups(data: bytes, findings: Findings) -> list[Headers]:
    """The blocks of fields in a delivery-status part."""
    groups, at = [], 0
    while at < len(data):
        headers, following = read_block(data, at, len(data), findings)
        if headers:
            groups.append(headers)
        if following <= at:
            break
        at = following
    return groups


def _returned_id(raw: bytes, parts: list[Part], findings: Findings) -> str | None:
    """The id of the message that came back, from its copy or the copy of its headers."""
    for part in parts:
        if part.content_type in (
            "message/rfc822",
            "text/rfc822-headers",
            "message/global",
            "message/global-headers",
        ):
            data = content(raw, part, findings, _MAX_REPORT).lstrip(b"\r\n")
            headers, _body = read_block(data, 0, len(data), findings)
            found = ids(headers.raw("message-id"))
            if found:
                return found[0]
    return None


def _from_text(raw: bytes, parts: list[Part], text: str, findings: Findings) -> Bounce:
    """A report without a delivery-status part: what the header and the words of the text give away."""
    headers = parts[0].headers
    recipient = headers.text("x-failed-recipients").partition(",")[0].strip()
    if not recipient:
        found = _ANY_ADDRESS.search(text[:_MAX_WORDS])
        recipient = found[0] if found else ""
    code = _STATUS.search(text[:_MAX_WORDS])
    copied = _BOUNCED_ID.findall(text)
    answered = ids(headers.raw("in-reply-to"))
    message_id = _returned_id(raw, parts, findings) or next(iter([*copied[-1:], *answered]), None)
    return Bounce(
        not _DELAYED.search(headers.text("subject")), message_id, recipient or None, code[1] if code else None
    )
