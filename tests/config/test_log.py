"""The log: one printable line of JSON each, no secret, for its owner alone, never on the screen."""

import json
import re
import subprocess
import sys
from pathlib import Path

HOSTILE = "\x1b]0;owned\x07 \x9b31m \u202e \x7f \n second \udcff"


def run_logging(tmp_path: Path, body: str) -> tuple[subprocess.CompletedProcess[str], list[dict[str, str]]]:
    """Runs `body` in a process of its own, for a log belongs to a process; gives what it showed and what it logged."""
    program = (
        "import logging, sys, threading, warnings\n"
        "from pathlib import Path\n"
        "from agentdesk.config import log\n"
        f"file = log.start(Path({str(tmp_path)!r}), 'desk')\n" + body
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60
    )
    file = tmp_path / "desk.log"
    raw = file.read_bytes() if file.exists() else b""
    assert all(byte == 10 or 32 <= byte < 127 for byte in raw)
    return done, [json.loads(line) for line in raw.splitlines()]


def test_text_from_outside_cannot_act(tmp_path: Path) -> None:
    done, lines = run_logging(tmp_path, f"logging.getLogger('x').info('subject %s', {HOSTILE!r})")
    assert [line["message"] for line in lines] == [f"subject {HOSTILE}"]
    assert (done.stdout, done.stderr) == ("", "")


def test_a_secret_is_in_no_line(tmp_path: Path) -> None:
    body = (
        "log.hide('s3cret/word')\n"
        "logging.error('LOGIN anna s3cret/word')\n"
        "logging.error('https://h/?p=%s', 's3cret%2Fword')\n"
        "try:\n    raise ValueError('refused s3cret/word')\n"
        "except ValueError:\n    logging.exception('failed')\n"
    )
    _done, lines = run_logging(tmp_path, body)
    assert len(lines) == 3
    assert "s3cret" not in json.dumps(lines)
    assert lines[0]["message"] == "LOGIN anna ***"
    assert "ValueError: refused ***" in lines[2]["traceback"]


def test_a_secret_is_known_in_every_form_that_programs_write_it_in(tmp_path: Path) -> None:
    body = r"""
from base64 import b64encode
from urllib.parse import quote, quote_plus
secret = 'hemmeligt \\ord" æ+/'
log.hide(secret)
for before in ('', 'a', 'ab', 'abc'):
    logging.error(b64encode((before + secret + 'xyz').encode()).decode())
for one in (quote(secret, safe=''), quote_plus(secret), repr(secret), repr(secret.encode())):
    logging.error('%s', one)
for words in (secret, 'duplicate\nDETAIL:  Key (address)=(mette@example.dk) exists.'):
    try:
        raise ValueError(words)
    except ValueError:
        logging.exception('refused')
"""
    done, lines = run_logging(tmp_path, body)
    assert done.stderr == ""
    assert len(lines) == 10
    for one in lines:
        said = json.dumps(one)
        assert "***" in said, said
        assert not re.search("hemme|aGVtbWVsaWd0|hlbW1lbGlndC|oZW1tZWxpZ3Qg|mette", said), said


def test_of_secrets_that_follow_each_other_the_latest_stay_hidden_and_memory_is_bounded(
    tmp_path: Path,
) -> None:
    body = (
        "for hour in range(5000):\n    log.hide_passing(f'token/{hour}.', 'mailbox')\n    log.hide('password')\n"
        "logging.error('token/4998. token/4999. token%2F4999. password')\n"
        "logging.error('%d', sum(map(len, log._passing.values())) + len(log._secrets))\n"
    )
    _done, lines = run_logging(tmp_path, body)
    assert lines[0]["message"] == "*** *** *** ***"
    assert int(lines[1]["message"]) < 10


def test_a_crash_leaves_no_image_of_the_memory(tmp_path: Path) -> None:
    done, _lines = run_logging(
        tmp_path, "import resource\nprint(resource.getrlimit(resource.RLIMIT_CORE)[0])"
    )
    assert done.stdout == "0\n"


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    (tmp_path / "desk.log").touch(mode=0o644)
    run_logging(tmp_path, "import os; os.umask(0)\nlogging.error('x' * 1_999_900)\nlogging.error('y')")
    modes = {file.name: file.stat().st_mode & 0o777 for file in tmp_path.iterdir()}
    assert len(modes) > 1
    assert set(modes.values()) == {0o600}


def test_an_error_that_nobody_caught_is_one_sentence_on_screen_and_a_traceback_in_the_log(
    tmp_path: Path,
) -> None:
    body = "def boom():\n    password = 'local-value'\n    raise RuntimeError('deep')\nboom()"
    done, lines = run_logging(tmp_path, body)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "desk.log" in done.stderr
    assert "Traceback" not in done.stderr
    assert "RuntimeError: deep" in lines[0]["traceback"]
    assert "in boom" in lines[0]["traceback"]


def test_errors_of_threads_and_warnings_stay_off_the_screen(tmp_path: Path) -> None:
    body = (
        "t = threading.Thread(target=lambda: 1 / 0, name='feed'); t.start(); t.join()\n"
        "warnings.warn('old thing')\n"
        "logging.getLogger('other').warning('%d', 'no number')\n"
        "class Late:\n    def __del__(self): raise ValueError('late')\n"
        "one = Late(); del one\n"
    )
    done, lines = run_logging(tmp_path, body)
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)
    assert "ZeroDivisionError" in lines[0]["traceback"]
    assert "old thing" in lines[1]["message"]
    assert "ValueError: late" in lines[2]["traceback"]


def test_chatty_libraries_are_heard_from_warning_on(tmp_path: Path) -> None:
    body = (
        "for name in ('sqlalchemy.engine', 'httpx', 'imapclient'):\n"
        "    logging.getLogger(name).info('GET https://h/?token=t')\n"
        "    logging.getLogger(name).warning('heard')\n"
    )
    _done, lines = run_logging(tmp_path, body)
    assert [line["message"] for line in lines] == ["heard"] * 3


def test_a_log_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    done, _lines = run_logging(tmp_path / "gone", "logging.error('x')\nprint('on')")
    assert (done.stdout, done.stderr) == ("on\n", "")


def test_a_full_disk_shows_nothing(tmp_path: Path) -> None:
    (tmp_path / "desk.log").symlink_to("/dev/full")
    program = (
        "import logging\nfrom pathlib import Path\nfrom agentdesk.config import log\n"
        f"log.start(Path({str(tmp_path)!r}), 'desk')\n"
        "logging.error('x')\nprint('on', flush=True)\nlogging.shutdown()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.stdout, done.stderr, done.returncode) == ("on\n", "", 0)
