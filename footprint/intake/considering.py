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
from footprint.domain.events import TOPICS
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
    """A thread of a sheet, and the moves that it comes to; or why it cannot be recorded.

    `said` is the same number for threads of one file that say the same.
    """

    found: Found
    moves: tuple[Move, ...] = ()
    refused: Refused | None = None
    said: int = 0


class Task(NamedTuple):
    """A file, by what policy and as of which day its threads are to be considered.

    `alone` says that nothing is there that its threads might be: then nobody asks what their cells
    prove beyond what they come to.
    """

    file: Opened
    policy: Policy
    today: date
    alone: bool = False


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
                yield from map(_received, answer)
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
        moves = decide_together((), found.asks, task.policy, today=task.today)
    except Refused as refused:
        return Considered(found, refused=refused)
    return Considered(found, moves, said=hash((found.child, found.reference, *map(_said, moves))))


def _said(move: Move) -> tuple[object, ...]:
    """All that a move says, but for where it comes from."""
    event, words = move.event, move.words
    texts = (words.get("text"), words.get("to"), words.get("from"), words.get("why"))
    return event.topic, move.occurred_on, move.source, *vars(event).values(), *texts


# --- in a process of its own ------------------------------------------------------------------


def main() -> None:
    """Answer with some threads at a time, and at last with what their values meant."""
    be_worker(_answers)


def _answers(task: Task) -> Iterator[list[_Sent | LeftOut] | _Met]:
    each = (one if isinstance(one, LeftOut) else _sent(one, task) for one in _each(task))
    while together := [*islice(each, TOGETHER)]:
        yield together
    yield _Met(task.file.lexicon.met)


_Sent = tuple[tuple[Any, ...], tuple[tuple[Any, ...], ...], Refused | None, int]
"""A `Considered` on its way, in plain values: as objects it would cost more than twice as much."""


def _sent(one: Considered, task: Task) -> _Sent:
    found, moves, refused, said = one
    plain = tuple((event.topic, vars(event), *others) for event, *others in moves)
    return tuple(found._replace(asks=()) if task.alone else found), plain, refused, said


def _received(sent: _Sent | LeftOut) -> Considered | LeftOut:
    if isinstance(sent, LeftOut):
        return sent
    found, moves, refused, said = sent
    made = [Move(TOPICS[topic].of(facts), *others) for topic, facts, *others in moves]
    return Considered(Found(*found), tuple(made), refused, said)
