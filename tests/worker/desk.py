"""A desk without screens: a fresh store, a real mailbox and a real sink, and the worker in a thread or as one pass."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any, TypeVar

from servers.dovecot import Account
from servers.smtp_sink import SmtpSink
from sqlalchemy import select

from agentdesk.config.settings import Channel, Imap, Settings, Smtp
from agentdesk.domain.mail import Address
from agentdesk.services import drafts, people, replies
from agentdesk.store.engine import Store
from agentdesk.store.tables import cases, channels, messages, outbox
from agentdesk.store.unit import Actor
from agentdesk.worker.run import run, run_once
from agentdesk.worker.work import Outcome, Pace

US = "support@example.dk"
CUSTOMER = "kunde@example.dk"
QUICK = Pace(poll=0.05, sent=1.0, copies=0.2, timers=0.2, first=0.1, most=0.5, renew=0.3, valid=2)
T = TypeVar("T")


def mail(
    text: str = "Hej, hvor er min pakke?", *, subject: str = "Min pakke", sender: str = CUSTOMER, to: str = US,
    answers: str = "", message_id: str = "", at: datetime | None = None,
) -> bytes:  # fmt: skip
    """A plain mail."""
    made = EmailMessage()
    made["From"] = f"Kunde Kær <{sender}>"
    made["To"] = to
    made["Subject"] = subject
    made["Date"] = format_datetime(at or datetime.now(UTC))
    made["Message-ID"] = f"<{message_id or f'{time.time_ns()}@example.dk'}>"
    if answers:
        made["In-Reply-To"] = made["References"] = f"<{answers}>"
    made.set_content(text)
    return made.as_bytes()


@dataclass
class Desk:
    """What the tests of the worker act on."""

    store: Store
    url: str
    account: Account
    smtp: SmtpSink
    anna: Actor
    settings: Settings
    ahead: timedelta = field(default_factory=timedelta)
    """how far the clock of this test runs ahead"""

    def clock(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def later(self, seconds: float) -> None:
        self.ahead += timedelta(seconds=seconds)

    def once(self, *jobs: str, pace: Pace = QUICK) -> Outcome:
        return run_once(
            self.settings, self.store, self.clock, jobs or ("fetch", "deliver", "copies"), pace=pace
        )

    @contextmanager
    def working(self, pace: Pace = QUICK, *, detached: bool = False) -> Iterator[threading.Event]:
        """A worker in a thread; gives the event that ends it."""
        stop = threading.Event()
        thread = threading.Thread(
            target=run, args=(self.settings, self.url, self.clock),
            kwargs={"stop": stop, "detached": detached, "pace": pace},
        )  # fmt: skip
        thread.start()
        try:
            eventually(lambda: self.rows(select(channels)))
            yield stop
        finally:
            stop.set()
            thread.join(10)
            assert not thread.is_alive()

    def change_channel(self, **values: Any) -> None:
        self.settings = Settings(channels=(replace(self.settings.channels[0], **values),))

    def case_of_new_mail(self, **facts: Any) -> Any:
        """Deliver a mail, fetch it, and give its case."""
        self.account.deliver(mail(**facts))
        self.once("fetch")
        return self.cases()[-1]

    def reply(
        self, case_id: int, text: str = "Den er på vej.", *, bcc: str = "", cc: str = "", **how: Any
    ) -> replies.Sent:
        """Anna's stroke."""
        typed = drafts.Typed(
            "reply", case_id, to=(Address("Kunde Kær", CUSTOMER),), body=text,
            cc=(Address("", cc),) if cc else (), bcc=(Address("", bcc),) if bcc else (),
        )  # fmt: skip
        with self.store.unit(self.anna, self.clock(), "desk") as unit:
            return replies.send(unit, typed, **how)

    def cases(self) -> list[Any]:
        return self.rows(select(cases).order_by(cases.c.id))

    def messages(self) -> list[Any]:
        return self.rows(select(messages).order_by(messages.c.id))

    def outbox(self) -> list[Any]:
        return self.rows(select(outbox).order_by(outbox.c.id))

    def channel(self) -> Any:
        return self.rows(select(channels))[0]

    def states(self) -> list[str]:
        return [row.state for row in self.outbox()]

    def rows(self, query: Any) -> list[Any]:
        with self.store.session() as session:
            return list(session.execute(query).all())


def settings_for(account: Account, smtp: SmtpSink) -> Settings:
    """One channel over these servers."""
    imap = Imap(host="127.0.0.1", port=account.port, tls="none", user=account.user, password=account.password)
    sending = Smtp(host="127.0.0.1", port=smtp.port, tls="none")
    return Settings(channels=(Channel(kind="email", name="support", address=US, imap=imap, smtp=sending),))


def new_agent(store: Store) -> Actor:
    """Anna."""
    with store.unit(Actor(None, "system", "system"), datetime.now(UTC)) as unit:
        return Actor(people.add_agent(unit, "anna", "Anna Ås"), "anna")


def eventually(ask: Callable[[], T], timeout: float = 10.0) -> T:
    """The first answer that is true."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        answer = ask()
        if answer:
            return answer
        time.sleep(0.02)
    message = f"still {answer!r} after {timeout} s"
    raise AssertionError(message)
