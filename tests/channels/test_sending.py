"""Mail out over SMTP, against a sink that misbehaves: sent, to be tried again, rejected, or maybe sent; never
a guess."""

import socket
import threading
import time

import pytest
from channels.mailboxes import channel_of, imap_of, mail, outgoing, smtp_of
from servers.dovecot import Account
from servers.smtp_sink import Faults, SmtpSink

from agentdesk.channels.contract import MaybeSent, Rejected, TryAgain
from agentdesk.channels.email import EmailChannel
from agentdesk.config.settings import Smtp
from agentdesk.domain.mail import Outgoing


class Marks:
    """Counts how often the row was marked as being sent, and what the sink held then."""

    def __init__(self, sink: SmtpSink) -> None:
        self._sink = sink
        self.kept: list[int] = []

    def __call__(self) -> None:
        self.kept.append(len(self._sink.messages))


@pytest.fixture
def channel(smtp: SmtpSink) -> EmailChannel:
    return channel_of(smtp=smtp_of(smtp))


def test_the_bytes_arrive_as_they_were_composed(channel: EmailChannel, smtp: SmtpSink) -> None:
    raw = mail("dots", ".begins with a dot\r\n..and two\r\n.\r\nblåbærgrød")
    channel.deliver(outgoing(raw=raw), lambda: None)
    assert smtp.messages[0].content == raw
    assert smtp.messages[0].sender == "support@shop.dk"


def test_bcc_stands_in_the_envelope_only(channel: EmailChannel, smtp: SmtpSink) -> None:
    channel.deliver(outgoing("ase@kunde.dk", "boss@shop.dk"), lambda: None)
    assert smtp.messages[0].recipients == ("ase@kunde.dk", "boss@shop.dk")
    assert b"boss@shop.dk" not in smtp.messages[0].content


def test_the_mark_is_set_once_right_before_the_body(channel: EmailChannel, smtp: SmtpSink) -> None:
    marks = Marks(smtp)
    channel.deliver(outgoing(), marks)
    channel.deliver(outgoing(), marks)
    assert marks.kept == [0, 1]


def test_a_mark_that_fails_sends_nothing_and_the_next_message_goes_through(
    channel: EmailChannel, smtp: SmtpSink
) -> None:
    def overtaken() -> None:
        raise LookupError("cancelled meanwhile")

    with pytest.raises(LookupError):
        channel.deliver(outgoing(), overtaken)
    channel.deliver(outgoing(raw=mail("next")), lambda: None)
    assert [kept.content for kept in smtp.messages] == [mail("next")]


def test_some_refused_recipients_are_named_and_the_others_get_it(
    channel: EmailChannel, smtp: SmtpSink
) -> None:
    smtp.faults.refuse = {"gone@kunde.dk"}
    done = channel.deliver(outgoing("ase@kunde.dk", "gone@kunde.dk", "in\r\njected@kunde.dk"), lambda: None)
    assert set(done.refused) == {"gone@kunde.dk", "in\r\njected@kunde.dk"}
    assert done.refused["gone@kunde.dk"] == "550 5.1.1 no such user"
    assert smtp.messages[0].recipients == ("ase@kunde.dk",)


def test_when_all_are_refused_nothing_is_sent(channel: EmailChannel, smtp: SmtpSink) -> None:
    smtp.faults.refuse = {"a@kunde.dk", "b@kunde.dk"}
    marks = Marks(smtp)
    with pytest.raises(Rejected, match=r"a@kunde.dk: 550.*b@kunde.dk: 550"):
        channel.deliver(outgoing("a@kunde.dk", "b@kunde.dk"), marks)
    assert marks.kept == []
    assert channel.deliver(outgoing(), marks).refused == {}


@pytest.mark.parametrize(("stage", "marked"), [("connect", 0), ("mail", 0), ("rcpt", 0), ("data", 1)])
def test_a_passing_failure_is_tried_again_and_then_works(
    channel: EmailChannel, smtp: SmtpSink, stage: str, marked: int
) -> None:
    smtp.faults = Faults(tempfail=stage, times=1)  # type: ignore[arg-type]
    marks = Marks(smtp)
    with pytest.raises(TryAgain) as again:
        channel.deliver(outgoing(), marks)
    assert str(again.value).endswith(".")
    assert not again.value.needs_person
    assert len(marks.kept) == marked
    channel.deliver(outgoing(), marks)
    assert len(smtp.messages) == 1


def test_content_that_is_refused_is_rejected(channel: EmailChannel, smtp: SmtpSink) -> None:
    smtp.faults.refuse_data = True
    with pytest.raises(Rejected, match=r"554 5\.7\.1 content refused"):
        channel.deliver(outgoing(), lambda: None)
    assert smtp.messages == []


def test_a_message_larger_than_the_server_takes_is_rejected_before_the_body(
    channel: EmailChannel, smtp: SmtpSink
) -> None:
    marks = Marks(smtp)
    with pytest.raises(Rejected, match="too large"):
        channel.deliver(outgoing(raw=mail("large", padding=40_000_000)), marks)
    assert marks.kept == []


def test_a_connection_lost_before_the_end_of_the_body_is_tried_again(
    channel: EmailChannel, smtp: SmtpSink
) -> None:
    smtp.faults = Faults(drop="before", times=1)
    raw = mail("large", padding=20_000_000)
    with pytest.raises(TryAgain):
        channel.deliver(outgoing(raw=raw), lambda: None)
    assert smtp.messages == []
    channel.deliver(outgoing(raw=raw), lambda: None)
    assert [len(kept.content) for kept in smtp.messages] == [len(raw)]


def test_a_small_message_lost_around_its_end_is_never_called_sent(
    channel: EmailChannel, smtp: SmtpSink
) -> None:
    smtp.faults = Faults(drop="before", times=1)
    with pytest.raises((TryAgain, MaybeSent)):
        channel.deliver(outgoing(), lambda: None)


def test_a_connection_lost_behind_the_final_dot_may_have_sent_it(
    channel: EmailChannel, smtp: SmtpSink
) -> None:
    smtp.faults = Faults(drop="after", times=1)
    marks = Marks(smtp)
    with pytest.raises(MaybeSent, match="may have been sent"):
        channel.deliver(outgoing(), marks)
    assert marks.kept == [0]
    assert len(smtp.messages) == 1


def test_a_server_that_is_away_is_tried_again(smtp: SmtpSink) -> None:
    channel = channel_of(smtp=smtp_of(smtp))
    smtp.stop()
    with pytest.raises(TryAgain, match="cannot be reached") as again:
        channel.deliver(outgoing(), lambda: None)
    assert not again.value.needs_person
    smtp.start()
    channel.deliver(outgoing(), lambda: None)
    assert len(smtp.messages) == 1


def test_one_connection_serves_several_messages_and_a_dead_one_is_replaced(
    channel: EmailChannel, smtp: SmtpSink
) -> None:
    for _number in range(3):
        channel.deliver(outgoing(), lambda: None)
    assert smtp.sessions == 1
    smtp.stop()
    smtp.start()
    channel.deliver(outgoing(), lambda: None)
    assert (smtp.sessions, len(smtp.messages)) == (2, 4)
    sender = channel._smtp()
    sender._used -= 31
    channel.deliver(outgoing(), lambda: None)
    assert (smtp.sessions, len(smtp.messages)) == (3, 5)


def test_a_slow_answer_behind_the_dot_is_waited_for(
    channel: EmailChannel, smtp: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agentdesk.channels.email.smtp.SECONDS", 1.0)
    smtp.faults.delay = 0.6
    begun = time.monotonic()
    channel.deliver(outgoing(), lambda: None)
    assert time.monotonic() - begun > 1
    assert len(smtp.messages) == 1


def test_sending_does_not_wait_for_the_thread_that_waits_for_mail(smtp: SmtpSink, account: Account) -> None:
    channel = channel_of(imap_of(account), smtp_of(smtp))
    list(channel.fetch("INBOX", None))
    waiter = threading.Thread(target=channel.wait, args=[60])
    waiter.start()
    begun = time.monotonic()
    channel.deliver(outgoing(), lambda: None)
    assert channel.append_sent(outgoing().raw)
    assert time.monotonic() - begun < 10
    assert waiter.is_alive()
    channel.interrupt()
    waiter.join(10)
    assert not waiter.is_alive()


def test_addresses_beyond_ascii_are_sent_where_the_server_can(channel: EmailChannel, smtp: SmtpSink) -> None:
    message = Outgoing(1, "support", "support@shop.dk", ("åse@kunde.dk",), mail(1))
    channel.deliver(message, lambda: None)
    assert smtp.messages[0].recipients == ("åse@kunde.dk",)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (b"250 ok", None),
        (b"251 will forward", None),
        (b"what?", MaybeSent),
        (b"421 closing", TryAgain),
        (b"", MaybeSent),
    ],
)
def test_each_answer_to_the_final_dot_has_its_outcome(answer: bytes, outcome: type[Exception] | None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection = listener.accept()[0]
            with connection, connection.makefile("rwb", buffering=0) as line:
                line.write(b"220 curt\r\n")
                for reply in (b"250 hello", b"250 sender", b"250 recipient", b"354 go on"):
                    line.readline()
                    line.write(reply + b"\r\n")
                while line.readline() != b".\r\n":
                    continue
                if answer:
                    line.write(answer + b"\r\n")

        server = threading.Thread(target=serve)
        server.start()
        channel = channel_of(smtp=Smtp(host="127.0.0.1", port=listener.getsockname()[1], tls="none"))
        if outcome is None:
            assert channel.deliver(outgoing(), lambda: None).refused == {}
        else:
            with pytest.raises(outcome):
                channel.deliver(outgoing(), lambda: None)
        channel.close()
        server.join(10)
