"""The recorder of a schema on a server, where others record at the same time.

The server gives each entry its position, under a lock that is held until the commit. When the
connection goes in the very commit, only the server knows whether it happened: it is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

from eventsourcing.persistence import IntegrityError

from footprint.engine.connection import ServerError
from footprint.engine.postgres_schema import create_schema
from footprint.errors import NotKnown
from footprint.ledger.store import queries
from footprint.ledger.store.recorder import Recorder, Row, Vault
from footprint.ledger.store.sealer import Sealer
from footprint.ledger.store.sealing import key_head
from footprint.ledger.store.unit import Unit
from footprint.proof.tree import FANOUT

if TYPE_CHECKING:
    from footprint.engine.postgres import ServerConnection

_APPEND = "SELECT append(?, ?, ?, ?, ?, ?, ?, ?)"
_APPEND_DECIDED = "SELECT append_decided(?, ?, ?, ?, ?, ?, ?, ?, ?)"
_NO_WORDS = (None, None)
_TIME = re.compile(rb'"recorded_at":"([^"]*)"')
_BACK_SECONDS = 10
"""How long to wait for a server that is gone to say what became of a commit."""
_CONTRADICTED = ("23", "FP001")
"""What an entry that is not the next one is refused with, by the beginning of the SQLSTATE."""


class PostgresRecorder(Recorder):
    """Names no position; the server gives the one behind its last."""

    connection: ServerConnection
    expects = True

    def __init__(self, connection: ServerConnection, sealer: Sealer | None = None) -> None:
        super().__init__(connection, sealer)

    def create_table(self) -> None:
        create_schema(self.connection)

    def _begin(self, unit: Unit, ahead: str) -> Any:
        connection = self.connection
        return (connection.expect if unit.expecting else connection.begin)(ahead, unit.stream)

    def _insert(
        self,
        first: int,
        rows: Sequence[Row],
        leaves: Sequence[bytes],
        words: Vault,
        children: Mapping[str, bytes],
    ) -> None:
        if self._unit and self._unit.expecting:
            self._insert_decided(first, rows, words)
            return
        named, leaved = dict(children), zip(rows, leaves, strict=True)
        self.connection.later(
            _APPEND,
            [
                (*row, leaf, *words.get(position, _NO_WORDS), named.pop(row[0], None))
                for position, (row, leaf) in enumerate(leaved, start=first)
            ],
        )

    def _insert_decided(self, position: int, rows: Sequence[Row], words: Vault) -> None:
        """The same for one row of what was decided before others had to wait.

        Raises:
            IntegrityError: on what it was decided cannot be said, or the roots of runs are due.
        """
        tail, (stream, version, topic, state) = self.end(), rows[0]
        time = _TIME.search(state)
        if not (time and tail.policy and tail.kept) or len(rows) > 1 or position % FANOUT == 0:
            raise IntegrityError("this is decided under the lock")
        sealed, expected = words.get(position, _NO_WORDS), (tail.policy, key_head(tail.kept))
        row = (stream, version, topic, state, time.start(1) + 1, *sealed, *expected)
        self.connection.later(_APPEND_DECIDED, [row])

    def _commit(self, unit: Unit) -> None:
        try:
            self.connection.commit()
        except ServerError as error:
            if unit.expecting and error.state.startswith(_CONTRADICTED):
                raise IntegrityError(str(error)) from error
            if not error.lost or not unit.last:
                raise
            if not self._is_there(*unit.last):
                raise ServerError(f"{error}; nothing was recorded", error.state) from error

    def _is_there(self, stream: str, version: int, state: bytes) -> bool:
        """Whether a commit that nobody answered to happened. Raises `NotKnown`."""
        last, until = ServerError(""), monotonic() + _BACK_SECONDS
        while monotonic() < until:
            try:
                self.connection.reconnect_alone()
                # Whoever has the lock knows that the transaction in question is over.
                self.connection.begin()
                there = queries.row_of(self.connection, stream, version)
                return _but_for_its_time(there[4] if there else b"") == _but_for_its_time(state)
            except ServerError as error:
                last = error
                sleep(0.2)
            finally:
                self.connection.rollback()
        raise NotKnown(
            f"The connection was lost while it was being recorded ({last}): it may be recorded.",
            "Enter the same again when the server answers: what is there is not recorded twice.",
        )

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except ServerError as error:
            if error.state.startswith(_CONTRADICTED):
                raise IntegrityError(str(error)) from error
            raise


def _but_for_its_time(state: bytes) -> bytes:
    """What is known of an entry that the server may have put the time into."""
    return _TIME.sub(b"", state, count=1)
