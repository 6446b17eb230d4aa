"""What goes into the text being written: the snippet of a shortcut, the article of a topic, in the customer's language.

Invariants: nothing of a colleague's own is ever written out; a place that is not known stands there by its name, for
the writer to fill in, and is told.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from agentdesk.domain.knowledge import ArticleRow, State
from agentdesk.queries import filling, knowledge, suggesting
from agentdesk.text import template


@dataclass(frozen=True, slots=True)
class Expansion:
    """What a shortcut stands for here. `missing` are the places that nothing is known for."""

    snippet_id: int
    text: str
    missing: tuple[str, ...]


def expand(
    session: Connection, me: int | None, shortcut: str, case_id: int | None, now: datetime
) -> Expansion | None:
    """What the shortcut stands for in this case; None when there is no such snippet. Raises Problem."""
    language = spoken_in(session, case_id)
    found = knowledge.snippet_for(session, me, shortcut, language)
    if found is None:
        return None
    if not template.check(found.text):
        return Expansion(found.id, found.text, ())
    values = filling.values(session, filling.About(case_id), me, now, found.language or language or "en")
    filled = template.fill(found.text, values)
    return Expansion(found.id, filled.text, filled.missing)


def shelf(
    session: Connection, me: int, case_id: int | None, typed: str, limit: int = knowledge.PAGE
) -> knowledge.Found:
    """The published articles for who writes in this case: what fits it first, one of each topic."""
    first = [] if typed.strip() or case_id is None else suggesting.suggestions(session, me, case_id)
    return knowledge.find_articles(
        session, typed, state=State.PUBLISHED, language=spoken_in(session, case_id), limit=limit,
        first=[one.id for one in first if one.kind == "article"],
    )  # fmt: skip


def article_for(session: Connection, article_id: int, case_id: int | None) -> ArticleRow:
    """An article as this customer reads it. Raises NotFound."""
    return knowledge.in_language(session, article_id, spoken_in(session, case_id))


def spoken_in(session: Connection, case_id: int | None) -> str:
    """The customer's language; empty when nothing tells."""
    if case_id is None:
        return ""
    return next(iter(filling.languages_for(session, filling.About(case_id))), "")
