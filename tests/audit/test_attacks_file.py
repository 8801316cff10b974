"""Attacks that can be made on a file alone: values of other types, tables taken away, raw rows."""

from __future__ import annotations

import sqlite3

import pytest
from audit_helpers import (
    CANNOT_TELL,
    INSERT,
    TAMPERED,
    VERIFIED,
    Case,
    append,
    assert_tampered_at,
    assert_words_at,
    forge_all,
    found,
    perfect,
)

from footprint.domain.events import ThreadFiled
from footprint.errors import Refused

AT, WORDS_AT = 20, 7
"""The entry that is attacked, in the middle; and the first of CH-1, which has words."""

# --- rows beside the application ------------------------------------------------------------


def test_a_raw_insert_beside_the_application_is_named(case: Case) -> None:
    """A perfect leaf that satisfies every trigger stands above the signed head: 3, at it."""
    with case.raw() as connection:
        connection.execute(INSERT, perfect(connection, 111))
    assert_tampered_at(case.by_signer(), 111)
    assert_tampered_at(case.by_stranger(), 111)
    assert_tampered_at(case.by_stranger(case.kept), 111)


def test_the_application_does_not_build_on_a_raw_insert(case: Case) -> None:
    """The signer refuses to go on from an entry that it did not sign."""
    with case.raw() as connection:
        connection.execute(INSERT, perfect(connection, 111))
    with case.writing() as ledger, pytest.raises(Refused):
        append(ledger, "CH-0000002", ThreadFiled())


@pytest.mark.parametrize("how", ["OR REPLACE", "OR IGNORE", "gap", "upsert", "version"])
def test_a_raw_insert_over_or_beyond_is_refused(case: Case, how: str) -> None:
    """The database itself refuses to replace an entry, or to leave a gap."""
    before = case.entries()
    with case.raw() as connection:
        row = perfect(connection, 112 if how == "gap" else AT)
        if how == "version":
            row = (111, row[1], 1, *row[3:])
        sql = INSERT.replace("INSERT", f"INSERT {how}") if how.startswith("OR") else INSERT
        if how == "upsert":
            sql += " ON CONFLICT (position) DO UPDATE SET state = excluded.state"
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute(sql, row)
    assert case.entries() == before
    assert case.by_signer().verdict == VERIFIED


# --- values that a server does not take -----------------------------------------------------


@pytest.mark.parametrize("stream", ["CH-0000004\n4", "x" * 1_000_000, "CH-0000001\0"], ids=len)
def test_a_stream_that_only_a_file_can_hold_is_named(case: Case, stream: str) -> None:
    """With a newline, too long for an index, with a character that ends texts: 3, at the entry."""
    with case.attack() as connection:
        connection.execute("UPDATE event SET stream = ? WHERE position = ?", (stream, AT))
        forge_all(connection)
    assert_tampered_at(case.by_signer(), AT)
    assert_tampered_at(case.by_stranger(), AT)


@pytest.mark.parametrize("column", ["state", "leaf"])
def test_bytes_stored_as_text_name_the_entry(case: Case, column: str) -> None:
    """A BLOB turned into TEXT of the same bytes is 3 at that position, schema put back or not."""
    with case.untyped("event") as connection:
        connection.execute(
            f"UPDATE event SET {column} = CAST({column} AS TEXT) WHERE position = ?", (AT,)
        )
    assert_tampered_at(case.by_signer(), AT)
    assert_tampered_at(case.by_stranger(), AT)


@pytest.mark.parametrize("column", ["words", "salt"])
@pytest.mark.parametrize("value", ["CAST({} AS TEXT)", "7", "''", "x''"])
def test_words_of_another_type_name_the_entry(case: Case, column: str, value: str) -> None:
    """Text, a number or nothing in the place of the vault's bytes."""
    with case.untyped("vault") as connection:
        connection.execute(
            f"UPDATE vault SET {column} = {value.format(column)} WHERE position = ?", (WORDS_AT,)
        )
    assert_words_at(case, WORDS_AT)


def test_words_made_null_name_the_entry(case: Case) -> None:
    """A row that is there and holds nothing is as if it was deleted."""
    with case.untyped("vault") as connection:
        connection.execute("UPDATE vault SET words = NULL WHERE position = ?", (WORDS_AT,))
    assert_words_at(case, WORDS_AT)


def test_a_childs_number_of_another_type_is_tampered(case: Case) -> None:
    """Bytes in the place of the number's text."""
    with case.untyped("vault_child") as connection:
        connection.execute("UPDATE vault_child SET child = CAST(child AS TEXT)")
    assert_words_at(case, WORDS_AT)


@pytest.mark.parametrize("one", [-1, 0, 2])
@pytest.mark.parametrize("note", ["the same", "nothing"])
def test_a_second_head_is_tampered(case: Case, one: int, note: str) -> None:
    """The one row of the head is row 1: another could be the one that the application reads."""
    with case.attack() as connection:
        connection.execute("INSERT INTO head SELECT ?, size, note FROM head", (one,))
        if note == "nothing":
            connection.execute("UPDATE head SET note = 'nothing', size = 7 WHERE one = ?", (one,))
    assert case.by_signer().verdict == TAMPERED


def test_a_head_in_another_row_is_tampered(case: Case) -> None:
    """A read-only connection does not check CHECK constraints; a verifier has to."""
    with case.attack() as connection:
        connection.execute("UPDATE head SET one = 5")
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
        pytest.skip("part of a key is never null, and never of another type")
    if (table, column, value) == ("checkpoint", "note", "NULL"):
        pytest.skip("part of a key is never null")
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


# --- the audit copy -------------------------------------------------------------------------


def test_an_audit_copy_says_that_words_are_not_checked(case: Case) -> None:
    """Both tables of the vault gone: verdict by outside trust, and the words not checked."""
    with case.attack() as connection:
        connection.execute("DROP TABLE vault")
        connection.execute("DROP TABLE vault_child")
    for verdict, expected in (
        (case.by_signer(), VERIFIED),
        (case.by_stranger(case.kept), VERIFIED),
        (case.by_stranger(), CANNOT_TELL),
    ):
        assert (verdict.verdict, verdict.words_checked) == (expected, False)
        assert verdict.findings == []


@pytest.mark.parametrize("table", ["vault", "vault_child"])
def test_half_a_vault_is_tampered(case: Case, table: str) -> None:
    """One of the two tables gone is no audit copy."""
    with case.attack() as connection:
        connection.execute(f"DROP TABLE {table}")
    verdict = case.by_signer()
    assert verdict.verdict == TAMPERED
    assert any(table in finding.message for finding in found(verdict, "schema"))


def test_an_audit_copy_is_attacked_like_any_other(case: Case) -> None:
    """Without a vault, a changed entry is named all the same."""
    with case.attack() as connection:
        connection.execute("DROP TABLE vault")
        connection.execute("DROP TABLE vault_child")
        connection.execute("UPDATE event SET topic = 'note.added' WHERE position = 9")
    assert_tampered_at(case.by_stranger(), 9)
