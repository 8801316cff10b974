"""Entries slipped in, moved about and put back: the order of a ledger, attacked."""

from __future__ import annotations

import shutil

import orjson
import pytest
from audit_helpers import (
    BOTH,
    CANNOT_TELL,
    INSERT,
    ORIGIN,
    TAMPERED,
    VERIFIED,
    Case,
    append,
    assert_interval,
    assert_tampered_at,
    canonical,
    forge_all,
    forge_head,
    found,
    leaf_of,
    perfect,
    put_state,
    rehash_all,
    state_at,
)

from footprint.domain.events import SignerChanged, ThreadFiled
from footprint.engine.connection import Connection
from footprint.errors import Refused
from footprint.proof.key import Signer

pytestmark = BOTH
AT = 20


def make_room(connection: Connection, at: int) -> None:
    """Move everything from a position on up by one."""
    for table in ("event", "vault"):
        above = f"SELECT position FROM {table} WHERE position >= ? ORDER BY position DESC"
        for (position,) in connection.execute(above, (at,)).fetchall():
            connection.execute(
                f"UPDATE {table} SET position = ? WHERE position = ?", (position + 1, position)
            )


@pytest.mark.parametrize("at", [7, AT, 110])
def test_an_entry_inserted_backdated_is_tampered(case: Case, at: int) -> None:
    """Slipped into the middle, renumbered and rehashed: 3 to anyone, by interval to a holder."""
    with case.attack() as connection:
        make_room(connection, at)
        connection.execute(INSERT, perfect(connection, at))
        rehash_all(connection)
    assert case.by_stranger().verdict == TAMPERED
    holder = case.by_stranger(case.kept, case.early)
    assert holder.verdict == TAMPERED
    assert_interval(case.by_signer(case.early, case.kept), 106 if at > 105 else 7, 110)
    if at <= 105:
        assert_interval(holder, 7, 105)


def test_an_entry_inserted_and_all_forged_is_tampered_to_a_holder(case: Case) -> None:
    """The same under a forged key: 5 for who has nothing, 3 by interval for who has something."""
    with case.attack() as connection:
        make_room(connection, 111)
        moment = state_at(connection, 110)["recorded_at"]
        connection.execute(INSERT, perfect(connection, 111, recorded_at=moment))
        forge_all(connection)
    assert case.by_stranger().verdict == CANNOT_TELL
    assert_interval(case.by_stranger(case.kept), 1, 105)
    assert_interval(case.by_signer(), 1, 110)


@pytest.mark.parametrize(("one", "other"), [(8, 12), (10, 11), (20, 103)])
def test_two_entries_reordered_are_tampered(case: Case, one: int, other: int) -> None:
    """Two entries of different threads change places, words with them: 3, and 3 by interval."""
    with case.attack() as connection:
        (same,) = connection.execute(
            "SELECT count(DISTINCT stream) FROM event WHERE position IN (?, ?)", (one, other)
        ).fetchone()
        assert same == 2
        for table in ("event", "vault"):
            for old, new in ((one, -1), (other, one), (-1, other)):
                connection.execute(
                    f"UPDATE {table} SET position = ? WHERE position = ?", (new, old)
                )
        rehash_all(connection)
    assert case.by_stranger().verdict == TAMPERED
    assert_interval(case.by_stranger(case.early, case.kept), 7, 105)
    assert_interval(case.by_signer(case.early), 7, 110)


def test_two_entries_of_one_thread_reordered_are_named(case: Case) -> None:
    """Versions that do not follow positions name the entry and the thread, forged or not."""
    with case.attack() as connection:
        for table in ("event", "vault"):
            for old, new in ((8, -1), (9, 8), (-1, 9)):
                connection.execute(
                    f"UPDATE {table} SET position = ? WHERE position = ?", (new, old)
                )
        forge_all(connection)
    verdict = case.by_stranger()
    assert_tampered_at(verdict, 8)
    assert found(verdict, "order")[0].ref == "CH-1"


def test_renumbered_positions_are_tampered(case: Case) -> None:
    """All positions moved up: 3 to anyone, from the first that is not there."""
    with case.attack() as connection:
        make_room(connection, 1)
        rehash_all(connection)
    assert_tampered_at(case.by_stranger(), 1)


def test_time_that_runs_back_names_the_entry(case: Case) -> None:
    """`recorded_at` behind the entry before it is 3, even where all is forged."""
    with case.attack() as connection:
        facts = state_at(connection, AT) | {"recorded_at": "2001-01-01T00:00:00.000000Z"}
        put_state(connection, AT, canonical(facts))
        forge_all(connection)
    assert_tampered_at(case.by_stranger(), AT)


def test_a_second_opening_is_named(case: Case) -> None:
    """`ledger.opened` a second time, and an entry before the first: both are named."""
    with case.attack() as connection:
        connection.execute(
            "UPDATE event SET topic = 'ledger.opened', state = (SELECT state FROM event"
            " WHERE position = 1) WHERE position = ?",
            (AT,),
        )
        forge_all(connection)
    assert_tampered_at(case.by_stranger(), AT)


def test_an_older_backup_put_back_is_for_the_signer(case: Case) -> None:
    """3 on the signer's machine and for a receipt; 0 for the holder of an older note."""
    backup = case.saved()
    with case.writing() as ledger:
        for _ in range(3):
            append(ledger, "CH-0000002", ThreadFiled())
    assert case.by_signer().verdict == VERIFIED
    case.restore(backup)
    assert_tampered_at(case.by_signer(), 111)
    older = case.by_stranger(case.kept)
    assert (older.verdict, older.uncovered) == (VERIFIED, 5)
    with case.writing() as ledger, pytest.raises(Refused):
        append(ledger, "CH-0000002", ThreadFiled())


def test_a_backup_that_grew_past_what_was_lost_is_tampered(case: Case) -> None:
    """More appended to the backup than was lost, by the same key: 3, between the two."""
    backup, home = case.saved(), case.folder / "home-then"
    shutil.copytree(case.home, home)
    with case.writing() as ledger:
        append(ledger, "CH-0000002", ThreadFiled())
    now = case.folder / "home-now"
    shutil.move(case.home, now)
    shutil.copytree(home, case.home)
    case.restore(backup)
    with case.writing() as ledger:
        for _ in range(4):
            append(ledger, "CH-0000005", ThreadFiled())
    shutil.rmtree(case.home)
    shutil.move(now, case.home)
    assert_interval(case.by_signer(), 1, 111)
    assert_interval(case.by_signer(case.last), 111, 111)
    assert case.by_stranger(case.last).uncovered == 4


def test_a_key_slipped_in_is_not_the_signers(case: Case) -> None:
    """`signer.changed` without the old key's word: the head is by an unknown key, 3."""
    forger = Signer(ORIGIN, b"f" * 32)
    with case.attack() as connection:
        row = perfect(connection, 111)
        changed = {k: v for k, v in orjson.loads(row[4]).items() if k != "privileged"}
        state = canonical(changed | {"key": forger.verifier.vkey})
        entry = ("ledger", 2, SignerChanged.topic, state)
        connection.execute(INSERT, (111, *entry, leaf_of(*entry)))
        forge_head(connection, forger)
    verdict = case.by_signer()
    found(verdict, "key")
    assert verdict.verdict == TAMPERED
    # The holder of an older note is told that another key signs from there on.
    older = case.by_stranger(case.kept)
    assert older.uncovered == 6
    assert older.verdict != VERIFIED or older.remarks
