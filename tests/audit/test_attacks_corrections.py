"""Corrections that nobody could have recorded: the verifier names them."""

from __future__ import annotations

from typing import Any

import pytest
from audit_helpers import BOTH, VERIFIED, Case, append, assert_tampered_at

from footprint.domain.events import EntryCorrected

pytestmark = BOTH
FIRST, OTHER = "CH-0000001", "CH-0000002"
"""CH-1 begins at entry 7, with an alert; entry 8 is its answer, entry 9 its close."""


def corrected(case: Case, corrects: int, facts: dict[str, Any]) -> int:
    """Append a correction that was never decided. Returns its position."""
    with case.writing() as ledger:
        return append(ledger, FIRST, EntryCorrected(corrects=corrects, facts=facts))


@pytest.mark.parametrize(
    "facts",
    [
        {"occurred_on": "2016-04-05"},
        {"occurred_on": None, "role": None},
        {"themes": ["ASQ", "PLC"], "proceedings": True},
        {},
    ],
    ids=str,
)
def test_a_correction_of_the_published_form_is_verified(case: Case, facts: dict[str, Any]) -> None:
    """New values of facts that the entry may have, of their types."""
    corrected(case, 7, facts)
    verdict = case.by_signer()
    assert (verdict.verdict, verdict.findings) == (VERIFIED, [])


@pytest.mark.parametrize(
    "facts",
    [
        {"colour": "red"},
        {"service": None},
        {"service": 5},
        {"themes": "PLC"},
        {"stage": "1"},
        {"respond_by": "11/04/2016"},
        {"occurred_on": 20160405},
        {"source": None},
        {"actor": "somebody else"},
        {"recorded_at": "2016-04-05T12:00:00.000000Z"},
    ],
    ids=str,
)
def test_facts_that_an_entry_cannot_have_name_the_correction(
    case: Case, facts: dict[str, Any]
) -> None:
    """Unknown, needed and taken away, of another type, or not for anybody to correct."""
    at = corrected(case, 7, facts)
    assert_tampered_at(case.by_signer(), at)


@pytest.mark.parametrize("corrects", [0, -1, 1, 2**53, 10**6], ids=str)
def test_a_correction_of_something_else_is_named(case: Case, corrects: int) -> None:
    """No entry, one of the ledger's own, or one that is not there yet."""
    at = corrected(case, corrects, {})
    assert_tampered_at(case.by_signer(), at)


def test_a_correction_in_another_thread_is_named(case: Case) -> None:
    """A thread cannot put another one right."""
    with case.writing() as ledger:
        at = append(ledger, OTHER, EntryCorrected(corrects=7, facts={}))
    assert_tampered_at(case.by_signer(), at)


def test_a_correction_of_itself_is_named(case: Case) -> None:
    """It is not before itself."""
    with case.writing() as ledger:
        at = append(ledger, FIRST, EntryCorrected(corrects=ledger.size() + 1, facts={}))
    assert_tampered_at(case.by_signer(), at)
