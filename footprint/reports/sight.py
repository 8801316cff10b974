"""What a report looks at: threads, the policy, and a period up to a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from footprint.domain.calendar import WorkingCalendar
from footprint.domain.policy import Policy
from footprint.domain.thread import Thread, standing
from footprint.projections.lags import Lag
from footprint.projections.times import Clock, measured

_A_DAY = timedelta(days=1)

Clocked = tuple[Thread, date | None, Any, Clock]
"""The thread, the day that a figure is dated by, what it adds, and the clock."""


@dataclass(frozen=True, kw_only=True)
class Sight:
    """Threads as all that is known makes them, to be seen as they stood in a period.

    Args:
        threads: all of them, in order of reference.
        policy: labels, ladders and the calendar, as known with them.
        first: the first day of the period.
        last: its last day, or an earlier one that is looked at (E in `docs/measures.md`).
        lags: of the entries that were made at the time.
    """

    threads: Sequence[Thread]
    policy: Policy
    first: date
    last: date
    lags: Sequence[Lag] = ()

    @property
    def calendar(self) -> WorkingCalendar:
        return self.policy.calendar

    @cached_property
    def stood(self) -> Sequence[Thread]:
        """The threads raised by the last day, as they stood at its end."""
        return tuple(standing(self.threads, self.last))

    @cached_property
    def clocked(self) -> Mapping[str, Sequence[Clocked]]:
        """What the clocks of these threads add in the period, by figure of resolution times."""
        found: dict[str, list[Clocked]] = {}
        for thread in self.stood:
            for clock, (figure, on, value) in measured(thread, self.calendar, self.last):
                if self.holds(on):
                    found.setdefault(figure, []).append((thread, on, value, clock))
        return found

    def holds(self, day: date | None) -> bool:
        """Whether a day is in the period; one that is not known is in none."""
        return day is not None and self.first <= day <= self.last

    def of(self, first: date, last: date) -> Sight:
        """The same threads, seen in another period."""
        return replace(self, first=first, last=last)

    @property
    def eve(self) -> Sight:
        """The same threads at the end of the day before the period."""
        return self.of(self.first, self.first - _A_DAY)
