"""The password or access token for a server, fetched when it is first needed.

Invariant: a secret lives in memory only; it is in no log (`log.hide` knows each), no exception and no `repr`.
The sources are asked in the order password_command, password_env, password_file, password.
"""

import os
import stat
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from agentdesk.channels.contract import ChannelDown, ChannelRefused
from agentdesk.channels.email.oauth import Tokens
from agentdesk.channels.refusals import Refusals, SignInRefused
from agentdesk.config import log
from agentdesk.config.language import _
from agentdesk.config.settings import Imap, Smtp

_COMMAND_SECONDS = 30


class Credentials:
    """The secret of one server. `tokens` gives access tokens where the settings name no token_command."""

    def __init__(
        self, server: Imap | Smtp, environment: Mapping[str, str], tokens: Tokens | None = None,
        refusals: Refusals | None = None,
    ) -> None:  # fmt: skip
        """`refusals` is shared by all who sign in to this mailbox; without it every attempt is made."""
        self._server = server
        self._environment = environment
        self._tokens = tokens
        self._refusals = refusals
        self._kept: str | None = None

    def __repr__(self) -> str:
        return f"Credentials({self._server.user!r})"

    def check(self) -> None:
        """Before anybody connects: raises the last SignInRefused while it is too early to try that password again."""
        server = self._server
        if self._refusals is None or server.auth == "xoauth2":  # the next token is another one
            return
        try:
            self._refusals.check(server.host, server.port, server.user, self.secret)
        except SignInRefused:
            self.forget()
            raise

    @contextmanager
    def signing_in(self) -> Iterator[str]:
        """The secret, for one attempt; a SignInRefused inside is remembered. Raises the last one while it is too early
        to try that secret again."""
        server = self._server
        try:
            if self._refusals is None:
                yield self.secret()
                return
            with self._refusals.signing_in(server.host, server.port, server.user, self.secret) as secret:
                yield secret
        except SignInRefused:
            self.forget()
            raise

    def secret(self) -> str:
        """The password, or for XOAUTH2 a fresh access token."""
        if self._server.auth == "xoauth2":
            token = self._token()
            log.hide_passing(token, f"{self._server.user} {self._server.host}")
            return token
        if self._kept is None:
            self._kept = self._password()
            log.hide(self._kept)
        return self._kept

    def forget(self) -> None:
        """The server did not take it: ask the source again next time."""
        self._kept = None
        if self._tokens:
            self._tokens.forget()

    def _token(self) -> str:
        if self._server.token_command:
            return _first_line(self._server.token_command, "token_command")
        if self._tokens:
            return self._tokens.access_token()
        raise ChannelRefused(
            _('For {host}, auth is "xoauth2", but neither token_command nor [channel.oauth] says where the token is.')
            .format(host=self._server.host)
        )  # fmt: skip

    def _password(self) -> str:
        server = self._server
        return password_of(server, self._environment, server.host, server.user)


class Given(Protocol):
    """Settings that say in one of four ways what a password is."""

    @property
    def password(self) -> str: ...
    @property
    def password_command(self) -> str | tuple[str, ...]: ...
    @property
    def password_env(self) -> str: ...
    @property
    def password_file(self) -> str: ...


def password_of(given: Given, environment: Mapping[str, str], host: str, user: str) -> str:
    """The password that these settings name. Raises ChannelDown, ChannelRefused."""
    if given.password_command:
        return _first_line(given.password_command, "password_command")
    if given.password_env:
        if not environment.get(given.password_env):
            raise ChannelRefused(
                _("The environment holds no {variable}, which should be the password for {host}.").format(
                    variable=given.password_env, host=host
                )
            )
        return environment[given.password_env]
    if given.password_file:
        return _from_file(Path(given.password_file))
    if not given.password:
        raise ChannelRefused(
            _(
                "The settings name no password for {user} at {host}; add password_command or password_file."
            ).format(user=user, host=host)
        )
    return given.password


def xoauth2(user: str, token: str) -> Callable[[Any], bytes]:
    """The answers of XOAUTH2: the token first, then nothing to the challenge that explains a refusal."""
    answers = iter([f"user={user}\x01auth=Bearer {token}\x01\x01".encode()])
    return lambda _challenge: next(answers, b"")


def _from_file(path: Path) -> str:
    """The first line of a file that only its owner can read, and that is ours."""
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            if status.st_uid != os.getuid() or stat.S_IMODE(status.st_mode) & 0o077:
                raise ChannelRefused(
                    _(
                        "The password file {file} can be read by others; make it yours alone with chmod 600."
                    ).format(file=path)
                )
            words = file.readline().decode().rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ChannelRefused(_("The password file {file} cannot be read.").format(file=path)) from error
    if not words:
        raise ChannelRefused(_("The password file {file} is empty.").format(file=path))
    return words


def _first_line(command: str | tuple[str, ...], setting: str) -> str:
    """The first line of what a command prints."""
    try:
        done = subprocess.run(  # noqa: S603  the owner's own settings name what to run
            command,
            shell=isinstance(command, str),
            check=False,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_COMMAND_SECONDS,
        )
    except subprocess.TimeoutExpired:
        # without its cause: that holds what the command printed
        raise ChannelDown(
            _("The command in {setting} took longer than {seconds} seconds.").format(
                setting=setting, seconds=_COMMAND_SECONDS
            )
        ) from None
    except OSError as error:
        raise ChannelRefused(
            _("The command in {setting} cannot be run ({reason}).").format(
                setting=setting, reason=error.strerror
            )
        ) from error
    words = done.stdout.decode("utf-8", "replace").split("\n", 1)[0].rstrip("\r")
    if done.returncode != 0 or not words:
        raise ChannelRefused(
            _("The command in {setting} gave nothing (exit code {code}); run it by hand to see why.").format(
                setting=setting, code=done.returncode
            )
        )
    return words
