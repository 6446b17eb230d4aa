"""Mail that is broken in one place each: what a careful person would say of it."""

# ruff: noqa: E501  a table reads best with one mail a line

import pytest

from agentdesk.domain.mail import Address, Message
from agentdesk.mail.headers import Findings, parameters
from agentdesk.mail.parse import NotMail, parse

HEAD = b"From: a@b.example\r\nSubject: x\r\n"


def files(message: Message) -> list[str]:
    return [one.filename for one in message.attachments]


def typed(kind: str, body: bytes, *, more: str = "") -> Message:
    return parse(HEAD + f"Content-Type: {kind}\r\n{more}\r\n".encode() + body)


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("=?utf-8?B?w6bDu?= =?utf-8?B?A==?=", "æø"), ("=?utf-8?B?TcO4?= =?utf-8?B?bGxlcg?=", "Møller"), ("=?utf-8?B?w6!b#DuA?=", "æø"),
        ("=?utf-8?Q?hvad?_nej?=", "hvad? nej"), ("=?utf-8?Q??= tom", "tom"), ("=??Q?=C3=A6?=", "æ"), ("=?utf-8?Q?half?", "half"),
        ("=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本"), ("=?ks_c_5601-1987?B?x9GxuQ==?=", "한국"), ("=?utf-8?Q?=ZZ?=", "=ZZ"),
        ("=?utf-8?Q?a?= =?iso-8859-1?Q?=F8?=\r\n =?utf-8?Q?b?=", "aøb"), ("1 =?2 ?= 3", "1 =?2 ?= 3"),
    ],
)  # fmt: skip
def test_encoded_words_that_are_wrong(word: str, text: str) -> None:
    assert parse(f"From: a@b.example\r\nSubject: {word}\r\n\r\nx".encode()).subject == text


@pytest.mark.parametrize(
    ("header", "message_id", "named"),
    [
        ("<a@b", "a@b", ("a@b",)), ("a@b>", "a@b", ("a@b",)), ("<<a@b>>", "a@b", ("a@b",)), ("12345", "12345", ()),
        ("<a@b> (added by x@y)", "a@b", ("a@b",)), ("<a@\r\n b>", "a@b", ("a@b",)), ("=?utf-8?Q?=3Ca=40b=3E?=", "a@b", ()),
        ("Your letter of \"Monday\" <a@b>", "a@b", ("a@b",)), ("<a@b><c@d>", "a@b", ("a@b", "c@d")), ("two words", None, ()), ("two\twords", None, ()), ("two\u00a0words", None, ()), ("a>b@c", "ab@c", ("ab@c",)), ("<a@b>, <c@d>", "a@b", ("a@b", "c@d")),
    ],
)  # fmt: skip
def test_ids_in_odd_forms(header: str, message_id: str | None, named: tuple[str, ...]) -> None:
    message = parse(f"Message-ID: {header}\r\nReferences: {header}\r\n\r\nx".encode())
    assert (message.message_id, message.references) == (message_id, named)


@pytest.mark.parametrize(
    ("header", "addresses"),
    [
        ("Mail System <MAILER-DAEMON>", [("Mail System", "MAILER-DAEMON")]), ("Undisclosed <undisclosed-recipients>", []), ("Anna <a@b.example> <c@d.example>", [("Anna", "a@b.example")]),
        ("<<a@b.example>>", [("", "a@b.example")]), ("a @ b . example", [("", "a@b.example")]), ("a@b.example c@d.example", [("", "a@b.example"), ("", "c@d.example")]),
        ("=?utf-8?Q?Anna_<a=40b.example>?=", [("Anna", "a@b.example")]), ("a@b.example.", [("", "a@b.example")]), ('"Anna B <a@b.example>', [("Anna B", "a@b.example")]), ('"An"na" <a@b.example>', [("Anna", "a@b.example")]),
        ("unlisted-recipients:; (no To-header on input)", []), ("Alle: a@b.example, B <c@d.example>;", [("", "a@b.example"), ("B", "c@d.example")]),
    ],
)  # fmt: skip
def test_addresses_that_follow_no_rule(header: str, addresses: list[tuple[str, str]]) -> None:
    assert parse(f"To: {header}\r\n\r\nx".encode()).to == tuple(Address(*one) for one in addresses)


def test_of_doubled_fields_the_first_that_says_anything_counts() -> None:
    raw = b"Subject:\r\nSubject: a\r\nSubject: b\r\nDate: nonsense\r\nDate: Sat, 21 Nov 2026 10:00:00 +0000\r\nMessage-ID: <>\r\nMessage-ID: <a@b>\r\n\r\nx"
    message = parse(raw)
    assert (message.subject, message.message_id, message.date is not None) == ("a", "a@b", True)


@pytest.mark.parametrize(
    ("charset", "data", "text", "replaced"),
    [
        ("utf-8", "hele æøå og ".encode() + b"\xe6n", "hele æøå og æn", False), ("utf-8", "hele æøå".encode()[:-1], "hele æø�", True), ("utf8", "æ".encode(), "æ", False),
        ("iso-8859-15", b"\x93hej\x94", "“hej”", False), ("iso-8859-8-i", "שלום".encode("iso8859-8"), "שלום", False), ("x-mac-cyrillic", "Мир".encode("mac_cyrillic"), "Мир", False),
        ("koi8-r", "Мир".encode("koi8-r"), "Мир", False), ("ks_c_5601-1987", "한국".encode("cp949"), "한국", False), ("big5", "退貨".encode("big5"), "退貨", False), ("gb2312", "镕退货".encode("gb18030"), "镕退货", False),
        ("shift_jis", "①日本".encode("cp932"), "①日本", False), ("shift_jis", "日本語日本語日本語日本語".encode("cp932") + b"\x81", "日本語日本語日本語日本語�", True), ("utf-7", b"Hej +AOY-", "Hej æ", False),
        ("utf-16", b"plain ascii!", "plain ascii!", False), ("us-ascii", "日本".encode("iso2022_jp"), "日本", False), ("windows1252", b"\x80", "€", False), ("utf-8,", "ø".encode(), "ø", False),
    ],
)  # fmt: skip
def test_charsets(charset: str, data: bytes, text: str, replaced: bool) -> None:
    message = typed(f'text/plain; charset="{charset}"', data)
    assert (message.text, message.charset_errors) == (text, replaced)


def test_raw_header_bytes_are_of_the_charset_of_the_text() -> None:
    raw = "Subject: Привет\r\nContent-Type: text/plain; charset=koi8-r\r\n\r\nмир".encode("koi8-r")
    assert (parse(raw).subject, parse(raw).text) == ("Привет", "мир")


ENCODED = b"SGVqIGRpZw=="


@pytest.mark.parametrize(
    ("encoding", "data", "text"),
    [
        ("base64", b"SGVqIGRpZ", "Hej di"), ("base64", b"SG!Vq\r\n\xffIGRpZw==", "Hej dig"), ("base64", b"SGVqIGRpZyEh\r\n_______________\r\nlist footer", "Hej dig!!\n_______________\nlist footer"),
        ("base64", b"SGVqIGRpZw==\r\nSGVqIGRpZw==\r\n", "Hej digHej dig"), ("BASE64 (odd)", ENCODED, "Hej dig"), ('"base64"', ENCODED, "Hej dig"), ("x-none", b"Hej", "Hej"),
        ("quoted_printable", b"=C3=B8 =ZZ =\r\nx=3", "ø =ZZ x=3"), ("x-uuencode", b"begin 644 a\r\n#2&5J\r\n`\r\nend\r\n", "Hej"),
    ],
)  # fmt: skip
def test_transfer_encodings_that_are_broken(encoding: str, data: bytes, text: str) -> None:
    assert (
        typed("text/plain; charset=utf-8", data, more=f"Content-Transfer-Encoding: {encoding}\r\n").text
        == text
    )


PARTS = b"--b\r\nContent-Type: text/plain\r\n\r\nHej\r\n--b\r\nContent-Type: image/png; name=a.png\r\n\r\nPNG\r\n--b--\r\n"


@pytest.mark.parametrize(
    "kind",
    [
        "multipart/mixed",
        "multipart/mixed; boundary=other",
        "multipart/mixed; boundary=",
        "multipart/mixed; boundary=b x",
        "multipart/mixed boundary=b",
        "X-Nothing",
    ],
)
def test_parts_are_found_whatever_the_header_says_of_them(kind: str) -> None:
    message = parse(HEAD + PARTS) if kind == "X-Nothing" else typed(kind, PARTS)
    assert (message.text, files(message)) == ("Hej", ["a.png"])


def test_a_multipart_that_names_its_parents_boundary() -> None:
    inner = b"--b\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\nHej\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>Hej html\r\n--b--\r\n--b--"
    message = typed("multipart/mixed; boundary=b", inner)
    assert (message.text, message.attachments, message.html_present) == ("Hej", (), True)


@pytest.mark.parametrize(
    ("kind", "body", "text", "names"),
    [
        ("text/markdown", b"# Hej", "# Hej", []), ("text/x-never-heard", b"Hej", "Hej", []), ("text/csv", b"a;b", "", ["part-0.csv"]), ("text/rtf", rb"{\rtf1 Hej}", "Hej", ["part-0.rtf"]),
        ("text/enriched", b"<bold>Hej</bold>", "Hej", []), ("nonsense", b"Hej", "Hej", []), ("text/plain (words); charset=utf-8", b"Hej", "Hej", []), ("text/plain", b"<!DOCTYPE html><p>Hej</p>", "Hej", []),
        ("text/plain; format=flowed; delsp=yes", b"en \r\nto\r\n> c \r\n> d", "ento\n> cd", []), ("application/pdf; name=my file.pdf", b"%PDF", "", ["my file.pdf"]), ("strange; name=a.bin", b"x", "", ["a.bin"]),
    ],
)  # fmt: skip
def test_mails_of_one_part(kind: str, body: bytes, text: str, names: list[str]) -> None:
    message = typed(kind, body)
    assert (message.text, files(message)) == (text, names)


def test_texts_of_a_mixed_mail_are_read_in_order_and_a_twin_only_once() -> None:
    def mixed(*parts: str) -> Message:
        return typed(
            "multipart/mixed; boundary=b", "".join(f"--b\r\n{one}\r\n" for one in parts).encode() + b"--b--"
        )

    twin = mixed(
        "Content-Type: text/plain\r\n\r\nHej  du", "Content-Type: text/html\r\n\r\n<p>Hej <b>du</b></p>"
    )
    assert (twin.text, twin.attachments) == ("Hej  du", ())
    other = mixed("Content-Type: text/plain\r\n\r\nHej", "Content-Type: text/html\r\n\r\n<p>og mere</p>")
    assert other.text == "Hej\n\nog mere"
    odd = mixed(
        "\r\nHej",
        "Content-Type: text/plain\r\nContent-Disposition: attachement\r\n\r\nno",
        "Content-Disposition: filename=b.txt\r\n\r\nno",
    )
    assert (odd.text, files(odd)) == ("Hej", ["part-2.txt", "b.txt"])


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("attachment; filename=min fil.pdf", "min fil.pdf"), ("attachment; filename='a.pdf'", "a.pdf"), ("attachment; filename=old; filename*=utf-8''%C3%B8.pdf", "ø.pdf"), ("attachment; filename=a.pdf; filename*=", "a.pdf"),
        ("attachment; filename*=%E6.pdf", "æ.pdf"), ("attachment; filename*0*=utf-8'da'%C3; filename*1*=%B8; filename*2=.pdf", "ø.pdf"), ("filename=a.pdf", "a.pdf"), (";;filename=a.pdf;", "a.pdf"),
    ],
)  # fmt: skip
def test_file_names_in_odd_parameters(value: str, name: str) -> None:
    assert parameters(value, Findings())[1]["filename"] == name


MAIL = "From: a@b.example\r\nSubject: æ\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHej\r\nø\r\n"


@pytest.mark.parametrize(
    "raw",
    [
        MAIL.encode("utf-16"), MAIL.encode("utf-16-le"), MAIL.encode("utf-16-be"), MAIL.encode("utf-8-sig"), MAIL.replace("\r\n", "\r").encode(), MAIL.replace("\r\n", "\r\r\n").encode(),
        b"\0\0\r\n \r\n" + MAIL.encode(), b">From x@y Sat\n" + MAIL.encode(),
    ],
)  # fmt: skip
def test_files_that_an_editor_or_a_server_spoilt(raw: bytes) -> None:
    message = parse(raw)
    assert (message.subject, message.text, message.sender) == ("æ", "Hej\nø", Address("", "a@b.example"))


@pytest.mark.parametrize(
    "raw", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0", bytes(range(256)), b"PK\3\4\x14\0\0\0\x08\0" * 9, b"\0"]
)
def test_the_bytes_of_some_other_file_are_no_mail(raw: bytes) -> None:
    with pytest.raises(NotMail, match="This is no mail"):
        parse(raw)
