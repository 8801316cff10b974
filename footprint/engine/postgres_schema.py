"""The published schema of a ledger on PostgreSQL, and the roles of those who work with it."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from footprint.engine.postgres import ServerConnection

ROLES = ("recorder", "manager", "auditor", "signer", "keeper")
"""What a login may be given, each named after the schema: `footprint_recorder`."""


def statements(schema: str) -> str:
    """The script that makes a ledger of this name: tables, guards, views, grants."""
    text = files("footprint.engine").joinpath("postgres_schema.sql").read_text("utf-8")
    return text.replace("{schema}", schema)


def create_schema(connection: ServerConnection) -> None:
    """Make the ledger's schema, and those of its roles that are not there.

    Raises:
        ServerError: the login may not, or the schema is there.
    """
    from footprint.engine.postgres import run_script  # noqa: PLC0415 - the driver comes with it

    schema = connection.server.schema
    for role in ROLES:
        name = f"{schema}_{role}"
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = ?", (name,)).fetchone():
            run_script(connection, f'CREATE ROLE "{name}" NOLOGIN')
    run_script(connection, statements(schema))
