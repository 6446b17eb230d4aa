"""To whom an answer goes.

Invariant: reply-all is kept and none of our own addresses is ever among the recipients.
"""

import json

from sqlalchemy import Connection, select

from agentdesk.domain.mail import Address
from agentdesk.mail.addresses import reply_recipients
from agentdesk.store import codec
from agentdesk.store.tables import channels, messages
from agentdesk.text.clean import clean_line

Recipients = tuple[tuple[Address, ...], tuple[Address, ...]]


def recipients(session: Connection, case_id: int) -> Recipients:
    """(To, Cc) of an answer in this case: to all of the newest customer's message, else as our last one went."""
    own = frozenset(address.lower() for address in session.scalars(select(channels.c.address)) if address)
    query = (
        select(messages).where(messages.c.case_id == case_id, messages.c.kind.in_(("inbound", "outbound")))
        .order_by(messages.c.person.desc(), (messages.c.kind == "inbound").desc(), messages.c.id.desc()).limit(1)
    )  # fmt: skip
    row = session.execute(query).one_or_none()
    if row is None:
        return (), ()
    to, cc = codec.read_people(row.to), codec.read_people(row.cc)
    if row.kind == "outbound":
        return to, cc
    sender = Address(clean_line(row.from_name), clean_line(row.from_address)) if row.from_address else None
    named = json.loads(row.facts).get("reply_to", ())
    reply_to = tuple(Address(clean_line(one["name"]), clean_line(one["address"])) for one in named)
    return reply_recipients(sender, reply_to, to, cc, own)
