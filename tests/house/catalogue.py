"""The catalogues of texts: taken from the program, brought up to date, compiled.

    python tests/house/catalogue.py update

Invariant: the same program gives the same files, byte for byte; a text that changed has no translation until a
person gives it one (nothing is guessed), and one that is gone leaves the catalogue.
"""

import io
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).resolve().parents[2] / "agentdesk"
LANGUAGES = ("da", "nb")
_KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)  # a date of today would make every run another file
_HEADER = "# Texts of agentdesk."


def extracted() -> Catalog:
    """Every text that the program marks."""
    template = Catalog(
        project="agentdesk", version="1", header_comment=_HEADER, creation_date=_EPOCH, charset="utf-8"
    )
    found = extract_from_dir(PACKAGE, method_map=[("**.py", "python")], keywords=_KEYWORDS)
    for name, _line, message, comments, context in found:
        template.add(message, locations=[(f"agentdesk/{name}", 0)], auto_comments=comments, context=context)
    return template


def po_file(language: str) -> Path:
    """Where the translations into this language stand."""
    return PACKAGE / "locale" / language / "LC_MESSAGES" / "agentdesk.po"


def translations(language: str) -> Catalog:
    """The catalogue of this language as it stands; empty when there is none yet."""
    file = po_file(language)
    if not file.exists():
        return Catalog(
            locale=language, project="agentdesk", version="1", header_comment=_HEADER, charset="utf-8"
        )
    with file.open("rb") as stream:
        return read_po(stream, locale=language)


def compiled(catalogue: Catalog) -> bytes:
    """The catalogue as gettext reads it."""
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def update() -> None:
    """Write the template, and each language brought up to date with it and compiled."""
    template = extracted()
    _write(template, PACKAGE / "locale" / "agentdesk.pot")
    for language in LANGUAGES:
        catalogue = translations(language)
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.creation_date = catalogue.revision_date = _EPOCH
        catalogue.last_translator, catalogue.language_team, catalogue.msgid_bugs_address = (
            "agentdesk",
            language,
            "",
        )
        catalogue.fuzzy = False
        file = po_file(language)
        file.parent.mkdir(parents=True, exist_ok=True)
        _write(catalogue, file)
        file.with_suffix(".mo").write_bytes(compiled(translations(language)))
        missing = sum(1 for message in catalogue if message.id and not all(forms(message.string)))
        print(f"{language}: {len(catalogue)} texts, {missing} without a translation")


def forms(string: str | list[str] | tuple[str, ...] | None) -> list[str]:
    """The one form of a text, or those for one and for many; a single empty one where there is no translation."""
    return [string or ""] if string is None or isinstance(string, str) else list(string)


def _write(catalogue: Catalog, file: Path) -> None:
    with file.open("wb") as stream:
        write_po(stream, catalogue, width=110, sort_by_file=True, include_lineno=False, ignore_obsolete=True)


if __name__ == "__main__":
    if sys.argv[1:] != ["update"]:
        sys.exit("usage: python tests/house/catalogue.py update")
    update()
