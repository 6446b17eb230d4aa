"""`mail.parse`: header facts, text, attachments and reports out of mails whole and broken."""

import hashlib
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentdesk.domain.mail import Address, Message
from agentdesk.mail.dates import moment
from agentdesk.mail.headers import Findings, parameters
from agentdesk.mail.parse import NotMail, parse, part_content
from agentdesk.text.clean import clean, clean_line

PLAIN = (
    b"From: Mette =?utf-8?q?S=C3=B8rensen?= <Mette@Example.dk>\r\n"
    b'To: Support <support@shop.example>, "Kj\xc3\xa6r, S\xc3\xb8ren" <sk@x.dk>\r\nCc: a@b.dk\r\n'
    b"Delivered-To: support+t0ken@shop.example\r\nReply-To: <svar@example.dk>\r\n"
    b"Subject: =?iso-8859-1?Q?Hvor_er_min_?=\r\n =?iso-8859-1?Q?pakke=3F_=F8?=\r\n"
    b"Date: Sat, 21 Nov 2026 11:00:00 +0100\r\nMessage-ID: <one@example.dk>\r\n"
    b"In-Reply-To: <zero@shop.example>\r\nReferences: <first@x>\r\n\t<zero@shop.example>\r\n"
    b"Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    b"Hej\r\n\r\nHvor er den? =80 =E6=F8=E5\r\n"
)


def mail(body: str = "Hej", *headers: str) -> bytes:
    return "\r\n".join(["From: a@b.dk", "Date: Sat, 21 Nov 2026 10:00:00 +0000", *headers, "", body]).encode()


def texts(message: Message) -> list[str]:
    """Every text of one line in a message."""
    people = [message.sender, message.original_sender, *message.reply_to, *message.to, *message.cc]
    found = [text for one in people if one for text in (one.name, one.address)]
    found += [
        message.subject,
        message.message_id or "",
        message.auto_reason or "",
        message.bounced_recipient or "",
    ]
    found += [
        message.bounced_message_id or "",
        message.bounce_status or "",
        *message.defects,
        *message.delivered_to,
    ]
    found += [*message.in_reply_to, *message.references]
    for one in message.attachments:
        found += [one.filename, one.content_type, one.content_id or ""]
    return found


def test_an_everyday_mail_is_read_field_by_field() -> None:
    message = parse(PLAIN)
    assert message.sender == Address("Mette Sørensen", "Mette@Example.dk")
    assert message.to == (Address("Support", "support@shop.example"), Address("Kjær, Søren", "sk@x.dk"))
    assert message.cc == (Address("", "a@b.dk"),)
    assert message.reply_to == (Address("", "svar@example.dk"),)
    assert message.delivered_to == ("support+t0ken@shop.example",)
    assert message.subject == "Hvor er min pakke? ø"
    assert message.date == datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
    assert message.message_id == "one@example.dk"
    assert message.in_reply_to == ("zero@shop.example",)
    assert message.references == ("first@x", "zero@shop.example")
    assert message.text == "Hej\n\nHvor er den? € æøå"
    assert message.reply_text == message.text
    assert not message.html_present
    assert not message.charset_errors
    assert not message.auto_submitted


@pytest.mark.parametrize(
    "raw", [b"", b"\n", b"\r\n \r\n\t\r\n", b"\x00\x00\x00", b"From x@y Sat Nov 21 10:00:00 2026\n"]
)
def test_what_has_neither_header_nor_body_is_no_mail(raw: bytes) -> None:
    with pytest.raises(NotMail, match="neither a header nor a body"):
        parse(raw)


def test_a_body_without_a_header_and_a_header_without_a_body_are_mail() -> None:
    assert parse(b"only words here\nand more").text == "only words here\nand more"
    assert parse(b"Subject: nothing else").subject == "nothing else"


@pytest.mark.parametrize(
    ("header", "sender"),
    [
        (b"From: a@[", None),
        (b"From: undisclosed-recipients:;", None),
        (b"From: ", None),
        (b"X: 1", None),
        (b"From: root", None),
        (b"From: <>", None),
        (b"From: a@b.dk (Anna B)", Address("Anna B", "a@b.dk")),
        (b"From: Anna B a@b.dk", Address("Anna B", "a@b.dk")),
        (b'From: "Anna <a@b.dk>', Address("Anna", "a@b.dk")),
        (b'From: "a@b.dk" <a@b.dk>', Address("", "a@b.dk")),
        (b"From: 'Anna' <a@b.dk>", Address("Anna", "a@b.dk")),
        (b"From: N\xf8rgaard, Mette <a@b.dk>", Address("Nørgaard, Mette", "a@b.dk")),
        (b'From: "=?utf-8?B?TcO4bGxlcg==?=" <a@b.dk>', Address("Møller", "a@b.dk")),
        (b"From: =?utf-8?B?TcO4bGxlcg?= <a@b.dk>", Address("Møller", "a@b.dk")),
        (b"From: <@relay.x,@y:a@b.dk>", Address("", "a@b.dk")),
        (b"From: team: a@b.dk, c@d.dk;", Address("", "a@b.dk")),
        (b'From: "odd local"@b.dk', Address("", '"odd local"@b.dk')),
        (b"From:a@b.dk", Address("", "a@b.dk")),
        (b"FROM : A <a@b.dk>", Address("A", "a@b.dk")),
        (b"Sender: s@b.dk", Address("", "s@b.dk")),
    ],
)
def test_senders_of_every_shape(header: bytes, sender: Address | None) -> None:
    assert parse(header + b"\r\nSubject: x\r\n\r\nbody").sender == sender


@pytest.mark.parametrize(
    ("header", "subject"),
    [
        (b"=?utf-8?Q?a=0D=0ABcc:_evil@x.dk?=", "a Bcc: evil@x.dk"),
        (b"=?utf-8?B?w6Y=?= =?utf-8?B?w7g=?=", "æø"),
        (b"=?utf-8?B?w6Y=?= and =?utf-8?B?w7g=?=", "æ and ø"),
        (b"=?utf-8?B?w6bD?= =?utf-8?B?uA==?=", "æø"),  # one letter cut in two
        (b"=?utf-8?Q?a?==?utf-8?Q?b?=", "ab"),
        (b"=?iso-8859-1*da?Q?=F8?=", "ø"),
        (b"=?nonsense?Q?=C3=B8?=", "ø"),
        (b"=?utf-8?Q?=1B]0;gone=07title=9B31m?=", "]0;gonetitle›31m"),
        (b"raw \xc3\xb8 and", "raw ø and"),
        (b"raw \xf8 and", "raw ø and"),
        (b"=?utf-8?X?abc?=", "=?utf-8?X?abc?="),
        (b"=?utf-8?Q?half", "=?utf-8?Q?half"),
        (b"=?utf-8?Q?=E2=80=AEevil?=", "evil"),
    ],
)
def test_subjects_are_decoded_and_cleaned(header: bytes, subject: str) -> None:
    assert parse(b"From: a@b.dk\r\nSubject: " + header + b"\r\n\r\nx").subject == subject


@pytest.mark.parametrize("value", ["<>", "", "< >", "<\r\n >"])
def test_an_empty_message_id_is_none(value: str) -> None:
    assert parse(mail("x", f"Message-ID: {value}")).message_id is None


@pytest.mark.parametrize(
    ("charset", "data", "text", "errors"),
    [
        ("utf-8", "æøå".encode(), "æøå", False),
        ("utf-8", "æøå".encode("latin-1"), "æøå", False),
        ("us-ascii", "æøå".encode(), "æøå", False),
        ("iso-8859-1", b"\x80 \x93x\x94", "€ “x”", False),
        ("iso-8859-1", b"bad \x81", "bad �", True),
        ("x-never-heard", "æøå".encode(), "æøå", False),
        ("unicode_escape", b"\\x41 stays", "\\x41 stays", False),
        ("punycode", b"x-y", "x-y", False),
        ("base64", b"aGVq", "aGVq", False),
        ("a\x00b", b"hej", "hej", False),
        ("iso-8859-15", b"\xa4", "€", False),
        ("utf-16", "hæ".encode("utf-16"), "hæ", False),
        ("iso-2022-jp", "日本".encode("iso-2022-jp"), "日本", False),
        ("gb2312", "退货".encode("gbk"), "退货", False),
        ("", "æøå".encode("cp1252"), "æøå", False),
    ],
)
def test_charsets_declared_wrong_or_unknown(charset: str, data: bytes, text: str, errors: bool) -> None:
    head = (
        f'From: a@b.dk\r\nContent-Type: text/plain; charset="{charset}"\r\n\r\n'
        if charset
        else "From: a@b.dk\r\n\r\n"
    )
    message = parse(head.encode() + data)
    assert (message.text, message.charset_errors) == (text, errors)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Sat, 21 Nov 2026 11:00:00 +0100", datetime(2026, 11, 21, 10, tzinfo=UTC)),
        ("21 Nov 2026 10:00 GMT", datetime(2026, 11, 21, 10, tzinfo=UTC)),
        ("Sat, 21 Nov 2026 10:00:60 -0000 (CET)", datetime(2026, 11, 21, 10, 0, 59, tzinfo=UTC)),
        ("2026-11-21T10:00:00Z", datetime(2026, 11, 21, 10, tzinfo=UTC)),
        ("yesterday", None),
        ("", None),
        ("Sat, 32 Nov 2026 10:00:00 +0000", None),
        ("Sat, 21 Nov 2026 10:00:00 +99999999999999", None),
        ("Fri, 31 Dec 9999 23:00:00 -2300", None),
        ("1" * 5000, None),
    ],
)
def test_dates(value: str, expected: datetime | None) -> None:
    assert moment(value) == expected


def test_parameters_in_their_odd_forms() -> None:
    findings = Findings()
    assert parameters("text/plain; Charset=UTF-8; name=\"a\\\"b;c\"", findings) == (
        "text/plain", {"charset": "UTF-8", "name": 'a"b;c'},
    )  # fmt: skip
    value = "attachment; filename*1*=%C3%B8.pdf; filename*0*=utf-8'da'r%C3%B8d"
    assert parameters(value, findings)[1]["filename"] == "rødø.pdf"
    assert parameters("multipart/mixed; boundary=a=b_c", findings)[1]["boundary"] == "a=b_c"


MIXED = (
    b"From: a@b.dk\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\nnobody reads this\r\n"
    b"--m\r\nContent-Type: multipart/related; boundary=r\r\n\r\n"
    b'--r\r\nContent-Type: multipart/alternative; boundary="a"\r\n\r\n'
    b"--a\r\n\r\nthe plain text\r\n--a\r\nContent-Type: text/html\r\n\r\n<p>the <b>html</b> <img src=cid:pic@x></p>\r\n"
    b"--a\r\nContent-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\n--a--\r\n"
    b'--r\r\nContent-Type: image/png; name="=?utf-8?q?=C3=B8.png?="\r\nContent-ID: <pic@x>\r\n'
    b"Content-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--r--\r\n"
    b"--m\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment;\r\n"
    b' filename="..\\..\\etc\\con.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0x\r\n'
    b"--m\r\nContent-Type: text/plain; name=n.txt\r\nContent-Disposition: inline; filename=notes.txt\r\n\r\nnotes\r\n"
    b"--m\r\nContent-Type: message/rfc822\r\nContent-Disposition: attachment\r\n\r\nFrom: x@y.dk\r\n\r\ninner\r\n"
    b"--m\r\nContent-Type: text/plain\r\n\r\nand more plain text\r\n--m--\r\nnor this\r\n"
)


def test_a_nested_mail_gives_its_text_once_and_everything_else_as_attachments() -> None:
    message = parse(MIXED)
    assert message.text == "the plain text\n\nand more plain text"
    assert message.html_present
    shown = [(one.filename, one.content_type, one.size, one.inline) for one in message.attachments]
    assert shown == [
        ("part-5.ics", "text/calendar", 15, False),
        ("ø.png", "image/png", 8, True),
        ("_con.pdf", "application/pdf", 6, False),
        ("notes.txt", "text/plain", 5, True),
        ("part-9.eml", "message/rfc822", 21, False),
    ]
    for one in message.attachments:
        content = part_content(MIXED, one.part)
        assert (len(content), hashlib.sha256(content).hexdigest()) == (one.size, one.sha256)
    assert part_content(MIXED, 999) == b""


def test_html_is_read_where_the_plain_part_says_nothing() -> None:
    def both(plain: str) -> bytes:
        return mail(
            f"--x\r\nContent-Type: text/plain\r\n\r\n{plain}\r\n--x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
            "<p>Hej <b>Åse</b></p>\r\n--x--",
            "Content-Type: multipart/alternative; boundary=x",
        )

    assert parse(both("  ")).text == "Hej Åse"
    assert parse(both("Your program cannot show HTML mail.")).text == "Hej Åse"
    assert parse(both("Hej Åse, plain")).text == "Hej Åse, plain"
    assert parse(both("")).attachments == ()


def test_html_alone_takes_its_charset_from_its_own_meta() -> None:
    html = '<html><head><meta charset="iso-8859-1"></head><body>Sø</body></html>'.encode("latin-1")
    assert parse(b"From: a@b.dk\r\nContent-Type: text/html\r\n\r\n" + html).text == "Sø"


def test_a_message_shown_within_another_is_read_and_is_an_attachment() -> None:
    inner = "From: =?utf-8?q?B=C3=B8?= <b@x.dk>\r\nSubject: the first\r\n\r\ninner words"
    raw = mail(
        f"--x\r\n\r\nsee below\r\n--x\r\nContent-Type: message/rfc822\r\n\r\n{inner}\r\n--x--",
        "Content-Type: multipart/mixed; boundary=x",
    )
    message = parse(raw)
    assert "see below" in message.reply_text
    assert message.text.endswith("From: Bø <b@x.dk>\nSubject: the first\n\ninner words")
    assert [one.content_type for one in message.attachments] == ["message/rfc822"]


def test_flowed_text_is_joined_to_paragraphs() -> None:
    body = "one line that \r\nflows on\r\n>> quoted \r\n>> on\r\n-- \r\nMette"
    message = parse(mail(body, "Content-Type: text/plain; format=flowed"))
    assert message.text == "one line that flows on\n>> quoted on\n-- \nMette"


def test_missing_boundaries_and_unclosed_parts_lose_no_text() -> None:
    assert parse(mail("words", "Content-Type: multipart/mixed; boundary=never")).text == "words"
    assert parse(mail("words", "Content-Type: multipart/mixed")).text == "words"
    assert (
        parse(mail("--x\r\n\r\nfirst\r\n--x\r\n\r\nlast", "Content-Type: multipart/mixed; boundary=x")).text
        == "first\n\nlast"
    )


def test_line_ends_of_every_kind_give_the_same_message() -> None:
    crlf = parse(PLAIN)
    assert parse(PLAIN.replace(b"\r\n", b"\n")) == crlf
    assert parse(PLAIN.replace(b"\r\n", b"\r")) == crlf
    assert parse(b"\xef\xbb\xbf\r\nFrom mbox@x Sat Nov 21 10:00:00 2026\r\n" + PLAIN) == crlf


def test_a_broken_line_among_the_headers_hides_no_header() -> None:
    message = parse(b"From: a@b.dk\r\nthis is no header\r\nSubject: still here\r\n\r\nbody")
    assert (message.subject, message.text) == ("still here", "body")
    assert "A line among the headers was no header." in message.defects


REPORT = (
    b"Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example\r\nTo: support@shop.example\r\nSubject: Undelivered Mail\r\n"
    b"Auto-Submitted: auto-replied\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
    b"--b\r\n\r\nI could not deliver it.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
    b"Reporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; ok@x.dk\r\nAction: relayed\r\nStatus: 2.0.0\r\n\r\n"
    b"Final-Recipient: rfc822; <gone@x.dk>\r\nAction: failed\r\nStatus: 5.1.1 (no such user)\r\n\r\n"
    b"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nSubject: x\r\nMessage-ID: <ours@shop.example>\r\n\r\n--b--\r\n"
)


def test_a_delivery_report_names_message_recipient_and_status() -> None:
    message = parse(REPORT)
    assert message.bounce
    assert (message.bounced_message_id, message.bounced_recipient, message.bounce_status) == (
        "ours@shop.example", "gone@x.dk", "5.1.1",
    )  # fmt: skip
    assert (message.auto_submitted, message.auto_replied) == (True, True)
    assert message.auto_reason == "Auto-Submitted: auto-replied"
    assert len(message.attachments) == 2


def test_a_report_of_a_delay_is_automatic_but_no_bounce() -> None:
    message = parse(REPORT.replace(b"Action: failed", b"Action: delayed"))
    assert (message.bounce, message.auto_replied, message.bounced_recipient) == (False, True, None)


def test_a_report_in_free_form_is_a_bounce_too() -> None:
    raw = mail(
        "This message could not be delivered: gone@x.dk\r\n550 5.1.1 unknown\r\n\r\nMessage-ID: <ours@shop.example>",
        "X-Failed-Recipients: gone@x.dk",
        "Subject: Mail delivery failed: returning message to sender",
    ).replace(b"From: a@b.dk", b"From: Mail Delivery System <Mailer-Daemon@mx.example>")
    message = parse(raw)
    assert (message.bounce, message.bounced_recipient, message.bounce_status, message.bounced_message_id) == (
        True, "gone@x.dk", "5.1.1", "ours@shop.example",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("header", "reason", "replied"),
    [
        ("Auto-Submitted: no", None, False),
        ("Auto-Submitted: auto-generated", "Auto-Submitted: auto-generated", False),
        ("Auto-Submitted: auto-replied; owner=x", "Auto-Submitted: auto-replied; owner=x", True),
        (
            "Auto-Submitted: auto-generated\r\nSubject: Automatisk svar: pakke",
            "Auto-Submitted: auto-generated",
            True,
        ),
        ("Precedence: bulk", "Precedence: bulk", False),
        ("Precedence: LIST", "Precedence: list", False),
        ("Precedence: auto_reply", "Precedence: auto_reply", True),
        ("Precedence: first-class", None, False),
        ("X-Autoreply: yes", "X-Autoreply: yes", True),
        ("X-Autorespond: away", "X-Autorespond: away", True),
        ("List-Id: Support <support.lists.example>", "List-Id: Support <support.lists.example>", False),
        ("Subject: Automatisk svar: hej", None, False),
    ],
)
def test_automatic_mail_is_told_from_a_person_behind_a_list(
    header: str, reason: str | None, replied: bool
) -> None:
    message = parse(mail("x", header))
    assert (message.auto_submitted, message.auto_reason, message.auto_replied) == (
        reason is not None,
        reason,
        replied,
    )


def test_no_reply_addresses_are_machines() -> None:
    message = parse(mail().replace(b"a@b.dk", b"No-Reply@b.dk"))
    assert (message.auto_submitted, message.auto_reason, message.auto_replied) == (
        True,
        "From: No-Reply@b.dk",
        False,
    )


def test_the_person_behind_a_list_is_found_by_reply_to() -> None:
    raw = mail("x", "Reply-To: Mette <mette@x.dk>, support@lists.example").replace(
        b"From: a@b.dk", b"From: 'Mette S' via Support <support@lists.example>"
    )
    assert parse(raw).original_sender == Address("Mette", "mette@x.dk")
    assert parse(mail("x", "Reply-To: mette@x.dk")).original_sender is None


@pytest.mark.parametrize(
    "raw",
    [
        mail("<div>" * 20_000 + "deep", "Content-Type: text/html"),
        mail("x" * 20_000_000),
        mail("--b" * 1_000_000, "Content-Type: multipart/mixed; boundary=b"),
        mail("--b\r\n\r\nx\r\n" * 10_000, "Content-Type: multipart/mixed; boundary=b"),
        mail("".join(f"--b{n}\r\nContent-Type: multipart/mixed; boundary=b{n + 1}\r\n\r\n" for n in range(5000)),
             "Content-Type: multipart/mixed; boundary=b0"),
        b"Subject: " + b"=?utf-8?q?a?= " * 500_000 + b"\r\n\r\nx",
        b"From: " + b"(" * 500_000 + b"\r\n\r\nx",
        b"To: " + b"a@b.dk," * 300_000 + b"\r\n\r\nx",
        b"To: " + b'"' * 500_000 + b"\r\n\r\nx",
        b"Content-Type: text/plain" + b";a=b" * 300_000 + b"\r\n\r\nx",
        b"A:b\r\n" * 300_000 + b"\r\nx",
        b"References: " + b"<a@b> " * 300_000 + b"\r\n\r\nx",
        b"begin\n" * 300_000,
    ],
    ids=lambda raw: raw[40:80].decode("latin-1"),
)  # fmt: skip
def test_oversized_mail_takes_bounded_time(raw: bytes) -> None:
    started = time.process_time()
    message = parse(raw)
    assert time.process_time() - started < 2
    assert len(message.text) <= 1_000_000
    assert len(message.attachments) <= 10_000


def test_parts_beyond_the_cap_are_named_as_a_defect() -> None:
    message = parse(mail("--b\r\n\r\nx\r\n" * 11_000, "Content-Type: multipart/mixed; boundary=b"))
    assert any("more parts" in defect for defect in message.defects)


HOSTILE = [
    b"\x1b]0;x\x07", b"\x9b31m", b"\xc2\x9b31m", b"\xe2\x80\xae", b"=?utf-8?q?=1B[2J?=", b"\r", b"\x00", b"\x7f",
    b"=?utf-8?b?G1syShsK?=", b"\xed\xa0\x80", b"From: ", b"Subject: ", b"\n\n", b"\r\n", b"@", b"<", b">", b'"', b"(",
    b"Content-Type: multipart/mixed; boundary=b\n", b"--b\n", b"--b--", b"Content-Type: text/html\n", b"<p>", b"<a ",
    b"Content-Transfer-Encoding: base64\n", b"Content-Disposition: attachment; filename=", b"message/rfc822", b"../",
    b"Message-ID: ", b"Content-Type: message/delivery-status\n", b"Final-Recipient: rfc822;", b"Date: ", b"abc", b" ",
]  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(HOSTILE), st.binary(max_size=8)), max_size=40).map(b"".join))
def test_no_bytes_break_the_parser_or_leave_a_control_character(raw: bytes) -> None:
    try:
        message = parse(raw)
    except NotMail:
        return
    for text in texts(message):
        assert clean_line(text) == text
    assert clean(message.text) == message.text
    assert clean(message.reply_text) == message.reply_text
    for one in message.attachments:
        assert not set(one.filename) & set("/\\\x00")
        assert one.filename not in ("", ".", "..")
        assert len(one.filename) <= 200
        assert len(part_content(raw, one.part)) == one.size
