"""What is held on a customer: given to them as a file, or forgotten; and one message that is to say nothing any more.

Invariant: only who may is shown the way, every trace is shown before anything goes, and the number is typed.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from agentdesk.config.language import N_, _, ngettext
from agentdesk.domain.forgetting import ACTS, KINDS, MARK, Swept, Traces
from agentdesk.domain.problems import Problem
from agentdesk.text.clean import clean_line
from agentdesk.tui import dialogs
from agentdesk.tui.commands.acting import has_case
from agentdesk.tui.commands.customers import open_customer
from agentdesk.tui.keys import Command
from agentdesk.tui.screens.desk import DeskScreen
from agentdesk.tui.widgets.clock import ago

if TYPE_CHECKING:
    from agentdesk.domain.rows import MessageRow
    from agentdesk.tui.screens.customer import CustomerScreen

_MESSAGES = 200
"""Messages among which one is chosen, the newest."""


def told(found: Traces) -> str:
    """The rehearsal as a page."""
    lines = []
    for one in found.traces:
        more = f" ({'; '.join(one.examples)})" if one.examples else ""
        lines.append(f"{one.count:>5}  {_(KINDS[one.kind])} · {_(ACTS[one.act])}{more}")
    if found.finds:
        lines += ["", "# " + _("Places in free text that may mean them, for you to read:")]
        lines += [f"{one.place}: {one.excerpt}" for one in found.finds]
    left = found.find_count - len(found.finds)
    if left > 0:
        lines.append(ngettext("{n} more place", "{n} more places", left).format(n=left))
    return "\n".join(lines)


async def export(screen: CustomerScreen) -> None:
    """A new zip with the document and every mail as it came."""
    desk = screen.desk
    core = await desk.core()

    async def save(typed: str) -> None:
        path = Path(typed).expanduser().absolute()
        try:
            await desk.bridge.carry_out(core.giving.give, screen.customer_id, path)
        except Problem as problem:
            screen.say(str(problem), "error")
            return
        screen.say(_("Saved: {path}").format(path=path))

    start = str(Path.home() / "Downloads" / f"customer-{screen.customer_id}.zip")
    await screen.house.push_screen(dialogs.AskDialog(
        _("Save all that is held on this customer as"), save, start=start,
        hint=_("a zip with one document and every mail as it came, for them"),
    ))  # fmt: skip


async def erase(screen: CustomerScreen) -> None:
    """Show every trace; the number typed once more erases the customer."""
    desk = screen.desk
    core = await desk.core()
    try:
        await desk.bridge.read(core.forgetting.check_may, desk.bridge.actor)
        found = await desk.bridge.read(core.traces.of, screen.customer_id)
    except Problem as problem:
        screen.say(str(problem), "error")
        return

    async def do(_typed: str) -> None:
        screen.say(_("Erasing …"))
        try:
            _found, done, swept = await desk.bridge.carry_out(core.erasing.erase, screen.customer_id)
        except Problem as problem:
            screen.say(str(problem), "error")
            return
        await screen.leave()
        said = ngettext("The customer is erased: {n} message says nothing any more.",
                        "The customer is erased: {n} messages say nothing any more.", done.messages)  # fmt: skip
        await desk.listing.take_changes(done.cases)
        await _over(desk, said.format(n=done.messages), swept)

    question = _("Erase customer {number}, {name}, for good?").format(
        number=screen.customer_id, name=_name(found) or _("no name")
    )
    await screen.house.push_screen(dialogs.EraseDialog(question, screen.customer_id, told(found), do))


async def redact(desk: DeskScreen) -> None:
    """Choose a message of the case; its number typed once more erases what it says."""
    thread = desk.reading.thread
    core = await desk.core()
    if thread is None:
        return
    try:
        await desk.bridge.read(core.forgetting.check_may, desk.bridge.actor)
    except Problem as problem:
        desk.say(str(problem), "error")
        return
    rows = [one for one in thread.messages if MARK not in one.marks and (one.kind != "system" or one.agent)]
    choices = [
        dialogs.Choice(one, _who(one), detail=_beginning(one, desk)) for one in reversed(rows[-_MESSAGES:])
    ]

    async def sure(message: MessageRow) -> None:
        async def do(_typed: str) -> None:
            try:
                case_id, swept = await desk.bridge.carry_out(core.erasing.redact, message.id)
            except Problem as problem:
                desk.say(str(problem), "error")
                return
            await desk.show_effect(case_id)
            await _over(desk, _("The message says nothing any more."), swept)

        text = f"{_who(message)}\n\n{message.text}"
        question = _("Erase what message {number} says for good?").format(number=message.id)
        await desk.house.push_screen(dialogs.EraseDialog(question, message.id, text, do))

    await desk.house.push_screen(dialogs.ChooseDialog(
        _("Which message is to say nothing any more?"), choices, sure, empty=_("Nobody has written in this case yet."),
    ))  # fmt: skip


async def _over(desk: DeskScreen, said: str, swept: Swept) -> None:
    """What was done, and where old bytes are left for how long."""
    await desk.reading.reload()
    await desk.listing.count()
    desk.say(" ".join((said, *swept.remains[:1])), "info" if swept.clean else "warn")


def _name(found: Traces) -> str:
    return clean_line(next(iter((*found.person.names, *found.person.addresses)), ""))


def _who(message: MessageRow) -> str:
    return message.agent or message.sender.name or message.sender.address or _(message.kind)


def _beginning(message: MessageRow, desk: DeskScreen) -> str:
    words = " ".join(message.reply_text.split())[:60]
    return f"{ago(message.at, desk.now())}  {words}"


async def erase_here(desk: DeskScreen) -> None:
    screen = await open_customer(desk, "")
    if screen is not None:
        await erase(screen)


async def export_here(desk: DeskScreen) -> None:
    screen = await open_customer(desk, "")
    if screen is not None:
        await export(screen)


async def scroll_down(dialog: Any) -> None:
    dialog.move(1)


async def scroll_up(dialog: Any) -> None:
    dialog.move(-1)


COMMANDS = (
    Command("export_customer", "desk", N_("export the customer"), N_("save all that is held on them, for them"),
            (), export_here, "screen", "AskDialog", when=has_case),
    Command("erase_customer", "desk", N_("erase the customer"), N_("forget this customer for good, after a rehearsal"),
            (), erase_here, "screen", "EraseDialog", when=has_case),
    Command("redact", "desk", N_("erase a message"), N_("erase what one message says: text, bytes, files and quotes"),
            (), redact, "screen", "ChooseDialog", when=has_case),
    Command("customer_export", "customer", N_("export"), N_("save all that is held on them, for them"), (),
            export, "screen", "AskDialog"),
    Command("customer_erase", "customer", N_("erase"), N_("forget this customer for good, after a rehearsal"), (),
            erase, "screen", "EraseDialog"),
    Command("erase_down", "erasing", N_("down"), N_("one line down"), ("down", "ctrl+n"), scroll_down, "cursor", "down",
            footer=2),
    Command("erase_up", "erasing", N_("up"), N_("one line up"), ("up", "ctrl+p"), scroll_up, "cursor", "up", footer=3),
)  # fmt: skip
