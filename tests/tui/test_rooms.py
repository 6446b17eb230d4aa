"""Lists and forms: what is typed last counts, nothing typed is lost, and every step back is one."""

from pathlib import Path
from typing import Any

from tui import rig
from tui.rig import Rig
from tui.rooms import Sample, SampleForm

from agentdesk.tui.dialogs.label import Label
from agentdesk.tui.widgets.heading import Heading


def _text(room: Any) -> str:
    return "\n".join(room.roster.line(y).text for y in range(3)).strip()


async def _sample(r: Rig) -> tuple[Sample, list[Any]]:
    answers: list[Any] = []
    room = Sample(r.desk, answers)
    await r.app.push_screen(room)
    await r.settle()
    return room, answers


async def test_typing_narrows_the_list_and_enter_opens_what_was_typed_last(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        _room, answers = await _sample(r)
        await r.type("17")
        await r.press("enter")
        assert answers == [17]
        assert r.top == "DeskScreen"


async def test_a_refused_question_says_why_and_the_next_one_is_answered(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        room, _answers = await _sample(r)
        await r.type("wrong")
        await r.until(lambda: "That is wrong." in r.said)
        await r.press(*["backspace"] * 5)
        await r.until(lambda: "row 0" in _text(room))
        assert "200 rows" in "".join(text for text, _tone in room.query_one(Heading).spans(80))


async def test_tab_and_esc_go_to_and_fro_one_step_at_a_time(url: str, state: Path) -> None:
    async with rig.desk(url, state, size=(80, 24)) as r:
        room, answers = await _sample(r)
        assert room.context == "typing"
        await r.press("tab")
        assert room.context == "list"
        await r.press("j", "j", "tab")
        await r.until(lambda: room.reader.line(0).text == " line 0 of 2")
        assert room.has_class("read")
        await r.press("escape")
        assert not room.has_class("read")
        assert room.roster.current is not None
        assert room.roster.current.value == 2
        await r.press("f")
        assert room.context == "typing"
        await r.press("escape")
        assert r.top == "DeskScreen"
        assert not answers


async def test_a_form_explains_refuses_and_saves(url: str, state: Path) -> None:
    async with rig.desk(url, state, size=(80, 24)) as r:
        answers: list[Any] = []
        form = SampleForm(r.desk, answers)
        await r.app.push_screen(form)
        await r.settle()
        assert str(form.query_one("#means-name", Label).render()) == "called x"
        await r.press("backspace", "ctrl+s")
        assert "It needs a name." in r.said
        assert not answers
        await r.type("navn")
        await r.press("tab")
        await r.type("mere")
        await r.press("tab")
        await r.type("Hej ")
        await r.press("f2")
        assert answers == [{"name": "navn", "more": "mere", "body": "Hej text"}]
        assert r.top == "DeskScreen"
        assert "Saved." in r.said


async def test_esc_asks_before_a_changed_form_is_left_and_never_drops_what_was_typed(
    url: str, state: Path
) -> None:
    async with rig.desk(url, state) as r:
        form = SampleForm(r.desk, [])
        await r.app.push_screen(form)
        await r.settle()
        await r.type("y")
        await r.press("escape")
        assert r.top == "ConfirmDialog"
        await r.press("escape")
        assert r.top == "SampleForm"
        assert form.values()["name"] == "xy"
        await r.press("escape", "enter")
        assert r.top == "DeskScreen"


async def test_after_other_words_the_first_row_is_in_hand(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        room, answers = await _sample(r)
        room.roster.move(170)
        await r.type("17")
        await r.until(lambda: len(room.roster.items) < 30)
        await r.press("enter")
        assert answers == [17]
