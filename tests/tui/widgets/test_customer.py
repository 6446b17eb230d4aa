"""The customer pane with everything in it: whole at every width, amounts aligned, nothing from outside acts."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from tui.widgets import world
from tui.widgets.gallery import Gallery
from tui.widgets.test_hostile import ACTING, HOSTILE, is_ours

from agentdesk.domain.customers import Beside, NoteRow
from agentdesk.domain.knowledge import Suggestion
from agentdesk.domain.orders import OrderLine, OrderRow, SourceRow
from agentdesk.tui.widgets.customer import EARLIER, CustomerPane

NOW = world.NOW


def order(
    number: str, total: str, currency: str = "DKK", words: str = "Lampe Fjord", **more: object
) -> OrderRow:
    lines = tuple(OrderLine("L1", words, Decimal(n), Decimal(1)) for n in (1, 2, 3, 4))
    row = OrderRow(1, words, number, "a@b.example", words, "shipped", NOW, NOW - timedelta(days=3), None,
                   Decimal(total), currency, words, words, words, NOW, lines)  # fmt: skip
    return replace(row, **more)  # type: ignore[arg-type]


def beside(words: str = "Lampe Fjord", number: str = "10231") -> Beside:
    """Everything at once."""
    orders = (order(number, "499", words=words), order("98", "12345.5", "KWD", words, promised_at=None),
              order("1", "7", "JPY", words, promised_at=None, delivered_at=NOW, status=words))  # fmt: skip
    sources = (
        SourceRow(1, words, "sql", NOW - timedelta(minutes=5), words),
        SourceRow(2, "csv", "csv", NOW, ""),
    )
    notes = (NoteRow(1, words, NOW, f"{words} " * 40), NoteRow(2, "Anna", NOW, "Ring aldrig"))
    suggestions = tuple(Suggestion("macro", n, f"{words} {n}", words) for n in range(1, 10))
    return Beside(orders, 12, sources, notes, suggestions)


def lines(pane: CustomerPane) -> list[str]:
    return [pane.line(y).text.rstrip() for y in range(int(pane.virtual_size.height))]


async def test_all_that_is_known_stands_in_its_order_and_lines_up() -> None:
    app = Gallery()
    async with app.run_test(size=(120, 60)) as pilot:
        pane = app.screen.query_one(CustomerPane)
        person = replace(world.customer(), addresses=("mette@example.dk", "m@work.example"),
                         earlier=world.customer().earlier * 3, case_count=13)  # fmt: skip
        pane.show(person, 1, NOW, beside=beside())
        await pilot.pause()
        text = [line.strip() for line in lines(pane)]
        titles = [
            line.split("  ")[0] for line in text if line.isupper() or line.startswith(("ORDERS", "EARLIER"))
        ]
        assert titles == ["ORDERS", "EARLIER CASES", "NOTES", "ADDRESSES", "SUGGESTED"]
        assert "12 orders" in " ".join(text)
        assert "and 9 more" in text
        assert "and 2 more lines" in text
        assert f"and {12 - EARLIER} more" in text
        assert text[text.index("ADDRESSES") + 1] == "m@work.example"
        amounts = [line for line in lines(pane) if line.endswith((" kr", " KWD", " JPY"))]
        assert len(amounts) == 3
        assert len({len(line) for line in amounts}) == 1, amounts
        assert any(line.startswith("9 ") for line in text), "each suggestion has its digit"
        assert any(line.endswith("as of 5 m ago") for line in text), "the oldest of what is known counts"
        pane.tick(NOW + timedelta(minutes=3))
        assert any(line.strip().endswith("as of 8 m ago") for line in lines(pane))


async def test_a_customer_nobody_looked_up_and_one_without_orders_are_told_apart() -> None:
    app = Gallery()
    async with app.run_test(size=(120, 40)):
        pane = app.screen.query_one(CustomerPane)
        for as_of, words in ((None, "Not looked up yet."), (NOW, "No orders.")):
            pane.show(
                world.customer(), 1, NOW, beside=Beside(sources=(SourceRow(1, "shop", "sql", as_of, ""),))
            )
            assert words in [line.strip() for line in lines(pane)]
        pane.show(world.customer(), 1, NOW, beside=Beside())
        assert "ORDERS" not in " ".join(lines(pane)), "no shop, no word of orders"


async def test_hostile_orders_notes_and_suggestions_are_only_text() -> None:
    app = Gallery()
    async with app.run_test(size=(120, 60)):
        pane = app.screen.query_one(CustomerPane)
        for evil in HOSTILE:
            pane.show(world.customer(), 1, NOW, beside=beside(evil, evil))
            for y in range(pane.size.height):
                strip = pane.render_line(y)
                assert not ACTING.search(strip.text), repr(strip.text)
                assert all(is_ours(segment) for segment in strip)


@pytest.mark.parametrize("poor", [False, True])
async def test_every_line_is_as_wide_as_the_pane_at_every_width(poor: bool) -> None:
    app = Gallery(poor=poor)
    async with app.run_test(size=(120, 60)) as pilot:
        pane = app.screen.query_one(CustomerPane)
        pane.show(world.customer(), 1, NOW, beside=beside("關於訂單的問題 Ærø", "訂單10252"))
        for wide in (1, 2, 3, 7, 12, 20, 31, 44, 80):
            pane.styles.width = wide
            await pilot.pause()
            for y in range(pane.size.height):
                strip = pane.render_line(y)
                assert strip.cell_length == pane.columns
                assert not poor or strip.text.replace("關於訂單的問題 Ærø", "").isprintable()
