"""The rows of a ledger, from one engine to another: of one moment, a few at a time in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import NamedTuple

from footprint.engine.connection import Connection, Row
from footprint.errors import Refused
from footprint.ledger.store.sealing import entry_leaf
from footprint.progress import Progress, silent
from footprint.proof.tree import EMPTY, Peaks, extend_all

_TELL_EACH = 10_000
_VAULT = ("vault", "vault_child")


class _Table(NamedTuple):
    """A published table: its columns, which of its rows are of the first entries, their order."""

    columns: str
    upto: str
    order: str


_TABLES = {
    "event": _Table("position, stream, version, topic, state, leaf", "position <= ?", "position"),
    # The root of a run is there from its last entry on.
    "subtree": _Table(
        "level, nth, hash", "(nth + 1) << CAST(8 * level AS INTEGER) <= ?", "level, nth"
    ),
    "head": _Table("one, size, note", "size <= ?", "one"),
    "checkpoint": _Table("size, note", "size <= ?", "size, note"),
    "vault": _Table("position, salt, words", "position <= ?", "position"),
    "vault_child": _Table("stream, child", "0 <= ?", "stream"),
}  # fmt: skip


def copy_rows(
    source: Connection, target: Connection, size: int, *, vault: bool, progress: Progress = silent
) -> None:
    """Fill empty tables with the rows of the first entries, and compare what is there then.

    Args:
        source: inside one moment.
        target: its tables are there, and not guarded.
        size: how many entries are copied.
        vault: whether words and case numbers go along.
        progress: is told how many entries were copied, and of how many.

    Raises:
        Refused: the target did not keep what it was given.
    """
    for name, table in _TABLES.items():
        if vault or name not in _VAULT:
            rows = _rows(source, name, size)
            given = _Sum(_told(rows, size, progress) if name == "event" else rows)
            target.fill(name, table.columns, given)
            if _Sum(_rows(target, name, size)).whole() != given.digest():
                raise Refused(
                    f"The copy of {name} is not what was given to be kept.",
                    "Nothing was made. Look at the disk there, and try again.",
                )


def tree_of(connection: Connection, size: int) -> Peaks:
    """The tree of the first entries, hashed from their bytes. Streams."""
    return extend_all(EMPTY, hashed(connection, 0, size))


def hashed(connection: Connection, after: int, upto: int) -> Iterator[bytes]:
    """The leaves between two positions, hashed from the entries whatever leaves are stored."""
    rows = connection.stream(
        "SELECT stream, version, topic, state FROM event"
        " WHERE position > ? AND position <= ? ORDER BY position",
        (after, upto),
    )
    for stream, version, topic, state in rows:
        # In a file somebody may have made a text of it, which is no difference to the hash.
        yield entry_leaf(stream, version, topic, state if type(state) is bytes else state.encode())


def _rows(connection: Connection, name: str, size: int) -> Iterator[Row]:
    table = _TABLES[name]
    query = f"SELECT {table.columns} FROM {name} WHERE {table.upto} ORDER BY {table.order}"  # noqa: S608
    return connection.stream(query, (size,))


def _told(rows: Iterable[Row], of: int, progress: Progress) -> Iterator[Row]:
    for count, row in enumerate(rows, start=1):
        yield row
        if count % _TELL_EACH == 0 or count == of:
            progress(count, of)


class _Sum:
    """Rows, and the digest of those that were read."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = rows
        self._sum = sha256()

    def __iter__(self) -> Iterator[Row]:
        for row in self._rows:
            self._sum.update(repr(tuple(row)).encode("utf-8", "surrogateescape"))
            yield row

    def digest(self) -> bytes:
        return self._sum.digest()

    def whole(self) -> bytes:
        """The digest of all of them."""
        for _ in self:
            pass
        return self.digest()
