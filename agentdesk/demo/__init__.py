"""The demo: a made-up web shop in a store of its own, with mail that arrives and replies that go nowhere.

Invariants: nothing leaves this machine; nothing of the demo outlives it: store, drafts and all lie in one temporary
folder; the faces are handed in, so this room knows none of them.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from agentdesk.config.settings import Me, Settings, StoreSettings
from agentdesk.demo.folder import of_its_own
from agentdesk.store.address import StoreAddress, read

if TYPE_CHECKING:
    from agentdesk.demo.coach import Coach


class OpensDesk(Protocol):
    """How the desk is opened (`tui.opening.open_desk`)."""

    def __call__(  # noqa: PLR0917  as the desk has it
        self, address: StoreAddress, settings: Settings, agent_login: str, config_path: Path | None, state_dir: Path,
        clock: Callable[[], datetime], *, worker: bool = True, make: Callable[..., Any] = ...,
    ) -> int:  # fmt: skip
        """Open the desk and stay until it is left; returns the exit status."""


def run(open_desk: OpensDesk, me: Me, clock: Callable[[], datetime]) -> int:
    """Make the shop and sit down in it as anna, with this person's theme and keys; returns the exit status."""
    from agentdesk.demo.day import Day  # noqa: PLC0415  SQLAlchemy, for whoever really wants the demo
    from agentdesk.demo.shop import ME  # noqa: PLC0415
    from agentdesk.demo.world import open_world  # noqa: PLC0415
    from agentdesk.store.engine import open_store  # noqa: PLC0415

    with of_its_own() as folder:
        address = read(f"sqlite:///{folder / 'nordbutik.db'}")
        store = open_store(address.url)
        day = Day(open_world(store, clock()), clock)
        day.start()
        try:
            settings = Settings(store=StoreSettings(url=address.url), me=replace(me, agent=ME))
            return open_desk(address, settings, ME, None, folder / "state", clock, worker=False)
        finally:
            day.stop()
            store.close()


def learn(
    open_desk: OpensDesk,
    teach: "Callable[[Coach], Callable[..., Any]]",
    me: Me,
    clock: Callable[[], datetime],
) -> int:
    """Make the shop, with nothing arriving, and sit down in it with a coach; returns the exit status.

    `teach` makes the desk that has this coach beside it.
    """
    from agentdesk.demo.classroom import lights_on, open_classroom  # noqa: PLC0415  as above
    from agentdesk.demo.shop import ME  # noqa: PLC0415
    from agentdesk.store.engine import open_store  # noqa: PLC0415

    with of_its_own() as folder:
        address = read(f"sqlite:///{folder / 'nordbutik.db'}")
        store = open_store(address.url)
        try:
            coach = open_classroom(store, clock())
            settings = Settings(store=StoreSettings(url=address.url), me=replace(me, agent=ME))
            state = folder / "state"
            with lights_on(store, clock):
                return open_desk(address, settings, ME, None, state, clock, worker=False, make=teach(coach))
        finally:
            store.close()
