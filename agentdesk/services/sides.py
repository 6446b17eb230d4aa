"""Side conversations: with a supplier or a department, within a case, unknown to its customer.

A side begins with its first mail and carries its own reply address, references and quotes (`services.letters`); what
answers it comes into the case marked with its id (`services.belonging`). Forwarding a message begins one.
Invariants: a side's mail answers no customer and stops no customer's clock; who is the case's customer can be no
recipient of it (`services.apart`).
"""

from dataclasses import replace
from typing import Any

from sqlalchemy import insert, select, update

from agentdesk.config.language import N_, _
from agentdesk.domain.instants import moment
from agentdesk.domain.lifecycle import Status
from agentdesk.domain.mail import Address, Enclosure
from agentdesk.domain.problems import NotFound, Problem, Refused
from agentdesk.mail.parse import part_content
from agentdesk.services import apart, clocks, drafts, fields, letters, post
from agentdesk.services.drafts import Saved, Typed
from agentdesk.services.letters import Sent
from agentdesk.store import codec
from agentdesk.store.tables import attachments, cases, messages, raws, sides
from agentdesk.store.tables import drafts as draft_rows
from agentdesk.store.unit import UnitOfWork

KIND = "side"
"""The kind of the drafts and of what the composer writes."""
_MAIL = ("inbound", "outbound")
_NO_MAIL = N_("There is no mail with the number {number} to forward here.")
_LOST = N_("There is no side conversation {number} in this case.")


def send(unit: UnitOfWork, typed: Typed, *, hold: int | None = None) -> Sent:
    """Send what is typed to a side, or begin one (`side_id` None). Takes the draft away with it.

    Raises CaseMoved when they answered since, Refused when the case's customer is among the recipients, NotFound for a
    side of another case, Problem for no text, no recipient or, at the beginning, no subject; Stale as `replies.send`.
    """
    typed = drafts.cleaned(replace(typed, kind=KIND))
    assert typed.case_id is not None
    case = fields.lock_standing(unit, typed.case_id)
    typed = replace(typed, case_id=case.id)
    letters.check(typed)
    letters.check_moved(unit, typed)
    apart.check(unit, typed)
    channel = letters.channel_of(unit, typed.channel_id or case.channel_id)
    stroke = unit.stroke(KIND)
    if typed.side_id is None:
        typed = replace(typed, side_id=_begin(unit, typed, case.id))
    else:
        _go_on(unit, typed, case.id)
    sent = letters.send(unit, typed, case.id, channel=channel, stroke=stroke, hold=hold)
    values: dict[str, Any] = {"status": Status.OPEN} if case.status == Status.NEW else {}
    if case.owner_id is None and unit.actor.id is not None and case.status != Status.CLOSED:
        values["owner_id"] = unit.actor.id
    fields.change(unit, case, **values)
    clocks.refresh(unit, [case.id])
    return sent


def forward(unit: UnitOfWork, message_id: int) -> Saved:
    """Put a message, with its head lines in words and its files, into this agent's draft of a new side conversation.

    What that draft held stays in front. Raises NotFound, or Refused while a mail to an earlier side is being written.
    """
    row = unit.session.execute(select(messages).where(messages.c.id == message_id)).one_or_none()
    if row is None or row.kind not in _MAIL:
        raise NotFound(_(_NO_MAIL).format(number=message_id))
    found = unit.session.execute(
        select(draft_rows).where(
            draft_rows.c.agent_id == unit.actor.id, draft_rows.c.case_id == row.case_id, draft_rows.c.kind == KIND
        )
    ).one_or_none()  # fmt: skip
    if found is not None and found.side_id is not None:
        raise Refused(
            _("You are writing in a side conversation of this case: send that or throw it away first.")
        )
    text, typed = (
        forwarded(unit, row),
        Typed(KIND, row.case_id, subject=f"Fwd: {post.plain_subject(row.subject)}"),
    )
    if found is not None:
        to, cc, bcc = (codec.read_people(people) for people in (found.to, found.cc, found.bcc))
        typed = replace(
            typed, to=to, cc=cc, bcc=bcc, subject=found.subject or typed.subject, body=found.body.rstrip(),
            version=found.version,
        )  # fmt: skip
    typed = replace(typed, body=typed.body + text, seen_message_id=message_id)
    saved = drafts.save(unit, typed, found.terminal if found else "")
    for file in files_of(unit, message_id):
        drafts.attach(unit, saved.id, file)
    return saved


def pass_on(unit: UnitOfWork, message_id: int, typed: Typed, *, hold: int | None = None) -> Sent:
    """Forward a message of the typed mail's case at once, what was typed above it. Raises NotFound and as `send`."""
    row = unit.session.execute(select(messages).where(messages.c.id == message_id)).one_or_none()
    if row is None or row.kind not in _MAIL or row.case_id != typed.case_id:
        raise NotFound(_(_NO_MAIL).format(number=message_id))
    subject = typed.subject or f"Fwd: {post.plain_subject(row.subject)}"
    body = typed.body.rstrip() + forwarded(unit, row)
    files = (*typed.files, *files_of(unit, message_id))
    return send(unit, replace(typed, subject=subject, body=body, files=files), hold=hold)


def forwarded(unit: UnitOfWork, row: Any) -> str:
    """A message as it stands in a mail that passes it on, its head lines in the case's language."""
    language = unit.session.scalar(select(cases.c.language).where(cases.c.id == row.case_id)) or "en"
    title, names = _HEADS.get(language, _HEADS["en"])
    sender = Address(row.from_name, row.from_address)
    values = (
        _shown(sender), moment(row.sent_at or row.at).strftime("%Y-%m-%d %H:%M"), row.subject,
        ", ".join(_shown(one) for one in codec.read_people(row.to)),
        ", ".join(_shown(one) for one in codec.read_people(row.cc)),
    )  # fmt: skip
    head = "\n".join(f"{name}: {value}" for name, value in zip(names, values, strict=True) if value)
    return f"\n\n---------- {title} ----------\n{head}\n\n{row.text}"


def files_of(unit: UnitOfWork, message_id: int) -> list[Enclosure]:
    """The files that came with a message."""
    rows = unit.session.execute(
        select(attachments).where(attachments.c.message_id == message_id).order_by(attachments.c.id)
    ).all()
    if not rows:
        return []
    raw = codec.unpack(
        unit.session.execute(select(raws.c.data).where(raws.c.message_id == message_id)).scalar_one()
    )
    return [Enclosure(row.filename, row.content_type, part_content(raw, row.part)) for row in rows]


def end(unit: UnitOfWork, fact: Any) -> None:
    """Undo of a beginning: the side is no longer one to go on with; its mail is taken back by the outbox."""
    _close(unit, fact.case_id, int(fact.after), unit.at)
    unit.record(KIND, fact.case_id, "ended", fact.after, None)


def begin_again(unit: UnitOfWork, fact: Any) -> None:
    """Redo of a beginning."""
    _close(unit, fact.case_id, int(fact.before), None)
    unit.record(KIND, fact.case_id, "begun", None, fact.before)


def _begin(unit: UnitOfWork, typed: Typed, case_id: int) -> int:
    if not typed.subject:
        raise Problem(_("Write a subject: whoever gets this knows nothing of the case."))
    key = unit.session.execute(
        insert(sides).values(
            case_id=case_id, subject=typed.subject, people=codec.people(typed.to), agent_id=unit.actor.id,
            created_at=unit.at,
        )
    ).inserted_primary_key  # fmt: skip
    assert key is not None
    unit.record(KIND, case_id, "begun", None, int(key[0]))
    return int(key[0])


def _go_on(unit: UnitOfWork, typed: Typed, case_id: int) -> None:
    here = (sides.c.id == typed.side_id, sides.c.case_id == case_id)
    values = {"people": codec.people(typed.to), "closed_at": None}
    if not unit.session.execute(update(sides).where(*here).values(values)).rowcount:
        raise NotFound(_(_LOST).format(number=typed.side_id))


def _close(unit: UnitOfWork, case_id: int, side_id: int, at: int | None) -> None:
    unit.session.execute(update(sides).where(sides.c.id == side_id).values(closed_at=at))
    fields.touch(unit, case_id)


def _shown(who: Address) -> str:
    return f"{who.name} <{who.address}>" if who.name and who.address else who.name or who.address


_HEADS = {
    "en": ("Forwarded message", ("From", "Date", "Subject", "To", "Cc")),
    "da": ("Videresendt besked", ("Fra", "Dato", "Emne", "Til", "Cc")),
    "nb": ("Videresendt melding", ("Fra", "Dato", "Emne", "Til", "Kopi")),
    "no": ("Videresendt melding", ("Fra", "Dato", "Emne", "Til", "Kopi")),
    "sv": ("Vidarebefordrat meddelande", ("Från", "Datum", "Ämne", "Till", "Kopia")),
    "de": ("Weitergeleitete Nachricht", ("Von", "Datum", "Betreff", "An", "Cc")),
    "nl": ("Doorgestuurd bericht", ("Van", "Datum", "Onderwerp", "Aan", "Cc")),
    "fr": ("Message transféré", ("De", "Date", "Objet", "À", "Cc")),
}
"""Title and head lines of a forwarded mail in the case's language, in the form that mail programs know."""
