"""The tables of the reports that say what was raised: where, about what, from which source.

A part of the oracle of the reports (`report_oracle.py`), written from `docs/measures.md`; it
imports nothing of the project.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from statistics import median

from oracle import (
    ONE_DAY,
    Thread,
    day_in_london,
    end_of_quarter,
    quarter_of,
)
from oracle_period import (
    QUARTERS,
    Cells,
    Days,
    Figure,
    Period,
    Table,
    alone,
    begun_informally,
    count,
    days,
    open_at,
    service_of,
    share,
    something,
    table,
    team_of,
    themes_of,
    with_theme,
    year_before,
)

SOURCES = ("at-the-time", "transcribed", "recalled")
PUTTING_RIGHT = ("entry.corrected", "redaction.requested", "entry.redacted")


def raised(period: Period) -> Table:
    of = {
        "threads": period.raised,
        "challenges": period.challenges,
        "direct": [t for t in period.raised if not begun_informally(t)],
        "became": [t for t in period.alerts if begun_informally(t)],
        "alerts": period.alerts,
    }
    return table({row: {"count": count(threads)} for row, threads in of.items()})


def stages(period: Period) -> Table:
    return table(
        {
            str(stage): {
                "reached": count(t for t in period.alerts if t.current.stage >= stage),
                "alerts": count(t for t in period.alerts if t.current.stage == stage),
            }
            for stage in every_stage(period)
        }
    )


def every_stage(period: Period) -> list[int]:
    """The formal ones of any ladder that was adopted."""
    adopted = {(ladder["ladder"], ladder["version"]) for ladder in period.export.ladders}
    return sorted({stage for each in adopted for stage in period.export.stages(*each)} - {0})


def three_counts(period: Period, belongs: Callable[[Thread], bool]) -> Cells:
    """The challenges, alerts and threads of the period among those that belong."""
    return {
        "challenges": count(filter(belongs, period.challenges)),
        "alerts": count(filter(belongs, period.alerts)),
        "threads": count(filter(belongs, period.raised)),
    }


def themes(period: Period) -> Table:
    def cells(theme: str) -> Cells:
        alerts = with_theme(theme, period.alerts)
        return three_counts(period, lambda thread: theme in thread.facts["themes"]) | {
            quarter: count(t for t in alerts if quarter_of(t.alert.on) == quarter)
            for quarter in QUARTERS
        }

    return table({theme: cells(theme) for theme in themes_of(period.threads)}, where=something)


def services(period: Period) -> Table:
    return by(service_of, period)


def teams(period: Period) -> Table:
    return by(team_of, period)


def by(of: Callable[[Thread], str], period: Period) -> Table:
    rows = {of(thread) for thread in period.threads}
    return table(
        {row: three_counts(period, lambda t, row=row: of(t) == row) for row in rows},
        where=something,
    )


def quarters(period: Period) -> Table:
    rows: dict[str, Cells] = {}
    first = period.first
    while first <= period.last:
        last = min(end_of_quarter(first), period.last)
        rows[quarter_of(first)] = of_a_quarter(period, first, last)
        first = end_of_quarter(first) + ONE_DAY
    return table(rows)


def of_a_quarter(period: Period, first: date, last: date) -> Cells:
    """Those of the period that are of one quarter; threads stand as at the period's end."""

    def among(dated: Iterable[tuple[Thread, date | None]]) -> Figure:
        return count(t for t, on in dated if on is not None and first <= on <= last)

    def entries(topic: str) -> list[tuple[Thread, date | None]]:
        return [(t, entry.on) for t in period.threads for entry in t.of(topic)]

    return {
        "challenges": among((t, t.raised_on) for t in period.challenges),
        "alerts": among((t, t.alert.on) for t in period.alerts),
        "threads": among((t, t.raised_on) for t in period.raised),
        "escalations": among(entries("thread.escalated")),
        "closures": among(entries("thread.closed")),
        "open": count(open_at(period.threads, last)),
    }


def filed(period: Period) -> Table:
    return {("filed", "share"): share(period.raised, lambda t: bool(t.of("thread.filed")))}


def sources(period: Period) -> Table:
    rows = {s: three_counts(period, lambda t, s=s: t.first.source == s) for s in SOURCES}
    return table(rows)


def lag(period: Period) -> Table:
    """Calendar days; none where a correction says that it happened after it was recorded."""
    of: Days = [
        (thread.ref, max((day_in_london(entry.recorded_at) - entry.on).days, 0))
        for thread in period.threads
        for entry in thread.entries
        if entry.on in period and entry.source == "at-the-time" and entry.topic not in PUTTING_RIGHT
    ]
    return {("all", "median"): days(median, of), ("all", "longest"): days(max, of)}


def repeats(period: Period) -> Table:
    """Themes that came back: after the year before, or in another quarter."""
    earlier = year_before(period).raised

    def cells(theme: str) -> Cells:
        now = with_theme(theme, period.raised)
        return {
            "before": count(with_theme(theme, earlier)),
            "threads": count(now),
            "quarters": alone(len({quarter_of(t.raised_on) for t in now})),
        }

    return table(
        {theme: cells(theme) for theme in themes_of(period.raised)},
        where=lambda row: row["before"][0] > 0 or row["quarters"][0] > 1,
    )
