"""Themes: one TOML file of ten named colours each, made into a Textual theme that only uses these ten.

Invariant: a theme that is handed to the app has been tried whole, so that choosing it cannot fail; every text stands at
least 4.5 : 1 against each ground it is drawn on (`PAIRS`). The widgets' words for the colours are Textual's own
variables, so that a stock theme draws too: dim is `$foreground-muted`, line `$border-blurred`, the row in hand
`$panel`, a note's ground `$warning-muted`.
"""

import tomllib
from collections.abc import Mapping
from itertools import product
from pathlib import Path

from textual.color import Color, ColorParseError
from textual.theme import Theme

from agentdesk.config.language import _
from agentdesk.domain.problems import Problem
from agentdesk.text.clean import clean_line

DEFAULT = "fjord"
NAMES = ("background", "text", "dim", "line", "selected", "note", "accent", "green", "amber", "red")
"""The colours that a theme file gives, all of them; `line` is for rules and marked text, never a letter's colour."""

PAIRS = (
    *product(("text", "dim", "accent", "green", "amber", "red"), ("background", "selected", "note")),
    ("text", "line"),
)
"""Each text colour and each ground that it is drawn on; text marked by the mouse lies on `line`."""

LEAST_CONTRAST = 4.5


def load_theme(path: Path) -> Theme:
    """The theme of one file, tried whole; one that cannot be used is a Problem that says why."""
    colors = _read(path)
    for text, ground in PAIRS:
        if contrast(colors[text], colors[ground]) < LEAST_CONTRAST:
            raise _broken(path, _("{text} on {ground} is too faint to read").format(text=text, ground=ground))
    theme = _theme(path.stem, colors, dark=_brightness(Color.parse(colors["background"])) < 0.5)
    try:
        theme.to_color_system().generate()
    except (ColorParseError, ValueError) as error:
        raise _broken(path, clean_line(str(error))) from error
    return theme


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG counts it, from 1 to 21."""
    light, dark = sorted((_brightness(Color.parse(one)), _brightness(Color.parse(other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _brightness(color: Color) -> float:
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in color.normalized)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _read(path: Path) -> dict[str, str]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _broken(path, clean_line(str(error))) from error
    colors = table.get("colors")
    if not isinstance(colors, Mapping):
        raise _broken(path, _("it has no [colors]"))
    found: dict[str, str] = {}
    for name in NAMES:
        value = colors.get(name)
        try:
            found[name] = Color.parse(value if isinstance(value, str) else "").hex6
        except ColorParseError as error:
            raise _broken(path, _("{name} is not a colour").format(name=name)) from error
    return found


def _broken(path: Path, why: str) -> Problem:
    return Problem(_("The theme {file} cannot be used: {why}.").format(file=clean_line(path.name), why=why))


def _theme(name: str, colors: Mapping[str, str], *, dark: bool) -> Theme:
    ground, text, dim, line = (colors[key] for key in ("background", "text", "dim", "line"))
    selected, accent = colors["selected"], colors["accent"]
    return Theme(
        name=name,
        dark=dark,
        primary=accent,
        secondary=accent,
        accent=accent,
        warning=colors["amber"],
        error=colors["red"],
        success=colors["green"],
        foreground=text,
        background=ground,
        surface=ground,
        panel=selected,
        variables={
            "text": text,
            "text-muted": dim,
            "text-disabled": dim,
            "foreground-muted": dim,
            "foreground-disabled": dim,
            "warning-muted": colors["note"],
            "border": accent,
            "border-blurred": line,
            "block-cursor-foreground": text,
            "block-cursor-background": selected,
            "block-cursor-blurred-foreground": text,
            "block-cursor-blurred-background": selected,
            "block-hover-background": selected,
            "input-selection-background": line,
            "input-selection-foreground": text,
            "screen-selection-background": line,
            "screen-selection-foreground": text,
            "scrollbar": line,
            "scrollbar-hover": dim,
            "scrollbar-active": accent,
            "scrollbar-background": ground,
            "scrollbar-background-hover": ground,
            "scrollbar-background-active": ground,
            "footer-background": ground,
            "footer-foreground": dim,
            "footer-description-foreground": dim,
            "link-color": accent,
            "link-color-hover": accent,
            "link-background-hover": selected,
        },
    )
