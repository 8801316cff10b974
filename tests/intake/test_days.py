"""Days as people write them: each form is read as that day, and no other is guessed."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from datetime import time as clock
from typing import Any

import pytest
import strategies as own
from hypothesis import given
from hypothesis import strategies as st
from intake_helpers import TODAY

from footprint.intake.days import (
    FIRST_DAY,
    Habit,
    NoDayError,
    Shown,
    day_of,
    habit_of,
    promised_day_of,
)

PLAIN = Habit(today=TODAY)
MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september",
          "october", "november", "december")  # fmt: skip
DAYS = st.dates(FIRST_DAY, TODAY)
EPOCHS = (date(1899, 12, 30), date(1904, 1, 1))


def read(cell: object, **habit: Any) -> date:
    return day_of(cell, Habit(**({"today": TODAY} | habit)))


def refused(cell: object, **habit: Any) -> str:
    with pytest.raises(NoDayError) as caught:
        read(cell, **habit)
    return str(caught.value)


def _th(day: int) -> str:
    if day in {11, 12, 13}:
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")


FORMS: dict[str, Callable[[date], str]] = {
    "slashes": lambda d: f"{d.day:02}/{d.month:02}/{d.year}",
    "bare": lambda d: f"{d.day}/{d.month}/{d.year}",
    "dots": lambda d: f"{d.day:02}.{d.month:02}.{d.year}",
    "dashes": lambda d: f"{d.day:02}-{d.month:02}-{d.year}",
    "spaces": lambda d: f"{d.day} {d.month} {d.year}",
    "iso": lambda d: d.isoformat(),
    "iso with slashes": lambda d: f"{d.year}/{d.month}/{d.day}",
    "iso at midnight": lambda d: f"{d.isoformat()}T00:00:00",
    "iso with a zone": lambda d: f"{d.isoformat()}T10:30:00.000Z",
    "iso with an offset": lambda d: f"{d.isoformat()} 10:30:00+01:00",
    "named": lambda d: f"{d.day} {MONTHS[d.month - 1]} {d.year}",
    "short": lambda d: f"{d.day}-{MONTHS[d.month - 1][:3]}-{d.year}",
    "short in slashes": lambda d: f"{d.day:02}/{MONTHS[d.month - 1][:3].title()}/{d.year}",
    "run together": lambda d: f"{d.day:02}{MONTHS[d.month - 1][:3].upper()}{d.year}",
    "th": lambda d: f"{d.day}{_th(d.day)} {MONTHS[d.month - 1].title()} {d.year}",
    "th of": lambda d: f"the {d.day}{_th(d.day)} of {MONTHS[d.month - 1].title()}, {d.year}"[4:],
    "month first": lambda d: f"{MONTHS[d.month - 1].title()} {d.day}, {d.year}",
    "month first, short": lambda d: f"{MONTHS[d.month - 1][:3]}. {d.day}{_th(d.day)} {d.year}",
    "weekday": lambda d: f"{d:%A} {d.day} {MONTHS[d.month - 1]} {d.year}",
    "weekday, short": lambda d: f"{d:%a}, {d.day}/{d.month}/{d.year}",
    "time": lambda d: f"{d.day}/{d.month}/{d.year} 14:30",
    "time, am": lambda d: f"{d.day}/{d.month}/{d.year}, at 9.30am",
    "no-break spaces": lambda d: f"\u00a0{d.day}\u00a0{MONTHS[d.month - 1]}\u00a0{d.year} ",
    "two digits": lambda d: f"{d.day}/{d.month}/{d.year % 100:02}",
    "two digits, apostrophe": lambda d: f"{d.day} {MONTHS[d.month - 1][:3]} '{d.year % 100:02}",
    "lines": lambda d: f"{d.day}\n{MONTHS[d.month - 1]}\r\n{d.year}",
}


@pytest.mark.parametrize("form", FORMS)
@given(day=DAYS)
def test_a_day_in_any_form_is_that_day(form: str, day: date) -> None:
    """Any day since the Act, upper or lower case."""
    text = FORMS[form](day)
    assert read(text) == read(text.upper()) == read(text.lower()) == day


@given(day=DAYS, epoch=st.sampled_from(EPOCHS), part=st.sampled_from([0, 0.25, 0.999]))
def test_a_serial_number_is_counted_from_the_epoch(day: date, epoch: date, part: float) -> None:
    """As a number or as its digits, with a time of day or without; in either way of counting."""
    serial = (day - epoch).days + part
    assert read(serial, epoch=epoch) == read(str(serial), epoch=epoch) == day
    assert read(day) == read(datetime.combine(day, clock(23, 59))) == day


@given(day=DAYS, year=st.sampled_from([None, 2016]))
def test_a_day_without_a_year_needs_one_that_is_known(day: date, year: int | None) -> None:
    """Then it is of the twelve months that begin in April; else it is not read."""
    text = f"{day.day}{_th(day.day)} {MONTHS[day.month - 1][:3]}"
    if year is None:
        assert "does not say the year" in refused(text)
    elif (day.month, day.day) != (2, 29):
        assert date(2016, 4, 1) <= read(text, year=year) < date(2017, 4, 1)
        assert (read(text, year=year).month, read(text, year=year).day) == (day.month, day.day)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        (2016, "out of any range"),
        ("2016", "no date that can be read"),
        (0, "out of any range"),
        (60, "out of any range"),
        (-1, "out of any range"),
        (99999, "out of any range"),
        ("99999", "out of any range"),
        (1e308, "out of any range"),
        (float("inf"), "out of any range"),
        (float("nan"), "out of any range"),
        (True, "no date"),
        (clock(10, 30), "no date"),
        ("31/02/2016", "no such day"),
        ("29/02/2017", "no such day"),
        ("2016-14-04", "no such day"),
        ("00/04/2016", "no such day"),
        ("14/04/0016", "before the Children Act"),
        ("14/04/1987", "before the Children Act"),
        ("14/04/2031", "is in the future"),
        ("14/04/27", "is in the future"),
        ("14/04/216", "no date that can be read"),
        ("Monday 14 April 2016", "14 April 2016 was a Thursday"),
        ("Mon, 14/04/2016", "14 April 2016 was a Thursday"),
        ("14 Foo 2016", "'foo' is no month"),
        ("April 2016", "no date that can be read"),
        ("Apr-16", "a day of a month, or a month of a year"),
        ("May 16", "a day of a month, or a month of a year"),
        ("Q1 2016", "no date that can be read"),
        ("early June", "no date that can be read"),
        ("14/04/2016 and 20/04/2016", "no date that can be read"),
        ("14/04/2016?", "no date that can be read"),
        ("w/c 14/04/2016", "no date that can be read"),
        ("1e4", "no date that can be read"),
        ("\u0661\u0664/\u0660\u0664/\u0662\u0660\u0661\u0666", "no date that can be read"),
    ],
)
def test_what_is_no_day(cell: object, reason: str) -> None:
    """It is refused, with the reason, even where the year is known."""
    assert reason in refused(cell, year=2016)


def test_a_promised_day_may_lie_ahead() -> None:
    """But not for ever."""
    ahead = TODAY + timedelta(days=400)
    assert promised_day_of(ahead, PLAIN) == promised_day_of(FORMS["slashes"](ahead), PLAIN) == ahead
    with pytest.raises(NoDayError, match="future"):
        promised_day_of("14/04/2066", PLAIN)


# --- two ways ---------------------------------------------------------------------------------


def shown(*cells: object) -> Shown:
    made = Shown()
    made.take(Counter(cells))
    return made


def two_ways(cell: object) -> bool:
    return bool(shown(cell).two_ways)


@pytest.mark.parametrize(
    ("cell", "two"),
    [("03/04/2016", True), ("3.4.16", True), ("04/04/2016", False), ("14/04/2016", False),
     ("2016-04-03", False), ("3 April 2016", False), (date(2016, 4, 3), False), ("", False)],
)  # fmt: skip
def test_which_days_can_be_read_two_ways(cell: object, two: bool) -> None:  # noqa: FBT001
    """Both numbers could be the month, and they differ."""
    assert two_ways(cell) is two


@given(st.lists(st.lists(own.text() | st.sampled_from(["03/04/2016", "14/04/2016"]) | DAYS)))
def test_a_column_shows_the_same_part_by_part(parts: list[list[object]]) -> None:
    """However its cells are counted."""
    made = Shown()
    for part in parts:
        made.take(Counter(part))
    assert made == shown(*(cell for part in parts for cell in part))


def habit(*cells: object, given: str | None = None) -> Habit:
    return habit_of(shown(*cells), given, PLAIN)


def test_a_column_shows_how_it_is_read() -> None:
    """Or nothing shows it: then as here, and it is said that nothing showed it."""
    assert (habit("03/04/2016").order, habit("03/04/2016").shown) == ("day-first", False)
    assert (habit("03/04/2016", "14/04/2016").order, habit("14/04/2016").shown) == (
        "day-first", True,
    )  # fmt: skip
    assert day_of("03/04/2016", habit("03/04/2016")) == date(2016, 4, 3)


@pytest.mark.parametrize("others", [("04/14/2016",), ("04/14/2016", "14/04/2016")])
def test_a_column_that_puts_a_month_first_is_not_trusted(others: tuple[str, ...]) -> None:
    """In it, what could be read two ways is asked about; the rest is read."""
    found = habit("03/04/2016", *others)
    assert found.mixed == (len(others) > 1)
    whose = "some put the day first and some the month" if found.mixed else "they put the month"
    with pytest.raises(NoDayError, match=f"two ways.* {whose}; --dates day-first or --dates month"):
        day_of("03/04/2016", found)
    assert day_of("04/14/2016", found) == day_of("14/04/2016", found) == date(2016, 4, 14)
    assert day_of("04/04/2016", found) == date(2016, 4, 4)


def test_a_day_that_is_none_shows_nothing_of_the_others() -> None:
    """A slip such as 13/13 is refused itself, and casts no doubt on the rest of its column."""
    found = habit("03/04/2016", "14/04/2016", "13/13/2016")
    assert (found.order, found.shown, found.mixed) == ("day-first", True, False)
    assert day_of("03/04/2016", found) == date(2016, 4, 3)
    with pytest.raises(NoDayError, match="no such day"):
        day_of("13/13/2016", found)


@pytest.mark.parametrize(
    ("order", "day"), [("day-first", date(2016, 4, 3)), ("month-first", date(2016, 3, 4))]
)
def test_somebody_can_say_how_it_is_read(order: str, day: date) -> None:
    """That is believed, of what could be read two ways."""
    found = habit("03/04/2016", "04/14/2016", "14/04/2016", given=order)
    assert found.shown
    assert day_of("03/04/2016", found) == day
    assert day_of("14/04/2016", found) == day_of("04/14/2016", found) == date(2016, 4, 14)


def test_days_that_a_program_has_swapped_are_not_read() -> None:
    """It took 3 April for 4 March, and left 14 April as text, which it could not take so."""
    found = habit(date(2016, 3, 4), "14/04/2016")
    with pytest.raises(NoDayError, match="day and month may be swapped"):
        day_of(date(2016, 3, 4), found)
    assert day_of("14/04/2016", found) == date(2016, 4, 14)
    said = habit(date(2016, 3, 4), "14/04/2016", given="day-first")
    assert day_of(date(2016, 3, 4), said) == date(2016, 3, 4)


@pytest.mark.parametrize("other", [date(2016, 4, 20), "03/04/2016"])
def test_a_column_of_dates_and_texts_need_not_be_swapped(other: object) -> None:
    """Where a date is past the 12th, or a text could have been taken for one and was not."""
    found = habit(date(2016, 3, 4), "14/04/2016", other)
    assert day_of(date(2016, 3, 4), found) == date(2016, 3, 4)


# --- hostile ----------------------------------------------------------------------------------


@given(own.text() | st.floats() | st.integers() | st.booleans() | st.none())
def test_anything_is_a_day_or_refused(cell: object) -> None:
    """Nothing else is raised; and no day is out of range."""
    found = habit(cell)
    two_ways(cell)
    try:
        day = day_of(cell, found)
    except NoDayError:
        return
    assert FIRST_DAY <= day <= TODAY


@pytest.mark.parametrize(
    "text",
    ["1" * 10**6, "1 " * 10**6, " " * 10**6 + "1", "14/04/2016" + " " * 10**6 + "x",
     "mon " * 10**6, "14 " + "a" * 10**6, "1/1/" * 10**6],
)  # fmt: skip
def test_a_million_characters_are_refused_at_once(text: str) -> None:
    """In time that grows as the text does, and never as a day that it begins with."""
    began = time.perf_counter()
    assert refused(text, year=2016)
    assert not two_ways(text)
    assert habit(text).order == "day-first"
    assert time.perf_counter() - began < 1
