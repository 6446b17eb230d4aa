"""The short form of the script: a mailbox under fire loses nothing and doubles nothing, on each database."""

import argparse

from bench import mailbox
from servers.dovecot import Dovecot


def test_a_mailbox_under_fire_is_read_whole_and_once(database_url: str, dovecot: Dovecot) -> None:
    options = argparse.Namespace(seed=5, mails=60, rounds=4, kills=1)
    assert mailbox.run(database_url, dovecot, options)
