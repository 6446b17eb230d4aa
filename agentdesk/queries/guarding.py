"""What speaks against sending a text, asked of the store: who should read it, whose names and orders it mentions.

Invariant: bounded, however long the case and however large the store: the newest messages of one case, the newest cases
of one customer, and the few orders whose numbers stand in the text.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from agentdesk.domain import guards
from agentdesk.domain.guards import Leaving, Reader
from agentdesk.domain.mail import Address
from agentdesk.domain.takingpart import FORGED
from agentdesk.mail import quotes
from agentdesk.mail.phrases import FORWARD_MARK
from agentdesk.queries import answering
from agentdesk.queries.heads import addresses_of
from agentdesk.store import codec
from agentdesk.store.tables import addresses, cases, customers, messages, orders
from agentdesk.text import tongue
from agentdesk.text.clean import clean_line

_MESSAGES = 50
_CASES = 5
_HEARD = 5
"""Messages by which a language is known."""
_CLIP = 4000
"""Characters of each that are looked at."""
_NUMBERS = 30
_NUMBER = re.compile(
    r"(?:(?P<word>(?:ordre|order|bestilling|beställning|bestellung|bestelling|commande)[a-z]*[.:]?(?:\s+(?:nr|no|nummer|"
    r"number)\b[.:]?)?\s*)|(?P<sign>#)|(?<![\w.,/#-]))#?(?P<number>[A-Z]{0,5}-?\d{4,14})(?![\w/-]|[.,:]\d)",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Case:
    """What the case says of the people in it."""

    customer_id: int | None = None
    customer: str = ""
    own: frozenset[str] = frozenset()
    """The customer's addresses."""
    expected: frozenset[str] = frozenset()
    people: list[Address] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    """What people outside wrote, newest first."""
    answered: list[str] = field(default_factory=list)
    """What we answered, newest first."""
    subject: str = ""
    forged: str = ""
    """Who is named as the sender of a mail that may not be theirs, and that nobody has answered yet."""


def warnings(
    session: Connection, kind: str, case_id: int | None, to: tuple[Address, ...], *, subject: str, body: str,
    files: int = 0,
) -> tuple[str, ...]:  # fmt: skip
    """What speaks against this reply, note, new mail or mail aside, in sentences; empty for nothing.

    `to` is everybody it goes to.
    """
    if kind == "note":
        return guards.blanks(body)
    text = new_text(body)
    keys = frozenset(who.key for who in to if who.key)
    about = _case(session, case_id) if case_id is not None else _customer(session, keys)
    told = bool(about.own & keys) or (kind == "reply" and bool(about.expected & keys))
    language = tongue.guess(text)
    spoken = _language(about) if told and language else ""
    used = {tongue.guess(one) for one in about.answered} if spoken and spoken != language else set()
    people = [*about.people, *to]
    reader = Reader(
        name=about.customer if told or kind == "reply" else "",
        expected=about.expected if kind == "reply" else frozenset(),
        known=" ".join(f"{who.name} {who.address}" for who in people),
        said="\n".join(about.heard), language="" if language in used else spoken,
        foreign_orders=_foreign(session, f"{subject}\n{text}", about, frozenset(who.key for who in people)),
        forged=about.forged if kind == "reply" else "",
    )  # fmt: skip
    return guards.warnings(Leaving(text, subject, tuple(keys), files, language), reader)


def new_text(body: str) -> str:
    """What its writer wrote: without what is quoted, and without a mail that is passed on."""
    lines = body.split("\n")
    end = next((at for at, line in enumerate(lines) if FORWARD_MARK.match(line[:500])), len(lines))
    kept = [
        line for block in quotes.fold("\n".join(lines[:end])) if block.kind == "text" for line in block.lines
    ]
    return "\n".join(kept)


def _case(session: Connection, case_id: int) -> _Case:
    row = session.execute(
        select(cases.c.customer_id, cases.c.subject, customers.c.name)
        .outerjoin(customers, customers.c.id == cases.c.customer_id).where(cases.c.id == case_id)
    ).one_or_none()  # fmt: skip
    if row is None:
        return _Case()
    about = _Case(customer_id=row.customer_id, customer=clean_line(row.name or ""), subject=row.subject)
    if row.customer_id is not None:
        about.own = frozenset(addresses_of(session, [row.customer_id]).get(row.customer_id, ()))
    asked, _copied = answering.recipients(session, case_id)
    about.expected = about.own | {who.key for who in asked}
    newest = messages.c.at.desc(), messages.c.id.desc()
    query = _messages().where(messages.c.case_id == case_id).order_by(*newest).limit(_MESSAGES)
    for one in session.execute(query):
        _hear(about, one)
    return about


def _customer(session: Connection, keys: frozenset[str]) -> _Case:
    """The one customer among those written to, with what they wrote last."""
    query = (
        select(customers.c.id, customers.c.name).join(addresses, addresses.c.customer_id == customers.c.id)
        .where(addresses.c.address.in_(sorted(keys))).distinct().limit(2)
    )  # fmt: skip
    found = session.execute(query).all()
    if len(found) != 1:
        return _Case()
    about = _Case(customer_id=found[0].id, customer=clean_line(found[0].name))
    about.own = frozenset(addresses_of(session, [found[0].id]).get(found[0].id, ()))
    newest = (
        select(cases.c.id)
        .where(cases.c.customer_id == found[0].id)
        .order_by(cases.c.updated_at.desc())
        .limit(_CASES)
    )
    ids = list(session.scalars(newest))
    query_ = _messages().where(messages.c.case_id.in_(ids)).order_by(messages.c.id.desc()).limit(_MESSAGES)
    for one in session.execute(query_):
        _hear(about, one)
    return about


def _messages() -> Any:
    return select(
        messages.c.kind, messages.c.person, messages.c.from_name, messages.c.from_address, messages.c.to, messages.c.cc,
        messages.c.text, messages.c.reply_text, messages.c.agent_id, messages.c.side_id, messages.c.marks,
    ).where(messages.c.kind.in_(("inbound", "outbound")))  # fmt: skip


def _hear(about: _Case, row: Any) -> None:
    text = (row.reply_text if row.reply_text is not None else row.text)[:_CLIP]
    if row.kind == "inbound":
        about.people.append(Address(row.from_name, row.from_address))
        if not about.answered and row.side_id is None and FORGED in codec.read_words(row.marks):
            about.forged = about.forged or clean_line(row.from_address)
        if row.person and row.side_id is None:
            about.heard.append(text)
    elif row.agent_id is not None and row.side_id is None:
        about.answered.append(new_text(text))
    about.people += [*codec.read_people(row.to), *codec.read_people(row.cc)]


def _language(about: _Case) -> str:
    """The language of what the customer wrote last."""
    return tongue.guess("\n".join(about.heard[:_HEARD]))


def _foreign(session: Connection, text: str, about: _Case, keys: frozenset[str]) -> tuple[str, ...]:
    """Numbers of orders that nobody in the case has, and that the customer did not bring up."""
    named = dict.fromkeys(_numbers(text))
    said = {number for one in (about.subject, *about.heard) for number in _numbers(one)}
    wanted = [one for one in named if one not in said][:_NUMBERS]
    if not wanted:
        return ()
    ours = about.own | keys
    owners: dict[str, set[str]] = {}
    query = select(orders.c.number, orders.c.address).where(orders.c.number.in_(wanted)).limit(_NUMBERS * 10)
    for row in session.execute(query):
        owners.setdefault(row.number, set()).add(row.address)
    return tuple(one for one in wanted if one in owners and not owners[one] & ours)


def _numbers(text: str) -> list[str]:
    """What may be an order's number: long, or said to be one."""
    return [
        match["number"] for match in _NUMBER.finditer(text)
        if match["word"] or match["sign"] or sum(c.isdigit() for c in match["number"]) > 4
    ]  # fmt: skip
