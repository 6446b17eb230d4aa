"""`mail.digest`: the same mail by another way is the same; another mail under the same id is not."""

import pytest

from agentdesk.mail.digest import digest
from agentdesk.mail.parse import parse

RAW = (
    b"From: Mette <m@x.dk>\r\nTo: s@shop.dk\r\nDate: Sat, 21 Nov 2026 10:00:00 +0100\r\nSubject: Hej\r\n"
    b"Message-ID: <one@x.dk>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    b"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nbl\xc3\xa5b\xc3\xa6r\r\n"
    b"--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=a.pdf\r\n\r\nPDF\r\n--b--\r\n"
)


def of(raw: bytes) -> str:
    return digest(parse(raw), raw)


@pytest.mark.parametrize(
    "same",
    [
        b"Received: from a by b; Sat, 21 Nov 2026 10:00:01 +0100\r\nDelivered-To: x@y.dk\r\nX-Spam: no\r\n"
        + RAW,
        b"Return-Path: <m@x.dk>\r\n" + RAW,
        RAW.replace(b"\r\n", b"\n"),
        RAW.replace(b"+0100", b"+0100 (CET)"),
        RAW.replace(b"utf-8\r\n", b"utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n").replace(
            b"bl\xc3\xa5b\xc3\xa6r", b"bl=C3=A5b=C3=A6r"
        ),
    ],
)
def test_another_way_here_makes_no_other_mail(same: bytes) -> None:
    assert of(same) == of(RAW)


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"b\xc3\xa6r", b"bar"), (b"PDF", b"PDG"), (b"Hej", b"Hey"), (b"m@x.dk", b"n@x.dk"), (b"10:00", b"10:01"),
     (b"one@", b"two@")],
)  # fmt: skip
def test_other_words_under_the_same_id_are_another_mail(old: bytes, new: bytes) -> None:
    assert of(RAW.replace(old, new)) != of(RAW)


def test_the_order_of_recipients_and_what_servers_write_make_no_other_mail() -> None:
    more = RAW.replace(b"To: s@shop.dk", b"To: s@shop.dk, t@shop.dk\r\nX-Trace: 1\r\nARC-Seal: i=1")
    assert of(more) == of(
        RAW.replace(b"To: s@shop.dk", b"Delivered-To: t@shop.dk\r\nTo: t@shop.dk, s@shop.dk")
    )


def test_a_copy_with_the_marks_of_a_list_is_kept_as_another_mail() -> None:
    assert of(RAW.replace(b"Subject: ", b"Subject: [shop] ")) != of(RAW)
    assert of(RAW.replace(b"b\xc3\xa6r\r\n", b"b\xc3\xa6r\r\n-- \r\nshop mailing list\r\n")) != of(RAW)


def test_the_same_words_without_id_and_date_are_two_mails_when_they_were_sent_twice() -> None:
    alarm = b"Received: from scanner\r\n\tby mx (id %d)\r\nFrom: scanner@x.dk\r\nSubject: Scan\r\n\r\nOne page.\r\n"
    assert of(alarm % 1) != of(alarm % 2)
    assert of(b"Received: from mx by imap; %d\r\n" % 7 + alarm % 1) == of(
        (alarm % 1).replace(b"\r\n\t", b" ")
    )


@pytest.mark.parametrize(
    "file",
    [
        "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x.dk\r\n\r\nFinal-Recipient: rfc822; a@b\r\n",
        "Content-Type: message/rfc822\r\n\r\nFrom: a@b.dk\r\nSubject: x\r\n\r\nEt\r\nTo\r\n",
        "Content-Type: text/csv; name=a.csv\r\n\r\na;b\r\nc;d\r\n",
        "Content-Type: text/csv; name=a.csv\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\na=3D\r\nb\r\n",
        "Content-Type: text/plain\r\n\r\n\r\nEn tekst mere\r\n",
        "Content-Type: text/plain\r\n\r\n" + "linje\r\n" * 180_000,
    ],
    ids=["report", "mail", "csv", "quoted csv", "text", "long text"],
)
def test_a_file_that_travels_unencoded_is_the_same_out_of_a_mailbox_file(file: str) -> None:
    raw = RAW.replace(b"--b--", b"--b\r\n" + file.encode() + b"--b--")
    assert of(raw.replace(b"\r\n", b"\n")) == of(raw) != of(raw.replace(b"\r\n--b--", b"!\r\n--b--"))


def test_a_folded_header_too_long_to_be_read_is_cut_alike_whatever_its_line_ends() -> None:
    raw = RAW.replace(b"Hej", b"en lang linje\r\n " * 9000)
    assert of(raw) == of(raw.replace(b"\r\n", b"\n"))


def test_a_difference_behind_the_cut_of_a_long_text_counts() -> None:
    long = b"From: a@b.dk\r\nMessage-ID: <a@b>\r\n\r\n" + b"x" * 1_200_000
    assert of(long + b"1") != of(long + b"2")
    assert of(b"Received: x\r\n" + long) == of(long)
