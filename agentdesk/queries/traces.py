"""A rehearsal of forgetting a customer: every trace of them by kind, how many, and what erasing does with it.

What names them in free text of others (their name, a phone number that they signed with, an order's number) is listed
place by place: only a person can tell whether it is them. Invariant: the rehearsal counts by the same questions that
the erasing asks (`store.traces`), and changes nothing.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, func, select

from agentdesk.config.language import _
from agentdesk.domain.forgetting import Find, Person, Trace, Traces
from agentdesk.domain.lifecycle import Delivery
from agentdesk.domain.problems import NotFound
from agentdesk.store import codec, traces
from agentdesk.store.tables import (
    addresses,
    article_versions,
    articles,
    attachments,
    automatic_answers,
    blocks,
    cases,
    customer_notes,
    drafts,
    macro_texts,
    messages,
    moves,
    order_wishes,
    orders,
    outbox,
    participants,
    quarantine,
    raws,
    sides,
    snippets,
    views,
)
from agentdesk.store.traces import Theirs, parts
from agentdesk.text.blanking import Blanking, like
from agentdesk.text.clean import clean_line

MOST_FINDS: Final = 500
"""Places in free text that are listed; how many there are is told whatever their number."""
_EXAMPLES: Final = 3
_AROUND: Final = 40
_MOST_PHONES: Final = 5
_PHONE = re.compile(r"(?<![\w@])\+?\d(?:[ ().-]{0,2}\d){7,14}(?!\w)")
_FREE: tuple[tuple[str, ColumnElement[Any], tuple[ColumnElement[str], ...]], ...] = (
    ("note on customer", customer_notes.c.customer_id, (customer_notes.c.text,)),
    ("case", cases.c.id, (cases.c.subject,)),
    ("side conversation", sides.c.id, (sides.c.subject, sides.c.people)),
    ("draft", drafts.c.id, (drafts.c.subject, drafts.c.body)),
    ("macro", macro_texts.c.macro_id, (macro_texts.c.subject, macro_texts.c.text)),
    ("snippet", snippets.c.id, (snippets.c.title, snippets.c.text)),
    ("article", articles.c.id, (articles.c.title, articles.c.body, articles.c.keywords)),
    (
        "earlier version of article",
        article_versions.c.article_id,
        (article_versions.c.title, article_versions.c.body),
    ),
    ("view", views.c.id, (views.c.name, views.c.query)),
    ("file name", attachments.c.id, (attachments.c.filename,)),
)
"""Where people write freely, beside messages: (what it is, its number, its texts)."""


def of(session: Connection, customer_id: int) -> Traces:
    """Every trace of a customer and of those merged with them. Raises NotFound."""
    person = traces.person(session, customer_id)
    if person is None:
        raise NotFound(_("There is no customer {number}.").format(number=customer_id))
    if person.erased:
        return Traces(person, (), (), 0, traces.newest(session), ())
    named = traces.naming(session, Blanking(person.addresses))
    person = traces.named_as(session, person, named)
    theirs = traces.theirs(session, person, named)
    blanking = Blanking(person.addresses, person.names)
    elsewhere = set(named) - {*theirs.gone, *theirs.others}
    found = [
        *_messages(session, theirs), *_rows(session, person), *_sent(session, theirs),
        Trace("quote", "replaced", len(theirs.others), _numbers("message", theirs.others)),
        Trace("address", "replaced", len(elsewhere), _numbers("message", elsewhere)),
        _texts(session, blanking, theirs), _set_aside(session, blanking),
    ]  # fmt: skip
    finds = list(
        _finds(session, person, theirs, Blanking(person.addresses, person.names, _said(session, theirs)))
    )
    for kind in ("name", "phone", "number"):
        those = [one for one in finds if one.kind == kind]
        found.append(
            Trace(
                kind, "listed", len(those), tuple(f"{one.place}: {one.excerpt}" for one in those[:_EXAMPLES])
            )
        )
    return Traces(
        person, tuple(one for one in found if one.count), tuple(finds[:MOST_FINDS]), len(finds),
        traces.newest(session), tuple(named),
    )  # fmt: skip


def _numbers(what: str, ids: Iterable[int]) -> tuple[str, ...]:
    return tuple(f"{what} {one}" for one in sorted(ids)[:_EXAMPLES])


def _count(session: Connection, column: ColumnElement[Any], ids: Collection[int], *more: Any) -> int:
    return sum(
        int(session.scalar(select(func.count()).where(column.in_(part), *more)) or 0) for part in parts(ids)
    )


def _messages(session: Connection, theirs: Theirs) -> Iterator[Trace]:
    yield Trace("case", "erased", len(theirs.shells), tuple(f"#{one}" for one in theirs.shells[:_EXAMPLES]))
    texts: list[str] = []
    for part in parts(theirs.gone[:_EXAMPLES]):
        query = (
            select(messages.c.id, messages.c.subject).where(messages.c.id.in_(part)).order_by(messages.c.id)
        )
        found = ((row.id, clean_line(row.subject)) for row in session.execute(query))
        texts = [
            f"message {number}: {subject}" if subject else f"message {number}" for number, subject in found
        ]
    yield Trace("message", "erased", len(theirs.gone), tuple(texts))
    yield Trace("raw", "erased", _count(session, raws.c.message_id, theirs.gone))
    names = [row.filename for rows in traces.files_of(session, theirs.gone).values() for row in rows]
    yield Trace("attachment", "erased", len(names), tuple(map(clean_line, names[:_EXAMPLES])))
    yield Trace("draft", "erased", _count(session, drafts.c.case_id, theirs.shells))
    yield Trace("side", "erased", _count(session, sides.c.case_id, theirs.cases))


def _sent(session: Connection, theirs: Theirs) -> Iterator[Trace]:
    yield Trace("outbox", "erased", _count(session, outbox.c.message_id, theirs.gone))
    waits = outbox.c.state.in_((Delivery.HELD, Delivery.QUEUED))
    yield Trace(
        "waiting", "erased", _count(session, outbox.c.message_id, {*theirs.gone, *theirs.others}, waits)
    )


def _rows(session: Connection, person: Person) -> Iterator[Trace]:
    known = person.addresses
    which: tuple[tuple[str, Any, Any], ...] = (
        ("customer", addresses.c.address, addresses.c.customer_id.in_(person.customers)),
        ("note", customer_notes.c.text, customer_notes.c.customer_id.in_(person.customers)),
        ("order", orders.c.number, orders.c.address.in_(known)),
        ("wish", order_wishes.c.address, order_wishes.c.address.in_(known)),
        ("participant", participants.c.address, participants.c.address.in_(known)),
        ("answer", automatic_answers.c.address, automatic_answers.c.address.in_(known)),
        ("block", blocks.c.address, blocks.c.address.in_(known)),
        ("move", moves.c.key, (moves.c.what == "address") & moves.c.key.in_(known)),
    )
    for kind, column, condition in which:
        number = session.scalar(select(func.count()).where(condition)) or 0
        examples = session.scalars(select(column).where(condition).order_by(column).limit(_EXAMPLES))
        yield Trace(kind, "erased", int(number), tuple(_short(one) for one in examples))


def _texts(session: Connection, blanking: Blanking, theirs: Theirs) -> Trace:
    """Other texts with an address of theirs in them: whatever table they stand in, but for rows that go whole."""
    shells = tuple(
        session.scalars(select(cases.c.haystack).where(cases.c.id.in_(theirs.shells[: traces.PART])))
    )
    found = [
        f"{column.table.name}.{column.name}"
        for column, value in traces.texts(session, blanking)
        if column.table.name not in _GO_WHOLE and value not in shells
    ]
    return Trace("text", "replaced", len(found), tuple(dict.fromkeys(found))[:_EXAMPLES])


_GO_WHOLE = frozenset(
    {"addresses", "customers", "orders", "order_lines", "order_wishes", "participants", "automatic_answers", "blocks",
     "moves", "outbox", "drafts"}
)  # fmt: skip
"""Tables whose rows with their address are counted by a kind of their own."""


def _set_aside(session: Connection, blanking: Blanking) -> Trace:
    found = []
    for row_id in session.scalars(select(quarantine.c.id).order_by(quarantine.c.id)).all():
        data = session.scalar(select(quarantine.c.data).where(quarantine.c.id == row_id))
        if data is not None and blanking.holds(codec.unpack(data)):
            found.append(row_id)
    return Trace("quarantine", "erased", len(found), _numbers("quarantine", found))


# -- free text --------------------------------------------------------------------------------------------------------


def _said(session: Connection, theirs: Theirs) -> Iterator[str]:
    """Their words, where somebody else may have quoted them."""
    for part in parts(theirs.gone) if theirs.others else ():
        yield from session.scalars(select(messages.c.text).where(messages.c.id.in_(part)))


def _finds(session: Connection, person: Person, theirs: Theirs, blanking: Blanking) -> Iterator[Find]:
    """Every place that names them in what is left of others' texts."""
    wanted = [("name", name) for name in person.names]
    wanted += [("phone", phone) for phone in _phones(session, theirs.gone)]
    numbers = session.scalars(
        select(orders.c.number).where(orders.c.address.in_(person.addresses)).distinct()
    )
    wanted += [("number", number) for number in numbers if len(number) >= _AROUND // 10]
    if not wanted:
        return
    patterns = [like(words) for _kind, words in wanted]
    look = [
        (kind, words, re.compile(rf"(?<!\w){re.escape(words)}(?!\w)", re.IGNORECASE))
        for kind, words in wanted
    ]
    yield from _in_messages(session, look, patterns, theirs, blanking)
    own = {"note on customer": frozenset(person.customers), "case": frozenset(theirs.shells)}
    for place, key, columns in _FREE:
        for column in columns:
            query = select(key, column).where(traces.holding(session, column, patterns)).order_by(key)
            for number, value in session.execute(query):
                if number not in own.get(place, ()):
                    case_id = number if place == "case" else None
                    yield from _found(look, f"{place} {number}", case_id, blanking.text(value))


Look = list[tuple[str, str, re.Pattern[str]]]


def _in_messages(
    session: Connection, look: Look, patterns: list[str], theirs: Theirs, blanking: Blanking
) -> Iterator[Find]:
    columns = (messages.c.subject, messages.c.text, messages.c.reply_text)
    condition = traces.holding(session, columns[0], patterns) | traces.holding(session, columns[1], patterns)
    query = select(messages.c.id, messages.c.case_id, *columns).where(condition).order_by(messages.c.id)
    gone, others = frozenset(theirs.gone), frozenset(theirs.others)
    for row in session.execute(query):
        if row.id in gone:
            continue
        left = blanking.body(row.text, row.reply_text)[0] if row.id in others else blanking.text(row.text)
        yield from _found(look, f"message {row.id}", row.case_id, f"{blanking.text(row.subject)}\n{left}")


def _found(look: Look, place: str, case_id: int | None, value: str) -> Iterator[Find]:
    for kind, words, pattern in look:
        match = pattern.search(value)
        if match is not None:
            around = value[max(0, match.start() - _AROUND) : match.end() + _AROUND]
            yield Find(kind, place, case_id, words, clean_line(" ".join(around.split())))


def _phones(session: Connection, gone: Collection[int]) -> list[str]:
    """The numbers that their own mails name most often: most likely theirs."""
    seen: dict[str, int] = {}
    for part in parts(gone):
        query = select(messages.c.reply_text, messages.c.text).where(
            messages.c.id.in_(part), messages.c.kind == "inbound"
        )
        for row in session.execute(query):
            for match in _PHONE.findall(row.reply_text or row.text):
                seen[match.strip()] = seen.get(match.strip(), 0) + 1
    return sorted(seen, key=lambda one: -seen[one])[:_MOST_PHONES]


def _short(value: str) -> str:
    return clean_line(" ".join(value[: 2 * _AROUND].split()))
