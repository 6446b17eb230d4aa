"""Writes the settings file: TOML with its comments kept, for its owner's eyes alone.

Invariant: the file is replaced whole or not at all, is readable by its owner only, and what is written has been read
back as lawful settings before.
"""

import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from agentdesk.config import load
from agentdesk.config.language import _
from agentdesk.config.settings import Settings
from agentdesk.domain.problems import Problem

_SPECIAL = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def quoted(text: str) -> str:
    """A text as TOML writes it."""
    return (
        '"'
        + "".join(_SPECIAL.get(one, one if one.isprintable() else f"\\U{ord(one):08x}") for one in text)
        + '"'
    )


def table(name: str, comment: str, values: Iterable[tuple[str, object, str]]) -> str:
    """One table: each line `key = value  # why`; a value None stands there as a comment, to be filled in."""
    lines = [name, *(f"# {line}" for line in comment.splitlines())]
    for key, value, why in values:
        match value:
            case None:
                lines.append(f"# {key} = {why}")
                continue
            case bool():
                written = "true" if value else "false"
            case int():
                written = f"{value}"
            case _text:
                written = quoted(f"{value}")
        lines.append(f"{key} = {written}" + (f"  # {why}" if why else ""))
    return "\n".join(lines) + "\n"


def with_more(file: Path, more: str) -> tuple[str, Settings]:
    """The file's text with more at its end, and the settings that makes. Raises Problem when these are not lawful."""
    text = _text(file)
    whole = f"{text.rstrip()}\n\n{more}" if text.strip() else more
    return whole, load.read(whole, file)


def write(file: Path, text: str) -> None:
    """Replace the file."""
    try:
        file = file.resolve()
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
        try:
            with os.fdopen(
                os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
            ) as out:
                out.write(text)
                out.flush()
                os.fsync(out.fileno())
            fresh.replace(file)
        finally:
            with suppress(FileNotFoundError):
                fresh.unlink()
    except OSError as error:
        raise Problem(
            _("{file} cannot be written ({reason}), so nothing was changed.").format(
                file=file, reason=error.strerror
            )
        ) from error


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or _("it is not UTF-8 text")
        raise Problem(
            _("The settings file {file} cannot be read ({reason}), so nothing was changed.").format(
                file=file, reason=reason
            )
        ) from None
