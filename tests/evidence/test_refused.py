"""Nothing is given out of a ledger that was tampered with, nor what cannot be checked."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from audit_helpers import (
    FORGER,
    VERIFIED,
    Case,
    canonical,
    forge_head,
    put_state,
    raised,
    rehash_all,
    state_at,
)
from evidence_helpers import ask, evidence_of, files_from

from footprint.errors import Misused, NotFound, Refused
from footprint.evidence.archive import MOST_BYTES
from footprint.evidence.making import Texts, bundle_files
from footprint.proof.policy import Policy

FIRST, LAST = 15, 110
"""The positions of the thread's first and last entry."""


def sql(statement: str) -> Callable[[sqlite3.Connection, Case], Any]:
    return lambda connection, _case: connection.execute(statement)


def resigned(state: bytes | Callable[[dict[str, Any]], Any]) -> Callable[..., None]:
    """Another first entry of the thread, hashed and signed again under the true key."""

    def change(connection: sqlite3.Connection, case: Case) -> None:
        put = state if isinstance(state, bytes) else state(state_at(connection, FIRST))
        put_state(connection, FIRST, put if isinstance(put, bytes) else canonical(put))
        forge_head(connection, case.signer().signer)

    return change


def rehashed(connection: sqlite3.Connection, _case: Case) -> None:
    put_state(connection, FIRST, canonical(raised(state_at(connection, FIRST))))
    rehash_all(connection)


def set_event(what: str, position: int = FIRST) -> Callable[[sqlite3.Connection, Case], Any]:
    return sql(f"UPDATE event SET {what} WHERE position = {position}")


BROKEN = "cannot prove what it signed"
TAMPERED_WITH: dict[str, tuple[Callable[[sqlite3.Connection, Case], Any], str]] = {
    "an entry changed": (
        lambda c, _: put_state(c, FIRST, canonical(raised(state_at(c, FIRST)))), BROKEN),
    "an entry changed and hashed again": (rehashed, BROKEN),
    "the state is text": (set_event("state = CAST(state AS TEXT)"), "Entry 15 was changed: a col"),
    "no state": (set_event("state = NULL"), "Entry 15 was changed: a column"),
    "another topic": (set_event("topic = 'note.added'"), BROKEN),
    "a topic of bytes": (set_event("topic = x'00ff'"), "Entry 15 was changed: a column"),
    "a version of text": (set_event("version = 'x'"), "Entry 15 was changed: a column"),
    "another version": (set_event("version = 99", LAST), BROKEN),
    "an entry moved out of the thread": (
        set_event("stream = 'CH-0000999', version = 1", 106),
        "Entry 107 was changed: it is entry 6 of its thread, and should be 5"),
    "the first entry moved out of it": (
        set_event("stream = 'CH-0000999', version = 1"),
        "Entry 16 was changed: it is entry 2 of its thread, and should be 1"),
    "an entry moved into it": (set_event("stream = 'CH-0000003', version = 10", 20), BROKEN),
    "the last entry deleted": (sql("DELETE FROM event WHERE position = 110"), BROKEN),
    "an entry deleted": (sql("DELETE FROM event WHERE position = 107"), BROKEN),
    "a leaf of another entry": (set_event("leaf = zeroblob(32)", 9), BROKEN),
    "a leaf of text": (set_event("leaf = 'x'", 9), "of another type"),
    "no leaf": (set_event("leaf = NULL", 9), "of another type"),
    "no head": (sql("DELETE FROM head"), "Entry 110 is above the signed head, of 0 entries"),
    "an old head": (
        sql("UPDATE head SET (size, note) = (SELECT size, note FROM checkpoint LIMIT 1)"),
        "Entry 110 is above the signed head, of 105 entries"),
    "a head of another key": (
        lambda c, _: forge_head(c, FORGER), "it is not signed by the ledger's key"),
    "a head that is none": (sql("UPDATE head SET note = 'x'"), "a note must end in a newline"),
    "a head of bytes": (sql("UPDATE head SET note = x'ff'"), "is stored here was altered"),
    "a head of nothing": (sql("UPDATE head SET note = NULL"), "is stored here was altered"),
    "a head of another size": (sql("UPDATE head SET size = 999"), "or of another size"),
    "a checkpoint that is none": (
        sql("INSERT INTO checkpoint VALUES (110, 'x')"), "is stored here was altered"),
    "another key in the first entry": (
        lambda c, _: put_state(
            c, 1, canonical(state_at(c, 1) | {"key": FORGER.verifier.vkey})), "by the ledger's"),
    "a key that is none": (
        lambda c, _: put_state(c, 1, canonical(state_at(c, 1) | {"key": "x"})), "names a key that"),
    "another origin": (
        lambda c, _: put_state(c, 1, canonical(state_at(c, 1) | {"origin": "x"})), "of another"),
    "signed, and no JSON": (resigned(b"x"), "Entry 15 is not JSON"),
    "signed, and deep": (resigned(b"[" * 100_000), "Entry 15 is not JSON"),
    "signed, and in another form": (
        resigned(lambda facts: canonical(facts) + b" "), "not in the one canonical"),
    "signed, and nobody's": (
        resigned(lambda facts: facts | {"actor": ""}), "Entry 15 was changed: its actor is empty"),
    "signed, and of a later format": (
        resigned(lambda facts: facts | {"format": 2}), "Use a newer version of footprint"),
}  # fmt: skip

UNTYPED = {
    "the state is text", "no state", "a topic of bytes", "a version of text", "a leaf of text",
    "no leaf", "a head of bytes", "a head of nothing",
}  # fmt: skip
"""Those that need a table without types."""


@pytest.mark.parametrize("how", TAMPERED_WITH)
def test_a_ledger_that_was_tampered_with_gives_out_nothing(case: Case, how: str) -> None:
    """It refuses and says why, with words and without; no traceback, and no bundle that fails."""
    change, why = TAMPERED_WITH[how]
    table = "head" if "head" in how else "event"
    with case.untyped(table) if how in UNTYPED else case.attack() as connection:
        change(connection, case)
    for words in (False, True):
        with pytest.raises(Refused) as refused:
            evidence_of(case, words=words)
        assert why in str(refused.value)


WORDS = {
    "others": ("words = CAST('{}' AS BLOB)", "its words are not those it committed to"),
    "of another entry": (
        "(salt, words) = (SELECT salt, words FROM vault v WHERE v.position = 107)",
        "its words are not those it committed to"),
    "of text": ("words = '{}'", "a salt of 32 bytes, and words in bytes, are"),
    "nothing": ("words = NULL", "a salt of 32 bytes, and words in bytes, are"),
    "a salt of text": ("salt = 'x'", "a salt of 32 bytes, and words in bytes, are"),
    "a short salt": ("salt = x'00'", "a salt of 32 bytes, and words in bytes, are"),
}  # fmt: skip


@pytest.mark.parametrize("how", WORDS)
def test_words_that_were_changed_are_not_given(case: Case, trust: Policy, how: str) -> None:
    """Refused, the entry named; without words the thread is given all the same."""
    change, why = WORDS[how]
    with case.untyped("vault") as connection:
        connection.execute(f"UPDATE vault SET {change} WHERE position = 106")
    with pytest.raises(Refused) as refused:
        evidence_of(case, words=True)
    assert f"Entry 106 was changed: {why}" in str(refused.value)
    assert ask(files_from(evidence_of(case)), trust).verdict.verdict == VERIFIED


def test_words_that_are_gone_without_a_redaction_are_missed(case: Case) -> None:
    """Refused, the entry named."""
    with case.attack() as connection:
        connection.execute("DELETE FROM vault WHERE position = 106")
    with pytest.raises(Refused, match="Entry 106 was changed: its words are gone without a redac"):
        evidence_of(case, words=True)


def test_a_kept_checkpoint_that_does_not_fit_is_refused(case: Case) -> None:
    """Another root, a newer size, another ledger, no entries: each with what is wrong."""
    wrong = replace(case.kept, root=bytes(32))
    with pytest.raises(Refused, match="does not fit this ledger: an entry between 1 and 105"):
        evidence_of(case, kept=wrong)
    with pytest.raises(Refused, match="is of 111 entries, and 110 are signed here"):
        evidence_of(case, kept=replace(case.kept, size=111))
    with pytest.raises(Misused, match=r"is of example\.org/other, and this ledger is"):
        evidence_of(case, kept=replace(case.kept, origin="example.org/other"))
    with pytest.raises(Misused, match="is of no entries: nothing can be compared with it"):
        evidence_of(case, kept=replace(case.kept, size=0))


def test_a_thread_that_is_not_there_is_not_found(year: Case) -> None:
    """Nor is what is no thread."""
    with pytest.raises(NotFound, match="There is no thread CH-9999 in this ledger"):
        evidence_of(year, "CH-0009999")
    with pytest.raises(NotFound, match="There is no thread policy"):
        evidence_of(year, "policy")


def test_a_thread_that_is_too_large_for_a_bundle_is_refused(year: Case) -> None:
    """Before anything is written, and it says what to do instead."""
    texts = Texts("", "x" * (MOST_BYTES + 1), "")
    with pytest.raises(Refused, match="CH-3 is too large for a bundle, which has at most 20,000"):
        bundle_files(evidence_of(year), texts)
