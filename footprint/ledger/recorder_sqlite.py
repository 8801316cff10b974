"""The recorder of a file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from eventsourcing.persistence import IntegrityError, OperationalError

from footprint.engine.sqlite_schema import STATEMENTS
from footprint.ledger.recorder import Recorder, Row

_INSERT = "INSERT INTO event (position, stream, version, topic, state, leaf) VALUES (?,?,?,?,?,?)"


class SQLiteRecorder(Recorder):
    """Names each position; the file refuses any but the one behind its last."""

    def create_table(self) -> None:
        for statement in STATEMENTS:
            self.connection.execute(statement)

    def _insert(self, first: int, rows: Sequence[tuple[*Row, bytes]]) -> None:
        numbered = enumerate(rows, start=first)
        self.connection.executemany(_INSERT, [(position, *row) for position, row in numbered])

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.IntegrityError as error:
            raise IntegrityError(error) from error
        except sqlite3.OperationalError as error:
            raise OperationalError(error) from error
