"""Working days against a calendar that is counted off day by day."""

from datetime import date, timedelta

import pytest
import strategies as own
from hypothesis import given
from hypothesis import strategies as st

from footprint.domain.calendar import WorkingCalendar, weekdays
from footprint.england import bank_holidays

FIRST, LAST = date(2017, 1, 1), date(2017, 12, 31)
A_DAY = timedelta(days=1)
inside = st.dates(FIRST, LAST)
outside = st.dates(date(2016, 1, 1), FIRST - A_DAY) | st.dates(LAST + A_DAY, date(2018, 12, 31))
days_off = st.frozensets(inside, max_size=40)


def calendar(off: frozenset[date]) -> WorkingCalendar:
    return WorkingCalendar(name="x", version=1, first=FIRST, last=LAST, off=weekdays(off))


def works(day: date, off: frozenset[date]) -> bool:
    return day.weekday() not in (5, 6) and day not in off


def naive_due(sent: date, days: int, off: frozenset[date]) -> date | None:
    day = sent
    while days:
        day += A_DAY
        days -= works(day, off)
    return day if day <= LAST else None


def naive_between(start: date, end: date, off: frozenset[date]) -> int:
    after = [start + A_DAY * n for n in range(1, (end - start).days + 1)]
    return sum(works(day, off) for day in after)


@given(sent=inside, days=st.integers(0, 30), off=days_off)
def test_due(sent: date, days: int, off: frozenset[date]) -> None:
    """The due date is the Nth working day after the day of sending, or not known past the end."""
    assert calendar(off).due(sent, days) == naive_due(sent, days, off)


@given(pair=st.tuples(inside, inside).map(sorted), off=days_off)
def test_between(pair: list[date], off: frozenset[date]) -> None:
    """Working days between two days leave out the first and count the last; back is negative."""
    start, end = pair
    counted = naive_between(start, end, off)
    assert calendar(off).between(start, end) == counted
    assert calendar(off).between(end, start) == -counted


@given(sent=inside, days=st.integers(1, 20), off=days_off)
def test_due_and_between_agree(sent: date, days: int, off: frozenset[date]) -> None:
    """A due date is a working day, exactly as many working days away as were given."""
    due = calendar(off).due(sent, days)
    assert due is None or calendar(off).between(sent, due) == days
    assert due is None or calendar(off).is_working(due)


@given(day=inside, off=days_off)
def test_is_working(day: date, off: frozenset[date]) -> None:
    """A working day is from Monday to Friday and not a day off."""
    assert calendar(off).is_working(day) == works(day, off)


@given(day=inside, far=outside)
def test_outside_coverage(day: date, far: date) -> None:
    """Outside the days that it covers a calendar says that it does not know."""
    cal = calendar(frozenset())
    assert cal.covers(day)
    assert not cal.covers(far)
    assert cal.due(far, 1) is cal.between(far, day) is cal.between(day, far) is None


def test_unknown_days() -> None:
    """From a day that is not known, nothing is counted."""
    cal = calendar(frozenset())
    assert cal.due(None, 5) is cal.between(None, FIRST) is cal.between(FIRST, None) is None


@pytest.mark.parametrize(("days", "due"), [(1, "2017-12-29"), (2, None), (20, None)])
def test_last_covered_day(days: int, due: str | None) -> None:
    """A due date may be the last covered working day, and is not known after it."""
    assert calendar(frozenset()).due(date(2017, 12, 28), days) == (due and date.fromisoformat(due))


@pytest.mark.parametrize(
    ("sent", "days", "due"),
    [
        ("2017-03-23", 5, "2017-03-30"),
        ("2017-03-23", 20, "2017-04-24"),  # Good Friday and Easter Monday between
        ("2017-03-25", 1, "2017-03-27"),  # sent on a Saturday
        ("2016-12-23", 2, "2016-12-29"),  # the 25th was a Sunday: off on the 26th and 27th
        ("2022-06-01", 1, "2022-06-06"),  # two days for a jubilee
        ("2020-05-01", 1, "2020-05-04"),  # the Monday that was not a bank holiday that year
    ],
)
def test_english_days(sent: str, days: int, due: str) -> None:
    """Known stretches with bank holidays are counted as people counted them."""
    cal = own.policy().calendar
    assert cal.due(date.fromisoformat(sent), days) == date.fromisoformat(due)
    assert cal.between(date.fromisoformat(sent), date.fromisoformat(due)) == days


def test_weekdays() -> None:
    """Of days off a calendar keeps those on weekdays, in order."""
    friday, saturday, sunday, monday = (date(2017, 4, 14) + A_DAY * n for n in range(4))
    assert weekdays({monday, saturday, sunday, friday}) == (friday, monday)


def test_bank_holidays() -> None:
    """What is adopted are the bank holidays of England, as worked out here from their rules."""
    found, source = bank_holidays(first := date(2010, 4, 1), last := date(2025, 12, 31))
    expected = [day for day in own.england() if first <= day <= last]
    assert weekdays(found) == tuple(sorted(expected))
    assert source.startswith("holidays ")
    assert source.endswith(", England")


@pytest.mark.parametrize(("day", "soon"), [
    (LAST - 180 * A_DAY, False), (LAST - 179 * A_DAY, True), (LAST, True), (LAST + A_DAY, True),
])  # fmt: skip
def test_running_out(day: date, *, soon: bool) -> None:
    """A calendar runs out from less than 180 days before its last day."""
    assert calendar(frozenset()).running_out(day) is soon
