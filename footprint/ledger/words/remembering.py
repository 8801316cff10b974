"""What the signer's folder remembers of redactions, outside the database.

A backup that is put back brings words back, and may take the redaction with it. What is remembered
is where they were and the leaves of their entries: no word and no case number.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import orjson

from footprint.domain.redactions import is_whole
from footprint.durable import write_durably
from footprint.engine.connection import Connection
from footprint.ledger.store import queries
from footprint.ledger.store.codec import decode

_FILE = "redacted"


@dataclass(frozen=True, kw_only=True)
class Remembered:
    """One redaction: `positions` and `leaves` (hex) of its entries, in the order of positions."""

    stream: str
    basis: str
    whole: bool
    positions: tuple[int, ...]
    leaves: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(self.positions) != len(self.leaves) or type(self.stream) is not str:
            raise ValueError("this is not what is remembered of a redaction")


def in_ledger(connection: Connection) -> list[Remembered]:
    """All redactions that are recorded."""
    return [_of(connection, row) for row in queries.redactions(connection)]


def _of(connection: Connection, row: queries.Row) -> Remembered:
    event: Any = decode(*row).event
    return Remembered(
        stream=row[1],
        basis=event.basis,
        whole=is_whole(event),
        positions=event.positions,
        leaves=tuple(queries.leaf_at(connection, at).hex() for at in event.positions),
    )


def remembered(folder: Path) -> list[Remembered]:
    """What is remembered here; nothing where nothing can be read.

    Args:
        folder: that of the ledger's signer.
    """
    with suppress(OSError, ValueError, TypeError, KeyError):
        found = orjson.loads((folder / _FILE).read_bytes())
        return [Remembered(**{n: _tupled(v) for n, v in one.items()}) for one in found]
    return []


def _tupled(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def remember(folder: Path, redactions: Iterable[Remembered]) -> None:
    """Remember these beside what is remembered already."""
    all_of_them = dict.fromkeys([*remembered(folder), *redactions])
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)  # on a server, most have no key
    write_durably(folder / _FILE, orjson.dumps([asdict(one) for one in all_of_them]))


def lost(connection: Connection, folder: Path) -> list[Remembered]:
    """What was redacted, and no longer is by what is recorded, though its words are here.

    A backup was put back. Each with the positions that are left of it: where the leaf is another
    one, it is another entry.
    """
    recorded = {(one.stream, at) for one in in_ledger(connection) for at in one.positions}
    found = []
    for one in remembered(folder):
        left = {
            at: leaf
            for at, leaf in zip(one.positions, one.leaves, strict=True)
            if (one.stream, at) not in recorded
            and queries.leaf_at(connection, at).hex() == leaf
            and queries.vault_row(connection, at)
        }
        if left:
            found.append(replace(one, positions=tuple(left), leaves=tuple(left.values())))
    return found
