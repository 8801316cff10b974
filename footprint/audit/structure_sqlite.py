"""What a file's tables are: the schema, which has to be as published, and SQLite's own check."""

from __future__ import annotations

from footprint.audit.verdict import Verdict
from footprint.engine.connection import Connection
from footprint.engine.sqlite_schema import STATEMENTS, VAULT_TABLES, WITHOUT_VAULT, table_of

_OF_SQLITE = frozenset({
    ("index", "sqlite_autoindex_event_1", "event", None),
    ("table", "sqlite_stat1", "sqlite_stat1", "CREATE TABLE sqlite_stat1(tbl,idx,stat)"),
    (
        "table", "sqlite_stat4", "sqlite_stat4",
        "CREATE TABLE sqlite_stat4(tbl,idx,neq,nlt,ndlt,sample)",
    ),
})  # fmt: skip
"""What SQLite makes by itself, to the letter: a constraint that somebody adds to its statistics is
run by a check."""


def check_schema(connection: Connection, verdict: Verdict) -> bool:
    """Compare the schema with the published one. Returns whether the tables can be read.

    Planner statistics are no difference; tables of the vault may be absent, all of them together
    (an audit copy).
    """
    found = _schema(connection)
    if not any(name.lower() == "event" for name, _ in found):
        verdict.doubt("the file is a database, and not a footprint ledger")
        return False
    verdict.words_checked = any(table in VAULT_TABLES for _, table in found)
    statements = STATEMENTS if verdict.words_checked else WITHOUT_VAULT
    published = {_named(sql): (sql.split()[1].lower(), sql) for sql in statements}
    for key in sorted(found.keys() | published.keys()):
        if found.get(key) != published.get(key):
            how = "missing" if key not in found else "changed" if key in published else "extra"
            verdict.find("schema", f"{key[0]} of table {key[1]} is {how} in the schema")
    tables = {key for key, (kind, _) in published.items() if kind == "table"}
    return all(found.get(key) == published[key] for key in tables)


def _schema(connection: Connection) -> dict[tuple[str, str], tuple[object, object]]:
    """What is in the schema beside SQLite's own, by name and table: its type and statement."""
    rows = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
    return {
        (str(name), str(table)): (kind, sql)
        for kind, name, table, sql in rows
        if (kind, name, table, sql) not in _OF_SQLITE
    }


def is_published(connection: Connection, *tables: str) -> bool:
    """Whether these are the published tables: a view of such a name might never end."""
    query = "SELECT type, sql FROM sqlite_master WHERE name = ?"
    published = {table_of(s): s for s in STATEMENTS if s.startswith("CREATE TABLE")}
    return all(
        connection.execute(query, (table,)).fetchall() == [("table", published[table])]
        for table in tables
    )


def _named(statement: str) -> tuple[str, str]:
    """The name and the table of a published statement."""
    return statement.split()[2], table_of(statement)


def check_integrity(connection: Connection, verdict: Verdict) -> None:
    """SQLite's own check: among others, that no index hides a row.

    Not where the schema has something of its own, since the check would evaluate it. It does not
    see CHECK constraints on a connection that only reads: those of `head` are checked by hand.
    """
    if any(sql not in STATEMENTS for _, sql in _schema(connection).values()):
        return
    for (message,) in connection.execute("PRAGMA integrity_check(20)"):
        if message != "ok":
            verdict.find("integrity", f"SQLite finds the file inconsistent: {message}")
