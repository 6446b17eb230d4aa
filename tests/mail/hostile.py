"""Over five hundred kinds of hostile mail, each by name: the same bytes in every run.

A kind is one thing that is wrong, in one place; the last ones are several at once. The huge ones (`huge`) are made when
they are asked for, because each holds megabytes.
"""

# ruff: noqa: E501  a table of broken mails: folded lines would hide where each is broken

from collections.abc import Callable, Iterator

from mail import hostile_bodies, hostile_files, hostile_headers
from mail.hostile_bodies import HEAD


def kinds() -> dict[str, bytes]:
    """Every kind but the huge ones."""
    found: dict[str, bytes] = {}
    for name, raw in (*hostile_headers.make(), *hostile_bodies.make(), *hostile_files.make()):
        assert name not in found, name
        # An id of its own where the id is not what is wrong: else one half would be the other half's duplicates.
        own = b"Message-ID: <%d@kunde.example>" % len(found)
        raw = raw.replace(HEAD, HEAD + own + b"\r\n", 1) if raw.startswith(HEAD) else raw  # noqa: PLW2901
        found[name] = raw.replace(b"Message-ID: <one@kunde.example>", own, 1)
    found.update(_together(found))
    return found


def _together(single: dict[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Several at once: every seventh kind lies as an attached message in a mail whose header is another's."""
    names = list(single)
    for number, name in enumerate(names[::7]):
        other = single[names[number * 13 % len(names)]]
        head = other.partition(b"\r\n\r\n")[0].replace(b"Content-Type:", b"X-Was:")
        kind = b"message/rfc822" if number % 2 else b"text/plain"
        middle = b'\r\nContent-Type: multipart/mixed; boundary="=_out"\r\n\r\n--=_out\r\n\r\nSe her\r\n--=_out\r\nContent-Type: '
        yield (
            f"within another: {name}",
            head + middle + kind + b"\r\n\r\n" + single[name] + b"\r\n--=_out--\r\n",
        )


def huge() -> dict[str, Callable[[], bytes]]:
    """The kinds that are wrong by their size."""
    head = b"From: a@b.example\r\nSubject: stor\r\n"

    def typed(kind: str, body: Callable[[], bytes]) -> Callable[[], bytes]:
        return lambda: head + f"Content-Type: {kind}\r\n\r\n".encode() + body()

    mixed = "multipart/mixed; boundary=b"
    file = b"--b\r\nContent-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    tnef = b"\x78\x9f\x3e\x22\x01\x00\x02\x02\x90\x06\x00\x00\x00\x00\x00\x00\x00\x02\x0f\x80\x06\x00"
    return {
        "a file of 25 MB": typed(mixed, lambda: file + b"A" * 76 * 460_000 + b"\r\n--b--"),
        "a broken file of 25 MB": typed(mixed, lambda: file + (b"A" * 76 + b"\r\n") * 440_000 + b"!A\r\n--b--"),
        "a file of 25 MB in 8 bit": typed("application/zip", lambda: b"x" * 25_000_000),
        "a uuencoded file of 8 MB": typed("text/plain", lambda: b"begin 644 a\n" + (b"M" + b"1" * 60 + b"\n") * 180_000 + b"`\nend\n"),
        "20 MB of uuencoded lines that hold nothing": lambda: head + b"Content-Transfer-Encoding: x-uuencode\r\n\r\n" + b"\n" * 20_000_000,
        "20 MB of uuencoded lines that hold a byte": lambda: head + b"Content-Transfer-Encoding: x-uuencode\r\n\r\n" + b"!ab\n" * 5_000_000,
        "a winmail of 16 MB": typed("application/ms-tnef", lambda: tnef + b"\x00\x00\x00\x01" + b"x" * 16_777_218),
        "a line of 20 MB": typed("text/plain", lambda: b"x" * 20_000_000),
        "a line of 20 MB quoted-printable": lambda: head + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"=C3=B8" * 3_300_000,
        "lines without end": typed("text/plain", lambda: b"> a\r\n" * 4_000_000),
        "10,000 parts": typed(mixed, lambda: b"--b\r\nContent-Type: image/png; name=x.png\r\n\r\nx\r\n" * 10_000),
        "10,000 texts": typed(mixed, lambda: b"--b\r\n\r\nx\r\n" * 10_000),
        "5,000 deep": typed("multipart/mixed; boundary=b0", lambda: b"".join(b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (n, n + 1) for n in range(5000))),
        "2,000 messages deep": typed("message/rfc822", lambda: b"Content-Type: message/rfc822\r\n\r\n" * 2000),
        "boundaries everywhere": typed(mixed, lambda: b"--b" * 3_000_000),
        "20,000 nested tags": typed("text/html", lambda: b"<div>" * 20_000 + b"dybt" + b"</div>" * 20_000),
        "20,000 nested quotes": typed("text/html", lambda: b"<blockquote>x" * 20_000),
        "200,000 bold tags": typed("text/html", lambda: b"<b>x" * 200_000),
        "html of 20 MB": typed("text/html", lambda: b"<p>linje</p>\r\n" * 1_400_000),
        "an attribute of 20 MB": typed("text/html", lambda: b"<p style=\"" + b"a" * 20_000_000 + b"\">x"),
        "a header of 5 MB": lambda: b"Subject: " + b"x" * 5_000_000 + b"\r\n\r\nHej",
        "a folded header of 5 MB": lambda: b"Subject: " + b"x\r\n " * 1_250_000 + b"\r\n\r\nHej",
        "words in a header of 5 MB": lambda: b"Subject: " + b"=?utf-8?q?a?= " * 350_000 + b"\r\n\r\nHej",
        "open words in a header": lambda: b"Subject: " + b"=?u?q?" * 800_000 + b"\r\n\r\nHej",
        "100,000 headers": lambda: b"".join(b"X-%d: y\r\n" % n for n in range(100_000)) + b"\r\nHej",
        "100,000 times one header": lambda: b"Received: x\r\n" * 100_000 + b"To: a@b.example\r\n" * 100_000 + b"\r\nHej",
        "lines that are no headers": lambda: b"Subject: x\r\n" + b"no header\r\n" * 500_000,
        "300,000 addresses": lambda: b"To: " + b"a@b.example," * 300_000 + b"\r\n\r\nHej",
        "open brackets": lambda: b"From: " + b"(" * 2_000_000 + b"\r\nTo: " + b'"' * 2_000_000 + b"\r\nCc: " + b"<" * 2_000_000 + b"\r\n\r\nHej",
        "300,000 references": lambda: b"References: " + b"<a@b> " * 300_000 + b"\r\n\r\nHej",
        "300,000 parameters": typed("text/plain" + ";a=b" * 300_000, lambda: b"Hej"),
        "begin without end": typed("text/plain", lambda: b"begin 644 a\n" * 300_000),
        "rules": typed("text/plain", lambda: b"-----\r\nFrom: x\r\n" * 200_000),
        "a calendar of 10 MB": typed("text/calendar", lambda: b"BEGIN:VEVENT\r\n" + b"A;B=\"\":c\r\n" * 900_000),
        "rtf of 10 MB": typed("text/rtf", lambda: b"{\\b " * 2_500_000),
        "20 MB of UTF-16": lambda: ("From: a@b.example\r\n\r\n" + "x" * 10_000_000).encode("utf-16"),
        "20 MB of one wrong letter": typed("text/plain; charset=utf-8", lambda: b"\xe6\xc3\xb8" * 6_600_000),
    }  # fmt: skip
