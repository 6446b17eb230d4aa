"""Every shop keeps the contract, whatever its kind."""

import inspect
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from agentdesk.config.settings import Shop as Settings
from agentdesk.domain.orders import Broken, Order
from agentdesk.shops import SHOPS, plugin
from agentdesk.shops.contract import LONGEST_TEXT, Shop, ShopRefused

KAREN = "karen@example.com"
EVIL = "\x1b]0;evil\x07\x00 " + "x" * 2000
ROWS = (("1", KAREN, EVIL, "1234.50"), ("2", "ib@example.com", "Ib", "9"), ("3", KAREN, "Karen", "no amount"))


def a_file(folder: Path) -> Shop:
    lines = [
        "number,address,name,total",
        *(f'{n},{mail.upper()},"{name}",{total}' for n, mail, name, total in ROWS),
    ]
    (folder / "o.csv").write_text("\n".join(lines))
    shop: Shop = plugin("csv")("nord", folder / "o.csv")
    return shop


def a_database(folder: Path) -> Shop:
    with closing(sqlite3.connect(folder / "o.db")) as connection:
        connection.execute("create table o (number, address, name, total)")
        connection.executemany("insert into o values (?, ?, ?, ?)", ROWS)
        connection.commit()
    settings = Settings(
        name="nord", url=f"sqlite:///{folder}/o.db", orders="select * from o where address = :address"
    )
    shop: Shop = plugin("sql")(settings, lambda: "")
    return shop


ARRANGEMENTS: dict[str, Callable[[Path], Shop]] = {"csv": a_file, "sql": a_database}


@pytest.fixture(params=[kind for kind, _place in SHOPS])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    made = ARRANGEMENTS[request.param](tmp_path)
    yield made
    made.close()


def test_a_shop_has_all_the_contract_names_with_the_same_parameters(shop: Shop) -> None:
    for name, promised in inspect.getmembers(Shop, inspect.isfunction):
        if not name.startswith("_"):
            kept = inspect.signature(getattr(type(shop), name))
            assert list(kept.parameters) == list(inspect.signature(promised).parameters), name
    assert (shop.kind, shop.name) == (
        next(kind for kind, make in ARRANGEMENTS.items() if kind == shop.kind),
        "nord",
    )


def test_the_orders_of_an_address_come_clean_and_what_is_none_comes_as_broken(shop: Shop) -> None:
    order, broken = shop.orders(KAREN)
    assert isinstance(order, Order)
    assert (order.number, order.address, order.total) == ("1", KAREN, Decimal("1234.50"))
    assert order.name.startswith("]0;evil x")
    assert len(order.name) <= LONGEST_TEXT
    assert isinstance(broken, Broken)
    assert broken.column == "total"
    assert list(shop.orders("nobody@example.com")) in ([], [broken]), (
        "a file cannot know whose a broken line is"
    )


def test_a_closed_shop_can_be_asked_again(shop: Shop) -> None:
    shop.close()
    shop.close()
    assert any(isinstance(one, Order) for one in shop.orders(KAREN))


def test_a_kind_nobody_knows_is_refused_and_names_those_that_are_known() -> None:
    with pytest.raises(ShopRefused, match="csv, sql"):
        plugin("fax")


def test_the_list_of_shops_loads_none_of_them() -> None:
    code = (
        "import sys, agentdesk.shops\n"
        "print([m for m in sys.modules if m.split('.')[0] == 'psycopg' or m.startswith('agentdesk.shops.')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['agentdesk.shops.contract']"
