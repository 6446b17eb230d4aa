"""Verbs on the case in hand, or on all that are selected. Each is one stroke, shown before the next key is read, and
taken back by u.

Invariant: every verb goes through `act`: what works on one case works on many.
"""

from datetime import datetime
from functools import partial
from typing import Any

from agentdesk.config.language import N_, _, ngettext
from agentdesk.domain.bulk import Picked, begun
from agentdesk.domain.lifecycle import UNDELIVERED, Ends, Priority, Status, may_move
from agentdesk.tui import dialogs
from agentdesk.tui.commands import snoozing
from agentdesk.tui.keys import Command
from agentdesk.tui.screens.desk import DeskScreen
from agentdesk.tui.widgets.queue import QueueList

ASKED = 100
"""Selected cases above which a verb asks before it acts."""


LOOKED_AT = 1000
"""Selected cases whose tags are read one by one; of more, every tag there is may be among theirs."""


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


def may_act(desk: DeskScreen) -> bool:
    """There is a case to act on, or several are selected."""
    return has_case(desk) or (desk.ready and desk.selection.in_hand)


def _may_end(desk: DeskScreen) -> bool:
    if desk.ready and desk.selection.in_hand:
        return True
    status = _status(desk)
    return (
        has_case(desk)
        and status is not None
        and status is not Status.RESOLVED
        and may_move(status, Status.RESOLVED)
    )


def _may_snooze(desk: DeskScreen) -> bool:
    if desk.ready and desk.selection.in_hand:
        return True
    status = _status(desk)
    return (
        has_case(desk)
        and status is not None
        and (status is Status.SNOOZED or may_move(status, Status.SNOOZED))
    )


def _ready(desk: DeskScreen) -> bool:
    return desk.ready


async def act(desk: DeskScreen, words: str, *actions: dict[str, Any]) -> bool:
    """Do these actions (`automation.actions`) to the case in hand, or to all that are selected: one stroke, remembered
    for `.`. `words` say what was done, translated. True when it was done, or asked for."""

    async def again() -> None:
        await act(desk, words, *actions)

    if desk.selection.in_hand:
        done = await _on_all(desk, words, actions)
    else:
        done = await _on_one(desk, words, actions)
    if done:
        desk.last_act = again
    return done


async def _on_one(desk: DeskScreen, words: str, actions: tuple[dict[str, Any], ...]) -> bool:
    case_id = case_in_hand(desk)
    if case_id is None:
        return False
    core = await desk.core()
    known = desk.reading.seen_message_id() if desk.reading.case_id == case_id else 0
    done = await desk.perform(core.bulk.on_one, Picked(case_id, known), actions, desk.seat.zone)
    if done is None:
        if desk.reading.case_id == case_id:
            await desk.reading.reload()
            if desk.reading.widget.new_below:
                desk.reading.widget.end()  # what was not seen is why
        return False
    desk.say(_("{act}: #{number}. u takes it back.").format(act=words, number=case_id))
    await desk.show_effect(case_id)
    return True


async def _on_all(desk: DeskScreen, words: str, actions: tuple[dict[str, Any], ...]) -> bool:
    core = await desk.core()
    begin = begun(core.bulk.verb_of(actions), desk.selection.picked())
    work = core.bulk.acts(actions, desk.seat.zone)
    if begin.total <= ASKED:
        return await desk.bulking.run(words, work, begin)

    async def do() -> None:
        await desk.bulking.run(words, work, begin)

    await desk.house.push_screen(dialogs.ConfirmDialog(
        ngettext("{act}: {n} case?", "{act}: {n} cases?", begin.total).format(act=words, n=begin.total), do,
        hint=_("Enter does it to all of them; u takes it back."),
    ))  # fmt: skip
    return True


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
    taken = await desk.perform(core.triage.claim)
    if taken is None:
        if await desk.house.passes():
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


async def end(desk: DeskScreen) -> None:
    one = not desk.selection.in_hand
    if (
        await act(desk, _("Resolved"), {"kind": "status", "value": "resolved"})
        and one
        and desk.after_send == "next"
    ):
        await desk.next_case()


async def status(desk: DeskScreen) -> None:
    async def put(value: Status) -> None:
        await act(desk, _(NAMES[value]), {"kind": "status", "value": value.value})

    now, many = _status(desk), desk.selection.in_hand
    letters = {Status.OPEN: "o", Status.PENDING: "p", Status.RESOLVED: "r", Status.SPAM: "s"}
    choices = [
        dialogs.Choice(one, _(NAMES[one]), letter) for one, letter in letters.items()
        if many or (now is not None and one is not now and may_move(now, one))
    ]  # fmt: skip
    if not choices:
        desk.say(_("A closed case stays closed; r would not reach anybody, c writes a new message."))
        return
    await desk.house.push_screen(dialogs.ChooseDialog(_asking(desk, _("Which status?")), choices, put))


def _asking(desk: DeskScreen, question: str) -> str:
    """The question, with how many cases the answer is for."""
    n = len(desk.selection)
    if not desk.selection.in_hand:
        return question
    return ngettext("{question} ({n} selected)", "{question} ({n} selected)", n).format(
        question=question, n=n
    )


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

    async def give(value: tuple[str, str]) -> None:
        kind, one = value
        words = _("Assigned") if kind == "owner" else _("Given to the team")
        await act(desk, words, {"kind": kind, "value": one})

    mine = [
        dialogs.Choice(("owner", one.login), one.name, detail=_("you"))
        for one in people
        if one.id == desk.me.id
    ]
    others = [
        dialogs.Choice(("owner", one.login), one.name, detail=one.login)
        for one in people
        if one.id != desk.me.id
    ]
    groups = [dialogs.Choice(("team", one.name), one.name, detail=_("team")) for one in teams]
    nobody = [dialogs.Choice(("owner", "nobody"), _("nobody"), detail=_("free for all"))]
    question = _("Who takes these cases?") if desk.selection.in_hand else _("Who takes this case?")
    await desk.house.push_screen(
        dialogs.ChooseDialog(_asking(desk, question), [*mine, *others, *groups, *nobody], give)
    )


async def tag(desk: DeskScreen) -> None:
    core = await desk.core()
    known = await desk.bridge.read(core.people.tags_all)
    has, lacking = await _tags_here(desk)

    async def put(value: tuple[str, str]) -> None:
        sign, name = value
        if sign == "+":
            await act(desk, _("Tagged {tag}").format(tag=name), {"kind": "tag", "add": [name], "drop": []})
        else:
            await act(
                desk, _("Tag {tag} taken away").format(tag=name), {"kind": "tag", "add": [], "drop": [name]}
            )

    def new(typed: str) -> "dialogs.Choice | None":
        name = "-".join(typed.lower().split())
        return dialogs.Choice(("+", name), name, detail=_("new tag")) if name else None

    choices = [dialogs.Choice(("+", name), name) for name in known if name not in has or name in lacking]
    choices += [dialogs.Choice(("-", name), name, detail=_("takes it away")) for name in has]
    await desk.house.push_screen(dialogs.ChooseDialog(
        _asking(desk, _("Which tag?")), choices, put, other=new, empty=_("No tags yet: type a name for the first one."),
    ))  # fmt: skip


async def _tags_here(desk: DeskScreen) -> tuple[list[str], frozenset[str]]:
    """The tags of the case in hand; of several those that any has, and which of them any lacks."""
    if desk.selection.in_hand:
        core = await desk.core()
        if len(desk.selection) > LOOKED_AT:
            known = await desk.bridge.read(core.people.tags_all)
            return list(known), frozenset(known)
        rows = await desk.bridge.read(core.queue.rows, desk.selection.ids)
        every = sorted({tag for row in rows for tag in row.tags})
        return every, frozenset(tag for tag in every if any(tag not in row.tags for row in rows))
    hand = desk.query_one(QueueList).current if desk.pane == "queue" else None
    thread = desk.reading.thread
    return list(
        hand.tags if hand is not None else thread.case.tags if thread is not None else ()
    ), frozenset()


async def priority(desk: DeskScreen) -> None:
    async def put(value: Priority) -> None:
        await act(desk, _(PRIORITY_NAMES[value]), {"kind": "priority", "value": value.value})

    letters = {Priority.LOW: "l", Priority.NORMAL: "n", Priority.HIGH: "h", Priority.URGENT: "u"}
    choices = [dialogs.Choice(one, _(PRIORITY_NAMES[one]), letter) for one, letter in letters.items()]
    await desk.house.push_screen(
        dialogs.ChooseDialog(_asking(desk, _("How much does it matter?")), choices, put)
    )


async def snooze(desk: DeskScreen) -> None:
    async def hide(until: datetime, ends: Ends) -> None:
        words = _("Snoozed until {when}").format(when=f"{until:%d.%m. %H:%M}")
        await act(desk, words, {"kind": "snooze", "value": until.isoformat(), "ends": ends.value})

    await snoozing.ask(desk, hide, _asking(desk, _("Hide this case until when?")))


async def repeat(desk: DeskScreen) -> None:
    if desk.last_act is not None:
        await desk.last_act()


def _can_repeat(desk: DeskScreen) -> bool:
    return may_act(desk) and desk.last_act is not None


async def send_again(desk: DeskScreen) -> None:
    core = await desk.core()
    if desk.selection.in_hand:
        begin = begun("retry", desk.selection.picked())
        await desk.bulking.run(_("Sent again"), core.bulk.send_again, begin)
        return
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
    if desk.ready and desk.selection.in_hand:
        held = (desk.query_one(QueueList).row(one) for one in desk.selection.ids)
        return any(row is not None and row.delivery in UNDELIVERED for row in held)
    return desk.ready and _unsent(desk) is not None


COMMANDS = (
    Command("next", "desk", N_("next"), N_("take the next most urgent case"), ("n",), take_next, "store", "owner",
            when=_ready, footer=1),
    Command("resolve", "desk", N_("resolve"), N_("end: the case is resolved"), ("e",), end, "store", "status",
            when=_may_end, footer=16),
    Command("assign", "desk", N_("assign"), N_("give the case to an agent or a team"), ("a",), assign, "screen",
            "ChooseDialog", when=may_act, footer=12),
    Command("status", "desk", N_("status"), N_("set the status: open, pending, resolved, spam"), ("s",), status,
            "screen", "ChooseDialog", when=may_act, footer=30),
    Command("tag", "desk", N_("tag"), N_("add a tag or take it away"), ("t",), tag, "screen", "ChooseDialog",
            when=may_act, footer=13),
    Command("priority", "desk", N_("priority"), N_("say how much the case matters"), ("p",), priority, "screen",
            "ChooseDialog", when=may_act, footer=32),
    Command("snooze", "desk", N_("snooze"), N_("hide the case until a time"), ("z",), snooze, "screen", "ChooseDialog",
            when=_may_snooze, footer=14),
    Command("repeat", "desk", N_("again"), N_("repeat the last verb on this case"), ("full_stop",), repeat, "store",
            "as the last verb", when=_can_repeat),
    Command("send_again", "desk", N_("send again"), N_("send a reply again that failed or may not have arrived"),
            ("f5",), send_again, "store", "delivery", when=_has_unsent, footer=3),
)  # fmt: skip
