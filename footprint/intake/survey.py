"""What a whole column shows that no cell of it shows alone: habits, widths, and prose."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from footprint.intake.days import Habit, habit_of, two_ways
from footprint.intake.fields import CHILD, DAY, FIELDS, PROSE
from footprint.intake.headings import Column, Layout
from footprint.intake.lexicon import Lexicon
from footprint.intake.mapping import SheetMapping
from footprint.sheets.book import Book, Sheet
from footprint.sheets.pages import Cell, Row

_FEW = 10
"""What fewer than one in so many cells have is no rule."""
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
    """

    habits: Mapping[int, Habit]
    lengths: Mapping[int, int]
    padded: frozenset[int]
    prose: frozenset[str] = frozenset()
    two_ways: tuple[tuple[str, int, str], ...] = ()


def survey_of(
    book: Book, sheet: Sheet, layout: Layout, lexicon: Lexicon, mapping: SheetMapping, today: date
) -> Survey:
    """What the columns of a sheet show. Reads all of its rows once."""
    wanted = {c.at: c for c in layout.columns if c.field and _is_surveyed(c)}
    seen = {at: Counter[Cell]() for at in wanted}
    for row in sheet.rows():
        if row.number > layout.header:
            for at, counter in seen.items():
                if at < len(row.cells) and (cell := row.cells[at]) is not None:
                    counter[cell] += 1
    plain = Habit(epoch=book.epoch, year=mapping.year, today=today)
    days = {at: c for at, c in wanted.items() if FIELDS[c.field or ""].kind == DAY}
    habits = {at: habit_of(seen[at], mapping.dates, plain) for at in days}
    numbers = next((seen[at] for at, c in wanted.items() if c.field == "child"), Counter[Cell]())
    return Survey(
        habits=habits,
        lengths=_lengths(numbers),
        padded=frozenset(len(c) for c in numbers if isinstance(c, str) and _PADDED.fullmatch(c)),
        prose=frozenset(
            column.field
            for at, column in wanted.items()
            if column.field in PROSE and _is_prose(seen[at], column, lexicon)
        ),
        two_ways=()
        if any(habit.shown for habit in habits.values())
        else tuple(_in_doubt((column.heading, seen[at]) for at, column in days.items())),
    )


def _in_doubt(columns: Iterable[tuple[str, Mapping[Cell, int]]]) -> Iterator[tuple[str, int, str]]:
    for heading, cells in columns:
        doubtful = [(cell, count) for cell, count in cells.items() if two_ways(cell)]
        if doubtful:
            yield heading, sum(count for _, count in doubtful), str(doubtful[0][0])


def _is_surveyed(column: Column) -> bool:
    return FIELDS[column.field or ""].kind in {DAY, CHILD} or column.field in PROSE


def _lengths(numbers: Mapping[Cell, int]) -> Counter[int]:
    lengths = Counter[int]()
    for cell, count in numbers.items():
        if text := digits_of(cell):
            lengths[len(text)] += count
    return lengths


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


def _is_prose(cells: Mapping[Cell, int], column: Column, lexicon: Lexicon) -> bool:
    """Whether most of a column are sentences and no codes."""
    codes = FIELDS[column.field or ""].codes
    prose = total = 0
    for cell, count in cells.items():
        if isinstance(cell, str):
            total += count
            many = len(cell.split()) >= PROSE_WORDS
            prose += count if many and lexicon.certain(codes, cell) is None else 0
    return prose * 2 > total


def rows_below(sheet: Sheet, layout: Layout) -> Iterable[Row]:
    """The rows below the headings."""
    return (row for row in sheet.rows() if row.number > layout.header)
