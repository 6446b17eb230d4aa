"""Who a customer is: found by address, made when nobody is known by it, merged with themselves, noted of.

Invariants: one address is one customer, however many meet it at once; a merge writes down what it took along, and
parting gives back just that; every act is a stroke that `services.undo` can take back.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import BigInteger, Connection, Text, cast, delete, insert, literal, select, update

from agentdesk.config.language import _
from agentdesk.domain.mail import Address
from agentdesk.domain.problems import NotFound, Refused, Usage
from agentdesk.store.once import insert_once
from agentdesk.store.tables import addresses, cases, customer_notes, customers, merges, moves
from agentdesk.store.unit import UnitOfWork
from agentdesk.text.clean import clean

_MAKE = insert(customers)
_TOLD = 100
"""Open cases whose rows on the desks are drawn anew by a merge."""


def of_address(
    unit: UnitOfWork, who: Address, language: str, since: int | None = None, *, known: bool = True
) -> tuple[int, bool]:
    """The customer with this address, and whether they were made just now. `since` is when they first wrote.

    `known` is False where the caller has just looked and found nobody.
    """
    found = by_address(unit.session, [who.key]).get(who.key) if known else None
    if found is not None:
        return found, False
    row = {"name": who.name, "language": language, "created_at": since or unit.at}
    key = unit.session.execute(_MAKE, row).inserted_primary_key
    assert key is not None
    made = int(key[0])
    if insert_once(unit.session, addresses, address=who.key, customer_id=made):
        return made, True
    unit.session.execute(delete(customers).where(customers.c.id == made))
    return by_address(unit.session, [who.key])[who.key], False


def by_address(session: Connection, known: Collection[str]) -> dict[str, int]:
    """Whose these addresses are, those that somebody has. They are merged with nobody until this commit."""
    query = (
        select(addresses.c.address, customers.c.id, customers.c.merged_into)
        .join(customers, customers.c.id == addresses.c.customer_id).where(addresses.c.address.in_(known))
        .order_by(customers.c.id).with_for_update(read=True, key_share=True, of=customers)
    )  # fmt: skip
    rows = session.execute(query).all()
    if any(row.merged_into is not None for row in rows):
        # A merge was waited for; where it took the addresses only a new statement sees.
        rows = session.execute(query).all()
    return {row.address: row.id for row in rows}


def stands(session: Connection, customer_id: int | None) -> bool:
    """False for one who was erased: what they write from now on is a new beginning, tied to nothing."""
    gone = select(customers.c.id).where(customers.c.id == customer_id, customers.c.erased_at.is_not(None))
    return session.execute(gone).first() is None


# -- notes and language -----------------------------------------------------------------------------------------------


def add_note(unit: UnitOfWork, customer_id: int, text: str) -> int:
    """Note something of a customer for everybody; returns the stroke. Raises Usage, NotFound, Refused."""
    from agentdesk.domain.customers import LONGEST_NOTE  # noqa: PLC0415  intake needs customers, not their screen

    words = clean(text).strip()
    if not words:
        raise Usage(_("A note needs words."))
    if len(words) > LONGEST_NOTE:
        raise Usage(_("A note has at most {most} characters.").format(most=LONGEST_NOTE))
    _alive(unit, customer_id)
    stroke = unit.stroke("customer note")
    key = unit.session.execute(
        insert(customer_notes).values(customer_id=customer_id, agent_id=unit.actor.id, at=unit.at, text=words)
    ).inserted_primary_key
    assert key is not None
    unit.record("customer", None, "note", None, key[0])
    return stroke


def remove_note(unit: UnitOfWork, note_id: int) -> int:
    """Take a note away; returns the stroke. Raises NotFound."""
    stroke = unit.stroke("customer note")
    _remove(unit, note_id)
    return stroke


def set_language(unit: UnitOfWork, customer_id: int, language: str) -> int | None:
    """Say which language a customer speaks; the stroke, None when that stood there. Raises Usage, NotFound, Refused."""
    code = language.strip().lower()
    if code and not (2 <= len(code) <= 3 and code.isascii() and code.isalpha()):
        raise Usage(_("Write a language by its code, like da, nb or en."))
    row = _alive(unit, customer_id)
    if row.language == code:
        return None
    stroke = unit.stroke("customer language")
    unit.session.execute(update(customers).where(customers.c.id == customer_id).values(language=code))
    unit.record("customer", None, "language", f"{customer_id} {row.language}", f"{customer_id} {code}")
    return stroke


def take_back_note(unit: UnitOfWork, fact: Any) -> None:
    """The opposite of noting."""
    _remove(unit, int(fact.after))


def note_again(unit: UnitOfWork, fact: Any) -> None:
    """The opposite of taking a note away."""
    here = (customer_notes.c.id == int(fact.before), customer_notes.c.removed_at.is_not(None))
    if not unit.session.execute(update(customer_notes).where(*here).values(removed_at=None)).rowcount:
        raise Refused(_("This note stands there again already."))
    unit.record("customer", None, "note", None, fact.before)


def take_back_language(unit: UnitOfWork, fact: Any) -> None:
    """The opposite of saying which language a customer speaks."""
    number, _space, wrote = fact.after.partition(" ")
    before = fact.before.partition(" ")[2]
    here = (customers.c.id == int(number), customers.c.language == wrote)
    if not unit.session.execute(update(customers).where(*here).values(language=before)).rowcount:
        raise Refused(_("The language of this customer was changed since, so it was not taken back."))
    unit.record("customer", None, "language", fact.after, fact.before)


def _remove(unit: UnitOfWork, note_id: int) -> None:
    here = (customer_notes.c.id == note_id, customer_notes.c.removed_at.is_(None))
    if not unit.session.execute(update(customer_notes).where(*here).values(removed_at=unit.at)).rowcount:
        raise NotFound(_("There is no such note of a customer any more."))
    unit.record("customer", None, "note removed", note_id, None)


# -- one person, known twice ------------------------------------------------------------------------------------------


def merge(unit: UnitOfWork, source_id: int, target_id: int) -> int:
    """These two are one person: the second one has it all from now on; returns the stroke. Raises NotFound, Refused."""
    stroke = unit.stroke("merge customers")
    _check_two(unit, source_id, target_id)
    key = unit.session.execute(
        insert(merges).values(kind="customer", source_id=source_id, target_id=target_id, at=unit.at,
                              agent_id=unit.actor.id, stroke_id=unit.stroke_id)
    ).inserted_primary_key  # fmt: skip
    assert key is not None
    _take_along(unit, int(key[0]), source_id, target_id)
    return stroke


def unmerge(unit: UnitOfWork, customer_id: int) -> int:
    """This customer is somebody of their own after all; returns the stroke. Raises NotFound, Refused."""
    row = _row(unit, customer_id)
    query = (
        select(merges.c.id)
        .where(merges.c.kind == "customer", merges.c.source_id == customer_id, merges.c.undone_at.is_(None))
        .order_by(merges.c.id.desc()).limit(1)
    )  # fmt: skip
    merge_id = unit.session.scalar(query)
    if row.merged_into is None or merge_id is None:
        raise Refused(_("Customer {number} is merged with nobody.").format(number=customer_id))
    stroke = unit.stroke("part customers")
    _part(unit, merge_id)
    return stroke


def take_back_merge(unit: UnitOfWork, fact: Any) -> None:
    """The opposite of merging."""
    _part(unit, int(fact.after))


def merge_again(unit: UnitOfWork, fact: Any) -> None:
    """The opposite of parting."""
    merge_id = int(fact.before)
    one = unit.session.execute(select(merges).where(merges.c.id == merge_id)).one()
    if one.undone_at is None:
        raise Refused(_("That is the same customer already."))
    _check_two(unit, one.source_id, one.target_id)
    # The same row again: the stroke that made it can then be taken back once more.
    unit.session.execute(update(merges).where(merges.c.id == merge_id).values(undone_at=None, at=unit.at))
    unit.session.execute(delete(moves).where(moves.c.merge_id == merge_id))
    _take_along(unit, merge_id, one.source_id, one.target_id)


def follow(unit: UnitOfWork, fact: Any) -> None:
    """A case that moved with its customer moves back with them, too: the fact of the merge itself sees to it."""


def _check_two(unit: UnitOfWork, source_id: int, target_id: int) -> None:
    if source_id == target_id:
        raise Refused(_("That is the same customer already."))
    for one in sorted((source_id, target_id)):  # in one order, so that two merges cannot wait for each other
        _alive(unit, one)


def _take_along(unit: UnitOfWork, merge_id: int, source_id: int, target_id: int) -> None:
    _tell_cases(unit, source_id, target_id, cases.c.customer_id == source_id)
    for what, table, column in _TAKEN:
        named = select(literal(merge_id), literal(what), cast(column, Text)).where(
            table.c.customer_id == source_id
        )
        unit.session.execute(insert(moves).from_select(["merge_id", "what", "key"], named))
        values = {"customer_id": target_id} | _version(table)
        unit.session.execute(update(table).where(table.c.customer_id == source_id).values(values))
    unit.session.execute(update(customers).where(customers.c.id == source_id).values(merged_into=target_id))
    unit.record("customer", None, "merged", source_id, merge_id)


def _part(unit: UnitOfWork, merge_id: int) -> None:
    one = unit.session.execute(select(merges).where(merges.c.id == merge_id).with_for_update()).one()
    if one.undone_at is not None:
        raise Refused(_("These customers are parted already."))
    for customer_id in sorted((one.source_id, one.target_id)):
        row = _row(unit, customer_id)
        if customer_id == one.target_id and row.merged_into is not None:
            raise Refused(
                _("Customer {number} was merged into {other} since: part these first.").format(
                    number=customer_id, other=row.merged_into
                )
            )
    given = select(moves.c.key).where(moves.c.merge_id == merge_id)
    ids = select(cast(moves.c.key, BigInteger)).where(moves.c.merge_id == merge_id)
    theirs = cases.c.id.in_(ids.where(moves.c.what == "case"))
    _tell_cases(unit, one.target_id, one.source_id, (cases.c.customer_id == one.target_id) & theirs)
    for what, table, column in _TAKEN:
        chosen = given if what == "address" else ids
        unit.session.execute(
            update(table)
            .where(table.c.customer_id == one.target_id, column.in_(chosen.where(moves.c.what == what)))
            .values({"customer_id": one.source_id} | _version(table))
        )
    unit.session.execute(update(customers).where(customers.c.id == one.source_id).values(merged_into=None))
    unit.session.execute(update(merges).where(merges.c.id == merge_id).values(undone_at=unit.at))
    unit.record("customer", None, "parted", merge_id, one.source_id)


_TAKEN: tuple[tuple[str, Any, Any], ...] = (
    ("address", addresses, addresses.c.address),
    ("case", cases, cases.c.id),
    ("note", customer_notes, customer_notes.c.id),
)
"""What a customer takes along: (what `moves` calls it, its table, its key)."""


def _version(table: Any) -> dict[str, Any]:
    """A case that has another customer is another version of itself."""
    return {"version": cases.c.version + 1} if table is cases else {}


def _tell_cases(unit: UnitOfWork, before: int, after: int, which: Any) -> None:
    """The rows on the desks show another name now."""
    query = select(cases.c.id).where(which, cases.c.shelf <= 1).order_by(cases.c.id.desc()).limit(_TOLD)
    for case_id in unit.session.scalars(query):
        unit.record("customer", case_id, "moved", before, after)


def _row(unit: UnitOfWork, customer_id: int) -> Any:
    found = unit.session.execute(
        select(customers).where(customers.c.id == customer_id).with_for_update()
    ).one_or_none()
    if found is None:
        raise NotFound(_("There is no customer {number}.").format(number=customer_id))
    if found.erased_at is not None:
        raise NotFound(_("Customer {number} was erased.").format(number=customer_id))
    return found


def _alive(unit: UnitOfWork, customer_id: int) -> Any:
    """The customer's row, held until commit; Refused for one who was merged into another."""
    row = _row(unit, customer_id)
    if row.merged_into is not None:
        raise Refused(
            _("Customer {number} was merged into {other}: name that one.").format(
                number=customer_id, other=row.merged_into
            )
        )
    return row
