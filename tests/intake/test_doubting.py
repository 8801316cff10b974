"""Rows that were refused because of others, brought in without them."""

from __future__ import annotations

from datetime import date

import pytest
from intake_helpers import bring, one_sheet, whats, why

from footprint.intake.headings import REASON
from footprint.intake.rejects import said_fault
from footprint.ledger.ledger import Ledger
from footprint.sheets.pages import Cell

ROWS: dict[str, tuple[Cell, tuple[Cell, ...]]] = {
    "Date raised": ("03/04/2016", ("04/14/2016", "04/15/2016")),
    "Child ID": ("198850", ("0204117", "0204118")),
}
"""A cell that is doubted, and others of its column that are why."""


def refused_among_others(ledger: Ledger, heading: str) -> dict[str, Cell]:
    """A row that is doubted, as it stands in the file of rejects once the others are recorded."""
    doubtful, others = ROWS[heading]
    row: dict[str, Cell] = {"Child ID": "0204999", "Concern": "Another.", heading: doubtful}
    rest = [{heading: cell, "Ref": f"1{at}"} for at, cell in enumerate(others)]
    rest = [{"Child ID": f"020400{at}", **one} for at, one in enumerate(rest)]
    first, *good = bring(ledger, one_sheet(row, *rest))
    assert (first.what, whats(good)) == ("refused", ["new", "new"]), why(first)
    return {**row, REASON: "; ".join(map(said_fault, first.faults))}


@pytest.mark.parametrize("heading", ROWS)
def test_a_doubt_stays_with_a_row_that_was_refused(ledger: Ledger, heading: str) -> None:
    """Alone it looks like any other; it is not recorded as what nobody said."""
    row = refused_among_others(ledger, heading)
    (again,) = bring(ledger, one_sheet(row))
    assert "where it was refused" in why(again)
    once_more = {**row, REASON: "; ".join(map(said_fault, again.faults))}
    assert whats(bring(ledger, one_sheet(once_more))) == ["refused"]


def test_it_goes_where_somebody_says_how_it_is_meant(ledger: Ledger) -> None:
    """The order of days, or the digits of a case number."""
    book = one_sheet(refused_among_others(ledger, "Date raised"))
    (outcome,) = bring(ledger, book, reading={"dates": "month-first"})
    assert outcome.moves[0].occurred_on == date(2016, 3, 4), why(outcome)


def test_or_mends_the_cell(ledger: Ledger) -> None:
    """What was said of it is of what it was."""
    row = refused_among_others(ledger, "Child ID")
    (outcome,) = bring(ledger, one_sheet({**row, "Child ID": "0198850"}))
    assert outcome.what == "new", why(outcome)
    assert ledger.vault.child("CH-0000003") == "0198850"
