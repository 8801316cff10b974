"""Where views are kept: a file beside the ledger, a schema on its server, or memory.

A store gives connections, empties the tables, and keeps two writers apart. Nothing of the driver of
PostgreSQL is imported but for a ledger on a server.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect
from sqlalchemy.exc import DatabaseError

from footprint.engine.connection import Connection as Asked
from footprint.engine.connection import ServerError
from footprint.engine.place import Place, Server
from footprint.projections.tables import metadata

READING = "footprint_reading"
"""The option of a connection that only reads."""
PATIENCE_SECONDS = 5
"""How long to wait for whoever catches up or rebuilds; reading in memory is the way round it."""


class Ahead(Exception):  # noqa: N818 - what they are
    """The views are of a later moment than the one in which the ledger is read."""

    def __init__(self) -> None:
        super().__init__("the views are ahead of the moment that is read")


Failed = (DatabaseError, ServerError, Ahead)
"""What goes wrong where views are kept."""


class Store:
    """A file of SQLite, or memory.

    Args:
        path: the file; None for memory.
    """

    insert = "INSERT INTO thread (ref, state, rests_from) VALUES (?, ?, ?)"

    def __init__(self, path: Path | None) -> None:
        self.engine = _file_engine(path)

    def lock(self, connection: Connection) -> None:
        """Keep other writers away until the transaction ends; a file does that as it begins."""

    def is_made(self, connection: Connection) -> bool:
        """Whether the tables are there."""
        return metadata.tables.keys() <= set(inspect(connection).get_table_names())

    def empty(self, connection: Connection) -> None:
        """Leave nothing in the tables, which are made anew: they may be of an older version."""
        metadata.drop_all(connection)
        metadata.create_all(connection)


class ServerStore(Store):
    """The schema of a server's views, whose tables its owner has made.

    What goes wrong there is a `ServerError`.
    """

    insert = "INSERT INTO thread (ref, state, rests_from) VALUES (%s, %s, %s)"

    def __init__(self, server: Server) -> None:
        self.schema = f"{server.schema}_views"
        self.engine = _server_engine(server, self.schema)

    def lock(self, connection: Connection) -> None:
        query = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
        connection.exec_driver_sql(query, (f"footprint/{self.schema}",))

    def is_made(self, connection: Connection) -> bool:  # noqa: ARG002 - of the same form
        return True

    def empty(self, connection: Connection) -> None:
        for table in metadata.tables.values():
            connection.execute(table.delete())


def store_at(place: Place | None) -> Store:
    """What keeps views there; in memory where that is nowhere."""
    return ServerStore(place) if isinstance(place, Server) else Store(place)


def _file_engine(path: Path | None) -> Engine:
    if path:
        with suppress(OSError):
            path.touch(mode=0o600)  # the facts of threads are for whoever may read the ledger
    url = URL.create("sqlite", database=str(path) if path else None)
    engine = create_engine(url, connect_args={"timeout": PATIENCE_SECONDS})

    # The driver would begin late and read before it locks; we begin, and take the lock first.
    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA page_size = 16384")  # rows are long, and written in order
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")  # what is lost is folded again

    @event.listens_for(engine, "begin")
    def _began(connection: Connection) -> None:
        reading = connection.get_execution_options().get(READING)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _server_engine(server: Server, schema: str) -> Engine:
    from footprint.engine.postgres import ServerConnection, said  # noqa: PLC0415 - a file needs none

    def connected() -> Any:
        connection = ServerConnection(server)
        connection.execute(
            "SELECT set_config('search_path', ?, false), set_config('lock_timeout', ?, false)",
            (f'pg_catalog, "{schema}", pg_temp', f"{PATIENCE_SECONDS}s"),
        )
        return connection.driver

    engine = create_engine("postgresql+psycopg://", creator=connected, use_native_hstore=False)

    @event.listens_for(engine, "begin")
    def _began(connection: Connection) -> None:
        reading = connection.get_execution_options().get(READING)
        # What is read in several questions is of one moment, as it is in a file.
        connection.exec_driver_sql(
            "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY" if reading else "BEGIN"
        )

    @event.listens_for(engine, "handle_error", retval=True)
    def _wrong(context: Any) -> ServerError:
        return said(context.original_exception)

    return engine


def may_keep(connection: Asked, server: Server) -> bool:
    """Whether a login may keep views on its server: who may not has none to trust either.

    Args:
        connection: to the ledger there.
        server: where that is.
    """
    query = (
        "SELECT NOT pg_is_in_recovery() AND has_schema_privilege(relnamespace, 'USAGE')"
        " AND has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'INSERT')"
        " AND has_table_privilege(oid, 'DELETE')"
        " FROM pg_class WHERE relnamespace = to_regnamespace(?) AND relname = 'thread'"
    )
    found = connection.execute(query, (f'"{server.schema}_views"',)).fetchone()
    return bool(found and found[0])
