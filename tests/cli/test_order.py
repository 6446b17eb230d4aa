"""Orders and customers on the command line, as a script meets them."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cli.program import CUSTOMER, Program, mail
from servers.postgres import Postgres
from servers.terminal import Terminal

HEAD = (
    "number;address;name;status;placed;promised;total;currency;carrier;tracking;line;quantity;line_amount\n"
)
LAMP = (
    f"10231;{CUSTOMER};Mette Sørensen;shipped;12-11-2026;20-11-2026;1.499,00;DKK;GLS;T8841;Lampe Fjord;1;1.400,00\n"
    f"10231;{CUSTOMER};Mette Sørensen;shipped;12-11-2026;20-11-2026;1.499,00;DKK;GLS;T8841;Pære E27;2;99,00\n"
)
OLD = f"9874;{CUSTOMER};;delivered;2025-01-02;;12,5;KWD;;;;;\n"


def file(desk: Program, *rows: str, name: str = "orders.csv") -> Path:
    path = desk.home / name
    path.write_text(HEAD + "".join(rows), encoding="utf-8-sig")
    return path


def imported(desk: Program, *rows: str) -> Any:
    return desk.json("order", "import", str(file(desk, *rows)))


def test_a_file_comes_in_once_and_stands_in_every_list(desk: Program) -> None:
    desk.deliver(mail(1))
    first = imported(desk, LAMP, OLD)
    assert {key: first[key] for key in ("seen", "new", "changed", "same", "broken", "errors")} == {
        "seen": 2, "new": 2, "changed": 0, "same": 0, "broken": 0, "errors": []}  # fmt: skip
    again = imported(desk, LAMP, OLD)
    assert (again["new"], again["changed"], again["same"]) == (0, 0, 2)
    (newest, old) = desk.json("order", "list")["orders"]
    assert (newest["number"], newest["total"], newest["tracking"]) == (
        "10231", {"amount": "1499.00", "currency": "DKK"}, "T8841")  # fmt: skip
    assert newest["customer"] == {"name": "Mette Sørensen", "address": CUSTOMER}
    assert newest["promised_at"] == "2026-11-20T12:00:00Z"
    assert [one["name"] for one in newest["lines"]] == ["Lampe Fjord", "Pære E27"]
    assert newest["lines"][1] == {
        "sku": "", "name": "Pære E27", "quantity": "2", "amount": {"amount": "99.00", "currency": "DKK"}}  # fmt: skip
    assert old["total"] == {"amount": "12.500", "currency": "KWD"}
    for which in (("--customer", "1"), ("--address", CUSTOMER.upper()), ("--case", "1")):
        assert [one["number"] for one in desk.json("order", "list", *which)["orders"]] == ["10231", "9874"]
    assert [one["id"] for one in desk.json("order", "list", "--number", "#9874")["orders"]] == [old["id"]]
    assert len(desk.json("order", "list", "--limit", "1")["orders"]) == 1
    assert [one["number"] for one in desk.json("case", "show", "1")["orders"]] == ["10231", "9874"]
    (source,) = desk.json("order", "list")["sources"]
    assert (source["name"], source["kind"], bool(source["as_of"])) == ("csv", "csv", True)


def test_a_broken_line_is_told_with_column_and_reason_and_the_rest_comes_in(lite: Program) -> None:
    path = file(lite, LAMP, f"7;{CUSTOMER};;;soon;;1;DKK;;;;;\n", OLD)
    answer = lite("order", "import", str(path), "--json").ok()
    (error,) = answer.json["errors"]
    assert (error["line"], error["column"]) == (4, "placed")
    assert error["reason"]
    assert "line 4, column placed" in answer.err
    assert (answer.json["new"], answer.json["broken"]) == (2, 1)


def test_a_changed_order_is_changed_and_another_source_is_another_order(lite: Program) -> None:
    imported(lite, LAMP)
    assert imported(lite, LAMP.replace("shipped", "delivered"))["changed"] == 1
    lite.json("order", "import", str(file(lite, LAMP)), "--source", "norge")
    found = lite.json("order", "list")["orders"]
    assert {(one["source"], one["status"]) for one in found} == {("csv", "delivered"), ("norge", "shipped")}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("order", "import", "/nowhere/at/all.csv"), 4), (("order", "import", "{bad}"), 1),
        (("order", "list", "--customer", "99"), 4), (("order", "list", "--case", "99"), 4),
        (("customer", "show", "99"), 4), (("customer", "merge", "1", "99"), 4), (("customer", "merge", "1", "1"), 3),
        (("customer", "unmerge", "1"), 3), (("customer", "note", "1", "--text", " "), 2),
        (("customer", "note", "1", "--remove", "5"), 2), (("customer", "set", "1", "--language", "klingon"), 2),
        (("order", "list", "--case", "1", "--customer", "1"), 2), (("customer", "show", "one"), 2),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_told_in_a_sentence(lite: Program, words: tuple[str, ...], code: int) -> None:
    lite.deliver(mail(1))
    (lite.home / "bad.csv").write_text("a;b\n1;2\n")
    lite(*(word.format(bad=lite.home / "bad.csv") for word in words)).failed(code)


def test_a_bar_shows_how_far_it_is_while_somebody_looks(lite: Program) -> None:
    path = file(lite, *(f"{n};a@b.example;;;;;1;DKK;;;;;\n" for n in range(2000)))
    with Terminal(lite.argv("order", "import", str(path)), env=lite.environment, cwd=lite.home) as terminal:
        terminal.wait("2000 orders", 60)
        assert terminal.process.wait(20) == 0
        assert b"taking in" in terminal.raw
    assert lite("order", "import", str(path)).ok().err == ""


def test_lists_read_well_line_by_line(lite: Program) -> None:
    lite.deliver(mail(1))
    imported(lite, LAMP, "8;x@y.example;=cmd()\x1b]0;evil;;;;;;;;;;\n".replace("]0;evil", "]0 evil"))
    out = lite("order", "list").ok().out
    assert "10231 · 2026-11-12 13:00 · " in out
    assert "1,499.00 kr" in out
    assert "2 × Pære E27 99.00 kr" in out
    assert "\x1b" not in out
    assert "\x1b" not in lite("customer", "show", "1").ok().out


# -- customers --------------------------------------------------------------------------------------------------------


def _known(desk: Program) -> list[Any]:
    """Both customers; an act and its opposite leave the time of the last change behind, and nothing else."""
    found = [desk.json("customer", "show", str(n))["customer"] for n in (1, 2)]
    for case in (case for one in found for case in one["cases"]):
        del case["updated_at"]
    return found


def test_a_customer_is_shown_noted_merged_and_parted_and_each_stroke_is_taken_back(desk: Program) -> None:
    desk.deliver(mail(1), mail(2, sender="Mette <mette@work.example>"))
    imported(desk, LAMP)
    before = _known(desk)
    noted = desk.json("customer", "note", "1", "--text", "Ring aldrig")
    (note,) = noted["customer"]["notes"]
    assert (note["text"], note["agent"]) == ("Ring aldrig", "Anna Agent")
    spoken = desk.json("customer", "set", "1", "--language", "sv")
    assert spoken["customer"]["language"] == "sv"
    merged = desk.json("customer", "merge", "1", "2")
    whole = merged["customer"]
    assert (whole["id"], whole["case_count"], whole["order_count"]) == (2, 2, 1)
    assert [one["address"] for one in whole["addresses"]] == [CUSTOMER, "mette@work.example"]
    assert [one["id"] for one in whole["merged"]] == [1]
    assert desk.json("customer", "show", "1")["customer"]["merged_into"] == 2
    parted = desk.json("customer", "unmerge", "1")
    assert parted["customer"]["merged_into"] is None
    for stroke in (parted, merged, spoken, noted):
        if stroke is merged:
            continue  # parting and taking the parting back leave it merged; then it is taken back below
        desk("case", "undo", str(stroke["stroke"])).ok()
        if stroke is parted:
            desk("case", "undo", str(merged["stroke"])).ok()
    assert _known(desk) == before


def test_a_note_is_taken_away_by_its_number(lite: Program) -> None:
    lite.deliver(mail(1))
    (note,) = lite.json("customer", "note", "1", "--text", "x")["customer"]["notes"]
    assert lite.json("customer", "note", "1", "--remove", str(note["id"]))["customer"]["notes"] == []


# -- shops ------------------------------------------------------------------------------------------------------------


def _shop(postgres: Postgres) -> str:
    url = postgres.database()
    with closing(psycopg.connect(url)) as connection:
        connection.execute("create table o (nr text, mail text, total numeric)")
        connection.execute("insert into o values ('10231', %s, 499), ('1', 'x@y.example', 1)", [CUSTOMER])
        connection.commit()
    return url


def _settings(url: str, query: str = "select nr as number, total from o where mail = :address") -> str:
    return f'[[shop]]\nname = "Nordbutik"\nurl = "{url}"\norders = "{query}"\nlimit = 1\n'


def test_orders_are_looked_up_for_open_cases_in_a_real_shop(desk: Program, postgres: Postgres) -> None:
    url = _shop(postgres)
    desk.deliver(mail(1))
    desk.settings(_settings(url))
    done = desk.json("order", "sync", "--once")
    assert (done["asked"], done["seen"], done["new"]) == (1, 1, 1)
    assert [one["number"] for one in desk.json("order", "list")["orders"]] == ["10231"], "nobody else's"
    again = desk.json("order", "sync", "--once")
    assert again["asked"] == 0, "it was looked up just now"
    desk("worker", "--once").ok()
    postgres.drop(url)


@pytest.mark.parametrize(
    "query",
    [
        "select nr as number, pg_sleep(60)::text as name from o where mail = :address",
        "with x as (insert into o values ('2', :address, 1) returning nr) select nr as number from x",
        "select nope from o where mail = :address",
    ],
)
def test_a_shop_in_trouble_is_told_and_the_last_that_was_known_stays(
    lite: Program, postgres: Postgres, query: str
) -> None:
    url = _shop(postgres)
    lite.deliver(mail(1))
    imported(lite, LAMP)
    lite.settings(_settings(url, query))
    answer = lite("order", "sync", "--once", "--json").failed(1)
    assert "Nordbutik" in answer.err
    listed = lite.json("order", "list")
    assert "Nordbutik" in next(one["trouble"] for one in listed["sources"] if one["kind"] == "sql")
    assert [one["number"] for one in listed["orders"]] == ["10231"]
    with closing(psycopg.connect(url)) as connection:
        assert connection.execute("select count(*) from o").fetchone() == (2,)
    postgres.drop(url)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[[shop]]\nname = "x"\nurl = "mysql://h/d"\norders = "select :address"\n', "shop.url"),
        ('[[shop]]\nname = "x"\nurl = "postgresql://h/d"\norders = "select 1"\n', ":address"),
        ('[[shop]]\nname = "x"\nurl = "postgresql://h/d"\norders = "select :address"\nlines = "select 1"\n', ":number"),
        ('[[shop]]\nname = "x"\nurl = "postgresql://h/d"\norders = "select :address"\nlimit = 0\n', "shop.limit"),
        ('[[shop]]\nname = "x"\nurl = "postgresql://[h/d"\norders = "select :address"\n', "shop.url"),
        ('[[shop]]\nurl = "postgresql://h/d"\norders = "select :address"\n', "name"),
    ],
)  # fmt: skip
def test_wrong_settings_of_a_shop_name_line_and_key(lite: Program, text: str, words: str) -> None:
    lite.settings(text)
    assert words in lite("order", "sync", "--once").failed(1).err


def test_the_password_of_a_shop_stands_in_no_log(lite: Program) -> None:
    lite.deliver(mail(1))
    settings = _settings("postgresql://u@127.0.0.1:1/d") + 'password_command = "echo hemmelig-42"\n'
    lite.settings(settings)
    answer = lite("order", "sync", "--once").failed(1)
    assert "hemmelig-42" not in answer.err + answer.out + lite.log()


def test_doctor_asks_the_shops(lite: Program, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "shop.db")) as shop:
        shop.execute("create table orders (number, address)")
    query = "select number from orders where address = :address"
    for name, query_, ok in (("Good", query, True), ("Bad", query.replace("orders", "gone"), False)):
        lite.settings(
            f'[[shop]]\nname = "{name}"\nurl = "sqlite:///{tmp_path}/shop.db"\norders = "{query_}"\n'
        )
        checks = {one["name"]: one for one in json.loads(lite("doctor", "--json").out)["checks"]}
        assert checks[f"[[shop]] {name}"]["ok"] is ok
        assert "[[shop]]" not in lite("doctor", "--offline").out
