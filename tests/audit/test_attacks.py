"""Entries changed, moved, removed and slipped in, by somebody who owns the file."""

from __future__ import annotations

import orjson
import pytest
from audit_helpers import (
    BOTH,
    CANNOT_TELL,
    ORIGIN,
    TAMPERED,
    VERIFIED,
    Case,
    assert_interval,
    assert_tampered_at,
    entries_of,
    forge_all,
    forge_head,
    found,
    put_state,
    raised,
    rehash_all,
    state_at,
)

from footprint.engine.connection import Connection
from footprint.proof.key import Signer

pytestmark = BOTH
AT = 20
"""The entry that is attacked: in the middle, below the kept checkpoint."""


def test_an_honest_ledger_is_verified_by_everyone_who_holds_something(case: Case) -> None:
    """Untouched: 0 for the signer and every holder, 5 for who holds nothing."""
    assert case.by_signer().verdict == VERIFIED
    for voucher, uncovered in (
        (case.last, 0),
        (case.receipt, 0),
        (case.kept, 5),
        (case.early, 104),
    ):
        verdict = case.by_stranger(voucher)
        assert (verdict.verdict, verdict.uncovered) == (VERIFIED, uncovered)
    verdict = case.by_stranger()
    assert (verdict.verdict, verdict.findings) == (CANNOT_TELL, [])


# --- one entry changed ----------------------------------------------------------------------


@pytest.mark.parametrize("position", [1, 7, AT, 110])
def test_a_flipped_bit_of_state_names_the_entry(case: Case, position: int) -> None:
    """One bit of one state changes: 3 with or without outside trust, at that position."""
    with case.attack() as connection:
        (state,) = connection.execute(
            "SELECT state FROM event WHERE position = ?", (position,)
        ).fetchone()
        put_state(connection, position, state[:-9] + bytes([state[-9] ^ 1]) + state[-8:])
    assert_tampered_at(case.by_signer(), position)
    assert_tampered_at(case.by_stranger(), position)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("stream", "CH-0000099"),
        ("version", 77),
        ("topic", "challenge.raised"),
        ("topic", "note.added"),
        ("topic", ""),
    ],
)
def test_a_changed_column_names_the_entry(case: Case, column: str, value: object) -> None:
    """Stream, version and topic are in the leaf: changing one is 3 at that position."""
    with case.attack() as connection:
        connection.execute(f"UPDATE event SET {column} = ? WHERE position = ?", (value, AT))
    assert_tampered_at(case.by_signer(), AT)
    assert_tampered_at(case.by_stranger(), AT)


def test_a_changed_leaf_names_the_entry(case: Case) -> None:
    """A stored leaf that is not its entry's is 3 at that position."""
    with case.attack() as connection:
        connection.execute("UPDATE event SET leaf = ? WHERE position = ?", (bytes(32), AT))
    assert_tampered_at(case.by_signer(), AT)
    assert_tampered_at(case.by_stranger(), AT)


def test_a_version_changed_and_rehashed_names_the_thread(case: Case) -> None:
    """Versions that are not dense contradict themselves, whatever the hashes say."""
    with case.attack() as connection:
        connection.execute("UPDATE event SET version = 9 WHERE position = ?", (AT,))
        rehash_all(connection)
    verdict = case.by_stranger()
    assert verdict.verdict == TAMPERED
    assert found(verdict, "versions")[0].ref == "CH-4"


# --- everything hashed again ----------------------------------------------------------------


def test_a_rehashed_edit_contradicts_the_head(case: Case) -> None:
    """With every leaf recomputed, the head that was left behind gives it away: 3 to anyone."""
    case.rewrite(AT, raised)
    verdict = case.by_stranger()
    assert verdict.verdict == TAMPERED
    assert any("1 to 110" in finding.message for finding in found(verdict, "note"))


def test_a_rehashed_edit_contradicts_a_kept_checkpoint_by_interval(case: Case) -> None:
    """Each kept note narrows the interval: between the last that fits and the first that not."""
    case.rewrite(AT, raised)
    assert_interval(case.by_stranger(case.kept), 1, 105)
    assert_interval(case.by_stranger(case.kept, case.early), 7, 105)
    assert_interval(case.by_stranger(case.early, case.last), 7, 110)
    assert_interval(case.by_signer(), 1, 110)
    assert_interval(case.by_signer(case.early), 7, 110)


def test_a_rehashed_edit_contradicts_a_receipt(case: Case) -> None:
    """The line in the child's file is enough to show that something before it was changed."""
    case.rewrite(AT, raised)
    assert_interval(case.by_stranger(case.receipt), 1, 110)


def test_a_rehashed_edit_above_a_kept_checkpoint_is_for_the_signer(case: Case) -> None:
    """An edit above the auditor's note is 3 on the signer's machine, named above that note."""
    case.rewrite(108, raised)
    assert_interval(case.by_signer(case.kept), 106, 110)


def test_a_rehashed_edit_without_a_head_is_tampered(case: Case) -> None:
    """A head deleted to hide the edit is itself a finding."""
    case.rewrite(AT, raised)
    with case.attack() as connection:
        connection.execute("DELETE FROM head")
        connection.execute("DELETE FROM checkpoint")
    found(case.by_stranger(), "head")
    assert_interval(case.by_stranger(case.kept), 1, 105)
    assert_interval(case.by_signer(), 1, 110)


def test_a_rehashed_edit_signed_by_another_key_is_tampered(case: Case) -> None:
    """A head signed by a key that the ledger does not name is 3 to anyone."""
    with case.attack() as connection:
        put_state(connection, AT, orjson.dumps(raised(state_at(connection, AT))))
        forge_head(connection, Signer(ORIGIN, bytes(32)))
    assert case.by_stranger().verdict == TAMPERED
    assert_interval(case.by_signer(), 1, 110)


@pytest.mark.parametrize("edit", [True, False])
def test_a_forged_ledger_is_never_verified(case: Case, *, edit: bool) -> None:
    """All forged under a key that the first entry names: 5 without trust, 3 with any, never 0."""
    with case.attack() as connection:
        if edit:
            facts = raised(state_at(connection, AT))
            put_state(connection, AT, orjson.dumps(facts, option=orjson.OPT_SORT_KEYS))
        forge_all(connection)
    alone = case.by_stranger()
    assert (alone.verdict, alone.findings) == (CANNOT_TELL, [])
    assert_interval(case.by_stranger(case.kept), 1, 105)
    assert_interval(case.by_stranger(case.receipt), 1, 110)
    mine = case.by_signer()
    assert_interval(mine, 1, 110)
    found(mine, "key")


def test_a_forged_ledger_is_unknown_to_who_has_only_the_key(case: Case) -> None:
    """A machine that has the signer's key and lost its state says that the key is another."""
    for state in case.home.glob("signers/*/state"):
        state.unlink()
    assert case.by_signer().verdict == VERIFIED
    with case.attack() as connection:
        forge_all(connection)
    found(case.by_signer(), "key")


def test_a_ledger_forged_under_another_origin_is_never_verified(case: Case) -> None:
    """Another origin in the first entry: 3 against a kept note, never 0 for anyone."""
    with case.attack() as connection:
        forge_all(connection, origin="example.org/another")
    found(case.by_stranger(case.kept), "origin")
    assert case.by_signer().verdict != VERIFIED
    assert case.by_stranger(case.receipt).verdict == TAMPERED


# --- entries removed ------------------------------------------------------------------------


def cut(case: Case, after: int) -> None:
    """Delete the tail, and what stands above it."""
    with case.attack() as connection:
        connection.execute("DELETE FROM event WHERE position > ?", (after,))
        connection.execute("DELETE FROM vault WHERE position > ?", (after,))
        connection.execute("DELETE FROM checkpoint WHERE size > ?", (after,))
        rehash_all(connection)


def put_back_head(case: Case, size: int, note: str) -> None:
    with case.attack() as connection:
        connection.execute("UPDATE head SET size = ?, note = ?", (size, note))


def test_a_deleted_tail_contradicts_the_head(case: Case) -> None:
    """The tail cut and the head left: 3 to anyone, from the first entry that is gone."""
    cut(case, 100)
    assert_tampered_at(case.by_stranger(), 101)


def test_a_tail_deleted_below_a_kept_checkpoint_is_tampered(case: Case) -> None:
    """Below the note, with an old head put back: 3, from the first entry that is gone."""
    cut(case, 6)
    put_back_head(case, 6, (case.folder / "early.note").read_text())
    assert_tampered_at(case.by_stranger(case.kept), 7)
    assert_tampered_at(case.by_stranger(case.receipt), 7)
    assert_tampered_at(case.by_signer(), 7)
    assert case.by_stranger(case.early).verdict == TAMPERED  # vault_child rows are left over


def test_a_tail_deleted_above_a_kept_checkpoint_is_for_the_signer(case: Case) -> None:
    """Above it, with the old head put back: 3 for signer and receipt, 0 for the older note."""
    cut(case, 105)
    put_back_head(case, 105, (case.folder / "kept.note").read_text())
    assert_tampered_at(case.by_signer(), 106)
    assert_tampered_at(case.by_stranger(case.receipt), 106)
    older = case.by_stranger(case.kept)
    assert (older.verdict, older.covered, older.uncovered) == (VERIFIED, 105, 0)
    oldest = case.by_stranger(case.early)
    assert (oldest.verdict, oldest.covered, oldest.uncovered) == (VERIFIED, 6, 99)


def test_a_stored_checkpoint_above_the_tail_is_tampered(case: Case) -> None:
    """A signed checkpoint of more entries than are there shows the cut, to anyone."""
    with case.writing() as ledger:
        ledger.connection.execute("INSERT INTO checkpoint SELECT size, note FROM head")
    with case.attack() as connection:
        connection.execute("DELETE FROM event WHERE position > 105")
        connection.execute("DELETE FROM vault WHERE position > 105")
        rehash_all(connection)
    put_back_head(case, 105, (case.folder / "kept.note").read_text())
    verdict = case.by_stranger(case.kept)
    assert verdict.verdict == TAMPERED
    assert any(f.position in {106, 110} for f in verdict.findings)


@pytest.mark.parametrize("gone", [1, AT, 109])
def test_an_entry_deleted_from_the_middle_is_named(case: Case, gone: int) -> None:
    """A gap in the positions is 3 to anyone, at the entry that is gone."""
    with case.attack() as connection:
        connection.execute("DELETE FROM event WHERE position = ?", (gone,))
    assert_tampered_at(case.by_stranger(), gone)
    assert_tampered_at(case.by_signer(case.kept), gone)


def test_a_thread_deleted_and_the_rest_renumbered_is_tampered(case: Case) -> None:
    """A whole thread taken out, positions closed up, hashes redone: 3 by whatever was kept."""
    with case.attack() as connection:
        _take_out(connection, "CH-0000005")
        forge_all(connection)
    assert case.by_stranger().verdict == CANNOT_TELL
    assert_interval(case.by_stranger(case.kept), 1, 105)
    assert_tampered_at(case.by_signer(), 107)


def _take_out(connection: Connection, stream: str) -> None:
    gone = [p for p, s, *_ in entries_of(connection) if s == stream]
    connection.execute("DELETE FROM vault_child WHERE stream = ?", (stream,))
    for table in ("vault", "event"):
        for position in reversed(gone):
            connection.execute(f"DELETE FROM {table} WHERE position = ?", (position,))
        above = f"SELECT position FROM {table} WHERE position > ? ORDER BY position"
        for (position,) in connection.execute(above, (gone[0],)).fetchall():
            less = sum(position > one for one in gone)
            connection.execute(
                f"UPDATE {table} SET position = ? WHERE position = ?", (position - less, position)
            )
