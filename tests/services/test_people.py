"""Colleagues, channels and duties: one holder of each duty, whoever asks at once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict

import pytest
from services.world import World

from agentdesk.config.settings import Channel
from agentdesk.domain.problems import Problem, Refused
from agentdesk.services import people


def _take(world: World, holder: str, seconds: int = 30) -> bool:
    with world.unit() as unit:
        return people.take_lease(unit, "worker", holder, seconds)


def test_a_duty_has_one_holder_until_its_time_ends(world: World) -> None:
    assert _take(world, "one")
    assert not _take(world, "two")
    world.later(seconds=20)
    assert _take(world, "one"), "its holder goes on"
    world.later(seconds=20)
    assert not _take(world, "two")
    world.later(seconds=11)
    assert _take(world, "two")
    assert not _take(world, "one")
    with world.unit() as unit:
        people.drop_lease(unit, "worker", "one")
    assert not _take(world, "three"), "only its holder gives it up"
    with world.unit() as unit:
        people.drop_lease(unit, "worker", "two")
    assert _take(world, "three")


def test_of_eight_who_ask_at_once_one_gets_it(world: World) -> None:
    for _round in range(5):
        ready = threading.Barrier(8)

        def ask(number: int, ready: threading.Barrier = ready) -> bool:
            ready.wait()
            return _take(world, f"h{number}")

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(ask, range(8))) == 1
        world.later(seconds=31)


@pytest.mark.parametrize("login", ["", "Anna", "a b", "-a", "æ", "a" * 40, "a\n", "x;y"])
def test_a_login_is_plain(world: World, login: str) -> None:
    with pytest.raises(Problem, match="cannot be a login"), world.unit() as unit:
        people.add_agent(unit, login, "Somebody")


def test_a_login_is_taken_once(world: World) -> None:
    with pytest.raises(Refused, match="already"), world.unit() as unit:
        people.add_agent(unit, "anna", "Another")


def test_a_channel_is_published_once_and_changed_in_place(world: World) -> None:
    before = world.value("select count(*) from changes")
    assert world.mailbox() == world.channel
    assert world.value("select count(*) from changes") == before, "nothing changed, nothing said"
    assert world.mailbox(signature="Best", hold=0) == world.channel
    assert world.one("select * from channels").signature == "Best"


def test_another_reply_address_has_to_be_proven_anew(world: World) -> None:
    world.mailbox(reply_address="a+{token}@x.example")
    with world.unit() as unit:
        people.verify_reply_address(unit, "support")
    world.mailbox(reply_address="a+{token}@x.example")
    assert world.one("select * from channels").reply_verified
    world.mailbox(reply_address="b+{token}@x.example")
    assert not world.one("select * from channels").reply_verified


def test_trouble_with_a_channel_is_told_once_and_its_end_too(world: World) -> None:
    before = world.value("select count(*) from changes")
    for trouble in ("no answer", "no answer", "", ""):
        with world.unit() as unit:
            people.channel_heard(unit, world.channel, trouble)
    assert world.value("select count(*) from changes") == before + 2


def test_what_everybody_may_read_of_a_channel_is_taken_from_its_settings_whole() -> None:
    told = {
        "kind": "email", "name": "sales", "address": "sales@shop.example", "signature": "Sales", "language": "da",
        "team": "sales", "hold": 3, "html": False, "reply_address": "sales+{token}@shop.example",
        "subject_token": True, "answer_within": 60, "hours": "mon-fri 9-16",
        "acknowledgement": "Thanks.", "authserv_id": "mx.shop.example",
    }  # fmt: skip
    assert asdict(people.ChannelFacts.of(Channel(**told, sent_folder="Sent"))) == told
