"""Faults of the machine, in the words of whoever has to put them right."""

from __future__ import annotations

import os
import sqlite3

from eventsourcing.persistence import PersistenceError

from footprint.engine.connection import ServerError
from footprint.errors import FootprintError, Refused

_SQLITE = {
    "database is locked": (
        "Another process holds the ledger, and did not let go of it for 30 seconds.",
        "Nothing was recorded. Try again; if it lasts, close what else has the file open.",
    ),
    "database or disk is full": (
        "The disk is full.",
        "Nothing was recorded. Make room, and try again.",
    ),
    "readonly database": (
        "The ledger, or the folder it is in, cannot be written.",
        "Nothing was recorded. Ask whoever owns the file for the right to write.",
    ),
    "unable to open database file": (
        "The ledger's file, or the folder it is in, cannot be opened.",
        "Look at the path and at who may read and write there; status shows the path in use.",
    ),
    "not a database": (
        "That file is not a ledger.",
        "Name the right file with --ledger.",
    ),
    "malformed": (
        "The ledger's file is damaged.",
        "Nothing was recorded. Find out where: footprint verify; then put a backup back.",
    ),
    "disk i/o error": (
        "The disk did not do what it was told.",
        "Nothing was recorded. Look at the disk, then: footprint verify.",
    ),
}


_SERVER = {
    "42501": (
        "This login may not do that",
        "Nothing was recorded. Its owner says who may, by a role: docs/operations.md.",
    ),
    "FP002": (
        "The server refused it",
        "Nothing was recorded. Record it under the login that may.",
    ),
    "FP001": (
        "The server refused it",
        "Nothing was recorded. Find out more: footprint verify.",
    ),
    "FP003": (
        "This ledger has moved",
        "Nothing was recorded. Where it goes on: footprint status.",
    ),
    "55P03": (
        "Somebody else was recording, and did not end for 30 seconds",
        "Nothing was recorded. Try again.",
    ),
    "08004": (
        "The server does not let this login in",
        "Look at login and database in --ledger, and at the password (PGPASSWORD, ~/.pgpass).",
    ),
    "42883": (
        "The ledger was made by another version of footprint",
        "Nothing was recorded. Move it to a file with that version, and from there to a new one.",
    ),
    "53": (
        "The server has no room left, or no connection",
        "Nothing was recorded. Tell whoever runs it.",
    ),
    "25006": (
        "This server only reads: it is a standby, or it was set so",
        "Nothing was recorded. Name the one that takes entries.",
    ),
}
"""What is said of an error of the server, by how its SQLSTATE begins."""


def _of_server(error: ServerError) -> tuple[str, str]:
    for state, (what, next_step) in _SERVER.items():
        if error.state.startswith(state):
            return f"{what}: {error}.", next_step
    if error.lost or not error.state:
        return (
            f"The server cannot be reached, or went away: {error}.",
            "Nothing was recorded. Look whether it runs, and at the address in --ledger.",
        )
    return (
        f"The server did not do it: {error}.",
        "Nothing was recorded. Find out more: footprint verify.",
    )


class WasRecorded(FootprintError):  # noqa: N818 - the words that people read
    """It was recorded, and saying so failed: it must not be entered twice."""

    def __init__(self, *refs: str, see: str | None = None) -> None:
        super().__init__(
            f"It was recorded in {' and '.join(refs)}, but its receipt could not be printed.",
            f"Do not enter it again; see: footprint {see or f'show {refs[0]}'}.",
        )


def explained(error: Exception) -> FootprintError:
    """The refusal that a fault of the machine comes to.

    Raises:
        Exception: the error itself, where FOOTPRINT_DEBUG is set.
    """
    if os.environ.get("FOOTPRINT_DEBUG"):
        raise error
    error = getattr(error, "orig", None) or error  # what SQLAlchemy wraps
    message = str(error)
    if isinstance(error, sqlite3.Error | PersistenceError):
        for said, (what, next_step) in _SQLITE.items():
            if said in message.lower():
                return Refused(what, next_step)
        return Refused(
            f"The ledger could not be read or written: {message}.",
            "Nothing was recorded. Find out more: footprint verify.",
        )
    if isinstance(error, ServerError):
        what, next_step = _of_server(error)
        return Refused(what, next_step)
    if isinstance(error, OSError):
        where = f" ({error.filename})" if error.filename else ""
        return Refused(
            f"{error.strerror or message}{where}.",
            "Mend that, and try again.",
        )
    return Refused(
        f"Something that footprint did not expect: {type(error).__name__}: {message}.",
        "Look whether it was recorded: footprint replay; whether the ledger is whole: footprint"
        " verify. With FOOTPRINT_DEBUG=1 the same command says where it happened.",
    )
