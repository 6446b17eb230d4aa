"""What could stand at the cursor of a query: filters, their values, names that the desk knows.

Invariant: a completion replaces exactly one piece of the text, and what it makes is read as one term again: a name with
a space is put in quotes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from agentdesk.domain import past, query
from agentdesk.domain.hits import Vocabulary
from agentdesk.domain.lifecycle import Status

MOST: Final = 12


@dataclass(frozen=True, slots=True)
class Completion:
    """`text` in place of what stands from `start` to `end`; a filter without its value ends with its colon."""

    text: str
    start: int
    end: int


def complete(text: str, cursor: int, known: Vocabulary) -> tuple[Completion, ...]:
    """What the word before the cursor could become, likeliest first; nothing when there is nothing to add."""
    cursor = max(0, min(cursor, len(text)))
    start, word = _word(text, cursor)
    end = start + len(word)
    key, colon, begun = word.partition(":")
    if not colon:
        found: Iterable[str] = (f"{name}:" for name in query.KEYS)
        begun = word
    else:
        found = (f"{key}:{_quoted(value)}" for value in _values(key.lower(), known, begun.replace('"', "")))
        begun = ""
    folded = begun.lower()
    fitting = [one for one in dict.fromkeys(found) if one.lower().startswith(folded) and one != word]
    return tuple(Completion(one, start, end) for one in fitting[:MOST])


def _word(text: str, cursor: int) -> tuple[int, str]:
    """The piece that ends at the cursor, without what stands before it; its quotes are kept."""
    for token in query.tokens(text[:cursor]):
        if token.kind == "term" and token.start + token.length == cursor:
            return token.start, token.text
    return cursor, ""


def _values(key: str, known: Vocabulary, begun: str) -> list[str]:
    people = ("me", "nobody", *known.owners)
    of_key: dict[str, tuple[str, ...]] = {
        "is": query.IS, "status": tuple(Status), "tag": known.tags, "owner": people, "team": ("none", *known.teams),
        "channel": known.channels, "before": past.WORDS, "after": past.WORDS,
    }  # fmt: skip
    wanted = begun.casefold()
    names = of_key.get(key, ())
    first = [one for one in names if one.casefold().startswith(wanted)]
    inside = [one for one in names if one not in first and wanted in one.casefold()]
    return [one for one in (*first, *inside) if one != begun]


def _quoted(value: str) -> str:
    return f'"{value}"' if any(sign.isspace() or sign in '()"' for sign in value) else value
