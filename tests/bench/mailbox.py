"""A mailbox under fire, against a real Dovecot: does every mail stand in the store once, whatever breaks?

    PYTHONPATH=.:tests python -m bench.mailbox [--mails N] [--rounds N] [--cuts N] [--kills N] [--seed N] [STORE ...]

First the whole mailbox; then rounds in which mail comes, moves, is flagged and expunged while the line is cut and the
server killed at random bytes; then other UIDs for all of it; then cuts and kills swept over every part of one fetch.
Invariant: what it counts is what Dovecot and the store hold, not what this script did; it exits with 1 when a mail is
missing or stands twice. Servers, stores and folders are gone afterwards.
"""

import argparse
import json
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from channels.mailboxes import channel_of, imap_of, mail
from imapclient import IMAPClient
from servers.dovecot import Account, Dovecot
from servers.postgres import Postgres
from servers.proxy import Proxy
from sqlalchemy import select

from agentdesk.channels.contract import ChannelDown
from agentdesk.config.settings import Channel, Settings
from agentdesk.services.intake import Tally
from agentdesk.store.engine import Store, open_store
from agentdesk.store.migrate import bring_up_to_date
from agentdesk.store.tables import messages
from agentdesk.worker.run import run_once

_ROUNDS_AT_MOST = 60
"""Fetches after the last fault until one comes to its end."""


@dataclass
class Fire:
    """One mailbox, one line to it, one store, and what has been counted."""

    account: Account
    proxy: Proxy
    store: Store
    chance: random.Random
    tally: Tally = field(default_factory=Tally)
    delivered: int = 0
    troubles: int = 0
    kills: int = 0

    def fetch(self) -> Tally:
        """One pass of the worker's own job."""
        imap = imap_of(self.account, port=self.proxy.port)
        channel = Channel(kind="email", name="support", address="support@shop.dk", imap=imap)
        outcome = run_once(Settings(channels=(channel,)), self.store, lambda: datetime.now(UTC), ("fetch",))
        self.tally += outcome.tally
        self.troubles += len(outcome.troubles)
        return replace(outcome.tally) if not outcome.troubles else Tally(seen=-1)

    def fetch_to_the_end(self) -> Tally:
        """Until a pass has no trouble."""
        self.proxy.heal()
        for _try in range(_ROUNDS_AT_MOST):
            got = self.fetch()
            if got.seen >= 0:
                return got
        raise SystemExit("a mailbox without faults cannot be read to its end")

    def deliver(self, count: int) -> None:
        """So many new mails of different sizes."""
        for _mail in range(count):
            self.delivered += 1
            padding = 72 * self.chance.choice((1, 5, 20, 60, 400))
            self.account.deliver(mail(self.delivered, f"mail {self.delivered}", padding))

    def ids_in_store(self) -> Counter[str]:
        """How often each Message-ID stands there."""
        with self.store.session() as session:
            return Counter(session.scalars(select(messages.c.message_id)).all())

    def ids_in_inbox(self) -> set[str]:
        """The Message-IDs that lie in the mailbox now."""
        with self.other() as client:
            client.select_folder("INBOX", readonly=True)
            found = client.fetch(client.search(), ["ENVELOPE"])
        return {one[b"ENVELOPE"].message_id.decode().strip("<>") for one in found.values()}

    def other(self) -> IMAPClient:
        """The phone of a colleague, on a line of its own."""
        client = IMAPClient("127.0.0.1", self.account.port, ssl=False, timeout=20)
        client.login(self.account.user, self.account.password)
        return client

    def missing_and_doubled(self) -> tuple[int, int]:
        """Mails of the inbox that the store does not hold, and Message-IDs that it holds twice."""
        held = self.ids_in_store()
        return len(self.ids_in_inbox() - held.keys()), sum(count - 1 for count in held.values())


def initial(fire: Fire, count: int) -> dict[str, object]:
    """The whole mailbox for the first time."""
    fire.deliver(count)
    began, cpu = time.monotonic(), time.process_time()
    got = fire.fetch_to_the_end()
    missing, doubled = fire.missing_and_doubled()
    return {
        "mails": count, "ingested": got.ingested, "missing": missing, "doubled": doubled,
        "seconds": round(time.monotonic() - began, 1), "cpu": round(time.process_time() - cpu, 1),
    }  # fmt: skip


def under_fire(fire: Fire, rounds: int, kills: int) -> dict[str, object]:
    """Mail comes and goes while the line is cut, in every round, and the server killed, in some."""
    killing = set(fire.chance.sample(range(rounds), min(kills, rounds)))
    for number in range(rounds):
        fire.deliver(fire.chance.randint(1, 12))
        with suppress(Exception):  # the server may just have been killed under this client
            _meddle(fire)
        after = int(fire.chance.paretovariate(0.5) * 300)
        if number in killing:
            killer = threading.Thread(target=_kill_after, args=(fire, after))
            killer.start()
            fire.fetch()
            killer.join()
            fire.account.server.start()
        else:
            fire.proxy.cut_after(after, up=fire.chance.random() < 0.2, reset=fire.chance.random() < 0.5)
            fire.fetch()
    fire.fetch_to_the_end()
    missing, doubled = fire.missing_and_doubled()
    tally = fire.tally
    return {
        "rounds": rounds, "cuts": fire.proxy.cuts, "kills": fire.kills, "broken off": fire.troubles,
        "delivered": fire.delivered, "missing": missing, "doubled": doubled, "quarantined": tally.quarantined,
        "adds up": tally.seen == tally.ingested + tally.duplicate + tally.quarantined,
    }  # fmt: skip


def _meddle(fire: Fire) -> None:
    """What colleagues do with their phones."""
    with fire.other() as client:
        client.select_folder("INBOX")
        uids = fire.chance.sample(client.search(), 4)
        client.add_flags(uids[:2], [b"\\Seen", b"\\Answered"])
        client.move(uids[2:3], "Archive")
        client.delete_messages(uids[3:])
        client.expunge()
        client.select_folder("Archive")
        if back := client.search():
            client.move(back[:1], "INBOX")


def _kill_after(fire: Fire, count: int) -> None:
    """Kill the server once it has said so much more, or half a second is over."""
    until, deadline = fire.proxy.down + count, time.monotonic() + 0.5
    while fire.proxy.down < until and time.monotonic() < deadline:
        time.sleep(0.0005)
    fire.account.server.kill()
    fire.kills += 1


def numbered_anew(fire: Fire) -> dict[str, object]:
    """Another UIDVALIDITY: everything comes again, nothing is new."""
    before = sum(fire.ids_in_store().values())
    fire.account.server.forget_uids(fire.account.user)
    got = fire.fetch_to_the_end()
    missing, doubled = fire.missing_and_doubled()
    return {
        "seen again": got.seen, "new": sum(fire.ids_in_store().values()) - before, "missing": missing,
        "doubled": doubled,
    }  # fmt: skip


def sweep(server: Dovecot, cuts: int) -> dict[str, object]:
    """Cuts at evenly spread bytes of one fetch, from and to the server, in order and by RST."""
    account = server.fresh()
    mails = [mail(number, padding=200 * (number % 5) ** 3) for number in range(20)]
    for one in mails:
        account.deliver(one)
    with Proxy(account.port) as proxy:
        assert _read(account, proxy) == mails
        totals = {False: proxy.down, True: proxy.up}
        wrong = 0
        for step in range(cuts):
            up = step % 4 == 3
            proxy.cut_after(1 + totals[up] * step // cuts, up=up, reset=step % 2 == 1)
            wrong += _read(account, proxy) != mails
            proxy.heal()
        return {"cuts": cuts, "came true": proxy.cuts, "wrong": wrong}


def _read(account: Account, proxy: Proxy) -> list[bytes]:
    """All mails, by a reader that begins again at the cursor it kept."""
    channel = channel_of(imap_of(account, port=proxy.port))
    got: list[bytes] = []
    cursor: str | None = None
    for _try in range(_ROUNDS_AT_MOST):
        with suppress(ChannelDown):
            for batch in channel.fetch("INBOX", cursor, 6):
                got += [raw.raw for raw in batch.messages]
                cursor = batch.cursor
            break
    channel.close()
    return got


def run(url: str, server: Dovecot, options: argparse.Namespace) -> bool:
    """All of it on one store; prints a line for each part. Whether every mail stands there once."""
    account = server.fresh()
    store = open_store(url, durable=True)
    good = True
    try:
        bring_up_to_date(store, owner=True)
        with Proxy(account.port) as proxy:
            fire = Fire(account, proxy, store, random.Random(options.seed))
            for name, part in (
                ("initial", lambda: initial(fire, options.mails)),
                ("under fire", lambda: under_fire(fire, options.rounds, options.kills)),
                ("numbered anew", lambda: numbered_anew(fire)),
            ):
                counts = part()
                good = good and not (counts["missing"] or counts["doubled"] or counts.get("new"))
                print(json.dumps({"part": name, "store": store.dialect, **counts}), flush=True)
    finally:
        store.close()
    return good and fire.tally.quarantined == 0


def main() -> int:
    """Read the options, run, say how it went."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("stores", nargs="*", default=["sqlite", "postgresql"])
    for name, default in (("mails", 10_000), ("rounds", 150), ("kills", 40), ("cuts", 400)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    options = parser.parse_args()
    print(json.dumps({"seed": options.seed}), flush=True)
    good = True
    with ExitStack() as stack:
        server = stack.enter_context(Dovecot())
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        for kind in options.stores:
            url = f"sqlite:///{folder}/desk.db"
            if kind == "postgresql":
                url = stack.enter_context(Postgres()).database()
            good = run(url, server, options) and good
        swept = sweep(server, options.cuts)
        print(json.dumps({"part": "sweep", **swept}), flush=True)
    return 0 if good and not swept["wrong"] else 1


if __name__ == "__main__":
    sys.exit(main())
