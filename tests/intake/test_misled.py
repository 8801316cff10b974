"""Sheets that would mislead: what they say goes in rightly, or not at all."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest
from intake_helpers import (
    USUAL,
    book_of,
    bring,
    one_sheet,
    sheet_of,
    table,
    threads,
    whats,
    why,
)

from footprint.domain.asks import ApproveRedaction, AskRedaction, HandOver
from footprint.errors import Misused
from footprint.intake.mapping import mapping_of
from footprint.ledger.ledger import Ledger
from footprint.sheets.pages import Cell

DONE: dict[str, Cell] = {"Outcome": "Resolved", "Date closed": "29/04/2016"}
REASON = {"reason": "The sheet was mended."}
FIRST = "CH-0000001"


def topics(ledger: Ledger, stream: str = FIRST) -> list[str]:
    return [entry.topic for entry in ledger.entries(stream)]


# --- whose row it is --------------------------------------------------------------------------


@pytest.mark.parametrize("terms", [{}, REASON])
def test_another_row_is_never_taken_for_a_thread(ledger: Ledger, terms: dict[str, Any]) -> None:
    """The same child, day and words under another number are asked about, not added."""
    bring(ledger, one_sheet({"Ref": "E1"}))
    both = one_sheet({"Ref": "E1"}, {"Ref": "E2", "Theme": "Siblings", **DONE})
    outcomes = bring(ledger, both, terms)
    assert whats(outcomes) == ["same", "refused"]
    assert "another number" in why(outcomes[1])
    assert topics(ledger) == ["alert.raised"]
    assert whats(bring(ledger, both, {"as_new": True})) == ["same", "new"]
    assert whats(bring(ledger, both)) == ["same", "same"]


def test_a_thread_is_of_one_row(ledger: Ledger) -> None:
    """Two rows that are the same but for their number are two threads, each time."""
    both = one_sheet({"Ref": "E1"}, {"Ref": "E2"})
    assert whats(bring(ledger, both)) == ["new", "new"]
    assert whats(bring(ledger, both)) == ["same", "same"]
    three = one_sheet({"Ref": "E1"}, {"Ref": "E2"}, {"Ref": "E3"})
    assert whats(bring(ledger, three)) == ["same", "same", "refused"]


def redacted(ledger: Ledger, *positions: int) -> None:
    ask = AskRedaction(on=date(2026, 1, 5), positions=positions, basis="third-party",
                       words={"why": "Not the child's."})  # fmt: skip
    ledger.record(ask, actor="one", stream=FIRST)
    ledger.record(ApproveRedaction(on=date(2026, 1, 6)), actor="two", stream=FIRST)


def test_what_was_removed_does_not_come_back(ledger: Ledger) -> None:
    """Not by a row whose day was mended since, with the number or without."""
    bring(ledger, one_sheet({**DONE}))
    redacted(ledger, ledger.entries(FIRST)[0].position)
    for change in ({"Date raised": "15/04/2016"}, {"Date raised": "15/04/2016", "Ref": None}):
        (outcome,) = bring(ledger, one_sheet({**DONE, **change}), REASON)
        assert outcome.what == "refused"
    assert len(threads(ledger)) == 1
    assert b"Third placement" not in b"".join(ledger.connection.execute(
        "SELECT words FROM vault").fetchone())  # fmt: skip


def test_whoever_has_it_now_did_not_raise_it(ledger: Ledger) -> None:
    """A sheet that names the IRO to whom a thread was handed over says nothing new."""
    bring(ledger, one_sheet({}))
    ledger.record(HandOver(on=date(2016, 5, 3), source="transcribed", iro="JT"),
                  actor="one", stream=FIRST)  # fmt: skip
    assert whats(bring(ledger, one_sheet({"IRO": "JT"}), REASON)) == ["same"]
    assert whats(bring(ledger, one_sheet({"IRO": "SK"}))) == ["refused"]


@pytest.mark.parametrize(
    "text", ["Third  placement in nine months.", "Third\r\nplacement in nine months.",
             "Third\u00a0placement in nine months."],
)  # fmt: skip
def test_white_space_is_no_change(ledger: Ledger, text: str) -> None:
    """Programs change line ends and spaces on their way."""
    bring(ledger, one_sheet({}))
    assert whats(bring(ledger, one_sheet({"Concern": text}))) == ["same"]


# --- whose case number it is ------------------------------------------------------------------


@pytest.mark.parametrize(("first", "then"), [("0204117", 204117), ("AB204117", "ab204117")])
def test_a_case_number_is_written_one_way(ledger: Ledger, first: str, then: Cell) -> None:
    """Zeros that a program has lost do not make another child, in this file or the next."""
    bring(ledger, one_sheet({"Child ID": first, "Ref": None}))
    (outcome,) = bring(ledger, one_sheet({"Child ID": then, "Ref": None}))
    assert outcome.what == "refused"
    assert first in why(outcome)
    assert len(threads(ledger)) == 1


@pytest.mark.parametrize(
    "cell",
    [date(2025, 11, 3), time(12, 30), "12/3/2009", "2009-03-12", "204117.0", "204117E0", 2.5, True],
)
def test_what_a_program_made_of_a_case_number(ledger: Ledger, cell: Cell) -> None:
    """A date, a time, a fraction or a power of ten is none."""
    (outcome,) = bring(ledger, one_sheet({"Child ID": cell}))
    assert outcome.what == "refused"
    assert "look it up" in why(outcome)


@pytest.mark.parametrize("iro", ["SMITH", "McKay", "DeSilva", "Li", "J.Smith", "yes", "1234567"])
def test_a_name_or_a_number_is_no_code_of_an_iro(ledger: Ledger, iro: str) -> None:
    """It would stand in the clear for good."""
    (outcome,) = bring(ledger, one_sheet({"IRO": iro}))
    assert outcome.what == "refused"
    assert "IRO" in why(outcome)


@pytest.mark.parametrize("iro", ["MB", "mb", "ABCD", "mbrown", "mb01", "LA\\mbrown"])
def test_initials_and_logins_are(ledger: Ledger, iro: str) -> None:
    """As they are written."""
    assert whats(bring(ledger, one_sheet({"IRO": iro}))) == ["new"]


# --- where its cells stand --------------------------------------------------------------------


def test_a_cell_under_no_heading(ledger: Ledger) -> None:
    """Words that were cut by a comma are not lost unseen."""
    rows = table({})
    rows[1].append(" and school knows")
    (outcome,) = bring(ledger, book_of(sheet_of(rows)))
    assert outcome.what == "refused"
    assert "and school knows" in why(outcome)


def test_headings_again_in_another_order(ledger: Ledger) -> None:
    """What stands below them is not read by the first ones; in the same order, it is."""
    rows = table({"Ref": "1"}, {"Ref": "2"})
    again = [rows[0], rows[1], rows[0], rows[2]]
    assert whats(bring(ledger, book_of(sheet_of(again)))) == ["new", "new"]
    swapped = [*rows[0]]
    at, to = swapped.index("Ref"), swapped.index("IRO")
    swapped[at], swapped[to] = swapped[to], swapped[at]
    other = book_of(sheet_of([rows[0], rows[1], swapped, rows[2]]))
    assert whats(bring(ledger, other)) == ["same", "refused"]


@pytest.mark.parametrize(("level", "stage"), [("Alert", "0"), ("Challenge", "2")])
def test_a_kind_and_a_stage_that_contradict(ledger: Ledger, level: str, stage: str) -> None:
    """Which of them is right, nobody can tell."""
    (outcome,) = bring(ledger, one_sheet({"Level": level, "Stage": stage}))
    assert outcome.what == "refused"


def test_a_stage_says_more_than_what_is_so_in_all_rows(ledger: Ledger) -> None:
    """--kind is for rows that do not say."""
    usual = {name: cell for name, cell in USUAL.items() if name != "Level"} | {"Stage": "0"}
    assert whats(bring(ledger, one_sheet({}, usual=usual), always={"kind": "alert"})) == ["new"]
    assert topics(ledger) == ["challenge.raised"]


def test_true_is_not_one(ledger: Ledger) -> None:
    """A tick below a number is not that number."""
    usual = {name: cell for name, cell in USUAL.items() if name != "Level"}
    book = one_sheet({"Ref": "1", "Stage": 1}, {"Ref": "2", "Stage": True}, usual=usual)
    assert whats(bring(ledger, book)) == ["new", "refused"]


@pytest.mark.parametrize(
    "tables",
    [{"columns": {"raised.on": "Date", "closed.on": "date"}},
     {"values": {"themes": {"Contact": "FAM", "contact": "SIB"}}}],
)  # fmt: skip
def test_a_mapping_that_contradicts_itself(tables: dict[str, Any]) -> None:
    """Neither is taken."""
    with pytest.raises(Misused, match="form of a mapping") as refused:
        mapping_of(tables)
    assert len(refused.value.listed) == 1
