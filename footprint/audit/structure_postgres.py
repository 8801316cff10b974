"""What a server's tables are: the schema, which has to be as published, and what indexes hide."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from footprint.audit.verdict import Verdict
from footprint.engine.connection import Connection
from footprint.engine.postgres_catalogue import VAULT_TABLES, catalogue, published

if TYPE_CHECKING:
    from footprint.engine.place import Server
    from footprint.engine.postgres import ServerConnection

_INDEXES = (
    ("event", "position"),
    ("event", "stream, version"),
    ("subtree", "level, nth"),
    ("head", "one"),
    ("checkpoint", "size, note"),
    ("vault", "position"),
    ("vault_child", "stream"),
)
"""The tables that are read, and the columns of each of their indexes."""
_TABLES = frozenset(table for table, _ in _INDEXES)
_ON_A_TABLE = frozenset(
    {"relation", "column", "constraint", "index", "rule", "policy", "inheritance"}
)


def check_schema(connection: Connection, verdict: Verdict) -> bool:
    """Compare the schema with the published one. Returns whether the tables can be read.

    Where this login may not read the vault, or there is none, words are not checked. Nothing is
    read where reading could run what somebody else put there.
    """
    if doubt := _not_for_us(connection):
        verdict.doubt(doubt)
        return False
    verdict.words_checked = all(connection.may_read(table) for table in VAULT_TABLES)
    readable = True
    for kind, name, how in _differences(connection):
        verdict.find("schema", f"{kind} {name} is {how}")
        readable &= _is_harmless(kind, name)
    return readable


def is_published(connection: Connection, *tables: str) -> bool:
    """Whether these are the published tables, and nothing else is read in their place."""
    return all(map(connection.may_read, tables)) and all(
        _is_harmless(kind, name) for kind, name, _ in _differences(connection)
    )


def _not_for_us(connection: Connection) -> str:
    """Why there is nothing here that this login could verify; empty where there is."""
    server = _server(connection)
    found = connection.execute(
        "SELECT n.oid IS NOT NULL, c.oid IS NOT NULL, session_user::text,"
        " has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')"
        " FROM (SELECT) AS nothing LEFT JOIN pg_namespace n ON nspname = ?"
        " LEFT JOIN pg_class c ON relnamespace = n.oid AND relname = 'event'",
        (server.schema,),
    )
    schema, entries, login, may = found.fetchone()
    if not schema:
        return f"there is no ledger at {server}: whoever is to own it makes it with footprint init"
    if not entries:
        return f"what is at {server} is not a footprint ledger"
    if not may:
        return (
            f"{login} may not read the ledger at {server}; its owner says who may:"
            f' GRANT {server.schema}_auditor TO "{login}"'
        )
    return ""


def _differences(connection: Connection) -> Iterator[tuple[str, str, str]]:
    """What is not as published: its kind, its name, and how it differs."""
    schema = _server(connection).schema
    found = catalogue(connection, schema)
    vault = any(("relation", table) in found for table in VAULT_TABLES)
    due = published(schema, vault=vault)
    for key in sorted(found.keys() | due.keys()):
        if key not in found:
            yield *key, "missing in the schema"
        elif key not in due:
            yield *key, "extra in the schema"
        elif found[key] != due[key]:
            now = "" if key[0] == "body" else f": it is now {found[key]}"
            yield *key, f"changed in the schema{now}"


def _is_harmless(kind: str, name: str) -> bool:
    """Whether nothing of it is run, or shown, by reading the tables of the ledger.

    What guards them is not: it runs when somebody writes. A function or an operator could be what
    a query means.
    """
    if kind in _ON_A_TABLE:
        return name.partition(".")[0] not in _TABLES
    return kind in {"trigger", "body"}


def _server(connection: Connection) -> Server:
    return cast("ServerConnection", connection).server


def check_integrity(connection: Connection, verdict: Verdict) -> None:
    """No index hides a row: by each of them there are as many as in the table itself."""
    here = [pair for pair in _INDEXES if verdict.words_checked or pair[0] not in VAULT_TABLES]
    _plan(connection, table=True, index=False)
    rows = {table: _count(connection, table) for table, _ in here}
    _plan(connection, table=False, index=True)
    for table, columns in here:
        ordered = f"(SELECT 1 FROM {table} ORDER BY {columns}) AS ordered"  # noqa: S608
        if (found := _count(connection, ordered)) != rows[table]:
            message = f"{table} has {rows[table]} rows, and its index by {columns} finds {found}"
            verdict.find("integrity", message)
    _plan(connection, table=True, index=True)


def _plan(connection: Connection, *, table: bool, index: bool) -> None:
    """Which way rows are found, in this transaction: through the table, its indexes, or either."""
    ways = {
        "enable_seqscan": table,
        "enable_sort": table,
        "enable_indexscan": index,
        "enable_indexonlyscan": index,
        "enable_bitmapscan": table and index,
    }
    chosen = ", ".join(f"set_config('{way}', '{on}', true)" for way, on in ways.items())
    connection.execute(f"SELECT {chosen}")


def _count(connection: Connection, rows: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {rows}").fetchone()[0])  # noqa: S608
