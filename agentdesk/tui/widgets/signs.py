"""The signs that the desk draws: one cell wide in every terminal, each with a stand-in of plain ASCII.

Invariant: no sign carries a meaning alone; a word, a column or a number says the same.
"""

from dataclasses import dataclass

from agentdesk.domain.lifecycle import Status


@dataclass(frozen=True, slots=True)
class Signs:
    """One set of signs."""

    mail: str = "@"
    chat: str = "»"
    present: str = "●"
    sent: str = "✓"
    folded: str = "▸"
    note: str = "░"
    aside: str = "│"
    row: str = "▌"
    rule: str = "─"
    rule_here: str = "━"
    dot: str = "·"
    down: str = "↓"
    open: str = "○"
    snoozed: str = "z"
    spam: str = "x"
    picked: str = "+"
    times: str = "×"

    def channel(self, kind: str) -> str:
        """The sign of a channel's kind: mail, or chat for everything that is written line by line."""
        return self.mail if kind in ("email", "") else self.chat

    def status(self, status: Status) -> str:
        """The sign of a case's status."""
        if status in (Status.RESOLVED, Status.CLOSED):
            return self.sent
        return {Status.SNOOZED: self.snoozed, Status.SPAM: self.spam}.get(status, self.open)


RICH = Signs()
POOR = Signs(
    chat=">", present="*", sent="v", folded=">", note=":", aside="|", row="|", rule="-", rule_here="=", dot="-",
    down="v", open="o", times="x",
)  # fmt: skip


STAND_INS = str.maketrans(
    "…·•–—─━│▌░▸●✓○«»“”„‘’←→↑↓×",
    '~-*---=||:>*vo"""""\'\'<>^vx',
)
"""One plain character for each sign that a poor terminal may lack: ours, and those that mail programs write."""


def signs(*, poor: bool) -> Signs:
    """The set for this terminal."""
    return POOR if poor else RICH
