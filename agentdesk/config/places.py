"""Where things lie on this machine: settings, store, state, and what travels with the program.

Invariant: the environment is handed in; only the state folder is created, and that one is for its owner alone.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

_NAME = "agentdesk"
_PACKAGE = Path(__file__).resolve().parent.parent


def config_file(environ: Mapping[str, str]) -> Path:
    """The settings file that is read when none is named."""
    return _folder("config", environ) / "agentdesk.toml"


def store_file(environ: Mapping[str, str]) -> Path:
    """The SQLite file that is the store when none is named."""
    return _folder("data", environ) / "agentdesk.db"


def store_url(environ: Mapping[str, str]) -> str:
    """The store when none is named, as a URL."""
    return f"sqlite:///{store_file(environ)}"


def state_dir(environ: Mapping[str, str]) -> Path:
    """The folder for logs and for drafts that could not be stored; made when missing, closed to others."""
    folder = _folder("state", environ)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder


def resource(name: Literal["migrations", "themes"]) -> Path:
    """A folder that travels with the program: beside the package in a checkout, inside it when installed."""
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def _folder(kind: Literal["config", "data", "state"], environ: Mapping[str, str]) -> Path:
    # The specification says that a path that is not absolute is to be ignored.
    named = environ.get(f"XDG_{kind.upper()}_HOME", "")
    if named.startswith("/"):
        return Path(named) / _NAME
    import platformdirs  # noqa: PLC0415  only where the environment does not say it

    found = {
        "config": platformdirs.user_config_path,
        "data": platformdirs.user_data_path,
        "state": platformdirs.user_state_path,
    }
    return found[kind](_NAME, appauthor=False)
