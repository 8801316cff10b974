"""What a whole column shows that no cell of it shows alone: habits, widths, and prose."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Protocol

from footprint.intake.days import TWO_WAYS, Habit, Shown, habit_of
from footprint.intake.fields import CHILD, DAY, FIELDS, PROSE
from footprint.intake.headings import Column, Layout
from footprint.intake.lexicon import Lexicon
from footprint.intake.mapping import SheetMapping
from footprint.sheets.book import Book, Sheet
from footprint.sheets.pages import Cell, Row

_FEW = 10
"""What fewer than one in so many cells have is no rule."""
_AT_ONCE, _MOST_HELD = 500, 5_000
"""So many rows are looked at in one go, and so many different cells of a column are held."""
PROSE_WORDS = 4
"""What has so many words is a sentence rather than a code."""


@dataclass(frozen=True, kw_only=True)
class Survey:
    """What a sheet's columns show.

    Args:
        habits: how each column of days writes them, by the place of the column.
        lengths: how many case numbers that are digits alone have so many of them.
        padded: the lengths of those that begin with a zero.
        prose: the fields of codes that hold sentences here.
        two_ways: columns of days that could be read two ways, where no column of the sheet shows
            which: the heading, how many, and one of them.
        unlike: columns of days that are written in two ways: the heading, and an example of each;
            where somebody says how they are meant, only of the other.
    """

    habits: Mapping[int, Habit]
    lengths: Mapping[int, int]
    padded: frozenset[int]
    prose: frozenset[str] = frozenset()
    two_ways: tuple[tuple[str, int, str], ...] = ()
    unlike: tuple[tuple[str, Mapping[str, str]], ...] = ()


def survey_of(
    book: Book, sheet: Sheet, layout: Layout, lexicon: Lexicon, mapping: SheetMapping, today: date
) -> Survey:
    """What the columns of a sheet show. Reads all of its rows once."""
    days = {c.at: Shown() for c in layout.columns if _kind(c) == DAY}
    numbers = {c.at: _Numbers() for c in layout.columns if _kind(c) == CHILD}
    codes = {c.at: _Codes(c, lexicon) for c in layout.columns if c.field in PROSE}
    _look(rows_below(sheet, layout), {**days, **numbers, **codes})
    plain = Habit(epoch=book.epoch, year=mapping.year, today=today)
    habits = {at: habit_of(shown, mapping.dates, plain) for at, shown in days.items()}
    number = next(iter(numbers.values()), _Numbers())
    shown = [(c.heading, days[c.at], habits[c.at]) for c in layout.columns if c.at in days]
    return Survey(
        habits=habits,
        lengths=number.lengths,
        padded=frozenset(number.padded),
        prose=frozenset(one.field for one in codes.values() if one.prose * 2 > one.total),
        two_ways=()
        if any(habit.shown for habit in habits.values())
        else tuple(
            (heading, one.two_ways, one.examples[TWO_WAYS])
            for heading, one, habit in shown
            if one.two_ways and habit.order
        ),
        unlike=tuple(
            (heading, unlike)
            for heading, one, _ in shown
            if (unlike := _unlike(one.examples, mapping.dates))
        ),
    )


def _unlike(examples: Mapping[str, str], given: str | None) -> Mapping[str, str]:
    """An example of each order in which dates are written, but for the one that is meant."""
    orders = {how: text for how, text in examples.items() if how != TWO_WAYS}
    if given:
        return {how: text for how, text in orders.items() if how != given}
    return orders if len(orders) > 1 else {}


def _kind(column: Column) -> str:
    return FIELDS[column.field].kind if column.field else ""


class _Looked(Protocol):
    """What is gathered of a column, from its cells and how often each is there."""

    def take(self, cells: Mapping[Cell, int]) -> None: ...


def _look(rows: Iterable[Row], columns: Mapping[int, _Looked]) -> None:
    """Show each column its cells, different ones a few thousand at a time: a day is looked at once.

    What a column shows is small; all that stands in it may be as long as the file.
    """
    seen = {at: Counter[Cell]() for at in columns}
    left = iter(rows)
    while some := [*islice(left, _AT_ONCE)]:
        for at, cells in seen.items():
            cells.update(c for r in some if at < len(r.cells) and (c := r.cells[at]) is not None)
            if len(cells) >= _MOST_HELD:
                columns[at].take(cells)
                cells.clear()
    for at, cells in seen.items():
        columns[at].take(cells)


class _Numbers:
    """How long case numbers are that are digits alone, and those of them that begin with a zero."""

    def __init__(self) -> None:
        self.lengths = Counter[int]()
        self.padded: set[int] = set()

    def take(self, cells: Mapping[Cell, int]) -> None:
        for cell, count in cells.items():
            if text := digits_of(cell):
                self.lengths[len(text)] += count
            if isinstance(cell, str) and _PADDED.fullmatch(cell):
                self.padded.add(len(cell))


class _Codes:
    """How many texts a column of codes has, and how many of them are sentences and no codes."""

    def __init__(self, column: Column, lexicon: Lexicon) -> None:
        self.field, self._lexicon = column.field or "", lexicon
        self._codes = FIELDS[self.field].codes
        self.prose = self.total = 0

    def take(self, cells: Mapping[Cell, int]) -> None:
        for cell, count in cells.items():
            if isinstance(cell, str):
                self.total += count
                many = len(cell.split()) >= PROSE_WORDS
                none = many and self._lexicon.certain(self._codes, cell) is None
                self.prose += count if none else 0


_PADDED = re.compile("0[0-9]+")


def digits_in(surveys: Sequence[Survey]) -> int:
    """The digits of the longest case numbers that are digits alone, but for a few mistyped ones.

    A program that takes them for numbers loses the zeros in front: what is shorter is doubtful.
    """
    lengths = sum((Counter(survey.lengths) for survey in surveys), Counter[int]())
    enough = lengths.total() / _FEW
    usual = (size for size, count in lengths.items() if count >= enough)
    return max([0, *usual, *(size for survey in surveys for size in survey.padded)])


def digits_of(cell: Cell) -> str:
    """A cell that is digits alone, or a whole number, as text; empty where it is not."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, int) and not isinstance(cell, bool):
        return str(cell)
    return cell.strip() if isinstance(cell, str) and re.fullmatch(r"\s*[0-9]+\s*", cell) else ""


def rows_below(sheet: Sheet, layout: Layout) -> Iterable[Row]:
    """The rows below the headings."""
    return (row for row in sheet.rows() if row.number > layout.header)
