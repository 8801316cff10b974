"""Reporting years and quarters: April to March, so Q4 is January to March."""

from __future__ import annotations

import re
from datetime import date, timedelta

from footprint.errors import Misused

QUARTERS = ("Q1", "Q2", "Q3", "Q4")
_APRIL = 4
_YEAR = re.compile(r"([0-9]{4})-([0-9]{2})")


def year_of(day: date) -> str:
    """The reporting year of a day, as people write it: 2016-17."""
    first = day.year if day.month >= _APRIL else day.year - 1
    return f"{first}-{(first + 1) % 100:02}"


def quarter_of(day: date) -> str:
    """The reporting quarter of a day: Q1 (April to June) to Q4 (January to March)."""
    return f"Q{(day.month - _APRIL) % 12 // 3 + 1}"


def quarter_end(day: date) -> date:
    """The last day of the quarter that a day is in."""
    month = (day.month - 1) // 3 * 3 + 3
    following = date(day.year + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)


def year_bounds(year: str) -> tuple[date, date]:
    """The first and the last day of a reporting year.

    Raises:
        Misused: it is not written as a reporting year.
    """
    match = _YEAR.fullmatch(year.strip())
    if (
        not match
        or (int(match[1]) + 1) % 100 != int(match[2])
        or not 0 < int(match[1]) < date.max.year
    ):
        raise Misused(f"{year!r} is not a reporting year.", "Write it as 2016-17 (April to March).")
    first = int(match[1])
    return date(first, _APRIL, 1), date(first + 1, 3, 31)


def quarter_bounds(year: str, quarter: str) -> tuple[date, date]:
    """The first and the last day of a quarter of a reporting year.

    Raises:
        Misused: one of them is not written as such.
    """
    first, _ = year_bounds(year)
    if quarter.strip().upper() not in QUARTERS:
        raise Misused(
            f"{quarter!r} is not a quarter.", "One of Q1 (April to June) to Q4 (January to March)."
        )
    months = first.month - 1 + 3 * QUARTERS.index(quarter.strip().upper())
    start = date(first.year + months // 12, months % 12 + 1, 1)
    return start, quarter_end(start)
