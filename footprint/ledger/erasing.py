"""Bytes that have to be gone: out of the database's file and out of its write-ahead log.

Deleting a row is not enough. `secure_delete` overwrites what is deleted, but not what a log still
holds, nor what was freed before by a program that did not ask for it. So the file is written anew
(VACUUM), the log is emptied, and both are then searched.

Whoever deletes something puts a marker beside the signer first, and takes it away when the bytes
are gone: after a crash between the two, `redact --finish` goes on from it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex

from footprint.durable import write_durably
from footprint.engine.connection import Connection
from footprint.engine.sqlite import BUSY_SECONDS, files_of
from footprint.errors import FootprintError

_MARKER = "erasing"
_PATIENCE_SECONDS = 5
"""How long to wait for whoever reads the log; they may go on reading for hours."""
_BLOCK = 1 << 20
_PIECE = 24
_STRIDE = 1024
"""A remnant of a row fills pages of some 4,000 bytes, so that it holds at least one such piece."""


class NotYetGone(FootprintError):  # noqa: N818 - the words that people read
    """It was recorded, and deleted bytes may still be in the files."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"It is recorded, and the bytes are not yet gone from the files: {why}.",
            "Nothing has to be recorded again. When that is over: footprint redact --finish.",
        )


# --- the marker -----------------------------------------------------------------------------


def mark(folder: Path) -> None:
    """Say, before anything is deleted, that bytes will have to be erased.

    Args:
        folder: that of the ledger's signer.
    """
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


def erase(connection: Connection, path: Path, folder: Path, traces: Collection[bytes] = ()) -> None:
    """Make sure that what was deleted is in none of the files; then take the marker away.

    Args:
        connection: the only one of this process, outside a transaction.
        path: the database.
        folder: that of its signer.
        traces: bytes that must not be found; those that rows still hold are not looked for.

    Raises:
        NotYetGone: another process holds the files, or a trace was found.
    """
    marked = _marker(folder)
    with _patience(connection, _PATIENCE_SECONDS):
        try:
            _empty_log(connection)
            connection.execute("VACUUM")
            _empty_log(connection)
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) and "busy" not in str(error):
                raise NotYetGone(f"{error}") from error
            raise NotYetGone("another process is writing") from error
    if found := _found(path, _ours_alone(connection, traces)):
        raise NotYetGone(f"some of them were found in {found.name}")
    if _marker(folder) == marked:
        (folder / _MARKER).unlink(missing_ok=True)


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
