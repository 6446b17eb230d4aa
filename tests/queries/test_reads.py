"""What the screens and the command line read: one moment, clean text, and nothing that is not there."""

import sqlite3

import pytest
from services.world import World, incoming, unreadable
from sqlalchemy import insert, text

from agentdesk.domain.lifecycle import Delivery
from agentdesk.domain.mail import Address, Enclosure
from agentdesk.domain.problems import NotFound
from agentdesk.queries import answering, cases, feed, lists, people, queue
from agentdesk.services import drafts, replies
from agentdesk.services import people as staff
from agentdesk.services.drafts import Typed
from agentdesk.store.engine import open_store
from agentdesk.store.tables import attachments, messages

BAD = "\x1b]0;pwned\x07\x9b31m\u202eevil"


def test_a_thread_is_one_case_whole(world: World) -> None:
    case_id = world.comes("first", headers={"Cc": "Friend <friend@example.org>"})
    other = world.comes("other", subject="other")
    world.later(minutes=1)
    world.replies(case_id, "held answer")
    with world.unit("bo") as unit:
        replies.note(unit, case_id, "a note")
    world.saves(Typed("reply", case_id, body="begun"), who="bo")
    with world.unit("bo") as unit:
        staff.show_presence(unit, "bo-desk", case_id, "writing")
    with world.store.session() as session:
        thread = cases.thread(session, case_id, world.agents["anna"].id or 0, world.at)
    assert [row.kind for row in thread.messages] == ["inbound", "outbound", "note"]
    inbound, outbound, note = thread.messages
    assert inbound.cc == (Address("Friend", "friend@example.org"),)
    assert (outbound.delivery, outbound.mine, outbound.agent) == (Delivery.HELD, True, "Anna")
    assert outbound.not_before is not None
    assert (note.mine, note.agent, note.delivery) == (False, "Bo", None)
    assert (thread.case.id, thread.case.message_count) == (case_id, 3)
    assert thread.customer is not None
    assert [row.id for row in thread.customer.earlier] == [other]
    assert thread.customer.case_count == 2
    assert [draft.body for draft in thread.drafts] == ["begun"]
    assert thread.present == (("Bo", "writing"),)


def test_a_case_of_more_messages_than_one_statement_can_name_is_read_whole(world: World) -> None:
    case_id = world.comes()
    with world.unit() as unit:
        new = {
            "case_id": case_id,
            "kind": "note",
            "from_name": "",
            "from_address": "",
            "subject": "",
            "text": "x",
        }
        unit.session.execute(insert(messages), [new | {"at": world.at + number} for number in range(1, 900)])
        last = unit.session.scalar(text("select max(id) from messages"))
        file = {
            "filename": "a.pdf",
            "content_type": "application/pdf",
            "size": 1,
            "sha256": "0",
            "inline": False,
        }
        unit.session.execute(insert(attachments).values(message_id=last, **file))
    with world.store.session() as session:
        driver = session.connection.driver_connection
        if isinstance(driver, sqlite3.Connection):
            driver.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 500)
        found = cases.messages_of(session, case_id, 0)
    assert len(found) == 900
    assert [[file.filename for file in row.attachments] for row in found if row.attachments] == [["a.pdf"]]


def test_nothing_from_outside_reaches_a_row_uncleaned(world: World) -> None:
    raw = (
        f"From: {BAD} <x@example.com>\nTo: support@shop.example\nSubject: {BAD}\nMessage-ID: <{BAD}@x>\n"
        f'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain; '
        f'charset=utf-8\n\n{BAD}\n--b\nContent-Type: text/plain\nContent-Disposition: attachment; filename="{BAD}.txt"'
        "\n\nx\n--b--\n"
    )
    world.receive(incoming(raw.encode("utf-8", "surrogateescape")))
    world.receive(unreadable(b"\x00"))
    with world.unit("anna") as unit:
        drafts.save(unit, Typed("reply", 1, body=BAD, subject=BAD, to=(Address(BAD, BAD),)), "t1")
    with world.store.session() as session:
        shown = repr(
            [
                cases.thread(session, 1, 0, world.at), queue.rows(session, [1]), lists.message_page(session, 0, 10),
                lists.all_drafts(session, None), lists.quarantine_rows(session), cases.changes_of(session, 1),
            ]
        )  # fmt: skip
    for mark in ("\\x1b", "\\x07", "\\x9b", "\u202e", "\\u202e"):
        assert mark not in shown, mark


def test_pages_of_messages_hold_each_message_once(world: World) -> None:
    for n in range(7):
        world.comes(f"body {n}", subject=f"s{n}")
    found, after = [], 0
    while True:
        with world.store.session() as session:
            rows, following = lists.message_page(session, after, 3)
        found += [row.id for _case, row, _facts in rows]
        if following is None:
            break
        after = following
    assert found == [row.id for row in world.rows("select id from messages order by id")]


def test_a_file_is_given_with_its_bytes_from_mail_and_from_a_draft(world: World) -> None:
    content = bytes(range(256))
    case_id = world.comes()
    saved = world.saves(world.typed(case_id))
    with world.unit("anna") as unit:
        key = drafts.attach(unit, saved.id, Enclosure("a b.bin", "application/octet-stream", content))
    with world.store.session() as session:
        assert lists.file_content(session, key) == ("a b.bin", "application/octet-stream", content)
    with world.unit("anna") as unit:
        sent = replies.send(unit, world.typed(case_id, version=saved.version))
    (file,) = world.rows("select id from attachments where message_id = :m", m=sent.message_id)
    with world.store.session() as session:
        assert lists.file_content(session, file.id) == ("a b.bin", "application/octet-stream", content)
        with pytest.raises(NotFound):
            lists.file_content(session, 4711)
        with pytest.raises(NotFound):
            lists.raw_of(session, 4711)
        with pytest.raises(NotFound):
            cases.case(session, 4711)


def test_an_answer_goes_to_all_but_ourselves(world: World) -> None:
    case_id = world.comes(
        headers={"Cc": "Friend <friend@example.org>, SUPPORT@shop.example"},
        to="support@shop.example, o@x.example",
    )
    with world.store.session() as session:
        to, cc = answering.recipients(session, case_id)
    assert [who.address for who in to] == ["karen@example.com"]
    assert sorted(who.address for who in cc) == ["friend@example.org", "o@x.example"]


def test_the_log_is_read_in_pieces(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "LIMIT", 3)
    with world.store.session() as session:
        cursor = feed.newest(session)
    with world.unit("anna") as unit:
        for n in range(8):
            unit.record("case", n, "tag", None, n)
    read: list[int | None] = []
    while True:
        with world.store.session() as session:
            facts = feed.since(session, cursor)
        if not facts:
            break
        assert len(facts) <= 3
        read += [fact.case_id for fact in facts]
        cursor = facts[-1].id
    assert read == list(range(8))


def test_presence_expires_by_itself(world: World) -> None:
    case_id = world.comes()
    anna, bo = world.agents["anna"].id or 0, world.agents["bo"].id or 0
    with world.unit("bo") as unit:
        staff.show_presence(unit, "bo-desk", case_id, "viewing")
    world.later(seconds=9)
    with world.store.session() as session:
        assert cases.present(session, case_id, anna, world.at) == (("Bo", "viewing"),)
        assert cases.present(session, case_id, bo, world.at) == ()
        assert cases.present_in(session, [case_id], anna, world.at) == {case_id: ("Bo", False)}
    world.later(seconds=2)
    with world.store.session() as session:
        assert cases.present(session, case_id, anna, world.at) == ()
        assert cases.present_in(session, [case_id], anna, world.at) == {}
    assert world.value("select count(*) from changes where kind = 'presence'") == 0


def test_somebody_is_in_one_case_at_a_time_and_gone_when_they_leave(world: World) -> None:
    one, two = world.comes(), world.comes(subject="two")
    for case_id, what in ((one, "viewing"), (two, "viewing"), (two, "writing"), (0, "here")):
        with world.unit("bo") as unit:
            staff.show_presence(unit, "bo-desk", case_id, what)
    rows = world.rows("select case_id, what from presence order by case_id")
    assert [tuple(row) for row in rows] == [(0, "here")]
    with world.store.session() as session:
        assert people.desks_seen(session, world.at - 1) == 1
    with world.unit("bo") as unit:
        staff.leave(unit, "bo-desk")
    assert world.rows("select * from presence") == []


def test_old_signs_of_life_are_swept(world: World) -> None:
    with world.unit("bo") as unit:
        staff.show_presence(unit, "old-desk", 0, "here")
    world.later(minutes=11)
    with world.unit("anna") as unit:
        staff.show_presence(unit, "anna-desk", 0, "here")
    assert [row.who for row in world.rows("select who from presence")] == ["anna-desk"]


def test_who_may_act_as_whom(world: World) -> None:
    with world.store.session() as session:
        assert people.may_act_as(session, "anna")
        assert people.health(session, world.at).worker_seen is None
        assert [row.login for row in people.agents_all(session)] == ["anna", "bo"]
        with pytest.raises(NotFound, match="agentdesk agent add"):
            people.agent(session, "nobody")


def test_on_postgresql_a_role_acts_as_itself_and_only_an_admin_or_owner_as_others(world: World) -> None:
    if world.store.dialect != "postgresql":
        pytest.skip("a SQLite file knows no roles")
    with world.unit() as unit:
        staff.add_agent(unit, "chief", "Chief", role="admin")
        for role in ("anna", "chief"):
            unit.session.execute(text(f"drop role if exists {role}"))
            unit.session.execute(text(f"create role {role} login"))
            unit.session.execute(text(f"grant select on all tables in schema public to {role}"))
    for role, allowed in (("anna", {"anna"}), ("chief", {"anna", "bo", "chief"})):
        store = open_store(world.store.address.url.replace("test@", f"{role}@"))
        with store.session() as session:
            assert {who for who in ("anna", "bo", "chief") if people.may_act_as(session, who)} == allowed
        store.close()
    with world.unit() as unit:
        for role in ("anna", "chief"):
            unit.session.execute(text(f"drop owned by {role}"))
            unit.session.execute(text(f"drop role {role}"))
