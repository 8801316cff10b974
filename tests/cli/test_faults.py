"""Faults of files, disks and other processes: said in words, and nothing is recorded."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from cli_helpers import (
    CANNOT_TELL,
    DONE,
    INTERRUPTED,
    NOT_FOUND,
    PROGRAM,
    REFUSED,
    TAMPERED,
    Place,
    Ran,
    one_message,
)

pytestmark = pytest.mark.slow  # a process for each case

NOTE = ["note", "1", "--words", "Spoke to the carer."]
EVERY = (
    ["log"], ["times"], ["counts"], ["show", "1"], ["replay"], NOTE, ["checkpoint"], ["rebuild"],
)  # fmt: skip

SOME = (["times"], ["show", "1"], NOTE, ["checkpoint"])

_IMPATIENT = """
import footprint.engine.sqlite
footprint.engine.sqlite.BUSY_SECONDS = 0.3
from footprint_cli.main import run
run()
"""


@pytest.mark.parametrize("content", [b"", b"a letter\n", b"\0" * 5000, b"SQLite format 3\0" * 300])
def test_a_file_that_is_no_ledger(begun: Place, content: bytes) -> None:
    """Whatever it holds, every command says that it is no ledger, and leaves it as it was."""
    begun.ledger.with_name("ledger.db-wal").unlink(missing_ok=True)
    begun.ledger.with_name("ledger.db-shm").unlink(missing_ok=True)
    begun.ledger.write_bytes(content)
    for command in EVERY:
        said = one_message(begun.run(*command), REFUSED)
        assert "not a" in said, (command, said)
        assert "ledger" in said
    assert begun.ledger.read_bytes() == content


def test_a_database_of_something_else(begun: Place) -> None:
    """Another program's SQLite file is no ledger, and stays as it was."""
    other = begun.folder / "other.db"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE event (position INTEGER)")
    before = other.read_bytes()
    for command in SOME:
        one_message(begun.run(*command, "--ledger", str(other)), REFUSED)
    assert other.read_bytes() == before


def test_verifying_what_is_no_ledger_says_so(begun: Place) -> None:
    """`verify` of a letter never says "verified", and gives no traceback."""
    letter = begun.folder / "letter.txt"
    letter.write_text("Dear all,\n")
    ran = begun.run("verify", "--ledger", str(letter))
    assert ran.code in {REFUSED, TAMPERED, CANNOT_TELL}
    assert "Traceback" not in ran.out + ran.err
    assert "erified" not in ran.out


def test_a_folder_is_no_ledger(begun: Place) -> None:
    """A folder's path is refused in words by every command."""
    for command in (*SOME, ["verify"]):
        ran = begun.run(*command, "--ledger", str(begun.home))
        assert ran.code not in {DONE, TAMPERED}
        assert "Traceback" not in ran.err
        assert "did not expect" not in ran.err


def test_a_missing_ledger_is_not_found(begun: Place) -> None:
    """Exit 4, the path, and the command that makes one; nothing is made by looking."""
    nowhere = begun.folder / "nowhere" / "ledger.db"
    for command in (*SOME, ["verify"]):
        said = one_message(begun.run(*command, "--ledger", str(nowhere)), NOT_FOUND)
        assert str(nowhere) in said
    assert not nowhere.parent.exists()
    assert "There is no ledger" in begun.done("status", "--ledger", str(nowhere)).out


def test_a_ledger_of_a_newer_format(begun: Place) -> None:
    """A format of the future is refused as that, not as damage, by readers and writers."""
    with closing(sqlite3.connect(begun.ledger, isolation_level=None)) as connection:
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(
            """UPDATE event SET state = CAST(replace(CAST(state AS TEXT),
            '"format":1', '"format":2') AS BLOB)"""
        )
    for command in EVERY:
        assert "newer" in one_message(begun.run(*command), REFUSED)


def test_a_missing_key_refuses_writing_and_not_reading(begun: Place) -> None:
    """Without the signer's key nothing is recorded; reading goes on; verify cannot tell."""
    away = {"FOOTPRINT_HOME": str(begun.folder / "elsewhere")}
    said = one_message(begun.run(*NOTE, env=away), NOT_FOUND)
    assert "FOOTPRINT_HOME" in said
    begun.done("show", "1", env=away)
    assert "key" in begun.done("status", env=away).out
    assert begun.run("verify", env=away).code == CANNOT_TELL
    assert begun.entries() == 7
    assert not (begun.folder / "elsewhere").exists()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"origin": 1}', b"\xff"])
def test_a_damaged_signers_state_is_refused(begun: Place, content: bytes) -> None:
    """Nothing is recorded where the signer no longer knows what it signed."""
    (state,) = begun.home.glob("signers/*/state")
    state.write_bytes(content)
    assert "state" in one_message(begun.run(*NOTE), REFUSED)
    assert begun.entries() == 7
    assert begun.run("verify").code in {DONE, CANNOT_TELL}


def test_a_moved_ledger_waits_until_the_move_is_confirmed(begun: Place) -> None:
    """Elsewhere it takes no entry until `checkpoint --moved`, and not while the old is there."""
    other = str(begun.folder / "moved.db")
    shutil.copy(begun.ledger, other)
    said = one_message(begun.run(*NOTE, "--ledger", other), REFUSED)
    assert "footprint checkpoint --moved" in said
    assert "still a file" in one_message(
        begun.run("checkpoint", "--moved", "--ledger", other), REFUSED
    )
    kept = begun.ledger.rename(begun.folder / "kept.db")
    begun.done("checkpoint", "--moved", "--ledger", other)
    begun.done(*NOTE, "--ledger", other)
    begun.done("verify", "--ledger", other)
    kept.rename(begun.ledger)
    assert "moved" in one_message(begun.run(*NOTE), REFUSED)


def test_an_older_copy_put_back_is_refused(begun: Place) -> None:
    """After a note, the copy from before it takes no entry: the signer remembers more."""
    before = begun.ledger.read_bytes()
    begun.done(*NOTE)
    begun.ledger.write_bytes(before)
    begun.ledger.with_name("ledger.db-wal").unlink(missing_ok=True)
    begun.ledger.with_name("ledger.db-shm").unlink(missing_ok=True)
    assert "older copy" in one_message(begun.run(*NOTE), REFUSED)
    assert begun.run("verify").code == TAMPERED


def test_a_checkpoint_is_not_written_over_a_file(begun: Place) -> None:
    """An existing file is refused in words, kept, and no checkpoint counts as issued."""
    kept = begun.folder / "kept.txt"
    kept.write_text("older\n")
    assert "kept.txt" in one_message(begun.run("checkpoint", "--output", str(kept)), REFUSED)
    assert kept.read_text() == "older\n"
    with closing(sqlite3.connect(begun.ledger)) as connection:
        assert connection.execute("SELECT count(*) FROM checkpoint").fetchone() == (0,)


@pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="root may write everywhere")
@pytest.mark.parametrize("what", ["file", "folder"])
def test_what_may_not_be_written(begun: Place, what: str) -> None:
    """A file or folder without the right to write: reading works, recording is refused."""
    path = begun.ledger if what == "file" else begun.folder
    path.chmod(0o500)
    try:
        assert "cannot be written" in one_message(begun.run(*NOTE), REFUSED)
        assert begun.run("log").code == DONE
    finally:
        path.chmod(0o700)


def impatient(place: Place, *args: str) -> Ran:
    """Run the program with a short wait for locks."""
    done = subprocess.run(
        [sys.executable, "-c", _IMPATIENT, *args],
        capture_output=True, text=True, env=place.env(), check=False,
    )  # fmt: skip
    return Ran(done.returncode, done.stdout, done.stderr)


def test_a_ledger_that_another_process_holds(begun: Place) -> None:
    """Recording waits, then refuses and says why; reading goes on; then all is as before."""
    with closing(sqlite3.connect(begun.ledger, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        said = one_message(impatient(begun, *NOTE), REFUSED)
        assert "Another process holds the ledger" in said
        assert begun.json("log")[0]["entries"] == 1
        other.execute("ROLLBACK")
    begun.done(*NOTE)
    begun.done("verify")


@pytest.mark.slow
def test_a_lock_that_is_let_go_in_time_is_waited_for(begun: Place) -> None:
    """Ten seconds of waiting are no refusal."""
    with closing(sqlite3.connect(begun.ledger, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with subprocess.Popen([PROGRAM, *NOTE], env=begun.env(), stdout=subprocess.PIPE) as waiting:
            time.sleep(10)
            assert waiting.poll() is None
            other.execute("ROLLBACK")
            assert waiting.wait(30) == DONE


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own, where this machine lets us have one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(disk)],
        capture_output=True, check=False,
    ) if shutil.which("mount") else None  # fmt: skip
    if mounted is None or mounted.returncode:
        pytest.skip("a small disk cannot be mounted here")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.mark.parametrize("full", ["ledger", "signer"])
def test_a_full_disk(begun: Place, full_disk: Path, full: str) -> None:
    """A full disk refuses an entry, a full signer's home does not; afterwards all verifies."""
    there = begun.copy(full_disk / "place") if full == "ledger" else begun
    if full == "signer":
        shutil.move(there.home, full_disk / "signer")
        there.home.symlink_to(full_disk / "signer")
    filler = full_disk / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(b"x" * 1024):
            pass
    ran = there.run(*NOTE[:-1], "x" * 19_000)
    assert ran.code == (REFUSED if full == "ledger" else 0)
    filler.unlink()
    there.done(*NOTE)
    there.done("verify")
    assert there.entries() == (8 if full == "ledger" else 9)


def test_an_interruption_is_told_and_leaves_the_ledger_whole(begun: Place) -> None:
    """Ctrl-C while it waits for words: exit 130, no traceback, nothing recorded."""
    with subprocess.Popen(
        [PROGRAM, "note", "1", "--words-file", "-"], env=begun.env(), stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        time.sleep(3)  # until it waits; a busy machine takes its time to start
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        said = process.stderr.read()
        assert process.wait(30) == INTERRUPTED
    assert "Interrupted" in said
    assert "Traceback" not in said
    assert begun.entries() == 7
    begun.done("verify")


@pytest.mark.parametrize(
    "args", [["replay", "--json"], ["log"], ["times", "--csv"], ["show", "16"]]
)
def test_an_interruption_of_a_long_read_is_told(year: Place, args: list[str]) -> None:
    """Ctrl-C while it prints to somebody who does not read: exit 130, no traceback."""
    read, write = os.pipe()
    os.set_blocking(write, False)
    with suppress(BlockingIOError):
        while True:
            os.write(write, b"x" * 512)
    os.set_blocking(write, True)
    with subprocess.Popen(
        [PROGRAM, *args], env=year.env(), stdout=write, stderr=subprocess.PIPE, text=True
    ) as process:
        time.sleep(2)
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        said = process.stderr.read()
        code = process.wait(30)
    os.close(write)
    os.close(read)
    assert "Traceback" not in said
    assert "Exception ignored" not in said
    assert code == INTERRUPTED
    assert "Interrupted" in said


@pytest.mark.parametrize(
    "args", [["log"], ["replay", "--json"], ["counts", "--csv"], ["show", "16"], ["--help"]]
)
def test_a_reader_that_goes_away_is_no_fault(year: Place, args: list[str]) -> None:
    """Output that nobody reads to the end (`| head -1`) prints no traceback."""
    read, write = os.pipe()
    os.close(read)
    with subprocess.Popen(
        [PROGRAM, *args], env=year.env(), stdout=write, stderr=subprocess.PIPE, text=True
    ) as process:
        os.close(write)
        assert process.stderr is not None
        said = process.stderr.read()
        process.wait(30)
    assert said == ""


def test_status_says_what_needs_doing(begun: Place) -> None:
    """An older copy put back, and a file that is somewhere else, are said with what to do."""
    before = begun.ledger.read_bytes()
    begun.done(*NOTE)
    begun.ledger.write_bytes(before)
    for suffix in ("-wal", "-shm"):
        begun.ledger.with_name(begun.ledger.name + suffix).unlink(missing_ok=True)
    assert "!   8 entries were signed and 7 are there" in begun.done("status").out
    other = shutil.copy(begun.ledger, begun.folder / "other.db")
    assert "footprint checkpoint --moved" in begun.done("status", "--ledger", str(other)).out
