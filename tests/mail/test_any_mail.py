"""Any mail: whatever a program may build of parts is read part for part; whatever bytes come, every promise holds."""

# ruff: noqa: E501  tables of what is put together

import base64
import binascii
from dataclasses import dataclass
from hashlib import sha256

from fuzz.promises import of_answering, of_message
from fuzz.run import faults
from hypothesis import given, settings
from hypothesis import strategies as st
from mail.test_parse import HOSTILE

from agentdesk.mail.parse import parse, part_content

WORDS = st.lists(
    st.sampled_from(["Hej", "pakken", "mangler", "æble", "Grüße", "café", "日本", "мир", "10231", "tak"]), min_size=1, max_size=8
).map(" ".join)  # fmt: skip
NAMES = st.sampled_from(["a.pdf", "kvittering på ære.png", "日本.txt", "x y.zip", "foto;1.jpg"])


@dataclass(frozen=True)
class Text:
    """A text to be read."""

    words: str
    way: str


@dataclass(frozen=True)
class File:
    """A file that comes along; with no name it has to be given one."""

    name: str
    kind: str
    content: bytes
    way: str


@dataclass(frozen=True)
class Parts:
    """Parts one below the other."""

    of: "tuple[Text | File | Parts, ...]"


TEXTS = st.builds(Text, WORDS, st.sampled_from(["8bit", "base64", "quoted-printable"]))
FILES = st.builds(
    File, NAMES, st.sampled_from(["application/pdf", "image/png", "text/csv", "application/x-a.b+c"]), st.binary(max_size=60),
    st.sampled_from(["base64", "quoted-printable"]),
)  # fmt: skip
TREES = st.recursive(
    TEXTS | FILES,
    lambda inner: st.builds(Parts, st.lists(inner, min_size=1, max_size=4).map(tuple)),
    max_leaves=9,
)


def written(part: Text | File | Parts, end: str, depth: int = 0) -> bytes:
    """The part as a program writes it, from its own header on."""
    newline = end.encode()
    if isinstance(part, Parts):
        mark = f"=_{depth}".encode()
        inner = b"".join(b"--" + mark + newline + written(one, end, depth + 1) + newline for one in part.of)
        head = b'Content-Type: multipart/mixed; boundary="' + mark + b'"'
        return head + newline * 2 + inner + b"--" + mark + b"--"
    if isinstance(part, Text):
        head, content = b"Content-Type: text/plain; charset=utf-8", part.words.encode()
    else:
        name = "".join(f"%{byte:02X}" for byte in part.name.encode())
        head = f"Content-Type: {part.kind}{end}Content-Disposition: attachment;{end} filename*=utf-8''{name}".encode()
        content = part.content
    if part.way == "base64":
        content = base64.encodebytes(content).strip().replace(b"\n", newline)
    elif part.way == "quoted-printable":
        content = binascii.b2a_qp(content, quotetabs=True, istext=False).replace(b"\n", newline)
    return head + newline + f"Content-Transfer-Encoding: {part.way}".encode() + newline * 2 + content


def leaves(part: Text | File | Parts) -> list[Text | File]:
    """What lies in it, in order."""
    return [leaf for one in part.of for leaf in leaves(one)] if isinstance(part, Parts) else [part]


@settings(max_examples=80)
@given(tree=TREES, end=st.sampled_from(["\n", "\r\n"]), subject=WORDS)
def test_every_text_is_read_and_every_file_is_kept(tree: Text | File | Parts, end: str, subject: str) -> None:
    words = f"=?utf-8?B?{base64.b64encode(subject.encode()).decode()}?="
    raw = f"From: Mette <m@b.dk>{end}Subject: {words}{end}".encode() + written(tree, end)
    message = parse(raw)
    assert message.subject == subject
    found = leaves(tree)
    texts = [one.words for one in found if isinstance(one, Text)]
    files = [one for one in found if isinstance(one, File)]
    shown = "\n\n".join(texts)
    assert message.text == shown or (not texts and files)
    assert [one.sha256 for one in message.attachments] == [sha256(one.content).hexdigest() for one in files]
    assert [part_content(raw, one.part) for one in message.attachments] == [one.content for one in files]
    assert [one.filename for one in message.attachments] == [one.name for one in files]
    assert not message.defects[2:]  # it has neither an id nor a date, and that is all
    assert [*of_message(message, raw), *of_answering(message)] == []


@settings(max_examples=100)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(HOSTILE), st.binary(max_size=12), TREES.map(lambda one: written(one, "\n"))
        ),
        max_size=12,
    ).map(b"".join)
)
def test_whatever_bytes_come_every_promise_holds(raw: bytes) -> None:
    assert faults(raw)[1] == []
