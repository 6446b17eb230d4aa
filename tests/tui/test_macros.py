"""Macros by keys: seen before they act, all of it or nothing, and one key takes it back.

The keys of these screens by the names of their commands: "macro_run", "macro_edit", "macro_language", "macro_down",
"macro_up", "macro_page", "macro_page_up", "macro_close", "macro_new", "macro_translate", "macro_retire".
"""

from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input, TextArea
from tui import rig
from tui.rig import Rig

from agentdesk.automation import macros
from agentdesk.automation.actions import read_lines
from agentdesk.domain.knowledge import Audience, State, Written
from agentdesk.domain.macros import Macro, MacroText
from agentdesk.domain.mail import Enclosure
from agentdesk.services import articles
from agentdesk.store.unit import SYSTEM
from agentdesk.tui.widgets.footer import Footer
from agentdesk.tui.widgets.reader import Reader

LATE = Macro(
    "Forsinket pakke",
    texts=(
        MacroText(
            "da", "Hej {{ customer.first_name }}\n\nDin pakke mangler endnu.\n\n{{ agent.first_name }}"
        ),
        MacroText("en", "Hi {{ customer.first_name }}\n\nYour parcel is late."),
    ),
    actions=read_lines("status resolved; tag +forsinket"),
)
EMPTY = Macro("Åbent", texts=(MacroText("da", "Vi har åbent {{ hours.week }}."),))
ONLY_ACTS = Macro("Til Bo", actions=read_lines("owner bo; priority high"))


def keep(r: Rig, *these: Macro) -> list[int]:
    with r.world.store.unit(SYSTEM, r.world.now, "") as unit:
        return [macros.save(unit, one) for one in these]


def said(r: Rig, pane: str = "will") -> str:
    return "\n".join(line.text for line in r.app.screen.query_one(f"#{pane}", Reader)._lines)


def rows(r: Rig) -> list[str]:
    return [item.left[0][0] for item in r.app.screen.roster.items if not item.heading]  # type: ignore[attr-defined]


def store(url: str) -> Any:
    """All that a macro could change or leave."""
    more = ("select kind, item_id, case_id from uses", "select agent_id, case_id, kind, body from drafts")
    return rig.dump(url), [rig.execute(url, sql) for sql in more]


async def test_reply_with_a_macro_and_close_is_three_keys_and_one_takes_it_back(
    url: str, state: Path
) -> None:
    async with rig.desk(url, state) as r:
        keep(r, LATE)
        before = store(url)
        await r.press("m", "enter")
        assert r.top == "MacroPreview"
        assert "Hej Mette" in said(r, "text")
        assert "Mette Sørensen <kunde1@example.com>" in said(r, "text")
        will = said(r).replace("  ", "")
        assert "statusnew" in will.replace(" ", "")
        assert "resolved" in will
        assert "+ forsinket" in will
        assert store(url) == before
        await r.press("enter")
        assert r.top == "DeskScreen"
        assert "u takes all of it back" in r.said
        assert rig.execute(url, "select status from cases where id = 1") == [("resolved",)]
        assert len(rig.dump(url)["leaving"]) == 1
        await r.press("u")
        assert "macro" in r.said
        assert store(url) == before


async def test_a_suggestion_is_two_keys(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        keep(r, LATE)
        with r.world.unit() as unit:
            articles.save(unit, Written("Hvor er min pakke?", "Se sporingen af din pakke.", "da", Audience.PUBLIC),
                          state=State.PUBLISHED)  # fmt: skip
        r.desk.reading.look_beside()
        suggested = await r.until(lambda: r.desk.reading.beside and r.desk.reading.beside.suggestions)
        kinds = [one.kind for one in suggested]
        assert sorted(kinds) == ["article", "macro"]
        await r.press(str(kinds.index("macro") + 1))
        assert r.top == "MacroPreview"
        assert f"macro {kinds.index('macro') + 1}" in r.app.screen._title()  # type: ignore[attr-defined]
        await r.press("enter")
        assert rig.execute(url, "select status from cases where id = 1") == [("resolved",)]
        await r.press("u", str(kinds.index("article") + 1))
        assert r.desk.writing.widget.written().body == "Se sporingen af din pakke."
        await r.press("escape", "9")
        assert r.top == "DeskScreen"


async def test_letters_find_by_name_loosely_and_by_text(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        keep(
            r, LATE, EMPTY, ONLY_ACTS, Macro("Ombytning", texts=(MacroText("da", "Du kan bytte i 30 dage."),))
        )
        with r.world.store.unit(r.world.agents["bo"], r.world.now, "") as unit:
            macros.save(unit, Macro("Bos egen", scope="personal", texts=(MacroText("da", "Hej."),)))
        await r.press("m")
        assert rows(r) == ["Åbent", "Forsinket pakke", "Ombytning", "Til Bo"]
        for typed, found in (("forsnk", "Forsinket pakke"), ("30 dage", "Ombytning"), ("abent", "Åbent")):
            await r.type(typed)
            await r.app.screen.settled()  # type: ignore[attr-defined]
            assert rows(r)[0] == found
            await r.press(*["backspace"] * len(typed))
        await r.type("åbent")
        await r.app.screen.settled()  # type: ignore[attr-defined]
        assert "is empty here" in said(r, "reader")
        await r.press("escape")
        assert r.top == "DeskScreen"


async def test_an_empty_place_stops_it_and_nothing_is_done(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        keep(r, EMPTY)
        before = store(url)
        await r.press("m", "enter")
        assert "! «hours.week» is empty here" in said(r)
        await r.press("enter")
        assert r.top == "MacroPreview"
        assert "hours.week" in r.said
        await r.press("escape")
        assert store(url) == before


async def test_what_the_customer_wrote_meanwhile_is_shown_before_it_goes_on(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        keep(r, LATE)
        await r.press("m", "enter")
        r.world.later(seconds=8)
        r.world.comes("Tak! Jeg er hjemme i aften.", sender="Mette Sørensen <kunde1@example.com>",
                      answers="furnished1@example.com")  # fmt: skip
        await r.press("enter")
        assert r.top == "MacroPreview"
        assert rig.dump(url)["leaving"] == []
        assert "! Mette Sørensen wrote just now:" in said(r)
        assert "Jeg er hjemme i aften." in said(r)
        await r.press("enter")
        assert r.top == "DeskScreen"
        assert len(rig.dump(url)["leaving"]) == 1


async def test_a_held_enter_shows_the_macro_and_never_runs_it(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        keep(r, LATE)
        before = store(url)
        await r.press("m")
        await r.burst(*["enter"] * 6, times=lambda at: 1000 + at * 0.03)
        assert r.top == "MacroPreview"
        assert "nothing was done" in r.said
        assert store(url) == before


async def test_it_acts_on_the_case_it_was_shown_for_whatever_is_in_hand_by_then(
    url: str, state: Path
) -> None:
    async with rig.desk(url, state) as r:
        keep(r, LATE)
        await r.press("m", "enter")
        await r.desk.reading.show(2)
        await r.press("enter")
        assert rig.execute(url, "select case_id from messages where kind = 'outbound'") == [(1,)]
        assert rig.execute(url, "select id from cases where status = 'resolved' and id < 7") == [(1,)]


async def test_a_half_typed_draft_is_neither_sent_nor_touched(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        keep(r, LATE)
        await r.press("r")
        await r.type("en helt anden tanke")
        await r.press("escape", "m", "enter", "enter")
        (sent,) = rig.execute(url, "select text from messages where kind = 'outbound'")
        assert "anden tanke" not in sent[0]
        assert rig.execute(url, "select body from drafts") == [("en helt anden tanke",)]
        await r.press("u")
        assert rig.execute(url, "select body from drafts") == [("en helt anden tanke",)]
        assert r.desk.writing.widget.written().body == "en helt anden tanke"


async def test_tab_puts_it_into_the_composer_and_its_actions_follow_the_send(url: str, state: Path) -> None:
    async with rig.desk(url, state, size=(80, 24)) as r:
        macro = Macro(LATE.name, texts=LATE.texts, actions=(*LATE.actions, {"kind": "attach", "file": "a.txt"}),
                      files=(Enclosure("a.txt", "text/plain", b"x"),))  # fmt: skip
        keep(r, macro)
        before = store(url)
        await r.press("m", "enter", "tab")
        assert r.desk.context == "writing"
        assert r.desk.writing.widget.written().body.startswith("Hej Mette")
        assert "status resolved; tag +forsinket" in str(r.desk.query_one("#composer .state").render())  # type: ignore[attr-defined]
        await r.type("!")
        await r.press("ctrl+s")
        assert rig.execute(url, "select status from cases where id = 1") == [("resolved",)]
        assert rig.execute(url, "select filename from attachments where message_id > 22") == [("a.txt",)]
        assert rig.execute(url, "select verb from strokes where agent_id = 1 order by id desc limit 1") == [
            ("macro",)
        ]
        await r.press("u")
        assert store(url)[0] == before[0]
        assert rig.execute(url, "select body from drafts")[0][0].endswith("!")


async def test_f6_puts_the_text_at_the_cursor_of_a_reply_and_of_a_note(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        keep(r, LATE)
        await r.press("r")
        await r.type("Først: ")
        await r.press("f6", "enter")
        assert r.desk.writing.widget.written().body.startswith("Først: Hej Mette")
        assert r.desk.writing.macro == 1
        await r.press("escape", "i", "f6", "enter")
        assert r.desk.writing.widget.written().body.startswith("Hej Mette")
        assert r.desk.writing.macro is None


async def test_the_text_may_be_had_in_another_language_and_scrolled(url: str, state: Path) -> None:
    async with rig.desk(url, state, size=(80, 14)) as r:
        keep(r, Macro("Lang", texts=(LATE.texts[1], MacroText("da", "linje\n" * 60))), ONLY_ACTS)
        await r.press("m", "enter")
        reader = r.app.screen.query_one("#text", Reader)
        await r.press("j", "space")
        assert reader.top > 5
        await r.press("pageup", "k")
        assert reader.top == 0
        assert "WHAT WILL HAPPEN" in said(r, "text"), "one below the other where there is no room beside"
        await r.press("l")
        assert "Your parcel is late." in said(r, "text")
        await r.press("q", "m", "down", "enter")
        assert "Nothing is sent" in said(r, "text")
        assert "edit" not in [title for _key, title in r.app.screen.query_one(Footer).shown(80)]
        await r.press("enter")
        assert rig.execute(url, "select owner_id, priority from cases where id = 1") == [(2, 2)]


async def test_all_that_are_selected_get_it_each_with_its_own_text(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        keep(r, LATE)
        before = rig.dump(url)
        await r.press("x", "j", "x", "m", "enter")
        assert r.top == "ConfirmDialog"
        await r.press("enter")
        await r.settle()
        texts = [
            row[0].split("\n")[0]
            for row in rig.execute(url, "select text from messages where kind = 'outbound'")
        ]
        assert sorted(texts) == ["Hej Mette", "Hej Ola"]
        await r.press("u")
        await r.settle()
        await r.until(lambda: rig.dump(url) == before)


async def test_a_macro_is_written_checked_while_it_is_typed_translated_and_retired(
    url: str, state: Path
) -> None:
    async with rig.desk(url, state) as r:
        await r.press("g", "m", "tab", "c")
        assert r.top == "MacroForm"
        await r.type("Tak")
        await r.press("tab", "tab", "tab")
        await r.type("tga +tak")
        means = r.app.screen.query_one("#means-actions")
        assert "did you mean tag?" in str(means.render())
        await r.press("ctrl+s")
        assert r.top == "MacroForm", "what is wrong stays where it was typed"
        r.app.screen.query_one("#line-actions", Input).value = "tag +tak; snooze tomorrow 9"
        r.app.screen.query_one("#line-language", Input).value = "da"
        await r.press("tab")
        await r.type("Hej {{ customer.nam }}")
        await r.app.screen.look()  # type: ignore[attr-defined]
        assert "did you mean customer.name?" in " ".join(said(r, "reader").split())
        r.app.screen.query_one(TextArea).load_text("Hej {{ customer.name }}")
        await r.app.screen.look()  # type: ignore[attr-defined]
        assert "Hej Mette Sørensen" in said(r, "reader")
        await r.press("ctrl+s")
        assert r.top == "MacrosScreen"
        assert rows(r) == ["Tak"]
        assert rig.execute(url, "select scope, agent_id from macros") == [("personal", 1)]
        await r.press("t")
        r.app.screen.query_one("#line-language", Input).value = "en"
        r.app.screen.query_one(TextArea).load_text("Thanks")
        await r.press("ctrl+s")
        assert rig.execute(url, "select language, text from macro_texts order by language") == [
            ("da", "Hej {{ customer.name }}"), ("en", "Thanks"),
        ]  # fmt: skip
        await r.press("enter")
        r.app.screen.query_one("#line-name", Input).value = "Mange tak"
        await r.press("ctrl+s")
        assert rows(r) == ["Mange tak"]
        await r.press("d")
        assert rows(r) == []
        await r.press("escape", "u")
        assert rig.execute(url, "select name, active from macros") == [("Mange tak", 1)]


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_the_preview_stands_whole_at_every_size(url: str, state: Path, size: tuple[int, int]) -> None:
    async with rig.desk(url, state, size=size) as r:
        keep(r, LATE)
        await r.press("m", "enter")
        shown = said(r, "text") if size[0] < 100 else said(r, "text") + said(r)
        for words in (
            "Mette Sørensen",
            "Hej Mette",
            "WHAT WILL HAPPEN",
            "resolved",
            "in 10 s; u takes all of it back",
        ):
            assert words in shown
        footer = r.app.screen.query_one(Footer)
        assert [title for _key, title in footer.shown(size[0])][:2] == ["run", "edit"]
