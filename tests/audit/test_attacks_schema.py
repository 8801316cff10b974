"""The schema, the index, the roots of runs and the head: what stands around the entries."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from audit_helpers import (
    CANNOT_TELL,
    FORGER,
    ORIGIN,
    TAMPERED,
    VERIFIED,
    Case,
    assert_tampered_at,
    canonical,
    entries_of,
    found,
    leaf_of,
    root_of,
    state_at,
)

from footprint.ledger.schema import STATEMENTS
from footprint.proof.note import Checkpoint, Signer, checkpoint_text

# --- the schema -----------------------------------------------------------------------------

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
        ("forever", "CREATE VIEW forever AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1"
         " FROM n) SELECT i FROM n"),
        ("itself", "CREATE VIEW itself AS SELECT * FROM itself"),
        ("by_topic", "CREATE INDEX by_topic ON event (topic)"),
        ("partly", "CREATE INDEX partly ON event (topic) WHERE position > 5"),
        ("counted", "CREATE TABLE counted (i INTEGER PRIMARY KEY AUTOINCREMENT)"),
        ("words_at", "CREATE VIRTUAL TABLE words_at USING fts5(text)"),
        ("later", "CREATE TRIGGER later AFTER INSERT ON event BEGIN DELETE FROM vault; END"),
        ("bomb", "CREATE TRIGGER bomb AFTER INSERT ON event BEGIN INSERT INTO checkpoint"
         " WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i, 'x' FROM n;"
         " END"),
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
        ("trigger", "event", "CREATE TRIGGER {} AFTER INSERT ON event BEGIN DELETE FROM vault; END"),
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


def test_an_endless_view_in_the_place_of_a_table_is_tampered(case: Case) -> None:
    """A view named `event` without an end is not read to its end."""
    with case.raw() as connection:
        for name in TRIGGERS:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("DROP TABLE event")
        connection.execute(
            "CREATE VIEW event AS WITH RECURSIVE n(position) AS (SELECT 1 UNION ALL"
            " SELECT position + 1 FROM n) SELECT position, '' stream, 1 version, '' topic,"
            " x'' state, x'' leaf FROM n"
        )
    assert case.by_signer().verdict == TAMPERED


def test_a_costly_index_is_not_computed(case: Case) -> None:
    """An index over an expression that takes minutes is named, without being evaluated."""
    with case.raw() as connection:
        connection.execute(
            "CREATE INDEX costly ON event (length(hex(hex(zeroblob(position > 999)))))"
        )
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_master SET sql = replace(sql, 'position > 999', '2000000')"
            " WHERE name = 'costly'"
        )
    verdict = case.by_signer()
    assert verdict.verdict == TAMPERED
    assert not any(finding.what == "integrity" for finding in verdict.findings)


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


# --- the roots of runs ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("DELETE FROM subtree WHERE nth = 0", "subtree 0 of level 1"),
        ("DELETE FROM subtree WHERE nth = 1", "subtree 1 of level 1"),
        ("DELETE FROM subtree", "subtree 1 of level 1"),
        ("UPDATE subtree SET hash = zeroblob(32) WHERE nth = 1", "subtree 1 of level 1"),
        ("UPDATE subtree SET nth = 7 WHERE nth = 1", "subtree 1 of level 1"),
        ("UPDATE subtree SET level = 2 WHERE nth = 1", "subtree 1 of level 1"),
        ("INSERT INTO subtree VALUES (1, 2, zeroblob(32))", "3 subtree rows"),
        ("INSERT INTO subtree VALUES (2, 0, zeroblob(32))", "3 subtree rows"),
        ("INSERT INTO subtree VALUES (-1, -1, zeroblob(32))", "3 subtree rows"),
    ],
)
def test_a_wrong_root_of_a_run_is_named(long: Case, sql: str, says: str) -> None:
    """A root that is missing, changed, moved or too many is 3, and says which."""
    assert long.by_signer().verdict == VERIFIED
    with long.attack() as connection:
        connection.execute(sql)
    for verdict in (long.by_signer(), long.by_stranger()):
        assert verdict.verdict == TAMPERED
        assert any(says in finding.message for finding in found(verdict, "subtree"))


def test_an_edit_in_a_long_ledger_names_entry_and_run(long: Case) -> None:
    """An edit without new hashes is named by its entry; its run does not fit either."""
    with long.attack() as connection:
        connection.execute("UPDATE event SET topic = 'note.added' WHERE position = 300")
    verdict = long.by_stranger()
    assert_tampered_at(verdict, 300)
    assert any("subtree 1 of level 1" in f.message for f in found(verdict, "subtree"))


# --- the head and the checkpoints -----------------------------------------------------------


def signed(case: Case, size: int, signer: Signer | None = None, origin: str = ORIGIN) -> str:
    """A note of the tree of the first entries, by the ledger's own key or another."""
    leaves = [leaf_of(*entry[1:]) for entry in case.entries()[:size]]
    text = checkpoint_text(Checkpoint(origin, size, root_of(leaves)))
    return (signer or case.signer().signer).sign(text)


def set_head(case: Case, size: object, note: object) -> None:
    with case.attack() as connection:
        connection.execute("UPDATE head SET size = ?, note = ?", (size, note))


def test_a_missing_head_is_tampered(case: Case) -> None:
    """No head: 3 with or without outside trust."""
    with case.attack() as connection:
        connection.execute("DELETE FROM head")
    for verdict in (case.by_signer(), case.by_stranger(), case.by_stranger(case.kept)):
        assert verdict.verdict == TAMPERED
        found(verdict, "head")


def test_a_head_of_fewer_entries_names_those_above(case: Case) -> None:
    """An older head: the entries above it are named from the first."""
    set_head(case, 105, (case.folder / "kept.note").read_text())
    assert_tampered_at(case.by_stranger(), 106)
    assert_tampered_at(case.by_signer(), 106)


def test_a_head_of_more_entries_names_the_first_gone(case: Case) -> None:
    """A head of entries that are not there: the first of them is named."""
    text = checkpoint_text(Checkpoint(ORIGIN, 500, bytes(32)))
    set_head(case, 500, case.signer().signer.sign(text))
    assert_tampered_at(case.by_stranger(), 111)


@pytest.mark.parametrize("table", ["head", "checkpoint"])
@pytest.mark.parametrize("how", ["origin", "key", "size", "root", "cut", "CR", "08", "text"])
def test_a_wrong_note_in_the_ledger_is_tampered(case: Case, table: str, how: str) -> None:
    """A stored note of another origin, key, size or root, or not well formed, is 3."""
    size = 110 if table == "head" else 105
    good = signed(case, size)
    root = good.split("\n")[2]
    wrong = {
        "origin": lambda: signed(case, size, origin="example.org/other"),
        "key": lambda: signed(case, size, FORGER),
        "size": lambda: signed(case, size - 1),
        "root": lambda: case.signer().signer.sign(
            checkpoint_text(Checkpoint(ORIGIN, size, bytes(32)))
        ),
        "cut": lambda: good[:-1],
        "CR": lambda: good.replace("\n", "\r\n"),
        "08": lambda: case.signer().signer.sign(f"{ORIGIN}\n0{size}\n{root}\n"),
        "text": lambda: "not a note",
    }[how]()
    with case.attack() as connection:
        connection.execute(f"UPDATE {table} SET note = ?", (wrong,))
    for verdict in (case.by_signer(), case.by_stranger(), case.by_stranger(case.early)):
        assert verdict.verdict == TAMPERED
        assert any(f.position == size for f in found(verdict, "note"))


def test_a_note_with_a_good_and_an_unknown_signature_is_good(case: Case) -> None:
    """A witness's line, by a key that the ledger does not name, takes nothing away."""
    good = signed(case, 110)
    other = FORGER.sign("".join(good.partition("\n\n")[0]) + "\n").partition("\n\n")[2]
    set_head(case, 110, good + other)
    assert case.by_signer().verdict == VERIFIED
    set_head(case, 110, good.partition("\n\n")[0] + "\n\n" + other)
    assert case.by_signer().verdict == TAMPERED


def test_extra_checkpoints_that_are_right_are_no_difference(case: Case) -> None:
    """Any number of issued notes, as long as they are of this tree."""
    with case.raw() as connection:
        for size in range(1, 105):
            connection.execute("INSERT INTO checkpoint VALUES (?, ?)", (size, signed(case, size)))
    assert case.by_signer().verdict == VERIFIED


@pytest.mark.parametrize("size", [0, -1, 111, 2**63 - 1, -(2**63)])
def test_a_checkpoint_of_an_impossible_size_is_tampered(case: Case, size: int) -> None:
    """A signed note of more entries than are there, or a row of another size: 3."""
    text = checkpoint_text(Checkpoint(ORIGIN, max(size, 0), bytes(32)))
    with case.raw() as connection:
        connection.execute(
            "INSERT INTO checkpoint VALUES (?, ?)", (size, case.signer().signer.sign(text))
        )
    assert case.by_signer().verdict == TAMPERED


def test_a_second_head_is_tampered(case: Case) -> None:
    """The one row of the head is one."""
    with case.attack() as connection:
        connection.execute("INSERT INTO head SELECT 2, size, note FROM head")
    assert case.by_signer().verdict == TAMPERED


@pytest.mark.parametrize("table", ["head", "checkpoint"])
@pytest.mark.parametrize("column", ["size", "note"])
@pytest.mark.parametrize(
    "value", ["NULL", "'x'", "x'ff'", "1.5", "110.0", "7", "CAST(x'ff' AS TEXT)", "1e999",
              "CAST(note AS BLOB)", "zeroblob(2000000)"],
)  # fmt: skip
def test_a_head_of_another_type_is_survived(
    case: Case, table: str, column: str, value: str
) -> None:
    """Whatever type stands in head or checkpoint: 3, for everyone, and never a crash."""
    if (table, column) == ("checkpoint", "size"):
        pytest.skip("a key of rowids is always a whole number")
    with case.untyped(table) as connection:
        connection.execute(f"UPDATE {table} SET {column} = {value}")
    case.by_stranger(case.last)
    assert case.by_stranger().verdict == TAMPERED
    assert case.by_signer(case.kept, case.last).verdict == TAMPERED


@pytest.mark.parametrize("column", ["level", "nth", "hash"])
@pytest.mark.parametrize("value", ["'x'", "x'ff'", "1.5", "1e999", "CAST(hash AS TEXT)"])
def test_a_subtree_of_another_type_is_survived(long: Case, column: str, value: str) -> None:
    """Whatever type stands in subtree: 3, and never a crash."""
    with long.untyped("subtree") as connection:
        connection.execute(f"UPDATE subtree SET {column} = {value} WHERE nth = 1")
    assert long.by_signer().verdict == TAMPERED


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
