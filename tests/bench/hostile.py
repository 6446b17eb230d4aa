"""Hostile mail through the parser: what each kind costs, and what it may never leave behind.

    PYTHONPATH=tests python -m bench.hostile [--huge]

Prints the counts, the slowest and the largest. Each huge kind is read in a process of its own under hard limits, so
that its CPU and memory are its own. Ends with 1 if anything is wrong.
"""

import argparse
import json
import os
import re
import resource
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from typing import Any

from mail.hostile import huge, kinds

from agentdesk.cli import shapes
from agentdesk.domain.mail import Message
from agentdesk.mail.parse import NotMail, parse, part_content

SECONDS = 2.0
MEGABYTES = 200
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\n\t]")
_UNSAFE = re.compile(r"[/\\\x00]|^\.|[. ]$|^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)
_OF_LINES = ("text", "reply_text")


def faults(raw: bytes) -> list[str]:
    """What is wrong with what the desk makes of a mail: nothing, one hopes. A mail that is none is no fault."""
    try:
        message = parse(raw)
    except NotMail as problem:
        return [] if str(problem).endswith(".") else ["a reason that is no sentence"]
    except Exception:  # noqa: BLE001  a crash is what is looked for
        return [f"crash: {traceback.format_exc(limit=-3)}"]
    return faults_of(message, raw)


def faults_of(message: Message, raw: bytes) -> list[str]:
    """The same of a mail that has been read."""
    shape = shapes.parsed(message)
    found = [f"{name}: {text!a}" for name, text in _texts(shape) if _CONTROL.search(text)]
    found += [
        f"{name}: {text!a}" for name, text in _texts(shape) if name not in _OF_LINES and _BIDI.search(text)
    ]
    names = [one.filename for one in message.attachments]
    found += [f"name {name!a}" for name in names if not name or len(name) > 200 or _UNSAFE.search(name)]
    json.dumps(shape, ensure_ascii=False).encode()
    if len({one.part for one in message.attachments}) != len(names):
        found.append("two attachments of one number")
    for one in message.attachments[:3] + message.attachments[-1:]:
        if len(part_content(raw, one.part)) != one.size:
            found.append(f"size of {one.filename!a}")
    return found


def _texts(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from _texts(one, key)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one, name)


def alone(make: Callable[[], bytes]) -> tuple[float, float, str]:
    """CPU seconds, peak megabytes and fault of reading one mail in a process of its own."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
        said = "ended at its limits"
        try:
            raw = make()
            started = time.process_time()
            message = parse(raw)
            spent = time.process_time() - started
            texts = [text for _name, text in _texts(shapes.parsed(message)) if _CONTROL.search(text)]
            said = f"{spent} {'control characters' if texts else ''}"
        except BaseException as error:  # noqa: BLE001  the parent tells of it
            said = f"99 {type(error).__name__}"
        finally:
            os.write(writing, said.encode())
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told:
        said = told.read() or "99 ended at its limits"
    _pid, _status, used = os.wait4(pid, 0)
    spent, _space, fault = said.partition(" ")
    return float(spent), used.ru_maxrss / 1024, fault


def main() -> int:
    """Read all, print the counts, the slowest and the largest."""
    words = argparse.ArgumentParser(description="Hostile mail through the parser.")
    words.add_argument("--huge", action="store_true", help="only the huge ones")
    given = words.parse_args()
    wrong = _huge() if given.huge else _ordinary() + _huge()
    print(f"{wrong} wrong")
    return 1 if wrong else 0


def _ordinary() -> int:
    wrong, worst = 0, (0.0, "")
    all_kinds = kinds()
    for name, raw in all_kinds.items():
        started = time.process_time()
        for fault in faults(raw):
            wrong += 1
            print(f"{name}: {fault}")
        worst = max(worst, (time.process_time() - started, name))
    print(f"{len(all_kinds)} kinds, the slowest {worst[0]:.3f} s CPU ({worst[1]})")
    return wrong


def _huge() -> int:
    wrong, slowest, largest = 0, (0.0, ""), (0.0, "")
    for name, make in huge().items():
        spent, size, fault = alone(make)
        wrong += bool(fault) or spent > SECONDS or size > MEGABYTES
        print(f"  {spent:6.2f} s {size:6.0f} MB  {name} {fault}")
        slowest, largest = max(slowest, (spent, name)), max(largest, (size, name))
    count = len(huge())
    print(
        f"{count} huge kinds, worst {slowest[0]:.2f} s CPU ({slowest[1]}), {largest[0]:.0f} MB ({largest[1]})"
    )
    return wrong


if __name__ == "__main__":
    sys.exit(main())
