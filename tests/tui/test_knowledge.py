"""Knowledge and snippets by keys: what is inserted goes where it was asked for, what is written is kept.

The keys of these screens by the names of their commands: "picking_insert", "picking_link", "picked_insert",
"picked_link", "article_new", "article_publish", "article_drafts", "article_versions", "article_translate",
"version_back", "snippet_new", "snippet_away".
"""

from pathlib import Path
from typing import Any

import pytest
from tui import rig
from tui.rig import Rig

from agentdesk.domain.knowledge import Audience, Phrase, Scope, State, Written
from agentdesk.services import articles, snippets
from agentdesk.tui.widgets.heading import Heading


@pytest.fixture
def url(url: str) -> str:
    """Anna and Bo lead: what is published, and what is for everyone, is theirs to change."""
    rig.execute(url, "update agents set role = 'supervisor'")
    return url


def furnish(r: Rig) -> dict[str, int]:
    """Three articles and two snippets."""
    with r.world.unit("anna") as unit:
        parcel = articles.save(
            unit,
            Written(
                "Hvor er min pakke?",
                "Se sporingen her.\nHilsen os",
                "da",
                Audience.PUBLIC,
                ("GLS",),
                "https://shop.example/p",
            ),
            state=State.PUBLISHED,
        )
        english = articles.save(
            unit,
            Written("Where is my parcel?", "See the tracking.", "en", Audience.PUBLIC),
            state=State.PUBLISHED,
        )
        articles.join_topic(unit, english, parcel)
        inside = articles.save(
            unit, Written("Sådan ringer du til lageret", "Tlf. 42", "da"), state=State.PUBLISHED
        )
        draft = articles.save(unit, Written("Udkast om pakker", "Ikke klar", "da"))
        snippets.save(unit, Phrase("gls", "GLS lover levering i morgen.", "da"))
        snippets.save(unit, Phrase("hej", "Hej {{ customer.first_name }}", "da", scope=Scope.PERSONAL))
    return {"parcel": parcel, "english": english, "inside": inside, "draft": draft}


def body(r: Rig) -> str:
    return str(r.desk.writing.widget.written().body)


def uses(url: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in rig.execute(url, "select kind, item_id, case_id from uses order by id")]


def rows(r: Rig) -> list[str]:
    return [item.left[0][0] for item in r.app.screen.roster.items]  # type: ignore[attr-defined]


async def test_an_article_is_in_the_answer_after_four_keys(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        made = furnish(r)
        await r.press("b")
        assert r.top == "KnowledgePicker"
        assert rows(r)[0] == "Hvor er min pakke?", "what fits the case stands first, before a word is typed"
        assert "Udkast om pakker" not in rows(r)
        await r.press("p", "a", "enter")
        assert r.top == "DeskScreen"
        assert r.desk.context == "writing"
        assert body(r) == "Se sporingen her.\nHilsen os"
        assert uses(url) == [("article", made["parcel"], 1)]
        await r.type("!")
        assert body(r).endswith("os!"), "the cursor stands behind what was inserted"


async def test_on_a_narrow_desk_the_answer_is_seen_after_the_insertion(url: str, state: Path) -> None:
    async with rig.desk(url, state, size=(80, 24)) as r:
        furnish(r)
        assert r.desk.pane == "queue"
        await r.press("b", "enter")
        assert r.desk.context == "writing"
        assert r.app.focused is not None
        assert r.app.focused.region.height > 0
        assert "Se sporingen her." in body(r)


async def test_the_link_goes_in_by_its_own_key_and_only_of_a_public_article(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        furnish(r)
        await r.press("r")
        await r.type("Se ")
        await r.press("f5")
        await r.type("lager")
        await r.settle()
        await r.press("ctrl+l")
        assert r.top == "KnowledgePicker"
        await r.press(*["backspace"] * 5)
        await r.type("pakke")
        await r.settle()
        await r.press("ctrl+l")
        assert body(r) == "Se https://shop.example/p"
        await r.press("f5", "tab")
        assert r.app.screen.context == "picked"  # type: ignore[attr-defined]
        r.app.screen.roster.home()  # type: ignore[attr-defined]
        await r.settle()
        await r.press("l")
        assert body(r).count("https://shop.example/p") == 2
        await r.press("f5", "tab", "enter")
        assert "Se sporingen her." in body(r)


async def test_an_article_for_colleagues_goes_into_a_reply_only_when_asked_again(
    url: str, state: Path
) -> None:
    async with rig.desk(url, state) as r:
        furnish(r)
        await r.press("r", "f5")
        await r.type("lager")
        await r.press("enter")
        assert r.top == "ConfirmDialog"
        await r.press("escape")
        assert body(r) == ""
        await r.press("f5")
        await r.type("lager")
        await r.press("enter", "enter")
        assert body(r) == "Tlf. 42"


async def test_an_article_for_colleagues_goes_into_a_note_at_once(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        furnish(r)
        await r.press("i", "f5")
        await r.type("lager")
        await r.press("enter")
        assert body(r) == "Tlf. 42"


async def test_text_goes_to_the_case_it_was_asked_for(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        furnish(r)
        await r.press("r")
        await r.type("Til sag et.")
        await r.press("escape")
        await r.desk.reading.show(2)
        r.desk.focus_pane("conversation")
        await r.press("b", "g", "l", "s", "enter")
        assert r.desk.writing.case_id == 2
        assert body(r) == "Se sporingen her.\nHilsen os"
        await r.press("escape")
        await r.desk.reading.show(1)
        r.desk.focus_pane("conversation")
        await r.press("r")
        assert body(r) == "Til sag et.", "what was begun in the other case is untouched"


async def test_esc_leaves_the_picker_and_changes_nothing(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        furnish(r)
        await r.press("r")
        await r.type("Hej")
        await r.press("f5", "escape")
        assert (r.top, body(r), uses(url)) == ("DeskScreen", "Hej", [])
        assert r.desk.context == "writing"


async def test_tab_writes_out_several_shortcuts_and_otherwise_goes_round(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        furnish(r)
        await r.press("r")
        await r.type(";hej")
        await r.press("tab")
        assert body(r) == "Hej Mette"
        await r.press("enter")
        await r.type("Se (;GLS")
        await r.press("tab")
        assert body(r) == "Hej Mette\nSe (GLS lover levering i morgen."
        assert r.desk.context == "writing"
        assert [use[0] for use in uses(url)] == ["snippet", "snippet"]
        await r.type(" x;gls")
        await r.press("tab")
        assert r.app.focused is not None
        assert r.app.focused.id == "field-to", "inside a word it is no shortcut"
        await r.press("shift+tab")
        await r.type(" ;nej")
        await r.press("tab")
        assert "no snippet ;nej" in r.said
        assert r.app.focused.id == "body"
        await r.press("tab")
        assert r.app.focused.id == "field-to"
        assert body(r).endswith(";nej")


async def test_a_shortcut_works_in_a_note_and_tells_what_is_not_known(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        with r.world.unit("anna") as unit:
            snippets.save(unit, Phrase("spor", "Sporing: {{ order.tracking }}"))
        await r.press("i")
        await r.type(";spor")
        await r.press("tab")
        assert body(r).startswith("Sporing: ")
        assert "order.tracking" in r.said


async def test_one_key_makes_an_article_a_snippet_or_a_macro_of_the_text(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        furnish(r)
        await r.press("r", "f9")
        assert r.top == "DeskScreen", "there is nothing to keep yet"
        await r.type("Pakken er forsinket.")
        await r.press("f9", "a")
        await r.type("Forsinkede pakker")
        await r.press("enter")
        row = rig.execute(url, "select title, body, state, audience from articles order by id desc limit 1")[
            0
        ]
        assert tuple(row) == ("Forsinkede pakker", "Pakken er forsinket.", "draft", "internal")
        assert "is a draft now" in r.said
        await r.press("f9", "s")
        await r.type("sent")
        await r.press("enter")
        row = rig.execute(
            url, "select shortcut, text, scope, agent_id from snippets order by id desc limit 1"
        )[0]
        assert tuple(row) == (";sent", "Pakken er forsinket.", "personal", 1)
        await r.press("f9", "m")
        await r.type("Forsinket")
        await r.press("enter")
        row = rig.execute(url, "select m.name, m.scope, m.agent_id, t.text from macros m"
                               " join macro_texts t on t.macro_id = m.id order by m.id desc limit 1")[0]  # fmt: skip
        assert tuple(row) == ("Forsinket", "personal", 1, "Pakken er forsinket.")
        assert body(r) == "Pakken er forsinket."
        await r.press("f9", "s")
        await r.type("sent")
        await r.press("enter")
        assert "already" in r.said


async def test_articles_are_written_published_and_brought_back_on_screen(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        furnish(r)
        await r.press("g", "k")
        assert r.top == "KnowledgeScreen"
        assert "Udkast om pakker" in rows(r)
        await r.press("d")
        assert rows(r) == ["Udkast om pakker"]
        assert "drafts only" in "".join(text for text, _tone in r.app.screen.query_one(Heading).spans(100))
        await r.press("enter")
        assert r.top == "ArticleForm"
        await r.press("end")
        await r.type("!")
        await r.press("ctrl+s")
        await r.until(lambda: rows(r) == ["Udkast om pakker!"])
        await r.press("p")
        assert "is published" in r.said
        await r.until(lambda: not rows(r))
        await r.press("d")
        await r.until(lambda: "Udkast om pakker!" in rows(r))
        await r.type("/")
        await r.type("udkast")
        await r.until(lambda: rows(r) == ["Udkast om pakker!"])
        await r.press("tab", "v")
        assert r.top == "VersionsScreen"
        assert len(rows(r)) == 3
        await r.press("j", "j", "enter")
        await r.until(lambda: len(rows(r)) == 4)
        await r.press("escape")
        await r.until(lambda: rows(r) == ["Udkast om pakker"])
        await r.press("t")
        assert r.top == "ArticleForm"
        await r.press("tab")
        await r.type("en")
        await r.press("ctrl+s")
        await r.until(lambda: r.top == "KnowledgeScreen")
        found = rig.execute(url, "select count(*) from articles where topic in"
                                 " (select topic from articles where slug = 'udkast-om-pakker')")  # fmt: skip
        assert found[0][0] == 2
        await r.press("c")
        assert r.top == "ArticleForm"
        await r.press("ctrl+s")
        assert "needs a title" in r.said
        await r.type("Ny")
        await r.press("ctrl+s")
        await r.until(lambda: r.top == "KnowledgeScreen")


async def test_what_a_colleague_saved_meanwhile_is_not_overwritten(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        made = furnish(r)
        await r.press("g", "k", "d", "enter")
        await r.type("x")
        with r.world.unit("bo") as unit:
            articles.save(unit, Written("Bos", "Bos tekst", "da"), article_id=made["draft"])
        await r.press("ctrl+s")
        assert r.top == "ArticleForm"
        assert "Bo has saved" in r.said
        assert rig.execute(url, f"select title from articles where id = {made['draft']}")[0][0] == "Bos"


async def test_snippets_are_written_and_thrown_away_on_screen(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        furnish(r)
        await r.press("g", "n")
        assert r.top == "SnippetsScreen"
        assert [one.strip() for one in rows(r)] == [";gls", ";hej"]
        await r.press("f")
        await r.type("lover")
        await r.until(lambda: [one.strip() for one in rows(r)] == [";gls"])
        await r.press("tab", "d", "escape", "d", "enter")
        await r.until(lambda: not rows(r))
        await r.press("c")
        for words in ("tak", "Tak", "da", "levering"):
            if words == "levering":
                await r.press("backspace", "backspace")
            await r.type(words)
            await r.press("tab")
        await r.type("Tak for din tålmodighed.")
        await r.press("ctrl+s")
        await r.until(lambda: r.top == "SnippetsScreen")
        row = rig.execute(
            url, "select shortcut, language, scope, text from snippets order by id desc limit 1"
        )[0]
        assert tuple(row) == (";tak", "da", "team", "Tak for din tålmodighed.")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_screens_fit(url: str, state: Path, size: tuple[int, int]) -> None:
    async with rig.desk(url, state, size=size) as r:
        furnish(r)
        for keys in (("b",), ("g", "k"), ("g", "n")):
            await r.press(*keys)
            assert all(widget.region.right <= size[0] for widget in r.app.screen.query("*"))
            assert rows(r)
            await r.press("escape")
            assert r.top == "DeskScreen"
