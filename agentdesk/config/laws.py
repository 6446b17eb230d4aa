"""What the settings must keep to beyond their types: one plain sentence for each breach.

Invariant: a sentence names keys and what to do, never a value, for the value may be a secret. Each breach names
the keys it rests on, so that a key that is wrong already is not complained about twice.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from agentdesk.config import hours
from agentdesk.config.language import _, is_spoken
from agentdesk.config.settings import Channel, Imap, Me, OAuth, Settings, Shop, Smtp, StoreSettings


class Breach(NamedTuple):
    """What is wrong, the keys it rests on, and where to show it if not at the first of these in the file."""

    what: str
    keys: tuple[str, ...]
    where: tuple[str | int, ...] = ()


_STORES = ("sqlite:///", "postgresql://", "postgresql+psycopg://", "postgres://")
_LAST_PORT = 65535
_PASSWORDS = ("password", "password_command", "password_env", "password_file")


def breaches(value: object) -> Iterator[Breach]:
    """What is unlawful about one table of the file."""
    match value:
        case Imap() | Smtp():
            yield from _server(value)
        case OAuth():
            yield from _oauth(value)
        case Channel():
            yield from _channel(value)
        case Shop():
            yield from _shop(value)
        case Me():
            yield from _me(value)
        case StoreSettings() if value.url and not value.url.startswith(_STORES):
            yield Breach(_("the address of a store begins with sqlite:/// or postgresql://"), ("url",))
        case Settings():
            yield from _names(value)


def _server(server: Imap | Smtp) -> Iterator[Breach]:
    if not 1 <= server.port <= _LAST_PORT:
        yield Breach(_("a port is a number from 1 to 65535"), ("port",))
    if server.tls == "none" and not server.allow_plaintext and server.host and not _is_loopback(server.host):
        what = _(
            "without TLS the password and all mail can be read on the way; "
            "write implicit or starttls, or add allow_plaintext = true if it must be so"
        )
        yield Breach(what, ("tls", "host", "allow_plaintext"))
    for name in ("host", "user", "folder"):
        if any(ord(one) < 0x20 or one == "\x7f" for one in getattr(server, name, "")):
            yield Breach(_("a control character stands in this; take it out"), (name,))
    given = tuple(name for name in _PASSWORDS if getattr(server, name))
    if len(given) > 1:
        what = _("the password is given more than once; keep one of {keys}").format(keys=", ".join(given))
        yield Breach(what, given, (given[-1],))
    if isinstance(server, Imap) and not server.user:
        yield Breach(_("a mailbox needs a user to sign in with; add user"), ("user",))
    if server.user and server.auth == "password" and not given:
        what = _("there is no password for this user; add password_command, password_file, password_env")
        yield Breach(what, ("user", "auth", *_PASSWORDS))


def _is_loopback(host: str) -> bool:
    if host.lower() in {"localhost", "localhost.", "ip6-localhost"}:
        return True
    import ipaddress  # noqa: PLC0415  only mailboxes without TLS ask

    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _oauth(oauth: OAuth) -> Iterator[Breach]:
    if oauth.provider == "custom" and not oauth.token_url:
        yield Breach(_("a provider of your own needs token_url"), ("provider", "token_url"))
    if oauth.token_url and not oauth.token_url.startswith("https://"):
        yield Breach(_("the address for tokens begins with https://"), ("token_url",))


def _channel(channel: Channel) -> Iterator[Breach]:
    if not channel.name.strip():
        yield Breach(_("a channel needs a name"), ("name",))
    if channel.kind == "email" and not _is_address(channel.address):
        yield Breach(_("this is no mail address; write it like support@example.dk"), ("address",))
    if channel.reply_address and not (
        "{token}" in channel.reply_address and _is_address(channel.reply_address)
    ):
        what = _("this should be a mail address with a place for the token, like {example}")
        yield Breach(what.format(example="support+{token}@example.dk"), ("reply_address",))
    if channel.authserv_id and not _is_address(f"x@{channel.authserv_id}"):
        yield Breach(_("this is the name of a server; write it like mx.example.dk"), ("authserv_id",))
    if channel.hold < 0:
        yield Breach(_("the hold-back is a number of seconds, 0 or more"), ("hold",))
    if channel.answer_within is not None and channel.answer_within < 1:
        yield Breach(_("the time to answer is a number of minutes, 1 or more"), ("answer_within",))
    try:
        hours.read(channel.hours)
    except ValueError:
        yield Breach(_("opening hours are written like this: mon-fri 9-16:30, sat 10-14"), ("hours",))
    for name, server in (("imap", channel.imap), ("smtp", channel.smtp)):
        if server and server.auth == "xoauth2" and not (server.token_command or channel.oauth):
            what = _("signing in with xoauth2 needs token_command here, or the table channel.oauth")
            yield Breach(what, (name, "oauth"), (name, "auth"))


def _shop(shop: Shop) -> Iterator[Breach]:
    if not shop.name.strip():
        yield Breach(_("a shop needs a name"), ("name",))
    if not (shop.url.startswith(_STORES) and _is_url(shop.url)):
        yield Breach(_("the address of a shop begins with sqlite:/// or postgresql://"), ("url",))
    for key, query, place in (("orders", shop.orders, ":address"), ("lines", shop.lines, ":number")):
        if (query or key == "orders") and place not in query:
            yield Breach(_("this query has no place {place}").format(place=place), (key,))
    given = tuple(name for name in _PASSWORDS if getattr(shop, name))
    if len(given) > 1:
        what = _("the password is given more than once; keep one of {keys}").format(keys=", ".join(given))
        yield Breach(what, given, (given[-1],))
    if not 1 <= shop.limit <= 60:
        yield Breach(_("a query may take from 1 to 60 seconds"), ("limit",))
    if shop.refresh < 1:
        yield Breach(_("this is a number of minutes, 1 or more"), ("refresh",))


def _is_url(text: str) -> bool:
    from urllib.parse import urlsplit  # noqa: PLC0415  only a shop has one

    try:
        _port = urlsplit(text).port  # reading it checks it
    except ValueError:
        return False
    return True


def _is_address(text: str) -> bool:
    local, _at, domain = text.rpartition("@")
    return bool(local and domain) and "@" not in local and text.isprintable() and not set(text) & set(" <>,;")


def _me(me: Me) -> Iterator[Breach]:
    if me.language and not is_spoken(me.language):
        yield Breach(_("this language is not spoken here; write en, da or nb"), ("language",))
    if me.timezone and not is_zone(me.timezone):
        yield Breach(_("there is no such time zone; write it like Europe/Copenhagen"), ("timezone",))


def is_zone(name: str) -> bool:
    """Whether there is a time zone of this name."""
    from zoneinfo import ZoneInfo  # noqa: PLC0415  only a desk that names a zone pays for it

    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError):  # not found; a folder of zones; a name that leads out of it
        return False
    return True


def _names(settings: Settings) -> Iterator[Breach]:
    channels = [one.name for one in settings.channels]
    yield from _once("channel", channels, _("another channel has this name already; give each its own"))
    shops = [one.name for one in settings.shops]
    yield from _once("shop", shops, _("another shop has this name already; give each its own"))


def _once(key: str, names: Iterable[str], what: str) -> Iterator[Breach]:
    seen: set[str] = set()
    for index, given in enumerate(names):
        name = given.casefold()
        if name and name in seen:
            yield Breach(what, (key,), (key, index, "name"))
        seen.add(name)
