"""Access tokens from an identity provider: consent by a code, refreshed when they run out, never shown."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from channels.mailboxes import imap_of, mail
from servers.dovecot import Account
from servers.provider import Provider

from agentdesk.channels.contract import ChannelDown, ChannelRefused
from agentdesk.channels.email import EmailChannel
from agentdesk.channels.email.oauth import Tokens, ask_for_code, await_consent, token_file
from agentdesk.config import log
from agentdesk.config.settings import Channel, OAuth


@pytest.fixture
def provider() -> Iterator[Provider]:
    provider = Provider()
    yield provider
    provider.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "oauth.json"
    file.write_text(json.dumps({"refresh_token": "first"}))
    return file


def oauth_of(provider: Provider) -> OAuth:
    return OAuth(provider="custom", client_id="agentdesk", token_url=provider.token_url)


def test_a_token_is_used_until_it_runs_out(provider: Provider, file: Path) -> None:
    tokens = Tokens(oauth_of(provider), file)
    assert tokens.access_token() == tokens.access_token() == provider.access[0]
    assert len(provider.questions) == 1
    tokens.forget()
    assert tokens.access_token() == provider.access[1]
    short = Provider(seconds=30)
    hasty = Tokens(oauth_of(short), file)
    assert hasty.access_token() != hasty.access_token()
    short.close()


def test_the_log_is_told_every_token_before_it_travels(
    provider: Provider, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: set[str] = set()
    monkeypatch.setattr(log, "hide", told.add)
    monkeypatch.setattr(log, "hide_passing", lambda secret, _owner: told.add(secret))
    provider.rotate = True
    Tokens(oauth_of(provider), file).access_token()
    assert {"first", provider.access[0], *provider.refresh} <= told


def test_a_new_refresh_token_replaces_the_old_one_and_only_we_can_read_it(
    provider: Provider, file: Path
) -> None:
    provider.rotate = True
    Tokens(oauth_of(provider), file).access_token()
    assert json.loads(file.read_text())["refresh_token"] in provider.refresh
    assert file.stat().st_mode & 0o077 == 0
    assert Tokens(oauth_of(provider), file).access_token() == provider.access[-1]


def test_consent_withdrawn_missing_or_a_provider_that_is_away_is_one_sentence(
    provider: Provider, file: Path
) -> None:
    provider.refresh.clear()
    with pytest.raises(ChannelRefused, match="invalid_grant") as refused:
        Tokens(oauth_of(provider), file).access_token()
    assert "never to be shown" not in str(refused.value)
    with pytest.raises(ChannelRefused, match="Nobody has yet given consent"):
        Tokens(oauth_of(provider), file.with_name("none")).access_token()
    provider.close()
    with pytest.raises(ChannelDown, match="gives no answer"):
        Tokens(oauth_of(provider), file).access_token()
    away = OAuth(provider="custom", client_id="agentdesk", token_url="http://id.example.dk/token")
    with pytest.raises(ChannelRefused, match="https"):
        Tokens(away, file).access_token()


def test_a_typed_code_gives_consent(provider: Provider, tmp_path: Path) -> None:
    oauth, file, pauses = oauth_of(provider), tmp_path / "new.json", []
    code = ask_for_code(oauth)
    assert (code.user_code, code.page) == ("ABCD-EFGH", "https://id.example/device")

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        provider.consented = len(pauses) == 3

    await_consent(oauth, code, file, pause)
    assert pauses == [1, 1, 1]
    assert file.stat().st_mode & 0o077 == 0
    assert Tokens(oauth, file).access_token() == provider.access[-1]


def test_a_channel_with_a_provider_reads_its_mailbox(
    account: Account, provider: Provider, tmp_path: Path
) -> None:
    environment = {"XDG_STATE_HOME": str(tmp_path)}
    token_file("støtte/1", environment).write_text(json.dumps({"refresh_token": "first"}))
    known = account.server.tokens
    assert known
    imap = imap_of(account, password="", auth="xoauth2")
    settings = Channel(
        kind="email", name="støtte/1", address="s@shop.dk", imap=imap, oauth=oauth_of(provider)
    )
    channel = EmailChannel(settings, environment)
    account.deliver(mail(1))
    with pytest.raises(ChannelRefused, match="does not accept the access token"):
        list(channel.fetch("INBOX", None))
    known.users["access-2"] = account.user
    assert len(list(channel.fetch("INBOX", None))) == 1
    assert provider.access == ["access-1", "access-2"]
