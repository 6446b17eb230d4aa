"""Search and views keep the contract of the command line, on both databases."""

import pytest
from cli.program import Program, mail

HIT = {"case", "message", "message_id", "subject", "snippet", "at", "score"}


@pytest.fixture
def shop(desk: Program) -> Program:
    """Three mails of three customers."""
    desk.deliver(*(
        mail(n, sender=f"{name} <k{n}@example.dk>", subject=f"Ordre NB-{n}", text=f"Min blå lampe {word}\x1b[2J er væk")
        for n, (name, word) in enumerate((("Mette Åsen", "rød"), ("Ola", "grøn"), ("Emily", "rød")), 1)
    ))  # fmt: skip
    return desk


def test_search_has_every_field_of_the_contract_and_goes_on_where_it_stopped(shop: Program) -> None:
    found = shop.json("search", "roed lampe")
    assert set(found) >= {"hits", "total", "total_exact", "next"}
    assert (found["total"], found["total_exact"], found["next"]) == (2, True, None)
    for hit in found["hits"]:
        assert set(hit) >= HIT
        assert "\x1b" not in hit["snippet"]
    first = shop.json("search", "lampe", "--limit", "2")
    rest = shop.json("search", "lampe", "--limit", "2", "--after", first["next"])
    assert len({hit["message"] for hit in first["hits"] + rest["hits"]}) == 3
    assert rest["next"] is None
    best = shop.json("search", "lampe", "grøn", "--by", "relevance")["hits"]
    assert [hit["case"] for hit in best] == [2]
    assert best[0]["score"] > 0
    assert shop.json("search", "nonesuch") | {"ranked_among": None} == {
        "hits": [], "total": 0, "total_exact": True, "next": None, "ranked_among": None,
    }  # fmt: skip


def test_case_list_takes_the_same_language(shop: Program) -> None:
    shop("case", "set", "2", "--tag", "+vip").ok()

    def listed(query: str) -> list[int]:
        return [one["number"] for one in shop.json("case", "list", "--query", query)["cases"]]

    assert listed("lampe -rød") == [2]
    assert listed("tag:vip or:from:emily") == [2, 3]
    assert listed("-tag:vip customer:aasen") == [1]
    assert listed("is:mine") == []
    assert "2" in shop("case", "list", "--query", "rød", "--count").ok().out


def test_what_is_not_understood_is_one_sentence_and_exit_code_2(shop: Program) -> None:
    for words in (("search", "statsu:x"), ("search", "("), ("case", "list", "--query", "is:lost"), ("search", " "),
                  ("search", "lampe", "--after", "zzz"), ("view", "save", "x", "color:red")):  # fmt: skip
        assert shop(*words).failed(2).err.count("\n") == 1
    assert "did you mean status:" in shop("search", "statsu:x").err


def test_views_are_saved_listed_shown_and_deleted(shop: Program) -> None:
    assert shop.json("view", "list") == {"views": []}
    kept = shop.json("view", "save", "Røde", "lampe rød owner:nobody")["view"]
    assert kept == {"id": kept["id"], "name": "Røde", "scope": "personal", "team": None, "owner": "anna",
                    "query": "lampe rød owner:nobody"}  # fmt: skip
    (row,) = shop.json("view", "list")["views"]
    assert row == kept | {"count": 2, "count_exact": True}
    shown = shop.json("view", "show", "røde", "--limit", "1")
    assert ([one["number"] for one in shown["cases"]], shown["total"], shown["view"]) == ([1], 2, kept)
    assert "Røde" in shop("view", "list").ok().out
    shop("view", "save", "x", "lampe", "--scope", "everyone").failed(3)
    shop("view", "show", "nowhere").failed(4)
    shop("view", "delete", str(kept["id"])).ok()
    shop("view", "delete", "Røde").failed(4)


def test_a_leader_saves_a_view_for_a_team_they_are_not_in(shop: Program) -> None:
    for team in ("Oslo", "Bergen"):
        shop("team", "add", team).ok()
    shop("agent", "add", "lead", "--role", "supervisor", "--team", "Oslo").ok()
    kept = shop.json("--as", "lead", "view", "save", "Late", "is:overdue", "--team", "Bergen")["view"]
    assert (kept["name"], kept["scope"], kept["team"]) == ("Late", "team", "Bergen")
