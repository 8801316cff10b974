"""Rows without a number whose words were changed: the same thread, where that can be known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intake_helpers import bring, make, one_sheet, threads, whats, why

from footprint.domain.asks import Correct
from footprint.ledger.ledger import Ledger
from footprint.sheets.pages import Cell

Change = Mapping[str, Cell]
ROW: Change = {"Ref": None}
TYPO: Change = {**ROW, "Concern": "Third placement in ten months."}
OTHER: Change = {**ROW, "Concern": "No visit since the middle of May."}
REASON = {"reason": "A typing mistake."}
STREAM = "CH-0000001"


def come_to(ledger: Ledger, *rows: Change, **terms: Any) -> list[str]:
    return whats(bring(ledger, one_sheet(*rows), terms))


def refusal(ledger: Ledger, *rows: Change, **terms: Any) -> str:
    *_, last = bring(ledger, one_sheet(*rows), terms)
    assert last.what == "refused"
    return why(last)


def test_a_word_that_was_changed_is_a_correction(ledger: Ledger) -> None:
    """Refused, with both ways, until it is said why; recognised from then on."""
    come_to(ledger, ROW)
    said = refusal(ledger, TYPO)
    assert "CH-1 is of the same child, has the same day, and says otherwise." in said
    assert "reworded, say why: --reason TEXT. If it is a new one" in said
    assert come_to(ledger, TYPO, record=False, **REASON) == ["changed"]
    assert come_to(ledger, TYPO, **REASON) == ["changed"]
    words = [*ledger.vault.words(STREAM).values()][-1]
    assert (words["new.text"], words["reason"]) == (TYPO["Concern"], REASON["reason"])
    assert come_to(ledger, TYPO) == ["same"]
    assert len(threads(ledger)) == 1


def test_it_is_a_new_one_where_that_is_said(ledger: Ledger) -> None:
    """Also beside a reason, which is of other rows then."""
    come_to(ledger, ROW)
    assert come_to(ledger, TYPO, as_new=True, **REASON) == ["new"]
    assert come_to(ledger, ROW, TYPO, **REASON) == ["same", "same"]


@pytest.mark.parametrize(
    "change",
    [
        OTHER,
        {**TYPO, "Theme": "Sibling contact"},
        {**TYPO, "Service": "Health"},
        {**ROW, "Date raised": "15/04/2016"},
    ],
)
def test_what_may_be_another_concern_is_refused_whatever_is_said(
    ledger: Ledger, change: Change
) -> None:
    """Other words, or other facts, or another day; by hand it can be put right all the same."""
    come_to(ledger, ROW)
    size = ledger.size()
    said = refusal(ledger, change, **REASON)
    assert "put it right by hand: footprint correct CH-1. If it is a new one" in said
    assert ledger.size() == size


def test_what_was_put_right_by_hand_is_recognised(ledger: Ledger) -> None:
    """As the refusal says."""
    come_to(ledger, ROW)
    words = {"reason": "Reworded.", "new.text": str(OTHER["Concern"])}
    fix = Correct(on=ledger.today(), entry=7, facts={}, words=words)
    ledger.record(fix, actor="mb", stream=STREAM)
    assert come_to(ledger, OTHER) == ["same"]


def test_two_that_begin_so_cannot_be_told_apart(ledger: Ledger) -> None:
    """Two rows of one thread, or two threads that a row may be: none is put right."""
    come_to(ledger, ROW)
    more = {**ROW, "Concern": "Third placement in eight months."}
    assert come_to(ledger, TYPO, more, **REASON) == ["refused", "refused"]
    assert "More than one of the file begins so." in refusal(ledger, TYPO, more, **REASON)
    come_to(ledger, TYPO, as_new=True)
    assert "by hand" in refusal(ledger, more, **REASON)


@pytest.mark.parametrize("order", [slice(None), slice(None, None, -1)])
def test_what_another_row_is_is_not_its(ledger: Ledger, order: slice) -> None:
    """In whatever order they stand: a thread that is here is of the row that says the same."""
    come_to(ledger, ROW, OTHER)
    rows, expected = (OTHER, TYPO)[order], ["same", "changed"][order]
    assert come_to(ledger, *rows, **REASON) == expected
    again = (ROW, {**TYPO, "Concern": "Third placement in two years and a half."})[order]
    assert "refused" in come_to(ledger, *again, **REASON)
    assert len(threads(ledger)) == 2


@settings(max_examples=30, deadline=None)
@given(
    nths=st.lists(st.sampled_from([ROW, TYPO, OTHER]), max_size=4),
    then=st.lists(st.sampled_from([ROW, TYPO, OTHER]), max_size=4),
)
def test_a_reason_never_makes_a_second_thread_of_what_is_here(
    tmp_path_factory: pytest.TempPathFactory, nths: list[Change], then: list[Change]
) -> None:
    """Nor takes a thread from the row that it is: what is here as it was stays as it is."""
    with make(tmp_path_factory.mktemp("l")) as ledger:
        bring(ledger, one_sheet(*nths)) if nths else []
        here = {row.get("Concern") for row in nths}
        outcomes = bring(ledger, one_sheet(*then), REASON) if then else []
        for row, outcome in zip(then, outcomes, strict=True):
            if row.get("Concern") in here:
                assert outcome.what in {"same", "twice"}
