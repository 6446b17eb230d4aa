"""Questions to a person in front of a terminal.

Invariants: nothing is asked where nobody can answer; what is typed as a password is never shown; questions go to
stderr, so that stdout holds results alone.
"""

import sys
from collections.abc import Callable, Sequence

from agentdesk.cli.output import tell
from agentdesk.config.language import _
from agentdesk.domain.problems import Problem, Usage
from agentdesk.text.clean import clean_line


def can_ask() -> bool:
    """Whether a person sits there."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask(question: str, default: str = "", check: Callable[[str], object] | None = None) -> str:
    """A line; Enter takes the default; asked again while `check` raises a Problem."""
    if not can_ask():
        raise Usage(_("There is nobody to ask: name everything by options; --help lists them."))
    while True:
        shown = f"{question} [{default}]: " if default else f"{question}: "
        sys.stderr.write(clean_line(shown) + " ")
        sys.stderr.flush()
        typed = sys.stdin.readline()
        if not typed:
            raise Problem(_("Nothing was changed: the input ended."))
        answer = clean_line(typed) or default
        try:
            if check is not None:
                check(answer)
        except Problem as problem:
            tell(str(problem))
        else:
            return answer


def choose(question: str, choices: Sequence[tuple[str, str]]) -> str:
    """One of several letters; the first is the default."""
    for letter, meaning in choices:
        tell(f"  {letter}  {meaning}")

    def known(answer: str) -> None:
        if answer not in dict(choices):
            raise Problem(_("Type one of: {letters}").format(letters=", ".join(dict(choices))))

    return ask(question, choices[0][0], known)


def yes(question: str, *, default: bool = True) -> bool:
    """Yes or no."""
    answer = ask(question, _("y") if default else _("n"))
    return answer.casefold()[:1] in {"y", "j", _("y")}


def secret(question: str) -> str:
    """A password, not shown while it is typed."""
    if not can_ask():
        raise Usage(_("There is nobody to ask: name everything by options; --help lists them."))
    from getpass import getpass  # noqa: PLC0415

    return getpass(f"{clean_line(question)}: ", stream=sys.stderr)
