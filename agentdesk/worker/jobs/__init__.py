"""The jobs of the worker: each is one file and one line here, imported when the worker begins.

A job is a function from `Work` to its duties, one duty for each thread it needs.
"""

import importlib
from collections.abc import Iterable
from typing import cast

from agentdesk.worker.duty import Duty
from agentdesk.worker.work import Work

JOBS: tuple[tuple[str, str], ...] = (
    ("heartbeat", "agentdesk.worker.jobs.heartbeat:duties"),
    ("deliver", "agentdesk.worker.jobs.deliver:duties"),
    ("fetch", "agentdesk.worker.jobs.fetch:duties"),
    ("copies", "agentdesk.worker.jobs.copies:duties"),
    ("timers", "agentdesk.worker.jobs.timers:duties"),
    ("orders", "agentdesk.worker.jobs.orders:duties"),
)

ALL = tuple(name for name, _place in JOBS)


def duties_of(work: Work, names: Iterable[str] = ALL) -> list[Duty]:
    """The duties of these jobs, in the order of the list."""
    wanted = frozenset(names)
    found: list[Duty] = []
    for name, place in JOBS:
        if name in wanted:
            module, _colon, attribute = place.partition(":")
            found += cast("list[Duty]", getattr(importlib.import_module(module), attribute)(work))
    return found
