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
    """Make the ledger's schema and its roles.

    Raises:
        Refused: the login may not, or roles of these names are there.
        ServerError: the schema is there.
    """
    create_tables(connection)
    guard_tables(connection)


def create_tables(connection: ServerConnection) -> None:
    """Make the schema and its tables, which nothing guards yet and nobody else may read.

    Where a ledger is filled before it is anybody's, the rest comes last: rows that are there
    already need no guard.

    Raises:
        Refused: the login may not, or roles of these names are there.
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
    names = [f"{schema}_{role}" for role in ROLES]
    # Roles are the whole server's: whoever has them in another database would have them here.
    there = connection.execute(
        "SELECT string_agg(rolname, ', ' ORDER BY rolname) FROM pg_roles WHERE rolname = ANY(?)",
        (names,),
    ).fetchone()[0]
    if there:
        raise Refused(
            f"This server has roles of these names already, of a ledger in another database or of"
            f" one that is gone: {there}.",
            "Give the ledger another name (?schema=NAME); or, where nobody needs them any more:"
            " DROP ROLE.",
        )
    for name in names:
        run_script(connection, f'CREATE ROLE "{name}" NOLOGIN')
    run_script(connection, _halves(schema)[0])


def guard_tables(connection: ServerConnection) -> None:
    """Make the guards, the views' schema and the grants, in the same transaction."""
    from footprint.engine.postgres import run_script  # noqa: PLC0415 - the driver comes with it

    run_script(connection, _halves(connection.server.schema)[1])


def _halves(schema: str) -> tuple[str, str]:
    tables, marker, guards = statements(schema).partition("\n-- The guards.")
    return tables, marker + guards
