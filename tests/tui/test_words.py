"""At 80 columns no screen cuts a word of ours, in English, Danish and Norwegian: what is cut is what people wrote."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from house.catalogue import po_file
from tui import rig
from tui.rig import Rig

from agentdesk.config import language
from agentdesk.tui.commands import COMMANDS
from agentdesk.tui.keys import Command

GONE = ("leave",)
_CUT = re.compile(r"([^│▌░·…]{4,}?)…")
_GAP = re.compile(r"\s{2,}")


def _ours(spoken: str) -> set[str]:
    """All texts of the program in a language."""
    found: set[str] = set()
    with po_file("da" if spoken == "en" else spoken).open("rb") as file:
        for message in read_po(file):
            of_language = message.id if spoken == "en" else message.string
            found.update([of_language] if isinstance(of_language, str) else of_language)
    return {one for one in found if len(one) > 4}


def _cut(screen: str, ours: set[str]) -> list[str]:
    """Texts of ours that stand on the screen with an ellipsis in the middle of what they say."""
    found = []
    for line in screen.splitlines():
        for match in _CUT.finditer(line):
            begun = _GAP.split(match[1])[-1].strip()
            if len(begun) >= 4 and any(one.startswith(begun) and one != begun for one in ours):
                found.append(f"{begun}…")
    return found


def _screen(r: Rig) -> str:
    return "\n".join(strip.text for strip in r.app.screen._compositor.render_strips())


async def _walk(r: Rig, command: Command) -> str:
    await command.run(r.desk)
    await r.settle()
    drawn = _screen(r)
    while r.top != "DeskScreen":
        await r.press("escape")
    return drawn


@pytest.mark.parametrize("spoken", language.LANGUAGES)
async def test_no_screen_cuts_a_word_of_ours_at_eighty_columns(spoken: str, url: str, state: Path) -> None:
    language.choose(spoken)
    ours, cut = _ours(spoken), {}
    try:
        async with rig.desk(url, state, size=(80, 24)) as r:
            for pane in ("queue", "conversation", "customer"):
                r.desk.focus_pane(pane)  # type: ignore[arg-type]
                await r.settle()
                cut[f"desk, {pane}"] = _cut(_screen(r), ours)
            r.desk.focus_pane("conversation")
            for command in COMMANDS:
                if command.context == "desk" and command.effect == "screen" and command.when(r.desk):
                    cut[command.name] = _cut(await _walk(r, command), ours)
    finally:
        language.choose("en")
    assert len(cut) > 20
    assert {name: texts for name, texts in cut.items() if texts} == {}
