"""No address and no name of a folder or user becomes a command of its own on the line to a server."""

from contextlib import suppress
from pathlib import Path

import pytest
from channels.mailboxes import channel_of, outgoing
from channels.smtp_script import Script
from servers.odd_imap import OddImap

from agentdesk.channels.contract import ChannelDown, ChannelRefused, Rejected
from agentdesk.config.load import read
from agentdesk.config.settings import Imap, Smtp
from agentdesk.domain.mail import Outgoing
from agentdesk.domain.problems import Problem

_EVIL = (
    "a@b.dk>\r\nRCPT TO:<evil@evil.example", "a@b.dk\nDATA", "a@b.dk\r\n.\r\nMAIL FROM:<x@y.dk>", "a@b.dk\0",
    "<a@b.dk>",
    "a@b.dk> NOTIFY=SUCCESS", "a\x7f@b.dk", "å@b.dk",
)  # fmt: skip


@pytest.mark.parametrize("evil", _EVIL)
def test_an_address_is_never_a_command(evil: str) -> None:
    with Script({}) as script:
        channel = channel_of(smtp=Smtp(host="127.0.0.1", port=script.port, tls="none"))
        sent = outgoing()
        told = channel.deliver(
            Outgoing(1, "support", sent.sender, ("anna@example.dk", evil), sent.raw), lambda: None
        )
        with pytest.raises(Rejected):
            channel.deliver(Outgoing(2, "support", evil, ("anna@example.dk",), sent.raw), lambda: None)
        channel.close()
    assert set(told.refused) == {evil}
    said = [one.partition(" ")[0].lower() for one in script.commands]
    assert (said.count("rcpt"), said.count("mail")) == (1, 1)
    assert "evil" not in " ".join(script.commands)
    assert len(script.bodies) == 1


def test_a_folder_is_never_a_command() -> None:
    evil = 'INBOX"\r\nA1 DELETE "INBOX'
    with OddImap({1: b"Subject: x\r\n\r\nHej"}) as server:
        channel = channel_of(Imap(host="127.0.0.1", port=server.port, tls="none", user="anna", password="x"))
        with suppress(ChannelDown, ChannelRefused):
            list(channel.fetch(evil, None, 1))
        channel.close()
    opened = [one for one in server.commands if "INBOX" in one]
    assert opened
    assert all(one.upper().startswith(("EXAMINE ", "SELECT ", "STATUS ", "LIST ")) for one in opened), opened


@pytest.mark.parametrize("key", ["host", "user", "folder"])
def test_settings_that_hold_a_line_break_are_refused(key: str, tmp_path: Path) -> None:
    facts = {"host": "mail.example.dk", "user": "anna", "folder": "INBOX"} | {key: "x\\r\\nA1 DELETE INBOX"}
    text = '[[channel]]\nkind = "email"\nname = "a"\naddress = "a@b.dk"\n[channel.imap]\npassword = "x"\n'
    with pytest.raises(Problem, match=f"channel.imap.{key}: .*control character"):
        read(text + "".join(f'{name} = "{value}"\n' for name, value in facts.items()), tmp_path / "a.toml")
