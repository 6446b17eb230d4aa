"""Where links lead is to be seen, however they are written."""

import pytest

from agentdesk.mail.html import to_text
from agentdesk.text import links

_LONG = "https://track.example/" + "a" * 800 + "/end"


@pytest.mark.parametrize(("html", "shown"), [
    ('<a href="https://x.dk/a">her</a>', "her <https://x.dk/a>"),
    ('<a href="https://evil.example/x">https://bank.dk</a>', "https://bank.dk <https://evil.example/x>"),
    ('<a href="https://bank.dk">Log ind på bank.dk</a>', "Log ind på bank.dk <https://bank.dk>"),
    ('<a href="https://bank.dk@evil.example/">bank.dk</a>', "bank.dk <https://bank.dk@evil.example/> [evil.example]"),
    ('<a href="https://bank.dk:443@evil.example:8443/">x</a>',
     "x <https://bank.dk:443@evil.example:8443/> [evil.example]"),
    ('<a href="https://evil.example\\@bank.dk/">x</a>', "x <https://evil.example\\@bank.dk/> [evil.example]"),
    ('<a href="https:\\\\evil.example">bank.dk</a>', "bank.dk <https:\\\\evil.example> [evil.example]"),
    ('<a href="https://\u0430a.dk">\u0430a.dk</a>', "\u0430a.dk <https://\u0430a.dk> [xn--a-7sb.dk]"),
    ('<a href="https://bl\u00e5b\u00e6r.dk">bl\u00e5b\u00e6r.dk</a>', "bl\u00e5b\u00e6r.dk"),
    ('<a href="https://x.dk\u202e/gpj">x</a>', "x <https://x.dk/gpj>"),
    ('<a href="java\nscript:alert(1)">bank.dk</a>', "bank.dk <javascript:…>"),
    ('<a href="DATA:text/html;base64,PHA+">faktura.pdf</a>', "faktura.pdf <data:…>"),
    ('<a href="file://evil.example/share/x.lnk">x</a>', "x <file://evil.example/share/x.lnk>"),
    ('<a href="//evil.example/x">x</a>', "x <//evil.example/x>"),
    ('<a href="#top">op</a> <a href="side2.html">næste</a> <a href="cid:a@b">se</a>', "op næste se"),
    ('<a href="x-apple-data-detectors://0">i dag</a>', "i dag"),
])  # fmt: skip
def test_the_real_target_stands_beside_the_words(html: str, shown: str) -> None:
    assert to_text(html) == shown


def test_a_long_target_is_cut_in_its_middle_and_its_server_stays() -> None:
    cut = links.shortened(_LONG)
    assert len(cut) <= links.LONGEST
    assert cut.startswith("https://track.example/aaa")
    assert cut.endswith("aaa/end")
    hidden = f"https://bank.dk{'-' * 800}@evil.example/{'b' * 800}"
    assert "@evil.example/bbb" in links.shortened(hidden)
    assert links.misleads(hidden)
    assert links.server(hidden) == "evil.example"
    assert ".evil.example/" in links.shortened(f"https://{'bank.dk.' * 200}evil.example/{'b' * 500}")
    assert len(links.shortened("mailto:" + "a" * 900)) == links.LONGEST


@pytest.mark.parametrize(("text", "found"), [
    ("Se https://x.dk/a. Eller (https://x.dk/b)!", ["https://x.dk/a", "https://x.dk/b"]),
    ("<https://x.dk/a_(b),c>", ["https://x.dk/a_(b),c"]),
    ("https://da.wikipedia.org/wiki/A_(b)", ["https://da.wikipedia.org/wiki/A_(b)"]),
    ('"HTTPS://X.DK/a?b=[1]"', ["HTTPS://X.DK/a?b=[1]"]),
    ("javascript:alert(1) data:text/html,x file:///etc/passwd ftp://x.dk/a http://", []),
])  # fmt: skip
def test_links_are_found_without_what_ends_a_sentence(text: str, found: list[str]) -> None:
    assert list(links.found(text)) == found


def test_endless_text_costs_little() -> None:
    for one in ("https://" * 50_000, "https://x" + ")" * 300_000, "<https://" + "a" * 300_000):
        assert sum(map(len, links.found(one))) <= len(one)
