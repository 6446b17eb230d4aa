"""Any text that jinja2's grammar can build, and some that it cannot: filled in or refused, soon, small, and of words."""

# ruff: noqa: E501  tables of what a text is put together of

import re
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from agentdesk.text import template
from agentdesk.text.clean import clean

KNOWN = {"customer.name": "Mette {{ agent.name }}", "customer.first_name": "Mette", "order.number": "10231"}
_NAMES = [name for name, _words in template.VARIABLES]
_INSIDE = re.compile(r"<(?:class|function|bound|built-in|module|Undefined)|object at 0x")
"""How a Python object looks when it is written."""

NAMES = st.sampled_from(
    [*_NAMES, *_NAMES, "customer", "self", "config", "loop", "range", "lipsum", "cycler", "namespace", "x"]
)
ATTRIBUTES = st.sampled_from([
    "__class__", "__init__", "__globals__", "__mro__", "__subclasses__", "known", "_missing", "name", "format", "join", "mro",
    "gi_frame", "func_globals", "_fail_with_undefined_error", "0", "missing",
])  # fmt: skip
FILTERS = st.sampled_from([
    "default('os')", "d('a', true)", "upper", "lower", "title", "trim", "capitalize", "attr('__class__')", "map('upper')", "format(9)",
    "list", "join", "center(99999999)", "replace('a','b')", "tojson", "pprint", "xmlattr", "indent(9)", "safe", "string", "length",
])  # fmt: skip
LITERALS = st.sampled_from(
    [
        "'a'",
        "''",
        "'%s'",
        "'{0.__class__}'",
        "1",
        "9**9",
        "true",
        "none",
        "[]",
        "{}",
        "()",
        "'\\u0000'",
        "1.5",
        "-1",
    ]
)


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.tuples(inner, inner)
    return st.one_of(
        st.builds("{}.{}".format, inner, ATTRIBUTES),
        st.builds("{}|{}".format, inner, FILTERS),
        st.builds("{}[{}]".format, inner, inner),
        st.builds("{}({})".format, inner, inner),
        st.builds("({})".format, inner),
        st.builds("not {}".format, inner),
        st.builds(
            "{0[0]} {1} {0[1]}".format,
            pair,
            st.sampled_from(
                ["~", "+", "*", "**", "//", "%", "and", "or", "==", "!=", "in", "not in", "<", "is", ","]
            ),
        ),
        st.builds("{0[0]} if {0[1]} else {0[0]}".format, pair),
        st.builds(
            "{} is {}".format,
            inner,
            st.sampled_from(["defined", "undefined", "none", "callable", "divisibleby(1)"]),
        ),
    )


SOUND = st.one_of(
    st.sampled_from(_NAMES),
    st.sampled_from(
        [
            "customer.name|upper",
            "agent.name|d('os')",
            "'a' ~ order.number",
            "order.number == '1'",
            "not agent.name",
            "'a' if order.number else 'b'",
        ]
    ),
)
EXPRESSIONS = SOUND | st.recursive(NAMES | LITERALS | SOUND, _grown, max_leaves=8)


def _blocks(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    said = st.tuples(EXPRESSIONS, inner)
    forms = [
        "{{% if {0[0]} %}}{0[1]}{{% endif %}}", "{{% if {0[0]} %}}{0[1]}{{% elif {0[0]} %}}b{{% else %}}{0[1]}{{% endif %}}",
        "{{% for x in {0[0]} %}}{0[1]}{{% endfor %}}", "{{% set x = {0[0]} %}}{0[1]}", "{{% macro f(x={0[0]}) %}}{0[1]}{{% endmacro %}}{{{{ f() }}}}",
        "{{% filter upper %}}{0[1]}{{% endfilter %}}", "{{% with x={0[0]} %}}{0[1]}{{% endwith %}}", "{{% block x %}}{0[1]}{{% endblock %}}",
        "{{% call {0[0]} %}}{0[1]}{{% endcall %}}", "{{% include {0[0]} %}}", "{{% import {0[0]} as x %}}", "{{% extends {0[0]} %}}{0[1]}",
        "{{% raw %}}{0[1]}{{% endraw %}}", "{{% autoescape {0[0]} %}}{0[1]}{{% endautoescape %}}", "{{# {0[1]} #}}", "{{{{ {0[0]} -}}}} {0[1]}",
    ]  # fmt: skip
    return st.one_of(
        *(st.builds(form.format, said) for form in forms), st.lists(inner, max_size=4).map("".join)
    )


SOURCES = st.recursive(
    st.one_of(
        EXPRESSIONS.map("{{{{ {} }}}}".format), st.sampled_from(["Hej ", "\n", "{", "}}", "{%", "{{", "#}", "\x1b[2J", "\ud800", "å"]), st.text(max_size=6)
    ),
    _blocks, max_leaves=6,
)  # fmt: skip


@settings(max_examples=250)
@given(SOURCES)
def test_any_text_is_filled_in_or_refused_in_one_sentence(source: str) -> None:
    begun = time.process_time()
    try:
        filled = template.fill(source, KNOWN)
    except template.Misformed as problem:
        said = str(problem)
        filled = template.Filled("")
    else:
        said = ""
        assert template.check(source) <= set(_NAMES)
    assert len(said) < 400
    assert "\n" not in said
    assert len(filled.text) <= 2 * template.MOST
    assert clean(filled.text) == filled.text
    assert not _INSIDE.search(filled.text + said)
    assert set(filled.missing) <= set(_NAMES)
    assert time.process_time() - begun < 1


PLACES = st.sampled_from([
    ("{{ customer.first_name }}", "Mette"), ("{{ customer.name }}", "Mette {{ agent.name }}"), ("{{ order.number|d('x') }}", "10231"),
    ("{{ agent.name|default('os') }}", "os"), ("{% if order.tracking %}a{% else %}b{% endif %}", "b"), ("{{ 'x' ~ order.number }}", "x10231"),
    ("{{ customer.first_name|upper }}", "METTE"), ("{{ agent.name }}", "[agent.name]"), ("{# nothing #}", ""),
])  # fmt: skip
PLAIN = st.text(st.characters(exclude_categories=["C"], exclude_characters="{}%#\n "), max_size=12)


@settings(max_examples=50)
@given(st.lists(st.tuples(PLAIN, PLACES), max_size=12))
def test_what_is_understood_is_filled_in_at_its_place(pieces: list[tuple[str, tuple[str, str]]]) -> None:
    source = "".join(f"{text}·{place}·" for text, (place, _made) in pieces)
    made = "".join(f"{text}·{value}·" for text, (_place, value) in pieces)
    filled = template.fill(source, KNOWN)
    assert filled.text == clean(made)
    assert bool(filled.missing) == ("[agent.name]" in made)


@settings(max_examples=60)
@given(SOURCES | st.text(max_size=60))
def test_whatever_was_written_can_be_made_literal(text: str) -> None:
    assert template.fill(template.literally(text), {}).text == clean(text)
