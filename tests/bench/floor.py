"""The floor that every ratio is measured against: a list of 1,000 strings on Textual's Line API, moved by j and k.

Run as a script it draws the list, follows j, k, pagedown, pageup, home and end, and ends on q; it prints nothing.
Whoever measures stands outside, at a pseudo-terminal.
"""

from rich.segment import Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.events import Key
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

LINES = [f"{n:5}  line of the floor" for n in range(1000)]


class Floor(ScrollView, can_focus=True):
    cursor = 0

    def on_mount(self) -> None:
        self.virtual_size = Size(40, len(LINES))

    def render_line(self, y: int) -> Strip:
        at = y + self.scroll_offset.y
        text = LINES[at] if at < len(LINES) else ""
        return Strip([Segment(text.ljust(self.size.width), Style(reverse=at == self.cursor))])

    def on_key(self, event: Key) -> None:
        steps = {
            "j": 1,
            "k": -1,
            "down": 1,
            "up": -1,
            "pagedown": 20,
            "pageup": -20,
            "home": -1000,
            "end": 1000,
        }
        if step := steps.get(event.key):
            event.stop().prevent_default()
            old, self.cursor = self.cursor, min(max(self.cursor + step, 0), len(LINES) - 1)
            self.refresh_line(old)
            self.refresh_line(self.cursor)
            top = min(max(self.scroll_offset.y, self.cursor - self.size.height + 1), self.cursor)
            self.scroll_to(y=top, animate=False)


class FloorApp(App[None]):
    BINDINGS = (("q", "quit", "quit"),)

    def compose(self) -> ComposeResult:
        yield Floor()


if __name__ == "__main__":
    FloorApp().run()
