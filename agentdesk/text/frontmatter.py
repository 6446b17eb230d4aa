"""Markdown with YAML front matter: how macros and articles stand in files that people keep in git.

Invariants: what `write` wrote, `read` gives back, and writing that again gives the same bytes; every value is read as
text (`no` stays "no", 007 stays "007"); aliases, anchors, tags, doubled names, deep nesting and over-size are
refused, so that a small file cannot grow large; an error names file, line and reason.
"""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from agentdesk.config.language import _
from agentdesk.domain.problems import Problem
from agentdesk.text.clean import clean_line

if TYPE_CHECKING:
    import yaml

Value: TypeAlias = "str | list[Value] | dict[str, Value]"

MOST = 1_000_000
"""Characters of a file."""
MOST_FIELDS = 100_000
"""Characters of its front matter."""
_DEEPEST = 6
_FENCE = "---"
_WIDTH = 1 << 30
_BREAK = re.compile("[\n\x85\u2028\u2029]")
_LINE = r"\S(?:[^\n\x85\u2028\u2029]*\S)?"
_BLOCK = re.compile(rf"{_LINE}(?:\n+{_LINE})*\n?")
"""Text that a YAML literal block gives back as it was: no line begins or ends with a blank."""


class Fields(dict[str, Value]):
    """The front matter, and the line in which each field stands."""

    def __init__(self, values: Mapping[str, Value], name: str, lines: Mapping[str, int]) -> None:
        super().__init__(values)
        self.name = name
        self.lines = dict(lines)

    def fault(self, field: str, reason: str) -> Problem:
        """What is wrong with a field, as a sentence that names file and line."""
        return fault(self.name, self.lines.get(field, 1), reason)

    def text(self, field: str, default: str = "") -> str:
        """A field that is one text. Raises Problem when it is a list or has fields of its own."""
        value = self.get(field, default)
        if not isinstance(value, str):
            raise self.fault(field, _("«{field}» takes one text, not a list").format(field=clean_line(field)))
        return value

    def texts(self, field: str) -> list[str]:
        """A field that is a list of texts, or one text, or missing. Raises Problem when it is anything else."""
        value = self.get(field, [])
        values = [value] if isinstance(value, str) and value else value or []
        if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
            raise self.fault(field, _("«{field}» takes a list of texts").format(field=clean_line(field)))
        return [one for one in values if isinstance(one, str)]

    def only(self, *known: str) -> None:
        """Raise Problem for a field that is none of these."""
        for field in self:
            if field not in known:
                said = _("«{field}» is not known here; known are {known}")
                raise self.fault(field, said.format(field=clean_line(field), known=", ".join(known)))


def fault(name: str, line: int, reason: str) -> Problem:
    """One sentence that names file, line and reason."""
    return Problem(
        _("{file}, line {line}: {reason}.").format(file=clean_line(name), line=line, reason=reason)
    )


def read(text: str, name: str) -> tuple[Fields, str]:
    """A file's (front matter, body). Raises Problem naming file, line and reason."""
    if len(text) > MOST:
        raise fault(name, 1, _("the file is longer than {n} characters").format(n=MOST))
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if lines[0].rstrip() != _FENCE:
        raise fault(name, 1, _("it does not begin with a line ---, the front matter"))
    end = next((at for at, line in enumerate(lines[1:], 1) if line.rstrip() == _FENCE), None)
    if end is None:
        raise fault(name, 1, _("the front matter has no end: a second line --- is missing"))
    head = "\n".join([*lines[1:end], ""])
    if len(head) > MOST_FIELDS:
        raise fault(name, 1, _("the front matter is longer than {n} characters").format(n=MOST_FIELDS))
    body = "\n".join(lines[end + 1 :])
    return _fields(head, name), body.removesuffix("\n")


def write(fields: Mapping[str, Value], body: str) -> str:
    """The file: fields in the order given, then the body, which ends with a line's end."""
    import yaml  # noqa: PLC0415  only whoever writes a file pays for it

    head = yaml.dump(dict(fields), Dumper=_dumper(), sort_keys=False, allow_unicode=True,
                     default_flow_style=False, width=_WIDTH) if fields else ""  # fmt: skip
    body = body.replace("\r\n", "\n").replace("\r", "\n")
    return f"{_FENCE}\n{head}{_FENCE}\n{body}" + ("\n" if body else "")


def _fields(head: str, name: str) -> Fields:
    import yaml  # noqa: PLC0415  only whoever reads a file pays for it

    try:
        _refuse_tricks(head, name)
        node = yaml.compose(head, Loader=yaml.BaseLoader)
    except yaml.reader.ReaderError as error:
        at = _line(head.count("\n", 0, int(error.position)))
        raise fault(name, at, _("there is a character that no text file holds")) from error
    except yaml.MarkedYAMLError as error:
        at = min(_begins(error.problem_mark or error.context_mark), _line(head.count("\n") - 1))
        said = clean_line(str(error.problem or error.context or ""))
        raise fault(name, at, _("not YAML: {said}").format(said=said)) from error
    except (ValueError, OverflowError) as error:  # \UFFFFFFFF, a character beyond the last
        raise fault(name, 2, _("there is a character that no text file holds")) from error
    if node is None:
        return Fields({}, name, {})
    if not isinstance(node, yaml.MappingNode):
        raise fault(name, 2, _("the front matter is a list of «name: value» lines"))
    lines: dict[str, int] = {}
    return Fields(_mapping(node, name, lines), name, lines)


def _line(of_head: int) -> int:
    """The line of the file: YAML counts from nought, and the fence stands above."""
    return of_head + 2


def _begins(mark: "yaml.error.Mark | yaml._yaml.Mark | None") -> int:
    return _line(mark.line) if mark is not None else 1


def _refuse_tricks(head: str, name: str) -> None:
    import yaml  # noqa: PLC0415  see above

    depth = 0
    for event in yaml.parse(head, Loader=yaml.BaseLoader):
        line = _begins(event.start_mark)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise fault(name, line, _("& and * before a value are not used here; put it in quotes"))
        if getattr(event, "tag", None):
            raise fault(name, line, _("! before a value is not used here; put it in quotes"))
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _DEEPEST:
                raise fault(name, line, _("lists stand too deep in one another"))
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _mapping(node: "yaml.MappingNode", name: str, lines: dict[str, int] | None = None) -> dict[str, Value]:
    import yaml  # noqa: PLC0415  see above

    found: dict[str, Value] = {}
    for key, value in node.value:
        line = _begins(key.start_mark)
        if not isinstance(key, yaml.ScalarNode):
            raise fault(name, line, _("the name of a field is one word"))
        field = str(key.value)
        if field in found:
            raise fault(name, line, _("«{field}» stands here twice").format(field=clean_line(field)))
        found[field] = _value(value, name)
        if lines is not None:
            lines[field] = line
    return found


def _value(node: "yaml.Node", name: str) -> Value:
    import yaml  # noqa: PLC0415  see above

    if isinstance(node, yaml.MappingNode):
        return _mapping(node, name)
    if isinstance(node, yaml.SequenceNode):
        return [_value(one, name) for one in node.value]
    return str(node.value)


def _dumper() -> "type[yaml.SafeDumper]":
    """YAML as people write it: lists indented, long text as a block, nothing by reference."""
    import yaml  # noqa: PLC0415  see above

    class Dumper(yaml.SafeDumper):
        def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  the library's signature
            return True

        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
            super().increase_indent(flow, False)

    def text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
        style = None if not _BREAK.search(value) else "|" if _BLOCK.fullmatch(value) else '"'
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)

    Dumper.add_representer(str, text)
    return Dumper
