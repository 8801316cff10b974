"""A ledger that goes on elsewhere: its last entry says so, and nothing is recorded behind it.

`ledger.moved` goes along, and is the last entry in the new place too until the next one. Which of
the two is left, its engine tells; between two files, the address among its words. A server has many
names, so that an address alone would not do.
"""

from __future__ import annotations

from contextlib import suppress

from footprint.domain.events import LedgerMoved
from footprint.engine.connection import Connection
from footprint.engine.place import Place, Server, located
from footprint.errors import Refused
from footprint.ledger.store import queries
from footprint.ledger.store.codec import read_facts
from footprint.ledger.store.vault import Locked, Vault

TO = "to"
"""The text that names the new place: an address may tell too much to stand in the clear."""


def engine_of(place: Place) -> str:
    """What a `ledger.moved` calls the engine that keeps a place."""
    return "postgresql" if isinstance(place, Server) else "sqlite"


def departed_to(connection: Connection, place: Place, vault: Vault) -> str | None:
    """Where the ledger that was at a place goes on, as far as it can be read; None: here."""
    row = queries.last_row(connection)
    if row is None or row[3] != LedgerMoved.topic:
        return None
    engine, to = read_facts(row[4])["engine"], _named(vault, row[1], row[0])
    if engine == engine_of(place) and (isinstance(place, Server) or to in {None, located(place)}):
        return None
    return to or f"{engine}, at an address that is among its words"


def must_be_here(connection: Connection, place: Place, vault: Vault) -> None:
    """Raise `Refused` where the ledger goes on elsewhere, saying where."""
    if to := departed_to(connection, place, vault):
        raise Refused(
            f"This ledger has moved: it goes on at {to}.",
            "Nothing is recorded here any more. Name the new place with --ledger.",
        )


def _named(vault: Vault, stream: str, position: int) -> str | None:
    with suppress(Locked):
        return vault.words(stream).get(position, {}).get(TO)
    return None
