"""What the agent is writing: from the first key to the send, never lost in between.

Invariants: nothing but the writer's own key closes or empties the composer; a version that the store does not hold is
offered beside the one it does; a send that is refused leaves the text where it is, with the reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast, get_args

from agentdesk.config.language import _, ngettext
from agentdesk.domain.problems import Problem
from agentdesk.text.cells import fit, width
from agentdesk.text.clean import clean_line
from agentdesk.tui.desk import sending
from agentdesk.tui.desk.completing import Completing
from agentdesk.tui.desk.keeping import Keeping
from agentdesk.tui.desk.spill import Spill
from agentdesk.tui.widgets.written import Kind, Written

if TYPE_CHECKING:
    from datetime import datetime

    from agentdesk.domain.mail import Address, Enclosure
    from agentdesk.domain.rows import DraftRow, Thread
    from agentdesk.services.drafts import Typed
    from agentdesk.tui.screens.desk import DeskScreen
    from agentdesk.tui.widgets.composer import Composer


class Writing:
    """Owns the composer's content: one draft at a time."""

    def __init__(self, desk: DeskScreen, spill: Spill) -> None:
        self._desk = desk
        self._spill = spill
        self.keeping = Keeping(desk, self, spill)
        self.completing = Completing(desk, self)
        self.kind: Kind = "reply"
        self.side: int | None = None
        """Of kind side: the side conversation that is gone on with; None begins one."""
        self.case_id: int | None = None
        self.seen = 0
        self.macro: int | None = None
        """The macro whose actions follow when this is sent."""
        self.files: tuple[str, ...] = ()
        self._pristine = Written("reply", "", "", "", "", "")

    @property
    def widget(self) -> Composer:
        """The composer."""
        return cast("Composer", self._desk.query_one("#composer"))

    @property
    def opened(self) -> bool:
        """True while the composer is on screen."""
        return any(cast("Composer", one).opened for one in self._desk.query("#composer"))

    @property
    def where(self) -> tuple[Kind, int | None]:
        """Which draft stands here."""
        return self.kind, self.case_id

    @property
    def blank(self) -> bool:
        """Nothing was written here: no text, no subject, no file, and the recipients are as they came."""
        written, pristine = self.widget.written(), self._pristine
        return not written.body.strip() and not self.files and (
            (written.to, written.cc, written.bcc, written.subject)
            == (pristine.to, pristine.cc, pristine.bcc, pristine.subject)
        )  # fmt: skip

    # -- beginning ----------------------------------------------------------------------------------------------

    async def begin(self, kind: Kind, side: int | None = None) -> None:
        """Open the composer for a reply, a note or a mail aside in the case in hand, or a new mail.

        What was begun goes on. `side`: the side conversation, None for a new one or the one that was begun.
        """
        desk = self._desk
        case_id = None if kind == "new" else desk.reading.case_id
        if self.opened and self.where == (kind, case_id):
            self.widget.focus_text()
            return
        await self.put_away()
        core = await desk.core()
        found = await desk.bridge.read(core.cases.drafts_of, case_id, desk.me.id)
        draft = next((one for one in found if one.kind == kind), None)
        await desk.mount_composer()
        if draft is not None:
            await self._load(draft)
        else:
            await self._fresh(kind, case_id, side)
        if kind in ("new", "side") and not self.widget.written().to:
            self.widget.focus_next_field(1)
        else:
            self.widget.focus_text()
        desk.refresh_footer()
        if kind == "side" and side is not None and side != self.side:
            desk.say(
                _("You had begun another mail aside in this case: send it or throw it away first."), "warn"
            )

    async def _fresh(self, kind: Kind, case_id: int | None, side: int | None = None) -> None:
        """A draft that the store does not know: empty, or as it had to be left in a file."""
        pristine = await self._as_it_comes(kind, case_id, side)
        seen = self._desk.reading.seen_message_id() if case_id else 0
        self._become(kind, case_id, seen, (), pristine)
        self.side = side
        self.keeping.begin(None, 0)
        kept = self._spill.other(kind, case_id)
        self.widget.load(kept or pristine)
        self._head()
        if kept is None:
            self.widget.state(await self._left_out(kind, case_id))
        else:
            self.widget.state(_("This was kept in a file while the store could not be written."))
            self.keeping.touch()
            await self.keeping.save()
            if self.keeping.draft_id is not None:
                self._spill.drop_other(kind, case_id)

    async def _as_it_comes(self, kind: Kind, case_id: int | None, side: int | None) -> Written:
        """The composer before anything is written: whom an answer goes to."""
        from agentdesk.mail.addresses import show  # noqa: PLC0415  only who writes needs it

        if case_id is None or not (kind == "reply" or side is not None):
            return Written(kind, "", "", "", "", "")
        desk = self._desk
        core = await desk.core()
        if side is not None:
            to, cc = await desk.bridge.read(core.answering.side_recipients, side)
        else:
            to, cc = await desk.bridge.read(core.answering.recipients, case_id)
        return Written(kind, show(to), show(cc), "", "", "")

    async def _left_out(self, kind: Kind, case_id: int | None) -> str:
        """Why the answer does not go to somebody whom the writer may expect among the recipients; empty for nobody."""
        if kind != "reply" or case_id is None:
            return ""
        core = await self._desk.core()
        found = await self._desk.bridge.read(core.answering.left_out, case_id)
        who = ", ".join(clean_line(one.who.address) for one in found)
        if not found:
            return ""
        if any(one.wrote for one in found):
            return ngettext(
                "{who} was not part of this case and gets no answer; “accept” (ctrl+p) lets them in.",
                "{who} were not part of this case and get no answer; “accept” (ctrl+p) lets them in.",
                len(found),
            ).format(who=who)
        return _(
            "Answers were asked to {who}, which is not part of this case: type it if it is right."
        ).format(who=who)

    def tell_kept(self) -> None:
        """At the start: say that texts lie beside the store, and where they go on."""
        kept = self._spill.kept()
        if kept:
            places = ", ".join(f"#{case}" if case else _("c, a new message") for _kind, case in kept)
            self._desk.say(_("Text was kept in a file while the store could not be written: see {places}.").format(
                places=places), "warn")  # fmt: skip

    def take_drafts(self, thread: Thread) -> None:
        """The case in hand was read: show this agent's draft in it, unless something is being written."""
        if self.opened and (self.case_id != thread.case.id or self.keeping.dirty or self.keeping.elsewhere):
            return
        mine = [one for one in thread.drafts if one.agent_id == self._desk.me.id]
        if self.opened and self.keeping.draft_id and self.keeping.draft_id not in {one.id for one in mine}:
            self._desk.soon(self._look_whether_gone(self.keeping.draft_id))
            return
        if not mine:
            if not self.opened:
                kept = next((kind for kind, case in self._spill.kept() if case == thread.case.id), None)
                if kept is not None:
                    self._desk.soon(self._restore(thread.case.id, None, kept))
            return
        draft = next((one for one in mine if self.opened and one.kind == self.kind), mine[-1])
        if self.opened and (draft.kind != self.kind or draft.version <= self.keeping.version):
            return
        self._desk.soon(self._restore(thread.case.id, draft, self.kind))

    async def _look_whether_gone(self, draft_id: int) -> None:
        """The draft in the composer seems to have left the store: sent, thrown away, or held back again by a redo."""
        desk = self._desk
        core = await desk.core()
        stored = await desk.bridge.read(core.cases.drafts_of, self.case_id, desk.me.id)
        if draft_id in {one.id for one in stored} or not self.opened or self.keeping.draft_id != draft_id:
            return
        moved = await desk.bridge.read(core.cases.case_of_draft, draft_id)
        if moved is not None and moved != self.case_id:
            self._move(moved)
        elif desk.context == "writing" or self.keeping.dirty:
            self.keeping.lose(_("This draft was sent or thrown away somewhere else."))
        else:
            self._close()
            desk.refresh_footer()

    def _move(self, case_id: int) -> None:
        """The case was merged into another one, and what is written here went along."""
        words = _("#{case} was merged into #{target}: this goes there.").format(
            case=self.case_id, target=case_id
        )
        written = self.widget.written()
        if self.keeping.unsaved:
            self._spill.write(self.kind, case_id, written)
        self._spill.forget(*self.where)
        self.case_id = case_id
        self.widget.state(words)

    async def _restore(self, case_id: int, draft: DraftRow | None, kind: Kind) -> None:
        await self._desk.mount_composer()
        if self._desk.reading.case_id != case_id or (self.opened and self.keeping.dirty):
            return
        if draft is not None:
            await self._load(draft)
        elif not self.opened:
            await self._fresh(kind, case_id)
        self._desk.refresh_footer()

    async def _load(self, draft: DraftRow) -> None:
        from agentdesk.mail.addresses import show  # noqa: PLC0415  only who writes needs it

        kind = cast("Kind", draft.kind) if draft.kind in get_args(Kind) else "reply"
        case_id = draft.case_id or None
        pristine = await self._as_it_comes(kind, case_id, draft.side)
        if self.opened and self.where == (kind, case_id) and self.keeping.dirty:
            return
        seen = max(draft.seen_message_id, self._desk.reading.seen_message_id() if not draft.notice else 0)
        self._become(kind, case_id, seen, tuple(file.filename for file in draft.files), pristine)
        self.side = draft.side
        self.keeping.begin(draft.id, draft.version)
        self.widget.load(
            Written(kind, show(draft.to), show(draft.cc), show(draft.bcc), draft.subject, draft.body)
        )
        self._head()
        other = self._spill.other(kind, case_id)
        notice = draft.notice
        if other is not None and other.body.strip() == draft.body.strip():
            self._spill.drop_other(kind, case_id)
        elif other is not None:
            notice = _("This is what the store holds. ctrl+r shows the version that was kept in a file.")
        self.widget.state(notice)

    def _become(
        self, kind: Kind, case_id: int | None, seen: int, files: tuple[str, ...], pristine: Written
    ) -> None:
        self.kind, self.case_id, self.seen, self.files, self._pristine = kind, case_id, seen, files, pristine
        self.macro = None

    def _head(self) -> None:
        if self.kind == "note":
            text = _("Note: only colleagues see it")
        elif self.kind == "new":
            text = _("New message")
        elif self.kind == "side":
            who = self.widget.written().to or _("a supplier or a department")
            says = _("Aside, to {who}: the customer does not see this")
            # where the line is too short, whoever it goes to gives way: they stand in the line below, too
            line = self._desk.query_one("#conversation").size.width - 4
            text = says.format(who=fit(who, max(1, line - width(says.format(who="")))))
        else:
            text = _("Reply to {who}").format(who=self.widget.written().to or _("nobody yet"))
        self.widget.head(text)
        self.widget.files(self.files)

    # -- while it is written ------------------------------------------------------------------------------------

    def typed(self) -> None:
        """A key changed what stands here."""
        self.keeping.touch()
        if self.kind in ("reply", "side"):
            self._head()
        self.completing.typed()

    def as_typed(self, written: Written) -> Typed:
        """What stands here, for the verbs. An address that is none yet stays a word of its own."""
        from agentdesk.domain.mail import Address  # noqa: PLC0415  only who writes needs it
        from agentdesk.mail.addresses import read  # noqa: PLC0415
        from agentdesk.services.drafts import Typed  # noqa: PLC0415  SQLAlchemy comes with it

        def people(text: str) -> tuple[Address, ...]:
            try:
                return read(text)
            except Problem:
                return (Address("", text),)

        to, cc, bcc = (people(text) for text in (written.to, written.cc, written.bcc))
        return Typed(
            self.kind, self.case_id, to=to, cc=cc, bcc=bcc, subject=written.subject, body=written.body,
            seen_message_id=self.seen, version=self.keeping.version,
            side_id=self.side if self.kind == "side" else None,
        )  # fmt: skip

    async def insert(self, text: str) -> None:
        """Put text at the cursor of what is being written; where nothing is, a reply in the case in hand begins."""
        if not self.opened:
            await self.begin("reply")
        self.widget.insert(text)
        self.typed()

    async def attach(self, file: Enclosure) -> None:
        """Hang a file on what is being written."""
        desk, keeping = self._desk, self.keeping
        core = await desk.core()
        saved = await desk.bridge.do(core.drafts.save, self.as_typed(self.widget.written()), desk.terminal)
        keeping.begin(saved.id, saved.version)
        await desk.bridge.do(core.drafts.attach, saved.id, file)
        self.files = (*self.files, file.filename)
        self._head()

    def has_other(self) -> bool:
        """There is another version of this draft than the one that stands here."""
        return self.opened and (self.keeping.elsewhere or self._spill.other(*self.where) is not None)

    async def show_other(self) -> None:
        """Change places with the other version: the other terminal's, or the one in a file. None is lost."""
        written = self.widget.written()
        if self.keeping.elsewhere:
            desk = self._desk
            core = await desk.core()
            found = await desk.bridge.read(core.cases.drafts_of, self.case_id, desk.me.id)
            draft = next((one for one in found if one.kind == self.kind), None)
            if draft is None:
                self.keeping.begin(None, 0)
                self.widget.state("")
                self.typed()
                return
            self._spill.leave_other(*self.where, written)
            await self._load(draft)
            self.widget.state(_("This is the other terminal's version. ctrl+r shows yours again."))
            return
        other = self._spill.exchange(*self.where, written)
        if other is not None:
            self.widget.load(other)
            self.widget.state(_("This is the other version. ctrl+r changes back."))
            self.typed()

    # -- ending -------------------------------------------------------------------------------------------------

    async def put_away(self) -> None:
        """Store what is open and take it off the screen; one in which nothing was written is forgotten."""
        if not self.opened:
            return
        await self.keeping.save()
        keeping = self.keeping
        if self.blank and keeping.draft_id is not None and not keeping.unsaved:
            await self._discard(keeping.draft_id)
        elif not self.blank and (keeping.unsaved or keeping.elsewhere):
            self._spill.leave_other(*self.where, self.widget.written())
        self.widget.close()
        keeping.begin(None, 0)

    async def step_back(self) -> None:
        """Esc in the composer: the focus goes back to the case; text stays, an empty composer goes."""
        if self.blank:
            await self.put_away()
        else:
            await self.keeping.save()
        self._desk.focus_pane("conversation")
        self._desk.refresh_footer()

    async def throw_away(self) -> None:
        """At the writer's word: the draft is gone."""
        if self.keeping.draft_id is not None:
            await self._discard(self.keeping.draft_id)
        self._close()
        self._desk.focus_pane("conversation")
        self._desk.refresh_footer()

    async def _discard(self, draft_id: int) -> None:
        core = await self._desk.core()
        await self._desk.bridge.do(core.drafts.discard, draft_id)
        self.keeping.draft_id = None

    async def send(
        self, *, resolve: bool = False, silence: datetime | None = None, anyway: bool = False
    ) -> None:
        """Send what stands here; see `sending.send`."""
        await sending.send(self._desk, self, resolve=resolve, silence=silence, anyway=anyway)

    async def gone(self, case_id: int) -> None:
        """What stood here has gone its way: the composer closes, the case is read again."""
        self._close()
        self._desk.focus_pane("conversation")
        await self._desk.reading.show(case_id)
        self._desk.reading.widget.end()
        await self._desk.listing.take_changes([case_id])
        await self._desk.listing.count()

    def _close(self) -> None:
        """The writer has decided about this draft and every version of it."""
        self._spill.forget(*self.where)
        self._spill.drop_other(*self.where)
        self.widget.close()
        self.keeping.begin(None, 0)
