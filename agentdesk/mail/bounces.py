"""What a delivery report says: RFC 3464 and RFC 6533, else the free forms that mail servers have written for decades.

Invariants: a delay, a relay and a success are reports but no bounces; a person's mail that talks about a bounce, or
passes one on, is none: a free form counts only when it comes from a mail server. Linear in the clipped text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType

from agentdesk.domain.mail import Address
from agentdesk.mail.headers import Findings, Headers, ids, read_block
from agentdesk.mail.structure import Part, content
from agentdesk.text.clean import clean_line

_MAX_REPORT = 200_000
_MAX_WORDS = 20_000
_MAX_REASON = 300
_MOST_RECIPIENTS = 5
"""Recipients that are named with their reasons."""
_DAEMONS = re.compile(
    r"(?:[^@]{0,40}[._-])?(?:mailer-?daemon|postmaster|mail-?delivery-?(?:sub)?system|mdaemon|"
    r"microsoftexchange[0-9a-f]{32})"
    r"(?:[+._-][^@]*)?(?:@|$)",
    re.IGNORECASE,
)
_DAEMON_NAMES = re.compile(
    r"mail delivery (?:sub)?system|mailer[- ]daemon|system administrator|mail administrator|postmaster|"
    r"microsoft (?:outlook|exchange)$|mail router",
    re.IGNORECASE,
)
_STATUS = re.compile(r"(?<![\d.])([245]\.[0-7]\.\d{1,3})(?![\d]|\.\d)")
_BOUNCED_ID = re.compile(r"^[ >|\t]{0,8}message-id:\s{0,4}<([^<>\s]{1,500})>", re.IGNORECASE | re.MULTILINE)
_ANY_ADDRESS = re.compile(r"(?<![\w.+=-])[\w.+=-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_QUOTED_LOCAL = re.compile(r'<?("[^"<>\\]{1,64}"@[^\s<>",;()]+)')
_HEX = re.compile(r"\\x\{([0-9A-Fa-f]{2,6})\}")
_RETURNED = frozenset({
    "message/rfc822", "text/rfc822-headers", "text/rfc822-header", "text/rfc822", "message/global",
    "message/global-headers", "message/rfc822-headers",
})  # fmt: skip
_RECEIPTS = frozenset({"message/disposition-notification", "message/global-disposition-notification"})
_STATUS_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status"})


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a delivery report says. `failed` is false for delays, relays and successes; `reason` names everybody."""

    failed: bool
    message_id: str | None
    recipient: str | None
    status: str | None
    reason: str = ""


def is_daemon(sender: Address) -> bool:
    """Whether a mail server signs itself so."""
    return bool(_DAEMONS.match(sender.address))


def null_path(headers: Headers) -> bool:
    """Whether nobody wants to hear of the mail's own delivery: the mark of reports and of automatic answers."""
    return headers.raw("return-path").replace(" ", "") == "<>"


def report(
    raw: bytes, parts: list[Part], text: str, sender: Address | None, findings: Findings
) -> Bounce | None:
    """The delivery report that this message is, or None."""
    root = parts[0]
    status = next((part for part in parts if part.content_type in _STATUS_TYPES), None)
    kind = root.parameters.get("report-type", "").lower()
    declared = root.content_type == "multipart/report" and kind in (
        "",
        "delivery-status",
        "global-delivery-status",
    )
    from_server = _from_server(root.headers, sender)
    if status is not None and (declared or from_server):
        return _from_status(raw, parts, status, text, findings)
    if declared and kind:
        return _from_text(raw, parts, text, sender, findings)
    subject = root.headers.text("subject")
    if "x-failed-recipients" in root.headers:
        return _from_text(raw, parts, text, sender, findings)
    if from_server and _tells_of_mail(subject, text):
        return _from_text(raw, parts, text, sender, findings)
    return None


def told_of(raw: bytes, parts: list[Part], bounce: Bounce | None, findings: Findings) -> str | None:
    """The id of the mail that a report of delay or success, or a receipt of reading (RFC 8098), is about."""
    if bounce is not None:
        return None if bounce.failed else bounce.message_id
    if "disposition-notification" not in parts[0].parameters.get("report-type", "").lower():
        return None
    for part in parts:
        if part.content_type in _RECEIPTS:
            groups = _groups(content(raw, part, findings, _MAX_REPORT), findings)
            return _named_id(groups, "") or _returned_id(raw, parts, findings)
    return None


def _from_server(headers: Headers, sender: Address | None) -> bool:
    """Whether a mail server made it; a person who passes a report on has a name and a path of their own."""
    if sender is None:
        return null_path(headers)
    if is_daemon(sender):
        return True
    return null_path(headers) and bool(_DAEMON_NAMES.search(sender.name) or not headers.text("from"))


def _from_status(raw: bytes, parts: list[Part], status: Part, text: str, findings: Findings) -> Bounce:
    groups = _groups(content(raw, status, findings, _MAX_REPORT), findings)
    told = [one for one in groups if _recipient(one)]
    failed = [one for one in told if _has_failed(one)]
    about = failed[0] if failed else told[0] if told else None
    known = _returned_id(raw, parts, findings) or _named_id(groups, text) or _answered(parts[0].headers)
    if about is None:
        late = bool(_free_words().LATE.search(parts[0].headers.text("subject")))
        found = _from_words(text, parts[0].headers, None)
        return Bounce(not late, known, *found)
    code = _STATUS.search(about.text("status")) or _STATUS.search(about.text("diagnostic-code"))
    reason = "; ".join(map(_reason, failed[:_MOST_RECIPIENTS]))
    return Bounce(bool(failed), known, _recipient(about), code[1] if code else None, reason)


def _recipient(group: Headers) -> str:
    """Who did not get it, as the server that gave up names them."""
    for name in ("final-recipient", "original-recipient", "x-actual-recipient"):
        kind, mark, value = group.text(name).partition(";")
        said = _HEX.sub(_unescaped, value if mark else kind).strip()
        quoted = _QUOTED_LOCAL.match(said)
        address = quoted[1] if quoted else said.partition(" ")[0].strip("<>\"' ,;")
        if address:
            return address
    return ""


def _unescaped(found: re.Match[str]) -> str:
    """A character of an address in UTF-8 as RFC 6533 3 writes it in ASCII."""
    number = int(found[1], 16)
    return clean_line(chr(number)) if number < 0x110000 else ""


def _has_failed(group: Headers) -> bool:
    """By its Action; where none is told, by the class of its Status."""
    action = re.split(r"[^a-z]", group.text("action").lower(), maxsplit=1)[0]
    if action:
        return action.startswith("fail")
    return not group.text("status").startswith(("2", "4"))


def _reason(group: Headers) -> str:
    """The recipient and why, in the server's own words."""
    why = group.text("diagnostic-code").partition(";")
    said = " ".join((why[2] or why[0] or group.text("status")).split())
    return clean_line(f"{_recipient(group)}: {said}".rstrip(": "))[:_MAX_REASON]


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
        if part.content_type in _RETURNED:
            data = content(raw, part, findings, _MAX_REPORT).lstrip(b"\r\n")
            headers, _body = read_block(data, 0, len(data), findings)
            found = ids(headers.raw("message-id"))
            if found:
                return found[0]
    return None


def _named_id(groups: list[Headers], text: str) -> str | None:
    """The id as a field of the report or a copied header in its text gives it."""
    for group in groups:
        found = ids(group.raw("x-original-message-id")) or ids(group.raw("original-message-id"))
        if found:
            return found[0]
    copied = _BOUNCED_ID.search(text)
    return copied[1] if copied else None


def _answered(headers: Headers) -> str | None:
    """What the report says that it answers."""
    return next(iter((*ids(headers.raw("in-reply-to")), *reversed(ids(headers.raw("references"))))), None)


def _from_text(
    raw: bytes, parts: list[Part], text: str, sender: Address | None, findings: Findings
) -> Bounce:
    """A report without a delivery-status part: what the header and the words of the text give away."""
    headers = parts[0].headers
    subject = headers.text("subject")
    known = _returned_id(raw, parts, findings) or _named_id([], text) or _answered(headers)
    recipient, status, reason = _from_words(text, headers, sender)
    late = bool(_free_words().LATE.search(subject) or _free_words().DELAYED.search(_own_words(text)))
    return Bounce(not (late or _free_words().SUCCEEDED.search(subject)), known, recipient, status, reason)


def _from_words(text: str, headers: Headers, sender: Address | None) -> tuple[str | None, str | None, str]:
    """Recipient, status and the sentence around them, from the words above the copy of the message."""
    own = _own_words(text)
    recipient = headers.text("x-failed-recipients").partition(",")[0].strip()
    if not recipient:
        recipient = next(_named_recipients(own, headers, sender), "")
    code = _STATUS.search(own)
    reason = ""
    if code is not None:
        start = own.rfind("\n", 0, code.start()) + 1
        reason = " ".join(own[start : code.end() + _MAX_REASON].partition("\n\n")[0].split())
    named = f"{recipient}: {reason}" if recipient and recipient not in reason else reason or recipient
    return recipient or None, code[1] if code else None, clean_line(named)[:_MAX_REASON]


def _tells_of_mail(subject: str, text: str) -> bool:
    free = _free_words()
    said = free.UNDELIVERED.search(subject) or free.LATE.search(subject)
    return bool(said or free.UNDELIVERED_TEXT.search(text[:_MAX_WORDS]))


def _free_words() -> ModuleType:
    """The forms of servers that follow no RFC: their expressions take longer to build than most mail to read."""
    from agentdesk.mail import undelivered  # noqa: PLC0415  as said

    return undelivered


def _own_words(text: str) -> str:
    """What the server says itself, above the copy of the message."""
    copy = _free_words().COPY_BELOW.search(text, 0, _MAX_WORDS)
    return text[: copy.start() if copy else _MAX_WORDS]


def _named_recipients(text: str, headers: Headers, sender: Address | None) -> Iterator[str]:
    """The addresses that the words name as failed, then any other that is neither a server's nor the report's own."""
    for found in _free_words().FAILED_RECIPIENT.finditer(text):
        address = next(filter(None, found.groups()), "")
        if address:
            yield address.strip("<>\"'.,;:()")
    ends = {one[0].lower() for name in ("to", "from") for one in _ANY_ADDRESS.finditer(headers.text(name))}
    if sender is not None:
        ends.add(sender.key)
    for found in _ANY_ADDRESS.finditer(text):
        if found[0].lower() not in ends and not _DAEMONS.match(found[0]):
            yield found[0]
