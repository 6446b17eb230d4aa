"""The customer of a case: orders beside it, the history, what is done to them; a shop that hangs delays no key."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tui import rig
from tui.rig import Rig

from agentdesk.config.settings import Settings, Shop
from agentdesk.domain.orders import Order, OrderLine
from agentdesk.services import customers, orders
from agentdesk.shops import sql as shop_sql
from agentdesk.tui.commands import COMMANDS
from agentdesk.tui.dialogs.page import Page
from agentdesk.tui.listroom import ListRoom
from agentdesk.tui.widgets.customer import CustomerPane
from agentdesk.tui.widgets.reader import Reader
from agentdesk.worker.run import run_once

METTE = "kunde1@example.com"
LAMP = Order(
    "10231", METTE, "Mette Sørensen", "shipped", datetime(2026, 2, 20, tzinfo=UTC), datetime(2026, 2, 27, tzinfo=UTC),
    None, Decimal(1499), "DKK", "GLS", "T8841", "https://gls.example/T8841",
    (OrderLine("L1", "Lampe Fjord", Decimal(1), Decimal(1400)), OrderLine("P", "Pære E27", Decimal(2), Decimal(99))),
)  # fmt: skip
OLD = replace(LAMP, number="09874", status="returned", total=Decimal("12.5"), currency="KWD", lines=(),
              placed_at=datetime(2025, 1, 1, tzinfo=UTC))  # fmt: skip


def sell(world: Any, *told: Order) -> None:
    with world.unit() as unit:
        orders.looked_up(unit, orders.source(unit, "Nordbutik", "sql"), METTE, told)


@asynccontextmanager
async def at_mette(
    url: str, state: Path, *told: Order, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[Rig]:
    """The desk with Mette's case in hand."""
    async with rig.desk(url, state, size=size) as r:
        for table in ("order_lines", "orders", "order_wishes", "order_sources"):
            rig.execute(url, f"delete from {table}")
        if told:
            sell(r.world, *told)
        await r.desk.reading.show(1)
        await r.settle()
        yield r


def pane(r: Rig) -> str:
    shown = r.desk.query_one(CustomerPane)
    return "\n".join(shown.line(y).text.rstrip() for y in range(int(shown.virtual_size.height)))


def items(r: Rig) -> list[str]:
    assert isinstance(r.app.screen, ListRoom)
    return [item.key for item in r.app.screen.roster.items if not item.heading]


def page(r: Rig) -> str:
    shown = r.app.screen.query_one(Page)
    return "\n".join(shown.line(y).text for y in range(int(shown.virtual_size.height)))


async def test_the_pane_shows_orders_with_status_total_tracking_and_age(url: str, state: Path) -> None:
    async with at_mette(url, state, LAMP, OLD) as r:
        text = await r.until(lambda: pane(r) if "ORDERS" in pane(r) else "")
        lines = [line.strip() for line in text.split("\n")]
        assert "10231  late 3 days    1,499 kr" in lines, text
        assert any(line.startswith("09874  returned") and line.endswith("12.500 KWD") for line in lines)
        assert "GLS T8841 · promised 27 feb" in text.replace("\n", " ").replace("   ", " ")
        assert "1 × Lampe Fjord" in lines
        assert any(line.startswith("ORDERS") and line.endswith("as of just now") for line in lines)
        assert "2 orders" in text


async def test_new_orders_and_trouble_reach_the_pane_by_the_feed(url: str, state: Path) -> None:
    async with at_mette(url, state) as r:
        assert "ORDERS" not in pane(r)
        sell(r.world, LAMP)
        await r.until(lambda: "10231" in pane(r))
        with r.world.unit() as unit:
            source = orders.source(unit, "Nordbutik", "sql")
            orders.troubled(unit, source, "The shop Nordbutik does not answer.", METTE)
        await r.until(lambda: "does not answer" in " ".join(pane(r).split()))
        assert "10231" in pane(r), "the last that was known stays"
        r.world.later(minutes=5)
        r.desk.tick()
        await r.until(lambda: "as of 5 m ago" in pane(r))


async def test_a_desk_that_shows_a_customer_wishes_for_fresh_orders_now_and_then(
    url: str, state: Path
) -> None:
    async with at_mette(url, state, LAMP) as r:
        wished = "select wanted_at from order_wishes where wanted_at is not null"
        (first,) = await r.until(lambda: rig.execute(url, wished))
        await r.desk.reading.reload()
        await r.settle()
        assert rig.execute(url, wished) == [first]
        r.world.later(minutes=4)
        await r.desk.reading.reload()
        await r.until(lambda: rig.execute(url, wished) != [first])


async def test_l_shows_the_lines_of_the_newest_order_and_again_the_next(url: str, state: Path) -> None:
    async with at_mette(url, state, LAMP, OLD) as r:
        await r.press("l")
        assert r.top == "OrderDialog"
        lines = page(r).split("\n")
        assert "https://gls.example/T8841" in lines
        table = [
            line for line in lines if "Lampe" in line or "Pære" in line or line.strip().startswith("total")
        ]
        assert [line.rsplit("  ", 1)[1].strip() for line in table] == [
            "1,400.00 kr",
            "99.00 kr",
            "1,499.00 kr",
        ]
        assert len({len(line) for line in table}) == 1, "amounts are right-aligned"
        await r.press("l")
        assert "12.500 KWD" in page(r)
        await r.press("l")
        assert "Lampe" in page(r)
        await r.press("escape")
        assert r.top == "DeskScreen"


async def test_h_shows_the_whole_history_and_enter_opens_a_case(url: str, state: Path) -> None:
    async with at_mette(url, state, LAMP) as r:
        await r.press("h")
        assert r.top == "CustomerScreen"
        assert items(r)[0].startswith("order")
        assert len([one for one in items(r) if one.startswith("case")]) == rig.EARLIER + 1
        assert isinstance(r.app.screen, ListRoom)
        hand = r.app.screen.roster.current
        assert hand is not None
        assert hand.key.startswith("case")
        await r.press("j")
        hand = r.app.screen.roster.current
        assert hand is not None
        await r.press("enter")
        assert r.top == "DeskScreen"
        assert r.desk.reading.case_id == hand.value.id


async def _do(r: Rig, name: str) -> None:
    command = next(one for one in COMMANDS if one.name == name)
    assert command.when(r.app.screen)
    await r.press(command.keys[0])


async def _goes_to(r: Rig) -> None:
    await next(one for one in COMMANDS if one.name == "go_customer").run(r.desk)
    await r.settle()
    assert r.top == "CustomerScreen"


def everything(url: str) -> list[Any]:
    """All that an act on a customer may change."""
    return [
        rig.execute(url, "select id, language, merged_into from customers order by id"),
        rig.execute(url, "select address, customer_id from addresses order by 1"),
        rig.execute(url, "select id, customer_id from cases order by id"),
        rig.execute(url, "select id from customer_notes where removed_at is null"),
    ]


async def test_notes_and_language_are_kept_and_u_takes_them_back(url: str, state: Path) -> None:
    async with at_mette(url, state, LAMP) as r:
        before = everything(url)
        await _goes_to(r)
        await _do(r, "customer_note")
        await r.type("Ring aldrig")
        await r.press("enter")
        assert items(r)[0].startswith("note")
        await r.until(lambda: "Ring aldrig" in pane(r))
        await _do(r, "customer_language")
        await r.press("ctrl+u")
        await r.type("sv")
        await r.press("enter")
        await r.until(lambda: "svenska" in pane(r))
        await _do(r, "customer_undo")
        await _do(r, "customer_undo")
        assert everything(url) == before
        await r.until(lambda: "Ring aldrig" not in pane(r) and "svenska" not in pane(r))


async def test_a_note_goes_by_enter_and_comes_back_by_u_at_the_desk(url: str, state: Path) -> None:
    async with at_mette(url, state) as r:
        with r.world.unit("anna") as unit:
            customers.add_note(unit, 1, "Ring aldrig")
        await _goes_to(r)
        assert isinstance(r.app.screen, ListRoom)
        r.app.screen.roster.home()
        await r.press("enter", "enter")
        assert not [one for one in items(r) if one.startswith("note")]
        await r.press("escape", "u")
        await r.until(lambda: "Ring aldrig" in pane(r))


async def test_two_customers_are_merged_by_address_parted_and_merged_back_by_u(url: str, state: Path) -> None:
    async with at_mette(url, state) as r:
        before = everything(url)
        await _goes_to(r)
        await _do(r, "customer_merge")
        await r.type("kunde2@example.com")
        await r.press("enter")
        assert r.top == "ConfirmDialog"
        await r.press("enter")
        assert [one for one in items(r) if one.startswith("merged")]
        merged = everything(url)
        assert merged != before
        await _do(r, "customer_undo")
        assert everything(url) == before
        await _do(r, "customer_merge")
        await r.type("nobody@nowhere.example")
        await r.press("enter")
        assert "no customer" in r.said
        await _do(r, "customer_merge")
        await r.type("2")
        await r.press("enter", "enter")
        assert isinstance(r.app.screen, ListRoom)
        assert r.app.screen.roster.go_to("merged 2")
        await r.press("enter", "enter")
        assert everything(url) == before


async def test_every_kind_of_row_is_read_beside_the_list(url: str, state: Path) -> None:
    async with at_mette(url, state, LAMP) as r:
        with r.world.unit("anna") as unit:
            customers.add_note(unit, 1, "Ring aldrig")
            customers.merge(unit, 2, 1)
        r.world.comes(sender="Mette Sørensen <mette@other.example>")
        await _goes_to(r)
        room = r.app.screen
        assert isinstance(room, ListRoom)
        wanted = {
            "note": "Ring aldrig", "order": "Lampe Fjord", f"case {rig.CASES + 1}": "Sag 0", "merged": "parts them",
            "same": "mette@other.example",
        }  # fmt: skip
        for kind, words in wanted.items():
            key = next(one for one in items(r) if one.startswith(kind))
            room.roster.go_to(key)
            await r.settle()
            await room.settled()
            reader = room.query_one(Reader)
            text = "\n".join(reader.line(y).text for y in range(int(reader.virtual_size.height)))
            assert words in text, (kind, text)


async def test_the_acts_are_reached_by_name_from_the_desk(url: str, state: Path) -> None:
    async with at_mette(url, state) as r:
        for name, words in (("note_customer", "Ring aldrig"), ("merge_customer", "kunde2@example.com")):
            await next(one for one in COMMANDS if one.name == name).run(r.desk)
            await r.settle()
            await r.type(words)
            await r.press("enter")
            if r.top == "ConfirmDialog":
                await r.press("enter")
            assert r.top == "CustomerScreen"
            await r.press("escape")
        found = rig.execute(url, "select count(*) from customer_notes union all select count(*) from merges")
        assert found == [(1,), (1,)]


async def test_an_unknown_customer_and_no_orders_are_said_in_a_sentence(url: str, state: Path) -> None:
    async with at_mette(url, state) as r:
        await r.press("l")
        assert (r.top, r.said) == ("DeskScreen", "No orders are known of this customer.")
        rig.execute(url, "update cases set customer_id = null where id = 1")
        await r.desk.reading.reload()
        await r.press("h")
        assert (r.top, r.said) == ("DeskScreen", "Nobody has written in this case yet.")


async def test_the_row_of_an_order_opens_its_page_and_turns(url: str, state: Path) -> None:
    async with at_mette(url, state, LAMP, OLD, size=(80, 24)) as r:
        await _goes_to(r)
        await r.press("enter")
        assert r.top == "OrderDialog"
        await _do(r, "order_next")
        assert "KWD" in page(r)
        await r.press("escape", "escape")
        assert r.top == "DeskScreen"


async def test_a_shop_database_that_hangs_never_delays_a_key(
    url: str, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It accepts and never answers; the worker waits for it while keys are pressed, and the pane says what is wrong."""
    monkeypatch.setattr(shop_sql, "CONNECT_SECONDS", 60)  # it is the test that ends the waiting
    with socket.create_server(("127.0.0.1", 0)) as server:
        shop = Shop(
            name="Nordbutik", url=f"postgresql://x@127.0.0.1:{server.getsockname()[1]}/y",
            orders="select 1 as number where :address <> ''",
        )  # fmt: skip
        asked, ended = threading.Event(), threading.Event()

        def accept() -> None:
            with server.accept()[0]:
                asked.set()
                ended.wait(60)

        threading.Thread(target=accept, daemon=True).start()
        async with at_mette(url, state, LAMP) as r:
            world = r.world
            await r.until(lambda: rig.execute(url, "select 1 from order_wishes where wanted_at is not null"))
            world.later(seconds=1)
            job = asyncio.create_task(
                asyncio.to_thread(
                    run_once, Settings(shops=(shop,)), world.store, lambda: world.now, ("orders",)
                )
            )
            assert await asyncio.to_thread(asked.wait, 10)
            await r.press("j", "k", "tab", "tab", "tab", "l", "escape", "h", "escape", "e", "u")
            assert not job.done(), "the shop still hangs while all keys have had their effect"
            ended.set()
            outcome = await job
            assert outcome.troubles == ("The shop Nordbutik does not answer.",)
            await r.until(lambda: "does not answer" in " ".join(pane(r).split()))
            assert "10231" in pane(r)
            assert "as of" in pane(r)
