"""Addresses: out of header fields, out of what a person types, and who gets an answer.

Invariant: an Address made here holds one `local@domain` without space or bracket (or, out of a header's brackets, a
mailbox without a domain, as old servers name themselves), and clean text of one line. Reading a header never raises;
reading what a person typed raises a Problem that names the wrong word.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from agentdesk.config.language import _
from agentdesk.domain.mail import Address
from agentdesk.domain.problems import Problem
from agentdesk.mail.headers import Findings, decode_words
from agentdesk.text.clean import clean_line
from agentdesk.text.hosts import in_ascii

MAX_ADDRESSES = 1000
MAX_ADDRESS = 320
_SIMPLE = re.compile(r'([^"<>(),;:@\\]*)<([^\s<>@"(),;:\\\[\]]+@[^\s<>@"(),;:\\\[\]]+)>')
_BARE = re.compile(r'[^\s<>@"(),;:\\\[\]]+@[^\s<>@"(),;:\\\[\]]+')
_VALID = re.compile(
    r'(?:[^\s<>@"(),;:\\\[\]]+|"[^"<>\\\x00-\x1f]+")@(?:[^\s<>@"(),;:\\\[\]]+|\[[^\s<>@"(),;\\\[\]]+\])'
)
_MAILBOX = re.compile(r"(?!un(?:disclosed|listed|specified))[A-Za-z0-9][\w.+-]{0,63}", re.IGNORECASE)
_TYPED = re.compile(r"[^\s<>@\"(),;:\\\[\]]+@(?:[\w-]+(?:\.[\w-]+)+|localhost)")
_TOKEN = re.compile(
    r'"((?:[^"\\]|\\.)*)"?|<([^<>]*)>?|(\[[^\[\]]*\]?)|([,;])|(:)|(\()|([^"<\[,;:(]+)|(.)', re.DOTALL
)
_DOT = re.compile(r"\s*\.\s*")
_LOOSE = re.compile(r"([^<]*)<\s*([^\s<>@\"(),;:\\\[\]]+@[^\s<>@\"(),;:\\\[\]]+)\s*>")
_PARENTHESIS = re.compile(r"[()]|\\.", re.DOTALL)
_NEEDS_QUOTES = re.compile(r'[()<>\[\]:;@\\,."]')


class _Box(NamedTuple):
    """One piece between commas: the name and the address as they stood; either may be empty."""

    name: str
    address: str
    angled: bool = False


def from_header(value: str, findings: Findings) -> tuple[Address, ...]:
    """The addresses of one unfolded field; what is none is passed over."""
    simple = _SIMPLE.fullmatch(value)
    if simple and len(simple[2]) <= MAX_ADDRESS:
        return (_address(simple[1], simple[2], findings),)
    found: dict[tuple[str, str], Address] = {}
    held: list[str] = []
    for box in _boxes(value):
        address = _tight(box.address)
        if not address and box.name:
            held.append(box.name)  # "Nørgaard, Mette <m@x>": a comma in a name that lost its quotes
            continue
        if len(address) <= MAX_ADDRESS and (
            _VALID.fullmatch(address) or (box.angled and _MAILBOX.fullmatch(address))
        ):
            name = box.name
            if not box.angled and "@" in name:  # only spaces between two addresses
                beside = [_address("", word, findings) for word in name.split() if _VALID.fullmatch(word)]
                found.update({(one.name, one.key): one for one in beside})
                name = "" if beside else name
            one = _address(", ".join([*held, name]) if held and name else name, address, findings)
            found.setdefault((one.name, one.key), one)
        held = []
        if len(found) >= MAX_ADDRESSES:
            break
    return tuple(one for one in found.values() if one.address) or _loosely(value, findings)


def _loosely(value: str, findings: Findings) -> tuple[Address, ...]:
    """The one address in a field that follows no rule: quotes that never close, all of it in an encoded word."""
    if "=?" in value:
        decoded = clean_line(decode_words(value, findings))
        if "@" in decoded and "=?" not in decoded:
            return from_header(decoded, findings)
    value = value[:MAX_ADDRESS]
    named, loose = _LOOSE.search(value), _BARE.search(value)
    if named:
        return (_address(named[1].replace('"', "").strip(), named[2], findings),)
    return (_address("", loose[0], findings),) if loose else ()


def read(text: str) -> tuple[Address, ...]:
    """The addresses that a person typed, each once. Raises Problem naming the word that is none."""
    found: dict[str, Address] = {}
    text = clean_line(text.replace("\n", ","))
    for box in _boxes(text):
        if not box.address and not box.name:
            continue
        words = [box.address] if box.address else box.name.split()
        name = box.name if box.address else ""
        if not box.angled and "@" in name:  # only spaces between two addresses
            words, name = [*name.split(), box.address], ""
        for word in words:
            if not _TYPED.fullmatch(word) or not word.rpartition("@")[0].isascii() or len(word) > MAX_ADDRESS:
                raise _none(word)
            one = Address(clean_line(name), word)
            found.setdefault(one.key, one)
    return tuple(found.values())


def check(addresses: Iterable[Address]) -> None:
    """Raises Problem naming the first that no mail can be sent to, wherever it came from."""
    for one in addresses:
        address = one.address.strip()
        host = in_ascii(address.rpartition("@")[2])
        if not _VALID.fullmatch(address) or len(one.address) > MAX_ADDRESS or host is None:
            raise _none(one.address)


def _none(word: str) -> Problem:
    return Problem(
        _("“{word}” is no e-mail address; one looks like name@example.com.").format(
            word=clean_line(word)[:80]
        )
    )


def show(addresses: Iterable[Address]) -> str:
    """The addresses as a person would type them; `read` gives the same ones back."""
    return ", ".join(_shown(one) for one in addresses)


def reply_recipients(
    sender: Address | None,
    reply_to: Iterable[Address],
    to: Iterable[Address],
    cc: Iterable[Address],
    own: Collection[str],
) -> tuple[tuple[Address, ...], tuple[Address, ...]]:
    """To and Cc of an answer to all: who wrote in To, everybody else in Cc, ourselves nowhere, nobody twice."""
    ours = {address.strip().lower() for address in own}
    seen: set[str] = set()
    to, cc = tuple(to), tuple(cc)

    def fresh(addresses: Iterable[Address]) -> tuple[Address, ...]:
        kept = []
        for one in addresses:
            if one.address and one.key not in seen and not is_own(one.key, ours):
                seen.add(one.key)
                kept.append(one)
        return tuple(kept)

    writers = fresh(reply_to) or fresh((sender,) if sender else ())
    if not writers:  # our own mail: the answer goes where that one went
        return fresh(to), fresh(cc)
    return writers, fresh((*to, *cc))


def is_own(address: str, own: Collection[str]) -> bool:
    """Whether the address (lower case) is one of ours, a `+token` behind the local part included."""
    if address in own:
        return True
    local, _at, domain = address.rpartition("@")
    return "+" in local and f"{local.partition('+')[0]}@{domain}" in own


def _address(name: str, address: str, findings: Findings) -> Address:
    name = clean_line(decode_words(name, findings)) if name else ""
    if name[:1] in "'\"" and name[:1] == name[-1:] and len(name) > 1:
        name = name[1:-1].strip()
    address = _tight(clean_line(address)).rstrip(".")
    return Address("" if name.lower() == address.lower() else name, address)


def _tight(address: str) -> str:
    """An address without the white space that folding left in it; a quoted local part keeps its own."""
    return address if address.startswith('"') and _VALID.fullmatch(address) else "".join(address.split())


def _shown(one: Address) -> str:
    if not one.name:
        return one.address
    name = one.name
    if _NEEDS_QUOTES.search(name):
        name = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{name} <{one.address}>"


def _boxes(value: str) -> Iterator[_Box]:
    """The pieces between commas and semicolons, with quotes, comments, brackets and group names understood."""
    words: list[str] = []
    angle: str | None = None
    comment, at = "", 0
    while at < len(value):
        token = _TOKEN.match(value, at)
        assert token  # the last alternative takes any character
        at = token.end()
        quoted, bracket, literal, stop, colon, parenthesis, plain, _other = token.groups()
        if stop:
            yield _box(words, angle, comment)
            words, angle, comment = [], None, ""
        elif quoted is not None:
            words.append(_quoted(quoted, value, at))
        elif bracket is not None:
            if angle is None or not angle.strip():  # of several the first that says anything
                angle = bracket.rpartition(":")[2] if bracket.startswith("@") else bracket
        elif colon and not any("@" in word for word in words):
            words = []  # a group's name, or a label such as "mailto:"
        elif parenthesis:
            comment, at = _comment(value, at)
        elif literal or plain or colon:
            loose = literal or plain or colon
            words.append(loose if angle is None else loose.lstrip(">"))  # the second bracket of two
    yield _box(words, angle, comment)


def _quoted(content: str, value: str, at: int) -> str:
    """What stood in quotes: text of a name, or a local part, which keeps its quotes."""
    text = re.sub(r"\\(.)", r"\1", content, flags=re.DOTALL)
    return f'"{text}"' if value.startswith("@", at) else text


def _box(words: list[str], angle: str | None, comment: str) -> _Box:
    text = "".join(words).strip()
    if angle is not None and (angle.strip() or not text):
        return _Box(" ".join(text.split()), angle.strip(), angled=True)
    if "@" not in text:
        return _Box(" ".join(text.split()), "")
    text = "@".join(piece.strip() for piece in text.split("@"))
    local, _at, domain = text.rpartition("@")
    if " ." in domain or ". " in domain:  # RFC 822 let white space stand around dots
        text = f"{local}@{_DOT.sub('.', domain)}"
    if " " not in text or text.startswith('"'):
        return _Box(comment.strip(), text)
    name, _space, last = text.rpartition(" ")
    return _Box(name.strip() or comment.strip(), last) if "@" in last else _Box(text, "")


def _comment(value: str, at: int) -> tuple[str, int]:
    """The comment that opened before `at`, and where it ends."""
    start, depth = at, 1
    for mark in _PARENTHESIS.finditer(value, at):
        depth += {"(": 1, ")": -1}.get(mark[0], 0)
        if depth == 0:
            return value[start : mark.start()], mark.end()
    return value[start:], len(value)
