"""Bytes to text when the sender's word for the charset may be missing, unknown or wrong.

Rule: the declared charset if it fits, else UTF-8 if it fits, else Windows-1252 with what cannot be read replaced.
Declared us-ascii and iso-8859-1 mean Windows-1252, as every mail program reads them. No guessing by statistics: it
gets short Danish and Norwegian texts wrong. Invariant: `decode` never raises.
"""

import codecs
import re
from functools import lru_cache

_UTF8 = "utf-8"
_WINDOWS = "cp1252"
_TRY_UTF8_FIRST = frozenset(
    {"", "us-ascii", "ascii", "ansi_x3.4-1968", "unknown-8bit", "x-unknown", "default"}
)
_ALIASES = {
    "iso-8859-1": _WINDOWS, "iso8859-1": _WINDOWS, "latin1": _WINDOWS, "latin-1": _WINDOWS, "iso_8859-1": _WINDOWS,
    "utf8": _UTF8, "utf-8mb4": _UTF8, "unicode-1-1-utf-8": _UTF8, "unicode-1-1-utf-7": "utf-7",
    "iso-8859-8-i": "iso-8859-8", "iso-8859-6-i": "iso-8859-6", "windows-874": "cp874", "x-mac-roman": "mac-roman",
    "macintosh": "mac-roman", "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "shift_jis": "cp932",
    "shift-jis": "cp932", "x-sjis": "cp932", "euc-kr": "cp949", "ks_c_5601-1987": "cp949", "cp-850": "cp850",
}  # fmt: skip
# These codecs run code-like escapes or take quadratic time; no mail is honestly written in them.
_REFUSED = frozenset({"unicode_escape", "raw_unicode_escape", "punycode", "idna", "undefined", "mbcs", "oem"})
_NAME = re.compile(r"[A-Za-z0-9][\w.:+-]{0,39}")


def decode(data: bytes, charset: str = "") -> tuple[str, bool]:
    """The text, and whether any byte of it had to be replaced."""
    if data.isascii() and b"\x1b" not in data and (not charset or _reads_ascii(charset)):
        return data.decode("ascii"), False
    codec = _codec(charset)
    if codec is not None:
        try:
            return data.decode(codec), False
        except (ValueError, OverflowError):  # bytes that this charset does not have
            pass
    if codec != _UTF8:
        try:
            return data.decode(_UTF8), False
        except UnicodeDecodeError:
            pass
    text = data.decode(_WINDOWS, "replace")
    return text, "\ufffd" in text


@lru_cache(maxsize=256)
def _codec(charset: str) -> str | None:
    """The codec to try first, or None where UTF-8 comes first."""
    name = charset.strip().strip("\"'").lower()
    if name in _TRY_UTF8_FIRST or not _NAME.fullmatch(name):
        return None
    name = _ALIASES.get(name, name)
    try:
        found = codecs.lookup(name).name.replace("-", "_")
        if found in _REFUSED:
            return None
        b"ab".decode(name, "replace")  # refuses codecs that do not make text (base64, zip)
    except (LookupError, ValueError):
        return None
    return name


@lru_cache(maxsize=256)
def _reads_ascii(charset: str) -> bool:
    """Whether ASCII bytes mean themselves in this charset (not so in UTF-16, UTF-7, EBCDIC)."""
    codec = _codec(charset)
    if codec is None:
        return True
    try:
        return b"az AZ 09 +-=~\\".decode(codec) == "az AZ 09 +-=~\\"
    except ValueError:
        return False
