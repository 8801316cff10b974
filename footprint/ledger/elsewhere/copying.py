"""The audit copy: a ledger without its vault, for whoever is to count and verify, and not to read.

The vault is not read, let alone copied: new tables are filled with what stands in the clear. Rows
that a file had and lost may still be in its free pages; this one never had them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from footprint.durable import making
from footprint.engine.connection import Connection
from footprint.engine.place import Server
from footprint.engine.sqlite import connect_new, uri_of
from footprint.engine.sqlite_schema import WITHOUT_VAULT, tables_and_guards
from footprint.ledger.elsewhere.giving import signed_tree
from footprint.ledger.ledger import Ledger
from footprint.ledger.store.rows import copy_rows
from footprint.proof.checkpoint import Checkpoint, parse_checkpoint
from footprint.proof.note import parse

STILL_PERSONAL = (
    "It is still pseudonymised personal data: one service, theme and date may be one child. Share"
    " it under agreement."
)
"""What whoever has an audit copy is told of it."""

_TABLES, _GUARDS = tables_and_guards(WITHOUT_VAULT)
_FILL = (
    "INSERT INTO copy.event SELECT * FROM main.event ORDER BY position",
    "INSERT INTO copy.subtree SELECT * FROM main.subtree ORDER BY level, nth",
    "INSERT INTO copy.head SELECT * FROM main.head",
    "INSERT INTO copy.checkpoint SELECT * FROM main.checkpoint ORDER BY size, note",
)
"""In the order of their keys, so that each row goes behind the last."""


def write_audit_copy(ledger: Ledger, path: Path) -> Checkpoint:
    """Make an audit copy of a ledger, or of an audit copy, as it is at one moment.

    The file is for its owner alone, and whole or not there. SQLite copies the rows, one at a time;
    from a server they are those of the newest signed tree.

    Args:
        ledger: open to read, with the published schema; others may write meanwhile.
        path: where nothing is yet.

    Returns:
        The tree that the copy is of.

    Raises:
        FileExistsError: something is there; it is as it was.
        OSError: it could not be written.
        sqlite3.Error, ServerError: it could not be written, or the ledger not be read.
        Refused: nothing was signed.
    """
    with making(path) as temporary:
        _create(temporary, _TABLES)
        fill = _filled_from_server if isinstance(ledger.place, Server) else _filled
        tree = fill(ledger, temporary)
        _create(temporary, _GUARDS)
    return tree


def _filled_from_server(ledger: Ledger, path: Path) -> Checkpoint:
    with ledger.connection.one_moment(), closing(connect_new(path)) as connection:
        tree, _ = signed_tree(ledger)
        connection.execute("BEGIN")
        copy_rows(ledger.connection, connection, tree.size, vault=False)
        connection.commit()
    return tree


def _create(path: Path, statements: tuple[str, ...]) -> None:
    with closing(sqlite3.connect(uri_of(path, "rw"), uri=True)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def _filled(ledger: Ledger, path: Path) -> Checkpoint:
    with _beside(ledger.connection, path) as connection:
        for statement in _FILL:
            connection.execute(statement)
        _, note = connection.execute("SELECT size, note FROM copy.head").fetchone()
    return parse_checkpoint(parse(note).text)


@contextmanager
def _beside(connection: Connection, path: Path) -> Iterator[Connection]:
    """One transaction of the ledger and the file beside it, as `copy`: one moment's entries.

    The file is nothing to anybody until it is whole, so no journal is written for it.
    """
    connection.execute("ATTACH ? AS copy", (uri_of(path, "rw"),))
    try:
        connection.execute("PRAGMA copy.journal_mode = MEMORY")
        connection.execute("PRAGMA copy.synchronous = OFF")
        connection.execute("BEGIN")
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")
    finally:
        connection.execute("DETACH copy")
