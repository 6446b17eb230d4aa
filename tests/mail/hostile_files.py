"""Hostile files: attachments with bad names, envelopes that lie, whole files that are hardly mail."""

# ruff: noqa: E501  a table of broken mails: folded lines would hide where each is broken

import base64
import struct
from collections.abc import Iterator

from mail.hostile_bodies import HEAD, TEXT

NAMES = {
    "path": "../../etc/passwd", "windows path": "..\\..\\boot.ini", "absolute": "/etc/shadow", "drive": "C:\\x.exe", "null": "a\x00.exe", "dot": ".", "dots": "..", "hidden": ".bashrc",
    "empty": "", "spaces": "   ", "con": "con", "con.txt": "CON.txt", "lpt1": "lpt1.pdf", "com superscript": "com¹.pdf", "nul": "nul.tar.gz", "trailing dot": "a.exe.", "trailing space": "a.exe ",
    "override": "a\u202egnp.exe", "isolate": "\u2066a\u2069.pdf", "escape": "\x1b[2J.pdf", "c1": "\x9b31m.pdf", "newline": "a\r\nb.pdf", "long": "x" * 5000 + ".pdf", "long utf-8": "ø" * 300 + ".pdf",
    "long ending": "a." + "b" * 300, "wildcards": "a*?.pdf", "pipes": "a|b>c<d\".pdf", "stream": "a.txt:evil.exe", "invisible": "a\u200b\u2060.pdf", "emoji": "👨‍👩‍👧‍👦.png", "fullwidth": "．．／x", "slash only": "///",
    "backslash only": "\\\\\\", "tilde": "~root", "dash": "-rf", "percent": "%2e%2e%2fx", "html": "<img src=x>.pdf", "surrogate": "a\ud800.pdf",
}  # fmt: skip


def attached(disposition: bytes, kind: bytes = b"application/octet-stream") -> bytes:
    """A mail with one attachment of this disposition."""
    return (
        HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHej\r\n--b\r\nContent-Type: " + kind
        + b"\r\nContent-Disposition: " + disposition + b"\r\n\r\nabc\r\n--b--\r\n"
    )  # fmt: skip


def make() -> Iterator[tuple[str, bytes]]:
    """Every kind by name."""
    for name, wanted in NAMES.items():
        data = wanted.encode("utf-8", "surrogatepass")
        quoted = data.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
        percent = b"".join(b"%%%02X" % byte for byte in data)
        yield f"name {name}", attached(b'attachment; filename="' + quoted + b'"')
        yield f"name {name} bare", attached(b"attachment; filename=" + data)
        yield f"name {name} as rfc 2231", attached(b"attachment; filename*=utf-8''" + percent)
        word = b"=?utf-8?B?" + base64.b64encode(data) + b"?="
        yield f"name {name} as a word", attached(b"inline", b'image/png; name="' + word + b'"')
    yield from _parameters()
    yield from _envelopes()
    yield from _protected()
    yield from _wholes()


def _parameters() -> Iterator[tuple[str, bytes]]:
    forms = {
        "pieces out of order": b"attachment; filename*1=b.pdf; filename*0=a", "piece missing": b"attachment; filename*0=a; filename*2=c", "huge piece": b"attachment; filename*999=a",
        "no charset": b"attachment; filename*=%E6%F8.pdf", "unknown charset": b"attachment; filename*=klingon''%E6.pdf", "bad percent": b"attachment; filename*=utf-8''%ZZ%4", "many quotes": b"attachment; filename*=a'b'c'd'e",
        "both": b"attachment; filename=old.pdf; filename*=utf-8''new.pdf", "twice": b"attachment; filename=a.pdf; filename=b.exe", "no value": b"attachment; filename=", "no end": b'attachment; filename="a.pdf',
        "no word": b"filename=a.pdf", "misspelt": b"attachement; filename=a.pdf", "nothing": b"", "semicolons": b";;;;filename=a.pdf;;", "spaces": b'attachment ; filename = "a b.pdf"', "raw utf-8": "attachment; filename=\"æ.pdf\"".encode(),
        "raw latin": b'attachment; filename="\xe6.pdf"', "folded": b'attachment;\r\n\tfilename="a\r\n b.pdf"', "star without number": b"attachment; filename*x=a", "long list": b"attachment; " + b"; ".join(b"filename*%d=x" % n for n in range(300)),
    }  # fmt: skip
    for name, form in forms.items():
        yield f"disposition {name}", attached(form)


def _tnef(*attributes: tuple[int, bytes]) -> bytes:
    body = b"".join(
        b"\x02" + struct.pack("<II", name, len(data)) + data + b"\0\0" for name, data in attributes
    )
    return b"\x78\x9f\x3e\x22\x01\x00" + body


def _envelopes() -> Iterator[tuple[str, bytes]]:
    good = _tnef((0x2800C, b"Hej\0"), (0x69002, b"\0" * 14), (0x18010, b"..\\con.pdf\0"), (0x6800F, b"%PDF"))
    rtf = struct.pack("<IIII", 30, 1000, 0x75465A4C, 0) + b"\xff" * 40
    properties = struct.pack("<IHHII", 1, 0x102, 0x1009, 1, len(rtf)) + rtf
    forms = {
        "whole": good, "cut": good[:-6], "cut early": good[:12], "only its mark": good[:6], "empty": b"", "no tnef": b"hello", "lying length": good[:7] + b"\xff\xff\xff\xff" + good[11:],
        "thousand files": _tnef(*[(0x69002, b""), (0x6800F, b"x")] * 1000), "endless rtf": _tnef((0x69003, properties)), "nonsense properties": _tnef((0x69003, b"\xff" * 200)),
        "billions of properties": _tnef((0x69003, b"\xff\xff\xff\xff" + b"\x1e\x10\x00\x10\xff\xff\xff\xff" * 20)), "control names": _tnef((0x69002, b""), (0x18010, b"\x1b[2J\x9b\0"), (0x6800F, b"x")),
        "in itself": _tnef((0x69002, b""), (0x18010, b"winmail.dat\0"), (0x6800F, good)),
    }  # fmt: skip
    for name, data in forms.items():
        head = b"Content-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        yield f"winmail {name}", HEAD + head + base64.encodebytes(data)
    for name, text in {
        "invitation": b'BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:M\xc3\xb8de\x1b[2J\r\nDTSTART;TZID="Europe/\r\n Copenhagen":20261121T100000\r\nEND:VEVENT',
        "nonsense": b"BEGIN:VCALENDAR\r\n" + b"X" * 3000 + b':;;;;""":\r\nEND',
        "empty": b"",
        "no time": b"BEGIN:VEVENT\r\nDTSTART:yesterday\r\nSUMMARY:\\n\\,\\;\\\\\r\n",
    }.items():
        yield f"calendar {name}", HEAD + b"Content-Type: text/calendar; method=REQUEST\r\n\r\n" + text
    for name, text in {
        "plain": rb"{\rtf1\ansi Hej \'e6\u248?\par {\fonttbl x}slut}",
        "open": b"{" * 3000 + b"x",
        "closed": b"}" * 3000 + b"x",
        "escape": rb"{\rtf1 \u27?[2J\'1b]0;x}",
        "html": rb"{\rtf1\fromhtml1{\*\htmltag <p>}Hej{\*\htmltag </p>}}",
        "surrogates": rb"\u-10179?\u-8704?\u55357?",
        "huge numbers": rb"\uc999999999\u99999999999999?x",
    }.items():
        yield f"rtf {name}", HEAD + b"Content-Type: text/rtf\r\n\r\n" + text
    yield (
        "enriched",
        HEAD + b"Content-Type: text/enriched\r\n\r\n<bold>a</bold> <<b> <param>c</param>\n\nd <nofill>e\nf",
    )
    yield (
        "flowed",
        HEAD
        + b"Content-Type: text/plain; format=flowed; delsp=yes\r\n\r\n>>> a \r\n>> b \r\n \r\n-- \r\n"
        + b"> " * 300,
    )


def _protected() -> Iterator[tuple[str, bytes]]:
    inner = b"Content-Type: text/plain\r\n\r\n" + TEXT.encode()
    sequence = b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80\x30\x80\x02\x01\x01\x31\x00\x30\x80\x06\x09"
    wrapped = (
        sequence
        + b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\xa0\x80\x24\x80\x04"
        + bytes([len(inner)])
        + inner
        + b"\0" * 12
    )
    forms = {
        "signed": wrapped, "cut": wrapped[:40], "empty": b"", "deep": b"\x30\x80" * 3000, "lying length": b"\x30\x88" + b"\xff" * 8 + b"\x06\x01", "text": b"hello", "long length": b"\x30\xff" + b"\xff" * 200,
        "encrypted": b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03\xa0\x80", "itself": sequence + b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\xa0\x80\x24\x80" + b"\x04\x05\x30\x80\x06\x09\x2a" * 50,
    }  # fmt: skip
    for name, data in forms.items():
        head = b"Content-Type: application/pkcs7-mime; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        yield f"s/mime {name}", HEAD + head + base64.encodebytes(data)
    armour = b"-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA\x1b[2J\r\n-----END PGP MESSAGE-----"
    yield "pgp in line", HEAD + b"\r\n" + armour
    yield "pgp without its end", HEAD + b"\r\n" + armour[:50]
    yield (
        "pgp signed in line",
        HEAD
        + b"\r\n-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA256\r\n\r\nHej\r\n-----BEGIN PGP SIGNATURE-----\r\n",
    )
    yield "pgp by mime", HEAD + (
        b'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=b\r\n\r\n--b\r\n'
        b"Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n--b\r\nContent-Type: application/octet-stream\r\n\r\n"
        + armour + b"\r\n--b--"
    )  # fmt: skip
    yield (
        "signed by nobody",
        HEAD + b"Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n\r\nHej\r\n--b--",
    )


def _wholes() -> Iterator[tuple[str, bytes]]:
    good = HEAD + b"\r\n" + TEXT.encode()
    forms = {
        "empty": b"", "one null": b"\0", "nulls": b"\0" * 5000, "blank lines": b"\r\n" * 50, "spaces": b" \t" * 50, "only an mbox line": b"From x@y Sat Nov 21 10:00:00 2026\n", "mbox line": b"From x@y Sat Nov 21 10:00:00 2026\n" + good,
        "quoted mbox line": b">From x@y\n" + good, "leading blanks": b"\r\n \r\n" + good, "bom": b"\xef\xbb\xbf" + good, "carriage returns": good.replace(b"\r\n", b"\r"), "line feeds": good.replace(b"\r\n", b"\n"), "doubled returns": good.replace(b"\r\n", b"\r\r\n"),
        "mixed ends": good.replace(b"\r\n", b"\n", 2), "utf-16": good.decode().encode("utf-16"), "utf-16 no mark": good.decode().encode("utf-16-le"), "utf-16 big": good.decode().encode("utf-16-be"), "utf-16 odd": good.decode().encode("utf-16") + b"\0",
        "nulls between": good.replace(b"e", b"\0e"), "nulls first": b"\0\0\0\0" + good, "ebcdic": good.decode().encode("cp037", "replace"), "png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\2\0\0\0", "zip": b"PK\3\4\x14\0\0\0\x08\0" + bytes(range(256)),
        "pdf": b"%PDF-1.7\n\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\n", "elf": b"\x7fELF\2\1\1" + b"\0" * 60, "html page": b"<!DOCTYPE html><html><body>Hej</body></html>", "json": b'{"a": [1, 2]}', "all bytes": bytes(range(256)) * 4,
        "escapes": b"\x1b[2J\x1b]0;x\x07" * 20, "one letter": b"a", "one colon": b":", "no end": b"Subject", "mail in a mail": good + b"\r\n" + good, "twice the header": HEAD + HEAD + b"\r\nHej", "crlf crlf": b"\r\n\r\n" + TEXT.encode(),
    }  # fmt: skip
    for name, data in forms.items():
        yield f"whole {name}", data
