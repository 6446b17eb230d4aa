"""A list and a form as small as they come, to press every key of theirs on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from agentdesk.domain.problems import Problem
from agentdesk.tui.formroom import FormRoom, Line
from agentdesk.tui.listroom import ListRoom, Paragraphs
from agentdesk.tui.widgets.roster import Item

ROWS = 200


class Sample(ListRoom):
    """200 rows, narrowed by what is typed."""

    hint: ClassVar[str] = "type a number"

    def __init__(self, desk: Any, answers: list[Any]) -> None:
        super().__init__(desk, "Sample")
        self.answers = answers

    async def find(self, typed: str) -> tuple[Sequence[Item], str]:
        if typed == "wrong":
            raise Problem("That is wrong.")
        found = [n for n in range(ROWS) if typed in f"row {n}"]
        return [Item(n, str(n), ((f"row {n}", "text"),)) for n in found], f"{len(found)} rows"

    async def read(self, item: Item) -> tuple[Paragraphs, int]:
        return [((f"line {n} of {item.value}", "text"),) for n in range(300)], 0

    async def open(self, item: Item) -> None:
        self.answers.append(item.value)
        await self.leave()


class SampleForm(FormRoom):
    """Two lines and a text."""

    def __init__(self, desk: Any, answers: list[Any]) -> None:
        super().__init__(
            desk, "Form", [Line("name", "Name", "x", meaning=_named), Line("more", "More")], body="text"
        )
        self.answers = answers

    async def save(self, values: Mapping[str, str]) -> str:
        _named(values["name"])
        self.answers.append(dict(values))
        return "Saved."


def _named(value: str) -> str:
    if not value:
        raise Problem("It needs a name.")
    return f"called {value}"
