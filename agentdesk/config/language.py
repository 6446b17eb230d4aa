"""The language of this process: gettext, chosen once by the face that starts it.

Invariant: a text is translated when it is shown, never when a module is imported; tables of literals mark with
`N_`.
"""

import gettext as _gettext
from pathlib import Path

LANGUAGES = ("en", "da", "nb")
_ALIASES = {"no": "nb", "nn": "nb"}
_LOCALE = Path(__file__).parent.parent / "locale"
_current: _gettext.NullTranslations = _gettext.NullTranslations()
_chosen = "en"


def choose(wanted: str) -> str:
    """Speak the language that `wanted` (a code, or a locale like da_DK.UTF-8) names, else English; its code."""
    global _current, _chosen  # noqa: PLW0603  one process speaks one language, as gettext itself has it
    code = _chosen = _code(wanted) if is_spoken(wanted) else "en"
    _current = _gettext.translation("agentdesk", str(_LOCALE), [code], fallback=True)
    return code


def chosen() -> str:
    """The code of the language this process speaks: what numbers are written in."""
    return _chosen


def is_spoken(wanted: str) -> bool:
    """Is there a catalogue for this code or locale?"""
    return _code(wanted) in LANGUAGES


def _code(wanted: str) -> str:
    code = wanted.partition(".")[0].partition("_")[0].lower()
    return _ALIASES.get(code, code)


def _(message: str) -> str:
    """The text in the chosen language."""
    return _current.gettext(message)


def ngettext(one: str, many: str, count: int) -> str:
    """The text for this count in the chosen language."""
    return _current.ngettext(one, many, count)


def pgettext(context: str, message: str) -> str:
    """The text in the chosen language where one English word has several meanings."""
    return _current.pgettext(context, message)


def N_(message: str) -> str:  # noqa: N802  gettext's own name for a mark without a translation
    """Mark a text for the catalogue; whoever shows it calls `_`."""
    return message
