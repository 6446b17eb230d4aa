"""`mail.compose`: what a Letter says is what a mail program reads, and nothing else can get in."""

import email
import email.policy
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email.message import EmailMessage
from email.utils import getaddresses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentdesk.domain.mail import Address, Enclosure, Letter
from agentdesk.mail.compose import compose, new_message_id, plain_text, quote, references_for, reply_subject
from agentdesk.mail.parse import parse, part_content
from agentdesk.text.clean import clean, clean_line

LETTER = Letter(
    sender=Address("Kundeservice", "support@shop.example"),
    to=(Address("Mette Sørensen", "mette@example.dk"),),
    subject="SV: Hvor er min pakke?",
    text="Hej Mette\n\nDen er hos naboen: Åse, 2. th.",
    message_id="abc@shop.example",
    date=datetime(2026, 11, 21, 11, 30, tzinfo=timezone(timedelta(hours=1))),
)


def stdlib(raw: bytes) -> EmailMessage:
    found = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    return found


def test_a_reply_is_what_mail_programs_thread() -> None:
    letter = replace(
        LETTER,
        cc=(Address("Lindqvist, Åse", "aase@example.dk"),),
        reply_to=Address("", "support+tok@shop.example"),
        in_reply_to="b@x",
        references=("a@x", "b@x"),
        signature="Anna\nNordbutik",
        quoted="Hvor er min pakke?\n> gammelt",
        quoted_intro="Den 20. nov. 2026 kl. 10.12 skrev Mette Sørensen:",
    )
    raw = compose(letter)
    found = stdlib(raw)
    assert found["From"] == "Kundeservice <support@shop.example>"
    assert found["To"] == "Mette Sørensen <mette@example.dk>"
    assert found["Cc"] == '"Lindqvist, Åse" <aase@example.dk>'
    assert found["Reply-To"] == "support+tok@shop.example"
    assert found["Subject"] == "SV: Hvor er min pakke?"
    assert found["Date"] == "Sat, 21 Nov 2026 11:30:00 +0100"
    assert found["Message-ID"] == "<abc@shop.example>"
    assert found["In-Reply-To"] == "<b@x>"
    assert found["References"].split() == ["<a@x>", "<b@x>"]
    assert found.get_content_type() == "multipart/alternative"
    plain = found.get_body(("plain",))
    assert plain is not None
    assert plain.get_content().replace("\r\n", "\n").rstrip("\n") == (
        "Hej Mette\n\nDen er hos naboen: Åse, 2. th.\n\n-- \nAnna\nNordbutik\n\n"
        "Den 20. nov. 2026 kl. 10.12 skrev Mette Sørensen:\n> Hvor er min pakke?\n>> gammelt"
    )
    assert parse(raw).reply_text == letter.text


def test_the_html_twin_says_the_same_and_holds_no_markup_of_the_text() -> None:
    letter = replace(
        LETTER, text='a <b>&"\n\nto linjer\nher', quoted="<script>x</script>", quoted_intro="Mette skrev:"
    )
    html = stdlib(compose(letter)).get_body(("html",))
    assert html is not None
    content = html.get_content().replace("\r\n", "\n")
    assert "<p>a &lt;b&gt;&amp;&quot;</p>" in content
    assert "<p>to linjer<br>\nher</p>" in content
    assert "&lt;script&gt;" in content
    assert content.count("<blockquote") == content.count("</blockquote>") == 1


def test_text_only_where_the_channel_wants_it() -> None:
    assert stdlib(compose(replace(LETTER, html=False))).get_content_type() == "text/plain"


def test_enclosures_arrive_byte_for_byte() -> None:
    name = "kvittering på " + "æ" * 90 + ".pdf"
    content = bytes(range(256)) * 40
    letter = replace(
        LETTER,
        enclosures=(
            Enclosure(name, "application/pdf", content),
            Enclosure('../a"b\r\nX: y.txt', "text/plain\r\nX: y", b""),
            Enclosure("m.eml", "message/rfc822", b"From: a@b\r\n\r\nx"),
        ),
    )
    raw = compose(letter)
    first, second, third = parse(raw).attachments
    assert (first.filename, first.content_type) == (name, "application/pdf")
    assert part_content(raw, first.part) == content
    assert (second.content_type, second.size) == ("application/octet-stream", 0)
    assert "X" not in stdlib(raw)
    assert third.content_type == "application/octet-stream"
    assert next(part.get_filename() for part in stdlib(raw).iter_attachments()) == name


def test_lines_stay_within_the_limits_of_smtp() -> None:
    letter = replace(
        LETTER,
        text="ord " * 2000 + "\n" + "x" * 3000 + "\nFrom here\n.\n..",
        subject="æ" * 1500,
        references=tuple(f"{'r' * 60}{n}@x.dk" for n in range(200)),
        to=tuple(Address("n" * 150, f"a{n}@b.dk") for n in range(60)),
    )
    raw = compose(letter)
    lines = raw.split(b"\r\n")
    assert max(map(len, lines)) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert not any(line.startswith(b"From ") for line in lines)
    message = parse(raw)
    assert message.text == letter.text
    assert message.subject == letter.subject
    assert len(message.to) == 60


INJECTIONS = [
    "a\r\nBcc: evil@x.dk", "a\nBcc: evil@x.dk", "a\rBcc: evil@x.dk", "a\x0bBcc: evil@x.dk", "a\u2028Bcc: evil@x.dk",
    "a\x85Bcc: evil@x.dk", "a\x00\x1b[2J", "<a>,<evil@x.dk>", "=?utf-8?q?=0D=0ABcc:_evil=40x.dk?=",
]  # fmt: skip


@pytest.mark.parametrize("evil", INJECTIONS)
def test_no_field_can_add_a_header(evil: str) -> None:
    letter = replace(
        LETTER, sender=Address(evil, evil), to=(Address(evil, f"x{evil}@b.dk"),), cc=(Address(evil, evil),),
        reply_to=Address(evil, evil), subject=evil, message_id=evil, in_reply_to=evil, references=(evil,),
        quoted=evil, quoted_intro=evil, signature=evil, enclosures=(Enclosure(evil, evil, b"x"),),
    )  # fmt: skip
    raw = compose(letter)
    names = {name.lower() for name in stdlib(raw)}
    assert names == {
        "from", "to", "cc", "reply-to", "subject", "date", "message-id", "in-reply-to", "references", "mime-version",
        "content-type",
    }  # fmt: skip
    assert len(parse(raw).to) == 1


def test_no_domain_becomes_another_recipient_when_it_is_written_in_ascii() -> None:
    raw = compose(replace(LETTER, to=(Address("Mette", "me@b.dk，evil＠x.dk"), Address("", "me@b＞x.dk"))))
    assert b"evil@" not in raw
    assert len(getaddresses([stdlib(raw)["To"]])) == 2
    assert len(parse(raw).to) == 2


def test_an_id_that_no_line_can_hold_is_left_out() -> None:
    long = "x" * 5000 + "@x.dk"
    message = parse(compose(replace(LETTER, in_reply_to=long, references=("a@b", long, "", "c@d"))))
    assert (message.in_reply_to, message.references) == ((), ("a@b", "c@d"))
    assert max(map(len, compose(replace(LETTER, in_reply_to=long, references=(long,))).split(b"\r\n"))) < 998


def test_a_subject_or_name_without_end_is_cut_before_a_server_does() -> None:
    message = parse(compose(replace(LETTER, subject="æ" * 60_000, to=(Address("ø" * 60_000, "a@b.dk"),))))
    assert message.subject == "æ" * 2000
    assert message.to == (Address("ø" * 300, "a@b.dk"),)


people = st.builds(
    Address,
    st.text(max_size=30),
    st.from_regex(r"[a-z][a-z0-9.+_-]{0,20}@[a-z][a-z0-9-]{0,20}\.(dk|no|example)", fullmatch=True),
)
ids = st.from_regex(r"[A-Za-z0-9.$]{1,60}@[a-z0-9.]{1,60}", fullmatch=True)
bodies = st.text(st.one_of(st.characters(), st.sampled_from("\n\n æøå€=>-.From ")), max_size=300)


@settings(max_examples=300, deadline=None)
@given(
    subject=st.text(max_size=120),
    text=bodies,
    to=st.lists(people, min_size=1, max_size=5, unique_by=lambda one: one.key),
    cc=st.lists(people, max_size=3, unique_by=lambda one: one.key),
    message_id=ids,
    references=st.lists(ids, max_size=40, unique=True),
    html=st.booleans(),
    date=st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_what_was_composed_is_what_is_parsed(
    *, subject: str, text: str, to: list[Address], cc: list[Address], message_id: str, references: list[str],
    html: bool, date: datetime,
) -> None:  # fmt: skip
    letter = Letter(
        LETTER.sender, tuple(to), subject, text, message_id, date, cc=tuple(cc), references=tuple(references),
        in_reply_to=references[-1] if references else None, html=html,
    )  # fmt: skip
    message = parse(compose(letter))
    assert message.sender == LETTER.sender
    assert message.subject == clean_line(subject)
    assert message.text.strip() == clean(text).strip()
    assert [one.key for one in message.to] == [one.key for one in to]
    assert [one.key for one in message.cc] == [one.key for one in cc]
    assert [one.name for one in message.to] == [_name(one) for one in to]
    assert message.message_id == message_id
    assert message.references == tuple(references)
    assert message.in_reply_to == tuple(references[-1:])
    assert message.date == date.replace(microsecond=0)


def _name(one: Address) -> str:
    """A reader drops a name that only repeats the address, and quotes around all of it."""
    name = clean_line(one.name)
    if name[:1] in "'\"" and name[:1] == name[-1:] and len(name) > 1:
        name = name[1:-1].strip()
    return "" if name.lower() == one.key else name


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("Pakke", "Re: Pakke"),
        ("Re: Pakke", "Re: Pakke"),
        ("RE: Pakke", "RE: Pakke"),
        ("SV: Re: Pakke", "SV: Pakke"),
        ("AW: Antwort: x", "AW: x"),
        ("VS: Pakke", "VS: Pakke"),
        ("Re[2]: x", "Re[2]: x"),
        ("re : x", "re: x"),
        ("Fwd: x", "Re: Fwd: x"),
        ("Reklamation: x", "Re: Reklamation: x"),
        ("", "Re:"),
        ("a\r\nBcc: x", "Re: a Bcc: x"),
    ],
)
def test_an_answer_keeps_one_mark_of_a_reply(subject: str, expected: str) -> None:
    assert reply_subject(subject) == expected


def test_references_end_with_the_mail_answered_and_stay_few() -> None:
    assert references_for("c", ("a", "b")) == ("a", "b", "c")
    assert references_for("b", ("a", "b", "c")) == ("a", "c", "b")
    assert references_for(None, ("a",)) == ("a",)
    many = references_for("last", tuple(f"{n}" for n in range(1000)))
    assert (many[0], many[-1], len(many)) == ("0", "last", 30)


def test_ids_and_quotes() -> None:
    assert new_message_id("to ken<>", "shop.example\r\n") == "token@shop.example"
    assert new_message_id("t", "blåbær.dk") == "t@xn--blbr-roah.dk"
    assert quote("a\n\n> b", "X skrev:") == "X skrev:\n> a\n>\n>> b"
    assert plain_text(replace(LETTER, text="\nx\n\n")) == "x\n"


def test_international_domains_travel_as_ascii() -> None:
    raw = compose(replace(LETTER, to=(Address("", "mette@blåbær.dk"),)))
    assert b"To: mette@xn--blbr-roah.dk\r\n" in raw
    assert raw.isascii()


def test_composing_needs_neither_the_email_package_nor_an_html_parser() -> None:
    code = "import sys, agentdesk.mail.compose; print(sys.modules.keys() & {'email', 'selectolax', 'ssl', 'rich'})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
