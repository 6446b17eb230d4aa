"""Every text a person sees is marked for translation, where it can be translated.

What counts as seen: the first words given to the callables in `_SHOWING` (and to every kind of Problem), and those
given by the names in `_KEYWORDS`. A line that must stay as it is says so: `# untranslated: reason`.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest
from house.tree import python_files, source, tree

_SHOWING = {"notify", "print", "say", "Static", "Label", "Button", "Text"}
_KEYWORDS = {"title", "help", "description", "epilog", "placeholder", "label", "tooltip", "hint", "metavar"}
_MARKS = {"_", "N_", "ngettext", "pgettext"}
_KEPT = re.compile(r"#\s*untranslated:\s*\S.{5,}")
_WORD = re.compile(r"[^\W\d_]{2}")
_NAMES = {"agentdesk"}
_MODULES = [path for path in python_files("agentdesk") if path.parts[1:] != ("config", "language.py")]


def test_every_text_a_person_sees_is_marked() -> None:
    found = ((path, *one) for path in _MODULES for one in _unmarked(source(path), tree(path)))
    assert [f"{path}:{line} {text}" for path, line, text in found] == []


def test_every_mark_holds_a_literal_that_can_be_looked_up() -> None:
    assert [f"{path}:{line}" for path in _MODULES for line in _unfindable(tree(path))] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('self.notify("Case is gone")', 1),
        ('self.notify(f"{n} cases are gone")', 1),
        ('self.notify("Case " + name)', 1),
        ('self.notify("Case {n}".format(n=1))', 1),
        ('self.notify("Gone" if x else _("Here"))', 1),
        ('raise Problem("The store is gone.")', 1),
        ('raise ChannelDown("gone away")', 1),
        ('Command("x", title="Take a case")', 1),
        ('self.notify(_("Case is gone"))', 0),
        ('self.notify(_("Case {n}").format(n=1))', 0),
        ('Command("take-case", title=N_("Take a case"))', 0),
        ('print(f"{number:>6}  {subject}")', 0),
        ('print("agentdesk")', 0),
        ('print(number, "cases")', 1),
        ('self.say(_("Case is gone"), "error")', 0),
        ('print("OK")  # untranslated: a word of the protocol', 0),
        ('raise ValueError("for programmers")', 0),
    ],
)
def test_the_rule_for_marks_can_fail(text: str, found: int) -> None:
    assert len(list(_unmarked(text, ast.parse(text)))) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('_(f"{n} cases")', 1),
        ('_("Case " + name)', 1),
        ('_("Case {n}".format(n=1))', 1),
        ('_("Case %s" % name)', 1),
        ("N_(name)", 1),
        ('ngettext("{n} case", f"{n} cases", n)', 1),
        ('_("Case " "is gone")', 0),
        ("_(command.title)", 0),
        ('ngettext("{n} case", "{n} cases", len(x))', 0),
    ],
)
def test_the_rule_for_literals_can_fail(text: str, found: int) -> None:
    assert len(list(_unfindable(ast.parse(text)))) == found


def _unmarked(text: str, module: ast.Module) -> Iterator[tuple[int, str]]:
    lines = text.splitlines()
    for call in ast.walk(module):
        if not isinstance(call, ast.Call):
            continue
        shown = [key.value for key in call.keywords if key.arg in _KEYWORDS]
        if _name(call.func) in _SHOWING | _problems():
            shown += call.args if _name(call.func) == "print" else call.args[:1]
        for value in shown:
            for words in _literals(value):
                if not _KEPT.search(lines[value.lineno - 1]) and not _KEPT.search(lines[call.lineno - 1]):
                    yield value.lineno, words


def _literals(value: ast.expr) -> Iterator[str]:
    """The words in this expression that stand outside every mark."""
    match value:
        case ast.Constant(value=str(words)):
            if _WORD.search(words) and words.strip() not in _NAMES:
                yield words
        case ast.JoinedStr(values=parts):
            for part in parts:
                yield from _literals(part)
        case ast.BinOp(left=left, right=right):
            yield from _literals(left)
            yield from _literals(right)
        case ast.IfExp(body=body, orelse=orelse):
            yield from _literals(body)
            yield from _literals(orelse)
        case ast.Call(func=ast.Attribute(value=inner, attr="format" | "join" | "upper" | "capitalize")):
            yield from _literals(inner)


def _unfindable(module: ast.Module) -> Iterator[int]:
    for call in ast.walk(module):
        if (
            not isinstance(call, ast.Call)
            or not isinstance(call.func, ast.Name)
            or call.func.id not in _MARKS
        ):
            continue
        texts = call.args[:2] if call.func.id in {"ngettext", "pgettext"} else call.args
        computed = (ast.JoinedStr, ast.BinOp) if call.func.id == "_" else (ast.expr,)
        for text in texts:
            literal = isinstance(text, ast.Constant) and isinstance(text.value, str)
            made = (
                isinstance(text, ast.Call)
                and isinstance(text.func, ast.Attribute)
                and text.func.attr == "format"
            )
            if not literal and (isinstance(text, computed) or made):
                yield call.lineno


def _name(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


@cache
def _problems() -> set[str]:
    """The names of all classes that are a Problem."""
    known = {"Problem"}
    classes = [node for path in _MODULES for node in ast.walk(tree(path)) if isinstance(node, ast.ClassDef)]
    while more := {node.name for node in classes if known & {_name(base) for base in node.bases}} - known:
        known |= more
    return known
