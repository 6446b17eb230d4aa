"""A queue of a million cases on its own, for measuring from outside: j and k move, home and end jump, q ends."""

from textual.app import App, ComposeResult
from textual.binding import Binding
from tui.widgets.world import NOW, Store

from agentdesk.tui.widgets.queue import QueueList


class Million(App[None]):
    """The list and nothing else."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS = (
        Binding("j,down", "move(1)"),
        Binding("k,up", "move(-1)"),
        Binding("pagedown", "turn(1)"),
        Binding("home", "home"),
        Binding("end", "end"),
        Binding("q", "quit"),
    )

    def __init__(self, size: int = 1_000_000) -> None:
        super().__init__()
        self.store = Store(size)
        self.wanted: list[QueueList.PageWanted] = []
        self.opened: list[int] = []
        self.answering = True

    def compose(self) -> ComposeResult:
        yield QueueList(now=NOW)

    @property
    def queue(self) -> QueueList:
        return self.query_one(QueueList)

    def on_mount(self) -> None:
        self.queue.show("all", self.store.page(None, limit=128), count=self.store.size)
        self.queue.focus()

    def on_queue_list_page_wanted(self, want: QueueList.PageWanted) -> None:
        self.wanted.append(want)
        if self.answering:
            self.answer(want)

    def on_queue_list_opened(self, opened: QueueList.Opened) -> None:
        self.opened.append(opened.case_id)

    def answer(self, want: QueueList.PageWanted) -> None:
        page = self.store.page(want.after, limit=want.limit, skip=want.skip, reverse=want.reverse)
        self.queue.put_page(want, page)

    def action_move(self, delta: int) -> None:
        self.queue.move(delta)

    def action_turn(self, delta: int) -> None:
        self.queue.page(delta)

    def action_home(self) -> None:
        self.queue.home()

    def action_end(self) -> None:
        self.queue.end()


if __name__ == "__main__":
    Million().run()
