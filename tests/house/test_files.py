"""Each file says its duty, is small enough to see, and speaks of nothing but the product."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from house.tree import files, python_files, source, tree

_FILE, _FUNCTION = 500, 80
_REASON = re.compile(r"#\s*size:\s*\S.{9,}")
_MODULES = python_files("agentdesk", "migrations", "tests")
_NO_DATA = [
    path for path in _MODULES if path.parts[:2] != ("migrations", "versions")
]  # a migration is all tables
_UNWANTED = re.compile(
    r"/work/|\.\./shared|\.library|\bassistant\b|\bTODO\b|\bFIXME\b|\bXXX\b|\bHACK\b|NotImplementedError",
)
_SELF = Path(__file__).name


def test_every_module_says_its_duty() -> None:
    said = {path: ast.get_docstring(tree(path)) or "" for path in _MODULES}
    assert [str(path) for path, words in said.items() if len(words) < 16] == []


def test_every_module_and_function_is_small_enough_to_see() -> None:
    assert [found for path in _NO_DATA for found in _too_large(source(path), path)] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("x = 1\n" * (_FILE + 1), 1),
        ("x = 1\n" * _FILE, 0),
        ("# size: one state machine, told in one breath\n" + "x = 1\n" * (_FILE + 1), 0),
        ("# size:\n" + "x = 1\n" * (_FILE + 1), 1),
        ("TABLE = (\n" + "    1,\n" * (_FILE + 1) + ")\n", 0),
        ("def f():\n" + "    x()\n" * _FUNCTION, 1),
        ("def f():\n" + "    x()\n" * (_FUNCTION - 1), 0),
        ("# size: a list of steps that nobody reads twice\ndef f():\n" + "    x()\n" * _FUNCTION, 0),
        ("def f():\n    return [\n" + "        1,\n" * _FUNCTION + "    ]\n", 0),
    ],
)
def test_the_size_rule_can_fail(text: str, found: int) -> None:
    assert len(list(_too_large(text, Path("x.py")))) == found


def test_nothing_is_left_undone_and_no_workplace_is_named() -> None:
    assert [found for path in files() if path.name != _SELF for found in _unwanted(path)] == []


def _unwanted(path: Path) -> Iterator[str]:
    try:
        text = source(path)
    except UnicodeDecodeError:  # a picture or the like
        return
    for hit in _UNWANTED.finditer(text):
        yield f"{path}:{text.count(chr(10), 0, hit.start()) + 1} {hit[0]}"


def _too_large(text: str, path: Path) -> Iterator[str]:
    module = ast.parse(text)
    lines = text.splitlines()
    count = len(lines) - _declared(module.body)
    if count > _FILE and not any(_REASON.match(line) for line in lines):
        yield f"{path}: {count} lines that are not data, of {_FILE}; split it, or say why with '# size: reason'"
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
            count = (node.end_lineno or first) - node.lineno + 1 - _declared(ast.walk(node))
            head = lines[max(first - 2, 0) : node.body[0].lineno]
            if count > _FUNCTION and not any(_REASON.search(line) for line in head):
                yield f"{path}:{node.lineno} {node.name}: {count} lines that are not data, of {_FUNCTION}"


def _declared(nodes: object) -> int:
    """How many lines are declarations: assignments and literal containers over several lines."""
    spans: set[int] = set()
    for node in nodes:  # type: ignore[attr-defined]  # any iterable of nodes
        value = getattr(node, "value", None)
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.Return) and isinstance(
            value, ast.Tuple | ast.List | ast.Dict | ast.Set | ast.Call | ast.Constant
        ):
            if isinstance(value, ast.Call) and node.col_offset:
                continue  # inside a function a call over several lines is work, not data
            spans.update(range(node.lineno + 1, (node.end_lineno or node.lineno) + 1))
    return len(spans)
