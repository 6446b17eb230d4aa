"""Nordbutik, the made-up shop: its store, its people, its mailboxes.

Invariant: the newest numbers belong to what is open. Ids below are kept free for the history, which is written behind
the open cases and is older than they are.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import text

from agentdesk.domain.mail import Address
from agentdesk.domain.preferences import Preferences, packed
from agentdesk.services import people
from agentdesk.store import search
from agentdesk.store.engine import Store
from agentdesk.store.revision import HEAD
from agentdesk.store.tables import metadata
from agentdesk.store.unit import SYSTEM, Actor

ME: Final = "anna"
HOLDER: Final = "demo"
"""Who holds the worker's lease and the replies on their way: nobody else may start a worker on this store."""
LEASE: Final = 60
"""Seconds for which the lease is held anew each time."""
FIRST_CASE: Final = 46_201
"""The number of the oldest case."""
FREE: Final = 50_000
"""So many ids of each of the tables in KEPT are for the history."""
KEPT: Final = ("customers", "messages", "strokes", "changes", "outbox")

AGENTS: Final = (
    ("anna", "Anna", "Support"),
    ("bjarke", "Bjarke", "Support"),
    ("camilla", "Camilla", "Support"),
    ("daniel", "Daniel", "Returns"),
)
MAILBOXES: Final = (
    # name, address, language, team, minutes to answer
    ("support", "support@nordbutik.example", "da", "Support", 240),
    ("hjelp", "hjelp@nordbutik.example", "nb", "Support", 240),
    ("help", "help@nordbutik.example", "en", "Support", 480),
    ("hej", "hej@nordbutik.example", "da", "Support", None),
    ("retur", "retur@nordbutik.example", "da", "Returns", 1440),
    ("faktura", "faktura@nordbutik.example", "da", "Billing", None),
)
_CHOSEN = packed(Preferences(greeted=True))
"""They have worked here for long: no first screen greets them."""
_SIGNATURE = "{name}\nNordbutik · nordbutik.example"


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One of the shop's mailboxes as the store knows it."""

    id: int
    name: str
    address: Address
    language: str
    team_id: int


@dataclass(frozen=True, slots=True)
class Shop:
    """Who works here and where mail comes in, by name."""

    agents: dict[str, Actor]
    names: dict[str, str]
    mailboxes: dict[str, Mailbox]

    def signature(self, login: str) -> str:
        """What stands under this agent's mails."""
        return _SIGNATURE.format(name=self.names[login])


def open_shop(store: Store, now: datetime, cases: int) -> Shop:
    """Make the store in one go, with room for so many cases of the history, and the shop in it."""
    with store.writing() as connection:
        metadata.create_all(connection)
        search.make(connection)
        connection.execute(
            text("create table alembic_version (version_num varchar(32) not null primary key)")
        )
        connection.execute(text("insert into alembic_version values (:head)"), {"head": HEAD})
        kept = dict.fromkeys(KEPT, FREE) | {"cases": FIRST_CASE + cases - 1}
        connection.execute(
            text("insert into sqlite_sequence (name, seq) values (:name, :seq)"),
            [{"name": name, "seq": seq} for name, seq in kept.items()],
        )
    with store.unit(SYSTEM, now) as unit:
        people.take_lease(unit, "worker", HOLDER, LEASE)
        agents = {
            login: Actor(
                people.add_agent(unit, login, name, email=f"{login}@nordbutik.example", team=team), login
            )
            for login, name, team in AGENTS
        }
        mailboxes = {}
        for name, address, language, team, minutes in MAILBOXES:
            facts = people.ChannelFacts(
                "email", name, address, signature="Nordbutik · nordbutik.example", language=language, team=team,
                answer_within=minutes,
            )  # fmt: skip
            mailbox = people.publish_channel(unit, facts)
            mailboxes[name] = Mailbox(
                mailbox, name, Address("Nordbutik", address), language, people.team_id(unit, team)
            )
        connection = unit.session
        for login, name, _team in AGENTS:
            values = {"signature": _SIGNATURE.format(name=name), "login": login, "chosen": _CHOSEN}
            connection.execute(
                text("update agents set signature = :signature, preferences = :chosen where login = :login"),
                values,
            )
    return Shop(agents, {login: name for login, name, _team in AGENTS}, mailboxes)
