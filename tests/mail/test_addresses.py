"""`mail.addresses`: what a person types, and who gets an answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdesk.domain.mail import Address
from agentdesk.domain.problems import Problem
from agentdesk.mail.addresses import MAX_ADDRESS, check, from_header, read, reply_recipients, show
from agentdesk.mail.headers import Findings
from agentdesk.text.clean import clean_line

A, B, C = Address("Anna", "a@x.dk"), Address("", "b@x.dk"), Address("Carl", "c@x.dk")
OURS = Address("Support", "support@shop.dk")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ()),
        (" , ;", ()),
        ("b@x.dk", (B,)),
        ("Anna <a@x.dk>, b@x.dk; c@x.dk", (A, B, Address("", "c@x.dk"))),
        ("a@x.dk b@x.dk", (Address("", "a@x.dk"), B)),
        ("a@x.dk\nb@x.dk", (Address("", "a@x.dk"), B)),
        ('"Nørgaard, Mette" <m@x.dk>', (Address("Nørgaard, Mette", "m@x.dk"),)),
        ("Mette m@x.dk", (Address("Mette", "m@x.dk"),)),
        ("B@x.dk, b@X.DK", (Address("", "B@x.dk"),)),
        ("m@blåbær.dk", (Address("", "m@blåbær.dk"),)),
    ],
)
def test_what_a_person_types_is_read(text: str, found: tuple[Address, ...]) -> None:
    assert read(text) == found


@pytest.mark.parametrize(
    ("text", "word"),
    [("anna", "anna"), ("a@x.dk, anna", "anna"), ("a@b@c.dk", "a@b@c.dk"), ("Anna <anna>", "anna"), ("a@", "a@"),
     ("m@x", "m@x"), ("ørn@x.dk", "ørn@x.dk"), ("Anna <>", "Anna")],
)  # fmt: skip
def test_a_wrong_word_is_named(text: str, word: str) -> None:
    with pytest.raises(Problem, match=f"“{word}” is no e-mail address"):
        read(text)


names = st.text(max_size=20).map(lambda text: " ".join(clean_line(text).split()))
mailboxes = st.from_regex(r"[a-z0-9][a-z0-9._+-]{0,10}@[a-z0-9]{1,10}\.dk", fullmatch=True)


@given(st.lists(st.builds(Address, names, mailboxes), max_size=5, unique_by=lambda one: one.key))
def test_what_is_shown_is_read_back(people: list[Address]) -> None:
    assert read(show(people)) == tuple(people)


@pytest.mark.parametrize(
    ("sender", "reply_to", "to", "cc", "expected"),
    [
        (A, (), (OURS,), (), ((A,), ())),
        (A, (), (OURS, B), (C,), ((A,), (B, C))),
        (A, (C,), (OURS,), (B,), ((C,), (B,))),
        (A, (OURS,), (OURS,), (), ((A,), ())),
        (A, (), (Address("x", "A@X.dk"), B, B), (B,), ((A,), (B,))),
        (A, (), (Address("", "support+token@shop.dk"), Address("", "SUPPORT@shop.dk")), (), ((A,), ())),
        (OURS, (), (A,), (B,), ((A,), (B,))),
        (None, (), (OURS,), (B,), ((), (B,))),
    ],
)
def test_an_answer_goes_to_all_but_ourselves(sender, reply_to, to, cc, expected) -> None:  # type: ignore[no-untyped-def]
    assert reply_recipients(sender, reply_to, to, cc, {"support@shop.dk"}) == expected


@pytest.mark.parametrize("domain", ["b.dk，evil＠x.dk", "b＞x.dk", "b.dk，c.dk", "a¨.dk", "ø" * 70 + ".dk"])
def test_no_mail_goes_to_a_domain_that_would_read_otherwise_in_ascii(domain: str) -> None:
    with pytest.raises(Problem, match="is no e-mail address"):
        check([Address("", f"me@{domain}")])
    check([Address("", "me@blåbær.dk")])


@pytest.mark.parametrize("form", ["{}", "<{}>", "Anna <{}>", "Anna <{}>, b@x.dk"])
def test_an_address_longer_than_any_is_none(form: str) -> None:
    found = from_header(form.format("a" * MAX_ADDRESS + "@x.dk"), Findings())
    assert all(len(one.address) <= MAX_ADDRESS for one in found)
