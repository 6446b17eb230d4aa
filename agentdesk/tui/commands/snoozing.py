"""Hiding a case until a time: the times that are offered, the words that are typed, and what ends it before.

Invariant: what is typed is shown as a date before it counts, in the agent's own zone.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from agentdesk.config.language import N_, _
from agentdesk.domain.lifecycle import Ends
from agentdesk.tui import dialogs
from agentdesk.tui.keys import Command
from agentdesk.tui.screens.desk import DeskScreen

Then = Callable[[datetime, Ends], Awaitable[None]]
ENDS = {
    Ends.ANSWER: N_("an answer"), Ends.NOT_THANKS: N_("an answer that is more than thanks"),
    Ends.NOTHING: N_("nothing"),
}  # fmt: skip
"""What opens the case before its time, in words."""


def at_nine(day: datetime) -> datetime:
    """Nine in the morning of that day."""
    return day.replace(hour=9, minute=0, second=0, microsecond=0)


def next_monday(now: datetime) -> datetime:
    """Nine in the morning of the Monday to come, never today."""
    return at_nine(now + timedelta(days=7 - now.weekday()))


def meaning(text: str, now: datetime) -> str:
    """What is typed means this time. Raises Problem when it means none."""
    from agentdesk.domain.when import read  # noqa: PLC0415  only who types a time needs it

    return _("hidden until {when}").format(when=_spoken(read(text, now)))


def _spoken(at: datetime) -> str:
    """The day by name, the date with its year, and the time."""
    from agentdesk.tui.widgets.clock import moment  # noqa: PLC0415  only who types a time needs it

    assert at.tzinfo is not None
    *day, time = moment(at, at.tzinfo).split()
    return " ".join((*day, str(at.year), time))


async def ask(desk: DeskScreen, then: Then, question: str, ends: Ends = Ends.ANSWER) -> None:
    """Ask until when, and by a letter what ends it before; `then` gets both."""
    now = desk.now().astimezone(desk.seat.zone)

    async def chosen(what: datetime | Ends | None) -> None:
        if isinstance(what, Ends):
            await ask(desk, then, question, what)
        elif what is None:
            await desk.house.push_screen(dialogs.AskDialog(
                _("Until when?"), typed, hint=_("for example: tomorrow 14:30, monday, in 3 days, 24/12 12:00"),
                meaning=partial(meaning, now=now),
            ))  # fmt: skip
        else:
            await then(what, ends)

    async def typed(text: str) -> None:
        from agentdesk.domain.when import read  # noqa: PLC0415  only who types a time needs it

        await then(read(text, now), ends)

    tomorrow, monday, soon = at_nine(now + timedelta(days=1)), next_monday(now), now + timedelta(hours=3)
    following = list(Ends)[(list(Ends).index(ends) + 1) % len(Ends)]
    choices = [
        dialogs.Choice(tomorrow, _("Tomorrow 9:00"), "t", f"{tomorrow:%d.%m.}"),
        dialogs.Choice(monday, _("Monday 9:00"), "m", f"{monday:%d.%m.}"),
        dialogs.Choice(soon, _("In three hours"), "h", f"{soon:%H:%M}"),
        dialogs.Choice(None, _("Another time, typed"), "w"),
        dialogs.Choice(following, _("Opened before that by"), "e", _(ENDS[ends])),
    ]
    await desk.house.push_screen(dialogs.ChooseDialog(question, choices, chosen))


async def send_and_wake(desk: DeskScreen) -> None:
    """Send, and have the case back when nobody has answered by a time."""
    now = desk.now().astimezone(desk.seat.zone)

    async def send(text: str) -> None:
        from agentdesk.domain.when import read  # noqa: PLC0415  only who types a time needs it

        desk.writing.widget.focus_text()
        await desk.writing.send(silence=read(text, now).astimezone(UTC))

    def back(text: str) -> str:
        from agentdesk.domain.when import read  # noqa: PLC0415  only who types a time needs it

        return _("sent now; back {when} when nobody answers").format(when=_spoken(read(text, now)))

    await desk.house.push_screen(dialogs.AskDialog(
        _("Send it, and bring the case back when nobody has answered by"), send, start=_("in 3 days"), meaning=back,
        hint=_("for example: tomorrow 14:30, monday, in 3 days, 24/12 12:00"),
    ))  # fmt: skip


def _is_reply(desk: DeskScreen) -> bool:
    return desk.writing.kind == "reply"


COMMANDS = (
    Command("send_wake", "writing", N_("send, wake me"), N_("send it; the case comes back when nobody has answered"),
            ("ctrl+t",), send_and_wake, "screen", "AskDialog", when=_is_reply, footer=9),
)  # fmt: skip
