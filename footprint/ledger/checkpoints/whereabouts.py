"""Whether a ledger that was somewhere else has left something there that could take entries."""

from __future__ import annotations

import os
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import quote

from footprint.engine.connecting import connect_readonly
from footprint.engine.connection import Connection, ServerError
from footprint.engine.place import Place, Server, located, place_of
from footprint.errors import Refused
from footprint.ledger.signing.home import Signed

_INSTANCE = """SELECT pg_postmaster_start_time(), oid,
    (SELECT oid FROM pg_namespace WHERE nspname = ?) FROM pg_database
    WHERE datname = current_database()"""
"""One schema of one database of a server that is running, by whatever name it was reached."""


def must_be_alone(place: Place, last: Signed | None) -> None:
    """Raise `Refused` where the ledger was somewhere else, and there is still something there.

    What cannot be reached, or lets this login in no more, is taken to be gone, as whoever moved the
    ledger says.
    """
    if last is None or last.ledger == located(place):
        return
    there = place_of(last.ledger)
    if _is_one(there, place):
        return
    if isinstance(there, Path) and there.exists():
        raise _refused(f"There is still a file at {there}, where this ledger was.")
    if isinstance(there, Server) and _instance(_as_here(there, place)):
        raise _refused(f"There is still a ledger at {there}, where this one was.")


def _refused(still: str) -> Refused:
    return Refused(
        still,
        "Two copies that both take entries would contradict each other: take the old one away"
        " first.",
    )


def _is_one(there: Place, here: Place) -> bool:
    """Whether both are the same ledger, if by another way."""
    if isinstance(there, Path) or isinstance(here, Path):
        return os.path.realpath(str(there)) == located(here)
    instance = _instance(_as_here(there, here))
    return instance is not None and instance == _instance(here)


def _as_here(there: Server, here: Place) -> Server:
    """The address where it was, for the login that is used now."""
    login = here.login if isinstance(here, Server) else None
    if login is None:
        return there
    joined = "&" if "?" in there.url else "?"
    return Server(f"{there.url}{joined}user={quote(login)}", there.schema)


def _instance(server: Server) -> object:
    """What tells this ledger from a copy of it; None where there is none, as far as can be seen."""
    with suppress(ServerError), closing(connect_readonly(server)) as connection:
        return _identity(connection, server.schema)
    return None


def _identity(connection: Connection, schema: str) -> object:
    found = connection.execute(_INSTANCE, (schema,)).fetchone()
    return found if found[2] is not None else None
