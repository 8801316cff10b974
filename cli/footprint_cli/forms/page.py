"""A report as one page of HTML: for a screen of any width, and for paper."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from footprint.domain.days import written
from footprint.reports.figures import (
    DAY,
    SHARE,
    TEXT,
    Column,
    Figure,
    Made,
    Report,
    Row,
    Section,
    Table,
)
from footprint_cli.forms.charts import Picture, picture
from footprint_cli.forms.said import base_said, is_numeric, percent, said
from footprint_cli.screen.pages import page
from footprint_cli.screen.text import visible

_WORDS = (TEXT, DAY)
_ROOM_ON_A_TELEPHONE, _ROOM_BESIDE, _ROOM_ON_PAPER = 30, 31, 80
"""How many characters wide a table may be there: a wider one is told row by row, stands under its
chart, or has its words broken."""
_BETWEEN = 2
"""The space between two columns, in characters."""
_USUAL_WORD = 13
"""Characters in a word: a longer one may be broken."""

_GLANCE = (
    ("raised", "alerts", "count", "formal alerts raised"),
    ("raised", "challenges", "count", "lower-level challenges raised"),
    ("informal", "settled", "share", "settled without an alert"),
    ("responses", "formal", "on_time", "answers to alerts that came on time"),
    ("closing", "alert", "median", "working days to resolve an alert (median)"),
    ("closing", "alert", "within_20", "alerts resolved within the total time"),
)
"""What is looked at first, where the report has it: a table, its row and column, and its words."""


class Cell(NamedTuple):
    """A figure in its table.

    Args:
        label: the heading of its column.
        said: its words.
        base: how many it is of, where it does not say so itself.
        numeric: whether it is a number, or what stands for one that is held back.
        whole: whether it is a number, which stays on one line.
    """

    label: str
    said: str
    base: str
    numeric: bool
    whole: bool


class Line(NamedTuple):
    """A row of a table."""

    label: str
    cells: tuple[Cell, ...]


class Heading(NamedTuple):
    """The heading of a column.

    Args:
        label: its words.
        numeric: whether it stands over numbers.
        room: how many characters wide the column is at least, so that no usual word is broken.
    """

    label: str
    numeric: bool
    room: int


class Behind(NamedTuple):
    """The threads behind a figure; of a share, `rest` are those of its base that are not in."""

    column: str
    threads: tuple[str, ...]
    rest: tuple[str, ...]


class Shown(NamedTuple):
    """A table, in texts that are safe to show.

    Args:
        anchor: what a link to it names.
        heading: what it shows, in a sentence.
        title, measure, notes, of: as in the table.
        room: how many characters wide the first column is at least.
        columns, lines: its headings and rows.
        numbers: whether all its figures are numbers.
        wide: whether a telephone has no room for it but row by row.
        beside: whether it stands beside its chart where there is room.
        picture: its chart.
        behind: the threads behind its figures, by row.
    """

    anchor: str
    heading: str
    title: str
    measure: str
    notes: tuple[str, ...]
    of: str
    room: int
    columns: tuple[Heading, ...]
    lines: tuple[Line, ...]
    numbers: bool
    wide: bool
    beside: bool
    picture: Picture | None
    behind: tuple[tuple[str, tuple[Behind, ...]], ...]


class Part(NamedTuple):
    """A section of the page."""

    anchor: str
    title: str
    tables: tuple[Shown, ...]


class Glance(NamedTuple):
    """A figure to be seen first, large; `more` is what has to be read with it."""

    large: str
    more: str
    words: str
    anchor: str


def page_of(report: Report, digest: str) -> str:
    """The report as a page that needs nothing else; the same report gives the same bytes.

    Args:
        report: what it shows.
        digest: of its figures.
    """
    return page(
        "report.html",
        title=visible(report.title),
        days=f"{written(report.first)} to {written(report.last)}",
        authority=visible(report.made.authority),
        whom=visible(report.whom),
        remarks=[visible(remark) for remark in report.remarks],
        glance=list(_glance(report)),
        parts=[part for section in report.sections if (part := _part(section, report)).tables],
        too_few=[visible(table.title) for table in report.tables() if table.silent],
        made=_made(report.made, digest),
    )


# --- what is seen first -----------------------------------------------------------------------


def _glance(report: Report) -> Iterator[Glance]:
    tables = {table.name: table for table in report.tables()}
    for name, row, column, words in _GLANCE:
        figure = tables[name].cells.get((row, column)) if name in tables else None
        if figure is not None and not figure.held and said(figure, report.made.threshold):
            yield _glanced(figure, words, _anchor(name), report.made.threshold)


def _glanced(figure: Figure, words: str, anchor: str, threshold: int) -> Glance:
    """A share large in per cent, with what it is of: no percentage is without its base."""
    if figure.kind == SHARE and figure.base and isinstance(figure.value, int):
        of = f"{figure.value} of {figure.base}"
        return Glance(f"{percent(figure.value, figure.base)} %", of, words, anchor)
    return Glance(said(figure, threshold), base_said(figure), words, anchor)


# --- tables -----------------------------------------------------------------------------------


def _anchor(name: str) -> str:
    return f"table-{name}"


def _part(section: Section, report: Report) -> Part:
    tables = [table for table in section.tables if not table.silent]
    return Part(
        f"section-{section.name}",
        visible(section.title),
        tuple(_shown(table, report.made.threshold) for table in tables),
    )


def _shown(table: Table, threshold: int) -> Shown:
    lines = tuple(_line(table, row, threshold) for row in table.rows)
    rooms = _rooms(table, lines)
    width = sum(rooms)
    columns = tuple(_headings(table, rooms[1:]))
    drawn = picture(table, threshold)
    return Shown(
        anchor=_anchor(table.name),
        heading=visible(table.finding or table.title),
        title=visible(table.title),
        measure=visible(table.measure),
        notes=tuple(visible(note) for note in table.notes),
        of=visible(table.of),
        room=rooms[0],
        columns=columns,
        lines=lines,
        numbers=all(column.numeric for column in columns),
        wide=width > _ROOM_ON_A_TELEPHONE,
        beside=drawn is not None and drawn.kind != "panels" and width <= _ROOM_BESIDE,
        picture=drawn,
        behind=tuple(_behind(table)),
    )


def _headings(table: Table, rooms: Sequence[int]) -> Iterator[Heading]:
    for at, (column, room) in enumerate(zip(table.columns, rooms, strict=True)):
        yield Heading(visible(column.label), is_numeric(table, at), room)


def _rooms(table: Table, lines: Sequence[Line]) -> list[int]:
    """How many characters wide each column is at least, the first one too: none breaks a word.

    Where they are all together wider than paper, they are as wide as each other.
    """
    rooms = [_word_of([table.of, *(line.label for line in lines)]) + _BETWEEN]
    for at, column in enumerate(table.columns):
        cells = [line.cells[at] for line in lines]
        numbers = max((len(cell.said) for cell in cells if cell.whole), default=0)
        words = _word_of([column.label, *(cell.said for cell in cells if not cell.whole)])
        rooms.append(max(numbers, words) + _BETWEEN)
    if sum(rooms) <= _ROOM_ON_PAPER:
        return rooms
    return [min(room, _ROOM_ON_PAPER // len(rooms)) for room in rooms]


def _word_of(texts: Sequence[str]) -> int:
    """How many characters the longest usual word of some texts has."""
    longest = max((len(word) for text in texts for word in visible(text).split()), default=0)
    return min(longest, _USUAL_WORD)


def _line(table: Table, row: Row, threshold: int) -> Line:
    cells = zip(table.columns, row.cells, strict=True)
    return Line(visible(row.label), tuple(_cell(column, one, threshold) for column, one in cells))


def _cell(column: Column, figure: Figure, threshold: int) -> Cell:
    numeric = figure.kind not in _WORDS
    return Cell(
        label=visible(column.label),
        said=said(figure, threshold),
        base=base_said(figure),
        numeric=numeric,
        whole=numeric and not figure.held,
    )


def _behind(table: Table) -> Iterator[tuple[str, tuple[Behind, ...]]]:
    """Of each row that has any."""
    for row in table.rows:
        figures = tuple(
            Behind(visible(column.label), _threads(figure.refs), _threads(figure.rest))
            for column, figure in zip(table.columns, row.cells, strict=True)
            if figure.refs or figure.rest
        )
        if figures:
            yield visible(row.label), figures


def _threads(refs: Sequence[str]) -> tuple[str, ...]:
    """Each once, in order; one that is counted twice says so: CH-16 (2)."""
    return tuple(
        visible(ref) if times == 1 else f"{visible(ref)} ({times})"
        for ref, times in Counter(refs).items()
    )


# --- what it was made from --------------------------------------------------------------------


def _made(made: Made, digest: str) -> list[tuple[str, str]]:
    return [
        ("Ledger", f"{visible(made.authority)}, {visible(made.origin)}"),
        ("Read up to", f"entry {made.position}"),
        ("Root of its tree", visible(made.root)),
        ("Computed for", written(made.day)),
        ("Working days", visible(made.calendar)),
        ("Labels", f"version {made.vocabulary}"),
        ("Digest of the figures", visible(digest)),
        ("Made with", visible(made.command)),
    ]
