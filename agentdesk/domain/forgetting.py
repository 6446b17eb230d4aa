"""What is known of a person who is to be forgotten, what stands of them where, and what was done about it.

Invariant: `ACTS` says for every trace what erasing does with it: gone, replaced, or left for a person to decide.
"""

from dataclasses import dataclass
from typing import Final

from agentdesk.config.language import N_

MARK: Final = N_("erased")
"""The mark of a message of which only the fact and the time are left."""
PARTLY: Final = N_("partly erased")
"""The mark of somebody else's message from which an address or quotes were taken."""
ACTS: Final = {"erased": N_("goes"), "replaced": N_("is replaced"), "listed": N_("is yours to decide")}
KINDS: Final = {
    "customer": N_("the customer's name, language and addresses"),
    "case": N_("what their cases say; number and times stay"),
    "message": N_("messages with their texts"), "raw": N_("the very bytes of mails"),
    "attachment": N_("files"), "draft": N_("drafts"), "outbox": N_("what the outbox keeps of replies"),
    "waiting": N_("replies that have not left, which are stopped first"), "note": N_("notes on the customer"),
    "order": N_("orders"), "wish": N_("wishes for fresh orders"), "participant": N_("accepted participants"),
    "answer": N_("what a machine answered"), "block": N_("blocked senders"), "side": N_("side conversations"),
    "quarantine": N_("mails in the quarantine"), "move": N_("what merges remember"),
    "quote": N_("messages of others in the same cases"), "address": N_("their address in other messages"),
    "text": N_("their address in other texts"), "name": N_("their name in others' texts"),
    "phone": N_("their phone number in others' texts"), "number": N_("their order numbers in others' texts"),
}  # fmt: skip
"""Every kind of trace and what it is called."""


@dataclass(frozen=True, slots=True)
class Person:
    """A customer with everybody who was merged into them: all that they are known by."""

    customers: tuple[int, ...]
    names: tuple[str, ...]
    addresses: tuple[str, ...]
    erased: bool = False
    """They were forgotten already."""


@dataclass(frozen=True, slots=True)
class Trace:
    """One kind of trace: how many there are, what erasing does with them, a few of them in words."""

    kind: str
    act: str
    count: int
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Find:
    """A place in free text that erasing leaves as it is: a person reads it and decides."""

    kind: str
    place: str
    """Where it stands: the table and the row's number, as `message 12`."""
    case_id: int | None
    words: str
    """What was found there."""
    excerpt: str


@dataclass(frozen=True, slots=True)
class Traces:
    """All that erasing a customer would find. `seen` is the newest message that was looked through, `named` are those
    up to it that hold an address of theirs."""

    person: Person
    traces: tuple[Trace, ...]
    finds: tuple[Find, ...]
    find_count: int
    seen: int
    named: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Erased:
    """What was done: cases that are empty shells now, and how many rows of which kind went or were rewritten."""

    customers: tuple[int, ...]
    cases: tuple[int, ...]
    messages: int
    rewritten: int
    counts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Swept:
    """Whether the files of the store hold nothing of it any more, and what remains for how long, in sentences."""

    clean: bool
    remains: tuple[str, ...] = ()
