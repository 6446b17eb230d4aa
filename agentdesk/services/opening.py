"""Opens the case of a mail that belongs to none: for whom, in which status, and what it is linked to.

Invariants: whoever wrote is its customer, mail servers and our own people never are; a case that goes on one that has
ended for good names it and keeps its owner; what a blocked sender writes is spam and nobody's work.
"""

from typing import Any

from sqlalchemy import insert

from agentdesk.config.language import _
from agentdesk.domain.lifecycle import Status
from agentdesk.domain.mail import Address, Message
from agentdesk.services import customers, linking, post
from agentdesk.services.belonging import Place
from agentdesk.services.known import Known, person
from agentdesk.store.tables import cases
from agentdesk.store.unit import UnitOfWork
from agentdesk.text.fold import fold

_OPEN = insert(cases)
"""Every case needs it, so it is built once and gets its values when it is run."""


class Opening:
    """Opens the cases of one batch that came through one channel, and counts them and their new customers."""

    def __init__(self, unit: UnitOfWork, channel: Any, known: Known) -> None:
        self._unit, self._channel, self._known = unit, channel, known
        self.cases = 0
        self.customers = 0

    def open(self, message: Message, status: Status, *, ours: bool, at: int, related: Any = None) -> int:
        """A new case; `related` is the one that it goes on, which has ended for good."""
        who = next(iter(message.to), None) if ours else person(message)
        who_writes = None if message.bounce or _is_daemon(who) else who
        told = message.bounce and related is not None
        customer = related.customer_id if told else self._customer_for(who_writes, at)
        key = self._unit.session.execute(_OPEN, {
            "subject": post.plain_subject(message.subject), "status": status, "channel_id": self._channel.id,
            "customer_id": customer, "team_id": self._channel.team_id,
            "owner_id": related.owner_id if related is not None else None,
            "language": self._channel.language, "created_at": at, "updated_at": self._unit.at,
            "haystack": _haystack(message, who),
            "resolved_at": None if status is not Status.RESOLVED else self._unit.at,
        }).inserted_primary_key  # fmt: skip
        assert key is not None
        case_id = int(key[0])
        self._unit.record("case", case_id, "opened", None, status)
        if related is not None:
            linking.put(self._unit, case_id, related.id)
        self.cases += 1
        return case_id

    def apart(self, place: Place, message: Message, status: Status, at: int) -> int:
        """A case for somebody who only names another one in the subject; in it stands why."""
        case_id = self.open(message, status, ours=False, at=at)
        linking.put(self._unit, case_id, place.case.id)
        words = _(
            "The subject names #{number}, but its sender takes no part there: this is a case of its own."
        )
        line = words.format(number=place.case.id)
        post.write(self._unit, case_id=case_id, kind="system", text=line, agent_id=None)
        return case_id

    def spam(self, place: Place | None, message: Message, at: int) -> int:
        """Where a blocked sender's mail lies: with their other spam, never in a case that somebody works on."""
        if place is not None and place.case.status == Status.SPAM:
            return int(place.case.id)
        return self.open(message, Status.SPAM, ours=False, at=at)

    def _customer_for(self, who: Address | None, since: int) -> int | None:
        if who is None or not who.key:
            return None
        found = self._known.customers.get(who.key)
        if found is None:
            maybe = who.key not in self._known.asked
            found, made = customers.of_address(self._unit, who, self._channel.language, since, known=maybe)
            self._known.customers[who.key] = found
            self.customers += int(made)
        return found


def first_status(*, ours: bool, wrote: bool) -> Status:
    """In which status a case begins: a person's mail waits, ours waits for them, a machine's is done with."""
    return Status.NEW if wrote else Status.PENDING if ours else Status.RESOLVED


def _is_daemon(who: Address | None) -> bool:
    """A mail server that tells of other mail is nobody's customer."""
    return who is not None and who.key.partition("@")[0] in ("mailer-daemon", "postmaster")


def _haystack(message: Message, who: Address | None) -> str:
    named = f"{who.name} {who.address}" if who else ""
    return fold(f"{message.subject} {named}")
