"""Ledgers of tests that are on a server: made in a schema, looked at, attacked, backed up.

A test's folder stands for its ledger on either engine. Where a file `schema` in it names one, it is
on the server; its signer, its vault's keys and its markers are in the folder all the same.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from psycopg import sql
from servers import OWNER, address, grant, new_schema, running, superuser

from footprint.engine.place import Server
from footprint.engine.postgres import ServerConnection
from footprint.engine.postgres_schema import ROLES, create_schema
from footprint.engine.sqlite_schema import STATEMENTS

TABLES = ("event", "subtree", "head", "checkpoint", "vault", "vault_child")
_NAMED = "schema"


@contextmanager
def on_server(folder: Path) -> Iterator[str]:
    """The ledger of this folder is on the server, in a schema that is removed at the end."""
    with new_schema() as schema:
        (folder / _NAMED).write_text(schema)
        yield schema


def schema_of(folder: Path) -> str | None:
    """The schema of the folder's ledger; None where it is in a file."""
    named = folder / _NAMED
    return named.read_text() if named.exists() else None


def address_in(folder: Path, login: str = OWNER, *roles: str) -> Server:
    """Where the folder's ledger is, for a login, which is given roles of it."""
    schema = schema_of(folder)
    assert schema
    if roles:
        grant(schema, login, roles)
    return address(schema, login)


def address_of_all(folder: Path, login: str) -> Server:
    """The same for a login that has every role."""
    return address_in(folder, login, *ROLES)


def create_tables(folder: Path) -> None:
    """The ledger's tables, with nothing in them."""
    with closing(ServerConnection(address_in(folder))) as owner, owner.driver.transaction():
        create_schema(owner)


def drop_guard(schema: str, *guards: str) -> None:
    """Take guards away, for what no ledger would record: another time, or what is no entry."""
    found = f"{_GUARDS} AND tgname = ANY(%s)"
    with superuser() as connection:
        for table, guard in connection.execute(found, (schema, [*guards])).fetchall():
            connection.execute(f"DROP TRIGGER {guard} ON {table}")


_GUARDS = """SELECT tgrelid::regclass::text, quote_ident(tgname) FROM pg_trigger JOIN pg_class
    ON pg_class.oid = tgrelid WHERE relnamespace = %s::regnamespace AND NOT tgisinternal"""


@contextmanager
def unguarded(folder: Path) -> Iterator[ServerConnection]:
    """A connection by somebody who may do everything, while no trigger holds."""
    schema = schema_of(folder)
    assert schema
    joined = "&" if "?" in running() else "?"
    with (
        _without_triggers(schema),
        closing(ServerConnection(Server(f"{running()}{joined}", schema))) as connection,
    ):
        yield connection


@contextmanager
def _without_triggers(schema: str) -> Iterator[None]:
    with superuser() as connection:
        guards = connection.execute(_GUARDS, (schema,)).fetchall()
        _alter(connection, guards, "DISABLE")
    try:
        yield
    finally:
        with superuser() as connection:
            _alter(connection, guards, "ENABLE ALWAYS")


def _alter(connection: psycopg.Connection[object], guards: list[tuple[str, str]], how: str) -> None:
    each = (f"ALTER TABLE {table} {how} TRIGGER {guard}" for table, guard in guards)
    connection.execute(sql.SQL("; ".join(each)))  # type: ignore[arg-type] # names of our own


@contextmanager
def as_file(folder: Path) -> Iterator[Path]:
    """What is stored on the server, as a file of the published schema."""
    schema = schema_of(folder)
    assert schema
    with TemporaryDirectory() as temporary:
        path = Path(temporary) / "ledger.db"
        with closing(sqlite3.connect(path)) as file, superuser() as connection, file:
            for statement in STATEMENTS:
                file.execute(statement)
            for table in TABLES:
                named = sql.Identifier(schema, table)
                rows = connection.execute(sql.SQL("SELECT * FROM {} ORDER BY 1").format(named))
                for row in rows:
                    file.execute(f"INSERT INTO {table} VALUES ({','.join('?' * len(row))})", row)
        yield path


def eraser(login: str) -> str:
    """Who erases what this keeper deleted: itself, or before PostgreSQL 17 the owner."""
    with superuser() as connection:
        return login if connection.info.server_version >= 170_000 else OWNER


def in_data_files() -> bytes:
    """All that is in the files of the server's database, its catalogues too; not in its log."""
    files = """SELECT pg_read_binary_file(format('base/%s/%s', oid, name), 0, 100000000, true)
        FROM pg_database, pg_ls_dir('base/' || oid) AS name WHERE datname = current_database()"""
    with superuser() as connection:
        connection.execute("CHECKPOINT")
        return b"".join(data or b"" for (data,) in connection.execute(files, binary=True))


# --- backups ----------------------------------------------------------------------------------


def dump(folder: Path, backup: Path) -> None:
    """A backup of the ledger's tables, a file each."""
    backup.mkdir(exist_ok=True)
    with superuser() as connection:
        for table in TABLES:
            named = sql.Identifier(schema_of(folder) or "", table)
            copied = sql.SQL("COPY {} TO STDOUT (FORMAT binary)").format(named)
            with connection.cursor().copy(copied) as rows:
                (backup / table).write_bytes(b"".join(bytes(part) for part in rows))


def restore(folder: Path, backup: Path) -> None:
    """The ledger's tables as they were."""
    with unguarded(folder) as connection:
        connection.execute(f"TRUNCATE {', '.join(TABLES)}")
        for table in TABLES:
            with connection.driver.cursor().copy(f"COPY {table} FROM STDIN (FORMAT binary)") as to:
                to.write((backup / table).read_bytes())
