"""What the oracle of the reports counts in: figures, and the period that they are of.

It imports nothing of the project. A figure is its value, its base, the references of the threads
behind it and those of the rest of its base, sorted. What is said of one thread of a list (a text, a
day) has its value alone, and so have a difference and a number of something else than threads or
steps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from statistics import mean
from typing import Any

from oracle import ONE_DAY, RESOLVED, Export, Step, Thread, end_of_quarter

Figure = tuple[Any, int | None, list[str], list[str]]
Cells = dict[str, Figure]
Table = dict[tuple[str, str], Figure]
Days = list[tuple[str, int | None]]
"""Each with the thread that it is of; None: one of its days is not known or not in the calendar."""

QUARTERS = ("Q1", "Q2", "Q3", "Q4")


# --- figures --------------------------------------------------------------------------------


def count(of: Iterable[Thread]) -> Figure:
    """How many, and which."""
    refs = sorted(thread.ref for thread in of)
    return len(refs), None, refs, []


def share(of: Iterable[Thread], is_in: Callable[[Thread], bool]) -> Figure:
    """How many of these, which, and which not."""
    every = list(of)
    return share_of([t for t in every if is_in(t)], [t for t in every if not is_in(t)])


def share_of(those: Sequence[Thread], rest: Sequence[Thread]) -> Figure:
    base = len(those) + len(rest)
    value = len(those) if base else None
    return value, base, sorted(t.ref for t in those), sorted(t.ref for t in rest)


def days(made: Callable[[list[int]], float], of: Days) -> Figure:
    """A median, a mean or the longest of those that are known."""
    there = [(ref, each) for ref, each in of if each is not None]
    value = whole(made([each for _, each in there])) if there else None
    return value, len(there), sorted(ref for ref, _ in there), []


def whole(number: float) -> float:
    return int(number) if number == int(number) else number


def mean_to_a_tenth(each: list[int]) -> float:
    return round(mean(each), 1)


def alone(value: Any) -> Figure:
    """A value with no threads behind it."""
    return value, None, [], []


def difference(this: Figure, before: Figure, *, points: bool = False) -> Figure:
    """This less before; of shares in percentage points, to a tenth."""
    if this[0] is None or before[0] is None:
        return alone(None)
    if points:
        return alone(whole(round(100 * this[0] / this[1] - 100 * before[0] / before[1], 1)))
    return alone(whole(this[0] - before[0]))


def something(cells: Cells) -> bool:
    """Whether any of a row's figures is of anything."""
    return any(value or base for value, base, _, _ in cells.values())


def table(rows: dict[str, Cells], *, where: Callable[[Cells], bool] | None = None) -> Table:
    """The rows as one table; only those that are so."""
    return {
        (key, column): figure
        for key, cells in rows.items()
        if where is None or where(cells)
        for column, figure in cells.items()
    }


# --- the period -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Period:
    """A year or a quarter, and each thread as it stood at its end, or on the day asked for."""

    export: Export
    first: date
    last: date

    @cached_property
    def threads(self) -> list[Thread]:
        return self.export.threads(self.last)

    def __contains__(self, day: date | None) -> bool:
        return day is not None and self.first <= day <= self.last

    @cached_property
    def raised(self) -> list[Thread]:
        return [thread for thread in self.threads if thread.raised_on in self]

    @cached_property
    def challenges(self) -> list[Thread]:
        """Raised in the period, at stage 0; whatever became of them."""
        return [thread for thread in self.raised if begun_informally(thread)]

    @cached_property
    def alerts(self) -> list[Thread]:
        """Those whose first stage that counts is of the period."""
        return [thread for thread in self.threads if thread.alert and thread.alert.on in self]

    @cached_property
    def closed(self) -> list[Thread]:
        """Those whose close in force is of the period."""
        return [thread for thread in self.threads if thread.closed_on in self]

    @cached_property
    def resolved(self) -> list[Thread]:
        return [thread for thread in self.closed if thread.closure in RESOLVED]

    @cached_property
    def steps(self) -> list[tuple[Thread, Step]]:
        return [(thread, step) for thread in self.threads for step in thread.steps]

    def moves(self, topic: str) -> list[Thread]:
        """The thread of each such entry of the period: as often as it has one."""
        return [t for t in self.threads for entry in t.of(topic) if entry.on in self]


def year_from(year: str, day: date) -> tuple[date, date]:
    """The first day of a year, and its last or the day asked for."""
    first = date(int(year[:4]), 4, 1)
    return first, min(date(first.year + 1, 3, 31), day)


def quarter_from(year: str, quarter: str, day: date) -> tuple[date, date]:
    first = date(int(year[:4]), 4, 1)
    for _ in range(QUARTERS.index(quarter)):
        first = end_of_quarter(first) + ONE_DAY
    return first, min(end_of_quarter(first), day)


def year_before(period: Period) -> Period:
    """The whole of it: it is over."""
    return Period(period.export, date(period.first.year - 1, 4, 1), date(period.first.year, 3, 31))


def quarter_before(period: Period) -> Period:
    """The whole of it."""
    last = first = period.first - ONE_DAY
    while end_of_quarter(first - ONE_DAY) == last:
        first -= ONE_DAY
    return Period(period.export, first, last)


def begun_informally(thread: Thread) -> bool:
    return thread.facts["stage"] == 0


def of_kind(kind: str, threads: Iterable[Thread]) -> list[Thread]:
    return [thread for thread in threads if thread.kind == kind]


def with_theme(theme: str, threads: Iterable[Thread]) -> list[Thread]:
    return [thread for thread in threads if theme in thread.facts["themes"]]


def themes_of(threads: Iterable[Thread]) -> list[str]:
    return sorted({theme for thread in threads for theme in thread.facts["themes"]})


def service_of(thread: Thread) -> str:
    return thread.facts["service"]


def team_of(thread: Thread) -> str:
    """The service and the team."""
    return f"{service_of(thread)} {thread.facts.get('team') or '-'}"


def says_impact(thread: Thread) -> bool:
    """Whether an impact other than too early to say was said."""
    return thread.impact not in (None, "too-early")


def was_open(thread: Thread, day: date) -> bool:
    """Whether it was open at the end of a day; one of which a day is not known never was."""
    return thread.in_stocks and sum(by for by, on in thread.moves if on <= day) > 0


def open_at(threads: Iterable[Thread], day: date) -> list[Thread]:
    return [thread for thread in threads if was_open(thread, day)]
