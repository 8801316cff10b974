"""The published schema of a ledger on PostgreSQL, and the roles of those who work with it."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from footprint.engine.connection import ServerError
from footprint.errors import Refused

if TYPE_CHECKING:
    from footprint.engine.postgres import ServerConnection

ROLES = ("recorder", "manager", "auditor", "signer", "keeper")
"""What a login may be given, each named after the schema: `footprint_recorder`."""


_MAY_NOT = "42501"


def statements(schema: str) -> str:
    """The script that makes a ledger of this name: tables, guards, views, grants."""
    text = files("footprint.engine").joinpath("postgres_schema.sql").read_text("utf-8")
    return text.replace("{schema}", schema)


def create_schema(connection: ServerConnection) -> None:
    """Make the ledger's schema, and those of its roles that are not there.

    Raises:
        Refused: the login may not.
        ServerError: the schema is there.
    """
    create_tables(connection)
    guard_tables(connection)


def create_tables(connection: ServerConnection) -> None:
    """Make the schema and its tables, which nothing guards yet and nobody else may read.

    Where a ledger is filled before it is anybody's, the rest comes last: rows that are there
    already need no guard.

    Raises:
        Refused: the login may not.
        ServerError: the schema is there.
    """
    try:
        _create_tables(connection)
    except ServerError as error:
        if error.state != _MAY_NOT:
            raise
        raise Refused(
            f"This login may not make a ledger at {connection.server}: {error}.",
            "Whoever runs the server gives it the right: ALTER ROLE LOGIN CREATEROLE; GRANT CREATE"
            " ON DATABASE NAME TO LOGIN. No other login needs it.",
        ) from error


def _create_tables(connection: ServerConnection) -> None:
    from footprint.engine.postgres import run_script  # noqa: PLC0415 - the driver comes with it

    schema = connection.server.schema
    for role in ROLES:
        name = f"{schema}_{role}"
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = ?", (name,)).fetchone():
            run_script(connection, f'CREATE ROLE "{name}" NOLOGIN')
    run_script(connection, _halves(schema)[0])


def guard_tables(connection: ServerConnection) -> None:
    """Make the guards, the views' schema and the grants, in the same transaction."""
    from footprint.engine.postgres import run_script  # noqa: PLC0415 - the driver comes with it

    run_script(connection, _halves(connection.server.schema)[1])


def _halves(schema: str) -> tuple[str, str]:
    tables, marker, guards = statements(schema).partition("\n-- The guards.")
    return tables, marker + guards
