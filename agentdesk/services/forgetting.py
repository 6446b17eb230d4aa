"""Forgets a person or one message for good: nothing of it stays but counts, times and the fact.

A customer goes with all who were merged into them. Their cases become empty shells (number, times, team, owner, tags,
closed) unless somebody else from outside has written there: that person's words stay, and the case is theirs. Exact
addresses are replaced everywhere, also in texts of others; names in free text are only found (`queries.traces`).
Invariants: all of it is one commit, and no undo brings any of it back; tombstones stand from that commit on
(`services.tombstones`); nothing goes while a reply to them is leaving. The bytes on the disk are `store.sweep`'s.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, delete, func, select, text, update

from agentdesk.config.language import _
from agentdesk.domain.forgetting import Erased, Person
from agentdesk.domain.lifecycle import Delivery, Status
from agentdesk.domain.people import may_lead
from agentdesk.domain.problems import NotFound, Refused
from agentdesk.services import clocks, fields, outbox, tombstones
from agentdesk.services.homes import ask_a_leader
from agentdesk.services.intake import INTAKE_LOCK
from agentdesk.services.leftovers import Leftovers, forget_orders_again
from agentdesk.services.tombstones import known
from agentdesk.services.wiping import Gone, Rewriting, sender_of, subjects_of, wipe
from agentdesk.store import traces
from agentdesk.store.tables import addresses, agents, cases, customers, messages, quarantine
from agentdesk.store.tables import outbox as outbox_rows
from agentdesk.store.traces import Theirs, parts
from agentdesk.store.unit import Actor, UnitOfWork
from agentdesk.text.blanking import Blanking
from agentdesk.text.fold import fold

__all__ = ["again", "check_may", "erase", "known", "redact"]
_ON_ITS_WAY = (Delivery.HELD, Delivery.QUEUED, Delivery.SENDING)


def check_may(session: Connection, actor: Actor) -> None:
    """Raises Refused unless the actor may erase: who leads, or anybody where nobody does (a shop of one)."""
    if may_lead(actor.role):
        return
    leads = select(agents.c.id).where(agents.c.active, agents.c.role.in_(("supervisor", "admin")))
    if session.execute(leads.limit(1)).first() is not None:
        raise ask_a_leader()


def erase(
    unit: UnitOfWork, customer_id: int, *, seen: int = 0, named: Collection[int] = (), at_rest: bool = False
) -> Erased:
    """Erase a customer. `named` are the messages up to `seen` that hold an address of theirs, if they were looked for
    just before (`queries.traces`): so the long search holds nobody up. `at_rest`: no worker sends from this store.

    Raises NotFound; Refused for who may not, and while a reply to them is leaving. Once erased, nothing more happens.
    """
    check_may(unit.session, unit.actor)
    _no_intake(unit)
    person = _person(unit, customer_id)
    if person.erased:
        return Erased(person.customers, (), 0, 0)
    found = _named(unit, person, seen, named)
    person = traces.named_as(unit.session, person, found)
    theirs = traces.theirs(unit.session, person, found)
    for case_id in sorted({*theirs.cases, *theirs.touched}):
        fields.lock(unit, case_id)
    _stop(unit, theirs, found, at_rest=at_rest)
    kept = {*theirs.touched, *theirs.cases} - set(theirs.shells)
    subjects = subjects_of(unit, kept, theirs.gone)
    gone = wipe(unit, theirs.gone, people_too=True)
    _waits_for_nobody(unit, kept, theirs.gone)
    blanking = Blanking(person.addresses, person.names, gone.said)
    rewriting = Rewriting(unit, blanking, gone, subjects)
    changed = rewriting.run(theirs.others, quotes=True)
    changed += rewriting.run(set(found) - {*theirs.gone, *theirs.others}, quotes=False)
    _blank_subjects(unit, subjects)
    left = Leftovers(unit, person, blanking)
    left.forget(theirs)
    _shut(unit, person, theirs)
    _bury(unit, person)
    clocks.refresh(unit, {*theirs.cases, *theirs.touched})
    return Erased(person.customers, theirs.shells, len(theirs.gone), len(changed), tuple(left.counts.items()))


def redact(unit: UnitOfWork, message_id: int, *, at_rest: bool = False) -> int:
    """Erase what one message says: its text, bytes, files, place in the index, and quotes of it in its case.

    Who wrote to whom and when stays. Returns its case. Raises NotFound; Refused for who may not, or before it has left.
    """
    check_may(unit.session, unit.actor)
    _no_intake(unit)
    row = unit.session.execute(select(messages).where(messages.c.id == message_id)).one_or_none()
    if row is None:
        raise NotFound(_("There is no message {number}.").format(number=message_id))
    fields.lock(unit, row.case_id)
    _check_left(unit, message_id, at_rest=at_rest)
    subjects = subjects_of(unit, [row.case_id], [message_id])
    others = set(unit.session.scalars(select(messages.c.id).where(messages.c.case_id == row.case_id)))
    gone = wipe(unit, [message_id], people_too=False)
    said = Gone(gone.said, frozenset())
    rewriting = Rewriting(unit, Blanking((), (), said.said), said, subjects)
    for changed in rewriting.run(others - {message_id}, quotes=True):
        unit.record("erased", row.case_id, "quote", None, changed)
    _blank_subjects(unit, subjects)
    unit.record("erased", row.case_id, "message", None, message_id)
    fields.touch(unit, row.case_id)
    return int(row.case_id)


def again(unit: UnitOfWork) -> int:
    """Erase once more all that the tombstones name: after a restore, before anybody sees it. Returns how much it was.

    What the same people wrote after they were erased bears no tombstone and stays.
    """
    if not tombstones.any_stands(unit.session):
        return 0
    rows = unit.session.execute(
        select(customers.c.id, customers.c.created_at).where(customers.c.erased_at.is_(None))
    )
    marks = {_mark(row.id, row.created_at): row.id for row in rows}
    done = 0
    for customer_id in sorted(marks[word] for word in tombstones.standing(unit.session, "customer", marks)):
        done += erase(unit, customer_id, at_rest=True).customers != ()
    for message_id in _buried(unit):
        redact(unit, message_id, at_rest=True)
        done += 1
    return done + _empty_quarantine(unit) + forget_orders_again(unit)


def _buried(unit: UnitOfWork) -> list[int]:
    """Messages that stand here although their tombstones do."""
    query = select(
        messages.c.id, messages.c.digest, messages.c.message_id, messages.c.from_address, messages.c.sent_at,
        messages.c.facts,
    ).where(messages.c.digest.is_not(None))  # fmt: skip
    found: list[int] = []
    for rows in unit.session.execute(query.order_by(messages.c.id)).partitions(traces.PART):
        digests = tombstones.known(unit.session, {row.digest for row in rows})
        names = {row.id: tombstones.identity(row.message_id, sender_of(row), row.sent_at) for row in rows}
        mails = tombstones.standing(unit.session, "mail", set(names.values()) - {""})
        found += [row.id for row in rows if row.digest in digests or names[row.id] in mails]
    return found


def _empty_quarantine(unit: UnitOfWork) -> int:
    kept = {row.digest: row.id for row in unit.session.execute(select(quarantine.c.id, quarantine.c.digest))}
    going = [kept[digest] for digest in tombstones.known(unit.session, kept)]
    for part in parts(going):
        unit.session.execute(delete(quarantine).where(quarantine.c.id.in_(part)))
    return len(going)


# -- the parts of an erasing -----------------------------------------------------------------------------------------


def _no_intake(unit: UnitOfWork) -> None:
    """Nothing of theirs comes in beside this on PostgreSQL; on SQLite one writes at a time anyway."""
    if unit.session.dialect.name == "postgresql":
        unit.session.execute(text("select pg_advisory_xact_lock(:key)"), {"key": INTAKE_LOCK})


def _person(unit: UnitOfWork, customer_id: int) -> Person:
    person = traces.person(unit.session, customer_id)
    if person is None:
        raise NotFound(_("There is no customer {number}.").format(number=customer_id))
    held = select(customers.c.id).where(customers.c.id.in_(person.customers)).order_by(customers.c.id)
    unit.session.execute(held.with_for_update())
    return person


def _named(unit: UnitOfWork, person: Person, seen: int, named: Collection[int]) -> list[int]:
    later = traces.naming(unit.session, Blanking(person.addresses), after=seen)
    return sorted({*(one for one in named if one <= seen), *later})


def _stop(unit: UnitOfWork, theirs: Theirs, found: Collection[int], *, at_rest: bool) -> None:
    """Replies that wait are stopped: to them for good; what others were to get as well goes back to its writer.

    Raises Refused while one of them is leaving.
    """
    gone = set(theirs.gone)
    for part in parts({*gone, *theirs.others, *found}):
        query = select(outbox_rows).where(
            outbox_rows.c.message_id.in_(part), outbox_rows.c.state.in_(_ON_ITS_WAY)
        )
        for row in unit.session.execute(query.order_by(outbox_rows.c.id)).all():
            if at_rest:
                _cancel(unit, row)
            elif row.state == Delivery.SENDING or (row.lease_until or 0) >= unit.at:
                raise Refused(
                    _(
                        "A reply to this customer is leaving just now, so nothing was erased: try again in a minute."
                    )
                )
            elif row.message_id in gone:
                _cancel(unit, row)
            else:
                outbox.take_back(unit, row.id)


def _check_left(unit: UnitOfWork, message_id: int, *, at_rest: bool) -> None:
    waits = (outbox_rows.c.message_id == message_id, outbox_rows.c.state.in_(_ON_ITS_WAY))
    for row in unit.session.execute(select(outbox_rows).where(*waits)).all():
        if not at_rest:
            raise Refused(_("This reply has not left yet: take it back first."))
        _cancel(unit, row)


def _cancel(unit: UnitOfWork, row: Any) -> None:
    """Guarded as every move is: a worker that has begun to send meanwhile has won."""
    still = (outbox_rows.c.id == row.id, outbox_rows.c.state == row.state)
    stopped = update(outbox_rows).where(*still).values(state=Delivery.CANCELLED, lease_until=None)
    if unit.session.execute(stopped).rowcount != 1:
        raise _leaving()
    unit.record("outbox", row.case_id, "state", row.state, Delivery.CANCELLED)


def _leaving() -> Refused:
    return Refused(_("A reply to them is leaving just now, so nothing was erased: try again in a minute."))


def _waits_for_nobody(unit: UnitOfWork, case_ids: Collection[int], gone: Collection[int]) -> None:
    """Where somebody else is left, what they wait for counts and not what the erased one waited for."""
    for part in parts(gone):
        here = (messages.c.id.in_(part), messages.c.person, messages.c.case_id.in_(sorted(case_ids)))
        unit.session.execute(update(messages).where(*here).values(person=False))


def _blank_subjects(unit: UnitOfWork, subjects: Collection[tuple[int, str]]) -> None:
    """A case whose subject they worded has none; it is found by who is left in it."""
    for case_id, subject in sorted(subjects):
        here = (cases.c.id == case_id, cases.c.subject == subject)
        if unit.session.execute(update(cases).where(*here).values(subject="")).rowcount:
            _find_anew(unit, case_id)


def _find_anew(unit: UnitOfWork, case_id: int) -> None:
    query = (
        select(cases.c.subject, customers.c.id, customers.c.name)
        .outerjoin(customers, (customers.c.id == cases.c.customer_id) & customers.c.erased_at.is_(None))
        .where(cases.c.id == case_id)
    )  # fmt: skip
    row = unit.session.execute(query).one()
    known = unit.session.scalars(select(addresses.c.address).where(addresses.c.customer_id == row.id))
    words = " ".join(filter(None, (row.subject, row.name, *known)))
    unit.session.execute(update(cases).where(cases.c.id == case_id).values(haystack=fold(words)))


def _shut(unit: UnitOfWork, person: Person, theirs: Theirs) -> None:
    """Nothing is left of them and their cases but what is counted."""
    unit.session.execute(
        update(customers).where(customers.c.id.in_(person.customers)).values(name="", language="", erased_at=unit.at)
    )  # fmt: skip
    for case_id in theirs.shells:
        case = fields.lock(unit, case_id)
        values: dict[str, Any] = {"subject": "", "haystack": "", "snooze_until": None}
        if case.status not in (Status.CLOSED, Status.SPAM):
            values |= {"status": Status.CLOSED, "resolved_at": case.resolved_at or unit.at}
            unit.record("case", case_id, "status", case.status, Status.CLOSED)
        fields.touch(unit, case_id, **values)
        unit.record("erased", case_id, "case", None, case.customer_id)
    for case_id in sorted({*theirs.cases, *theirs.touched} - set(theirs.shells)):
        heir = _who_is_left(unit, case_id) if case_id in theirs.cases else None
        if heir is not None:
            fields.change(unit, fields.lock(unit, case_id), customer_id=heir)
        fields.touch(unit, case_id)
        _find_anew(unit, case_id)
        unit.record("erased", case_id, "participant")
    for customer_id in person.customers:
        unit.record("erased", None, "customer", None, customer_id)


def _who_is_left(unit: UnitOfWork, case_id: int) -> int | None:
    """The customer who wrote last in a case that was another's."""
    query = (
        select(addresses.c.customer_id)
        .join(messages, addresses.c.address == func.lower(messages.c.from_address))
        .where(messages.c.case_id == case_id, messages.c.kind == "inbound")
        .order_by(messages.c.at.desc(), messages.c.id.desc()).limit(1)
    )  # fmt: skip
    return unit.session.scalar(query)


def _bury(unit: UnitOfWork, person: Person) -> None:
    query = select(customers.c.id, customers.c.created_at).where(customers.c.id.in_(person.customers))
    tombstones.bury(unit, "customer", [_mark(row.id, row.created_at) for row in unit.session.execute(query)])
    tombstones.bury(unit, "address", person.addresses)


def _mark(customer_id: int, created_at: int) -> str:
    """A restored store may give a number away once more; not with the same first moment."""
    return f"{customer_id} {created_at}"
