"""Answers: a reply in a case, a new mail to a customer, and a note for colleagues.

Invariants: reply, status and owner of one keystroke happen together or not at all; a reply stops when the case moved
since its writer saw it; nobody of a side conversation is among the recipients of what a customer gets.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import insert

from agentdesk.config.language import _
from agentdesk.domain.instants import micros
from agentdesk.domain.lifecycle import Ends, Status, after_reply, may_move
from agentdesk.domain.problems import Problem, Refused
from agentdesk.services import apart, clocks, customers, drafts, fields, letters, mentions, post
from agentdesk.services.drafts import Typed
from agentdesk.services.letters import SECOND, CaseMoved, Sent
from agentdesk.store.tables import cases
from agentdesk.store.unit import UnitOfWork
from agentdesk.text.clean import clean
from agentdesk.text.fold import fold

__all__ = ["SECOND", "CaseMoved", "Sent", "begin", "note", "send"]


def send(
    unit: UnitOfWork, typed: Typed, *, resolve: bool = False, hold: int | None = None,
    silence: datetime | None = None,
) -> Sent:  # fmt: skip
    """Send what is typed as a reply in its case. Takes the draft away with it.

    `silence`: the case is hidden until then, or until somebody answers.

    Raises CaseMoved when a newer message stands in the case than the writer saw, Refused for a closed case, one
    without a channel to answer on or a recipient from a side conversation, Stale for a draft that is newer elsewhere
    or has gone, Problem for no text or no recipient, or a `silence` that has passed.
    """
    if silence is not None and silence <= unit.now:
        raise Problem(_("That time has passed already: name one to come."))
    typed = drafts.cleaned(typed)
    assert typed.case_id is not None
    case = fields.lock_standing(unit, typed.case_id)
    typed = replace(typed, case_id=case.id, side_id=None)
    if case.status == Status.CLOSED:
        raise Refused(_("Case #{number} is closed: write a new message instead.").format(number=case.id))
    letters.check_moved(unit, typed)
    apart.check(unit, typed)
    channel = letters.channel_of(unit, typed.channel_id or case.channel_id)
    stroke = unit.stroke("reply")
    sent = letters.send(unit, typed, case.id, channel=channel, stroke=stroke, hold=hold)
    status = (
        Status.RESOLVED
        if resolve and may_move(Status(case.status), Status.RESOLVED)
        else after_reply(Status(case.status))
    )
    values: dict[str, Any] = {"status": status}
    if case.owner_id is None and unit.actor.id is not None:
        values["owner_id"] = unit.actor.id
    if status is not Status.SNOOZED and case.snooze_until is not None:
        values["snooze_until"] = None
    if status is Status.RESOLVED:
        values["resolved_at"] = unit.at
    if silence is not None:
        values |= {
            "status": Status.SNOOZED, "snooze_until": micros(silence), "snooze_ends": Ends.ANSWER, "resolved_at": None,
        }  # fmt: skip
    fields.change(unit, case, **values)
    clocks.refresh(unit, [case.id])
    return sent


def begin(unit: UnitOfWork, typed: Typed, *, hold: int | None = None) -> Sent:
    """Write to a customer first: a new case, its first message ours. Takes the draft away with it."""
    typed = drafts.cleaned(typed)
    channel = letters.channel_of(unit, typed.channel_id)
    if not typed.to:
        raise Problem(_("Nobody is in To: write the customer's address there."))
    stroke = unit.stroke("new message")
    customer, _made = customers.of_address(unit, typed.to[0], channel.language)
    key = unit.session.execute(
        insert(cases).values(
            subject=typed.subject, status=Status.PENDING, channel_id=channel.id, customer_id=customer,
            owner_id=unit.actor.id, team_id=channel.team_id, language=channel.language, created_at=unit.at,
            updated_at=unit.at, haystack=fold(f"{typed.subject} {typed.to[0].name} {typed.to[0].address}"),
        )
    ).inserted_primary_key  # fmt: skip
    assert key is not None
    case_id = int(key[0])
    unit.record("case", case_id, "opened", None, Status.PENDING)
    typed = replace(typed, side_id=None)
    sent = letters.send(unit, typed, case_id, channel=channel, stroke=stroke, hold=hold)
    clocks.refresh(unit, [case_id])
    return sent


def note(unit: UnitOfWork, case_id: int, body: str, draft_id: int | None = None) -> int:
    """Leave a note that only colleagues see; returns the stroke."""
    body = clean(body)
    if not body.strip():
        raise Problem(_("The note is empty: write something first."))
    case = fields.lock_standing(unit, case_id)
    stroke = unit.stroke("note")
    message_id = post.write(unit, case_id=case.id, kind="note", text=body.strip("\n"), agent_id=unit.actor.id)
    unit.record("message", case.id, "note", None, message_id)
    mentions.call(unit, case.id, message_id, body)
    fields.touch(unit, case.id)
    if case.status == Status.NEW:
        fields.change(unit, case, status=Status.OPEN)
    if draft_id is not None and not drafts.discard_as(unit, draft_id, body):
        raise drafts.gone()
    clocks.refresh(unit, [case.id])
    return stroke
