"""What trusted witnesses add to a verdict: how far it is witnessed, clocks, a memory here."""

from __future__ import annotations

from pathlib import Path

import pytest
from audit_helpers import (
    BOTH_SLOWLY,
    CANNOT_TELL,
    TAMPERED,
    VERIFIED,
    Case,
    assert_interval,
    found,
    put_state,
    state_at,
)
from witness_helpers import (
    LATE,
    ONE,
    TWO,
    auditor,
    cosigned,
    recorded,
    rewrite,
    store,
    stored_note,
    told,
    trust_of,
)  # fmt: skip

from footprint.audit.verdict import Witnessed
from footprint.proof.cosigned import utc
from footprint.witness import witness

pytestmark = BOTH_SLOWLY

# --- how long unwitnessed -----------------------------------------------------------------------


def test_it_says_how_far_the_ledger_is_witnessed(case: Case) -> None:
    """The newest that the quorum has cosigned, and when the first entry beyond was recorded."""
    trust = trust_of(case, [ONE, TWO], 1)
    verdict = auditor(case, trust)
    first = state_first(case, 1)
    assert (verdict.witnessed, verdict.unwitnessed_since) == (None, first)
    store(case, 105, cosigned(stored_note(case, 105), (ONE, LATE), (TWO, LATE + 9)))
    verdict = auditor(case, trust)
    assert verdict.witnessed == Witnessed(size=105, at=utc(LATE + 9))
    assert verdict.unwitnessed_since == state_first(case, 106)
    with case.raw() as connection:
        head = connection.execute("SELECT note FROM head").fetchone()[0]
    store(case, 110, cosigned(head, (TWO, LATE + 20)))
    verdict = auditor(case, trust)
    assert verdict.witnessed == Witnessed(size=110, at=utc(LATE + 20))
    assert verdict.unwitnessed_since == ""
    nobody = auditor(case, trust_of(case))
    assert (nobody.witnessed, nobody.unwitnessed_since) == (None, "")


def state_first(case: Case, position: int) -> str:
    with case.raw() as connection:
        return str(state_at(connection, position)["recorded_at"])


# --- clocks -------------------------------------------------------------------------------------


def test_times_inside_the_bracket_of_a_cosignature_are_no_remark(case: Case) -> None:
    """Recorded up to the second of the line, and from that second on."""
    store(case, 105, cosigned(stored_note(case, 105), (ONE, recorded(case, 105))))
    verdict = auditor(case, trust_of(case, [ONE]))
    assert (verdict.verdict, verdict.remarks) == (VERIFIED, [])


def test_an_entry_recorded_after_it_was_seen_is_a_remark(case: Case) -> None:
    """An entry of the cosigned tree is later than the witness's line: the verdict stays."""
    store(case, 105, cosigned(stored_note(case, 105), (ONE, recorded(case, 105) - 60)))
    verdict = auditor(case, trust_of(case, [ONE]))
    (remark,) = verdict.remarks
    assert "entry 105 says" in remark
    assert ONE.name in remark
    assert verdict.verdict == VERIFIED


def test_a_clock_that_was_set_back_is_a_remark(case: Case) -> None:
    """An entry beyond the cosigned tree says that it was recorded before the witness saw that."""
    at = recorded(case, 106) + 86_400
    text = stored_note(case, 105)
    for later in range(3):
        store(case, 105, cosigned(text, (ONE, at + later)))
    verdict = auditor(case, trust_of(case, [ONE]))
    (remark,) = verdict.remarks
    assert "entry 106 says" in remark
    assert "set back" in remark
    assert "2 other" in remark
    assert verdict.verdict == VERIFIED
    assert not auditor(case, trust_of(case, [TWO])).remarks


@pytest.mark.parametrize("at", [0, 2**63 - 1, 253_402_300_800])
def test_a_time_that_no_calendar_has_breaks_nothing(case: Case, at: int) -> None:
    """A witness may state any number of seconds below 2^63."""
    store(case, 105, cosigned(stored_note(case, 105), (ONE, at)))
    verdict = auditor(case, trust_of(case, [ONE], 1))
    assert told(verdict) == (VERIFIED, 105)
    assert verdict.witnessed
    assert verdict.remarks


# --- hostile ------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [b"", b"[]", b"{}", b"nonsense", b'{"recorded_at":7}'])
def test_entries_beside_a_cosigned_tree_may_hold_anything(case: Case, state: bytes) -> None:
    """What is looked up at a cosigned tree's edge is not believed to be of the format."""
    text = cosigned(stored_note(case, 105), (ONE, LATE))
    with case.attack() as connection:
        put_state(connection, 106, state)
    store(case, 105, text)
    assert auditor(case, trust_of(case, [ONE])).verdict == TAMPERED


def test_every_bit_of_a_cosigned_row_counts(case: Case) -> None:
    """Any octet of a stored, cosigned note changed: tampered to whoever trusts the witness, and
    never vouched for."""
    text = cosigned(stored_note(case, 105), (ONE, LATE))
    trust = trust_of(case, [ONE], 1)
    for at in range(0, len(text), 7):
        other = text[:at] + ("x" if text[at] != "x" else "y") + text[at + 1 :]
        with case.attack() as connection:
            connection.execute("DELETE FROM checkpoint")
            connection.execute("INSERT INTO checkpoint VALUES (105, ?)", (other,))
        verdict = auditor(case, trust)
        assert verdict.verdict in (TAMPERED, CANNOT_TELL), (at, other)
        assert verdict.covered is None


# --- a witness on this machine ------------------------------------------------------------------


def watched(case: Case, size: int) -> Path:
    """Somebody's home with a witness that saw the ledger at a size. Returns what it remembers."""
    witness.init(case.stranger, "audit.example/w")
    trust = trust_of(case)
    with case.raw() as connection:
        head = connection.execute("SELECT note FROM head").fetchone()[0]
    text = head if size == 110 else stored_note(case, size)
    witness.add(case.stranger, trust, f"old 0\n\n{text}".encode(), LATE)
    (seen,) = case.stranger.glob("witness/logs/*/seen")
    return seen


def test_what_a_witness_here_saw_vouches(case: Case) -> None:
    """Its memory is a checkpoint that was kept: good for its size, and against another history."""
    watched(case, 105)
    assert told(case.by_stranger()) == (VERIFIED, 105)
    rewrite(case, case.signer().signer)
    (finding,) = found(case.by_stranger(), "root")
    assert finding.against == "what the witness on this machine saw last"
    assert_interval(case.by_stranger(), 1, 105)


def test_a_witness_here_that_saw_more_finds_the_tail_cut(case: Case) -> None:
    """An older copy, honest as it may be, is not what was seen."""
    watched(case, 110)
    with case.attack() as connection:
        connection.execute("DELETE FROM event WHERE position > 105")
        connection.execute("UPDATE head SET size = 105, note = ?", (stored_note(case, 105),))
        connection.execute("DELETE FROM vault WHERE position > 105")
    found(case.by_stranger(), "tail")


def test_a_memory_that_cannot_be_read_is_a_doubt(case: Case) -> None:
    """What this machine saw and cannot say any more is needed for a verdict."""
    seen = watched(case, 105)
    seen.write_bytes(b"")
    assert told(auditor(case, trust_of(case))) == (CANNOT_TELL, 110)
    seen.unlink()
    verdict = auditor(case, trust_of(case))
    assert (verdict.verdict, len(verdict.doubts)) == (CANNOT_TELL, 1)
