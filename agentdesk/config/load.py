"""Read the settings file: TOML checked against the fields of `settings.py`, every mistake told at once.

Invariant: `load` gives settings that are whole and lawful, or one Problem with a sentence for each thing that
is wrong, naming file, line and key; no value from the file is repeated in it, for it may be a secret.
"""

import re
import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from agentdesk.config import places
from agentdesk.config.language import _
from agentdesk.config.laws import breaches
from agentdesk.config.settings import Settings
from agentdesk.domain.problems import Problem

Where = tuple[str | int, ...]
_WRONG: Any = object()  # what a value that does not fit is read as
_LONGEST_KEY = 60


def load(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """The settings in `path`, or in the usual place when None; nothing there means the defaults."""
    file = path or places.config_file(environ)
    text = _text(file, named=path is not None)
    settings = read(text, file) if text else Settings()
    store, me = settings.store, settings.me
    if not store.url:
        store = replace(store, url=places.store_url(environ))
    if not me.language:
        spoken = (environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
        me = replace(me, language=next(filter(None, spoken), "en"))
    return replace(settings, store=store, me=me)


def read(text: str, file: Path) -> Settings:
    """The settings that `text` holds. `file` is what complaints name; relative paths start in its folder."""
    import tomllib  # noqa: PLC0415  a desk without a settings file starts without it

    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Problem(_syntax(str(error), text, file)) from None
    reader = _Reader(file.parent)
    settings: Settings = reader.table(Settings, table, ())
    if reader.wrong:
        raise Problem("\n".join(_sentences(reader.wrong, text, file)))
    return settings


def _text(file: Path, *, named: bool) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        if not named:
            return ""
        raise Problem(
            _("There is no settings file {file}; check the name after --config.").format(file=file)
        ) from None
    except UnicodeDecodeError:
        raise Problem(
            _("The settings file {file} is not UTF-8 text; save it as UTF-8.").format(file=file)
        ) from None
    except OSError as error:
        problem = _(
            "The settings file {file} cannot be read ({reason}); mend that or name another with --config."
        )
        raise Problem(problem.format(file=file, reason=error.strerror)) from None


def _syntax(said: str, text: str, file: Path) -> str:
    """One sentence for a text that is not TOML; tomllib says where only in words."""
    found = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", said)
    line = int(found[1]) if found and found[1] else text.count("\n") + 1
    # What tomllib says may repeat a character of the file, a control character too.
    reason = "".join(c for c in (said[: found.start()] if found else said) if c.isprintable())
    return _("{file}, line {line}: this is not TOML ({reason}); mend the line.").format(
        file=file, line=line, reason=reason
    )


def _sentences(wrong: list[tuple[Where, str]], text: str, file: Path) -> list[str]:
    from agentdesk.config.lines import Lines  # noqa: PLC0415  only a file with mistakes needs its lines

    lines = Lines(text)
    told = sorted((lines.of(where), _dotted(where), what) for where, what in wrong)
    return [
        _("{file}, line {line}: {key}: {what}.").format(file=file, line=line, key=key, what=what)
        for line, key, what in told
    ]


def _dotted(where: Where) -> str:
    return ".".join(_shown(step) for step in where if isinstance(step, str))


def _shown(key: str) -> str:
    """A key of the file as a person may see it: short, and without anything a terminal would act on."""
    key = key if len(key) <= _LONGEST_KEY else key[: _LONGEST_KEY - 1] + "…"
    return key if key.isprintable() else ascii(key)


class _Reader:
    """Builds the settings and notes what is wrong, going on with the default so that the rest is read too."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.wrong: list[tuple[Where, str]] = []

    def table(self, cls: Any, table: Mapping[str, Any], where: Where) -> Any:
        """One table of the file as its dataclass."""
        known: dict[str, Field[Any]] = {f.metadata.get("key", f.name): f for f in fields(cls)}
        bad = set(table) - set(known)
        for key in bad:
            self.wrong.append(((*where, key), _unknown(key, known)))
        values: dict[str, Any] = {}
        for key, spec in known.items():
            if key in table:
                value = self._field(spec, table[key], (*where, key))
            elif _is_required(spec):
                self.wrong.append((where, _("{key} is missing").format(key=key)))
                value = _WRONG
            else:
                continue
            if value is not _WRONG:
                values[spec.name] = value
                continue
            bad.add(key)
            if _is_required(spec):
                values[spec.name] = ""
        made = cls(**values)
        for breach in breaches(made):
            if bad.isdisjoint(breach.keys):
                nearest = tuple(key for key in breach.keys if key in table)[:1]
                self.wrong.append((where + (breach.where or nearest), breach.what))
        return made

    def _field(self, spec: Field[Any], value: Any, where: Where) -> Any:
        made = self._value(spec.type, value, where)
        if made is _WRONG:
            self.wrong.append((where, _expected(spec.type, value)))
        elif made and spec.metadata.get("path"):
            return str(self._folder / Path(made).expanduser())
        return made

    def _value(self, kind: Any, value: Any, where: Where) -> Any:
        """The value as `kind` has it, or `_WRONG`."""
        if is_dataclass(kind):
            return self.table(kind, value, where) if isinstance(value, dict) else _WRONG
        origin, args = get_origin(kind), get_args(kind)
        if origin is types.UnionType:
            made = (self._value(arg, value, where) for arg in args if arg is not types.NoneType)
            return next((one for one in made if one is not _WRONG), _WRONG)
        if origin is tuple:
            return self._items(args[0], value, where)
        if origin is Literal:
            return value if value in args else _WRONG
        if origin is Mapping:
            fits = isinstance(value, dict) and all(isinstance(one, str) for one in value.values())
            return value if fits else _WRONG
        return value if type(value) is kind else _WRONG  # not isinstance: true is no whole number here

    def _items(self, kind: Any, value: Any, where: Where) -> Any:
        if not isinstance(value, list):
            return _WRONG
        made = tuple(self._value(kind, one, (*where, index)) for index, one in enumerate(value))
        return _WRONG if any(one is _WRONG for one in made) else made


def _is_required(spec: Field[Any]) -> bool:
    return spec.default is MISSING and spec.default_factory is MISSING


def _unknown(key: str, known: Mapping[str, object]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415  only a misspelt key needs it

    near = get_close_matches(key, known, n=1, cutoff=0.6)
    if near:
        return _("there is no such setting; did you mean {near}").format(near=near[0])
    return _("there is no such setting; take the line out")


def _expected(kind: Any, value: Any) -> str:
    """What the value should have been, in words."""
    args = get_args(kind)
    if get_origin(kind) is Literal:
        choices = " | ".join(f'"{one}"' for one in args)
        return _("this should be one of {choices}").format(choices=choices)
    if is_dataclass(kind) or any(is_dataclass(one) for one in args):
        if get_origin(kind) is tuple and isinstance(value, dict):
            return _("each of these is a table of its own; write its name in two pairs of brackets")
        return _("this should be a table")
    if get_origin(kind) is Mapping:
        return _("this should be a table of texts in quotes")
    if str in args:
        return _("this should be a text in quotes, or a list of them")
    if bool is kind:
        return _("this should be true or false, without quotes")
    if int in (kind, *args):
        return _("this should be a whole number, without quotes")
    return _("this should be a text in quotes")
