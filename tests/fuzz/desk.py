"""A desk that broken mail comes to: taken in by batches into a real store, answered by an agent as any other.

Invariant: each batch is wholly counted, nothing is set aside by a fault of the program, and what is queued goes to the
chosen people alone.
"""

import random
import tempfile
from collections.abc import Sequence
from pathlib import Path

from fuzz.promises import ANSWER, NOW, of_a_mail_of_ours
from sqlalchemy import func, select

from agentdesk.automation import intake
from agentdesk.domain.mail import Address, RawMail
from agentdesk.domain.problems import Problem
from agentdesk.mail.parse import parse
from agentdesk.queries import answering
from agentdesk.services import people, replies
from agentdesk.services.drafts import Typed
from agentdesk.services.intake import Tally
from agentdesk.store import codec
from agentdesk.store.engine import Store, open_store
from agentdesk.store.migrate import bring_up_to_date
from agentdesk.store.tables import cases, messages, outbox, quarantine, raws
from agentdesk.store.unit import SYSTEM, Actor

_ANSWERED = 6
"""Cases of each batch in which an answer is written."""


class Desk:
    """A shop with one mailbox and one agent, in a store of its own."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="agentdesk-fuzz-")
        self._store: Store = open_store(f"sqlite:///{Path(self._folder.name) / 'desk.db'}")
        bring_up_to_date(self._store, owner=True)
        facts = people.ChannelFacts("email", "support", "support@shop.example")
        with self._store.unit(SYSTEM, NOW) as unit:
            self._channel = people.publish_channel(unit, facts)
            self._agent = Actor(people.add_agent(unit, "anna", "Anna"), "anna")
        self.tally = Tally()
        self.answered = 0

    def close(self) -> None:
        """Throw the store away."""
        self._store.close()
        self._folder.cleanup()

    def takes(self, mails: Sequence[bytes], dice: random.Random) -> list[str]:
        """Take a batch in, answer in a few of its cases; what is wrong."""
        batch = [RawMail(raw, f"mail {number}") for number, raw in enumerate(mails)]
        made = intake.take_in(self._store, NOW, self._channel, batch, "INBOX", str(self.tally.seen))
        self.tally += made
        told: list[str] = []
        if made.seen != len(mails) or made.seen != made.ingested + made.duplicate + made.quarantined:
            told.append(f"count: {made} of {len(mails)}")
        told += self._told()
        again = intake.take_in(self._store, NOW, self._channel, batch[:3])
        if again.duplicate != again.seen:
            told.append(f"twice: {again}")
        newest = self._newest(made)
        for case_id in dice.sample(newest, min(_ANSWERED, len(newest))):
            told += self._answers(case_id)
        return told

    def _told(self) -> list[str]:
        """What the store holds against what was counted; the reasons why mails were set aside."""
        with self._store.session() as session:
            kept = session.scalar(
                select(func.count()).select_from(messages).where(messages.c.kind == "inbound")
            )
            reasons = session.scalars(select(quarantine.c.reason)).all()
        faults = [f"set aside: {one}" for one in reasons if not one.startswith("This is no mail")]
        if (kept, len(reasons)) != (self.tally.ingested, self.tally.quarantined):
            faults.append(f"kept: {kept} and {len(reasons)} for {self.tally}")
        return faults

    def _newest(self, made: Tally) -> list[int]:
        with self._store.session() as session:
            query = select(cases.c.id).order_by(cases.c.id.desc()).limit(max(made.cases_opened, 1))
            return list(session.scalars(query))

    def _answers(self, case_id: int) -> list[str]:
        """An agent answers everybody the desk proposes; what is queued is what was chosen."""
        with self._store.session() as session:
            to, cc = answering.recipients(session, case_id)
            seen = session.scalar(select(func.max(messages.c.id)).where(messages.c.case_id == case_id))
        to = to or (Address("Mette", "mette@kunde.example"),)
        typed = Typed("reply", case_id, to=to, cc=cc, body=ANSWER, seen_message_id=seen or 0)
        try:
            with self._store.unit(self._agent, NOW) as unit:
                sent = replies.send(unit, typed)
        except (
            Problem
        ) as problem:  # an address that no mail can be sent to, a case that is closed: said in a sentence
            return (
                [] if type(problem) is not Problem or "address" in str(problem) else [f"refused: {problem}"]
            )
        self.answered += 1
        with self._store.session() as session:
            raw = session.scalar(select(raws.c.data).where(raws.c.message_id == sent.message_id))
            queued = session.scalar(select(outbox.c.recipients).where(outbox.c.message_id == sent.message_id))
        chosen = {one.key: one for one in (*to, *cc)}
        mail = codec.unpack(raw or b"")
        told = list(of_a_mail_of_ours(mail, parse(mail), tuple(chosen.values())))
        if {one.lower() for one in codec.read_words(queued or "[]")} != set(chosen):
            told.append(f"queued: {queued} for {sorted(chosen)}")
        return told
