"""A progress bar on stderr, for commands that work off many bytes.

Invariant: nothing is drawn, and nothing loaded, unless somebody looks.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from agentdesk.text.clean import clean_line

Step = Callable[[int], None]
"""Told how many bytes have been worked off."""


@contextmanager
def progress(what: str, total: int) -> Iterator[Step]:
    """A bar on stderr while somebody looks, nothing otherwise."""
    if not sys.stderr.isatty():
        yield lambda _bytes: None
        return
    from rich.console import Console  # noqa: PLC0415  only for whoever sees it
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    columns = (
        TextColumn(clean_line(what), markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total or None)
        yield lambda done: bar.advance(task, done)
