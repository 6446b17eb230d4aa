"""The stretch of rows that the queue holds: sorted, one key per case, the row in hand never moved."""

from hypothesis import given
from hypothesis import strategies as st
from tui.widgets.world import Store, row

from agentdesk.domain.queue import Place, QueueRow
from agentdesk.tui.widgets.queue_window import MOST, QueueWindow

NUMBERS = st.integers(1, 40)
STEPS = st.lists(
    st.tuples(st.sampled_from(["update", "drop", "settle", "more", "back", "restart"]), NUMBERS, NUMBERS)
)


def at(number: int, due: int) -> QueueRow:
    return row(number, due=due * 10)


@given(STEPS, NUMBERS)
def test_the_row_in_hand_keeps_its_key_until_it_is_let_go(
    steps: list[tuple[str, int, int]], hand: int
) -> None:
    window = QueueWindow()
    window.restart([at(number, number) for number in range(1, 41)], 0, at_start=True, at_end=True)
    for what, number, due in steps:
        before: Place | None = window.keys[index] if (index := window.index(hand)) is not None else None
        if what == "update":
            window.update(at(number, due), hand)
        elif what == "drop":
            window.drop(number, hand)
        elif what == "more":
            window.extend([at(number, due)], hand, back=False, ended=bool(due % 2))
        elif what == "back":
            window.extend([at(number, due)], hand, back=True, ended=bool(due % 2))
        elif what == "settle" and number != hand:
            window.settle(number)
        assert window.keys == sorted(set(window.keys))
        assert len({key.id for key in window.keys}) == len(window)
        if before is not None:
            assert window.index(hand) is not None
            assert window.keys[window.index(hand) or 0] == before
        assert window.total >= window.first + len(window)


@given(st.integers(0, 3000), st.integers(1, 60))
def test_what_is_let_go_is_far_from_what_is_in_view(low: int, seen: int) -> None:
    store = Store(3200)
    window = QueueWindow()
    window.count = 3200
    window.restart(store.page(None, limit=3200).rows, 0, at_start=True, at_end=True)
    low = min(low, 3200 - seen)
    view = [key.id for key in window.keys[low : low + seen]]
    window.trim(low, low + seen)
    assert len(window) <= MOST + 1200
    assert set(view) <= {key.id for key in window.keys}
    assert window.keys[0].id == window.first + 1
    assert window.total == 3200 if window.at_end else window.total >= 3200
