"""The schema, the index, the roots of runs and the head: what stands around the entries."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from audit_helpers import (
    CANNOT_TELL,
    TAMPERED,
    VERIFIED,
    Case,
    canonical,
    entries_of,
    found,
    state_at,
)
from verifier_helpers import FILE

from footprint.engine.sqlite_schema import STATEMENTS

# --- the schema -----------------------------------------------------------------------------

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
FILL = f"INSERT INTO checkpoint {ENDLESS} SELECT i, 'x' FROM n"
NAMED = [statement.split()[2] for statement in STATEMENTS]
TRIGGERS = [name for name, sql in zip(NAMED, STATEMENTS, strict=True) if "CREATE TRIGGER" in sql]


@pytest.mark.parametrize("name", TRIGGERS)
def test_a_missing_trigger_is_tampered(case: Case, name: str) -> None:
    """Each guard that is gone is named."""
    with case.raw() as connection:
        connection.execute(f"DROP TRIGGER {name}")
    for verdict in (case.by_signer(), case.by_stranger()):
        assert verdict.verdict == TAMPERED
        assert [name in finding.message for finding in found(verdict, "schema")] == [True]


@pytest.mark.parametrize(
    ("name", "sql"),
    [
        ("more", "CREATE TABLE more (x)"),
        ("seen", "CREATE VIEW seen AS SELECT * FROM event"),
        ("forever", f"CREATE VIEW forever AS {ENDLESS} SELECT i FROM n"),
        ("itself", "CREATE VIEW itself AS SELECT * FROM itself"),
        ("by_topic", "CREATE INDEX by_topic ON event (topic)"),
        ("partly", "CREATE INDEX partly ON event (topic) WHERE position > 5"),
        ("counted", "CREATE TABLE counted (i INTEGER PRIMARY KEY AUTOINCREMENT)"),
        ("words_at", "CREATE VIRTUAL TABLE words_at USING fts5(text)"),
        ("later", "CREATE TRIGGER later AFTER INSERT ON event BEGIN DELETE FROM vault; END"),
        (
            "bomb",
            f"CREATE TRIGGER bomb AFTER INSERT ON event BEGIN {FILL}; END",
        ),
        ("heads", "CREATE TRIGGER heads INSTEAD OF INSERT ON seen2 BEGIN SELECT 1; END"),
    ],
)  # fmt: skip
def test_anything_extra_in_the_schema_is_tampered(case: Case, name: str, sql: str) -> None:
    """Each table, view, index or trigger that is not published is named."""
    with case.raw() as connection:
        if name == "heads":
            connection.execute("CREATE VIEW seen2 AS SELECT 1 AS one")
        connection.execute(sql)
    for verdict in (case.by_signer(), case.by_stranger()):
        assert verdict.verdict == TAMPERED
        assert any(name in finding.message for finding in found(verdict, "schema"))


def slipped(case: Case, kind: str, name: object, table: str, sql: str) -> None:
    """Write a row into the schema table by hand."""
    with case.raw() as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "INSERT INTO sqlite_master VALUES (?, ?, ?, 0, ?)", (kind, name, table, sql)
        )
        connection.execute("PRAGMA writable_schema = RESET")


@pytest.mark.parametrize(
    ("kind", "table", "sql"),
    [
        (
            "trigger",
            "event",
            "CREATE TRIGGER {} AFTER INSERT ON event BEGIN DELETE FROM vault; END",
        ),
        ("view", "{}", "CREATE VIEW {} AS SELECT * FROM event"),
    ],
)
@pytest.mark.parametrize("name", ["sqlite_stat_evil", "sqlite_stat9", "sqlite_stat1"])
def test_nothing_hides_behind_the_name_of_statistics(
    case: Case, name: str, kind: str, table: str, sql: str
) -> None:
    """A trigger or view under a name like that of planner statistics is no statistics."""
    slipped(case, kind, name, table.format(name), sql.format(name))
    with case.raw() as connection:
        assert connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (name,)).fetchone()
    assert case.by_signer().verdict == TAMPERED


@pytest.mark.parametrize("hidden", ["(tbl,idx,stat CHECK (tbl))", "(tbl,idx)"])
def test_statistics_of_another_shape_are_no_statistics(case: Case, hidden: str) -> None:
    """A constraint in them would be run by whoever checks the file."""
    with case.raw() as connection:
        connection.execute("ANALYZE")
        assert case.by_signer().verdict == VERIFIED
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_master SET sql = ? WHERE name = 'sqlite_stat1'",
            (f"CREATE TABLE sqlite_stat1{hidden}",),
        )
    assert case.by_signer().verdict == TAMPERED


@pytest.mark.parametrize(
    ("own", "change"),
    [
        ("sqlite_autoindex_event_1", "type = 'table'"),
        ("sqlite_autoindex_event_1", "tbl_name = 'vault'"),
        ("sqlite_autoindex_event_1", "name = 'SQLITE_autoindex_event_1'"),
        ("sqlite_stat1", "name = 'SQLITE_STAT1', tbl_name = 'SQLITE_STAT1'"),
        ("event", "name = 'EVENT', tbl_name = 'EVENT'"),
        ("event", "tbl_name = 'EVENT'"),
    ],
)
def test_what_sqlite_makes_by_itself_is_there_to_the_letter(
    case: Case, own: str, change: str
) -> None:
    """Its index, its statistics and the case of a name: SQLite may not mind, a verifier does."""
    with case.raw() as connection:
        connection.execute("ANALYZE")
        assert case.by_signer().verdict == VERIFIED
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(f"UPDATE sqlite_master SET {change} WHERE name = ?", (own,))
    assert case.by_signer().verdict == TAMPERED


def test_a_trigger_of_another_type_is_none(case: Case) -> None:
    """One letter of its type in another case, and SQLite runs it no more."""
    with case.raw() as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_master SET type = 'triggeR' WHERE name = 'event_once'")
    assert case.by_signer().verdict == TAMPERED


def test_names_that_are_bytes_in_the_schema_are_survived(case: Case) -> None:
    """A name stored as a BLOB in the schema table is another name."""
    with case.raw() as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_master SET name = CAST(name AS BLOB) WHERE name = 'event_once'"
        )
    assert case.by_signer().verdict == TAMPERED


@pytest.mark.parametrize("column", ["type", "name", "tbl_name", "sql", "rootpage"])
@pytest.mark.parametrize("value", ["NULL", "x'ff'", "'x'", "7", "CAST(x'ff22fe' AS TEXT)", "''"])
@pytest.mark.parametrize("name", ["event", "event_once"])
def test_a_hostile_schema_row_is_survived(case: Case, column: str, value: str, name: str) -> None:
    """Whatever stands in a row of the schema table: a verdict, and never 0."""
    if (name, column) == ("event_once", "rootpage"):
        pytest.skip("a trigger has no page, and SQLite reads none")
    with case.raw() as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(f"UPDATE sqlite_master SET {column} = {value} WHERE name = '{name}'")
    assert case.by_signer().verdict != VERIFIED
    assert case.by_stranger(case.kept).verdict != VERIFIED


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("RAISE(ABORT", "RAISE(IGNORE"),
        ("BEFORE UPDATE ON event", "BEFORE UPDATE OF topic ON event"),
        ("are never changed", "are sometimes changed"),
        ("version INTEGER NOT NULL", "version INTEGER"),
        (") STRICT", ")"),
        ("UNIQUE (stream, version)", "UNIQUE (stream, version, leaf)"),
        ("CHECK (length(leaf) = 32)", "CHECK (length(leaf) > 3)"),
        ("position INTEGER", "position  INTEGER"),
    ],
)
def test_a_changed_statement_of_the_schema_is_tampered(case: Case, old: str, new: str) -> None:
    """The published statements are compared to the letter."""
    with case.raw() as connection:
        connection.execute("PRAGMA writable_schema = ON")
        changed = connection.execute(
            "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE tbl_name = 'event'"
            " AND instr(sql, ?)",
            (old, new.replace("IGNORE, 'footprint", "IGNORE /*'footprint"), old),
        )
        assert changed.rowcount
    assert case.by_signer().verdict == TAMPERED


def test_a_view_in_the_place_of_a_table_is_tampered(case: Case) -> None:
    """A view named `event` that shows what the attacker likes is 3, and is not read from."""
    with case.raw() as connection:
        for name in TRIGGERS:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("ALTER TABLE event RENAME TO hidden")
        connection.execute("CREATE VIEW event AS SELECT * FROM hidden WHERE position < 100")
    assert case.by_signer().verdict == TAMPERED


def in_time(case: Case, seconds: float = 20) -> str:
    """The verdict by another process, which can be stopped where the verifier would not end."""
    code = (
        "import sys; from pathlib import Path; from footprint.audit.verify import verify_ledger;"
        "print(verify_ledger(Path(sys.argv[1]), Path(sys.argv[2])).verdict)"
    )
    command = [sys.executable, "-c", code, str(case.path), str(case.home)]
    done = subprocess.run(command, timeout=seconds, check=True, capture_output=True, text=True)
    second = subprocess.run(
        [sys.executable, str(FILE), str(case.path), "--json"],
        timeout=seconds, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert json.loads(second.stdout)["verdict"] == done.stdout.strip(), second
    return done.stdout.strip()


def test_an_endless_view_in_the_place_of_a_table_is_tampered(case: Case) -> None:
    """A view named `event` without an end is not read to its end."""
    with case.raw() as connection:
        for name in TRIGGERS:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("DROP TABLE event")
        connection.execute(
            f"CREATE VIEW event AS {ENDLESS} SELECT i position, '' stream, 1 version, '' topic,"
            " x'' state, x'' leaf FROM n"
        )
    assert in_time(case) == TAMPERED


def test_costly_indexes_are_not_computed(case: Case) -> None:
    """Indexes over expressions that take minutes are named, without being evaluated."""
    costly = [f"CREATE INDEX costly{n} ON event (length(hex(zeroblob(0))))" for n in range(10)]
    with case.raw() as connection:
        for sql in costly:
            connection.execute(sql)
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_master SET sql = replace(sql, 'zeroblob(0)', 'zeroblob(20000000)')"
            " WHERE name LIKE 'costly%'"
        )
    assert in_time(case, 10) == TAMPERED


@pytest.mark.parametrize("table", ["event", "subtree", "head", "checkpoint"])
def test_a_missing_table_is_never_verified(case: Case, table: str) -> None:
    """Without the entries there is nothing to tell of; without another table it is 3."""
    with case.raw() as connection:
        connection.execute(f"DROP TABLE {table}")
    expected = CANNOT_TELL if table == "event" else TAMPERED
    assert case.by_signer().verdict == expected


# --- the index ------------------------------------------------------------------------------


def test_an_index_edited_to_hide_a_row_is_tampered(case: Case) -> None:
    """An entry taken out of the unique index, so that its thread seems shorter, is 3."""
    with case.raw() as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'sqlite_autoindex_event_1'"
        ).fetchone()
        # The entry itself stays; a second table on the index's own page lets us delete the row.
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "INSERT INTO sqlite_master VALUES ('table', 'ix', 'ix', ?, 'CREATE TABLE ix"
            " (stream, version, position, PRIMARY KEY (stream, version, position)) WITHOUT ROWID')",
            (page,),
        )
        connection.execute("PRAGMA writable_schema = RESET")
    with case.raw() as connection:
        assert connection.execute("DELETE FROM ix WHERE position = 109").rowcount == 1
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("DELETE FROM sqlite_master WHERE name = 'ix'")
    with case.raw() as connection:
        hidden = connection.execute(
            "SELECT count(*) FROM event INDEXED BY sqlite_autoindex_event_1"
            " WHERE stream = 'CH-0000003'"
        ).fetchone()[0]
        whole = connection.execute(
            "SELECT count(*) FROM event NOT INDEXED WHERE stream = 'CH-0000003'"
        ).fetchone()[0]
        assert hidden == whole - 1
    for verdict in (case.by_signer(), case.by_stranger()):
        assert verdict.verdict == TAMPERED
        found(verdict, "integrity")


def test_a_schema_that_is_put_back_is_the_published_one(case: Case) -> None:
    """The helper that lifts the triggers leaves nothing that could be found: 0."""
    with case.attack() as connection:
        assert entries_of(connection)
    with case.untyped("event") as connection:
        assert canonical(state_at(connection, 1))
    assert case.by_signer().verdict == VERIFIED
    with closing(sqlite3.connect(case.path)) as connection:
        assert sorted(NAMED) == sorted(
            name
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE sql IS NOT NULL"
            )
        )
