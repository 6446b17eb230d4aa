"""The archive of a mailing list, made up: threads with forks, gaps, broken headers and copies, the same for one seed.

Invariant: every mail's text is its own, so that none passes for another; the reference knows ids alone, no texts.
"""

import random
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

from agentdesk.mail.parse import parse

LIST = "talk@lists.example"
_START = datetime(2024, 1, 1, 8, tzinfo=UTC)


def archive(threads: int, seed: int) -> list[bytes]:
    """Mails of this many threads, by date."""
    chance = random.Random(seed)
    mails = [mail for number in range(threads) for mail in _thread(chance, number)]
    mails.sort(key=lambda one: one[0])
    return [raw for _at, raw in mails]


def reference(mails: Sequence[bytes]) -> Mapping[str, int]:
    """The thread of every id: two mails are of one when one names the other, or both name a third (RFC 5256)."""
    root: dict[str, str] = {}

    def find(name: str) -> str:
        while root.setdefault(name, name) != name:
            root[name] = root[root[name]]
            name = root[name]
        return name

    own = []
    for raw in mails:
        message = parse(raw)
        assert message.message_id is not None
        own.append(message.message_id)
        for name in (*message.in_reply_to, *message.references):
            root[find(name)] = find(message.message_id)
    numbers: dict[str, int] = {}
    return {name: numbers.setdefault(find(name), len(numbers)) for name in own}


def _thread(chance: random.Random, number: int) -> list[tuple[datetime, bytes]]:
    at = _START + timedelta(hours=chance.randrange(5000))
    people = [f"p{chance.randrange(60)}@h{n}.example" for n in range(chance.randint(2, 8))]
    above: list[tuple[str, list[str], str]] = []
    found = []
    for place in range(min(40, int(chance.paretovariate(0.9)))):
        at += timedelta(minutes=chance.randint(2, 900))
        parent = chance.choice(above[-4:]) if above else None
        name = f"{number}.{place}.{chance.randrange(10**9)}@{chance.choice(people).partition('@')[2]}"
        sender = chance.choice(people)
        mail = _mail(chance, name, sender, parent, at)
        path = [*parent[1], parent[0]] if parent else []
        above.append((name, path, sender))
        if chance.random() > 0.05:  # some never reached the archive
            found.append((at, bytes(mail)))
            if chance.random() < 0.03:  # the copy of one who was in Cc, without the list's lines
                mail.set_content(f"This is {name}.\n")
                found.append((at, bytes(mail)))
    return found


def _mail(
    chance: random.Random, name: str, sender: str, parent: tuple[str, list[str], str] | None, at: datetime
) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["Date"], mail["Message-ID"] = f"{sender.partition('@')[0]} <{sender}>", at, f"<{name}>"
    mail["To"], mail["Subject"] = LIST, "Re: about it" if parent else f"about {name}"
    mail["List-Id"] = "<talk.lists.example>"
    if parent is not None:
        path = [*parent[1], parent[0]]
        how = chance.random()
        if chance.random() < 0.7:
            mail["Cc"] = parent[2]
        if how < 0.9:  # the others have one of the two headers only
            mail["References"] = " ".join(f"<{one}>" for one in (path if how < 0.75 else path[-3:]))
        if how > 0.1:
            mail["In-Reply-To"] = f"<{parent[0]}>"
    mail.set_content(f"This is {name}.\n\n-- \ntalk mailing list\n")
    return mail
