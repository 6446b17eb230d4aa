"""HTML mail as text that reads well: what the writer wanted seen, with real link targets, nothing hidden.

An iterative walk over the tree that lexbor makes. Invariants: no depth of nesting can exhaust the stack or take more
than linear work here; hidden text, scripts and styles never show; a link whose text is not its target shows both.
"""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from agentdesk.mail.strips import Kind, Mark, Strip, is_indented, mark, strips_of
from agentdesk.text import links
from agentdesk.text.clean import clean

MAX_HTML = 1_000_000
_MAX_DEPTH = 200
_MAX_MARKS = 20
_SMALL = 1000
_DROPPED = {
    "script", "style", "head", "title", "noscript", "template", "iframe", "object", "embed", "svg", "math", "select",
    "textarea", "audio", "video", "canvas", "map", "datalist",
}  # fmt: skip
_PARAGRAPHS = {
    "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "table", "blockquote", "pre", "figure", "form",
    "fieldset",
}  # fmt: skip
_LINES = {
    "div", "tr", "li", "dt", "dd", "section", "article", "header", "footer", "main", "nav", "aside", "address",
    "center", "caption", "figcaption", "summary", "details", "hr", "legend", "tbody", "thead", "tfoot", "body",
}  # fmt: skip
_FLAT = {
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr",
    "p", "li", "td", "th", "tr", "dt", "dd", "option",
}  # fmt: skip
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|"
    r"(?:max-height|opacity)\s*:\s*0(?![.\d]*[1-9])|"
    r"(?:^|;)\s*height\s*:\s*0(?![.\d]*[1-9]).{0,300}?overflow\s*:\s*hidden|"
    r"overflow\s*:\s*hidden.{0,300}?[;\s]height\s*:\s*0(?![.\d]*[1-9])",
    re.IGNORECASE,
)
_FONT = re.compile(
    r"font-size\s*:\s*(?:((?:0(?:\.0+)?(?:px|pt|em|rem|%)?|(?:1|0?\.\d+)p[xt])\s*(?:[;!]|$))|[^;])",
    re.IGNORECASE,
)
_SPACES = re.compile(r"white-space\s*:\s*(?:(pre|break)|\w)", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/<>]{0,30})[^<>]*>")
_LONG_TAG = re.compile(r"<[a-zA-Z][^<>]{8000,}>?")
_BARE_LINK = re.compile(r"^(?:https?://|mailto:|tel:)?(?:www\.)?", re.IGNORECASE)
_NEWLINES = re.compile(r"\n{3,}")
_RULE = "_" * 32


def to_text(html: str) -> str:
    """The readable text of an HTML mail, clean."""
    return read(html)[0]


def read(html: str) -> tuple[str, tuple[Strip, ...]]:
    """The readable text of an HTML mail, clean, and what its marks say of it: which strips are old, which sign it."""
    html = html[:MAX_HTML].replace("\x00", "")
    body = LexborHTMLParser(_bounded(html)).body
    if body is None:
        return "", ()
    writer = _Writer()
    _walk(body, writer)
    return clean(writer.finished()), writer.strips()


def _bounded(html: str) -> str:
    """The same HTML with endless tags and very deep nesting taken out: the parser needs quadratic time for both."""
    if len(html) > 8000:
        html = _LONG_TAG.sub("", html)
    if html.count("<") < _SMALL:
        return html
    depth = 0

    def shallow(tag: re.Match[str]) -> str:
        nonlocal depth
        if tag[2].lower() in _FLAT:  # never deep: the parser itself closes them
            return tag[0]
        if tag[1]:
            depth = max(0, depth - 1)
            return tag[0]
        depth += 1
        return tag[0] if depth <= _MAX_DEPTH else "<br>"

    return _TAG.sub(shallow, html)


def _walk(root: LexborNode, writer: "_Writer") -> None:
    """Depth first by the nodes' own links: open each, go down unless it is dropped, close on the way up."""
    node: LexborNode | None = root
    opened: list[LexborNode] = []
    while node is not None:
        down = None
        if writer.open(node):
            opened.append(node)
            down = node.child
            if down is None:
                writer.close(opened.pop())
        if down is not None:
            node = down
            continue
        while node is not None and node.next is None and opened:
            node = opened.pop()
            writer.close(node)
        node = node.next if node is not None and opened else None


class _Writer:
    """Gathers words into lines. Breaks are owed and paid when the next word comes, so that none stands twice."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._words: list[str] = []  # the line in hand; a space between words is a word of its own
        self._owed = 0  # 0 nothing, 1 a new line, 2 a blank line before the next word
        self._quotes = 0
        self._lists: list[int] = []  # of each open list: 0 for bullets, else the next number
        self._bullet = ""
        self._kept: list[bool] = [False]  # whether line breaks stay, of each open element
        self._tiny: list[bool] = [False]
        self._links: list[tuple[str, int, int]] = []  # target, lines and words there were at its start
        self._prefix = ""  # of the line in hand: quote marks, indent, bullet
        self._depth = 0  # how deep the newest line that says something is quoted
        self._said = 0  # lines put down that say something
        self._rows: list[int] = []  # how many lines had said something at the start of each open row
        self._cell = False  # at the very start of a cell, where a paragraph breaks nothing
        self._old: list[Mark | None] = [None]  # what the marks of each open element say of its text
        self._answered = False  # within what stands around old text: below a quote somebody may have written
        self._kinds: list[Kind] = []  # of each line
        self._kind: Kind = "text"  # of the line in hand

    def open(self, node: LexborNode) -> bool:
        """Take a node in; false if what is in it is not to be seen."""
        tag = node.tag or ""
        if tag == "-text":
            self._text(node.text_content or "")
            return False
        if tag in _DROPPED or tag.startswith(("-", "_", "!")):
            return False
        attributes = node.attributes
        style = attributes.get("style") or ""
        if "hidden" in attributes or (style and _HIDDEN.search(style)):
            return False
        if tag == "br":
            self._break_line()
            return False
        if tag == "img":
            alt = (attributes.get("alt") or "").strip()
            if alt and attributes.get("width") != "1":
                self._text(f"[{alt}]")
            return False
        self._tiny.append(self._is_tiny(style))
        spaces = _SPACES.search(style) if style else None
        self._kept.append(bool(spaces[1]) if spaces else tag == "pre" or self._kept[-1])
        self._old.append(self._marked(tag, attributes) if attributes else self._old[-1])
        self._enter(tag, attributes)
        return True

    def _marked(self, tag: str, attributes: dict[str, str | None]) -> Mark | None:
        """What is said of an element's text, by itself or by what it stands in."""
        outside = self._old[-1]
        if outside in ("quote", "rest"):
            return outside
        said = mark(tag, attributes)
        if said == "rest":
            self._flush()
            self._old = ["rest"] * len(self._old)
        elif said == "around" and outside is None:
            self._answered = False
        return outside if outside == "around" and said == "signature" else said or outside

    def _kind_now(self) -> Kind:
        said = self._old[-1]
        if said == "around":
            return "text" if self._answered and not self._quotes else "quote"
        return "quote" if said == "rest" else said or "text"

    def _enter(self, tag: str, attributes: dict[str, str | None]) -> None:
        if tag in ("td", "th"):
            self._enter_cell()
            return
        self._owe(
            2 if tag in _PARAGRAPHS and not (tag in ("ul", "ol") and self._lists) else int(tag in _LINES)
        )
        if tag == "blockquote":
            self._quotes += not is_indented(attributes)
        elif tag in ("ul", "ol"):
            self._lists.append(_first_number(attributes) if tag == "ol" else 0)
        elif tag == "li":
            self._bullet = self._next_bullet()
        elif tag == "tr":
            self._flush()
            self._rows.append(self._said)
        elif tag == "a":
            self._links.append((attributes.get("href") or "", len(self._lines), len(self._words)))
        elif tag == "hr":
            self._text(_RULE)
            self._owe(1)

    def close(self, node: LexborNode) -> None:
        """Leave a node that `open` took in."""
        tag = node.tag or ""
        if tag == "a" and self._links:
            self._close_link(*self._links.pop())
        self._tiny.pop()
        self._kept.pop()
        self._old.pop()
        if tag in _PARAGRAPHS:
            self._owe(1 if tag in ("ul", "ol") and len(self._lists) > 1 else 2)
        elif tag in _LINES:
            self._owe(1)
        if tag == "blockquote" and not is_indented(node.attributes):
            self._quotes -= 1
            self._answered = self._answered or not self._quotes
        elif tag in ("ul", "ol"):
            self._lists.pop()
        elif tag == "li":
            self._bullet = ""
        elif tag == "tr":
            if self._rows.pop() == self._said and self._words:
                self._owed = 1  # rows of one line stand close, whatever paragraphs their cells hold
            self._cell = False

    def finished(self) -> str:
        """All the text."""
        self._flush()
        return _NEWLINES.sub("\n\n", "\n".join(self._lines)).strip("\n")

    def strips(self) -> tuple[Strip, ...]:
        """What the marks say of the text, once it is finished; nothing if there are none."""
        return strips_of(self._lines, self._kinds) if any(kind != "text" for kind in self._kinds) else ()

    def _text(self, text: str) -> None:
        if self._tiny[-1]:
            return
        if not text.isascii():
            text = clean(text)
        if self._kept[-1] and (text.strip() or "\n" not in text):
            first, *rest = text.replace("\r\n", "\n").split("\n")
            self._word(first)
            for line in rest:
                self._break_line()
                self._word(line)
            return
        words = " ".join(text.split())
        if not words:
            self._space(bool(text))
            return
        self._space(text[0].isspace())
        self._word(words)
        self._space(text[-1].isspace())

    def _word(self, word: str) -> None:
        if not word:
            return
        if self._owed:
            self._flush()
            if self._owed == 2 and self._lines and self._lines[-1].strip("> "):
                self._blank_line()
            self._owed = 0
        if not self._words:
            self._prefix = self._new_prefix()
            self._kind = self._kind_now()
        self._cell = False
        self._words.append(word)

    def _space(self, wanted: bool) -> None:
        if wanted and self._words and not self._owed and not self._words[-1].endswith(" "):
            self._words.append(" ")

    def _owe(self, amount: int) -> None:
        if amount and not self._cell:
            self._owed = max(self._owed, amount)

    def _break_line(self) -> None:
        """A <br>: ends the line in hand; where there is none, leaves an empty one."""
        empty = not self._words or self._owed
        self._flush()
        if empty and self._lines:
            self._blank_line()
        self._owed = 0

    def _blank_line(self) -> None:
        self._lines.append(">" * min(self._quotes, self._depth, _MAX_MARKS))
        self._kinds.append(self._kinds[-1] if self._kinds else "text")

    def _flush(self) -> None:
        """Put the line in hand down."""
        line = "".join(self._words).rstrip()
        self._words = []
        if line:
            self._lines.append(self._prefix + line)
            self._kinds.append(self._kind)
            self._said += 1

    def _new_prefix(self) -> str:
        """What stands before the first word of a line: quote marks, indent, and once the bullet."""
        self._depth = self._quotes
        marks = ">" * min(self._quotes, _MAX_MARKS) + " " if self._quotes else ""
        if not self._lists or self._kept[-1]:
            return marks
        bullet, self._bullet = self._bullet or "  ", ""
        return marks + "  " * min(len(self._lists) - 1, _MAX_MARKS) + bullet

    def _next_bullet(self) -> str:
        if not self._lists or not self._lists[-1]:
            return "• "
        self._lists[-1] += 1
        return f"{self._lists[-1] - 1}. "

    def _enter_cell(self) -> None:
        """Cells of a row that fit on its one line stay on it, two spaces apart."""
        if self._rows and self._words and self._said == self._rows[-1]:
            self._owed = 0
            self._words.append("" if self._words[-1].endswith("  ") else "  ")
        else:
            self._owe(1)
        self._cell = True

    def _close_link(self, target: str, lines: int, words: int) -> None:
        target = _unbroken(target)
        told = self._told(target)
        if not told:
            return
        same_line = lines == len(self._lines)
        shown = "".join(self._words[words:] if same_line else self._words).strip()
        same = _BARE_LINK.sub("", shown).rstrip("/").lower() == _BARE_LINK.sub("", target).rstrip("/").lower()
        if same and not links.misleads(target):
            return
        if self._tiny[-1] or (not shown and target.lower().startswith("mailto:")):
            return
        self._space(bool(shown))
        self._word(told)

    @staticmethod
    def _told(target: str) -> str:
        """What stands behind a link's words; empty for what leads nowhere outside the mail."""
        if links.is_web(target):
            note = f" [{links.server(target)}]" if links.misleads(target) else ""
            return f"<{links.shortened(target)}>{note}"
        if target.lower().startswith(("mailto:", "tel:")):
            return f"<{links.shortened(target.removeprefix('mailto:'))}>"
        other = links.named(target)
        return f"<{other}>" if other else ""

    def _is_tiny(self, style: str) -> bool:
        """Whether text here has no size: inherited until something below sets one."""
        size = _FONT.search(style) if style else None
        return bool(size[1]) if size else self._tiny[-1]


def targets(html: str) -> tuple[str, ...]:
    """Where its links lead, whole, as far as they lead to the web."""
    body = LexborHTMLParser(_bounded(html[:MAX_HTML].replace("\x00", ""))).body
    found = (
        _unbroken(node.attributes.get("href") or "")
        for node in (body.css("a[href]") if body is not None else ())
    )
    return tuple(dict.fromkeys(one for one in found if links.is_web(one)))


def _unbroken(target: str) -> str:
    """A target as browsers take it: line breaks in it and space around it mean nothing."""
    return "".join(clean(target).split())


def _first_number(attributes: dict[str, str | None]) -> int:
    start = attributes.get("start") or ""
    return int(start) if start.isascii() and start.isdigit() and 0 < len(start) < 7 else 1
