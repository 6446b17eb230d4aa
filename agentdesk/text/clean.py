r"""The one outlet rule: text from outside reaches a terminal, a log or a file only through `clean` or `clean_line`.

Removed: C0 controls but newline and tab, DEL, C1 controls (U+0080-009F), lone surrogates, bidirectional controls
(U+061C, U+200E-200F, U+202A-202E, U+2066-2069), invisible format characters (U+200B, U+2060-2064, U+FEFF, tags),
private-use characters and non-characters, and the joiners U+200C-200D except between characters that need them
(Indic and Arabic letters, one emoji sequence of at most four joins). Invariants, proven by property tests: the result
holds no character that moves a cursor or starts a sequence; `clean(clean(x)) == clean(x)`.
"""

import re

_GONE = (
    *range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0),
    0x00AD, 0x061C, 0x115F, 0x1160, 0x180E, 0x200B, 0x200E, 0x200F, 0x2028, 0x2029,
    *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0x3164, 0xFEFF, 0xFFA0,
    *range(0xFFF0, 0xFFFC), 0xFFFE, 0xFFFF,
)  # fmt: skip
_TABLE: dict[int, str] = dict.fromkeys(_GONE, "") | {0x2028: "\n", 0x2029: "\n"}
_NO_CHARACTERS = "".join(chr(plane << 16 | low) for plane in range(1, 14) for low in (0xFFFE, 0xFFFF))
_ALWAYS_GONE = (
    "\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\U000e0000-\U000effff\U000f0000-\U0010ffff" + _NO_CHARACTERS
)
_RANGES = re.compile(f"[{_ALWAYS_GONE}]")
_SUSPECT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff"
    f"\uffa0\ufff0-\ufffb\ufffe\uffff{_ALWAYS_GONE}]"
)
_JOINER = re.compile("[\u200c\u200d]+")
_LETTERS_THAT_JOIN = re.compile(
    "[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u17ff]"
)
_EMOJI = re.compile("[\u2190-\u2bff\u3030\u303d\u3297\u3299\ufe0f\U0001f000-\U0001faff]")
_FILLERS = "\u115f\u1160\u3164\uffa0"  # letters by name, blank to the eye
_MAX_EMOJI_JOINS = 4
_TAB = 4


def clean(text: str) -> str:
    """Text of several lines, safe to show: newlines kept, tabs as spaces, everything that could act removed."""
    if "\t" in text:
        text = text.replace("\t", " " * _TAB)
    said = text.replace("\n", "")
    if said.isprintable() and (said.isascii() or _is_everyday(said)):
        return text  # the everyday case, at a tenth of the cost of the search
    if not _SUSPECT.search(text):
        return text
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _RANGES.sub("", text.translate(_TABLE))
    return _join(text) if "\u200c" in text or "\u200d" in text else text


def _is_everyday(text: str) -> bool:
    """No fillers, and nothing beyond U+FFFF: marks lie there that print as nothing and can spell a hidden text."""
    return len(text.encode("utf-16-le")) == 2 * len(text) and not any(one in text for one in _FILLERS)


def clean_line(text: str) -> str:
    """Text of one line, safe to show: line breaks become one space, the ends are stripped."""
    text = clean(text)
    return " ".join(text.split()) if "\n" in text or "  " in text else text.strip()


def escaped(text: str) -> str:
    """JSON that acts on nothing where it is shown, and says the same: what `clean` would take away, as its escapes."""
    if text.replace("\n", "").isprintable() or not _SUSPECT.search(text):
        return text
    return _SUSPECT.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    if ord(character) <= 0xFFFF:
        return f"\\u{ord(character):04x}"
    high, low = divmod(ord(character) - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"


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
        if len(joiner) == 1 and before and after:
            if _LETTERS_THAT_JOIN.match(before) and _LETTERS_THAT_JOIN.match(after):
                out.append(joiner)
            elif joiner == "\u200d" and joins < _MAX_EMOJI_JOINS and _joins_emoji(before, after):
                out.append(joiner)
                joins += 1
        end = match.end()
    out.append(text[end:])
    return "".join(out)


def _joins_emoji(before: str, after: str) -> bool:
    return bool(_EMOJI.match(before) or before >= "\U0001f3fb") and bool(_EMOJI.match(after))
