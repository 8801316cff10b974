"""From hits to tables: figures of hits, columns of figures, rows of groups."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import mean
from typing import NamedTuple

from footprint.domain.reference import shown
from footprint.projections.times import median_of
from footprint.reports.figures import COUNT, DAYS, SHARE, Column, Figure, Row
from footprint.reports.measures import Hit, Measure
from footprint.reports.sight import Sight

# --- figures of hits --------------------------------------------------------------------------

Summary = Callable[[Sequence[Hit]], Figure]


def count(hits: Sequence[Hit]) -> Figure:
    """How many there are."""
    return Figure(COUNT, len(hits), refs=_refs(hits))


def share(hits: Sequence[Hit]) -> Figure:
    """How many of them are in; of none there is no share."""
    inside = [hit for hit in hits if hit.value]
    outside = [hit for hit in hits if not hit.value]
    value = len(inside) if hits else None
    return Figure(SHARE, value, len(hits), refs=_refs(inside), rest=_refs(outside))


def _days(summary: Callable[[list[int]], float | None]) -> Summary:
    def figure(hits: Sequence[Hit]) -> Figure:
        known = [hit for hit in hits if hit.value is not None]
        days = [hit.value for hit in known]
        return Figure(DAYS, summary(days) if days else None, len(days), refs=_refs(known))

    return figure


median = _days(median_of)
average = _days(lambda days: round(mean(days), 1))
longest = _days(max)


def _refs(hits: Iterable[Hit]) -> tuple[str, ...]:
    return tuple(shown(hit.thread.ref) for hit in hits)


# --- tables of figures ------------------------------------------------------------------------


class Counted(NamedTuple):
    """A column: how it is headed, what is counted, and what is said of it.

    Args:
        key, label, published: as of a `Column`.
        measure: finds the hits.
        summary: the figure of those of one row.
    """

    key: str
    label: str
    measure: Measure
    summary: Summary = count
    published: bool = True

    @property
    def column(self) -> Column:
        return Column(self.key, self.label, self.published)


Group = Callable[[Hit], Iterable[str]]
"""The rows that a hit belongs in."""

Found = Mapping[str, Mapping[str, list[Hit]]]
"""The hits of each row and column, by their keys."""


def grouped(sight: Sight, columns: Iterable[Counted], group: Group) -> Found:
    """The hits of each column by the rows that they belong in."""
    found: dict[str, dict[str, list[Hit]]] = {}
    for column in columns:
        for hit in column.measure(sight):
            for key in group(hit):
                found.setdefault(key, {}).setdefault(column.key, []).append(hit)
    return found


def rows(
    sight: Sight, columns: Sequence[Counted], group: Group, labels: Mapping[str, str]
) -> tuple[Row, ...]:
    """A row for each of these labels, whether or not anything is in it."""
    found = grouped(sight, columns, group)
    return tuple(row(key, label, columns, found.get(key, {})) for key, label in labels.items())


def rows_there(
    sight: Sight, columns: Sequence[Counted], group: Group, label: Callable[[str], str]
) -> list[Row]:
    """A row for each group that has something in it, by its key."""
    found = grouped(sight, columns, group)
    return [row(key, label(key), columns, found[key]) for key in sorted(found)]


def fullest_first(made: Iterable[Row], columns: Sequence[Counted], key: str) -> tuple[Row, ...]:
    """The rows by how much is in one of their columns, then by how much is in all."""
    at = [column.key for column in columns].index(key)
    return tuple(sorted(made, key=lambda one: (-(one.cells[at].number or 0), -sum_of(one))))


def sum_of(one: Row) -> float:
    """All that is in a row."""
    return sum(figure.number or 0 for figure in one.cells)


def row(key: str, label: str, columns: Iterable[Counted], hits: Mapping[str, list[Hit]]) -> Row:
    """A row of the figures of these hits."""
    return Row(key, label, tuple(one.summary(hits.get(one.key, ())) for one in columns))


def whole(sight: Sight, columns: Sequence[Counted], key: str, label: str) -> Row:
    """One row of all hits."""
    return rows(sight, columns, lambda _: (key,), {key: label})[0]


def heads(columns: Iterable[Counted]) -> tuple[Column, ...]:
    return tuple(one.column for one in columns)
