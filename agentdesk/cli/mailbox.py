"""What describes one mailbox: by options, or asked for at a terminal, as a [[channel]] table of the settings.

Invariant: a password is never an option's value, never shown and never written to the settings file itself: it comes
from a command, from the environment, or lies in a file of its own that only its owner can read.
"""

import argparse
import re
from dataclasses import dataclass, field
from pathlib import Path

from agentdesk.cli import settings_file
from agentdesk.cli.asking import ask, can_ask, choose, secret
from agentdesk.cli.parser import line, number, seconds
from agentdesk.cli.settings_file import quoted, table
from agentdesk.config.language import _
from agentdesk.domain.problems import Problem, Usage

_TLS = ("implicit", "starttls", "none")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_NONE = ("none", "-")
_SECRETS = ("password_command", "password_file", "password_env", "token_command")


@dataclass(slots=True)
class Mailbox:
    """The answers; `password` is what was typed, to be put into a file of its own."""

    text: str
    name: str
    password_file: Path | None = None
    password: str = field(default="", repr=False)

    def keep_password(self) -> None:
        """Put a typed password where the settings say it is."""
        if self.password_file is not None and self.password:
            settings_file.write(self.password_file, f"{self.password}\n")

    def forget_password(self) -> None:
        """It came to nothing: leave no password behind."""
        if self.password_file is not None and self.password:
            self.password_file.unlink(missing_ok=True)


def add_options(parser: argparse.ArgumentParser) -> None:
    """All that can be said about a mailbox."""
    box = parser.add_argument_group(_("the mailbox"))
    box.add_argument("--name", type=line, metavar=_("NAME"), help=_("what colleagues call it"))
    box.add_argument("--address", type=line, metavar=_("ADDRESS"), help=_("where customers write to"))
    box.add_argument("--language", type=line, default="en", metavar=_("CODE"), help=_("of its customers"))
    box.add_argument("--team", type=line, default="", metavar=_("TEAM"), help=_("new cases go to it"))
    box.add_argument(
        "--hold",
        type=seconds,
        default=10,
        metavar=_("SECONDS"),
        help=_("how long a reply waits before it leaves"),
    )
    box.add_argument(
        "--reply-address",
        type=line,
        default="",
        metavar=_("ADDRESS"),
        help=_("like support+{token}@example.dk"),
    )
    box.add_argument("--sent-folder", type=line, default="", metavar=_("FOLDER"))
    for way, word in (("imap", "IMAP"), ("smtp", "SMTP")):
        server = parser.add_argument_group(word)
        server.add_argument(f"--{way}-host", type=line, metavar=_("HOST"))
        server.add_argument(f"--{way}-port", type=number, default=0, metavar=_("PORT"))
        server.add_argument(f"--{way}-tls", choices=_TLS)
        server.add_argument(f"--{way}-user", type=line, metavar=_("USER"))
    parser.add_argument("--imap-folder", type=line, default="INBOX", metavar=_("FOLDER"))
    signing = parser.add_argument_group(_("signing in"))
    signing.add_argument("--auth", choices=("password", "xoauth2"), default="password")
    signing.add_argument(
        "--ca-file", type=line, default="", metavar=_("FILE"), help=_("the authority of the certificates")
    )
    signing.add_argument("--password-command", metavar=_("COMMAND"), help=_("prints the password"))
    signing.add_argument(
        "--password-file", metavar=_("FILE"), help=_("holds the password; yours alone (chmod 600)")
    )
    signing.add_argument("--password-env", type=line, metavar=_("VARIABLE"), help=_("holds the password"))
    signing.add_argument("--token-command", metavar=_("COMMAND"), help=_("prints an access token (xoauth2)"))
    oauth = parser.add_argument_group(_("a provider of tokens"))
    oauth.add_argument("--oauth-provider", choices=("microsoft", "google", "custom"))
    oauth.add_argument("--oauth-client-id", type=line, default="", metavar=_("ID"))
    oauth.add_argument("--oauth-tenant", type=line, default="", metavar=_("TENANT"))
    oauth.add_argument("--oauth-token-url", type=line, default="", metavar=_("URL"))
    parser.add_argument("--no-test", action="store_true", help=_("write it without trying it"))


def describe(args: argparse.Namespace, folder: Path) -> Mailbox:
    """The mailbox as a table of the settings; what no option says is asked for where somebody can answer."""
    address = _said(args.address, "--address", _("Address of the mailbox"), "", _check_address)
    local, _at, domain = address.rpartition("@")
    name = args.name or (ask(_("Its name"), local) if can_ask() else local)
    imap = _server(args, "imap", f"imap.{domain}", address)
    if args.auth == "xoauth2" and not args.token_command:
        mailbox = Mailbox("", name)
        source: tuple[tuple[str, object, str], ...] = ()
    else:
        mailbox, source = _source(args, name, folder)
    smtp = _server(args, "smtp", re.sub(r"^imap\b", "smtp", str(imap["host"])), str(imap["user"]))
    mailbox.text = "\n".join(_tables(args, address, name, (imap, smtp), source))
    return mailbox


def _tables(
    args: argparse.Namespace, address: str, name: str, servers: tuple[dict[str, object], dict[str, object]],
    source: tuple[tuple[str, object, str], ...],
) -> list[str]:  # fmt: skip
    tables = [
        table("[[channel]]", _("A mailbox. Its hosts and secrets stand here only; desks know nothing of them."), (
            ("kind", "email", ""), ("name", name, ""), ("address", address, ""),
            ("language", args.language, _("of its customers")),
            ("team", args.team or None, (args.team and "") or quoted(_("the team that new cases go to"))),
            ("hold", args.hold, _("seconds a reply waits before it leaves")),
            ("reply_address", args.reply_address or None, "" if args.reply_address else _example(
                _plus(address), _("answers find their case by it, once channel test has tried it"))),
            ("sent_folder", args.sent_folder or None, "" if args.sent_folder else quoted(_("found by itself"))),
            ("signature", None, quoted(_("Kind regards"))),
            ("acknowledgement", None, _example(
                _("We have your mail: it is case #{{ case.number }}."),
                _("sent at once to whoever begins a case, once a day, never to machines"))),
            ("answer_within", None, "240  # " + _("minutes until an answer is due")),
            ("hours", None, _example("mon-fri 9-16", _("when somebody is there, as macros tell customers"))),
            ("authserv_id", None, _example(
                _mail_host(address), _("the server that takes your mail in; senders it doubts are marked"))),
        ))
    ]  # fmt: skip
    for way, server in zip(("imap", "smtp"), servers, strict=True):
        folder = (("folder", args.imap_folder, ""),) if way == "imap" else ()
        signing = (("user", server["user"], ""), ("auth", args.auth, ""), *source) if server["user"] else ()
        ca = (("ca_file", args.ca_file, ""),) if args.ca_file else ()
        facts = (("host", server["host"], ""), ("port", server["port"], ""), ("tls", server["tls"], ""))
        tables.append(table(f"[channel.{way}]", "", (*facts, *ca, *signing, *folder)))
    if args.oauth_provider:
        known = (
            ("client_id", args.oauth_client_id),
            ("tenant", args.oauth_tenant),
            ("token_url", args.oauth_token_url),
        )
        given = tuple((key, value, "") for key, value in known if value or key == "client_id")
        tables.append(table("[channel.oauth]", "", (("provider", args.oauth_provider, ""), *given)))
    return tables


def _server(args: argparse.Namespace, way: str, host: str, user: str) -> dict[str, object]:
    """Host, port, encryption and user of one server."""
    word = way.upper()
    host = _said(getattr(args, f"{way}_host"), f"--{way}-host", _("{word} server").format(word=word), host)
    usual = "none" if host in _LOOPBACK else "implicit"
    tls = getattr(args, f"{way}_tls") or (
        ask(_("Encryption (implicit, starttls, none)"), usual, _check_tls) if can_ask() else usual
    )
    known = {
        "imap": {"implicit": 993, "starttls": 143, "none": 143},
        "smtp": {"implicit": 465, "starttls": 587, "none": 25},
    }
    port = getattr(args, f"{way}_port") or known[way][tls]
    if can_ask() and not getattr(args, f"{way}_port"):
        port = number(ask(_("Port"), f"{port}", _check_port))
    given = getattr(args, f"{way}_user")
    if given is None and can_ask():
        given = ask(_("User name"), user)
    given = user if given is None else given
    return {"host": host, "port": port, "tls": tls, "user": "" if given in _NONE else given}


def _source(
    args: argparse.Namespace, name: str, folder: Path
) -> tuple[Mailbox, tuple[tuple[str, object, str], ...]]:
    """Where the password comes from; one that is typed gets a file of its own."""
    for key in _SECRETS:
        given = getattr(args, key)
        if given:
            value = str(Path(given).expanduser().absolute()) if key == "password_file" else given
            return Mailbox("", name), ((key, value, ""),)
    if not can_ask():
        raise Usage(_("Say where the password is: --password-command, --password-file or --password-env."))
    how = choose(
        _("Where is the password?"),
        (("t", _("I type it now; it is kept in a file that only you can read")),
         ("c", _("a command prints it, such as: pass show mail/support"))),
    )  # fmt: skip
    if how == "c":
        return Mailbox("", name), (("password_command", ask(_("The command")), ""),)
    safe = re.sub(r"[^\w.-]", "_", name)
    file = folder.absolute() / f"{safe}.password"
    return Mailbox("", name, file, secret(_("Password"))), (("password_file", str(file), ""),)


def _said(given: str | None, option: str, question: str, default: str, check: object = None) -> str:
    if given:
        return given
    if not can_ask():
        raise Usage(_("Name it: {option} is missing.").format(option=option))
    return ask(question, default, check if callable(check) else None)


def _example(value: str, why: str) -> str:
    return f"{quoted(value)}  # {why}"


def _plus(address: str) -> str:
    local, _at, domain = address.rpartition("@")
    return f"{local}+{{token}}@{domain}"


def _mail_host(address: str) -> str:
    return f"mx.{address.rpartition('@')[2]}"


def _check_address(text: str) -> None:
    from agentdesk.mail.addresses import read  # noqa: PLC0415

    if len(read(text)) != 1:
        raise Problem(_("Write one address, like support@example.dk."))


def _check_tls(text: str) -> None:
    if text not in _TLS:
        raise Problem(_("Type one of: {letters}").format(letters=", ".join(_TLS)))


def _check_port(text: str) -> None:
    if not (text.isascii() and text.isdigit() and 0 < int(text[:6]) < 65536):
        raise Problem(_("A port is a number from 1 to 65535."))
