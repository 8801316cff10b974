"""What a server is asked about itself and a login: who may do what, and what it may give away."""

from __future__ import annotations

from typing import NamedTuple

from footprint.engine.connection import Connection


class MayWrite(NamedTuple):
    """What the login of a connection to a server may do."""

    record: bool
    sign: bool
    login: str


def may_write(connection: Connection) -> MayWrite:
    """What this login may do on a server."""
    return MayWrite(
        *connection.execute(
            "SELECT has_column_privilege('event', 'state', 'INSERT'),"
            " has_table_privilege('head', 'UPDATE'), session_user::text"
        ).fetchone()
    )


def unsafe_settings(connection: Connection) -> list[str]:
    """The settings of a server by which it may lose what it acknowledged."""
    rows = connection.execute(
        "SELECT name FROM pg_settings WHERE name IN ('fsync', 'full_page_writes')"
        " AND setting = 'off' ORDER BY name"
    )
    return [name for (name,) in rows]


def logs_words(connection: Connection) -> bool:
    """Whether a server writes the values of statements into its log: words are among them."""
    (logged,) = connection.execute(
        "SELECT current_setting('log_parameter_max_length') <> '0' AND ("
        " current_setting('log_statement') IN ('mod', 'all')"
        " OR current_setting('log_min_duration_statement') <> '-1'"
        " OR current_setting('log_min_duration_sample') <> '-1')"
    ).fetchone()
    return bool(logged)


def owns(connection: Connection) -> bool:
    """Whether the login of a connection to a server owns the ledger there."""
    (own,) = connection.execute(
        "SELECT bool_or(pg_has_role(session_user, nspowner, 'MEMBER')) FROM pg_namespace"
        " WHERE oid = (SELECT relnamespace FROM pg_class WHERE oid = to_regclass('vault'))"
    ).fetchone()
    return bool(own)
