"""Rich Text Format and text/enriched (RFC 1896) as plain text.

Invariants: nothing is raised for any bytes; the walk is iterative, and time and memory are linear in what is read. RTF
that carries HTML within (as Outlook writes it) gives that HTML back, so that it is read as HTML mail is.
"""

import re

from agentdesk.mail.charsets import decode

MAX_RTF = 1_000_000
_MAX_SKIP = 10
_TOKEN = re.compile(
    rb"\\'([0-9a-fA-F]{2})|\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\([^a-zA-Z])|([{}])|[\r\n]+|([^\\{}\r\n]+)",
    re.DOTALL,
)
_PAGE = re.compile(rb"\\ansicpg(\d{3,5})")
_DROPPED = {
    b"fonttbl", b"colortbl", b"stylesheet", b"info", b"pict", b"object", b"header", b"footer", b"footnote",
    b"headerl", b"headerr", b"footerl", b"footerr", b"listtable", b"listoverridetable", b"rsidtbl", b"generator",
    b"themedata",
}  # fmt: skip
_SIGNS = {
    b"par": "\n", b"line": "\n", b"row": "\n", b"cell": "  ", b"tab": " ", b"sect": "\n", b"page": "\n", b"lquote": "‘",
    b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”", b"bullet": "•", b"endash": "–", b"emdash": "—",
}  # fmt: skip
_COMMAND = re.compile(r"<<|<(/?)([A-Za-z0-9-]{1,60})>")
_NOFILL = re.compile(r"(<nofill>.*?(?:</nofill>|$))", re.IGNORECASE | re.DOTALL)
_BREAKS = re.compile(r"\n+")


def from_rtf(data: bytes) -> tuple[str, bool]:
    """The text of an RTF document, and whether that text is HTML (not cleaned in either case)."""
    data = data[:MAX_RTF]
    page = _PAGE.search(data, 0, 4096)
    reader = _Rtf(f"cp{page[1].decode()}" if page else "cp1252", b"\\fromhtml" in data[:4096])
    for token in _TOKEN.finditer(data):
        reader.take(token)
    reader.flush()
    return "".join(reader.out), reader.html


def from_enriched(text: str) -> str:
    """Text without its commands; single line breaks are spaces, more of them are one fewer."""
    pieces = []
    for number, piece in enumerate(_NOFILL.split(text.replace("\r\n", "\n"))):
        pieces.append(
            piece if number % 2 else _BREAKS.sub(lambda run: "\n" * (len(run[0]) - 1) or " ", piece)
        )
    out: list[str] = []
    end = hidden = 0
    joined = "".join(pieces)
    for command in _COMMAND.finditer(joined):
        if not hidden:
            out.append(joined[end : command.start()])
        end = command.end()
        if command[0] == "<<":
            out.append("" if hidden else "<")
        elif command[2].lower() == "param":
            hidden = 0 if command[1] else 1
    if not hidden:
        out.append(joined[end:])
    return "".join(out)


class _Rtf:
    """Reads tokens one by one; of each open group it remembers whether it shows."""

    def __init__(self, charset: str, html: bool) -> None:
        self.out: list[str] = []
        self.html = html
        self._charset = charset
        self._bytes = b""
        self._groups: list[tuple[bool, bool]] = []
        self._shown = True
        self._tag = False  # within the copy of an HTML tag
        self._rtf_only = False  # between \htmlrtf and \htmlrtf0: what HTML does not have
        self._star = False
        self._skip = 0
        self._after = 1

    def take(self, token: re.Match[bytes]) -> None:
        """One token."""
        escaped, word, number, sign, brace, plain = token.groups()
        if brace:
            self._brace(brace)
        elif word:
            self._word(word, number)
        elif sign == b"*":
            self._star = True
        elif sign is not None:
            self._put({b"~": b"\xa0", b"_": b"-", b"-": b""}.get(sign, sign if sign in b"\\{}" else b"\n"))
        elif escaped:
            if self._skip:
                self._skip -= 1
            else:
                self._put(bytes.fromhex(escaped.decode()))
        elif plain:
            self._put(plain[self._skip :])
            self._skip = max(0, self._skip - len(plain))

    def flush(self) -> None:
        """Put down the bytes that wait to be decoded together."""
        if self._bytes:
            self.out.append(decode(self._bytes, self._charset)[0])
            self._bytes = b""

    def _put(self, data: bytes) -> None:
        if self._shown and not self._rtf_only:
            self._bytes += data
            if len(self._bytes) > 4096:
                self.flush()

    def _say(self, text: str) -> None:
        if self._shown and not self._rtf_only:
            self.flush()
            self.out.append(text)

    def _brace(self, brace: bytes) -> None:
        self._skip, self._star = 0, False
        if brace == b"{":
            self._groups.append((self._shown, self._tag))
        elif self._groups:
            self._shown, self._tag = self._groups.pop()

    def _word(self, word: bytes, number: bytes | None) -> None:
        star, self._star = self._star, False
        if word == b"htmltag" and self.html:
            self._shown = self._tag = True
        elif word == b"htmlrtf":
            self._rtf_only = self.html and number != b"0"
        elif star or word in _DROPPED:
            self._shown = False
        elif word == b"u" and number:
            self._say(_letter(int(number)))
            self._skip = self._after
        elif word == b"uc" and number:
            self._after = max(0, min(_MAX_SKIP, int(number)))
        elif word in _SIGNS:
            self._say("\n" if self.html and not self._tag and word in (b"par", b"line") else _SIGNS[word])


def _letter(code: int) -> str:
    code %= 65536
    return "" if 0xD800 <= code < 0xE000 else chr(code)
