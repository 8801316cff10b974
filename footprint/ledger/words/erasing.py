"""Bytes that have to be gone: out of the database's file and out of its write-ahead log.

Deleting a row is not enough. `secure_delete` overwrites what is deleted, but not what a log still
holds, nor what was freed before by a program that did not ask for it. So the file is written anew
(VACUUM), the log is emptied, and both are then searched.

On a server the tables of the vault are written anew (VACUUM FULL), and the server says whether a
deleted row had to be carried along. Its files cannot be searched from here, and are not. What its
write-ahead log and its archives keep, and for how long, is in docs/operations.md.

Whoever deletes something puts a marker beside the signer first, and takes it away when the bytes
are gone: after a crash between the two, `redact --finish` goes on from it. It is in the home of
whoever deletes; on a server, where most have no key, its folder is made for it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, cast

from footprint.durable import write_durably
from footprint.engine.connection import Connection, ServerError
from footprint.engine.place import Place, Server
from footprint.engine.sqlite import BUSY_SECONDS, files_of
from footprint.errors import FootprintError

if TYPE_CHECKING:
    from footprint.engine.postgres import ServerConnection

_MARKER = "erasing"
_PATIENCE_SECONDS = 5
"""How long to wait for whoever reads the log; they may go on reading for hours."""
_BLOCK = 1 << 20
_PIECE = 24
_STRIDE = 1024
"""A remnant of a row fills pages of some 4,000 bytes, so that it holds at least one such piece."""


class NotYetGone(FootprintError):  # noqa: N818 - the words that people read
    """It was recorded, and deleted bytes may still be in the files."""

    def __init__(self, why: str, then: str = "When that is over") -> None:
        super().__init__(
            f"It is recorded, and the bytes are not yet gone from the files: {why}.",
            f"Nothing has to be recorded again. {then}: footprint redact --finish.",
        )


# --- the marker -----------------------------------------------------------------------------


def mark(folder: Path) -> None:
    """Say, before anything is deleted, that bytes will have to be erased.

    Args:
        folder: that of the ledger's signer.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    # A number of its own: whoever erases takes away the marker that stood before it began.
    write_durably(folder / _MARKER, token_hex(16).encode())


def is_marked(folder: Path) -> bool:
    """Whether deleted bytes may still be in the files."""
    return (folder / _MARKER).exists()


def _marker(folder: Path) -> bytes:
    with suppress(FileNotFoundError):
        return (folder / _MARKER).read_bytes()
    return b""


# --- what would give it away ----------------------------------------------------------------


def pieces(stored: bytes) -> set[bytes]:
    """Parts of a stored value, one of which is in every larger remnant of it."""
    last = max(len(stored) - _PIECE, 0)
    return {stored[at : at + _PIECE] for at in {*range(0, last, _STRIDE), last}}


# --- erasing --------------------------------------------------------------------------------


def erase(
    connection: Connection, place: Place, folder: Path, traces: Collection[bytes] = ()
) -> None:
    """Make sure that what was deleted is in none of the files; then take the marker away.

    Args:
        connection: the only one of this process, outside a transaction.
        place: the database.
        folder: that of its signer.
        traces: bytes that must not be found in a file; those that rows still hold are not looked
            for.

    Raises:
        NotYetGone: somebody else holds them, a trace was found, or this login may not.
    """
    marked = _marker(folder)
    if isinstance(place, Server):
        _write_tables_anew(cast("ServerConnection", connection))
    else:
        _write_file_anew(connection)
        if found := _found(place, _ours_alone(connection, traces)):
            raise NotYetGone(f"some of them were found in {found.name}")
    if _marker(folder) == marked:
        (folder / _MARKER).unlink(missing_ok=True)


# --- on a server ----------------------------------------------------------------------------

_TABLES = ("vault", "vault_child")
_OTHERS = """SELECT coalesce(string_agg(DISTINCT usename, ', ' ORDER BY usename), 'somebody')
    FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE locktype = 'virtualxid' AND granted AND datname = current_database()
        AND pid <> pg_backend_pid()"""
"""Who is in the middle of a transaction."""


def _write_tables_anew(connection: ServerConnection) -> None:
    for table in _TABLES:
        try:
            carried = connection.write_anew(table, _PATIENCE_SECONDS)
        except ServerError as error:
            if error.state != _HELD:
                raise NotYetGone(f"{error}") from error
            raise NotYetGone(f"{_others(connection)} reads or writes the vault") from error
        if carried is None:
            raise NotYetGone(
                "this login may not write the tables of the vault anew",
                "A keeper may on PostgreSQL 17 and newer; else, on this machine, under the login of"
                " the ledger's owner",
            )
        if carried:
            raise NotYetGone(f"{_others(connection)} is in a transaction that began before it")


_HELD = "55P03"


def _others(connection: Connection) -> str:
    return str(connection.execute(_OTHERS).fetchone()[0])


# --- in a file ------------------------------------------------------------------------------


def _write_file_anew(connection: Connection) -> None:
    with _patience(connection, _PATIENCE_SECONDS):
        try:
            _empty_log(connection)
            connection.execute("VACUUM")
            _empty_log(connection)
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) and "busy" not in str(error):
                raise NotYetGone(f"{error}") from error
            raise NotYetGone("another process is writing") from error


def _empty_log(connection: Connection) -> None:
    busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise NotYetGone("another process is reading them")


@contextmanager
def _patience(connection: Connection, seconds: int) -> Iterator[None]:
    connection.execute(f"PRAGMA busy_timeout = {seconds * 1000}")
    try:
        yield
    finally:
        connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")


def _ours_alone(connection: Connection, traces: Collection[bytes]) -> list[bytes]:
    """Traces that no row has: a case number may well be another thread's, too."""
    held = "SELECT 1 FROM vault WHERE instr(words, :trace) OR instr(salt, :trace)"
    return [t for t in traces if not connection.execute(held, {"trace": t}).fetchone()]


def _found(path: Path, traces: Collection[bytes]) -> Path | None:
    """The first of the database's files in which one of the traces is."""
    longest = max(map(len, traces), default=0)
    for file in files_of(path):
        if any(trace in block for block in _blocks(file, longest) for trace in traces):
            return file
    return None


def _blocks(file: Path, overlap: int) -> Iterator[bytes]:
    """What is in a file, in blocks that overlap by so much."""
    kept = b""
    with file.open("rb") as stream:
        while block := stream.read(_BLOCK):
            yield (whole := kept + block)
            kept = whole[-overlap:] if overlap else b""
