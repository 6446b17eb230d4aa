"""`text.frontmatter`: what was written is read back, byte for byte, and no file can do harm."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdesk.domain.problems import Problem
from agentdesk.text.frontmatter import MOST_FIELDS, read, write

HOSTILE = st.text(
    st.one_of(
        st.characters(exclude_categories=()),
        st.sampled_from("---\n\n  #:&*!|>'\"%@`{}[],?~\t\r\x00\x1b\x85\u2028\u2029\ufeffnoæøå😀\ud800"),
    ),
    max_size=60,
)
WORDS = st.one_of(
    HOSTILE,
    st.sampled_from(["no", "yes", "null", "~", "007", "1e3", "<<", "=", "---", "...", "- x", "a: b", "|"]),
    st.lists(st.sampled_from(["Hej", "", " indrykket", "- punkt", "# nej", "slut "]), max_size=6).map(
        "\n".join
    ),
)
VALUES = st.recursive(
    WORDS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=3)),
    max_leaves=8,
)


@given(st.dictionaries(WORDS, st.one_of(WORDS, st.lists(WORDS, max_size=3), VALUES), max_size=5), HOSTILE)
def test_what_was_written_is_read_back_and_written_alike(fields: dict[str, object], body: str) -> None:
    try:
        written = write(fields, body)  # type: ignore[arg-type]
        read_fields, read_body = read(written, "hostile.md")
    except Problem as problem:  # only for what nobody keeps: a tower of lists
        assert "too deep" in str(problem)  # noqa: PT017
        return
    assert dict(read_fields) == fields
    assert list(read_fields) == list(fields)
    assert read_body == body.replace("\r\n", "\n").replace("\r", "\n")
    assert write(read_fields, read_body) == written


PIECES = st.sampled_from([
    "---\n", "a: ", "b:", "- ", "[", "]", "{", "}",
    "&x ", "*x", "!!python/name:os ", "|\n  ", ">\n", "'", '"', "\\U", "# ",
    "\t", "? ", "<<: ", "\n", "\x00", "\ud800", "no", "%YAML 9.9\n", "...\n", "  x\n", "\u2028",
])  # fmt: skip


@given(st.lists(PIECES | HOSTILE, max_size=12).map("".join))
def test_any_text_is_read_or_refused_with_its_line(text: str) -> None:
    for file in (text, f"---\n{text}\n---\nHej"):
        try:
            fields, _body = read(file, "any.md")
        except Problem as problem:
            said = str(problem)
        else:
            said = "any.md, line "
            assert all(isinstance(name, str) for name in fields)
        assert said.startswith("any.md, line ")
        assert "\n" not in said


def test_a_file_reads_well() -> None:
    fields = {
        "title": "Hvor er min pakke?",
        "keywords": ["pakke", "no"],
        "texts": {"da": "Hej\n\nDu\n"},
    }
    assert write(fields, "# Pakker\n\nVent.") == (
        "---\ntitle: Hvor er min pakke?\nkeywords:\n  - pakke\n  - 'no'\ntexts:\n  da: |\n    Hej\n\n    Du\n"
        "---\n# Pakker\n\nVent.\n"
    )
    assert write({}, "") == "---\n---\n"


def test_what_people_type_is_text() -> None:
    fields, body = read("\ufeff---\r\na: no\r\nb: 007\r\nc: 2026-11-21\r\nd: ~\r\n---\r\nHej\r\n", "x.md")
    assert dict(fields) == {"a": "no", "b": "007", "c": "2026-11-21", "d": "~"}
    assert body == "Hej"
    assert fields.lines == {"a": 2, "b": 3, "c": 4, "d": 5}


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 1, "does not begin"),
        ("title: x\n", 1, "does not begin"),
        ("---\ntitle: x\n", 1, "no end"),
        ("---\n- a\n- b\n---\n", 2, "list of"),
        ("---\na: x\nb: &b x\n---\n", 3, "not used here"),
        ("---\na: x\nb: *a\n---\n", 3, "not used here"),
        ("---\na: !!python/object/apply:os.system [ls]\n---\n", 2, "not used here"),
        ("---\na: x\n\na: y\n---\n", 4, "twice"),
        ("---\na: {b: 1, b: 2}\n---\n", 2, "twice"),
        ("---\n? [a]\n: b\n---\n", 2, "one word"),
        ("---\na: x\nb: [x\n---\n", 3, "not YAML"),
        ("---\na: b: c\n---\n", 2, "not YAML"),
        ("---\na: x\nb: \x1b[2J\n---\n", 3, "no text file"),
        ('---\na: "\\UFFFFFFFF"\n---\n', 2, "no text file"),
        ("---\na: " + "[" * 5000 + "\n---\n", 2, "too deep"),
        ("---\n" + "a: " * 5000 + "\n---\n", 2, "not YAML"),
        ("---\na: " + "x" * MOST_FIELDS + "\n---\n", 1, "longer"),
        ("---\n---\n" + "x" * 1_000_001, 1, "longer"),
    ],
)
def test_a_bad_file_is_told_with_file_line_and_reason(text: str, line: int, reason: str) -> None:
    with pytest.raises(Problem) as caught:
        read(text, "bad\x1b.md")
    assert str(caught.value).startswith(f"bad.md, line {line}: ")
    assert reason in str(caught.value)


def test_the_billion_laughs_are_refused_before_they_grow() -> None:
    lines = ["a0: &a0 ha", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30))]
    with pytest.raises(Problem, match="line 2"):
        read("---\n" + "\n".join(lines) + "\n---\n", "laughs.md")


def test_fields_say_where_they_stand() -> None:
    fields, _body = read("---\ntitle: [a]\nkeywords: x\nodd: {a: b}\n---\n", "a.md")
    assert fields.texts("keywords") == ["x"]
    assert fields.texts("missing") == []
    assert fields.text("missing", "y") == "y"
    with pytest.raises(Problem, match=r"a\.md, line 2: «title» takes one text"):
        fields.text("title")
    with pytest.raises(Problem, match=r"a\.md, line 4: «odd» takes a list"):
        fields.texts("odd")
    with pytest.raises(Problem, match=r"a\.md, line 4: «odd» is not known"):
        fields.only("title", "keywords")
