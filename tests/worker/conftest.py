"""The desk of the worker's tests, on each database."""

from collections.abc import Iterator

import pytest
from servers.dovecot import Account
from servers.smtp_sink import SmtpSink
from worker.desk import Desk, new_agent, settings_for

from agentdesk.store.engine import open_store
from agentdesk.store.migrate import bring_up_to_date


@pytest.fixture
def desk(database_url: str, account: Account, smtp: SmtpSink) -> Iterator[Desk]:
    """A fresh store, a fresh mailbox, a sink of its own, and Anna."""
    store = open_store(database_url, durable=True)
    bring_up_to_date(store, owner=True)
    yield Desk(store, database_url, account, smtp, new_agent(store), settings_for(account, smtp))
    store.close()
