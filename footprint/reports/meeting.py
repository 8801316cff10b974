"""Tables for the three-monthly meeting: what is late, what moved, what is asked of the whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from footprint.domain.policy import Policy
from footprint.domain.reference import shown
from footprint.domain.thread import Thread
from footprint.projections.waiting import late, past, waiting_for
from footprint.reports import measures as m
from footprint.reports.figures import (
    CHANGE,
    COUNT,
    DAY,
    DAYS,
    TEXT,
    Chart,
    Column,
    Figure,
    Row,
    Table,
)
from footprint.reports.measures import Hit
from footprint.reports.raising import THREADS, by_service, by_theme, threads_by
from footprint.reports.sight import Sight
from footprint.reports.tabulating import (
    Counted,
    Group,
    fullest_first,
    grouped,
    heads,
    row,
    rows_there,
)

HIGH = 3
"""From this stage on a thread is with those who answer to the Director, or with the Director."""
SYSTEMIC = 3
"""So many threads with one theme in a quarter ask something of the whole service."""

_LATE = {"response": "no answer", "total": "past its last day", "action": "promise lapsed"}
_WAITING = {"iro": "the IRO", "service": "the service"}

# --- lists of threads ---------------------------------------------------------------------------


def overdue(sight: Sight) -> Table:
    made = [_overdue(thread, sight) for thread in sight.stood if late(thread, sight.last)]
    return Table(
        name="overdue",
        title="Overdue at the end of the period",
        measure="Open threads of which an answer, a promised action or the whole is past its day;"
        " working days over, from the first day that is past.",
        of="Thread",
        columns=(
            Column("service", "Service"),
            Column("stage", "Stage"),
            Column("asked", "Who was asked"),
            Column("late", "What is late"),
            Column("by", "Was due"),
            Column("over", "Working days over"),
        ),
        rows=tuple(sorted(made, key=lambda row: _day_of(row.cells[4]))),
    )


def _overdue(thread: Thread, sight: Sight) -> Row:
    clocks = past(thread, sight.last)
    by = min(clocks.values())
    over = sight.calendar.between(by, sight.last)
    return _listed(
        thread,
        *_where(thread, sight.policy),
        Figure(TEXT, " ".join(clocks), label="; ".join(_LATE[name] for name in clocks)),
        Figure(DAY, by),
        Figure(DAYS, over),
    )


def _day_of(figure: Figure) -> date:
    return figure.value if isinstance(figure.value, date) else date.max


def high(sight: Sight) -> Table:
    found = [t for t in sight.stood if not t.closed and t.step.stage >= HIGH]
    return Table(
        name="high",
        title="Open at stage 3 or above",
        measure="Threads open at the end of the period whose last step was to stage 3 or above.",
        of="Thread",
        columns=(
            Column("service", "Service"),
            Column("stage", "Stage"),
            Column("asked", "Who was asked"),
            Column("since", "Since"),
            Column("waiting", "Waits for"),
        ),
        rows=tuple(_high(thread, sight) for thread in sorted(found, key=_highest_first)),
    )


def _highest_first(thread: Thread) -> tuple[int, date]:
    return -thread.step.stage, thread.step.on or date.max


def _high(thread: Thread, sight: Sight) -> Row:
    waiting = waiting_for(thread, sight.last)
    return _listed(
        thread,
        *_where(thread, sight.policy),
        Figure(DAY, thread.step.on),
        Figure(TEXT, waiting, label=_WAITING[waiting]),
    )


def said(sight: Sight, words: Mapping[str, str] | None) -> Table:
    """What was said to be different for children.

    Args:
        sight: of the period.
        words: how it was said, by stream; None where words were not asked for.
    """
    spoken = [] if words is None else [Column("words", "In words")]
    return Table(
        name="said",
        title="What is different for the children",
        measure="Threads closed in the period, or with an impact of a day in it: the latest impact,"
        " too early to say only where nothing else was said.",
        of="Thread",
        columns=(Column("impact", "Change"), *spoken),
        rows=tuple(_said(thread, sight.policy, words) for thread in with_impact(sight)),
    )


def with_impact(sight: Sight) -> Iterator[Thread]:
    """The threads whose impact belongs to the period."""
    for thread in sight.stood:
        closed = thread.closing is not None and sight.holds(thread.closing.on)
        if thread.impact and (closed or any(sight.holds(mark.on) for mark in thread.impacts)):
            yield thread


def _said(thread: Thread, policy: Policy, words: Mapping[str, str] | None) -> Row:
    code = thread.impact or ""
    spoken = [] if words is None else [Figure(TEXT, words.get(thread.ref))]
    return _listed(thread, Figure(TEXT, code, label=policy.label("impacts", code)), *spoken)


def _where(thread: Thread, policy: Policy) -> tuple[Figure, ...]:
    role = thread.step.role
    return (
        Figure(TEXT, thread.service, label=policy.label("services", thread.service)),
        Figure(COUNT, thread.step.stage),
        Figure(TEXT, role, label=policy.label("roles", role)),
    )


def _listed(thread: Thread, *cells: Figure) -> Row:
    ref = shown(thread.ref)
    return Row(ref, ref, cells)


# --- what moved ---------------------------------------------------------------------------------


def moved(sight: Sight, before: Sight, what: str) -> Table:
    """Where nothing is recorded up to the quarter before, there is no difference from it.

    Args:
        sight: the quarter.
        before: the one before it.
        what: `themes` or `services`.
    """
    group = _GROUPS[what]
    was, now = threads_by(before, group), threads_by(sight, group)
    none = Figure(COUNT, 0)
    pairs = {key: (was.get(key, none), now.get(key, none)) for key in {**was, **now}}
    made = [
        Row(key, sight.policy.label(what, key), (one, other, _change(one, other, before)))
        for key, (one, other) in sorted(pairs.items())
        if one.value != other.value
    ]
    return Table(
        name=f"moved-{what}",
        title=f"{what.capitalize()} that moved since the quarter before",
        measure=f"Threads raised; {what} with as many as in the quarter before are left out.",
        of=what.capitalize()[:-1],
        columns=(
            Column("before", "Quarter before"),
            Column("this", "This quarter"),
            Column("difference", "Difference"),
        ),
        rows=tuple(sorted(made, key=_most_first)),
        chart=Chart("bars", ("this", "before")),
    )


_GROUPS: Mapping[str, Group] = {"themes": by_theme, "services": by_service}


def _change(one: Figure, other: Figure, before: Sight) -> Figure:
    return Figure(CHANGE, (other.number or 0) - (one.number or 0) if before.stood else None)


def _most_first(row: Row) -> float:
    was, now, _ = row.cells
    return -abs((now.number or 0) - (was.number or 0))


# --- of more than one child, and of one IRO -------------------------------------------------------


def systemic(sight: Sight) -> Table:
    columns = (THREADS, Counted("open", "Open at the end", m.still_open))
    found = sorted(grouped(sight, columns, by_theme).items())
    made = [
        _of_many(row(key, sight.policy.label("themes", key), columns, hits), hits["threads"])
        for key, hits in found
        if len(hits.get("threads", ())) >= SYSTEMIC
    ]
    return Table(
        name="systemic",
        title=f"Themes of {SYSTEMIC} or more threads",
        measure=f"Themes of {SYSTEMIC} or more threads raised in the period: what to ask of the"
        " whole, not of one case.",
        of="Theme",
        columns=(
            THREADS.column,
            Column("services", "Services"),
            Column("teams", "Teams"),
            Column("open", "Open at the end"),
        ),
        rows=fullest_first(made, columns, "threads"),
    )


def _of_many(made: Row, hits: list[Hit]) -> Row:
    services = {hit.thread.service for hit in hits}
    teams = {(hit.thread.service, hit.thread.team) for hit in hits if hit.thread.team}
    threads, still_open = made.cells
    return made._replace(
        cells=(threads, Figure(COUNT, len(services)), Figure(COUNT, len(teams)), still_open)
    )


def _waiting(sight: Sight) -> Iterator[Hit]:
    return (hit for hit in m.still_open(sight) if waiting_for(hit.thread, sight.last) == "iro")


_OF_IRO = (
    Counted("threads", "Threads raised", m.raised),
    Counted("alerts", "Alerts raised", m.alerts),
    Counted("open", "Open at the end", m.still_open),
    Counted("waiting", "Waiting for the IRO", _waiting),
)


def per_iro(sight: Sight) -> Table:
    made = rows_there(sight, _OF_IRO, lambda hit: (hit.thread.iro or "-",), _iro)
    return Table(
        name="per-iro",
        title="By IRO: for the IRO manager alone",
        measure="Threads by whose they are at the end of the period.",
        of="IRO",
        columns=heads(_OF_IRO),
        rows=tuple(made),
        notes=("IROs are not compared before those whom they challenge.",),
    )


def _iro(code: str) -> str:
    return "Not said" if code == "-" else code
