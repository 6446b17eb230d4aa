"""On which line of a TOML text a key stands; asked only when there is something to complain about.

Invariant: the text has been parsed before, so a plain scan for headers and keys is enough; a key that the scan
does not see has the line of the table round it.
"""

import re

Where = tuple[str | int, ...]

_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*',
    re.DOTALL,
)
_NAME = r"""(?:[\w-]+|"(?:\\.|[^"\\])*"|'[^']*')"""
_NAMES = rf"{_NAME}(?:[ \t]*\.[ \t]*{_NAME})*"
_HEADER = re.compile(rf"[ \t]*(\[\[?)[ \t]*({_NAMES})[ \t]*\]\]?[ \t]*$")
_KEY = re.compile(rf"[ \t]*({_NAMES})[ \t]*=")


class Lines:
    """The line of each table and key of one text."""

    def __init__(self, text: str) -> None:
        """Scan the text once."""
        self._lines: dict[Where, int] = {(): 1}
        self._arrays: dict[Where, int] = {}
        here: Where = ()
        for number, line in enumerate(_TOKEN.sub(_blank, text).split("\n"), 1):
            if header := _HEADER.match(line):
                here = self._enter(_split(header[2]), is_array=header[1] == "[[")
                self._lines.setdefault(here, number)
            elif key := _KEY.match(line):
                names = _split(key[1])
                for depth in range(1, len(names) + 1):
                    self._lines.setdefault((*here, *names[:depth]), number)

    def of(self, where: Where) -> int:
        """The line where this key stands, or the nearest thing round it."""
        while where not in self._lines:
            where = where[:-1]
        return self._lines[where]

    def _enter(self, names: list[str], *, is_array: bool) -> Where:
        here: Where = ()
        for depth, name in enumerate(names, 1):
            here = (*here, name)
            if is_array and depth == len(names):
                self._arrays[here] = self._arrays.get(here, 0) + 1
            if here in self._arrays:
                here = (*here, self._arrays[here] - 1)
        return here


def _blank(token: re.Match[str]) -> str:
    """A text over several lines keeps only its line breaks, so that nothing inside it looks like a key."""
    found = token[0]
    if found.startswith("#"):
        return ""
    return '""' + "\n" * found.count("\n") if found.startswith(('"""', "'''")) else found


def _split(names: str) -> list[str]:
    return [name.strip("\"'") for name in re.findall(_NAME, names)]
