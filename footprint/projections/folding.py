"""Folding threads to the rows that are stored of them; those of a long ledger by several processes.

What each is folded to depends on its own entries and the policy alone. So a process is given every
so many parts of the threads, and we take the rows in order; what one leaves that ended is folded
here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import orjson

from footprint.apart import WorkerLost, answers_of, be_worker, can_start, cores
from footprint.domain.fold import fold_stated
from footprint.domain.policy import Policy
from footprint.domain.reference import is_thread, number_of, stream_name
from footprint.domain.stated import Stated
from footprint.errors import Refused
from footprint.ledger.ledger import Ledger
from footprint.ledger.opening import open_ledger
from footprint.ledger.store.queries import ALL_THREADS, last_thread
from footprint.projections.resting import rests_from

Stored = tuple[str, str, str]
"""A row of `thread`: the thread's stream, what its entries make it, the day from which it rests."""

Part = tuple[str, str]
"""Streams from one on, up to another that is not in it."""

_LEAST = 50_000
"""Entries from which on another process is worth its start."""
_MOST_PROCESSES = 4
_THREADS = 500
"""In a part: so many rows are held at a time."""


class Task(NamedTuple):
    """What a process folds: every `step`th part from the `first`th on, up to a position.

    `leaf` is that of the entry at the position: what was put in this file's place has another.
    """

    path: Path
    upto: int
    leaf: bytes
    parts: Sequence[Part]
    first: int
    step: int


def rows(ledger: Ledger, after: int, upto: int) -> Iterator[Stored]:
    """Each thread with an entry after one position, whole up to another, as it is stored.

    In the order of their streams. Streams.

    Raises:
        Refused: an entry cannot follow those before it, or this version does not know how.
    """
    parts = [ALL_THREADS] if after or upto < _LEAST else _parts(ledger)
    with ExitStack() as stack:
        workers, policy = _begun(stack, ledger, upto, parts), ledger.policy(upto)
        for nth, part in enumerate(parts):
            folded = _taken(workers, nth)
            if folded is None:
                folded = _folded(ledger.facts_touched(after, upto, part), policy)
            yield from folded


def _folded(threads: Iterable[tuple[str, list[Stated]]], policy: Policy) -> Iterator[Stored]:
    for ref, stated in threads:
        state = fold_stated(ref, stated, policy)
        yield ref, orjson.dumps(state, default=tuple).decode(), rests_from(state)


def _parts(ledger: Ledger) -> list[Part]:
    newest = last_thread(ledger.connection)
    if newest is None or not is_thread(newest):
        return [ALL_THREADS]
    starts = range(_THREADS + 1, number_of(newest) + 1, _THREADS)
    low, high = ALL_THREADS
    return [*pairwise([low, *map(stream_name, starts), high])]


def _begun(
    stack: ExitStack, ledger: Ledger, upto: int, parts: Sequence[Part]
) -> list[Iterator[list[Stored]]]:
    """The answers of other processes; none where they do not pay, or cannot be had."""
    place, step = ledger.place, min(cores(), len(parts), _MOST_PROCESSES)
    if step < 2 or not can_start or not isinstance(place, Path):  # noqa: PLR2004 - one gains nothing
        return []
    if ledger.store.moment:  # what this very transaction has appended, nobody else sees yet
        return []
    try:
        path, leaf = place.absolute(), ledger.leaf(upto)
        tasks = [Task(path, upto, leaf, parts, first, step) for first in range(step)]
        return [stack.enter_context(answers_of(__name__, task)) for task in tasks]
    except OSError:
        return []


def _taken(workers: list[Iterator[list[Stored]]], nth: int) -> Iterable[Stored] | None:
    """The rows of a part; None where nobody else folds it, now or any more."""
    try:
        return next(workers[nth % len(workers)]) if workers else None
    except (WorkerLost, StopIteration):
        workers.clear()
        return None


# --- in a process of its own ------------------------------------------------------------------


def main() -> None:
    """Answer with the rows of a part at a time."""
    be_worker(_answers)


def _answers(task: Task) -> Iterator[list[Stored]]:
    with closing(_opened(task)) as ledger:
        policy = ledger.policy(task.upto)
        for part in task.parts[task.first :: task.step]:
            yield list(_folded(ledger.facts_touched(0, task.upto, part), policy))


def _opened(task: Task) -> Ledger:
    """The ledger of a task. Raises `WorkerLost` where it is not at its place any more."""
    try:
        ledger = open_ledger(task.path)
    except (Refused, OSError) as error:
        raise WorkerLost(f"it went away: {error}") from error
    if ledger.leaf(task.upto) != task.leaf:
        ledger.close()
        raise WorkerLost("another ledger was put in its place")
    return ledger
