"""Teaches the lessons one after another: says the task and its keys, counts keys, sees that it is done and taken back.

Invariant: it only looks; nothing of the store is changed by it but what a lesson prepares, in the learner's name.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Literal

from sqlalchemy import Connection, func, select

from agentdesk.config.language import N_, _, ngettext
from agentdesk.demo.lessons import Lesson, Look
from agentdesk.domain.learning import Seen, Told
from agentdesk.store.tables import changes, drafts, strokes

SKIP = "ctrl+x"
"""Leaves a lesson as it is."""
GO_ON = ("space", "enter")
_NAMES = {"escape": N_("Esc"), "enter": N_("Enter"), "f8": "F8"}


class Coach:
    """Follows one learner through the lessons."""

    def __init__(self, lessons: Sequence[Lesson], me: int, cases: Mapping[str, int]) -> None:
        self._lessons = tuple(lessons)
        self._me = me
        self._cases = cases
        self._at = -1
        self._phase: Literal["doing", "undoing", "done"] = "done"
        self._since = 0
        self._keys = 0
        self._stroke = 0

    def hello(self) -> Told:
        """Before the first lesson."""
        return Told(
            ngettext("{n} task, as every day has it.", "{n} tasks, as every day has them.", len(self._lessons)).format(
                n=len(self._lessons)),
            _("Space begins. ctrl+x skips a task, q leaves."),
        )  # fmt: skip

    def look(self, session: Connection, key: str, seen: Seen) -> Told:
        """A key has been carried out, or none (empty) and only time has passed: what to say now."""
        if key == SKIP:
            return self._next(session)
        if self._phase == "done":
            return self._next(session) if key in GO_ON else self._finished()
        if self._phase == "undoing":
            return self._next(session) if self._is_back(session, seen) else self._take_back()
        self._keys += bool(key)
        return self._judge(session, seen)

    def swallows(self, key: str) -> bool:
        """The key is for the coach alone: it goes on, or skips."""
        return key == SKIP or (self._phase == "done" and key in GO_ON)

    @property
    def lesson(self) -> Lesson:
        """The one in hand."""
        return self._lessons[self._at]

    def _judge(self, session: Connection, seen: Seen) -> Told:
        lesson = self.lesson
        look = Look(session, self._me, self._since, self._cases.get(lesson.case, 0), seen)
        if not lesson.done(look):
            return self._doing()
        newest = select(func.max(strokes.c.id)).where(
            strokes.c.agent_id == self._me, strokes.c.undoes.is_(None)
        )
        self._stroke = session.scalar(newest) or 0
        self._phase = "undoing" if lesson.undo else "done"
        return self._take_back() if lesson.undo else self._finished()

    def _next(self, session: Connection) -> Told:
        self._at = min(self._at + 1, len(self._lessons))
        if self._at == len(self._lessons):
            self._phase = "done"
            return self._finished()
        lesson = self.lesson
        self._phase, self._keys = "doing", 0
        self._since = int(session.scalar(select(func.max(changes.c.id))) or 0)
        case_id = self._cases.get(lesson.case, 0)
        if not lesson.keys:
            self._phase = "done"
        told = self._doing()
        prepare = partial(_call, lesson, case_id) if lesson.prepare is not None else None
        return Told(told.task, told.hint, show=case_id, select=lesson.select, prepare=prepare)

    def _doing(self) -> Told:
        lesson = self.lesson
        head = f"{self._at + 1}/{len(self._lessons)} · {_(lesson.task)}"
        if not lesson.keys:
            return Told(head, f"{_(lesson.hint)} {_('Space goes on.')}")
        count = ngettext("{n} key is enough", "{n} keys are enough", lesson.most).format(n=lesson.most)
        return Told(head, f"{_(lesson.hint)} ({count}; {self._keys})")

    def _count(self) -> str:
        return ngettext("Done in {n} key.", "Done in {n} keys.", self._keys).format(n=self._keys)

    def _take_back(self) -> Told:
        keys = " ".join(_(_NAMES.get(key, key)) for key in self.lesson.undo)
        back = _("Now {keys} takes it back.").format(keys=keys)
        return Told(f"{self._at + 1}/{len(self._lessons)} · {self._count()}", back)

    def _finished(self) -> Told:
        if self._at < 0:
            return self.hello()
        if self._at == len(self._lessons):
            done = _("That was all: you know what every day needs.")
            return Told(done, _("? explains the other keys; q leaves."), over=True)
        if not self.lesson.keys:
            return self._doing()
        return Told(f"{self._at + 1}/{len(self._lessons)} · {self._count()}", _("Space: the next task."))

    def _is_back(self, session: Connection, seen: Seen) -> bool:
        """What was done is taken back, or what was opened is left."""
        if self.lesson.undo == ("u",):
            taken = select(strokes.c.undone_by).where(strokes.c.id == self._stroke)
            return session.scalar(taken) is not None
        if self.lesson.undo == ("escape",):
            return seen.screen == "DeskScreen"
        return not seen.writing and session.scalar(select(func.count()).select_from(drafts)) == 0


def _call(lesson: Lesson, case_id: int, unit: object) -> object:
    assert lesson.prepare is not None
    return lesson.prepare(unit, case_id)  # type: ignore[arg-type]  # the bridge gives a unit
