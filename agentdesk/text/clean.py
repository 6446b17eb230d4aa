r"""The one outlet rule: text from outside reaches a terminal, a log or a file only through `clean` or `clean_line`.

Removed: C0 controls but newline and tab, DEL, C1 controls (U+0080-009F), lone surrogates, bidirectional controls
(U+061C, U+200E-200F, U+202A-202E, U+2066-2069), invisible format characters (U+200B, U+2060-2064, U+FEFF, tags),
private-use and unassigned non-characters, and the joiners U+200C-200D except between characters that need them
(Indic and Arabic letters, one emoji sequence of at most four joins). Invariants, proven by property tests: the result
holds no character that moves a cursor or starts a sequence; `clean(clean(x)) == clean(x)`.
"""

import re

_GONE = (
    *range(0x00, 0x09), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0),
    0x00AD, 0x061C, 0x115F, 0x1160, 0x180E, 0x200B, 0x200E, 0x200F, 0x2028, 0x2029,
    *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0x3164, 0xFEFF, 0xFFA0,
    *range(0xFFF0, 0xFFFC), 0xFFFE, 0xFFFF,
)  # fmt: skip
_TABLE: dict[int, str] = {code: "" for code in _GONE} | {0x2028: "\n", 0x2029: "\n"}
_RANGES = re.compile("[\ud800-\udfff\ue000-\uf8ff\U000e0000-\U000e0fff\U000f0000-\U0010ffff]")
_SUSPECT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff"
    "\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff\ue000-\uf8ff\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
_JOINER = re.compile("[\u200c\u200d]+")
_LETTERS_THAT_JOIN = re.compile(
    "[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u17ff]"
)
_EMOJI = re.compile("[\u2190-\u2bff\u3030\u303d\u3297\u3299\ufe0f\U0001f000-\U0001faff]")
_MAX_EMOJI_JOINS = 4
_TAB = 4


def clean(text: str) -> str:
    """Text of several lines, safe to show: newlines kept, tabs as spaces, everything that could act removed."""
    if "\t" in text:
        text = text.replace("\t", " " * _TAB)
    if not _SUSPECT.search(text):
        return text
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _RANGES.sub("", text.translate(_TABLE))
    return _join(text) if "\u200c" in text or "\u200d" in text else text


def clean_line(text: str) -> str:
    """Text of one line, safe to show: line breaks become one space, the ends are stripped."""
    text = clean(text)
    return " ".join(text.split()) if "\n" in text or "  " in text else text.strip()


def _join(text: str) -> str:
    """Keep a joiner only where a script or one emoji sequence of sane length needs it."""
    out: list[str] = []
    end = joins = 0
    for match in _JOINER.finditer(text):
        gap = text[end : match.start()]
        out.append(gap)
        if len(gap) > 2:
            joins = 0
        before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        joiner = match.group()
        if (
            len(joiner) == 1
            and before
            and after
            and _needs_join(joiner, before, after)
            and joins < _MAX_EMOJI_JOINS
        ):
            out.append(joiner)
            joins += 1
        end = match.end()
    out.append(text[end:])
    return "".join(out)


def _needs_join(joiner: str, before: str, after: str) -> bool:
    if _LETTERS_THAT_JOIN.match(before) and _LETTERS_THAT_JOIN.match(after):
        return True
    return (
        joiner == "\u200d"
        and bool(_EMOJI.match(before) or before >= "\U0001f3fb")
        and bool(_EMOJI.match(after))
    )
