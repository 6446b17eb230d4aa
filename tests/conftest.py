"""Fixtures for all tests: real servers, one of each kind per test process, started when the first test asks.

Invariant: no test sees what another one left: mailboxes, sinks and databases are fresh; a server that a
test killed is started again before the next one gets it.
"""

import gc
import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from servers.dovecot import Account, Dovecot
from servers.pool import Pool
from servers.postgres import Postgres
from servers.smtp_sink import SmtpSink

from agentdesk.config import log
from agentdesk.store.engine import open_store
from agentdesk.store.migrate import bring_up_to_date

# Every desk, worker and command that a test starts would compile the whole program anew, and each process of the tests
# all tests: with what is compiled kept beside them, a start costs half.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


# Three processes share two processors, so that time says nothing of an example; what failed can be repeated anywhere.
settings.register_profile(
    "desk", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("desk")


def pytest_configure() -> None:
    """One seed for the mails that are broken by chance: every process of this run has it from here."""
    os.environ.setdefault("FUZZ_SEED", str(secrets.randbelow(10**9)))


def pytest_report_header() -> str:
    """The seed, to run the same again."""
    return f"mails broken by chance: FUZZ_SEED={os.environ['FUZZ_SEED']}"


_TIMED = {"domain", "mail", "text"}
"""Rooms whose tests hold hostile text against CPU seconds."""


@pytest.fixture(autouse=True)
def no_tidying_up_meanwhile(request: pytest.FixtureRequest) -> Iterator[None]:
    """What thousands of tests have left takes a second to be looked through, which is no text's fault."""
    if request.path.parent.name not in _TIMED:
        yield
        return
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(autouse=True)
def no_secret_of_another_test() -> Iterator[None]:
    """A password that one test made up is a common word in the next one."""
    yield
    log._secrets.clear()
    log._passing.clear()


@pytest.fixture(scope="session")
def _dovecot() -> Iterator[Dovecot]:
    with Dovecot(tls=True, oauth=True) as server:
        yield server


@pytest.fixture
def dovecot(_dovecot: Dovecot) -> Dovecot:
    """A running Dovecot with TLS and XOAUTH2; `dovecot.fresh()` gives further fresh users."""
    return _dovecot if _dovecot.running() else _dovecot.start()


@pytest.fixture
def account(dovecot: Dovecot) -> Account:
    """A fresh user of the running Dovecot."""
    return dovecot.fresh()


@pytest.fixture
def smtp() -> Iterator[SmtpSink]:
    """A sink of this test's own."""
    with SmtpSink() as sink:
        yield sink


@pytest.fixture(scope="session")
def _postgres() -> Iterator[Postgres]:
    with Postgres() as server:
        yield server


@pytest.fixture
def postgres(_postgres: Postgres) -> Postgres:
    """A running PostgreSQL; `postgres.database()` gives fresh databases."""
    return _postgres if _postgres.running() else _postgres.start()


@pytest.fixture(scope="session")
def _ready_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite store that has been migrated, to be copied."""
    path = tmp_path_factory.mktemp("ready") / "desk.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def _ready_databases(_postgres: Postgres) -> Pool:
    """PostgreSQL databases that have been migrated."""
    url = _postgres.database()
    _migrate(url)
    return Pool(_postgres, url)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh store that stands at the newest revision, once for each kind the product runs on."""
    if request.param == "sqlite":
        shutil.copyfile(request.getfixturevalue("_ready_file"), tmp_path / "desk.db")
        yield f"sqlite:///{tmp_path / 'desk.db'}"
        return
    request.getfixturevalue("postgres")
    pool: Pool = request.getfixturevalue("_ready_databases")
    url = pool.take()
    yield url
    pool.give_back(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh empty database, once for each kind the product runs on."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'desk.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    url = server.database()
    yield url
    server.drop(url)


def _migrate(url: str) -> None:
    store = open_store(url)
    bring_up_to_date(store, owner=True)
    with closing(store), store.session():
        pass
