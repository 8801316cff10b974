"""Columns of words in which codes stand as well, and words that say that there was nothing."""

from __future__ import annotations

from datetime import date

import pytest
from intake_helpers import bring, one_sheet, why

from footprint.domain.entry import Entry
from footprint.ledger.ledger import Ledger
from footprint.sheets.pages import Cell

WAITING = "No response received from the team manager"
SENTENCES = (
    "Meeting to be arranged for next week",
    "The report will be filed by Friday",
    "Visits are weekly from now on",
    "The plan is to be rewritten",
)


def column(ledger: Ledger, heading: str, cell: str, **more: Cell) -> list[Entry]:
    """What is recorded beyond what was raised of a cell of a column that holds sentences."""
    told = {heading: cell, **more}
    others = [{"Ref": f"1{at}", "Child ID": f"20400{at}", heading: text}
              for at, text in enumerate(SENTENCES)]  # fmt: skip
    first, *_ = bring(ledger, one_sheet(told, *others))
    assert first.what == "new", why(first)
    return ledger.entries("CH-0000001")[1:]


@pytest.mark.parametrize("heading", ["Response", "Manager response"])
@pytest.mark.parametrize(
    ("cell", "response"),
    [("Agreed", "agreed"), ("partly agreed", "partly"), ("Refused", "not-agreed")],
)
def test_a_code_among_sentences_is_the_code(
    ledger: Ledger, heading: str, cell: str, response: str
) -> None:
    """Whatever its column is called."""
    (answer,) = column(ledger, heading, cell)
    assert vars(answer.event)["response"] == response


@pytest.mark.parametrize("heading", ["Response", "Manager response"])
@pytest.mark.parametrize("cell", ["No response", "Awaiting response", "n/a", "None", "N/K"])
def test_no_answer_among_sentences_is_none(ledger: Ledger, heading: str, cell: str) -> None:
    """It is not recorded that somebody answered."""
    assert column(ledger, heading, cell) == []


@pytest.mark.parametrize("heading", ["Response", "Manager response"])
@pytest.mark.parametrize(
    "cell", [WAITING, "Still awaiting a reply from TM", "chased 3/5 and 10/5, nothing",
             "Not yet answered by TM", "There has been no reply to this"],
)  # fmt: skip
def test_what_may_be_no_answer_is_asked_about(ledger: Ledger, heading: str, cell: str) -> None:
    """Until a mapping says which, or a day or a code shows that there was one."""
    others = [{"Ref": f"1{at}", "Child ID": f"20400{at}", heading: text}
              for at, text in enumerate(SENTENCES)]  # fmt: skip
    book = one_sheet({heading: cell}, *others)
    (doubtful, *_) = bring(ledger, book, {"record": False})
    assert "may say that there was no answer" in why(doubtful)
    for code, entries in (("", 1), ("not-known", 2)):
        mapping = {"values": {"responses": {cell: code}}}
        (told, *_) = bring(ledger, book, {"record": False}, **mapping)
        assert (told.what, told.entries) == ("new", entries), why(told)
    (answer,) = column(ledger, heading, cell, **{"Date of response": "20/04/2016"})
    assert answer.occurred_on == date(2016, 4, 20)


def test_a_day_of_no_answer_contradicts_itself(ledger: Ledger) -> None:
    """Neither is believed."""
    row = {"Manager response": "No response", "Date of response": "20/04/2016"}
    (outcome,) = bring(ledger, one_sheet(row))
    assert "One cell says that there was no answer, and another a day" in why(outcome)


def test_how_it_was_closed_is_read_among_sentences(ledger: Ledger) -> None:
    """Without a day as well, as it is where no sentence is."""
    (closed,) = column(ledger, "Outcome", "Resolved")
    assert (vars(closed.event)["closure"], closed.occurred_on) == ("resolved", None)


@pytest.mark.parametrize("order", [1, -1])
def test_sentences_of_two_columns_are_both_kept(ledger: Ledger, order: int) -> None:
    """What stands under the reply first, in whatever order the columns are."""
    said = [("Response", "Agreed that it was late"), ("Manager comments", "Filed since.")]
    (outcome,) = bring(ledger, one_sheet(dict(said[::order])), {"guesses": True})
    assert outcome.what == "new", why(outcome)
    words = ledger.vault.words("CH-0000001")[ledger.entries("CH-0000001")[1].position]
    assert words["text"] == "Agreed that it was late\nFiled since."


def test_what_is_not_resolved_yet_is_told_how_to_be_left_open(ledger: Ledger) -> None:
    """Closed as unresolved is for the end of the ladder; many write it where a thread is open."""
    (outcome,) = bring(ledger, one_sheet({"Outcome": "Unresolved"}))
    assert "still open, say so in a mapping, [values.closures]" in why(outcome)
    still = {"values": {"closures": {"Unresolved": ""}}}
    (told,) = bring(ledger, one_sheet({"Outcome": "Unresolved"}), **still)
    assert (told.what, told.entries) == ("new", 1)
