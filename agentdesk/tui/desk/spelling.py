"""Looks words up with hunspell, where it and a dictionary of the language are installed; keeps the agent's own words.

Invariants: hunspell only reads what it is given, in a thread, for a limited time; the own words lie in a file that
nobody else reads, one a line.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from agentdesk.config.language import N_, _
from agentdesk.domain.problems import Problem
from agentdesk.text import spelling
from agentdesk.text.clean import clean_line

PATIENCE = 10
"""Seconds."""
FOLDERS = (
    "/usr/share/hunspell", "/usr/share/myspell", "/usr/share/myspell/dicts", "/usr/local/share/hunspell",
    "/opt/homebrew/share/hunspell", "/run/current-system/sw/share/hunspell",
)  # fmt: skip
LANGUAGES = {
    "da": (("da_DK", "da"), N_("Danish"), "hunspell-da"),
    "nb": (("nb_NO", "no_NO", "nb", "no"), N_("Norwegian"), "hunspell-no"),
    "sv": (("sv_SE", "sv"), N_("Swedish"), "hunspell-sv"),
    "de": (("de_DE", "de"), N_("German"), "hunspell-de-de"),
    "nl": (("nl_NL", "nl"), N_("Dutch"), "hunspell-nl"),
    "fr": (("fr_FR", "fr"), N_("French"), "hunspell-fr"),
    "en": (("en_GB", "en_US", "en"), N_("English"), "hunspell-en-gb"),
}
"""Names of dictionaries by language, its name in words, and the package that brings one."""


class Speller:
    """Looks up the words of one agent at this terminal."""

    def __init__(self, state_dir: Path, environ: Mapping[str, str]) -> None:
        self._own = state_dir / "words.txt"
        self._environ = environ

    def unknown(self, text: str, language: str) -> tuple[spelling.Unknown, ...]:
        """The words that neither a dictionary nor the agent knows. Raises Problem saying what to install."""
        program, dictionary = self._installed(language)
        own = self.own_words()
        written = [one for one in spelling.words(text) if one.text.casefold() not in own]
        asked = list(dict.fromkeys(one.text for one in written))
        if not asked:
            return ()
        try:
            done = subprocess.run(  # noqa: S603  the system's own hunspell
                [program, "-a", "-i", "UTF-8", "-d", str(dictionary)], input=spelling.question(asked).encode(),
                capture_output=True, timeout=PATIENCE, check=True, env={**os.environ, "LC_ALL": "C.UTF-8"},
            )  # fmt: skip
        except (OSError, subprocess.SubprocessError) as error:
            raise Problem(_("hunspell could not look the words up; nothing was changed.")) from error
        wrong = spelling.answers(done.stdout.decode("utf-8", "replace"), asked)
        return tuple(
            spelling.Unknown(one, tuple(clean_line(word) for word in wrong[one.text]))
            for one in written
            if one.text in wrong
        )

    def own_words(self) -> frozenset[str]:
        """What the agent has added, as it is compared."""
        try:
            text = self._own.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return frozenset()
        return frozenset(line.strip().casefold() for line in text.split("\n") if line.strip())

    def add(self, word: str) -> None:
        """Know this word from now on. Raises Problem."""
        try:
            number = os.open(self._own, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            with os.fdopen(number, "a", encoding="utf-8") as file:
                file.write(f"{clean_line(word)}\n")
        except OSError as error:
            raise Problem(_("Your own words cannot be kept in {file}.").format(file=self._own)) from error

    def _installed(self, language: str) -> tuple[str, Path]:
        names, spoken, package = LANGUAGES[language]
        program = shutil.which("hunspell", path=self._environ.get("PATH"))
        dictionary = self._dictionary(names)
        if program is None or dictionary is None:
            packages = " ".join(
                filter(None, ("hunspell" if program is None else "", "" if dictionary else package))
            )
            raise Problem(
                _("Spelling in {language} cannot be checked here: install {packages}.").format(
                    language=_(spoken), packages=packages
                )
            )
        return program, dictionary

    def _dictionary(self, names: tuple[str, ...]) -> Path | None:
        """The dictionary's path without its ending, as hunspell wants it."""
        folders = [*self._environ.get("DICPATH", "").split(":"), *FOLDERS]
        for name in names:
            for folder in filter(None, folders):
                if all((Path(folder) / f"{name}.{ending}").is_file() for ending in ("aff", "dic")):
                    return Path(folder) / name
        return None
