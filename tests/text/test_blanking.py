"""Addresses are replaced only where they stand whole, quotes go with what introduces them, and nothing else changes."""

import json

import pytest

from agentdesk.text.blanking import ERASED, Blanking, like

THEM = Blanking(
    ["karen@quist.example", "bo@blåbær.dk"], ["Karen Quist"],
    ["Min lampe er gået i stykker igen\nzebra77\n\nMvh Karen"],
)  # fmt: skip


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("skriv til karen@quist.example.", f"skriv til {ERASED}."),
        ("Karen Quist <Karen@Quist.Example> og", f"{ERASED} og"),
        ('"Karen Quist" (karen@quist.example)', ERASED),
        ("<mailto:karen%40quist.example>", f"<mailto:{ERASED}>"),
        ("bo@xn--blbr-roah.dk, bo@blåbær.dk", f"{ERASED}, {ERASED}"),
        ("okaren@quist.example karen@quist.example.org x.karen@quist.example", None),
        ("Karen Quist alene er et navn, karen@ quist.example er ingen", None),
        ("", None),
    ],
)
def test_an_address_goes_where_it_stands_whole(written: str, left: str | None) -> None:
    assert THEM.text(written) == (written if left is None else left)
    assert THEM.text(THEM.text(written)) == THEM.text(written)


def test_json_stays_json_and_a_person_goes_out_of_a_list_of_people() -> None:
    people = json.dumps([["Karen", "KAREN@quist.example"], ["Ole", "ole@munk.example"]])
    assert json.loads(THEM.value(people)) == [["Ole", "ole@munk.example"]]
    facts = {"from": {"name": "Karen", "address": "karen@quist.example"}, "reply_to": [
        {"name": "K", "address": "karen@quist.example"}], "delivered_to": ["karen@quist.example", "a@b.example"],
        "to": people}  # fmt: skip
    left = json.loads(THEM.value(json.dumps(facts)))
    assert left == {
        "from": {"name": ERASED, "address": ""}, "reply_to": [], "delivered_to": [ERASED, "a@b.example"],
        "to": json.dumps([["Ole", "ole@munk.example"]]),
    }  # fmt: skip
    for untouched in ('["a", "b"]', "{broken", "[1, 2", '[["Karen Quist", "okaren@quist.example"]]'):
        assert THEM.value(untouched) == untouched
    assert THEM.value("[karen@quist.example") == f"[{ERASED}"


@pytest.mark.parametrize(
    ("text", "new", "left"),
    [
        ("Ja\n\nDen 2. skrev Karen:\n> Min lampe er gået\n> i stykker igen\n> zebra77", "Ja", ("Ja", None)),
        (
            "Ja\n\nDen 2. skrev Karen:\n> Min lampe er gået\n> i stykker igen\n\nNej",
            None,
            ("Ja\n\nNej", None),
        ),
        ("Hej\nmin lampe er gået i stykker igen\nslut", None, ("Hej\nslut", None)),
        ("Hej\n> noget andet af Ole\nMin lampe virker", None, None),
        ("Mvh Karen", None, None),  # three words that anybody may write
        ("Svar\n\n-----\nFra: Karen Quist\nTil: Ole\nMin lampe", "Svar", ("Svar", None)),
        ("Svar\n\n> Oles egne ord", "Svar", None),
    ],
)
def test_quotes_of_theirs_go_and_other_words_stay(
    text: str, new: str | None, left: tuple[str, str | None] | None
) -> None:
    found = THEM.body(text, new)
    if left is None:
        assert found == (text, new)
    else:
        assert tuple(one and "\n".join(filter(None, one.split("\n"))) for one in found) == tuple(
            one and "\n".join(filter(None, one.split("\n"))) for one in left
        )


def test_patterns_find_at_least_what_is_replaced() -> None:
    assert "%karen%quist.example%" in THEM.like()
    assert like("50 %_\\ø") == "%50 \\%\\_\\\\_%"
    assert THEM.holds(b"x KAREN@QUIST.EXAMPLE y")
    assert not THEM.holds(b"karen")
    nobody = Blanking()
    assert (nobody.text("a@b.example"), nobody.like(), nobody.holds(b"a")) == ("a@b.example", [], False)
