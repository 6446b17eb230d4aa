"""Files and links: those of the case, read as text or saved; those of what is being written, taken off again.

Invariants: what is shown is clean text or pixels of our own making; a file is opened by no other program but pdftotext,
which only reads.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from agentdesk.config.language import N_, _
from agentdesk.text import links
from agentdesk.text.clean import clean, clean_line
from agentdesk.tui import dialogs
from agentdesk.tui.commands import outside
from agentdesk.tui.commands.acting import has_case
from agentdesk.tui.commands.copying import put_on_clipboard, whole_link
from agentdesk.tui.keys import Command
from agentdesk.tui.screens.desk import DeskScreen
from agentdesk.tui.widgets.queue import QueueList

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from agentdesk.domain.rows import FileRow
    from agentdesk.tui.base import Heard

PATIENCE = 10
"""Seconds that a program may take to read a file."""
_PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class Link:
    """An address that stands in a message, as its text shows it."""

    url: str
    message_id: int = field(compare=False)


def in_hand(desk: DeskScreen) -> Iterator[FileRow | Link]:
    """Attachments and links of the messages on screen, newest first."""
    thread = desk.reading.thread
    for message in reversed(thread.messages if thread is not None else ()):
        yield from message.attachments
        yield from (Link(url, message.id) for url in links.found(message.text))


async def _found(desk: DeskScreen) -> list[FileRow | Link]:
    """The same, and the attachments of all messages of a long case."""
    every = dict.fromkeys(in_hand(desk))
    thread = desk.reading.thread
    if thread is not None and not thread.part.whole:
        core = await desk.core()
        every |= dict.fromkeys(await desk.bridge.read(core.cases.files_of, thread.case.id))
    return list(every)


def _may_have(desk: DeskScreen) -> bool:
    """Asked at every step, so it stops at the first one."""
    thread = desk.reading.thread
    return thread is not None and (not thread.part.whole or any(True for _one in in_hand(desk)))


async def files(desk: DeskScreen) -> None:
    from agentdesk.mail.preview import size_word  # noqa: PLC0415  only who looks at files needs it

    hand = desk.query_one(QueueList).current
    if desk.pane == "queue" and hand is not None and hand.id != desk.reading.case_id:
        await desk.reading.show(hand.id)
    every = await _found(desk)
    if not every:
        desk.say(_("No attachments and no links in this case."))
        return

    async def read(what: FileRow | Link) -> None:
        if isinstance(what, Link):
            url = await whole_link(desk, what.message_id, what.url)
            told = [url, *([_really(url)] if links.misleads(url) else []), _copied(desk, url)]
            await desk.house.push_screen(dialogs.PageDialog(_("Link"), "\n\n".join(told)))
        else:
            await _read(desk, what)

    async def save(what: FileRow | Link) -> None:
        if isinstance(what, Link):
            url = await whole_link(desk, what.message_id, what.url)
            cast("Heard", desk.app.screen).say(_copied(desk, url))
        else:
            await tell_saved(desk, *await outside.save(desk, what))

    choices = [
        dialogs.Choice(one, links.shortened(one.url), _digit(at), _kind(one)) if isinstance(one, Link)
        else dialogs.Choice(one, one.filename, _digit(at), size_word(one.size)) for at, one in enumerate(every)
    ]  # fmt: skip
    hint = _("Enter reads it as text, s saves it and shows where.")
    thread = desk.reading.thread
    if thread is not None and not thread.part.whole:
        hint = _("{hint} Links are those of the messages read so far.").format(hint=hint)
    await desk.house.push_screen(dialogs.FilesDialog(_("Attachments and links"), choices, read, save, hint))


def _kind(link: Link) -> str:
    return links.server(link.url) if links.misleads(link.url) else _("link")


def _really(url: str) -> str:
    return _("This leads to {server}, whatever else it looks like.").format(server=links.server(url))


def _digit(at: int) -> str:
    return str(at + 1) if at < 9 else ""


def _copied(desk: DeskScreen, text: str) -> str:
    return put_on_clipboard(desk, text) or _("Copied.")


async def tell_saved(desk: DeskScreen, path: Path, acts: bool = False) -> None:
    """Where it lies, and the line that fetches it to another machine; Enter copies that line."""
    warned = (
        (_("Opening it may do more than show it: open it only if you expected such a file."),) if acts else ()
    )
    line = outside.fetch_line(path)

    async def copy() -> None:
        desk.say(_copied(desk, line))

    await desk.house.push_screen(dialogs.ConfirmDialog(
        _("Saved: {path}").format(path=clean_line(str(path))), copy, lines=(*warned, _("From your own machine:"), line),
        hint=_("Enter copies that line, Esc goes back."),
    ))  # fmt: skip


async def _read(desk: DeskScreen, file: FileRow) -> None:
    from agentdesk.mail import pictures, preview  # noqa: PLC0415  only who reads a file needs them

    core = await desk.core()
    name, kind, content = await desk.bridge.read(core.lists.file_content, file.id)
    if preview.kind_of(name, kind) == _PDF:
        text = await asyncio.to_thread(_pdf_text, content)
    else:
        text = await asyncio.to_thread(preview.as_text, name, kind, content)
    if text is None:
        text = _(
            "This is {kind}, {size}: it cannot be read as text. Esc goes back to the list, s there saves it."
        ).format(kind=kind, size=preview.size_word(len(content)))
    pixels = await asyncio.to_thread(pictures.small, content) if not desk.house.poor else None
    if pixels is not None:
        await desk.house.push_screen(dialogs.PictureDialog(name, text, pixels))
    else:
        await desk.house.push_screen(dialogs.PageDialog(name, text))


def _pdf_text(content: bytes) -> str | None:
    """The words of a PDF by pdftotext, or what to do to read them."""
    import shutil  # noqa: PLC0415  only who reads a PDF needs them
    import subprocess  # noqa: PLC0415

    program = shutil.which("pdftotext")
    if program is None:
        return _(
            "A PDF can be read here once pdftotext is installed (poppler-utils); s in the list saves it."
        )
    try:
        done = subprocess.run(  # noqa: S603  a program of the system, which reads its standard input
            [program, "-layout", "-enc", "UTF-8", "-", "-"], input=content, capture_output=True, timeout=PATIENCE,
            check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return _("This PDF could not be read; s in the list saves it.")
    text = clean(done.stdout.decode("utf-8", "replace").replace("\f", "\n\n")).strip("\n")
    return text or _("There are no words in this PDF, perhaps pictures of them; s in the list saves it.")


async def detach(desk: DeskScreen) -> None:
    """Take a file off what is being written."""
    from agentdesk.mail.preview import size_word  # noqa: PLC0415  only who looks at files needs it

    core = await desk.core()
    writing = desk.writing
    drafts = await desk.bridge.read(core.cases.drafts_of, writing.case_id, desk.me.id)
    draft = next((one for one in drafts if one.id == writing.keeping.draft_id), None)
    if draft is None or not draft.files:
        desk.say(_("No file hangs on this text; ctrl+o attaches one."))
        return

    async def take_off(file: FileRow) -> None:
        await desk.bridge.do(core.drafts.detach, draft.id, file.id)
        left = [one for one in draft.files if one.id != file.id]
        writing.files = tuple(one.filename for one in left)
        writing.widget.files(writing.files)
        writing.widget.focus_text()
        desk.say(_("{name} stays here.").format(name=file.filename))

    choices = [
        dialogs.Choice(one, one.filename, _digit(at), size_word(one.size))
        for at, one in enumerate(draft.files)
    ]
    await desk.house.push_screen(dialogs.ChooseDialog(_("Which file stays here?"), choices, take_off))


def _has_files(desk: DeskScreen) -> bool:
    return bool(desk.writing.files)


COMMANDS = (
    Command("files", "desk", N_("files"), N_("attachments and links of this case"), ("o",), files, "screen",
            "FilesDialog", when=lambda desk: has_case(desk) and _may_have(desk), footer=36),
    Command("detach", "writing", N_("take file off"), N_("take a file off what is being written"), ("ctrl+d",), detach,
            "screen", "ChooseDialog", when=_has_files, footer=10),
)  # fmt: skip
