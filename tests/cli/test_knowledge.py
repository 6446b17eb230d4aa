"""`agentdesk article` and `agentdesk snippet`: the twins of the screens, and the round trip through files."""

from pathlib import Path

import pytest
from cli.program import Program, mail

ARTICLE = {
    "id", "slug", "topic", "language", "title", "body", "state", "audience", "keywords", "link", "version",
    "updated_at", "by",
}  # fmt: skip
HOSTILE = "---\n# no: yes\n\n{{ customer.name }} & *a «ø»\n  indented \n...\n- 'q'"


@pytest.fixture
def desk(desk: Program) -> Program:
    """Anna leads: what is published, and what is for everyone, is hers to change."""
    desk("agent", "set", "anna", "--role", "supervisor").ok()
    return desk


@pytest.fixture
def lite(lite: Program) -> Program:
    """The same on SQLite."""
    lite("agent", "set", "anna", "--role", "supervisor").ok()
    return lite


def written(program: Program, title: str, text: str, *more: str) -> dict[str, object]:
    found: dict[str, object] = program.json("article", "save", "--title", title, "--text", text, *more)[
        "article"
    ]
    return found


def files(folder: Path) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in sorted(folder.iterdir())}


def test_an_article_is_written_published_found_and_brought_back(desk: Program) -> None:
    one = written(desk, "Hvor er min pakke?", "Se sporingen.", "--language", "da", "--keyword", "GLS")
    assert set(one) == ARTICLE
    assert (one["slug"], one["state"], one["audience"], one["version"]) == (
        "hvor-er-min-pakke", "draft", "internal", 1,
    )  # fmt: skip
    act = desk.json(
        "article", "save", "hvor-er-min-pakke", "--text", "Spørg GLS.", "--audience", "public", "--publish"
    )
    assert (act["article"]["version"], act["article"]["state"], act["article"]["keywords"]) == (
        2,
        "published",
        ["GLS"],
    )
    assert desk.json("article", "list", "SPOERG")["articles"][0]["id"] == one["id"]
    assert desk.json("article", "list", "--state", "draft") == {"articles": [], "total": 0}
    assert desk.json("article", "show", "1", "--version", "1")["article"]["body"] == "Se sporingen."
    assert [row["version"] for row in desk.json("article", "versions", "1")["versions"]] == [2, 1]
    assert desk.json("article", "restore", "1", "1")["article"]["body"] == "Se sporingen."
    assert desk.json("article", "publish", "1", "--draft")["article"]["state"] == "draft"
    shown = desk("article", "show", "1").ok().out
    assert "Hvor er min pakke?" in shown
    desk("case", "undo", str(act["stroke"])).failed(3)
    desk("article", "show", "7").failed(4)
    desk("article", "show", "1", "--version", "99").failed(4)
    desk("article", "save", "--title", "x").failed(2)
    desk("article", "save", "1", "--seen", "1", "--text", "y").failed(3)


def test_an_edit_of_the_command_line_is_taken_back(lite: Program) -> None:
    written(lite, "Retur", "Gammel")
    stroke = lite.json("article", "save", "retur", "--text", "Ny")["stroke"]
    lite("case", "undo", str(stroke)).ok()
    assert lite.json("article", "show", "retur")["article"]["body"] == "Gammel"


def test_articles_come_back_from_files_byte_for_byte(desk: Program, tmp_path: Path) -> None:
    written(
        desk,
        "Hvor er min pakke?",
        HOSTILE,
        "--language",
        "da",
        "--keyword",
        "no",
        "--keyword",
        "# 1: x",
        "--publish",
    )
    written(desk, "Where is my parcel: ~", "See it.", "--same-as", "1", "--audience", "public",
            "--link", "https://shop.example/a?b=1#c")  # fmt: skip
    written(desk, "null", "")
    first, second, third = tmp_path / "a", tmp_path / "b", tmp_path / "c"
    assert desk.json("article", "export", str(first)) == {"exported": 3, "written": 3}
    assert desk.json("article", "export", str(first)) == {"exported": 3, "written": 0}
    unchanged = {"seen": 3, "added": 0, "changed": 0, "stroke": None}
    assert desk.json("article", "import", str(first)) == unchanged
    desk("article", "export", str(second)).ok()
    assert files(first) == files(second)
    fresh = Program(desk.home, f"sqlite:///{tmp_path / 'fresh.db'}")
    fresh("agent", "add", "bo", "--role", "supervisor").ok()
    assert fresh.json("article", "import", str(first)) == unchanged | {"added": 3}
    fresh("article", "export", str(third)).ok()
    assert files(first) == files(third)
    assert (
        fresh.json("article", "show", "where-is-my-parcel")["article"]["languages"][0]["slug"]
        == "hvor-er-min-pakke"
    )
    assert b"topic: hvor-er-min-pakke" in files(first)["where-is-my-parcel.md"]


def test_every_fault_of_the_files_is_told_and_nothing_is_kept(lite: Program, tmp_path: Path) -> None:
    good = "---\ntitle: God\n---\nTekst\n"
    for name, text in {
        "god.md": good,
        "a.md": "---\ntitle: x\nstat: draft\n---\n",
        "b.md": "---\ntitle: x\nstate: live\n---\n",
        "c.md": "ingen\n",
        "D E.md": good,
        "readme.txt": "no article",
    }.items():
        (tmp_path / name).write_text(text)
    said = lite("article", "import", str(tmp_path)).failed(1).err
    assert "a.md, line 3: «stat» is not known" in said
    assert "b.md, line 3: «state» is one of draft, published" in said
    assert "c.md, line 1:" in said
    assert "D E.md, line 1:" in said
    assert lite.json("article", "list")["total"] == 0
    for name in ("a.md", "b.md", "c.md", "D E.md"):
        (tmp_path / name).unlink()
    (tmp_path / "e.md").write_text("---\ntitle: E\ntopic: nowhere\n---\n")
    assert "e.md: «nowhere»" in lite("article", "import", str(tmp_path)).failed(1).err
    assert lite.json("article", "list")["total"] == 0
    (tmp_path / "latin.md").write_bytes(b"---\ntitle: \xe6\n---\n")
    assert "UTF-8" in lite("article", "import", str(tmp_path)).failed(1).err
    lite("article", "import", str(tmp_path / "nowhere")).failed(4)


def test_snippets_are_kept_listed_and_thrown_away(desk: Program) -> None:
    one = desk.json("snippet", "save", "GLS", "--text", "GLS lover levering.", "--language", "da")["snippet"]
    assert (one["shortcut"], one["scope"], one["owner"], one["team"]) == (";gls", "everyone", None, None)
    own = desk.json("snippet", "save", ";gls", "--text", "mit", "--language", "da", "--scope", "personal")[
        "snippet"
    ]
    assert own["owner"] == "anna"
    assert [row["id"] for row in desk.json("snippet", "list")["snippets"]] == [own["id"], one["id"]]
    desk("agent", "add", "bo").ok()
    seen = desk.json("--as", "bo", "snippet", "list")["snippets"]
    assert [row["id"] for row in seen] == [one["id"]]
    desk("--as", "bo", "snippet", "delete", str(own["id"])).failed(4)
    assert desk.json("--as", "bo", "snippet", "save", "gls", "--text", "x")["snippet"]["scope"] == "personal"
    everyones = str(one["id"])
    desk("--as", "bo", "snippet", "save", "--id", everyones, "--text", "ny").failed(3)
    desk("--as", "bo", "snippet", "delete", everyones).failed(3)
    assert (
        desk.json("--as", "anna", "snippet", "save", "--id", everyones, "--text", "ny")["snippet"]["version"]
        == 2
    )
    desk("--as", "anna", "snippet", "delete", everyones).ok()
    desk("snippet", "save", "gls").failed(2)


def test_suggestions_and_shortcuts_have_their_twins(lite: Program) -> None:
    lite.deliver(
        mail(1, "Hej, hvor er min pakke? Jeg har ventet på den siden fredag.", subject="Pakken mangler")
    )
    written(lite, "Hvor er min pakke?", "Se sporingen.", "--language", "da", "--publish")
    other = written(lite, "Where is my parcel?", "See.", "--same-as", "1")
    found = lite.json("article", "suggest", "1")["suggestions"]
    assert found == [{"kind": "article", "id": 1, "title": "Hvor er min pakke?", "detail": "internal · da"}]
    assert "Hvor er min pakke?" in lite("article", "suggest", "1").ok().out
    lite("article", "suggest", "9").failed(4)
    assert lite.json("article", "show", "1")["article"]["topic"] == other["topic"]
    alone = lite.json("article", "save", "1", "--alone")["article"]
    assert alone["topic"] != lite.json("article", "show", str(other["id"]))["article"]["topic"]
    lite("snippet", "save", "sag", "--text", "Sag {{ case.number }} {{ order.tracking }}").ok()
    assert lite.json("snippet", "expand", ";SAG", "--case", "1") == {
        "id": 1, "text": "Sag 1 [order.tracking]", "missing": ["order.tracking"],
    }  # fmt: skip
    lite("snippet", "expand", ";nej").failed(4)
    lite("snippet", "save", "x", "--text", "{{ x.__class__ }}").failed(1)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_snippets_come_back_from_files_byte_for_byte(desk: Program, tmp_path: Path) -> None:
    desk("team", "add", "Lager & Co").ok()
    for more in (
        ("--language", "da"),
        ("--language", "en"),
        ("--scope", "personal"),
        ("--team", "Lager & Co"),
        (),
    ):
        desk("snippet", "save", "gls", "--text", HOSTILE, "--title", "no", *more).ok()
    desk("snippet", "save", "ærø.1", "--text", "x").ok()
    first, second = tmp_path / "a", tmp_path / "b"
    assert desk.json("snippet", "export", str(first)) == {"exported": 6, "written": 6}
    fresh = Program(desk.home, f"sqlite:///{tmp_path / 'fresh.db'}")
    fresh("agent", "add", "anna", "--role", "supervisor").ok()
    fresh("snippet", "import", str(first)).failed(1)
    fresh("team", "add", "Lager & Co").ok()
    assert fresh.json("snippet", "import", str(first)) == {"seen": 6, "added": 6, "changed": 0}
    assert fresh.json("snippet", "import", str(first)) == {"seen": 6, "added": 0, "changed": 0}
    fresh("snippet", "export", str(second)).ok()
    assert files(first) == files(second)
    (first / "wrong.md").write_text("---\nshortcut: a b\n---\nx\n")
    assert "wrong.md, line 2:" in fresh("snippet", "import", str(first)).failed(1).err
