"""Keeps a held key, a cat on the keyboard or a paste without brackets from changing case after case.

A verb that changes a case passes when (1) its key is not repeating: the same key came HELD seconds ago or less;
(2) it does not stand in a stream: STREAM keys within STREAM_SPAN seconds are faster than anybody presses verbs;
(3) it was pressed SIGHT seconds after the last verb had come on screen: nobody has seen it sooner, whatever typed it.
Where a key means something else since it was pressed last (`s` opened a list in which `s` is a choice), a person
presses it twice on purpose: it is doubtful then, and passes unless it comes again within REPEAT seconds.
Times are those at which the terminal gave the key, so a slow desk makes nobody a cheat. Pure: no clock of its own.
"""

from collections import deque

HELD = 0.7
"""Longer than the delay before auto-repeat on any desktop (X11 0.66 s)."""
STREAM = 8
STREAM_SPAN = 0.35
STREAM_REST = 0.5
"""Seconds of silence that end a stream."""
REPEAT = 0.12
"""Longer than the pause between two repeats of a held key on any desktop."""
SIGHT = 0.15
"""Seconds that an eye needs at least to see what a verb has done."""


class Gate:
    """Asked once for every key outside a text field, in order."""

    def __init__(self) -> None:
        self._recent: deque[float] = deque(maxlen=STREAM)
        self._last: dict[str, float] = {}
        self._stream_until = 0.0
        self._seen_at = 0.0
        self.streaming = False
        """The last key stood in a stream: nobody pressed it on purpose."""
        self.doubtful = False
        """The last key passes only if it does not come again within REPEAT seconds."""
        self._place = ""
        self._repeating = False

    @property
    def waiting(self) -> bool:
        """A verb has been carried out and is not on screen yet."""
        return self._seen_at == float("inf")

    def press(self, key: str, at: float, place: str = "") -> bool:
        """Record a key and where it is heard; True if a verb may act on it, `doubtful` aside."""
        held = at - self._last.get(key, float("-inf")) < HELD
        self.doubtful = held and not self._repeating and place != self._place
        self._place, self._repeating = place, held
        self._last[key] = at
        self._recent.append(at)
        if (len(self._recent) == STREAM and at - self._recent[0] < STREAM_SPAN) or at < self._stream_until:
            self._stream_until = at + STREAM_REST
        self.streaming = at < self._stream_until
        return (not held or self.doubtful) and not self.streaming and at >= self._seen_at

    def begin(self) -> None:
        """A verb is on its way: nothing passes until it is on screen."""
        self._seen_at = float("inf")

    def shown(self, at: float) -> None:
        """The last verb is on screen since then."""
        self._seen_at = at + SIGHT
