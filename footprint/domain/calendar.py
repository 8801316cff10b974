"""Working days, as the adopted calendar has them.

Day 0 is the day of sending; a due date is the Nth working day after it; a thing is overdue from
the day after that (IRO Handbook 2010, chapter 6, counts its 20 days so).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import date, timedelta
from functools import cached_property

from footprint.domain.record import Record

RUNNING_OUT_DAYS = 180
"""How many days before its end a calendar is said to be running out."""

_SATURDAY = 5
_A_DAY = timedelta(days=1)


class WorkingCalendar(Record):
    """Monday to Friday, less the days off, between two days that it covers (both included).

    `off` holds bank holidays and closure days that fall on a weekday, in order. Outside the
    days that it covers, every answer is `None`: not known, rather than guessed.
    """

    name: str
    version: int
    first: date
    last: date
    off: tuple[date, ...]

    def covers(self, day: date) -> bool:
        return self.first <= day <= self.last

    def running_out(self, day: date) -> bool:
        """Whether a longer calendar should be adopted: due dates will soon not be known.

        What has no days cannot run out: none was adopted yet.
        """
        return self.first <= self.last and (self.last - day).days < RUNNING_OUT_DAYS

    def is_working(self, day: date) -> bool:
        at = bisect_left(self.off, day)
        return day.weekday() < _SATURDAY and self.off[at : at + 1] != (day,)

    def due(self, sent: date | None, days: int) -> date | None:
        """The working day that is `days` working days after `sent`, or None if not known."""
        if sent is None or not self.covers(sent):
            return None
        asked = sent, days
        if asked not in self._dues:
            self._dues[asked] = self._due(sent, days)
        return self._dues[asked]

    @cached_property
    def _dues(self) -> dict[tuple[date, int], date | None]:
        """What was counted already: whoever asks for many asks again and again."""
        return {}

    def _due(self, sent: date, days: int) -> date | None:
        day, left = sent, days
        while left and day < self.last:
            day += _A_DAY
            left -= self.is_working(day)
        return None if left else day

    def between(self, start: date | None, end: date | None) -> int | None:
        """Working days after `start` up to and including `end`, or None if not known."""
        if start is None or end is None or not (self.covers(start) and self.covers(end)):
            return None
        return self._working_until(end) - self._working_until(start)

    def _working_until(self, day: date) -> int:
        weeks, rest = divmod(day.toordinal(), 7)  # ordinal 1 was a Monday
        return weeks * 5 + min(rest, 5) - bisect_right(self.off, day)


def weekdays(days: frozenset[date] | set[date]) -> tuple[date, ...]:
    """The given days off that fall on a weekday, in order: those that a calendar needs."""
    return tuple(sorted(day for day in days if day.weekday() < _SATURDAY))
