"""What I have done, stroke by stroke: from every desk and from the command line, each taken back by itself.

Invariant: a row says whether it still stands, was taken back, or was overtaken and by whom; nothing is left out of the
list without saying so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from agentdesk.config.language import N_, _, ngettext
from agentdesk.domain.strokes import Stands, StrokeRow
from agentdesk.text.cells import pad, width
from agentdesk.tui.desk.bulking import report, show_case
from agentdesk.tui.desk.reversing import take_back
from agentdesk.tui.listroom import ListRoom, Paragraphs
from agentdesk.tui.widgets.clock import moment
from agentdesk.tui.widgets.lines import Span
from agentdesk.tui.widgets.roster import Item

if TYPE_CHECKING:
    from agentdesk.tui.keys import Context
    from agentdesk.tui.screens.desk import DeskScreen

VERB = 10
"""Cells that most verbs take: what they were done to begins in one column."""
PAGE = 200
"""Strokes read at a time."""
COMMAND_LINE = "command line"
FIELDS = {
    "status": N_("the status"), "owner_id": N_("the owner"), "team_id": N_("the team"), "priority": N_("the priority"),
    "snooze_until": N_("the snooze"), "snooze_ends": N_("the snooze"), "settled_id": N_("the status"),
    "resolved_at": N_("the status"), "tag": N_("a tag"),
}  # fmt: skip


class StrokesScreen(ListRoom):
    """Newest first."""

    own_context: ClassVar[Context] = "strokes"

    def __init__(self, desk: DeskScreen) -> None:
        super().__init__(
            desk, _("My strokes"), empty=_("You have done nothing yet; what you do stands here.")
        )
        self._most = PAGE

    async def find(self, typed: str) -> tuple[Sequence[Item], str]:  # noqa: ARG002  there is no line to type in
        core = await self.desk.core()
        page = await self.desk.bridge.read(core.strokes.mine, self.desk.me.id, self._most)
        verbs = core.undo.VERBS
        items = [
            Item(row, str(row.id), self._left(row, verbs.get(row.verb, row.verb)), tuple(_state(row)))
            for row in page.rows
        ]
        if page.next is not None:
            items.append(Item(None, "more", ((_("Older ones: Enter reads them"), "accent"),)))
        says = (
            ngettext("{n} stroke", "{n} strokes", len(page.rows)).format(n=len(page.rows))
            if page.rows
            else ""
        )
        return items, says

    async def read(self, item: Item) -> tuple[Paragraphs, int]:
        row: StrokeRow | None = item.value
        if row is None:
            return [], 0
        core = await self.desk.core()
        verb = _called(row, core.undo.VERBS.get(row.verb, row.verb))
        where = _("this desk") if row.desk == self.desk.terminal else _("another desk")
        where = _("the command line") if row.desk == COMMAND_LINE else where
        when = moment(row.at, self.desk.seat.zone)
        found: list[Sequence[Span]] = [((verb, "strong"),), ((f"{when} · {where}", "dim"),), (("", "text"),)]
        found += [((line, "text"),) for line in self._cases(row)]
        found += [((words, tone),) for words, tone in self._says(row)]
        detail = await self.desk.bridge.read(core.strokes.report, row.id) if row.bulk is not None else None
        if detail is not None and detail.refused:
            found += [(("", "text"),), ((_("REFUSED"), "dim"),)]
            found += [((f"#{case}  {reason}", "text"),) for case, reason in detail.refused]
        return found, 0

    async def open(self, item: Item) -> None:
        row: StrokeRow | None = item.value
        if row is None:
            self._most += PAGE
            await self.reload()
            return
        core = await self.desk.core()
        detail = await self.desk.bridge.read(core.strokes.report, row.id) if row.bulk is not None else None
        if detail is not None and detail.refused:
            await self.leave()
            await report(self.desk, _called(row, core.undo.VERBS.get(row.verb, row.verb)), detail.refused)
        elif row.cases:
            await self.leave()
            await show_case(self.desk, row.cases[0])

    def may_take_back(self) -> bool:
        """The row in hand is a stroke that stands."""
        current = self.roster.current
        return current is not None and current.value is not None and current.value.stands is not Stands.UNDONE

    async def take_back(self) -> None:
        """Exactly the stroke in hand."""
        current = self.roster.current
        if current is None or current.value is None:
            return
        await take_back(self.desk, self, current.value)
        await self.reload()

    # -- words --------------------------------------------------------------------------------------------------

    def _left(self, row: StrokeRow, verb: str) -> tuple[Span, ...]:
        tone = "dim" if row.stands is Stands.UNDONE else "text"
        when = moment(row.at, self.desk.seat.zone, short=True)
        what = ngettext("{n} case", "{n} cases", row.case_count).format(n=row.case_count)
        subject = ""
        if row.case_count == 1:
            what = f"#{row.cases[0]} {row.customer or row.subject}"
            subject = f"  {row.subject}" if row.customer else ""
        said = _called(row, verb)
        said = pad(said, max(VERB, width(said)))
        weight = "strong" if tone == "text" else tone
        return (f"{when:>12}  ", "dim"), (f"{said}  ", weight), (what, tone), (subject, "dim")

    def _cases(self, row: StrokeRow) -> list[str]:
        if row.case_count == 1:
            return [f"#{row.cases[0]}  {row.customer}", f"    {row.subject}"]
        named = "  ".join(f"#{one}" for one in row.cases)
        more = row.case_count - len(row.cases)
        return [
            named + ("  " + ngettext("and {n} more", "and {n} more", more).format(n=more) if more > 0 else "")
        ]

    def _says(self, row: StrokeRow) -> list[Span]:
        found: list[Span] = []
        if row.stands is Stands.UNDONE:
            found.append((_("Taken back."), "dim"))
        elif row.overtaken is not None:
            words = _("{who} has changed {field} of #{number} since; that case stays as it is.")
            field = _(FIELDS.get(row.overtaken.field, row.overtaken.field))
            who = row.overtaken.who or _("The mail")
            found.append((words.format(who=who, field=field, number=row.overtaken.case), "amber"))
        if row.has_left and row.stands is not Stands.UNDONE:
            found.append((_("The reply has left; u takes back the rest, after asking."), "text"))
        if row.bulk is not None:
            words = _("{done} of {total} cases were done.").format(done=row.bulk.done, total=row.bulk.total)
            found.append((words, "text"))
            if row.bulk.untried:
                n = row.bulk.untried
                words = ngettext(
                    "It was stopped; {n} case was not tried.", "It was stopped; {n} cases were not tried.", n
                )
                found.append((words.format(n=n), "amber"))
        return [("", "text"), *found] if found else []


def _called(row: StrokeRow, verb: str) -> str:
    """What was done, as a row calls it."""
    if row.undoes is None:
        return _(verb)
    return (_("done again: {verb}") if row.redoes else _("taken back: {verb}")).format(verb=_(verb))


def _state(row: StrokeRow) -> list[Span]:
    if row.stands is Stands.UNDONE:
        return [(_("taken back") + " ", "dim")]
    if row.bulk is not None and row.bulk.untried:
        return [(_("stopped") + " ", "amber")]
    if row.stands is Stands.OVERTAKEN and row.overtaken is not None:
        return [(_("{who} since").format(who=row.overtaken.who or _("the mail")) + " ", "amber")]
    if row.bulk is not None and row.bulk.refused:
        n = row.bulk.refused
        return [(ngettext("{n} refused", "{n} refused", n).format(n=n) + " ", "amber")]
    return [(_("left") + " ", "dim")] if row.has_left else []
