"""`text.cells`: a result is never wider than asked for, and a wide character is never cut in two."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdesk.text.cells import ELLIPSIS, fit, pad, pad_left, width, wrap
from agentdesk.text.clean import clean

TEXTS = st.text(
    st.one_of(st.characters(exclude_categories=["C"]), st.sampled_from("日本 abc æøå e\u0301 👩🏽❤\ufe0f 한"))
).map(clean)
COLUMNS = st.integers(2, 40)


@pytest.mark.parametrize(
    ("text", "columns", "fitted"),
    [
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("ab cd", 4, "ab…"),
        ("abc", 0, ""),
        ("abc", -1, ""),
        ("abc", 1, "…"),
        ("日本語", 6, "日本語"),
        ("日本語", 5, "日本…"),
        ("日本語", 4, "日…"),
        ("日", 1, "…"),
        ("e\u0301" * 5, 5, "e\u0301" * 5),  # five cells, ten characters
        ("e\u0301" * 5, 4, "e\u0301" * 3 + "…"),
    ],
)
def test_fitting(text: str, columns: int, fitted: str) -> None:
    assert fit(text, columns) == fitted


@given(TEXTS, st.integers(0, 40))
def test_a_fitted_text_is_never_too_wide_and_whole_where_it_can_be(text: str, columns: int) -> None:
    text = text.replace("\n", "")
    fitted = fit(text, columns)
    assert width(fitted) <= columns
    assert fitted == text or fitted.endswith(ELLIPSIS) or columns == 0
    if width(text) <= columns and len(text) <= columns:
        assert fitted == text


@given(TEXTS, COLUMNS)
def test_a_padded_text_is_exactly_as_wide_as_asked(text: str, columns: int) -> None:
    text = text.replace("\n", "")
    assert width(pad(text, columns)) == columns
    assert width(pad_left(text, columns)) == columns


@given(TEXTS, COLUMNS)
def test_wrapped_lines_are_never_too_wide_and_lose_no_word(text: str, columns: int) -> None:
    lines = wrap(text, columns)
    assert lines
    assert all(width(line) <= columns for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "columns", "lines"),
    [
        ("", 10, [""]),
        ("a\n\nb", 10, ["a", "", "b"]),
        ("one two three", 7, ["one two", "three"]),
        ("  indented words stay", 10, ["  indented", "  words", "  stay"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("to abcdefghij", 4, ["to", "abcd", "efgh", "ij"]),
        ("日本語", 5, ["日本", "語"]),
    ],
)
def test_wrapping(text: str, columns: int, lines: list[str]) -> None:
    assert wrap(text, columns) == lines


def test_a_very_long_line_is_wrapped_in_linear_time() -> None:
    assert len(wrap("word " * 50_000, 80)) == 3125
    assert len(wrap("x" * 200_000, 80)) == 2500
