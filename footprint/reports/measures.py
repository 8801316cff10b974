"""What is counted: each measure finds its hits in the threads of a sight.

The measures are those of `docs/measures.md`; where a view has one already, it is asked, so that a
report cannot say another number than the view does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

from footprint.domain.calendar import WorkingCalendar
from footprint.domain.ladder import INFORMAL
from footprint.domain.thread import Step, Thread
from footprint.projections import times
from footprint.projections.times import Clock
from footprint.reports.sight import Sight


class Hit(NamedTuple):
    """Something that is counted: in which thread, dated by which day, and what it measures."""

    thread: Thread
    on: date | None
    value: Any = 1
    clock: Clock | None = None


Measure = Callable[[Sight], Iterable[Hit]]


def _in_period(find: Callable[[Thread], Iterable[Hit]]) -> Measure:
    """The measure of what it finds in each thread that stood, and that is in the period."""

    def measure(sight: Sight) -> Iterator[Hit]:
        return (hit for thread in sight.stood for hit in find(thread) if sight.holds(hit.on))

    return measure


# --- threads ----------------------------------------------------------------------------------


def began_informal(thread: Thread) -> bool:
    return thread.steps[0].stage == INFORMAL


def _raised(thread: Thread) -> Iterator[Hit]:
    yield Hit(thread, thread.on)


def _challenges(thread: Thread) -> Iterator[Hit]:
    if began_informal(thread):
        yield Hit(thread, thread.on)


def _direct(thread: Thread) -> Iterator[Hit]:
    if not began_informal(thread):
        yield Hit(thread, thread.on)


def _became(thread: Thread) -> Iterator[Hit]:
    if began_informal(thread) and thread.alert:
        yield Hit(thread, thread.alert.on)


def _alerts(thread: Thread) -> Iterator[Hit]:
    if thread.alert:
        yield Hit(thread, thread.alert.on, value=bool(_known(thread.escalated)))


def _escalations(thread: Thread) -> Iterator[Hit]:
    return (Hit(thread, on) for on in thread.escalated)


def _filed(thread: Thread) -> Iterator[Hit]:
    yield Hit(thread, thread.on, value=bool(thread.filed))


raised = _in_period(_raised)
"""Threads raised, by the day."""
challenges = _in_period(_challenges)
"""Threads begun at stage 0, by the day that they were raised."""
direct = _in_period(_direct)
"""Threads begun as an alert."""
became = _in_period(_became)
"""Threads begun at stage 0 and raised to an alert, by the day of the alert."""
alerts = _in_period(_alerts)
"""Alerts by their day; the value is whether they were escalated."""
escalations = _in_period(_escalations)
"""Steps to a higher stage, by their day."""
filed = _in_period(_filed)
"""Threads raised; the value is whether they were put on the child's record."""


def _known(days: Iterable[date | None]) -> list[date]:
    return [day for day in days if day is not None]


# --- ends -------------------------------------------------------------------------------------


def _closed(thread: Thread) -> Iterator[Hit]:
    if thread.closing:
        yield Hit(thread, thread.closing.on, value=thread.closing)


def _settled(thread: Thread) -> Iterator[Hit]:
    closing = thread.closing
    if closing and (closing.resolved or closing.closure == "unresolved"):
        yield Hit(thread, closing.on, value=closing.resolved and not thread.alert)


def _closures(thread: Thread) -> Iterator[Hit]:
    return (Hit(thread, closing.on) for closing in thread.closings)


def _reopenings(thread: Thread) -> Iterator[Hit]:
    return (Hit(thread, on) for on in thread.reopenings)


def _in_stock(find: Callable[[Thread], Iterable[Hit]]) -> Callable[[Thread], Iterable[Hit]]:
    """The same of threads all of whose openings and closes are of known days."""
    return lambda thread: find(thread) if thread.openings else ()


closed = _in_period(_closed)
"""Closes in force, by their day; the value is the close."""
settled = _in_period(_settled)
"""The same, resolved or unresolved; the value is whether it was resolved and never an alert."""
closures = _in_period(_closures)
"""All closes, also those that a reopening followed."""
stock_raised = _in_period(_in_stock(_raised))
stock_closed = _in_period(_in_stock(_closures))
stock_reopened = _in_period(_in_stock(_reopenings))
"""The moves of a stock."""


def still_open(sight: Sight) -> Iterator[Hit]:
    """Threads open at the end of the last day, those of which a day is not known left out."""
    for thread in sight.stood:
        if not thread.closed and thread.openings:
            yield Hit(thread, None)


# --- clocks -----------------------------------------------------------------------------------


def _clocked(figure: str) -> Measure:
    """What the view of resolution times adds to one of its figures in the period."""
    return lambda sight: (Hit(*found) for found in sight.clocked.get(figure, ()))


due = _clocked("answers")
"""Steps by due date; the value is whether their first substantive answer was on time."""
waits = _clocked("waits")
"""Answered steps by the answer's day; the value is the working days from sending."""
resolved = _clocked("resolved")
"""Resolved threads by closing; the value is their working days, None where not known."""
within = _clocked("within")
"""Alerts with a total clock by the alert; the value is whether resolved within it."""
resolved_again = _clocked("reopened")
"""Of the resolved, those that were ever reopened."""


def late(sight: Sight) -> Iterator[Hit]:
    """Of the steps due, those whose answer came late, or not at all."""
    return (hit for hit in due(sight) if not hit.value)


def unanswered(sight: Sight) -> Iterator[Hit]:
    """Of the steps due, those without a substantive answer."""
    return (hit for hit in due(sight) if hit.clock and not hit.clock.stopped)


def answered_unknown(sight: Sight) -> Iterator[Hit]:
    """Steps by due date that were answered on a day that is not known."""
    for thread in sight.stood:
        for clock in times.clocks(thread):
            unknown = not clock.total and clock.stopped and clock.stopped_on is None
            if unknown and sight.holds(clock.due_on):
                yield Hit(thread, clock.due_on, clock=clock)


def with_iro(sight: Sight) -> Iterator[Hit]:
    """Steps by the day that they ended; the value is how long they waited for the IRO to act."""
    for thread in sight.stood:
        ends = [step.on for step in thread.steps[1:]]
        ends += [thread.closing.on] if thread.closing else []
        for step, end in zip(thread.steps, ends, strict=False):
            waited = _waited(step, end, sight.calendar)
            if waited is not None and sight.holds(end):
                yield Hit(thread, end, waited)


def _waited(step: Step, end: date | None, calendar: WorkingCalendar) -> int | None:
    """Working days from the answer, or from a due date that was missed, to the IRO's next step."""
    answer, by = step.answer, step.respond_by
    if end is None or (answer and answer.on is None):
        return None
    if answer and answer.on and answer.on <= end:
        return calendar.between(answer.on, end)
    return calendar.between(by, end) if by and by < end else None


# --- beside -----------------------------------------------------------------------------------


def impacts(sight: Sight) -> Iterator[Hit]:
    """Threads closed, by closing; the value is the latest impact, as the log has it."""
    return (hit._replace(value=hit.thread.impact) for hit in closed(sight))


def cafcass(sight: Sight) -> Iterator[Hit]:
    """Steps towards Cafcass, once a thread and code; the value is the code."""
    for thread in sight.stood:
        for code in dict.fromkeys(mark.code for mark in thread.cafcass if sight.holds(mark.on)):
            yield Hit(thread, None, code)


def lags(sight: Sight) -> Iterator[Hit]:
    """Entries made at the time, by their day; the value is calendar days to recording."""
    threads = {thread.ref: thread for thread in sight.stood}
    for ref, on, days in sight.lags:
        if sight.holds(on) and ref in threads:
            yield Hit(threads[ref], on, days)
