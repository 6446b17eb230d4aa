"""Sends what stands in the composer: asks what speaks against it, then carries out the verb of its kind.

Invariant: a send that is refused or put off leaves the text where it is, with the reason.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from agentdesk.config.language import _
from agentdesk.tui.desk.guarding import warnings

if TYPE_CHECKING:
    from datetime import datetime

    from agentdesk.tui.desk.writing import Writing
    from agentdesk.tui.screens.desk import DeskScreen


async def send(
    desk: DeskScreen, writing: Writing, *, resolve: bool = False, silence: datetime | None = None,
    anyway: bool = False,
) -> None:  # fmt: skip
    """Send what stands here; when it is refused the text stays, with the reason.

    `silence`: the case is hidden until then or until somebody answers. `anyway`: whatever speaks against it.
    """
    if not await _kept(desk, writing):
        return
    core = await desk.core()
    typed = writing.as_typed(writing.widget.written())
    again = partial(writing.send, resolve=resolve, silence=silence, anyway=True)
    if not anyway and (found := await warnings(desk, typed)):
        await desk.ask_despite(found, again)
        return
    if writing.kind == "note":
        assert writing.case_id is not None
        await desk.bridge.do(core.replies.note, writing.case_id, typed.body, writing.keeping.draft_id)
        await writing.gone(writing.case_id)
        desk.say(_("The note stands in the case; u takes it back."))
        return
    try:
        if writing.kind == "new":
            sent = await desk.bridge.do(core.replies.begin, typed)
        elif writing.kind == "side":
            sent = await desk.bridge.do(core.sides.send, typed)
        elif writing.macro is not None:
            now = desk.now().astimezone(desk.seat.zone)
            how = {"now": now, "resolve": resolve, "silence": silence}
            sent = await desk.bridge.do(core.macro_verbs.send_edited, writing.macro, typed, **how)
        else:
            sent = await desk.bridge.do(core.replies.send, typed, resolve=resolve, silence=silence)
    except core.replies.CaseMoved as moved:
        await desk.ask_send_anyway(str(moved), again)
        return
    kind = writing.kind
    await writing.gone(sent.case_id)
    desk.say(_said(desk, sent, silence))
    if desk.after_send == "next" and kind == "reply":
        await desk.next_case()


async def _kept(desk: DeskScreen, writing: Writing) -> bool:
    """What is typed lies in the store, and its lines of people can be read. Raises Problem for one that cannot."""
    if not writing.opened:
        return False
    if writing.keeping.elsewhere:
        desk.say(_("Another terminal has written on this since: ctrl+r shows that version first."), "warn")
        return False
    written = writing.widget.written()
    from agentdesk.mail.addresses import read  # noqa: PLC0415  only who writes needs it

    for line in (written.to, written.cc, written.bcc):
        read(line)
    writing.keeping.touch()
    if not await writing.keeping.save():
        return False
    if writing.keeping.unsaved:
        desk.say(writing.keeping.unsaved, "error")
        return False
    return True


def _said(desk: DeskScreen, sent: Any, silence: datetime | None) -> str:
    wait = max(0, round((sent.not_before - desk.micros()) / 1_000_000))
    said = _("Sent: it leaves in {n} s; u takes it back.").format(n=wait) if wait else _("Sent.")
    if silence is not None:
        when = f"{silence.astimezone(desk.seat.zone):%d.%m. %H:%M}"
        said += " " + _("The case is back {when} when nobody answers.").format(when=when)
    return said
