"""Hostile headers: fields missing, doubled, folded, cut, encoded and dated in every wrong way."""

# ruff: noqa: E501  a table of broken mails: folded lines would hide where each is broken

from collections.abc import Iterator

GOOD = {
    "From": b"Mette <mette@kunde.example>", "To": b"support@shop.example", "Subject": b"Hvor er min pakke",
    "Date": b"Sat, 21 Nov 2026 11:00:00 +0100", "Message-ID": b"<one@kunde.example>",
}  # fmt: skip

CONTROLS = {
    "escape": b"\x1b[31mred\x1b[0m", "title": b"\x1b]0;owned\x07", "c1": b"\xc2\x9b31m", "raw-c1": b"\x9b31m", "bell": b"\x07",
    "null": b"a\x00b", "delete": b"a\x7fb", "override": "\u202egnp.exe".encode(), "isolate": "\u2066x\u2069".encode(),
    "invisible": "a\u200b\u2060b".encode(), "tag": "a\U000e0041b".encode(), "surrogate": b"a\xed\xa0\x80b",
    "carriage": b"a\rBcc: x@evil.example", "separator": "a\u2028b".encode(), "private": "a\ue000b".encode(),
    "vertical": b"a\x0b\x0cb", "word-escape": b"=?utf-8?q?=1B[2J?=", "word-newline": b"=?utf-8?q?a=0D=0ABcc:_x@evil.example?=",
    "word-override": b"=?utf-8?b?4oCu?=", "word-null": b"=?utf-8?q?a=00b?=", "utf7": b"=?utf-7?q?+ABs-[2J?=",
    "utf16-word": b"=?utf-16?b?//4bAFsA?=",
}  # fmt: skip

WORDS = {
    "cut-letter": b"=?utf-8?B?w6bD?= =?utf-8?B?uA==?=", "cut-group": b"=?utf-8?B?w6bDu?= =?utf-8?B?A==?=", "no-padding": b"=?utf-8?B?w6bDuA?=",
    "too-much-padding": b"=?utf-8?B?w6bDuA========?=", "junk-base64": b"=?utf-8?B?w6!!b#Du*A==?=", "one-letter": b"=?utf-8?B?w?=",
    "empty": b"=?utf-8?Q??=", "empty-charset": b"=??Q?abc?=", "unknown-charset": b"=?x-klingon?Q?=E6?=", "unknown-way": b"=?utf-8?X?abc?=",
    "unclosed": b"=?utf-8?Q?half", "half-closed": b"=?utf-8?Q?half?", "question-inside": b"=?utf-8?Q?hvad?_nej?=", "spaces-inside": b"=?utf-8?Q?a b c?=",
    "bad-hex": b"=?utf-8?Q?=ZZ=4=?=", "quoted": b"\"=?utf-8?Q?S=C3=B8ren?=\"", "language": b"=?iso-8859-1*da?Q?=F8?=", "glued": b"x=?utf-8?Q?=C3=B8?=y",
    "twenty": b" ".join([b"=?utf-8?Q?=C3=B8?="] * 20), "mixed-charsets": b"=?utf-8?Q?=C3=B8?= =?iso-8859-1?Q?=E6?= =?koi8-r?B?08/R?=",
    "nested": b"=?utf-8?Q?=3D=3Futf-8=3FQ=3Fx=3F=3D?=", "folded-inside": b"=?utf-8?B?w6bDuM\r\n Ol?=", "utf8-lies": b"=?us-ascii?Q?=C3=B8?=",
    "latin-lies": b"=?utf-8?Q?=F8=E6?=", "jis": b"=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "jis-cut": b"=?iso-2022-jp?B?GyRCRnxL?=",
    "gb": b"=?gb2312?B?zcu79Q==?=", "big5": b"=?big5?B?sGi+?=", "sjis": b"=?shift_jis?B?k/qWew==?=", "code-charset": b"=?unicode_escape?Q?=5Cx1b?=",
    "punycode": b"=?punycode?Q?a-b-c?=", "zip": b"=?zlib?B?eJw=?=", "long-name": b"=?" + b"u" * 300 + b"?Q?x?=", "raw-in-word": b"=?utf-8?Q?s\xf8ren?=",
}  # fmt: skip

ADDRESSES = {
    "none": b"", "only-brackets": b"<>", "no-domain": b"root", "no-domain-angled": b"Mail System <MAILER-DAEMON>", "no-local": b"@kunde.example",
    "undisclosed": b"undisclosed-recipients:;", "undisclosed-angled": b"<undisclosed-recipients:;>", "group": b"Team: a@b.example, c@d.example;",
    "group-in-group": b"A: B: a@b.example;, c@d.example;", "open-group": b"Team: a@b.example", "comment": b"a@b.example (Anna (den anden) B)",
    "open-comment": b"a@b.example (Anna", "deep-comment": b"a@b.example " + b"(" * 200 + b")" * 200, "open-quote": b"\"Anna <a@b.example>",
    "quote-in-quote": b"\"An\"na\" <a@b.example>", "quoted-local": b"\"odd local\"@b.example", "quoted-newline": b"\"a\r\n b\" <a@b.example>",
    "route": b"<@x.example,@y.example:a@b.example>", "literal": b"a@[192.0.2.1]", "open-literal": b"a@[192.0.2", "two-ats": b"a@b@c.example",
    "spaces": b"a @ b . example", "dots": b"a..b.@b.example.", "semicolons": b"a@b.example; c@d.example", "spaces-between": b"a@b.example c@d.example",
    "comma-in-name": b"N\xf8rgaard, Mette <a@b.example>", "two-angles": b"Anna <a@b.example> <c@d.example>", "open-angle": b"Anna <a@b.example",
    "double-angle": b"<<a@b.example>>", "mailto": b"mailto:a@b.example", "address-as-name": b"\"evil@x.example\" <a@b.example>",
    "raw-utf8": "Søren <søren@bøger.example>".encode(), "raw-latin": "Søren <a@b.example>".encode("latin-1"), "backslash": b"\"a\\",
    "backslashes": b"\"" + b"\\" * 99 + b"\" <a@b.example>", "word-address": b"=?utf-8?Q?Anna_<a=40b.example>?=", "word-comma": b"=?utf-8?Q?A=2C_B?= <a@b.example>",
    "escape-in-address": b"<a\x1b[2J@b.example>", "newline-in-address": b"<a@b\r\n .example>", "long": b"<" + b"a" * 5000 + b"@b.example>", "unicode-space": "Anna\u00a0B\u2003<a@b.example>".encode(),
    "hundred": b", ".join(b"a%d@b.example" % number for number in range(100)), "colons": b":" * 300, "only-commas": b"," * 300, "brackets": b"<" * 300,
}  # fmt: skip

DATES = {
    "none": b"", "words": b"i gaar", "no-zone": b"Sat, 21 Nov 2026 11:00:00", "two-digits": b"Sat, 21 Nov 26 11:00 +0100", "three-digits": b"21 Nov 126 11:00 GMT",
    "named": b"Sat, 21 Nov 2026 11:00:00 CEST", "unknown-zone": b"Sat, 21 Nov 2026 11:00:00 XYZ", "wrong-day": b"Mon, 21 Nov 2026 11:00:00 +0100",
    "iso": b"2026-11-21T11:00:00+01:00", "iso-space": b"2026-11-21 11:00", "danish": "lørdag den 21. november 2026 kl. 11.00".encode(), "german": "Sa, 21 Mär 2026 11:00".encode(),
    "american": b"November 21, 2026 11:00 AM", "unix": b"Sat Nov 21 11:00:00 2026", "day-32": b"Sat, 32 Nov 2026 11:00:00 +0000", "hour-25": b"Sat, 21 Nov 2026 25:00:00 +0000",
    "leap-second": b"Sat, 21 Nov 2026 23:59:60 +0000", "month-13": b"2026-13-01", "far-zone": b"Sat, 21 Nov 2026 11:00:00 +9999", "huge-zone": b"Sat, 21 Nov 2026 11:00:00 +99999999999",
    "year-0": b"1 Jan 0000 00:00:00 +0000", "year-9999": b"31 Dec 9999 23:59:59 -2300", "year-1": b"1 Jan 0001 00:00:00 +2300", "epoch": b"1795255200", "digits": b"1" * 5000,
    "word": b"=?utf-8?Q?Sat,_21_Nov_2026_11:00:00_+0100?=", "comment": b"Sat, 21 Nov 2026 (summer (time)) 11:00:00 +0100", "slashes": b"03/04/2026", "escape": b"Sat, \x1b[2J21 Nov 2026",
    "arabic-digits": "٢١ Nov ٢٠٢٦ ١١:٠٠".encode(), "superscript": "² Nov 2026 11:00".encode(),
}  # fmt: skip

IDS = {
    "none": b"", "empty": b"<>", "blank": b"< >", "no-brackets": b"one@kunde.example", "no-at": b"<12345>", "bare-no-at": b"12345", "open": b"<one@kunde.example",
    "close-only": b"one@kunde.example>", "double": b"<<one@kunde.example>>", "two": b"<a@b> <c@d>", "spaces": b"<one @ kunde.example>", "folded": b"<one@\r\n kunde.example>",
    "comment": b"<one@x> (added by postmaster@x)", "quoted": b"\"<one@x>\"", "escape": b"<\x1b]0;x\x07@x>", "raw": "<ø@x>".encode("latin-1"), "word": b"=?utf-8?Q?=3Cone=40x=3E?=",
    "long": b"<" + b"x" * 3000 + b"@x>", "prose": b"Your message of \"Sat, 21 Nov\" <one@x>", "override": "<\u202ex@y>".encode(), "null": b"<a\x00b@x>",
}  # fmt: skip


def field(name: str, value: bytes) -> bytes:
    """An ordinary mail whose one field is the given one."""
    fields = {**GOOD, name: value}
    return b"".join(key.encode() + b": " + kept + b"\r\n" for key, kept in fields.items()) + b"\r\nHej\r\n"


def plain(*lines: bytes, body: bytes = b"Hej\r\n") -> bytes:
    """A mail with just these header lines."""
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def make() -> Iterator[tuple[str, bytes]]:
    """Every kind by name."""
    for name, value in CONTROLS.items():
        for where in ("Subject", "From", "Message-ID"):
            wrapped = {
                "Subject": value,
                "From": b'"' + value + b'" <a@b.example>',
                "Message-ID": b"<" + value + b"@x>",
            }
            yield f"control {name} in {where}", field(where, wrapped[where])
        yield f"control {name} in a machine's mark", field("Auto-Submitted", b"auto-replied; " + value)
        yield f"control {name} in the body", field("X-Body", b"1") + value + b"\r\n"
    for name, value in WORDS.items():
        yield f"word {name} in a subject", field("Subject", value)
        yield f"word {name} in a name", field("From", value + b" <a@b.example>")
    for name, value in ADDRESSES.items():
        yield f"address {name} in From", field("From", value)
        yield f"address {name} in To", field("To", value)
    for name, value in DATES.items():
        yield f"date {name}", field("Date", value)
    for name, value in IDS.items():
        yield f"id {name}", field("Message-ID", value)
        yield f"id {name} referred to", field("References", value)
    yield from _fields()


def _fields() -> Iterator[tuple[str, bytes]]:
    for name, good in GOOD.items():
        lines = [key.encode() + b": " + value for key, value in GOOD.items()]
        without = [line for line in lines if not line.startswith(name.encode())]
        yield f"without {name}", plain(*without)
        yield f"{name} twice", plain(*lines, name.encode() + b": second <second@b.example>")
        yield f"{name} empty, then again", plain(name.encode() + b":", *lines)
        yield f"{name} in capitals with a space", plain(*without, name.upper().encode() + b" : " + good)
    yield "nothing but a header", b"Subject: x"
    yield "no blank line below", b"From: a@b.example\r\nSubject: x\r\nthis is the body"
    yield "no header at all", b"just words\r\nand more"
    yield "blank of spaces below", b"Subject: x\r\n   \r\nbody"
    yield "a line that is no header", plain(b"From: a@b.example", b"what is this", b"Subject: x")
    yield "a line of control characters", plain(b"From: a@b.example", b"\x00\x01\x02\x1b[2J", b"Subject: x")
    yield "a continuation first", plain(b" folded: from nothing", b"Subject: x")
    yield "folded with tabs and nothing", plain(b"Subject: a\r\n\t\r\n \r\n\tb")
    yield "8-bit field name", plain(b"S\xf8bject: x", b"Subject: y")
    yield "no name before the colon", plain(b": x", b"Subject: y")
    yield (
        "koi8 header, koi8 body",
        plain(
            "Subject: Привет".encode("koi8-r"),
            b"Content-Type: text/plain; charset=koi8-r",
            body="мир".encode("koi8-r"),
        ),
    )
