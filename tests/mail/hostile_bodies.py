"""Hostile bodies: charsets, transfer encodings, multiparts and HTML that are wrong in every way."""

# ruff: noqa: E501  a table of broken mails: folded lines would hide where each is broken

import base64
from collections.abc import Iterator

HEAD = b"From: a@b.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
TEXT = "Hej, pakken mangler. Æble, øl og å. Grüße, café – 9 €\r\nÅse\r\n"

CHARSETS = (
    "utf-8", "utf8", "UTF-8;", "us-ascii", "iso-8859-1", "ISO8859_15", "iso-8859-8-i", "iso-8859-99", "windows-1252", "cp1252", "win1252", "x-unknown",
    "unknown-8bit", "utf-7", "utf-16", "utf-32", "utf-16le", "iso-2022-jp", "iso-2022-kr", "iso-2022-cn", "gb2312", "gb18030", "hz-gb-2312", "big5",
    "shift_jis", "euc-jp", "euc-kr", "ks_c_5601-1987", "koi8-r", "koi8-u", "macintosh", "x-mac-cyrillic", "x-mac-ce", "cp037", "cp850", "tis-620",
    "unicode_escape", "raw_unicode_escape", "punycode", "idna", "rot13", "base64", "zlib", "undefined", "mbcs", "charmap", "\u202eutf-8", "x" * 500, "a b c",
)  # fmt: skip

BYTES = {
    "utf-8": TEXT.encode(), "latin": TEXT.encode("cp1252"), "utf-16": TEXT.encode("utf-16"), "jis": "日本語".encode("iso2022_jp"),
    "high": bytes(range(128, 256)), "low": bytes(range(32)), "half a letter": TEXT.encode()[:21] + b"\xc3",
    "both": TEXT.encode() + "Æble".encode("latin-1"), "surrogates": b"\xed\xa0\x80\xed\xb0\x80", "overlong": b"\xc0\xaf\xe0\x80\xaf", "escape": b"\x1b$B\x1b(B\x1b[2J",
}  # fmt: skip

ENCODED = base64.encodebytes(TEXT.encode())
ENCODINGS = {
    "base64 cut": (b"base64", ENCODED[:-5]), "base64 cut by one": (b"base64", ENCODED.rstrip(b"=\n")), "base64 junk": (b"base64", b"!!" + ENCODED.replace(b"S", b"S*\xff")),
    "base64 footer": (b"base64", base64.encodebytes(TEXT.encode() + b".") + b"_______________\nlist mailing list\n"), "base64 is text": (b"base64", TEXT.encode()), "base64 empty": (b"base64", b""),
    "base64 pieces": (b"base64", b"SGVq\nSQ==\nSGVq\nSQ==\n"), "base64 one letter": (b"base64", b"A"), "base64 nulls": (b"base64", b"\x00".join([b"S", b"G", b"V", b"q"])),
    "qp bad hex": (b"quoted-printable", b"a=ZZ=4=\r\nb=3"), "qp soft end": (b"quoted-printable", b"a=\r\n=\r\n="), "qp raw": (b"quoted-printable", TEXT.encode("cp1252")),
    "qp escape": (b"quoted-printable", b"=1B[2J=07=00=9B"), "qp spaces": (b"quoted-printable", b"a=   \r\nb"), "qp lower": (b"quoted-printable", b"=c3=a6=C3=A6"),
    "unknown": (b"x-rot13", b"Urw"), "doubled": (b"base64\r\nContent-Transfer-Encoding: 7bit", ENCODED), "empty": (b"", TEXT.encode()), "comment": (b"base64 (really)", ENCODED),
    "quotes": (b'"base64"', ENCODED), "misspelt": (b"quoted_printable", b"=C3=A6"), "7bit that is 8": (b"7bit", TEXT.encode()), "control": (b"base\x1b64", ENCODED),
    "uu part": (b"x-uuencode", b"begin 644 a.txt\n#2&5J\n`\nend\n"), "uu part cut": (b"x-uuencode", b"begin 644 a.txt\n#2&"), "uu part no begin": (b"x-uuencode", b"#2&5J\n"),
    "uu in text": (b"7bit", b"Se her:\n\nbegin 644 ../../etc/passwd\n#2&5J\n`\nend\n\nHilsen"), "uu no end": (b"7bit", b"begin 644 x\n#2&5J\n"), "uu word": (b"7bit", b"begin 1234 and so on\nwe talk\nend\n"),
    "uu many": (b"7bit", b"begin 644 con.exe\n#2&5J\n`\nend\n" * 30),
}  # fmt: skip

TYPES = (
    "text/plain", "text/html", "text/enriched", "text/richtext", "text/rtf", "text/calendar", "text/markdown", "text/x-never", "text", "html", "text/", "/plain", "a/b/c",
    "application/octet-stream", "image/png", "message/rfc822", "message/partial", "message/external-body", "message/delivery-status", "message/never", "multipart/mixed",
    "multipart/alternative", "multipart/digest", "multipart/report; report-type=delivery-status", "multipart/signed", "multipart/encrypted", "multipart/never", "multipart/",
    "application/pkcs7-mime", "application/ms-tnef", "application/pgp-encrypted", "text/plain charset=utf-8", "text/plain; charset", "text/plain; charset=", "text/plain (comment); charset=utf-8",
    "\"text/html\"", "text/html;;;charset=utf-8", "TEXT/HTML; CHARSET=\"utf-8", "text/plain; charset*=us-ascii'en'utf-8", "text/plain; charset=utf-8; charset=latin1",
    "text/plain; format=flowed; delsp=yes", "text/\x1b[2Jplain", "text/plain; name=\"\x1b]0;x\x07\"", "text/plain; " + "a=b; " * 200, "x" * 3000,
)  # fmt: skip

HTML = {
    "unclosed": b"<p>a<b>b<i>c", "crossed": b"<b><i>a</b></i>", "only head": b"<html><head><title>x</title></head></html>", "script": b"<script>alert(1)</script>x",
    "escape entity": b"&#27;[2J&#x1b;]0;x&#7;&#155;31m", "null entity": b"a&#0;b&#xd800;c&#x110000;", "override": "a&#8238;b\u202e".encode(), "comment": b"<!-- x --><!--[if mso]>y<![endif]--><![if !mso]>z<![endif]>",
    "open comment": b"a<!-- never closed", "cdata": b"<![CDATA[x]]>y", "quotes": b"<a href=\"http://x.example'>a</a>\"", "javascript": b"<a href=\"java\tscript:x\">a</a>",
    "data link": b"<a href=\"data:text/html,x\">a</a>", "lying link": b"<a href=\"https://evil.example\">https://bank.example</a>", "escape link": b"<a href=\"https://x.example/\x1b]8;;\x07\">a</a>",
    "hidden": b"<div style=\"display:none\">no</div><span style=\"font-size:0\">no</span>yes", "tables": b"<table><tr><td><table><tr><td>a<td>b</table><td>c</table>", "list": b"<ol><li>a<ul><li>b</ol>c</ul>",
    "pre": b"<pre>a\n  b\n\tc</pre>", "frames": b"<frameset><frame src=x></frameset><noframes>x</noframes>", "plaintext": b"a<plaintext>b</b>", "textarea": b"<textarea><b>x</textarea>y",
    "svg": b"<svg><script>x</script><text>t</text></svg>z", "math": b"<math><mi>x</math>z", "template": b"<template>x</template>z", "no tags": b"just < words & more >", "empty": b"", "spaces": b" \r\n\t&nbsp;",
    "meta charset": b"<meta charset=koi8-r>" + "мир".encode("koi8-r"), "meta lies": "<meta charset=utf-7>øæ".encode(), "bom": b"\xef\xbb\xbf<p>x", "utf-16": "<p>ø</p>".encode("utf-16"),
    "null": b"<p\x00>a\x00</p>", "base": b"<base href=\"https://evil.example\"><a href=x>y</a>", "form": b"<form action=x><input value=y><select><option>z</select></form>w",
    "images": b"<img src=cid:a@b alt=\"\x1b[2J\"><img src=x width=1 alt=spy>", "attributes twice": b"<a href=https://a.example href=https://b.example>x</a>", "entities": b"&aelig;&oslash;&bogus;&amp;lt;&#xe6",
}  # fmt: skip

MULTIPARTS = {
    "no boundary": b"multipart/mixed\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\na\r\n--b--", "wrong boundary": b"multipart/mixed; boundary=other\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\na\r\n--b--",
    "empty boundary": b"multipart/mixed; boundary=\"\"\r\n\r\n--\r\n\r\na\r\n----", "no end": b"multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\na\r\n--b\r\n\r\nc", "no start": b"multipart/mixed; boundary=b\r\n\r\na\r\n--b--",
    "only the end": b"multipart/mixed; boundary=b\r\n\r\n--b--", "no parts": b"multipart/mixed; boundary=b\r\n\r\n", "empty parts": b"multipart/mixed; boundary=b\r\n\r\n--b\r\n--b\r\n\r\n--b\r\n--b--",
    "prefix": b"multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: multipart/mixed; boundary=b1\r\n\r\n--b1\r\n\r\na\r\n--b1--\r\n--b--", "same inside": b"multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\na\r\n--b--\r\n--b--",
    "crossed": b"multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--a\r\n\r\ny\r\n--b--\r\n--a--", "spaces": b"multipart/mixed; boundary=\"b c\"\r\n\r\n--b c  \r\n\r\na\r\n--b c--  ",
    "unquoted spaces": b"multipart/mixed; boundary=b c\r\n\r\n--b c\r\n\r\na\r\n--b c--", "preamble": b"multipart/mixed; boundary=b\r\n\r\nread this\r\n--b\r\n\r\na\r\n--b--\r\nand this", "after the end": b"multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\na\r\n--b--\r\n--b\r\n\r\nc\r\n--b--",
    "alternative empty text": b"multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\n \r\n--b\r\nContent-Type: text/html\r\n\r\n<p>a\r\n--b--", "alternative stub": b"multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\nYour mail client does not support HTML\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>a\r\n--b--",
    "alternative no text": b"multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: image/png\r\n\r\na\r\n--b--", "related no html": b"multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: image/png\r\nContent-ID: <x>\r\n\r\na\r\n--b--",
    "base64 multipart": b"multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: base64\r\n\r\nLS1iDQoNCmENCi0tYi0t", "part no header": b"multipart/mixed; boundary=b\r\n\r\n--b\r\njust text\r\n--b--", "control in boundary": b"multipart/mixed; boundary=\"b\x1b[2J\"\r\n\r\n--b\x1b[2J\r\n\r\na\r\n--b\x1b[2J--",
    "long boundary": b"multipart/mixed; boundary=" + b"b" * 500 + b"\r\n\r\n--" + b"b" * 500 + b"\r\n\r\na\r\n--" + b"b" * 500 + b"--", "8-bit boundary": b"multipart/mixed; boundary=\xf8\r\n\r\n--\xf8\r\n\r\na\r\n--\xf8--", "rfc2231 boundary": b"multipart/mixed; boundary*0=b; boundary*1=c\r\n\r\n--bc\r\n\r\na\r\n--bc--",
    "message in message": b"message/rfc822\r\n\r\nContent-Type: message/rfc822\r\n\r\nContent-Type: message/rfc822\r\n\r\nSubject: deep\r\n\r\nx", "message base64": b"message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nU3ViamVjdDogeA0KDQpib2R5", "message empty": b"message/rfc822\r\n\r\n",
    "digest": b"multipart/digest; boundary=b\r\n\r\n--b\r\n\r\nSubject: x\r\n\r\na\r\n--b\r\n\r\n--b--", "report nonsense": b"multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n\x1b[2J: x\r\nFinal-Recipient: \x00\r\nAction: failed\r\n--b--",
    "not declared": b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\na\r\n--b\r\nContent-Type: image/png; name=x.png\r\n\r\n\x89PNG\r\n--b--",
}  # fmt: skip


def make() -> Iterator[tuple[str, bytes]]:
    """Every kind by name."""
    for charset in CHARSETS:
        for name in ("utf-8", "latin"):
            head = b'Content-Type: text/plain; charset="' + charset.encode() + b'"\r\n\r\n'
            yield f"charset {charset[:20]!a} over {name}", HEAD + head + BYTES[name]
    for name, data in BYTES.items():
        for charset in ("", "utf-8", "us-ascii", "iso-8859-1", "shift_jis", "iso-2022-jp"):
            head = f"Content-Type: text/plain; charset={charset}\r\n\r\n" if charset else "\r\n"
            yield f"bytes {name} as {charset or 'nothing'}", HEAD + head.encode() + data
    for name, (encoding, data) in ENCODINGS.items():
        for kind in ("text/plain", "text/html", "application/pdf; name=a.pdf"):
            head = f"Content-Type: {kind}\r\nContent-Transfer-Encoding: ".encode()
            yield f"encoding {name} of {kind.partition(';')[0]}", HEAD + head + encoding + b"\r\n\r\n" + data
    for kind in TYPES:
        yield f"type {kind[:30]!a}", HEAD + b"Content-Type: " + kind.encode() + b"\r\n\r\n" + TEXT.encode()
    for name, html in HTML.items():
        yield f"html {name}", HEAD + b"Content-Type: text/html\r\n\r\n" + html
    for name, data in MULTIPARTS.items():
        yield f"multipart {name}", HEAD + b"Content-Type: " + data + b"\r\n"
