"""What a person may set: the settings file as frozen values.

Invariant: nothing here changes after it was read, and no `repr` shows a secret. The fields are the whole list of
what the file may hold: `agentdesk.config.load` checks a file against them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Tls = Literal["implicit", "starttls", "none"]
Auth = Literal["password", "xoauth2"]

_IMAP_PORTS: Mapping[str, int] = {"implicit": 993, "starttls": 143, "none": 143}
_SMTP_PORTS: Mapping[str, int] = {"implicit": 465, "starttls": 587, "none": 25}


# A field's metadata: "key" is its name in the file where that differs; "path" marks a file name, which starts at
# the folder of the settings file when it is relative.


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """Where the store is. The address may hold a password, so it stays out of `repr`."""

    url: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Me:
    """Who sits here, and how this desk should look and behave."""

    agent: str = ""
    language: str = ""
    theme: str = ""
    timezone: str = ""  # an IANA name; empty: the zone of this machine
    after_send: Literal["stay", "next"] = "stay"
    keys: Mapping[str, str] = field(default_factory=dict)  # command name -> key


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class _Server:
    """How to reach one server and who we are there. Port 0 in the file means the usual one for this `tls`."""

    host: str
    port: int = 0
    tls: Tls = "implicit"
    ca_file: str = field(default="", metadata={"path": True})
    user: str = ""
    auth: Auth = "password"
    password: str = field(default="", repr=False)
    password_command: str | tuple[str, ...] = field(default="", repr=False)
    password_env: str = ""
    password_file: str = field(default="", metadata={"path": True})
    token_command: str | tuple[str, ...] = field(default="", repr=False)
    allow_plaintext: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Imap(_Server):
    """The mailbox that is read."""

    folder: str = "INBOX"

    def __post_init__(self) -> None:
        """Settle the port."""
        object.__setattr__(self, "port", self.port or _IMAP_PORTS[self.tls])


@dataclass(frozen=True, slots=True, kw_only=True)
class Smtp(_Server):
    """The server that takes our mail."""

    def __post_init__(self) -> None:
        """Settle the port."""
        object.__setattr__(self, "port", self.port or _SMTP_PORTS[self.tls])


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuth:
    """Who gives out the tokens for XOAUTH2."""

    provider: Literal["microsoft", "google", "custom"]
    client_id: str
    tenant: str = ""
    token_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One mailbox or chat of ours with its hosts and secrets: for the worker, never stored whole."""

    kind: str
    name: str
    address: str
    language: str = "en"
    team: str = ""
    reply_address: str = ""
    subject_token: bool = False
    hold: int = 10  # seconds between the stroke and the sending
    html: bool = True
    signature: str = ""
    acknowledgement: str = ""  # what a customer gets at once who begins a case; nothing when it is empty
    answer_within: int | None = None  # minutes until an answer is due
    hours: str = ""  # when somebody is there, as macros tell customers: "mon-fri 9-16, sat 10-14"
    sent_folder: str = ""
    authserv_id: str = ""  # by what name the server that takes our mail in signs what it found out of senders
    imap: Imap | None = None
    smtp: Smtp | None = None
    oauth: OAuth | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """A shop's own database that orders are looked up in, read-only: for the worker, never stored whole."""

    name: str
    kind: Literal["sql"] = "sql"
    url: str = field(repr=False)
    password: str = field(default="", repr=False)
    password_command: str | tuple[str, ...] = field(default="", repr=False)
    password_env: str = ""
    password_file: str = field(default="", metadata={"path": True})
    orders: str  # the query with the place :address
    lines: str = ""  # the query with the place :number
    limit: int = 5  # seconds that a query may take
    refresh: int = 15  # minutes after which orders of customers with open cases are looked up again


@dataclass(frozen=True, slots=True)
class Settings:
    """The whole file."""

    store: StoreSettings = field(default_factory=StoreSettings)
    me: Me = field(default_factory=Me)
    channels: tuple[Channel, ...] = field(default=(), metadata={"key": "channel"})
    shops: tuple[Shop, ...] = field(default=(), metadata={"key": "shop"})
