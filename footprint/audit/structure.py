"""What can be asked of the tables without reading an entry: schema, integrity, density, vault."""

from __future__ import annotations

from types import ModuleType

from footprint.audit import structure_postgres, structure_sqlite
from footprint.audit.verdict import Verdict
from footprint.domain.reference import shown
from footprint.engine.connection import Connection

_SPARSE = """
SELECT stream, entries, least, most, (
    SELECT position FROM (
        SELECT position, version, row_number() OVER (ORDER BY version) AS due
        FROM event WHERE stream {same} sparse.stream
    ) AS ranked WHERE version <> due LIMIT 1
) FROM (
    SELECT stream, count(*) AS entries, min(version) AS least, max(version) AS most
    FROM event GROUP BY stream HAVING min(version) <> 1 OR max(version) <> count(*)
) AS sparse
"""
"""Streams whose versions are not 1, 2, 3, ..., each with the first entry whose is not the next."""


def check_schema(connection: Connection, verdict: Verdict) -> bool:
    """Compare the schema with the published one. Returns whether the tables can be read."""
    return bool(_of(connection).check_schema(connection, verdict))


def is_published(connection: Connection, *tables: str) -> bool:
    """Whether these are the published tables: a view of such a name might never end."""
    return bool(_of(connection).is_published(connection, *tables))


def check_integrity(connection: Connection, verdict: Verdict) -> None:
    """What the engine can tell of its own tables: among others, that no index hides a row."""
    _of(connection).check_integrity(connection, verdict)


def _of(connection: Connection) -> ModuleType:
    return structure_postgres if connection.signs_apart else structure_sqlite


def check_streams(connection: Connection, verdict: Verdict) -> None:
    """Versions run from 1 without a gap in each stream, in the order of positions."""
    # In a file a stream can have no name; only there SQL has a short word for that.
    sparse = _SPARSE.format(same="=" if connection.signs_apart else "IS")
    for stream, count, least, most, position in connection.stream(sparse):
        verdict.find(
            "versions",
            f"entry {position} ({_ref(stream)}): its version is not the next one; the {count}"
            f" entries of {_ref(stream)} have versions from {least} to {most}",
            position,
            _ref(stream),
        )
    for stream, position, version, before in connection.stream(
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
    for (position,) in connection.stream(
        "SELECT position FROM vault WHERE NOT EXISTS"
        " (SELECT 1 FROM event WHERE event.position = vault.position)"
    ):
        message = f"the vault holds words for entry {position}, which is not there"
        verdict.find("words", message, position)
    for (stream,) in connection.stream(
        "SELECT stream FROM vault_child WHERE NOT EXISTS"
        " (SELECT 1 FROM event WHERE event.stream = vault_child.stream)"
        " OR substr(stream, 1, 4) NOT BETWEEN 'CH-0' AND 'CH-9'"
    ):
        message = f"the vault names a child for {_ref(stream)}, which is no thread of this ledger"
        verdict.find("words", message, ref=_ref(stream))


def _ref(stream: object) -> str:
    return shown(str(stream))
