"""Every channel keeps the contract, whatever its kind."""

import inspect
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from channels.mailboxes import imap_of, mail, outgoing, smtp_of
from servers.dovecot import Account
from servers.smtp_sink import SmtpSink

from agentdesk.channels import CHANNELS, open_channel
from agentdesk.channels.contract import Channel, ChannelRefused, Delivered
from agentdesk.config.settings import Channel as Settings

Customer = Callable[[bytes], object]


def an_email_channel(account: Account, smtp: SmtpSink) -> tuple[Settings, Customer]:
    settings = Settings(
        kind="email", name="support", address="support@shop.dk", imap=imap_of(account), smtp=smtp_of(smtp)
    )
    return settings, account.deliver


ARRANGEMENTS = {"email": an_email_channel}


@pytest.fixture(params=[kind for kind, _place in CHANNELS])
def arranged(
    request: pytest.FixtureRequest, account: Account, smtp: SmtpSink
) -> Iterator[tuple[Channel, Customer, SmtpSink]]:
    settings, customer = ARRANGEMENTS[request.param](account, smtp)
    channel = open_channel(settings)
    yield channel, customer, smtp
    channel.close()


def test_a_channel_has_all_the_contract_names_with_the_same_parameters(
    arranged: tuple[Channel, Customer, SmtpSink],
) -> None:
    channel, _customer, _smtp = arranged
    for name, promised in inspect.getmembers(Channel, inspect.isfunction):
        if not name.startswith("_"):
            kept = inspect.signature(getattr(type(channel), name))
            assert list(kept.parameters) == list(inspect.signature(promised).parameters), name
    assert (channel.kind, channel.name) == ("email", "support")


def test_what_came_is_fetched_once_and_waited_for(arranged: tuple[Channel, Customer, SmtpSink]) -> None:
    channel, customer, _smtp = arranged
    folder = channel.folders()[0]
    customer(mail(1))
    assert channel.wait(0)
    (first,) = channel.fetch(folder, None)
    assert [raw.raw for raw in first.messages] == [mail(1)]
    assert list(channel.fetch(folder, first.cursor)) == []
    assert not channel.wait(0)
    channel.interrupt()
    assert not channel.wait(60)
    customer(mail(2))
    assert channel.wait(10)
    (second,) = channel.fetch(folder, first.cursor)
    assert [raw.raw for raw in second.messages] == [mail(2)]


def test_what_is_sent_arrives_once_after_the_mark(arranged: tuple[Channel, Customer, SmtpSink]) -> None:
    channel, _customer, smtp = arranged
    marks: list[int] = []
    done = channel.deliver(outgoing("ase@kunde.dk"), lambda: marks.append(len(smtp.messages)))
    assert done == Delivered({})
    assert marks == [0]
    assert [kept.recipients for kept in smtp.messages] == [("ase@kunde.dk",)]


def test_a_channel_can_be_used_again_after_close(arranged: tuple[Channel, Customer, SmtpSink]) -> None:
    channel, customer, _smtp = arranged
    assert channel.test()
    channel.close()
    customer(mail(1))
    assert len(list(channel.fetch(channel.folders()[0], None))) == 1


def test_an_unknown_kind_is_refused_by_name() -> None:
    with pytest.raises(ChannelRefused, match=r'"support".*"pigeon".*email'):
        open_channel(Settings(kind="pigeon", name="support", address=""))


def test_the_registry_imports_no_plug_in() -> None:
    program = (
        "import sys, agentdesk.channels; "
        "sys.exit(any(name in sys.modules for name in ('imapclient', 'smtplib', 'agentdesk.channels.email')))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
