"""A colleague is called in a note by @ and the beginning of the name, and told at their own desk."""

from pathlib import Path

from tui import rig

from agentdesk.services import replies


async def test_tab_writes_out_the_name_that_was_begun(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await r.press("i")
        await r.type("Se her @b")
        await r.press("tab")
        assert r.desk.writing.widget.written().body == "Se her @bo "
        await r.type("og @zz")
        await r.press("tab")
        assert "nobody here" in r.said
        assert r.desk.writing.widget.written().body == "Se her @bo og @zz"
        await r.press("ctrl+s")
    assert rig.execute(url, "select agent_id, seen_at from mentions") == [(2, None)]


async def test_who_is_called_is_told_until_they_have_looked(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        with r.world.unit("bo") as unit:
            replies.note(unit, 3, "@anna kan du?")
        await r.until(lambda: "calls you in a note in #3" in r.said)
        await r.press("j", "j", "enter")
        await r.until(lambda: rig.execute(url, "select seen_at from mentions")[0][0] is not None)
