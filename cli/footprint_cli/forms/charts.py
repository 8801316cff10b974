"""The geometry of charts: how long each bar is, and the words that stand by it.

A chart shows no figure that its table does not have. What a published copy holds back, what is
nothing and what cannot be measured has no bar, only its words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from footprint.reports.figures import SHARE, Column, Figure, Row, Table
from footprint_cli.forms.said import said
from footprint_cli.screen.text import visible

_MOST_COLOURS = 4
"""More categories than these are no longer told apart at a glance."""
_UPRIGHT_BARS, _UPRIGHT_ROOM = 16, 4
"""So many upright bars, with figures of so many characters, have room on a telephone."""


class Bar(NamedTuple):
    """One bar.

    Args:
        size: its length in per cent of the longest, as SVG takes it; empty where no bar is drawn.
        before: of stages, the length of the row before: from how many these went on.
        part: its length in per cent of the row before, else all of itself.
        said: its figure.
        of: of stages, of how many: those of the row before.
        key: what it counts: the label of its column.
        colour: which colour of the palette, from 1.
    """

    size: str
    before: str
    part: str
    said: str
    of: str
    key: str
    colour: int


class Group(NamedTuple):
    """The bars of a row. `over`: whether the row is behind the line."""

    label: str
    bars: tuple[Bar, ...]
    over: bool


class Picture(NamedTuple):
    """A chart, ready to be drawn.

    Args:
        kind: as in `Chart`.
        upright: whether its bars stand; a distribution whose figures have no room lies.
        told: what is said of it to whoever does not see it.
        keys: what its colours or panels stand for, in order.
        groups: its rows.
        within: how many rows are before the line.
        line: what the line is; empty where there is none.
        striped: whether a bar is beyond it.
        room: how many characters the longest words behind a bar have.
        left_out: whether rows of nothing but 0 are left out, as they are of panels.
    """

    kind: str
    upright: bool
    told: str
    keys: tuple[str, ...]
    groups: tuple[Group, ...]
    within: int
    line: str
    striped: bool
    room: int
    left_out: bool


def picture(table: Table, threshold: int) -> Picture | None:
    """How a table is drawn; None where it is not, or where there would be no bar to see."""
    if table.chart is None:
        return None
    drawn = _columns(table, table.chart.columns)
    rows = tuple(_groups(table, drawn, threshold))
    groups = tuple(filter(_says_something, rows)) if table.chart.kind == "panels" else rows
    bars = [bar for group in groups for bar in group.bars]
    if not any(bar.size for bar in bars):
        return None
    within = _within(table)
    return Picture(
        kind=table.chart.kind,
        upright=table.chart.kind == "days" and _can_stand(bars),
        told=f"Chart: {visible(table.title)}. The table with it has the same figures.",
        keys=tuple(visible(column.label) for _, column in drawn),
        groups=groups,
        within=within,
        line=visible(table.chart.line) if within < len(groups) else "",
        striped=any(bar.size for group in groups if group.over for bar in group.bars),
        room=max(len(f"{bar.said} {bar.of}".strip()) for bar in bars if bar.size),
        left_out=len(groups) < len(rows),
    )


def _says_something(group: Group) -> bool:
    return any(bar.said != "0" for bar in group.bars)


def _can_stand(bars: Sequence[Bar]) -> bool:
    return len(bars) <= _UPRIGHT_BARS and all(len(bar.said) <= _UPRIGHT_ROOM for bar in bars)


def _columns(table: Table, keys: Sequence[str]) -> list[tuple[int, Column]]:
    """The columns that are drawn, in the order in which they are, with where they stand.

    One that a published copy leaves out is not drawn there.
    """
    there = {column.key: (at, column) for at, column in enumerate(table.columns)}
    return [there[key] for key in keys if key in there]


def _within(table: Table) -> int:
    """How many rows are before the line: all of them where there is none."""
    keys = [row.key for row in table.rows]
    after = table.chart.line_after if table.chart else ""
    return keys.index(after) + 1 if after in keys else len(keys)


def _groups(table: Table, drawn: list[tuple[int, Column]], threshold: int) -> Iterator[Group]:
    longest = _longest([row.cells[at] for row in table.rows for at, _ in drawn])
    stages = table.chart is not None and table.chart.kind == "stages"
    within = _within(table)
    earlier: Row | None = None
    for number, row in enumerate(table.rows):
        bars = tuple(
            Bar(
                *_sizes(row, earlier, at, longest),
                said=said(row.cells[at], threshold),
                of=_of(row, earlier, at),
                key=visible(column.label),
                colour=place % _MOST_COLOURS + 1,
            )
            for place, (at, column) in enumerate(drawn)
        )
        yield Group(visible(row.label), bars, over=number >= within)
        earlier = row if stages else None


def _sizes(row: Row, earlier: Row | None, at: int, longest: float) -> tuple[str, str, str]:
    """The `size` of a bar, that of the row `before`, and what `part` of that it is."""
    length, before = _length(row.cells[at]), _before(row, earlier, at)
    return _size(length, longest), _size(before, longest), _size(length, before or length)


def _of(row: Row, earlier: Row | None, at: int) -> str:
    return f"of {earlier.cells[at].value}" if earlier and _before(row, earlier, at) else ""


def _before(row: Row, earlier: Row | None, at: int) -> float:
    """The length of the row before, where both can be seen."""
    return _length(earlier.cells[at]) if earlier and not row.cells[at].held else 0.0


def _longest(figures: Sequence[Figure]) -> float:
    """What the whole width is: all of a base for shares, else the most there is."""
    if any(figure.kind == SHARE for figure in figures):
        return 100.0
    return max(map(_length, figures), default=0.0)


def _length(figure: Figure) -> float:
    """What a bar stands for: per cent of a share, else the number; 0 where none is drawn."""
    number = figure.number or 0
    if figure.held or number <= 0:
        return 0.0
    if figure.kind == SHARE:
        return 100.0 * number / figure.base if figure.base else 0.0
    return float(number)


def _size(length: float, longest: float) -> str:
    return f"{100 * length / longest:.1f}" if length else ""
