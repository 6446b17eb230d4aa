"""Search: typed, found at once in everything there is, read beside, opened in its case at the very message.

Invariants: a newer question stops the older one in the database; what is not understood is pointed at under the word
and the last answer stays; nothing is cut in silence: the heading says how many there are and which key shows more. The
last word is a beginning until a space ends it, in the line and in the list alike: no key of the list loses what stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.widgets import Input

from agentdesk.bridge import Overtaken
from agentdesk.config.language import N_, _, ngettext
from agentdesk.domain.completing import Completion
from agentdesk.domain.completing import complete as completions
from agentdesk.domain.hits import Hit, HitPage, Opened, Range, Vocabulary
from agentdesk.domain.query import QueryError, parse
from agentdesk.tui.desk import viewing
from agentdesk.tui.listroom import ListRoom, Paragraphs
from agentdesk.tui.widgets.clock import moment
from agentdesk.tui.widgets.heading import Heading
from agentdesk.tui.widgets.pointer import Pointer
from agentdesk.tui.widgets.reader import Marked
from agentdesk.tui.widgets.roster import Item
from agentdesk.tui.widgets.words import status_word

if TYPE_CHECKING:
    from agentdesk.domain.problems import Problem
    from agentdesk.tui.keys import Context
    from agentdesk.tui.screens.desk import DeskScreen
    from agentdesk.tui.widgets.lines import Span

PAGE = 50
_CAP = 1000


class SearchScreen(ListRoom):
    """Each hit is two lines: whose, about what and when; below it the words around the hit."""

    own_context: ClassVar[Context] = "searched"
    hint: ClassVar[str] = N_('words, "a phrase", pak*, from: subject: tag: is:open before:monday -not')

    def __init__(self, desk: DeskScreen, start: str = "") -> None:
        super().__init__(desk, _("Search"), start=start, empty="")
        self._by = "newest"
        self._asked = ""
        self._hits: list[Hit] = []
        self._next: str | None = None
        self._known = Vocabulary()
        self._offered: tuple[str, int, tuple[Completion, ...], int] | None = None

    @property
    def context(self) -> Context:  # type: ignore[override]
        """Typing while the line has the focus."""
        return "searching" if self.text_field() is not None else self.own_context

    @property
    def typed(self) -> str:
        """What stands in the line, as it is: a space at the end ends the last word, and places are counted in it."""
        return self.query_one("#typed", Input).value

    @property
    def pointer(self) -> Pointer:
        """The line below the one that is typed in."""
        return self.query_one(Pointer)

    async def on_mount(self) -> None:
        await self.mount(Pointer(poor=self.house.poor), after="#typed")
        await super().on_mount()
        core = await self.desk.core()
        self._known = await self.desk.bridge.read(core.views.vocabulary)

    # -- finding ------------------------------------------------------------------------------------------------

    async def find(self, typed: str) -> tuple[Sequence[Item], str]:
        core = await self.desk.core()
        page = await self._ask(core.searching.Asked(typed, self._by, PAGE, None, unfinished=True))
        self._asked, self._hits, self._next = typed, list(page.hits), page.next
        self._hint()
        self.refresh_footer()
        self.roster.put((), empty=_("Nothing was found.") if typed.strip() else _(
            "Type what you look for: it is found in every message of any time."))  # fmt: skip
        return self._items(), self._says(page)

    async def _ask(self, asked: object) -> HitPage:
        core, desk = await self.desk.core(), self.desk
        try:
            page: HitPage = await desk.bridge.ask(
                "search", core.searching.hits, asked, desk.micros(), desk.me.id, desk.seat.zone
            )
        except Overtaken:
            return HitPage((), 0, exact=True, next=None)  # nobody looks at it any more
        return page

    @property
    def has_more(self) -> bool:
        """There are hits that are not shown yet."""
        return self._next is not None

    async def more(self) -> None:
        """The next page below those that are shown."""
        if self._next is None:
            return
        core = await self.desk.core()
        asked = core.searching.Asked(self._asked, self._by, PAGE, self._next, unfinished=True)
        page = await self._ask(asked)
        self._hits += page.hits
        self._next = page.next
        self.roster.put(self._items())
        self.query_one(Heading).say(self._says(page))
        self.refresh_footer()

    async def turn(self) -> None:
        """The newest first, or what fits best."""
        self._by = "relevance" if self._by == "newest" else "newest"
        await self.reload()

    def trouble(self, problem: Problem) -> None:
        """Point at the word that is wrong, or say what it could become; what was found before stays."""
        if isinstance(problem, QueryError) and self._hint():
            return
        if isinstance(problem, QueryError):
            self.pointer.point(
                self.query_one("#typed", Input).value, problem.position, problem.length, str(problem)
            )
        else:
            super().trouble(problem)

    def _says(self, page: HitPage) -> str:
        if not self._hits:
            return ""
        number = str(page.total) if page.exact else f"{_CAP}+"
        if self._next is not None:
            key = self.house.keymap.named(
                "search_more" if self.text_field() is None else "search_more_here"
            ).key
            said = _("{shown} of {total}, {key} shows more").format(
                shown=len(self._hits), total=number, key=key
            )
        else:
            said = ngettext("{n} hit", "{n} hits", len(self._hits)).format(n=len(self._hits))
        if self._by == "newest":
            return _("{hits}, newest first").format(hits=said)
        if page.ranked_among:
            return _("{hits}, best of the {n} newest").format(hits=said, n=page.ranked_among)
        return _("{hits}, best first").format(hits=said)

    # -- how it looks -------------------------------------------------------------------------------------------

    def _items(self) -> list[Item]:
        items = []
        for hit in self._hits:
            who = (hit.who or hit.customer)[:24]
            left = (
                (f"#{hit.case_id} ", "dim"), *_toned(who, hit.who_ranges, "strong"), ("  ", "text"),
                *_toned(hit.subject or _("(no subject)"), hit.subject_ranges, "text"),
            )  # fmt: skip
            when = moment(hit.at, self.desk.seat.zone, short=True)
            items.append(Item(hit, str(hit.message), left, ((f"{status_word(hit.status)}  {when} ", "dim"),)))
            note: tuple[Span, ...] = ((_("note") + "  ", "amber"),) if hit.kind == "note" else ()
            below = (("    ", "text"), *note, *_toned(hit.snippet, hit.ranges, "dim"))
            items.append(Item(None, f"{hit.message} below", below, heading=True))
        return items

    async def read(self, item: Item) -> tuple[Paragraphs, int]:
        core = await self.desk.core()
        found: Opened = await self.desk.bridge.read(
            core.searching.opened, item.value.message, self._asked, unfinished=True
        )
        head: list[Sequence[Span]] = [
            ((f"#{found.case_id}  ", "accent strong"), (found.subject, "strong")),
            (((_("note of {who}") if found.kind == "note" else "{who}").format(who=found.who), "text"),),
            ((_("to {people}").format(people=found.to), "dim"),) if found.to else ((" ", "text"),),
            ((moment(found.at, self.desk.seat.zone), "dim"),),
            ((" ", "text"),),
        ]
        lines, first = _lines(found.text, found.ranges)
        return [*head, *lines], len(head) + first if first is not None else 0

    async def open(self, item: Item) -> None:
        hit: Hit = item.value
        desk = self.desk
        await self.leave()
        await desk.open_case(hit.case_id)
        await desk.reading.go_to(hit.message)

    # -- completing ---------------------------------------------------------------------------------------------

    def complete(self) -> None:
        """Write the next completion at the cursor; without one, go to the list."""
        line = self.query_one("#typed", Input)
        if self._offered is not None and self._written(self._offered) == (line.value, line.cursor_position):
            text, cursor, found, chosen = self._offered
            self._take(text, cursor, found, (chosen + 1) % len(found))
            return
        text, cursor = line.value, line.cursor_position
        found = completions(text, cursor, self._known)
        if not found or not text[:cursor].strip() or text[cursor - 1].isspace():
            self.swap()
        else:
            self._take(text, cursor, found, 0)

    def _take(self, text: str, cursor: int, found: tuple[Completion, ...], chosen: int) -> None:
        self._offered = (text, cursor, found, chosen)
        line = self.query_one("#typed", Input)
        line.value, line.cursor_position = self._written(self._offered)
        self.pointer.offer([one.text for one in found], chosen, "")

    @staticmethod
    def _written(offered: tuple[str, int, tuple[Completion, ...], int]) -> tuple[str, int]:
        text, _cursor, found, chosen = offered
        one = found[chosen]
        return text[: one.start] + one.text + text[one.end :], one.start + len(one.text)

    def _hint(self) -> bool:
        """Say what could be written here; False when there is nothing to say."""
        line = self.query_one("#typed", Input)
        if (
            self._offered is not None
            and self._written(self._offered)[0] == line.value
            and line.value[-1:] != ":"
        ):
            return True
        self._offered = None
        before = line.value[: line.cursor_position]
        named = ":" in before and not before[-1:].isspace()
        found = completions(line.value, line.cursor_position, self._known) if named else ()
        self.pointer.offer([one.text for one in found], None, "")
        return bool(found)

    # -- keeping ------------------------------------------------------------------------------------------------

    async def keep(self) -> None:
        """Save what is typed as a view."""
        try:
            await viewing.save(self.desk, self, _whole(self.typed))
        except QueryError as error:
            self.trouble(error)

    async def as_list(self) -> None:
        """The cases as a list at the desk, where any verb works on them."""
        desk = self.desk
        try:
            query_text = _whole(self.typed)
        except QueryError as error:
            self.trouble(error)
            return
        await self.leave()
        await desk.listing.show("found", query_text)
        desk.focus_pane("queue")


def _whole(typed: str) -> str:
    """The query that finds elsewhere what is found here: a last word that was only a beginning says so."""
    return f"{typed}*" if parse(typed, unfinished=True).tree != parse(typed).tree else typed


def _toned(text: str, ranges: Sequence[Range], tone: str) -> tuple[Span, ...]:
    """The text in its tone, what was looked for marked."""
    spans: list[Span] = []
    at = 0
    for start, end in ranges:
        if start >= len(text):
            break
        spans += [(text[at:start], tone), (text[start:end], "accent strong")]
        at = end
    return tuple(span for span in (*spans, (text[at:], tone)) if span[0])


def _lines(text: str, ranges: Sequence[Range]) -> tuple[list[Sequence[Span]], int | None]:
    """The paragraphs with their marks, and the number of the first that has one."""
    lines: list[Sequence[Span]] = []
    first: int | None = None
    at, left = 0, list(ranges)
    for number, line in enumerate(text.split("\n")):
        end = at + len(line)
        here = []
        while left and left[0][0] < end:
            start, stop = left[0]
            here.append((max(0, start - at), min(len(line), stop - at)))
            if stop > end:
                break
            left.pop(0)
        if here and first is None:
            first = number
        lines.append(Marked(_toned(line, here, "text") or ((" ", "text"),)))
        at = end + 1
    return lines, first
