"""What the first frame may load: every module on the way costs each agent a part of every start."""

import subprocess
import sys

import pytest

PROBE = "import agentdesk.cli.desk, agentdesk.tui.app, sys; print('\\n'.join(sys.modules))"
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
