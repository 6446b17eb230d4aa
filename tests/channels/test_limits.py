"""Servers that have had enough: too many connections, no room left."""

import pytest
from channels.mailboxes import channel_of, imap_of, mail
from servers.dovecot import Dovecot
from servers.dovecot_config import Limits

from agentdesk.channels.contract import ChannelDown, ChannelRefused


def test_too_many_connections_are_no_wrong_password_and_a_full_mailbox_is_named() -> None:
    with Dovecot(limits=Limits(connections=1, messages=2)) as server:
        account = server.fresh()
        account.deliver(mail(1))
        reading, filing = channel_of(imap_of(account)), channel_of(imap_of(account))
        (batch,) = reading.fetch("INBOX", None)
        with pytest.raises(ChannelDown, match=r"connections.*tried again"):
            filing.append_sent(mail("answer"))
        reading.close()
        assert filing.append_sent(mail("answer"))
        with pytest.raises(ChannelRefused, match=r"is full.*make room"):
            filing.append_sent(mail("second answer"))
        filing.close()
        assert list(reading.fetch("INBOX", batch.cursor)) == []
