"""What a mail costs on its way in, against `mbsync` and `notmuch new` on the same mailbox in the same run.

    PYTHONPATH=tests python -m bench.intake [--count 10000] [--seed 7]

The mails stand in a real Dovecot. CPU is user and system time of the processes themselves; the servers' own is theirs
(Dovecot serves both sides alike, PostgreSQL has no counterpart). Every mail is counted before a figure is printed.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.corpus import SUPPORT, generate
from bench.start import compile_all
from servers.dovecot import Account, Dovecot
from servers.postgres import Postgres

ROOT = Path(__file__).resolve().parents[2]
_SETTINGS = """
[[channel]]
kind = "email"
name = "support"
address = "{support}"
language = "da"
[channel.imap]
host = "127.0.0.1"
port = {port}
tls = "none"
user = "{user}"
password = "{password}"
"""
_MBSYNC = """
IMAPStore far
Host 127.0.0.1
Port {port}
User {user}
Pass "{password}"
{tls}Type None
AuthMechs LOGIN

MaildirStore near
Path {folder}/mail/
Inbox {folder}/mail/INBOX

Channel all
Far :far:
Near :near:
Patterns INBOX
Create Near
Sync Pull
"""
_NOTMUCH = """
[database]
path={folder}/mail
[user]
primary_email={support}
[new]
tags=inbox;unread
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process used until its end."""

    cpu: float
    """seconds"""
    memory: float
    """MB at its peak"""
    out: str


def cost(argv: list[str], environment: Mapping[str, str]) -> Cost:
    """Run a program to its end.

    The peak is read while it runs: what the kernel tells afterwards starts from the memory of whoever started it.
    """
    with tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen(argv, stdout=out, stderr=subprocess.STDOUT, env=os.environ | environment)
        peak = 0
        while True:
            pid, status, used = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            peak = max(peak, _peak(process.pid))
            time.sleep(0.02)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        said = out.read()
    assert process.returncode == 0, f"{argv} ended with {process.returncode}:\n{said}"
    return Cost(used.ru_utime + used.ru_stime, peak / 1024, said)


def _peak(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")), 0)


def fill(account: Account, count: int, seed: int = 7) -> int:
    """Let the mails lie in the account's inbox; returns their bytes."""
    maildir = account.server.maildir(account.user)
    owner, written = maildir.stat(), 0
    for name, raw in generate(count, seed):
        path = maildir / "cur" / name
        path.write_bytes(raw)
        os.chown(path, owner.st_uid, owner.st_gid)
        delivered = int(name.partition(".")[0])
        os.utime(path, (delivered, delivered))
        written += len(raw)
    return written


def peers(account: Account, folder: Path, count: int) -> tuple[Cost, Cost]:
    """What `mbsync` and `notmuch new` cost. Every mail is counted."""
    (folder / "mail" / "INBOX").mkdir(parents=True)
    version = subprocess.run(["mbsync", "--version"], capture_output=True, text=True, check=True).stdout
    minor = int(version.split()[1].split(".")[1])
    facts = {
        "folder": folder, "port": account.port, "user": account.user, "password": account.password, "support": SUPPORT,
        "tls": "TLS" if minor >= 5 else "SSL",
    }  # fmt: skip
    (folder / "mbsyncrc").write_text(_MBSYNC.format(**facts))
    (folder / "notmuch").write_text(_NOTMUCH.format(**facts))
    home = {"HOME": str(folder), "NOTMUCH_CONFIG": str(folder / "notmuch")}
    fetched = cost(["mbsync", "-q", "-c", str(folder / "mbsyncrc"), "all"], home)
    indexed = cost(["notmuch", "new", "--quiet"], home)
    files = sum(len(list((folder / "mail" / "INBOX" / part).iterdir())) for part in ("cur", "new"))
    found = cost(["notmuch", "count", "--output=files", "*"], home).out.strip()
    assert (files, found) == (count, str(count)), f"{files} mails fetched, {found} indexed, of {count}"
    return fetched, indexed


def ours(account: Account, folder: Path, url: str, count: int) -> Cost:
    """What `agentdesk sync --once` costs on an empty store, its start included. Every mail is counted."""
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "agentdesk.toml"
    config.touch(mode=0o600)
    config.write_text(
        _SETTINGS.format(support=SUPPORT, port=account.port, user=account.user, password=account.password)
    )
    environment = {
        "HOME": str(folder), "XDG_STATE_HOME": str(folder / "state"), "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"
    }  # fmt: skip
    program = [sys.executable, "-m", "agentdesk", "--db", url, "--config", str(config)]
    cost([*program, "db", "migrate"], environment)
    run = cost([*program, "sync", "--once", "--json"], environment)
    told = json.loads(run.out)
    assert told["seen"] == count, told
    assert told["seen"] == told["ingested"] + told["duplicate"] + told["quarantined"], told
    listed = cost([*program, "message", "list", "--jsonl"], environment).out.splitlines()
    assert len(listed) == told["ingested"], f"{len(listed)} messages listed of {told}"
    return run


def main() -> None:
    """Measure on both databases and print."""
    words = argparse.ArgumentParser(description="CPU for each mail on its way in.")
    words.add_argument("--count", type=int, default=10_000)
    words.add_argument("--seed", type=int, default=7)
    given = words.parse_args()
    count = given.count
    compile_all()
    folder = Path(tempfile.mkdtemp(prefix="adt-intake-"))
    try:
        with Dovecot() as server, Postgres() as postgres:
            account = server.fresh()
            written = fill(account, count, given.seed)
            print(f"{count} mails, {written / count / 1000:.1f} kB on average; load {os.getloadavg()[0]:.1f}")
            fetched, indexed = peers(account, folder, count)
            base = fetched.cpu + indexed.cpu
            print(
                f"mbsync {fetched.cpu / count * 1000:.2f} ms + notmuch new {indexed.cpu / count * 1000:.2f} ms"
                f" = {base / count * 1000:.2f} ms CPU a mail"
            )
            for name, url in (("SQLite", f"sqlite:///{folder}/desk.db"), ("PostgreSQL", postgres.database())):
                run = ours(account, folder / name, url, count)
                print(
                    f"agentdesk on {name}: {run.cpu / count * 1000:.2f} ms CPU a mail, ratio {run.cpu / base:.2f},"
                    f" at most {run.memory:.0f} MB"
                )
            print(f"load {os.getloadavg()[0]:.1f}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
