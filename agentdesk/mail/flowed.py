"""format=flowed (RFC 3676): lines joined again to the paragraphs they were broken from.

Invariant: no word is lost; lines of different quoting are never joined.
"""


def joined(text: str, *, delete_space: bool) -> str:
    """The text with its soft line breaks taken out; `delete_space` is DelSp=yes."""
    out: list[str] = []
    pieces: list[str] = []
    depth_before = 0
    for line in text.replace("\r\n", "\n").split("\n"):
        body = line.lstrip(">")
        depth = len(line) - len(body)
        body = body.removeprefix(" ")
        if pieces and (depth != depth_before or body == "-- "):
            out.append(_quoted(depth_before, pieces))
            pieces = []
        depth_before = depth
        if body.endswith(" ") and body != "-- ":
            pieces.append(body[:-1] if delete_space else body)
            continue
        out.append(_quoted(depth, [*pieces, body]))
        pieces = []
    if pieces:
        out.append(_quoted(depth_before, pieces))
    return "\n".join(out)


def _quoted(depth: int, pieces: list[str]) -> str:
    text = "".join(pieces)
    return f"{'>' * depth} {text}" if depth and text else ">" * depth + text
