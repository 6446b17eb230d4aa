"""A store is held against itself and mended; whatever befalls its file is told in one sentence."""

import json
from pathlib import Path

from cli.history import do, rows_of, small_files, tables, value, wrong
from cli.program import Program

# -- trouble -----------------------------------------------------------------------------------------------------------


def test_whatever_befalls_the_file_is_one_sentence_and_the_file_stays(small: Program) -> None:
    file = Path(small.url.removeprefix("sqlite:///"))
    whole = file.read_bytes()
    broken = {
        "a page written over": whole[: 40 * 4096] + b"\x99" * 8192 + whole[42 * 4096 :],
        "the schema written over": whole[:100] + b"\x99" * 3996 + whole[4096:],
        "the header written over": b"\x99" * 100 + whole[100:],
        "cut in half": whole[: len(whole) // 2],
        "cut within a page": whole[: 4096 * 9 + 100],
        "cut behind the header": whole[:100],
    }
    acts = (
        ("case", "list"),
        ("case", "note", "1", "--text", "x"),
        ("db", "check"),
        ("db", "backup", "backup.db"),
    )
    for name, data in broken.items():
        file.write_bytes(data)
        failed = 0
        for act in acts:
            words = (*act[:2], str(small.home / f"{len(data)}.db"), "--force") if "backup" in act else act
            answer = small(*words)
            assert answer.code in (0, 1), (name, act, answer)
            assert "fault of its own" not in answer.err, (name, act)
            assert "Traceback" not in answer.err + answer.out
            assert len(answer.err.strip().splitlines()) <= 1, (name, act, answer.err)
            failed += answer.code
            for end in ("-wal", "-shm"):
                Path(f"{file}{end}").unlink(missing_ok=True)
        assert failed, f"{name}: nobody noticed"
        if name != "a page written over":
            assert file.read_bytes() == data, f"{name}: the file was changed"
    file.write_bytes(whole)
    assert wrong(small) == {}


def test_a_damaged_log_beside_the_store_costs_no_more_than_its_last_words(small: Program) -> None:
    file = Path(small.url.removeprefix("sqlite:///"))
    Path(f"{file}-wal").write_bytes(b"\x99" * 20_000)
    assert wrong(small) == {}
    small.json("case", "note", "1", "--text", "Stadig her")
    assert wrong(small) == {}


def test_a_store_without_room_says_so_and_keeps_what_it_had(small: Program) -> None:
    before = tables(small.url)
    text_ = "Lang note. " * 30_000
    (small.home / "long.txt").write_text(text_)
    words = ("case", "reply", "2", "--body-file", str(small.home / "long.txt"))
    assert "room left" in small.spawn(*words, preexec_fn=small_files).failed(1).err
    assert tables(small.url) == before
    assert wrong(small) == {}
    small.spawn(*words).ok()


# -- check -------------------------------------------------------------------------------------------------------------


_DAMAGE = {
    "message counts": ("update cases set message_count = 99 where id = 1",),
    "merged cases": (
        "update messages set case_id = 3 where id = (select min(id) from messages where origin_case_id = 3)",
        "update cases set message_count = message_count - 1 where id = 2",
        "update cases set message_count = message_count + 1 where id = 3",
    ),
    "owners": (
        "insert into agents (login, active, heir_id) values ('gone', false, 1)",
        "update cases set owner_id = (select id from agents where login = 'gone') where id = 2",
    ),
    "next steps": (
        "update cases set snooze_until = null where id = 5",
        "update cases set resolved_at = null where id = 6",
    ),
    "outbox": ("delete from raws where message_id = (select message_id from outbox where id = 1)",),
    "outbox, cases": ("update outbox set case_id = 6 where id = 1",),
    "leases": ("update outbox set state = 'sending', lease_until = null where id = 1",),
    "drafts": ("insert into drafts (agent_id, kind, body) values (1, 'reply', 'Kære kunde')",),
    "files": ("insert into attachments (filename) values ('a.pdf')",),
    "links": ("insert into links (case_id, other_id) values (1, 2)",),
    "clocks": ("update cases set waiting_since = null, due_at = null, unread = 7 where id = 2",),
}


def test_a_sound_store_is_found_sound_and_each_damage_is_named_and_mended(shop: Program) -> None:
    assert wrong(shop) == {}
    before = tables(shop.url)
    for round_ in (0, 1):
        damage = {name: done for place, (name, done) in enumerate(_DAMAGE.items()) if place % 2 == round_}
        do(shop.url, *(statement for done in damage.values() for statement in done))
        assert set(wrong(shop)) >= set(damage)
        mended = shop("db", "check", "--repair", "--json").ok().json["checks"]
        assert {one["name"] for one in mended if one["repaired"]} >= set(damage)
        assert wrong(shop) == {}
    after = tables(shop.url)
    assert [row[:2] for row in after["messages"]] == [row[:2] for row in before["messages"]], (
        "no message is lost"
    )
    assert after["raws"] == [row for row in before["raws"] if row in after["raws"]]
    assert value(shop.url, "select body from drafts where kind = 'new'") == "Kære kunde"
    assert value(shop.url, "select status from cases where id = 5") == "open"


def test_what_names_rows_that_are_gone_is_mended_without_losing_mail(shop: Program) -> None:
    texts = sorted(row[0] for row in rows_of(shop.url, "select text from messages where kind = 'inbound'"))
    do(
        shop.url,
        "delete from cases where id = 1",
        "update cases set owner_id = 77, channel_id = 78 where id = 5",
        "insert into case_tags (case_id, tag_id) values (5, 79)",
        "update cases set customer_id = 80 where id = 6",
        "delete from messages where id = (select max(id) from messages where kind = 'inbound')",
    )
    found = shop("db", "check")
    assert found.code == 1
    assert (
        "rows of messages name cases that are gone (1): agentdesk db check --repair mends that" in found.out
    )
    shop("db", "check", "--repair").ok()
    assert wrong(shop) == {}
    assert shop.json("case", "show", "1")["status"] == "open"
    (lost,) = [one for one in shop.json("quarantine", "list") if "lost" in one["reason"]]
    shop.json("quarantine", "retry", str(lost["id"]))
    now = sorted(row[0] for row in rows_of(shop.url, "select text from messages where kind = 'inbound'"))
    assert now == texts


def test_the_index_is_held_against_the_messages_and_made_anew(shop: Program) -> None:
    assert shop.json("search", '"pakke 6"')["total"] == 1
    do(shop.url, "insert into messages (case_id, kind, at, text) values (1, 'note', 1, 'zeppelin')",
        "update cases set message_count = message_count + 1 where id = 1")  # fmt: skip
    found = {one["name"]: one for one in shop("db", "check", "--json").json["checks"]}
    assert "1 messages are not in it" in found["search"]["said"]
    shop("db", "check", "--repair").ok()
    assert shop.json("search", "zeppelin")["total"] == 1
    do(shop.url, "update messages set text = 'to helt andre ord' where text like 'Hvor er pakke 6%'")
    assert wrong(shop) == {"search": 1}
    extra = "insert into search (rowid, words) values (9999, 'spøgelse')"
    if not shop.url.startswith("sqlite"):
        extra = "insert into search (message_id, words) values (9999, to_tsvector('simple', 'spøgelse'))"
    do(shop.url, extra)
    assert wrong(shop)["search"] == 2
    shop("db", "check", "--repair").ok()
    assert wrong(shop) == {}
    assert [shop.json("search", word)["total"] for word in ("andre", '"pakke 6"', "spøgelse")] == [1, 0, 0]


def test_mails_that_cannot_be_unpacked_stay_wrong_and_are_named(shop: Program) -> None:
    blob = "x'00'" if shop.url.startswith("sqlite") else "'\\x00'"
    do(shop.url, f"update raws set data = {blob} where message_id = 1")
    assert wrong(shop) == {"mails": 1}
    answer = shop("db", "check", "--repair")
    assert answer.code == 1
    assert "1 mails are damaged (1): their text stands" in answer.out


def test_checking_changes_nothing(small: Program) -> None:
    do(small.url, *_DAMAGE["message counts"], *_DAMAGE["clocks"])
    file = Path(small.url.removeprefix("sqlite:///"))
    before = tables(small.url)
    small("db", "check")
    assert tables(small.url) == before
    assert json.loads(small("doctor", "--offline", "--json").out)["ok"] is False
    assert file.exists()
