"""A shop's own database: only ever read, whatever the query says, and never waited for beyond its limit."""

import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from servers.postgres import Postgres

from agentdesk.config.settings import Shop as Settings
from agentdesk.domain.orders import Broken, Order
from agentdesk.shops import plugin
from agentdesk.shops import sql as shop_sql
from agentdesk.shops.contract import ShopDown, ShopRefused

ORDERS = "select nr as number, mail as address, state as status, total, 'DKK' as currency from o where mail = :address"
LINES = "select name as line, n as quantity, cost::numeric as line_amount from l where nr = :number"
_TABLES = (
    "create table o (nr text, mail text, state text, total numeric(10,2))",
    "create table l (nr text, name text, n integer, cost numeric(10,2))",
    "insert into o values ('10231', 'karen@example.com', '50% ::done', 499), ('2', 'ib@example.com', 'new', null)",
    "insert into l values ('10231', 'Lampe', 2, 249.50)",
)


@pytest.fixture
def shop_url(postgres: Postgres) -> Iterator[str]:
    """A shop on a real PostgreSQL, signed in as its superuser: only our own fence keeps it from being written."""
    url = postgres.database()
    with psycopg.connect(url) as connection:
        for statement in _TABLES:
            connection.execute(statement.encode())
        connection.execute("create sequence s")
    yield url
    postgres.drop(url)


def shop(url: str, orders: str = ORDERS, lines: str = "", **more: Any) -> Any:
    return plugin("sql")(Settings(name="Nord", url=url, orders=orders, lines=lines, **more), lambda: "")


def rows(url: str, query: str) -> list[Any]:
    with psycopg.connect(url) as connection:
        return connection.execute(query.encode()).fetchall()


def test_orders_and_lines_come_from_two_queries(shop_url: str) -> None:
    with closing(shop(shop_url, lines=LINES)) as nord:
        (order,) = nord.orders("karen@example.com")
        assert isinstance(order, Order)
        assert (order.number, order.total, order.status) == ("10231", Decimal(499), "50% ::done")
        assert [(one.name, one.quantity, one.amount) for one in order.lines] == [
            ("Lampe", 2, Decimal("249.50"))
        ]
        assert list(nord.orders("' or 1=1 --")) == []


@pytest.mark.parametrize(
    "query",
    [
        "with x as (insert into o values ('9', :address, '', 1) returning *) select nr as number from x",
        "with x as (delete from o returning *) select nr as number from x where mail = :address",
        "select nextval('s')::text as number where :address <> ''",
        "select set_config('transaction_read_only', 'off', false) as number where :address <> ''",
        "select nr as number into stolen from o where mail = :address",
        "select nr as number from o where mail = :address for update",
    ],
)
def test_a_query_that_tries_to_write_is_refused(shop_url: str, query: str) -> None:
    before = rows(shop_url, "select * from o order by nr")
    with closing(shop(shop_url, query)) as nord, pytest.raises(ShopRefused) as caught:
        list(nord.orders("karen@example.com"))
    assert "Nord" in str(caught.value)
    assert "karen" not in str(caught.value)
    assert rows(shop_url, "select * from o order by nr") == before
    assert rows(shop_url, "select is_called from s") == [(False,)]


def test_what_a_server_lets_through_in_spite_of_that_is_rolled_back(shop_url: str) -> None:
    """Older servers let a read-only transaction make large objects."""
    with (
        closing(shop(shop_url, "select lo_create(0)::text as number where :address <> ''")) as nord,
        suppress(ShopRefused),
    ):
        list(nord.orders("karen@example.com"))
    assert rows(shop_url, "select count(*) from pg_largeobject_metadata") == [(0,)]


@pytest.mark.parametrize(
    "query",
    [
        "select 1 as number where :address <> ''; delete from o",
        "select 1 as number where :address <> ''; commit; delete from o; select 1",
        "select nope from o where mail = :address",
    ],
)
def test_several_statements_or_nonsense_are_refused(shop_url: str, query: str) -> None:
    with closing(shop(shop_url, query)) as nord, pytest.raises(ShopRefused):
        list(nord.orders("karen@example.com"))
    assert len(rows(shop_url, "select * from o")) == 2


def test_settings_changed_by_one_query_do_not_open_the_next(shop_url: str) -> None:
    sly = (
        "select set_config('default_transaction_read_only', 'off', false)"
        " || set_config('statement_timeout', '0', false)"
        " as number where :address <> ''"
    )
    write = "with x as (insert into l values (:number, 'x', 1, 1) returning *) select name as line from x"
    with closing(shop(shop_url, sly, write)) as nord, pytest.raises(ShopRefused):
        list(nord.orders("karen@example.com"))
    assert len(rows(shop_url, "select * from l")) == 1


@pytest.mark.parametrize("query", ["delete from o where mail = :address", "copy o to program 'sh'", "do $$x$$",
                                   "-- select\nupdate o set mail = :address", "select ':address'"])  # fmt: skip
def test_what_does_not_read_or_has_no_place_is_refused_before_anything_is_asked(query: str) -> None:
    with pytest.raises(ShopRefused):
        shop("postgresql://x@192.0.2.1/never", query)


def test_a_query_that_hangs_is_ended_and_the_shop_can_be_asked_again(shop_url: str) -> None:
    slow = (
        "select nr as number, pg_sleep(case when mail like 'karen%' then 60 else 0 end)::text as name"
        " from o where mail = :address"
    )
    with closing(shop(shop_url, slow, limit=1)) as nord:
        begun = time.monotonic()
        with pytest.raises(ShopDown, match="1 seconds"):
            list(nord.orders("karen@example.com"))
        assert time.monotonic() - begun < 3
        assert [one.number for one in nord.orders("ib@example.com")] == ["2"]
    still = "select count(*) from pg_stat_activity where query like '%pg_sleep(case%' and state = 'active'"
    assert rows(shop_url, f"{still} and pid <> pg_backend_pid()") == [(0,)]


def test_a_server_that_stops_answering_in_the_middle_is_hung_up_on(
    shop_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own limit is out of force, as when its machine has stopped: ours still counts."""
    monkeypatch.setattr(shop_sql, "_GRACE", -0.7)
    slow = "select nr as number, pg_sleep(60)::text as name from o where mail = :address"
    with closing(shop(shop_url, slow, limit=1)) as nord:
        begun = time.monotonic()
        with pytest.raises(ShopDown, match="does not answer"):
            list(nord.orders("karen@example.com"))
        assert time.monotonic() - begun < 0.95


def test_a_server_that_accepts_and_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shop_sql, "CONNECT_SECONDS", 2)  # libpq waits for two seconds at least
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        kept: list[socket.socket] = []
        threading.Thread(target=lambda: kept.append(server.accept()[0]), daemon=True).start()
        begun = time.monotonic()
        with closing(shop(f"postgresql://x@127.0.0.1:{port}/y")) as nord, pytest.raises(ShopDown):
            list(nord.orders("karen@example.com"))
        assert time.monotonic() - begun < 6


def test_a_server_that_is_not_there_or_lets_nobody_in(postgres: Postgres) -> None:
    for url in (postgres.url("nowhere"), postgres.url(role="nobody"), "postgresql://x@127.0.0.1:1/y"):
        with closing(shop(url)) as nord, pytest.raises(ShopDown, match="Nord"):
            list(nord.orders("karen@example.com"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "shop.db"
    with closing(sqlite3.connect(path)) as connection:
        for statement in _TABLES:
            connection.execute(statement)
        connection.commit()
    return path


LITE_LINES = LINES.replace("::numeric", "")


def test_a_file_is_read_and_never_written(file: Path) -> None:
    before = file.read_bytes()
    with closing(shop(f"sqlite:///{file}", lines=LITE_LINES)) as nord:
        (order,) = nord.orders("karen@example.com")
        assert isinstance(order, Order)
        assert (order.total, order.lines[0].amount) == (Decimal(499), Decimal("249.5"))
    for query in (
        "with x as (select 1) insert into o select :address, '', '', 1",
        "select 1 as number where :address <> ''; delete from o",
        "select writefile('x', :address) as number",
        "select load_extension(:address) as number",
    ):
        with closing(shop(f"sqlite:///{file}", query)) as nord, pytest.raises(ShopRefused):
            list(nord.orders("karen@example.com"))
    assert file.read_bytes() == before
    assert sorted(one.name for one in file.parent.iterdir()) == ["shop.db"]


def test_a_file_that_counts_for_ever_is_interrupted(file: Path) -> None:
    endless = (
        "with recursive c(n) as (select 1 union all select n + 1 from c)"
        " select max(n) as number from c where :address <> ''"
    )
    with (
        closing(shop(f"sqlite:///{file}", endless, limit=1)) as nord,
        pytest.raises(ShopDown, match="1 seconds"),
    ):
        list(nord.orders("karen@example.com"))


def test_a_missing_file_and_a_file_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("no database, but long enough to be looked at as one" * 100)
    for path in (tmp_path / "none.db", tmp_path / "text.db"):
        with closing(shop(f"sqlite:///{path}")) as nord, pytest.raises((ShopDown, ShopRefused)):
            list(nord.orders("karen@example.com"))
    assert not (tmp_path / "none.db").exists()


def test_an_order_that_cannot_be_read_is_told_and_the_others_come(file: Path) -> None:
    query = "select nr as number, case nr when '2' then 'soon' end as promised from o where :address <> '' order by nr"
    with closing(shop(f"sqlite:///{file}", query)) as nord:
        found = list(nord.orders("karen@example.com"))
    assert [type(one) for one in found] == [Order, Broken]
    assert isinstance(found[0], Order)
    assert found[0].address == "karen@example.com"
