"""A stranger in a case by keys: marked, left out of the answer with the reason, let in; two cases offered as one."""

from pathlib import Path

from services.world import World
from tui import rig
from tui.rig import call, shown

from agentdesk.store.engine import open_store


def comes(url: str, sender: str, references: str) -> None:
    """One more mail lies there before the desk opens."""
    store = open_store(url)
    world = World(store)
    world.channel = 1
    world.receive(
        world.letter("Hej fra mig", sender=sender, references=references, message_id=f"<new-{sender}>")
    )
    store.close()


async def test_a_stranger_is_left_out_of_the_answer_until_accepted(url: str, state: Path) -> None:
    comes(url, "eva@example.net", "<furnished1@example.com>")
    async with rig.desk(url, state) as r:
        await r.desk.open_case(1)
        await r.until(lambda: "Hej fra mig" in shown(r))
        assert "unknown p" in shown(r)
        assert "answers do not go there until" in " ".join(shown(r).split())
        before = rig.dump(url)
        await r.press("r")
        written = r.desk.writing.widget.written()
        assert (written.to, written.cc) == ("Mette Sørensen <kunde1@example.com>", "Chef <chef@example.com>")
        assert "eva@example.net was not part of this case" in str(
            r.desk.writing.widget.query_one(".state").content
        )
        await r.press("escape")
        await call(r, "accept")
        assert "eva@example.net takes part now" in r.said
        assert "unknown p" not in shown(r)
        await r.press("r")
        assert "eva@example.net" in r.desk.writing.widget.written().to
        await r.press("escape", "u")
        assert rig.dump(url) == before
        await call(r, "accept")
        await call(r, "accept")
        assert r.top == "ChooseDialog"


async def test_two_cases_that_one_mail_answers_are_one_with_d_and_enter(url: str, state: Path) -> None:
    comes(url, "kunde1@example.com", "<furnished2@example.com> <furnished1@example.com>")
    async with rig.desk(url, state) as r:
        await r.desk.open_case(1)
        await r.until(lambda: "One mail answers both this case and #2" in shown(r))
        await r.press("d")
        first = r.app.screen.query_one("#choices").line(0).text  # type: ignore[attr-defined]
        assert "#2" in first
        assert "one mail answers both" in first
        await r.press("enter")
        assert r.world.case(2).merged_into == 1
