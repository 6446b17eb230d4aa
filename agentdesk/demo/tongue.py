"""What a language of the made-up world consists of: names, things for sale, and the matters that people write about.

Invariant: plain values; the texts stand in `danish`, `norwegian` and `english`, word for word as somebody would write
them, with {places} that `telling` fills in.
"""

from dataclasses import dataclass

Thing = tuple[str, str, str]
"""Something for sale: as in a list, with its article, and as the one spoken of (jakke, en jakke, jakken)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """One kind of everyday trouble, from the first mail to the last."""

    topic: str
    subjects: tuple[str, ...]
    letters: tuple[str, ...]
    """What the customer writes first."""
    answers: tuple[str, ...]
    """What an agent answers; the last word is the agent's."""
    more: tuple[str, ...]
    """What the customer writes when the answer was not enough."""
    note: str
    """What colleagues tell each other."""
    tags: tuple[str, ...] = ()
    file: str = ""
    """What hangs on the first mail: photo, receipt or log; nothing when empty."""
    worn: bool = False
    """The thing is something to wear, with a size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongue:
    """One language, and how its people write."""

    code: str
    channel: str
    first_names: tuple[str, ...]
    last_names: tuple[str, ...]
    cities: tuple[str, ...]
    carriers: tuple[str, ...]
    months: tuple[str, ...]
    things: tuple[Thing, ...]
    worn: tuple[Thing, ...]
    money: str
    hellos: tuple[str, ...]
    byes: tuple[str, ...]
    phone_line: str
    """What a telephone writes under a mail."""
    wrote: str
    """What a mail program writes above a quoted mail."""
    agent_hello: str
    agent_bye: str
    thanks: tuple[str, ...]
    """A customer's answer that needs none."""
    asks: tuple[str, ...]
    """A customer's answer that asks on."""
    settled: tuple[str, ...]
    """An agent's answer to a second mail."""
    nudges: tuple[str, ...]
    """What a customer writes whom nobody has answered yet."""
    matters: tuple[Matter, ...]

    def matter(self, topic: str) -> Matter:
        """The matter of this topic."""
        return next(one for one in self.matters if one.topic == topic)
