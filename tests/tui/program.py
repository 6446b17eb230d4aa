"""The desk as a process of its own, for tests in a real terminal. argv[1]: JSON with url, state and what to change.

Invariant: it is `open_desk` itself; only the worker is never started and the log goes to the state directory.
"""

import datetime as dt
import json
import logging
import sys
from pathlib import Path

from agentdesk.config.settings import Me, Settings, StoreSettings
from agentdesk.store.address import read
from agentdesk.tui.opening import open_desk


def broken(_self: object, event: object) -> None:
    """A handler that fails with a customer's words in its hands."""
    customer = "hemmelig"
    if getattr(event, "case_id", 1) != 1:
        raise RuntimeError("a broken handler" if customer else "")


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    state = Path(given["state"])
    logging.basicConfig(filename=state / "desk.log", level=logging.INFO)
    if given.get("break"):
        from agentdesk.tui.screens.desk import DeskScreen

        DeskScreen.on_queue_list_cursor_moved = broken  # type: ignore[method-assign]
    sys.exit(
        open_desk(
            read(given["url"]), Settings(store=StoreSettings(url=given["url"]), me=Me(agent="anna", **given["me"])),
            "anna", None, state, lambda: dt.datetime.now(dt.UTC), worker=False,
        )
    )  # fmt: skip
