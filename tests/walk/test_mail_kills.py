"""A short form of `mail_kills.py`: a few kills of each kind, on both databases."""

from pathlib import Path

import pytest
from walk.mail_kills import killed
from walk.shop import say

SEED = 11


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_whatever_is_killed_no_mail_is_lost_and_none_is_doubled(database: str, tmp_path: Path) -> None:
    *said, verdict = killed(6, SEED, tmp_path, database=database, messages=40, replies=12)
    for line in said:
        say(line)
    assert verdict.endswith(" 0 wrong"), said
