"""Hostile mail on its way into the store: every one is counted, none blocks another, none comes twice."""

from datetime import UTC, datetime

from mail.hostile import kinds
from sqlalchemy import func, select

from agentdesk.automation import intake
from agentdesk.domain.mail import RawMail
from agentdesk.services.intake import Tally
from agentdesk.services.people import ChannelFacts, publish_channel
from agentdesk.store.engine import Store
from agentdesk.store.tables import messages, quarantine
from agentdesk.store.unit import SYSTEM

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
BATCH = 150


def test_every_hostile_mail_is_ingested_or_a_duplicate_or_quarantined(store: Store) -> None:
    with store.unit(SYSTEM, NOW) as unit:
        channel_id = publish_channel(unit, ChannelFacts("email", "support", "support@shop.example"))
    mails = [RawMail(raw, name) for name, raw in kinds().items()]
    first = Tally()
    for at in range(0, len(mails), BATCH):
        first += intake.take_in(store, NOW, channel_id, mails[at : at + BATCH])
    assert first.seen == len(mails) == first.ingested + first.duplicate + first.quarantined
    assert first.ingested > 900
    assert first.quarantined > 5
    with store.engine.connect() as session:
        assert session.scalar(select(func.count()).select_from(messages)) == first.ingested
        reasons = session.scalars(select(quarantine.c.reason)).all()
    assert len(reasons) == first.quarantined
    assert all(reason.startswith("This is no mail") for reason in reasons)  # never a fault of the program
    again = intake.take_in(store, NOW, channel_id, mails[:: len(mails) // 40])
    assert again.duplicate == again.seen
