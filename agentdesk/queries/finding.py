"""Words and filters as SQL clauses: what `find` and `case list --query` understand.

Known: words (subject, customer, address; accents and case set aside), a case number, `status:` `is:` `tag:` `owner:`
`team:` `channel:`. Invariant: every value is bound, none is written into the text.
"""

import shlex
from typing import Any

from agentdesk.config.language import _
from agentdesk.domain.lifecycle import Status
from agentdesk.domain.problems import Usage
from agentdesk.text.fold import fold

_IS = {
    "open": " and c.shelf = 0",
    "waiting": " and c.waiting_since is not null and c.shelf = 0",
    "unassigned": " and c.owner_id is null",
    "overdue": " and c.due_at < :now and c.shelf = 0",
}
_NAMED = {
    "owner": " and c.owner_id = (select id from agents where login = :{p})",
    "team": " and c.team_id = (select id from teams where name = :{p})",
    "channel": " and c.channel_id = (select id from channels where name = :{p})",
    "tag": " and exists (select 1 from case_tags ct join tags t on t.id = ct.tag_id"
    " where ct.case_id = c.id and t.name = :{p})",
}


def clauses(query: str, now: int) -> tuple[str, dict[str, Any]]:
    """The clauses of a query and their values. Raises Usage naming the word that is not understood."""
    text, values = "", {}
    for position, word in enumerate(_words(query)):
        name = f"q{'abcdefghijklmnopqrstuvwxyz'[position % 26]}{'x' * (position // 26)}"
        key, colon, value = word.partition(":")
        if not colon:
            text += _word(word, name)
            values[name] = int(word.removeprefix("#")) if _is_number(word) else f"%{_escape(fold(word))}%"
        elif key == "is" and value in _IS:
            text += _IS[value]
            if ":now" in _IS[value]:
                values["now"] = now
        elif key == "status" and value in tuple(Status):
            text += f" and c.status = :{name}"
            values[name] = value
        elif key in _NAMED:
            text += _NAMED[key].format(p=name)
            values[name] = value
        else:
            raise Usage(
                _(
                    "«{word}» is not understood: write words, or status: is: tag: owner: team: channel:."
                ).format(word=word)
            )
    return text, values


def _words(query: str) -> list[str]:
    try:
        return shlex.split(query)[:40]
    except ValueError:
        return query.replace('"', " ").replace("'", " ").split()[:40]


def _is_number(word: str) -> bool:
    digits = word.removeprefix("#")
    return digits.isascii() and digits.isdigit() and len(digits) < 16


def _word(word: str, name: str) -> str:
    if _is_number(word):
        return f" and (c.id = :{name} or c.haystack like '%' || :{name} || '%')"
    return f" and c.haystack like :{name} escape '\\'"


def _escape(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
