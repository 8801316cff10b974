"""Real processes: killed at any moment, many at once, on a full disk, behind a lock."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from eventsourcing.persistence import OperationalError
from ledger_helpers import (
    ACTOR,
    START,
    challenge,
    check_whole,
    home_in,
    lock_is_free,
    make_ledger,
    note,
    path_in,
    raw,
    record,
    reopen,
)
from processes import Start, said, starting

from footprint.ledger.ledger import Ledger

APPEND_FOREVER = """
import sys
from pathlib import Path
from ledger_helpers import ACTOR, note, record, reopen
ledger = reopen(Path(sys.argv[1]))
while True:
    with ledger.writing():  # a thread is two entries, or it is not there
        stream = record(ledger).stream
        record(ledger, "and a note", stream)
    print(ledger.signed.size, flush=True)
"""
APPEND_IN_BULK = """
import sys
from pathlib import Path
from ledger_helpers import ACTOR, challenge, note, reopen
ledger = reopen(Path(sys.argv[1]))
row = (challenge("x" * 2_000), note("y" * 2_000), note())
with ledger.writing():
    while True:
        decided = [ledger.consider_together(row) for _ in range(200)]
        ledger.record_decided(decided, actor=ACTOR)
        print(ledger.size(), flush=True)
"""
DIE_BEFORE_REMEMBERING = """
import os, signal, sys
from pathlib import Path
from footprint.ledger.signing import signer
from ledger_helpers import record, reopen
signer.save_state = lambda folder, signed: os.kill(os.getpid(), signal.SIGKILL)
record(reopen(Path(sys.argv[1])))
"""
HOLD_THE_LOCK = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
connection.execute("ROLLBACK")
"""


@pytest.fixture
def engine() -> str:
    """What is here is about files."""
    return "file"


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a snippet in a process of its own; none outlives the test."""
    with starting() as start:
        yield start


# --- killed ---------------------------------------------------------------------------------


def kill_while_appending(folder: Path, start: Start, pause: float) -> None:
    process = start(APPEND_FOREVER, folder)
    first = said(process)
    time.sleep(pause)
    process.kill()
    told, _ = process.communicate()
    # A last line may have been cut; what was told whole was committed before.
    sizes = [int(line) for line in told.split("\n")[:-1]] or [int(first)]
    size = check_whole(folder)
    assert size >= sizes[-1]
    with raw(path_in(folder)) as connection:
        halves = "SELECT stream FROM event WHERE stream LIKE 'CH-%' GROUP BY 1 HAVING count(*) <> 2"
        assert connection.execute(halves).fetchall() == []
    with closing(reopen(folder)) as ledger, ledger.writing():
        record(ledger, "after the crash", record(ledger).stream)
    assert check_whole(folder) == size + 2


def kill_often(folder: Path, start: Start, times: int) -> None:
    make_ledger(folder).close()
    moments = random.Random(times)  # noqa: S311 - not for secrets
    for _ in range(times):
        kill_while_appending(folder, start, moments.uniform(0, 0.08))


def test_killed_at_any_moment(tmp_path: Path, start: Start) -> None:
    """A killed process loses nothing that it told of, leaves no half, and the next one goes on."""
    kill_often(tmp_path, start, 8)


@pytest.mark.slow
def test_killed_at_any_moment_many_times(tmp_path: Path, start: Start) -> None:
    """The same over and over on one ledger."""
    kill_often(tmp_path, start, 60)


def test_killed_in_a_large_transaction(tmp_path: Path, start: Start) -> None:
    """Of thousands of entries that were not committed none is there, and the next write goes on."""
    make_ledger(tmp_path).close()
    for crash in range(2):
        process = start(APPEND_IN_BULK, tmp_path)
        while int(said(process)) < 5_000:
            pass
        process.kill()
        process.communicate()
        spilled = path_in(tmp_path).with_name("ledger.db-wal")
        assert spilled.stat().st_size > 5_000_000
        assert check_whole(tmp_path) == START + crash
        with closing(reopen(tmp_path)) as ledger:
            assert record(ledger).stream == f"CH-{crash + 1:07}"
    assert check_whole(tmp_path) == START + 2


def test_killed_between_commit_and_state(tmp_path: Path, start: Start) -> None:
    """Killed exactly where the ledger is ahead of its signer's state, the next write goes on."""
    make_ledger(tmp_path).close()
    for crash in range(3):
        process = start(DIE_BEFORE_REMEMBERING, tmp_path)
        process.communicate()
        assert process.returncode == -9
        assert check_whole(tmp_path) == START + crash + 1
    with closing(reopen(tmp_path)) as ledger:
        record(ledger)
    assert check_whole(tmp_path) == START + 4


# --- behind a lock --------------------------------------------------------------------------


def test_a_lock_held_too_long(
    tmp_path: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind a lock that outlasts the patience nothing is recorded, and the error says locked."""
    monkeypatch.setattr("footprint.engine.sqlite.BUSY_SECONDS", 0.2)
    make_ledger(tmp_path).close()
    with closing(reopen(tmp_path)) as ledger:
        holder = start(HOLD_THE_LOCK, path_in(tmp_path))
        assert said(holder) == "held"
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            record(ledger)
        assert ledger.size() == START
        holder.communicate("\n")
        record(ledger)
    assert check_whole(tmp_path) == START + 1


# --- full -----------------------------------------------------------------------------------

LONG = "The plan was not carried out. " * 300


def fill(ledger: Ledger, folder: Path) -> int:
    """Record until there is no room. The size that is left, checked."""

    def work() -> None:
        for _ in range(10_000):
            record(ledger, LONG)

    with pytest.raises((OperationalError, sqlite3.OperationalError), match="full"):
        work()
    size = ledger.size()
    assert size > START
    assert check_whole(folder) == size
    return size


def test_a_full_database(tmp_path: Path) -> None:
    """With no room for an entry the error surfaces, nothing is half-written, and it goes on."""
    with closing(make_ledger(tmp_path)) as ledger:
        (pages,) = ledger.connection.execute("PRAGMA page_count").fetchone()
        ledger.connection.execute(f"PRAGMA max_page_count = {pages + 40}")
        size = fill(ledger, tmp_path)
        ledger.connection.execute("PRAGMA max_page_count = 1000000")
        record(ledger, LONG)
    assert check_whole(tmp_path) == size + 1


def test_a_full_database_inside_a_unit_of_work(tmp_path: Path) -> None:
    """No room in the middle of many commands: none of them is recorded, even if one goes on."""
    with closing(make_ledger(tmp_path)) as ledger:
        (pages,) = ledger.connection.execute("PRAGMA page_count").fetchone()
        ledger.connection.execute(f"PRAGMA max_page_count = {pages + 10}")
        with suppress(sqlite3.Error, OperationalError, RuntimeError), ledger.writing():
            for nth in range(20):
                with suppress(sqlite3.Error, OperationalError, RuntimeError):
                    ledger.record(challenge(LONG), actor=ACTOR)
                    ledger.record(note(f"number {nth}"), actor=ACTOR, stream="CH-0000001")
        ledger.connection.execute("PRAGMA max_page_count = 1000000")
        check_whole(tmp_path)
        record(ledger, LONG)
    check_whole(tmp_path)


class Disk:
    """A small disk of its own that can be made larger."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def mount(self, options: str) -> subprocess.CompletedProcess[str]:
        mount = shutil.which("mount") or "mount"
        command = [mount, "-t", "tmpfs", "-o", options, "tmpfs", str(self.folder)]
        return subprocess.run(command, check=False, capture_output=True, text=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """A disk of one megabyte; the test is skipped where none can be mounted."""
    made = Disk(tmp_path / "disk")
    made.folder.mkdir()
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("only root on Linux can mount a small disk")
    if (mounted := made.mount("size=1m")).returncode:
        pytest.skip(f"no small disk can be mounted here: {mounted.stderr.strip()}")
    yield made
    subprocess.run(["umount", "--lazy", str(made.folder)], check=True)


def test_a_full_disk(tmp_path: Path, disk: Disk) -> None:
    """A disk that runs full under the ledger: nothing half-written; with room it goes on."""
    (tmp_path / "keys").mkdir()
    home_in(disk.folder).symlink_to(tmp_path / "keys", target_is_directory=True)
    with closing(make_ledger(disk.folder)) as ledger:
        size = fill(ledger, disk.folder)
        assert disk.mount("remount,size=8m").returncode == 0
        record(ledger, LONG)
    assert check_whole(disk.folder) == size + 1


def test_a_full_disk_under_the_signer(tmp_path: Path, disk: Disk) -> None:
    """A state that finds no room takes nothing back: the ledger stays whole and goes on."""
    home_in(tmp_path).symlink_to(disk.folder, target_is_directory=True)
    make_ledger(tmp_path).close()
    with closing(reopen(tmp_path)) as ledger:
        filler = disk.folder / "filler"
        with suppress(OSError), filler.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
        record(ledger)
        assert lock_is_free(tmp_path)
    check_whole(tmp_path)
    filler.unlink()
    with closing(reopen(tmp_path)) as ledger:
        record(ledger)
    assert check_whole(tmp_path) == START + 2
