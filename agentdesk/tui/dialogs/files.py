"""The files and links of a case: Enter reads one, s saves it; the list stays until it is left.

Invariant: nothing is opened or saved that was not in hand when the key came.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from agentdesk.tui.dialogs.choose import Choice, Choices, ChooseDialog

MOVES = {"j": 1, "k": -1}


class FilesDialog(ChooseDialog):
    """A list with two verbs. Its letters are verbs, its digits the rows."""

    def __init__(
        self, question: str, choices: Sequence[Choice], read: Callable[[Any], Awaitable[None]],
        save: Callable[[Any], Awaitable[None]], hint: str,
    ) -> None:  # fmt: skip
        super().__init__(question, choices, read, hint=hint)
        self._save = save
        self.typing = False

    async def unbound(self, key: str, character: str | None) -> bool:
        """s saves what is in hand, j and k move."""
        shown = self.query_one(Choices)
        if character == "s" and shown.choices:
            await self._save(shown.choices[shown.cursor].value)
            return True
        if character in MOVES:
            self.move(MOVES[character])
            return True
        return await super().unbound(key, character)

    async def _answer(self, choice: Choice) -> None:
        await self._then(choice.value)
