"""The fence: whatever the bytes are, each message is counted, and none blocks the next."""

import logging
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import select

from agentdesk.automation import intake
from agentdesk.domain.mail import Message, RawMail
from agentdesk.queries import people
from agentdesk.services import post
from agentdesk.services.people import ChannelFacts, publish_channel
from agentdesk.store.codec import unpack
from agentdesk.store.engine import Store
from agentdesk.store.tables import messages, quarantine, raws
from agentdesk.store.trouble import StoreTrouble
from agentdesk.store.unit import SYSTEM, UnitOfWork

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
GOOD = b"From: k@example.dk\r\nTo: s@example.dk\r\nSubject: Hej\r\nMessage-ID: <1@example.dk>\r\n\r\nHvor er den?\r\n"
BAD = b"From: x@example.dk\r\nSubject: hemmelige ord\r\n\r\nhemmelig tekst\r\n"


def channel(store: Store) -> int:
    with store.unit(SYSTEM, NOW) as unit:
        return publish_channel(unit, ChannelFacts("email", "support", "s@example.dk"))


def test_a_mail_is_read_with_its_raw_bytes_and_digest() -> None:
    (read,) = intake.read_batch([RawMail(GOOD, "INBOX\x1b[31m/1", NOW)], NOW)
    assert read.message is not None
    assert read.message.subject == "Hej"
    assert unpack(read.packed) == read.raw == GOOD
    assert len(read.digest) == 64
    assert "\x1b" not in read.source


def test_what_is_no_mail_comes_with_its_reason() -> None:
    (read,) = intake.read_batch([RawMail(b" \n", "file")], NOW)
    assert read.message is None
    assert read.reason.endswith(".")
    assert read.digest == sha256(b" \n").hexdigest()


def test_a_server_ahead_of_time_is_not_believed() -> None:
    (read,) = intake.read_batch([RawMail(GOOD, "x", NOW + timedelta(days=3))], NOW)
    assert read.at == NOW


@pytest.mark.parametrize("fault", [RecursionError("hemmelig tekst"), MemoryError(), UnicodeError("hemmelig")])
def test_a_fault_of_the_reader_sets_one_mail_aside_and_logs_nothing_of_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, fault: Exception
) -> None:
    parse = intake.parse

    def stumbling(raw: bytes) -> Message:
        if raw == BAD:
            raise fault
        return parse(raw)

    monkeypatch.setattr(intake, "parse", stumbling)
    with caplog.at_level(logging.DEBUG):
        bad, good = intake.read_batch([RawMail(BAD, "1"), RawMail(GOOD, "2")], NOW)
    assert bad.message is None
    assert type(fault).__name__ in bad.reason
    assert good.message is not None
    assert type(fault).__name__ in caplog.text
    assert "hemmelig" not in caplog.text


def test_a_batch_is_kept_with_its_cursor_and_again_nothing_new(store: Store) -> None:
    channel_id = channel(store)
    batch = [RawMail(GOOD, "1"), RawMail(b"\n", "2"), RawMail(GOOD, "3")]
    first = intake.take_in(store, NOW, channel_id, batch, "INBOX", "1:3")
    assert (first.seen, first.ingested, first.duplicate, first.quarantined) == (3, 1, 1, 1)
    again = intake.take_in(store, NOW, channel_id, batch, "INBOX", "1:4")
    assert (again.seen, again.ingested, again.duplicate, again.quarantined) == (3, 0, 3, 0)
    with store.session() as session:
        assert people.cursor(session, channel_id, "INBOX") == "1:4"
        assert unpack(session.execute(select(raws.c.data)).scalar_one()) == GOOD
        assert session.execute(select(messages.c.kind)).scalar_one() == "inbound"
        assert session.execute(select(quarantine.c.size)).scalar_one() == 1


@pytest.mark.parametrize("fault", ["own", "values"])
def test_a_mail_that_the_store_cannot_take_is_set_aside_alone(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    channel_id = channel(store)
    keep = post.store

    def stumbling(unit: UnitOfWork, **facts: Any) -> int:
        if facts["message"].subject != "hemmelige ord":
            return keep(unit, **facts)
        if fault == "own":
            raise KeyError(facts["message"].text)
        return keep(unit, **facts | {"kind": "hemmelig"})

    monkeypatch.setattr(post, "store", stumbling)
    with caplog.at_level(logging.DEBUG):
        tally = intake.take_in(
            store, NOW, channel_id, [RawMail(BAD, "1"), RawMail(GOOD, "2")], "INBOX", "1:2"
        )
    assert (tally.seen, tally.ingested, tally.quarantined) == (2, 1, 1)
    assert "hemmelig" not in caplog.text
    with store.session() as session:
        assert people.cursor(session, channel_id, "INBOX") == "1:2"
        assert "fault in the program" in session.execute(select(quarantine.c.reason)).scalar_one()


def test_a_store_that_is_away_sets_nothing_aside(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    channel_id = channel(store)

    def away(*_facts: object) -> None:
        raise StoreTrouble("The disk is full.")

    with monkeypatch.context() as broken:
        broken.setattr(intake.intake, "receive", away)
        with pytest.raises(StoreTrouble):
            intake.take_in(store, NOW, channel_id, [RawMail(GOOD, "1")], "INBOX", "1:1")
    assert intake.take_in(store, NOW, channel_id, [RawMail(GOOD, "1")]).ingested == 1
