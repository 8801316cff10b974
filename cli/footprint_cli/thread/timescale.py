"""An axis of days: where a day is on it, which working days it shows, and stretches of days.

Places are hundredths of the width, so that what is drawn is as wide as there is room for.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from footprint.domain.calendar import WorkingCalendar
from footprint.projections.outcomes import Due

_TICKS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
_DAYS_A_WORKING_DAY = 7 / 5
_LONG = 300
"""From so many days on, a tick has its year."""
_ROOM, _ROOM_WITH_YEAR = 17, 27
"""Hundredths of the width that a tick's text needs on a phone."""


class Axis(NamedTuple):
    """The days that are shown, both included; each has the same width."""

    first: date
    last: date


class Tick(NamedTuple):
    """A day on the axis, and which working day it is."""

    at: float
    number: str
    day: str


class Bar(NamedTuple):
    """A stretch of days: `allowed` for something, `waited` in time, `late`."""

    kind: str
    start: float
    width: float


def place(axis: Axis, day: date) -> float:
    """Where the middle of a day is."""
    return round(((day - axis.first).days + 0.5) / _width(axis) * 100, 2)


def _width(axis: Axis) -> int:
    return (axis.last - axis.first).days + 1


def ticks(axis: Axis, calendar: WorkingCalendar, began: date | None) -> Iterator[Tick]:
    """Working days since a day, as many as there is room for; none where they cannot be counted."""
    long = _width(axis) > _LONG
    room = _ROOM_WITH_YEAR if long else _ROOM
    widths = ((n, n * _DAYS_A_WORKING_DAY / _width(axis) * 100) for n in _TICKS)
    each = next((n for n, wide in widths if wide >= room), _TICKS[-1])
    number, on = 0, began
    while on is not None and on <= axis.last and calendar.covers(on):
        shown = f"{on:%b %Y}" if long else f"{on.day} {on:%b}"
        yield Tick(place(axis, on), str(number), shown)
        number += each
        on = calendar.due(began, number)


def waiting(axis: Axis, start: date | None, due: Due, day: date) -> Iterator[Bar]:
    """The days that were allowed, those that were waited within them, and those past them.

    What has not come is waited for until the `day`; nothing is known where the start is not.
    """
    if start is None or due.by < start:
        return
    yield _stretch(axis, "allowed", start, due.by)
    came = day if due.came == "nothing" else due.on
    if came is not None and came >= start:
        yield from spell(axis, start, came, due.by)


def spell(axis: Axis, first: date, last: date, limit: date | None) -> Iterator[Bar]:
    """Days in a row: those until a limit, if there is one, and those past it."""
    by = limit or last
    if first <= by:
        yield _stretch(axis, "waited", first, min(last, by))
    if by < last:
        yield _stretch(axis, "late", max(first, by), last)


def _stretch(axis: Axis, kind: str, start: date, end: date) -> Bar:
    """From the middle of a day to the middle of another."""
    left = place(axis, start)
    return Bar(kind, left, round(place(axis, end) - left, 2))
