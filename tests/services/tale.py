"""A little history with two customers, at random; everything a store holds; what stands in its files.

Invariant: every word that is said of or by a customer is remembered as theirs, and nobody else says it.
"""

import random
from decimal import Decimal
from email.message import EmailMessage
from typing import Any

from services.world import START, SUPPORT, World, incoming
from sqlalchemy import LargeBinary, Text, select

from agentdesk.domain.mail import Address
from agentdesk.domain.orders import Order
from agentdesk.mail.rebuild import contents
from agentdesk.services import customers, forgetting, orders, replies, sides
from agentdesk.services.drafts import Typed
from agentdesk.store import codec
from agentdesk.store.tables import metadata

KAREN = Address("Karen Quistgaard", "karen.q@quist.example")
OLE = Address("Ole Munk", "ole@munk.example")


def line(who: Address) -> str:
    return f"{who.name} <{who.address}>"


def everything(world: World) -> str:
    """All that stands in any column of text or bytes of any table, the packed ones unpacked, and in the index."""
    found: list[str] = []
    with world.store.session() as session:
        for table in metadata.sorted_tables:
            columns = [one for one in table.c if isinstance(one.type, Text | LargeBinary)]
            for row in session.execute(select(*columns)) if columns else ():
                found += [_readable(value) for value in row if value]
        if session.dialect.name == "postgresql":
            found += [str(row[0]) for row in session.exec_driver_sql("select words from search")]
        else:
            session.exec_driver_sql(
                "create virtual table if not exists temp.seen using fts5vocab(main, search, row)"
            )
            found += [row[0] for row in session.exec_driver_sql("select term from seen")]
    return "\n".join(found).lower()


def _readable(value: str | bytes) -> str:
    if isinstance(value, str):
        return value
    try:
        return "\n".join(one.decode("utf-8", "replace") for one in contents(codec.unpack(value)))
    except Exception:  # noqa: BLE001  not packed
        return value.decode("utf-8", "replace")


def erase(world: World, customer_id: int, who: str = "") -> Any:
    with world.unit(who) as unit:
        return forgetting.erase(unit, customer_id)


def of(world: World, who: Address) -> int:
    return int(world.value("select customer_id from addresses where address = :a", a=who.address))


def mail(world: World, who: Address, body: str, *, file: bytes = b"", **headers: str) -> Any:
    """A mail with a file that holds these bytes."""
    letter = world.letter(body, sender=line(who), **headers)
    if not file:
        return letter
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = line(who), SUPPORT, headers.get("subject", "Fil")
    message["Date"], message["Message-ID"] = world.now, headers.get("message_id", "<fil@quist.example>")
    message.set_content(body)
    message.add_attachment(
        file, maintype="application", subtype="octet-stream", filename="kvitteringsfil.bin"
    )
    return incoming(bytes(message), at=world.now)


def order(number: str, who: Address) -> Order:
    return Order(
        number, who.address, who.name, "shipped", START, None, None, Decimal(99), "DKK", "GLS", "", "", ()
    )


# -- a little history with two people, at random ----------------------------------------------------------------------


class Tale:
    """Two customers and what happens with them; every word of theirs is remembered."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.random = world, random.Random(seed)
        self.said: dict[Address, list[str]] = {KAREN: [], OLE: []}
        self.ids: dict[Address, list[str]] = {KAREN: [], OLE: []}
        self.cases: dict[Address, list[int]] = {KAREN: [], OLE: []}

    def word(self, who: Address) -> str:
        """A word that nobody else says; remembered as theirs."""
        made = "".join(self.random.choice("bdfgklmnprstv") + self.random.choice("aeiou") for _n in range(6))
        self.said[who].append(made)
        return made

    def words(self, who: Address) -> str:
        return " ".join(self.word(who) for _n in range(self.random.randint(4, 9)))

    def writes(self, who: Address) -> None:
        name = f"<id{len(self.ids[who])}.{who.name.split()[0].lower()}@{who.address.partition('@')[2]}>"
        letter = mail(self.world, who, self.words(who), subject=self.words(who), message_id=name,
                      file=self.word(who).encode() if self.random.random() < 0.4 else b"")  # fmt: skip
        self.ids[who].append(name)
        self.world.receive(letter)
        self.cases[who].append(self.world.value("select max(id) from cases"))

    def answers(self, who: Address) -> None:
        """We answer them, or are about to."""
        case = self.random.choice(self.cases[who])
        writing = self.world.value(
            "select count(*) from drafts where case_id = :c and kind = 'reply'", c=case
        )
        if self.world.case(case).status == "closed" or writing:
            return
        body, note = self.words(who), self.words(who)
        self.world.replies(case, body, to=(who,), hold=self.random.choice((0, 600)))
        if self.random.random() < 0.5:
            self.world.delivers()
        with self.world.unit("bo") as unit:
            replies.note(unit, case, note)

    def writes_in_the_other_ones_case(self, who: Address) -> None:
        other = OLE if who is KAREN else KAREN
        quoted = self.said[other][0:3]
        said = self.words(who)
        del self.said[other][:3]
        self.said[other] += quoted
        body = f"{said}\n\nDen 2. marts 2026 skrev {other.name} <{other.address}>:\n" + "".join(
            f"> {one}\n" for one in quoted
        )
        letter = self.world.letter(
            body, sender=line(who), subject="Sv: sagen", answers=self.ids[other][0].strip("<>")
        )
        self.world.receive(letter)

    def types(self, who: Address) -> None:
        case = self.random.choice(self.cases[who])
        if self.world.value("select count(*) from drafts where case_id = :c", c=case):
            return  # it would be written over
        self.world.saves(Typed("reply", case, to=(who,), body=self.words(who)), who="bo")

    def is_noted(self, who: Address) -> None:
        with self.world.unit("anna") as unit:
            customers.add_note(unit, of(self.world, who), self.words(who))
            orders.take_in(unit, orders.source(unit, "butik", "csv"), [order(self.word(who), who)])

    def goes_aside(self, who: Address) -> None:
        case = self.random.choice(self.cases[who])
        typed = Typed("side", case, to=(Address("Lager", "lager@depot.example"),), subject=self.words(who),
                      body=self.words(who))  # fmt: skip
        with self.world.unit("anna") as unit:
            sides.send(unit, typed)


def tell(tale: Tale) -> None:
    for who in (KAREN, OLE):
        tale.writes(who)
    acts = (
        tale.writes,
        tale.answers,
        tale.types,
        tale.is_noted,
        tale.goes_aside,
        tale.writes_in_the_other_ones_case,
    )
    for act in (*acts, *tale.random.choices(acts, k=6)):
        for who in (KAREN, OLE):
            act(who)
            tale.world.later(minutes=1)
