"""The roots of runs, the head and the checkpoints: what is hashed and signed over the entries."""

from __future__ import annotations

import pytest
from audit_helpers import (
    BOTH,
    CANNOT_TELL,
    FORGER,
    ORIGIN,
    TAMPERED,
    VERIFIED,
    Case,
    assert_tampered_at,
    found,
    leaf_of,
    root_of,
)

from footprint.proof.checkpoint import Checkpoint, checkpoint_text
from footprint.proof.key import Signer

pytestmark = BOTH

# --- the roots of runs ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("DELETE FROM subtree WHERE nth = 0", "subtree 0 of level 1"),
        ("DELETE FROM subtree WHERE nth = 1", "subtree 1 of level 1"),
        ("DELETE FROM subtree", "subtree 1 of level 1"),
        ("UPDATE subtree SET hash = :hash WHERE nth = 1", "subtree 1 of level 1"),
        ("UPDATE subtree SET nth = 7 WHERE nth = 1", "subtree 1 of level 1"),
        ("UPDATE subtree SET level = 2 WHERE nth = 1", "subtree 1 of level 1"),
        ("INSERT INTO subtree VALUES (1, 2, :hash)", "3 subtree rows"),
        ("INSERT INTO subtree VALUES (2, 0, :hash)", "3 subtree rows"),
        ("INSERT INTO subtree VALUES (-1, -1, :hash)", "3 subtree rows"),
    ],
)
def test_a_wrong_root_of_a_run_is_named(long: Case, sql: str, says: str) -> None:
    """A root that is missing, changed, moved or too many is 3, and says which."""
    assert long.by_signer().verdict == VERIFIED
    with long.attack() as connection:
        connection.execute(sql, {"hash": bytes(32)} if ":hash" in sql else ())
    for verdict in (long.by_signer(), long.by_stranger()):
        assert verdict.verdict == TAMPERED
        assert any(says in finding.message for finding in found(verdict, "subtree"))


def test_an_edit_in_a_long_ledger_names_entry_and_run(long: Case) -> None:
    """An edit without new hashes is named by its entry; its run does not fit either."""
    with long.attack() as connection:
        connection.execute("UPDATE event SET topic = 'note.added' WHERE position = 300")
    verdict = long.by_stranger()
    assert_tampered_at(verdict, 300)
    assert any("subtree 1 of level 1" in f.message for f in found(verdict, "subtree"))


# --- the head and the checkpoints -----------------------------------------------------------


def signed(case: Case, size: int, signer: Signer | None = None, origin: str = ORIGIN) -> str:
    """A note of the tree of the first entries, by the ledger's own key or another."""
    leaves = [leaf_of(*entry[1:]) for entry in case.entries()[:size]]
    text = checkpoint_text(Checkpoint(origin, size, root_of(leaves)))
    return (signer or case.signer().signer).sign(text)


def set_head(case: Case, size: object, note: object) -> None:
    with case.attack() as connection:
        connection.execute("UPDATE head SET size = ?, note = ?", (size, note))


def test_a_missing_head_is_tampered(case: Case) -> None:
    """No head: 3 with or without outside trust."""
    with case.attack() as connection:
        connection.execute("DELETE FROM head")
    for verdict in (case.by_signer(), case.by_stranger(), case.by_stranger(case.kept)):
        assert verdict.verdict == TAMPERED
        found(verdict, "head")


def test_a_head_of_fewer_entries_names_those_above(case: Case, engine: str) -> None:
    """An older head: the entries above it are named from the first.

    On a server a head may be behind, as long as nobody knows of a newer one.
    """
    set_head(case, 105, (case.folder / "kept.note").read_text())
    assert_tampered_at(case.by_signer(), 106)
    assert_tampered_at(case.by_stranger(case.last), 106)
    behind = case.by_stranger()
    if engine == "file":
        assert_tampered_at(behind, 106)
    else:
        assert (behind.verdict, behind.unsigned) == (CANNOT_TELL, 5)


def test_a_head_of_more_entries_names_the_first_gone(case: Case) -> None:
    """A head of entries that are not there: the first of them is named."""
    text = checkpoint_text(Checkpoint(ORIGIN, 500, bytes(32)))
    set_head(case, 500, case.signer().signer.sign(text))
    assert_tampered_at(case.by_stranger(), 111)


@pytest.mark.parametrize("table", ["head", "checkpoint"])
@pytest.mark.parametrize("how", ["origin", "key", "size", "root", "cut", "CR", "08", "text"])
def test_a_wrong_note_in_the_ledger_is_tampered(case: Case, table: str, how: str) -> None:
    """A stored note of another origin, key, size or root, or not well formed, is 3."""
    size = 110 if table == "head" else 105
    good = signed(case, size)
    root = good.split("\n")[2]
    wrong = {
        "origin": lambda: signed(case, size, origin="example.org/other"),
        "key": lambda: signed(case, size, FORGER),
        "size": lambda: signed(case, size - 1),
        "root": lambda: case.signer().signer.sign(
            checkpoint_text(Checkpoint(ORIGIN, size, bytes(32)))
        ),
        "cut": lambda: good[:-1],
        "CR": lambda: good.replace("\n", "\r\n"),
        "08": lambda: case.signer().signer.sign(f"{ORIGIN}\n0{size}\n{root}\n"),
        "text": lambda: "not a note",
    }[how]()
    with case.attack() as connection:
        connection.execute(f"UPDATE {table} SET note = ?", (wrong,))
    for verdict in (case.by_signer(), case.by_stranger(), case.by_stranger(case.early)):
        assert verdict.verdict == TAMPERED
        assert any(f.position == size for f in found(verdict, "note"))


def test_a_note_with_a_good_and_an_unknown_signature_is_good(case: Case) -> None:
    """A witness's line, by a key that the ledger does not name, takes nothing away."""
    good = signed(case, 110)
    other = FORGER.sign("".join(good.partition("\n\n")[0]) + "\n").partition("\n\n")[2]
    set_head(case, 110, good + other)
    assert case.by_signer().verdict == VERIFIED
    set_head(case, 110, good.partition("\n\n")[0] + "\n\n" + other)
    assert case.by_signer().verdict == TAMPERED


def test_extra_checkpoints_that_are_right_are_no_difference(case: Case) -> None:
    """Any number of issued notes, as long as they are of this tree."""
    with case.raw() as connection:
        for size in range(1, 105):
            connection.execute("INSERT INTO checkpoint VALUES (?, ?)", (size, signed(case, size)))
    assert case.by_signer().verdict == VERIFIED


@pytest.mark.parametrize("forged", ["a note before it", "\u2014 one behind it"])
def test_a_false_checkpoint_beside_a_true_one_of_its_size_is_tampered(
    case: Case, forged: str
) -> None:
    """Whichever of the two is read last, the true one excuses nothing."""
    with case.raw() as connection:
        rows = [(50, signed(case, 50)), (50, forged)]
        connection.executemany("INSERT INTO checkpoint VALUES (?, ?)", rows)
    assert case.by_signer().verdict == TAMPERED


@pytest.mark.parametrize("size", [0, -1, 111, 2**63 - 1, -(2**63)])
def test_a_checkpoint_of_an_impossible_size_is_tampered(case: Case, size: int) -> None:
    """A signed note of more entries than are there, or a row of another size: 3."""
    text = checkpoint_text(Checkpoint(ORIGIN, max(size, 0), bytes(32)))
    with case.raw() as connection:
        connection.execute(
            "INSERT INTO checkpoint VALUES (?, ?)", (size, case.signer().signer.sign(text))
        )
    assert case.by_signer().verdict == TAMPERED
