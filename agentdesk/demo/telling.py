"""Tells one matter of one customer: the same person, order and thing from the first mail to the last.

Invariant: the same seed tells the same tale; every place in a text is filled in.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from agentdesk.demo import files
from agentdesk.demo.danish import DANISH
from agentdesk.demo.english import ENGLISH
from agentdesk.demo.norwegian import NORWEGIAN
from agentdesk.demo.tongue import Matter, Tongue
from agentdesk.domain.mail import Address, Enclosure
from agentdesk.text.fold import fold

TONGUES = {tongue.code: tongue for tongue in (DANISH, NORWEGIAN, ENGLISH)}
_SIZES = ("S", "M", "L", "XL")
_DOMAINS = ("mail.example", "post.example", "fjordnet.example", "example.com", "example.net")


@dataclass(frozen=True, slots=True)
class Tale:
    """A matter with its facts settled. Each text is one of those that the matter knows."""

    tongue: Tongue
    matter: Matter
    customer: Address
    order: str
    places: dict[str, str]
    dice: random.Random
    bought: datetime
    amount: int
    """What it cost, in the language's currency."""

    def subject(self) -> str:
        """What stands over the first mail."""
        return self._one(self.matter.subjects)

    def letter(self) -> str:
        """The customer's first mail, whole."""
        return self.written(self._one(self.matter.letters))

    def more(self) -> str:
        """The customer's next mail after an answer."""
        return self.written(self._one(self.matter.more), short=True)

    def nudge(self) -> str:
        """The customer's next mail when nobody has answered."""
        return self.written(self._one(self.tongue.nudges), short=True)

    def answer(self, *, again: bool = False) -> str:
        """What an agent writes, without the signature; `again` when it is not the first answer."""
        hello = self.tongue.agent_hello.format(name=self.customer.name.split()[0])
        words = self._one(self.tongue.settled if again else self.matter.answers)
        return f"{hello}\n\n{words}\n\n{self.tongue.agent_bye}"

    def note(self) -> str:
        """What colleagues tell each other."""
        return self._filled(self.matter.note)

    def thanks(self) -> str:
        """The customer's last word."""
        return self.written(self._one(self.tongue.thanks), short=True)

    def written(self, words: str, *, short: bool = False) -> str:
        """Words as this customer sends them: with a hello and a name, or from a telephone."""
        name = self.customer.name
        if short and self.dice.random() < 0.5:
            return f"{words}\n\n{name.split()[0]}\n\n{self.tongue.phone_line}"
        return f"{self.dice.choice(self.tongue.hellos)}\n\n{words}\n\n{self.dice.choice(self.tongue.byes)}\n{name}"

    def enclosures(self) -> tuple[Enclosure, ...]:
        """The files of the first mail."""
        return files.of(self.matter.file, self.order, self.places["money"])

    def _one(self, texts: tuple[str, ...]) -> str:
        return self._filled(self.dice.choice(texts))

    def _filled(self, text: str) -> str:
        return text.format_map(self.places)


def tell(dice: random.Random, tongue: Tongue, topic: str, customer: Address, at: datetime) -> Tale:
    """A tale about this topic that begins at a time."""
    matter = tongue.matter(topic)
    bare, a, the = dice.choice(tongue.worn if matter.worn else tongue.things)
    days = dice.randrange(2, 6)
    bought = at - timedelta(days=days + 5)
    amount = dice.choice(
        (49, 79, 99, 129, 149) if tongue.code == "en" else (199, 249, 299, 399, 499, 799, 1199)
    )
    order = str(dice.randrange(10000, 99999))
    day = f"{bought.day}{' ' if tongue.code == 'en' else '. '}{tongue.months[bought.month - 1]}"
    places = {
        "bare": bare, "Bare": bare.capitalize(), "a": a, "the": the, "The": the[0].upper() + the[1:],
        "order": order, "days": str(days), "date": day, "city": dice.choice(tongue.cities),
        "carrier": dice.choice(tongue.carriers), "track": f"{dice.randrange(10**9, 10**10)}NO",
        "money": tongue.money.format(amount=amount), "size": dice.choice(_SIZES),
        "code": f"NORD{dice.randrange(1000, 10000)}", "house": str(dice.randrange(1, 90)),
    }  # fmt: skip
    return Tale(tongue, matter, customer, order, places, dice, bought, amount)


def somebody(dice: random.Random, tongue: Tongue, taken: set[str]) -> Address:
    """A customer nobody has met: a name and an address that is not taken yet."""
    name = f"{dice.choice(tongue.first_names)} {dice.choice(tongue.last_names)}"
    return known_as(dice, name, taken)


def known_as(dice: random.Random, name: str, taken: set[str]) -> Address:
    """This person with an address that is not taken yet, which is taken then."""
    local = ".".join(word for word in fold(name).replace("'", "").split())
    domain = dice.choice(_DOMAINS)
    address = f"{local}@{domain}"
    number = 1
    while address in taken:
        number += 1
        address = f"{local}{number}@{domain}"
    taken.add(address)
    return Address(name, address)
