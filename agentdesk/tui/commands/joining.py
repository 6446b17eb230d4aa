"""What joins cases and people to the case in hand: merge, part, link; write aside and forward; block.

Invariant: what would happen is shown before Enter does it, and u takes each back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentdesk.config.language import N_, _, ngettext
from agentdesk.domain.problems import Problem
from agentdesk.text.clean import clean_line
from agentdesk.tui import dialogs
from agentdesk.tui.commands.acting import ASKED, case_in_hand, has_case, may_act
from agentdesk.tui.keys import Command
from agentdesk.tui.screens.desk import DeskScreen

if TYPE_CHECKING:
    from agentdesk.domain.joining import Duplicate, SideRow
    from agentdesk.domain.rows import MessageRow

_SHOWN = 60
"""Letters of a message that stand for it in a list."""


async def merge(desk: DeskScreen) -> None:
    """Choose a likely duplicate, or type a number: it goes into the case in hand. The selected go into the oldest."""
    if desk.selection.in_hand:
        await _merge_selected(desk)
        return
    case_id = await _in_hand(desk)
    core = await desk.core()
    found: tuple[Duplicate, ...] = await desk.bridge.read(core.duplicates.of_case, case_id)

    async def put(source: int) -> None:
        await desk.writing.keeping.save()
        if await desk.perform(core.joining.merge, source, case_id) is None:
            return
        await desk.listing.take_changes([source])
        await desk.show_effect(case_id)
        desk.say(
            _("#{source} is part of #{case} now; u parts them again.").format(source=source, case=case_id)
        )

    def typed(text: str) -> dialogs.Choice | None:
        number = _number(text)
        if number is None or number == case_id:
            return None
        return dialogs.Choice(number, f"#{number}", detail=_("as typed"))

    await desk.house.push_screen(dialogs.ChooseDialog(
        _("Which case goes into #{case}?").format(case=case_id),
        [dialogs.Choice(one.case_id, _case_words(one.case_id, one.subject), detail=_moving(one)) for one in found],
        put, hint=_("All of it moves here: messages, drafts, what is on its way. Later answers come here too."),
        other=typed, empty=_("No duplicate in sight: type the number of the other case."),
    ))  # fmt: skip


async def _merge_selected(desk: DeskScreen) -> None:
    core = await desk.core()
    chosen = sorted(desk.selection.ids)
    if len(chosen) < 2:
        desk.say(_("Select the other cases too: the oldest takes them in."))
        return
    if len(chosen) > ASKED:
        desk.say(_("At most {n} cases can be merged at once.").format(n=ASKED), "warn")
        return
    target, others = chosen[0], chosen[1:]

    async def put() -> None:
        if await desk.perform(core.joining.merge_all, others, target) is None:
            return
        desk.selection.drop()
        await desk.listing.take_changes(others)
        if desk.reading.case_id in others:
            await desk.reading.show(target)
        await desk.show_effect(target)
        desk.say(_("They are one case now, #{case}; u parts them again.").format(case=target))

    await desk.house.push_screen(dialogs.ConfirmDialog(
        _("Make one case of these {n}?").format(n=len(chosen)), put,
        lines=[_("{cases} go into #{case}, the oldest.").format(
            cases=", ".join(f"#{one}" for one in others), case=target)],
        hint=_("Enter merges them, Esc leaves them."),
    ))  # fmt: skip


async def part(desk: DeskScreen) -> None:
    """Choose what was merged, and part it again."""
    case_id = await _in_hand(desk)
    core = await desk.core()
    thread = desk.reading.thread
    origins = await desk.bridge.read(core.cases.origins, case_id)
    if thread is not None and thread.case.merged_into is not None:
        origins.setdefault(case_id, 0)

    async def give_back(source: int) -> None:
        if await desk.perform(core.joining.unmerge, source) is None:
            return
        await desk.listing.take_changes([source])
        await desk.show_effect(case_id)
        desk.say(_("#{source} stands by itself again, with what was written in it.").format(source=source))

    await desk.house.push_screen(dialogs.ChooseDialog(
        _("Which case is parted again?"),
        [dialogs.Choice(one, f"#{one}", detail=_count(n)) for one, n in sorted(origins.items())], give_back,
        hint=_("It gets back what was written in it; what came since stays here, and the two are linked."),
        empty=_("Nothing was merged into this case."),
    ))  # fmt: skip


async def link(desk: DeskScreen) -> None:
    """Let the case in hand and another name each other."""
    case_id = await _in_hand(desk)
    core = await desk.core()

    async def put(text: str) -> None:
        other = _number(text)
        if other is not None and await desk.perform(core.linking.link, case_id, other) is not None:
            await desk.show_effect(case_id)
            desk.say(_("Linked to #{other}.").format(other=other))

    def meaning(text: str) -> str:
        number = _number(text)
        if number is None:
            raise Problem(_("Type the number of the other case."))
        return _("Enter links #{case} and #{other}").format(case=case_id, other=number)

    await desk.house.push_screen(dialogs.AskDialog(
        _("Which case belongs with #{case}?").format(case=case_id), put, hint=_("its number"), meaning=meaning,
    ))  # fmt: skip


async def unlink(desk: DeskScreen) -> None:
    """Choose a link, and take it away."""
    case_id = await _in_hand(desk)
    core = await desk.core()
    thread = desk.reading.thread

    async def take(other: int) -> None:
        if await desk.perform(core.linking.unlink, case_id, other) is not None:
            await desk.show_effect(case_id)
            desk.say(_("The link to #{other} is gone.").format(other=other))

    linked = thread.case.related if thread is not None else ()
    await desk.house.push_screen(dialogs.ChooseDialog(
        _("Which link goes?"), [dialogs.Choice(one, f"#{one}") for one in linked], take,
        empty=_("This case is linked to no other."),
    ))  # fmt: skip


async def aside(desk: DeskScreen) -> None:
    """Write to a supplier or a department: go on with a side conversation of the case, or begin one."""
    case_id = await _in_hand(desk)
    core = await desk.core()
    found: tuple[SideRow, ...] = await desk.bridge.read(core.side_reads.of_case, case_id)

    async def write(side: int) -> None:
        _make_room(desk)
        await desk.writing.begin("side", side or None)

    if not found:
        await write(0)
        return
    known = [
        dialogs.Choice(one.id, f"{', '.join(who.name or who.address for who in one.people)}  {one.subject}",
                       detail=_("answered") if one.answered else _("no answer yet"))
        for one in found
    ]  # fmt: skip
    await desk.house.push_screen(dialogs.ChooseDialog(
        _("To whom, unseen by the customer?"), [*known, dialogs.Choice(0, _("somebody else"))], write,
    ))  # fmt: skip


async def forward(desk: DeskScreen) -> None:
    """Pass a message on, with its files: a side conversation begins with it."""
    await _in_hand(desk)
    core = await desk.core()
    thread = desk.reading.thread
    mails = (
        [one for one in reversed(thread.messages) if one.kind in ("inbound", "outbound")] if thread else []
    )

    async def pass_on(message_id: int) -> None:
        await desk.writing.put_away()
        await desk.bridge.do(core.sides.forward, message_id)
        _make_room(desk)
        await desk.writing.begin("side")

    if not mails:
        desk.say(_("There is no mail here to forward."))
    elif len(mails) == 1:
        await pass_on(mails[0].id)
    else:
        await desk.house.push_screen(dialogs.ChooseDialog(
            _("Which message is forwarded?"),
            [dialogs.Choice(one.id, _message_words(one), detail=_day(desk, one)) for one in mails], pass_on,
            hint=_("With its files. The customer does not see it, nor what is answered."),
        ))  # fmt: skip


async def block(desk: DeskScreen) -> None:
    """Block whoever wrote in the case; it and their later mail are spam."""
    case_id = await _in_hand(desk)
    core = await desk.core()
    who = await desk.bridge.read(core.block_reads.senders, case_id)

    async def do() -> None:
        if await desk.perform(core.blocking.block_case, case_id) is not None:
            await desk.show_effect(case_id)
            desk.say(_("Blocked; the case is spam. u takes both back."))

    await desk.house.push_screen(dialogs.ConfirmDialog(
        _("Block whoever wrote in #{case}?").format(case=case_id), do, lines=who,
        hint=_("Their mail is kept, as spam that calls nobody. Enter blocks, Esc leaves it."),
    ))  # fmt: skip


async def unblock(desk: DeskScreen) -> None:
    """Choose a blocked sender, and lift the block."""
    core = await desk.core()
    rows = await desk.bridge.read(core.block_reads.blocked)

    async def lift(address: str) -> None:
        if await desk.perform(core.blocking.unblock, address) is not None:
            desk.say(_("{who} is no longer blocked.").format(who=address))

    await desk.house.push_screen(dialogs.ChooseDialog(
        _("Whose mail is let in again?"), [dialogs.Choice(one.address, one.address, detail=one.agent) for one in rows],
        lift, empty=_("Nobody is blocked."),
    ))  # fmt: skip


async def _in_hand(desk: DeskScreen) -> int:
    """The case in hand, on screen."""
    case_id = case_in_hand(desk)
    assert case_id is not None
    if desk.reading.case_id != case_id:
        await desk.reading.show(case_id)
    return case_id


def _make_room(desk: DeskScreen) -> None:
    """The composer stands under the conversation, which a small window may be hiding."""
    if desk.has_class("narrow") or desk.pane == "customer":
        desk.focus_pane("conversation")


def _number(text: str) -> int | None:
    digits = text.strip().removeprefix("#")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 16 else None


def _case_words(case_id: int, subject: str) -> str:
    return f"#{case_id}  {clean_line(subject) or _('(no subject)')}"


def _moving(one: Duplicate) -> str:
    """Why it is suggested, and what would move."""
    count = ngettext("{n} message", "{n} messages", one.moves.messages).format(n=one.moves.messages)
    drafts = ngettext("{n} draft", "{n} drafts", one.moves.drafts).format(n=one.moves.drafts)
    return ", ".join([*one.why[:1], count, *([drafts] if one.moves.drafts else [])])


def _count(count: int) -> str:
    return ngettext("{n} message", "{n} messages", count).format(n=count) if count else ""


def _message_words(message: MessageRow) -> str:
    who = _("You") if message.mine else message.agent or message.sender.name or message.sender.address
    words = " ".join(message.reply_text.split())
    return f"{clean_line(who)}: {clean_line(words[:_SHOWN])}"


def _day(desk: DeskScreen, message: MessageRow) -> str:
    return f"{message.at.astimezone(desk.seat.zone):%d.%m. %H:%M}"


COMMANDS = (
    Command("merge", "desk", N_("merge"), N_("put a likely duplicate into this case"), ("d",), merge, "screen",
            "ChooseDialog", when=may_act, footer=17),
    Command("part", "desk", N_("part"), N_("part a case again that was merged"), (), part, "screen", "ChooseDialog",
            when=has_case),
    Command("link", "desk", N_("link"), N_("let this case and another name each other"), (), link, "screen",
            "AskDialog", when=has_case),
    Command("unlink", "desk", N_("unlink"), N_("take a link to another case away"), (), unlink, "screen",
            "ChooseDialog", when=has_case),
    Command("aside", "desk", N_("side conversation"),
            N_("write to a supplier or a department; the customer does not see it"), (), aside, "focus", "composer",
            when=has_case),
    Command("forward", "desk", N_("forward"), N_("pass a message on with its files; the customer does not see it"),
            ("w",), forward, "focus", "composer", when=has_case, footer=31),
    Command("block", "desk", N_("block sender"), N_("block whoever wrote here: their mail is spam"), (), block,
            "screen", "ConfirmDialog", when=has_case),
    Command("unblock", "desk", N_("unblock sender"), N_("let a blocked sender's mail in again"), (), unblock,
            "screen", "ChooseDialog", when=lambda desk: desk.ready),
)  # fmt: skip
