"""A macro before it acts: the text as it will be read, to whom it goes, and every change from before to after.

Invariants: nothing is done before Enter, and never anything else than what stands here; what the customer wrote since
is shown before it goes on; what stops it is said, and Enter then does nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Horizontal

from agentdesk.config.language import _, ngettext
from agentdesk.domain.problems import Problem, Stale
from agentdesk.text.cells import fit, pad
from agentdesk.text.cells import width as width_of
from agentdesk.text.clean import clean_line
from agentdesk.tui.base import Room, cramped
from agentdesk.tui.desk import running
from agentdesk.tui.widgets.clock import ago, moment
from agentdesk.tui.widgets.footer import Footer
from agentdesk.tui.widgets.heading import Heading
from agentdesk.tui.widgets.notice import Notice
from agentdesk.tui.widgets.reader import Reader

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.events import Resize

    from agentdesk.domain.macros import Preview, Will
    from agentdesk.domain.mail import Address
    from agentdesk.tui.keys import Context
    from agentdesk.tui.screens.desk import DeskScreen
    from agentdesk.tui.widgets.lines import Span

WIDE = 100
"""Columns from which what will happen stands beside the text."""
FIELD = 9
"""Cells of a field's name."""
_BEFORE = 10
"""Cells that the old values line up in."""
_LINES = 6
"""Lines that are shown of each thing the customer wrote since."""
Paragraph = Sequence["Span"]


class MacroPreview(Room):
    """`digit` is the key it was suggested under, if any."""

    context: Context = "macro"
    DEFAULT_CSS: ClassVar[str] = """
    MacroPreview { layers: room notice; layout: vertical; background: $background; }
    MacroPreview #beside { height: 1fr; }
    MacroPreview #text { width: 3fr; border-right: solid $border-blurred; }
    MacroPreview #will { width: 2fr; }
    MacroPreview.poor #text { border-right: ascii $border-blurred; }
    MacroPreview.narrow #will { display: none; }
    MacroPreview.narrow #text { border-right: none; width: 1fr; }
    """

    def __init__(self, desk: DeskScreen, shown: Preview, *, digit: int = 0, seen: int = 0) -> None:
        super().__init__()
        self.desk = desk
        self.shown = shown
        self._digit, self._seen = digit, seen

    def compose(self) -> ComposeResult:
        poor = self.house.poor
        yield Heading(self._title(), poor=poor)
        with Horizontal(id="beside"):
            yield Reader(poor=poor, id="text")
            yield Reader(poor=poor, id="will")
        yield Footer(poor=poor)
        yield Notice(poor=poor)

    def on_mount(self) -> None:
        self._fit(self.app.size.width, self.app.size.height)
        self.set_focus(self.query_one("#text"))
        self.draw()

    def on_resize(self, event: Resize) -> None:
        self._fit(event.size.width, event.size.height)
        self.draw()

    def _fit(self, columns: int, rows: int) -> None:
        self.set_class(columns < WIDE, "narrow")
        self.set_class(cramped(columns, rows), "cramped")
        self.set_class(self.house.poor, "poor")

    # -- what stands here ---------------------------------------------------------------------------------------

    def _title(self) -> str:
        from agentdesk.domain.knowledge import language_name  # noqa: PLC0415  only a macro in a language asks

        name = _("macro {n}").format(n=self._digit) if self._digit else _("macro")
        language = language_name(self.shown.language) if self.shown.language else ""
        return " · ".join(filter(None, [f"#{self.shown.case_id}  {name}", self.shown.name, language]))

    def draw(self) -> None:
        """Everything anew."""
        shown, narrow = self.shown, self.has_class("narrow")
        self.query_one(Heading).title(self._title())
        self.query_one(Heading).say(_("cannot run as it is") if shown.problems else "")
        text = self._text()
        told = self._told()
        if narrow:
            text = [*told, *([((" ", "text"),)] if told else []), *text, ((" ", "text"),), *self._will()]
        self.query_one("#text", Reader).show(text)
        self.query_one("#will", Reader).show([*self._will(), *([((" ", "text"),)] if told else []), *told])
        self.refresh_footer()

    def _text(self) -> list[Paragraph]:
        shown = self.shown
        if not shown.replies:
            return [((_("Nothing is sent: only the case changes."), "dim"),)]
        head: list[Paragraph] = [
            self._head(_("To"), _people(shown.to) or _("nobody"), "text"),
            self._head(_("Cc"), _people(shown.cc) or _("none"), "text" if shown.cc else "dim"),
        ]
        if shown.subject:
            head.append(((shown.subject, "strong"),))
        head += [(("+ ", "accent"), (name, "text")) for name in shown.files]
        body: list[Paragraph] = [((line, "text"),) for line in shown.text.split("\n")]
        signs = self.query_one("#text", Reader).signs
        return [*head, ((signs.rule * self._room("text"), "rule"),), *body]

    def _will(self) -> list[Paragraph]:
        shown = self.shown
        lines: list[Paragraph] = [((_("WHAT WILL HAPPEN"), "dim"),)]
        width = max([FIELD, *(len(one.field) + 2 for one in shown.will)])
        before = max((width_of(one.before) for one in shown.will), default=0)
        for one in shown.will:
            lines += self._change(one, width, min(before, _BEFORE))
        if not shown.will:
            lines.append(((_("nothing but the reply"), "dim"),))
        if shown.replies:
            said = ngettext(
                "in {n} s; u takes all of it back", "in {n} s; u takes all of it back", shown.hold
            )
            now = _("at once")
            lines.append(
                ((pad(_("leaves"), width), "dim"), (said.format(n=shown.hold) if shown.hold else now, "text"))
            )
        return lines

    def _change(self, one: Will, width: int, column: int) -> list[Paragraph]:
        after = clean_line(one.after)
        if one.until is not None:
            after = " ".join(f"{after} {moment(one.until, self.desk.seat.zone)}".split())
        name = (pad(one.field, width), "dim")
        if not one.before:
            return [(name, ("+ ", "accent"), (fit(after, self._room("will") - width - 2), "strong"))]
        before, after = clean_line(one.before), after or _("none")
        for old in (pad(before, max(column, width_of(before))), before):
            if width_of(old) + width_of(after) + width + 3 <= self._room("will"):
                return [(name, (f"{old} ", "text"), ("→ ", "accent"), (after, "strong"))]
        room = self._room("will") - width - 2
        return [
            (name, (fit(before, room + 2), "text")),
            ((" " * width, "text"), ("→ ", "accent"), (fit(after, room), "strong")),
        ]

    def _room(self, pane: str) -> int:
        """Cells that a line of a pane may take."""
        name = "text" if self.has_class("narrow") else pane
        return max(24, self.query_one(f"#{name}", Reader).columns - 2)

    def _head(self, title: str, words: str, tone: str) -> Paragraph:
        """A name and what stands behind it; longer than a line it is wrapped as one."""
        if width_of(words) + 4 <= self._room("text"):
            return ((pad(title, 4), "dim"), (words, tone))
        return ((f"{title}  {words}", tone),)

    def _told(self) -> list[Paragraph]:
        """What stops it, what speaks against it, and what was written since."""
        shown = self.shown
        lines: list[Paragraph] = [((f"! {one}", "red"),) for one in shown.problems]
        lines += [((f"! {one}", "amber"),) for one in shown.warnings]
        for said in shown.new:
            head = _("{who} wrote {when}:").format(
                who=clean_line(said.who), when=ago(said.at, self.desk.now())
            )
            lines.append(((f"! {head}", "amber"),))
            text = [line for line in said.text.strip().split("\n") if line.strip()]
            lines += [((f"  {line}", "text"),) for line in text[:_LINES]]
            if len(text) > _LINES:
                lines.append((("  …", "dim"),))
        return lines

    # -- keys ---------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Enter: all of it, or nothing and the reason."""
        if self.shown.problems:
            self.say(self.shown.problems[0], "error")
            return
        try:
            done = await running.run(self.desk, self.shown)
        except Stale as moved:
            await self._again(self.shown.language, seen=self.shown.newest)
            self.say(f"{moved} {_('Enter runs it all the same, Esc leaves it.')}", "warn")
            return
        except Problem as problem:
            await self._again(self.shown.language, seen=self._seen)
            self.say(str(problem), "error")
            return
        if done:
            await self.leave()
        else:
            self.say(_("That key came before this could be read, so nothing was done: press it again."))

    async def edit(self) -> None:
        """Tab: its text into the composer, its actions to follow the send."""
        if not self.shown.replies:
            self.say(_("This macro has no text to write on in."))
            return
        await self.leave()
        await running.compose(self.desk, self.shown)

    async def speak(self) -> None:
        """The text in the next of its languages."""
        known = self.shown.languages
        at = known.index(self.shown.language) if self.shown.language in known else -1
        await self._again(known[(at + 1) % len(known)], seen=self._seen)

    async def _again(self, language: str, *, seen: int) -> None:
        self.shown = await running.look(
            self.desk, self.shown.macro_id, self.shown.case_id, seen=seen, language=language
        )
        self.draw()

    def move(self, delta: int) -> None:
        """Scroll the text."""
        self.query_one("#text", Reader).move(delta)

    def page(self, delta: int) -> None:
        """Scroll the text by a screenful."""
        self.query_one("#text", Reader).page(delta)

    async def leave(self) -> None:
        """Close this screen; nothing was done."""
        await self.house.pop_screen()


def _people(these: Sequence[Address]) -> str:
    return ", ".join(clean_line(f"{one.name} <{one.address}>" if one.name else one.address) for one in these)
