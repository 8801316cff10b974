"""What the ledger itself says of entries that were lost: an explanation, never an excuse."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from footprint.audit.vouchers import Voucher
from footprint.domain.events import LedgerRestored
from footprint.engine.connection import Connection
from footprint.ledger.codec import Unreadable, decode

_QUERY = (
    "SELECT position, stream, version, topic, state FROM event"
    " WHERE stream = 'ledger' AND topic = ? ORDER BY version LIMIT 200"
)


class Restored(NamedTuple):
    """The entry at a position says that `left` of `size` entries were there when it was made."""

    position: int
    size: int
    root: str
    left: int


def losses(connection: Connection) -> list[Restored]:
    """The losses that were accepted. What is wrong with such an entry is found elsewhere."""
    found = []
    for row in connection.execute(_QUERY, (LedgerRestored.topic,)).fetchall():
        with suppress(Unreadable, TypeError):
            event = decode(*row).event
            if isinstance(event, LedgerRestored):
                found.append(Restored(row[0], event.size, event.root, event.left))
    return found


def explanation(voucher: Voucher, restored: Sequence[Restored]) -> str:
    """What a loss has to do with a voucher that does not fit; empty where it has nothing."""
    return "".join(
        f". Entry {loss.position}, ledger.restored, says that a backup with {loss.left} of"
        f" {loss.size} entries was put back: {_tree(voucher, loss)}"
        for loss in restored
        if loss.left < voucher.size <= loss.size
    )


def _tree(voucher: Voucher, loss: Restored) -> str:
    if voucher.size < loss.size:
        return "this may be of what was lost then"
    if voucher.root.hex() == loss.root:
        return "this is the tree that was lost then"
    return f"it names another tree of {loss.size} than this, and does not explain it"
