"""Acts and reads on cases keep the contract of the command line, on both databases."""

import pytest
from cli.program import CUSTOMER, Program, mail

CASE = {
    "id", "number", "subject", "status", "snooze_until", "priority", "channel", "customer", "owner", "team", "tags",
    "due_at", "waiting_since", "created_at", "updated_at", "message_count", "merged_into", "related", "version",
}  # fmt: skip
MESSAGE = {
    "id", "kind", "channel", "from", "to", "cc", "sent_at", "subject", "text", "reply_text", "message_id",
    "in_reply_to", "delivery", "attachments", "marks",
}  # fmt: skip
MAILBOX = """
[[channel]]
kind = "email"
name = "support"
address = "support@example.dk"
"""


@pytest.fixture
def shop(desk: Program) -> Program:
    """With a mailbox in the settings, and a mail in it that has a Cc."""
    desk.settings(MAILBOX)
    first = mail(1, sender="Mette Sørensen <mette@example.dk>", cc="Bo <bo@example.dk>, support@example.dk")
    desk.deliver(first, channel="support")
    return desk


def test_a_case_has_every_field_of_the_contract(shop: Program) -> None:
    listed = shop.json("case", "list")
    assert set(listed) == {"cases", "total", "total_exact", "next"}
    assert (listed["total"], listed["total_exact"], listed["next"]) == (1, True, None)
    shown = shop.json("case", "show", "#1")
    assert set(shown) >= CASE | {"messages", "orders", "earlier_cases", "changes"}
    for case in (listed["cases"][0], shown):
        assert set(case) >= CASE
        assert case["number"] == case["id"] == 1
        assert case["channel"] == {"id": case["channel"]["id"], "kind": "email", "name": "support"}
        assert case["customer"]["name"] == "Mette Sørensen"
        assert case["customer"]["addresses"] == [{"name": "", "address": CUSTOMER}]
        assert case["waiting_since"] == case["created_at"] == "2026-11-16T09:00:00Z"
        assert (case["status"], case["priority"], case["owner"], case["tags"]) == ("new", "normal", None, [])
    message = shown["messages"][0]
    assert set(message) >= MESSAGE
    assert message["from"] == {"name": "Mette Sørensen", "address": CUSTOMER}
    assert message["cc"][0] == {"name": "Bo", "address": "bo@example.dk"}
    assert (message["kind"], message["message_id"], message["delivery"]) == ("inbound", "1@kunde.dk", None)
    assert message["sent_at"] == "2026-11-16T09:00:00Z"


def test_a_reply_goes_to_everybody_and_is_taken_back_whole(shop: Program) -> None:
    act = shop.json("case", "reply", "1", "--text", "Den er på vej", "--cc", "lager@example.dk", "--resolve")
    assert (act["case"]["status"], act["case"]["owner"]) == ("resolved", "anna")
    reply = shop.json("case", "show", "1")["messages"][-1]
    assert [one["address"] for one in reply["to"]] == [CUSTOMER]
    assert [one["address"] for one in reply["cc"]] == ["bo@example.dk", "lager@example.dk"]
    assert (reply["kind"], reply["delivery"], reply["in_reply_to"]) == ("outbound", "held", ["1@kunde.dk"])
    assert reply["subject"] == "Re: Min pakke"
    waiting = shop.json("outbox", "list")[0]
    assert set(waiting) >= {"id", "case", "message_id", "state", "attempts", "not_before", "last_error"}
    assert (waiting["case"], waiting["state"], waiting["message_id"]) == (1, "held", reply["message_id"])
    back = shop.json("case", "undo", str(act["stroke"]))
    assert (back["case"]["status"], back["case"]["owner"]) == ("new", None)
    assert shop.json("outbox", "list")[0]["state"] == "cancelled"
    assert shop.json("draft", "list")["drafts"][0]["text"].startswith("Den er på vej")


def test_a_reply_leaves_the_draft_in_the_composer_alone(shop: Program) -> None:
    first = shop.json("case", "reply", "1", "--text", "halvt skrevet")
    shop.json("case", "undo", str(first["stroke"]))
    shop.json("case", "reply", "1", "--text", "fra en anden")
    assert [one["text"] for one in shop.json("draft", "list")["drafts"]] == ["halvt skrevet"]


def test_the_text_may_come_from_a_file_or_from_standard_input(shop: Program) -> None:
    file = shop.home / "svar.txt"
    file.write_text("Kære Mette\n\nBlå lampe: €3\n", encoding="utf-8")
    shop.json("case", "reply", "1", "--body-file", str(file), "--hold", "0")
    shop("case", "note", "1", "--body-file", "-", stdin="fra røret".encode()).ok()
    texts = [one["reply_text"] for one in shop.json("case", "show", "1")["messages"]]
    assert texts[1:] == ["Kære Mette\n\nBlå lampe: €3", "fra røret"]
    assert shop.json("outbox", "list")[0]["state"] == "queued"
    shop("case", "note", "1", "--body-file", str(shop.home / "none")).failed(4)
    file.write_bytes(b"\xff\xfe\x00")
    shop("case", "note", "1", "--body-file", str(file)).failed(1)
    shop("case", "note", "1", "--text", "  ").failed(1)


def test_what_is_set_together_is_one_stroke(shop: Program) -> None:
    shop.json("team", "add", "retur")
    shop.json("case", "set", "1", "--tag", "+old")
    changed = shop.json(
        "case", "set", "1", "--status", "pending", "--owner", "anna", "--team", "retur", "--tag", "+gls,-old",
        "--priority", "high",
    )  # fmt: skip
    case = changed["case"]
    assert (case["status"], case["owner"], case["team"], case["tags"], case["priority"]) == (
        "pending", "anna", "retur", ["gls"], "high",
    )  # fmt: skip
    case = shop.json("case", "undo", str(changed["stroke"]))["case"]
    assert (case["status"], case["owner"], case["team"], case["tags"], case["priority"]) == (
        "new", None, None, ["old"], "normal",
    )  # fmt: skip
    assert shop.json("case", "set", "1", "--tag", "-old")["case"]["tags"] == []
    assert shop.json("case", "set", "1", "--owner", "none")["case"]["owner"] is None


def test_half_of_a_set_never_happens(shop: Program) -> None:
    shop("case", "set", "1", "--priority", "high", "--owner", "nobody-here").failed(4)
    shop("case", "set", "1", "--priority", "high", "--tag", "+bad tag").failed(1)
    shop.json("case", "set", "1", "--status", "closed")
    shop("case", "set", "1", "--priority", "high", "--status", "open").failed(3)
    assert shop.json("case", "show", "1")["priority"] == "normal"


def test_undo_is_refused_when_somebody_else_changed_it_since(shop: Program) -> None:
    stroke = shop.json("case", "set", "1", "--priority", "high")["stroke"]
    shop.json("case", "set", "1", "--priority", "low")
    assert "Anna" in shop("case", "undo", str(stroke)).failed(3).err
    assert shop.json("case", "show", "1")["priority"] == "low"
    shop("case", "undo", "9999").failed(4)


def test_snoozing_understands_words_and_wakes_in_the_agents_zone(shop: Program) -> None:
    case = shop.json("case", "snooze", "1", "--until", "2031-06-02T09:00")["case"]
    assert (case["status"], case["snooze_until"]) == ("snoozed", "2031-06-02T07:00:00Z")
    words = ("--until", "in", "3", "days")
    assert shop.json("case", "snooze", "1", *words)["case"]["snooze_until"].endswith(":00:00Z")
    shop("case", "snooze", "1", "--until", "whenever").failed(1)
    shop("case", "snooze", "1", "--until", "2020-01-01").failed(1)


def test_a_new_message_opens_a_case_with_the_customer(shop: Program) -> None:
    act = shop.json("case", "new", "--to", "Ola <ola@example.no>", "--cc", "x@example.no", "--subject", "Din ordre",
                    "--text", "Hei", "--channel", "support")  # fmt: skip
    assert (act["case"]["status"], act["case"]["subject"], act["case"]["owner"]) == (
        "pending",
        "Din ordre",
        "anna",
    )
    assert act["case"]["customer"]["addresses"] == [{"name": "", "address": "ola@example.no"}]
    shop("case", "new", "--to", "not an address", "--subject", "x", "--text", "y").failed(1)
    shop("case", "new", "--to", "a@b.dk", "--subject", "x", "--text", "y", "--channel", "gone").failed(4)


def test_claim_takes_the_longest_waiting_and_says_when_none_is_left(desk: Program) -> None:
    for day in (18, 16, 17):
        date = f"{day} Nov 2026 10:00:00 +0100"
        desk.deliver(mail(day, subject=f"dag {day}", sender=f"c{day}@example.dk", date=date))
    claimed = [desk.json("case", "claim")["case"] for _time in range(4)]
    assert [one and one["subject"] for one in claimed] == ["dag 16", "dag 17", "dag 18", None]
    assert desk.json("case", "claim") == {"case": None}
    assert claimed[0]["owner"] == "anna"
    assert claimed[0]["status"] == "open"


def test_pages_hold_every_case_once_most_urgent_first(desk: Program) -> None:
    desk.deliver(*(mail(n, subject=f"sag {n}", sender=f"c{n}@example.dk") for n in range(23)))
    found: list[int] = []
    cursor: list[str] = []
    while True:
        page = desk.json("case", "list", "--limit", "5", *cursor)
        assert (page["total"], page["total_exact"]) == (23, True)
        found += [one["id"] for one in page["cases"]]
        if page["next"] is None:
            break
        cursor = ["--after", page["next"]]
    assert len(found) == len(set(found)) == 23
    assert found == [one["id"] for one in desk.json("case", "list", "--limit", "1000")["cases"]]
    lines = desk("case", "list", "--jsonl").ok().out.splitlines()
    assert len(lines) == 23
    assert len(desk("case", "list", "--jsonl", "--limit", "7").ok().out.splitlines()) == 7
    assert desk.json("case", "list", "--query", "sag owner:anna")["total"] == 0
    assert desk.json("case", "list", "--query", "is:unassigned", "--limit", "1")["total"] == 23
    assert desk("case", "list", "--count").ok().out == "23\n"
    assert "--after" in desk("case", "list", "--limit", "5").ok().err
    desk("case", "list", "--after", "nonsense").failed(2)
    desk("case", "list", "--query", "bogus:word").failed(2)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["case", "show", "77"], 4),
        (["case", "show", "abc"], 2),
        (["case", "show", "99999999999999999999"], 2),
        (["case", "show"], 2),
        (["case"], 2),
        (["case", "set", "1"], 2),
        (["case", "list", "--limit", "0"], 2),
        (["case", "reply", "77", "--text", "x"], 4),
        (["case", "reply", "1"], 2),
        (["case", "set", "77", "--priority", "low"], 4),
        (["case", "snooze", "77", "--until", "tomorrow"], 4),
        (["outbox", "cancel", "77"], 4),
        (["outbox", "retry", "77"], 4),
        (["quarantine", "retry", "77"], 4),
        (["--as", "nobody", "case", "claim"], 4),
        (["agent", "add", "anna"], 3),
        (["agent", "add", "Not A Login"], 1),
        (["channel", "test", "gone"], 4),
        (["import", "mbox", "/nowhere/at/all"], 4),
    ],
)
def test_each_kind_of_failure_has_its_exit_code(lite: Program, words: list[str], code: int) -> None:
    assert lite(*words).failed(code).out == ""


def test_a_reply_in_the_outbox_is_cancelled_at_a_persons_word(shop: Program) -> None:
    shop.json("case", "reply", "1", "--text", "Hej")
    row = shop.json("outbox", "list", "--state", "held")[0]
    act = shop.json("outbox", "cancel", str(row["id"]))
    assert act["case"]["status"] == "open"
    assert act["stroke"]
    assert shop.json("outbox", "list")[0]["state"] == "cancelled"
    shop("outbox", "retry", str(row["id"])).failed(3)


def test_mail_from_files_is_answered_from_the_mailbox_there_is(desk: Program) -> None:
    desk.deliver(mail(1))
    desk("case", "reply", "1", "--text", "Hej").failed(3)
    desk.settings(MAILBOX)
    desk.json("case", "reply", "1", "--text", "Hej")
    assert desk.json("case", "show", "1")["messages"][-1]["from"]["address"] == "support@example.dk"


def test_who_acts_is_named_or_clear(lite: Program) -> None:
    lite.json("agent", "add", "bo")
    lite.deliver(mail(1))
    lite("case", "claim").failed(2)
    lite.settings('[me]\nagent = "bo"\n')
    assert lite.json("case", "claim")["case"]["owner"] == "bo"
    assert lite.json("--as", "anna", "case", "set", "1", "--owner", "anna")["case"]["owner"] == "anna"


def test_lines_for_people_say_the_same(shop: Program) -> None:
    assert "Mette Sørensen" in shop("case", "list").ok().out
    shop("case", "note", "1", "--text", "GLS: pakken ligger i Taulov").ok()
    shown = shop("case", "show", "1").ok().out
    assert "note of Anna Agent" in shown
    assert "GLS: pakken ligger i Taulov" in shown
    assert "2026-11-16 10:00" in shown
    assert "case undo" in shop("case", "set", "1", "--priority", "low").ok().out
