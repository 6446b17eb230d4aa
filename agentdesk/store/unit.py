"""The unit of work: one actor, one moment, one commit, and the facts it leaves in the log.

Invariants: changes are inserted last and, on PostgreSQL, under one advisory lock, because ids are handed out before
commit and a reader that follows `id > cursor` would otherwise miss rows; a change holds ids and short values only.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, insert, select, text

from agentdesk.config.language import _
from agentdesk.domain.instants import micros
from agentdesk.domain.problems import Refused
from agentdesk.store.tables import agents, changes, strokes

CHANGES_LOCK = 0x61646B01
"""The advisory lock on PostgreSQL under which changes get their ids ("adk" 1)."""
NOTIFY_CHANNEL = "agentdesk"
NOTIFY_PAUSE = 100_000
"""Microseconds between two NOTIFYs of a store: what is left out, a follower finds at its next look (`bridge.feed`)."""
_WAKE = text("""
with now (at) as (select (extract(epoch from clock_timestamp()) * 1000000)::bigint),
gone as (
    insert into leases (name, holder, until, seen_at) select 'notify', '', 0, at from now
    on conflict (name) do update set seen_at = excluded.seen_at where leases.seen_at <= excluded.seen_at - :pause
    returning 1)
select pg_notify(:channel, '') from gone""")
_MAX_VALUE = 200


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an agent, or the house itself (id None)."""

    id: int | None
    login: str
    role: str = "agent"


SYSTEM = Actor(None, "system", "system")


class _Fact(NamedTuple):
    kind: str
    case_id: int | None
    field: str
    before: str | None
    after: str | None
    stroke: int | None = None
    """Where it is not the unit's own"""


class UnitOfWork:
    """Carries session, actor, now and desk through one commit; `record` leaves a fact."""

    def __init__(self, session: Connection, actor: Actor, now: datetime, desk: str) -> None:
        self.session = session
        self.actor = actor
        self.now = now
        self.at = micros(now)
        self.desk = desk
        self.stroke_id: int | None = None
        self._facts: list[_Fact] = []

    def stroke(self, verb: str, undoes: int | None = None) -> int:
        """Begin the stroke of this unit, or go on with it; returns its id. All facts of the unit belong to it.

        Raises Refused for an agent who has left: their desk may still stand open somewhere.
        """
        if self.stroke_id is None:
            gone = select(agents.c.id).where(agents.c.id == self.actor.id, agents.c.active.is_(False))
            if self.actor.id is not None and self.session.execute(gone).first() is not None:
                raise Refused(_("Your work here was handed over, so nothing was done: q leaves the desk."))
            values = {
                "agent_id": self.actor.id,
                "desk": self.desk,
                "verb": verb,
                "at": self.at,
                "undoes": undoes,
            }
            key = self.session.execute(insert(strokes).values(values)).inserted_primary_key
            assert key is not None
            self.stroke_id = int(key[0])
        return self.stroke_id

    def go_on(self, stroke_id: int) -> None:
        """Go on with the stroke that an earlier unit of the same act began: a verb on many cases takes many commits."""
        assert self.stroke_id is None
        self.stroke_id = stroke_id

    @contextmanager
    def part(self) -> Iterator[None]:
        """What happens inside happens whole or not at all: a Problem takes it back, its facts and the stroke that was
        begun inside too, and goes on up."""
        facts, stroke = len(self._facts), self.stroke_id
        try:
            with self.session.begin_nested():
                yield
        except Exception:
            del self._facts[facts:]
            self.stroke_id = stroke
            raise

    @contextmanager
    def apart(self, verb: str) -> Iterator[int]:
        """What happens inside is a stroke of its own, whatever else this unit does, and is taken back by itself."""
        outside, facts, self.stroke_id = self.stroke_id, len(self._facts), None
        try:
            yield self.stroke(verb)
        finally:
            inside, self.stroke_id = self.stroke_id, outside
            self._facts[facts:] = [one._replace(stroke=one.stroke or inside) for one in self._facts[facts:]]

    def record(
        self,
        kind: str,
        case_id: int | None = None,
        field: str = "",
        before: object = None,
        after: object = None,
    ) -> None:
        """Leave a fact. kind says what it is about (case, message, outbox, draft …), field which part of it."""
        self._facts.append(_Fact(kind, case_id, field, _short(before), _short(after)))

    def flush(self) -> None:
        """Write the facts; the last thing before the commit."""
        if not self._facts:
            return
        postgres = self.session.dialect.name == "postgresql"
        if postgres:
            self.session.execute(text("select pg_advisory_xact_lock(:key)"), {"key": CHANGES_LOCK})
        self.session.execute(insert(changes), [self._row(fact) for fact in self._facts])
        if postgres:
            self.session.execute(_WAKE, {"channel": NOTIFY_CHANNEL, "pause": NOTIFY_PAUSE})
        self._facts.clear()

    def _row(self, fact: _Fact) -> dict[str, Any]:
        return {
            "stroke_id": fact.stroke or self.stroke_id, "case_id": fact.case_id, "agent_id": self.actor.id,
            "at": self.at, "kind": fact.kind, "field": fact.field, "before": fact.before, "after": fact.after,
        }  # fmt: skip


def _short(value: object) -> str | None:
    return None if value is None else str(value)[:_MAX_VALUE]
