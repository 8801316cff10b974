"""The audit copy: the published tables without the vault, of one moment, whole or not there."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from ledger_helpers import make_ledger, path_in, raw, record, record_threads, reopen
from strategies import says_something, text

from footprint.engine.sqlite_schema import STATEMENTS, VAULT_TABLES, WITHOUT_VAULT
from footprint.ledger.checkpoints.kept import issue_checkpoint
from footprint.ledger.elsewhere.copying import write_audit_copy
from footprint.ledger.ledger import Ledger
from footprint.ledger.opening import open_ledger

KEYS = {"event": "position", "subtree": "level, nth", "head": "one", "checkpoint": "size, note"}


@pytest.fixture
def engine() -> str:
    """What is here is about files."""
    return "file"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a ledger with complete runs and checkpoints, to read only."""
    folder = tmp_path_factory.mktemp("made")
    with closing(make_ledger(folder)) as ledger:
        for _ in range(2):
            record_threads(ledger, 300)
            issue_checkpoint(ledger)
    return folder


def rows(path: Path) -> dict[str, list[tuple[object, ...]]]:
    with raw(path) as connection:
        return {table: connection.execute(f"SELECT * FROM {table} ORDER BY {key}").fetchall()
                for table, key in KEYS.items()}  # fmt: skip


def schema(path: Path) -> list[str]:
    with raw(path) as connection:
        found = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")
        return [sql for (sql,) in found]


def copied(source: Path, to: Path) -> Path:
    with closing(open_ledger(source)) as ledger:
        write_audit_copy(ledger, to)
    return to


def test_a_copy_has_all_but_the_vault(made: Path, tmp_path: Path) -> None:
    """The same rows, the published statements to the letter; for its owner alone; nothing beside.

    A copy of the copy is the same file.
    """
    copy = copied(path_in(made), tmp_path / "copy.db")
    assert rows(copy) == rows(path_in(made))
    assert all(rows(copy).values())
    assert schema(copy) == [*WITHOUT_VAULT]
    assert [s for s in STATEMENTS if s not in WITHOUT_VAULT]
    assert not [s for s in WITHOUT_VAULT if any(table in s for table in VAULT_TABLES)]
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    again = copied(copy, tmp_path / "again.db")
    assert again.read_bytes() == copy.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["again.db", "copy.db"]


def test_a_copy_is_guarded_as_the_ledger_is(made: Path, tmp_path: Path) -> None:
    """Its triggers work: they were made last, and are there."""
    copy = copied(path_in(made), tmp_path / "copy.db")
    for statement in ("DELETE FROM event", "UPDATE checkpoint SET size = 1",
                      "INSERT INTO subtree SELECT * FROM subtree"):  # fmt: skip
        with raw(copy) as connection, pytest.raises(sqlite3.IntegrityError, match="footprint:"):
            connection.execute(statement)


def test_a_copy_is_of_one_moment(ledger: Ledger, tmp_path: Path) -> None:
    """What is recorded between its tables is in none of them."""
    record(ledger)
    before = rows(path_in(tmp_path))
    with closing(open_ledger(path_in(tmp_path))) as reader, closing(reopen(tmp_path)) as writer:
        written: list[int] = []

        def meanwhile(statement: str) -> None:
            if "INSERT INTO copy.subtree" in statement and not written:
                written.append(record(writer).entries[-1].position)
                issue_checkpoint(writer)

        reader.connection.set_trace_callback(meanwhile)
        tree = write_audit_copy(reader, tmp_path / "copy.db")
        reader.connection.set_trace_callback(None)
        assert reader.size() == written[0]  # and the reader goes on reading what is new
    assert rows(tmp_path / "copy.db") == before
    assert tree.size == written[0] - 1


@pytest.fixture(scope="module")
def growing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Ledger]]:
    """A ledger that takes a thread for each example, and its folder."""
    folder = tmp_path_factory.mktemp("growing")
    with closing(make_ledger(folder)) as ledger:
        yield folder, ledger


@given(text=text(min_size=1).filter(says_something))
def test_no_words_are_in_its_bytes(growing: tuple[Path, Ledger], text: str) -> None:
    """Whatever was typed: neither the words as they are stored, nor their salt."""
    folder, ledger = growing
    stream = record(ledger, text).stream
    ((salt, words),) = ledger.vault.sealed(stream).values()
    copy = copied(path_in(folder), folder / "copy.db")
    data = copy.read_bytes()
    copy.unlink()
    assert (salt in data, words in data) == (False, False)


@pytest.mark.parametrize("there", ["file", "link that leads nowhere"])
def test_what_is_there_stays(made: Path, tmp_path: Path, there: str) -> None:
    """A copy is not written over anything, nor through a link, and leaves nothing beside it."""
    path = tmp_path / "copy.db"
    path.write_text("mine") if there == "file" else path.symlink_to(tmp_path / "elsewhere")
    before = path.lstat()
    with pytest.raises(FileExistsError):
        copied(path_in(made), path)
    assert path.lstat() == before
    assert [*tmp_path.iterdir()] == [path]


_AT = """
import os, resource, signal, sys
from pathlib import Path
from footprint.ledger.elsewhere.copying import write_audit_copy
from footprint.ledger.opening import open_ledger

source, to, at, what = sys.argv[1:]
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
signal.signal(signal.SIGINT, signal.default_int_handler)  # what runs behind a shell ignores it
now = []

def meanwhile(statement):
    if at not in statement:
        return
    if what == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "full":
        resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))
    now.append(what)

def behind_it(_frame, event, called):
    # Where Python takes a signal that came while SQLite was at work.
    if now == ["interrupt"] and event == "c_return" and called.__name__ == "execute":
        now.clear()
        os.kill(os.getpid(), signal.SIGINT)

ledger = open_ledger(Path(source))
ledger.connection.set_trace_callback(meanwhile)
sys.setprofile(behind_it)
write_audit_copy(ledger, Path(to))
"""
_MOMENTS = ["ATTACH", "INSERT INTO copy.event", "INSERT INTO copy.checkpoint", "COMMIT", "DETACH"]


def ended(source: Path, to: Path, at: str, what: str) -> subprocess.CompletedProcess[bytes]:
    """A process that makes a copy, and what happens to it at a statement."""
    return subprocess.run([sys.executable, "-c", _AT, source, to, at, what],
                          capture_output=True, check=False, timeout=60)  # fmt: skip


@pytest.mark.parametrize("at", _MOMENTS)
def test_a_kill_leaves_nothing_that_has_the_name(made: Path, tmp_path: Path, at: str) -> None:
    """At worst a file that says that it is unfinished, for its owner alone; and no journal."""
    to = tmp_path / "copy.db"
    assert ended(path_in(made), to, at, "kill").returncode == -signal.SIGKILL
    (left,) = tmp_path.iterdir()
    assert left.name.startswith(".copy.db.")
    assert left.name.endswith(".new")
    assert stat.S_IMODE(left.stat().st_mode) == 0o600
    assert rows(copied(path_in(made), to)) == rows(path_in(made))


@pytest.mark.parametrize("at", _MOMENTS)
def test_an_interruption_leaves_nothing(made: Path, tmp_path: Path, at: str) -> None:
    """Ctrl-C: the unfinished file is taken away."""
    interrupted = ended(path_in(made), tmp_path / "copy.db", at, "interrupt")
    assert b"KeyboardInterrupt" in interrupted.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_fills_up_leaves_nothing(made: Path, tmp_path: Path) -> None:
    """No part of a copy is there."""
    full = ended(path_in(made), tmp_path / "copy.db", "BEGIN", "full")
    assert b"sqlite3.OperationalError" in full.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_a_kill_left_is_no_hindrance(made: Path, tmp_path: Path) -> None:
    """Nor is one that somebody put there: it is not written to."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("mine")
    (tmp_path / f".copy.db.{os.getpid()}.new").symlink_to(elsewhere)
    copied(path_in(made), tmp_path / "copy.db")
    assert elsewhere.read_text() == "mine"
