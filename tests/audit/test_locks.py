"""A locked vault, attacked: with the key every row is judged, without it none, and that is said."""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from audit_helpers import (
    ORIGIN,
    TAMPERED,
    VERIFIED,
    Case,
    assert_tampered_at,
    both,
    copy_case,
    note_on,
    redact,
)
from verifier_helpers import second_opinion

from footprint import apart
from footprint.audit import workers
from footprint.audit.verdict import Verdict
from footprint.audit.verify import verify_ledger
from footprint.audit.workers import Spread
from footprint.ledger.opening import open_ledger
from footprint.ledger.store.sealing import lock_child, lock_words, place_of
from footprint.ledger.words import locking
from footprint.vault.key import Keys
from footprint.vault.lock import Lock, new_lock

HERE, APART = Spread(processes=1), Spread(processes=2, least=0, runs=1)
AT, OTHER = 8, 107
THREAD = "CH-0000001"


def keys_of(case: Case) -> Keys:
    return Keys(case.home, ORIGIN)


def locked(case: Case) -> Lock:
    """Lock the vault of a case."""
    keys = keys_of(case)
    with closing(
        open_ledger(case.path, sealer=lambda _: case.signer(), keys=lambda _: keys)
    ) as ledger:
        return locking.lock(ledger, keys, case.signer().folder, keyring=False).lock


@pytest.fixture
def shut(case: Case) -> Case:
    """One year, locked."""
    locked(case)
    return case


@pytest.fixture
def lock(shut: Case) -> Lock:
    """What it is locked under."""
    lock = keys_of(shut).newest()
    assert lock
    return lock


def with_key(case: Case, spread: Spread = HERE) -> Verdict:
    """What this machine says, which has the key."""
    return verify_ledger(case.path, case.home, spread=spread)


def without_key(case: Case) -> Verdict:
    """What both verifiers say to somebody who has the checkpoint and no key."""
    return both(case.path, case.stranger, [case.last])


def put(case: Case, position: int, salt: bytes, words: bytes) -> None:
    with case.attack() as connection:
        connection.execute("DELETE FROM vault WHERE position = ?", (position,))
        connection.execute("INSERT INTO vault VALUES (?, ?, ?)", (position, salt, words))


def row(case: Case, position: int) -> tuple[str, int, str, bytes, bytes]:
    with case.raw() as connection:
        found: tuple[str, int, str, bytes, bytes] = connection.execute(
            "SELECT stream, version, topic, salt, words FROM event JOIN vault USING (position)"
            " WHERE position = ?", (position,),
        ).fetchone()  # fmt: skip
    return found


def test_a_locked_ledger_verifies_to_the_same_root(case: Case) -> None:
    """With the key, the words too; without it, that they were not checked. Many do as one does."""
    before = case.by_signer()
    locked(case)
    for spread in (HERE, APART):
        verdict = with_key(case, spread)
        assert (verdict.verdict, verdict.root) == (VERIFIED, before.root)
        assert verdict.words_checked
        assert verdict.remarks == before.remarks
    verdict = without_key(case)
    assert (verdict.verdict, verdict.root, verdict.words_checked) == (VERIFIED, before.root, False)
    (remark,) = [remark for remark in verdict.remarks if "locked" in remark]
    assert remark.endswith("entries are locked and were not checked")
    by_many = verify_ledger(case.path, case.stranger, [case.last], spread=APART)
    assert (by_many.verdict, by_many.remarks) == (VERIFIED, verdict.remarks)


# --- attacked ---------------------------------------------------------------------------------


def changed(case: Case, _lock: Lock) -> None:
    *_, salt, words = row(case, AT)
    put(case, AT, salt, words[:-1] + bytes([words[-1] ^ 1]))


def of_another_entry(case: Case, _lock: Lock) -> None:
    put(case, AT, *row(case, OTHER)[3:])


def under_another_key(case: Case, _lock: Lock) -> None:
    put(case, AT, bytes(32), new_lock().close(b"", b"x" * 80))


def of_another_scheme(case: Case, _lock: Lock) -> None:
    put(case, AT, bytes(32), b"\x00\x02" + row(case, AT)[4][2:])


def cut(case: Case, _lock: Lock) -> None:
    put(case, AT, bytes(32), b"\x00")


def other_words(case: Case, lock: Lock) -> None:
    """By somebody who has the key: what opens is not what was committed to."""
    stream, version, topic, *_ = row(case, AT)
    words = b'{"child":"204117","text":"All is well."}'
    put(case, AT, *lock_words(lock, place_of(stream, version, topic), b"\x07" * 32, words))


def without_salt(case: Case, lock: Lock) -> None:
    stream, version, topic, *_ = row(case, AT)
    words = lock_words(lock, place_of(stream, version, topic), b"", b"")[1]
    put(case, AT, bytes(32), words)


ATTACKS = [
    changed, of_another_entry, under_another_key, of_another_scheme, cut, other_words, without_salt,
]  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_with_the_key_a_row_that_was_changed_is_found(
    shut: Case, lock: Lock, attack: Callable[[Case, Lock], None]
) -> None:
    """The position is named; who has no key cannot tell, and both verifiers say so."""
    attack(shut, lock)
    for spread in (HERE, APART):
        assert_tampered_at(with_key(shut, spread), AT)
    verdict = without_key(shut)
    assert (verdict.verdict, verdict.words_checked) == (VERIFIED, False)


@pytest.mark.parametrize("with_it", [True, False])
def test_a_salt_beside_locked_words_is_found(shut: Case, *, with_it: bool) -> None:
    """It would let whoever has the file confirm a guess; with the key and without, by both."""
    put(shut, AT, b"\x07" * 32, row(shut, AT)[4])
    verdict = with_key(shut) if with_it else without_key(shut)
    assert_tampered_at(verdict, AT)
    assert second_opinion(shut.path, shut.home, ())["verdict"] == TAMPERED


def test_a_locked_case_number_is_compared(shut: Case, lock: Lock) -> None:
    """One that does not open, and another's, are found at each entry of the thread."""
    for child in (
        lock_child(lock, "CH-0000002", b"204117"), lock_child(lock, THREAD, b"999999"), b"\x00",
    ):  # fmt: skip
        with shut.attack() as connection:
            connection.execute("DELETE FROM vault_child WHERE stream = ?", (THREAD,))
            connection.execute("INSERT INTO vault_child VALUES (?, ?)", (THREAD, child))
        verdict = with_key(shut)
        assert verdict.verdict == TAMPERED
        assert {finding.ref for finding in verdict.findings} == {"CH-1"}
        assert without_key(shut).verdict == VERIFIED


def test_words_in_the_clear_among_locked_ones_are_judged(shut: Case, lock: Lock) -> None:
    """The right ones are right, and others are found, with the key and without."""
    stream, version, topic, _, words = row(shut, AT)
    plain = lock.open(b"footprint/locked-words/v1\n" + place_of(stream, version, topic), words)
    put(shut, AT, plain[:32], plain[32:])
    assert with_key(shut).verdict == VERIFIED
    assert without_key(shut).verdict == VERIFIED
    put(shut, AT, plain[:32], b'{"child":"204117","text":"All is well."}')
    assert_tampered_at(with_key(shut), AT)
    assert_tampered_at(without_key(shut), AT)


def test_words_that_were_deleted_are_missed_all_the_same(shut: Case) -> None:
    """Locked or not, only a redaction explains that they are gone."""
    with shut.attack() as connection:
        connection.execute("DELETE FROM vault WHERE position = ?", (AT,))
    assert_tampered_at(with_key(shut), AT)
    assert_tampered_at(without_key(shut), AT)


def test_a_redaction_in_a_locked_ledger_is_one(shut: Case) -> None:
    """And what is recorded later is locked as well."""
    keys = keys_of(shut)
    with closing(
        open_ledger(shut.path, sealer=lambda _: shut.signer(), keys=lambda _: keys)
    ) as ledger:
        redact(ledger, THREAD, (AT,))
        note_on(ledger, "CH-0000002")
    verdict = with_key(shut)
    assert (verdict.verdict, verdict.redacted, verdict.words_checked) == (VERIFIED, 1, True)


def test_without_the_key_what_can_be_said_of_locked_words_is(shut: Case) -> None:
    """Locked words that no entry committed to, and none where one did, are found all the same."""
    with shut.raw() as connection:
        (free,) = connection.execute(
            "SELECT max(position) FROM event WHERE stream LIKE 'CH-%'"
            " AND position NOT IN (SELECT position FROM vault)"
        ).fetchone()
    put(shut, free, *row(shut, AT)[3:])
    assert_tampered_at(without_key(shut), free)
    with shut.untyped("vault") as connection:
        connection.execute("DELETE FROM vault WHERE position = ?", (free,))
        connection.execute("UPDATE vault SET words = NULL WHERE position = ?", (AT,))
    assert_tampered_at(without_key(shut), AT)


# --- the key ----------------------------------------------------------------------------------


def test_a_key_of_this_machine_that_no_row_is_under_is_not_the_key(case: Case) -> None:
    """An older copy was put back: its words were not checked, and that is all."""
    other = copy_case(case, case.folder / "other")
    locked(other)
    locked(case)
    verdict = verify_ledger(case.path, other.home, [case.last])
    assert (verdict.verdict, verdict.words_checked) == (VERIFIED, False)


def test_a_key_that_cannot_be_read_is_remarked_on(shut: Case, lock: Lock) -> None:
    """It is no reason to call the ledger tampered with."""
    Path(keys_of(shut).where(lock.id)).write_text("58N2")
    verdict = with_key(shut)
    assert (verdict.verdict, verdict.words_checked) == (VERIFIED, False)
    assert any("vault recover" in remark for remark in verdict.remarks)


def test_a_change_of_the_lock_while_it_is_read_is_no_tampering(
    shut: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that sees rows under another key gives up: cannot tell, try again."""
    begin = workers.parts_of
    keys = keys_of(shut)

    def rekey_first(connection: sqlite3.Connection, *args: object, **more: object) -> object:
        with closing(
            open_ledger(shut.path, sealer=lambda _: shut.signer(), keys=lambda _: keys)
        ) as ledger:
            locking.rekey(ledger, keys, shut.signer().folder, keyring=False)
        return begin(connection, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr("footprint.ledger.words.erasing._PATIENCE_SECONDS", 0)
    monkeypatch.setattr("footprint.audit.verify.parts_of", rekey_first)
    verdict = with_key(shut, APART)
    assert verdict.verdict == "cannot tell"
    assert "locked anew while it was read" in verdict.doubts[0]
    monkeypatch.setattr("footprint.audit.verify.parts_of", begin)
    assert with_key(shut, APART).verdict == VERIFIED


def test_the_key_reaches_a_worker_through_its_pipe_alone(
    shut: Case, lock: Lock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is on no command line, where every login of the machine could read it."""
    commands: list[list[str]] = []
    begin = apart.Popen

    def popen(command: list[str], **more: object) -> object:
        commands.append(command)
        return begin(command, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(apart, "Popen", popen)
    assert with_key(shut, APART).words_checked
    assert commands
    code = Path(keys_of(shut).where(lock.id)).read_text().strip()
    for secret in (lock.key.hex(), str(lock.key), code, repr(pickle.dumps(lock.key))):
        assert not any(secret in part for command in commands for part in command)
    assert lock.key.hex() not in repr(replace(_scope(), key=lock.key))


def _scope() -> workers.Scope:
    return workers.Scope(words=True, sizes=())
