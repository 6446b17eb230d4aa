"""Starts a worker as a process of its own, for a desk that sees none (SQLite).

Invariants: it outlives the desk and its terminal; no secret stands on its command line; importing this module loads
no library.
"""

import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

from agentdesk.store.address import read

STORE_VARIABLE = "AGENTDESK_DB"
"""The environment variable that names the store where the command line must not: it may hold a password."""
_ROOT = Path(__file__).resolve().parents[2]


def start(db_url: str, config_path: Path | None, environment: Mapping[str, str]) -> int:
    """Start `agentdesk worker --detached` for this store; returns its process id. Should one live already, it ends."""
    address = read(db_url)
    command = [sys.executable, "-m", "agentdesk"]
    environment = dict(environment)
    if address.is_file:
        command += ["--db", address.shown]
    else:
        environment[STORE_VARIABLE] = address.url
    if config_path is not None:
        command += ["--config", str(config_path.absolute())]
    if (
        "site-packages" not in _ROOT.parts
    ):  # a checkout that is not installed is found from its own folder only
        environment["PYTHONPATH"] = ":".join(filter(None, (str(_ROOT), environment.get("PYTHONPATH", ""))))
    process = subprocess.Popen(  # noqa: S603  our own program, its arguments one by one, no shell
        [*command, "worker", "--detached"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, start_new_session=True, cwd="/", env=environment,
    )  # fmt: skip
    # somebody has to take note of its end, or it stays a zombie for as long as the desk lives
    threading.Thread(target=process.wait, name="worker-watch", daemon=True).start()
    return process.pid
