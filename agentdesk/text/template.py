"""Texts with places to fill in: «Hej {{ customer.first_name|default('kunde') }}», by jinja2 in a sandbox of our own.

Only {{ group.field }}, a few filters, comparisons and {% if %} are understood; everything else of jinja2 is refused
when the text is read. Invariants: no Python object is ever reached, for values are looked up in `Values` by name alone;
time and memory are bounded before anything runs, by the size of the source, of the tree, of each value and of what is
made (no loops, no assignments, no calls, no arithmetic, no filter that makes more than it is given); a place that is
left empty is told and never written as nothing.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from agentdesk.config.language import N_, _
from agentdesk.domain.problems import Problem
from agentdesk.text.clean import clean, clean_line

if TYPE_CHECKING:
    from jinja2 import Environment, Template, nodes

MOST = 20_000
"""Characters of a text, and of what is made of it twice as many."""
MOST_OF_A_VALUE = 500
_MOST_NODES = 600
_DEEPEST = 20
_FILTERS = ("default", "d", "upper", "lower", "title", "capitalize", "trim")
_TESTS = ("defined", "undefined")
_NODES = (
    "Template", "Output", "TemplateData", "Const", "Name", "Getattr", "If", "CondExpr", "Filter", "Test", "Compare",
    "Operand", "And", "Or", "Not", "Concat",
)  # fmt: skip
_GREATER = frozenset({"eq", "ne", "in", "notin"})

VARIABLES: tuple[tuple[str, str], ...] = (
    ("customer.name", N_("the customer's whole name")),
    ("customer.first_name", N_("the customer's first name")),
    ("customer.address", N_("the customer's mail address")),
    ("order.number", N_("the order this case is about, else the newest")),
    ("order.status", N_("what the shop says of it")),
    ("order.placed", N_("the day it was placed")),
    ("order.promised", N_("the day it was promised for")),
    ("order.delivered", N_("the day it was delivered")),
    ("order.days_late", N_("how many days it is late; empty when it is not")),
    ("order.total", N_("its amount")),
    ("order.items", N_("what was ordered")),
    ("order.carrier", N_("who carries it")),
    ("order.tracking", N_("the tracking number")),
    ("order.tracking_url", N_("where to follow it")),
    ("agent.name", N_("your whole name")),
    ("agent.first_name", N_("your first name")),
    ("agent.email", N_("your mail address")),
    ("case.number", N_("the number of this case")),
    ("case.subject", N_("its subject")),
    ("case.team", N_("the team it is with")),
    ("channel.name", N_("the mailbox")),
    ("channel.address", N_("the mailbox's address")),
    ("hours.today", N_("when you are open today")),
    ("hours.week", N_("when you are open, all week")),
    ("date.today", N_("today's date")),
)
"""What may be filled in, and what each is; `_` the words where they are shown."""
_GROUPS: dict[str, frozenset[str]] = {
    group: frozenset(name.partition(".")[2] for name, _words in VARIABLES if name.startswith(f"{group}."))
    for group in dict.fromkeys(name.partition(".")[0] for name, _words in VARIABLES)
}

Values = Mapping[str, str]
"""What is known, by name: {"customer.first_name": "Mette"}. What is not known is missing or empty."""


class Misformed(Problem):
    """The text is not written as it should be. `line` is that of the text, from 1 on; 0 when it is not known."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(_("Line {line}: {reason}").format(line=line, reason=reason) if line else reason)
        self.reason = reason
        self.line = line


@dataclass(frozen=True, slots=True)
class Filled:
    """A text with its places filled in. `missing` names those that were empty; in the text they stand as [name]."""

    text: str
    missing: tuple[str, ...] = ()


def check(source: str) -> frozenset[str]:
    """The variables that a text asks for. Raises Misformed, in one sentence, for a text that could not be filled in."""
    return _compiled(source)[1]


def fill(source: str, values: Values) -> Filled:
    """The text with its places filled in. Raises Misformed."""
    template, _names = _compiled(source)
    if template is None:
        return Filled(clean(source))
    missing: dict[str, None] = {}
    known = {name: clean(value)[:MOST_OF_A_VALUE] for name, value in values.items()}
    try:
        made = template.render({group: _Group(group, known, missing) for group in _GROUPS})
    except Exception as error:
        raise _fault(error) from error
    if len(made) > 2 * MOST:
        raise Misformed(_("The text becomes longer than {n} characters.").format(n=2 * MOST))
    return Filled(clean(made), tuple(missing))


class _Group:
    """The values of one group, as the template sees it."""

    __slots__ = ("known", "missing", "name")

    def __init__(self, name: str, known: Values, missing: dict[str, None]) -> None:
        self.name = name
        self.known = known
        self.missing = missing


@lru_cache(maxsize=256)
def _compiled(source: str) -> "tuple[Template | None, frozenset[str]]":
    """The template, None for a text without a place to fill in, and the names it asks for."""
    if len(source) > MOST:
        raise Misformed(_("The text is longer than {n} characters.").format(n=MOST))
    if "{{" not in source and "{%" not in source and "{#" not in source:
        return None, frozenset()
    environment = _environment()
    try:
        tree = environment.parse(source)
        names = frozenset(_names_in(tree))
        return environment.from_string(source), names
    except Exception as error:
        raise _fault(error) from error


def _fault(error: Exception) -> Misformed:
    """What a text made the sandbox stumble over, in one sentence; whatever it is, the text is what has to be mended."""
    from jinja2 import TemplateSyntaxError  # noqa: PLC0415  loaded by whoever raised it

    if isinstance(error, Misformed):
        return error
    if isinstance(error, TemplateSyntaxError):
        said = clean_line(str(error.message or ""))[:120]
        return Misformed(_("this is not understood ({said}).").format(said=said), error.lineno)
    if isinstance(error, RecursionError):
        return Misformed(_("The text is nested too deep."))
    return Misformed(_("The text cannot be filled in ({fault}).").format(fault=type(error).__name__))


@lru_cache(maxsize=1)
def _environment() -> "Environment":
    from jinja2 import Undefined, nodes  # noqa: PLC0415  a quarter of a second that only who uses a macro pays
    from jinja2.exceptions import SecurityError  # noqa: PLC0415
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415

    class Blank(Undefined):
        """An empty place: as false it counts, and to be written it is told."""

        __slots__ = ("_missing",)
        _missing: dict[str, None]

        def __str__(self) -> str:
            self._missing[str(self._undefined_name)] = None
            return f"[{self._undefined_name}]"

    class Sandbox(ImmutableSandboxedEnvironment):
        """Jinja2 without all that could reach out or grow."""

        def __init__(self) -> None:
            super().__init__(autoescape=False, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
                             optimized=False, cache_size=0, finalize=_written)  # fmt: skip
            self.globals.clear()
            self.filters = {name: self.filters[name] for name in _FILTERS}
            self.tests = {name: self.tests[name] for name in _TESTS}

        def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
            tree = super()._parse(source, name, filename)
            _refuse(tree)
            return tree

        def getattr(self, obj: Any, attribute: str) -> Any:
            if not isinstance(obj, _Group):
                raise SecurityError(attribute)
            value = obj.known.get(f"{obj.name}.{attribute}", "")
            if value.strip():
                return value
            blank = Blank(name=f"{obj.name}.{attribute}")
            blank._missing = obj.missing
            return blank

        def getitem(self, obj: Any, argument: Any) -> Any:  # noqa: ARG002  nothing is ever taken out of anything
            raise SecurityError(str(argument)[:40])

        def is_safe_callable(self, obj: Any) -> bool:  # noqa: ARG002  nothing is ever called
            return False

    return Sandbox()


def _written(value: object) -> object:
    """What is about to be written into the text: words only."""
    if isinstance(value, _Group):
        raise Misformed(
            _("«{name}» is no text: say which of it, like customer.name.").format(name=value.name)
        )
    if isinstance(value, bool):
        raise Misformed(_("A comparison is no text: it belongs into {% if … %}."))
    return value


def _refuse(tree: "nodes.Template") -> None:
    """Raise Misformed for what is not understood here, or is too much. Walks without recursion: the tree is hostile."""
    count = 0
    waiting: list[tuple[nodes.Node, int]] = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        count += 1
        if count > _MOST_NODES:
            raise Misformed(_("The text has too many places to fill in."))
        if depth > _DEEPEST:
            raise Misformed(_("The text is nested too deep."))
        _refuse_node(node)
        waiting += [(child, depth + 1) for child in _children(node)]


def _children(node: "nodes.Node") -> "Iterator[nodes.Node]":
    """A variable is looked at as one: its group alone would be no text."""
    return iter(()) if type(node).__name__ == "Getattr" else iter(node.iter_child_nodes())


def _refuse_node(node: "nodes.Node") -> None:
    kind = type(node).__name__
    if kind not in _NODES:
        said = _("only {{{{ variables }}}} and {{% if %}} stand in a text, no {thing}.")
        raise Misformed(said.format(thing=kind.lower()), node.lineno)
    if kind == "Getattr":
        _name_of(node)
    elif kind == "Name":
        said = _("«{name}» is no variable: write for example customer.name.")
        raise Misformed(said.format(name=clean_line(str(getattr(node, "name", "")))[:40]), node.lineno)
    elif kind == "Filter":
        _refuse_filter(node)
    elif kind == "Test" and getattr(node, "name", "") not in _TESTS:
        said = _("after «is» stands defined or undefined.")
        raise Misformed(said, node.lineno)
    elif kind == "Operand" and getattr(node, "op", "") not in _GREATER:
        said = _("texts are compared with ==, != and in.")
        raise Misformed(said, node.lineno)
    elif kind == "Const" and not isinstance(getattr(node, "value", None), str | bool):
        said = _("put what is meant in quotes, numbers too.")
        raise Misformed(said, node.lineno)


def _refuse_filter(node: "nodes.Node") -> None:
    name = str(getattr(node, "name", ""))
    if name not in _FILTERS:
        said = _("there is no |{name}; these are: {all}.")
        raise Misformed(said.format(name=clean_line(name)[:40], all=", ".join(_FILTERS)), node.lineno)
    arguments = getattr(node, "args", [])
    more = [*getattr(node, "kwargs", []), getattr(node, "dyn_args", None), getattr(node, "dyn_kwargs", None)]
    allowed = 2 if name in ("default", "d") else 0
    if any(more) or len(arguments) > allowed:
        said = _("|{name} takes no more than {n} things in brackets.")
        raise Misformed(said.format(name=name, n=allowed), node.lineno)


def _name_of(node: "nodes.Node") -> str:
    """The variable that a Getattr stands for. Raises Misformed when there is none of that name."""
    inner: Any = getattr(node, "node", None)
    group = str(inner.name) if type(inner).__name__ == "Name" else ""
    name = f"{group}.{getattr(node, 'attr', '')}"
    if getattr(node, "attr", "") in _GROUPS.get(group, ()):
        return name
    near = get_close_matches(name[:60], [one for one, _words in VARIABLES], n=1)
    hint = _("did you mean {near}?").format(near=near[0]) if near else _("F1 lists them.")
    said = _("there is no variable «{name}»; {hint}")
    raise Misformed(said.format(name=clean_line(name)[:60], hint=hint), node.lineno)


def _names_in(tree: "nodes.Template") -> Iterator[str]:
    """The variables; the tree has been looked through and is small."""
    from jinja2 import nodes  # noqa: PLC0415  loaded with the environment

    for node in tree.find_all(nodes.Getattr):
        yield _name_of(node)


def literally(text: str) -> str:
    """A text that was written for one customer, made safe to be read as one with places to fill in."""
    return re.sub(r"\{(?=[{%#])", "{{ '{' }}", text)
