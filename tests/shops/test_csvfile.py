"""Files of orders: read as they stream, and whatever stands in a broken line costs no other line anything."""

from decimal import Decimal
from pathlib import Path

import pytest

from agentdesk.domain.orders import Broken, Order
from agentdesk.shops import plugin
from agentdesk.shops.contract import ShopRefused

HEAD = "number;address;total;currency;line;quantity;line_amount\n"


def read(folder: Path, data: str | bytes, **how: str) -> list[Order | Broken]:
    path = folder / "orders.csv"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return list(plugin("csv")("csv", path, **how).orders())


def numbers(found: list[Order | Broken]) -> list[str]:
    return [one.number for one in found if isinstance(one, Order)]


def broken(found: list[Order | Broken]) -> list[tuple[int, str]]:
    return [(one.line, one.column) for one in found if isinstance(one, Broken)]


def test_rows_of_one_number_are_the_lines_of_one_order(tmp_path: Path) -> None:
    rows = '1;A@B.example ;"1.234,50";dkk;Lampe;1;"1.000,00"\n1;;;;"Pære; ""E27""";2;234,50\n\n2;;99;EUR;;;\n'
    first, second = read(tmp_path, HEAD + rows)
    assert isinstance(first, Order)
    assert (first.number, first.address, first.total, first.currency) == (
        "1",
        "a@b.example",
        Decimal("1234.50"),
        "DKK",
    )
    assert [(one.name, one.quantity, one.amount) for one in first.lines] == [
        ("Lampe", 1, Decimal("1000.00")), ('Pære; "E27"', 2, Decimal("234.50"))]  # fmt: skip
    assert isinstance(second, Order)
    assert second.lines == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_usual_way_of_writing_a_file_is_read(
    tmp_path: Path, encoding: str, separator: str, end: str
) -> None:
    rows = [
        ["Number", "Line", "Tracking-URL", "Placed", "Wholesale"],
        ["#7", "Pære på fod", "x", "12-11-2026", "?"],
    ]
    (one,) = read(tmp_path, end.join(separator.join(row) for row in rows).encode(encoding))
    assert isinstance(one, Order)
    assert (one.number, one.lines[0].name, one.tracking_url) == ("7", "Pære på fod", "x")
    assert one.placed_at is not None
    assert f"{one.placed_at:%d %m %Y}" == "12 11 2026"


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("9;not an address;1;DKK;;;", "address"), (";a@b.example;1;DKK;;;", "number"), ("9;;12,5x;DKK;;;", "total"),
        ("9;;1;crowns;;;", "currency"), ("9;;1;DKK;x;many;", "quantity"), ("9;;1;DKK;x;1;1,2,3", "line_amount"),
        ("9;;1;DKK;x;1;2;3;4", ""), ('9;;"1"x;DKK;;;', ""), ("9;;" + "1" * 200 + ";DKK;;;", "total"),
        ("9;" + "x" * 150_000 + ";;;;;", ""), ("9;;1;DKK;" + "y" * 210_000 + ";;", ""),
    ],
)  # fmt: skip
def test_a_broken_line_is_named_and_stops_nothing(tmp_path: Path, row: str, column: str) -> None:
    found = read(tmp_path, f"{HEAD}1;;1;DKK;;;\n{row}\n2;;1;DKK;;;\n")
    assert (numbers(found), broken(found)) == (["1", "2"], [(3, column)])
    assert all(one.reason and "\n" not in one.reason for one in found if isinstance(one, Broken))


def test_a_quote_that_never_ends_costs_its_own_line_only(tmp_path: Path) -> None:
    rows = [f"{n};;1;DKK;;;" for n in range(1, 200)]
    rows[49] = '50;;1;DKK;"19 inch;;'
    found = read(tmp_path, HEAD + "\n".join(rows))
    assert broken(found) == [(51, "")]
    assert len(numbers(found)) == 198
    found = read(tmp_path, HEAD + "\n".join(rows[:55]))
    assert (broken(found), len(numbers(found))) == ([(51, "")], 54), "the same at the end of a file"


def test_a_quoted_field_may_run_on_over_lines(tmp_path: Path) -> None:
    (one,) = read(tmp_path, HEAD + '1;;1;DKK;"Lampe\nmed fod";;\n')
    assert isinstance(one, Order)
    assert one.lines[0].name == "Lampe med fod"


def test_twenty_megabytes_without_a_line_break_are_passed_over(tmp_path: Path) -> None:
    found = read(tmp_path, HEAD.encode() + b"1;;1;DKK;;;\n" + b"x" * 20_000_000 + b"\n2;;1;DKK;;;\n")
    assert (numbers(found), broken(found)) == (["1", "2"], [(3, "")])


def test_what_acts_elsewhere_is_only_text_here(tmp_path: Path) -> None:
    rows = "1;;1;DKK;=cmd|' /C calc'!A0;;\n2;;1;DKK;a\x00b\x1b]0;;\n".replace("]0;;", "]0evil;;")
    first, second = read(tmp_path, HEAD + rows)
    assert isinstance(first, Order)
    assert isinstance(second, Order)
    assert first.lines[0].name == "=cmd|' /C calc'!A0"
    assert second.lines[0].name == "ab]0evil"


def test_a_line_in_another_encoding_is_broken_and_no_other(tmp_path: Path) -> None:
    lines = [
        HEAD.encode(),
        "1;;1;DKK;Pære;;\n".encode(),
        "2;;1;DKK;Pære;;\n".encode("cp1252"),
        b"3;;1;DKK;x;;\n",
    ]
    found = read(tmp_path, b"".join(lines))
    assert (numbers(found), broken(found)) == (["1", "3"], [(3, "")])


@pytest.mark.parametrize("data", [b"", b"\x00\xff\xfe", "a;b\n1;2".encode("utf-16"), b"name;total\nx;1\n",
                                  b"number;number\n1;2\n"])  # fmt: skip
def test_what_is_no_file_of_orders_is_refused_in_one_sentence(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(ShopRefused) as caught:
        read(tmp_path, data)
    assert "\n" not in str(caught.value)


def test_a_folder_or_a_missing_file_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.csv"):
        with pytest.raises(ShopRefused, match="cannot be read"):
            list(plugin("csv")("csv", path).orders())


def test_an_order_whose_rows_stand_apart_is_told_once(tmp_path: Path) -> None:
    found = read(tmp_path, HEAD + "1;;1;DKK;a;;\n2;;1;DKK;;;\n1;;1;DKK;b;;\n1;;1;DKK;c;;\n3;;1;DKK;;;\n")
    assert (numbers(found), broken(found)) == (["1", "2", "3"], [(4, "number")])


def test_what_can_be_read_in_two_ways_needs_a_word(tmp_path: Path) -> None:
    row = "number\ttotal\n1\t1.234\n"
    assert broken(read(tmp_path, row)) == [(2, "total")]
    (comma,), (point,) = read(tmp_path, row, decimal=","), read(tmp_path, row, decimal=".")
    assert isinstance(comma, Order)
    assert isinstance(point, Order)
    assert (comma.total, point.total) == (Decimal(1234), Decimal("1.234"))
