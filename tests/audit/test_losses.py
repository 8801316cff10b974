"""A loss that was accepted: explained to whoever holds what was lost, and never excused."""

from __future__ import annotations

import orjson
import pytest
from audit_helpers import (
    BOTH_SLOWLY,
    CANNOT_TELL,
    ORIGIN,
    TAMPERED,
    VERIFIED,
    Case,
    append,
    canonical,
    forge_head,
    found,
    put_state,
    raised,
    state_at,
)

from footprint.audit.vouchers import Voucher
from footprint.domain.events import LedgerRestored, SignerChanged
from footprint.ledger.checkpoints.recovery import accept_loss, change_key
from footprint.ledger.signing.home import folder_of
from footprint.proof.key import Signer

pytestmark = BOTH_SLOWLY


@pytest.fixture
def lost(case: Case) -> Case:
    """The backup of 110 entries was put back when 115 had been signed; 112 are there now."""
    backup = case.saved()
    with case.writing() as ledger:
        for _ in range(5):
            append(ledger, "ledger", LedgerRestored(size=1, root="00", left=1))
    state = orjson.loads((folder_of(case.home, ORIGIN) / "state").read_bytes())
    (case.folder / "lost").write_text(state["root"])
    case.restore(backup)
    with case.writing() as ledger:
        accept_loss(ledger, "The disk failed.", actor="mb")
        append(ledger, "ledger", LedgerRestored(size=1, root="00", left=1))
    return case


def held(case: Case, size: int, root: bytes | None = None) -> Voucher:
    """What somebody holds who was given a checkpoint."""
    kept = bytes.fromhex((case.folder / "lost").read_text())
    return Voucher(name="it", size=size, root=root or kept, origin=ORIGIN)


@pytest.mark.parametrize(
    ("size", "root", "said"),
    [
        (115, None, "with 110 of 115 entries was put back: this is the tree that was lost then"),
        (115, bytes(32), "it names another tree of 115 than this, and does not explain it"),
        (113, bytes(32), "this may be of what was lost then"),
        (111, bytes(32), "this may be of what was lost then"),
    ],
)
def test_a_loss_explains_and_does_not_excuse(
    lost: Case, size: int, root: bytes | None, said: str
) -> None:
    """3 to whoever holds more than was left, with the entry that says why."""
    verdict = lost.by_signer(held(lost, size, root))
    (finding,) = verdict.findings
    assert verdict.verdict == TAMPERED
    assert "Entry 111, ledger.restored, says that" in finding.message
    assert said in finding.message


@pytest.mark.parametrize("size", [105, 110, 116, 200])
def test_a_loss_explains_nothing_else(lost: Case, size: int) -> None:
    """Neither what was left nor what was never signed then is explained by it."""
    (finding,) = lost.by_signer(held(lost, size, bytes(32))).findings
    assert "ledger.restored" not in finding.message


def test_what_was_left_goes_on_as_before(lost: Case) -> None:
    """0 to the signer's machine, and to whoever holds a checkpoint of what was left."""
    assert lost.by_signer().verdict == VERIFIED
    assert lost.by_stranger(lost.kept, lost.last).verdict == VERIFIED
    assert lost.by_stranger().verdict == CANNOT_TELL


def test_a_loss_told_by_a_forger_changes_no_verdict(case: Case) -> None:
    """A key that was stolen signs such an entry over a rewritten ledger: 3 to who holds more."""
    with case.writing() as ledger:
        append(ledger, "ledger", LedgerRestored(size=110, root="00", left=1))
    with case.attack() as connection:
        put_state(connection, 20, canonical(raised(state_at(connection, 20))))
        forge_head(connection, case.signer().signer)
    assert case.by_signer().verdict == TAMPERED
    verdict = case.by_stranger(case.kept)
    assert verdict.verdict == TAMPERED
    assert "this may be of what was lost then" in found(verdict, "root")[0].message


@pytest.mark.parametrize("facts", [{"size": "9"}, {"left": None}, {"root": 5}, {"more": 1}])
def test_a_hostile_loss_is_survived(lost: Case, facts: dict[str, object]) -> None:
    """An entry that is none explains nothing, and is found where it is."""
    lost.rewrite(111, lambda state: state | facts)
    verdict = lost.by_signer(held(lost, 113, bytes(32)))
    assert verdict.verdict == TAMPERED
    assert not any("may be of what was lost" in f.message for f in verdict.findings)


# --- keys -----------------------------------------------------------------------------------


def trusting(case: Case, key: str) -> Case:
    """The same ledger, looked at by somebody who trusts this key alone."""
    folder = folder_of(case.stranger, ORIGIN)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "key").write_text(f"{key}\n")
    return case


def test_trust_is_handed_on_by_a_word_alone(case: Case) -> None:
    """A key that names its follower is followed; a follower that names itself is not."""
    first = case.signer().verifier.vkey
    with case.writing() as ledger:
        change_key(ledger, "A change of staff.", actor="mb")
    second = case.signer().verifier.vkey
    assert trusting(case, first).by_stranger().verdict == VERIFIED
    (folder_of(case.home, ORIGIN) / "seed").unlink()
    with case.writing() as ledger:
        change_key(ledger, "It was lost.", actor="mb")
        change_key(ledger, "It was found, by somebody else.", actor="mb")
    for key in (first, second):
        found(trusting(case, key).by_stranger(), "key")
    assert trusting(case, case.signer().verifier.vkey).by_stranger().verdict == VERIFIED


def test_a_word_of_another_tree_is_none(case: Case) -> None:
    """An endorsement is of one place: used again further on, it is a finding there."""
    old = case.signer().signer
    thief = Signer(ORIGIN, b"t" * 32)
    with case.writing() as ledger:
        (entry,) = change_key(ledger, "A change of staff.", actor="mb")
    word = vars(entry.event)["endorsement"]
    with case.writing() as ledger:
        event = SignerChanged(key=thief.verifier.vkey, endorsement=word)
        at = append(ledger, "ledger", event)
    assert at in {f.position for f in case.by_signer().findings}
    assert trusting(case, old.verifier.vkey).by_stranger().verdict == TAMPERED
