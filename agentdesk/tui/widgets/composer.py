"""What is being written, in place under the conversation: to whom, whether reply, note or aside, and the text.

Invariants: a note cannot be mistaken for a reply (the word, its own ground, no recipients), nor a mail aside for one
(the word, its own frame); nothing here sends or stores; it announces `Typed` and gives its content clean.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea
from textual.widgets.text_area import Selection

from agentdesk.config.language import _
from agentdesk.text.clean import clean, clean_line
from agentdesk.text.spelling import place
from agentdesk.tui.widgets.written import Kind, Written

FIELDS = ("to", "cc", "bcc", "subject")
PEOPLE = FIELDS[:3]
OFFERED = 3
"""People shown at once while an address is typed."""


class Line(Input):
    """A line to type in; at its end, Enter and → take the first of the people who are offered."""

    def action_cursor_right(self, select: bool = False) -> None:
        """One to the right; nothing is there at the end of the line."""
        if select or self.cursor_position < len(self.value) or not self._take():
            super().action_cursor_right(select)

    async def action_submit(self) -> None:
        """Enter."""
        if not self._take():
            await super().action_submit()

    def _take(self) -> bool:
        composer = next((one for one in self.ancestors if isinstance(one, Composer)), None)
        return composer is not None and composer.take_offer()


class Field(Horizontal):
    """A named line: To, Cc, Bcc or Subject."""

    def __init__(self, name: str, title: str) -> None:
        super().__init__(id=f"row-{name}")
        self._field, self._title = name, title

    def compose(self) -> ComposeResult:
        yield Static(self._title, markup=False)
        yield Line(id=f"field-{self._field}", select_on_focus=False)


class Composer(Vertical):
    """The frame round what is being written."""

    DEFAULT_CSS = """
    Composer {
        height: auto; max-height: 75%; border: round $accent; padding: 0 1; display: none;
        .head { height: 1; text-style: bold; color: $accent; text-wrap: nowrap; text-overflow: ellipsis; }
        .offer { height: 1; color: $foreground-muted; display: none; text-wrap: nowrap; text-overflow: ellipsis; }
        .files { height: 1; color: $accent; display: none; text-wrap: nowrap; text-overflow: ellipsis; }
        .state { height: auto; max-height: 3; color: $warning; display: none; }
        Field { height: 1; display: none; }
        Field > Static { width: 9; color: $foreground-muted; }
        Field > Input { border: none; height: 1; padding: 0; width: 1fr; background: $background; }
        Field > Input:focus { border: none; background: $panel; }
        TextArea { height: auto; min-height: 3; max-height: 16; border: none; padding: 0; background: $background; }
        TextArea:focus { border: none; }
    }
    Composer.open { display: block; }
    Composer.note { border: round $warning; background: $warning-muted; }
    Composer.note .head { color: $warning; }
    Composer.note TextArea { background: $warning-muted; }
    Composer.side { border: round $success; }
    Composer.side .head { color: $success; }
    Composer.offered .offer { display: block; }
    Composer.stated .state, Composer.filed .files { display: block; }
    Composer.addressed #row-to, Composer.addressed.copied #row-cc { display: block; }
    Composer.expanded #row-to, Composer.expanded #row-cc, Composer.expanded #row-bcc, Composer.expanded #row-subject {
        display: block;
    }
    Composer.low TextArea { max-height: 5; }
    Composer.flat { overflow-y: auto; scrollbar-size-vertical: 1; }
    Composer.flat TextArea { max-height: 3; }
    """

    @dataclass
    class Typed(Message):
        """Something was typed."""

    def __init__(self, *, id: str = "composer") -> None:  # noqa: A002  Textual's own name
        super().__init__(id=id)
        self.kind: Kind = "reply"
        self._loading = 0
        self._offered: tuple[str, ...] = ()
        self.unknown = ""
        """The shortcut that was asked for and means nothing."""

    def compose(self) -> ComposeResult:
        yield Static("", classes="head", markup=False)
        yield Static("", classes="state", markup=False)
        yield Static("", classes="files", markup=False)
        yield Field("to", _("To"))
        yield Field("cc", _("Cc"))
        yield Field("bcc", _("Bcc"))
        yield Field("subject", _("Subject"))
        yield Static("", classes="offer", markup=False)
        area = TextArea(id="body", soft_wrap=True, tab_behavior="focus", show_line_numbers=False)
        area.highlight_cursor_line = False
        yield area

    def retitle(self) -> None:
        """The language is another: name the lines anew."""
        titles = {"to": _("To"), "cc": _("Cc"), "bcc": _("Bcc"), "subject": _("Subject")}
        for name, title in titles.items():
            self.query_one(f"#row-{name} > Static", Static).update(title, layout=False)

    @property
    def opened(self) -> bool:
        """True while it is on screen."""
        return self.has_class("open")

    def load(self, written: Written) -> None:
        """Show this to be written on."""
        self.kind = written.kind
        for name in FIELDS:
            self._put(self.query_one(f"#field-{name}", Input), getattr(written, name))
        area = self.query_one("#body", TextArea)
        if area.text != written.body:
            self._loading += 1
            area.load_text(written.body)
            area.move_cursor(area.document.end)
        self.set_class(written.kind == "note", "note")
        self.set_class(written.kind == "side", "side")
        self.offer(())
        self.set_class(written.kind != "note", "addressed")
        self.set_class(bool(written.cc) and written.kind != "note", "copied")
        begun = written.kind == "new" or (written.kind == "side" and not written.to)
        self.set_class(bool(written.bcc) or begun, "expanded")
        self.add_class("open")

    def head(self, text: str) -> None:
        """The line that says what this is."""
        self.query_one(".head", Static).update(clean_line(text), layout=False)

    def files(self, names: Sequence[str]) -> None:
        """What goes along."""
        self.set_class(bool(names), "filed")
        self.query_one(".files", Static).update(
            "+ " + ", ".join(clean_line(name) for name in names), layout=False
        )

    def state(self, text: str) -> None:
        """What the writer should know: why it came back, who else writes."""
        self.set_class(bool(text), "stated")
        self.query_one(".state", Static).update(clean(text))

    def written(self) -> Written:
        """What stands here now."""
        values = {name: clean_line(self.query_one(f"#field-{name}", Input).value) for name in FIELDS}
        return Written(self.kind, body=clean(self.query_one("#body", TextArea).text), **values)

    def close(self) -> None:
        """Leave the screen; what was written is the owner's to keep."""
        self.remove_class("open", "expanded", "stated", "filed", "offered")

    def address_typed(self) -> str:
        """What is being typed of an address: the end of the line of people that is written in; else empty."""
        field = self.screen.focused
        names = [f"field-{name}" for name in PEOPLE]
        if not isinstance(field, Line) or field.id not in names or field.cursor_position < len(field.value):
            return ""
        return clean_line(field.value.rpartition(",")[2])

    def offer(self, people: Sequence[str]) -> None:
        """Show people whose address or name begins as typed; the first is the one that is taken."""
        self._offered = tuple(clean_line(one) for one in people[:OFFERED])
        self.set_class(bool(self._offered), "offered")
        if self._offered:
            words = "   ".join(self._offered)
            self.query_one(".offer", Static).update(
                _("Tab takes {people}").format(people=words), layout=False
            )

    def take_offer(self) -> bool:
        """The first of them, in place of what was typed; False when nobody is offered."""
        field = self.screen.focused
        if not self._offered or not self.address_typed() or not isinstance(field, Line):
            return False
        before, comma, _typed = field.value.rpartition(",")
        field.value = f"{before}, {self._offered[0]}" if comma else self._offered[0]
        field.cursor_position = len(field.value)
        self.offer(())
        return True

    def focus_text(self) -> None:
        """Letters go into the text from now on."""
        self.screen.set_focus(self.query_one("#body", TextArea))

    def insert(self, text: str) -> None:
        """Text at the cursor, in place of what is marked; the letters after it go on there."""
        area = self.query_one("#body", TextArea)
        self.focus_text()
        area.replace(clean(text), *area.selection, maintain_selection_offset=False)

    def before_cursor(self) -> str:
        """The line of the text up to the cursor; empty while another field is written in."""
        area = self.query_one("#body", TextArea)
        if self.screen.focused is not area or not area.selection.is_empty:
            return ""
        row, column = area.cursor_location
        return str(area.document[row])[:column]

    def write_out(self, length: int, text: str) -> None:
        """Text in place of the last characters before the cursor."""
        area = self.query_one("#body", TextArea)
        row, column = area.cursor_location
        area.replace(clean(text), (row, column - length), (row, column), maintain_selection_offset=False)

    def chosen(self) -> str:
        """What is marked in the text, else all of it."""
        area = self.query_one("#body", TextArea)
        return clean(area.selected_text or area.text)

    def text(self) -> str:
        """The text as it stands in the field, letter by letter."""
        return self.query_one("#body", TextArea).text

    def mark(self, start: int, end: int) -> None:
        """Mark these letters of the text and bring them into view."""
        area, text = self.query_one("#body", TextArea), self.text()
        area.selection = Selection(place(text, start), place(text, end))

    def change(self, start: int, end: int, by: str) -> None:
        """Other letters in place of these."""
        text = self.text()
        self.query_one("#body", TextArea).replace(clean(by), place(text, start), place(text, end))

    def focus_next_field(self, step: int) -> None:
        """Go round the lines and the text; the recipients show themselves for it."""
        if self.kind == "note":
            return
        self.add_class("expanded")
        ring: list[Widget] = [
            *(self.query_one(f"#field-{name}", Input) for name in FIELDS),
            self.query_one("#body", TextArea),
        ]
        focused = self.screen.focused
        at = ring.index(focused) if focused in ring else len(ring) - 1
        self.screen.set_focus(ring[(at + step) % len(ring)])

    def on_input_changed(self, event: Input.Changed) -> None:
        """A line was typed in."""
        event.stop()
        if self._loading:
            self._loading -= 1
        else:
            self.post_message(self.Typed())

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """The text was typed in."""
        event.stop()
        if self._loading:
            self._loading -= 1
        else:
            self.post_message(self.Typed())

    def _put(self, field: Input, value: str) -> None:
        if field.value != value:
            self._loading += 1
            field.value = value
