"""The twelve everyday tasks as an agent learns them: what to do, the keys that do it, and how it is known to be done.

Invariant: a lesson is done when the store or the screen says so, whatever keys led there; `keys` are enough, and no
more of them than `most`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, select

from agentdesk.automation import macros as running
from agentdesk.config.language import N_
from agentdesk.domain.learning import Seen
from agentdesk.store.tables import articles, changes, macros, strokes
from agentdesk.store.unit import UnitOfWork

TEN: Final = 10


@dataclass(frozen=True, slots=True)
class Look:
    """Where a learner stands: the store, who they are, since which change they try, in which case, what they see."""

    session: Connection
    me: int
    since: int
    case_id: int
    seen: Seen

    def facts(self, verb: str) -> list[Any]:
        """What the learner's newest stroke of this verb has changed since the lesson began."""
        query = (
            select(changes).join(strokes, strokes.c.id == changes.c.stroke_id)
            .where(changes.c.id > self.since, strokes.c.agent_id == self.me, strokes.c.verb == verb,
                   strokes.c.undone_by.is_(None))
            .order_by(changes.c.id)
        )  # fmt: skip
        return list(self.session.execute(query))

    def changed(self, verb: str, field: str, after: str | None = None) -> bool:
        """The stroke has given the case this field, with this value where one is named."""
        return any(
            fact.case_id == self.case_id and fact.field == field and after in (None, fact.after)
            for fact in self.facts(verb)
        )


@dataclass(frozen=True, slots=True)
class Lesson:
    """One task."""

    name: str
    task: str
    hint: str
    keys: tuple[str, ...]
    """Keys that do it, as a terminal sends them: the test plays them."""
    most: int
    """Keys that are enough, by the product's promise."""
    done: Callable[[Look], bool]
    case: str = ""
    """Whose case it is about; empty: the queue's."""
    undo: tuple[str, ...] = ("u",)
    """The keys that take it back, or that leave what it opened; empty when there is nothing to take back."""
    select: int = 0
    prepare: Callable[[UnitOfWork, int], object] | None = None


def _took_next(look: Look) -> bool:
    return any(fact.field == "owner_id" and fact.after == str(look.me) for fact in look.facts("claim"))


def _answered_and_closed(look: Look) -> bool:
    return look.changed("macro", "status", "resolved") and look.changed("macro", "queued")


def _inserted(look: Look) -> bool:
    texts = look.session.scalars(select(articles.c.body).where(articles.c.state == "published"))
    return any(text[:40] in look.seen.writing for text in texts if text.strip())


def _assigned(look: Look) -> bool:
    return look.changed("assign", "owner_id")


def _order_in_sight(_look: Look) -> bool:
    return True


def _merged(look: Look) -> bool:
    return bool(look.facts("merge"))


def _snoozed(look: Look) -> bool:
    return look.changed("snooze", "status", "snoozed")


def _tagged(look: Look) -> bool:
    return look.changed("tag", "tag")


def _history(look: Look) -> bool:
    return look.seen.screen == "CustomerScreen"


def _called(look: Look) -> bool:
    return any(fact.kind == "mention" for fact in look.facts("note"))


def _undone(look: Look) -> bool:
    return bool(look.facts("undo"))


def _ten_in_spam(look: Look) -> bool:
    facts = look.facts("spam")
    return len([one for one in facts if (one.field, one.after) == ("status", "spam")]) == TEN


def _wrong_macro(unit: UnitOfWork, case_id: int) -> None:
    """What the learner is to take back."""
    wrong = unit.session.execute(select(macros.c.id).where(macros.c.slug == "wrong-person")).scalar_one()
    running.run(unit, wrong, case_id)


LESSONS: Final = (
    Lesson("next", N_("Take the case that is most urgent."), N_("n takes it and opens it."), ("n",), 1, _took_next),
    Lesson("macro", N_("Answer with the macro that is suggested first, and close the case."),
           N_("1 shows it filled in, Enter sends it and does the rest."), ("1", "enter"), 5, _answered_and_closed,
           case="Karen Bech"),
    Lesson("article", N_("Put what the team knows about returns into an answer."),
           N_("b finds an article; type the beginning of a word; Enter puts it at the cursor."),
           ("b", "r", "e", "enter"), 4, _inserted, case="Oliver Thygesen", undo=("f8", "enter")),
    Lesson("assign", N_("Give the case to Camilla."), N_("a asks for whom; c a is enough; Enter."),
           ("a", "c", "a", "enter"), 4, _assigned, case="Niels Ravn"),
    Lesson("order", N_("Find the customer's last order."),
           N_("No key at all: it stands beside the case, with its status and its parcel."), (), 0, _order_in_sight,
           case="Mette Sørensen", undo=()),
    Lesson("merge", N_("The customer has written twice: make one case of both."),
           N_("d suggests the other one; Enter merges."), ("d", "enter"), 2, _merged, case="Ida Bæk"),
    Lesson("snooze", N_("Hide the case until tomorrow at nine."), N_("z asks until when; t is tomorrow."),
           ("z", "t"), 2, _snoozed, case="Birgit Toft"),
    Lesson("tag", N_("Tag the case: return."), N_("t asks for the tag; r e is enough; Enter."),
           ("t", "r", "e", "enter"), 4, _tagged, case="Niels Ravn"),
    Lesson("history", N_("See all that this customer has written."), N_("h shows everything."), ("h",), 1, _history,
           case="Mette Sørensen", undo=("escape",)),
    Lesson("note", N_("Leave a note that calls Bjarke."),
           N_("i begins a note; @b and Tab name him; some words; ctrl+s keeps it."),
           ("i", "@", "b", "tab", "!", "ctrl+s"), 6, _called, case="Birgit Toft"),
    Lesson("undo", N_("A wrong macro has just been sent from this case. Take it back, all of it."),
           N_("u takes it back: the mail has not left yet."), ("u",), 1, _undone, case="Karen Winther", undo=(),
           prepare=_wrong_macro),
    Lesson("bulk", N_("Ten cases are selected. All of them are spam."), N_("s asks for the status; s is spam."),
           ("s", "s"), 2, _ten_in_spam, select=TEN),
)  # fmt: skip
