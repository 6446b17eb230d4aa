"""Whatever happens in a case, its customer and its side conversations stay apart, and every message stands once.

Two machines play at random: mail comes from customers and suppliers, agents answer, note, forward, begin sides, merge,
part and take back. After each step everything that went out is read as bytes: nothing of a side in what a customer
gets, no address and no id of a customer in what a side gets.
"""

import shutil
import tempfile
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from services.world import World

from agentdesk.domain.lifecycle import Status
from agentdesk.domain.mail import Address
from agentdesk.domain.problems import Problem
from agentdesk.queries import answering
from agentdesk.services import joining, replies, sides, triage, undo
from agentdesk.services.drafts import Typed
from agentdesk.store import codec
from agentdesk.store.engine import open_store
from agentdesk.store.migrate import bring_up_to_date

CUSTOMERS = ("karen@kunde.example", "ole@kunde.example")
SUPPLIERS = ("lars@lager.example", "maja@gls.example")
PICK = st.integers(0, 9)


class House(RuleBasedStateMachine):
    """A shop of its own for each run; SQLite, whose store is a copied file."""

    ready: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        shutil.copyfile(self.ready, self.folder / "desk.db")
        self.world = World(open_store(f"sqlite:///{self.folder / 'desk.db'}"))
        self.world.channel = self.world.mailbox(reply_address="support+{token}@shop.example")
        with self.world.unit() as unit:
            unit.session.exec_driver_sql("update channels set reply_verified = true")
        self.world.agent("anna")
        self.words = 0

    def teardown(self) -> None:
        self.world.store.close()
        shutil.rmtree(self.folder)

    def word(self, kind: str) -> str:
        """A word that nothing else holds."""
        self.words += 1
        return f"{kind}word{self.words}x"

    def cases(self) -> list[int]:
        return [row.id for row in self.world.rows("select id from cases order by id")]

    def case(self, pick: int) -> int:
        found = self.cases()
        return found[pick % len(found)]

    def tries(self, verb: Any, *args: Any, **facts: Any) -> Any:
        """A refusal is an answer too."""
        try:
            with self.world.unit("anna") as unit:
                return verb(unit, *args, **facts)
        except Problem:
            return None

    def letter(self, sender: str, body: str, answers: str = "", to: str = "support@shop.example") -> None:
        self.world.later(minutes=1)
        self.words += 1
        mail = self.world.letter(
            body, sender=sender, to=to, answers=answers, references=f"<{answers}>" if answers else "",
            subject=self.word("customer" if sender in CUSTOMERS else "side"),
            message_id=f"<{'c' if sender in CUSTOMERS else 's'}{self.words}@{sender.partition('@')[2]}>",
        )  # fmt: skip
        self.world.receive(mail)

    @initialize()
    def begins(self) -> None:
        for who in CUSTOMERS:
            self.letter(who, self.word("customer"))

    @rule(who=st.sampled_from(CUSTOMERS), pick=PICK, new=st.booleans())
    def a_customer_writes(self, who: str, pick: int, new: bool) -> None:
        theirs = self.world.rows(
            "select message_id from messages where side_id is null and (from_address = :w or \"to\" like :l)"
            " and message_id is not null order by id", w=who, l=f"%{who}%")  # fmt: skip
        answers = "" if new or not theirs else theirs[pick % len(theirs)].message_id
        self.letter(who, self.word("customer"), answers)

    @rule(pick=PICK)
    def merges(self, pick: int) -> None:
        self.tries(joining.merge, self.case(pick), self.case(pick // 2 + 1))

    @rule(pick=PICK)
    def parts(self, pick: int) -> None:
        self.tries(joining.unmerge, self.case(pick))

    @invariant()
    def every_message_stands_once_and_its_outbox_row_with_it(self) -> None:
        lost = self.world.rows(
            "select o.id from outbox o join messages m on m.id = o.message_id where m.case_id <> o.case_id"
        )
        assert lost == []
        counts = self.world.rows(
            "select c.id from cases c where c.message_count <>"
            " (select count(*) from messages m where m.case_id = c.id)"
        )
        assert counts == []
        merged = (
            "select m.id from messages m join cases c on c.id = m.case_id where c.merged_into is not null"
        )
        assert self.world.rows(merged) == []
        for row in self.world.rows("select id from cases where merged_into is not null"):
            seen, here = set(), row.id
            while here is not None:
                assert here not in seen
                seen.add(here)
                here = self.world.value("select merged_into from cases where id = :c", c=here)


class Apart(House):
    """Sides, forwards and replies at random."""

    @rule(pick=PICK, mix=st.sampled_from((*SUPPLIERS, "", "", "")))
    def anna_answers(self, pick: int, mix: str) -> None:
        case_id = self.case(pick)
        with self.world.store.session() as session:
            to, cc = answering.recipients(session, case_id)
        aside = {row.who for row in self.sides_of(case_id)} - self.customers_of(case_id)
        more = (Address("", mix),) if mix in aside else ()
        typed = Typed("reply", case_id, to=to, cc=(*cc, *more), body=self.word("reply"), alone=True)
        sent = self.tries(replies.send, typed, hold=0)
        assert not (sent and more)

    def sides_of(self, case_id: int) -> list[Any]:
        return self.world.rows(
            "select s.id, replace(replace(s.people, '[[\"\", \"', ''), '\"]]', '') as who from sides s"
            " where case_id = :c order by id", c=case_id)  # fmt: skip

    @rule(pick=PICK, who=st.sampled_from((*SUPPLIERS, *SUPPLIERS, *CUSTOMERS)), again=st.booleans())
    def anna_writes_aside(self, pick: int, who: str, again: bool) -> None:
        case_id = self.case(pick)
        found = self.sides_of(case_id)
        side = found[pick % len(found)].id if again and found else None
        to = (Address("", who),)
        if side is not None:
            with self.world.store.session() as session:
                to = answering.side_recipients(session, side)[0]
        customers = {one.address for one in to} & set(CUSTOMERS)
        if customers - self.customers_of(case_id):
            return  # somebody else's customer is a stranger here, like any supplier
        typed = Typed("side", case_id, to=to, subject=self.word("side"), body=self.word("side"), side_id=side,
                      alone=True)  # fmt: skip
        sent = self.tries(sides.send, typed, hold=0)
        assert not (sent and customers & self.customers_of(case_id))

    def customers_of(self, case_id: int) -> set[str]:
        rows = self.world.rows(
            "select a.address from addresses a join cases c on c.customer_id = a.customer_id where c.id = :c",
            c=case_id,
        )
        return {row.address for row in rows}

    @rule(pick=PICK, who=st.sampled_from((*SUPPLIERS, *CUSTOMERS)))
    def anna_forwards_an_answer_of_a_side(self, pick: int, who: str) -> None:
        rows = self.world.rows(
            "select id, case_id from messages where side_id is not null and kind = 'inbound'"
        )
        if rows:
            row = rows[pick % len(rows)]
            if who in CUSTOMERS and who not in self.customers_of(row.case_id):
                return
            typed = Typed("side", row.case_id, to=(Address("", who),), body=self.word("side"), alone=True)
            sent = self.tries(sides.pass_on, row.id, typed, hold=0)
            assert not (sent and who in self.customers_of(row.case_id))

    @rule(who=st.sampled_from(SUPPLIERS))
    def a_supplier_writes_first(self, who: str) -> None:
        self.letter(who, self.word("side"))

    @rule(pick=PICK, by_address=st.booleans())
    def a_supplier_answers(self, pick: int, by_address: bool) -> None:
        rows = self.world.rows(
            "select m.id, m.message_id, m.\"to\", r.data from messages m join raws r on r.message_id = m.id"
            " where m.side_id is not null and m.kind = 'outbound' order by m.id")  # fmt: skip
        if not rows:
            return
        row = rows[pick % len(rows)]
        sender = codec.read_people(row.to)[0].address
        if sender not in SUPPLIERS:
            return
        reply_to = message_from_bytes(codec.unpack(bytes(row.data)))["Reply-To"]
        address = reply_to.rpartition("<")[2].rstrip(">")
        self.letter(sender, self.word("side"), "" if by_address else row.message_id,
                    address if by_address else "support@shop.example")  # fmt: skip
        newest = self.world.one(
            "select side_id, person from messages where kind = 'inbound' order by id desc limit 1"
        )
        assert newest.side_id is not None
        assert not newest.person

    @rule(pick=PICK, status=st.sampled_from((Status.RESOLVED, Status.PENDING, Status.OPEN)))
    def anna_sets_a_status(self, pick: int, status: Status) -> None:
        self.tries(triage.set_status, self.case(pick), status)

    @rule()
    def anna_takes_back(self) -> None:
        self.tries(undo.undo_newest)

    @invariant()
    def nothing_of_a_side_is_in_what_a_customer_gets_and_no_customer_in_a_side(self) -> None:
        query = (
            "select o.recipients, r.data, m.side_id from outbox o join messages m on m.id = o.message_id"
            " join raws r on r.message_id = m.id where m.id > :seen order by m.id"
        )
        ids = self.world.rows(
            'select message_id, side_id, "to", from_address from messages where message_id is not null'
        )
        of_sides = {row.message_id for row in ids if row.side_id is not None}
        of_customers = {
            row.message_id for row in ids if any(who in row.to + row.from_address for who in CUSTOMERS)
        }
        for row in self.world.rows(query, seen=0):
            raw = codec.unpack(bytes(row.data))
            mail = message_from_bytes(raw)
            named = f"{mail['In-Reply-To']} {mail['References']}"
            recipients = set(codec.read_words(row.recipients))
            assert recipients <= set(CUSTOMERS) or recipients <= set(SUPPLIERS)
            if recipients <= set(CUSTOMERS):
                assert row.side_id is None
                assert b"sideword" not in raw
                assert not any(who.encode() in raw for who in SUPPLIERS)
                assert not any(one in named for one in of_sides)
            else:
                assert not any(one in named for one in of_customers)
                assert b"customerword" not in raw


class Joined(House):
    """Merges, partings and arrivals, then everything taken back."""

    def __init__(self) -> None:
        super().__init__()
        self.strokes: list[int] = []

    def tries(self, verb: Any, *args: Any, **facts: Any) -> Any:
        done = super().tries(verb, *args, **facts)
        if isinstance(done, int):
            self.strokes.append(done)
        return done

    @rule(pick=PICK)
    def anna_writes_a_draft(self, pick: int) -> None:
        case_id = self.case(pick)
        found = self.world.draft_of("anna", case_id)
        word = self.word("draft")
        body = f"{found.body} {word}" if found else word
        self.world.saves(self.world.typed(case_id, body, version=found.version if found else 0))

    @precondition(lambda self: self.strokes)
    @rule()
    def takes_everything_back(self) -> None:
        said = {row.body for row in self.world.rows("select body from drafts")}
        while self.strokes:
            with self.world.unit("anna") as unit:
                undo.undo(unit, self.strokes.pop())
        assert self.world.rows("select id from cases where merged_into is not null") == []
        assert self.world.rows("select id from messages where kind = 'system'") == []
        assert self.world.rows("select id from merges where undone_at is null") == []
        words = " ".join(row.body for row in self.world.rows("select body from drafts")).split()
        assert {word for body in said for word in body.split()} <= set(words)
        assert len(words) >= len(set(words))

    @invariant()
    def whoever_waits_is_in_the_queue(self) -> None:
        """Nobody has answered anybody: every customer's words still wait, wherever they were moved."""
        rows = self.world.rows("select case_id, min(at) as at from messages where person group by case_id")
        for row in rows:
            case = self.world.case(row.case_id)
            assert case.waiting_since == row.at
            assert case.status in ("new", "open")


def _ready(tmp_path: Path) -> Path:
    path = tmp_path / "ready.db"
    store = open_store(f"sqlite:///{path}")
    bring_up_to_date(store, owner=True)
    with store.session():
        pass
    store.close()
    return path


@pytest.mark.parametrize(("machine", "runs"), [(Apart, 25), (Joined, 20)])
def test_at_random(machine: type[House], runs: int, tmp_path: Path) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    House.ready = _ready(tmp_path)
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=runs, stateful_step_count=20, deadline=None, derandomize=True, database=None,
            phases=(Phase.generate,), report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
