"""Whose word about a sender counts, and what it says: fields as servers write them, and as forgers do."""

import time

import pytest

from agentdesk.mail.authentication import fails
from agentdesk.mail.parse import parse

_OURS = "Received: from out.example by mx1.shop.example (Postfix) with ESMTPS id 1 for <s@shop.example>; Mon"
_INSIDE = "Received: from mx1.shop.example by imap.shop.example (Dovecot) with LMTP id 2; Mon"
_GOOGLE = "Received: by 2002:a05:6402:1a9d:b0 with SMTP id x9csp1; Mon"
_AT_GOOGLE = "Received: from out.example (out.example [192.0.2.1]) by mx.google.com with ESMTPS id 3; Mon"
_OUTLOOK = (
    "Received: from DB5EUR.eurprd.prod.outlook.com (2603::1) by AM9PR.eurprd.prod.outlook.com (2603::2); Mon"
)
_ELSEWHERE = "Received: from a by mail.list.example with ESMTP id 4; Mon"
_FAIL = "dmarc=fail (p=reject) header.from=kunde.example"


def _said(*fields: str, ours: str = "", sender: str = "karen@kunde.example") -> bool:
    rest = (f"From: Karen <{sender}>", "To: s@shop.example", "Message-ID: <a@kunde.example>", "", "Hej")
    return fails(parse("\r\n".join((*fields, *rest)).encode()).judgements, ours)


def _results(server: str, *results: str) -> str:
    return "Authentication-Results: " + ";\r\n\t".join((server, *results))


_OWN = "mx1.shop.example"
_WHOSE: tuple[tuple[str, tuple[str, ...], str, bool], ...] = (
    ("nothing is said", (_OURS,), "", False),
    ("on top of all", (_results(_OWN, _FAIL), _OURS), "", True),
    ("below what the same house received after", (_INSIDE, _results(_OWN, _FAIL), _OURS), "", True),
    ("Google's, below a server without a name", (_GOOGLE, _results("mx.google.com", _FAIL), _AT_GOOGLE), "", True),
    ("Microsoft's, without its own name", (_OUTLOOK, "Authentication-Results: spf=pass; " + _FAIL), "", True),
    ("Apple's, one for each method",
     (_results("dkim.icloud.example", "dkim=none"), _results("dmarc.icloud.example", _FAIL), _ELSEWHERE), "", True),
    ("another house's, which forwarded it to us", (_OURS, _results("mx.google.com", _FAIL), _AT_GOOGLE), "", False),
    ("the sender's own, deep below", (_OURS, _ELSEWHERE, _results("mail.list.example", _FAIL)), "", False),
    ("a forged pass below the true failure",
     (_results(_OWN, _FAIL), _OURS, _results(_OWN, "dmarc=pass header.from=kunde.example")), "", True),
    ("a forged pass right below it",
     (_results(_OWN, _FAIL), _results(_OWN, "dmarc=pass header.from=kunde.example"), _OURS), "", True),
    ("a forged failure below a true pass",
     (_results(_OWN, "dmarc=pass header.from=kunde.example"), _OURS, _results(_OWN, _FAIL)), "", False),
    ("the server that the settings name", (_ELSEWHERE, _results(_OWN, _FAIL)), "mx1.SHOP.example", True),
    ("a host of the domain that they name", (_ELSEWHERE, _results(_OWN, _FAIL)), "shop.example", True),
    ("not a host that only ends like it", (_results("evilshop.example", _FAIL), _OURS), "shop.example", False),
    ("none but that one", (_results("mx.list.example", _FAIL), _OURS), "shop.example", False),
    ("that one below another", (_results("a.example", "dmarc=pass"), _OURS, _results(_OWN, _FAIL)), _OWN, True),
    ("the chain of others is nobody's word here", ("ARC-" + _results(f"i=1; {_OWN}", _FAIL), _OURS), "", False),
)  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "ours", "failed"), [row[1:] for row in _WHOSE], ids=[row[0] for row in _WHOSE]
)
def test_whose_word_counts(fields: tuple[str, ...], ours: str, failed: bool) -> None:
    assert _said(*fields, ours=ours) is failed


_SOFT = "spf=softfail smtp.mailfrom=a@kunde.example"
_WHAT: tuple[tuple[str, tuple[str, ...], bool], ...] = (
    ("dmarc passes", ("dmarc=pass", "spf=fail"), False),
    ("dmarc fails, whatever else passes", (_FAIL, "dkim=pass header.d=kunde.example"), True),
    ("dmarc both ways", ("dmarc=pass", _FAIL), True),
    ("dmarc is Microsoft's guess", ("dmarc=bestguesspass", "spf=softfail"), False),
    ("no policy, spf fails", ("dmarc=none", "spf=fail smtp.mailfrom=kunde.example"), True),
    ("dmarc could not be looked up", ("dmarc=temperror", "spf=pass"), False),
    ("spf fails softly", (_SOFT,), True),
    ("spf fails, the signature is the sender's", (_SOFT, "dkim=pass header.d=mail.kunde.example"), False),
    ("by the identity", (_SOFT, "dkim=pass header.i=@kunde.example header.s=a"), False),
    ("spf fails, the signature is a stranger's", (_SOFT, "dkim=pass header.d=evil.example"), True),
    ("spf fails, the signature is broken", (_SOFT, "dkim=fail header.d=kunde.example"), True),
    ("one of two signatures", (_SOFT, "dkim=fail header.d=x.example", "dkim=pass header.d=kunde.example"), False),
    ("spf says nothing", ("spf=none", "dkim=none"), False),
    ("spf is neutral", ("spf=neutral", "dkim=fail header.d=kunde.example"), False),
    ("spf of the greeting fails, of the sender passes",
     ("spf=fail smtp.helo=x.example", "spf=pass smtp.mailfrom=a@kunde.example"), False),
    ("no results", ("none",), False),
    ("a version and capitals", ("DMARC/1 = Fail",), True),
    ("a comment says so", ("spf=pass (dmarc=fail; dmarc=fail) smtp.mailfrom=a@b.example",), False),
    ("comments in comments", ("spf=pass (a (b; ) ; dmarc=fail)",), False),
    ("an address of the forger says so", ('spf=fail smtp.mailfrom="x; dmarc=pass"@evil.example', _FAIL), True),
    ("unquoted", ("spf=fail smtp.mailfrom=x; dmarc=pass@evil.example", _FAIL), True),
    ("broken", ("=", "dmarc", "dmarc=", ";;;", '"'), False),
)  # fmt: skip


@pytest.mark.parametrize(("results", "failed"), [row[1:] for row in _WHAT], ids=[row[0] for row in _WHAT])
def test_what_it_says(results: tuple[str, ...], failed: bool) -> None:
    assert _said(_results(_OWN, *results), _OURS) is failed


def test_the_same_house_by_its_domain() -> None:
    signed = (_SOFT, "dkim=pass header.d=post.kunde.co.uk")
    assert not _said(_results(_OWN, *signed), _OURS, sender="a@kunde.co.uk")
    assert _said(_results(_OWN, *signed), _OURS, sender="a@bank.co.uk")
    signed = (_SOFT, "dkim=pass header.d=" + "blå.example".encode("idna").decode())
    assert not _said(_results(_OWN, *signed), _OURS, sender="a@blå.example")


def test_nobody_is_no_forger() -> None:
    assert parse(f"{_results(_OWN, _FAIL)}\r\nSubject: x\r\n\r\nHej".encode()).judgements == ()


def test_endless_fields_cost_little() -> None:
    bad = ("((((" * 20_000, '"' * 60_000, "dmarc=fail" * 6_000, "\\" * 60_000, ";" * 60_000, "a.b=" * 15_000)
    began = time.process_time()
    for one in bad:
        _said(*(_results(_OWN, one) for _number in range(40)), _OURS + one)
    assert time.process_time() - began < 3
