"""The recorder of a schema on a server, where others record at the same time.

The server gives each entry its position, under a lock that is held until the commit. When the
connection goes in the very commit, only the server knows whether it happened: it is asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from time import monotonic, sleep
from typing import TYPE_CHECKING

from eventsourcing.persistence import IntegrityError

from footprint.engine.connection import ServerError
from footprint.engine.postgres_schema import create_schema
from footprint.errors import NotKnown
from footprint.ledger import queries
from footprint.ledger.recorder import Leaved, Recorder, Vault
from footprint.ledger.sealer import Sealer
from footprint.ledger.unit import Unit

if TYPE_CHECKING:
    from footprint.engine.postgres import ServerConnection

_APPEND = "SELECT append(?, ?, ?, ?, ?, ?, ?, ?)"
_NO_WORDS = (None, None)
_BACK_SECONDS = 10
"""How long to wait for a server that is gone to say what became of a commit."""
_CONTRADICTED = ("23", "FP001")
"""What an entry that is not the next one is refused with, by the beginning of the SQLSTATE."""


class PostgresRecorder(Recorder):
    """Names no position; the server gives the one behind its last."""

    connection: ServerConnection

    def __init__(self, connection: ServerConnection, sealer: Sealer | None = None) -> None:
        super().__init__(connection, sealer)

    def create_table(self) -> None:
        create_schema(self.connection)

    def _insert(
        self, first: int, rows: Sequence[Leaved], words: Vault, children: Mapping[str, bytes]
    ) -> None:
        named = dict(children)
        self.connection.later(
            _APPEND,
            [
                (*row, *words.get(position, _NO_WORDS), named.pop(row[0], None))
                for position, row in enumerate(rows, start=first)
            ],
        )

    def _commit(self, unit: Unit) -> None:
        try:
            self.connection.commit()
        except ServerError as error:
            if not error.lost or unit.tail is None or not unit.last:
                raise
            if not self._is_there(unit.tail, unit.last):
                raise ServerError(f"{error}; nothing was recorded", error.state) from error

    def _is_there(self, position: int, leaf: bytes) -> bool:
        """Whether a commit that nobody answered to happened. Raises `NotKnown`."""
        last, until = ServerError(""), monotonic() + _BACK_SECONDS
        while monotonic() < until:
            try:
                self.connection.reconnect()
                # Whoever has the lock knows that the transaction in question is over.
                self.connection.begin()
                return queries.leaf_at(self.connection, position) == leaf
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
