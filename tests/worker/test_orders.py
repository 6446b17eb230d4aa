"""The worker asks the shops: for whom desks show at once, for open cases now and then; one that hangs delays nobody."""

import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from services.world import World, store, world

from agentdesk.config.settings import Settings, Shop
from agentdesk.services import orders
from agentdesk.shops import sql as shop_sql
from agentdesk.worker.run import run, run_once
from agentdesk.worker.work import Pace

__all__ = ["store", "world"]
KAREN = "karen@example.com"
QUICK = Pace(poll=0.05, wishes=0.05, timers=0.2, first=0.1, most_shop=0.2, renew=0.3, valid=2)
ON_ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What hangs on the shop alone is tried on one kind of store."""
QUERY = "select nr as number, state as status from o where mail = :address"


def shop(folder: Path, name: str = "nord", query: str = QUERY) -> Shop:
    path = folder / f"{name}.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("create table o (nr text, mail text, state text)")
        connection.execute("insert into o values ('10231', ?, 'shipped')", [KAREN])
        connection.commit()
    return Shop(name=name, url=f"sqlite:///{path}", orders=query, limit=1)


def change(folder: Path, state: str, name: str = "nord") -> None:
    with closing(sqlite3.connect(folder / f"{name}.db")) as connection:
        connection.execute("update o set state = ?", [state])
        connection.commit()


def once(world: World, *shops: Shop) -> Any:
    return run_once(Settings(shops=shops), world.store, lambda: world.now, ("orders",), pace=QUICK)


def until(what: Callable[[], Any], seconds: float = 20) -> Any:
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, "never came"
        time.sleep(0.02)
    return found


@contextmanager
def at_work(world: World, *shops: Shop) -> Iterator[None]:
    """The whole worker, in a thread."""
    stop = threading.Event()
    named: dict[str, Any] = {"stop": stop, "pace": QUICK}
    worker = threading.Thread(
        target=run, args=(Settings(shops=shops), world.store.address.url, lambda: world.now), kwargs=named
    )
    worker.start()
    try:
        yield
    finally:
        begun = time.monotonic()
        stop.set()
        worker.join(30)
        assert time.monotonic() - begun < 4, "it ends in order, whatever hangs"


def test_whoever_has_an_open_case_is_looked_up_and_again_when_it_is_old(world: World, tmp_path: Path) -> None:
    world.comes(sender=f"Karen <{KAREN}>")
    nord = shop(tmp_path)
    done = once(world, nord)
    assert (done.asked, done.orders.new, done.troubles) == (1, 1, ())
    world.later(minutes=5)
    change(tmp_path, "delivered")
    assert once(world, nord).asked == 0, "that is still fresh"
    world.later(minutes=11)
    assert once(world, nord).orders.changed == 1
    assert world.value("select status from orders") == "delivered"


def test_a_wish_of_a_desk_is_answered_at_once(world: World, tmp_path: Path) -> None:
    world.comes(sender=f"Karen <{KAREN}>")
    with world.unit() as unit:
        unit.session.exec_driver_sql("update cases set status = 'resolved'")
        orders.source(unit, "nord", "sql")
    nord = shop(tmp_path)
    with at_work(world, nord):
        time.sleep(0.2)
        assert world.rows("select * from orders") == [], "nobody asked"
        with world.unit() as unit:
            orders.wish(unit, 1)
        until(lambda: world.rows("select * from orders"))


@ON_ONE
def test_a_shop_that_hangs_holds_up_neither_another_shop_nor_the_end_of_the_worker(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shop_sql, "CONNECT_SECONDS", 60)
    world.comes(sender=f"Karen <{KAREN}>")
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"postgresql://x@127.0.0.1:{server.getsockname()[1]}/y"
        mute = Shop(name="mute", url=url, orders="select 1 as number where :address <> ''")
        asked: list[socket.socket] = []
        threading.Thread(target=lambda: asked.append(server.accept()[0]), daemon=True).start()
        with at_work(world, mute, shop(tmp_path)):
            until(lambda: asked)
            until(lambda: world.rows("select * from orders"))
        asked[0].close()


@ON_ONE
def test_trouble_stands_in_the_row_until_the_shop_answers_again(world: World, tmp_path: Path) -> None:
    world.comes(sender=f"Karen <{KAREN}>")
    nord = shop(tmp_path)
    file = tmp_path / "nord.db"
    file.rename(tmp_path / "away.db")
    with at_work(world, nord):
        until(lambda: world.value("select count(*) from order_sources where trouble <> ''"))
        (tmp_path / "away.db").rename(file)
        until(lambda: world.rows("select * from orders"))
        until(lambda: not world.value("select count(*) from order_sources where trouble <> ''"))


@ON_ONE
def test_an_address_that_hangs_does_not_starve_the_others(world: World, tmp_path: Path) -> None:
    for name in ("ada", "karen", "zoe"):
        world.comes(sender=f"{name} <{name}@example.com>")
    endless = (
        "with recursive c(n) as (select 1 union all select n + 1 from c where :address like 'ada%' or n < 2)"
        " select nr as number from o where mail = :address and (select max(n) from c) > 0"
    )
    slow = shop(tmp_path, query=endless)
    with closing(sqlite3.connect(tmp_path / "nord.db")) as connection:
        connection.execute("insert into o values ('1', 'ada@example.com', 'new')")
        connection.commit()
    with at_work(world, slow):
        until(lambda: world.rows("select * from orders"))
        until(lambda: len(world.rows("select * from order_wishes where checked_at is not null")) == 2)
