"""The worker as a process of the kill script: the program's own, at a quick pace, by a clock that the script puts on.

`python mail_kills_worker.py FACTS` (JSON). Invariant: nothing of the product is replaced but its pace, the number of
mails in a batch, and its clock; the SQLite store turns read-only for it while the file `read_only` is there.
"""

import json
import logging
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.pool import Pool

from agentdesk.channels.email import EmailChannel
from agentdesk.config.settings import Channel, Imap, Settings, Smtp
from agentdesk.worker.run import run
from agentdesk.worker.signals import ended_by_signals
from agentdesk.worker.work import Pace

US = "support@example.dk"
BATCH = 20
PACE = Pace(poll=0.05, sent=1.0, copies=0.5, timers=0.3, first=0.1, most=0.5, refused=2.0, renew=0.3, valid=3)


class Clock:
    """The time of this machine, and what the script has added to it."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def __call__(self) -> datetime:
        ahead = float(self._file.read_text() or 0)
        return datetime.now(UTC) + timedelta(seconds=ahead)


def main() -> None:
    """Work until told to stop, or killed."""
    facts = json.loads(sys.argv[1])
    logging.basicConfig(
        filename=facts["log"], level=logging.INFO, format="%(process)d %(levelname)s %(message)s"
    )
    read_only = Path(facts["read_only"])
    if facts["url"].startswith("sqlite"):

        @event.listens_for(Pool, "checkout")
        def turn(connection: object, *_more: object) -> None:
            connection.execute(f"pragma query_only = {int(read_only.exists())}")  # type: ignore[attr-defined]

    assert EmailChannel.fetch.__defaults__
    EmailChannel.fetch.__defaults__ = (BATCH,)
    imap = Imap(
        host="127.0.0.1", port=facts["imap"], tls="none", user=facts["user"], password=facts["password"]
    )
    smtp = Smtp(host="127.0.0.1", port=facts["smtp"], tls="none")
    channel = Channel(kind="email", name="support", address=US, imap=imap, smtp=smtp)
    stop = threading.Event()
    with ended_by_signals(stop):
        run(Settings(channels=(channel,)), facts["url"], Clock(Path(facts["clock"])), stop=stop, pace=PACE)


if __name__ == "__main__":
    main()
