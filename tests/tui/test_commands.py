"""Every command does what its row of the table says, by its key, wherever `when` is true: made from the table."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from textual.selection import SELECT_ALL
from tui import rig
from tui.layouts import LAYOUTS, is_plain
from tui.rig import Rig
from tui.rooms import Sample, SampleForm

from agentdesk.domain.lifecycle import Delivery
from agentdesk.domain.mail import Enclosure
from agentdesk.services import views as saved_views
from agentdesk.tui.commands import COMMANDS
from agentdesk.tui.dialogs.ask import AskDialog
from agentdesk.tui.dialogs.choose import Choice, Choices, ChooseDialog
from agentdesk.tui.dialogs.confirm import ConfirmDialog
from agentdesk.tui.dialogs.page import Page, PageDialog
from agentdesk.tui.keys import CONTEXTS, Command, Keymap
from agentdesk.tui.listroom import ListRoom
from agentdesk.tui.screens.desk import PANES, Pane
from agentdesk.tui.widgets.conversation import Conversation
from agentdesk.tui.widgets.customer import CustomerPane
from agentdesk.tui.widgets.footer import Footer
from agentdesk.tui.widgets.queue import QueueList

SMALL = (120, 14)
"""So low that every pane has more than it shows."""
ONLY: dict[str, set[str]] = {
    "open": {"queue"}, "why": {"queue"}, "next_view": {"queue"}, "previous_view": {"queue"},
    "back": {"conversation", "customer"}, "select": {"queue"}, "select_more": {"queue"},
    **{f"suggestion_{digit}": set() for digit in range(1, 10)},  # where something is suggested: test_macros
    "print_case": set(), "go_people": set(),  # where there is a printer, and for whoever leads: test_people
}  # fmt: skip
"""Commands that are there in some panes only."""


def position(r: Rig) -> float:
    """Where the cursor is, on whatever is on top."""
    if r.top == "ChooseDialog":
        return r.app.screen.query_one(Choices).cursor
    if r.top == "PageDialog":
        return r.app.screen.query_one(Page).top
    if isinstance(r.app.screen, ListRoom):
        return r.app.screen.roster.cursor
    if r.desk.pane == "queue":
        queue = r.desk.query_one(QueueList)
        return queue.held_ids.index(queue.current.id) if queue.current else -1
    return r.desk.query_one({"conversation": Conversation, "customer": CustomerPane}[r.desk.pane]).top


@dataclass
class Before:
    """What stood before the key."""

    url: str
    r: Rig
    answers: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.dump = rig.dump(self.url)
        self.pane, self.view, self.position = self.r.desk.pane, self.r.desk.listing.view, position(self.r)
        self.focused = self.r.app.screen.focused
        self.lines = self.r.desk.query_one(Conversation)._flow.lines
        self.text = self.r.desk.writing.widget.written().body if self.r.desk.writing.opened else ""

    def changed(self) -> set[int]:
        """The cases that are another than before."""
        return rig.changed_cases(self.dump, rig.dump(self.url))

    def field(self, name: str, case: int) -> Any:
        """A field of a case now."""
        return rig.execute(self.url, f"select {name} from cases where id = {case}")[0][0]


def _focus(r: Rig) -> str:
    return str(r.app.screen.focused.id) if r.app.screen.focused is not None else ""


def _pane(step: int) -> Callable[[Before], bool]:
    def check(b: Before) -> bool:
        wanted = PANES[(PANES.index(b.pane) + step) % 3]
        return b.r.desk.pane == wanted == _focus(b.r)

    return check


def _dialog(name: str) -> Callable[[Before], bool]:
    return lambda b: b.r.top == name


def _moved(sign: int, *, far: bool = False) -> Callable[[Before], bool]:
    def check(b: Before) -> bool:
        moved = (position(b.r) - b.position) * sign
        return moved > 1 if far else moved > 0

    return check


TABS = ("mine", "team", "free")
CHECKS: dict[tuple[str, str], Callable[[Before], bool]] = {
    ("store", "owner"): lambda b: b.changed() == {1} and b.field("owner_id", 1) == 1,
    ("store", "status"): lambda b: b.changed() == {1} and b.field("status", 1) == "resolved",
    ("store", "outbox"): lambda b: len(rig.dump(b.url)["leaving"]) == 1 and b.changed() == {1},
    ("store", "delivery"): lambda b: rig.execute(b.url, "select state from outbox")[0][0] == "queued",
    ("store", "as the last verb"): lambda b: b.changed() == {2} and b.field("status", 2) == "resolved",
    ("store", "as before the last verb"): lambda b: b.changed() == {1} and b.field("status", 1) == "new",
    ("store", "as before that stroke"): lambda b: b.changed() == {1} and b.field("status", 1) == "new",
    ("store", "as before the last undo"): lambda b: b.changed() == {1} and b.field("status", 1) == "resolved",
    **{("screen", c.states): _dialog(c.states) for c in COMMANDS if c.effect == "screen" and c.states[0].isupper()},
    ("screen", "answered"): lambda b: b.r.top == "DeskScreen" and len(b.answers) == 1,
    ("screen", "closed"): lambda b: b.r.top == "DeskScreen" and not b.answers,
    ("focus", "conversation"): lambda b: _focus(b.r) == "conversation" == b.r.desk.pane,
    ("focus", "queue"): lambda b: _focus(b.r) == "queue" == b.r.desk.pane,
    ("focus", "composer"): lambda b: _focus(b.r) in ("body", "field-to") and b.r.desk.context == "writing",
    ("focus", "field-to"): lambda b: _focus(b.r) == "field-to",
    ("focus", "field-subject"): lambda b: _focus(b.r) == "field-subject",
    ("focus", "reader"): lambda b: _focus(b.r) == "reader",
    ("focus", "roster"): lambda b: _focus(b.r) == "roster",
    ("focus", "typed"): lambda b: _focus(b.r) == "typed",
    ("focus", "next field"): lambda b: _focus(b.r) == "line-more",
    ("focus", "field before"): lambda b: _focus(b.r) == "body",
    ("screen", "opened"): lambda b: b.r.top == "DeskScreen" and len(b.answers) == 1,
    ("screen", "saved"): lambda b: b.r.top == "DeskScreen" and len(b.answers) == 1,
    ("focus", "next pane"): _pane(1),
    ("focus", "previous pane"): _pane(-1),
    ("cursor", "down"): _moved(1),
    ("cursor", "up"): _moved(-1),
    ("cursor", "page down"): _moved(1, far=True),
    ("cursor", "page up"): _moved(-1, far=True),
    ("cursor", "first"): lambda b: position(b.r) == 0 < b.position,
    ("cursor", "last"): _moved(1, far=True),
    ("view", "next"): lambda b: b.r.desk.listing.view == TABS[(TABS.index(b.view) + 1) % 3],
    ("view", "previous"): lambda b: b.r.desk.listing.view == TABS[(TABS.index(b.view) - 1) % 3],
    ("view", "found"): lambda b: b.r.desk.listing.view == "found",
    ("text", "typed"): lambda b: isinstance(b.r.app.screen, ListRoom),
    ("view", "rows"): lambda b: isinstance(b.r.app.screen, ListRoom),
    ("view", "selected"): lambda b: b.r.desk.selection.ids == (1,),
    ("view", "language"): lambda b: b.r.top == "MacroPreview",
    ("view", "folds"): lambda b: b.r.desk.query_one(Conversation)._flow.lines is not b.lines,
    ("text", "body"): lambda b: b.r.desk.writing.widget.written().body != b.text,
    ("terminal", "clipboard"): lambda b: "Hvor er min pakke?" in b.r.app.clipboard,
    ("terminal", "the program ends"): lambda b: b.r.app.return_value == 0,
    ("terminal", "the editor runs"): lambda b: "cannot hand over" in b.r.said,
}  # fmt: skip
"""What a row's effect and states mean. The editor runs in a real terminal (test_outside); here it is asked for."""


async def _to(r: Rig, pane: Pane) -> None:
    """Back to a calm desk with this pane in hand, in the middle of what it has."""
    while r.top != "DeskScreen":
        await r.press("escape")
    if r.desk.writing.opened:
        await r.desk.writing.throw_away()
    r.desk.selection.drop()
    if r.desk.listing.view != "team":
        await r.desk.listing.show("team")
    r.desk.focus_pane("queue")
    r.desk.query_one(QueueList).go_to(1)
    await r.desk.reading.show(1)
    r.desk.focus_pane(pane)
    await r.settle()


async def _in_the_middle(r: Rig) -> None:
    if r.desk.pane == "queue":
        r.desk.query_one(QueueList).move(3)
    else:
        r.desk.query_one(f"#{r.desk.pane}").set_top(7)  # type: ignore[attr-defined]
    await r.settle()


async def _in_a_view(r: Rig) -> None:
    with r.world.unit("anna") as unit:
        saved_views.save(unit, "vip", "tag:vip")
    await r.desk.listing.show("saved", "tag:vip", "vip")
    await r.settle()


async def _select(r: Rig) -> None:
    r.desk.selections = {r.desk.query_one(Conversation): SELECT_ALL}


CALM: dict[str, Callable[[Rig], Awaitable[None]]] = {
    **dict.fromkeys(("move_down", "move_up", "page_up", "first"), _in_the_middle),
    **dict.fromkeys(("keep_view", "drop_view"), _in_a_view), "copy": _select,
}  # fmt: skip
STORE = [command for command in COMMANDS if command.context == "desk" and command.effect == "store"]


async def _resolved(r: Rig) -> None:
    await r.press("e")


async def _resolved_then_next(r: Rig) -> None:
    await r.press("e")
    r.desk.query_one(QueueList).go_to(2)
    await r.desk.reading.show(2)


async def _resolved_and_back(r: Rig) -> None:
    await r.press("e", "u")


async def _failed(r: Rig) -> None:
    r.world.replies(1, hold=0)
    r.world.delivers(Delivery.FAILED)
    await r.desk.reading.show(1)
    await r.desk.reading.reload()


SCENES = {"repeat": _resolved_then_next, "undo": _resolved, "redo": _resolved_and_back, "send_again": _failed}


def test_every_command_states_its_effect() -> None:
    here = [c for c in COMMANDS if c.context in ("desk", "writing", *DIALOGS) and ONLY.get(c.name, True)]
    without = [command.name for command in here if (command.effect, command.states) not in CHECKS]
    assert len(without) == 0, without
    assert len({command.name for command in COMMANDS}) == len(COMMANDS)
    assert all(command.title and command.help for command in COMMANDS)


@pytest.mark.parametrize("pane", PANES)
async def test_keys_that_look_and_go_do_what_their_rows_say(pane: Pane, url: str, state: Path) -> None:
    broken, done = [], set()
    commands = [c for c in COMMANDS if c.context == "desk" and c.effect != "store" and c.name != "leave"]
    async with rig.desk(url, state, size=SMALL) as r:
        for command in commands:
            await _to(r, pane)
            await CALM.get(command.name, _nothing)(r)
            if not command.when(r.desk):
                continue
            done.add(command.name)
            before = Before(url, r)
            await _call(r, command)
            if not CHECKS[command.effect, command.states](before):
                broken.append(
                    f"{command.name}: {r.top} {r.desk.pane} {before.position} -> {position(r)} {r.said!r}"
                )
        assert rig.dump(url) == before.dump
    assert not broken, broken
    assert done == {c.name for c in commands if pane in ONLY.get(c.name, set(PANES))}


@pytest.mark.parametrize("pane", PANES)
@pytest.mark.parametrize("command", STORE, ids=lambda command: command.name)
async def test_verbs_do_what_their_rows_say(command: Command, pane: Pane, url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await SCENES.get(command.name, _nothing)(r)
        r.desk.focus_pane(pane)
        await r.settle()
        assert command.when(r.desk)
        before = Before(url, r)
        await _call(r, command)
        assert CHECKS[command.effect, command.states](before), r.said


async def _call(r: Rig, command: Command) -> None:
    """Press the command's key; one that has none is called by its name, as the palette does."""
    if command.keys:
        await r.press(command.keys[0])
    else:
        await command.run(r.app.screen)
        await r.settle()


async def test_leaving_does_what_its_row_says(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        before = Before(url, r)
        await r.press("q")
        await r.until(lambda: CHECKS["terminal", "the program ends"](before))


async def _nothing(_r: Rig) -> None:
    return


WRITING = [command for command in COMMANDS if command.context == "writing"]


@pytest.mark.parametrize("command", WRITING, ids=lambda command: command.name)
async def test_keys_in_the_composer_do_what_their_rows_say(
    command: Command, url: str, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with rig.desk(url, state) as r:
        await r.press("r")
        await r.type("Hej Mette")
        if command.name == "spell":
            monkeypatch.setenv("DICPATH", str(Path(__file__).parent / "words"))
        if command.name == "detach":
            await r.desk.writing.attach(Enclosure("a.txt", "text/plain", b"x"))
        if command.name == "other_version":
            r.desk.writing._spill.leave_other(
                "reply", 1, r.desk.writing.widget.written().__class__("reply", "", "", "", "", "Anden")
            )
        assert command.when(r.desk)
        before = Before(url, r)
        await r.press(command.keys[0])
        assert CHECKS[command.effect, command.states](before), (r.top, _focus(r), r.said)


DIALOGS = ("choosing", "asking", "confirming", "reading", "list", "typing", "form")
"""Contexts that stand on their own; a screen's own context is pressed in that screen's tests."""


def test_every_command_of_a_screen_of_its_own_is_named_in_its_tests() -> None:
    tests = "\n".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))
    own = [one for one in COMMANDS if one.context not in ("desk", "writing", *DIALOGS)]
    assert [one.name for one in own if f'"{one.name}"' not in tests] == []
    assert {one.context for one in COMMANDS} <= {place.name for place in CONTEXTS}


@pytest.mark.parametrize("context", DIALOGS)
async def test_keys_in_dialogs_do_what_their_rows_say(context: str, url: str, state: Path) -> None:
    broken = []
    async with rig.desk(url, state) as r:
        for command in (c for c in COMMANDS if c.context == context):
            before = Before(url, r)
            await _asked(r, command, before.answers)
            before.position = position(r)
            assert command.when(r.app.screen)
            await r.press(command.keys[0])
            if not CHECKS[command.effect, command.states](before):
                broken.append(f"{command.name}: {r.top}")
            await _to(r, "queue")
    assert not broken, broken


async def _asked(r: Rig, command: Command, answers: list[Any]) -> None:
    """A dialog of the command's context is on screen, in the middle of what it has."""

    async def take(answer: Any = None) -> None:
        answers.append(answer)

    made = {
        "choosing": lambda: ChooseDialog("Hvad?", [Choice(n, f"Valg {n}", c) for n, c in enumerate("abcd")], take),
        "asking": lambda: AskDialog("Hvad?", take, start="noget"),
        "confirming": lambda: ConfirmDialog("Sikker?", take),
        "reading": lambda: PageDialog("Side", "\n".join(f"linje {n}" for n in range(200))),
        "list": lambda: Sample(r.desk, answers), "typing": lambda: Sample(r.desk, answers),
        "form": lambda: SampleForm(r.desk, answers),
    }  # fmt: skip
    await r.app.push_screen(made[command.context]())
    await r.settle()
    if command.context == "list":
        await r.press("tab")
    if isinstance(r.app.screen, Sample):
        r.app.screen.roster.move(100 if command.states in ("up", "page up", "first") else 0)
    elif command.states in ("up", "page up"):
        r.app.screen.move(25 if command.context == "reading" else 2)  # type: ignore[attr-defined]
        await r.settle()


def test_no_key_stands_twice_in_one_context() -> None:
    seen: set[tuple[str, str]] = set()
    twice = [
        (c.context, key)
        for c in COMMANDS
        for key in c.keys
        if (c.context, key) in seen or seen.add((c.context, key))
    ]
    assert not twice
    Keymap(COMMANDS, {})
    letters = [command.letter for command in COMMANDS if command.letter]
    assert len(letters) == len(set(letters))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_no_command_needs_shift_alt_or_altgr(layout: str) -> None:
    assert [c.name for c in COMMANDS if c.keys and not any(is_plain(key, layout) for key in c.keys)] == []


def test_the_keys_that_the_product_names_stand_where_it_names_them() -> None:
    keymap = Keymap(COMMANDS, {})
    named = {"n": "next", "j": "move_down", "k": "move_up", "enter": "open", "r": "reply", "c": "compose", "i": "note",
             "a": "assign", "e": "resolve", "s": "status", "z": "snooze", "t": "tag", "p": "priority", "o": "files",
             "f": "find", "slash": "find", "v": "views", "full_stop": "repeat", "u": "undo", "escape": "back",
             "question_mark": "help", "f1": "help", "q": "leave"}  # fmt: skip
    for key, name in named.items():
        found = keymap.find("desk", key)
        assert found is not None
        assert found.name == name
    for key in ("ctrl+s", "f2", "ctrl+enter"):
        found = keymap.find("writing", key)
        assert found is not None
        assert found.name == "send"


def look(r: Rig, last: tuple[str, str]) -> None:
    """The footer on top: whole words of commands that work now, the one that explains the others last."""
    footer = r.app.screen.query_one(Footer)
    items = footer.shown(footer.size.width)
    context = r.app.screen.context  # type: ignore[attr-defined]
    known = {(c.key, c.title): c for c in r.desk.house.keymap.of(context)}
    assert items[-1] == last
    assert len(items) > 1
    assert all(known[item].when(r.app.screen) for item in items)
    drawn = footer.render_line(0).text
    assert drawn.split() == [word for item in items for word in " ".join(item).split()]
    assert len(drawn) == footer.size.width


async def test_the_footer_says_only_what_works_here_in_whole_words(url: str, state: Path) -> None:
    async with rig.desk(url, state, size=(80, 24)) as r:
        for pane in PANES:
            r.desk.focus_pane(pane)
            await r.settle()
            look(r, ("?", "keys"))
        await r.press("e")
        look(r, ("?", "keys"))
        assert "resolve" not in [title for _key, title in r.desk.query_one(Footer).shown(80)]
        await r.press("r")
        look(r, ("F1", "keys"))
        await r.press("escape")
        for key, last in (("t", ("Esc", "back")), ("f", ("F1", "keys")), ("question_mark", ("Esc", "back"))):
            await r.press(key)
            await r.settle()
            look(r, last)
            await r.press("escape")
    rig.execute(url, "update cases set status = 'closed'")
    async with rig.desk(url, state, size=(80, 24), cases=False) as r:
        look(r, ("?", "keys"))
        assert {key for key, _title in r.desk.query_one(Footer).shown(80)} <= {
            "n",
            "f",
            "g",
            "c",
            "v",
            "Tab",
            "u",
            "ctrl+p",
            "q",
            "?",
        }
        assert "Nothing waits." in r.desk.query_one(QueueList).line(1).text
