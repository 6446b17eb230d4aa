"""Folders of files, as people keep them in git: texts are read whole, and all is written whole.

Invariants: a file that says already what it should is not touched; one that is written is there whole or not at all;
files of other kinds in the folder are left alone.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from agentdesk.config.language import _
from agentdesk.domain.problems import NotFound, Problem
from agentdesk.text.clean import clean, clean_line

_LARGEST = 1_000_000
"""Bytes of one file."""
_MOST = 20_000
"""Files of one folder."""


def put(folder: Path, files: Mapping[str, str | bytes]) -> int:
    """Write these files into the folder, made if need be; how many were written. Raises Problem."""
    written = 0
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            target = folder / name
            if target.is_file() and target.read_bytes() == data:
                continue
            aside = folder / f".{name}.part"
            aside.write_bytes(data)
            os.replace(aside, target)  # noqa: PTH105  the atomic one
            written += 1
    except OSError as error:
        raise Problem(
            _("{folder} cannot be written ({reason}): choose another folder.").format(
                folder=folder, reason=error.strerror
            )
        ) from error
    return written


def get(folder: Path, ending: str = ".md") -> dict[str, str]:
    """The folder's files of this ending by name, or the one file that was named. Raises NotFound, Problem."""
    if folder.is_file():
        return {folder.name: read(folder)}
    if not folder.is_dir():
        raise NotFound(_("There is no folder {folder}.").format(folder=folder))
    files = sorted(one for one in folder.iterdir() if one.suffix == ending and not one.name.startswith("."))
    if len(files) > _MOST:
        raise Problem(_("There are more than {n} files in {folder}.").format(n=_MOST, folder=folder))
    return {one.name: read(one) for one in files if one.is_file()}


def read(file: Path) -> str:
    """A text file. Raises NotFound, Problem."""
    try:
        with file.open("rb") as stream:
            return _text(stream.read(_LARGEST + 1), file.name)
    except FileNotFoundError:
        raise NotFound(_("There is no file {file}.").format(file=file)) from None
    except OSError as error:
        raise Problem(
            _("{file} cannot be read ({reason}): check the name and who may read it.").format(
                file=file, reason=error.strerror
            )
        ) from None


def given(text: str | None, file: str | None) -> str | None:
    """A text as it was given, or as it stands in a file (- is standard input); None when neither was named."""
    if file is None:
        return text
    return clean(_text(sys.stdin.buffer.read(_LARGEST + 1), "-") if file == "-" else read(Path(file)))


def _text(raw: bytes, name: str) -> str:
    if len(raw) > _LARGEST:
        raise Problem(
            _("{file} is larger than 1 MB: that is no text anybody wrote.").format(file=clean_line(name))
        )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Problem(
            _("{file} is not UTF-8 text: save it as UTF-8.").format(file=clean_line(name))
        ) from None
