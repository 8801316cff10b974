"""What can be asked of the tables without reading an entry: schema, integrity, density, vault."""

from __future__ import annotations

from footprint.audit.verdict import Verdict
from footprint.domain.reference import shown
from footprint.engine.connection import Connection
from footprint.engine.sqlite_schema import STATEMENTS, VAULT_TABLES, WITHOUT_VAULT, table_of

_STATISTICS = frozenset({
    "CREATE TABLE sqlite_stat1(tbl,idx,stat)",
    "CREATE TABLE sqlite_stat4(tbl,idx,neq,nlt,ndlt,sample)",
})  # fmt: skip
"""What SQLite itself makes for its planner; whoever adds a constraint has it run by a check."""


_SPARSE = """
SELECT stream, entries, least, most, (
    SELECT position FROM (
        SELECT position, version, row_number() OVER (ORDER BY version) AS due
        FROM event WHERE stream IS sparse.stream
    ) WHERE version <> due LIMIT 1
) FROM (
    SELECT stream, count(*) AS entries, min(version) AS least, max(version) AS most
    FROM event GROUP BY stream HAVING min(version) <> 1 OR max(version) <> count(*)
) AS sparse
"""
"""Streams whose versions are not 1, 2, 3, ..., each with the first entry whose is not the next."""


def check_schema(connection: Connection, verdict: Verdict) -> bool:
    """Compare the schema with the published one. Returns whether the tables can be read.

    Planner statistics are no difference; tables of the vault may be absent, all of them together
    (an audit copy).
    """
    found = _schema(connection)
    if ("event", "event") not in found:
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
    """What is in the schema beside statistics, by name and table: its type and statement."""
    return {
        (str(name), str(table)): (kind, sql)
        for kind, name, table, sql in connection.execute(
            "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL"
        )
        if not (kind == "table" and name == table and sql in _STATISTICS)
    }


def is_published(connection: Connection, table: str) -> bool:
    """Whether this is the published table: a view of that name might never end."""
    query = "SELECT type, sql FROM sqlite_master WHERE name = ?"
    published = next(s for s in STATEMENTS if _named(s)[0] == table)
    return connection.execute(query, (table,)).fetchall() == [("table", published)]


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


def check_streams(connection: Connection, verdict: Verdict) -> None:
    """Versions run from 1 without a gap in each stream, in the order of positions."""
    for stream, count, least, most, position in connection.execute(_SPARSE):
        verdict.find(
            "versions",
            f"entry {position} ({_ref(stream)}): its version is not the next one; the {count}"
            f" entries of {_ref(stream)} have versions from {least} to {most}",
            position,
            _ref(stream),
        )
    for stream, position, version, before in connection.execute(
        "SELECT a.stream, b.position, b.version, a.position FROM event a JOIN event b"
        " ON b.stream = a.stream AND b.version = a.version + 1 AND b.position < a.position"
    ):
        verdict.find(
            "order",
            f"entry {position} ({_ref(stream)}): it has version {version}, and stands before entry"
            f" {before}, which it follows",
            position,
            _ref(stream),
        )


def check_vault(connection: Connection, verdict: Verdict) -> None:
    """No row of the vault belongs to nothing."""
    for (position,) in connection.execute(
        "SELECT position FROM vault WHERE position NOT IN (SELECT position FROM event)"
    ):
        message = f"the vault holds words for entry {position}, which is not there"
        verdict.find("words", message, position)
    for (stream,) in connection.execute(
        "SELECT stream FROM vault_child WHERE stream NOT IN (SELECT stream FROM event)"
        " OR stream NOT GLOB 'CH-[0-9]*'"
    ):
        message = f"the vault names a child for {_ref(stream)}, which is no thread of this ledger"
        verdict.find("words", message, ref=_ref(stream))


def _ref(stream: object) -> str:
    return shown(str(stream))
