"""No field of a letter can add a header, a recipient or a part, whatever stands in it."""

# ruff: noqa: E501  a table of what is tried

import email
import email.policy
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import getaddresses

from hypothesis import given, settings
from hypothesis import strategies as st

from agentdesk.domain.mail import Address, Enclosure, Letter
from agentdesk.domain.problems import Problem
from agentdesk.mail.addresses import check
from agentdesk.mail.compose import compose, new_message_id, reply_subject
from agentdesk.mail.parse import parse

_DATE = datetime(2026, 11, 22, 12, tzinfo=UTC)
_EVIL = st.one_of(
    st.text(st.characters() | st.sampled_from("\r\n\t\0\x0b\x0c\x1c\x85\u2028\u2029<>@,;:\"\\()=? "), max_size=50),
    st.sampled_from((
        "x\r\nBcc: evil@evil.example", "x\nBcc: evil@evil.example\n\nbody", "x\r\n\r\n--=_boundary", "x\rBcc: e@e.example",
        "x\u2028Bcc: e@e.example", "x\x85Bcc: e@e.example", "=?utf-8?B?DQpCY2M6IGVAZS5leGFtcGxl?=", "a@b.dk>,<e@e.example",
        "a@b.dk, e@e.example", '"a@b.dk" <e@e.example>', "a@b.dk\0@e.example", "x" * 2000, "å" * 600, "a@" + "b." * 400 + "dk",
        '"; filename="x.exe', "text/html\r\nX: y", "multipart/mixed; boundary=x", "message/rfc822",
    )),
)  # fmt: skip
_SOMEBODY = st.builds(Address, _EVIL, _EVIL)
_KNOWN = {
    "from", "to", "cc", "reply-to", "subject", "date", "message-id", "in-reply-to", "references", "auto-submitted",
    "x-auto-response-suppress", "mime-version", "content-type", "content-transfer-encoding",
}  # fmt: skip


@settings(max_examples=100)
@given(data=st.data())
def test_the_headers_are_ours_and_no_more(data: st.DataObject) -> None:
    draw = data.draw
    letter = Letter(
        draw(_SOMEBODY), tuple(draw(st.lists(_SOMEBODY, max_size=3))), draw(_EVIL.map(reply_subject)), "Hej", draw(_EVIL),
        _DATE, cc=tuple(draw(st.lists(_SOMEBODY, max_size=2))), reply_to=draw(st.none() | _SOMEBODY),
        in_reply_to=draw(st.none() | _EVIL), references=tuple(draw(st.lists(_EVIL, max_size=3))), signature=draw(_EVIL),
        quoted=draw(_EVIL), quoted_intro=draw(_EVIL), html=draw(st.booleans()),
        enclosures=tuple(draw(st.lists(st.builds(Enclosure, _EVIL, _EVIL, st.just(b"x")), max_size=2))),
    )  # fmt: skip
    raw = compose(letter)
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\0" not in raw
    found = email.message_from_bytes(
        raw, EmailMessage, policy=email.policy.compat32
    )  # reads what stands there
    names = [name.lower() for name in found]
    assert set(names) <= _KNOWN
    assert len(names) == len(set(names))
    assert "bcc" not in names
    for name, given_ in (("to", letter.to), ("cc", letter.cc), ("from", (letter.sender,))):
        assert len([one for one in getaddresses([str(found.get(name, ""))]) if "@" in one[1]]) <= len(given_)
    parts = [part for part in found.walk() if not part.is_multipart()]
    assert len(parts) == 1 + letter.html + len(letter.enclosures)
    assert not any({name.lower() for name in part} - _KNOWN - {"content-disposition"} for part in parts)
    assert "".join(parse(raw).text.split()).startswith("Hej")


@given(_EVIL, _EVIL)
def test_an_id_of_ours_is_one_word(token: str, domain: str) -> None:
    made = new_message_id(token, domain)
    assert not set(made) & set("\r\n\t <>\0")


@given(_EVIL)
def test_what_passes_for_an_address_is_one(evil: str) -> None:
    try:
        check((Address("", evil),))
    except Problem:  # a sentence for a person, nothing else
        return
    assert evil.count("@") >= 1
    assert not set(evil.strip()) & set("\r\n\0<>") - set('"')
    assert len(evil) < 400
