"""Which rows of a sheet are records, and which sheets of a file."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from intake_helpers import (
    USUAL,
    book_of,
    bring,
    left_out,
    one_sheet,
    sheet_of,
    table,
    threads,
    whats,
    why,
)
from ledger_helpers import reopen, vault_keys_in
from locks import locked

from footprint.ledger.ledger import Ledger
from footprint.ledger.store.vault import Locked
from footprint.sheets.book import Merge
from footprint.sheets.pages import Cell

HEADINGS, RECORD = table({})


def beside(row: Sequence[Cell]) -> list[Sequence[Cell]]:
    """A sheet with this row between two records."""
    return [HEADINGS, RECORD, row, table({"Ref": "8", "Child ID": "198850"})[1]]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (("Total", None, 26), "a total"),
        (("TOTAL ALERTS: 26", 1), "a total"),
        (("Grand total", None, 2, None, 26), "a total"),
        (("Average", 5.5, 6), "a total"),
        (("Sub-total Q1", 3), "a total"),
        (("Quarter 2",), "one cell"),
        ((None, None, "carried over from last year"), "one cell"),
        (tuple(HEADINGS), "repeats the headings"),
        (tuple(HEADINGS[:4]), "repeats the headings"),
    ],
)
def test_a_row_that_is_no_record_is_left_out(
    ledger: Ledger, row: Sequence[Cell], reason: str
) -> None:
    """And it is said which, and why; the records around it go in."""
    book = book_of(sheet_of(beside(row)))
    (out,) = left_out(ledger, book)
    assert (out.row, reason in out.why) == (3, True)
    assert whats(bring(ledger, book)) == ["new", "new"]


@pytest.mark.parametrize("text", ["Total lack of contact.", "Count of days missed", "Mean words"])
def test_a_record_that_begins_like_a_total_is_a_record(ledger: Ledger, text: str) -> None:
    """It has a day, or says more than that."""
    usual = {"Concern": text, **USUAL}
    assert whats(bring(ledger, one_sheet({"Concern": text}, usual=usual))) == ["new"]


def test_a_row_under_a_merged_cell_is_refused(ledger: Ledger) -> None:
    """What belongs to it cannot be told; a merged title is nothing to it."""
    merged = (Merge(1, 0, 1, 5), Merge(4, 1, 5, 1))
    rows = [("Our log",), *table({}, {"Ref": "8", "Child ID": "1"}, {"Ref": "9", "Child ID": "2"})]
    outcomes = bring(ledger, book_of(sheet_of(rows, merged=merged)))
    assert whats(outcomes) == ["new", "refused", "refused"]
    assert "merged cell" in why(outcomes[1])


def test_several_tabs_with_slightly_different_headings(ledger: Ledger) -> None:
    """Each is understood by itself; the sheet is told with the row."""
    quarter = [["No.", *HEADINGS[1:]], RECORD]
    later = [["Summary of issue", "Alert ref", "Raised on", "LCS ID", "Category", "Agency",
              "Reviewing officer", "Type", "Sent to", "Source"],
             ["No visit.", 8, "03/05/2016", 198850, "Visits", "Social care", "JT", "Formal", "TM",
              "Memory"]]  # fmt: skip
    book = book_of(sheet_of(quarter, "Q1"), sheet_of(later, "Q2"), sheet_of([("Notes",)], "Notes"))
    assert whats(bring(ledger, book)) == ["new", "new"]
    first, second = threads(ledger)
    assert (first.iro, second.iro, second.themes) == ("MB", "JT", ("VIS",))
    words = ledger.vault.words("CH-0000002")
    assert [said["origin_sheet"] for said in words.values()] == ["Q2"]


def test_a_hidden_sheet_is_not_read_unless_it_is_named(ledger: Ledger) -> None:
    """And one that is not named is not read where another is."""
    hidden = sheet_of(table({}), "old", hidden=True)
    book = book_of(hidden, sheet_of(table({"Ref": "8", "Child ID": "198850"}), "new"))
    assert [one.found.sheet for one in bring(ledger, book)] == ["new"]
    named = bring(ledger, book, reading={"sheets": ["old"]})
    assert [one.found.sheet for one in named] == ["old"]


def test_what_is_in_doubt_is_told_with_its_column_and_value(ledger: Ledger) -> None:
    """Every fault of a row, not the first alone."""
    (refused,) = bring(ledger, one_sheet({"Date raised": "31/02/2016", "Theme": "Zebra"}))
    assert [fault[:2] for fault in refused.faults] == [
        ("Date raised", "31/02/2016"), ("Theme", "Zebra"),
    ]  # fmt: skip
    assert refused.found.rows == (2,)


def test_nothing_is_recorded_where_the_words_are_locked(tmp_path: Path, ledger: Ledger) -> None:
    """With the key at hand rows are recognised; without it nobody could tell what is here."""
    bring(ledger, one_sheet({}))
    ledger.close()
    locked(tmp_path)
    with closing(reopen(tmp_path)) as again:
        assert whats(bring(again, one_sheet({}, {"Ref": "8", "Child ID": "198850"}))) == [
            "same",
            "new",
        ]
        size = again.size()
    shutil.rmtree(vault_keys_in(tmp_path).folder)
    with closing(reopen(tmp_path)) as shut, pytest.raises(Locked):
        bring(shut, one_sheet({"Ref": "9", "Child ID": "2"}))
    with closing(reopen(tmp_path)) as shut:
        assert shut.size() == size
