"""Access tokens for XOAUTH2 from an identity provider: the consent once, by a code typed on its page, then
refreshed.

Invariant: the refresh token lies in a file of our own that nobody else can read; the access token lies in
memory. Neither is in an exception, a log or a `repr`. Tokens travel over HTTPS only (loopback excepted).
"""

import json
import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from agentdesk.channels.contract import ChannelDown, ChannelRefused
from agentdesk.channels.email.tls import is_loopback
from agentdesk.config import log
from agentdesk.config.language import _
from agentdesk.config.places import state_dir
from agentdesk.config.settings import OAuth

_SECONDS = 30.0
_RENEW_BEFORE = 60.0
_DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_MICROSOFT = "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"
_GOOGLE = "https://oauth2.googleapis.com/token"
_SCOPES: Mapping[str, str] = {
    "microsoft": "offline_access https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send",
    "google": "https://mail.google.com/",
    "custom": "offline_access",
}


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """What a person types where to let us in, and how long that is possible."""

    user_code: str
    page: str
    seconds: float
    interval: float
    device_code: str = field(repr=False)


def token_file(channel: str, environment: Mapping[str, str]) -> Path:
    """Where the refresh token of a channel lies."""
    return state_dir(environment) / f"oauth-{quote(channel, safe='')}.json"


class Tokens:
    """The access tokens of one channel; for its reading and its sending thread."""

    def __init__(self, oauth: OAuth, file: Path) -> None:
        self._oauth = oauth
        self._file = file
        self._lock = threading.Lock()
        self._access = ""
        self._good_until = 0.0

    def access_token(self) -> str:
        """One that is good for at least a minute more."""
        with self._lock:
            if not self._access or time.monotonic() > self._good_until - _RENEW_BEFORE:
                self._renew()
            return self._access

    def forget(self) -> None:
        """The server did not take it: get another next time."""
        with self._lock:
            self._access = ""

    def _renew(self) -> None:
        refresh = self._stored()
        answer = _ask(
            _token_url(self._oauth),
            {"grant_type": "refresh_token", "client_id": self._oauth.client_id, "refresh_token": refresh},
        )
        if "access_token" not in answer:
            raise ChannelRefused(
                _(
                    "The consent given to read this mailbox holds no longer ({reason}); run agentdesk setup again."
                ).format(reason=_reason(answer))
            )
        self._access = str(answer["access_token"])
        log.hide_passing(self._access, str(self._file))
        self._good_until = time.monotonic() + float(answer.get("expires_in", 3600))
        if answer.get("refresh_token", refresh) != refresh:
            _store(self._file, str(answer["refresh_token"]))

    def _stored(self) -> str:
        try:
            refresh = str(json.loads(self._file.read_text())["refresh_token"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ChannelRefused(
                _("Nobody has yet given consent to read this mailbox; run agentdesk setup.")
            ) from error
        log.hide_passing(refresh, f"refresh {self._file}")
        return refresh


def ask_for_code(oauth: OAuth) -> DeviceCode:
    """Begin: the code that a person types on the provider's page."""
    if oauth.provider == "google":
        raise ChannelRefused(
            _(
                "Google gives no such codes for mail; name a program that prints an access token as token_command."
            )
        )
    url = _token_url(oauth).rsplit("/", 1)[0] + "/devicecode"
    answer = _ask(url, {"client_id": oauth.client_id, "scope": _SCOPES[oauth.provider]})
    try:
        return DeviceCode(
            user_code=str(answer["user_code"]),
            page=str(answer["verification_uri"]),
            seconds=float(answer["expires_in"]),
            interval=float(answer.get("interval", 5)),
            device_code=str(answer["device_code"]),
        )
    except (KeyError, ValueError, TypeError) as error:
        raise ChannelRefused(
            _(
                "The identity provider gives no code ({reason}); check [channel.oauth] in the settings."
            ).format(reason=_reason(answer))
        ) from error


def await_consent(
    oauth: OAuth, code: DeviceCode, file: Path, pause: Callable[[float], object] = time.sleep
) -> None:
    """Until the person has typed the code; then the refresh token is kept in `file`."""
    end, interval = time.monotonic() + code.seconds, code.interval
    while time.monotonic() < end:
        pause(interval)
        question = {
            "grant_type": _DEVICE_GRANT,
            "client_id": oauth.client_id,
            "device_code": code.device_code,
        }
        answer = _ask(_token_url(oauth), question)
        if "refresh_token" in answer:
            _store(file, str(answer["refresh_token"]))
            return
        if answer.get("error") == "slow_down":
            interval += 5
        elif answer.get("error") != "authorization_pending":
            raise ChannelRefused(_("The consent was not given ({reason}).").format(reason=_reason(answer)))
    raise ChannelRefused(_("The code was not typed in time; ask for another one."))


def _token_url(oauth: OAuth) -> str:
    if oauth.token_url:
        url = oauth.token_url
    elif oauth.provider == "google":
        url = _GOOGLE
    else:
        url = _MICROSOFT.format(tenant=quote(oauth.tenant or "common", safe=""))
    parts = urlsplit(url)
    if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        raise ChannelRefused(
            _("token_url must begin with https://, so that no token can be read on its way.")
        )
    return url


def _ask(url: str, question: dict[str, str]) -> dict[str, Any]:
    """The provider's answer, an error of the protocol included."""
    import httpx  # noqa: PLC0415  only channels with a provider pay for it

    host = urlsplit(url).hostname
    try:
        response = httpx.post(url, data=question, timeout=_SECONDS)
        answer = response.json()
    except (httpx.HTTPError, ValueError) as error:
        # without its cause, whose text may hold the question
        raise ChannelDown(
            _("The identity provider {host} gives no answer ({kind}); it will be tried again.").format(
                host=host, kind=type(error).__name__
            )
        ) from None
    if response.status_code >= 500 or not isinstance(answer, dict):
        raise ChannelDown(
            _("The identity provider {host} is out of order ({code}); it will be tried again.").format(
                host=host, code=response.status_code
            )
        )
    return answer


def _reason(answer: dict[str, Any]) -> str:
    """The protocol's error word only: descriptions may hold more than a person should see."""
    word = str(answer.get("error", ""))
    return word if word.isascii() and word.isidentifier() else _("no reason given")


def _store(file: Path, refresh_token: str) -> None:
    """Write it whole or not at all, readable by its owner only from the first byte."""
    log.hide_passing(refresh_token, f"refresh {file}")
    unfinished = file.with_name(f"{file.name}.{os.getpid()}.new")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600, exist_ok=False)
    unfinished.write_text(json.dumps({"refresh_token": refresh_token}))
    unfinished.rename(file)
