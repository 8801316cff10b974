"""Deleted bytes: gone from the file and its log, or said to be there still."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footprint.engine.sqlite import connect, files_of
from footprint.ledger.words.erasing import NotYetGone, erase, is_marked, mark, pieces

SECRET = "The child said that her uncle frightens her. "


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database with a vault, of which a third is long enough for many pages."""
    path = tmp_path / "ledger.db"
    with closing(connect(path, create=True)) as connection:
        connection.execute("CREATE TABLE vault (position INTEGER PRIMARY KEY, salt, words)")
        for at in range(1, 31):
            words = f"{at:05}{SECRET * (1 if at % 3 else 400)}".encode()
            connection.execute("INSERT INTO vault VALUES (?, ?, ?)", (at, bytes([at]) * 32, words))
    return path


@pytest.fixture
def connection(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(connect(path)) as connection:
        yield connection


def deleted(connection: sqlite3.Connection) -> set[bytes]:
    """Delete every row, as a program does that knows of no `secure_delete`. Returns the traces."""
    rows = connection.execute("SELECT salt, words FROM vault").fetchall()
    connection.execute("PRAGMA secure_delete = OFF")
    connection.execute("DELETE FROM vault")
    return {piece for row in rows for stored in row for piece in pieces(stored)}


def raw(path: Path) -> bytes:
    return b"".join(file.read_bytes() for file in files_of(path))


def test_deleting_leaves_bytes_and_erasing_does_not(
    path: Path, connection: sqlite3.Connection, tmp_path: Path
) -> None:
    """The premise, and what is made of it: not a word is in any of the files."""
    mark(tmp_path)
    traces = deleted(connection)
    assert SECRET.encode() in raw(path)
    erase(connection, path, tmp_path, traces)
    assert SECRET[:20].encode() not in raw(path)
    assert not is_marked(tmp_path)


def test_a_reader_that_holds_the_log_is_said(
    path: Path, connection: sqlite3.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader of before keeps the bytes in the log; once it is gone, so are they."""
    monkeypatch.setattr("footprint.ledger.words.erasing._PATIENCE_SECONDS", 0)
    mark(tmp_path)
    with closing(connect(path)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM vault").fetchone()
        traces = deleted(connection)
        with pytest.raises(NotYetGone, match="another process is reading"):
            erase(connection, path, tmp_path, traces)
        assert is_marked(tmp_path)
    erase(connection, path, tmp_path, traces)
    assert SECRET[:20].encode() not in raw(path)


def test_a_writer_that_holds_the_lock_is_said(
    path: Path, connection: sqlite3.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file cannot be written anew while somebody else writes."""
    monkeypatch.setattr("footprint.ledger.words.erasing._PATIENCE_SECONDS", 0)
    mark(tmp_path)
    traces = deleted(connection)
    with closing(connect(path)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        with pytest.raises(NotYetGone, match="another process"):
            erase(connection, path, tmp_path, traces)
    assert is_marked(tmp_path)


def test_what_is_found_is_said(path: Path, connection: sqlite3.Connection, tmp_path: Path) -> None:
    """A trace that is in a file, and in no row of the vault, was not erased."""
    connection.execute("CREATE TABLE elsewhere AS SELECT * FROM vault")
    traces = deleted(connection)
    with pytest.raises(NotYetGone, match=r"found in ledger\.db"):
        erase(connection, path, tmp_path, traces)


def test_what_other_rows_hold_is_no_trace(
    path: Path, connection: sqlite3.Connection, tmp_path: Path
) -> None:
    """The same sentence in a row that stays is not what is looked for."""
    connection.execute("INSERT INTO vault SELECT position + 100, zeroblob(32), words FROM vault")
    connection.execute("DELETE FROM vault WHERE position < 100")
    erase(connection, path, tmp_path, pieces(f"00001{SECRET}".encode()))
    assert SECRET.encode() in raw(path)


@given(st.binary(max_size=9000), st.data())
def test_a_large_remnant_holds_a_piece(stored: bytes, data: st.DataObject) -> None:
    """Whatever stretch of a page's length is left of a value, one of its pieces is in it."""
    start = data.draw(st.integers(0, max(len(stored) - 1100, 0)))
    assert any(piece in stored[start : start + 1100] for piece in pieces(stored))
