"""One transaction that appends, while it is under way."""

from __future__ import annotations

from footprint.engine.connection import Connection
from footprint.ledger.store.queries import Tail


class Unit:
    """One transaction under way.

    The stream that goes on, where that is known; whether it was decided before others had to wait;
    its tail; the ledger's end, and how much was written when it was that; the stream, version and
    state that it appended last; leaves that the sealer has not had yet; whether it has a new head;
    whether a part of it failed.
    """

    def __init__(self, stream: str = "", *, expecting: bool = False) -> None:
        self.stream = stream
        self.expecting = expecting
        self.tail: int | None = None
        self.end: tuple[int, Tail] | None = None
        self.last: tuple[str, int, bytes] | None = None
        self.leaves: list[bytes] = []
        self.sealed = False
        self.doomed = False


class Part:
    """A part of a unit. Where it fails and had written something, the whole is doomed."""

    def __init__(self, unit: Unit, connection: Connection) -> None:
        self._unit, self._connection = unit, connection

    def __enter__(self) -> None:
        self._before = self._connection.total_changes

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is not None:
            self._unit.doomed |= self._connection.total_changes != self._before
