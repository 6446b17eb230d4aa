"""A mail on its way in costs at most twice what `mbsync` and `notmuch new` take for it, and little memory."""

from pathlib import Path

from bench import intake
from servers.dovecot import Account
from servers.postgres import Postgres

COUNT = 1500


def test_a_mail_costs_at_most_twice_what_mbsync_and_notmuch_take(
    account: Account, tmp_path: Path, postgres: Postgres
) -> None:
    intake.fill(account, COUNT)
    fetched, indexed = intake.peers(account, tmp_path / "peers", COUNT)
    for url in (f"sqlite:///{tmp_path}/desk.db", postgres.database()):
        run = intake.ours(account, tmp_path / "ours", url, COUNT)
        ratio = run.cpu / (fetched.cpu + indexed.cpu)
        assert ratio <= 2.0, f"{url}: {run.cpu:.2f} s against {fetched.cpu:.2f} + {indexed.cpu:.2f} s"
        assert run.memory < 300
