"""A ledger on a server: who may read it, what is not signed yet, and what is in the way."""

from __future__ import annotations

from base64 import b64encode

import pytest
from audit_helpers import (
    CANNOT_TELL,
    DAY,
    INSERT,
    VERIFIED,
    assert_tampered_at,
    both,
    found,
    leaf_of,
    perfect,
    redact,
    root_of,
)
from server_cases import RECORDER, ServerCase, copy_rows, owning, rows_of
from servers import address, grant, login

from footprint.audit.verify import verify_ledger
from footprint.audit.vouchers import Voucher, from_receipt
from footprint.domain.entry import Move
from footprint.domain.events import NoteAdded
from footprint.engine.place import Server
from footprint.ledger.ledger import Ledger

STREAM = "CH-0000002"


@pytest.fixture
def engine() -> str:
    """A server alone."""
    return "server"


def note_on(ledger: Ledger, text: str = "A note.") -> None:
    """A note by whoever is logged in."""
    words = {"text": text}
    move = Move(event=NoteAdded(), occurred_on=DAY, source="at-the-time", words=words)
    ledger.append(STREAM, [move], actor=RECORDER)


def receipt_of(case: ServerCase) -> Voucher:
    """What whoever recorded the last entry was given: the root of all entries up to it."""
    leaves = [leaf_of(*entry[1:]) for entry in case.entries()]
    root = b64encode(root_of(leaves)).decode()
    line = f"footprint receipt CH-2 entry {len(leaves)} of {len(leaves)} root {root}"
    return from_receipt(line)


# --- what no checkpoint covers yet ----------------------------------------------------------


def test_entries_that_nobody_signed_yet_are_counted(case: ServerCase) -> None:
    """They are no finding: signing is apart. The next checkpoint covers them."""
    with case.recording() as ledger:
        note_on(ledger)
        note_on(ledger)
    for verdict in (case.by_signer(), case.by_stranger(case.last)):
        assert (verdict.verdict, verdict.findings) == (VERIFIED, [])
        assert (verdict.entries, verdict.unsigned, verdict.uncovered) == (112, 2, 2)
    case.sign()
    verdict = case.by_signer()
    assert (verdict.verdict, verdict.unsigned, verdict.uncovered) == (VERIFIED, 0, 0)


def test_runs_are_complete_to_the_tail_though_nobody_signed_them(long: ServerCase) -> None:
    """The root of a run is there when its last entry is."""
    before = long.by_signer().entries
    with long.recording() as ledger, ledger.writing():
        for _ in range(256):
            note_on(ledger)
    verdict = long.by_signer()
    assert (verdict.verdict, verdict.findings) == (VERIFIED, [])
    assert (verdict.entries, verdict.unsigned) == (before + 256, 256)


def test_a_receipt_that_no_checkpoint_covered_is_found_by_the_next(case: ServerCase) -> None:
    """Before that it fits, and it is said that none covers the entry yet."""
    with case.recording() as ledger:
        note_on(ledger)
    receipt = receipt_of(case)
    with case.recording() as ledger:
        note_on(ledger)
    early = case.by_signer(receipt)
    assert (early.verdict, early.findings, early.covered) == (VERIFIED, [], 111)
    assert ["entry 111" in remark for remark in early.remarks] == [True]
    case.sign()
    for verdict in (case.by_signer(receipt), case.by_stranger(receipt)):
        assert (verdict.verdict, verdict.findings, verdict.remarks) == (VERIFIED, [], [])
    assert case.by_signer(receipt).covered == 112


def test_an_entry_above_the_head_is_judged_like_any_other(case: ServerCase) -> None:
    """What nobody signed yet has to be as its receipt says, and its words as it committed to."""
    with case.recording() as ledger:
        note_on(ledger)
    receipt = receipt_of(case)
    with case.attack() as connection:
        connection.execute("UPDATE vault SET words = ? WHERE position = 111", (b"{}",))
    verdict = case.by_signer()
    assert [finding.position for finding in found(verdict, "words")] == [111]
    with case.attack() as connection:
        connection.execute("DELETE FROM vault WHERE position = 111")
        connection.execute("DELETE FROM event WHERE position = 111")
    assert case.by_signer().verdict == VERIFIED
    assert found(case.by_signer(receipt), "tail")[0].position == 111


def test_a_perfect_row_of_the_owner_is_among_what_nobody_signed(case: ServerCase) -> None:
    """On a server nothing tells it from what a recorder made: it is counted, not vouched for."""
    with case.attack() as connection:
        connection.execute(INSERT, perfect(connection, 111))
    verdict = case.by_signer(case.last)
    assert (verdict.verdict, verdict.covered, verdict.unsigned) == (VERIFIED, 110, 1)


# --- whose login it is ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "words"),
    [
        ("recorder", True),
        ("manager", True),
        ("keeper", True),
        ("auditor", False),
        ("signer", False),
    ],
)
def test_each_role_verifies_what_it_may_read(case: ServerCase, role: str, words: bool) -> None:  # noqa: FBT001
    """Without the right to the vault, words are not checked, as in an audit copy."""
    with case.writing() as ledger:
        redact(ledger, "CH-0000001", (7, 8))
    grant(case.schema, f"footprint_tests_only_{role}", [role])
    place = address(case.schema, f"footprint_tests_only_{role}")
    verdict = verify_ledger(place, case.home, [case.kept, case.receipt])
    assert (verdict.verdict, verdict.findings, verdict.doubts) == (VERIFIED, [], [])
    assert (verdict.words_checked, verdict.redacted) == (words, 2)
    if not words:
        copy_rows(case.schema, case.folder / "audit.db", vault=False)
        assert both(case.folder / "audit.db", case.stranger, [case.kept]).verdict == VERIFIED


def test_an_auditor_finds_what_was_changed(case: ServerCase) -> None:
    """Entries, not words."""
    grant(case.schema, "footprint_tests_only_auditor", ["auditor"])
    with case.attack() as connection:
        connection.execute("DELETE FROM vault")
        connection.execute("UPDATE event SET topic = 'note.added' WHERE position = 20")
    verdict = verify_ledger(address(case.schema, "footprint_tests_only_auditor"), case.stranger)
    assert_tampered_at(verdict, 20)
    assert "words" not in {finding.what for finding in verdict.findings}


def test_a_login_without_a_role_is_told_so(case: ServerCase) -> None:
    """Cannot tell: by name, and with what would help."""
    login("footprint_tests_nobody")
    verdict = verify_ledger(address(case.schema, "footprint_tests_nobody"), case.home)
    assert (verdict.verdict, verdict.findings) == (CANNOT_TELL, [])
    (doubt,) = verdict.doubts
    assert "footprint_tests_nobody may not read" in doubt
    assert f"GRANT {case.schema}_auditor" in doubt


# --- what is in the way ---------------------------------------------------------------------


def test_a_ledger_that_is_not_there_is_said_to_be_not_there(case: ServerCase) -> None:
    """A schema that is none, and one that is something else's."""
    for schema, said in (("nothing_here", "there is no ledger"), ("public", "is not a footprint")):
        verdict = verify_ledger(Server(case.place.url, schema), case.home)
        assert (verdict.verdict, verdict.findings) == (CANNOT_TELL, [])
        assert said in verdict.doubts[0]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://nobody_known@/postgres?host={host}", '"nobody_known" does not exist'),
        ("postgresql://footprint_tests_manager@/no_such?host={host}", '"no_such" does not exist'),
        ("postgresql://footprint_tests_manager@/postgres?host=/nonexistent", "cannot be reached"),
        ("postgresql://footprint_tests_manager@127.0.0.1:1/postgres", "cannot be reached"),
    ],
)
def test_a_server_that_lets_nobody_in_is_a_doubt(case: ServerCase, url: str, said: str) -> None:
    """No such login, no such database, nobody there: cannot tell, in words."""
    host = case.place.url.partition("host=")[2]
    verdict = verify_ledger(Server(url.format(host=host), case.schema), case.home)
    assert (verdict.verdict, verdict.findings) == (CANNOT_TELL, [])
    assert [said in doubt for doubt in verdict.doubts] == [True]


def test_a_connection_that_is_lost_is_a_doubt(case: ServerCase) -> None:
    """While entries are read: what was read so far is no verdict."""

    def cut(_done: int, _of: int) -> None:
        with case.raw() as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = ?",
                (case.place.login,),
            )

    verdict = verify_ledger(case.place, case.home, progress=cut)
    assert (verdict.verdict, verdict.findings) == (CANNOT_TELL, [])
    assert "went away" in verdict.doubts[0]


def test_all_that_is_read_is_of_one_moment(case: ServerCase) -> None:
    """Entries that are recorded, signed and redacted meanwhile are for the next who looks."""
    seen = []

    def meanwhile(done: int, of: int) -> None:
        if not seen:
            seen.append((done, of))
            with case.recording() as ledger:
                note_on(ledger)
            case.sign()

    verdict = verify_ledger(case.place, case.home, progress=meanwhile)
    assert seen == [(0, 110)]
    assert (verdict.verdict, verdict.findings, verdict.entries) == (VERIFIED, [], 110)
    assert case.by_signer().entries == 111


def test_verifying_changes_nothing(case: ServerCase) -> None:
    """It reads in a transaction that cannot write, and leaves no row another."""
    with owning(case.schema) as connection:
        before = rows_of(connection)
        case.by_signer(case.kept, case.receipt)
        assert rows_of(connection) == before
