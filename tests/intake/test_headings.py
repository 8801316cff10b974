"""Where the headings are, and what they mean."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from intake_helpers import Rows, sheet_of

from footprint.intake.fields import FIELDS
from footprint.intake.headings import GUESSED, KNOWN, SAID, Column, Layout, _meant, layout_of
from footprint.intake.mapping import SheetMapping, mapping_of, meanings
from footprint.sheets.book import Merge
from footprint.sheets.pages import Cell

ENOUGH = ("Ref", "Child ID", "IRO", "Date raised")


def layout(rows: Rows, mapping: SheetMapping | None = None, **sheet: Any) -> Layout:
    found = layout_of(sheet_of(rows, **sheet), mapping or SheetMapping())
    assert found is not None
    return found


def columns(*headings: str, **tables: Any) -> dict[str, Column]:
    found = layout([headings], mapping_of(tables) if tables else None)
    return {column.heading: column for column in found.columns}


def fields(found: Layout) -> list[str | None]:
    return [column.field for column in found.columns]


HAVE = {meanings().columns[name.casefold()] for name in ENOUGH}
OTHERS = [key for key, field in meanings().columns.items() if field not in {*HAVE, "any.on"}]


@given(
    key=st.sampled_from(OTHERS),
    gap=st.sampled_from([" ", "  ", "-", "_", "\n", "/"]),
    end=st.sampled_from(["", ":", "*", " (if any)", "?", " "]),
    case=st.sampled_from([str.title, str.upper, str.lower]),
)
def test_a_heading_is_known_however_it_is_written(
    key: str, gap: str, end: str, case: Callable[[str], str]
) -> None:
    """Case, punctuation, lines and a remark in brackets do not matter."""
    field = meanings().columns[key]
    found = layout([(*ENOUGH, case(gap.join(key.split()) + end))]).columns[-1]
    assert (found.how, found.field) == (KNOWN, field.replace("any.", "raised."))


def test_every_meaning_is_of_a_field() -> None:
    """And the fields of a row that is a thread can all be meant by some heading."""
    assert {*meanings().columns.values()} <= {*FIELDS}


def test_titles_and_blank_lines_may_stand_above() -> None:
    """The row with the most known headings is the one; titles are looked past."""
    above: list[Sequence[Cell]] = [
        ("Borough of Example: IRO challenge log 2016-17",), (), ("Updated", "14/04/2016"),
        ("No", "Team", "Date"), (),
    ]  # fmt: skip
    found = layout([*above, ENOUGH, ("1", "2", "MB", "14/04/2016")])
    assert found.header == 6
    assert fields(found) == ["reference", "child", "iro", "raised.on"]


WIDE = ("", "", "Stage 1", "", "Stage 2", "", "")
LOWER = ("Ref", "Child ID", "Sent", "Response", "Sent", "Response", "Outcome")
MEANT = ["reference", "child", "raised.on", "answered.response", "escalated.on",
         "answered-2.response", "closed.closure"]  # fmt: skip


@pytest.mark.parametrize(
    "merged", [(), (Merge(1, 2, 1, 3), Merge(1, 4, 1, 5))], ids=["as text", "merged"]
)
def test_headings_of_two_rows(merged: tuple[Merge, ...]) -> None:
    """What stands over several columns is of each of them, as far as it reaches."""
    found = layout([WIDE, LOWER], merged=merged)
    assert (found.header, fields(found)) == (2, MEANT)


def test_a_group_that_is_not_known_lends_its_columns_no_meaning() -> None:
    """A fifth stage's response is not the first answer."""
    wide, lower = ("", "", "", "Stage 5", ""), ("Ref", "Child ID", "IRO", "Sent", "Response")
    again = layout([(*wide, "Stage 6", ""), (*lower, "Sent", "Response")])
    assert fields(again) == ["reference", "child", "iro", None, None, None, None]


def test_headings_that_come_twice_are_told_apart() -> None:
    """The first is used; the second is numbered, and its cells are kept under that name."""
    found = columns(*ENOUGH, "Comments", "Comments")
    assert found["Comments"].field == "raised.words"
    assert (found["Comments (2)"].field, found["Comments (2)"].how) == (None, "")


def test_two_columns_of_one_meaning() -> None:
    """The first is used, unless the mapping names the other; themes may have several."""
    found = columns(*ENOUGH, "Alert date", "Theme 1", "Theme 2", "Main theme")
    assert found["Alert date"].field is None
    assert [found[name].field for name in ("Theme 1", "Theme 2", "Main theme")] == ["themes"] * 3
    said = columns(*ENOUGH, "Alert date", columns={"raised.on": ["Alert Date"]})
    assert (said["Alert date"].field, said["Alert date"].how) == ("raised.on", SAID)
    assert said["Date raised"].field is None


def test_a_number_behind_a_heading_is_part_of_it() -> None:
    """ "Stage 2" is no stage that something was raised at."""
    assert columns(*ENOUGH, "Stage 2", "Response 2")["Stage 2"].field is None
    assert columns(*ENOUGH, "Response 2")["Response 2"].field is None


def test_a_guess_is_marked() -> None:
    """What is nearly a heading that is known is taken for it, and says that it was."""
    found = columns(*ENOUGH, "Date of Reponse", "Shoe size", "x" * 10_000)
    assert (found["Date of Reponse"].field, found["Date of Reponse"].how) == (
        "answered.on", GUESSED,
    )  # fmt: skip
    assert found["Shoe size"].field is None
    known = columns(*ENOUGH, "Date of Reponse", "Date of response")
    assert known["Date of Reponse"].field is None


def test_the_mapping_goes_first() -> None:
    """It says what a heading means, or that it means nothing here."""
    found = columns(
        *ENOUGH, "Notes", "Chased", columns={"unused": ["notes"], "note.words": "Chased"}
    )
    assert (found["Notes"].field, found["Notes"].how) == (None, SAID)
    assert (found["Chased"].field, found["Chased"].how) == ("note.words", SAID)


def test_what_is_of_any_move_is_of_the_first_where_a_row_is_a_thread() -> None:
    """In a sheet of events it is of each."""
    assert columns("Ref", "Child ID", "IRO", "Date")["Date"].field == "raised.on"
    events = layout([("Ref", "Child ID", "Event", "Date")])
    assert events.by_event
    assert fields(events)[-1] == "any.on"


@given(
    st.lists(st.lists(st.none() | st.text(max_size=9) | st.integers(-9, 9), max_size=5), max_size=9)
)
def test_a_sheet_without_known_headings_has_no_layout(rows: list[list[Cell]]) -> None:
    """Two that are known are not enough."""
    texts = [cell for row in rows for cell in row if isinstance(cell, str)]
    assume(not any(_meant(text, SheetMapping())[0] for text in texts))
    assert layout_of(sheet_of([*rows, ("Ref", "Child ID"), *rows]), SheetMapping()) is None


# --- left out ---------------------------------------------------------------------------------


def test_what_says_who_a_child_is_is_left_out() -> None:
    """By its heading; a mapping says otherwise of it, and so of any column."""
    found = columns(*ENOUGH, "Name of child", "DOB", "Notes", "Manager email")
    assert [name for name, one in found.items() if one.left_out] == ["Name of child", "DOB"]
    said = {"unused": ["DOB"], "left-out": ["Notes", "Manager email"]}
    found = columns(*ENOUGH, "Name of child", "DOB", "Notes", "Manager email", columns=said)
    left_out = [name for name, one in found.items() if one.left_out]
    assert left_out == ["Name of child", "Notes", "Manager email"]
    assert {one.field for name, one in found.items() if name not in ENOUGH} == {None}


def test_what_is_used_is_never_left_out_unless_somebody_says_so() -> None:
    """Whatever its heading may be taken for; and what is left out is never guessed to be used."""
    named = columns(*ENOUGH, "Name", columns={"raised.to": "Name"})["Name"]
    assert (named.field, named.left_out) == ("raised.to", False)
    without = columns(*ENOUGH, "Theme", columns={"left-out": "Theme"})["Theme"]
    assert (without.field, without.left_out) == (None, True)
    twice = columns(*ENOUGH, "Name of child", "Name of child")
    assert [name for name, one in twice.items() if one.left_out] == [
        "Name of child", "Name of child (2)",
    ]  # fmt: skip
