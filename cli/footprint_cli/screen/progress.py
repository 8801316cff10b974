"""A bar on standard error while something long is read; nothing where nobody watches."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from footprint.progress import Progress

LONG = 50_000
"""What takes less than a second needs no bar."""


@contextmanager
def shown_progress(what: str) -> Iterator[Progress]:
    """Show how many are done, and of how many, as the function that is handed over is told."""
    with ExitStack() as stack:
        told: Progress | None = None

        def tell(done: int, of: int) -> None:
            nonlocal told
            if of >= LONG and sys.stderr.isatty():
                told = told or _bar(what, stack)
                told(done, of)

        yield tell


def _bar(what: str, stack: ExitStack) -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = TextColumn(what), BarColumn(), MofNCompleteColumn()
    bar = stack.enter_context(Progress(*columns, console=Console(stderr=True), transient=True))
    task = bar.add_task(what)
    return lambda done, of: bar.update(task, completed=done, total=of)
