"""Colleagues by the command line: added, changed, what they have chosen, and their leaving."""

import json

import pytest
from cli.program import Program, mail

MAILBOX = '[[channel]]\nkind = "email"\nname = "support"\naddress = "support@example.dk"\n'


@pytest.fixture
def shop(desk: Program) -> Program:
    """With Bo in a team, and two cases, one of them Anna's."""
    desk.settings(MAILBOX)
    desk("agent", "add", "bo", "--name", "Bo", "--team", "levering", "--role", "admin").ok()
    desk.deliver(mail(1), mail(2, sender="ola@example.no"), channel="support")
    desk("--as", "anna", "case", "set", "1", "--owner", "anna").ok()
    return desk


def test_one_who_leaves_hands_everything_over_and_may_not_act_again(shop: Program) -> None:
    rehearsed = shop.json("agent", "leave", "anna", "--to", "bo", "--rehearse")
    assert rehearsed["estate"]["cases"] == rehearsed["estate"]["waiting"] == 1
    assert rehearsed["handed"] is None
    assert shop.json("case", "show", "1")["owner"] == "anna", "a rehearsal moves nothing"
    left = shop.json("agent", "leave", "anna", "--to", "bo")
    assert left["handed"] == {"cases": 1, "drafts": 0, "items": 0, "heir": "bo"}
    assert left["agent"]["active"] is False
    shown = shop.json("case", "show", "1")
    assert shown["owner"] == "bo"
    assert any(one["field"] == "owner_id" for one in shown["changes"])
    shop("--as", "anna", "case", "claim").failed(4)
    shop("--as", "bo", "case", "set", "1", "--owner", "anna").failed(4)
    assert [one["login"] for one in shop.json("agent", "list")["agents"]] == ["bo"]
    assert {one["login"]: one["active"] for one in shop.json("agent", "list", "--all")["agents"]} == {
        "anna": False, "bo": True,
    }  # fmt: skip
    assert "has left" in shop("agent", "list", "--all").ok().out
    assert shop.json("agent", "set", "anna", "--back")["agent"]["active"] is True
    shop("--as", "bo", "case", "set", "1", "--owner", "anna").ok()


def test_a_team_may_receive_and_wrong_words_are_told(shop: Program) -> None:
    shop("agent", "leave", "anna").failed(2)
    shop("agent", "leave", "anna", "--to", "bo", "--team", "levering").failed(2)
    shop("agent", "leave", "nobody", "--to", "bo").failed(4)
    shop("agent", "leave", "anna", "--to", "anna").failed(3)
    shop("agent", "leave", "bo", "--to", "anna").failed(3)  # the only admin
    shop("--as", "anna", "agent", "leave", "bo", "--to", "anna").failed(3)
    shop("--as", "anna", "agent", "add", "eva").failed(3)
    shop("agent", "leave", "anna", "--team", "levering").ok()
    shown = shop.json("case", "show", "1")
    assert (shown["owner"], shown["team"]) == (None, "levering")


def test_a_colleague_is_changed_and_chooses(shop: Program) -> None:
    changed = shop.json("agent", "set", "anna", "--name", "Anna Bæk", "--capacity", "4", "--team", "levering")
    assert (changed["agent"]["name"], changed["agent"]["capacity"]) == ("Anna Bæk", 4)
    assert changed["agent"]["teams"] == ["levering"]
    words = ("--theme", "sand", "--timezone", "Europe/Oslo", "--signature", "Hilsen\nAnna", "--bell", "on",
             "--after-send", "next", "--key", "resolve=f9", "--key", "send=f2")  # fmt: skip
    chosen = shop.json("--as", "anna", "agent", "set", "anna", *words)["agent"]
    assert chosen["keys"] == {"resolve": "f9", "send": "f2"}
    assert (chosen["theme"], chosen["timezone"], chosen["bell"], chosen["after_send"]) == (
        "sand", "Europe/Oslo", True, "next",
    )  # fmt: skip
    assert shop.json("agent", "set", "anna", "--key", "send=")["agent"]["keys"] == {"resolve": "f9"}
    for wrong in (
        ("--key", "resolve=a"),
        ("--key", "nothing=f9"),
        ("--timezone", "Mars/Base"),
        ("--language", "xx"),
    ):
        shop("agent", "set", "anna", *wrong).failed(1)
    shop("agent", "set", "anna").failed(2)
    shop("agent", "set", "nobody", "--theme", "sand").failed(4)
    shop("--as", "anna", "agent", "set", "bo", "--theme", "sand").failed(3)


def test_the_language_an_agent_chose_speaks_before_the_settings(shop: Program) -> None:
    shop.settings('[me]\nlanguage = "nb"\nagent = "anna"\n')
    shop("agent", "set", "anna", "--language", "da").ok()
    said = shop("--as", "anna", "case", "reply", "999", "--text", "x").failed(4).err
    assert "Der er ingen sag" in said, said


def test_the_json_has_no_text_of_anybody(shop: Program) -> None:
    printed = json.dumps(shop.json("agent", "leave", "anna", "--to", "bo", "--rehearse"))
    assert "@" not in printed
