"""Tables of what was raised: how much, about what, with whom, how far it went, by what source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from footprint.domain.ladder import INFORMAL
from footprint.domain.periods import QUARTERS, quarter_bounds, quarter_of, year_of
from footprint.domain.policy import Policy
from footprint.domain.thread import Thread
from footprint.domain.vocabulary import SOURCES
from footprint.reports import measures as m
from footprint.reports.figures import COUNT, Chart, Column, Figure, Row, Table
from footprint.reports.measures import Hit, Measure
from footprint.reports.sight import Sight
from footprint.reports.tabulating import (
    Counted,
    Group,
    count,
    fullest_first,
    heads,
    rows,
    rows_there,
    whole,
)

_RAISED = (
    Counted("threads", "Threads raised", m.raised),
    Counted("challenges", "Begun as a lower-level challenge", m.challenges),
    Counted("direct", "Begun as a formal alert", m.direct),
    Counted("became", "Challenges that became an alert", m.became),
    Counted("alerts", "Formal alerts raised", m.alerts),
)
CHALLENGES = Counted("challenges", "Challenges", m.challenges)
ALERTS = Counted("alerts", "Alerts", m.alerts)
THREADS = Counted("threads", "Threads", m.raised, published=False)
_BY = (ALERTS, CHALLENGES, THREADS)
"""Threads stay inside: less challenges, they are those that began as an alert."""


def raised(sight: Sight) -> Table:
    made = tuple(whole(sight, (one._replace(key="count"),), one.key, one.label) for one in _RAISED)
    return Table(
        name="raised",
        title="What was raised",
        measure="A thread is one concern, from its first question on. It counts as raised once, and"
        " as an alert once, by the day of its first formal stage.",
        of="Raised",
        columns=(Column("count", "Number"),),
        rows=made,
    )


# --- how far it went ----------------------------------------------------------------------------


def _reached(sight: Sight) -> Iterator[Hit]:
    for hit in m.alerts(sight):
        for stage in range(1, _highest(hit.thread) + 1):
            yield hit._replace(value=stage)


def _went_no_further(sight: Sight) -> Iterator[Hit]:
    return (hit._replace(value=_highest(hit.thread)) for hit in m.alerts(sight))


def _highest(thread: Thread) -> int:
    return max(step.stage for step in thread.steps)


def stages(sight: Sight) -> Table:
    columns = (
        Counted("reached", "At this stage or above", _reached, published=False),
        Counted("alerts", "Went no further", _went_no_further),
    )
    return Table(
        name="stages",
        title="How far alerts went",
        measure="Alerts raised in the period, by the highest stage that they had reached by its"
        " end; a stage that was passed over counts as reached.",
        of="Stage",
        columns=heads(columns),
        rows=rows(sight, columns, lambda hit: (str(hit.value),), _stage_labels(sight)),
        chart=Chart("stages", ("reached",)),
    )


def _stage_labels(sight: Sight) -> dict[str, str]:
    """Each formal stage of any ladder, and whom it is put to: where alerts came, or on all."""
    every: dict[int, dict[str, None]] = {}
    for _starts, ladder in sight.policy.ladders.values():
        for stage in ladder.stages:
            every.setdefault(stage.stage, {})[stage.label] = None
    reached: dict[int, dict[str, None]] = {}
    for thread, *_ in m.alerts(sight):
        for stage in sight.policy.ladder(thread.ladder, thread.ladder_version).stages:
            if stage.stage <= _highest(thread):
                reached.setdefault(stage.stage, {})[stage.label] = None
    formal = sorted(every.keys() - {INFORMAL})
    return {str(n): f"{n}: {' / '.join(reached.get(n, every[n]))}" for n in formal}


# --- about what, and with whom ------------------------------------------------------------------


def by_theme(hit: Hit) -> Iterable[str]:
    return hit.thread.themes


def by_service(hit: Hit) -> Iterable[str]:
    return (hit.thread.service,)


def threads_by(sight: Sight, group: Group) -> dict[str, Figure]:
    """The threads raised, by the groups that have any."""
    return {row.key: row.cells[0] for row in rows_there(sight, (THREADS,), group, str)}


def by_team(hit: Hit) -> Iterable[str]:
    return (f"{hit.thread.service} {hit.thread.team or '-'}",)


def themes(sight: Sight) -> Table:
    columns = (*_BY, *(_in_quarter(quarter, m.alerts) for quarter in QUARTERS))
    made = rows_there(sight, columns, by_theme, lambda code: sight.policy.label("themes", code))
    return Table(
        name="themes",
        title="Challenges and alerts by theme",
        measure="A thread counts in each of its themes, so the sum of a column may be more than the"
        " threads.",
        of="Theme",
        columns=heads(columns),
        rows=fullest_first(made, columns, "alerts"),
        chart=Chart("panels", QUARTERS),
        notes=("The quarters are of alerts.",),
    )


def _in_quarter(quarter: str, measure: Measure) -> Counted:
    def found(sight: Sight) -> Iterator[Hit]:
        return (hit for hit in measure(sight) if hit.on and quarter_of(hit.on) == quarter)

    return Counted(quarter, quarter, found, published=False)


def services(sight: Sight) -> Table:
    made = rows_there(sight, _BY, by_service, lambda code: sight.policy.label("services", code))
    return Table(
        name="services",
        title="Challenges and alerts by service",
        measure="The service that was challenged, as it is known now.",
        of="Service",
        columns=heads(_BY),
        rows=fullest_first(made, _BY, "threads"),
        chart=Chart("bars", ("alerts", "challenges")),
    )


def teams(sight: Sight) -> Table:
    made = rows_there(sight, _BY, by_team, lambda key: _team_label(sight.policy, key))
    return Table(
        name="teams",
        title="Challenges and alerts by team",
        measure="The team of the service that was challenged, where one was said.",
        of="Team",
        columns=heads(_BY),
        rows=fullest_first(made, _BY, "threads"),
        published=False,
    )


def _team_label(policy: Policy, key: str) -> str:
    service, _, team = key.partition(" ")
    said = "no team said" if team == "-" else policy.label("teams", team)
    return f"{policy.label('services', service)}: {said}"


# --- when ---------------------------------------------------------------------------------------


def quarters(sight: Sight) -> Table:
    columns = (
        *_BY,
        Counted("escalations", "Escalations", m.escalations, published=False),
        Counted("closures", "Closed", m.closures, published=False),
    )
    begun = _begun(sight)
    made = rows(sight, columns, _by_quarter, {quarter: quarter for quarter in begun})
    opened = [_open_at(sight, end) for end in begun.values()]
    return Table(
        name="quarters",
        title="Challenges and alerts by quarter",
        measure="By the day that each was raised; Q4 is January to March.",
        of="Quarter",
        columns=(*heads(columns), Column("open", "Open at end", published=False)),
        rows=tuple(
            Row(one.key, one.label, (*one.cells, figure))
            for one, figure in zip(made, opened, strict=True)
        ),
        chart=Chart("bars", ("alerts", "challenges")),
        notes=("Escalations and closures are steps, by their own day; open is at its end.",),
    )


def _begun(sight: Sight) -> dict[str, date]:
    """The quarters of the period that have begun by its last day, and the end of each."""
    bounds = {quarter: quarter_bounds(year_of(sight.first), quarter) for quarter in QUARTERS}
    return {
        quarter: min(last, sight.last)
        for quarter, (first, last) in bounds.items()
        if first <= sight.last
    }


def _by_quarter(hit: Hit) -> Iterable[str]:
    return (quarter_of(hit.on),) if hit.on else ()


def _open_at(sight: Sight, end: date) -> Figure:
    return count(list(m.still_open(sight.of(sight.first, end))))


def repeats(sight: Sight, before: Sight) -> Table:
    """Themes that came again: also in the year before, or in more than one quarter of this one."""
    was = threads_by(before, by_theme)
    found: dict[str, set[str]] = {}
    for hit in m.raised(sight):
        for theme in hit.thread.themes:
            found.setdefault(theme, set()).update(_by_quarter(hit))
    now = fullest_first(rows_there(sight, (THREADS,), by_theme, str), (THREADS,), "threads")
    none = Figure(COUNT, 0)
    return Table(
        name="repeats",
        title="Themes that came again",
        measure="Themes of threads raised in the year that were also raised in the year before, or"
        " in more than one quarter of this one.",
        of="Theme",
        columns=(
            Column("before", year_of(before.first)),
            Column("threads", year_of(sight.first)),
            Column("quarters", "Quarters with any"),
        ),
        rows=tuple(
            Row(key, sight.policy.label("themes", key), (was.get(key, none), *cells, in_quarters))
            for key, _, cells in now
            if (in_quarters := Figure(COUNT, len(found[key]))).value != 1 or key in was
        ),
        published=False,
    )


# --- from what source ---------------------------------------------------------------------------


def sources(sight: Sight) -> Table:
    return Table(
        name="sources",
        title="What the entries rest on",
        measure="Threads raised in the period, by the source of their first entry: as whoever"
        " recorded it said, never guessed.",
        of="Source",
        columns=heads(_BY),
        rows=rows(sight, _BY, lambda hit: (hit.thread.source,), SOURCES),
        chart=Chart("bars", ("alerts", "challenges")),
    )
