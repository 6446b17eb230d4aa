"""The words of a command line: argparse with our manners.

Invariants: wrong words end with the usage and one sentence on stderr, exit code 2; a value may begin with a minus where
the contract has such values (`--tag -x`); what a person typed as text is clean before anything else sees it.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from agentdesk.config.language import N_, _
from agentdesk.text.clean import clean, clean_line

_TAKES_A_MINUS = ("--tag", "--text", "--subject", "--query")
_LONGEST_NUMBER = 15
_MOST = 10_000

_ARGPARSE = (
    N_("usage: "), N_("options"), N_("positional arguments"), N_("argument %(argument_name)s: %(message)s"),
    N_("the following arguments are required: %s"), N_("one of the arguments %s is required"),
    N_("unrecognized arguments: %s"), N_("not allowed with argument %s"), N_("expected one argument"),
    N_("expected at least one argument"), N_("ignored explicit argument %r"),
    N_("invalid choice: %(value)r (choose from %(choices)s)"),
)  # fmt: skip
"""What argparse itself says and a person may read; it asks the gettext of its own module, ours from here on."""
setattr(argparse, "_", _)  # noqa: B010  its stubs do not know the name


class Parser(argparse.ArgumentParser):
    """One command's words; sub-commands are made of the same class."""

    def __init__(self, **named: Any) -> None:
        named.setdefault("formatter_class", _Formatter)
        super().__init__(add_help=False, allow_abbrev=False, **named)
        self.add_argument("-h", "--help", action="help", help=_("show this and end"))

    def acts(self) -> "argparse._SubParsersAction[Parser]":
        """Where the command's own acts are added."""
        return self.add_subparsers(dest="act", required=True, metavar=_("ACT"), title=_("acts"))

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the words."""
        self.print_usage(sys.stderr)
        print(clean_line(f"{self.prog}: {message}"), file=sys.stderr)
        raise SystemExit(2)


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """Helps wide enough to be read, whatever COLUMNS says."""

    def __init__(self, prog: str, **named: Any) -> None:
        super().__init__(prog, **{**named, "max_help_position": 30})


def with_minus(arguments: Sequence[str]) -> list[str]:
    """The arguments with those values joined to their option that argparse would take for options."""
    joined: list[str] = []
    rest = iter(arguments)
    for one in rest:
        if one in _TAKES_A_MINUS:
            value = next(rest, None)
            joined += [one] if value is None else [f"{one}={value}"]
        else:
            joined.append(one)
    return joined


def act(
    acts: "argparse._SubParsersAction[Parser]",
    name: str,
    does: Callable[..., int],
    help: str,  # noqa: A002
) -> Parser:
    """A sub-command that `does` something, with --json as all of them have."""
    parser = acts.add_parser(name, help=help, description=help)
    parser.set_defaults(does=does)
    with_json(parser)
    return parser


def with_json(parser: argparse.ArgumentParser) -> None:
    """Add --json."""
    parser.add_argument("--json", action="store_true", help=_("one JSON document on stdout and nothing else"))


def number(text: str) -> int:
    """A case's number, or another whole number from 1 on; a # before it does not matter."""
    digits = text.removeprefix("#")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= _LONGEST_NUMBER):
        raise argparse.ArgumentTypeError(_("{text} is no number").format(text=clean_line(text)))
    return int(digits)


def amount(text: str) -> int:
    """How many rows: 1 to 10,000."""
    found = number(text)
    if not 1 <= found <= _MOST:
        raise argparse.ArgumentTypeError(_("from 1 to {most} at a time").format(most=_MOST))
    return found


def seconds(text: str) -> int:
    """A time to wait, up to a day."""
    found = number(text)
    if found > 24 * 3600:
        raise argparse.ArgumentTypeError(_("at most one day (86400)"))
    return found


def line(text: str) -> str:
    """Words of one line."""
    return clean_line(text)


def words(text: str) -> str:
    """Words of several lines."""
    return clean(text)
