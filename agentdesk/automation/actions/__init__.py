"""The actions: one file each, imported when it is first asked for; keys, macros, rules and bulk run the same ones.

Typed by a person an action is one line, "status pending" or "tag +late -new"; several are parted by a semicolon or
stand on lines of their own. Invariant: `lines_of` and `read_lines` are each other's opposite.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from importlib import import_module
from typing import cast

from agentdesk.automation.actions.contract import Acting, Action, Params, Step
from agentdesk.config.language import _
from agentdesk.domain.problems import Problem
from agentdesk.text.clean import clean, clean_line

__all__ = [
    "ACTIONS",
    "Acting",
    "Action",
    "Params",
    "Step",
    "line_of",
    "lines_of",
    "named",
    "read",
    "read_line",
    "read_lines",
]

ACTIONS: tuple[tuple[str, str], ...] = (
    ("status", "agentdesk.automation.actions.status:ACTION"),
    ("tag", "agentdesk.automation.actions.tag:ACTION"),
    ("owner", "agentdesk.automation.actions.owner:ACTION"),
    ("team", "agentdesk.automation.actions.team:ACTION"),
    ("priority", "agentdesk.automation.actions.priority:ACTION"),
    ("snooze", "agentdesk.automation.actions.snooze:ACTION"),
    ("note", "agentdesk.automation.actions.note:ACTION"),
    ("attach", "agentdesk.automation.actions.attach:ACTION"),
)
_QUOTE = '"'


def named(kind: str) -> Action:
    """The action of that kind. Raises Problem for one that there is not."""
    for known, place in ACTIONS:
        if known == kind:
            module, _colon, attribute = place.partition(":")
            return cast("Action", getattr(import_module(module), attribute))
    kinds = [known for known, _place in ACTIONS]
    near = get_close_matches(kind, kinds, n=1)
    hint = _("did you mean {near}?").format(near=near[0]) if near else ", ".join(kinds)
    raise Problem(_("There is no action «{kind}»: {hint}").format(kind=clean_line(kind)[:40], hint=hint))


def read(params: Params) -> Params:
    """The params of any action, whole and in order. Raises Problem."""
    kind = params.get("kind")
    return named(kind if isinstance(kind, str) else "").read(params)


def read_line(line: str) -> Params:
    """One action as a person types it. Raises Problem."""
    kind, _space, rest = line.strip().partition(" ")
    action = named(kind.casefold())
    return action.read(action.typed(_unquoted(rest.strip())))


def read_lines(text: str) -> tuple[Params, ...]:
    """Several, parted by semicolons or line ends; what stands in double quotes is not parted. Raises Problem."""
    return tuple(read_line(line) for line in _parted(clean(text)))


def line_of(params: Params) -> str:
    """An action as a person would type it."""
    action = named(params["kind"])
    return f"{action.kind} {_quoted(action.shown(params))}"


def lines_of(actions: Iterable[Params]) -> str:
    """Several on one line."""
    return "; ".join(line_of(one) for one in actions)


def _parted(text: str) -> list[str]:
    found, inside, escaped = [""], False, False
    for sign in text:
        if sign == _QUOTE and not escaped:
            inside = not inside
        if sign in ";\n" and not inside:
            found.append("")
        else:
            found[-1] += sign
        escaped = sign == "\\" and not escaped
    if inside:
        raise Problem(_("A quotation mark is opened and never closed: write a second one."))
    return [one for one in (part.strip() for part in found) if one]


def _quoted(words: str) -> str:
    if not any(sign in words for sign in ';\n"\\') and words == words.strip():
        return words
    inside = words.replace("\\", "\\\\").replace(_QUOTE, '\\"').replace("\n", "\\n")
    return f'"{inside}"'


def _unquoted(words: str) -> str:
    if len(words) < 2 or not (words[0] == words[-1] == _QUOTE):
        return words
    inside, escaped = "", False
    for sign in words[1:-1]:
        if escaped:
            inside += "\n" if sign == "n" else sign
        elif sign != "\\":
            inside += sign
        escaped = sign == "\\" and not escaped
    return inside
