"""The one query language of search, views and rules, read into a small tree.

    words  "a phrase"  prefix*  from: to: subject:  customer: order:  tag: status: is: owner: team: channel:
    before: after:      -not      a or:b      (brackets)        a value with a space stands in quotes: tag:"very late"

What stands side by side must all be true; `or:` joins the two it stands between and binds closer. A word followed by a
colon that is no filter is refused when it looks like one ("statsu:open") and is a word when it does not ("12:30").

Invariants: reading never fails but with QueryError, whose position and length lie inside the text; nothing that was
asked for is left out in silence; the tree holds what was typed (folding is for whoever compares), and no clock is
asked: `before:` and `after:` keep their words.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Final

from agentdesk.config.language import _
from agentdesk.domain import past
from agentdesk.domain.lifecycle import Status
from agentdesk.domain.problems import Problem, Usage

TEXT_KEYS: Final = ("from", "to", "subject")
"""Filters on the words of one message."""
CASE_KEYS: Final = ("tag", "status", "is", "customer", "order", "channel", "team", "owner")
DATE_KEYS: Final = ("before", "after")
KEYS: Final = (*TEXT_KEYS, *CASE_KEYS, *DATE_KEYS)
IS: Final = (
    "open", "waiting", "unassigned", "mine", "overdue", "unread", "new", "pending", "snoozed", "resolved", "closed",
    "spam", "done", "merged",
)  # fmt: skip
"""What `is:` may ask."""
ME: Final = "me"
NOBODY: Final = ("nobody", "none")
MOST_TERMS: Final = 40
LONGEST: Final = 4000
_DEEPEST = 20
_SHORTEST_PREFIX = 2
_OR = "or:"
_KEY = re.compile(r"([^\W\d_]+):")
_NO_SIGN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""What no store takes as a value: it was pasted, and nobody sees it."""
_SHOWN = 40


class QueryError(Usage):
    """The query is wrong at one place: `position` and `length` in the text that was given."""

    def __init__(self, sentence: str, position: int, length: int) -> None:
        super().__init__(sentence)
        self.position = position
        self.length = length


@dataclass(frozen=True, slots=True)
class Words:
    """Words that follow one another in a message; in one field of it, or anywhere when `field` is empty."""

    text: str
    prefix: bool = False
    """The last word is only the beginning of one."""
    field: str = ""
    start: int = 0
    length: int = 0

    @property
    def number(self) -> int | None:
        """The case number that this may be as well, as in 48213 or #48213."""
        digits = self.text.removeprefix("#")
        plain = not self.prefix and not self.field and len(digits) < 16
        return int(digits) if plain and digits.isascii() and digits.isdigit() else None


@dataclass(frozen=True, slots=True)
class Filter:
    """A fact of the case, or a time: `key` is one of CASE_KEYS and DATE_KEYS."""

    key: str
    value: str
    start: int = 0
    length: int = 0


@dataclass(frozen=True, slots=True)
class Not:
    """What must not be."""

    part: "Node"


@dataclass(frozen=True, slots=True)
class All:
    """What must all be."""

    parts: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Any:
    """Of which one must be."""

    parts: "tuple[Node, ...]"


Node = Words | Filter | Not | All | Any


@dataclass(frozen=True, slots=True)
class Query:
    """A query that was understood. Without a tree it asks for everything."""

    text: str
    tree: Node | None

    @property
    def leaves(self) -> tuple[Words | Filter, ...]:
        """Every word and filter in it, in their order."""
        return _leaves(self.tree) if self.tree is not None else ()

    @property
    def asks_for_me(self) -> bool:
        """Whether the answer depends on who asks."""
        return any(
            isinstance(leaf, Filter) and (leaf.key, leaf.value.casefold()) in {("owner", ME), ("is", "mine")}
            for leaf in self.leaves
        )


def parse(text: str, *, unfinished: bool = False) -> Query:
    """The tree of a query. `unfinished`: it is still being typed, so its last word is only a beginning.

    Raises QueryError pointing at the word that is not understood.
    """
    if len(text) > LONGEST:
        raise QueryError(
            _("That is too long: use at most {n} characters.").format(n=LONGEST), LONGEST, len(text) - LONGEST
        )
    return Query(text, _Reader(text, unfinished).all_of_it())


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a query: "(", ")", "-", "or:" or a term as it stands."""

    kind: str
    text: str
    start: int

    @property
    def length(self) -> int:
        return len(self.text)


def tokens(text: str) -> list[Token]:
    """The pieces of a query; every character that is no space belongs to one."""
    found: list[Token] = []
    at = depth = 0
    while at < len(text):
        here = text[at]
        if here.isspace():
            at += 1
            continue
        if text.startswith(_OR, at) and _follows_a_term(found):
            one = Token("or", _OR, at)
        elif here == "(" or (here == ")" and depth):
            depth += 1 if here == "(" else -1
            one = Token(here, here, at)
        elif here == "-" and at + 1 < len(text) and not text[at + 1].isspace():
            one = Token("-", here, at)
        else:
            one = _term(text, at, depth)
        found.append(one)
        at += max(1, one.length)
    return found


def _follows_a_term(found: list[Token]) -> bool:
    return bool(found) and found[-1].kind in {"term", ")", "or"}


def _term(text: str, at: int, depth: int) -> Token:
    """A term: up to a space, or a bracket that closes one opened before it; quotes keep both."""
    end, inner = at, 0
    while end < len(text) and not text[end].isspace():
        if text[end] == '"':
            closing = text.find('"', end + 1)
            end = len(text) if closing < 0 else closing + 1
            continue
        if text[end] == "(":
            inner += 1
        elif text[end] == ")":
            if inner == 0 and depth:
                break
            inner -= 1
        end += 1
    return Token("term", text[at : max(end, at + 1)], at)


class _Reader:
    """Reads the pieces from left to right: what stands side by side, then or:, then not, then one term."""

    def __init__(self, text: str, unfinished: bool) -> None:
        self._tokens = tokens(text)
        self._at = 0
        self._depth = 0
        self._terms = 0
        self._open_end = unfinished and bool(text) and not text[-1].isspace() and text[-1] not in '"*)'

    def all_of_it(self) -> Node | None:
        found = self._side_by_side()
        if found is None and self._tokens:
            first, last = self._tokens[0], self._tokens[-1]
            raise QueryError(
                _("There is no letter or digit in this to look for."),
                first.start,
                last.start + last.length - first.start,
            )
        return found

    def _next(self) -> Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _side_by_side(self) -> Node | None:
        parts: list[Node] = []
        while (token := self._next()) is not None and token.kind != ")":
            part = self._either()
            if part is not None:
                parts.append(part)
        return _joined(All, parts)

    def _either(self) -> Node | None:
        parts = [self._one()]
        while (token := self._next()) is not None and token.kind == "or":
            self._at += 1
            following = self._next()
            if following is None or following.kind in {")", "or"}:
                raise QueryError(
                    _("or: joins two things: write something behind it."), token.start, token.length
                )
            parts.append(self._one())
        return _joined(Any, [part for part in parts if part is not None])

    def _one(self) -> Node | None:
        token = self._next()
        assert token is not None
        self._at += 1
        if token.kind == "-":
            return self._denied(token)
        if token.kind == "(":
            return self._bracket(token)
        self._terms += 1
        if self._terms > MOST_TERMS:
            raise QueryError(
                _("That is too much to look for at once: use at most {n} words.").format(n=MOST_TERMS),
                token.start, token.length,
            )  # fmt: skip
        found = _read_term(token)
        if self._open_end and self._at == len(self._tokens) and isinstance(found, Words):
            found = replace(found, prefix=_letters(found.text) >= _SHORTEST_PREFIX)
        return found

    def _denied(self, token: Token) -> Node | None:
        self._deeper(token)
        following = self._next()
        alone = following is None or following.kind in {")", "or"}
        part = None if alone else self._one()  # a dash by itself is no word
        self._depth -= 1
        if part is None:
            return None
        return part.part if isinstance(part, Not) else Not(part)

    def _bracket(self, opening: Token) -> Node | None:
        self._deeper(opening)
        found = self._side_by_side()
        closing = self._next()
        if closing is None:
            raise QueryError(
                _("This bracket is never closed: write ) where it ends."), opening.start, opening.length
            )
        self._at += 1
        self._depth -= 1
        return found

    def _deeper(self, token: Token) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise QueryError(
                _("There are too many brackets in one another: use at most {n}.").format(n=_DEEPEST),
                token.start, token.length,
            )  # fmt: skip


def _joined(kind: Callable[[tuple[Node, ...]], Node], parts: list[Node]) -> Node | None:
    return None if not parts else parts[0] if len(parts) == 1 else kind(tuple(parts))


def _read_term(token: Token) -> Words | Filter | None:
    """One term; None for signs without a letter or digit, which nothing is found by."""
    match = _KEY.match(token.text)
    if match is None:
        return _words(token, token.text, "")
    key, value = match[1].lower(), token.text[match.end() :]
    if key not in KEYS:
        if value.startswith("//"):  # an address of the web that was pasted
            return _words(token, token.text, "")
        raise _unknown(token, match[1])
    plain = _NO_SIGN.sub("", value.replace('"', "")).strip()
    if not plain:
        raise QueryError(
            _("There is nothing behind {key}: to look for.").format(key=key), token.start, token.length
        )
    if key in TEXT_KEYS:
        found = _words(token, value, key)
        if found is None:
            raise QueryError(
                _("There is no letter or digit behind {key}: to look for.").format(key=key),
                token.start, token.length,
            )  # fmt: skip
        return found
    return Filter(key, _checked(token, key, plain), token.start, token.length)


def _words(token: Token, text: str, field: str) -> Words | None:
    quoted = text.startswith('"')
    plain = text.replace('"', " ").strip()
    letters = _letters(plain)
    if not letters:
        return None
    prefix = plain.endswith("*") and not quoted
    if prefix and letters < _SHORTEST_PREFIX:
        raise QueryError(
            _("One letter begins too many words: write two or more before the *."), token.start, token.length
        )
    return Words(plain.rstrip("*") if prefix else plain, prefix, field, token.start, token.length)


def _checked(token: Token, key: str, value: str) -> str:
    """The value of a filter. Raises QueryError when it is none of those there are."""
    if key in {"status", "is"}:
        known = tuple(Status) if key == "status" else IS
        if value.lower() not in known:
            raise QueryError(
                _("“{value}” is not understood behind {key}: write one of {known}.").format(
                    value=printable(value), key=key, known=", ".join(known)
                ),
                token.start, token.length,
            )  # fmt: skip
        return value.lower()
    if key in DATE_KEYS:
        try:
            past.check(value)
        except Problem as problem:
            raise QueryError(str(problem), token.start, token.length) from None
    return value


def _unknown(token: Token, key: str) -> QueryError:
    near = get_close_matches(key.lower(), KEYS, n=1)
    sentence = (
        _("“{word}” is not understood; did you mean {near}:?") if near
        else _("“{word}” is not understood: put it in quotes to look for it as it stands.")
    )  # fmt: skip
    return QueryError(
        sentence.format(word=printable(token.text), near=near[0] if near else ""), token.start, token.length
    )


def printable(word: str) -> str:
    """A word of the query as a sentence may repeat it."""
    return "".join(sign for sign in word if sign.isprintable())[:_SHOWN]


def _letters(text: str) -> int:
    return sum(sign.isalnum() for sign in text)


def _leaves(node: Node) -> tuple[Words | Filter, ...]:
    if isinstance(node, Not):
        return _leaves(node.part)
    if isinstance(node, All | Any):
        return tuple(leaf for part in node.parts for leaf in _leaves(part))
    return (node,)
