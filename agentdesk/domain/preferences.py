"""What belongs to an agent and follows them to any machine: language, time zone, theme, keys, signature, habits.

Invariants: what the store holds is read whole whatever is broken in it (a preference that means nothing is one that was
not chosen); what is written has been checked; where the agent has not chosen, the settings file of this machine says.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from agentdesk.config.language import _, is_spoken
from agentdesk.config.laws import is_zone
from agentdesk.config.settings import Me
from agentdesk.domain.problems import Problem

AfterSend = Literal["", "stay", "next"]
LONGEST_SIGNATURE: Final = 2000
_KEY: Final = re.compile(r"(?:(?:ctrl|shift|alt)\+){0,3}[a-z0-9_]{1,30}")
_COMMAND: Final = re.compile(r"[a-z0-9_]{1,60}")
_THEME: Final = re.compile(r"[\w-][\w .-]{0,59}")


@dataclass(frozen=True, slots=True)
class Preferences:
    """What an agent has chosen; an empty value is not chosen."""

    language: str = ""
    timezone: str = ""
    theme: str = ""
    signature: str = ""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Command name -> the key that runs it instead of its usual first one."""
    bell: bool = False
    """Ring when a customer writes in a case of one's own."""
    after_send: AfterSend = ""
    greeted: bool = False
    """Has opened the desk before and seen the first screen."""

    def with_fallback(self, me: Me) -> "Preferences":
        """The same, with what was not chosen taken from the settings file."""
        return replace(
            self, language=self.language or me.language, timezone=self.timezone or me.timezone,
            theme=self.theme or me.theme, keys={**me.keys, **self.keys},
            after_send=self.after_send or me.after_send,
        )  # fmt: skip


def read(language: str, timezone: str, theme: str, signature: str, packed: str) -> Preferences:
    """The preferences as the store's columns hold them; what is broken there is left out."""
    try:
        found = json.loads(packed or "{}")
    except ValueError:
        found = {}
    kept: Mapping[str, Any] = found if isinstance(found, dict) else {}
    keys = kept.get("keys")
    after = kept.get("after_send")
    return Preferences(
        language=language if not language or is_spoken(language) else "",
        timezone=timezone if not timezone or is_zone(timezone) else "",
        theme=theme if _THEME.fullmatch(theme) else "",
        signature=signature,
        keys={name: key for name, key in keys.items() if _is_pair(name, key)}
        if isinstance(keys, dict)
        else {},
        bell=kept.get("bell") is True,
        after_send=after if after in ("stay", "next") else "",
        greeted=kept.get("greeted") is True,
    )


def packed(these: Preferences) -> str:
    """What has no column of its own, as the store keeps it."""
    return json.dumps(
        {"keys": dict(these.keys), "bell": these.bell, "after_send": these.after_send, "greeted": these.greeted},
        ensure_ascii=False, sort_keys=True,
    )  # fmt: skip


def checked(these: Preferences) -> Preferences:
    """The same, when all of it may be kept. Raises Problem saying what may not."""
    if these.language and not is_spoken(these.language):
        raise Problem(_("That language is not spoken here: write en, da or nb."))
    if these.timezone and not is_zone(these.timezone):
        raise Problem(_("There is no such time zone: write it like Europe/Copenhagen."))
    if these.theme and not _THEME.fullmatch(these.theme):
        raise Problem(_("That cannot be the name of a theme."))
    if len(these.signature) > LONGEST_SIGNATURE:
        raise Problem(_("A signature has at most {n} letters: make it shorter.").format(n=LONGEST_SIGNATURE))
    if these.after_send not in ("", "stay", "next"):
        raise Problem(_("After sending the desk can stay or go to the next case: write stay or next."))
    if not all(_is_pair(name, key) for name, key in these.keys.items()):
        raise Problem(_("That is not a command and a key: write them like resolve=f9."))
    return these


def _is_pair(name: object, key: object) -> bool:
    return (
        isinstance(name, str) and isinstance(key, str)
        and _COMMAND.fullmatch(name) is not None and _KEY.fullmatch(key) is not None
    )  # fmt: skip
