"""What every channel can do, and how each act may end.

Invariant: a channel raises only what stands here, each with one sentence for a person and never a secret in
it; it knows no store. One thread reads (`folders`, `fetch`, `end`, `wait`) and one thread sends (`deliver`,
`append_sent`): each has connections of its own. `interrupt` may be called from any thread.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from agentdesk.domain.mail import Batch, Outgoing
from agentdesk.domain.problems import Problem


class ChannelDown(Problem):
    """The other side cannot be reached or broke off: trying again later may well do."""


class ChannelRefused(Problem):
    """The other side, or a setting, says no: trying again changes nothing until a person has mended it."""


class TryAgain(Problem):
    """The message was surely not taken; a later attempt may succeed."""

    def __init__(self, sentence: str, *, needs_person: bool = False) -> None:
        """`needs_person`: the cause is a setting (a password, a certificate), so there is no hurry to try again."""
        super().__init__(sentence)
        self.needs_person = needs_person


class Rejected(Problem):
    """The message was surely not taken, and never will be as it is."""


class MaybeSent(Problem):
    """The connection was lost behind the end of the message: it may have been taken, so it must not be sent again."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """The message was taken for at least one recipient; `refused` maps each other one to the reason."""

    refused: dict[str, str] = field(default_factory=dict)
    later: dict[str, str] = field(default_factory=dict)
    """Put off, not refused: a later try may reach these. The reason, or "" where only their number was too large."""


class Channel(Protocol):
    """One mailbox or chat of ours, as its settings describe it."""

    kind: ClassVar[str]
    name: str

    def folders(self) -> tuple[str, ...]:
        """What `fetch` can read, the one that customers write to first. Raises ChannelDown, ChannelRefused."""
        ...

    def fetch(self, folder: str, cursor: str | None, limit: int = 100) -> Iterator[Batch]:
        """All that came behind the cursor, oldest first, at most `limit` messages at a time.

        The cursor of a batch stands for having kept it. After a ChannelDown the caller begins again with the last
        cursor it kept; a message may then come twice, none is left out.
        """
        ...

    def end(self, folder: str) -> str:
        """The cursor that stands for all that is in the folder now."""
        ...

    def wait(self, timeout: float) -> bool:
        """Until something new is in the first folder (True), or the time is over or `interrupt` was called (False)."""
        ...

    def interrupt(self) -> None:
        """End a running `wait`, or the next one, at once; from any thread."""
        ...

    def deliver(self, outgoing: Outgoing, before_body: Callable[[], None]) -> Delivered:
        """Send one message. `before_body` is called once, right before the body is transmitted; what it raises
        stops the sending. Raises TryAgain (also behind `before_body`), Rejected, MaybeSent.
        """
        ...

    def append_sent(self, raw: bytes) -> bool:
        """Put a copy of a sent message where the mailbox keeps them; False when that is not needed or not possible."""
        ...

    def test(self, report: Callable[[str], None] | None = None) -> list[str]:
        """Try all that the channel needs; one line for each step, also handed to `report` as it is done."""
        ...

    def close(self) -> None:
        """Hang up. The channel can be used again afterwards."""
        ...
