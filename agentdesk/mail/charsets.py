"""Bytes to text when the sender's word for the charset may be missing, unknown or wrong.

Rule: the declared charset if it fits, else UTF-8 if it fits, else Windows-1252 with what cannot be read replaced.
Declared us-ascii and iso-8859-1 mean Windows-1252, as every mail program reads them. A text that fits its charset but
for a few bytes is read in that charset all the same. No guessing by statistics of letters: it gets short Danish and
Norwegian texts wrong. Invariants: `decode` never raises and takes time linear in its bytes.
"""

import codecs
import re
from functools import lru_cache

_UTF8 = "utf-8"
_WINDOWS = "cp1252"
_TRY_UTF8_FIRST = frozenset(
    {"", "us-ascii", "ascii", "ansi_x3.4-1968", "unknown-8bit", "x-unknown", "default", "unicode", "646"}
)
_ALIASES = {
    "latin1": _WINDOWS, "latin-1": _WINDOWS, "l1": _WINDOWS, "iso-ir-100": _WINDOWS, "ansi": _WINDOWS,
    "utf8": _UTF8, "utf-8mb4": _UTF8, "unicode-1-1-utf-8": _UTF8, "unicode-1-1-utf-7": "utf-7", "utf7": "utf-7",
    "macintosh": "mac-roman", "mac": "mac-roman", "x-mac-ce": "mac-latin2", "x-mac-centralroman": "mac-latin2",
    "x-mac-japanese": "cp932", "x-mac-korean": "cp949", "x-mac-chinesetrad": "big5hkscs",
    "x-mac-chinesesimp": "gb18030", "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "gb_2312-80": "gb18030",
    "csgb2312": "gb18030", "euc-cn": "gb18030", "hz-gb-2312": "hz", "big5": "big5hkscs", "x-x-big5": "big5hkscs",
    "shift_jis": "cp932", "shift-jis": "cp932", "x-sjis": "cp932", "sjis": "cp932", "x-euc-jp": "euc_jp",
    "iso-2022-jp": "iso2022_jp_ext", "iso-2022-jp-1": "iso2022_jp_ext", "csiso2022jp": "iso2022_jp_ext",
    "euc-kr": "cp949", "ks_c_5601-1987": "cp949", "ks_c_5601": "cp949", "ksc5601": "cp949", "iso-ir-149": "cp949",
    "tis-620": "cp874", "dos-874": "cp874", "koi8r": "koi8-r", "koi8": "koi8-r", "koi8-ru": "koi8-u",
}  # fmt: skip
# These codecs run code-like escapes or take quadratic time; no mail is honestly written in them.
_REFUSED = frozenset({"unicode_escape", "raw_unicode_escape", "punycode", "idna", "undefined", "mbcs", "oem"})
_NAME = re.compile(r"[A-Za-z0-9][\w.:+-]{0,39}")
_CODE_PAGE = re.compile(r"(?:x-)?(?:cp|win|windows|ms|ibm)[-_ ]?(\d{3,5})")
_ISO = re.compile(r"(?:cs|x-)?(?:latin-)?iso[-_ ]?8859[-_ ]?(\d\d?)(?:[-_:][ie]|[-_:]\d{4})?")
_MULTIBYTE = frozenset(
    {"gb18030", "hz", "big5hkscs", "cp932", "euc_jp", "iso2022_jp_ext", "cp949", "iso2022_kr", "johab"}
)
_MARKS = ((codecs.BOM_UTF8, _UTF8), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_C1 = {
    code: sign
    for code in range(0x80, 0xA0)
    if (sign := bytes([code]).decode(_WINDOWS, "ignore"))  # five of them stand for nothing
}


def decode(data: bytes, charset: str = "") -> tuple[str, bool]:
    """The text, and whether any byte of it had to be replaced."""
    if data.isascii() and b"\x1b" not in data and (not charset or _reads_ascii(charset)):
        return data.decode("ascii"), False
    codec = _fitting(_codec(charset), data)
    if codec is not None:
        try:
            text = data.decode(codec)
        except (ValueError, OverflowError):  # bytes that this charset does not have
            pass
        else:
            # Nobody writes C1 controls; Windows' signs under the name of an ISO charset are everywhere.
            return (text.translate(_C1) if codec.startswith("iso8859") else text), False
    if codec != _UTF8:
        try:
            return data.decode(_UTF8), False
        except UnicodeDecodeError:
            pass
    return _nearly(data, codec)


def _nearly(data: bytes, codec: str | None) -> tuple[str, bool]:
    """What fits no charset whole: read in the one that it fits but for a few bytes, else in Windows-1252."""
    if codec in _MULTIBYTE:
        text = data.decode(codec, "replace")
        if text.count("\ufffd") * 10 <= sum(1 for sign in text if sign > "\x7f"):
            return text, True
    kept = data.decode(_UTF8, "ignore")
    letters = len(kept) - len(kept.encode("ascii", "ignore"))
    if letters and letters >= len(data) - len(kept.encode(_UTF8)):
        text = data.decode(_UTF8, "agentdesk.foreign")
    else:
        text = data.decode(_WINDOWS, "replace")
    return text, "\ufffd" in text


def _foreign(error: UnicodeError) -> tuple[str, int]:
    """A byte of another charset within UTF-8 is read as Windows-1252; half a letter of UTF-8 is replaced."""
    assert isinstance(error, UnicodeDecodeError)
    if error.end - error.start > 1 or "unexpected end" in error.reason:
        return "\ufffd", error.end
    return error.object[error.start : error.end].decode(_WINDOWS, "replace"), error.end


codecs.register_error("agentdesk.foreign", _foreign)


def _fitting(codec: str | None, data: bytes) -> str | None:
    """The codec, unless the bytes themselves say that they are not of it or what they are of."""
    if codec is None:
        if b"\x1b$" in data and data.isascii():
            return "iso2022_jp_ext"
        return next((name for mark, name in _MARKS if data.startswith(mark)), None)
    if codec.startswith(("utf_16", "utf-16", "utf16", "utf_32", "utf-32", "utf32")):
        wide = b"\x00" in data or data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        return codec if wide else None
    return codec


@lru_cache(maxsize=256)
def _codec(charset: str) -> str | None:
    """The codec to try first, or None where UTF-8 comes first."""
    name = charset.strip().strip("\"',;").lower()
    page, iso = _CODE_PAGE.fullmatch(name), _ISO.fullmatch(name)
    if page:
        name = _UTF8 if page[1] == "65001" else f"cp{page[1]}"
    elif iso:
        name = _WINDOWS if iso[1] == "1" else f"iso8859-{iso[1]}"
    if name in _TRY_UTF8_FIRST or not _NAME.fullmatch(name):
        return None
    name = _ALIASES.get(name, name)
    try:
        found = codecs.lookup(name).name.replace("-", "_")
        if found in _REFUSED:
            return None
        b"ab".decode(name, "replace")  # refuses codecs that do not make text (base64, zip)
    except (LookupError, ValueError):
        name = name.removeprefix("x-").replace("mac-", "mac_")
        return name if name.startswith("mac_") and _known(name) else None
    return name


def _known(name: str) -> bool:
    try:
        codecs.lookup(name)
    except LookupError:
        return False
    return True


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
