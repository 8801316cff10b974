"""The recorder of a file: what SQLite itself refuses, whichever program asks for it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from ledger_helpers import events, new_recorder, path_in, raw

from footprint.ledger.store.recorder import Recorder


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[Recorder]:
    made = new_recorder(tmp_path)
    yield made
    made.close()


L = "zeroblob(32)"
REST = "stream, version, topic, state, leaf"
UPSERT = "ON CONFLICT ({}) DO UPDATE SET state = excluded.state"
REFUSED = [
    f"INSERT OR REPLACE INTO event VALUES (2, 's', 2, 't', x'00', {L})",
    f"INSERT OR REPLACE INTO event VALUES (3, 's', 4, 't', x'00', {L})",
    f"INSERT OR REPLACE INTO event VALUES (4, 's', 2, 't', x'00', {L})",
    f"REPLACE INTO event ({REST}) VALUES ('s', 2, 't', x'00', {L})",
    f"INSERT INTO event VALUES (2, 's', 4, 't', x'00', {L}) {UPSERT.format('position')}",
    f"INSERT INTO event VALUES (4, 's', 2, 't', x'00', {L}) {UPSERT.format('stream, version')}",
    f"INSERT OR IGNORE INTO event VALUES (2, 's', 4, 't', x'00', {L})",
    f"INSERT INTO event VALUES (1, 's', 4, 't', x'00', {L})",
    f"INSERT INTO event VALUES (0, 's', 4, 't', x'00', {L})",
    f"INSERT INTO event VALUES (-1, 's', 4, 't', x'00', {L})",
    f"INSERT INTO event VALUES (5, 's', 4, 't', x'00', {L})",
    f"INSERT INTO event VALUES (4, 's', 4, 't', x'00', {L}), (6, 's', 5, 't', x'00', {L})",
    f"INSERT INTO event (rowid, {REST}) VALUES (9, 's', 4, 't', x'00', {L})",
    f"INSERT INTO event ({REST}) VALUES ('s', 4, 't', x'00', {L})",
    f"INSERT INTO event VALUES (NULL, 's', 4, 't', x'00', {L})",
    "UPDATE event SET state = x'00' WHERE position = 2",
    "UPDATE event SET position = 9 WHERE position = 3",
    "UPDATE OR REPLACE event SET position = 2 WHERE position = 3",
    "UPDATE OR IGNORE event SET leaf = zeroblob(32)",
    "DELETE FROM event WHERE position = 3",
    "DELETE FROM event",
    f"INSERT OR REPLACE INTO subtree VALUES (1, 0, {L})",
    f"INSERT INTO subtree VALUES (1, 0, {L}) ON CONFLICT DO UPDATE SET hash = excluded.hash",
    f"UPDATE subtree SET hash = {L}",
    "DELETE FROM subtree",
    "INSERT OR REPLACE INTO checkpoint VALUES (3, 'note')",
    "INSERT INTO checkpoint VALUES (3, 'note') ON CONFLICT DO UPDATE SET note = 'o'",
    "UPDATE checkpoint SET note = 'other'",
    "DELETE FROM checkpoint",
    "INSERT OR REPLACE INTO vault VALUES (1, x'00', x'00')",
    "INSERT INTO vault VALUES (1, x'00', x'00') ON CONFLICT DO UPDATE SET words = x'00'",
    "UPDATE vault SET words = x'00'",
    "INSERT OR REPLACE INTO vault_child VALUES ('s', x'01')",
    "UPDATE vault_child SET child = x'01'",
]
NOT_STRICT = [
    f"INSERT INTO event VALUES (4, 's', 4, 't', 'text', {L})",
    "INSERT INTO event VALUES (4, 's', 4, 't', x'00', 'a text that is as long as a hash')",
    "INSERT INTO event VALUES (4, 's', 4, 't', x'00', zeroblob(31))",
    f"INSERT INTO event VALUES (4, 's', 'four', 't', x'00', {L})",
    f"INSERT INTO event VALUES (4, x'73', 4, 't', x'00', {L})",
    f"INSERT INTO event VALUES (4, 's', 4, x'74', x'00', {L})",
    f"INSERT INTO event VALUES (4, 's', NULL, 't', x'00', {L})",
    "INSERT INTO subtree VALUES (1, 1, 'text')",
    "INSERT INTO subtree VALUES (1, 1, zeroblob(33))",
    "INSERT INTO head VALUES (2, 3, 'note')",
    "INSERT INTO head VALUES (1, 'three', 'note')",
    "INSERT INTO checkpoint VALUES (4, x'00')",
    "INSERT INTO vault VALUES (2, 'salt', x'00')",
    "INSERT INTO vault VALUES (2, x'00', 'words')",
    "INSERT INTO vault_child VALUES ('t', 'text')",
]
TABLES = ("event", "subtree", "head", "checkpoint", "vault", "vault_child")


def filled(recorder: Recorder) -> None:
    recorder.insert_events(events(1, 3), vault={0: (b"salt", b"words")}, children={"s": b"204117"})
    recorder.connection.execute("INSERT INTO subtree VALUES (1, 0, randomblob(32))")
    recorder.connection.execute("INSERT INTO checkpoint VALUES (3, 'note')")


def contents(path: Path) -> dict[str, list[tuple[object, ...]]]:
    with raw(path) as connection:
        return {t: connection.execute(f"SELECT * FROM {t}").fetchall() for t in TABLES}


@pytest.mark.parametrize("recursive", ["OFF", "ON"])
@pytest.mark.parametrize("statement", REFUSED + NOT_STRICT)
def test_the_database_refuses(
    recorder: Recorder, tmp_path: Path, statement: str, recursive: str
) -> None:
    """Any program that changes, removes, displaces or mistypes a row is refused by the file."""
    filled(recorder)
    before = contents(path_in(tmp_path))
    with raw(path_in(tmp_path)) as connection:
        connection.execute(f"PRAGMA recursive_triggers = {recursive}")
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute(statement)
    assert contents(path_in(tmp_path)) == before


def test_vault_rows_can_be_deleted(recorder: Recorder, tmp_path: Path) -> None:
    """Words and case numbers can be removed for good: that is what the vault is for."""
    filled(recorder)
    with raw(path_in(tmp_path)) as connection:
        connection.execute("DELETE FROM vault")
        connection.execute("DELETE FROM vault_child")
    left = contents(path_in(tmp_path))
    assert (left["vault"], left["vault_child"], len(left["event"])) == ([], [], 3)


def test_a_table_is_never_made_over_another(recorder: Recorder) -> None:
    """A file that holds something already is refused by the database."""
    with pytest.raises(sqlite3.OperationalError, match="already exists"):
        recorder.create_table()
