"""What the agent is writing: into the store while typing, out of the house at a send, never lost in between.

Invariants: a draft is stored SAVE_AFTER seconds after the last key and every SAVE_EVERY seconds of typing; while the
store cannot be written it lies in a 0600 file in the state directory; nothing but the writer's own key closes or empties
the composer; another terminal's newer text is never overwritten.
"""

import time
from typing import TYPE_CHECKING, cast

from agentdesk.config.language import _
from agentdesk.domain.mail import Enclosure
from agentdesk.domain.problems import Problem, Stale
from agentdesk.domain.rows import DraftRow, Thread
from agentdesk.tui.desk.spill import Spill
from agentdesk.tui.widgets.written import Kind, Written

if TYPE_CHECKING:
    from agentdesk.services.drafts import Typed
    from agentdesk.tui.screens.desk import DeskScreen
    from agentdesk.tui.widgets.composer import Composer

SAVE_AFTER = 0.5
SAVE_EVERY = 2.0


class Writing:
    """Owns the composer's content: one draft at a time."""

    def __init__(self, desk: "DeskScreen", spill: Spill) -> None:
        self._desk = desk
        self._spill = spill
        self.kind: Kind = "reply"
        self.case_id: int | None = None
        self.draft_id: int | None = None
        self.version = 0
        self.seen = 0
        self.files: tuple[str, ...] = ()
        self._dirty_since: float | None = None
        self._last_key = 0.0
        self._elsewhere = False
        self.unsaved = ""
        """Why the store does not hold what is typed; empty when it does."""

    @property
    def widget(self) -> "Composer":
        """The composer."""
        return cast("Composer", self._desk.query_one("#composer"))

    @property
    def opened(self) -> bool:
        """True while the composer is on screen."""
        return self._desk.composer_mounted and self.widget.opened

    # -- beginning ----------------------------------------------------------------------------------------------

    async def begin(self, kind: Kind) -> None:
        """Open the composer for a reply or a note in the case in hand, or a new mail; what was begun goes on."""
        desk = self._desk
        case_id = None if kind == "new" else desk.reading.case_id
        if self.opened and (self.kind, self.case_id) == (kind, case_id):
            self.widget.focus_text()
            return
        await self.put_away()
        core = await desk.core()
        found = await desk.bridge.read(core.cases.drafts_of, case_id, desk.me.id)
        draft = next((one for one in found if one.kind == kind), None)
        await desk.mount_composer()
        if draft is not None:
            self._load(draft)
        else:
            await self._fresh(kind, case_id)
        self.widget.focus_text()
        desk.refresh_footer()

    async def _fresh(self, kind: Kind, case_id: int | None) -> None:
        from agentdesk.mail.addresses import show  # noqa: PLC0415  only who writes needs it

        desk = self._desk
        to = cc = ""
        if kind == "reply" and case_id is not None:
            core = await desk.core()
            people = await desk.bridge.read(core.answering.recipients, case_id)
            to, cc = show(people[0]), show(people[1])
        self._become(kind, case_id, None, 0, desk.reading.seen_message_id() if case_id else 0, ())
        self.widget.load(Written(kind, to, cc, "", "", ""))
        self._head()
        self.widget.state("")
        if kind == "new":
            self.widget.focus_next_field(1)

    def take_drafts(self, thread: Thread) -> None:
        """The case in hand was read: show this agent's draft in it, unless something is being written."""
        mine = [one for one in thread.drafts if one.agent_id == self._desk.me.id]
        if not mine or (self.opened and (self.case_id != thread.case.id or self._dirty_since is not None)):
            return
        draft = next((one for one in mine if self.opened and one.kind == self.kind), mine[-1])
        if self.opened and draft.id == self.draft_id and draft.version <= self.version:
            return
        if self.opened and (draft.kind != self.kind or self.widget.written().body == draft.body):
            if draft.kind == self.kind:
                self._become(draft.kind, draft.case_id, draft.id, draft.version, self.seen, self._names(draft))
                self.widget.state(draft.notice)
            return
        self._desk.soon(self._restore(draft))

    async def _restore(self, draft: DraftRow) -> None:
        await self._desk.mount_composer()
        if self._desk.reading.case_id == draft.case_id and self._dirty_since is None:
            self._load(draft)
            self._desk.refresh_footer()

    def _load(self, draft: DraftRow) -> None:
        from agentdesk.mail.addresses import show  # noqa: PLC0415  only who writes needs it

        kind: Kind = "note" if draft.kind == "note" else "new" if draft.kind == "new" else "reply"
        seen = max(draft.seen_message_id, self._desk.reading.seen_message_id() if not draft.notice else 0)
        self._become(kind, draft.case_id or None, draft.id, draft.version, seen, self._names(draft))
        self.widget.load(Written(kind, show(draft.to), show(draft.cc), show(draft.bcc), draft.subject, draft.body))
        self._head()
        spilt = self._spill.read(kind, self.case_id)
        notice = draft.notice
        if spilt is not None and spilt.body != draft.body:
            notice = _("This is what the store holds. Ctrl+R shows the version kept in a file meanwhile.")
        self.widget.state(notice)

    def _become(
        self, kind: Kind, case_id: int | None, draft_id: int | None, version: int, seen: int, files: tuple[str, ...]
    ) -> None:
        self.kind, self.case_id, self.draft_id, self.version, self.seen = kind, case_id, draft_id, version, seen
        self.files, self._dirty_since, self._elsewhere = files, None, False

    def _names(self, draft: DraftRow) -> tuple[str, ...]:
        return tuple(file.filename for file in draft.files)

    def _head(self) -> None:
        if self.kind == "note":
            text = _("Note: only colleagues see it")
        elif self.kind == "new":
            text = _("New message")
        else:
            text = _("Reply to {who}").format(who=self.widget.written().to or _("nobody yet"))
        if self.files:
            text += "  + " + ", ".join(self.files)
        self.widget.head(text)

    # -- keeping ------------------------------------------------------------------------------------------------

    def typed(self) -> None:
        """A key changed what stands here."""
        now = time.monotonic()
        self._last_key = now
        if self._dirty_since is None:
            self._dirty_since = now
        if self.kind == "reply":
            self._head()

    async def tick(self) -> None:
        """Called every quarter of a second: store what was typed when it is time."""
        now = time.monotonic()
        if self._dirty_since is None:
            return
        if now - self._last_key >= SAVE_AFTER or now - self._dirty_since >= SAVE_EVERY:
            await self.save()

    async def save(self) -> None:
        """Store what is typed now."""
        if not self.opened or self._dirty_since is None or self._elsewhere:
            return
        desk = self._desk
        written = self.widget.written()
        if not written.body.strip() and self.draft_id is None:
            return
        self._dirty_since = None
        where = (self.kind, self.case_id)
        try:
            core = await desk.core()
            saved = await desk.bridge.do(core.drafts.save, self._as_typed(written), desk.terminal)
        except Stale as problem:
            self._elsewhere = True
            self._spill.write(where[0], where[1], written)
            self.widget.state(str(problem))
            return
        except Problem as problem:
            self._dirty_since = self._dirty_since or time.monotonic()
            self._spill.write(where[0], where[1], written)
            self._trouble(str(problem))
            return
        if (self.kind, self.case_id) == where:
            self.draft_id, self.version = saved.id, saved.version
        self._spill.forget(*where)
        self._trouble("")

    def _trouble(self, why: str) -> None:
        if why != self.unsaved:
            self.unsaved = why
            self._desk.draw_top()

    def _as_typed(self, written: Written) -> "Typed":
        from agentdesk.mail.addresses import read  # noqa: PLC0415  only who writes needs it
        from agentdesk.services.drafts import Typed  # noqa: PLC0415  SQLAlchemy comes with it

        def people(text: str) -> tuple[object, ...]:
            try:
                return read(text)
            except Problem:
                return ()

        to, cc, bcc = (people(text) for text in (written.to, written.cc, written.bcc))
        return Typed(
            self.kind, self.case_id, to=to, cc=cc, bcc=bcc, subject=written.subject, body=written.body,  # type: ignore[arg-type]
            seen_message_id=self.seen, version=self.version,
        )  # fmt: skip

    async def attach(self, file: Enclosure) -> None:
        """Hang a file on what is being written."""
        desk = self._desk
        core = await desk.core()
        saved = await desk.bridge.do(core.drafts.save, self._as_typed(self.widget.written()), desk.terminal)
        self.draft_id, self.version, self._dirty_since = saved.id, saved.version, None
        await desk.bridge.do(core.drafts.attach, saved.id, file)
        self.files = (*self.files, file.filename)
        self._head()

    def has_spilt(self) -> bool:
        """There is a version of this draft in a file beside the store."""
        return self.opened and self._spill.read(self.kind, self.case_id) is not None

    def show_spilt(self) -> None:
        """Put the version of the file into the composer, and the one that stands there into the file."""
        spilt = self._spill.read(self.kind, self.case_id)
        if spilt is not None:
            self._spill.write(self.kind, self.case_id, self.widget.written())
            self.widget.load(spilt)
            self.typed()

    # -- ending -------------------------------------------------------------------------------------------------

    async def put_away(self) -> None:
        """Store what is open and take it off the screen; an empty one is forgotten."""
        if not self.opened:
            return
        await self.save()
        if not self.widget.written().body.strip() and self.draft_id is not None and not self.unsaved:
            await self._discard(self.draft_id)
        self.widget.close()
        self._dirty_since = None

    async def step_back(self) -> None:
        """Esc in the composer: the focus goes back to the case; text stays, an empty composer goes."""
        if self.widget.written().body.strip():
            await self.save()
            self._desk.focus_pane("conversation")
        else:
            await self.put_away()
            self._desk.focus_pane("conversation")
        self._desk.refresh_footer()

    async def throw_away(self) -> None:
        """At the writer's word: the draft is gone."""
        if self.draft_id is not None:
            await self._discard(self.draft_id)
        self._spill.forget(self.kind, self.case_id)
        self._dirty_since = None
        self.widget.close()
        self._desk.focus_pane("conversation")
        self._desk.refresh_footer()

    async def _discard(self, draft_id: int) -> None:
        core = await self._desk.core()
        await self._desk.bridge.do(core.drafts.discard, draft_id)
        self.draft_id = None

    async def send(self, *, resolve: bool = False, anyway: bool = False) -> None:
        """Send what stands here; when it is refused the text stays, with the reason."""
        desk = self._desk
        if not self.opened:
            return
        written = self.widget.written()
        from agentdesk.mail.addresses import read  # noqa: PLC0415  only who writes needs it

        try:
            for line in (written.to, written.cc, written.bcc):
                read(line)
        except Problem as problem:
            desk.say(str(problem), "error")
            return
        self._dirty_since = self._dirty_since or time.monotonic()
        await self.save()
        if self.kind == "note":
            await self._leave_note(written)
            return
        core = await desk.core()
        typed = self._as_typed(written)
        try:
            if self.kind == "new":
                sent = await desk.bridge.do(core.replies.begin, typed)
            else:
                sent = await desk.bridge.do(core.replies.send, typed, resolve=resolve, anyway=anyway)
        except core.replies.CaseMoved as moved:
            await desk.ask_send_anyway(str(moved), resolve=resolve)
            return
        except Problem as problem:
            desk.say(str(problem), "error")
            return
        await self._gone(sent.case_id)
        wait = max(0, round((sent.not_before - desk.micros()) / 1_000_000))
        desk.say(_("Sent: it leaves in {n} s; u takes it back.").format(n=wait) if wait else _("Sent."))
        if desk.after_send == "next" and self.kind == "reply":
            await desk.next_case()

    async def _leave_note(self, written: Written) -> None:
        desk = self._desk
        core = await desk.core()
        assert self.case_id is not None
        try:
            await desk.bridge.do(core.replies.note, self.case_id, written.body, self.draft_id)
        except Problem as problem:
            desk.say(str(problem), "error")
            return
        await self._gone(self.case_id)
        desk.say(_("The note stands in the case; u takes it back."))

    async def _gone(self, case_id: int) -> None:
        """What stood here has gone its way: the composer closes, the case is read again."""
        self._spill.forget(self.kind, self.case_id)
        self._dirty_since, self.draft_id, self.version = None, None, 0
        self.widget.close()
        self._desk.focus_pane("conversation")
        await self._desk.reading.show(case_id)
        await self._desk.listing.take_changes([case_id])
