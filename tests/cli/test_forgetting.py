"""`customer export`, `customer erase` and `message redact`: what they print, what they refuse, what they leave."""

import json
import sqlite3
import stat
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from cli.program import CUSTOMER, Program, mail

WORDS = "Min zebralampe er knust"


@pytest.fixture
def shop(lite: Program, tmp_path: Path) -> Program:
    """A shop with one mail of a customer in it, and one of somebody else that names them."""
    folder = tmp_path / "post"
    folder.mkdir()
    (folder / "1.eml").write_bytes(mail(1, WORDS))
    lite("import", "eml", str(folder)).ok()
    return lite


def test_an_erasing_is_rehearsed_done_and_done_again_in_json(shop: Program, tmp_path: Path) -> None:
    rehearsed = shop("customer", "erase", "1", "--rehearse", "--json").ok().json
    assert rehearsed["rehearsal"] is True
    assert {"kind": "raw", "act": "erased", "count": 1, "examples": []} in rehearsed["traces"]
    assert WORDS in shop("message", "list", "--json").ok().out
    assert "messages with their texts" in shop("customer", "erase", "1", "--rehearse").ok().out
    done = shop("customer", "erase", "1", "--json").ok().json
    assert (done["rehearsal"], done["swept"], done["erased"]["cases"]) == (False, True, [1])
    assert done["remains"]
    for file in tmp_path.glob("desk.db*"):
        assert b"zebralampe" not in file.read_bytes()
        assert CUSTOMER.encode() not in file.read_bytes()
    case = shop("case", "show", "1", "--json").ok().json
    assert (case["status"], case["subject"], case["message_count"]) == ("closed", "", 1)
    assert case["customer"] == {"id": 1, "name": "", "addresses": []}
    again = shop("customer", "erase", "1", "--json").ok().json
    assert (again["traces"], again["erased"]["messages"]) == ([], 0)
    tally = shop("import", "eml", str(tmp_path / "post"), "--json").ok().json
    assert (tally["seen"], tally["duplicate"]) == (1, 1)
    shop("customer", "export", "1").failed(4)
    assert "was erased" in shop("customer", "show", "1").failed(4).err
    shop("customer", "erase", "77").failed(4)


def test_who_may_not_is_refused(shop: Program) -> None:
    with closing(sqlite3.connect(shop.url.removeprefix("sqlite:///"))) as connection:
        connection.execute("update agents set role = 'agent'")
        connection.execute("insert into agents (login, role) values ('chef', 'supervisor')")
        connection.commit()
    shop("--as", "anna", "customer", "erase", "1", "--json").failed(3)
    shop("--as", "anna", "message", "redact", "1").failed(3)
    assert WORDS in shop("message", "list", "--json").ok().out
    assert shop("--as", "chef", "message", "redact", "1", "--json").ok().json["case"] == 1
    shop("--as", "chef", "message", "redact", "99").failed(4)
    (one,) = shop("message", "list", "--json").ok().json["messages"]
    assert one["text"] == "This message was erased."
    assert one["marks"] == ["erased"]


def test_all_that_is_held_goes_into_one_document_a_zip_or_a_folder(shop: Program, tmp_path: Path) -> None:
    told = shop("customer", "export", "1", "--json").ok().json
    assert told["customer"]["addresses"] == [CUSTOMER]
    assert told["messages"][0]["text"].startswith(WORDS)
    to = tmp_path / "given.zip"
    assert shop("customer", "export", "1", "--to", str(to), "--json").ok().json["mails"] == 1
    assert stat.S_IMODE(to.stat().st_mode) == 0o600
    with zipfile.ZipFile(to) as archive:
        assert archive.namelist() == ["customer.json", "messages/1.eml"]
        assert WORDS.encode() in archive.read("messages/1.eml")
        assert json.loads(archive.read("customer.json"))["customer"]["id"] == 1
    shop("customer", "export", "1", "--to", str(to)).failed(3)
    shop("customer", "export", "1", "--to", str(tmp_path / "given")).ok()
    assert WORDS.encode() in (tmp_path / "given" / "messages" / "1.eml").read_bytes()
    shop("customer", "export", "1", "--to", str(tmp_path / "given")).failed(3)
    shop("customer", "export", "77").failed(4)
