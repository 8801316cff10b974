"""Reporting years and quarters."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footprint.domain.periods import quarter_end, quarter_of, year_bounds, year_of
from footprint.errors import Misused

days = st.dates(date(1900, 4, 1), date(2199, 12, 31))


@pytest.mark.parametrize(
    ("day", "year", "quarter", "end"),
    [
        ("2016-04-01", "2016-17", "Q1", "2016-06-30"),
        ("2016-09-30", "2016-17", "Q2", "2016-09-30"),
        ("2016-12-31", "2016-17", "Q3", "2016-12-31"),
        ("2017-01-01", "2016-17", "Q4", "2017-03-31"),
        ("2017-03-31", "2016-17", "Q4", "2017-03-31"),
        ("2000-02-29", "1999-00", "Q4", "2000-03-31"),
    ],
)
def test_known_days(day: str, year: str, quarter: str, end: str) -> None:
    """Years run from April to March, and Q4 is January to March."""
    on = date.fromisoformat(day)
    assert (year_of(on), quarter_of(on)) == (year, quarter)
    assert quarter_end(on) == date.fromisoformat(end)


@given(day=days)
def test_a_day_is_in_its_year(day: date) -> None:
    """Every day lies within the bounds of its own year, which last a year."""
    first, last = year_bounds(year_of(day))
    assert first <= day <= last
    assert last + timedelta(days=1) == date(first.year + 1, 4, 1)


@given(day=days)
def test_quarter_ends(day: date) -> None:
    """A quarter's last day is in the same quarter and year, and the day after is in the next."""
    end = quarter_end(day)
    assert 0 <= (end - day).days < 92
    assert (year_of(end), quarter_of(end)) == (year_of(day), quarter_of(day))
    following = {"Q1": "Q2", "Q2": "Q3", "Q3": "Q4", "Q4": "Q1"}[quarter_of(day)]
    assert quarter_of(end + timedelta(days=1)) == following


def test_year_bounds() -> None:
    """A year is given by its first and last day; spaces around it do not matter."""
    assert year_bounds(" 2016-17 ") == (date(2016, 4, 1), date(2017, 3, 31))


@pytest.mark.parametrize(
    "year", ["2016", "2016-18", "2016-2017", "2016/17", "16-17", "0000-01", "", "2016-17x"]
)
def test_years_that_are_none(year: str) -> None:
    """What is not written as a reporting year is refused, and the way to write it is said."""
    with pytest.raises(Misused, match="not a reporting year") as caught:
        year_bounds(year)
    assert "2016-17" in caught.value.next_step


@given(year=st.text())
def test_any_text_for_a_year(year: str) -> None:
    """Any text is a year of twelve months or is refused."""
    try:
        first, last = year_bounds(year)
    except Misused:
        return
    assert 364 <= (last - first).days <= 365
