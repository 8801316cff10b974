"""Processes that read for another end with it, however it ends, and say nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import ledger_helpers as own
import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc").exists(), reason="processes are seen in /proc"),
]

READ = """
import sys, time
from pathlib import Path
from footprint.audit.part import Scope
from footprint.audit.workers import Spread, parts_of
from footprint.ledger.sqlite import connect_readonly

path = Path(sys.argv[1])
connection = connect_readonly(path)
scope, spread = Scope(words=True, sizes=()), Spread(processes=2, least=0, runs=1)
with parts_of(connection, path, scope, spread) as parts:
    next(parts)
    print("reading", flush=True)
    time.sleep(60)
"""


@pytest.fixture(scope="module")
def wordless(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger whose words are all gone: what is said of it does not fit into a pipe."""
    folder = tmp_path_factory.mktemp("wordless")
    with closing(own.make_ledger(folder)) as ledger:
        own.record_threads(ledger, 20_000)
        ledger.connection.execute("DELETE FROM vault")
    return own.path_in(folder)


@contextmanager
def reader(path: Path) -> Iterator[tuple[subprocess.Popen[str], list[int]]]:
    """A process in the middle of reading, in a group of its own, and those that read for it."""
    command = [sys.executable, "-c", READ, str(path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, stdout=pipe, stderr=pipe, text=True, start_new_session=True
    ) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == "reading\n"
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
            readers = [int(pid) for pid in children.split()]
            assert len(readers) == 2
            assert all(map(alive, readers))
            yield process, readers
        finally:
            process.kill()


def alive(pid: int) -> bool:
    """Whether a process is there, and not only waiting to be taken notice of."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def all_end(pids: list[int]) -> bool:
    patience = time.monotonic() + 10
    while any(map(alive, pids)) and time.monotonic() < patience:
        time.sleep(0.05)
    return not any(map(alive, pids))


def test_they_end_with_a_process_that_is_killed(wordless: Path) -> None:
    """Nobody takes what they write any more."""
    with reader(wordless) as (process, readers):
        process.kill()
        process.wait()
        assert all_end(readers)


def test_they_end_quietly_when_interrupted(wordless: Path) -> None:
    """Ctrl-C reaches the whole group; only the one that the person started has anything to say."""
    with reader(wordless) as (process, readers):
        os.killpg(process.pid, signal.SIGINT)
        _, error = process.communicate(timeout=10)
        assert error.count("Traceback") == 1
        assert error.endswith("KeyboardInterrupt\n")
        assert all_end(readers)
