"""What a report is made of: figures in tables, tables in sections, and what all of it is of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

Value = int | float | str | date | None

COUNT, SHARE, DAYS = "count", "share", "days"
CHANGE, POINTS = "change", "points"
TEXT, DAY = "text", "day"
"""The kinds of figure: how many; so many of a base; days that something took. How much more or less
than before, and the same of a share, in percentage points. In a list of threads: what is said of
one, and a day."""

FEW, ALL_BUT_FEW, NOT_SHOWN = "few", "all-but-few", "not-shown"
"""Why a published copy holds a figure back: it is under the threshold; the rest of its base is;
or one that is under it could be worked out from this one."""

NONE_SAID, IN_WORDS = "none-said", "unclassified"
"""The rows of the threads of which it was not said what changed, and of which it was in words."""


class Figure(NamedTuple):
    """One figure.

    Args:
        kind: one of the kinds above.
        value: what it says; of a share, how many are in. None: there is nothing to measure.
        base: of how many it is: the base of a share; how many days a median, a mean or a longest
            are of. None where a figure has no base.
        refs: the threads behind it, as people name them, one for each that is counted: a thread of
            which two answers are counted is there twice. Of a share: those that are in.
        rest: of a share, the threads of the rest of its base.
        held: why a published copy does not show it; empty where it does.
        label: how a value that is a code reads; empty where it reads as it is.
    """

    kind: str
    value: Value = None
    base: int | None = None
    refs: tuple[str, ...] = ()
    rest: tuple[str, ...] = ()
    held: str = ""
    label: str = ""

    @property
    def number(self) -> float | None:
        """The value where it is a number; None where it is not, or where there is none."""
        return self.value if isinstance(self.value, int | float) else None


class Column(NamedTuple):
    """A column of a table. `published`: whether it is in the copy for the public."""

    key: str
    label: str
    published: bool = True


class Row(NamedTuple):
    """A row: what it is of, and its figures in the order of the columns."""

    key: str
    label: str
    cells: tuple[Figure, ...]


class Chart(NamedTuple):
    """How a table is drawn.

    Args:
        kind: `bars` (a bar a row), `stages` (the same, of those that went on from row to row),
            `days` (the same, a distribution) or `panels` (a bar in each column).
        columns: the keys of the columns that are drawn.
        line_after: the key of the row behind which a line is drawn.
        line: what that line is.
    """

    kind: str
    columns: tuple[str, ...]
    line_after: str = ""
    line: str = ""


class Table(NamedTuple):
    """Figures that belong together.

    Args:
        name: what programs know it by; never changes.
        title: what it is.
        measure: how its figures are defined, in a sentence.
        of: what its rows are: the heading of the first column.
        columns, rows: in order.
        finding: what it shows, in a sentence.
        chart: how it is drawn; None where figures say enough.
        published: whether it is in the copy for the public.
        notes: what else a reader inside has to know.
    """

    name: str
    title: str
    measure: str
    of: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    finding: str = ""
    chart: Chart | None = None
    published: bool = True
    notes: tuple[str, ...] = ()

    @property
    def cells(self) -> dict[tuple[str, str], Figure]:
        """The figures by the keys of their row and column."""
        return {(row.key, column.key): figure for row, column, figure in self.figures()}

    def column(self, key: str) -> list[tuple[Row, Figure]]:
        """The rows, each with its figure in a column. Raises `ValueError` where there is none."""
        at = [column.key for column in self.columns].index(key)
        return [(row, row.cells[at]) for row in self.rows]

    @property
    def silent(self) -> bool:
        """Whether all of its figures are held back, and nothing is said of what they are of."""
        figures = [figure for _, _, figure in self.figures()]
        return bool(figures) and all(one.held and one.base is None for one in figures)

    def figures(self) -> Iterator[tuple[Row, Column, Figure]]:
        """Each figure with where it stands."""
        for row in self.rows:
            for column, figure in zip(self.columns, row.cells, strict=True):
                yield row, column, figure


class Section(NamedTuple):
    """Tables under one heading."""

    name: str
    title: str
    tables: tuple[Table, ...]


class Made(NamedTuple):
    """What a report was made from and with: the same gives the same bytes.

    Args:
        authority: whose ledger.
        origin: its name in checkpoints.
        position: the last entry that was read.
        root: of the tree of the entries up to there, in hex.
        day: the day that it is computed for: the end of its period, or an earlier day.
        calendar: what working days are, with its version.
        vocabulary: the version of the labels.
        threshold: under it a published copy shows no count.
        command: what makes the same again.
    """

    authority: str
    origin: str
    position: int
    root: str
    day: date
    calendar: str
    vocabulary: int
    threshold: int
    command: str


class Report(NamedTuple):
    """A report of a period.

    Args:
        name: `annual`, `annual-full` or `quarter`.
        title: what it is.
        period: as people write it: 2016-17, or 2016-17 Q4.
        first, last: the days of the period, up to the one that it is computed for.
        whom: whom it is for, and whom it is not.
        remarks: what has to be known before any of its figures is read.
        sections: in order.
        made: what it was made from and with.
    """

    name: str
    title: str
    period: str
    first: date
    last: date
    whom: str
    remarks: tuple[str, ...]
    sections: tuple[Section, ...]
    made: Made

    def tables(self) -> Iterator[Table]:
        """All of them, in order."""
        return (table for section in self.sections for table in section.tables)
