"""What the ledger itself says of entries that are not here: an explanation, never an excuse.

They were lost, or recorded where it went on.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import NamedTuple

from footprint.audit.verdict import harmless
from footprint.audit.vouchers import Voucher
from footprint.domain.events import LedgerMoved, LedgerRestored
from footprint.engine.connection import Connection
from footprint.ledger.store.codec import Unreadable, decode

_ENTRY = "SELECT position, stream, version, topic, state FROM event"
_QUERY = f"{_ENTRY} WHERE stream = 'ledger' AND topic = ? ORDER BY version LIMIT 200"


class Restored(NamedTuple):
    """The entry at a position says that `left` of `size` entries were there when it was made."""

    position: int
    size: int
    root: str
    left: int


class Left(NamedTuple):
    """The entry at a position, the last one, says that the ledger goes on under an engine."""

    position: int
    engine: str


def losses(connection: Connection) -> list[Restored | Left]:
    """The losses that were accepted, and that it moved. What is wrong with them, others find."""
    return [*_restored(connection), *_left(connection)]


def _left(connection: Connection) -> list[Left]:
    query = f"{_ENTRY} ORDER BY position DESC LIMIT 1"
    with suppress(Unreadable, TypeError):
        row = connection.execute(query).fetchone()
        event = decode(*row).event if row else None
        if isinstance(event, LedgerMoved):
            return [Left(row[0], event.engine)]
    return []


def _restored(connection: Connection) -> list[Restored]:
    found = []
    for row in connection.execute(_QUERY, (LedgerRestored.topic,)).fetchall():
        with suppress(Unreadable, TypeError):
            event = decode(*row).event
            if isinstance(event, LedgerRestored):
                found.append(Restored(row[0], event.size, event.root, event.left))
    return found


def explanation(voucher: Voucher, said: Sequence[Restored | Left]) -> str:
    """What that has to do with a voucher that does not fit; empty where it has nothing."""
    return "".join(map(partial(_explained, voucher), said))


def _explained(voucher: Voucher, said: Restored | Left) -> str:
    if isinstance(said, Left):
        if voucher.size <= said.position:
            return ""
        return (
            f". Entry {said.position}, ledger.moved, says that the ledger goes on under"
            f" {harmless(said.engine)}: verify it there"
        )
    if not said.left < voucher.size <= said.size:
        return ""
    return (
        f". Entry {said.position}, ledger.restored, says that a backup with {said.left} of"
        f" {said.size} entries was put back: {_tree(voucher, said)}"
    )


def _tree(voucher: Voucher, loss: Restored) -> str:
    if voucher.size < loss.size:
        return "this may be of what was lost then"
    if voucher.root.hex() == loss.root:
        return "this is the tree that was lost then"
    return f"it names another tree of {loss.size} than this, and does not explain it"
