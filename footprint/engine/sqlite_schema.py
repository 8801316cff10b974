"""The published tables of a ledger in SQLite, to the letter.

A verifier compares what a file has with this, since an extra view or trigger could hide a row.
`event`, `subtree` and `checkpoint` are append-only: triggers refuse every change, and the guards
refuse what `INSERT OR REPLACE` would slip past them. They stop accidents and the application;
whoever owns the file can lift them, which is what the signatures are for.
"""

from __future__ import annotations

from collections.abc import Sequence

_TABLES = (
    """CREATE TABLE event (
    position INTEGER PRIMARY KEY,
    stream TEXT NOT NULL,
    version INTEGER NOT NULL,
    topic TEXT NOT NULL,
    state BLOB NOT NULL,
    leaf BLOB NOT NULL CHECK (length(leaf) = 32),
    UNIQUE (stream, version)
) STRICT""",
    """CREATE TABLE subtree (
    level INTEGER NOT NULL,
    nth INTEGER NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (level, nth)
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE head (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    size INTEGER NOT NULL,
    note TEXT NOT NULL
) STRICT""",
    """CREATE TABLE checkpoint (
    size INTEGER NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (size, note)
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE vault (
    position INTEGER PRIMARY KEY,
    salt BLOB NOT NULL,
    words BLOB NOT NULL
) STRICT""",
    """CREATE TABLE vault_child (
    stream TEXT PRIMARY KEY,
    child BLOB NOT NULL
) STRICT, WITHOUT ROWID""",
)

VAULT_TABLES = ("vault", "vault_child")

_NO_UPDATE = """CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} BEGIN
    SELECT RAISE(ABORT, 'footprint: {table} rows are never changed');
END"""
_NO_DELETE = """CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN
    SELECT RAISE(ABORT, 'footprint: {table} rows are never deleted');
END"""
_ONCE = """CREATE TRIGGER {table}_once BEFORE INSERT ON {table}
WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) BEGIN
    SELECT RAISE(ABORT, 'footprint: this {table} row is there already');
END"""
_DENSE = """CREATE TRIGGER event_dense BEFORE INSERT ON event
WHEN NEW.position IS NOT (SELECT coalesce(max(position), 0) + 1 FROM event) BEGIN
    SELECT RAISE(ABORT, 'footprint: an event goes right behind the last one');
END"""

_ONCE_KEYS = {
    "event": "stream = NEW.stream AND version = NEW.version",
    "subtree": "level = NEW.level AND nth = NEW.nth",
    "checkpoint": "size = NEW.size AND note = NEW.note",
    "vault": "position = NEW.position",
    "vault_child": "stream = NEW.stream",
}
_APPEND_ONLY = ("event", "subtree", "checkpoint")


def _triggers(table: str) -> list[str]:
    statements = [_NO_UPDATE.format(table=table)]
    if table in _APPEND_ONLY:
        statements.append(_NO_DELETE.format(table=table))
    statements.append(_ONCE.format(table=table, same=_ONCE_KEYS[table]))
    return statements


STATEMENTS: tuple[str, ...] = (
    *_TABLES,
    _DENSE,
    *(statement for table in _ONCE_KEYS for statement in _triggers(table)),
)
"""Every statement that makes a ledger's schema, in order."""


def table_of(statement: str) -> str:
    """The table that a published statement makes, or that its trigger is on."""
    words = statement.split()
    return words[2] if words[1] == "TABLE" else words[words.index("ON") + 1]


WITHOUT_VAULT = tuple(s for s in STATEMENTS if table_of(s) not in VAULT_TABLES)
"""The same for an audit copy."""


def tables_and_guards(statements: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The statements that make tables, and those that guard them.

    Where a file is filled before it is anybody's, the guards come last: rows that are there
    already need none.
    """
    tables = tuple(s for s in statements if s.startswith("CREATE TABLE"))
    return tables, tuple(s for s in statements if s not in tables)
