"""Merging, parting, linking, blocking, writing aside and forwarding keep the contract of the command line."""

import pytest
from cli.program import CUSTOMER, Program, mail

MAILBOX = """
[[channel]]
kind = "email"
name = "support"
address = "support@example.dk"
"""


@pytest.fixture
def shop(desk: Program) -> Program:
    """With a mailbox and two cases of one customer."""
    desk.settings(MAILBOX)
    desk.deliver(mail(1), mail(2, subject="Min pakke igen"), channel="support")
    return desk


def test_cases_are_merged_listed_parted_and_taken_back(shop: Program) -> None:
    (likely,) = shop.json("case", "duplicates", "1")["duplicates"]
    assert (likely["number"], likely["why"], likely["moves"]["messages"]) == (2, ["same customer"], 1)
    act = shop.json("case", "merge", "2", "#1")
    assert (act["case"]["number"], act["case"]["message_count"]) == (1, 3)
    shown = shop.json("case", "show", "1")["messages"]
    assert [one["origin"] for one in shown if one["kind"] == "inbound"] == [None, 2]
    assert shop.json("case", "show", "2")["merged_into"] == 1
    assert shop.json("case", "undo", str(act["stroke"]))["case"]["merged_into"] is None
    shop.json("case", "merge", "2", "1")
    parted = shop.json("case", "unmerge", "2")
    assert (parted["case"]["merged_into"], parted["case"]["status"], parted["case"]["message_count"]) == (
        None,
        "new",
        1,
    )
    assert shop.json("case", "duplicates", "1")["duplicates"][0]["number"] == 2
    assert "same customer" in shop("case", "duplicates", "1").ok().out


def test_what_cannot_be_joined_is_refused_in_one_sentence(shop: Program) -> None:
    shop("case", "merge", "1", "1").failed(3)
    shop("case", "merge", "1", "99").failed(4)
    shop("case", "unmerge", "1").failed(3)
    shop("case", "unlink", "1", "2").failed(3)
    shop("case", "merge", "1").failed(2)
    shop("case", "side", "1", "--text", "x").failed(2)
    shop("case", "forward", "1", "1").failed(2)
    shop("case", "forward", "1", "2", "--to", "lager@example.com").failed(4)
    shop("block", "add", "nobody").failed(1)
    shop("block", "remove", "a@b.example").failed(4)
    shop("block", "add", "@example.dk").failed(3)


def test_cases_are_linked_and_unlinked(shop: Program) -> None:
    assert shop.json("case", "link", "1", "2")["case"]["related"] == [2]
    assert shop.json("case", "show", "2")["related"] == [1]
    assert shop.json("case", "unlink", "2", "1")["case"]["related"] == []


def test_a_mail_aside_and_a_forward_leave_the_customer_out(shop: Program) -> None:
    sent = shop.json(
        "case", "side", "1", "--to", "Lars <lager@supplier.example>", "--subject", "Lampe", "--text", "Hvor?"
    )
    assert (sent["case"]["status"], sent["case"]["owner"]) == ("open", "anna")
    (side,) = shop.json("case", "sides", "1")["sides"]
    assert (side["people"][0]["address"], side["answered"], side["message_count"]) == (
        "lager@supplier.example",
        False,
        1,
    )
    shop.json("case", "side", "1", "--side", str(side["id"]), "--text", "Og hvornår?")
    shop.json("case", "forward", "1", "1", "--to", "gls@carrier.example", "--text", "Se her")
    shown = [one for one in shop.json("case", "show", "1")["messages"] if one["side"] is not None]
    assert [one["to"][0]["address"] for one in shown] == ["lager@supplier.example"] * 2 + [
        "gls@carrier.example"
    ]
    assert shown[2]["subject"] == "Fwd: Min pakke"
    assert CUSTOMER in shown[2]["text"]
    assert len(shop.json("case", "sides", "1")["sides"]) == 2
    assert "Lars" in shop("case", "sides", "1").ok().out
    shop("case", "side", "1", "--to", CUSTOMER, "--subject", "x", "--text", "y").failed(3)
    shop("case", "reply", "1", "--text", "Hej", "--cc", "lager@supplier.example", "--anyway").failed(3)
    reply = shop.json("case", "reply", "1", "--text", "Hej", "--anyway")
    newest = shop.json("case", "show", "1")["messages"][-1]
    assert reply["case"]["number"] == 1
    assert [one["address"] for one in newest["to"]] == [CUSTOMER]
    assert newest["in_reply_to"] == ["1@kunde.dk"]


def test_senders_are_blocked_by_case_and_by_address(shop: Program) -> None:
    act = shop.json("case", "block", "1")
    assert act["case"]["status"] == "spam"
    (row,) = shop.json("block", "list")["blocks"]
    assert (row["address"], row["agent"]) == (CUSTOMER, "anna")
    shop.json("case", "undo", str(act["stroke"]))
    assert shop.json("block", "list") == {"blocks": []}
    shop.json("block", "add", "@pest.example")
    shop.deliver(mail(9, sender="Pest <x@pest.example>"), channel="support")
    assert shop.json("case", "show", "3")["status"] == "spam"
    assert shop("block", "list").ok().out.startswith("@pest.example")
    shop.json("block", "remove", "@pest.example")


def test_who_wrote_into_a_case_is_let_in_and_left_out_again(shop: Program) -> None:
    shop.deliver(mail(9, sender="eve@example.net", answers="1@kunde.dk"), channel="support")

    def marks() -> list[list[str]]:
        return [one["marks"] for one in shop.json("case", "show", "1")["messages"]]

    assert marks() == [[], ["unknown participant"]]
    assert shop("case", "accept", "1", "nobody@example.net", "--json").code == 4
    act = shop.json("case", "accept", "#1", "eve@example.net")
    assert (act["case"]["number"], marks()) == (1, [[], []])
    assert shop("case", "accept", "1", "eve@example.net", "--json").code == 3
    shop.json("case", "undo", str(act["stroke"]))
    assert marks() == [[], ["unknown participant"]]
