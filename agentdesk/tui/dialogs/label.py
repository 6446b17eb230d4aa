"""A few words in a dialog: clean, no markup.

Invariant: what stands here acts on nothing, whoever wrote it.
"""

from textual.widgets import Static

from agentdesk.text.clean import clean


class Label(Static):
    """Static text of ours."""

    def __init__(self, text: str, *, id: str | None = None) -> None:  # noqa: A002  Textual's own name
        super().__init__(clean(text), id=id, markup=False)

    def put(self, text: str) -> None:
        """Show other words of the same height."""
        self.update(clean(text), layout=False)
