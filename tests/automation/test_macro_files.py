"""Whatever a macro says, its file says the same, and what is read from the file makes the same file again."""

import json
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from agentdesk.automation import actions, macro_files
from agentdesk.domain.macros import MacroRow, MacroText
from agentdesk.services.macros import cleaned
from agentdesk.text import template
from agentdesk.text.clean import clean, clean_line

_ODD = st.sampled_from(
    ["---", "<!-- da -->", "\\<!-- da -->", "\\\\<!-- en -->", " <!-- da -->", "# x", "- y: z", "", "  ", "\t", "a\\",
     "…", "'\"", "{{ customer.name }}", "no", "null", "{}", "&a", "*b", "!c", "|", ">", "%", "@", "`", "a: b", "æøå",
     "\u2028", "\x85"]
)  # fmt: skip
_LINES = st.lists(_ODD | st.text(max_size=20), min_size=1, max_size=8).map("\n".join)


def usable(text: str) -> bool:
    """A text that the store would keep."""
    try:
        template.check(text)
    except template.Misformed:
        return False
    return bool(text.strip())


TEXTS = _LINES.map(lambda text: clean(text).strip("\n")).filter(usable)
WORDS = _LINES.map(clean_line).filter(lambda text: 0 < len(text) <= 80)
NOTES = _LINES.map(lambda text: clean(text).strip()).filter(usable)


@settings(max_examples=300, deadline=None)
@given(
    texts=st.dictionaries(st.sampled_from(["da", "en", "nb", "de"]), TEXTS, max_size=3), name=WORDS, note=NOTES,
    subject=WORDS.filter(usable) | st.just(""),
)  # fmt: skip
def test_a_file_says_what_the_macro_says(texts: dict[str, str], name: str, note: str, subject: str) -> None:
    acts = tuple(actions.read(one) for one in (
        {"kind": "note", "text": note}, {"kind": "tag", "add": ["x"], "drop": ["no"]},
        {"kind": "snooze", "value": "tomorrow 9", "ends": "not thanks"}))  # fmt: skip
    row = MacroRow(
        1, "a-b", name, "everyone", None, "", None, "",
        tuple(MacroText(language, texts[language], subject) for language in sorted(texts)), acts, (), True, 1,
        datetime(2026, 1, 1, tzinfo=UTC), "",
    )  # fmt: skip
    file = macro_files.as_file(row)
    (read,) = macro_files.read_macros({"a-b.md": file}, Path("/nowhere"))
    assert (read.name, read.texts) == (row.name, row.texts)
    assert json.dumps([dict(one) for one in read.actions]) == json.dumps([dict(one) for one in acts])
    kept = cleaned(read)
    again = MacroRow(
        1, "a-b", kept.name, "everyone", None, "", None, "", kept.texts, kept.actions, (), True, 2,
        datetime(2026, 1, 2, tzinfo=UTC), "",
    )  # fmt: skip
    assert macro_files.as_file(again) == file
