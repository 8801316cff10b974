"""Every figure of the two reports, worked out again from exported entries, the plain way.

An oracle for tests, beside that of the views (`oracle.py`) and in its spirit: it is written from
`docs/measures.md` ("`report`: the figures of a period") and imports nothing of the project. Where
it and a report differ, one of them is wrong.

A report is here what it says and no more: {table: {(row, column): figure}}.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

import oracle_clocks as clocks
import oracle_raised as raising
from oracle import Export, Thread, day_in_london, day_of, known, year_of
from oracle_period import (
    Cells,
    Period,
    Table,
    alone,
    count,
    difference,
    open_at,
    quarter_before,
    quarter_from,
    service_of,
    share,
    something,
    table,
    team_of,
    themes_of,
    with_theme,
    year_before,
    year_from,
)

HIGH, SYSTEMIC = 3, 3

Report = dict[str, Table]


def annual(export: Export, year: str, day: date) -> Report:
    """The report of a year, as things stood at its end, or on the day where that is earlier."""
    return _of(ANNUAL, Period(export, *year_from(year, day)))


def quarter(export: Export, year: str, quarter: str, day: date, *, per_iro: bool = False) -> Report:
    """The report of a quarter, in the same way; by IRO only where it is asked for."""
    period = Period(export, *quarter_from(year, quarter, day))
    return _of(QUARTER | ({"per-iro": by_iro} if per_iro else {}), period)


def _of(measures: dict[str, Callable[[Period], Table]], period: Period) -> Report:
    return {name: measure(period) for name, measure in measures.items()}


# --- year on year ---------------------------------------------------------------------------

SHARES = ("escalated", "informal", "informal_on_time", "formal_on_time", "within_20")


def years(period: Period) -> Table:
    """This year and the one before; as issued only where it was."""
    this, before = of_a_year(period), of_a_year(year_before(period))
    issued = as_issued(period)
    anything = year_before(period).threads
    return table(
        {
            row: {
                **({"issued": issued[row]} if issued else {}),
                "before": before[row],
                "this": this[row],
                "difference": difference(this[row], before[row], points=row in SHARES)
                if anything
                else alone(None),
            }
            for row in this
        }
    )


def as_issued(period: Period) -> Cells | None:
    """The figures of the year before as its report, of either kind, was issued last.

    By what was known at the entry that it was made from, and up to the day on which it was issued
    where the year was not over.
    """
    before = year_before(period)
    issued = period.export.issued(("annual", "annual-full"), year_of(before.first))
    if issued is None:
        return None
    known_then = Export(period.export.rows, issued["position"])
    issued_on = day_of(issued["occurred_on"]) or day_in_london(issued["recorded_at"])
    return of_a_year(Period(known_then, before.first, min(before.last, issued_on)))


def of_a_year(period: Period) -> Cells:
    made, answered = clocks.closing(period), clocks.responses(period)
    return {
        "threads": count(period.raised),
        "challenges": count(period.challenges),
        "alerts": count(period.alerts),
        "escalations": count(period.moves("thread.escalated")),
        "escalated": share(period.alerts, lambda t: escalated_by(t, period.last)),
        "informal": clocks.informal(period)["settled", "share"],
        "informal_on_time": answered["informal", "on_time"],
        "formal_on_time": answered["formal", "on_time"],
        "median": made["alert", "median"],
        "within_20": made["alert", "within_20"],
        "open": count(open_at(period.threads, period.last)),
    }


def escalated_by(thread: Thread, day: date) -> bool:
    return any(on <= day for on in known(entry.on for entry in thread.of("thread.escalated")))


# --- lists of threads -----------------------------------------------------------------------


def still_open(period: Period) -> list[Thread]:
    """Also those that began on a day not known: what has to be done, has to be done."""
    return [thread for thread in period.threads if thread.closing is None]


def overdue(period: Period) -> Table:
    def cells(thread: Thread) -> Cells:
        dates = {
            "response": thread.current.respond_by,
            "total": thread.resolve_by,
            "action": thread.action_by,
        }
        by = min(known(dates[clock] for clock in thread.late))
        return {
            **where(thread),
            "late": alone(" ".join(thread.late)),
            "by": alone(by),
            "over": alone(period.export.working_days(by, period.last)),
        }

    return table({thread.ref: cells(thread) for thread in still_open(period) if thread.late})


def where(thread: Thread) -> Cells:
    return {
        "service": alone(service_of(thread)),
        "stage": alone(thread.current.stage),
        "asked": alone(thread.current.entry.facts.get("role")),
    }


def high(period: Period) -> Table:
    def cells(thread: Thread) -> Cells:
        since, waiting = alone(thread.current.entry.on), alone(thread.waiting_for)
        return {**where(thread), "since": since, "waiting": waiting}

    found = [thread for thread in still_open(period) if thread.current.stage >= HIGH]
    return table({thread.ref: cells(thread) for thread in found})


def said(period: Period) -> Table:
    """Those that have an impact by then, and in the period the impact or their end."""
    found = [
        thread
        for thread in period.threads
        if thread.impact
        and (
            thread.closed_on in period
            or any(entry.on in period for entry in thread.of("impact.recorded"))
        )
    ]
    return table({thread.ref: {"impact": alone(thread.impact)} for thread in found})


# --- the quarter ----------------------------------------------------------------------------


def moved(of: Callable[[Thread], Iterable[str]]) -> Callable[[Period], Table]:
    """Of what more threads, or fewer, were raised than in the whole of the quarter before."""

    def measure(period: Period) -> Table:
        raised = period.raised, quarter_before(period).raised
        rows: dict[str, Cells] = {}
        for key in sorted({key for threads in raised for thread in threads for key in of(thread)}):
            this, before = (count(t for t in threads if key in of(t)) for threads in raised)
            moved_by = difference(this, before)
            if moved_by[0] != 0:
                beside = moved_by if quarter_before(period).threads else alone(None)
                rows[key] = {"before": before, "this": this, "difference": beside}
        return table(rows)

    return measure


def systemic(period: Period) -> Table:
    """Open are all threads with the theme, whenever they were raised."""

    def cells(theme: str) -> Cells:
        threads = with_theme(theme, period.raised)
        return {
            "threads": count(threads),
            "services": alone(len({service_of(thread) for thread in threads})),
            "teams": alone(len({team_of(t) for t in threads if t.facts.get("team")})),
            "open": count(open_at(with_theme(theme, period.threads), period.last)),
        }

    return table(
        {theme: cells(theme) for theme in themes_of(period.raised)},
        where=lambda row: row["threads"][0] >= SYSTEMIC,
    )


def by_iro(period: Period) -> Table:
    """The threads of each IRO, whose they are on the day."""

    def cells(iro: str) -> Cells:
        def theirs(threads: Iterable[Thread]) -> list[Thread]:
            return [thread for thread in threads if (thread.iro or "-") == iro]

        return {
            "threads": count(theirs(period.raised)),
            "alerts": count(theirs(period.alerts)),
            "open": count(open_at(theirs(period.threads), period.last)),
            "waiting": count(
                thread
                for thread in open_at(theirs(period.threads), period.last)
                if thread.waiting_for == "iro"
            ),
        }

    rows = {thread.iro or "-" for thread in period.threads}
    return table({iro: cells(iro) for iro in rows}, where=something)


# --- the reports ----------------------------------------------------------------------------

ANNUAL: dict[str, Callable[[Period], Table]] = {
    "raised": raising.raised,
    "stages": raising.stages,
    "themes": raising.themes,
    "services": raising.services,
    "teams": raising.teams,
    "quarters": raising.quarters,
    "informal": clocks.informal,
    "responses": clocks.responses,
    "addressees": clocks.addressees,
    "closing": clocks.closing,
    "days": clocks.days_to_close,
    "outcomes": clocks.outcomes,
    "impact": clocks.impact,
    "filed": raising.filed,
    "cafcass": clocks.cafcass,
    "repeats": raising.repeats,
    "with-iro": clocks.with_iro,
    "lag": raising.lag,
    "sources": raising.sources,
    "stock": clocks.stock,
    "years": years,
}
QUARTER: dict[str, Callable[[Period], Table]] = {
    "overdue": overdue,
    "high": high,
    "raised": raising.raised,
    "moved-themes": moved(lambda thread: thread.facts["themes"]),
    "moved-services": moved(lambda thread: [service_of(thread)]),
    "addressees": clocks.addressees,
    "closing": clocks.closing,
    "impact": clocks.impact,
    "said": said,
    "systemic": systemic,
    "cafcass": clocks.cafcass,
    "lag": raising.lag,
    "sources": raising.sources,
    "stock": clocks.stock,
}
