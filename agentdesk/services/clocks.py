"""The customer's clock: since when a person outside waits, and when the answer is due.

Definition (PRODUCT.md): `waiting_since` is the time of the oldest message of a person outside that no agent's reply has
yet answered. A desk's own reply answers what had arrived before it (by id: a message fetched later was not seen by its
writer); an answer given elsewhere (Sent folder) answers what is older by time. A reply that was cancelled, failed,
bounced or is unsure answers nothing. Ending a case settles what had arrived by then. Spam and closed cases wait for nobody.
Invariant: it is always computed from the messages, never carried along, so undo and failure need no memory of it.
"""

from collections.abc import Iterable

from sqlalchemy import bindparam, text

from agentdesk.store.unit import UnitOfWork

MINUTE = 60_000_000

_WAITING = text("""
update cases set waiting_since = case when status in ('spam', 'closed') then null else (
    select min(m.at) from messages m
    where m.case_id = cases.id and m.person and m.id > cases.settled_id and not exists (
        select 1 from messages a left join outbox o on o.message_id = a.id
        where a.case_id = m.case_id and a.kind = 'outbound' and (
            (o.id is null and a.at >= m.at)
            or (o.state in ('held', 'queued', 'sending', 'sent') and a.id > m.id)))) end
where id in :cases""").bindparams(bindparam("cases", expanding=True))

_DUE = text("""
update cases set due_at = waiting_since + :minute * (
    select h.answer_within from channels h where h.id = cases.channel_id)
where id in :cases""").bindparams(bindparam("cases", expanding=True))


def refresh(unit: UnitOfWork, case_ids: Iterable[int]) -> None:
    """Compute the clocks of these cases anew."""
    wanted = sorted(set(case_ids))
    if wanted:
        unit.session.execute(_WAITING, {"cases": wanted})
        unit.session.execute(_DUE, {"cases": wanted, "minute": MINUTE})
