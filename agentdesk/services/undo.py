"""Takes a stroke back: all of it or nothing, and the taking back is a stroke itself (undo of undo is redo).

Invariants: every field the stroke wrote must still hold what it wrote, otherwise it is refused, saying who changed
what; a reply that has begun to leave stays sent, and the rest is taken back only when the agent said so (`anyway`); no
text that was typed since is lost. Only who made a stroke, or a supervisor, takes it back. A verb on many cases
(`automation.bulk`) is taken back case by case by `undo_case`: all or nothing of each, never in one long unit.
"""

from collections.abc import Iterable
from importlib import import_module
from typing import Any

from sqlalchemy import BigInteger, Connection, delete, func, insert, select, update

from agentdesk.config.language import N_, _
from agentdesk.domain.lifecycle import Delivery
from agentdesk.domain.people import may_lead
from agentdesk.domain.problems import NotFound, Refused
from agentdesk.services import clocks, drafts, fields, outbox
from agentdesk.services.replies import SECOND
from agentdesk.store.tables import (
    agents,
    bulk_runs,
    case_tags,
    cases,
    changes,
    channels,
    messages,
    strokes,
    tags,
)
from agentdesk.store.tables import outbox as outbox_rows
from agentdesk.store.unit import UnitOfWork
from agentdesk.text.clean import clean_line

VERBS = {
    "reply": N_("reply"), "new message": N_("new message"), "note": N_("note"), "claim": N_("take"),
    "resolve": N_("resolve"), "snooze": N_("snooze"), "assign": N_("assign"), "tag": N_("tag"),
    "priority": N_("priority"), "open": N_("open"), "pending": N_("pending"), "spam": N_("spam"),
    "closed": N_("close"), "new": N_("new"), "retry": N_("send again"), "cancel": N_("cancel"), "undo": N_("undo"),
    "merge": N_("merge"), "part": N_("part"), "link": N_("link"), "unlink": N_("unlink"), "block": N_("block"),
    "unblock": N_("unblock"), "side": N_("side conversation"),
    "set": N_("change"), "customer note": N_("note on the customer"), "customer language": N_("customer's language"),
    "merge customers": N_("merge of customers"), "part customers": N_("parting of customers"),
    "macro": N_("macro"), "retire macro": N_("retire a macro"),
    "article": N_("article"), "publish": N_("publish"), "accept": N_("accept"),
    "automatic merge": N_("automatic merge"),
}  # fmt: skip
"""What a stroke is called when it is named to a person."""


OF_THE_HOUSE = ("automatic merge",)
"""Strokes that the desk made by itself and that any agent may take back."""


INVERSES: tuple[tuple[str, str, str], ...] = (
    ("customer", "note", "agentdesk.services.customers:take_back_note"),
    ("customer", "note removed", "agentdesk.services.customers:note_again"),
    ("customer", "language", "agentdesk.services.customers:take_back_language"),
    ("customer", "merged", "agentdesk.services.customers:take_back_merge"),
    ("customer", "parted", "agentdesk.services.customers:merge_again"),
    ("customer", "moved", "agentdesk.services.customers:follow"),
    ("message", "canned note", "agentdesk.services.macros:take_back_note"),
    ("message", "canned note taken back", "agentdesk.services.macros:leave_note_again"),
    ("macro", "active", "agentdesk.services.macros:take_back_active"),
    ("use", "macro", "agentdesk.services.macros:take_back_use"),
    ("article", "version", "agentdesk.services.articles:turn_back"),
    ("merge", "merged", "agentdesk.services.joining:take_back_merge"),
    ("merge", "parted", "agentdesk.services.joining:merge_again"),
    ("participant", "accepted", "agentdesk.services.participants:take_back_accept"),
    ("participant", "left out", "agentdesk.services.participants:accept_again"),
    ("link", "linked", "agentdesk.services.linking:take_back_link"),
    ("link", "unlinked", "agentdesk.services.linking:take_back_unlink"),
    ("side", "begun", "agentdesk.services.sides:end"),
    ("side", "ended", "agentdesk.services.sides:begin_again"),
    ("block", "blocked", "agentdesk.services.blocking:take_back_block"),
    ("block", "unblocked", "agentdesk.services.blocking:take_back_unblock"),
)
"""(kind of fact, field, "module:function") for facts that are no plain fields of a case. The function gets (unit, fact)
and does the opposite, leaving the opposite fact, so that undo of undo is redo; it raises Refused when overtaken."""


class HasLeft(Refused):
    """The reply of this stroke has left; the rest can be taken back with `anyway`."""


class Many(Refused):
    """The stroke is a verb on many cases: it is taken back in commits of its own, by `automation.bulk`."""

    def __init__(self, stroke: int, verb: str) -> None:
        super().__init__(_("That was done to many cases, which are taken back one by one."))
        self.stroke = stroke
        self.verb = verb
        """What was done in the first place, however often it was taken back and done again."""


def newest(unit: UnitOfWork) -> int | None:
    """The newest stroke of this agent on this desk that changed something, is not yet undone and is no undo itself."""
    changed = select(changes.c.id).where(changes.c.stroke_id == strokes.c.id).exists()
    query = (
        select(strokes.c.id)
        .where(strokes.c.agent_id == unit.actor.id, strokes.c.desk == unit.desk, strokes.c.undone_by.is_(None),
               strokes.c.undoes.is_(None), changed)
        .order_by(strokes.c.id.desc()).limit(1)
    )  # fmt: skip
    return unit.session.scalar(query)


def undo(unit: UnitOfWork, stroke_id: int, *, anyway: bool = False) -> tuple[int, int | None, str]:
    """Take a stroke back. Returns (the new stroke, a case it touched, the verb undone).

    Raises NotFound, HasLeft, Many, or Refused: somebody else's, or naming who changed what since.
    """
    stroke = standing(unit, stroke_id)
    if unit.session.scalar(select(bulk_runs.c.stroke_id).where(bulk_runs.c.stroke_id == stroke_id)):
        raise Many(stroke_id, _first_verb(unit, stroke))
    facts = unit.session.execute(
        select(changes).where(changes.c.stroke_id == stroke_id).order_by(changes.c.id.desc())
    ).all()
    new = unit.stroke("undo", undoes=stroke_id)
    touched = sorted({fact.case_id for fact in facts if fact.case_id is not None})
    for case_id in touched:
        _take_back_case(
            unit, fields.lock(unit, case_id), [fact for fact in facts if fact.case_id == case_id], anyway
        )
    _mark(unit, stroke, facts, new)
    clocks.refresh(unit, touched)
    return new, (touched[0] if touched else None), stroke.verb


def standing(unit: UnitOfWork, stroke_id: int) -> Any:
    """The stroke, held until commit, if this actor may take it back now. Raises NotFound, or Refused."""
    stroke = unit.session.execute(
        select(strokes).where(strokes.c.id == stroke_id).with_for_update()
    ).one_or_none()
    if stroke is None:
        raise NotFound(_("There is no stroke {number}.").format(number=stroke_id))
    of_the_house = stroke.agent_id is None and stroke.verb in OF_THE_HOUSE
    if stroke.agent_id != unit.actor.id and not of_the_house and not may_lead(unit.actor.role):
        who = unit.session.execute(select(agents).where(agents.c.id == stroke.agent_id)).one_or_none()
        raise Refused(
            _("Stroke {number} is not yours: {who} or a supervisor may take it back.").format(
                number=stroke_id, who=clean_line(who.name or who.login) if who is not None else _("an admin")
            )
        )
    if stroke.undone_by is not None:
        raise Refused(_("That was taken back already."))
    return stroke


def cases_of(session: Connection, stroke_id: int) -> tuple[int, ...]:
    """The cases that a stroke changed and that no undo of it, ended or stopped half-way, has taken back yet."""
    taken = (
        select(changes.c.case_id).join(strokes, strokes.c.id == changes.c.stroke_id)
        .where(strokes.c.undoes == stroke_id, strokes.c.undone_by.is_(None), changes.c.case_id.is_not(None))
    )  # fmt: skip
    query = select(changes.c.case_id).where(changes.c.stroke_id == stroke_id, changes.c.case_id.is_not(None))
    back = set(session.scalars(taken))
    return tuple(
        one for one in session.scalars(query.distinct().order_by(changes.c.case_id)) if one not in back
    )


def undo_case(unit: UnitOfWork, stroke_id: int, case_id: int, *, anyway: bool = False) -> None:
    """Take back what a stroke did to one of its cases; the unit's stroke is the undo. Raises as `undo` does."""
    # Not by the index on strokes, which SQLite would prefer: this stroke has many more facts than this case.
    here = (changes.c.case_id == case_id, changes.c.stroke_id + 0 == stroke_id)
    facts = unit.session.execute(select(changes).where(*here).order_by(changes.c.id.desc())).all()
    _take_back_case(unit, fields.lock(unit, case_id), list(facts), anyway)
    clocks.refresh(unit, [case_id])


def undone(unit: UnitOfWork, stroke_id: int, new: int) -> None:
    """Every case of a stroke over many was tried: it counts as taken back by the stroke `new`."""
    stroke = unit.session.execute(select(strokes).where(strokes.c.id == stroke_id)).one()
    facts = select(changes).where(changes.c.stroke_id == stroke_id, changes.c.case_id.is_(None))
    _mark(unit, stroke, unit.session.execute(facts.order_by(changes.c.id.desc())).all(), new)


def _mark(unit: UnitOfWork, stroke: Any, facts: Iterable[Any], new: int) -> None:
    unit.session.execute(update(strokes).where(strokes.c.id == stroke.id).values(undone_by=new))
    if stroke.undoes is not None:  # redone: what it had taken back stands again, and may be taken back again
        unit.session.execute(update(strokes).where(strokes.c.id == stroke.undoes).values(undone_by=None))
    for fact in facts:
        if fact.case_id is None:
            _take_back_other(unit, fact)


def _first_verb(unit: UnitOfWork, stroke: Any) -> str:
    while stroke.undoes is not None:
        stroke = unit.session.execute(select(strokes).where(strokes.c.id == stroke.undoes)).one()
    return str(stroke.verb)


def undo_newest(unit: UnitOfWork, *, anyway: bool = False) -> tuple[int | None, str]:
    """Take back this agent's newest stroke on this desk. Returns (a case it touched, the verb undone).

    Raises Refused when there is nothing to take back, and what `undo` raises.
    """
    stroke_id = newest(unit)
    if stroke_id is None:
        raise Refused(_("There is nothing of yours to take back."))
    _stroke, case_id, verb = undo(unit, stroke_id, anyway=anyway)
    return case_id, verb


def redo_newest(unit: UnitOfWork) -> tuple[int | None, str]:
    """Do again what this agent took back last on this desk. Returns (a case it touched, the verb done again).

    Raises Refused when nothing was taken back since the newest act, and what `undo` raises.
    """
    here = (strokes.c.agent_id == unit.actor.id, strokes.c.desk == unit.desk)
    done = strokes.alias("done")
    query = select(strokes.c.id, done.c.verb).join(done, done.c.undone_by == strokes.c.id)
    taken = unit.session.execute(
        query.where(*here, done.c.undoes.is_(None)).order_by(strokes.c.id.desc()).limit(1)
    ).one_or_none()
    since = unit.session.scalar(select(func.max(strokes.c.id)).where(*here, strokes.c.undoes.is_(None))) or 0
    if taken is None or since > taken.id:
        raise Refused(_("Nothing was taken back since your last act that could be done again."))
    _stroke, case_id, _undo = undo(unit, taken.id)
    return case_id, taken.verb


def _take_back_case(unit: UnitOfWork, case: Any, facts: list[Any], anyway: bool) -> None:
    """`facts` newest first: where a stroke wrote a field twice, the older value counts in the end."""
    _check_there(unit, case.id, facts)
    values: dict[str, Any] = {}
    opened = any(fact.kind == "case" and fact.field == "opened" for fact in facts)
    left = False
    for fact in facts:
        if _take_back_other(unit, fact):
            continue
        if fact.kind == "case" and fact.field == "tag":
            _take_back_tag(unit, case.id, fact)
        elif fact.kind == "case" and fact.field != "opened":
            _still(unit, case, fact, values.get(fact.field, getattr(case, fact.field)))
            values[fact.field] = _typed(fact.field, fact.before)
        elif fact.kind == "message" and fact.field == "note":
            _take_back_note(unit, case.id, int(fact.after))
        elif fact.kind == "message" and fact.field == "note taken back":
            _give_note_again(unit, case.id, int(fact.before))
        elif fact.kind == "outbox":
            left = not _take_back_outbox(unit, case.id, fact, anyway=anyway, opened=opened) or left
    if values:
        fields.change(unit, case, **values)
    if opened and not left:
        fields.change(unit, case, status="closed", resolved_at=unit.at)
    fields.touch(unit, case.id)


def _check_there(unit: UnitOfWork, case_id: int, facts: list[Any]) -> None:
    """Raises Refused for a case that was erased since: nothing of it comes back."""
    here = (changes.c.case_id == case_id, changes.c.kind == "erased", changes.c.field == "case")
    gone = unit.session.scalar(select(func.max(changes.c.id)).where(*here))
    if gone is not None and any(fact.id < gone for fact in facts):
        raise Refused(
            _("Case #{number} was erased since: nothing of it can be taken back.").format(number=case_id)
        )


def _take_back_other(unit: UnitOfWork, fact: Any) -> bool:
    """True when another room of the house knows the opposite of this fact, and has done it."""
    for kind, field, place in INVERSES:
        if (fact.kind, fact.field) == (kind, field):
            module, _colon, name = place.partition(":")
            getattr(import_module(module), name)(unit, fact)
            return True
    return False


def _take_back_outbox(unit: UnitOfWork, case_id: int, fact: Any, *, anyway: bool, opened: bool) -> bool:
    """False when a reply has left and stays sent."""
    if fact.field == "queued":
        return _take_back_reply(unit, int(fact.after), anyway=anyway, opened=opened)
    if fact.field == "taken back":
        _hold_again(unit, case_id, int(fact.before))
    elif fact.field == "sent again":
        outbox.stop_again(unit, int(fact.after), fact.before)
    elif fact.field == "stopped again":
        outbox.retry(unit, int(fact.before))
    return True


def _still(unit: UnitOfWork, case: Any, fact: Any, now: Any) -> None:
    """Refuse unless the field still holds what the stroke wrote."""
    if (None if now is None else str(now)) != fact.after:
        raise _changed(unit, case.id, fact, _(_FIELDS.get(fact.field, fact.field)))


def _changed(unit: UnitOfWork, case_id: int, fact: Any, what: str) -> Refused:
    """Who has changed a field of the case since this fact."""
    query = (
        select(agents.c.name, agents.c.login).join(changes, changes.c.agent_id == agents.c.id)
        .where(changes.c.case_id == case_id, changes.c.field == fact.field, changes.c.id > fact.id)
        .order_by(changes.c.id.desc()).limit(1)
    )  # fmt: skip
    if fact.field == "tag":
        name = fact.after or fact.before
        query = query.where((changes.c.after == name) | (changes.c.before == name))
    who = unit.session.execute(query).one_or_none()
    return Refused(
        _("{who} has changed {field} of case #{number} since, so it was not taken back.").format(
            who=(who.name or who.login) if who is not None else _("The mail"), field=what, number=case_id
        )
    )


_FIELDS = {
    "status": N_("the status"), "owner_id": N_("the owner"), "team_id": N_("the team"), "priority": N_("the priority"),
    "merged_into": N_("the merge"), "customer_id": N_("the customer"),
    "snooze_until": N_("the snooze"), "snooze_ends": N_("the snooze"),
    "settled_id": N_("the status"), "resolved_at": N_("the status"),
}  # fmt: skip


def _typed(name: str, value: str | None) -> Any:
    if value is None:
        return None
    return int(value) if isinstance(cases.c[name].type, BigInteger) or name.endswith("_id") else value


def _take_back_tag(unit: UnitOfWork, case_id: int, fact: Any) -> None:
    tag_id = unit.session.execute(
        select(tags.c.id).where(tags.c.name == (fact.after or fact.before))
    ).scalar_one()
    here = (case_tags.c.case_id == case_id, case_tags.c.tag_id == tag_id)
    stands = unit.session.execute(select(case_tags.c.tag_id).where(*here)).one_or_none() is not None
    if stands is (fact.after is None):
        raise _changed(unit, case_id, fact, _("the tag «{name}»").format(name=fact.after or fact.before))
    if fact.after is None:
        unit.session.execute(insert(case_tags).values(case_id=case_id, tag_id=tag_id))
    else:
        unit.session.execute(delete(case_tags).where(*here))
    unit.record("case", case_id, "tag", fact.after, fact.before)


def _take_back_note(unit: UnitOfWork, case_id: int, message_id: int) -> None:
    """The note's text goes back to its writer's composer; in the case stands that it was taken back."""
    row = unit.session.execute(select(messages).where(messages.c.id == message_id)).one()
    unit.session.execute(update(messages).where(messages.c.id == message_id).values(kind="system"))
    drafts.put_note_back(unit, case_id, row.agent_id, row.text, message_id)
    unit.record("message", case_id, "note taken back", message_id, None)


def _give_note_again(unit: UnitOfWork, case_id: int, message_id: int) -> None:
    row = unit.session.execute(select(messages).where(messages.c.id == message_id)).one()
    unit.session.execute(update(messages).where(messages.c.id == message_id).values(kind="note"))
    drafts.take_note(unit, case_id, row.agent_id, row.text)
    unit.record("message", case_id, "note", None, message_id)


def _take_back_reply(unit: UnitOfWork, row_id: int, *, anyway: bool, opened: bool) -> bool:
    """False when it has left and stays sent."""
    row = unit.session.execute(select(outbox_rows).where(outbox_rows.c.id == row_id)).one()
    if row.state in (Delivery.CANCELLED, Delivery.FAILED):
        return True
    try:
        outbox.take_back(unit, row_id, unopened=opened)
    except Refused:
        if not anyway:
            raise HasLeft(
                _("The reply has left and cannot be called back; the rest can be taken back.")
            ) from None
        return False
    unit.record("outbox", row.case_id, "taken back", row_id, None)
    return True


def _hold_again(unit: UnitOfWork, case_id: int, row_id: int) -> None:
    """Redo: the same bytes are held back anew, and the draft goes. Raises Refused when anything has moved since."""
    row = unit.session.execute(
        select(outbox_rows, channels.c.hold).join(channels, channels.c.id == outbox_rows.c.channel_id)
        .where(outbox_rows.c.id == row_id)
    ).one()  # fmt: skip
    if row.state != Delivery.CANCELLED:
        raise Refused(_("This reply is {state}: it cannot be sent once more.").format(state=row.state))
    newer = select(messages.c.id).where(
        messages.c.case_id == case_id, messages.c.person, messages.c.id > row.message_id
    )
    if unit.session.execute(newer.limit(1)).one_or_none() is not None:
        raise Refused(
            _("The customer has written since: read the new lines, then send it from the composer.")
        )
    outbox.check_there(unit, row)
    drafts.take_restored(unit, row)
    unit.session.execute(
        update(outbox_rows).where(outbox_rows.c.id == row_id).values(
            state=Delivery.HELD, not_before=unit.at + row.hold * SECOND, lease_until=None, last_error="")
    )  # fmt: skip
    unit.record("outbox", case_id, "queued", None, row_id)
