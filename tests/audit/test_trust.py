"""What a verifier says who trusts keys and witnesses: docs/format.md, "What a verifier says"."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import pytest
from audit_helpers import (
    BOTH_SLOWLY,
    CANNOT_TELL,
    FORGER,
    INSERT,
    ORIGIN,
    TAMPERED,
    VERIFIED,
    Case,
    assert_interval,
    canonical,
    forge_all,
    found,
    rehash_all,
    root_of,
    state_at,
)
from witness_helpers import (
    LATE,
    ONE,
    TWO,
    auditor,
    cosigned,
    rewrite,
    store,
    stored_note,
    told,
    trust_of,
)  # fmt: skip

from footprint.audit.vouchers import from_note
from footprint.domain.events import SignerChanged
from footprint.proof.checkpoint import Checkpoint, checkpoint_text
from footprint.proof.key import Signer
from footprint.proof.policy import NOBODY, NONE, Log, Policy, Quorum

pytestmark = BOTH_SLOWLY

# --- what vouches -------------------------------------------------------------------------------


def test_a_trusted_key_alone_makes_the_head_trusted(case: Case) -> None:
    """With no quorum asked for the key is enough, for each stored note and so for the head."""
    assert told(auditor(case, trust_of(case))) == (VERIFIED, 110)
    assert auditor(case, trust_of(case)).vouched == {105, 110}


def test_with_a_quorum_what_it_cosigned_is_vouched_for(case: Case) -> None:
    """The head is not, while no witness has seen it; the rest is counted as newer."""
    trust = trust_of(case, [ONE, TWO], 2)
    assert told(auditor(case, trust)) == (CANNOT_TELL, None)
    text = stored_note(case, 105)
    store(case, 105, cosigned(text, (ONE, LATE)))
    assert told(auditor(case, trust)) == (CANNOT_TELL, None)
    store(case, 105, cosigned(text, (TWO, LATE)))
    assert told(auditor(case, trust)) == (CANNOT_TELL, None)  # each on a row of its own
    store(case, 105, cosigned(text, (ONE, LATE), (TWO, LATE)))
    verdict = auditor(case, trust)
    assert (*told(verdict), verdict.uncovered) == (VERIFIED, 105, 5)


def test_the_quorum_without_a_trusted_key_vouches_for_nothing(case: Case) -> None:
    """Witnesses say that a log only grew, not whose it is."""
    store(case, 105, cosigned(stored_note(case, 105), (ONE, LATE)))
    trust = Policy(tuple(line for line in trust_of(case, [ONE], 1).lines
                         if not isinstance(line, Log)))  # fmt: skip
    assert told(auditor(case, trust)) == (CANNOT_TELL, None)


def test_trust_in_nobody_changes_nothing(case: Case) -> None:
    """With an empty policy nothing outside vouches, as before there was one."""
    assert told(auditor(case, Policy((Quorum(NONE),)))) == (CANNOT_TELL, None)


# --- unknown keys -------------------------------------------------------------------------------


def test_a_ledger_forged_under_another_key_is_tampered(case: Case) -> None:
    """Whole and consistent, its own origin and key or the true origin: no trusted key signed it."""
    true = case.signer().signer
    for origin in (ORIGIN, "example.org/lookalike"):
        with case.attack() as connection:
            forge_all(connection, origin)
        verdict = auditor(case, trust_of(case, (), 0, true))
        (finding,) = found(verdict, "key")
        assert "none of the keys that are trusted" in finding.message
        assert FORGER.verifier.key_id.hex() in finding.found or origin != ORIGIN
        assert (true.verifier.key_id.hex() in finding.expected) == (origin == ORIGIN)
        assert told(verdict) == (TAMPERED, None)


def test_a_head_that_bears_a_line_of_the_trusted_key_that_is_not_good(case: Case) -> None:
    """The forger copies the true key's line under another tree: a bad line contradicts."""
    true = case.signer().signer
    line = stored_note(case, 105).partition("\n\n")[2]
    with case.attack() as connection:
        forge_all(connection)
        connection.execute("UPDATE head SET note = note || ?", (line,))
    verdict = auditor(case, trust_of(case, (), 0, true))
    assert "is not good" in found(verdict, "note")[0].message
    assert found(verdict, "key")


def test_trust_in_another_ledger_only_is_no_trust_in_this(case: Case) -> None:
    """Where any log's key is trusted, the head has to be signed by one that is."""
    other = Signer("example.org/other", bytes(32))
    assert auditor(case, trust_of(case, (), 0, other)).verdict == TAMPERED
    both = trust_of(case, (), 0, other, case.signer().signer)
    assert auditor(case, both).verdict == VERIFIED


# --- a key vouches for its successor ------------------------------------------------------------


def change_key(case: Case, new: Signer, old: Signer, *, endorsed: bool = True) -> None:
    """Append a `signer.changed` and sign its tree with the new key."""
    with case.attack() as connection:
        leaves = rehash_all(connection)
        tree = f"{ORIGIN}\n{len(leaves)}\n{b64encode(root_of(leaves)).decode()}\n"
        text = f"footprint/signer-changed/v1\n{tree}{new.verifier.vkey}\n"
        word = b64encode(old.signature(text.encode())).decode() if endorsed else None
        event = SignerChanged(key=new.verifier.vkey, endorsement=word)
        facts = state_at(connection, len(leaves)) | {
            name: value for name, value in vars(event).items() if value is not None
        }
        for name in ("words", "clock"):
            facts.pop(name, None)
        version = (
            1
            + connection.execute(
                "SELECT max(version) FROM event WHERE stream = 'ledger'"
            ).fetchone()[0]
        )
        connection.execute(
            INSERT,
            (len(leaves) + 1, "ledger", version, SignerChanged.topic, canonical(facts), bytes(32)),
        )
        leaves = rehash_all(connection)
        tree = checkpoint_text(Checkpoint(ORIGIN, len(leaves), root_of(leaves)))
        connection.execute("UPDATE head SET size = ?, note = ?", (len(leaves), new.sign(tree)))


SECOND, THIRD = (Signer(ORIGIN, bytes([n]) * 32) for n in (2, 3))


def test_a_trusted_key_vouches_for_the_key_that_it_endorsed(case: Case) -> None:
    """And that for the next; who trusts a later one needs no older."""
    first = case.signer().signer
    change_key(case, SECOND, first)
    change_key(case, THIRD, SECOND)
    for key in (first, SECOND, THIRD):
        assert told(auditor(case, trust_of(case, (), 0, key))) == (VERIFIED, 112)


def test_a_bad_line_of_a_key_that_is_endorsed_later_is_a_bad_line(case: Case) -> None:
    """Whose word counts is known only at the end: an older stored note is held against it too."""
    first = case.signer().signer
    line = SECOND.sign("another text\n").rpartition("\n\n")[2]
    size = case.kept.size
    store(case, size, stored_note(case, size) + line)
    change_key(case, SECOND, first)
    verdict = auditor(case, trust_of(case, (), 0, first))
    assert "is not good" in found(verdict, "note")[0].message
    assert auditor(case, NOBODY, case.early).verdict == VERIFIED  # who trusts nobody ignores it


def test_checkpoints_that_are_taken_away_are_missed_by_a_quorum_alone(case: Case) -> None:
    """No entry is altered: who asks for a witness cannot tell, all others see nothing of it."""
    with case.attack() as connection:
        connection.execute("DELETE FROM checkpoint")
    assert case.by_signer().verdict == VERIFIED
    assert case.by_stranger(case.kept).verdict == VERIFIED
    assert auditor(case, trust_of(case, (ONE,), 1)).verdict == CANNOT_TELL


def test_a_bad_line_of_another_ledger_alters_no_kept_note(case: Case, tmp_path: Path) -> None:
    """A kept note was altered where a line of the ledger's own is bad; others say nothing of it."""
    other = Signer("example.org/other", bytes(32))
    line = other.sign("another text\n").rpartition("\n\n")[2]
    kept = tmp_path / "kept.note"
    kept.write_text((case.folder / "kept.note").read_text("utf-8") + line, "utf-8")
    trust = trust_of(case, (), 0, other, case.signer().signer)
    assert auditor(case, trust, from_note(kept)).verdict == VERIFIED


def test_a_key_that_was_not_endorsed_is_unknown_to_holders_of_the_old(case: Case) -> None:
    """Lost keys cannot endorse: until the new one is trusted it is an unknown key."""
    first = case.signer().signer
    change_key(case, SECOND, first, endorsed=False)
    change_key(case, THIRD, SECOND)
    for key in (SECOND, THIRD):
        assert auditor(case, trust_of(case, (), 0, key)).verdict == VERIFIED
    found(auditor(case, trust_of(case, (), 0, first)), "key")


def test_a_forged_endorsement_vouches_for_nobody(case: Case) -> None:
    """An endorsement by another than the key before it contradicts the ledger itself."""
    change_key(case, SECOND, THIRD)
    assert auditor(case, trust_of(case)).verdict == TAMPERED


def test_the_signer_on_this_machine_vouches_for_its_successor_too(case: Case) -> None:
    """The old key here, the new one elsewhere: what it signed last and its word still hold."""
    change_key(case, SECOND, case.signer().signer)
    assert told(case.by_signer()) == (VERIFIED, 111)


# --- the stolen key -----------------------------------------------------------------------------


def test_a_rewritten_history_with_the_stolen_key_has_no_quorum(case: Case) -> None:
    """Nothing in it contradicts itself, and nothing that a witness saw is in it: cannot tell. The
    key alone, without a witness, is fooled; a kept checkpoint is not."""
    key = case.signer().signer
    store(case, 105, cosigned(stored_note(case, 105), (ONE, LATE)))
    trust = trust_of(case, [ONE], 1)
    assert told(auditor(case, trust)) == (VERIFIED, 105)
    rewrite(case, key)
    assert told(auditor(case, trust)) == (CANNOT_TELL, None)
    assert auditor(case, trust).witnessed is None
    assert auditor(case, trust_of(case)).verdict == VERIFIED
    assert_interval(auditor(case, trust, case.kept), 1, 105)
    assert_interval(auditor(case, trust_of(case), case.kept), 1, 105)


def test_a_rewritten_history_that_keeps_the_cosigned_row_contradicts_it(case: Case) -> None:
    """The row of the witness does not fit the entries; both roots are in the finding."""
    text = cosigned(stored_note(case, 105), (ONE, LATE))
    true = text.split("\n")[2]
    rewrite(case, case.signer().signer)
    store(case, 105, text)
    (finding,) = found(auditor(case, trust_of(case, [ONE], 1)), "note")
    assert finding.against == "the stored checkpoint at 105"
    assert b64encode(bytes.fromhex(finding.expected)).decode() == true
    assert true in finding.message
    assert b64encode(bytes.fromhex(finding.found)).decode() in finding.message
    assert finding.expected != finding.found


def test_two_stored_roots_of_one_size_are_proof(case: Case) -> None:
    """The same key signed both: both notes are in the finding, to carry off."""
    with case.raw() as connection:
        text = connection.execute("SELECT note FROM head").fetchone()[0]
    head = rewrite(case, case.signer().signer)
    store(case, 110, text)
    (finding,) = found(auditor(case, trust_of(case)), "note")
    assert text in finding.proof
    assert head in finding.proof


def test_what_a_kept_checkpoint_contradicts_is_data(case: Case) -> None:
    """Which checkpoint, what it says and what there is: in hex, and in the message in base64."""
    rewrite(case, case.signer().signer)
    (finding,) = found(auditor(case, trust_of(case), case.kept), "root")
    assert (finding.against, finding.expected) == ("the checkpoint kept.note", case.kept.root.hex())
    assert b64encode(case.kept.root).decode() in finding.message
    assert len(finding.found) == 64


def test_a_key_alone_does_not_narrow_where_it_was_changed(case: Case) -> None:
    """The thief signs a note of an early tree as well: the interval does not begin there."""
    key = case.signer().signer
    rewrite(case, key)
    with case.raw() as connection:
        leaves = [
            leaf for (leaf,) in connection.execute("SELECT leaf FROM event ORDER BY position")
        ]
    store(case, 50, key.sign(checkpoint_text(Checkpoint(ORIGIN, 50, root_of(leaves[:50])))))
    verdict = auditor(case, trust_of(case), case.kept)
    assert 50 in verdict.vouched
    assert_interval(verdict, 1, 105)
    assert_interval(auditor(case, trust_of(case), case.early, case.kept), 7, 105)


# --- lines that are not good --------------------------------------------------------------------

BAD: dict[str, Callable[[str], str]] = {
    "on another text": lambda text: text + ONE.cosign(text, LATE),
    "beside a good one": lambda text: cosigned(text, (ONE, LATE)) + ONE.cosign("x\n", LATE),
}


@pytest.mark.parametrize("how", BAD)
def test_a_bad_line_of_a_trusted_witness_contradicts(case: Case, how: str) -> None:
    """Whoever trusts the witness finds it; to all others it is a line of an unknown key."""
    store(case, 105, BAD[how](stored_note(case, 105)))
    for needed in (0, 1):
        verdict = auditor(case, trust_of(case, [ONE], needed))
        (finding,) = found(verdict, "note")
        assert ONE.name in finding.message
        assert "at 105" in finding.message
    assert auditor(case, trust_of(case, [TWO])).verdict == VERIFIED
    assert auditor(case, trust_of(case)).verdict == VERIFIED


def test_a_strangers_line_is_ignored(case: Case) -> None:
    """Of a key that is not known, though it has a trusted witness's name."""
    stranger = Signer(ONE.name, bytes(32), ONE.kind)
    store(case, 105, cosigned(stored_note(case, 105), (stranger, LATE)))
    verdict = auditor(case, trust_of(case, [ONE], 1))
    assert (verdict.verdict, verdict.witnessed) == (CANNOT_TELL, None)
