"""Who takes part in a case, by what its messages tell of them.

A message introduces its sender and everybody it is addressed to: ours always, a customer's when nothing about it is in
doubt. Whoever writes without having been introduced is marked, and introduces nobody.
Invariant: nobody comes to take part by what a stranger, a machine or a forged sender wrote.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from agentdesk.config.language import N_

UNKNOWN = N_("unknown participant")
FROM_US = N_("from our own address")
FORGED = N_("may not be from this sender")
"""The receiving server says so: the real owner of the address gets the answers, nobody else whom the mail names."""
PASSED_ON = N_("passed on by a colleague")
"""By somebody who writes under a colleague's address, which anybody can: the customer gets the answers, nobody else
whom the mail names."""
FROM_CUSTOMER = N_("from the customer")
"""In a side conversation, where the customer takes no part."""
DOUBTS = (UNKNOWN, FROM_US, FORGED, PASSED_ON, FROM_CUSTOMER)
"""Marks of messages that introduce nobody; a signature's or a list's are none of them."""
NOT_ANSWERED = (UNKNOWN, FROM_US)
"""Marks of messages whose senders get no answer until an agent has said so."""


@dataclass(slots=True)
class People:
    """The addresses (lower case) of a case, or of one side conversation in it."""

    known: set[str] = field(default_factory=set)
    """who takes part"""
    writers: set[str] = field(default_factory=set)
    """whoever wrote, ourselves left out"""
    named: set[str] = field(default_factory=set)
    """whoever wrote or was written to, in any message"""

    def hear(self, sender: str, written_to: Iterable[str], *, ours: bool, trusted: bool) -> None:
        """Take one message in: `trusted` when it is a person's and nothing about it is in doubt."""
        everybody = {sender, *written_to} - {""}
        self.named |= everybody
        if not ours and sender:
            self.writers.add(sender)
        if ours or trusted:
            self.known |= everybody

    def has_in_common(
        self, sender: str, written_to: Collection[str], own: Collection[str], domains: Collection[str]
    ) -> bool:
        """Is there anybody in this mail who has to do with the case already?

        Addresses of ours are nobody, and an address at a domain of ours that both were only written to (an alias, a
        group before the mailbox) is no person that two customers have in common.
        """
        if sender in self.named and sender not in own:
            return True
        written = {one for one in written_to if one not in own}
        if written & self.writers:
            return True
        return any(one in self.named and one.rpartition("@")[2] not in domains for one in written)
