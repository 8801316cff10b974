"""Days: all of them are days in Europe/London, where the statute counts them."""

from __future__ import annotations

from datetime import date, datetime, timedelta


def london_day(recorded_at: str) -> date:
    """The day in London of a recorded time (UTC text, ending in `Z`).

    London is never behind UTC and at most an hour ahead, so only the last hour of a UTC day can
    belong to another one.
    """
    day = date.fromisoformat(recorded_at[:10])
    if recorded_at[11:13] != "23":
        return day
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - needed for one hour in twenty-four

    at = datetime.fromisoformat(recorded_at)
    return day + timedelta(days=at.astimezone(ZoneInfo("Europe/London")).date() > day)


def spelt(day: date) -> str:
    """A day as people read it: Friday 3 April 2026."""
    return f"{day:%A} {written(day)}"


def written(day: date) -> str:
    """The same without the day of the week: 3 April 2026."""
    return f"{day.day} {day:%B %Y}"


def from_iso(text: str | None) -> date | None:
    """The day that an ISO text is, or None where there is none."""
    return date.fromisoformat(text) if text else None
