"""Search and saved views by keys: found as one types, opened at the hit, errors that point, nothing cut in silence."""

from pathlib import Path

from services.world import World
from tui import rig

from agentdesk.services import replies
from agentdesk.tui.commands import COMMANDS
from agentdesk.tui.keys import Keymap
from agentdesk.tui.screens import search
from agentdesk.tui.screens.search import SearchScreen
from agentdesk.tui.widgets.conversation import Conversation
from agentdesk.tui.widgets.heading import Heading
from agentdesk.tui.widgets.topline import ViewBar


def _screen(r: rig.Rig) -> SearchScreen:
    assert isinstance(r.app.screen, SearchScreen)
    return r.app.screen


async def _typed(r: rig.Rig, words: str) -> SearchScreen:
    """What is typed is found."""
    await r.type(words)
    await _screen(r).settled()
    await r.settle()
    return _screen(r)


def _found(room: SearchScreen) -> list[int]:
    return [item.value.case_id for item in room.roster.items if not item.heading]


def _bar(r: rig.Rig) -> str:
    return "".join(span[0] for span in r.desk.query_one(ViewBar).spans(120))


def _note(world: World, case_id: int, words: str) -> int:
    with world.unit("bo") as unit:
        replies.note(unit, case_id, words)
    return int(world.value("select max(id) from messages"))


async def test_words_find_as_they_are_typed_and_enter_opens_the_case_at_the_hit(
    url: str, state: Path
) -> None:
    async with rig.desk(url, state) as r:
        note = _note(r.world, 3, "Gartneren ringer i morgen")
        for n in range(9):
            _note(r.world, 3, f"Nyt {n}\n" * 30)
        await r.press("f")
        room = await _typed(r, "gartn")
        assert _found(room) == [3]
        snippet = room.roster.items[1]
        assert ("Gartneren", "accent strong") in snippet.left
        hit = ("Gartneren", "accent strong")
        await r.until(lambda: hit in [span for line in room.reader._lines for span in line.spans])
        await r.press("enter")
        assert r.top == "DeskScreen"
        assert r.desk.reading.case_id == 3
        assert r.desk.pane == "conversation"
        pane = r.desk.query_one(Conversation)
        await r.until(lambda: pane._flow.messages[pane._place()[0]].id == note)


async def test_the_word_that_is_wrong_is_pointed_at_and_the_last_answer_stays(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await r.press("slash")
        room = await _typed(r, "mangler ")
        found = _found(room)
        assert len(found) == 6
        await _typed(r, "statsu:x")
        assert room.pointer.words.index("^") == 1 + len("mangler ")
        assert room.pointer.words.count("^") == len("statsu:x")
        assert "did you mean status:?" in room.pointer.words
        assert _found(room) == found
        assert r.said == ""
        await r.press(*["backspace"] * 8)
        await room.settled()
        assert "^" not in room.pointer.words


async def test_more_is_said_and_shown(url: str, state: Path, monkeypatch: object) -> None:
    monkeypatch.setattr(search, "PAGE", 4)  # type: ignore[attr-defined]
    async with rig.desk(url, state) as r:
        await r.press("f")
        room = await _typed(r, "mangler")
        assert len(_found(room)) == 4
        said = room.query_one(Heading)._says
        assert "4 of 6, F5 shows more" in said
        assert "newest first" in said
        await r.press("f5")
        assert _found(room) == [6, 5, 4, 3, 2, 1]
        assert "6 hits" in room.query_one(Heading)._says
        await r.press("tab", "o")
        await room.settled()
        assert "best first" in room.query_one(Heading)._says
        await r.press("f")
        assert not (await _typed(r, " nonesuch")).roster.items


async def test_tab_completes_and_goes_round(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await r.press("f")
        room = await _typed(r, "mangler ta")
        await r.press("tab")
        assert room.typed == "mangler tag:"
        await room.settled()
        assert "tag:forsinket  tag:vip" in room.pointer.words
        await r.press("tab")
        assert room.typed == "mangler tag:forsinket"
        await r.press("tab")
        assert room.typed == "mangler tag:vip"
        await room.settled()
        assert _found(room) == [6]
        await r.type(" ")
        await r.press("tab")
        assert room.focused is room.roster


async def test_a_search_becomes_a_view_and_the_view_a_list(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await r.press("f")
        await _typed(r, "tag:vip")
        await r.press("ctrl+s")
        await r.type("Vores venner")
        await r.press("enter")
        assert r.top == "SearchScreen"
        assert "«Vores venner» is saved" in r.said
        await r.press("escape")
        await r.press("v", "1")
        await r.until(lambda: r.desk.listing.size == 1)
        assert list(r.desk.listing.widget.held_ids) == [6]
        assert "Vores venner 1" in _bar(r)
        with r.world.unit("bo") as unit:
            from agentdesk.services import triage

            triage.tag(unit, 2, ("vip",))
        await r.until(lambda: 2 in r.desk.listing.widget.held_ids)
        await r.press("escape")
        assert r.desk.listing.view == "team"


async def test_the_cases_of_a_search_stand_as_a_list_at_the_desk(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await r.press("f")
        await _typed(r, "mangler -tag:vip")
        await r.press("f6")
        assert r.top == "DeskScreen"
        await r.until(lambda: r.desk.listing.size == 5)
        assert sorted(r.desk.listing.widget.held_ids) == [1, 2, 3, 4, 5]
        assert "«mangler -tag:vip» 5" in _bar(r)


async def test_a_word_that_was_only_begun_finds_the_same_with_the_keys_of_the_list(
    url: str, state: Path
) -> None:
    async with rig.desk(url, state) as r:
        _note(r.world, 3, "Gartneren ringer i morgen")
        await r.press("f")
        room = await _typed(r, "gartn")
        await r.press("tab", "o")
        await room.settled()
        assert _found(room) == [3]
        await r.press("l")
        assert r.top == "DeskScreen"
        await r.until(lambda: list(r.desk.listing.widget.held_ids) == [3])
        assert "«gartn*» 1" in _bar(r)


async def test_hostile_questions_are_only_questions(url: str, state: Path) -> None:
    rows = "select count(*) from messages"
    async with rig.desk(url, state) as r:
        before = rig.execute(url, rows)
        await r.press("f")
        room = _screen(r)
        for query in (
            "'; drop table cases; --",
            '"unclosed',
            "a AND (b",
            "NEAR(x y)",
            "x" * 5000,
            "* ^ : {",
            "a\x00b",
        ):
            room.query_one("#typed").value = query  # type: ignore[attr-defined]
            await r.settle()
            await room.settled()
            assert r.top == "SearchScreen"
        assert rig.execute(url, rows) == before


def test_its_keys_are_those_that_the_footer_names() -> None:
    keymap = Keymap(COMMANDS, {})
    named = {
        "search_complete": "tab", "search_order_here": "f4", "search_more_here": "f5", "search_list_here": "f6",
        "search_keep_here": "ctrl+s", "search_order": "o", "search_more": "m", "search_list": "l", "search_keep": "s",
    }  # fmt: skip
    for name, key in named.items():
        found = keymap.named(name)
        assert keymap.find(found.context, key) == found
