"""What the first frame may load: every module on the way costs each agent a part of every start."""

import subprocess
import sys
from pathlib import Path

import pytest
from tui import rig

from agentdesk.store.address import read
from agentdesk.store.first_frame import first_page
from agentdesk.tui.desk.listing import FIRST_VIEW
from agentdesk.tui.widgets.queue import QueueList

PROBE = "import agentdesk.cli.desk, agentdesk.tui.opening, sys; print('\\n'.join(sys.modules))"
AFTERWARDS = (
    "agentdesk.domain.mail",
    "agentdesk.domain.rows",
    "agentdesk.mail.parse",
    "agentdesk.tui.widgets.composer",
    "alembic",
    "email",
    "httpx",
    "imapclient",
    "psycopg",
    "selectolax",
    "sqlalchemy",
    "textual.widgets._text_area",
)


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    probe = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, check=True)
    return set(probe.stdout.split())


@pytest.mark.parametrize("module", AFTERWARDS)
def test_the_first_frame_does_not_wait_for(module: str, loaded: set[str]) -> None:
    assert module not in loaded


async def test_what_changed_between_the_first_frame_and_the_feed_is_shown(url: str, state: Path) -> None:
    stale = first_page(read(url), "anna", FIRST_VIEW, 1)
    assert stale is not None
    async with rig.desk(url, state, first=stale) as desk:
        await desk.until(lambda: len(desk.desk.query_one(QueueList).held_ids) > 1)
