"""Merging, parting, linking, blocking, writing aside and forwarding by keys; people offered while one types."""

from email import message_from_bytes
from pathlib import Path

from services.world import World
from tui import rig
from tui.rig import Rig, call, shown

from agentdesk.services import joining
from agentdesk.store import codec
from agentdesk.store.engine import open_store
from agentdesk.tui.widgets.composer import Composer


def second_mail(url: str) -> int:
    """Mette writes once more, in a case of its own."""
    store = open_store(url)
    world = World(store)
    world.channel = 1
    mail = world.letter(
        "Hallo?", sender="Mette Sørensen <kunde1@example.com>", subject="Re: Ordre 101 mangler"
    )
    world.receive(mail)
    found = int(world.value("select max(id) from cases"))
    store.close()
    return found


async def test_a_duplicate_is_merged_with_two_keys_and_parted_with_one(url: str, state: Path) -> None:
    other = second_mail(url)
    async with rig.desk(url, state) as r:
        before = rig.dump(url)
        await r.press("d")
        assert r.top == "ChooseDialog"
        first = r.app.screen.query_one("#choices").line(0).text  # type: ignore[attr-defined]
        assert f"#{other}" in first
        assert "1 message" in first
        await r.press("enter")
        assert r.desk.reading.case_id == 1
        assert r.world.case(other).merged_into == 1
        assert f"#{other}" in shown(r)
        assert "Hallo?" in shown(r)
        await r.press("u")
        assert rig.dump(url) == before


async def test_a_case_is_merged_by_its_number_and_parted_from_the_list(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await r.press("d")
        await r.type("3")
        await r.press("enter")
        assert r.world.case(3).merged_into == 1
        await call(r, "part")
        await r.press("enter")
        assert r.world.case(3).merged_into is None
        await r.press("d")
        await r.type("4711")
        await r.press("enter")
        assert "no case #4711" in r.said


async def test_selected_cases_become_one_and_u_parts_them_all(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        before = rig.dump(url)
        r.desk.focus_pane("queue")
        await r.press("x")
        await r.press("d")
        assert "Select the other cases too" in r.said
        await r.press("j", "x", "j", "x", "d")
        assert r.top == "ConfirmDialog"
        await r.press("enter")
        assert [r.world.case(one).merged_into for one in (1, 2, 3)] == [None, 1, 1]
        assert r.world.case(1).message_count == 5
        await r.press("u")
        assert rig.dump(url) == before


async def test_a_draft_of_the_merged_case_stands_in_the_one_in_hand(url: str, state: Path) -> None:
    other = second_mail(url)
    async with rig.desk(url, state) as r:
        await r.desk.open_case(other)
        await r.press("r")
        await r.type("Til den anden")
        await r.press("escape")
        await r.desk.open_case(1)
        await r.press("r")
        await r.type("Til den her")
        await r.press("escape", "d", "enter")
        await r.until(lambda: "Til den anden" in r.desk.writing.widget.written().body)
        assert r.desk.writing.widget.written().body == "Til den her\n\nTil den anden"


async def test_what_is_being_written_goes_along_when_a_colleague_merges_the_case(
    url: str, state: Path
) -> None:
    async with rig.desk(url, state) as r:
        await r.press("r")
        await r.type("Hej Mette")
        await r.until(lambda: r.desk.writing.keeping.draft_id is not None)
        with r.world.unit("bo") as unit:
            joining.merge(unit, 1, 2)
        await r.until(lambda: r.desk.writing.case_id == 2)
        assert r.desk.context == "writing"
        await r.type(", den er paa vej")
        await r.press("escape")
        draft = r.world.draft_of("anna", 2)
        assert draft.body == "Hej Mette, den er paa vej"


async def test_cases_are_linked_by_number_and_unlinked_from_the_list(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await call(r, "link")
        await r.type("2")
        await r.press("enter")
        assert r.desk.reading.thread is not None
        assert r.desk.reading.thread.case.related == (2,)
        assert "#2" in r.said
        await call(r, "unlink")
        await r.press("enter")
        assert r.desk.reading.thread.case.related == ()
        await r.press("u")
        assert r.desk.reading.thread.case.related == (2,)


async def test_a_sender_is_blocked_and_let_in_again(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        before = rig.dump(url)
        await call(r, "block")
        assert r.top == "ConfirmDialog"
        await r.press("enter")
        assert r.world.case(1).status == "spam"
        await r.press("u")
        assert rig.dump(url) == before
        await call(r, "block")
        await r.press("enter")
        await call(r, "unblock")
        await r.press("enter")
        assert r.world.rows("select id from blocks where removed_at is null") == []


async def test_a_mail_aside_says_so_in_words_and_colour_and_the_answer_stands_apart(
    url: str, state: Path
) -> None:
    async with rig.desk(url, state) as r:
        await call(r, "aside")
        composer = r.desk.query_one(Composer)
        assert composer.has_class("side")
        head = composer.query_one(".head")
        assert "the customer does not see this" in str(head.render())
        assert len(str(head.render())) <= head.size.width, "whoever it goes to gives way"
        await r.type("lars@lager.example")
        await r.press("tab", "tab", "tab")
        await r.type("Lampe")
        await r.press("tab")
        await r.type("Hvor er den?")
        await r.press("ctrl+s")
        assert "Sent" in r.said
        row = r.world.one("select * from messages where side_id is not null")
        assert "aside" in shown(r)
        r.world.later(seconds=30)
        r.world.delivers()
        answer = r.world.letter(
            "Paa mandag", sender="lars@lager.example", answers=row.message_id, subject="Re: Lampe"
        )
        r.world.receive(answer)
        await r.until(lambda: "Paa mandag" in shown(r))
        (line,) = [line for line in shown(r).splitlines() if "Paa mandag" in line]
        assert line.startswith("  │ ")
        await r.press("r")
        assert "lars" not in r.desk.writing.widget.written().to
        await r.press("escape")
        await call(r, "aside")
        assert r.top == "ChooseDialog"
        await r.press("enter")
        assert r.desk.writing.widget.written().to == "lars@lager.example"
        await r.type("Tak")
        await r.press("ctrl+s")
        newest = r.world.one("select m.in_reply_to, m.side_id from messages m order by id desc limit 1")
        assert (newest.side_id, codec.read_words(newest.in_reply_to)) == (row.side_id, (_id(r),))


def _id(r: Rig) -> str:
    return str(r.world.value(
        "select message_id from messages where side_id is not null and kind = 'inbound'"))  # fmt: skip


async def test_a_message_is_forwarded_with_its_files(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await r.press("w")
        written = r.desk.writing.widget.written()
        assert (written.kind, written.to, written.subject) == ("side", "", "Fwd: Ordre 101 mangler")
        assert "kvittering.txt" in r.desk.writing.files
        await r.type("lars@lager.example")
        await r.press("ctrl+s")
        raw = codec.unpack(bytes(r.world.value("select data from raws order by message_id desc limit 1")))
        names = [part.get_filename() for part in message_from_bytes(raw).walk() if part.get_filename()]
        assert names == ["kvittering.txt"]
        await r.press("w")
        assert r.top == "ChooseDialog"


async def test_the_case_refuses_to_mix_customer_and_supplier(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await call(r, "aside")
        await r.type("kunde1@example.com")
        await r.press("tab", "tab", "tab")
        await r.type("Lampe")
        await r.press("tab")
        await r.type("Hvor er den?")
        await r.press("ctrl+s")
        assert "is the customer here" in r.said
        assert r.desk.writing.widget.written().body == "Hvor er den?"
        assert r.world.rows("select id from outbox") == []


async def test_people_are_offered_while_an_address_is_typed_and_taken_by_tab_enter_or_right(
    url: str, state: Path
) -> None:
    async with rig.desk(url, state) as r:
        await r.press("c")
        composer = r.desk.query_one(Composer)
        for key, typed in (("tab", "jür"), ("enter", "kunde3"), ("right", "Freja")):
            await r.type(typed)
            await r.until(lambda: composer.has_class("offered"))
            await r.press(key)
            assert not composer.has_class("offered")
            if key != "right":
                await r.type(", ")
        assert composer.written().to == (
            "Jürgen Weiß <kunde4@example.com>, Emily Clarke <kunde3@example.com>, Freja Lund <kunde5@example.com>"
        )
        await r.press("tab")
        assert r.app.screen.focused is not None
        assert r.app.screen.focused.id == "field-cc"


async def test_nobody_offered_leaves_tab_as_it_was(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await r.press("c")
        await r.type("zzz")
        await r.settle()
        await r.press("tab")
        assert r.app.screen.focused is not None
        assert r.app.screen.focused.id == "field-cc"
        assert r.desk.writing.widget.written().to == "zzz"
