"""After a loss: what a ledger goes on from, what it refuses to, and what others then see."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledger_helpers import (
    ORIGIN,
    START,
    check_whole,
    home_in,
    leaf_of,
    make_ledger,
    naive_root,
    reopen,
    seized,
    signer_in,
)
from losses import (
    WHY,
    accepted,
    backed_up,
    edit,
    kept,
    keys_in,
    lose,
    lose_entries,
    note_of,
    refused,
    rekeyed,
    restored,
    resumed,
    verdict_here,
    verdict_of_holder,
    vkey,
    write,
)

from footprint.audit.verdict import TAMPERED, VERIFIED
from footprint.audit.vouchers import from_note
from footprint.errors import Refused
from footprint.ledger.checkpoints.recovery import begins
from footprint.ledger.signing.signer import new_key
from footprint.proof.checkpoint import Checkpoint, checkpoint_text
from footprint.proof.key import Signer
from footprint.proof.note import parse
from footprint.proof.tree import EMPTY, extend_all

pytestmark = pytest.mark.parametrize(
    "engine", ["file", pytest.param("server", marks=pytest.mark.slow)], indirect=True
)


@pytest.fixture(autouse=True)
def _ledger(engine: str, tmp_path: Path) -> None:  # noqa: ARG001 - it comes first
    """A new signed ledger, that nobody has open: a backup is put back over it."""
    make_ledger(tmp_path).close()


# --- the signer's state is lost -------------------------------------------------------------


@pytest.mark.parametrize("garbled", [False, True], ids=["lost", "garbled"])
@pytest.mark.parametrize("more", [0, 1, 300], ids=lambda n: f"{n} more entries")
def test_a_lost_state_comes_back(tmp_path: Path, more: int, *, garbled: bool) -> None:
    """From a checkpoint of then or of now: the state is what it was, to the byte."""
    write(tmp_path)
    early = note_of(kept(tmp_path, "early.note"))
    write(tmp_path, more)
    state = keys_in(tmp_path) / "state"
    was = state.read_bytes()
    state.write_bytes(b"{") if garbled else state.unlink()
    assert resumed(tmp_path, early) == START + 1 + more
    assert state.read_bytes() == was
    assert write(tmp_path) == check_whole(tmp_path) == START + 2 + more
    assert verdict_here(tmp_path).verdict == VERIFIED


def test_a_state_that_is_there_is_not_resumed(tmp_path: Path) -> None:
    """Nothing overwrites what the signer remembers."""
    note = note_of(kept(tmp_path, "kept.note"))
    write(tmp_path)
    refused(lambda: resumed(tmp_path, note), "nothing to resume", tmp_path)


def _signed(signer: Signer, size: int, root: bytes = bytes(32)) -> str:
    return signer.sign(checkpoint_text(Checkpoint(signer.name, size, root)))


NOTES: dict[str, tuple[str, Callable[[Path, str], str]]] = {
    "another ledger's": (
        "of another ledger",
        lambda _folder, _text: _signed(new_key("example.org/other"), START),
    ),
    "another key's": (
        "none of the keys",
        lambda _folder, text: new_key(ORIGIN).sign(text.partition("\n\n")[0] + "\n"),
    ),
    "of more entries": (
        "that is a loss",
        lambda folder, _text: _signed(signer_in(folder).signer, START + 9),
    ),
    "of another tree": (
        "not those that were signed",
        lambda folder, _text: _signed(signer_in(folder).signer, START),
    ),
    "of no entries": (
        "not those that were signed",
        lambda folder, _text: _signed(signer_in(folder).signer, 0),
    ),
    "altered": ("was altered", lambda _folder, text: text.replace(f"\n{START}\n", "\n5\n")),
}


@pytest.mark.parametrize("which", NOTES)
def test_a_note_that_does_not_belong_is_refused(tmp_path: Path, which: str) -> None:
    """Each by its name, and nothing is remembered."""
    words, changed = NOTES[which]
    text = changed(tmp_path, (kept(tmp_path, "kept.note"), (tmp_path / "kept.note").read_text())[1])
    lose(tmp_path, "state")
    refused(lambda: resumed(tmp_path, parse(text)), words, tmp_path)


@pytest.mark.parametrize("leaf", [False, True], ids=["leaf left", "leaf too"])
@pytest.mark.parametrize("at", [2, START + 2], ids=["under the note", "above it"])
@pytest.mark.parametrize("how", ["resume", "new key", "accept loss"])
def test_stored_leaves_are_not_believed(tmp_path: Path, how: str, at: int, *, leaf: bool) -> None:
    """An edited entry is seen whether or not its stored leaf is the true one."""
    write(tmp_path)
    early = note_of(kept(tmp_path, "before.note"))
    _, late = lose_entries(tmp_path, left=1)
    lose(tmp_path, "state")
    edit(tmp_path, at, leaf=leaf)
    does: dict[str, Callable[[], object]] = {
        "resume": lambda: resumed(tmp_path, early),
        "new key": lambda: rekeyed(tmp_path, early),
        "accept loss": lambda: accepted(tmp_path, note_of(late)),
    }
    refused(does[how], "changed, dropped or slipped in", tmp_path)


@pytest.mark.parametrize("spoilt", ["", "text", "another key", "one entry above"])
def test_a_head_that_is_not_this_keys_is_not_gone_on_from(tmp_path: Path, spoilt: str) -> None:
    """The entries above the note are vouched for by the head alone: it has to be good."""
    note = note_of(kept(tmp_path, "kept.note"))
    write(tmp_path, 2)
    lose(tmp_path, "state")
    with seized(tmp_path) as connection:
        (head,) = connection.execute("SELECT note FROM head").fetchone()
        text = head.partition("\n\n")[0] + "\n"
        changed = {"another key": new_key(ORIGIN).sign(text), "one entry above": head}
        connection.execute("UPDATE head SET note = ?", (changed.get(spoilt, spoilt),))
        if spoilt == "one entry above":
            connection.execute("DELETE FROM event WHERE position = ?", (START + 2,))
    refused(lambda: resumed(tmp_path, note), "head of the ledger is not of the", tmp_path)


# --- entries are lost -----------------------------------------------------------------------


@pytest.mark.parametrize(("left", "lost"), [(1, 1), (2, 3), (260, 300)])
def test_a_loss_is_accepted_and_recorded(tmp_path: Path, left: int, lost: int) -> None:
    """Refused until it is accepted; then recorded with what was lost, and the ledger goes on."""
    early, late = lose_entries(tmp_path, left, lost)
    with pytest.raises(Refused, match="--accept-loss REASON"):
        write(tmp_path)
    assert verdict_here(tmp_path).verdict == TAMPERED
    assert accepted(tmp_path) == START + left + 1
    with closing(reopen(tmp_path, signing=True)) as ledger:
        event = vars(ledger.entry(START + left + 1).event)
        assert ledger.vault.words("ledger")[START + left + 1] == {"why": WHY}
    assert event == {"size": late.size, "root": late.root.hex(), "left": early.size}
    assert write(tmp_path) == check_whole(tmp_path) == START + left + 2
    assert verdict_here(tmp_path, early).verdict == VERIFIED
    (finding,) = verdict_here(tmp_path, late).findings
    assert f"Entry {START + left + 1}, ledger.restored, says" in finding.message
    assert "this is the tree that was lost then" in finding.message


def test_no_loss_is_accepted_where_none_is(tmp_path: Path) -> None:
    """As many entries as were signed: there is nothing to accept, with a note or without."""
    write(tmp_path)
    note = note_of(kept(tmp_path, "kept.note"))
    refused(lambda: accepted(tmp_path), "No entry is lost", tmp_path)
    refused(lambda: accepted(tmp_path, note), "No entry is lost", tmp_path)


def test_no_loss_is_accepted_where_entries_were_changed(tmp_path: Path) -> None:
    """Less is there than was signed, and it is not the beginning of it: that is tampering."""
    lose_entries(tmp_path)
    edit(tmp_path, 3, leaf=True)
    refused(lambda: accepted(tmp_path), "changed, dropped or slipped in", tmp_path)


def test_a_stolen_key_does_not_shorten_a_ledger(tmp_path: Path) -> None:
    """A rewritten and shortened ledger, signed with the true key, is no beginning of the true."""
    lose_entries(tmp_path, left=4, lost=2)
    edit(tmp_path, 3, leaf=True)
    with seized(tmp_path) as connection:
        leaves = [
            leaf for (leaf,) in connection.execute("SELECT leaf FROM event ORDER BY position")
        ]
        signer = signer_in(tmp_path).signer
        forged = _signed(signer, len(leaves), naive_root(leaves))
        connection.execute("UPDATE head SET note = ?", (forged,))
    refused(lambda: accepted(tmp_path), "not the first of the", tmp_path)
    assert verdict_here(tmp_path).verdict == TAMPERED


def test_more_appended_than_was_lost_is_no_loss(tmp_path: Path) -> None:
    """A backup written to elsewhere until it is longer: refused, and 3 to this machine."""
    lose_entries(tmp_path, left=2, lost=2)
    state = (keys_in(tmp_path) / "state").read_bytes()
    lose(tmp_path, "state")
    resumed(tmp_path, note_of(from_note(tmp_path / "early.note")))
    write(tmp_path, 4)
    (keys_in(tmp_path) / "state").write_bytes(state)
    for do in (lambda: write(tmp_path), lambda: accepted(tmp_path), lambda: rekeyed(tmp_path)):
        refused(do, "footprint verify|changed, dropped or slipped in", tmp_path)
    assert verdict_here(tmp_path).verdict == TAMPERED


@pytest.mark.parametrize("state", ["lost", "restored too"])
def test_a_note_tells_of_a_loss_that_the_signer_has_forgotten(tmp_path: Path, state: str) -> None:
    """The whole machine came back from a backup: the auditor's newer note says what was lost."""
    write(tmp_path)
    old_state = (keys_in(tmp_path) / "state").read_bytes()
    _early, late = lose_entries(tmp_path, left=0)
    (keys_in(tmp_path) / "state").write_bytes(old_state)
    if state == "lost":
        lose(tmp_path, "state")
        refused(lambda: accepted(tmp_path), "--resume-from NOTE", tmp_path)
        refused(lambda: resumed(tmp_path, note_of(late)), "--accept-loss REASON", tmp_path)
    assert accepted(tmp_path, note_of(late)) == START + 2
    write(tmp_path)
    assert verdict_here(tmp_path).verdict == VERIFIED
    assert "ledger.restored" in verdict_here(tmp_path, late).findings[0].message


def test_a_backup_from_before_a_new_key_goes_on_with_the_new_one(tmp_path: Path) -> None:
    """The change is among what was lost: it is recorded again, without the old key's word."""
    write(tmp_path)
    backed_up(tmp_path)
    rekeyed(tmp_path)
    late = kept(tmp_path, "late.note")
    write(tmp_path)
    restored(tmp_path)
    assert accepted(tmp_path) == START + 3
    assert write(tmp_path) == check_whole(tmp_path) == START + 4
    verdict = verdict_here(tmp_path)
    assert verdict.verdict == VERIFIED
    assert "without the old one's word" in verdict.remarks[0]
    assert verdict_here(tmp_path, late).verdict == TAMPERED


def test_entries_and_key_may_be_lost_at_once(tmp_path: Path) -> None:
    """Where the key is lost with the entries, one command records both."""
    lose_entries(tmp_path)
    lose(tmp_path, "seed")
    refused(lambda: accepted(tmp_path), "--new-key REASON", tmp_path)
    assert accepted(tmp_path, rekey="It was on that disk.") == START + 4
    assert write(tmp_path) == check_whole(tmp_path) == START + 5
    assert verdict_here(tmp_path).verdict == VERIFIED


def test_entries_are_lost_and_the_key_is_changed(tmp_path: Path) -> None:
    """Where the old key is here, it has its word for the new one, at the tree that is left."""
    lose_entries(tmp_path)
    old = vkey(tmp_path)
    accepted(tmp_path, rekey="A change of staff as well.")
    assert write(tmp_path) == check_whole(tmp_path) == START + 5
    assert verdict_here(tmp_path).verdict == VERIFIED
    assert verdict_of_holder(tmp_path, old).verdict == VERIFIED


def test_all_may_be_lost_at_once(tmp_path: Path) -> None:
    """Nothing left but a backup, and a newer checkpoint outside: that is told, and it goes on."""
    _early, late = lose_entries(tmp_path)
    shutil.rmtree(home_in(tmp_path))
    assert accepted(tmp_path, note_of(late), rekey="It was on that disk.") == START + 4
    assert write(tmp_path) == check_whole(tmp_path) == START + 5
    assert verdict_here(tmp_path).verdict == VERIFIED


@given(st.integers(0, 600), st.integers(0, 600), st.integers(0, 599))
def test_a_beginning_is_known_by_its_common_peaks(one: int, other: int, changed: int) -> None:
    """True of every prefix; false where a leaf under a peak that both have is another."""
    small, large = sorted((one, other))
    leaves = [leaf_of("s", n, "t", b"") for n in range(large)]
    whole = extend_all(EMPTY, leaves)
    assert begins(extend_all(EMPTY, leaves[:small]), whole)
    covered = small - (small & ((1 << (small ^ large).bit_length()) - 1))
    if changed < covered:
        leaves[changed] = bytes(32)
        assert not begins(extend_all(EMPTY, leaves[:small]), whole)
