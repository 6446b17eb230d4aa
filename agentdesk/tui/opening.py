"""Opens the desk: reads what its first frame shows by the plain driver, then hands over to the app.

Invariant: nothing heavy is loaded before the first frame; how the agent likes the desk is known before it is drawn.
"""

import os
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from agentdesk.bridge import Bridge
from agentdesk.config import language, places
from agentdesk.config.language import _
from agentdesk.config.settings import Settings
from agentdesk.domain.preferences import Preferences
from agentdesk.domain.problems import Problem, Refused
from agentdesk.store.address import StoreAddress
from agentdesk.store.first_frame import first_page
from agentdesk.tui.app import CRASHED, AgentDesk
from agentdesk.tui.desk.listing import FIRST_VIEW, ROWS
from agentdesk.tui.liking import Liking, zone_of
from agentdesk.tui.screens.desk import Seat

if TYPE_CHECKING:
    from agentdesk.store.engine import Store


def open_desk(  # noqa: PLR0917  each is a fact of its own that the command line hands down
    address: StoreAddress, settings: Settings, agent_login: str, config_path: Path | None, state_dir: Path,
    clock: Callable[[], datetime], *, worker: bool = True, make: Callable[..., AgentDesk] = AgentDesk,
) -> int:  # fmt: skip
    """Open the desk and stay until it is left; returns the exit status. Without `worker` it never starts one.

    `make` makes the app: with a coach beside it, where somebody learns.
    """
    for name in ("LINES", "COLUMNS"):  # they would overrule the terminal's real size
        os.environ.pop(name, None)
    first = first_page(address, agent_login, FIRST_VIEW, ROWS + 1)
    chosen = first.preferences if first is not None else Preferences()
    beside = config_path or places.config_file(os.environ)
    liking = Liking(chosen, settings.me, beside.parent / "themes")
    likes = liking.in_force
    if likes.language:
        language.choose(likes.language)
    terminal = f"{os.uname().nodename}-{os.getpid()}:{os.urandom(4).hex()}"
    bridge = Bridge(lambda: _open_store(address, agent_login, clock), clock, terminal)
    seat = Seat(
        bridge=bridge, login=agent_login, store=address.shown, terminal=terminal, zone=zone_of(likes.timezone),
        clock=clock, state_dir=state_dir, after_send=likes.after_send or "stay", poor=_poor(), first=first,
        start_worker=_worker_starter(address, config_path) if worker and address.is_file else None,
    )  # fmt: skip
    greet = first is not None and not chosen.greeted
    app = make(seat, liking.keymap(), likes.theme, liking, greet=greet)
    status = app.run()
    if app.return_code:
        sys.stderr.write(_("agentdesk had to stop; what was typed is kept, and the log says why.") + "\n")
        return CRASHED
    return status or 0


def _open_store(address: StoreAddress, login: str, clock: Callable[[], datetime] | None = None) -> "Store":
    """The store, ready for this agent. Raises Problem, or Refused when somebody else has signed in to it."""
    from agentdesk.bridge.core import people  # noqa: PLC0415  as below
    from agentdesk.store.engine import Store  # noqa: PLC0415  SQLAlchemy, in the store's own thread
    from agentdesk.store.migrate import bring_up_to_date  # noqa: PLC0415

    store = Store(address, clock=clock)
    try:
        bring_up_to_date(store)
        with store.session() as session:
            if not people.may_act_as(session, login):
                raise Refused(
                    _(
                        "You are signed in to the database as somebody else and may not act as {login}."
                    ).format(login=login)
                )
    except Problem:
        store.close()
        raise
    return store


def _worker_starter(address: StoreAddress, config_path: Path | None) -> Callable[[], None]:
    """Starts a worker at most every ten seconds: two may race, the lease lets one live."""
    last: list[float] = []

    def start() -> None:
        from agentdesk.worker import detached  # noqa: PLC0415  most starts of a desk find one running

        if not last or monotonic() - last[-1] > 10:
            last[:] = [monotonic()]
            detached.start(address.url, config_path, os.environ)

    return start


def _poor() -> bool:
    """A terminal or locale that cannot show the signs gets their stand-ins."""
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    return "utf8" not in encoding or os.environ.get("TERM", "") in ("linux", "dumb", "vt100", "vt220")
