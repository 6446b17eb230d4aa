"""bytes -> Message: everything that calls itself mail, however broken, or NotMail.

Invariants: `parse` raises nothing but NotMail; every text in the Message is clean; time and memory are bounded by the
size of the raw mail (parts, depth, text and header values are capped, each cap named in `defects`).
"""

from hashlib import sha256

from agentdesk.config.language import N_, _
from agentdesk.domain.mail import Address, Attachment, Message
from agentdesk.domain.problems import Problem
from agentdesk.mail import authentication, automatic, quotes
from agentdesk.mail.addresses import from_header
from agentdesk.mail.behind import FORWARD_SUBJECT, list_writer, passed_on
from agentdesk.mail.body import Body
from agentdesk.mail.dates import moment
from agentdesk.mail.enclosed import FIRST, Enclosed
from agentdesk.mail.filenames import kind_of, safe_name
from agentdesk.mail.headers import Findings, Headers, decode_words, ids, own_id
from agentdesk.mail.structure import TYPE, Part, beginning, content, is_binary, readable, walk
from agentdesk.text.clean import clean_line

_RECIPIENT_FIELDS = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to")

NO_ID = N_("The mail had no Message-ID.")
NO_SENDER = N_("The mail named no sender.")
SENDER_ONLY = N_("The mail had no usable From; its Sender is shown.")
NO_DATE = N_("The mail had no readable date.")
MANY_SENDERS = N_("The mail had more than one From.")
REPLACED = N_("Some characters could not be read and were replaced.")


class NotMail(Problem):
    """The bytes are no message at all."""


def parse(raw: bytes) -> Message:
    """What the desk makes of one message."""
    raw = readable(raw)
    findings = Findings()
    parts = walk(raw, findings)
    findings.charset = next(
        (part.parameters["charset"] for part in parts if "charset" in part.parameters), ""
    )
    headers = parts[0].headers
    if not headers:
        start = beginning(raw)
        if not raw[start:].strip(b"\x00 \t\r\n"):
            raise NotMail(_("This is no mail: it has neither a header nor a body."))
        if is_binary(raw, start):
            raise NotMail(_("This is no mail: it has no header, and it is no text."))
    body = Body(raw, parts, findings)
    sender = _sender(headers, findings)
    subject = headers.text("subject")
    reply_to = _addresses(headers, "reply-to", findings)
    cc = _addresses(headers, "cc", findings)
    bounce = automatic.report(raw, parts, body.text, sender, findings)
    made = automatic.origin(headers, sender, subject, bounce)
    failed = bounce if bounce is not None and bounce.failed else None
    date = next(filter(None, map(moment, headers.each("date"))), None)
    message_id = own_id(headers)
    attachments = _attachments(raw, body, findings)
    _note_missing(findings, message_id is not None, date is not None)
    return Message(
        message_id=message_id,
        in_reply_to=ids(" ".join(headers.each("in-reply-to"))),
        references=ids(" ".join(headers.each("references"))),
        sender=sender,
        original_sender=list_writer(headers, sender, reply_to, cc, findings),
        reply_to=reply_to,
        to=_addresses(headers, "to", findings),
        cc=cc,
        delivered_to=_delivered_to(headers, findings),
        subject=subject,
        date=date,
        text=body.text,
        reply_text=quotes.split(body.text, forwarded=bool(FORWARD_SUBJECT.match(subject)), told=body.told),
        html_present=body.html_present,
        attachments=attachments,
        auto_submitted=made.automatic,
        auto_reason=made.reason,
        bounce=failed is not None,
        bounced_message_id=failed.message_id if failed else None,
        bounced_recipient=failed.recipient if failed else None,
        bounce_status=failed.status if failed else None,
        charset_errors=findings.replaced,
        defects=tuple(findings.defects),
        auto_replied=made.replied,
        bounce_reason=failed.reason if failed else "",
        about=automatic.told_of(raw, parts, bounce, findings),
        answerable=made.answerable,
        forwarded_from=None
        if bounce
        else passed_on(raw, parts, body.text, subject=subject, sender=sender, findings=findings),
        marks=body.marks(),
        judgements=authentication.judgements(headers, sender),
    )


def part_content(raw: bytes, part: int) -> bytes:
    """The decoded bytes of one attachment, by its `part` number; empty if there is no such part."""
    raw = readable(raw)
    findings = Findings()
    parts = walk(raw, findings)
    if 0 <= part < len(parts):
        return content(raw, parts[part], findings)
    if part < FIRST:
        return b""
    files = Body(raw, parts, findings).files
    return next((one.content for one in files if one.number == part), b"")


def link_targets(raw: bytes) -> tuple[str, ...]:
    """Where the links of its HTML lead, whole and clean, as far as they lead to the web."""
    from agentdesk.mail.html import targets  # noqa: PLC0415  only a link that is shown cut needs it

    raw = readable(raw)
    findings = Findings()
    found: dict[str, None] = {}
    for part in walk(raw, findings):
        if part.content_type == "text/html":
            html = findings.text(content(raw, part, findings), part.parameters.get("charset", ""))
            found |= dict.fromkeys(targets(html))
    return tuple(found)


def _sender(headers: Headers, findings: Findings) -> Address | None:
    found = _addresses(headers, "from", findings)
    if len(found) > 1:
        findings.note(MANY_SENDERS)
    if found:
        return found[0]
    found = _addresses(headers, "sender", findings)
    findings.note(SENDER_ONLY if found else NO_SENDER)
    return found[0] if found else None


def _addresses(headers: Headers, name: str, findings: Findings) -> tuple[Address, ...]:
    if name not in headers:
        return ()
    found = [one for value in headers.each(name) if value for one in from_header(value, findings)]
    return tuple(dict.fromkeys(found))


def _delivered_to(headers: Headers, findings: Findings) -> tuple[str, ...]:
    for name in _RECIPIENT_FIELDS:
        found = _addresses(headers, name, findings)
        if found:
            return tuple(dict.fromkeys(one.address for one in found))
    return ()


def _attachments(raw: bytes, body: Body, findings: Findings) -> tuple[Attachment, ...]:
    parts = body.attachments()
    if not parts and not body.files:
        return ()
    named = any(part.content_id for part in parts) or any(one.content_id for one in body.files)
    referred = body.referred() if named else frozenset[str]()
    found = [_attachment(raw, part, referred, findings) for part in parts]
    return (*found, *(_enclosed(one, number, referred) for number, one in enumerate(body.files)))


def _attachment(raw: bytes, part: Part, referred: frozenset[str], findings: Findings) -> Attachment:
    data = content(raw, part, findings)
    wanted = decode_words(part.filename, findings)
    return Attachment(
        filename=safe_name(wanted, part.content_type, part.number),
        content_type=part.content_type,
        size=len(data),
        inline=part.disposition == "inline" or part.content_id in referred,
        content_id=clean_line(part.content_id) or None,
        sha256=sha256(data).hexdigest(),
        part=part.number,
    )


def _enclosed(one: Enclosed, number: int, referred: frozenset[str]) -> Attachment:
    kind = one.kind if TYPE.fullmatch(one.kind) else kind_of(one.name)
    return Attachment(
        filename=safe_name(one.name, kind, number + 1),
        content_type=kind,
        size=len(one.content),
        inline=one.inline or one.content_id in referred,
        content_id=clean_line(one.content_id) or None,
        sha256=sha256(one.content).hexdigest(),
        part=one.number,
    )


def _note_missing(findings: Findings, has_id: bool, has_date: bool) -> None:
    if not has_id:
        findings.note(NO_ID)
    if not has_date:
        findings.note(NO_DATE)
    if findings.replaced:
        findings.note(REPLACED)
