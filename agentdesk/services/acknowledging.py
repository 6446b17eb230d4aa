"""The automatic answer to a person's new case: "we have your mail", in the words of the channel's settings.

It goes out in the commit that opens the case, or never. RFC 3834 and its practice decide whether: never to machines,
lists, bounces, spam, ourselves, old or imported mail, nor to what came before the words were set; at most one a day to
an address, so that every loop ends. It goes to the writer alone, says Auto-Submitted, and leaves from the channel's
address rather than from nobody's (RFC 3834 3.3 allows both): a report about it then names the address that does not
work, and no report is ever answered.
Invariant: an automatic answer is no answer: it stops no clock and moves no case.
"""

import secrets
from typing import Any

from sqlalchemy import func, insert, select

from agentdesk.config.language import _
from agentdesk.domain import replyaddress
from agentdesk.domain.courtesy import ANSWERED, BUSY, DAY, HOUR, KIN, kin
from agentdesk.domain.lifecycle import Delivery
from agentdesk.domain.macros import first_name
from agentdesk.domain.mail import Address, Letter, Message
from agentdesk.domain.problems import Problem
from agentdesk.mail import addresses, compose
from agentdesk.mail.automatic import is_machine
from agentdesk.mail.digest import digest
from agentdesk.mail.parse import parse
from agentdesk.services import post
from agentdesk.services.keys import reply_key
from agentdesk.store import codec
from agentdesk.store.tables import automatic_answers, cases, channels, messages, outbox
from agentdesk.store.unit import UnitOfWork
from agentdesk.text import template
from agentdesk.text.clean import clean_line

_LOOKED_AT = 200
_KNOWN = (
    "case.number",
    "case.subject",
    "channel.name",
    "channel.address",
    "customer.name",
    "customer.first_name",
)
"""What the words may ask to be filled in; a customer may have no name, so that asks for a default."""


def check(words: str, name: str) -> None:
    """Raises Problem, in one sentence, for words that could not be sent to every customer of the channel `name`."""
    asked = ""
    try:
        foreign = sorted(template.check(words) - set(_KNOWN))
        empty = template.fill(words, dict.fromkeys(_KNOWN[:4], "x")).missing
        asked = next(iter((*foreign, *empty)), "")
    except template.Misformed as error:
        raise Problem(
            _("The acknowledgement of {channel} cannot be filled in: {reason}").format(
                channel=clean_line(name), reason=error
            )
        ) from error
    if asked:
        raise Problem(
            _(
                "The acknowledgement of {channel} asks for {{{{ {place} }}}}, which may be empty: "
                "leave it out or give it a default."
            ).format(channel=clean_line(name), place=asked)
        )


def acknowledge(
    unit: UnitOfWork, channel: Any, case_id: int, message_id: int, message: Message
) -> int | None:
    """Answer the mail that has just opened a case, where that is right; returns the answer's message id."""
    words = channel.acknowledgement.strip()
    if not words or not channel.address or not _may_answer(unit, case_id, message_id, message):
        return None
    try:
        text = template.fill(words, _values(channel, case_id, message))
    except (
        template.Misformed
    ):  # `check` has refused such words; should they stand there, no mail may wait for them
        return None
    if text.missing:
        return None
    return _send(unit, channel, case_id, _letter(unit, channel, case_id, message, text.text))


def _writer(message: Message) -> Address:
    """The person behind the mail; nobody's address is no address to answer."""
    return message.original_sender or message.sender or Address("", "")


def _may_answer(unit: UnitOfWork, case_id: int, message_id: int, message: Message) -> bool:
    who = _writer(message)
    if not message.answerable or message.auto_submitted or message.bounce or is_machine(who.key):
        return False
    try:
        addresses.check((who,))
    except Problem:
        return False
    query = select(messages.c.at, channels.c.acknowledges_since).join(
        channels, channels.c.id == messages.c.channel_id
    )
    stored = unit.session.execute(query.where(messages.c.id == message_id)).one()
    if stored.at < max(unit.at - DAY, stored.acknowledges_since or 0):
        return False
    own = unit.session.scalars(select(channels.c.address)).all()
    if addresses.is_own(who.key, {address.lower() for address in own}):
        return False
    return not _often_answered(unit, who) and not _is_busy(unit, case_id)


def _often_answered(unit: UnitOfWork, who: Address) -> bool:
    """Whether this address was answered within a day, or too many that look as if a robot had made them up."""
    relatives = automatic_answers.c.address.like(f"%@{who.key.rpartition('@')[2]}")
    query = select(automatic_answers.c.address).where(automatic_answers.c.at > unit.at - DAY)
    if unit.session.scalar(query.where(automatic_answers.c.address == who.key).limit(1)) is not None:
        return True
    newest = query.where(relatives).order_by(automatic_answers.c.at.desc()).limit(_LOOKED_AT)
    return sum(kin(one) == kin(who.key) for one in unit.session.scalars(newest)) >= KIN


def _is_busy(unit: UnitOfWork, case_id: int) -> bool:
    """Whether the customer has opened so many cases within the hour that no person is writing them."""
    whose = select(cases.c.customer_id).where(cases.c.id == case_id).scalar_subquery()
    opened = select(func.count()).where(cases.c.customer_id == whose, cases.c.created_at > unit.at - HOUR)
    return int(unit.session.scalar(opened) or 0) > BUSY


def _values(channel: Any, case_id: int, message: Message) -> dict[str, str]:
    """What the words may ask for."""
    who = _writer(message)
    return {
        "case.number": str(case_id), "case.subject": post.plain_subject(message.subject) or str(case_id),
        "channel.name": channel.name, "channel.address": channel.address, "customer.name": who.name,
        "customer.first_name": first_name(who.name),
    }  # fmt: skip


def _letter(unit: UnitOfWork, channel: Any, case_id: int, message: Message, text: str) -> Letter:
    reply_to = None
    if channel.reply_address and channel.reply_verified:
        token = replyaddress.sign(case_id, reply_key(unit))
        reply_to = Address(channel.name, replyaddress.fill(channel.reply_address, token))
    subject = compose.reply_subject(message.subject)
    if channel.subject_token and f"[#{case_id}]" not in subject:
        subject = f"{subject} [#{case_id}]"
    return Letter(
        sender=Address(channel.name, channel.address), to=(_writer(message),), subject=subject, text=text.strip("\n"),
        date=unit.now,
        message_id=compose.new_message_id(secrets.token_hex(12), channel.address.rpartition("@")[2]),
        reply_to=reply_to, in_reply_to=message.message_id,
        references=compose.references_for(message.message_id, message.references), signature=channel.signature,
        html=channel.html, automatic=True,
    )  # fmt: skip


def _send(unit: UnitOfWork, channel: Any, case_id: int, letter: Letter) -> int:
    """Keep it and put it into the outbox; it leaves at once, for nobody is there who could want it back."""
    raw = compose.compose(letter)
    message = parse(raw)
    message_id = post.store(
        unit, case_id=case_id, channel_id=channel.id, kind="outbound", at=unit.at, message=message,
        raw=codec.pack(raw), digest=digest(message, raw), marks=(ANSWERED,),
    )  # fmt: skip
    who = letter.to[0]
    key = unit.session.execute(
        insert(outbox).values(
            message_id=message_id, case_id=case_id, channel_id=channel.id, state=Delivery.QUEUED, not_before=unit.at,
            sender=channel.address, recipients=codec.words((who.address.strip(),)),
        )
    ).inserted_primary_key  # fmt: skip
    assert key is not None
    unit.session.execute(insert(automatic_answers).values(address=who.key, message_id=message_id, at=unit.at))
    unit.record("message", case_id, "answered automatically", None, message_id)
    unit.record("outbox", case_id, "queued", None, int(key[0]))
    return message_id
