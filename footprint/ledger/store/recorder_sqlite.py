"""The recorder of a file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any

from eventsourcing.persistence import IntegrityError, OperationalError

from footprint.engine.sqlite_schema import STATEMENTS
from footprint.ledger.store.recorder import Recorder, Row, Vault

_TOGETHER = 32
"""Rows of one statement, where there are many: around each of them SQLite keeps the pages that it
changes, to be put back where a guard refuses a row."""


class _Into:
    """The statements that put rows into a table: many, and what is left of them."""

    def __init__(self, table: str, columns: int) -> None:
        row = f"({', '.join('?' * columns)})"
        self.one = f"INSERT INTO {table} VALUES {row}"  # noqa: S608 - a name of our own
        self.many = self.one + f", {row}" * (_TOGETHER - 1)
        self.values = columns * _TOGETHER


_EVENT, _VAULT, _CHILD = _Into("event", 6), _Into("vault", 3), _Into("vault_child", 2)


class SQLiteRecorder(Recorder):
    """Names each position; the file refuses any but the one behind its last."""

    def create_table(self) -> None:
        for statement in STATEMENTS:
            self.connection.execute(statement)

    def _insert(
        self,
        first: int,
        rows: Sequence[Row],
        leaves: Sequence[bytes],
        words: Vault,
        children: Mapping[str, bytes],
    ) -> None:
        places = range(first, first + len(rows))
        events = zip(places, rows, leaves, strict=True)
        self._put(_EVENT, [(place, *row, leaf) for place, row, leaf in events])
        self._put(_VAULT, [(place, *words[place]) for place in places if place in words])
        self._put(_CHILD, [*children.items()])

    def _put(self, into: _Into, rows: Sequence[tuple[Any, ...]]) -> None:
        run, left = self.connection.executemany, len(rows) % _TOGETHER
        if len(rows) > left:
            # The same iterator as often as a statement has values: so many of them at a time.
            run(into.many, zip(*[chain.from_iterable(rows)] * into.values, strict=False))
        if left:
            run(into.one, rows[-left:])

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.IntegrityError as error:
            raise IntegrityError(error) from error
        except sqlite3.OperationalError as error:
            raise OperationalError(error) from error
