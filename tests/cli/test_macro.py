"""Macros by command line: written, shown, run, and kept as files that come back byte for byte."""

from pathlib import Path

import pytest
from cli.program import Program, mail

from agentdesk.domain.macros import MOST_FILES_BYTES

MAILBOX = """
[[channel]]
kind = "email"
name = "support"
address = "support@example.dk"
hours = "mon-fri 9-16"
"""
LATE = """---
name: Forsinket pakke
scope: everyone
actions:
  - snooze tomorrow 9 ends nothing
  - tag +forsinket -ny
  - note "Spurgte GLS; \\"hvor er den\\"\\nsvar i morgen"
  - attach vejledning.bin
subjects:
  da: Din pakke
types:
  vejledning.bin: application/x-guide
---
<!-- da -->
Hej {{ customer.first_name|default('kunde') }}

    indrykket{blanks}
\\<!-- da -->
\\\\<!-- en -->
Vi har åbent {{ hours.week }}.

<!-- en -->
Hi {{ customer.first_name }}
""".replace("{blanks}", "  ")


@pytest.fixture
def shop(desk: Program) -> Program:
    return opened(desk)


def opened(desk: Program) -> Program:
    desk.settings(MAILBOX)
    desk("agent", "set", "anna", "--role", "supervisor").ok()
    desk.deliver(mail(1, sender="Mette Sørensen <mette@example.dk>", text="Hvor er min pakke? Jeg har ikke fået den."),
                 channel="support")  # fmt: skip
    return desk


def files(folder: Path) -> dict[str, bytes]:
    return {
        f"{one.relative_to(folder)}": one.read_bytes() for one in sorted(folder.rglob("*")) if one.is_file()
    }


def filled(folder: Path) -> Path:
    (folder / "forsinket-pakke").mkdir(parents=True)
    (folder / "forsinket-pakke.md").write_text(LATE, encoding="utf-8")
    (folder / "forsinket-pakke" / "vejledning.bin").write_bytes(b"\x00fold\r\nhere")
    return folder


def test_export_import_export_is_the_same_to_the_byte(shop: Program, tmp_path: Path) -> None:
    start = filled(tmp_path / "in")
    assert shop.json("macro", "import", str(start)) == {"seen": 1, "added": 1, "changed": 0}
    shop.json("macro", "save", "--name", "Tak", "--text", "Tak.\n\n---\n# ikke en overskrift", "--language", "da",
              "--scope", "personal")  # fmt: skip
    first, second = tmp_path / "a", tmp_path / "b"
    assert shop.json("macro", "export", str(first))["exported"] == 2
    assert files(first) == files(start) | {"tak.md": files(first)["tak.md"]}
    assert shop.json("macro", "import", str(first)) == {"seen": 2, "added": 0, "changed": 0}
    shop.json("macro", "retire", "tak")
    assert shop.json("macro", "import", str(first)) == {"seen": 2, "added": 0, "changed": 1}
    shop.json("macro", "export", str(second))
    assert files(second) == files(first)
    assert shop.json("macro", "export", str(second))["written"] == 0


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (
            "Hi {{ customer.first_name }}",
            "Hi {{ customer.firstname }}",
            "forsinket-pakke.md, line 23: there is no variable",
        ),
        ("tag +forsinket -ny", "tga +x", "line 4: There is no action «tga»: did you mean tag?"),
        ("scope: everyone", "scope: all", "line 3: «scope» is one of everyone, team, personal."),
        ("scope: everyone", "nonsense: 1", "line 3: «nonsense» is not known here"),
        ("<!-- da -->\nHej", "Hej", "line 14: above a text stands its language"),
        ("<!-- en -->\nHi", "<!-- da -->\nHi", "line 22: «da» stands here twice"),
        ("attach vejledning.bin", "attach other.pdf", "There is no file other.pdf"),
        ("snooze tomorrow 9", "snooze someday", "is not understood as a time"),
        ("scope: everyone", "scope: team\nteam: Nowhere", "There is no team called Nowhere."),
    ],
)
def test_a_fault_names_file_and_line_and_nothing_is_taken_in(
    lite: Program, tmp_path: Path, before: str, after: str, said: str
) -> None:
    start = filled(tmp_path / "in")
    opened(lite)
    assert before in LATE
    (start / "forsinket-pakke.md").write_text(LATE.replace(before, after, 1), encoding="utf-8")
    (start / "fine.md").write_text("---\nname: Fine\n---\n<!-- en -->\nThanks.\n", encoding="utf-8")
    err = lite("macro", "import", str(start)).failed(1).err
    assert said in err
    assert "forsinket-pakke.md, line" in err
    assert lite.json("macro", "list") == {"macros": []}


def test_a_macro_is_shown_then_run_and_taken_back(shop: Program) -> None:
    saved = shop.json("macro", "save", "--name", "Forsinket", "--language", "da", "--text",
                      "Hej {{ customer.first_name }}\nVi har åbent {{ hours.week }}.", "--actions",
                      "status resolved; tag +sent")["macro"]  # fmt: skip
    assert (saved["slug"], saved["version"], saved["scope"]) == ("forsinket", 1, "everyone")
    shown = shop.json("macro", "preview", "forsinket", "--case", "1")["preview"]
    assert shown["text"] == "Hej Mette\nVi har åbent mandag til fredag kl. 9–16."
    assert [(one["field"], one["before"], one["after"]) for one in shown["changes"]] == [
        ("status", "new", "resolved"), ("owner", "nobody", "you"), ("tags", "", "sent"),
    ]  # fmt: skip
    assert shop.json("case", "show", "1")["status"] == "new"
    act = shop.json("macro", "run", "Forsinket", "--case", "1")
    assert (act["case"]["status"], act["case"]["tags"], act["case"]["owner"]) == (
        "resolved",
        ["sent"],
        "anna",
    )
    back = shop.json("case", "undo", str(act["stroke"]))["case"]
    assert (back["status"], back["tags"], back["owner"]) == ("new", [], None)


def test_a_reply_and_a_new_message_may_be_a_macro(shop: Program) -> None:
    shop.json("macro", "save", "--name", "Tak", "--language", "da", "--text", "Hej {{ customer.first_name }}, tak.",
              "--subject", "Tak for sidst", "--actions", "tag +tak")  # fmt: skip
    act = shop.json("case", "reply", "1", "--macro", "tak", "--cc", "lager@example.dk", "--resolve")
    assert (act["case"]["status"], act["case"]["tags"]) == ("resolved", ["tak"])
    reply = shop.json("case", "show", "1")["messages"][-1]
    assert reply["text"].startswith("Hej Mette, tak.")
    assert [one["address"] for one in reply["cc"]] == ["lager@example.dk"]
    act = shop.json(
        "case", "new", "--to", "Ola Nordmann <ola@example.no>", "--subject", "Hei", "--macro", "tak"
    )
    assert act["case"]["tags"] == ["tak"]
    assert shop.json("case", "show", str(act["case"]["id"]))["messages"][0]["text"].startswith(
        "Hej Ola, tak."
    )


def test_what_stops_a_macro_ends_the_program_and_nothing_is_done(shop: Program) -> None:
    shop.json("macro", "save", "--name", "Tom", "--language", "da", "--text", "Ordre {{ order.number }} er på vej.",
              "--actions", "status resolved")  # fmt: skip
    for words in (("macro", "run", "tom", "--case", "1"), ("case", "reply", "1", "--macro", "tom")):
        assert "«order.number» is empty here" in shop(*words).failed(1).err
    assert shop.json("case", "show", "1")["status"] == "new"
    assert shop.json("macro", "preview", "tom", "--case", "1")["preview"]["problems"]
    shop("macro", "show", "nope").failed(4)
    shop("macro", "save", "--name", "X", "--text", "{% for a in b %}").failed(1)


def test_a_file_that_is_given_goes_along_with_the_reply(shop: Program, tmp_path: Path) -> None:
    (tmp_path / "guide.txt").write_text("fold it")
    saved = shop.json("macro", "save", "--name", "Guide", "--language", "da", "--text", "Se her.", "--file",
                      str(tmp_path / "guide.txt"))["macro"]  # fmt: skip
    assert saved["actions"] == [{"kind": "attach", "file": "guide.txt"}]
    shop.json("macro", "run", "guide", "--case", "1")
    reply = shop.json("case", "show", "1")["messages"][-1]
    assert [one["filename"] for one in reply["attachments"]] == ["guide.txt"]
    shop("macro", "save", "guide", "--file", str(tmp_path / "nothing.txt")).failed(4)


def test_an_agent_writes_macros_of_their_own_and_may_not_change_everyones(shop: Program) -> None:
    shop.json("macro", "save", "--name", "Alle", "--text", "Tak.")
    shop("agent", "set", "anna", "--role", "agent").ok()
    assert shop.json("macro", "save", "--name", "Min", "--text", "Tak.")["macro"]["scope"] == "personal"
    shop("macro", "save", "alle", "--text", "Nej.").failed(3)
    shop("macro", "retire", "alle").failed(3)


def test_a_person_reads_it_line_by_line(shop: Program) -> None:
    shop.json("macro", "save", "--name", "Tak", "--language", "da", "--text", "Hej {{ customer.first_name }}, tak.",
              "--actions", "snooze tomorrow 9; note Set")  # fmt: skip
    assert "tak · Tak · everyone · da · snooze tomorrow 9; note Set" in shop("macro", "list").ok().out
    out = shop("macro", "preview", "tak", "--case", "1").ok().out
    assert "To: Mette Sørensen <mette@example.dk>" in out
    assert "Hej Mette, tak." in out
    assert "status: new → snoozed until" in out


def test_one_file_is_given_whatever_lies_beside_it(shop: Program, tmp_path: Path) -> None:
    (tmp_path / ".guide").write_text("fold it")
    guide, film = tmp_path / "guide.txt", tmp_path / "film"
    guide.symlink_to(tmp_path / ".guide")
    (tmp_path / "unreadable").symlink_to("/proc/self/mem")
    with film.open("wb") as stream:
        stream.truncate(MOST_FILES_BYTES + 1)
    shop.json("macro", "save", "--name", "Guide", "--text", "See this.", "--file", str(guide))
    assert "20 MB" in shop("macro", "save", "guide", "--file", str(film)).failed(1).err


def test_no_file_of_this_machine_is_taken_in_through_a_link(shop: Program, tmp_path: Path) -> None:
    """A folder of macros comes from somebody else: what it points to would go out to customers."""
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "key.txt").write_text("hush")
    told = "---\nname: Key\nactions:\n  - attach key.txt\n---\n<!-- en -->\nHi there.\n"
    for links in ("file", "folder"):
        home = tmp_path / links
        home.mkdir()
        (home / "key.md").write_text(told)
        if links == "folder":
            (home / "key").symlink_to(secret)
        else:
            (home / "key").mkdir()
            (home / "key" / "key.txt").symlink_to(secret / "key.txt")
        assert "cannot be read" in shop("macro", "import", str(home)).failed(1).err
    assert shop.json("macro", "list")["macros"] == []


def test_a_colleagues_own_macro_is_shown_to_leaders_alone(shop: Program) -> None:
    shop.json("macro", "save", "--name", "Mine", "--text", "Hush.", "--scope", "personal")
    shop("agent", "add", "bo").ok()
    assert "Hush" not in shop("--as", "bo", "macro", "list", "--all", "--json").ok().out
    shop("agent", "set", "bo", "--role", "supervisor").ok()
    assert "Hush" in shop("--as", "bo", "macro", "list", "--all", "--json").ok().out
