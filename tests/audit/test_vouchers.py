"""What is held outside: kept checkpoints, receipts and the signer's state, good and altered."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

import orjson
import pytest
from audit_helpers import (
    BOTH_SLOWLY,
    CANNOT_TELL,
    FORGER,
    ORIGIN,
    TAMPERED,
    VERIFIED,
    Case,
    assert_interval,
    assert_tampered_at,
    forge_all,
    forge_head,
    found,
    leaf_of,
    put_state,
    raised,
    root_of,
    state_at,
)

from footprint.audit.vouchers import Voucher, from_note, from_receipt
from footprint.errors import Misused
from footprint.ledger.signing.home import folder_of
from footprint.proof.checkpoint import Checkpoint, checkpoint_text
from footprint.proof.key import Signer
from footprint.proof.tree import Peaks, root

pytestmark = BOTH_SLOWLY


def text_of(case: Case) -> str:
    return (case.folder / "kept.note").read_text()


def written(case: Case, text: str | bytes) -> Path:
    path = case.folder / "given.note"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


# --- a kept checkpoint ----------------------------------------------------------------------

UNREADABLE = {
    "without its last newline": lambda t: t[:-1],
    "CR LF": lambda t: t.replace("\n", "\r\n"),
    "one CR": lambda t: t.replace("\n", "\r\n", 1),
    "size 0105": lambda t: t.replace("\n105\n", "\n0105\n"),
    "size +105": lambda t: t.replace("\n105\n", "\n+105\n"),
    "size 105 and a space": lambda t: t.replace("\n105\n", "\n105 \n"),
    "size in other digits": lambda t: t.replace("\n105\n", "\n\u0661\u0660\u0665\n"),
    "size past 63 bits": lambda t: t.replace("\n105\n", f"\n{2**63}\n"),
    "size negative": lambda t: t.replace("\n105\n", "\n-105\n"),
    "no signature": lambda t: t.partition("\n\n")[0] + "\n\n",
    "no blank line": lambda t: t.replace("\n\n", "\n"),
    "hyphen for dash": lambda t: t.replace("\u2014", "-"),
    "not padded": lambda t: t.replace("=\n", "\n", 1),
    "a short root": lambda t: t.replace(t.split("\n")[2], b64encode(bytes(31)).decode()),
    "empty": lambda _t: "",
    "a tab": lambda t: t.replace("example", "exam\tple", 1),
    "invalid UTF-8": lambda t: t.encode() + b"\xff\n",
    "too large": lambda t: t + "\u2014 x " + "A" * 1_000_000 + "\n",
    "text behind": lambda t: t + "more\n",
}


@pytest.mark.parametrize("how", UNREADABLE)
def test_a_note_that_is_not_well_formed_is_refused(case: Case, how: str) -> None:
    """A note that the C2SP text does not allow is refused before anything is compared."""
    changed = UNREADABLE[how](text_of(case))
    assert changed != text_of(case)
    with pytest.raises(Misused):
        from_note(written(case, changed))


@pytest.mark.parametrize("where", ["nowhere", ".", "ledger.db"])
def test_a_file_that_is_no_note_is_refused(case: Case, where: str) -> None:
    """No file, a folder, a database: refused with a next step, not with a traceback."""
    with pytest.raises(Misused):
        from_note(case.folder / where)


def test_an_unknown_signature_beside_a_good_one_is_ignored(case: Case) -> None:
    """A witness that we do not know has signed too: the note counts as before."""
    text = text_of(case).partition("\n\n")[0] + "\n"
    other = FORGER.sign(text).partition("\n\n")[2]
    for lines in (text_of(case) + other, text + "\n" + other + text_of(case).partition("\n\n")[2]):
        verdict = case.by_stranger(from_note(written(case, lines)))
        assert (verdict.verdict, verdict.covered) == (VERIFIED, 105)


def test_a_kept_note_whose_signature_was_altered_is_a_doubt(case: Case) -> None:
    """A bad signature by the ledger's own key: the note was altered, and tells nothing."""
    text = text_of(case)
    for changed in (
        text.replace("\n105\n", "\n104\n"),
        text.replace(text.split("\n")[2], b64encode(bytes(32)).decode()),
        text.replace("\n\n", "\nan extension\n\n"),
    ):
        assert changed != text
        verdict = case.by_stranger(from_note(written(case, changed)))
        assert (verdict.verdict, verdict.findings) == (CANNOT_TELL, [])
        assert verdict.doubts


def test_a_note_of_another_ledger_is_tampered(case: Case) -> None:
    """A checkpoint of another origin contradicts that this is the ledger."""
    other = Signer("example.org/other", bytes(32))
    note = other.sign(checkpoint_text(Checkpoint("example.org/other", 105, bytes(32))))
    found(case.by_stranger(from_note(written(case, note))), "origin")


def test_a_note_kept_by_hand_counts_without_a_known_key(case: Case) -> None:
    """A note that another key signed still says what its keeper saw, with a remark."""
    text = text_of(case).partition("\n\n")[0] + "\n"
    verdict = case.by_stranger(from_note(written(case, FORGER.sign(text))))
    assert verdict.verdict == VERIFIED
    assert verdict.remarks


def test_a_note_of_the_empty_tree_shows_nothing(case: Case) -> None:
    """Every ledger extends the empty one: a note of size 0 neither vouches nor contradicts."""
    empty = Voucher(name="the empty tree", size=0, root=root_of([]), origin=ORIGIN)
    verdict = case.by_stranger(empty)
    assert (verdict.verdict, verdict.findings) == (CANNOT_TELL, [])


def test_an_honest_note_beside_a_false_one_does_not_excuse_it(case: Case) -> None:
    """One voucher that fits does not outweigh one that does not."""
    false = Voucher(name="another", size=50, root=bytes(32), origin=ORIGIN)
    assert_interval(case.by_stranger(case.last, case.kept, case.early, false), 7, 50)


# --- two roots of one size ------------------------------------------------------------------


def test_two_signed_roots_of_one_size_are_printed_as_proof(case: Case) -> None:
    """The signer signed two trees of one size: both notes are in the finding, to carry off."""
    kept = (case.folder / "last.note").read_text()
    with case.attack() as connection:
        facts = raised(state_at(connection, 20))
        put_state(connection, 20, orjson.dumps(facts, option=orjson.OPT_SORT_KEYS))
        stored = forge_head(connection, case.signer().signer)
    verdict = case.by_stranger(case.last)
    assert_interval(verdict, 1, 110)
    (finding,) = found(verdict, "root")
    assert "Two roots of size 110" in finding.message
    assert kept in finding.proof
    assert stored in finding.proof


def test_two_roots_by_two_keys_are_no_proof(case: Case) -> None:
    """A forger's head beside the kept note accuses nobody of having signed both."""
    with case.attack() as connection:
        forge_all(connection)
    for finding in found(case.by_stranger(case.last), "root"):
        assert "Two roots" not in finding.message
        assert not finding.proof
    with case.attack() as connection:
        connection.execute("UPDATE head SET note = 'nothing that anybody signed'")
    for finding in found(case.by_stranger(case.last), "root"):
        assert "Two roots" not in finding.message
        assert not finding.proof


# --- receipts -------------------------------------------------------------------------------


def test_a_receipt_names_an_entry_and_its_thread(case: Case) -> None:
    """The entry at its position is of its thread: 0; an altered line: 3, or refused."""
    line = (case.folder / "receipt").read_text()
    assert case.by_stranger(from_receipt(line)).verdict == VERIFIED
    assert case.by_stranger(from_receipt(f"  {line.replace(' ', '   ')}\n")).verdict == VERIFIED
    other = from_receipt(line.replace("CH-3", "CH-4"))
    assert_tampered_at(case.by_stranger(other), 110)
    assert found(case.by_stranger(other), "receipt")[0].ref == "CH-4"
    assert_tampered_at(case.by_stranger(from_receipt(line.replace("entry 110", "entry 20"))), 20)
    assert_tampered_at(case.by_stranger(from_receipt(line.replace("of 110", "of 109"))), 110)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("entry 110 of 110", "entry 110 of 105"),
        ("entry 110 of 110", "entry 999 of 999"),
        ("entry 110 of 110", "entry 0 of 110"),
        ("entry 110 of 110", "entry 110 of 0"),
        ("entry 110 of 110", f"entry 110 of {10**18 - 1}"),
        ("CH-3", "CH-9999999"),
    ],
)
def test_an_altered_receipt_never_verifies(case: Case, old: str, new: str) -> None:
    """Other figures, each well formed: 3."""
    line = (case.folder / "receipt").read_text()
    assert case.by_stranger(from_receipt(line.replace(old, new))).verdict == TAMPERED


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("CH-3", "CH-0"), ("CH-3", "CH-\u0663"), ("CH-3", "CH-00000003"), ("CH-3", "3"),
        ("entry 110", "entry -1"), ("entry 110", "entry \u0661"), ("of 110", "of " + "9" * 19),
        ("=", ""), ("root", "roots"), ("footprint", "Footprint"), ("receipt ", ""),
    ],
)  # fmt: skip
def test_a_receipt_that_is_not_whole_is_refused(case: Case, old: str, new: str) -> None:
    """What is not a receipt line is refused with a next step."""
    with pytest.raises(Misused):
        from_receipt((case.folder / "receipt").read_text().replace(old, new))


def test_a_receipt_root_with_stray_bits_is_refused(case: Case) -> None:
    """Base64 has one form: the last character before the padding cannot carry more."""
    line = (case.folder / "receipt").read_text()
    for last in "BCDFGHJ":
        with pytest.raises(Misused):
            from_receipt(line[:-2] + last + "=")


def test_a_receipt_shows_a_swap_of_entries_before_it(case: Case) -> None:
    """The root in the line covers all that went before, not its own entry alone."""
    leaves = [leaf_of(*entry[1:]) for entry in case.entries()]
    assert case.receipt.root == root_of(leaves)
    swapped = [*leaves[:10], leaves[11], leaves[10], *leaves[12:]]
    assert case.receipt.root != root_of(swapped)


# --- the signer's state ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "state",
    [b"", b"{}", b"[]", b"null", b"\xff", b'{"size":1}', b"9" * 5000,
     b'{"origin":5,"ledger":5,"size":"x","peaks":[],"leaf":""}',
     b'{"origin":"o","ledger":"l","size":-1,"peaks":[],"leaf":""}',
     b'{"origin":"o","ledger":"l","size":1.5,"peaks":[],"leaf":""}',
     b'{"origin":"o","ledger":"l","size":3,"peaks":["00"],"leaf":""}',
     b'{"origin":"o","ledger":"l","size":1,"peaks":[5],"leaf":""}',
     b'{"origin":"o","ledger":"l","size":null,"peaks":null,"leaf":null}'],
)  # fmt: skip
def test_a_signers_state_that_cannot_be_read_is_a_doubt(case: Case, state: bytes) -> None:
    """A damaged state vouches for nothing: cannot tell, though the key would."""
    (folder_of(case.home, ORIGIN) / "state").write_bytes(state)
    verdict = case.by_signer()
    assert verdict.verdict == CANNOT_TELL
    assert verdict.doubts


def test_a_state_that_contradicts_itself_vouches_for_nothing(case: Case) -> None:
    """A state whose peaks do not make its root cannot be read: never 0 by it."""
    path = folder_of(case.home, ORIGIN) / "state"
    state = orjson.loads(path.read_bytes())
    peaks = ["00" * 32] * len(state["peaks"])
    path.write_bytes(orjson.dumps(state | {"peaks": peaks}))
    assert case.by_signer().verdict == CANNOT_TELL


def test_a_state_of_a_tree_not_there_is_tampered(case: Case) -> None:
    """The state of another tree of the same size: 3, by interval."""
    path = folder_of(case.home, ORIGIN) / "state"
    state = orjson.loads(path.read_bytes())
    other = Peaks(state["size"], (bytes(32),) * len(state["peaks"]))
    peaks = [peak.hex() for peak in other.hashes]
    path.write_bytes(orjson.dumps(state | {"peaks": peaks, "root": root(other).hex()}))
    assert_interval(case.by_signer(), 1, 110)


@pytest.mark.parametrize("key", [b"", b"\xff", b"nonsense", b"a+b+c"])
def test_a_key_that_cannot_be_read_leaves_the_state(case: Case, key: bytes) -> None:
    """Without its key file the machine still knows what it signed."""
    (folder_of(case.home, ORIGIN) / "key").write_bytes(key)
    assert case.by_signer().verdict == VERIFIED


def test_a_home_that_is_a_file_is_no_traceback(case: Case) -> None:
    """A home that cannot hold anything: a verdict all the same."""
    case.stranger.write_text("a file")
    assert case.by_stranger().verdict == CANNOT_TELL
