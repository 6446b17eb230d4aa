"""What was set aside: the way to the quarantine."""

from agentdesk.config.language import N_
from agentdesk.tui.keys import Command
from agentdesk.tui.screens.desk import DeskScreen


async def quarantine(desk: DeskScreen) -> None:
    from agentdesk.tui.screens.quarantine import QuarantineScreen  # noqa: PLC0415  only who goes there needs it

    await desk.house.push_screen(QuarantineScreen(desk))


COMMANDS = (
    Command("go_quarantine", "desk", N_("quarantine"), N_("what came in and is no mail"), (), quarantine, "screen",
            "QuarantineScreen", when=lambda desk: desk.ready, letter="q"),
)  # fmt: skip
