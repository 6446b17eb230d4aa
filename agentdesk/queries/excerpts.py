"""The words around a hit, for the messages of one page.

Invariants: a text is cleaned before a place in it is counted, so that ranges fit what is shown; at most SCANNED
characters of one message are looked through.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from agentdesk.config.language import _
from agentdesk.domain.hits import Hit, Opened, Range
from agentdesk.domain.instants import moment
from agentdesk.domain.lifecycle import Status
from agentdesk.domain.problems import NotFound
from agentdesk.domain.query import Words
from agentdesk.store import codec, search
from agentdesk.store.tables import agents, cases, customers, messages
from agentdesk.text.clean import clean, clean_line
from agentdesk.text.words import Wanted, composed, places

SCANNED = 100_000
LENGTH = 200
_BEFORE = 40
"""Characters of a snippet that stand before its first hit."""


def of_messages(
    session: Connection, scored: Sequence[tuple[int, float]], asked: Sequence[Words]
) -> tuple[Hit, ...]:
    """These messages as hits, in this order; `asked` are the words to point at."""
    query = (
        select(messages.c.id, messages.c.case_id, messages.c.message_id, messages.c.kind, messages.c.at,
               messages.c.from_name, messages.c.from_address, messages.c.text, messages.c.reply_text,
               cases.c.subject, cases.c.status, customers.c.name.label("customer"), agents.c.name.label("agent"),
               agents.c.login)
        .join(cases, cases.c.id == messages.c.case_id)
        .outerjoin(customers, customers.c.id == cases.c.customer_id)
        .outerjoin(agents, agents.c.id == messages.c.agent_id)
        .where(messages.c.id.in_([one for one, _score in scored]))
    )  # fmt: skip
    rows = {row.id: row for row in session.execute(query)}
    of_text = [search.wanted(leaf) for leaf in asked if leaf.field == ""]
    of_subject = [search.wanted(leaf) for leaf in asked if leaf.field in {"", "subject"}]
    of_people = [search.wanted(leaf) for leaf in asked if leaf.field in {"", "from"}]
    found = []
    for message, score in scored:
        row = rows.get(message)
        if row is None:
            continue
        snippet, ranges = excerpt(row.text if row.reply_text is None else row.reply_text, row.text, of_text)
        subject = composed(clean_line(row.subject))
        who = composed(clean_line(row.from_name or row.from_address or row.agent or row.login or ""))
        found.append(Hit(
            case_id=row.case_id, message=row.id, message_id=row.message_id, kind=row.kind, subject=subject,
            subject_ranges=tuple(places(subject, of_subject)), who=who, who_ranges=tuple(places(who, of_people)),
            customer=clean_line(row.customer or "") or clean_line(row.from_address) or _("nobody known"),
            status=Status(row.status), snippet=snippet, ranges=ranges, at=moment(row.at), score=float(score),
        ))  # fmt: skip
    return tuple(found)


def whole(session: Connection, message_id: int, asked: Sequence[Words]) -> Opened:
    """One message to read. Raises NotFound."""
    query = (
        select(messages, cases.c.subject.label("case_subject"), agents.c.name.label("agent"), agents.c.login)
        .join(cases, cases.c.id == messages.c.case_id)
        .outerjoin(agents, agents.c.id == messages.c.agent_id).where(messages.c.id == message_id)
    )  # fmt: skip
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound(_("There is no message {number}.").format(number=message_id))
    text = composed(clean(row.text))
    found = places(text[:SCANNED], [search.wanted(leaf) for leaf in asked if leaf.field == ""])
    sender = " ".join(filter(None, (row.from_name, row.from_address and f"<{row.from_address}>")))
    return Opened(
        case_id=row.case_id, subject=clean_line(row.subject or row.case_subject),
        who=clean_line(sender or row.agent or row.login or ""),
        to=", ".join(who.name or who.address for who in codec.read_people(row.to)), kind=row.kind, at=moment(row.at),
        text=text, ranges=tuple(found),
    )  # fmt: skip


def excerpt(new: str, whole: str, wanted: Sequence[Wanted]) -> tuple[str, tuple[Range, ...]]:
    """One line around the first hit in what is new in a message, else in all of it; its beginning if there is none."""
    for text in (new, whole) if whole != new else (new,):
        line = _one_line(text)
        found = places(line, wanted) if wanted else []
        if found:
            return _around(line, found)
    line = _one_line(new)
    return _cut(line, 0), ()


def _around(line: str, found: Sequence[Range]) -> tuple[str, tuple[Range, ...]]:
    first = found[0][0]
    start = max(0, min(first - _BEFORE, len(line) - LENGTH))
    if start:
        space = line.find(" ", start, first)
        start = space + 1 if space >= 0 else start
    lead = "…" if start else ""
    shown = _cut(line, start)
    shift = len(lead) - start
    inside = tuple(
        (one + shift, end + shift) for one, end in found if end - start <= len(shown.removesuffix("…"))
    )
    return lead + shown, inside


def _cut(line: str, start: int) -> str:
    if len(line) - start <= LENGTH:
        return line[start:]
    end = line.rfind(" ", start + LENGTH // 2, start + LENGTH)
    return line[start : end if end > 0 else start + LENGTH] + "…"


def _one_line(text: str) -> str:
    return " ".join(composed(clean(text[:SCANNED])).split())
