"""Days as people put them into a cell.

A day that could be read two ways is read as the whole column shows, and as 3 April where nothing
shows otherwise; what cannot be told is not guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from footprint.domain.days import spelt, written

DAY_FIRST, MONTH_FIRST, TWO_WAYS = "day-first", "month-first", "two-ways"
"""How 14/4, 4/14 and 3/4 can be read."""
FIRST_DAY = date(1989, 1, 1)
"""Nothing here is older than the Children Act 1989: an older day is a mistake."""

_NAMES = (
    "jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july",
    "aug august", "sep sept september", "oct october", "nov november", "dec december",
)  # fmt: skip
_MONTHS = {name: at for at, names in enumerate(_NAMES, 1) for name in names.split()}
_WEEKDAY = r"(?:(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?[.,]? )?"
_WEEKDAY_SAID = re.compile("(mon|tue|wed|thu|fri|sat|sun)[a-z]*[., ]")
_TIME = (
    r"(?:(?:t|,? )(?:at )?[0-9]{1,2}[:.][0-9]{2}(?:[:.][0-9]{2}(?:\.[0-9]{1,9})?)?(?: ?[ap]m)?"
    r"(?:z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_YEAR = r"('?[0-9]{2}|[0-9]{4})"
_NUMBERS = re.compile(rf"{_WEEKDAY}([0-9]{{1,2}})[/.\- ]([0-9]{{1,2}})[/.\- ]{_YEAR}{_TIME}")
_ISO = re.compile(rf"([0-9]{{4}})[-/.]([0-9]{{1,2}})[-/.]([0-9]{{1,2}}){_TIME}")
_NAMED = re.compile(
    rf"{_WEEKDAY}([0-9]{{1,2}})(?:st|nd|rd|th)?[ /.-]?(?:of )?([a-z]{{3,9}})[.,]?"
    rf"(?:[ /.-]?{_YEAR})?{_TIME}"
)
_MONTH_FIRST = re.compile(
    rf"{_WEEKDAY}([a-z]{{3,9}})\.?[ -]([0-9]{{1,2}})(st|nd|rd|th)?(?:(?:,? |-){_YEAR})?{_TIME}"
)
_SERIAL = re.compile(r"[0-9]{5}(?:\.[0-9]+)?")
_LONG = 1_000
_CENTURY = 100
_TWO_DIGITS = len("'16")
_MONTHS_IN_A_YEAR = 12
_APRIL = 4


READ_TWO_WAYS = "it could be read two ways"
SWAPPED = "in this column the days up to the 12th are dates and the others are text"
"""How what is said of a day begins, where the others of its column are why."""


class NoDayError(ValueError):
    """Why a cell is not read as a day."""


@dataclass(frozen=True, kw_only=True)
class Habit:
    """How the days of one column are read.

    Args:
        order: `day-first`, `month-first`, or empty where the column puts a month first.
        mixed: whether it puts the day first as well.
        shown: whether the column itself, or somebody, shows that.
        swapped: whether a program seems to have taken 3 April for 4 March on its way.
        epoch: the day of serial number 0.
        year: the April in which the year begins that a day without a year is of; None: not known.
        today: no day is behind it.
    """

    order: str = DAY_FIRST
    mixed: bool = False
    shown: bool = True
    swapped: bool = False
    epoch: date = date(1899, 12, 30)
    year: int | None = None
    today: date


def is_day(text: str) -> bool:
    """Whether a text is written as a whole day is, in figures."""
    said = _said(text)
    return bool(_NUMBERS.fullmatch(said) or _ISO.fullmatch(said)) and " " not in said


def _both(first: int, second: int) -> bool:
    return first != second and max(first, second) <= _MONTHS_IN_A_YEAR


@dataclass(kw_only=True)
class Shown:
    """What the cells of a column show of how it writes its days, by how many show it.

    Args:
        day_first, month_first: those whose other number is no month.
        two_ways: those whose two numbers could each be the month.
        examples: the first of each of these, by how it can be read.
        low, high: days that are no texts, up to the 12th of a month and past it.
    """

    day_first: int = 0
    month_first: int = 0
    two_ways: int = 0
    examples: dict[str, str] = field(default_factory=dict)
    low: int = 0
    high: int = 0

    def take(self, cells: Mapping[Any, int]) -> None:
        """Look at more cells, each with how often it is there."""
        for cell, count in cells.items():
            if isinstance(cell, date):
                low = cell.day <= _MONTHS_IN_A_YEAR
                self.low, self.high = self.low + count * low, self.high + count * (not low)
            elif isinstance(cell, str) and (found := _NUMBERS.fullmatch(_said(cell))):
                first, second = int(found[1]), int(found[2])
                day_first, month_first = (n > _MONTHS_IN_A_YEAR for n in (first, second))
                # 13/13 is a slip of the pen: it shows nothing.
                self._count(DAY_FIRST, cell, count * (day_first and not month_first))
                self._count(MONTH_FIRST, cell, count * (month_first and not day_first))
                self._count(TWO_WAYS, cell, count * _both(first, second))

    def _count(self, how: str, cell: str, count: int) -> None:
        if count:
            name = how.replace("-", "_")
            setattr(self, name, getattr(self, name) + count)
            self.examples.setdefault(how, cell)


def habit_of(shown: Shown, given: str | None, habit: Habit) -> Habit:
    """How the cells of a column write their days.

    Args:
        shown: by all of them.
        given: the order that somebody says, if any.
        habit: what does not depend on the column.
    """
    day_first, month_first = shown.day_first, shown.month_first
    # Whatever took 3 April for 4 March left as text what it could not take so, and only that.
    swapped = shown.low and not shown.high and day_first + month_first and not shown.two_ways
    order = given or ("" if month_first else DAY_FIRST)
    return replace(
        habit,
        order=order,
        mixed=bool(day_first and month_first),
        shown=bool(given or (day_first and not month_first)),
        swapped=bool(swapped and not given),
    )


def day_of(cell: object, habit: Habit) -> date:
    """The day that a cell says.

    Raises:
        NoDayError: it says none, or one that cannot be told; with the reason.
    """
    day = _day(cell, habit)
    said = _WEEKDAY_SAID.match(_said(cell)) if isinstance(cell, str) else None
    if said and not f"{day:%A}".casefold().startswith(said[1]):
        raise NoDayError(f"{written(day)} was a {day:%A}: which of the two is meant cannot be told")
    if day < FIRST_DAY:
        raise NoDayError(f"it would be {spelt(day)}, before the Children Act 1989")
    if day > habit.today:
        raise NoDayError(f"{spelt(day)} is in the future")
    return day


def promised_day_of(cell: object, habit: Habit) -> date:
    """The same of a day that may lie ahead. Raises `NoDayError`."""
    ahead = date(habit.today.year + 10, 1, 1)
    return day_of(cell, replace(habit, today=ahead))


def _day(cell: object, habit: Habit) -> date:
    if isinstance(cell, datetime | date):
        day = cell.date() if isinstance(cell, datetime) else cell
        if habit.swapped:
            raise NoDayError(
                f"{SWAPPED}, as happens where a program takes 3 April for 4 March: day and month"
                " may be swapped"
            )
        return day
    if isinstance(cell, bool) or not isinstance(cell, int | float | str):
        raise NoDayError("it is no date")
    if isinstance(cell, int | float):
        return _serial(cell, habit)
    text = _said(cell)
    if _SERIAL.fullmatch(text):
        return _serial(float(text), habit)
    return _in_text(text, habit)


def _said(text: str) -> str:
    return " ".join(text.casefold().split()) if len(text) < _LONG else ""


def _serial(number: float, habit: Habit) -> date:
    # Below 61 serials are a day off, since 1900 was no leap year; that is before any day of ours.
    try:
        day = habit.epoch + timedelta(days=int(number))
    except (OverflowError, ValueError):
        day = date.min
    if not FIRST_DAY <= day <= date(habit.today.year + 10, 1, 1):
        raise NoDayError("a number, and as a spreadsheet's date it would be out of any range")
    return day


def _in_text(text: str, habit: Habit) -> date:
    if found := _ISO.fullmatch(text):
        return _made(int(found[1]), int(found[2]), int(found[3]))
    if found := _NUMBERS.fullmatch(text):
        return _numbers(int(found[1]), int(found[2]), found[3], habit)
    if found := _NAMED.fullmatch(text):
        return _named(found[1], found[2], found[3], habit)
    if found := _MONTH_FIRST.fullmatch(text):
        if not found[3] and not found[4]:
            raise NoDayError("it could be a day of a month, or a month of a year")
        return _named(found[2], found[1], found[4], habit)
    raise NoDayError(
        "it is no date that can be read; write 14/04/2016, or unknown where nobody knows it"
    )


def _numbers(first: int, second: int, year: str, habit: Habit) -> date:
    if not habit.order and _both(first, second):
        others = "some put the day first and some" if habit.mixed else "they put"
        raise NoDayError(
            f"{READ_TWO_WAYS}, and of the other dates of this column {others} the month;"
            " --dates day-first or --dates month-first says how it is meant"
        )
    month_first = second > _MONTHS_IN_A_YEAR or (
        habit.order == MONTH_FIRST and first <= _MONTHS_IN_A_YEAR
    )
    day, month = (second, first) if month_first else (first, second)
    return _made(_year(year, habit), month, day)


def _named(day: str, month: str, year: str | None, habit: Habit) -> date:
    number = _MONTHS.get(month)
    if number is None:
        raise NoDayError(f"{month!r} is no month")
    if year is not None:
        return _made(_year(year, habit), number, int(day))
    if habit.year is None:
        raise NoDayError("it does not say the year")
    return _made(habit.year + (number < _APRIL), number, int(day))


def _year(text: str, habit: Habit) -> int:
    """Two digits are of the hundred years that end next year."""
    year = int(text.lstrip("'"))
    if len(text) > _TWO_DIGITS:
        return year
    newest = habit.today.year
    year += newest - newest % _CENTURY
    return year if year <= newest + 1 else year - _CENTURY


def _made(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise NoDayError("there is no such day") from error
