"""A large ledger read by several processes: each takes every so many parts, on its own connection.

A worker's snapshot is newer than ours, but the entries up to the last that we see are the same in
both; words that were redacted in between are looked for again in ours; and where the vault was
locked anew in between, it says so and gives up.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from footprint.apart import WorkerLost, answers_of, be_worker, can_start, cores
from footprint.audit.entries import read_here
from footprint.audit.locks import is_under
from footprint.audit.part import Part, Scope, read_part, read_runs
from footprint.engine.connection import Connection
from footprint.engine.place import Place, Server
from footprint.engine.sqlite import connect_readonly
from footprint.proof.tree import FANOUT

_EXTENT = (
    "SELECT (SELECT min(position) FROM event), (SELECT max(position) FROM event),"
    " (SELECT count(*) FROM event)"
)
_MOST_PROCESSES = 8


@dataclass(frozen=True, kw_only=True)
class Spread:
    """How reading is spread over processes.

    `processes`: how many; None for as many as there are cores. `least`: entries from which on a
    second process is worth its start. `runs`: of 256 entries in a part, a power of two.
    """

    processes: int | None = None
    least: int = 50_000
    runs: int = 32

    def over(self, entries: int) -> int:
        """How many processes to start for so many entries; 0 to read them here."""
        wanted = cores() if self.processes is None else self.processes
        if entries < self.least or wanted < 2 or not can_start:  # noqa: PLR2004 - one gains nothing
            return 0
        return min(wanted, _MOST_PROCESSES, -(-entries // (self.runs * FANOUT)))


@dataclass(frozen=True, kw_only=True)
class Task:
    """What a worker reads: every `step`th part from the `first`th on, of the entries to `last`."""

    path: Path
    file: tuple[int, int]
    scope: Scope
    entries: int  # in a part
    last: int
    first: int
    step: int


@contextmanager
def parts_of(
    connection: Connection, place: Place, scope: Scope, spread: Spread
) -> Iterator[Iterator[Part]]:
    """The parts of all entries in order: being read by others meanwhile, or read here when asked.

    Raises:
        WorkerLost: while they are taken, a process that was reading ended, or found another file.
    """
    if isinstance(place, Server):  # its entries come over one line whoever reads them
        yield read_here(connection, scope, spread.runs)
        return
    last = _dense(connection)
    with ExitStack() as stack:
        try:
            tasks = _tasks(place, scope, spread, last)
            workers = [stack.enter_context(answers_of(__name__, task)) for task in tasks]
        except OSError:
            workers = []  # this machine gives us no process: we do it ourselves
        parts = -(-last // (spread.runs * FANOUT))
        yield _in_turn(workers, parts) if workers else read_here(connection, scope, spread.runs)


def _dense(connection: Connection) -> int:
    """The number of entries, or 0 where their positions are not 1, 2, 3, ... to it."""
    one, last, count = connection.execute(_EXTENT).fetchone()
    return count if (one, last) == (1, count) else 0


def _tasks(path: Path, scope: Scope, spread: Spread, last: int) -> list[Task]:
    step = spread.over(last)
    return [
        Task(
            path=path.absolute(), file=identity(path), scope=scope, last=last,
            entries=spread.runs * FANOUT, first=first, step=step,
        )
        for first in range(step)
    ]  # fmt: skip


def identity(path: Path) -> tuple[int, int]:
    """Which file is at a path, whatever becomes of its name."""
    status = path.stat()
    return status.st_dev, status.st_ino


def _in_turn(answers: Sequence[Iterator[Part]], parts: int) -> Iterator[Part]:
    for nth in range(parts):
        part = next(answers[nth % len(answers)], None)
        if part is None:
            raise WorkerLost("a process that was at work on it ended early")
        yield part


# --- in the worker --------------------------------------------------------------------------


def main() -> None:
    """Answer with the parts of a task."""
    be_worker(_read)


def _read(task: Task) -> Iterator[Part]:
    with closing(connect_readonly(task.path)) as connection:
        _same_file(task)
        connection.carry_any_text()
        connection.execute("BEGIN")
        _same_lock(connection, task.scope)
        for base in range(task.first * task.entries, task.last, task.step * task.entries):
            last = min(base + task.entries, task.last)
            runs = read_runs(connection, task.scope, base + 1, last)
            part = read_part(connection, task.scope, runs, base, base)
            if part.last != last or part.tree.size + len(part.tail) != last:
                message = f"malformed: entries {base + 1} to {last} are counted, and not there"
                raise sqlite3.DatabaseError(message)
            yield part


def _same_lock(connection: Connection, scope: Scope) -> None:
    lock = scope.lock
    if lock and not is_under(connection, lock.id):
        raise WorkerLost("its vault was locked anew while it was read; verify it again")


def _same_file(task: Task) -> None:
    try:
        if identity(task.path) == task.file:
            return
    except OSError as error:
        raise WorkerLost(f"it went away while it was read: {error}") from error
    raise WorkerLost("another file was put in its place while it was read")
