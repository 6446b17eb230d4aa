"""Text from outside reaches no strip with anything in it that could act, and no markup is read."""

import re
from dataclasses import replace

import pytest
from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget
from tui.widgets import world
from tui.widgets.gallery import Gallery

from agentdesk.domain.mail import Address
from agentdesk.domain.queue import Counts, QueuePage
from agentdesk.tui.widgets.conversation import Conversation
from agentdesk.tui.widgets.customer import CustomerPane
from agentdesk.tui.widgets.footer import Footer
from agentdesk.tui.widgets.notice import Notice
from agentdesk.tui.widgets.queue import QueueList
from agentdesk.tui.widgets.topline import TopLine, ViewBar

HOSTILE = (
    "\x1b[31mrød\x1b[0m", "\x1b]52;c;SGVq\x07", "\x1b]8;;http://ond.example\x1b\\her\x1b]8;;\x1b\\", "\x9b31m",
    "\x1bP1$r\x1b\\", "\x1b]0;titel\x07", "a\u202egnp.exe", "\u2066skjult\u2069", "nul\u200bbred", "[/nope]",
    "[@click=app.bell]klik[/]", "[bold red]rød[/]", "\r\x08\x7f\x00", "\ud800", "\ufeff\u2060", "a\u200d" * 40,
    "linje\u2028to\u0085tre",
)  # fmt: skip
ACTING = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)


def drawn(app: Gallery) -> list[Strip]:
    widgets: list[Widget] = [app.screen.query_one(kind) for kind in (
        QueueList, Conversation, CustomerPane, TopLine, ViewBar, Footer, Notice)]  # fmt: skip
    return [widget.render_line(y) for widget in widgets for y in range(widget.size.height)]


def is_ours(segment: Segment) -> bool:
    """Nothing acts on a click, nothing links, nothing controls."""
    style = segment.style
    return segment.control is None and (
        style is None or (style.link is None and set(style.meta) <= {"offset"})
    )


@pytest.mark.parametrize("evil", HOSTILE)
@pytest.mark.parametrize("poor", [False, True])
async def test_hostile_text_is_only_text(evil: str, poor: bool) -> None:
    app = Gallery(poor=poor)
    async with app.run_test(size=(120, 40)) as pilot:
        one = world.row(1, evil, evil, tags=(evil,), owner=evil, presence=evil)
        app.screen.query_one(QueueList).show(evil, QueuePage((one,), None), empty=evil)
        note = world.message(1, evil, kind="note", marks=(evil,), files=((evil, 3),), error=evil, name=evil)
        mail = replace(world.message(2, evil, agent=evil), cc=(Address(evil, evil),))
        told = world.thread((note, mail))
        case = replace(told.case, subject=evil, channel=evil, owner=evil, tags=(evil,))
        app.screen.query_one(Conversation).show(
            replace(told, case=case, present=((evil, "writing"),)), world.NOW
        )
        person = world.customer()
        earlier = (replace(person.earlier[0], subject=evil),)
        person = replace(person, name=evil, addresses=(evil,), language=evil, earlier=earlier)
        app.screen.query_one(CustomerPane).show(person, 1, world.NOW)
        app.screen.query_one(TopLine).show(evil, evil, Counts(0, 0, 0, 0, 0, None, 0, 0), world.NOW, [evil])
        app.screen.query_one(ViewBar).show([(evil, 3)], 0, evil)
        app.screen.query_one(Footer).show([(evil, evil), ("?", evil)])
        app.screen.query_one(Notice).say(evil, "error")
        await pilot.pause()
        for strip in drawn(app):
            assert not ACTING.search(strip.text), repr(strip.text)
            assert all(is_ours(segment) for segment in strip)
