"""A mail that answers two cases: they are offered to be merged, and merged at once only where no doubt is possible.

By itself a merge happens only when both cases and the mail share one customer's address. An address of ours or of a
colleague, a list, a machine and whoever passes on other people's mail is no customer's. What was parted once is never
merged again by itself.
Invariants: an automatic merge is a stroke of the house's own, which any agent may take back; a machine's mail, spam and
closed cases are never bridged.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, or_, select

from agentdesk.config.language import _
from agentdesk.domain.lifecycle import Status
from agentdesk.domain.mail import Message
from agentdesk.domain.problems import Refused
from agentdesk.mail.addresses import is_own
from agentdesk.mail.automatic import is_machine
from agentdesk.services import fields, joining, post
from agentdesk.services.belonging import Belonging, Place
from agentdesk.services.known import Known, person
from agentdesk.store.once import insert_once
from agentdesk.store.tables import bridges, merges, messages
from agentdesk.store.unit import UnitOfWork

VERB = "automatic merge"
_ENDED = {Status.CLOSED, Status.SPAM}
_LOOKED_AT = 500
"""Mails of an address among which one that it passed on for somebody else is looked for."""


@dataclass(frozen=True, slots=True)
class Bridge:
    """One mail that answers two cases."""

    case_id: int
    other_id: int
    message: Message
    ours: bool
    doubted: bool
    """Something about its sender is in doubt: it merges nothing by itself"""


def of(place: Place, message: Message, *, ours: bool, doubted: bool) -> list[Bridge]:
    """The pairs of cases that a mail in this place bridges."""
    if place.case.status in _ENDED:
        return []
    return [Bridge(place.case.id, other, message, ours, doubted) for other in place.others]


def settle(unit: UnitOfWork, known: Known, belonging: Belonging, found: Iterable[Bridge]) -> None:
    """Merge or offer to merge what the mails of a batch have bridged."""
    tried: set[tuple[object, ...]] = set()
    for bridge in found:
        # the lowest number first, as everybody locks two
        one, other = (fields.lock_standing(unit, each) for each in sorted((bridge.case_id, bridge.other_id)))
        pair = (min(one.id, other.id), max(one.id, other.id))
        attempt = (*pair, *_whose(bridge))
        if one.id == other.id or attempt in tried or {one.status, other.status} & _ENDED:
            continue
        tried.add(attempt)
        shared = _shared(unit.session, known, belonging, bridge, (one, other))
        if shared and not _parted(unit.session, *pair) and _merge(unit, *pair):
            belonging.forget(*pair)
        else:
            _offer(unit, *pair)


def _merge(unit: UnitOfWork, older: int, newer: int) -> bool:
    """The newer into the older; False where a side conversation stands against it."""
    try:
        with unit.part(), unit.apart(VERB):
            joining.merge(unit, newer, older, by_itself=True)
    except Refused:
        return False
    return True


def _offer(unit: UnitOfWork, older: int, newer: int) -> None:
    if not insert_once(unit.session, bridges, case_id=older, other_id=newer, at=unit.at):
        return
    words = _("One mail answers both this case and #{number}: d merges them if they are one matter.")
    for case_id, other_id in ((older, newer), (newer, older)):
        post.write(unit, case_id=case_id, kind="system", text=words.format(number=other_id), agent_id=None)
        unit.record("bridge", case_id, "offered", None, other_id)
        fields.touch(unit, case_id)


def _whose(bridge: Bridge) -> list[str]:
    """Whose mail it is: of whoever wrote it, or, where we did, of those it went to."""
    if bridge.ours:
        return [one.key for one in bridge.message.to]
    who = person(bridge.message)
    return [who.key] if who is not None else []


def _shared(
    session: Connection, known: Known, belonging: Belonging, bridge: Bridge, pair: tuple[Any, Any]
) -> str | None:
    """The one customer's address that the mail and both cases have in common, None for none."""
    for address in _whose(bridge) if not bridge.doubted else ():
        customer = known.customers.get(address)
        if (
            customer is not None
            and all(case.customer_id == customer for case in pair)
            and _is_persons(address, bridge.message, known)
            and all(address in belonging.people(case.id).known for case in pair)
            and not _passes_on(session, address, [case.id for case in pair])
        ):
            return address
    return None


def _is_persons(address: str, message: Message, known: Known) -> bool:
    """Not ours, not a colleague's, no machine's and no list's."""
    sender, wrote = message.sender, person(message)
    if is_own(address, known.own) or address in known.colleagues or is_machine(address):
        return False
    if sender is not None and wrote is not None and sender.key == address:
        # A list that writes under its own address writes to itself, and its List-Id is the address with a dot.
        to_itself = address in {one.key for one in (*message.to, *message.cc)}
        return not to_itself and address.replace("@", ".") not in (message.auto_reason or "").lower()
    return True


def _passes_on(session: Connection, address: str, case_ids: list[int]) -> bool:
    """Has mail of somebody else come from this address into the cases?"""
    query = select(messages.c.from_address, messages.c.facts).where(
        messages.c.case_id.in_(case_ids), messages.c.kind == "inbound",
        messages.c.facts.like('%"original_sender"%'),
    ).limit(_LOOKED_AT)  # fmt: skip
    return any(
        address in row.facts.lower() and row.from_address.lower() != address for row in session.execute(query)
    )


def _parted(session: Connection, older: int, newer: int) -> bool:
    """Has somebody parted these two before?"""
    both = or_(
        (merges.c.source_id == newer) & (merges.c.target_id == older),
        (merges.c.source_id == older) & (merges.c.target_id == newer),
    )
    query = select(merges.c.id).where(merges.c.kind == "case", both, merges.c.undone_at.is_not(None))
    return session.execute(query.limit(1)).first() is not None
