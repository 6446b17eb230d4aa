"""Words and filters as SQL clauses: what `find` and `case list --query` understand.

Known: words (subject, customer, address; accents and case set aside), a case number, `status:` `is:` `tag:` `owner:`
`team:` `channel:`; what stands in double quotes is taken as it is. Invariants: every value is bound, none is written
into the text; nothing that was asked for is left out in silence.
"""

import re
from typing import Any

from agentdesk.config.language import _
from agentdesk.domain.lifecycle import Status
from agentdesk.domain.problems import Usage
from agentdesk.text.clean import clean_line
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


_WORD = re.compile(r'(?:[^\s"]|"[^"]*"?)+')
_MOST = 40


def clauses(query: str, now: int) -> tuple[str, dict[str, Any]]:
    """The clauses of a query and their values. Raises Usage naming the word that is not understood."""
    text = ""
    values: dict[str, Any] = {}
    words = _WORD.findall(clean_line(query))
    if len(words) > _MOST:
        raise Usage(_("That is too much to look for at once: use at most {n} words.").format(n=_MOST))
    for position, quoted in enumerate(words):
        name = f"q{'abcdefghijklmnopqrstuvwxyz'[position % 26]}{'x' * (position // 26)}"
        word = quoted.replace('"', "")
        key, colon, value = word.partition(":")
        if quoted.startswith('"') or not colon:
            more, bound = _words_clause(word, name)
        elif key == "is" and value in _IS:
            more, bound = _IS[value], {"now": now} if ":now" in _IS[value] else {}
        elif key == "status" and value in tuple(Status):
            more, bound = f" and c.status = :{name}", {name: value}
        elif key in _NAMED:
            more, bound = _NAMED[key].format(p=name), {name: value}
        else:
            raise Usage(
                _(
                    "«{word}» is not understood: write words, or status: is: tag: owner: team: channel:."
                ).format(word=word)
            )
        text += more
        values |= bound
    return text, values


def _words_clause(word: str, name: str) -> tuple[str, dict[str, Any]]:
    like, bound = f"c.haystack like :{name} escape '\\'", {name: f"%{_escape(fold(word))}%"}
    if not _is_number(word):
        return f" and {like}", bound
    digits = word.removeprefix("#")
    return f" and (c.id = :{name}n or {like})", {name: f"%{digits}%", f"{name}n": int(digits)}


def _is_number(word: str) -> bool:
    digits = word.removeprefix("#")
    return digits.isascii() and digits.isdigit() and len(digits) < 16


def _escape(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
