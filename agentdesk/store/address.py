"""Where a store lies: a URL read apart without SQLAlchemy.

Invariant: `shown` never holds a password.
"""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit, urlunsplit

from agentdesk.config.language import _
from agentdesk.domain.problems import Usage


@dataclass(frozen=True, slots=True)
class StoreAddress:
    """`sqlite:///PATH` or `postgresql://...`; `path` is set for SQLite only."""

    url: str
    path: Path | None

    @property
    def is_file(self) -> bool:
        """True for SQLite."""
        return self.path is not None

    @property
    def shown(self) -> str:
        """The URL as it may be shown."""
        if self.path is not None:
            return f"sqlite:///{self.path}"
        parts = urlsplit(self.url)
        host = parts.netloc.rpartition("@")[2]
        user = parts.username
        return urlunsplit((parts.scheme, f"{user}@{host}" if user else host, parts.path, "", ""))

    @property
    def engine_url(self) -> str:
        """The URL of a PostgreSQL store as SQLAlchemy wants it."""
        return "postgresql+psycopg:" + self.url.partition(":")[2]


def read(url: str) -> StoreAddress:
    """Read a store's URL. Raises Usage for anything but SQLite and PostgreSQL."""
    scheme, _colon, rest = url.partition(":")
    if scheme == "sqlite" and rest.startswith("///") and len(rest) > len("///"):
        return StoreAddress(url, Path(rest.removeprefix("///")).expanduser().absolute())
    if scheme in ("postgresql", "postgres", "postgresql+psycopg") and _is_server(rest):
        return StoreAddress("postgresql:" + rest, None)
    raise Usage(
        _("{url} is not the address of a store: write sqlite:///PATH or postgresql://USER@HOST/NAME.").format(
            url=scheme + ":…" if rest else url
        )
    )


def _is_server(rest: str) -> bool:
    try:
        parts = urlsplit("postgresql:" + rest)
        _port = parts.port  # reading it checks it
    except ValueError:
        return False
    return rest.startswith("//") and all(p.isdigit() for p in parse_qs(parts.query).get("port", ()))
