"""Cases against notmuch's threads on a small archive of our own, and against threads by ids alone."""

import shutil
from pathlib import Path

from bench import threads
from bench.archive import archive, reference

from agentdesk.store.engine import open_store
from agentdesk.store.migrate import bring_up_to_date


def test_cases_are_the_threads_of_a_list_in_whatever_order_its_mail_comes(tmp_path: Path) -> None:
    mails = archive(45, seed=4)
    theirs = reference(mails)
    if shutil.which("notmuch"):
        told = threads.compare(threads.their_threads(mails, tmp_path), theirs)
        assert (told.precision, told.recall) == (1, 1)
    orders = {"by date": threads.by_date(mails), "by chance": threads.shuffled(mails, 1)}
    for name, order in orders.items():
        store = open_store(f"sqlite:///{tmp_path}/{name}.db")
        bring_up_to_date(store, owner=True)
        threads.take(store, order)
        ours = threads.our_cases(store)
        told = threads.compare(ours, theirs)
        aside = threads.rules(store, ours, theirs)
        store.close()
        assert told.theirs > 300
        assert ours.keys() == theirs.keys()
        assert told.precision >= 0.97, name
        assert told.recall >= 0.97, (name, aside)
        assert not aside[threads.UNEXPLAINED]
        assert sum(aside.values()) <= 0.03 * told.theirs, (name, aside)
