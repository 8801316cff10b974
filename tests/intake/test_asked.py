"""What is asked about instead of guessed, and what a file has to have before any row is read."""

from __future__ import annotations

import pytest
from intake_helpers import TODAY, book_of, bring, one_sheet, sheet_of, table, threads, whats, why

from footprint.domain.adoption import first_policy
from footprint.domain.policy import Policy, policy_after
from footprint.intake.headings import SAID, layout_of
from footprint.intake.inuse import ASKED
from footprint.intake.lexicon import Lexicon
from footprint.intake.mapping import SheetMapping, mapping_of
from footprint.intake.opening import opened, unsaid
from footprint.ledger.ledger import Ledger


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    adopted = first_policy(TODAY, set(), "nobody's")
    return Lexicon(policy_after(Policy(), (move.event for move in adopted)), SheetMapping())


@pytest.mark.parametrize(
    ("name", "text"),
    [("closures", "not partly resolved"), ("responses", "non agreed"),
     ("impacts", "no plan changed"), ("kinds", "un-formal alert"), ("responses", "disagreed with")],
)  # fmt: skip
def test_nothing_is_guessed_across_a_negation(lexicon: Lexicon, name: str, text: str) -> None:
    """However near the two are written, they say the opposite."""
    meant = lexicon.find(name, text)
    assert meant is None or meant.code in {"not-agreed", "unresolved", "none", "challenge"}


def test_nothing_is_guessed_across_a_number(ledger: Ledger) -> None:
    """Stage 3 is not stage 2, of a value and of a heading."""
    (sheet,) = one_sheet({"Stage 7 date sent": "14/05/2016"}).sheets
    found = layout_of(sheet, SheetMapping())
    assert found is not None
    assert found.columns[-1].field is None
    assert whats(bring(ledger, one_sheet({"Level": "Stagee 1"}))) == ["refused"]


def test_of_two_columns_for_a_day_the_one_with_days_counts(ledger: Ledger) -> None:
    """ "Closed: Y" beside a date says less than the date, wherever it stands."""
    both = {"Closed": "Y", "Outcome": "Resolved", "Date closed": "29/04/2016"}
    assert whats(bring(ledger, one_sheet(both))) == ["new"]
    (thread,) = threads(ledger)
    assert str(thread.closings[0].on) == "2016-04-29"


def test_a_heading_that_stands_twice_can_be_said_of_each() -> None:
    """By its number, as it is shown."""
    rows = table({"Date sent": "14/04/2016"})
    rows[0] += ["Date sent", "Passed to"]
    rows[1] += ["21/04/2016", "Service Manager"]
    mapping = mapping_of(
        {"columns": {"escalated.on": "Date sent (2)", "escalated.role": "Passed to"}}
    )
    found = layout_of(sheet_of(rows), mapping)
    assert found is not None
    assert [(c.field, c.how) for c in found.columns[-2:]] == [
        ("escalated.on", SAID), ("escalated.role", SAID),
    ]  # fmt: skip


def test_only_escalated_may_mean_raised(ledger: Ledger) -> None:
    """A log of escalations with no other day is asked about, and goes in once it is said."""
    changes = {"Date raised": None, "Raised with": None, "Date escalated": "14/04/2016",
               "Escalated to": "Team Manager"}  # fmt: skip
    rows = table(changes)
    kept = [at for at, name in enumerate(rows[0]) if name not in ("Date raised", "Raised with")]
    book = book_of(sheet_of([[row[at] for at in kept] for row in rows]))
    (refused,) = bring(ledger, book)
    assert "which of the two is meant" in why(refused)
    said = {"raised.on": "Date escalated", "raised.role": "Escalated to"}
    assert whats(bring(ledger, book, columns=said)) == ["new"]


def test_what_no_column_says(ledger: Ledger) -> None:
    """A source and a kind are asked for, where the mapping does not say them."""
    usual = {"Ref": "7", "Child ID": "204117", "Date raised": "14/04/2016"}
    book = one_sheet({}, usual=usual)
    assert unsaid(opened(book, ledger, SheetMapping(), TODAY)) == (
        "source",
        "kind",
        "service",
        "themes",
    )
    mapping = mapping_of(
        {"always": {"source": "recalled", "kind": "alert", "service": "CSC", "themes": "PLC"}}
    )
    assert unsaid(opened(book, ledger, mapping, TODAY)) == ()


def test_what_is_still_to_be_said_stays_unknown(ledger: Ledger) -> None:
    """The mark in a saved mapping is no code, also where the value begins with one."""
    answers = ["Agreed - meeting booked", "Agreed", "Agreed"]
    book = one_sheet(*({"Ref": str(n), "Response": text} for n, text in enumerate(answers)))
    values = {"responses": {"Agreed - meeting booked": ASKED}}
    outcomes = bring(ledger, book, {"guesses": True}, values=values)
    assert whats(outcomes) == ["refused", "new", "new"]
    assert "Response" in why(outcomes[0])


def test_advice_is_in_the_terms_of_a_sheet(ledger: Ledger) -> None:
    """Whoever brings in a file types no option of another command."""
    (late,) = bring(ledger, one_sheet({"Response due": "30/06/2016"}))
    assert "needs a reason" in why(late)
    assert "raised.why" in why(late)
    assert "--" not in why(late)
