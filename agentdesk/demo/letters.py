"""Writes the mails of the made-up world, as RFC 5322 bytes.

Invariant: whoever answers quotes and names what is answered, as every mail program does.
"""

import random
from datetime import datetime

from agentdesk.demo import files
from agentdesk.demo.telling import Tale
from agentdesk.demo.tongue import Tongue
from agentdesk.domain.mail import Address, Letter, Message
from agentdesk.mail.compose import compose, references_for, reply_subject


def first_mail(tale: Tale, to: Address, at: datetime) -> bytes:
    """The mail that a case begins with."""
    return compose(
        Letter(
            sender=tale.customer, to=(to,), subject=tale.subject(), text=tale.letter(), date=at,
            message_id=new_id(tale.dice), html=tale.dice.random() < 0.3, enclosures=tale.enclosures(),
        )
    )  # fmt: skip


def next_mail(tale: Tale, text: str, answered: Message, to: Address, at: datetime) -> bytes:
    """A further mail of the customer: below it stands what it answers, or nothing if that was the customer's own."""
    own = answered.sender is not None and answered.sender.key == tale.customer.key
    return reply(
        Letter(
            sender=tale.customer, to=(to,), subject="", text=text, date=at, message_id=new_id(tale.dice),
            html=tale.dice.random() < 0.3,
        ),
        answered, tale.tongue, quoted="" if own else answered.text,
    )  # fmt: skip


def answer(  # noqa: PLR0917  all of them are facts of the one mail
    tale: Tale, answered: Message, body: str, who: Address, signature: str, at: datetime, *, receipt: bool
) -> bytes:
    """What an agent writes under the customer's mail; with the invoice, where the matter is one."""
    enclosed = files.of("receipt", tale.order, tale.places["money"])
    letter = Letter(
        sender=who, to=(tale.customer,), subject="", text=body, date=at, html=False, signature=signature,
        message_id=new_id(tale.dice, "nordbutik.example"),
        enclosures=enclosed if receipt and tale.matter.topic == "invoice" else (),
    )  # fmt: skip
    return reply(letter, answered, tale.tongue, quoted=answered.text)


def reply(letter: Letter, answered: Message, tongue: Tongue, *, quoted: str) -> bytes:
    """The letter as an answer to a mail."""
    who = answered.sender or Address("", "")
    day = f"{answered.date or letter.date:%Y-%m-%d %H:%M}"
    return compose(
        Letter(
            sender=letter.sender, to=letter.to, subject=reply_subject(answered.subject), text=letter.text,
            date=letter.date, message_id=letter.message_id, html=letter.html, signature=letter.signature,
            enclosures=letter.enclosures, in_reply_to=answered.message_id,
            references=references_for(answered.message_id, answered.references), quoted=quoted,
            quoted_intro=tongue.wrote.format(date=day, name=who.name or who.address),
        )
    )  # fmt: skip


def came_back(sent: Message, to: Address, at: datetime) -> bytes:
    """The report of a mail server that could not deliver a mail of ours (RFC 3464)."""
    recipient = sent.to[0].address
    stamp = at.strftime("%d %b %Y %H:%M:%S +0000")
    lines = (
        "From: Mail Delivery System <mailer-daemon@mail.example>", f"To: {to.address}",
        "Subject: Undelivered Mail Returned to Sender", f"Date: {stamp}",
        f"Message-ID: <returned-{sent.message_id}>", "Auto-Submitted: auto-replied", "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="=_report"', "",
        "--=_report", "Content-Type: text/plain; charset=us-ascii", "",
        f"<{recipient}>: host mx.mail.example said: 550 5.1.1 User unknown", "",
        "--=_report", "Content-Type: message/delivery-status", "",
        "Reporting-MTA: dns; mail.example", "", f"Final-Recipient: rfc822; {recipient}", "Action: failed",
        "Status: 5.1.1", "",
        "--=_report", "Content-Type: text/rfc822-headers", "", f"Message-ID: <{sent.message_id}>", "",
        "--=_report--", "",
    )  # fmt: skip
    return "\r\n".join(lines).encode("ascii")


def new_id(dice: random.Random, domain: str = "mail.example") -> str:
    """A Message-ID of this seed."""
    return f"{dice.getrandbits(64):016x}@{domain}"
