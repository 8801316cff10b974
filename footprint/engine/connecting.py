"""Connect to a ledger, wherever it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footprint.engine import sqlite
from footprint.engine.connection import Connection
from footprint.engine.place import Place, Server
from footprint.errors import Misused

if TYPE_CHECKING:
    from footprint.engine.postgres import ServerConnection


def connect(place: Place) -> Connection:
    """A connection to append with.

    Raises:
        sqlite3.Error, ServerError: it cannot be had.
        Misused: the driver for a server is not installed.
    """
    return _server(place) if isinstance(place, Server) else sqlite.connect(place)


def connect_readonly(place: Place, patience: float = sqlite.BUSY_SECONDS) -> Connection:
    """A connection that cannot write. Raises as `connect` does.

    Args:
        place: where the ledger is.
        patience: how many seconds to wait for whoever has a file locked, and for a server to take
            us in; for that no more than `postgres.CONNECT_SECONDS`, and no less than the 2 that
            libpq has as its least.
    """
    if isinstance(place, Server):
        return _server(place, readonly=True, patience=patience)
    return sqlite.connect_readonly(place, patience)


def _server(
    server: Server, *, readonly: bool = False, patience: float = sqlite.BUSY_SECONDS
) -> ServerConnection:
    try:
        from footprint.engine.postgres import ServerConnection  # noqa: PLC0415 - a file needs none
    except ImportError as error:
        raise Misused(
            f"The driver for PostgreSQL is not installed ({error}).",
            "Install it: pip install 'psycopg[binary]'.",
        ) from error
    return ServerConnection(server, readonly=readonly, patience=patience)
