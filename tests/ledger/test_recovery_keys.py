"""Another key: who still sees a verified ledger, and who does not."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest
from ledger_helpers import (
    ACTOR,
    ORIGIN,
    START,
    check_whole,
    home_in,
    make_ledger,
    naive_root,
    path_in,
    record,
    reopen,
    seized,
)
from losses import (
    Crashed,
    Steps,
    accepted,
    back_up,
    kept,
    keys_in,
    lose,
    lose_entries,
    note_of,
    refused,
    rekeyed,
    resumed,
    verdict_here,
    verdict_of_holder,
    vkey,
    write,
)

from footprint.audit.verdict import VERIFIED
from footprint.errors import Misused, NotFound
from footprint.ledger.checkpoints.recovery import accept_loss, change_key
from footprint.ledger.signing.home import load_seed
from footprint.ledger.signing.signer import new_key
from footprint.proof.checkpoint import Checkpoint, checkpoint_text


@pytest.fixture(autouse=True)
def _ledger(engine: str, tmp_path: Path) -> None:  # noqa: ARG001 - it comes first
    """A new signed ledger, that nobody has open: a backup is put back over it."""
    make_ledger(tmp_path).close()


# --- the key --------------------------------------------------------------------------------


def test_a_new_key_is_endorsed_by_the_old(tmp_path: Path) -> None:
    """Whoever trusts the old key sees 0 and the entry; the old seed is gone from the machine."""
    write(tmp_path)
    old, seed = vkey(tmp_path), load_seed(keys_in(tmp_path))
    at = rekeyed(tmp_path)
    assert write(tmp_path) == check_whole(tmp_path) == at + 1
    assert vkey(tmp_path) != old
    assert seed is not None
    assert not any(seed.hex().encode() in p.read_bytes() for p in keys_in(tmp_path).iterdir())
    for verdict in (verdict_here(tmp_path), verdict_of_holder(tmp_path, old)):
        assert verdict.verdict == VERIFIED
        assert f"from entry {at} on, with the old one's word" in verdict.remarks[0]
    assert verdict_of_holder(tmp_path, vkey(tmp_path)).verdict == VERIFIED


def test_a_key_changes_again_and_again(tmp_path: Path) -> None:
    """Trust in the first key is handed on from each to the next; older notes count as before."""
    old, notes = vkey(tmp_path), [kept(tmp_path, "0.note")]
    for number in range(1, 4):
        rekeyed(tmp_path)
        write(tmp_path)
        notes.append(kept(tmp_path, f"{number}.note"))
    assert verdict_of_holder(tmp_path, old).verdict == VERIFIED
    assert verdict_here(tmp_path, *notes).verdict == VERIFIED
    lose(tmp_path, "state")
    assert resumed(tmp_path, note_of(notes[1])) == check_whole(tmp_path)


def test_a_lost_key_cannot_endorse(tmp_path: Path) -> None:
    """0 on this machine and to holders of a note; 3 by an unknown key to who trusts the old."""
    write(tmp_path)
    old, note = vkey(tmp_path), kept(tmp_path, "kept.note")
    lose(tmp_path, "seed")
    with pytest.raises(NotFound, match="--new-key REASON"):
        write(tmp_path)
    rekeyed(tmp_path)
    write(tmp_path)
    check_whole(tmp_path)
    assert verdict_here(tmp_path, note).verdict == VERIFIED
    assert {f.what for f in verdict_of_holder(tmp_path, old).findings} == {"key"}
    assert verdict_of_holder(tmp_path, vkey(tmp_path)).verdict == VERIFIED


def test_a_key_that_was_changed_is_lost(tmp_path: Path) -> None:
    """It is the last key that the ledger names that has to have signed it, not the first."""
    rekeyed(tmp_path)
    lose(tmp_path, "seed")
    rekeyed(tmp_path)
    assert write(tmp_path) == check_whole(tmp_path) == START + 3
    assert verdict_here(tmp_path).verdict == VERIFIED


def test_a_change_that_came_to_nothing_is_not_taken_up_by_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash leaves a key that never signed; a loss that is accepted later leaves it there."""
    key = vkey(tmp_path)
    with monkeypatch.context() as patch:
        Steps(patch, 3, after=True)
        with pytest.raises(Crashed):
            rekeyed(tmp_path)
    lose_entries(tmp_path)
    accepted(tmp_path)
    assert vkey(tmp_path) == key
    write(tmp_path)
    assert verdict_here(tmp_path).verdict == VERIFIED


@pytest.mark.parametrize("left", ["nothing", "key", "an empty folder"])
def test_key_and_state_lost(tmp_path: Path, left: str) -> None:
    """With a checkpoint from outside a new key goes on; without one nothing is signed."""
    write(tmp_path)
    note = note_of(kept(tmp_path, "kept.note"))
    write(tmp_path)
    lose(tmp_path, "seed", "state", *([] if left == "key" else ["key"]))
    if left == "nothing":
        shutil.rmtree(home_in(tmp_path))
    refused(lambda: rekeyed(tmp_path), "--new-key REASON --resume-from NOTE", tmp_path)
    assert rekeyed(tmp_path, note) == START + 3
    assert write(tmp_path) == check_whole(tmp_path) == START + 4
    assert verdict_here(tmp_path).verdict == VERIFIED


def test_a_ledger_of_another_key_is_not_taken_over(tmp_path: Path) -> None:
    """Where the key is lost, entries signed by a key that the note does not know are refused."""
    note = note_of(kept(tmp_path, "kept.note"))
    thief = new_key(ORIGIN)
    lose(tmp_path, "seed", "state")
    with seized(tmp_path) as connection:
        leaves = [
            leaf for (leaf,) in connection.execute("SELECT leaf FROM event ORDER BY position")
        ]
        text = checkpoint_text(Checkpoint(ORIGIN, len(leaves), naive_root(leaves)))
        connection.execute("UPDATE head SET note = ?", (thief.sign(text),))
    refused(lambda: rekeyed(tmp_path, note), "another key", tmp_path)


@pytest.mark.parametrize("reason", ["", "  ", "\u200b\n"])
def test_a_reason_is_needed(tmp_path: Path, reason: str) -> None:
    """What is recorded for good says why."""
    lose_entries(tmp_path)
    with closing(reopen(tmp_path, signing=True)) as ledger:
        for do in (accept_loss, change_key):
            with pytest.raises(Misused, match="no reason"):
                do(ledger, reason, actor=ACTOR)


def test_a_process_takes_up_a_key_that_another_changed(tmp_path: Path) -> None:
    """A ledger that was open all the while goes on with the new key."""
    with closing(reopen(tmp_path, signing=True)) as ledger:
        record(ledger)
        rekeyed(tmp_path)
        record(ledger)
    assert check_whole(tmp_path) == START + 3


@pytest.mark.parametrize("engine", ["file"], indirect=True)
def test_a_process_takes_up_a_key_that_a_lost_entry_changed(tmp_path: Path) -> None:
    """Its own head is back with a backup, and the key that signed it is not here any more: what is
    recorded next, and the loss itself, is of the new key."""
    with closing(reopen(tmp_path, signing=True)) as ledger:
        record(ledger)
        back_up(path_in(tmp_path), tmp_path / "backup")
        rekeyed(tmp_path)
        back_up(tmp_path / "backup", path_in(tmp_path))
        changed, restored = accept_loss(ledger, "The disk failed.", actor=ACTOR)
        assert (changed.topic, restored.topic) == ("signer.changed", "ledger.restored")
        record(ledger)
    write(tmp_path)
    check_whole(tmp_path)
    assert verdict_here(tmp_path).verdict == VERIFIED


@pytest.mark.parametrize("engine", ["file"], indirect=True)
def test_a_process_signs_with_no_key_that_is_gone(tmp_path: Path) -> None:
    """Its own head is there, and its key taken from the machine: it is not used from memory."""
    with closing(reopen(tmp_path, signing=True)) as ledger:
        record(ledger)
        lose(tmp_path, "seed")
        with pytest.raises(NotFound, match="key that signs"):
            record(ledger)
