"""The recorder of a file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from eventsourcing.persistence import IntegrityError, OperationalError

from footprint.engine.sqlite_schema import STATEMENTS
from footprint.ledger.recorder import Leaved, Recorder, Vault

_INSERT = "INSERT INTO event (position, stream, version, topic, state, leaf) VALUES (?,?,?,?,?,?)"


class SQLiteRecorder(Recorder):
    """Names each position; the file refuses any but the one behind its last."""

    def create_table(self) -> None:
        for statement in STATEMENTS:
            self.connection.execute(statement)

    def _insert(
        self, first: int, rows: Sequence[Leaved], words: Vault, children: Mapping[str, bytes]
    ) -> None:
        many, places = self.connection.executemany, range(first, first + len(rows))
        many(_INSERT, [(place, *row) for place, row in zip(places, rows, strict=True)])
        if said := [(place, *words[place]) for place in places if place in words]:
            many("INSERT INTO vault VALUES (?, ?, ?)", said)
        if children:
            many("INSERT INTO vault_child VALUES (?, ?)", children.items())

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.IntegrityError as error:
            raise IntegrityError(error) from error
        except sqlite3.OperationalError as error:
            raise OperationalError(error) from error
