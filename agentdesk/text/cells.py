"""Text measured in terminal cells: width, cut with an ellipsis, pad, wrap.

Invariant: a result is never wider than asked for, and a wide character is never cut in two. Widths are Rich's
(`rich.cells`), so that they agree with what Textual draws.
"""

from rich.cells import cell_len, chop_cells, set_cell_size

ELLIPSIS = "…"
_MOST = 8
"""Characters in one cell, marks and joined signs included, that a cut allows for."""


def width(text: str) -> int:
    """Columns that the text takes."""
    return cell_len(text)


def fit(text: str, columns: int) -> str:
    """The text cut to at most `columns`, with … where something was cut."""
    if columns <= 0:
        return ""
    head = text[: columns * _MOST]  # a long text is not measured whole to be cut short
    if len(head) == len(text) and cell_len(text) <= columns:
        return text
    if columns == 1:
        return ELLIPSIS
    return set_cell_size(head, columns - 1).rstrip() + ELLIPSIS


def pad(text: str, columns: int) -> str:
    """The text cut or filled with spaces to exactly `columns`."""
    text = fit(text, columns)
    return text + " " * (columns - cell_len(text))


def pad_left(text: str, columns: int) -> str:
    """The text cut or filled from the left to exactly `columns` (clocks, amounts)."""
    text = fit(text, columns)
    return " " * (columns - cell_len(text)) + text


def wrap(text: str, columns: int) -> list[str]:
    """Lines of at most `columns`, broken at spaces where there are any; an empty text is one empty line."""
    columns = max(1, columns)
    lines: list[str] = []
    for line in text.split("\n"):
        if len(line) <= columns and cell_len(line) <= columns:
            lines.append(line)
        else:
            lines.extend(_wrap_line(line, columns))
    return lines


def _wrap_line(line: str, columns: int) -> list[str]:
    indent = line[: len(line) - len(line.lstrip(" "))][: columns // 2]
    lines: list[str] = []
    current, used = indent, len(indent)
    for word in line.split():
        size = cell_len(word)
        gap = 1 if current.strip() else 0
        if used + gap + size <= columns:
            current += " " * gap + word
            used += gap + size
            continue
        if current.strip():
            lines.append(current)
        current, used = indent, len(indent)
        if size <= columns - used:
            current, used = current + word, used + size
            continue
        pieces = chop_cells(word, max(1, columns - used))
        lines.extend(indent + piece for piece in pieces[:-1])
        current, used = indent + pieces[-1], len(indent) + cell_len(pieces[-1])
    if current.strip() or not lines:
        lines.append(current)
    return lines
