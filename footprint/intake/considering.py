"""What each thread of a file would record, by itself: as if nothing else were there.

That takes no look at the ledger, so that of a long file another process can do it, beside the one
that compares what it says with what is here and records it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from datetime import date
from itertools import chain, islice
from typing import Any, NamedTuple

from footprint.apart import WorkerLost, answers_of, be_worker, can_start, cores
from footprint.domain.entry import Move
from footprint.domain.moves import decide_together
from footprint.domain.policy import Policy
from footprint.errors import Refused
from footprint.intake.lexicon import Lexicon, Meant
from footprint.intake.opening import Opened
from footprint.intake.proving import Found
from footprint.intake.table import LeftOut, threads_of

LEAST_ROWS = 2_000
"""From so many rows on, a second process is worth its start."""
TOGETHER = 16
"""So many threads are answered in one go, and recorded: a pipe holds about as many."""


class Considered(NamedTuple):
    """A thread of a sheet, and the moves that it comes to; or why it cannot be recorded."""

    found: Found
    moves: tuple[Move, ...] = ()
    refused: Refused | None = None


class Task(NamedTuple):
    """A file, by what policy and as of which day its threads are to be considered."""

    file: Opened
    policy: Policy
    today: date


def considered(task: Task) -> Iterator[Considered | LeftOut]:
    """What each thread of a file would record, in order, by another process where it is long.

    Raises:
        Refused: that process was ended.
    """
    with ExitStack() as stack:
        answers = _begun(stack, task) if _is_long(task.file) else None
        yield from _each(task) if answers is None else _taken(answers, task.file.lexicon)


def _is_long(file: Opened) -> bool:
    rows = sum(table.sheet.count for table in file.tables)
    return rows >= LEAST_ROWS and cores() > 1 and can_start


def _begun(stack: ExitStack, task: Task) -> Iterator[Any] | None:
    """The answers of another process; None where this machine gives us none that answers."""
    try:
        answers = stack.enter_context(answers_of(__name__, task))
        return chain([next(answers)], answers)
    except (OSError, WorkerLost):
        return None


def _taken(answers: Iterable[Any], lexicon: Lexicon) -> Iterator[Considered | LeftOut]:
    try:
        for answer in answers:
            if isinstance(answer, _Met):
                lexicon.met.update(answer.values)
            else:
                yield from answer
    except WorkerLost as error:
        raise Refused(
            "The process that read the rows was ended: by somebody, or for want of memory.",
            "Nothing was recorded. Try it again; if it ends again, with a part of the rows.",
        ) from error


class _Met(NamedTuple):
    """What the values of the whole file meant, which whoever reads it there alone knows."""

    values: Mapping[tuple[str, str], Meant | None]


def _each(task: Task) -> Iterator[Considered | LeftOut]:
    file, digits = task.file, task.file.digits
    for table in file.tables:
        for found in threads_of(
            table, file.lexicon, file.mapping, task.policy, digits=digits, digest=file.book.digest
        ):
            yield found if isinstance(found, LeftOut) else _consider(found, task)


def _consider(found: Found, task: Task) -> Considered:
    if found.faults:
        return Considered(found)
    try:
        return Considered(found, decide_together((), found.asks, task.policy, today=task.today))
    except Refused as refused:
        return Considered(found, refused=refused)


# --- in a process of its own ------------------------------------------------------------------


def main() -> None:
    """Answer with some threads at a time, and at last with what their values meant."""
    be_worker(_answers)


def _answers(task: Task) -> Iterator[list[Considered | LeftOut] | _Met]:
    each = _each(task)
    while together := [*islice(each, TOGETHER)]:
        yield together
    yield _Met(task.file.lexicon.met)
