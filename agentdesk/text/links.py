"""Links in text from outside: where they stand, where they really lead, and how that is shown.

A link is nothing but words here: it is never followed, only shown and copied. Invariants: the server that a browser
would ask is always to be seen, however the link is written: behind a name and @, in letters that look like others, cut
because it is long; time is linear in the text.
"""

import re
from collections.abc import Iterator

LONGEST = 500
"""Letters of a link that are shown."""
_LONGEST_FOUND = 4000
_IN_TEXT = re.compile(
    rf"<(https?://[^\s<>]{{4,{_LONGEST_FOUND}}})>|https?://[^\s<>\"]{{4,{_LONGEST_FOUND}}}", re.IGNORECASE
)
_WEB = re.compile(r"(https?):[/\\]{2,9}([^/\\?#]*)", re.IGNORECASE)
_PLAIN_LETTERS = re.compile(r"[\x00-\x7fß-öø-ÿ]*")
"""What a host may be written in without a second look; beyond it lie letters that pass for these."""
_ENDS = ".,;:!?'*_…"
_PAIRS = {")": "(", "]": "[", "}": "{"}
_ACTS = re.compile(r"(javascript|vbscript|data):(?!(?:void\(?0?\)?)?;?$)", re.IGNORECASE)
_ELSEWHERE = re.compile(r"(?:file|ftps?|sftp|smb):|//(?=[^/])", re.IGNORECASE)
_HEAD = 60


def found(text: str) -> Iterator[str]:
    """The links of the web that stand in a text, as they stand there, without what ends a sentence."""
    for match in _IN_TEXT.finditer(text):
        yield match[1] or _without_end(match[0])


def _without_end(url: str) -> str:
    while url and (
        url[-1] in _ENDS or (url[-1] in _PAIRS and url.count(_PAIRS[url[-1]]) < url.count(url[-1]))
    ):
        url = url[:-1]
    return url


def is_web(target: str) -> bool:
    """Whether a browser would open a page of the web there."""
    return _WEB.match(target) is not None


def server(target: str) -> str:
    """The host that a browser would ask for this link, in ASCII, its port left out; empty for none."""
    match = _WEB.match(target)
    if match is None:
        return ""
    host = match[2].rpartition("@")[2].lower()
    host = host if host.startswith("[") else host.partition(":")[0]
    try:
        return host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        return ascii(host)[1:-1]


def misleads(target: str) -> bool:
    """Whether it looks as if it led to another server than it does."""
    match = _WEB.match(target)
    if match is None:
        return False
    return "@" in match[2] or "\\" in target or not _PLAIN_LETTERS.fullmatch(match[2])


def shortened(target: str) -> str:
    """The target; a long one cut in its middle, behind the server."""
    if len(target) <= LONGEST:
        return target
    match = _WEB.match(target)
    if match is None:
        return target[: LONGEST - 1] + "…"
    user, at, host = match[2].rpartition("@")
    host = host if len(host) <= 2 * _HEAD else f"…{host[-2 * _HEAD :]}"
    head = f"{match[1]}://{user[:_HEAD]}{'…' if len(user) > _HEAD else ''}{at}{host}"
    rest = target[match.end() :]
    room = LONGEST - len(head) - 1
    return head + (rest if len(rest) <= room else f"{rest[: room - room // 3]}…{rest[-(room // 3) :]}")


def named(target: str) -> str:
    """How a target that is no page of the web is named; empty for what leads nowhere outside the mail."""
    acts = _ACTS.match(target)
    if acts:
        return f"{acts[1].lower()}:…"  # what it would run is no use to anybody
    return shortened(target) if _ELSEWHERE.match(target) else ""
