"""Redactions that nobody asked for, and threads that were redacted whole: both verifiers."""

from __future__ import annotations

from typing import Any

import pytest
from audit_helpers import (
    BOTH,
    DAY,
    TAMPERED,
    VERIFIED,
    Case,
    append,
    assert_tampered_at,
    found,
    note_on,
    redact,
)

from footprint.domain.asks import ApproveRedaction, AskRedaction, Correct
from footprint.domain.events import EntryCorrected, EntryRedacted, RedactionRequested
from footprint.ledger.ledger import Ledger

pytestmark = BOTH
STREAM = "CH-0000001"
WORDS = (7, 8)
"""The first two entries of CH-1, which have words."""


def asked(ledger: Ledger, *positions: int, basis: str = "third-party", actor: str = "one") -> int:
    event = RedactionRequested(positions=positions, basis=basis)
    return append(ledger, STREAM, event, actor=actor)


def done(ledger: Ledger, requested: int, *positions: int, actor: str = "other") -> int:
    event = EntryRedacted(positions=positions, basis="third-party", requested=requested)
    return append(ledger, STREAM, event, actor=actor)


def verdicts(case: Case) -> list[Any]:
    return [case.by_signer(), case.by_stranger(), case.by_stranger(case.kept)]


def unasked(case: Case, at: int) -> None:
    """Tampered for everyone, at the redaction."""
    for verdict in verdicts(case):
        assert_tampered_at(verdict, at)
        assert at in {finding.position for finding in found(verdict, "redaction")}


@pytest.mark.parametrize(
    ("request_", "redaction"),
    [
        ({"actor": "other"}, WORDS),
        ({"basis": "retention"}, WORDS),
        ({"positions": (7,)}, WORDS),
        ({"positions": (*WORDS, 9)}, WORDS),
        ({"positions": ()}, WORDS),
    ],
    ids=["by one person", "another basis", "more than asked", "less than asked", "not all"],
)
def test_a_redaction_is_what_somebody_else_asked_for(
    case: Case, request_: dict[str, Any], redaction: tuple[int, ...]
) -> None:
    """Each way in which it is not: 3, at the redaction."""
    facts: dict[str, Any] = {"positions": WORDS} | request_
    with case.writing() as ledger:
        request = asked(ledger, *facts.pop("positions"), **facts)
        at = done(ledger, request, *redaction)
    unasked(case, at)


@pytest.mark.parametrize("requested", [0, 7, 10**6])
def test_a_redaction_names_a_request(case: Case, requested: int) -> None:
    """An entry of another kind, none at all, or the redaction itself is no request."""
    with case.writing() as ledger:
        at = done(ledger, requested, *WORDS)
    unasked(case, at)


def test_a_request_of_another_thread_is_none(case: Case) -> None:
    """Who may redact one thread was not asked about another."""
    with case.writing() as ledger:
        event = RedactionRequested(positions=WORDS, basis="third-party")
        request = append(ledger, "CH-0000002", event, actor="one")
        at = done(ledger, request, *WORDS)
    unasked(case, at)


def test_a_request_that_comes_after_is_none(case: Case) -> None:
    """Nobody asks for what was done."""
    with case.writing() as ledger:
        at = done(ledger, ledger.size() + 2, *WORDS)
        asked(ledger, *WORDS)
    unasked(case, at)


def test_corrections_made_since_go_with_what_was_asked_for(case: Case) -> None:
    """What an entry was corrected to is part of it, and was not there when it was asked for."""
    with case.writing() as ledger:
        request = asked(ledger, 7)
        event = EntryCorrected(corrects=7, facts={})
        correction = append(ledger, STREAM, event)
        done(ledger, request, 7, correction)
    for verdict in (case.by_signer(), case.by_stranger(case.kept)):
        assert (verdict.verdict, verdict.findings) == (VERIFIED, [])


def test_a_correction_that_was_entered_again_goes_with_what_was_asked_for(case: Case) -> None:
    """The thread was moved to its right child meanwhile; the words go, and both verifiers agree."""
    with case.writing() as ledger:
        words = {"reason": "!", "new.text": "His sister says no."}
        mend = Correct(on=DAY, entry=7, words=words, source="recalled")
        ledger.record(mend, actor="mb", stream=STREAM)
        at = ledger.size()
        ask = AskRedaction(on=DAY, positions=(at,), basis="third-party", words={"why": "!"})
        ledger.record(ask, actor="one", stream=STREAM)
        whole = {"why": "!", "right_child": "C-7777"}
        ask = AskRedaction(on=DAY, positions=(), basis="wrong-child", words=whole)
        ledger.record(ask, actor="one", stream=STREAM)
        for request in (at + 2, at + 1):
            approve = ApproveRedaction(on=DAY, request=request)
            ledger.record(approve, actor="other" if request == at + 2 else "third", stream=STREAM)
        assert "His sister" not in str(ledger.vault.words(STREAM))
    for verdict in (case.by_signer(), case.by_stranger(case.kept)):
        assert (verdict.verdict, verdict.findings) == (VERIFIED, [])


def redacted_whole(case: Case, **words: str) -> None:
    """CH-1, by the road that people take."""
    with case.writing() as ledger:
        ask = AskRedaction(on=DAY, positions=(), basis="wrong-child", words={"why": "!", **words})
        ledger.record(ask, actor="one", stream=STREAM)
        ledger.record(ApproveRedaction(on=DAY), actor="other", stream=STREAM)


def test_a_thread_that_was_redacted_goes_on_without_a_case_number(case: Case) -> None:
    """Words that are recorded since have none, and the vault has none for them."""
    redacted_whole(case)
    with case.writing() as ledger:
        note_on(ledger, STREAM)
        assert "child" not in ledger.vault.words(STREAM)[ledger.size()]
    for verdict in (case.by_signer(), case.by_stranger(case.kept)):
        assert (verdict.verdict, verdict.findings) == (VERIFIED, [])
    with case.attack() as connection:
        connection.execute("INSERT INTO vault_child VALUES (?, ?)", (STREAM, b"1"))
    for verdict in verdicts(case):
        assert verdict.verdict == TAMPERED


def test_a_thread_goes_on_under_the_right_child(case: Case) -> None:
    """Its words are entered again with the right number, which the vault has to have."""
    redacted_whole(case, right_child="C-7777")
    for verdict in (case.by_signer(), case.by_stranger(case.kept)):
        assert (verdict.verdict, verdict.findings) == (VERIFIED, [])
        assert verdict.redacted > len(WORDS)
    with case.attack() as connection:
        connection.execute("DELETE FROM vault_child WHERE stream = ?", (STREAM,))
    for verdict in verdicts(case):
        assert_tampered_at(verdict, verdict.entries)


def test_a_case_number_that_is_taken_away_names_the_entries(case: Case) -> None:
    """Words that name a child whom the vault does not: 3, though nothing else is wrong."""
    with case.attack() as connection:
        connection.execute("DELETE FROM vault_child WHERE stream = ?", (STREAM,))
    for verdict in verdicts(case):
        assert_tampered_at(verdict, 7)


def test_an_older_redaction_stays_one(case: Case) -> None:
    """Two redactions of one thread, one after the other, are both what was asked for."""
    with case.writing() as ledger:
        redact(ledger, STREAM, (8,))
    redacted_whole(case)
    assert case.by_signer().verdict == VERIFIED


def test_two_who_asked_for_the_same_are_both_answered(case: Case) -> None:
    """What one redaction has removed is named again by the next: it is what was asked for."""
    with case.writing() as ledger:
        for positions in (WORDS, (8,)):
            ask = AskRedaction(on=DAY, positions=positions, basis="retention", words={"why": "!"})
            ledger.record(ask, actor="one", stream=STREAM)
        for request in (ledger.size(), ledger.size() - 1):
            approve = ApproveRedaction(on=DAY, request=request)
            ledger.record(approve, actor="other", stream=STREAM)
    for verdict in (case.by_signer(), case.by_stranger(case.kept)):
        assert (verdict.verdict, verdict.findings) == (VERIFIED, [])
        assert verdict.redacted == len(WORDS)


def test_an_old_vault_names_whom_a_thread_was_moved_from(case: Case) -> None:
    """Words that are back are worth a remark, though their case number is not the thread's now."""
    with case.raw() as connection:
        rows = connection.execute("SELECT * FROM vault WHERE position IN (7, 8)").fetchall()
    redacted_whole(case, right_child="C-7777")
    with case.attack() as connection:
        connection.executemany("INSERT INTO vault VALUES (?, ?, ?)", rows)
    for verdict in (case.by_signer(), case.by_stranger(case.kept)):
        assert (verdict.verdict, verdict.findings) == (VERIFIED, [])
        assert any("back in the vault, at 7, 8" in remark for remark in verdict.remarks)
