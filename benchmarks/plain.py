"""The least that could do the same work: the same bytes in a plain table, SQLite and orjson."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable
from hashlib import sha256
from itertools import cycle, islice
from pathlib import Path
from secrets import token_bytes

import orjson

from footprint.engine.connection import Connection
from footprint.ledger.ledger import Ledger

_INSERT = "INSERT INTO plain (state, salt, words) VALUES (?, ?, ?)"
_ROWS = "SELECT position, stream, version, topic, state, leaf FROM event ORDER BY position"


class Plain:
    """A table of the entries that a ledger ends with, each encoded anew for every row.

    Args:
        path: a new file.
        like: whose last entries.
        kinds: how many of them, taken in turns.
    """

    def __init__(self, path: Path, like: Ledger, kinds: int = 1) -> None:
        rows = like.connection.execute(
            "SELECT state, words FROM event JOIN vault USING (position)"
            " ORDER BY position DESC LIMIT ?",
            (kinds,),
        ).fetchall()
        self._rows = cycle([tuple(map(orjson.loads, row)) for row in reversed(rows)])
        self.connection = sqlite3.connect(path, isolation_level=None)
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"):
            self.connection.execute(f"PRAGMA {pragma}")
        self.connection.execute(
            "CREATE TABLE plain (id INTEGER PRIMARY KEY, state BLOB, salt BLOB, words BLOB)"
        )

    def append(self) -> None:
        """One durable row."""
        self.connection.execute("BEGIN IMMEDIATE")
        self.connection.execute(_INSERT, next(iter(self._encoded(1))))
        self.connection.execute("COMMIT")

    def append_many(self, count: int) -> None:
        """So many in one transaction."""
        self.connection.execute("BEGIN IMMEDIATE")
        self.connection.executemany(_INSERT, self._encoded(count))
        self.connection.execute("COMMIT")

    def _encoded(self, count: int) -> Iterable[tuple[bytes, bytes, bytes]]:
        for state, words in islice(self._rows, count):
            yield orjson.dumps(state), token_bytes(32), orjson.dumps(words)


def replace_file(path: Path, data: bytes) -> None:
    """Put a file in another's place, so that one of them is there after any crash."""
    temporary = path.with_name(path.name + ".new")
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.write(fd, data)
    os.fsync(fd)
    os.close(fd)
    temporary.replace(path)
    fd = os.open(path.parent, os.O_RDONLY)
    os.fsync(fd)
    os.close(fd)


def load_all(connection: Connection, where: str = "") -> None:
    """Every entry's facts as JSON, in the order of positions."""
    for (state,) in connection.execute(f"SELECT state FROM event {where} ORDER BY position"):
        orjson.loads(state)


def hash_all(connection: Connection) -> None:
    """A SHA-256 of each row's state."""
    for _position, _stream, _version, _topic, state, _leaf in connection.execute(_ROWS):
        sha256(state).digest()
