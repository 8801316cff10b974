"""A large ledger read by several processes: each takes every so many parts, on its own connection.

A worker is this same Python without what its user's program does: it is told what to read on its
standard input, and answers with parts on its standard output. It does not outlive us: when we are
gone, nobody takes what it writes. Its snapshot is newer than ours, but the entries up to the last
that we see are the same in both; words that were redacted in between are looked for again in ours;
and where the vault was locked anew in between, it says so and gives up.
"""

from __future__ import annotations

import os
import pickle
import signal
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from typing import IO

from footprint.apart import running
from footprint.audit.entries import read_here
from footprint.audit.locks import is_under
from footprint.audit.part import Part, Scope, any_text, read_part, read_runs
from footprint.ledger.sqlite import connect_readonly
from footprint.proof.tree import FANOUT

_EXTENT = (
    "SELECT (SELECT min(position) FROM event), (SELECT max(position) FROM event),"
    " (SELECT count(*) FROM event)"
)
_MOST_PROCESSES = 8


class WorkerLost(Exception):  # noqa: N818 - it says what happened
    """A process that was reading a part of the ledger could not go on."""


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
        if entries < self.least or wanted < 2 or not _can_start:  # noqa: PLR2004 - one gains nothing
            return 0
        return min(wanted, _MOST_PROCESSES, -(-entries // (self.runs * FANOUT)))


_can_start = bool(sys.executable) and not getattr(sys, "frozen", False)


def cores() -> int:
    """The cores that this process may use."""
    known = getattr(os, "sched_getaffinity", None)
    return len(known(0)) if known else os.cpu_count() or 1


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
    connection: sqlite3.Connection, path: Path, scope: Scope, spread: Spread
) -> Iterator[Iterator[Part]]:
    """The parts of all entries in order: being read by others meanwhile, or read here when asked.

    Raises:
        WorkerLost: while they are taken, a process that was reading ended, or found another file.
    """
    last = _dense(connection)
    with ExitStack() as stack:
        try:
            tasks = _tasks(path, scope, spread, last)
            workers = [stack.enter_context(_working(task)) for task in tasks]
        except OSError:
            workers = []  # this machine gives us no process: we do it ourselves
        parts = -(-last // (spread.runs * FANOUT))
        yield _in_turn(workers, parts) if workers else read_here(connection, scope, spread.runs)


def _dense(connection: sqlite3.Connection) -> int:
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


@contextmanager
def _working(task: Task) -> Iterator[IO[bytes]]:
    """What a new worker answers; it is ended with us."""
    with Popen(running(__name__), stdin=PIPE, stdout=PIPE, stderr=DEVNULL) as worker:  # noqa: S603
        try:
            if worker.stdin is None or worker.stdout is None:
                raise OSError("a process without its pipes")
            worker.stdin.write(pickle.dumps(task))
            worker.stdin.close()
            yield worker.stdout
        finally:
            worker.kill()


def _in_turn(answers: Sequence[IO[bytes]], parts: int) -> Iterator[Part]:
    for nth in range(parts):
        yield _next(answers[nth % len(answers)])


def _next(answers: IO[bytes]) -> Part:
    try:
        answer = pickle.load(answers)  # noqa: S301 - from a process that we started
    except (EOFError, pickle.UnpicklingError) as error:
        raise WorkerLost("a process that was reading it was ended") from error
    if isinstance(answer, Exception):
        raise answer
    part: Part = answer
    return part


# --- in the worker --------------------------------------------------------------------------


def main() -> None:
    """Take a task from standard input; answer with its parts, or with the error that ended it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # we end with the process that started us
    task: Task = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the process that started us
    try:
        for part in _read(task):
            _answer(part)
    except (sqlite3.Error, UnicodeError, WorkerLost) as error:
        _answer(error)


def _answer(answer: Part | Exception) -> None:
    sys.stdout.buffer.write(pickle.dumps(answer))
    sys.stdout.buffer.flush()


def _read(task: Task) -> Iterator[Part]:
    with closing(connect_readonly(task.path)) as connection:
        _same_file(task)
        connection.text_factory = any_text
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


def _same_lock(connection: sqlite3.Connection, scope: Scope) -> None:
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
