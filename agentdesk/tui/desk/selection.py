"""The selected cases: which they are, and up to where each of them was known when it was selected.

Invariants: a case is selected by its number, never by its place: arrivals, scrolling and rows that leave change
nothing; a selection is dropped only by the agent's key, and by another list only after that was said. A customer who
writes after the selecting is not overlooked: what the agent could know of is kept with each case.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from agentdesk.config.language import _, ngettext
from agentdesk.domain.bulk import Picked
from agentdesk.tui.widgets.queue import QueueList
from agentdesk.tui.widgets.topline import ViewBar

if TYPE_CHECKING:
    from agentdesk.tui.screens.desk import DeskScreen


class Selection:
    """Of one desk."""

    def __init__(self, desk: "DeskScreen") -> None:
        self._desk = desk
        self._seen: dict[int, int] = {}
        self._last: int | None = None
        """The case selected last by its own key: a range begins there."""
        self._fresh: tuple[int, int] | None = None
        """The case that the key before has selected, and the one before that: the same key again takes all between."""
        self._warned: tuple[str, str] | None = None

    def __len__(self) -> int:
        return len(self._seen)

    def __contains__(self, case_id: int) -> bool:
        return case_id in self._seen

    @property
    def ids(self) -> tuple[int, ...]:
        """The cases, in the order in which they were selected."""
        return tuple(self._seen)

    @property
    def in_hand(self) -> bool:
        """Verbs act on the selected cases: there are some, and the list is in hand."""
        return bool(self._seen) and self._desk.pane == "queue"

    def picked(self) -> tuple[Picked, ...]:
        """The cases with what is known of each; of the one on screen that is what stands there."""
        reading = self._desk.reading
        if reading.case_id is not None:
            self.saw(reading.case_id, reading.seen_message_id())
        return tuple(Picked(case_id, seen) for case_id, seen in self._seen.items())

    def saw(self, case_id: int, message_id: int) -> None:
        """The agent has seen this case up to this message."""
        if case_id in self._seen:
            self._seen[case_id] = max(self._seen[case_id], message_id)

    # -- selecting ----------------------------------------------------------------------------------------------

    async def toggle(self) -> None:
        """The row in hand is selected, or no longer; the same key once more takes all from the last one to here."""
        hand = self._desk.query_one(QueueList).current
        if hand is None:
            return
        fresh, self._fresh = self._fresh, None
        if fresh is not None and fresh[0] == hand.id and hand.id in self._seen:
            await self._range(fresh[1], hand.id)
        elif hand.id in self._seen:
            del self._seen[hand.id]
            self._last = None if self._last == hand.id else self._last
        else:
            await self._add([hand.id])
            if self._last is not None and self._last in self._seen:
                self._fresh = (hand.id, self._last)
            self._last = hand.id
        self.draw()

    async def _range(self, first: int, last: int) -> None:
        held = self._desk.query_one(QueueList).held_ids
        if first not in held or last not in held:
            held = [one.id for one in await self.of_list()]
        if first not in held or last not in held:
            self._desk.say(_("The other end is not in this list any more: select the first one again."))
            return
        low, high = sorted((held.index(first), held.index(last)))
        await self._add([one for one in held[low : high + 1] if one not in self._seen])

    async def of_list(self) -> tuple[Picked, ...]:
        """Every case of the list that is shown, from the store."""
        core = await self._desk.core()
        within = await self.within()
        return tuple(await self._desk.bridge.read(core.picking.of_view, within))

    async def within(self, query: str | None = None) -> object:
        """The list that is shown; or all cases that a query finds."""
        desk = self._desk
        core = await desk.core()
        words = desk.listing.query if query is None else query
        view = "all" if words else desk.listing.view
        return core.picking.Within(desk.me.id, view, words, desk.micros(), desk.seat.zone)

    async def _add(self, ids: list[int]) -> None:
        core = await self._desk.core()
        self.take(await self._desk.bridge.read(core.picking.these, ids))

    def take(self, picked: Iterable[Picked]) -> int:
        """Select these as well; how many that were not selected before."""
        before = len(self._seen)
        for one in picked:
            self._seen.setdefault(one.id, one.seen)
        self._warned = None
        self.draw()
        return len(self._seen) - before

    def keep(self, ids: Iterable[int]) -> None:
        """Of what is selected these alone."""
        wanted = set(ids)
        self._seen = {one: seen for one, seen in self._seen.items() if one in wanted}
        self._last = self._fresh = None
        self.draw()

    def drop(self) -> None:
        """Nothing is selected."""
        self.keep(())

    # -- telling ------------------------------------------------------------------------------------------------

    def may_leave(self, view: str, query: str) -> bool:
        """Another list is asked for: with a selection that is said first, and asked for again it drops it."""
        if not self._seen:
            return True
        if self._warned == (view, query):
            self._warned = None
            self.drop()
            return True
        self._warned = (view, query)
        n = len(self._seen)
        self._desk.say(
            ngettext(
                "{n} case is selected and would be dropped by another list; do that again to go there.",
                "{n} cases are selected and would be dropped by another list; do that again to go there.",
                n,
            ).format(n=n),
            "warn",
        )
        return False

    def draw(self) -> None:
        """Mark the rows, and say how many."""
        desk = self._desk
        desk.query_one(QueueList).mark(self._seen.keys())
        desk.query_one(ViewBar).select(len(self._seen))
        desk.refresh_footer()
