"""The seeded corpus is what it says, and an everyday mail is cheap to take in."""

import itertools
import time

from bench.corpus import generate

from agentdesk.mail.digest import digest
from agentdesk.mail.parse import parse


def test_the_same_seed_gives_the_same_mails_and_a_smaller_count_their_beginning() -> None:
    assert list(generate(40, seed=3)) == list(itertools.islice(generate(60, seed=3), 40))
    assert list(generate(5, seed=3)) != list(generate(5, seed=4))


def test_everyday_mail_is_read_without_repair_and_cheaply() -> None:
    raws = [raw for _name, raw in generate(2000, seed=7)]
    assert 3000 < sum(map(len, raws)) / len(raws) < 6000
    parse(raws[0])  # what is loaded once is not counted
    started = time.process_time()
    messages = [parse(raw) for raw in raws]
    spent = (time.process_time() - started) / len(raws) * 1000
    assert spent < 1.0, f"{spent:.2f} ms CPU per mail"
    assert len({message.message_id for message in messages}) == len(messages)
    assert len({digest(message, raw) for message, raw in zip(messages, raws, strict=True)}) == len(messages)
    assert not any(message.charset_errors or message.defects for message in messages)
    assert not any("\n> " in message.reply_text or "\n-- \n" in message.reply_text for message in messages)
    for share, found in (
        (0.014, sum(message.bounce for message in messages)),
        (0.08, sum(bool(message.attachments) and not message.bounce for message in messages)),
        (0.6, sum(bool(message.references) for message in messages)),
        (0.68, sum(message.html_present for message in messages)),
    ):
        assert share * 0.5 < found / len(messages) < share * 1.5
