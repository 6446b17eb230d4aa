r"""A file of orders as shops export it: one row for each line of an order, rows of one order together.

Columns, in any order, by these names (capitals, spaces and hyphens do not matter); only `number` must be there:
    number, address, name, status, placed, promised, delivered, total, currency, carrier, tracking, tracking_url,
    sku, line, quantity, line_amount
Columns of other names are left out. The separator is ; or , or a tab, found in the first row; UTF-8 with or without
BOM, or Windows-1252; amounts as 1.234,50 or 1,234.50 (in a file parted by ; a comma stands before decimals).

Invariants: the file is read as it streams and only read; a broken row is told by line, column and reason and costs
nobody else anything, whatever stands in it (a quote that never ends, 20 MB without a line break, NUL); nothing in it is
ever run or interpreted.
"""

import csv
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO, ClassVar, Final

from agentdesk.config.language import _
from agentdesk.domain.orders import Broken, Order, OrderLine
from agentdesk.shops.contract import (
    COLUMNS,
    LINE_COLUMNS,
    MOST_LINES,
    BadValue,
    ShopRefused,
    line_of,
    order_of,
)
from agentdesk.text.clean import clean_line

_COLUMNS = COLUMNS + LINE_COLUMNS
LONGEST_LINE: Final = 200_000
"""Bytes of one line of a file."""
_ROWS_IN_QUOTES = 50
"""Lines that one quoted field may run on for; a quote that never ends is found after so many."""
_BOM = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class _NeverEnds(Exception):  # noqa: N818  a sign between two parts of this module
    """A quoted field runs on for too long."""


class _Lines:
    """The file's lines as text, numbered; those of a row that turned out broken can be read again."""

    def __init__(self, file: IO[bytes], step: Callable[[int], None]) -> None:
        self._file = file
        self._step = step
        self._again: deque[str] = deque()
        self._row: list[str] = []
        self._decode = ""
        self.number = 0
        self.first = 1
        self.complaint = ""

    def begin_row(self) -> None:
        """The next line begins a row."""
        self._row.clear()
        self.first = self.number + 1

    def back_to_second(self) -> None:
        """Read all lines of this row but its first once more."""
        self._again.extendleft(reversed(self._row[1:]))
        self.number -= len(self._row) - 1

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self._row) >= _ROWS_IN_QUOTES:
            raise _NeverEnds
        line = self._again.popleft() if self._again else self._next()
        self.number += 1
        self._row.append(line)
        return line

    def _next(self) -> str:
        raw = self._file.readline(LONGEST_LINE)
        if not raw:
            raise StopIteration
        self._step(len(raw))
        if len(raw) == LONGEST_LINE and not raw.endswith(b"\n"):
            while raw and not raw.endswith(b"\n"):
                raw = self._file.readline(LONGEST_LINE)
                self._step(len(raw))
            self.complaint = _("the line is longer than {most} bytes").format(most=LONGEST_LINE)
            return "\n"
        return raw.decode() if raw.isascii() else self._decoded(raw)

    def _decoded(self, raw: bytes) -> str:
        """The first line that is not plain ASCII shows how the file was written."""
        if not self._decode:
            self._decode = "utf-8" if _is_utf8(raw) else "cp1252"
        try:
            return raw.decode(self._decode)
        except UnicodeDecodeError:
            self.complaint = _("the line is not written in {encoding} as those before it").format(
                encoding="UTF-8" if self._decode == "utf-8" else "Windows-1252"
            )
            return "\n"


class CsvFile:
    """One file of orders."""

    kind: ClassVar[str] = "csv"

    def __init__(
        self, name: str, path: Path, *, decimal: str = "", step: Callable[[int], None] = lambda _bytes: None
    ) -> None:
        """`decimal`: the sign before decimals where the file's separator does not tell; `step` hears of bytes."""
        self.name = name
        self._path = path
        self._decimal = decimal
        self._step = step
        self.ignored: tuple[str, ...] = ()
        """Columns of the file that are none of ours."""

    def orders(self, address: str = "") -> Iterator[Order | Broken]:
        """Every order of the file, or those of one address; raises ShopRefused when it is no such file."""
        wanted = address.strip().lower()
        try:
            with self._path.open("rb") as file:
                for found in self._read(file):
                    if isinstance(found, Broken) or not wanted or found.address == wanted:
                        yield found
        except OSError as error:
            raise ShopRefused(
                _("The file {file} cannot be read ({reason}).").format(
                    file=clean_line(str(self._path)), reason=error.strerror
                )
            ) from error

    def close(self) -> None:
        """Nothing is held between two reads."""

    def _read(self, file: IO[bytes]) -> Iterator[Order | Broken]:
        head = file.read(3)
        if head.startswith(_UTF16):
            raise ShopRefused(
                _("The file {file} is written in UTF-16: save it as CSV in UTF-8.").format(file=self._name())
            )
        file.seek(3 if head == _BOM else 0)
        lines = _Lines(file, self._step)
        lines.begin_row()
        first = next(lines, "")
        separator = max(";,\t", key=first.count)
        header = self._header(first, separator)
        decimal = self._decimal or {";": ",", ",": "."}.get(separator, "")
        rows = _Rows(lines, separator, header, decimal)
        yield from _orders(rows)

    def _header(self, first: str, separator: str) -> list[str]:
        try:
            names = next(csv.reader([first], delimiter=separator), [])
        except csv.Error:
            names = []
        header = [_plain(name) for name in names]
        if "number" not in header:
            raise ShopRefused(
                _("The first row of {file} names no column number; the columns are: {columns}.").format(
                    file=self._name(), columns=", ".join(_COLUMNS)
                )
            )
        double = next((name for name in _COLUMNS if header.count(name) > 1), "")
        if double:
            raise ShopRefused(
                _("The first row of {file} names the column {column} twice.").format(
                    file=self._name(), column=double
                )
            )
        unknown = [name for name in header if name and name not in _COLUMNS]
        self.ignored = tuple(clean_line(name)[:60] for name in unknown)
        return header

    def _name(self) -> str:
        return clean_line(str(self._path))


class _Rows:
    """The file's rows as (line, order with at most one line) or Broken."""

    def __init__(self, lines: _Lines, separator: str, header: list[str], decimal: str) -> None:
        self._lines = lines
        self._separator = separator
        self._header = header
        self._decimal = decimal
        self._order_place: list[tuple[str, int]] = [
            (name, header.index(name)) for name in COLUMNS if name in header
        ]
        self._line_place: list[tuple[str, int]] = [
            (name, header.index(name)) for name in LINE_COLUMNS if name in header
        ]
        self._told: dict[str, str] = {}
        self._order_told = Order("", "")

    def __iter__(self) -> Iterator[tuple[int, Order | Broken, OrderLine | None]]:
        lines = self._lines
        reader = csv.reader(lines, delimiter=self._separator, strict=True)
        while True:
            lines.begin_row()
            try:
                row = next(reader)
            except StopIteration:
                return
            except (_NeverEnds, csv.Error) as error:
                lines.back_to_second()
                reader = csv.reader(lines, delimiter=self._separator, strict=True)
                yield lines.first, Broken(lines.first, "", _trouble(error)), None
                continue
            if lines.complaint:
                yield lines.first, Broken(lines.first, "", lines.complaint), None
                lines.complaint = ""
            elif any(row):
                yield lines.first, *self._order(row)

    def _order(self, row: list[str]) -> tuple[Order | Broken, OrderLine | None]:
        line, wanted = self._lines.first, len(self._header)
        if len(row) > wanted:
            said = _("the row has {n} columns, the first row {most}; are quotes missing?")
            return Broken(line, "", said.format(n=len(row), most=wanted)), None
        told = {name: row[at] for name, at in self._order_place if at < len(row)}
        try:
            if self._told != told:  # the further rows of an order mostly repeat its first one
                self._order_told, self._told = order_of(told, self._decimal), told
            order = self._order_told
            items = {name: row[at] for name, at in self._line_place if at < len(row)}
            return order, line_of(items, self._decimal, order.currency)
        except BadValue as bad:
            return Broken(line, bad.column, str(bad)), None


def _orders(rows: _Rows) -> Iterator[Order | Broken]:
    """Rows that stand together and have one number are one order; a broken row is left out of it."""
    whole: Order | None = None
    lines: list[OrderLine] = []
    seen: set[int] = set()
    barred = ""
    for line, found, item in rows:
        if isinstance(found, Broken):
            yield found
            continue
        if whole is None or found.number != whole.number:
            if whole is not None:
                yield replace(whole, lines=tuple(lines))
            key = hash(found.number)
            if key in seen:
                whole = None
                if found.number != barred:
                    yield Broken(
                        line, "number", _("this order stands further up already; keep its rows together")
                    )
                barred = found.number
                continue
            seen.add(key)
            whole, lines = found, []
        if item is not None and len(lines) < MOST_LINES:
            lines.append(item)
    if whole is not None:
        yield replace(whole, lines=tuple(lines))


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def _plain(name: str) -> str:
    """A column's name as it is compared."""
    return "_".join(name.strip().casefold().replace("-", " ").replace("_", " ").split())


def _trouble(error: Exception) -> str:
    if isinstance(error, _NeverEnds):
        return _("a quote begins here and does not end within {n} lines").format(n=_ROWS_IN_QUOTES)
    if "field larger" in str(error):
        return _("a column is longer than {most} characters").format(most=csv.field_size_limit())
    return _("the quotes do not match")
