"""Case numbers as programs leave them: what was lost is asked about, and never made up."""

from __future__ import annotations

import pytest
from intake_helpers import bring, one_sheet, threads, whats, why

from footprint.ledger.ledger import Ledger
from footprint.sheets.pages import Cell


def numbers(ledger: Ledger) -> list[str | None]:
    return [ledger.vault.child(thread.ref) for thread in threads(ledger)]


def rows(*cells: Cell) -> list[dict[str, Cell]]:
    return [{"Ref": str(at), "Child ID": cell} for at, cell in enumerate(cells, 1)]


@pytest.mark.parametrize(
    ("cell", "number"),
    [(204117, "204117"), (204117.0, "204117"), ("204117", "204117"), (" 204117\u00a0", "204117"),
     ("C-1001", "C-1001"), ("004117", "004117"), (123456789012345, "123456789012345"),
     ("1234567890123456", "1234567890123456")],
)  # fmt: skip
def test_a_case_number_is_taken_as_it_is(ledger: Ledger, cell: Cell, number: str) -> None:
    """A number or text, with its zeros; without space around it."""
    assert whats(bring(ledger, one_sheet(*rows(cell)))) == ["new"]
    assert numbers(ledger) == [number]


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        (1234567890123456, "no more than 15 digits"),
        (1.234567890123456e15, "no more than 15 digits"),
        (20411.7, "a number with a fraction"),
        ("2.04E+05", "digits are lost"),
        ("2E5", "digits are lost"),
        ("Ada Byron", "looks like a name"),
        ("Ada", "looks like a name"),
        ("Ada Byron 2", "not one of yours"),
        ("204117/198850 (siblings)", "not one of yours"),
        (None, "Not said: child"),
    ],
)
def test_what_is_no_case_number(ledger: Ledger, cell: Cell, reason: str) -> None:
    """Refused with the reason, under its column; nothing is recorded."""
    (refused,) = bring(ledger, one_sheet(*rows(cell)), {"guesses": True})
    assert refused.what == "refused"
    assert reason in why(refused)
    assert cell is None or refused.faults[0].column == "Child ID"
    assert threads(ledger) == []


LOST: list[tuple[Cell, ...]] = [
    (204117, 198850, 4117), ("204117", "198850", "4117"), (4117, "004117", 198850),
    (4117, 5228, 204117), (4117.0, 204117.0, 198850.0),
]  # fmt: skip


@pytest.mark.parametrize("cells", LOST)
def test_zeros_that_may_be_lost_are_asked_about(ledger: Ledger, cells: tuple[Cell, ...]) -> None:
    """Refused, until a mapping says how long they are, or that they are right."""
    short = [str(int(c)) if isinstance(c, float) else str(c) for c in cells]
    asked = [len(text) < 6 for text in short]
    outcomes = bring(ledger, one_sheet(*rows(*cells)), {"record": False})
    assert [one.what == "refused" for one in outcomes] == asked
    doubt = why(outcomes[asked.index(True)])
    assert "others have 6 digits" in doubt
    assert "as-written" in doubt
    dry = {"record": False}
    padded = bring(ledger, one_sheet(*rows(*cells)), dry, reading={"digits": 6})
    as_written = bring(ledger, one_sheet(*rows(*cells)), dry, reading={"digits": "as-written"})
    assert [one.found.child for one in padded] == [text.zfill(6) for text in short]
    assert [one.found.child for one in as_written] == short


def test_one_that_was_mistyped_makes_no_rule(ledger: Ledger) -> None:
    """A digit too many in one of many: the others are not doubtful for that."""
    outcomes = bring(ledger, one_sheet(*rows(*range(204100, 204130), 2041177)))
    assert set(whats(outcomes)) == {"new"}


def test_zeros_of_numbers_that_are_here_are_asked_about(ledger: Ledger) -> None:
    """A month's sheet may have one row alone; a row that is here already is asked nothing."""
    bring(ledger, one_sheet(*rows("0204117", "0198850")))
    short = one_sheet({"Ref": "9", "Child ID": "187226"})
    (refused,) = bring(ledger, short)
    assert "fewer digits than one here that begins with a zero" in why(refused)
    assert "[reading]" in why(refused)
    assert whats(bring(ledger, one_sheet(*rows("0204117")))) == ["same"]
    (told,) = bring(ledger, short, {"record": False}, reading={"digits": "as-written"})
    assert (told.what, told.found.child) == ("new", "187226")
    assert whats(bring(ledger, short, reading={"digits": 7})) == ["new"]
    assert numbers(ledger)[-1] == "0187226"
