"""What receiving servers found out about a sender (RFC 8601 Authentication-Results), and whose word counts.

Anybody can write such a field into a mail; only the server that took it in for us is believed. A server puts its fields
on top, so the topmost ones are its own, unless it writes none. Which is ours: the one that the channel's settings name
(`authserv_id`, or any host in that domain). Where they name none, the topmost fields count if nothing was received
after them, or if all servers that received it after that belong to the domain that signs them: an own server that
writes none, behind a forwarder's that does, is then not mistaken for it.

A sender fails by `dmarc=fail`; without a word on DMARC by a failed SPF that neither a DKIM signature nor an SPF pass of
the domain in From makes good. Invariants: a failure outweighs a pass beside it, for who forges a field forges a pass;
what is not said is no failure; nothing here raises, and time is linear in the fields, of which only so much is read.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from agentdesk.domain.mail import Address, Judgement
from agentdesk.mail.headers import Headers
from agentdesk.text.clean import clean_line

FIELD = "authentication-results"
_MOST = 30
"""Fields that are looked at."""
_LONGEST = 8000
"""Characters of each."""
_WORD = re.compile(r'"(?:[^"\\]|\\.)*+"?|[();]|\\.?|[^"();\\]++', re.DOTALL)
_MARKS = re.compile(r'["()\\]')
_RESULT = re.compile(r"\s*([\w-]{1,40})(?:\s*/\s*\d{1,5})?\s*=\s*([\w-]{1,40})")
_PROPERTY = re.compile(r'(?:smtp|header)\.([\w-]{1,40})\s*=\s*(?:"([^"]*)"|([^\s;"]+))', re.IGNORECASE)
_BY = re.compile(r"(?:^|\s)by\s+([^\s;]{1,255})", re.IGNORECASE)
_NAMED = re.compile(r"(?=.*[a-z])[\w-]+(?:\.[\w-]+)+\.?", re.IGNORECASE)
_SECOND_LEVEL = {"ac", "co", "com", "edu", "gob", "gov", "gv", "net", "ne", "or", "org"}
_SPF_FAILED = {"fail", "softfail", "hardfail"}


@dataclass(frozen=True, slots=True)
class _Result:
    method: str
    outcome: str
    domains: tuple[str, ...]
    """Of whom it speaks: the signing domain, the envelope's sender."""


@dataclass(frozen=True, slots=True)
class _Field:
    server: str
    results: tuple[_Result, ...]
    below: int
    """How many Received stand above it."""


def judgements(headers: Headers, sender: Address | None) -> tuple[Judgement, ...]:
    """What each server that says anything found out about this sender, the nearest to us first."""
    if FIELD not in headers or sender is None:
        return ()
    domain = _ascii(sender.key.rpartition("@")[2])
    fields = list(_fields(headers))
    above = max((one.below for one in fields), default=0)
    hosts = [_host(value) for value in islice(headers.each("received"), above)]
    told: dict[tuple[int, str], list[_Field]] = {}
    for one in fields:
        told.setdefault((one.below, _organisation(one.server)), []).append(one)
    found = [
        Judgement(group[0].server, place == 0 and _is_nearest(group[0], hosts), _fails(group, domain))
        for place, group in enumerate(told.values())
    ]
    return tuple(found)


def fails(found: Sequence[Judgement], ours: str = "") -> bool:
    """Whether our receiving server says that the sender is not who the mail says; `ours` is its name, if it is set."""
    name = _ascii(ours.strip().rstrip(".").lower())
    for one in found:
        if f".{one.server}".endswith(f".{name}") if name else one.nearest:
            return one.failed
    return False


def _is_nearest(field: _Field, hosts: list[str]) -> bool:
    """Nobody but the domain that signs it received the mail after that."""
    after = {_organisation(host) for host in hosts[: field.below] if host}
    return not after or after == {_organisation(field.server)} or (not field.server and len(after) == 1)


def _fails(fields: Sequence[_Field], domain: str) -> bool:
    results = [result for field in fields for result in field.results]
    dmarc = {one.outcome for one in results if one.method == "dmarc"}
    if "fail" in dmarc or dmarc & {"pass", "bestguesspass"}:
        return "fail" in dmarc
    if not any(one.method == "spf" and one.outcome in _SPF_FAILED for one in results):
        return False
    passed = (one for one in results if one.method in ("dkim", "spf") and one.outcome == "pass")
    return not any(_organisation(name) == _organisation(domain) for one in passed for name in one.domains)


def _fields(headers: Headers) -> Iterator[_Field]:
    values = zip(headers.each(FIELD), headers.below_received, strict=False)
    for (value, below), _number in zip(values, range(_MOST), strict=False):
        first, *rest = _pieces(value[:_LONGEST])
        if "=" in first:  # Microsoft leaves its name out
            first, rest = "", [first, *rest]
        server = first.split()[0].strip('"').rstrip(".").lower() if first.split() else ""
        yield _Field(_ascii(clean_line(server)), tuple(filter(None, map(_result, rest))), below)


def _pieces(value: str) -> list[str]:
    """What stands between semicolons, without comments; neither counts within quotes."""
    if not _MARKS.search(value):
        return value.split(";")
    pieces, depth = [""], 0
    for found in _WORD.finditer(value):
        word = found[0]
        if word == "(":
            depth += 1
        elif word == ")":
            depth = max(0, depth - 1)
        elif depth:
            continue
        elif word == ";":
            pieces.append("")
        else:
            pieces[-1] += word
    return pieces


def _result(piece: str) -> _Result | None:
    found = _RESULT.match(piece)
    if found is None:
        return None
    method, outcome = found[1].lower(), found[2].lower()
    wanted = ("d", "i") if method == "dkim" else ("mailfrom",)
    domains = [
        _ascii((quoted or plain).rpartition("@")[2].rstrip(".").lower())
        for name, quoted, plain in _PROPERTY.findall(piece, found.end()) if name.lower() in wanted
    ]  # fmt: skip
    return _Result(method, outcome, tuple(filter(None, domains)))


def _host(received: str) -> str:
    """The server that received it, where it has a name that says whose it is."""
    found = _BY.search("".join(_pieces(received[:_LONGEST])[:1]))
    return _ascii(found[1].rstrip(".").lower()) if found and _NAMED.fullmatch(found[1]) else ""


def _organisation(domain: str) -> str:
    """The domain that somebody registered, as far as its form tells: what stands left of it is theirs as well."""
    labels = domain.split(".")
    deep = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL
    return ".".join(labels[-3 if deep else -2 :])


def _ascii(domain: str) -> str:
    try:
        return domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain
