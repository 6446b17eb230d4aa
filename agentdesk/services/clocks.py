"""What a case shows of its messages: since when a person outside waits, when the answer is due, what is unread.

Definition (PRODUCT.md): `waiting_since` is the time of the oldest message of a person outside that no agent's reply has
yet answered. A desk's own reply answers what had arrived before it (by id: a message fetched later was not seen by its
writer); an answer given elsewhere (Sent folder) answers what is older by time. A reply that was cancelled, failed,
bounced or is unsure answers nothing. Ending a case without a reply settles what had arrived by then. Spam and closed
cases wait for nobody. `unread` counts what a person wrote after the last answer or note; `last_outbox_id` is the newest
reply still ours to show, while no person has written since. A side conversation neither makes a customer wait nor
answers them: its messages only count as unread until somebody has answered or noted, its mails show when they failed.
In a case that others were merged into, what stood in one case answers what stood in the same (`services.merged`).
Invariant: all of it is always computed from the messages, never carried along, so that undo and failure need no memory.
"""

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, text

from agentdesk.domain.courtesy import ANSWERED
from agentdesk.domain.lifecycle import ANSWERS, UNDELIVERED
from agentdesk.services import merged
from agentdesk.store.unit import UnitOfWork

MINUTE = 60_000_000
_ANSWERS = "(" + ", ".join(f"'{state}'" for state in sorted(ANSWERS)) + ")"
_UNDELIVERED = "(" + ", ".join(f"'{state}'" for state in sorted(UNDELIVERED)) + ")"
_BY_ITSELF = f"""s.marks like '%"{ANSWERED}"%'"""
# A side conversation answers no customer, and what the desk sent by itself answers nobody.
_ASIDE = f"""exists (select 1 from messages s where s.id = o.message_id
    and (s.side_id is not null or {_BY_ITSELF}))"""  # noqa: S608  the words are ours
_UNSAID = f"exists (select 1 from messages s where s.id = o.message_id and {_BY_ITSELF})"  # noqa: S608  as above


def _later(one: str, other: str) -> str:
    """The greater of two columns: greatest() on PostgreSQL is max() on SQLite."""
    return f"case when {one} > {other} then {one} else {other} end"


# What answers is looked up once for a case, not once for each of its messages (hence materialized), each by an index of
# its own, newest first, and the greater of two bounds is asked for alone: cases of 20,000 messages exist. What was sent
# elsewhere has no writer at a desk. `at + 0` keeps SQLite from walking through a case in the order of time.
_COMPUTED = f"""
with k as materialized (
    select c.id as id,
        coalesce((select o.message_id from outbox o where o.case_id = c.id and o.state in {_ANSWERS} and not {_ASIDE}
            order by o.message_id desc limit 1), 0) as answered,
        coalesce((select o.message_id from outbox o where o.case_id = c.id and o.state in {_ANSWERS} and not {_UNSAID}
            order by o.message_id desc limit 1), 0) as wrote,
        coalesce((select max(a.at) from messages a where a.case_id = c.id and a.kind = 'outbound'
            and a.agent_id is null and a.side_id is null
            and not exists (select 1 from outbox o where o.message_id = a.id)), -1) as elsewhere,
        coalesce((select max(n.id) from messages n where n.case_id = c.id and n.kind = 'note'), 0) as noted,
        coalesce((select max(p.id) from messages p where p.case_id = c.id and p.person), 0) as heard
    from cases c where c.id in :cases),
standing as materialized (
    select c.id as id,
        case when c.status in ('spam', 'closed') then null else (
            select min(m.at + 0) from messages m where m.case_id = k.id and m.person
                and m.id > {_later("c.settled_id", "k.answered")} and m.at + 0 > k.elsewhere) end as waiting_since,
        (select count(*) from messages m where m.case_id = k.id and m.person
            and m.id > {_later("k.noted", "k.answered")} and m.at > k.elsewhere)
        + (select count(*) from messages m where m.case_id = k.id and m.side_id is not null and not m.person
            and m.id > {_later("k.noted", "k.wrote")} and m.kind = 'inbound') as unread,
        (select max(o.id) from outbox o
            where o.case_id = k.id and o.state <> 'cancelled' and o.message_id > k.heard
                and (o.state in {_UNDELIVERED} or not {_ASIDE})) as last_outbox_id
    from k join cases c on c.id = k.id)"""  # noqa: S608  the states are ours

_STANDING = text(f"""{_COMPUTED}
update cases set waiting_since = s.waiting_since, unread = s.unread, last_outbox_id = s.last_outbox_id
from standing s where cases.id = s.id""").bindparams(bindparam("cases", expanding=True))  # noqa: S608  as above

_LOOK = text(f"""{_COMPUTED}
select c.id, c.status, c.waiting_since, c.unread, c.last_outbox_id, c.due_at, s.waiting_since as waits,
    s.unread as not_read, s.last_outbox_id as last_outbox, h.answer_within
from standing s join cases c on c.id = s.id left join channels h on h.id = c.channel_id
""").bindparams(bindparam("cases", expanding=True))  # noqa: S608  as above

_DUE = text("""
update cases set due_at = waiting_since + :minute * (
    select h.answer_within from channels h where h.id = cases.channel_id)
where id in :cases""").bindparams(bindparam("cases", expanding=True))


_DUE_OF_CHANNEL = text("""
update cases set due_at = waiting_since + :minute * (select h.answer_within from channels h where h.id = :channel)
where channel_id = :channel and waiting_since is not null""")


def refresh(unit: UnitOfWork, case_ids: Iterable[int]) -> None:
    """Compute anew what these cases show of their messages."""
    wanted = sorted(set(case_ids))
    if wanted:
        unit.session.execute(_STANDING, {"cases": wanted})
        merged.refresh(unit, wanted)
        unit.session.execute(_DUE, {"cases": wanted, "minute": MINUTE})


def refresh_due(unit: UnitOfWork, channel_id: int) -> None:
    """A channel's target was changed: it holds for whoever waits there already, too."""
    unit.session.execute(_DUE_OF_CHANNEL, {"channel": channel_id, "minute": MINUTE})


def differing(session: Connection, case_ids: Iterable[int]) -> list[int]:
    """Those of these cases that show something else than what their messages say; nothing is changed."""
    wanted = sorted(set(case_ids))
    if not wanted:
        return []
    joined = merged.computed(session, wanted)
    found = []
    for row in session.execute(_LOOK, {"cases": wanted}):
        waits, unread = joined.get(row.id, (row.waits, row.not_read))
        bound = waits is not None and row.answer_within is not None
        due = waits + MINUTE * row.answer_within if bound else None
        shown = (row.waiting_since, row.unread, row.last_outbox_id, row.due_at)
        if shown != (waits, unread, row.last_outbox, due):
            found.append(row.id)
    return found
