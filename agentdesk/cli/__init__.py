"""The command line: finds the command, hands it its context, turns every end into an exit code.

Invariants: only the module of the named command is imported; stdout holds results alone; whatever happens a person gets
one plain sentence and never a traceback or a secret (the traceback goes to the log). Exit codes: 0 done, 1 failed,
2 wrong usage, 3 refused, 4 not found.
"""

import errno
import io
import os
import sys
from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING

from agentdesk.config.language import N_, _

if TYPE_CHECKING:
    from agentdesk.cli.context import Context
    from agentdesk.cli.parser import Parser

COMMANDS: tuple[tuple[str, str, str], ...] = (
    ("demo", "agentdesk.cli.demo", N_("a made-up shop to try everything in; nothing leaves this machine")),
    ("learn", "agentdesk.cli.learn", N_("the twelve everyday tasks, taught key by key")),
    ("setup", "agentdesk.cli.setup", N_("set up store, mailbox and first agent, step by step")),
    ("doctor", "agentdesk.cli.doctor", N_("look whether everything works; one line each")),
    ("case", "agentdesk.cli.case", N_("list, show, take, answer and change cases")),
    ("stroke", "agentdesk.cli.stroke", N_("list what you have done, and take it back")),
    ("macro", "agentdesk.cli.macro", N_("text and actions in one: list, write, preview, run, keep as files")),
    ("search", "agentdesk.cli.search", N_("find messages of any time; its --help is the query language")),
    ("view", "agentdesk.cli.view", N_("saved queries: list, show, save and delete")),
    ("message", "agentdesk.cli.message", N_("list stored messages, erase what one says")),
    ("draft", "agentdesk.cli.draft", N_("list what is being written")),
    ("outbox", "agentdesk.cli.outbox", N_("list, deliver, retry or cancel replies on their way")),
    ("article", "agentdesk.cli.article", N_("what the team knows: articles, as files too")),
    ("snippet", "agentdesk.cli.snippet", N_("short texts that a shortcut writes out")),
    ("block", "agentdesk.cli.block", N_("senders whose mail is spam")),
    ("quarantine", "agentdesk.cli.quarantine", N_("list what came in and is no mail, or try it again")),
    ("customer", "agentdesk.cli.customer", N_("show, note, merge, part, export and erase customers")),
    ("order", "agentdesk.cli.order", N_("list, import and look up orders")),
    ("import", "agentdesk.cli.importing", N_("take in mail from files; safe to repeat")),
    ("sync", "agentdesk.cli.sync", N_("fetch mail")),
    ("worker", "agentdesk.cli.worker", N_("background work: fetch, deliver, timers")),
    ("channel", "agentdesk.cli.channel", N_("add, list and test mailboxes")),
    ("agent", "agentdesk.cli.agent", N_("add and list colleagues")),
    ("team", "agentdesk.cli.team", N_("add and list teams")),
    ("db", "agentdesk.cli.db", N_("bring the store up to date, check, back up, restore or copy it")),
    ("mail", "agentdesk.cli.mail", N_("what the desk makes of one message")),
)
_STOPPED = 130
_VALUED = ("--db", "--config", "--as")
_PROGRAMS = ("worker", "sync")
"""Commands that run for long have a log of their own."""
_WITHOUT_SETTINGS = ("mail", "doctor", "setup", "channel")
"""Commands that need no settings, or whose duty begins where these are missing or broken."""


def run(argv: list[str]) -> int:
    """Do what the words say; the exit code."""
    from agentdesk.cli.context import Context  # noqa: PLC0415  after the door: what follows costs

    _let_nothing_break_the_output()
    before, rest = _split(argv)
    context = Context(os.environ, _now, db=_named(before, "--db"), config=_named(before, "--config"),
                      login=_named(before, "--as"))  # fmt: skip
    try:
        code = _run(context, before, rest)
        sys.stdout.flush()
        return code
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    except KeyboardInterrupt:
        return _STOPPED
    except BrokenPipeError:
        _close_output()
        return 0
    except Exception as error:  # noqa: BLE001  the last fence: told in one sentence, logged whole
        return _explain(error, context)
    finally:
        context.close()


def _run(context: "Context", before: list[str], rest: list[str]) -> int:
    context.choose_language()
    if before:  # the desk opens without a word to read, and without what reads words
        _overview().parse_args(before)
    if not rest:
        from agentdesk.cli.desk import open_the_desk  # noqa: PLC0415

        return open_the_desk(context)
    from agentdesk.cli.parser import Parser, with_minus  # noqa: PLC0415

    name, place, help_ = _command(rest[0])
    module = import_module(place)
    parser = Parser(prog=f"agentdesk {name}", description=_(help_))
    module.add(parser)
    arguments = parser.parse_args(with_minus(rest[1:]))
    context.start_log(name if name in _PROGRAMS else "cli")
    if name not in _WITHOUT_SETTINGS:
        context.read_settings()
    return int(module.execute(arguments, context))


def _overview() -> "Parser":
    """The options that stand before every command; its help is the list of commands."""
    from agentdesk import __version__  # noqa: PLC0415
    from agentdesk.cli.parser import Parser  # noqa: PLC0415

    width = max(len(name) for name, _place, _help in COMMANDS)
    commands = "\n".join(f"  {name:<{width}}  {_(help_)}" for name, _place, help_ in COMMANDS)
    parser = Parser(
        prog="agentdesk",
        usage=_("agentdesk [--db URL] [--config FILE] [--as AGENT] [command …]"),
        description=_("A terminal workstation for customer service. Without a command the desk opens."),
        epilog=_("commands:\n{commands}\n\nagentdesk COMMAND --help tells more.").format(commands=commands),
    )
    parser.add_argument(
        "--db", metavar=_("URL"), help=_("the store: sqlite:///PATH or postgresql://USER@HOST/NAME")
    )
    parser.add_argument("--config", metavar=_("FILE"), help=_("the settings file"))
    parser.add_argument("--as", metavar=_("AGENT"), dest="login", help=_("who acts"))
    parser.add_argument(
        "--version", action="version", version=f"agentdesk {__version__}", help=_("the version")
    )
    return parser


def _command(name: str) -> tuple[str, str, str]:
    from difflib import get_close_matches  # noqa: PLC0415

    from agentdesk.domain.problems import Usage  # noqa: PLC0415

    for command in COMMANDS:
        if command[0] == name:
            return command
    near = get_close_matches(name, [known for known, _place, _help in COMMANDS], n=1)
    if near:
        raise Usage(_("There is no command {name}; did you mean {near}?").format(name=name, near=near[0]))
    raise Usage(_("There is no command {name}; agentdesk --help lists them.").format(name=name))


def _split(argv: list[str]) -> tuple[list[str], list[str]]:
    """What stands before the command, and the rest from the command on."""
    place = 0
    while place < len(argv) and argv[place].startswith("-"):
        place += 2 if argv[place] in _VALUED else 1
    return argv[:place], argv[place:]


def _named(before: list[str], option: str) -> str:
    """The value of an option; the parser complains of one without."""
    found = ""
    for place, one in enumerate(before):
        if one == option and place + 1 < len(before):
            found = before[place + 1]
        elif one.startswith(f"{option}="):
            found = one.partition("=")[2]
    return found


def _now() -> datetime:
    return datetime.now(UTC)


def _explain(error: Exception, context: "Context") -> int:
    """Say what went wrong; the exit code."""
    import logging  # noqa: PLC0415

    from agentdesk.domain.problems import Problem  # noqa: PLC0415

    if context.log_file is None:
        context.start_log("cli")
    logger = logging.getLogger(__name__)
    if isinstance(error, Problem):
        if error.__cause__ is not None:
            logger.warning("%s", error, exc_info=error)
        _tell(str(error))
        return error.exit_code
    if isinstance(error, OSError) and error.errno == errno.ENOSPC and error.filename is None:
        _tell(_("The output could not be written: there is no space left where it goes."))
        _close_output()
        return 1
    logger.critical("ended by an error that nobody caught", exc_info=error)
    if context.log_file is not None:
        said = _("agentdesk ended because of a fault of its own; the details are in {file}.")
        _tell(said.format(file=context.log_file))
    else:
        _tell(_("agentdesk ended because of a fault of its own, and no log could be written."))
    return 1


def _tell(sentence: str) -> None:
    from agentdesk.cli.output import tell  # noqa: PLC0415

    try:
        tell(sentence)
    except OSError:
        _close_output()


def _let_nothing_break_the_output() -> None:
    """A character that this terminal cannot show is no reason to fail."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _close_output() -> None:
    """Nobody reads on: what is left in the buffers has to go somewhere, or the interpreter complains at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            os.dup2(nowhere, stream.fileno())
        except (OSError, ValueError):
            continue
