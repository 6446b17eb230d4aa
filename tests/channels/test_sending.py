"""Mail out over SMTP, against a sink that misbehaves: sent, to be tried again, rejected, or maybe sent; never
a guess."""

import socket
import threading
import time
from typing import Any

import pytest
from channels.mailboxes import channel_of, imap_of, mail, outgoing, smtp_of
from channels.smtp_script import CLOSE, DRIBBLE, ENDLESS, RESET, SILENT, Script
from servers.dovecot import Account
from servers.proxy import Proxy
from servers.smtp_sink import Faults, SmtpSink

from agentdesk.channels.contract import ChannelDown, Delivered, MaybeSent, Rejected, TryAgain
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


def test_a_connection_lost_before_the_end_of_the_body_is_tried_again(
    channel: EmailChannel, smtp: SmtpSink
) -> None:
    smtp.faults = Faults(drop="before", times=1)
    raw = mail("large", padding=2_000_000)  # more than both machines hold for a server that does not read
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


BEFORE = ("greeting", "ehlo", "auth", "mail", "rcpt", "data")
GARBAGE = b"\x00\xff what is this?"


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sender with little patience."""
    for module in ("smtp", "sending"):
        monkeypatch.setattr(f"agentdesk.channels.email.{module}.SECONDS", 0.25)
        monkeypatch.setattr(f"agentdesk.channels.email.{module}.BEFORE_BODY", 0.6)
    monkeypatch.setattr("agentdesk.channels.email.sending._SECONDS_FOR_VERDICT", 0.3)


def tried(script: Script, *recipients: str, **more: Any) -> tuple[Delivered | Exception, int]:
    """How one message ends over this server, and how often it was marked as being sent."""
    server = Smtp(host="127.0.0.1", port=script.port, tls="none", user="me", password="very secret")
    channel = channel_of(smtp=server)
    marked: list[int] = []
    outcome: Delivered | Exception
    try:
        outcome = channel.deliver(outgoing(*recipients, **more), lambda: marked.append(1))
    except (TryAgain, Rejected, MaybeSent) as problem:
        outcome = problem
    channel.close()
    if isinstance(outcome, Exception):
        assert str(outcome).endswith(".")
        assert str(outcome).isprintable()
        assert "secret" not in str(outcome)
    return outcome, len(marked)


@pytest.mark.parametrize("step", [*BEFORE, "dot"])
def test_whatever_breaks_at_whichever_step_has_its_outcome_in_bounded_time(step: str, hasty: None) -> None:
    for answer in (CLOSE, RESET, SILENT, DRIBBLE, ENDLESS, GARBAGE, b"421 4.3.2 closing", b"451 4.7.1 later"):
        if step == "ehlo" and answer.startswith(b"451"):
            continue  # then HELO does as well
        with Script({step: answer, "helo": b"502 no"}) as script:
            began = time.monotonic()
            outcome, marked = tried(script)
            assert time.monotonic() - began < 2, (step, answer)
        certain = step != "dot" or answer[:1] == b"4"
        assert type(outcome) is (TryAgain if certain else MaybeSent), (step, answer, outcome)
        assert marked == (step == "dot"), (step, answer)
        assert len(script.bodies) == (step == "dot"), (step, answer)
        if isinstance(outcome, TryAgain) and not answer.startswith(b"451"):
            assert isinstance(outcome.__cause__, ChannelDown), (step, answer, outcome.__cause__)


@pytest.mark.parametrize(
    ("step", "answer"),
    [("mail", b"552 5.3.4 too big"), ("rcpt", b"550 5.1.1 unknown"), ("data", b"554 no"), ("dot", b"552 5.3.4 too big"),
     ("dot", b"554-5.7.1 spam\r\n554 we think")],
)  # fmt: skip
def test_a_refusal_for_good_is_rejected_and_the_session_serves_the_next(step: str, answer: bytes) -> None:
    with Script({step: [answer, b"354 go on" if step == "data" else b"250 ok"]}) as script:
        server = Smtp(host="127.0.0.1", port=script.port, tls="none")
        channel = channel_of(smtp=server)
        with pytest.raises(Rejected, match=answer[:3].decode()):
            channel.deliver(outgoing(), lambda: None)
        assert channel.deliver(outgoing(), lambda: None) == Delivered()
        channel.close()
    assert script.connections == 1


def test_a_server_that_answers_late_but_in_time_gets_the_message(hasty: None) -> None:
    with Script({}, wait=0.06) as script:
        assert tried(script) == (Delivered(), 1)
    with Script({}, wait=0.2) as script:  # each answer in time, all together too late
        outcome, marked = tried(script)
    assert (type(outcome), marked, script.bodies) == (TryAgain, 0, [])


@pytest.mark.parametrize(
    ("answers", "refused", "later", "got"),
    [
        ((b"250 ok", b"550 gone", b"451 greylisted"), {"b"}, {"c": "451 greylisted"}, ["a"]),
        ((b"451 first", b"250 ok", b"250 ok"), set(), {"a": "451 first"}, ["b", "c"]),
        ((b"250 ok", b"452 4.5.3 too many recipients"), set(), {"b": "", "c": ""}, ["a"]),
        ((b"250 ok", b"552 too many recipients"), set(), {"b": "", "c": ""}, ["a"]),
        ((b"552 5.2.2 box full", b"452 4.2.2 box full", b"250 ok"), {"a"}, {"b": "452 4.2.2 box full"}, ["c"]),
    ],
)  # fmt: skip
def test_of_several_recipients_each_is_taken_refused_or_put_off(
    answers: tuple[bytes, ...], refused: set[str], later: dict[str, str], got: list[str]
) -> None:
    with Script({"rcpt": answers}) as script:
        outcome, _marked = tried(script, "a@x.dk", "b@x.dk", "c@x.dk")
    assert isinstance(outcome, Delivered)
    assert set(outcome.refused) == {f"{who}@x.dk" for who in refused}
    assert outcome.later == {f"{who}@x.dk": why for who, why in later.items()}
    assert 3 - len(refused) - len(later) == len(got)


def test_when_some_are_refused_and_the_rest_put_off_nothing_is_sent_yet() -> None:
    with Script({"rcpt": (b"550 gone", b"451 later")}) as script:
        outcome, marked = tried(script, "a@x.dk", "b@x.dk")
    assert (type(outcome), marked) == (TryAgain, 0)


def test_of_very_many_recipients_those_named_in_time_get_it_and_the_others_later() -> None:
    everybody = tuple(f"k{number}@kunde.dk" for number in range(500))
    with Script({}) as script:
        assert tried(script, *everybody) == (Delivered(), 1)
    assert sum(one.startswith("rcpt") for one in script.commands) == 500
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("agentdesk.channels.email.smtp.BEFORE_BODY", 0.6)
        patched.setattr("agentdesk.channels.email.sending._SECONDS_FOR_DATA", 0.3)
        with Script({}, wait=0.03) as script:
            outcome, marked = tried(script, *everybody)
    assert isinstance(outcome, Delivered)
    assert marked == 1
    named = sum(one.startswith("rcpt") for one in script.commands)
    assert 0 < named < 20
    assert outcome.later == dict.fromkeys(everybody[named:], "")


@pytest.mark.parametrize(
    ("advert", "most"), [("SIZE", 0), ("SIZE 0", 0), ("SIZE much", 0), ("SIZE 300", 300)]
)
def test_whatever_stands_behind_size_a_message_that_fits_is_sent(advert: str, most: int) -> None:
    with Script({"ehlo": f"250-script\r\n250-AUTH PLAIN\r\n250 {advert}".encode()}) as script:
        assert tried(script, raw=mail("s")) == (Delivered(), 1)
        outcome, marked = tried(script, raw=mail("l", padding=400))
    assert (type(outcome), marked) == ((Rejected, 0) if most else (Delivered, 1))
    assert not most or "too large" in str(outcome)


def test_without_smtputf8_a_domain_goes_in_ascii_and_a_name_that_cannot_is_named() -> None:
    with Script({}) as script:
        outcome, _marked = tried(script, "anna@blåbær.dk", "åse@kunde.dk", raw=mail("u", "blå"))
    assert isinstance(outcome, Delivered)
    assert list(outcome.refused) == ["åse@kunde.dk"]
    assert [one for one in script.commands if one.startswith("rcpt")] == ["rcpt TO:<anna@xn--blbr-roah.dk>"]
    assert not any("body=" in one.lower() or "smtputf8" in one.lower() for one in script.commands)
    with Script({}) as script:
        outcome, marked = tried(script, "åse@kunde.dk")
    assert (type(outcome), marked) == (Rejected, 0)


def test_a_session_that_grew_old_is_replaced_and_not_taken_for_a_refusal() -> None:
    for stale in (b"554 5.5.1 session expired", b"421 idle too long", b"530 sign in first", GARBAGE, CLOSE):
        with Script({"mail": [b"250 ok", stale, b"250 ok"]}) as script:
            channel = channel_of(smtp=Smtp(host="127.0.0.1", port=script.port, tls="none"))
            for _message in range(2):
                assert channel.deliver(outgoing(), lambda: None) == Delivered()
            channel.close()
        assert script.connections == 2


@pytest.mark.parametrize(
    ("ehlo", "answer", "person"),
    [
        (b"250 AUTH PLAIN", b"220 go", True),  # somebody took the offer away
        (b"250-AUTH PLAIN\r\n250 STARTTLS", b"502 no", True),
        (b"250-AUTH PLAIN\r\n250 STARTTLS", b"454 not now", False),
        (b"250-AUTH PLAIN\r\n250 STARTTLS", GARBAGE, False),
        (b"250-AUTH PLAIN\r\n250 STARTTLS", b"220 go\r\n250 and no TLS", None),
        (b"250-AUTH PLAIN\r\n250 STARTTLS", CLOSE, False),
    ],
)
def test_without_the_encryption_it_should_have_nothing_is_said_in_the_clear(
    ehlo: bytes, answer: bytes, person: bool | None, hasty: None
) -> None:
    with Script({"ehlo": ehlo, "star": answer}) as script:
        server = Smtp(host="127.0.0.1", port=script.port, tls="starttls", user="me", password="very secret")
        with pytest.raises(TryAgain) as again:
            channel_of(smtp=server).deliver(outgoing(), lambda: pytest.fail("it was marked"))
    said = {one.split()[0].lower() for one in script.commands if one[:8].isascii() and one[:4].isalpha()}
    assert said <= {"ehlo", "starttls", "helo"}
    assert person is None or again.value.needs_person is person


def test_cut_at_any_byte_around_its_end_a_message_is_sent_or_not_or_nobody_knows(
    smtp: SmtpSink, hasty: None
) -> None:
    with Proxy(smtp.port) as proxy:
        server = Smtp(host="127.0.0.1", port=proxy.port, tls="none")
        whole = channel_of(smtp=server)
        whole.deliver(outgoing(raw=mail("000")), lambda: None)
        length = proxy.up
        whole.close()
        cuts = [
            (byte, reset)
            for byte in (1, 20, length - 300, *range(length - 9, length + 1))
            for reset in (False, True)
        ]
        ended: list[type] = []
        for number, (byte, reset) in enumerate(cuts, 100):
            proxy.heal()
            proxy.cut_after(byte, up=True, reset=reset)
            with pytest.raises((TryAgain, MaybeSent)) as how:
                channel_of(smtp=server).deliver(outgoing(raw=mail(number)), lambda: None)
            ended.append(how.type)
        proxy.heal()
        channel_of(smtp=server).deliver(outgoing(raw=mail("end")), lambda: None)
    came = [kept.content for kept in smtp.messages]
    for number, (cut, end) in enumerate(zip(cuts, ended, strict=True), 100):
        times = came.count(mail(number))
        assert times <= (end is MaybeSent), (cut, end)
    assert set(ended) == {TryAgain, MaybeSent}
