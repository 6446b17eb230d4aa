"""Seeded support mail for benches and tests: threads of customers and agents in Danish, Norwegian, English and German.

    PYTHONPATH=tests python -m bench.corpus --count 10000 --seed 7 MAILDIR

The same (count, seed) gives the same bytes; a smaller count is the beginning of a larger one. About one mail in two is
HTML with a plain twin, one in twelve has an attachment, one in seventy is a bounce; a few are out-of-office answers.
Words follow Zipf's law over 20,000 made-up ones, so that search has common and rare words to find. Mean size 4 kB.
"""

import argparse
import base64
import bisect
import html
import itertools
import os
import quopri
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.utils import formatdate
from pathlib import Path
from urllib.parse import quote

from bench.words import (
    ANSWERED,
    ASKED,
    AWAY,
    FAREWELLS,
    FIRST_NAMES,
    GREETINGS,
    LANGUAGES,
    LAST_NAMES,
    PHONE_LINES,
    PRODUCTS,
    REPLY_PREFIX,
    SUBJECTS,
    SYLLABLES,
    WROTE,
)

SHOP = "nordbutik.example"
SUPPORT = f"support@{SHOP}"
START = 1_767_225_600  # 1 January 2026, 00:00 UTC
VOCABULARY = 20_000
CUSTOMERS = 40_000
_LENGTHS = (1, 2, 3, 4, 5, 6, 8, 11)
_LENGTH_WEIGHTS = (40, 22, 14, 9, 6, 4, 3, 2)


@dataclass(frozen=True)
class Person:
    """A writer with habits: language, program, charset and encoding stay the same from mail to mail."""

    name: str
    address: str
    language: str
    charset: str
    encoding: str
    writes_html: bool
    on_phone: bool


@dataclass
class Thread:
    """One matter: what has been written so far, and the ids to refer to."""

    customer: Person
    order: str
    subject: str
    at: float
    ids: list[str] = field(default_factory=list)
    newest: tuple[Person, str, float] | None = None


def vocabulary() -> list[str]:
    """Made-up words by rank, the same for every seed."""
    dice = random.Random("words")
    weights = list(LANGUAGES.values())
    found: dict[str, None] = {}
    while len(found) < VOCABULARY:
        language = dice.choices(list(LANGUAGES), weights)[0]
        found["".join(dice.choices(SYLLABLES[language], k=dice.choice((2, 2, 3, 3, 4))))] = None
    return list(found)


def generate(count: int, seed: int = 7) -> Iterator[tuple[str, bytes]]:
    """Maildir file names and raw mails, oldest first within a thread."""
    writer = _Writer(seed)
    made = 0
    for number in itertools.count():
        for at, raw in writer.thread(number):
            if made >= count:
                return
            flag = "S" if made % 10 < 7 else ""
            yield f"{int(at)}.M{made:07d}P{seed}.corpus:2,{flag}", raw
            made += 1


class _Writer:
    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._dice = random.Random(seed)
        self._words = vocabulary()
        self._word_odds = _zipf(VOCABULARY, 1.05)
        self._customer_odds = _zipf(CUSTOMERS, 0.6)
        self._agents = [
            Person(f"{first} {last}", SUPPORT, language, "utf-8", "quoted-printable", writes_html=True, on_phone=False)
            for first, last, language in (
                ("Mette", "Nørgaard", "da"), ("Bjørn", "Ødegård", "nb"),
                ("Emily", "Clarke", "en"), ("Jürgen", "Weiß", "de"),
            )
        ]  # fmt: skip

    def thread(self, number: int) -> Iterator[tuple[float, bytes]]:
        """The mails of one matter, customer and agent by turns."""
        dice = self._dice
        customer = _customer(_pick(dice, self._customer_odds))
        order = f"NB-{dice.randrange(100_000, 1_000_000)}"
        subject = dice.choice(SUBJECTS[customer.language]).format(order=order)
        thread = Thread(customer, order, subject, START + number * 240 + dice.random() * 240)
        if dice.random() < 0.014 * 2.4:  # a share of the threads, so that one mail in seventy is one
            yield thread.at, self._bounce(thread)
            return
        for turn in range(dice.choices(_LENGTHS, _LENGTH_WEIGHTS)[0]):
            away = turn > 1 and turn % 2 == 0 and dice.random() < 0.06
            answering = turn % 2 == 1 and dice.random() < 0.9
            yield thread.at, self._mail(thread, turn, answering=answering, away=away)
            thread.at += 60 + dice.expovariate(1 / 14_400)

    def _mail(self, thread: Thread, turn: int, *, answering: bool, away: bool) -> bytes:
        dice, customer = self._dice, thread.customer
        agent = next(one for one in self._agents if one.language == customer.language)
        sender = agent if answering else customer
        text = self._text(thread, sender, customer if answering else agent, away=away)
        prefix = AWAY[customer.language][0] if away else REPLY_PREFIX[customer.language] if turn else ""
        message_id = f"<{dice.getrandbits(80):020x}.{turn}@{sender.address.partition('@')[2]}>"
        to = f"{_word(customer.name, 'utf-8')} <{customer.address}>" if answering else f"Support <{SUPPORT}>"
        headers = [
            *self._transport(sender, thread.at),
            f"From: {_word(sender.name, sender.charset)} <{sender.address}>",
            f"To: {to}",
            f"Subject: {_word(prefix + thread.subject, sender.charset)}",
            f"Date: {formatdate(thread.at)}",
            f"Message-ID: {message_id}",
        ]
        if thread.ids:
            headers += [f"In-Reply-To: {thread.ids[-1]}", "References: " + "\n ".join(thread.ids)]
        if away:
            headers += ["Auto-Submitted: auto-replied", "X-Auto-Response-Suppress: All"]
        body = self._alternatives(sender, text) if sender.writes_html else _leaf(text, sender, "plain")
        if not answering and not away and dice.random() < 0.12:
            body = self._with_attachment(body)
        thread.ids.append(message_id)
        thread.newest = (sender, text, thread.at)
        return "\n".join([*headers, "MIME-Version: 1.0", ""]).encode() + body

    def _text(self, thread: Thread, sender: Person, reader: Person, *, away: bool) -> str:
        dice, language = self._dice, thread.customer.language
        if away:
            return f"{AWAY[language][1]}\n\n{FAREWELLS[language]}\n{sender.name}\n"
        sentences = (ANSWERED if sender.address == SUPPORT else ASKED)[language]
        paragraphs = [
            " ".join(self._filled(one, thread) for one in dice.sample(sentences, dice.randrange(2, 5)))
            for _ in range(dice.choices((1, 2, 3, 5), (4, 4, 2, 1))[0])
        ]
        text = f"{GREETINGS[language]} {reader.name.split()[0]}\n\n" + "\n\n".join(paragraphs)
        text += f"\n\n{FAREWELLS[language]}\n{sender.name}\n"
        if sender.address == SUPPORT:
            text += f"\n-- \nNordbutik · +45 70 10 20 30 · https://{SHOP}/hjælp\n"
        elif sender.on_phone:
            text += f"\n{PHONE_LINES[language]}\n"
        if thread.newest is not None and dice.random() < 0.65:
            text += "\n" + _quoted(language, *thread.newest)
        return text

    def _filled(self, sentence: str, thread: Thread) -> str:
        dice = self._dice
        while "{word}" in sentence:
            sentence = sentence.replace("{word}", self._words[_pick(dice, self._word_odds)], 1)
        return sentence.format(
            order=thread.order,
            product=dice.choice(PRODUCTS[thread.customer.language]),
            place=self._words[_pick(dice, self._word_odds)].capitalize(),
            days=dice.randrange(2, 15),
            amount=f"{dice.randrange(49, 5000)},{dice.randrange(10, 100)}",
            tracking=f"{dice.randrange(10**11, 10**12)}DK",
        )

    def _transport(self, sender: Person, at: float) -> list[str]:
        """What servers add on the way; it makes up a good part of an everyday mail."""
        dice, domain = self._dice, sender.address.partition("@")[2]
        signed = base64.b64encode(dice.randbytes(96)).decode()
        received = (
            f"Received: from out{dice.randrange(1, 9)}.{domain} (out.{domain} [192.0.2.{dice.randrange(1, 255)}])\n"
            f"\tby mx.{SHOP} (Postfix) with ESMTPS id {dice.getrandbits(40):010X}\n\tfor <{SUPPORT}>; {formatdate(at)}"
        )
        signature = (
            f"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d={domain}; s=s1;\n\th=from:to:subject:date;"
            f"\n\tb={signed[:64]}\n\t {signed[64:]}"
        )
        return [
            f"Return-Path: <{sender.address}>",
            f"Delivered-To: {SUPPORT}",
            received,
            f"Authentication-Results: mx.{SHOP}; dkim=pass header.d={domain}; spf=pass smtp.mailfrom={domain}",
            signature,
        ]

    def _alternatives(self, sender: Person, text: str) -> bytes:
        edge = f"=_alt_{self._dice.getrandbits(64):016x}"
        parts = [_leaf(text, sender, "plain"), _leaf(_html(text), sender, "html")]
        return _multipart("alternative", edge, parts)

    def _with_attachment(self, body: bytes) -> bytes:
        dice = self._dice
        kind, name = dice.choice(
            (("image/jpeg", "skade"), ("application/pdf", "kvittering"), ("image/png", "skærmbillede"))
        )
        content = base64.encodebytes(dice.randbytes(min(60_000, int(dice.lognormvariate(8.6, 0.8)))))
        filename = quote(f"{name}_{dice.randrange(1000)}.{kind[-3:].replace('peg', 'jpg')}")
        part = (
            f"Content-Type: {kind}\nContent-Disposition: attachment; filename*=utf-8''{filename}\n"
            "Content-Transfer-Encoding: base64\n\n"
        ).encode() + content
        return _multipart("mixed", f"=_mix_{dice.getrandbits(64):016x}", [body, part])

    def _bounce(self, thread: Thread) -> bytes:
        dice, gone = self._dice, thread.customer.address
        domain = gone.partition("@")[2]
        daemon = Person(
            "Mail Delivery System", f"MAILER-DAEMON@{domain}", "en", "us-ascii", "7bit", False, False
        )
        headers = [
            "Return-Path: <>",
            *self._transport(daemon, thread.at)[1:],
            f"From: {daemon.name} <{daemon.address}>",
            f"To: {SUPPORT}",
            "Subject: Undelivered Mail Returned to Sender",
            f"Date: {formatdate(thread.at)}",
            f"Message-ID: <{dice.getrandbits(80):020x}@{domain}>",
            "Auto-Submitted: auto-replied",
            "MIME-Version: 1.0",
            "",
        ]
        report = (
            f"Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.{domain}\n\n"
            f"Final-Recipient: rfc822; {gone}\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 user unknown\n"
        )
        returned = (
            f"Content-Type: text/rfc822-headers\n\nFrom: {SUPPORT}\nTo: {gone}\nSubject: {thread.order}\n"
            f"Message-ID: <{dice.getrandbits(80):020x}@{SHOP}>\n"
        )
        parts = [
            _leaf(f"Your message to <{gone}> could not be delivered.\n", daemon, "plain"),
            report.encode(),
            returned.encode(),
        ]
        edge = f"=_dsn_{dice.getrandbits(64):016x}"
        return "\n".join(headers).encode() + _multipart("report; report-type=delivery-status", edge, parts)


def _customer(number: int) -> Person:
    """The same number is always the same person."""
    dice = random.Random(f"customer {number}")
    language = dice.choices(list(LANGUAGES), list(LANGUAGES.values()))[0]
    return Person(
        f"{dice.choice(FIRST_NAMES[language])} {dice.choice(LAST_NAMES[language])}",
        f"kunde{number}@{dice.choice(('mail', 'post', f'firma{number % 700}'))}.example",
        language,
        dice.choices(("utf-8", "iso-8859-1", "windows-1252", "iso-8859-15"), (70, 14, 12, 4))[0],
        dice.choices(("quoted-printable", "8bit", "base64"), (60, 25, 15))[0],
        writes_html=dice.random() < 0.6,
        on_phone=dice.random() < 0.3,
    )


def _quoted(language: str, writer: Person, text: str, at: float) -> str:
    when = time.gmtime(at)
    intro = WROTE[language].format(
        date=time.strftime("%d.%m.%Y", when),
        time=time.strftime("%H.%M", when),
        name=writer.name,
        address=writer.address,
    )
    return intro + "\n" + "\n".join(f"> {line}" for line in text.rstrip("\n").split("\n")[:30]) + "\n"


def _leaf(text: str, sender: Person, kind: str) -> bytes:
    data = text.encode(sender.charset, "replace")
    if sender.encoding == "quoted-printable":
        data = quopri.encodestring(data)
    elif sender.encoding == "base64":
        data = base64.encodebytes(data)
    head = f"Content-Type: text/{kind}; charset={sender.charset}\nContent-Transfer-Encoding: {sender.encoding}\n\n"
    return head.encode() + data


def _multipart(kind: str, edge: str, parts: list[bytes]) -> bytes:
    separator = f"\n--{edge}\n".encode()
    head = f'Content-Type: multipart/{kind}; boundary="{edge}"\n'.encode()
    return head + separator + separator.join(parts) + f"\n--{edge}--\n".encode()


def _html(text: str) -> str:
    """The markup that a common mail program would make of the text."""
    lines = "".join(
        f'<p class="MsoNormal" style="margin:0cm"><span lang="x">{html.escape(line) or "&nbsp;"}</span></p>\n'
        for line in text.split("\n")
    )
    style = "p.MsoNormal{margin:0cm;font-family:Calibri,sans-serif} a:link{color:#0563C1}"
    return f"<html><head><style>{style}</style></head><body>\n<div>{lines}</div></body></html>\n"


def _word(text: str, charset: str) -> str:
    """A header's text as encoded words where it needs them."""
    if text.isascii():
        return text
    chunks = [text[at : at + 20] for at in range(0, len(text), 20)]
    words = (base64.b64encode(chunk.encode(charset, "replace")).decode() for chunk in chunks)
    return "\n ".join(f"=?{charset}?B?{word}?=" for word in words)


def _zipf(size: int, exponent: float) -> list[float]:
    return list(itertools.accumulate(1 / (rank + 1) ** exponent for rank in range(size)))


def _pick(dice: random.Random, odds: list[float]) -> int:
    return bisect.bisect(odds, dice.random() * odds[-1])


def write_maildir(folder: Path, count: int, seed: int = 7) -> int:
    """Fill `folder/cur`; returns the bytes written."""
    for name in ("cur", "new", "tmp"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    written = 0
    for name, raw in generate(count, seed):
        path = folder / "cur" / name
        path.write_bytes(raw)
        delivered = int(name.partition(".")[0])
        os.utime(path, (delivered, delivered))
        written += len(raw)
    return written


def main() -> None:
    """Write a Maildir and say how large it became."""
    words = argparse.ArgumentParser(description="Write a Maildir of seeded support mail.")
    words.add_argument("maildir", type=Path)
    words.add_argument("--count", type=int, default=10_000)
    words.add_argument("--seed", type=int, default=7)
    given = words.parse_args()
    written = write_maildir(given.maildir, given.count, given.seed)
    print(f"{given.count} mails, {written} bytes, {written // max(1, given.count)} on average")


if __name__ == "__main__":
    main()
