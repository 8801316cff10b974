"""Days in London."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footprint.domain.days import london_day, spelt

LONDON = ZoneInfo("Europe/London")
instants = st.datetimes(datetime(1972, 1, 1), datetime(2037, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
late = instants.map(lambda at: at.replace(hour=23))


@given(at=instants | late)
def test_london_day(at: datetime) -> None:
    """The day of a recorded time is the day that a clock in London showed."""
    text = at.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
    assert london_day(text) == at.astimezone(LONDON).date()


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("2017-03-25T23:30:00.000000Z", "2017-03-25"),  # winter time still
        ("2017-03-26T23:00:00.000000Z", "2017-03-27"),  # summer time began that night
        ("2017-06-30T22:59:59.999999Z", "2017-06-30"),
        ("2017-06-30T23:00:00.000000Z", "2017-07-01"),
        ("2017-10-28T23:59:59.000000Z", "2017-10-29"),
        ("2017-10-29T23:59:59.000000Z", "2017-10-29"),
        ("2016-12-31T23:59:59.999999Z", "2016-12-31"),
    ],
)
def test_known_nights(at: str, day: str) -> None:
    """The last hour of a day by UTC is the next day in London in summer, and not in winter."""
    assert london_day(at) == date.fromisoformat(day)


def test_spelt() -> None:
    """A day is spelt out as people read it."""
    assert spelt(date(2026, 4, 3)) == "Friday 3 April 2026"
