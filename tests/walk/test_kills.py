"""A desk that is killed (-9) loses at most two seconds of typing, and no reply is lost or sent twice (see kills.py)."""

from pathlib import Path

from servers.dovecot import Account
from servers.smtp_sink import SmtpSink
from walk.kills import killed
from walk.shop import say

SEED = 7


def test_a_killed_desk_loses_nothing(account: Account, smtp: SmtpSink, tmp_path: Path) -> None:
    say(f"kills: seed {SEED}")
    figures = killed(8, 5.0, SEED, folder=tmp_path, account=account, smtp=smtp)
    say(str(figures))
    assert figures.wrong == []
    assert figures.kills == 8
    assert figures.replies + figures.notes >= 2
