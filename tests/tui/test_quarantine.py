"""What was set aside is shown with its reason, and read again by Enter."""

from pathlib import Path

from sqlalchemy import insert
from tui import rig
from tui.rig import letter

from agentdesk.store import codec
from agentdesk.store.tables import quarantine


async def test_what_was_set_aside_is_read_again_by_enter(url: str, state: Path) -> None:
    mail = letter(99, "Siv Åsen", subject="Kom senere")
    async with rig.desk(url, state) as r:
        with r.world.unit() as unit:
            for at, data in enumerate((b"\n \n", mail)):
                unit.session.execute(insert(quarantine).values(
                    channel_id=r.world.channel, source=f"INBOX {at}", reason=f"because {at}", size=len(data),
                    digest=f"d{at}", data=codec.pack(data)))  # fmt: skip
        await r.press("g", "q")
        assert r.top == "QuarantineScreen"
        room = r.app.screen
        await r.until(lambda: "because 0" in room.roster.line(0).text)  # type: ignore[attr-defined]
        await r.press("enter")
        assert "cannot be read" in r.said
        await r.press("j", "enter")
        await r.until(lambda: "It is in case #" in r.said)
        assert len(room.roster.items) == 1  # type: ignore[attr-defined]
        await r.press("escape")
        assert r.top == "DeskScreen"
