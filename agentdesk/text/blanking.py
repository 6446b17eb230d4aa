"""Takes a person out of what others wrote: their exact addresses, and quotes of their words.

Invariants: an address is replaced only where it stands whole (`an@x.example` is not in `dan@x.example`), in any case
and also percent-encoded; JSON stays JSON, and among people whoever has such an address is left out; what nobody is
named or quoted in comes back as it was.
"""

import json
import re
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Final

ERASED: Final = "[erased]"
"""What stands in the place of an address. The same in every language, for the store keeps it."""
_AT = r"(?:@|%40|&#64;)"
_QUOTE = re.compile(r"^\s*[>|]")
_MARKS = re.compile(r"^[\s>|]+")
_WORD = re.compile(r"\w+")
_RUN = 4
"""Words in a row that tell a quote which was wrapped anew."""


class Blanking:
    """Knows one person (or, without addresses, one message) by what is to go."""

    def __init__(
        self, addresses: Iterable[str] = (), names: Iterable[str] = (), said: Iterable[str] = ()
    ) -> None:
        self.addresses = frozenset(form for one in addresses if "@" in one for form in _forms(one))
        self.names = tuple(sorted({name.strip() for name in names if name.strip()}, key=len, reverse=True))
        self._pattern = _pattern(self.addresses, self.names)
        self._named = [one.casefold() for one in (*self.addresses, *self.names)]
        self._lines: set[str] = set()
        self._runs: set[tuple[str, ...]] = set()
        for text in said:
            self._hear(text)

    def _hear(self, text: str) -> None:
        said = _words(text)
        self._runs.update(tuple(said[at : at + _RUN]) for at in range(len(said) - _RUN + 1))
        self._lines.update(filter(None, (_plain(line) for line in text.split("\n"))))

    # -- addresses ----------------------------------------------------------------------------------------------

    def text(self, value: str) -> str:
        """The text with every address of theirs replaced."""
        if self._pattern is None or not value:
            return value
        return self._pattern.sub(ERASED, value)

    def value(self, stored: str) -> str:
        """The same for what a column holds, JSON or not."""
        if stored[:1] in ("[", "{") and self.text(stored) != stored:
            try:
                return json.dumps(self._inside(json.loads(stored)), ensure_ascii=False)
            except ValueError:
                pass
        return self.text(stored)

    def holds(self, data: bytes) -> bool:
        """Whether one of their addresses stands in these bytes."""
        lowered = data.lower()
        return any(one.encode("utf-8", "replace") in lowered for one in self.addresses)

    def is_theirs(self, address: str) -> bool:
        """Whether this is an address of theirs."""
        return address.strip().lower() in self.addresses

    def like(self) -> list[str]:
        """LIKE patterns (escape `\\`) of every text that may hold an address of theirs."""
        return sorted({like(address.replace("@", "\0", 1)).replace("\0", "%") for address in self.addresses})

    def _inside(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.value(value)
        if isinstance(value, list):
            return [self._inside(one) for one in value if not self._is_person(one)]
        if isinstance(value, dict):
            if self.is_theirs(str(value.get("address") or "")):
                value = value | {"name": ERASED, "address": ""}
            return {key: self._inside(one) for key, one in value.items()}
        return value

    def _is_person(self, value: Any) -> bool:
        """Them, as lists of people name somebody: a pair of name and address, or both by name."""
        if isinstance(value, dict):
            return self.is_theirs(str(value.get("address") or ""))
        pair = isinstance(value, list) and len(value) == 2 and all(isinstance(one, str) for one in value)
        return pair and self.is_theirs(value[1])

    # -- quotes -------------------------------------------------------------------------------------------------

    def body(self, text: str, reply_text: str | None) -> tuple[str, str | None]:
        """A message's text and what is new in it, without their words and without whatever names them in history."""
        if reply_text is None or reply_text == text:
            return self._unquoted(text), None
        new = set(reply_text.split("\n"))
        history = [line for line in text.split("\n") if line not in new]
        kept = self._unquoted(reply_text)
        if any(self._tells(line) for line in history):
            return kept, None
        return self._unquoted(text), kept

    def _unquoted(self, text: str) -> str:
        kept: list[str] = []
        run: list[str] = []
        for line in (*text.split("\n"), None):
            if line is not None and _QUOTE.match(line):
                run.append(line)
                continue
            if run and any(self._tells(one) for one in run):
                _drop_introduction(kept)
            else:
                kept += run
            run = []
            if line is not None and not self._is_theirs_word_for_word(line):
                kept.append(line)
        return self.text("\n".join(kept))

    def _tells(self, line: str) -> bool:
        """Whether a line of quoted text is theirs, or names them."""
        plain = _plain(line)
        folded = plain.casefold()
        return bool(plain) and (
            plain in self._lines or self._in_runs(plain) or any(name in folded for name in self._named)
        )

    def _is_theirs_word_for_word(self, line: str) -> bool:
        """Stricter, for a line that bears no mark of a quote."""
        return len(_words(line)) >= _RUN and (_plain(line) in self._lines or self._in_runs(line))

    def _in_runs(self, line: str) -> bool:
        said = _words(line)
        return len(said) >= _RUN and tuple(said[:_RUN]) in self._runs and tuple(said[-_RUN:]) in self._runs


def like(words: str) -> str:
    """A LIKE pattern (escape `\\`) of a text that holds these words; any letter stands for one that is not ASCII."""
    escaped = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return "%" + "".join(sign if sign.isascii() else "_" for sign in escaped) + "%"


def _forms(address: str) -> Iterable[str]:
    """How an address may be written: with its domain in letters or as machines write it."""
    address = address.strip().lower()
    yield address
    local, _at, domain = address.rpartition("@")
    with suppress(UnicodeError):
        yield f"{local}@{domain.encode('idna').decode()}"
    with suppress(UnicodeError):
        yield f"{local}@{domain.encode('ascii').decode('idna')}".lower()


def _pattern(addresses: Iterable[str], names: Iterable[str]) -> re.Pattern[str] | None:
    each = []
    for address in sorted(addresses, key=len, reverse=True):
        local, _at, domain = address.rpartition("@")
        each.append(re.escape(local) + _AT + re.escape(domain))
    if not each:
        return None
    called = "|".join(re.escape(name) for name in names)
    before = rf"(?P<open>(?:[\"']?(?:{called})[\"']?\s*)?[<(]\s*)?" if called else r"(?P<open>[<(]\s*)?"
    whole = rf"{before}(?<![\w.+-])(?:{'|'.join(each)})(?![\w-]|\.\w)(?(open)\s*[>)]?)"
    return re.compile(whole, re.IGNORECASE)


def _drop_introduction(kept: list[str]) -> None:
    """The line above a quote that says whose it is goes with the quote."""
    while kept and not kept[-1].strip():
        kept.pop()
    if kept and kept[-1].rstrip().endswith(":"):
        kept.pop()


def _plain(line: str) -> str:
    return " ".join(_MARKS.sub("", line).split())


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
