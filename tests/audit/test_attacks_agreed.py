"""What one verifier saw and the other did not, until both were held against the page."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from audit_helpers import (
    BOTH,
    ORIGIN,
    TAMPERED,
    VERIFIED,
    Case,
    append,
    canonical,
    forge_head,
    found,
    put_state,
    state_at,
)

from footprint.audit.verdict import CANNOT_TELL
from footprint.audit.vouchers import from_note
from footprint.domain.events import EntryCorrected
from footprint.ledger.store.sealing import commitment
from footprint.proof.checkpoint import Checkpoint, checkpoint_text
from footprint.proof.tree import EMPTY_ROOT

pytestmark = BOTH
AT = 9
"""The entry that is attacked: the close of CH-1."""


def test_a_fact_that_is_always_stored_may_not_be_missing(case: Case) -> None:
    """Who closed it has a default, and is stored all the same."""
    with case.raw() as connection:
        assert state_at(connection, AT)["by"] == "iro"
    case.rewrite(AT, lambda facts: facts.pop("by") and facts)
    verdict = case.by_signer()
    assert verdict.verdict == TAMPERED
    assert [finding.position for finding in found(verdict, "state")] == [AT]


def test_a_correction_names_a_source_that_there_is(case: Case) -> None:
    """`source` is one of three codes, in a correction too."""
    with case.writing() as ledger:
        at = append(ledger, "CH-0000001", EntryCorrected(corrects=AT, facts={"source": "hearsay"}))
    verdict = case.by_signer()
    assert verdict.verdict == TAMPERED
    assert [finding.position for finding in found(verdict, "correction")] == [at]


def test_a_locked_case_number_is_not_compared(case: Case) -> None:
    """Nobody without the key can say that it is another than the words'."""
    with case.attack() as connection:
        of = "WHERE stream = 'CH-0000001'"
        (child,) = connection.execute(f"SELECT child FROM vault_child {of}").fetchone()
        connection.execute(f"UPDATE vault_child SET child = ? {of}", (b"\0" + child,))
    verdict = case.by_signer()
    assert verdict.verdict == VERIFIED
    assert any("locked" in remark for remark in verdict.remarks)
    assert not verdict.words_checked


@pytest.mark.parametrize(("format_", "verdict"), [(2, CANNOT_TELL), (2**53 + 1, TAMPERED)])
def test_a_later_format_is_a_number_that_the_page_has(
    case: Case, format_: int, verdict: str
) -> None:
    """Beyond 2^53 it is no number of a state, and so no later format."""
    with case.attack() as connection:
        state = canonical(state_at(connection, AT))
        later = state.replace(b'"format":1', b'"format":%d' % format_)
        put_state(connection, AT, later)
        forge_head(connection, case.signer().signer)
    assert case.by_stranger().verdict == verdict


@pytest.mark.parametrize("number", ["1.5", str(2**53 + 1)])
def test_a_later_format_has_whole_numbers_too(case: Case, number: str) -> None:
    """So a state with another number is in no canonical form, of whatever format."""
    with case.attack() as connection:
        state = canonical(state_at(connection, AT) | {"format": 2, "zz": [{"a": 0}]})
        put_state(connection, AT, state.replace(b'{"a":0}', b'{"a":%s}' % number.encode()))
        forge_head(connection, case.signer().signer)
    verdict = case.by_stranger()
    assert verdict.verdict == TAMPERED
    assert [finding.position for finding in found(verdict, "state")] == [AT]


def test_an_empty_case_number_is_none(case: Case) -> None:
    """In the words and in the vault alike, and committed to: nobody's thread."""
    stream = "CH-0000003"
    with case.attack() as connection:
        rows = connection.execute(
            "SELECT position, version, topic, salt, words FROM event JOIN vault USING (position)"
            " WHERE stream = ?",
            (stream,),
        ).fetchall()
        for position, version, topic, salt, words in rows:
            empty = canonical(orjson.loads(words) | {"child": ""})
            sealed = commitment(stream, version, topic, salt, empty)
            put_state(
                connection, position, canonical(state_at(connection, position) | {"words": sealed})
            )
            connection.execute("UPDATE vault SET words = ? WHERE position = ?", (empty, position))
        connection.execute("UPDATE vault_child SET child = ? WHERE stream = ?", (b"", stream))
        forge_head(connection, case.signer().signer)
    verdict = case.by_stranger()
    assert verdict.verdict == TAMPERED
    assert {finding.position for finding in found(verdict, "words")} == {row[0] for row in rows}


@pytest.mark.parametrize(("origin", "size"), [(ORIGIN, 0), ("example.org/other", 105)])
def test_a_kept_note_that_was_altered_says_nothing_whatever_it_says(
    case: Case, tmp_path: Path, origin: str, size: int
) -> None:
    """Not that it is of no entries, and not that it is of another ledger."""
    text = checkpoint_text(Checkpoint(origin, size, EMPTY_ROOT))
    name, _, signature = case.signer().signer.sign(text).rstrip("\n").rpartition(" ")
    altered = tmp_path / "altered.note"
    changed = "A" if signature[40] != "A" else "B"
    altered.write_text(f"{name} {signature[:40]}{changed}{signature[41:]}\n")
    verdict = case.by_signer(from_note(altered))
    assert (verdict.verdict, verdict.findings) == (CANNOT_TELL, [])
    assert "was altered" in verdict.doubts[0]
