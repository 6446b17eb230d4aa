"""A verb on many cases at this desk: the first hundred while its key is carried out, the rest beside the keys.

Invariants: one at a time, and the desk stays usable meanwhile; what was refused stays selected and is named; Esc stops
it after the hundred that is being done; whatever ends it, the agent is told how far it came.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from agentdesk.config.language import _, ngettext
from agentdesk.domain.bulk import Progress, Refusal
from agentdesk.domain.problems import Problem
from agentdesk.tui import dialogs
from agentdesk.tui.base import Heard, Room
from agentdesk.tui.widgets.queue import QueueList

if TYPE_CHECKING:
    from agentdesk.tui.screens.desk import DeskScreen

LOOK_AGAIN = 11.0
"""Seconds after the start of a desk in which a verb that was killed just before shows that it is dead."""


class Bulking:
    """Of one desk."""

    def __init__(self, desk: "DeskScreen") -> None:
        self._desk = desk
        self.running: Progress | None = None
        self._words = ""
        self._stop = False

    # -- doing --------------------------------------------------------------------------------------------------

    async def run(self, words: str, work: Any, begin: Progress) -> bool:
        """Do it; False when it did not begin. `words` say what is done, translated."""
        if self.running is not None:
            self._desk.say(_("One act on many cases is still running; Esc stops it."), "warn")
            return False
        core = await self._desk.core()
        first = await self._desk.perform(core.bulk.step, work, begin)
        if first is None:
            return False
        self._words, self._stop = words, False
        if first.ended:
            await self._told(first, by_key=True)
        else:
            self.running = first
            await self._draw()
            self._desk.soon(self._go_on(work, first))
        return True

    async def take_back(self, stroke_id: int, said: str, *, anyway: bool = False) -> None:
        """Take a stroke over many cases back, or do it again. `said` is told at the end, translated."""
        if self.running is not None and self.running.stroke == stroke_id:
            self._desk.say(_("That is still running; Esc stops it, then it can be taken back."), "warn")
            return
        core = await self._desk.core()
        begin = await self._desk.bridge.read(core.bulk.begin_undo, stroke_id)
        await self.run(said, core.bulk.takes_back(stroke_id, anyway=anyway), begin)

    def stop(self) -> None:
        """Stop after the hundred that is being done."""
        self._stop = True

    async def _go_on(self, work: Any, now: Progress) -> None:
        desk = self._desk
        core = await desk.core()
        try:
            while not (now.ended or self._stop):
                now = await desk.bridge.do(core.bulk.step, work, now)
                self.running = now
                await self._draw()
            if not now.ended:
                await desk.bridge.do(core.bulk.stop, now)
        except Problem as problem:
            desk.say(
                _("It stopped at {done} of {total} cases: {why}").format(
                    done=now.done, total=now.total, why=problem
                ),
                "error",
            )
        finally:
            self.running = None
            await self._draw()
        await self._told(now, by_key=False)

    # -- telling ------------------------------------------------------------------------------------------------

    async def _told(self, now: Progress, *, by_key: bool) -> None:
        desk = self._desk
        done = [one.id for one in now.picked[: now.tried]]
        left = {one.case for one in now.refused} | {one.id for one in now.picked[now.tried :]}
        desk.selection.keep(left & set(desk.selection.ids))
        held = set(desk.query_one(QueueList).held_ids)
        await desk.listing.take_changes(done if by_key else [one for one in done if one in held])
        if desk.reading.case_id in done:
            await desk.reading.reload()
        await desk.listing.count()
        desk.draw_top()
        desk.refresh_footer()
        self._say(now, named=by_key)
        if by_key and now.refused:
            await report(desk, self._words, now.refused)

    def _say(self, now: Progress, *, named: bool) -> None:
        parts = [
            ngettext("{act}: {n} case.", "{act}: {n} cases.", now.done).format(act=self._words, n=now.done)
        ]
        if now.refused:
            parts.append(
                ngettext("{n} was refused.", "{n} were refused.", len(now.refused)).format(n=len(now.refused))
            )
        if now.total > now.tried:
            n = now.total - now.tried
            parts.append(ngettext("{n} was not tried.", "{n} were not tried.", n).format(n=n))
        if now.refused and not named:
            parts.append(_("g u says which and why."))
        elif now.done and now.undoes is None:
            parts.append(_("u takes it back."))
        top = self._desk.app.screen
        (top if isinstance(top, Heard) else self._desk).say(
            " ".join(parts), "warn" if now.refused else "info"
        )

    async def tell_stopped(self, *, again: bool = True) -> None:
        """What was killed half-way, here or on the command line, is told once."""
        desk = self._desk
        core = await desk.core()
        rows = await desk.bridge.read(core.strokes.stopped, desk.me.id, desk.micros())
        for row in rows:
            desk.say(
                _("«{verb}» on {total} cases was stopped half-way: {done} are done. g u says which; u there takes them "
                  "back.").format(verb=_(core.undo.VERBS.get(row.verb, row.verb)), total=row.bulk.total,
                                  done=row.bulk.done),
                "warn",
            )  # fmt: skip
        if rows:
            await desk.bridge.do(core.bulk.forget, [row.id for row in rows])
        if again:
            desk.set_timer(LOOK_AGAIN, lambda: desk.soon(self.tell_stopped(again=False)))

    async def _draw(self) -> None:
        """The line that says how far it is, on whatever screen is in front."""
        from agentdesk.tui.widgets.gauge import Gauge  # noqa: PLC0415  most days need none

        now, room = self.running, self._desk.app.screen
        for screen in self._desk.app.screen_stack:
            if now is None or screen is not room:
                await screen.query(Gauge).remove()
        if now is None or not isinstance(room, Room):
            return
        if not room.query(Gauge):
            await room.mount(Gauge(poor=self._desk.seat.poor))
        room.query_one(Gauge).show(self._words, now.tried, now.total, _("Esc stops after this hundred"))


async def report(desk: "DeskScreen", words: str, refused: Sequence[Refusal]) -> None:
    """Which cases were refused and why; Enter opens one."""
    core = await desk.core()
    rows = {one.id: one for one in await desk.bridge.read(core.queue.rows, [one.case for one in refused])}

    async def open_(case_id: int) -> None:
        await show_case(desk, case_id)

    lines = [(one.case, _name(one.case, rows.get(one.case)), one.reason) for one in refused]
    title = ngettext("{act}: {n} case was refused", "{act}: {n} cases were refused", len(refused))
    await desk.house.push_screen(dialogs.ReportDialog(title.format(act=words, n=len(refused)), lines, open_))


def _name(case_id: int, row: Any) -> str:
    return f"#{case_id} · {row.customer} · {row.subject}" if row is not None else f"#{case_id}"


async def show_case(desk: "DeskScreen", case_id: int) -> None:
    """Go to a case, wherever it stands and whatever screen is in front."""
    while desk.app.screen is not desk:
        await desk.house.pop_screen()
    core = await desk.core()
    rows = await desk.bridge.read(core.queue.rows, [case_id])
    if rows and desk.query_one(QueueList).row(case_id) is not None:
        desk.query_one(QueueList).go_to(case_id)
    await desk.open_case(case_id)
