"""Files that were damaged, cut, swapped for others, or made to hurt whoever reads them."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import time
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import orjson
import pytest
from audit_helpers import (
    CANNOT_TELL,
    FORGER,
    TAMPERED,
    VERIFIED,
    Case,
    assert_tampered_at,
    both,
    canonical,
    entries_of,
    forge_all,
    forge_head,
    leaf_of,
    put_state,
    redact,
    rehash_all,
    state_at,
)

# --- the file -------------------------------------------------------------------------------


def settled(case: Case) -> bytearray:
    """The file's bytes, with nothing beside it."""
    with case.raw() as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA journal_mode = DELETE")
    return bytearray(case.path.read_bytes())


def pages_of(case: Case, table: str) -> list[int]:
    """The pages of a table, as the file itself tells."""
    with case.raw() as connection:
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)
        ).fetchone()
        return [page]


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("kind", ["zeros", "random"])
def test_a_damaged_page_is_never_verified(case: Case, kind: str, seed: int) -> None:
    """A hundred bytes overwritten where entries are: 3, or 0 where no entry was among them."""
    data = settled(case)
    before = case.entries()
    chance = random.Random(seed)  # noqa: S311 - not for a secret
    at = chance.randrange(4096, len(data) - 100)
    data[at : at + 100] = bytes(100) if kind == "zeros" else chance.randbytes(100)
    case.path.write_bytes(data)
    verdict = case.by_signer()
    if verdict.verdict == VERIFIED:
        assert case.entries() == before
    else:
        assert verdict.verdict == TAMPERED


@pytest.mark.parametrize(
    "table", ["event", "vault", "vault_child", "head", "checkpoint", "sqlite_autoindex_event_1"]
)
def test_a_destroyed_table_is_tampered(case: Case, table: str) -> None:
    """The root page of any table overwritten: 3."""
    (page,) = pages_of(case, table)
    data = settled(case)
    size = int.from_bytes(data[16:18], "big")
    data[(page - 1) * size : page * size] = b"\xa5" * size
    case.path.write_bytes(data)
    assert case.by_signer().verdict == TAMPERED


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.999])
def test_a_truncated_file_is_never_verified(case: Case, share: float) -> None:
    """A file cut short: 3 or 5, and no traceback."""
    data = settled(case)
    case.path.write_bytes(data[: int(len(data) * share)])
    assert case.by_signer().verdict in {TAMPERED, CANNOT_TELL}


@pytest.mark.parametrize("length", [0, 1, 15, 16, 99, 100, 101, 512, 4095, 4096])
def test_a_file_cut_to_its_beginning_is_never_verified(case: Case, length: int) -> None:
    """Cut inside its first page: 3 or 5, and no traceback."""
    case.path.write_bytes(settled(case)[:length])
    expected = {CANNOT_TELL} if length < 16 else {TAMPERED, CANNOT_TELL}
    assert case.by_signer().verdict in expected


def test_a_destroyed_header_cannot_be_told(case: Case) -> None:
    """What is no database any more cannot be opened: 5."""
    data = settled(case)
    data[:100] = bytes(100)
    case.path.write_bytes(data)
    verdict = case.by_signer()
    assert (verdict.verdict, verdict.findings) == (CANNOT_TELL, [])


@pytest.mark.parametrize("what", ["missing", "folder", "text", "empty", "other", "no table"])
def test_what_is_no_ledger_cannot_be_told(case: Case, what: str) -> None:
    """A missing file, a folder, another file, another database: 5, with the reason."""
    path = case.folder / "given.db"
    if what == "folder":
        path.mkdir()
    elif what == "text":
        path.write_text("A letter, and no database.\n" * 900)
    elif what == "empty":
        path.touch()
    elif what in {"other", "no table"}:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("PRAGMA user_version = 7")
            connection.execute("VACUUM")
            if what == "other":
                connection.execute("CREATE TABLE invoices (number)")
    verdict = both(path, case.home, [])
    assert (verdict.verdict, verdict.findings) == (CANNOT_TELL, [])
    assert verdict.doubts
    assert path.exists() == (what != "missing")


@pytest.mark.parametrize("name", ["a b?c#d%41.db", "\u00e9\u2028.db", "-.db", "x;mode=rw.db"])
def test_any_name_of_a_file_is_read(case: Case, name: str) -> None:
    """Characters that mean something in a URI mean nothing in a path."""
    path = case.folder / name
    shutil.copy(case.path, path)
    assert both(path, case.home, []).verdict == VERIFIED


@pytest.mark.skipif(os.name == "nt", reason="names there are not bytes")
def test_a_name_that_is_no_text_is_read(case: Case) -> None:
    """A file whose name is not UTF-8, as old shares have them."""
    path = Path(os.fsdecode(os.fsencode(case.folder) + b"/\xe9.db"))
    try:
        shutil.copy(case.path, path)
    except OSError:
        pytest.skip("this file system has no such names")
    assert both(path, case.home, []).verdict == VERIFIED


def test_a_schema_that_is_no_text_is_survived(case: Case) -> None:
    """SQLite quotes a broken schema in its message, bytes that are no text included."""
    with case.raw() as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_master SET name = CAST(x'ff' AS TEXT), sql = CAST(x'43524541fe' AS TEXT)"
            " WHERE name = 'vault'"
        )
    assert case.by_signer().verdict != VERIFIED


# --- hostile values -------------------------------------------------------------------------


def put_whole(case: Case, position: int, state: bytes) -> None:
    with case.attack() as connection:
        put_state(connection, position, state)
        forge_head(connection, FORGER)


def test_a_state_of_ten_megabytes_is_read(case: Case) -> None:
    """Large and canonical is no crime; it is hashed like any other."""
    with case.attack() as connection:
        put_state(connection, 20, canonical(state_at(connection, 20) | {"actor": "a" * 10_000_000}))
        forge_all(connection)
    assert case.by_stranger().verdict == CANNOT_TELL
    assert case.by_stranger(case.kept).verdict == TAMPERED


def test_very_many_facts_are_survived(case: Case) -> None:
    """A state of very many keys is 3 in seconds."""
    started = time.monotonic()
    put_whole(case, 20, canonical({f"k{n}": n for n in range(300_000)}))
    assert_tampered_at(case.by_stranger(), 20)
    assert time.monotonic() - started < 20


NO_TEXT = (
    "CAST(x'ff' AS TEXT)",
    "CAST(x'eda080' AS TEXT)",
    "'a' || char(0) || 'b'",
    "char(27) || '[2J'",
    "char(8238)",
)


@pytest.mark.parametrize("table", ["event", "vault_child"])
@pytest.mark.parametrize("value", NO_TEXT)
def test_text_that_is_no_text_is_survived(case: Case, table: str, value: str) -> None:
    """Invalid UTF-8, NUL, surrogates, escapes in a stream: 3, and the report can be printed."""
    at = {"event": "position = 20", "vault_child": "stream = 'CH-0000001'"}[table]
    with case.attack() as connection:
        connection.execute(f"UPDATE {table} SET stream = {value} WHERE {at}")
    assert case.by_signer().verdict == TAMPERED
    if table == "event":
        assert_tampered_at(case.by_stranger(), 20)


@pytest.mark.parametrize("column", ["stream", "topic"])
def test_a_hashed_stream_that_is_no_text_is_survived(case: Case, column: str) -> None:
    """The same with a leaf that fits: the report can still be printed."""
    with case.attack() as connection:
        connection.execute(
            f"UPDATE event SET {column} = CAST(x'ff1b' AS TEXT) WHERE position = 110"
        )
        connection.text_factory = bytes
        row = connection.execute(
            "SELECT stream, version, topic, state FROM event WHERE position = 110"
        ).fetchone()
        stream, version, topic, state = (
            one.decode("utf-8", "surrogateescape") if isinstance(one, bytes) and n != 3 else one
            for n, one in enumerate(row)
        )
        place = f"footprint/event/v1\n{stream}\n{version}\n{topic}\n"
        leaf = sha256(b"\0" + place.encode("utf-8", "surrogateescape") + state).digest()
        connection.execute("UPDATE event SET leaf = ? WHERE position = 110", (leaf,))
    assert_tampered_at(case.by_stranger(), 110)


@pytest.mark.parametrize("column", ["stream", "version", "topic", "state", "leaf"])
@pytest.mark.parametrize(
    "value",
    ["NULL", "5", "1.5", "1e999", "''", "x''", "9223372036854775807", "CAST(x'ff' AS TEXT)"],
)
def test_a_column_of_any_type_names_the_entry(case: Case, column: str, value: str) -> None:
    """Whatever stands in a column of an entry, types lifted: 3 at its position."""
    if (column, value) in {("version", "5"), ("version", "9223372036854775807")}:
        pytest.skip("a version as it may be")
    with case.untyped("event") as connection:
        connection.execute(f"UPDATE event SET {column} = {value} WHERE position = 20")
    assert_tampered_at(case.by_stranger(), 20)
    assert_tampered_at(case.by_signer(case.kept), 20)


@pytest.mark.parametrize("position", [-1, 0, -(2**63), 200, 2**63 - 1])
@pytest.mark.parametrize("which", [1, 20, 110])
def test_a_position_far_off_is_named(case: Case, which: int, position: int) -> None:
    """An entry moved to a negative, zero or huge position leaves a gap that is named."""
    with case.attack() as connection:
        connection.execute("UPDATE event SET position = ? WHERE position = ?", (position, which))
        rehash_all(connection)
    for verdict in (case.by_signer(), case.by_stranger(), case.by_stranger(case.kept)):
        assert verdict.verdict == TAMPERED
        named = {f.position for f in verdict.findings}
        assert named & {which, position, 1}


def test_a_version_at_the_end_of_numbers_is_survived(case: Case) -> None:
    """The largest version there can be, and the smallest: 3, at its thread."""
    with case.attack() as connection:
        connection.execute("UPDATE event SET version = ? WHERE position = 20", (2**63 - 1,))
        connection.execute("UPDATE event SET version = ? WHERE position = 21", (-(2**63),))
        rehash_all(connection)
    verdict = case.by_stranger()
    assert verdict.verdict == TAMPERED
    assert "CH-4" in {f.ref for f in verdict.findings}


def test_a_ledger_wrong_everywhere_fills_no_memory(case: Case) -> None:
    """Thousands of wrong entries: some findings are kept, and the others counted."""
    with case.attack() as connection:
        state = entries_of(connection)[50][4]
        for position in range(111, 5000):
            row = ("CH-0000001", position, "note.added", state, bytes(32))
            connection.execute("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?)", (position, *row))
    verdict = case.by_stranger()
    assert verdict.verdict == TAMPERED
    assert len(verdict.findings) < 1000
    assert verdict.more_findings > 3000


def test_a_flood_of_findings_does_not_bury_the_others(long: Case) -> None:
    """One time far ahead, near the beginning, does not crowd out an edit near the end."""
    with long.attack() as connection:
        facts = state_at(connection, 3) | {"recorded_at": "9999-01-01T00:00:00.000000Z"}
        put_state(connection, 3, canonical(facts))
        rehash_all(connection)
        connection.execute("UPDATE event SET topic = 'note.added' WHERE position = 600")
    verdict = long.by_stranger()
    assert_tampered_at(verdict, 600)
    assert {3, 4} & {finding.position for finding in verdict.findings}


def test_an_empty_ledger_is_tampered(case: Case) -> None:
    """All tables there and nothing in them: 3 to a holder, never 0."""
    with case.attack() as connection:
        for table in ("event", "vault", "vault_child", "checkpoint", "head", "subtree"):
            connection.execute(f"DELETE FROM {table}")
    assert case.by_stranger().verdict == TAMPERED
    assert case.by_stranger(case.kept).verdict == TAMPERED
    assert case.by_signer().verdict != VERIFIED


def test_a_costly_vault_is_read_once(case: Case) -> None:
    """Fifty thousand redactions of the same positions take no longer than they should."""
    with case.writing() as ledger:
        redact(ledger, "CH-0000001", (9,))
    with case.attack() as connection:
        facts = state_at(connection, 112) | {"positions": [7] * 50_000}
        put_state(connection, 112, canonical(facts))
        forge_all(connection)
    started = time.monotonic()
    verdict = case.by_stranger()
    assert verdict.verdict in {CANNOT_TELL, TAMPERED}
    assert time.monotonic() - started < 5


def test_a_head_with_a_hundred_signatures_is_read(case: Case) -> None:
    """As many signatures as a note may have; one more is no note."""
    with case.attack() as connection:
        note = connection.execute("SELECT note FROM head").fetchone()[0]
        other = FORGER.sign(note.partition("\n\n")[0] + "\n").partition("\n\n")[2]
        connection.execute("UPDATE head SET note = ?", (note + other * 99,))
    assert case.by_signer().verdict == VERIFIED
    with case.attack() as connection:
        connection.execute("UPDATE head SET note = note || ?", (other,))
    assert case.by_signer().verdict == TAMPERED


def test_statistics_that_lie_change_nothing(case: Case) -> None:
    """Planner statistics are no difference, true or false; the verdict is the same."""
    with case.raw() as connection:
        connection.execute("ANALYZE")
    assert case.by_signer().verdict == VERIFIED
    with case.raw() as connection:
        connection.execute("DELETE FROM sqlite_stat1")
        for table, index, stat in (
            ("event", "sqlite_autoindex_event_1", "1 1 1 unordered noskipscan sz=1"),
            ("event", None, "0"),
            ("vault", None, "99999999999999999999 x \x1b"),
            ("nothing", "nothing", "nothing"),
        ):
            connection.execute("INSERT INTO sqlite_stat1 VALUES (?, ?, ?)", (table, index, stat))
        connection.execute("INSERT INTO sqlite_stat1 VALUES (x'ff', x'fe', x'fd')")
    assert case.by_signer().verdict == VERIFIED


def test_leaves_are_hashed_as_published(case: Case) -> None:
    """The helper's hash is that of the verifier: what it forges has the true leaves."""
    with case.raw() as connection:
        stored = [
            leaf for (leaf,) in connection.execute("SELECT leaf FROM event ORDER BY position")
        ]
    assert stored == [leaf_of(*entry[1:]) for entry in case.entries()]
    assert orjson.loads(case.entries()[0][4])["format"] == 1
