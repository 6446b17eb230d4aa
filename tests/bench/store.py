"""A seeded store of any size, made by bulk insert, and the settings file of a desk on it.

Invariants: the same (cases, seed) gives the same rows on both databases; the store is at the newest revision and a
worker seems to live, so that a desk on it starts none; what a case shows of its messages agrees with them.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from bench.words import FIRST_NAMES, LAST_NAMES, SUBJECTS
from sqlalchemy import Table, insert, text

from agentdesk.domain.preferences import Preferences
from agentdesk.services import people
from agentdesk.store.address import read
from agentdesk.store.engine import open_store
from agentdesk.store.first_frame import first_page
from agentdesk.store.migrate import bring_up_to_date
from agentdesk.store.tables import addresses, case_tags, cases, customers, leases, messages
from agentdesk.store.unit import SYSTEM

AGENT = "anna"
MINUTE = 60_000_000
_CHUNK = 2000
_SETTINGS = """
[store]
url = "{url}"

[me]
agent = "anna"
language = "en"
theme = "fjord"
timezone = "Europe/Copenhagen"
after_send = "stay"

[[channel]]
kind = "email"
name = "support"
address = "support@nordbutik.example"
language = "da"
hold = 10
answer_within = 240
signature = "Venlig hilsen\\nNordbutik"
[channel.imap]
host = "imap.nordbutik.example"
user = "support"
password_env = "NORDBUTIK_PASSWORD"
[channel.smtp]
host = "smtp.nordbutik.example"
user = "support"
password_env = "NORDBUTIK_PASSWORD"
"""
TEXT = "Hej,\n\nHvor er min pakke? Den skulle være kommet i fredags.\n\nVenlig hilsen\n{name}\n"


def furnish(url: str, count: int, seed: int = 7) -> None:
    """A store with this many cases: nine in ten wait, most of them for anybody; each with one mail of its customer."""
    store = open_store(url)
    bring_up_to_date(store, owner=True)
    now = datetime.now(UTC)
    with store.unit(SYSTEM, now) as unit:
        me = people.add_agent(unit, AGENT, "Anna Ås")
        people.set_preferences(unit, me, Preferences(greeted=True))
        people.add_agent(unit, "bo", "Bo Berg")
        channel = people.publish_channel(
            unit, people.ChannelFacts("email", "support", "support@nordbutik.example")
        )
        unit.session.execute(text("insert into tags (id, name) values (1, 'vip'), (2, 'forsinket')"))
        far = unit.at + 40 * 365 * 24 * 60 * MINUTE
        unit.session.execute(insert(leases).values(name="worker", holder="bench", until=far, seen_at=far))
        tables = (customers, addresses, cases, messages, case_tags)
        rows = _rows(random.Random(seed), count, unit.at, me, channel)
        while chunk := list(islice(rows, _CHUNK)):
            for table, some in zip(tables, zip(*chunk, strict=True), strict=True):
                _keep(unit.session, table, [row for row in some if row])
    with store.writing() as connection:
        if connection.dialect.name == "postgresql":
            for table in ("customers", "cases", "messages", "tags"):  # ids were given, not drawn
                connection.execute(
                    text(f"select setval(pg_get_serial_sequence('{table}', 'id'), max(id)) from {table}")
                )
            connection.execute(text("analyze"))  # autovacuum would, in a minute
    store.close()


def _keep(session: Any, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        session.execute(insert(table), rows)


def _rows(
    dice: random.Random, count: int, now: int, me: int, channel: int
) -> Iterator[tuple[dict[str, Any], ...]]:
    """For each case its customer, address, case, mail and tag, in the order of the tables."""
    for number in range(1, count + 1):
        language = dice.choice(("da", "nb", "en", "de"))
        name = f"{dice.choice(FIRST_NAMES[language])} {dice.choice(LAST_NAMES[language])} {number}"  # nobody else's
        subject = dice.choice(SUBJECTS[language]).format(order=f"NB-{number:06}")
        asked = now - dice.randrange(5, 60 * 24 * 20) * MINUTE
        waits = number % 10 > 0
        yield (
            {"id": number, "name": name, "language": language, "created_at": asked},
            {"address": f"kunde{number}@example.com", "customer_id": number},
            {
                "id": number, "subject": subject, "status": "new" if waits else "resolved", "priority": 1,
                "channel_id": channel, "customer_id": number, "owner_id": me if number % 12 == 0 else None,
                "language": language, "due_at": asked + 240 * MINUTE if waits else None,
                "waiting_since": asked if waits else None, "created_at": asked, "updated_at": asked,
                "resolved_at": None if waits else asked, "settled_id": 0 if waits else number, "message_count": 1,
                "unread": 1, "haystack": f"{subject} {name}".lower(),
            },
            {
                "id": number, "case_id": number, "channel_id": channel, "kind": "inbound", "at": asked,
                "sent_at": asked, "from_name": name, "from_address": f"kunde{number}@example.com", "subject": subject,
                "to": '[["", "support@nordbutik.example"]]', "text": TEXT.format(name=name), "person": True,
                "message_id": f"<{number}@example.com>", "digest": f"{number:064}",
            },
            {"case_id": number, "tag_id": 1 + number % 2} if number % 7 == 0 else {},
        )  # fmt: skip


def settings_file(folder: Path, url: str) -> Path:
    """The settings of a typical desk on this store."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "agentdesk.toml"
    path.touch(mode=0o600)
    path.write_text(_SETTINGS.format(url=url), encoding="utf-8")
    return path


def names(url: str, count: int) -> list[str]:
    """Whose cases stand in the first rows of the queue."""
    first = first_page(read(url), AGENT, "team", count)
    assert first is not None
    return [row.customer for row in first.rows]
