"""Verbs on the case in hand. Each is one stroke, shown before the next key is read, and taken back by u."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from agentdesk.config.language import N_, _
from agentdesk.domain.lifecycle import Ends, Priority, Status, may_move
from agentdesk.tui import dialogs
from agentdesk.tui.commands import snoozing
from agentdesk.tui.keys import Command
from agentdesk.tui.screens.desk import DeskScreen
from agentdesk.tui.widgets.queue import QueueList


def case_in_hand(desk: DeskScreen) -> int | None:
    """The case that a verb would act on: the one on screen, in the queue the row in hand."""
    if desk.pane == "queue":
        hand = desk.query_one(QueueList).current
        return hand.id if hand is not None else None
    return desk.reading.case_id


def _status(desk: DeskScreen) -> Status | None:
    if desk.pane == "queue":
        hand = desk.query_one(QueueList).current
        return hand.status if hand is not None else None
    thread = desk.reading.thread
    return thread.case.status if thread is not None else None


def has_case(desk: DeskScreen) -> bool:
    """There is a case to act on, and the store is there."""
    return desk.ready and case_in_hand(desk) is not None


def _may_end(desk: DeskScreen) -> bool:
    status = _status(desk)
    return (
        has_case(desk)
        and status is not None
        and status is not Status.RESOLVED
        and may_move(status, Status.RESOLVED)
    )


def _may_snooze(desk: DeskScreen) -> bool:
    status = _status(desk)
    return (
        has_case(desk)
        and status is not None
        and (status is Status.SNOOZED or may_move(status, Status.SNOOZED))
    )


def _ready(desk: DeskScreen) -> bool:
    return desk.ready


async def take_next(desk: DeskScreen) -> None:
    counts = desk.listing.counts
    if counts is not None and counts.capacity and counts.in_hand >= counts.capacity:
        await desk.house.push_screen(dialogs.ConfirmDialog(
            _("You have {n} cases in hand, which is all you should. Take one more?").format(n=counts.in_hand),
            partial(_take, desk), hint=_("Enter takes it, Esc does not."),
        ))  # fmt: skip
        return
    await _take(desk)


async def _take(desk: DeskScreen) -> None:
    core = await desk.core()
    if not desk.house.passable:
        await desk.perform(core.triage.claim)
        return
    taken = await desk.perform(core.triage.claim)
    if taken is None:
        if desk.house.passable:
            desk.say(_("Nothing is free to take."))
        return
    case_id = taken[0]
    queue = desk.query_one(QueueList)
    rows = await desk.bridge.read(core.queue.rows, [case_id])
    await desk.listing.take_changes([case_id])
    if not queue.go_to(case_id, rows[0] if rows else None):
        await desk.listing.show("mine")
        queue.go_to(case_id, rows[0] if rows else None)
    await desk.open_case(case_id)
    await desk.listing.count()
    desk.draw_top()


async def _act(desk: DeskScreen, words: str, verb: Callable[..., int], *args: Any, **kwargs: Any) -> bool:
    """One verb on the case in hand, remembered for `.`; True when it was done."""
    case_id = case_in_hand(desk)
    if case_id is None:
        return False
    done = await desk.perform(verb, case_id, *args, **kwargs)
    if done is None:
        if desk.reading.case_id == case_id:
            await desk.reading.reload()
            if desk.reading.widget.new_below:
                desk.reading.widget.end()  # what was not seen is why
        return False

    async def again() -> None:
        await _act(desk, words, verb, *args, **kwargs)

    desk.last_act = again
    desk.say(_("{act}: #{number}. u takes it back.").format(act=words, number=case_id))
    await desk.show_effect(case_id)
    return True


def _as_seen(desk: DeskScreen, verb: Callable[..., int]) -> Callable[..., int]:
    """The verb with the newest message that its case has shown: what was not seen keeps a case in the queue."""

    def seen(unit: Any, case_id: int, *args: Any, **named: Any) -> int:
        known = desk.reading.seen_message_id() if desk.reading.case_id == case_id else 0
        return verb(unit, case_id, *args, seen=known, **named)

    return seen


async def end(desk: DeskScreen) -> None:
    core = await desk.core()
    resolve = _as_seen(desk, core.triage.set_status)
    if await _act(desk, _("Resolved"), resolve, Status.RESOLVED) and desk.after_send == "next":
        await desk.next_case()


async def status(desk: DeskScreen) -> None:
    core = await desk.core()

    async def put(value: Status) -> None:
        await _act(desk, _(NAMES[value]), _as_seen(desk, core.triage.set_status), value)

    now = _status(desk)
    letters = {Status.OPEN: "o", Status.PENDING: "p", Status.RESOLVED: "r", Status.SPAM: "s"}
    choices = [
        dialogs.Choice(one, _(NAMES[one]), letter)
        for one, letter in letters.items() if now is not None and one is not now and may_move(now, one)
    ]  # fmt: skip
    if not choices:
        desk.say(_("A closed case stays closed; r would not reach anybody, c writes a new message."))
        return
    await desk.house.push_screen(dialogs.ChooseDialog(_("Which status?"), choices, put))


NAMES = {
    Status.OPEN: N_("Open"), Status.PENDING: N_("Pending"), Status.RESOLVED: N_("Resolved"), Status.SPAM: N_("Spam"),
    Status.SNOOZED: N_("Snoozed"), Status.NEW: N_("New"), Status.CLOSED: N_("Closed"),
}  # fmt: skip
PRIORITY_NAMES = {
    Priority.LOW: N_("Low"), Priority.NORMAL: N_("Normal"), Priority.HIGH: N_("High"), Priority.URGENT: N_("Urgent"),
}  # fmt: skip


async def assign(desk: DeskScreen) -> None:
    core = await desk.core()
    people = await desk.bridge.read(core.people.agents_all)
    teams = await desk.bridge.read(core.people.teams_all)

    async def give(value: tuple[str, int]) -> None:
        kind, one = value
        if kind == "agent":
            await _act(desk, _("Assigned"), core.triage.assign, owner=one)
        else:
            await _act(desk, _("Given to the team"), core.triage.assign, team=one)

    mine = [
        dialogs.Choice(("agent", one.id), one.name, detail=_("you")) for one in people if one.id == desk.me.id
    ]
    others = [
        dialogs.Choice(("agent", one.id), one.name, detail=one.login)
        for one in people
        if one.id != desk.me.id
    ]
    groups = [dialogs.Choice(("team", one.id), one.name, detail=_("team")) for one in teams]
    nobody = [dialogs.Choice(("agent", 0), _("nobody"), detail=_("free for all"))]
    await desk.house.push_screen(
        dialogs.ChooseDialog(_("Who takes this case?"), [*mine, *others, *groups, *nobody], give)
    )


async def tag(desk: DeskScreen) -> None:
    core = await desk.core()
    known = await desk.bridge.read(core.people.tags_all)
    hand = desk.query_one(QueueList).current if desk.pane == "queue" else None
    thread = desk.reading.thread
    has = hand.tags if hand is not None else thread.case.tags if thread is not None else ()

    async def put(value: tuple[str, str]) -> None:
        sign, name = value
        if sign == "+":
            await _act(desk, _("Tagged {tag}").format(tag=name), core.triage.tag, (name,))
        else:
            await _act(desk, _("Tag {tag} taken away").format(tag=name), core.triage.tag, (), (name,))

    def new(typed: str) -> "dialogs.Choice | None":
        name = "-".join(typed.lower().split())
        return dialogs.Choice(("+", name), name, detail=_("new tag")) if name else None

    choices = [dialogs.Choice(("+", name), name) for name in known if name not in has]
    choices += [dialogs.Choice(("-", name), name, detail=_("takes it away")) for name in has]
    await desk.house.push_screen(dialogs.ChooseDialog(
        _("Which tag?"), choices, put, other=new, empty=_("No tags yet: type a name for the first one."),
    ))  # fmt: skip


async def priority(desk: DeskScreen) -> None:
    core = await desk.core()

    async def put(value: Priority) -> None:
        await _act(desk, _(PRIORITY_NAMES[value]), core.triage.set_priority, value)

    letters = {Priority.LOW: "l", Priority.NORMAL: "n", Priority.HIGH: "h", Priority.URGENT: "u"}
    choices = [dialogs.Choice(one, _(PRIORITY_NAMES[one]), letter) for one, letter in letters.items()]
    await desk.house.push_screen(dialogs.ChooseDialog(_("How much does it matter?"), choices, put))


async def snooze(desk: DeskScreen) -> None:
    core = await desk.core()

    async def hide(until: datetime, ends: Ends) -> None:
        words = _("Snoozed until {when}").format(when=f"{until:%d.%m. %H:%M}")
        await _act(desk, words, _as_seen(desk, core.triage.snooze), until, ends=ends)

    await snoozing.ask(desk, hide)


async def repeat(desk: DeskScreen) -> None:
    if desk.last_act is not None:
        await desk.last_act()


def _can_repeat(desk: DeskScreen) -> bool:
    return has_case(desk) and desk.last_act is not None


async def undo(desk: DeskScreen) -> None:
    await take_back(desk, anyway=False)


async def take_back(desk: DeskScreen, *, anyway: bool) -> None:
    """Undo the newest stroke of this desk; after a reply has left, the rest only when the agent says so."""
    core = await desk.core()
    try:
        done = await desk.perform_raw(core.undo.undo_newest, anyway=anyway)
    except core.undo.HasLeft as left:
        await desk.house.push_screen(dialogs.ConfirmDialog(
            str(left), partial(take_back, desk, anyway=True), hint=_("Enter takes the rest back, Esc leaves it."),
        ))  # fmt: skip
        return
    if done is None:
        return
    case_id, verb = done
    desk.say(_("Taken back: {verb}.").format(verb=_(core.undo.VERBS.get(verb, verb))))
    if case_id is not None:
        if desk.reading.case_id != case_id:
            await desk.reading.show(case_id)
        await desk.show_effect(case_id)


async def redo(desk: DeskScreen) -> None:
    """Do again what was taken back last."""
    core = await desk.core()
    done = await desk.perform(core.undo.redo_newest)
    if done is None:
        return
    case_id, verb = done
    desk.say(_("Done again: {verb}.").format(verb=_(core.undo.VERBS.get(verb, verb))))
    if case_id is not None:
        if desk.reading.case_id != case_id:
            await desk.reading.show(case_id)
        await desk.show_effect(case_id)


async def send_again(desk: DeskScreen) -> None:
    core = await desk.core()
    row_id = _unsent(desk)
    if row_id is not None and desk.reading.case_id is not None:
        await desk.perform(core.outbox.retry_message, row_id)
        await desk.show_effect(desk.reading.case_id)


def _unsent(desk: DeskScreen) -> int | None:
    """The newest reply of the case on screen that failed or is unsure."""
    thread = desk.reading.thread
    if thread is None:
        return None
    found = [one.id for one in thread.messages if one.delivery in ("failed", "unsure")]
    return found[-1] if found else None


def _has_unsent(desk: DeskScreen) -> bool:
    return desk.ready and _unsent(desk) is not None


COMMANDS = (
    Command("next", "desk", N_("next"), N_("take the next most urgent case"), ("n",), take_next, "store", "owner",
            when=_ready, footer=1),
    Command("resolve", "desk", N_("resolve"), N_("end: the case is resolved"), ("e",), end, "store", "status",
            when=_may_end, footer=16),
    Command("assign", "desk", N_("assign"), N_("give the case to an agent or a team"), ("a",), assign, "screen",
            "ChooseDialog", when=has_case, footer=12),
    Command("status", "desk", N_("status"), N_("set the status: open, pending, resolved, spam"), ("s",), status,
            "screen", "ChooseDialog", when=has_case, footer=30),
    Command("tag", "desk", N_("tag"), N_("add a tag or take it away"), ("t",), tag, "screen", "ChooseDialog",
            when=has_case, footer=13),
    Command("priority", "desk", N_("priority"), N_("say how much the case matters"), ("p",), priority, "screen",
            "ChooseDialog", when=has_case, footer=32),
    Command("snooze", "desk", N_("snooze"), N_("hide the case until a time"), ("z",), snooze, "screen", "ChooseDialog",
            when=_may_snooze, footer=14),
    Command("repeat", "desk", N_("again"), N_("repeat the last verb on this case"), ("full_stop",), repeat, "store",
            "as the last verb", when=_can_repeat),
    Command("undo", "desk", N_("undo"), N_("take your last act back, a held reply too"), ("u",), undo, "store",
            "as before the last verb", when=_ready, footer=18),
    Command("redo", "desk", N_("redo"), N_("do again what u took back last"), ("ctrl+y",), redo, "store",
            "as before the last undo", when=_ready),
    Command("send_again", "desk", N_("send again"), N_("send a reply again that failed or may not have arrived"),
            ("f5",), send_again, "store", "delivery", when=_has_unsent, footer=3),
)  # fmt: skip
