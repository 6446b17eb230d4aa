"""What a command stands on: settings, store, who acts, the clock. Made once, filled when first asked for.

Invariants: nothing is opened that the command does not ask for; a SQLite store is brought up to date when it is opened,
a PostgreSQL one only by `db migrate`; whoever acts on PostgreSQL is who signed in, or an admin.
"""

import os
import time
from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from agentdesk.config import language, load, log, places
from agentdesk.config.language import _
from agentdesk.config.settings import Settings
from agentdesk.domain.problems import NotFound, Problem, Refused, Usage
from agentdesk.store.address import StoreAddress, read
from agentdesk.store.clock import StoreClock

if TYPE_CHECKING:
    from agentdesk.domain.people import AgentRow
    from agentdesk.store.engine import Store
    from agentdesk.store.unit import Actor

DESK = "command line"
"""What strokes of the command line name as their desk."""
STORE_VARIABLE = "AGENTDESK_DB"


class Context:
    """Everything below gets from here what it needs, by value."""

    def __init__(
        self, environ: Mapping[str, str], clock: Callable[[], datetime], *, db: str = "", config: str = "",
        login: str = "",
    ) -> None:  # fmt: skip
        self.environ = environ
        self.clock = clock if isinstance(clock, StoreClock) else StoreClock(clock, time.time)
        self.log_file: Path | None = None
        self.named_config = Path(config).expanduser() if config else None
        self._db = db
        self._login = login
        self._settings: Settings | None = None
        self._address: StoreAddress | None = None
        self._store: Store | None = None
        self._agent: AgentRow | None = None

    # -- settings -----------------------------------------------------------------------------------------------

    @property
    def config_file(self) -> Path:
        """The settings file, whether it exists or not."""
        return self.named_config or places.config_file(self.environ)

    @property
    def settings(self) -> Settings:
        """What the settings file says. Raises Problem naming every mistake in it."""
        if self._settings is None:
            self._settings = load.load(self.named_config, self.environ)
            for channel in self._settings.channels:
                for server in (channel.imap, channel.smtp):
                    log.hide(server.password if server else "")
            for shop in self._settings.shops:
                log.hide(shop.password)
                log.hide(unquote(urlsplit(shop.url).password or ""))
        return self._settings

    def read_settings(self) -> None:
        """Read them now, so that a mistake is told before anything is done."""
        _ = self.settings

    def forget_settings(self) -> None:
        """The file has been changed: read it again next time."""
        self._settings = self._address = None

    def choose_language(self) -> None:
        """Speak as the settings say, else as the system does; a broken settings file is complained about later."""
        spoken = (
            self.environ.get("LC_ALL") or self.environ.get("LC_MESSAGES") or self.environ.get("LANG") or "en"
        )
        language.choose(spoken)
        try:
            language.choose(self.settings.me.language or spoken)
        except Problem:
            self._settings = None

    def start_log(self, program: str) -> Path | None:
        """Log to the state folder; where that cannot be, nothing is logged and nothing fails."""
        try:
            self.log_file = log.start(places.state_dir(self.environ), program)
        except OSError:
            self.log_file = None
        return self.log_file

    # -- store --------------------------------------------------------------------------------------------------

    @property
    def address(self) -> StoreAddress:
        """Where the store is: --db, then the environment, then the settings, then the usual place."""
        if self._address is None:
            url = self._db or self.environ.get(STORE_VARIABLE, "") or self.settings.store.url
            self._address = address_of(url)
        return self._address

    @property
    def is_named(self) -> bool:
        """Whether somebody said which store, rather than leaving it to the usual place."""
        return bool(self._db or self.environ.get(STORE_VARIABLE))

    def store(self, *, migrate: bool = True, durable: bool = False) -> "Store":
        """The open store, up to date."""
        if self._store is None:
            from agentdesk.store.engine import Store  # noqa: PLC0415  SQLAlchemy only for commands that need it

            self._store = Store(self.address, durable=durable, clock=self.clock)
            if migrate:
                from agentdesk.store.migrate import bring_up_to_date  # noqa: PLC0415

                bring_up_to_date(self._store)
        return self._store

    def close(self) -> None:
        """Let go of the store."""
        if self._store is not None:
            self._store.close()
            self._store = None

    # -- who acts -----------------------------------------------------------------------------------------------

    @property
    def login(self) -> str:
        """The login that was named: --as, then the settings; empty when neither says."""
        return self._login or self.settings.me.agent

    @property
    def named_login(self) -> str:
        """Whom --as names; empty when it does not stand there."""
        return self._login

    def agent(self) -> "AgentRow":
        """Who acts. Raises Usage when that is not clear, NotFound, or Refused when somebody else has signed in."""
        if self._agent is None:
            from agentdesk.queries import people  # noqa: PLC0415

            with self.store().session() as session:
                login = self.login
                if not login:
                    login = _only([one.login for one in people.agents_all(session)])
                found = people.agent(session, login)
                if not people.may_act_as(session, login):
                    raise Refused(
                        _(
                            "You are signed in to the database as somebody else and may not act as {login}."
                        ).format(login=login)
                    )
            self._agent = found
            if found.language:
                language.choose(found.language)
        return self._agent

    def actor(self) -> "Actor":
        """Who acts, as the log of changes names them."""
        from agentdesk.store.unit import Actor  # noqa: PLC0415

        row = self.agent()
        return Actor(row.id, row.login, row.role)

    def zone(self) -> tzinfo:
        """The zone of whoever reads: of the agent who is named, of the settings, of this machine."""
        from zoneinfo import ZoneInfo  # noqa: PLC0415

        named = (self._agent.timezone if self._agent is not None else "") or self.settings.me.timezone
        try:
            return ZoneInfo(named) if named else machine_zone(self.environ)
        except (KeyError, OSError, ValueError):
            return machine_zone(self.environ)


def address_of(url: str) -> StoreAddress:
    """The store at this URL; its password never reaches a log. Raises Usage."""
    try:
        address = read(url)
        secret = urlsplit(address.url).password if not address.is_file else None
    except ValueError:
        raise Usage(
            _("That is not the address of a store: write sqlite:///PATH or postgresql://USER@HOST/NAME.")
        ) from None
    if secret:
        log.hide(secret)
        log.hide(unquote(secret))
    return address


def _only(logins: list[str]) -> str:
    if not logins:
        raise NotFound(_("There is no agent yet: add one with agentdesk agent add."))
    if len(logins) > 1:
        raise Usage(_('Say who acts: agentdesk --as AGENT …, or agent = "…" under [me] in the settings.'))
    return logins[0]


def machine_zone(environ: Mapping[str, str]) -> tzinfo:
    """The zone of this machine, with its rules: an offset of today alone would be wrong after the next change."""
    from datetime import UTC  # noqa: PLC0415
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    named = (
        environ.get("TZ", "").removeprefix(":")
        or os.path.realpath("/etc/localtime").partition("zoneinfo/")[2]
    )
    try:
        return ZoneInfo(named)
    except (KeyError, OSError, ValueError):
        return UTC
