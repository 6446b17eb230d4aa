"""Writing: reply, note, new message; and what works while writing."""

from agentdesk.config.language import N_, _
from agentdesk.domain.lifecycle import Status
from agentdesk.text.clean import clean_line
from agentdesk.tui import dialogs
from agentdesk.tui.commands import outside
from agentdesk.tui.keys import Command
from agentdesk.tui.screens.desk import DeskScreen
from agentdesk.tui.widgets.queue import QueueList
from agentdesk.tui.widgets.written import Kind


async def _begin(desk: DeskScreen, kind: Kind) -> None:
    hand = desk.query_one(QueueList).current
    if kind != "new" and desk.pane == "queue" and hand is not None and hand.id != desk.reading.case_id:
        await desk.reading.show(hand.id)
    if desk.has_class("narrow") or desk.pane == "customer":
        desk.focus_pane("conversation")
    await desk.writing.begin(kind)


async def reply(desk: DeskScreen) -> None:
    await _begin(desk, "reply")


async def note(desk: DeskScreen) -> None:
    await _begin(desk, "note")


async def new(desk: DeskScreen) -> None:
    await _begin(desk, "new")


def _has_case(desk: DeskScreen) -> bool:
    if not desk.ready:
        return False
    return desk.reading.case_id is not None or desk.query_one(QueueList).current is not None


def _may_answer(desk: DeskScreen) -> bool:
    hand = desk.query_one(QueueList).current if desk.pane == "queue" else None
    thread = desk.reading.thread
    status = hand.status if hand is not None else thread.case.status if thread is not None else None
    return _has_case(desk) and status is not Status.CLOSED


async def send(desk: DeskScreen) -> None:
    await desk.writing.send()


async def send_and_resolve(desk: DeskScreen) -> None:
    await desk.writing.send(resolve=True)


async def step_back(desk: DeskScreen) -> None:
    await desk.writing.step_back()


async def next_field(desk: DeskScreen) -> None:
    from agentdesk.tui.desk import calling, knowing  # noqa: PLC0415  no first frame needs snippets

    if desk.writing.widget.take_offer() or await calling.write_name(desk):
        return
    if not await knowing.expand(desk):
        desk.writing.widget.focus_next_field(1)


async def previous_field(desk: DeskScreen) -> None:
    desk.writing.widget.focus_next_field(-1)


async def editor(desk: DeskScreen) -> None:
    await outside.edit(desk)


async def attach(desk: DeskScreen) -> None:
    async def add(path: str) -> None:
        await outside.attach(desk, path)
        desk.writing.widget.focus_text()

    def meaning(path: str) -> str:
        return _("Enter attaches {name}").format(name=clean_line(outside.file_at(path).name))

    await desk.house.push_screen(dialogs.AskDialog(
        _("Which file goes along?"), add, hint=_("its path, ~ is your folder"), meaning=meaning,
    ))  # fmt: skip


async def shown_elsewhere(desk: DeskScreen) -> None:
    await desk.writing.show_other()


def _has_other(desk: DeskScreen) -> bool:
    return desk.writing.has_other()


async def throw_away(desk: DeskScreen) -> None:
    if desk.writing.blank:
        await desk.writing.throw_away()
        return
    await desk.house.push_screen(dialogs.ConfirmDialog(
        _("Throw this text away?"), desk.writing.throw_away, hint=_("Enter throws it away for good, Esc keeps it."),
    ))  # fmt: skip


def _no_note(desk: DeskScreen) -> bool:
    return desk.writing.kind != "note"


def _has_next(desk: DeskScreen) -> bool:
    """There are recipients to go to, or a shortcut or a name to write out."""
    from agentdesk.tui.desk import calling, knowing  # noqa: PLC0415  see above

    return _no_note(desk) or bool(knowing.shortcut_here(desk) or calling.begun_here(desk))


def _is_reply(desk: DeskScreen) -> bool:
    return desk.writing.kind == "reply"


COMMANDS = (
    Command("reply", "desk", N_("reply"), N_("answer the customer; everybody in Cc stays"), ("r",), reply, "focus",
            "composer", when=_may_answer, footer=2),
    Command("note", "desk", N_("note"), N_("a note that only colleagues see"), ("i",), note, "focus", "composer",
            when=_has_case, footer=11),
    Command("compose", "desk", N_("new"), N_("write to a customer first"), ("c",), new, "focus", "composer",
            when=lambda desk: desk.ready, footer=34),
    Command("send", "writing", N_("send"), N_("send it; mail waits ten seconds in which u takes it back"),
            ("ctrl+s", "f2", "ctrl+enter"), send, "store", "outbox", footer=1),
    Command("send_resolve", "writing", N_("send, resolve"), N_("send it and resolve the case"), ("f4",),
            send_and_resolve, "store", "outbox", when=_is_reply, footer=2),
    Command("keep", "writing", N_("keep"), N_("back to the case; the text stays"), ("escape",), step_back, "focus",
            "conversation", footer=3),
    Command("next_field", "writing", N_("recipients"),
            N_("take who is offered, write out the snippet or name begun, else go round the fields"), ("tab",),
            next_field, "focus", "field-to", when=_has_next, footer=4),
    Command("previous_field", "writing", N_("field before"), N_("go round the other way"), ("shift+tab", "f3"),
            previous_field, "focus", "field-subject", when=_no_note),
    Command("attach", "writing", N_("attach"), N_("send a file along"), ("ctrl+o",), attach, "screen", "AskDialog",
            when=_no_note, footer=5),
    Command("editor", "writing", N_("editor"), N_("write in your own $EDITOR"), ("ctrl+g",), editor, "terminal",
            "the editor runs", footer=6),
    Command("other_version", "writing", N_("other version"), N_("show the other version of this text"),
            ("ctrl+r",), shown_elsewhere, "text", "body", when=_has_other, footer=7),
    Command("throw_away", "writing", N_("throw away"), N_("throw the draft away; asks first"), ("f8",), throw_away,
            "screen", "ConfirmDialog", footer=8),
)  # fmt: skip
