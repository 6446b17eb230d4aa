"""`text.clean`: nothing from outside can move a cursor, start a sequence or turn text around."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdesk.text.clean import clean, clean_line, escaped

ZWJ, ZWNJ = "\u200d", "\u200c"
HOSTILE = st.text(
    st.one_of(
        st.characters(),
        st.characters(min_codepoint=0, max_codepoint=0xA0),
        st.sampled_from(
            "\u200c\u200d\u200b\u202e\u2066\u2069\u061c\ufeff\U000e0041\ud800\udfff\r\n\t क्षکی👩👧❤\ufe0f🏽"
        ),
    )
)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("æøå ÆØÅ € – “x” …", "æøå ÆØÅ € – “x” …"),
        ("a\x1b[2Jb", "a[2Jb"),
        ("\x1b]0;title\x07x", "]0;titlex"),
        ("\x9b31mred", "31mred"),
        ("\x90q\x9c", "q"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\u2028b\u2029c", "a\nb\nc"),
        ("a\tb", "a    b"),
        ("a\x00\x08\x7fb", "ab"),
        ("in\u202evoice\u202c", "invoice"),
        ("a\u200bb\u2060c\ufeffd\u00ade", "abcde"),
        ("\ud83d lone \udc00", " lone "),
        ("tag\U000e0041s \ue000 \U000f0000", "tags  "),
        ("\ufdd0\ufdef\ufffe\U0001ffff\U0005fffe.", "."),
        ("a\u0085b", "ab"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("क्\u200dष", "क्\u200dष"),
        ("a\u200db", "ab"),
        ("👩\u200d👧", "👩\u200d👧"),
        ("👩🏽\u200d👧", "👩🏽\u200d👧"),
        ("❤️\u200d🔥", "❤️\u200d🔥"),
        ("👩\u200d\u200d👧", "👩👧"),
        ("\u200d👧", "👧"),
        ("👧\u200d", "👧"),
    ],
)
def test_what_could_act_is_removed_and_what_is_read_is_kept(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


def test_one_emoji_sequence_has_at_most_four_joins() -> None:
    assert clean(ZWJ.join("👩" * 9)).count(ZWJ) == 4
    assert clean(" ".join([ZWJ.join("👩" * 3)] * 5)).count(ZWJ) == 10


def test_joins_of_letters_are_not_counted() -> None:
    assert clean(f"می{ZWNJ}خ" * 20).count(ZWNJ) == 20
    assert clean(ZWNJ.join("یک" * 10)).count(ZWNJ) == 19
    assert clean(f"ک{ZWJ}ک" * 5 + ZWJ.join("👩" * 3)).count(ZWJ) == 7


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        (" a \n b ", "a b"),
        ("a\r\nBcc: x", "a Bcc: x"),
        ("a  b", "a b"),
        ("a\tb", "a b"),
        ("\n", ""),
        ("a\u2028b", "a b"),
    ],
)
def test_one_line_is_one_line(text: str, cleaned: str) -> None:
    assert clean_line(text) == cleaned


@given(HOSTILE)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert clean_line(clean_line(text)) == clean_line(text)


@given(HOSTILE)
def test_no_control_surrogate_or_bidi_character_is_left(text: str) -> None:
    for cleaned, allowed in ((clean(text), "\n"), (clean_line(text), "")):
        for character in cleaned:
            if character in (*allowed, ZWJ, ZWNJ):
                continue
            assert unicodedata.category(character) not in ("Cc", "Cs", "Co"), hex(ord(character))
            assert unicodedata.bidirectional(character) not in (
                "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI", "BN",
            ), hex(ord(character))  # fmt: skip


@given(st.text(st.characters(exclude_categories=["C"])))
def test_text_of_letters_signs_and_marks_is_kept(text: str) -> None:
    kept = "".join(
        one for one in text if one not in "\u2028\u2029\u115f\u1160\u3164\uffa0\u180e" and one < "\U000e0000"
    )
    assert "".join(clean(text).split()) == "".join(kept.split())


@given(HOSTILE)
def test_escaped_json_acts_on_nothing_and_says_the_same(text: str) -> None:
    document = escaped(json.dumps({"text": text}, ensure_ascii=False, indent=1))
    assert json.loads(document) == json.loads(json.dumps({"text": text}))
    assert clean(document) == document
