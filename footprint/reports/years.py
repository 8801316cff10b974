"""Year on year: the same figures by the same rules, and beside them as they were issued then."""

from __future__ import annotations

from collections.abc import Sequence

from footprint.domain.days import written
from footprint.domain.periods import year_bounds, year_of
from footprint.reports import measures as m
from footprint.reports.answering import responses
from footprint.reports.ending import closing
from footprint.reports.figures import CHANGE, POINTS, SHARE, Column, Figure, Row, Table
from footprint.reports.sight import Sight
from footprint.reports.tabulating import Counted, share, whole

_SINGLE = (
    Counted("threads", "Threads raised", m.raised),
    Counted("challenges", "Begun as a lower-level challenge", m.challenges),
    Counted("alerts", "Formal alerts raised", m.alerts),
    Counted("escalations", "Escalations", m.escalations),
    Counted("escalated", "Alerts that were escalated", m.alerts, share),
    Counted("informal", "Settled informally", m.settled, share),
)
_OF_TABLES = (
    ("informal_on_time", "Answers to challenges on time", "responses", ("informal", "on_time")),
    ("formal_on_time", "Answers to alerts on time", "responses", ("formal", "on_time")),
    ("median", "Alerts: median working days to resolution", "closing", ("alert", "median")),
    ("within_20", "Alerts resolved within the total time", "closing", ("alert", "within_20")),
)
_OPEN = Counted("open", "Open at the end", m.still_open)


def _figures(sight: Sight) -> list[tuple[str, str, Figure]]:
    """The figures of a year that are set beside those of another."""
    found = [(one.key, one.label, _single(sight, one)) for one in _SINGLE]
    tables = {"responses": responses(sight).cells, "closing": closing(sight).cells}
    found += [(key, label, tables[name][where]) for key, label, name, where in _OF_TABLES]
    return [*found, (_OPEN.key, _OPEN.label, _single(sight, _OPEN))]


def _single(sight: Sight, one: Counted) -> Figure:
    return whole(sight, (one,), one.key, one.label).cells[0]


def years(sight: Sight, before: Sight, issued: Sight | None) -> Table:
    """Args: sight: the year; before: the one before it as now known; issued: as it was issued."""
    seen = ([_figures(issued)] if issued else []) + [_figures(before), _figures(sight)]
    last, this = year_of(before.first), year_of(sight.first)
    columns = (
        *([Column("issued", _as_issued(issued))] if issued else []),
        Column("before", f"{last}, as now known"),
        Column("this", this),
        Column("difference", "Difference"),
    )
    return Table(
        name="years",
        title="Year on year",
        measure="The same rules for both years, by what is known now. The difference of shares is"
        " in percentage points.",
        of="Figure",
        columns=columns,
        rows=tuple(_row(beside, compared=bool(before.stood)) for beside in zip(*seen, strict=True)),
    )


def _as_issued(issued: Sight) -> str:
    """How the figures of then are headed: with the day, where the year was not over."""
    year = year_of(issued.first)
    cut = issued.last < year_bounds(year)[1]
    return f"{year}, as issued" + f", to {written(issued.last)}" * cut


def _row(beside: Sequence[tuple[str, str, Figure]], *, compared: bool) -> Row:
    """Where nothing is recorded of the year before, there is no difference from it."""
    key, label, now = beside[-1]
    cells = tuple(figure for _, _, figure in beside)
    difference = _difference(cells[-2], now)
    return Row(key, label, (*cells, difference if compared else difference._replace(value=None)))


def _difference(before: Figure, now: Figure) -> Figure:
    if now.kind == SHARE:
        return Figure(POINTS, _less(_percentage(now), _percentage(before)))
    return Figure(CHANGE, _less(now.number, before.number))


def _percentage(figure: Figure) -> float | None:
    number = figure.number
    return 100 * number / figure.base if number is not None and figure.base else None


def _less(one: float | None, other: float | None) -> float | None:
    """The difference to a tenth, whole where both are; None where one is not known."""
    if one is None or other is None:
        return None
    return one - other if isinstance(one, int) and isinstance(other, int) else round(one - other, 1)
