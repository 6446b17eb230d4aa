"""The small HTML twin of a letter's text: the same words, for mail programs that prefer it.

Invariant: every character of the text stands escaped, so that no text can become a tag, a link or a picture.
"""

from agentdesk.domain.mail import Letter

_QUOTE = 'style="margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex"'
_MAX_QUOTES = 20


def html_twin(letter: Letter, text: str) -> str:
    """The plain text as paragraphs and quotes."""
    out = ["<!DOCTYPE html>", '<html><head><meta charset="utf-8"></head><body>']
    depth = 0
    paragraph: list[str] = []
    for line in text.rstrip("\n").split("\n"):
        level, content = _level(line) if letter.quoted else (0, line)
        if level != depth or not content.strip():
            _close(out, paragraph)
        if level > depth:
            out.append(f"<blockquote {_QUOTE}>" * (level - depth))
        elif level < depth:
            out.append("</blockquote>" * (depth - level))
        depth = level
        if content.strip():
            paragraph.append(_escaped(content))
    _close(out, paragraph)
    out.append("</blockquote>" * depth + "</body></html>\n")
    return "\n".join(out)


def _close(out: list[str], paragraph: list[str]) -> None:
    if paragraph:
        out.append("<p>" + "<br>\n".join(paragraph) + "</p>")
        paragraph.clear()


def _level(line: str) -> tuple[int, str]:
    """How deep a line is quoted, and what it says."""
    depth = 0
    while depth < _MAX_QUOTES and line.startswith(">"):
        depth += 1
        line = line[1:].removeprefix(" ")
    return depth, line


def _escaped(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    indent = len(text) - len(text.lstrip(" "))
    return "&nbsp;" * indent + text[indent:].replace("  ", "&nbsp; ")
