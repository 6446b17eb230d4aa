"""While the desk is open, mail arrives and replies leave, and nothing at all leaves this machine."""

import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from demo.conftest import NOW, Demo
from house.tree import ROOT
from sqlalchemy import text

import agentdesk.demo
from agentdesk.config.settings import Me, Settings
from agentdesk.demo import colleagues, post
from agentdesk.demo.arriving import Arriving
from agentdesk.demo.folder import of_its_own
from agentdesk.demo.shop import ME
from agentdesk.domain.instants import micros
from agentdesk.domain.lifecycle import Delivery
from agentdesk.domain.mail import Address
from agentdesk.queries import cases, people, queue
from agentdesk.services import replies, undo
from agentdesk.services.drafts import Typed
from agentdesk.store.address import StoreAddress

SECOND = timedelta(seconds=1)


def waiting(demo: Demo) -> list[int]:
    with demo.store.session() as session:
        return [row.id for row in queue.page(session, 1, queue.Want("waiting", None, 200)).rows]


def answer(demo: Demo, at: datetime) -> int:
    """Anna answers Mette; the case."""
    mette = next(one for one in demo.world.strands if one.plan.customer == "Mette Sørensen")
    with demo.store.session() as session:
        seen = max(one.id for one in cases.messages_of(session, mette.case_id, 1))
    typed = Typed(
        "reply", mette.case_id, to=(mette.customer,), body="Den kommer i morgen.", seen_message_id=seen
    )
    with demo.store.unit(demo.world.shop.agents[ME], at, "desk") as unit:
        replies.send(unit, typed)
    return mette.case_id


def deliveries(demo: Demo, case_id: int) -> list[Delivery | None]:
    with demo.store.session() as session:
        return [one.delivery for one in cases.messages_of(session, case_id, 1) if one.kind == "outbound"]


def test_a_new_mail_arrives_within_a_minute_and_stands_in_the_queue(today: Demo) -> None:
    arriving, before = Arriving(today.world, today.store, NOW), waiting(today)
    arrived = [second for second in range(1, 301) if arriving.turn(NOW + second * SECOND)]
    assert 4 <= len(arrived) <= 15
    assert all(20 <= two - one <= 60 for one, two in zip([0, *arrived], arrived, strict=False))
    new = [one for one in waiting(today) if one not in before]
    assert len(new) == len(arrived)
    with today.store.session() as session:
        shown = cases.thread(session, max(new), 1, micros(NOW))
    assert shown.case.status == "new"
    assert shown.messages[0].text
    assert shown.customer is not None
    assert shown.customer.name


def test_a_reply_is_held_back_then_sent_and_the_customer_answers_in_the_same_case(today: Demo) -> None:
    arriving = Arriving(today.world, today.store, NOW + timedelta(hours=1))  # nobody else writes meanwhile
    case_id = answer(today, NOW)
    assert post.deliver(today.store, NOW + 9 * SECOND) == []
    assert deliveries(today, case_id)[-1] == Delivery.HELD
    (left,) = post.deliver(today.store, NOW + 11 * SECOND)
    assert deliveries(today, case_id)[-1] == Delivery.SENT
    arriving.was_sent(left, NOW)
    assert sum(arriving.turn(NOW + second * SECOND) for second in range(15)) == 0
    assert sum(arriving.turn(NOW + second * SECOND) for second in range(15, 41)) == 1
    with today.store.session() as session:
        newest = cases.messages_of(session, case_id, 1)[-1]
        head = cases.case(session, case_id)
    assert newest.kind == "inbound"
    assert newest.in_reply_to == (left.message_id,)
    assert "unknown participant" not in newest.marks
    assert head.status == "open"


def test_a_reply_that_was_taken_back_never_leaves(today: Demo) -> None:
    case_id = answer(today, NOW)
    with today.store.unit(today.world.shop.agents[ME], NOW + 5 * SECOND, "desk") as unit:
        undo.undo_newest(unit)
    assert post.deliver(today.store, NOW + 60 * SECOND) == []
    assert deliveries(today, case_id)[-1] == Delivery.CANCELLED


def test_a_customer_without_a_name_answers_too(today: Demo) -> None:
    arriving = Arriving(today.world, today.store, NOW + timedelta(hours=1))
    typed = Typed("new", None, to=(Address("", "ny@example.com"),), subject="Din ordre", body="Den er klar.",
                  channel_id=today.world.shop.mailboxes["support"].id)  # fmt: skip
    with today.store.unit(today.world.shop.agents[ME], NOW, "desk") as unit:
        sent = replies.begin(unit, typed)
    (left,) = post.deliver(today.store, NOW + 11 * SECOND)
    arriving.was_sent(left, NOW)
    assert arriving.turn(NOW + 41 * SECOND) == 1
    with today.store.session() as session:
        assert [one.kind for one in cases.messages_of(session, sent.case_id, 1)] == ["outbound", "inbound"]


def test_colleagues_are_seen_in_their_cases(today: Demo) -> None:
    colleagues.show(today.world, today.store, NOW)
    ola = next(one for one in today.world.strands if one.plan.customer == "Ola Nordmann")
    with today.store.session() as session:
        assert cases.present(session, ola.case_id, 1, micros(NOW)) == (("Camilla", "writing"),)


def test_the_desk_opens_on_a_store_of_its_own_that_is_gone_afterwards() -> None:
    seen: dict[str, Any] = {}
    now = NOW

    def open_desk(  # noqa: PLR0917  as the desk has it
        address: StoreAddress, settings: Settings, agent_login: str, config_path: Path | None, state_dir: Path,
        clock: object, *, worker: bool = True,
    ) -> int:  # fmt: skip
        assert address.path is not None
        seen.update(
            path=address.path, state=state_dir, worker=worker, config=config_path, theme=settings.me.theme
        )
        assert agent_login == settings.me.agent == ME
        from agentdesk.store.engine import Store

        store = Store(address)
        with store.session() as session:
            seen["open"] = session.execute(text("select count(*) from cases where shelf = 0")).scalar_one()
            seen["worker seen"] = people.health(session, micros(now)).worker_seen
        store.close()
        return 7

    assert agentdesk.demo.run(open_desk, Me(agent="somebody", theme="sand"), lambda: now) == 7
    assert (seen["open"], seen["worker"], seen["config"], seen["theme"]) == (59, False, None, "sand")
    assert now - seen["worker seen"] < 15 * SECOND
    assert not seen["path"].parent.exists()
    assert seen["state"].is_relative_to(seen["path"].parent)


def test_what_a_killed_demo_left_is_taken_away_by_the_next_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        pass
    left, running = tmp_path / f"agentdesk-demo-{ended.pid}-x", tmp_path / f"agentdesk-demo-{os.getpid()}-x"
    strange = tmp_path / "agentdesk-demo-notes"
    for one in (left, running, strange):
        one.mkdir()
        (one / "nordbutik.db").touch()
    with of_its_own() as own:
        assert own.parent == tmp_path
        assert own.stat().st_mode & 0o077 == 0
        assert not left.exists()
    assert not own.exists()
    assert running.exists()
    assert strange.exists()


_WATCHED = """
import sys, time
from datetime import UTC, datetime, timedelta
touched = []
sys.addaudithook(lambda event, args: touched.append(event) if event.startswith(("socket.", "smtplib.", "imaplib.",
    "subprocess.", "os.exec", "os.posix_spawn", "os.fork", "urllib.")) else None)
import agentdesk.demo
from agentdesk.config.settings import Me
from agentdesk.store.engine import Store
start, begun = datetime.now(UTC), time.monotonic()
def clock():
    return start + timedelta(seconds=(time.monotonic() - begun) * 40)
def open_desk(address, *rest, **named):
    from agentdesk.domain.mail import Address
    from agentdesk.services import replies
    from agentdesk.services.drafts import Typed
    from agentdesk.store.unit import Actor
    from sqlalchemy import text
    store = Store(address)
    def ask(sql):
        with store.session() as session:
            return session.execute(text(sql)).scalar_one()
    known = ask("select count(*) from messages where id > 50000")
    with store.unit(Actor(1, "anna"), clock(), "desk") as unit:
        replies.begin(unit, Typed("new", None, to=(Address("Ny", "ny@example.com"),), subject="Hej", body="Hej"))
    end = time.monotonic() + 60
    while time.monotonic() < end:
        left = ask("select count(*) from outbox where state in ('held', 'queued', 'sending')")
        if not left and ask("select count(*) from messages where id > 50000") >= known + 3:
            store.close()
            return 0
        time.sleep(0.05)
    return 1
assert agentdesk.demo.run(open_desk, Me(), clock) == 0
assert not touched, touched
print("nothing left")
"""


def test_nothing_leaves_this_machine(tmp_path: Path) -> None:
    """Mail arrives, a reply is sent and answered, and no socket was made and no program started."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", _WATCHED], capture_output=True, text=True, check=False, timeout=120, cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert (done.returncode, done.stdout.strip()) == (0, "nothing left"), done.stderr
