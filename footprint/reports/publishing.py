"""The published copy of an annual report: what of it everybody may see.

It has one-way tables of a year only, nothing that names a thread, and no sentence that a person
wrote or that was made from what is held back. Counts under the threshold are held back, as are
medians and the like of so few, and whatever would tell them (`protecting`, by the sums of
`relating`).

**A copy that follows another.** Whoever has two copies of one year can subtract them: a count of 4
that was held and is shown as 5, where the total rose by one, was 4. So what was held once stays
held, in each later copy of that year, and where a later report sets that year beside its own. Where
any figure of a table is another than it was, nothing more is said of what is held in it: not that
it is small, nor, by another mark, that it no longer is. This is enough. What is held in both copies
has no value in either from which to subtract. What is held now and was not before is held with what
it needs by itself, as in a first copy. A table of which no figure is another tells by its marks
what the copy before told. Tables that are linked by a sum need no more, as the sums are looked at
again, with all that was held before held from the start: so totals that are shown in both copies
say how much was added in all, and not where.

What this does not do: where a count that was printed becomes small by a correction, the older copy
still says what it was; and two copies that both show a count say how much was added to it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from footprint.domain.days import spelt
from footprint.domain.periods import year_bounds, year_of
from footprint.reports import protecting
from footprint.reports.annual import PUBLISHED
from footprint.reports.figures import (
    ALL_BUT_FEW,
    CHANGE,
    COUNT,
    FEW,
    NOT_SHOWN,
    POINTS,
    SHARE,
    Chart,
    Column,
    Figure,
    Report,
    Row,
    Section,
    Table,
    Value,
)
from footprint.reports.findings import many, median_said
from footprint.reports.protecting import MANY, UNSAID, Key, held
from footprint.reports.relating import INSIDE_ROWS, counts_of, places, related
from footprint.reports.tabulating import sum_of

OTHERS = "others"
Place = tuple[str, str, str]
"""A table, a row and a column."""
_SPANS = frozenset({"mean", "longest"})
"""The columns that may tell how long one thread took; the middle one of many does not."""
_LISTED_IF_THERE = frozenset({"themes", "services", "impact"})
"""Tables that have a row only for what has something in it."""
_RESTS_ON: Mapping[str, Sequence[tuple[str, str]]] = {
    "raised": (),
    "informal": (("settled", "share"),),
    "responses": (("formal", "on_time"), ("informal", "on_time")),
    "closing": (("alert", "median"), ("alert", "within_20")),
    "filed": (("filed", "share"),),
    "years": (("alerts", "before"), ("alerts", "this")),
    **dict.fromkeys(("themes", "services", "quarters", "outcomes", "impact", "cafcass"), ()),
}
"""What the finding of a table is made from, by row and column; of all of its figures, where none is
named. A finding is printed where all of these are; that of no other table is, as it is made from
what is for use inside."""

_OF_ONE: Mapping[str, Sequence[tuple[str, str, Callable[[Figure], str]]]] = {
    "raised": (
        ("alerts", "count", lambda one: f"{many(one.number or 0, 'formal alert')} raised."),
        ("threads", "count", lambda one: f"{many(one.number or 0, 'concern')} raised."),
    ),
    "responses": (
        ("formal", "on_time", lambda one: f"Answers to alerts on time: {one.value} of {one.base}."),
    ),
    "closing": (("alert", "median", lambda one: f"{median_said(one)}."),),
}
"""What is said of one figure that is shown, where the finding rests on one that is not."""


def published(report: Report, threshold: int, issued: Sequence[Report] = ()) -> Report:
    """The copy of an annual report that everybody may see.

    Args:
        report: the full one.
        threshold: under it no count is shown.
        issued: the full reports, each as at the position and day of its issue, of which copies have
            been published: of the same year, and of the years before and after, in the order of
            their issue. Of other years they do not matter. Each was published with its own
            threshold.
    """
    bare = _bare(report)
    marked = _marks(report, threshold, issued)
    moved = _moved(report, issued)
    shown = tuple(
        Section(one.name, one.title, tuple(_shown(t, marked, moved) for t in one.tables))
        for one in bare.sections
        if one.tables
    )
    return bare._replace(
        name=PUBLISHED,
        whom=f"For everybody: it names nobody, and shows no number under {threshold}.",
        remarks=tuple(_remarks(report, threshold)),
        sections=shown,
    )


def _remarks(report: Report, threshold: int) -> list[str]:
    """What has to be known: by the period and the rules alone, not by any figure."""
    over = report.last >= year_bounds(report.period)[1]
    unfinished = f"The period is not over: it is told up to {spelt(report.last)}."
    rule = (
        f"Not shown are counts under {threshold}, what is measured of fewer than {threshold}, and"
        " what such a count could be worked out from; nor, in a later copy, what was not shown in"
        " an earlier one."
    )
    return [rule] if over else [unfinished, rule]


# --- what is left before anything is held ---------------------------------------------------------


def _bare(report: Report) -> Report:
    """With only the tables, rows and columns that are published, and naming no thread."""
    sections = tuple(
        one._replace(tables=tuple(t for t in map(_bare_table, one.tables) if t.columns))
        for one in report.sections
    )
    return report._replace(sections=sections)


def _bare_table(table: Table) -> Table:
    """What of it is published. Whom a stage is put to is left out: it tells who came so far."""
    columns = [table.published and one.published for one in table.columns]
    rows = tuple(
        row._replace(
            label=f"Stage {row.key}" if table.name == "stages" else row.label,
            cells=tuple(
                _bare_figure(f) for f, shown in zip(row.cells, columns, strict=True) if shown
            ),
        )
        for row in _by_key(table)
        if (table.name, row.key) not in INSIDE_ROWS
    )
    kept = tuple(one for one, shown in zip(table.columns, columns, strict=True) if shown)
    return table._replace(columns=kept, rows=rows, notes=(), chart=_chart(table.chart, kept))


def _by_key(table: Table) -> Sequence[Row]:
    """Its rows in an order that tells nothing: the fullest first would decide what is held."""
    if table.name in _LISTED_IF_THERE:
        return sorted(table.rows, key=lambda row: row.key)
    return table.rows


def _bare_figure(figure: Figure) -> Figure:
    return figure._replace(refs=(), rest=())


def _chart(chart: Chart | None, columns: Sequence[Column]) -> Chart | None:
    """The chart of the columns that are left; where none of its own is, bars of what is."""
    if chart is None:
        return None
    there = tuple(one.key for one in columns)
    drawn = tuple(key for key in chart.columns if key in there)
    return chart._replace(columns=drawn) if drawn else Chart("bars", there)


# --- what is held -----------------------------------------------------------------------------


class _Marked(NamedTuple):
    """A report, and what is held of it.

    Args:
        counts: all that are in print, by the keys of `relating`.
        marks: what is said of those that are held.
        names: of each count that is the same as another, which other.
    """

    counts: Mapping[Key, int]
    marks: Mapping[Key, str]
    names: Mapping[Key, Key]

    def mark(self, key: Key) -> str:
        """What is said of a count; empty where it is shown."""
        return self.marks.get(self.names.get(key, key), "")


def _marks(report: Report, threshold: int, issued: Sequence[Report]) -> _Marked:
    """What is held of a report, after all that was held of those before it."""
    known: dict[str, _Marked] = {}
    for copy in issued:
        known[copy.period] = _marked(copy, copy.made.threshold, known)
    return _marked(report, threshold, known)


def _marked(report: Report, threshold: int, known: Mapping[str, _Marked]) -> _Marked:
    """Args: known: of each period, what was held of the copy of it that was published last."""
    bare = _bare(report)
    counts = dict(counts_of(bare))
    earlier = known.get(report.period)
    changed = _changed(earlier.counts, counts) if earlier else frozenset()
    before = _held_then(counts, earlier, changed) if earlier else {}
    last = known.get(year_of(report.first - timedelta(days=1)))
    before |= _held_beside(bare, counts, last, "this", ("issued", "before")) if last else {}
    after = known.get(year_of(year_bounds(report.period)[1] + timedelta(days=1)))
    before |= _held_beside(bare, counts, after, "before", ("this",)) if after else {}
    one = related(bare, threshold, before)
    marks = {key: UNSAID if key[0] in changed else mark for key, mark in held(one.counts).items()}
    return _Marked(counts, marks, one.names)


def _moved(report: Report, issued: Sequence[Report]) -> frozenset[Place]:
    """The means and longest that are others than in a copy of the same year."""
    now = _spans(report)
    copies = [_spans(copy) for copy in issued if copy.period == report.period]
    return frozenset(at for at, span in now.items() if any(c.get(at) != span for c in copies))


def _spans(report: Report) -> dict[Place, Value]:
    return {
        (table.name, row.key, column.key): figure.value
        for table in report.tables()
        for row, column, figure in table.figures()
        if column.key in _SPANS
    }


def _changed(then: Mapping[Key, int], now: Mapping[Key, int]) -> frozenset[str]:
    """The tables of which a count is another than it was."""
    return frozenset(key[0] for key in then.keys() | now.keys() if then.get(key) != now.get(key))


def _held_then(counts: Mapping[Key, int], then: _Marked, changed: frozenset[str]) -> dict[Key, str]:
    """What was held in the copy before. What was not listed was nothing, and one of the others."""
    found = {}
    gathered = {(key[0], key[2]) for key in then.marks if key[0] in _LISTED_IF_THERE}
    empty = _LISTED_IF_THERE - {key[0] for key in then.counts}  # each is one of the others
    for key in counts:
        unlisted = key not in then.counts and (key[0] in empty or (key[0], *key[2:]) in gathered)
        if mark := then.mark(key) or UNSAID * unlisted:
            found[key] = UNSAID if key[0] in changed else mark
    return found


def _held_beside(
    bare: Report, counts: Mapping[Key, int], then: _Marked, was_in: str, now_in: Collection[str]
) -> dict[Key, str]:
    """What was held in the copy of a year next to this one, where both set them side by side.

    Args:
        bare: the report.
        counts: its own.
        then: the copy of the other year.
        was_in: the column of that copy that both have.
        now_in: the columns of this report in which it is.
    """
    found = {}
    for table in bare.tables():
        for row, column, figure in table.figures():
            if table.name == "years" and column.key in now_in:
                now = places("years", row.key, column.key, figure)
                was = places("years", row.key, was_in, figure)
                for part in now:
                    if mark := then.mark(was[part]):
                        same = counts[now[part]] == then.counts.get(was[part])
                        found[now[part]] = mark if same else UNSAID
    return found


# --- how it reads -----------------------------------------------------------------------------


def _shown(table: Table, marked: _Marked, moved: frozenset[Place]) -> Table:
    rows = [_held_spans(table, _shown_row(table, row, marked), moved) for row in table.rows]
    finding = _finding(table._replace(rows=tuple(rows)))
    if table.name in _LISTED_IF_THERE:
        rows = _gathered(table, rows)
    return table._replace(rows=tuple(rows), finding=finding)


def _finding(table: Table) -> str:
    """The finding where all it rests on is shown; else of one figure that is; else the title."""
    cells = table.cells
    named = _RESTS_ON.get(table.name)
    rests_on = [cells[at] for at in named or cells if at in cells] if named is not None else []
    if rests_on and not any(figure.held for figure in rests_on):
        return table.finding
    for row, column, say in _OF_ONE.get(table.name, ()):
        figure = cells.get((row, column))
        if figure and figure.number is not None:
            return say(figure)
    return table.title


def _shown_row(table: Table, row: Row, marked: _Marked) -> Row:
    """A row, with what is held of it; a difference is held where one of its sides is."""
    cells = {
        column.key: _shown_figure(figure, places(table.name, row.key, column.key, figure), marked)
        for column, figure in zip(table.columns, row.cells, strict=True)
    }
    sides = any(cells[key].held for key in ("before", "this") if key in cells)
    return row._replace(
        cells=tuple(
            _not_shown(cell) if sides and cell.kind in (CHANGE, POINTS) else cell
            for cell in cells.values()
        )
    )


def _held_spans(table: Table, row: Row, moved: frozenset[Place]) -> Row:
    """A row without a mean or a longest that tells how long one thread took.

    Beside a share that is held it does: none is late where the longest is short. So does one that
    is another than it was in a copy before.
    """
    beside = any(figure.kind == SHARE and figure.held for figure in row.cells)
    return row._replace(
        cells=tuple(
            _not_shown(figure)
            if column.key in _SPANS
            and not figure.held
            and (beside or (table.name, row.key, column.key) in moved)
            else figure
            for column, figure in zip(table.columns, row.cells, strict=True)
        )
    )


def _shown_figure(figure: Figure, at: Mapping[str, Key], marked: _Marked) -> Figure:
    """A figure as it is shown, by what is said of the counts that it is made of."""
    said = {part: marked.mark(key) for part, key in at.items()}
    if not any(said.values()):
        return figure
    if figure.kind != SHARE or said["base"]:
        return figure._replace(value=None, base=None, held=_HELD[said.get("base") or said["value"]])
    all_but = said["value"] == MANY and said["rest"] == protecting.FEW
    return figure._replace(value=None, held=ALL_BUT_FEW if all_but else _HELD[said["value"]])


_HELD = {protecting.FEW: FEW, MANY: NOT_SHOWN, UNSAID: NOT_SHOWN}


def _not_shown(figure: Figure) -> Figure:
    return figure._replace(value=None, base=None, held=NOT_SHOWN)


def _gathered(table: Table, rows: Sequence[Row]) -> list[Row]:
    """The rows of which something is shown, and one for each of the others.

    That a row is there tells that something is in it. So those of which nothing is shown are not
    named; and as the row for the others is of all that have no row, what it says is true of each:
    that there are few, where that is said of all that were there, and else that it is not shown.
    A table with no row would tell that there was nothing, and has that one as well. Where all that
    there was is shown, there is none: the sum of what is shown tells it.
    """
    there = [row for row in rows if not all(figure.held for figure in row.cells)]
    others = [row for row in rows if all(figure.held for figure in row.cells)]
    if there and not others:
        return _ordered(there)
    cells = tuple(
        Figure(COUNT, held=FEW if all(row.cells[at].held == FEW for row in others) else NOT_SHOWN)
        for at in range(len(table.columns))
    )
    label = f"Each {'other ' * bool(there)}{table.of.lower()}"
    return [*_ordered(there), Row(OTHERS, label, cells)]


def _ordered(rows: Sequence[Row]) -> list[Row]:
    """By what is shown of them, as their order must not tell of what is not."""
    return sorted(rows, key=lambda row: (-sum_of(row), row.key))
