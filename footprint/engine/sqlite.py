"""Connections to a ledger's SQLite file: one of our own, never the library's pool.

A pool halves the rate of single appends; and a writer has to hold the write lock from reading
the tail to committing, which is a property of one connection.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from footprint.engine.connection import Row, Values
from footprint.errors import Refused

BUSY_SECONDS = 30
"""How long to wait for a lock: a VACUUM of a large ledger takes longer than the usual five."""
_STRICT_SINCE = (3, 37, 0)


class FileConnection(sqlite3.Connection):
    """A `Connection` of `footprint.engine.connection`."""

    signs_apart = False

    def fill(self, table: str, columns: str, rows: Iterable[Row], /) -> None:
        marks = ", ".join("?" * len(columns.split(",")))
        self.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)  # noqa: S608

    def stream(self, query: str, values: Values = ()) -> Iterator[Any]:
        return self.execute(query, values)

    def runs(self, query: str, first: int, last: int, most: int) -> Iterator[list[Row]]:
        # Asking for any text from the start would be slower.
        cursor = self.execute(query, (first, last))
        as_text: Callable[[bytes], str] = str
        while True:
            self.text_factory = as_text
            try:
                rows = cursor.fetchmany(most)
            except sqlite3.OperationalError:
                if as_text is not str:
                    raise
                as_text = any_text
                cursor = self.execute(query, (first, last))
                continue
            finally:
                self.text_factory = any_text
            if not rows:
                return
            yield rows
            first = rows[-1][0] + 1

    def carry_any_text(self) -> None:
        self.text_factory = any_text

    def begin(self, ahead: str = "", stream: str = "") -> Any:
        self.execute("BEGIN IMMEDIATE")
        return self.execute(ahead, {"stream": stream}).fetchone() if ahead else None

    def mend(self) -> None:
        """Nothing: a file does not go away."""

    def later(self, query: str, rows: Sequence[Values]) -> None:
        self.executemany(query, rows)

    @contextmanager
    def one_moment(self) -> Iterator[None]:
        self.execute("BEGIN")
        try:
            yield
        finally:
            if self.in_transaction:  # some errors end it, and are what is to be told
                self.execute("ROLLBACK")

    def may_read(self, table: str) -> bool:
        found = self.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,))
        return found.fetchone() is not None

    def now(self) -> None:
        """None: a file has no clock but the machine's."""


def any_text(data: bytes) -> str:
    """Text of a file that may hold bytes that are no text: they are carried as they are."""
    return data.decode("utf-8", "surrogateescape")


def connect(path: Path, *, create: bool = False) -> FileConnection:
    """A connection for writing: durable commits, deleted bytes overwritten.

    Raises:
        sqlite3.Error: the file cannot be opened.
    """
    if sqlite3.sqlite_version_info < _STRICT_SINCE:
        raise Refused(
            f"This Python has SQLite {sqlite3.sqlite_version}; a ledger needs 3.37 or newer.",
            "Use a newer Python.",
        )
    connection = _open(path, "rwc" if create else "rw", patience=BUSY_SECONDS)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA secure_delete = ON")
    return connection


def connect_new(path: Path) -> FileConnection:
    """A connection that fills a file that is nothing to anybody until it is whole: no journal."""
    connection = _open(path, "rw", patience=BUSY_SECONDS)
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("PRAGMA synchronous = OFF")
    return connection


def connect_readonly(path: Path, patience: float = BUSY_SECONDS) -> FileConnection:
    """A connection that cannot write, also on media where nothing can be written.

    A ledger that has no journal to take in is read there as it stands (`immutable`).

    Args:
        path: the file.
        patience: how many seconds to wait for whoever has it locked.

    Raises:
        sqlite3.Error: the file cannot be opened, or is not a database.
    """
    connection = _open(path, "ro", patience=patience)
    try:
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.OperationalError as error:
        connection.close()
        if "locked" in str(error) or _journalled(path):
            raise
        connection = _open(path, "ro", immutable=True, patience=patience)
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    return connection


def files_of(path: Path) -> list[Path]:
    """The files that are there of a database: its own, its logs and their index."""
    path = path.resolve()  # SQLite looks beside the file that a link leads to
    files = (Path(f"{path}{suffix}") for suffix in ("", "-wal", "-journal", "-shm"))
    return [file for file in files if file.exists()]


def delete_database(path: Path) -> None:
    """Delete a database with its write-ahead log and the log's index, as far as they are there."""
    for file in files_of(path):
        file.unlink(missing_ok=True)


def uri_of(path: Path, mode: str) -> str:
    """The name under which SQLite opens the file at a path in a mode: `ro`, `rw` or `rwc`."""
    return f"file:{quote(os.fsencode(path.absolute()))}?mode={mode}"


def _journalled(path: Path) -> bool:
    """Whether a journal beside the file holds something: without it the file is not the whole."""
    beside = [file for file in files_of(path) if file != path.resolve()]
    return any(file.stat().st_size for file in beside if not file.name.endswith("-shm"))


def _open(path: Path, mode: str, *, immutable: bool = False, patience: float) -> FileConnection:
    uri = uri_of(path, mode) + ("&immutable=1" if immutable else "")
    connection = sqlite3.connect(
        uri,
        uri=True,
        timeout=patience,
        isolation_level=None,
        check_same_thread=False,
        factory=FileConnection,
    )
    # A file from elsewhere must not be able to run functions through its schema.
    connection.execute("PRAGMA trusted_schema = OFF")
    return connection
