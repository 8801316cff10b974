"""The escalations log: one record a thread, from raised to closed and what it changed.

Asked for by the report that this project starts from (Poole 2016-17, section 10): "an escalations
log allows for tracking of issues raised to resolution".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from heapq import merge
from typing import Any

from footprint.domain.calendar import WorkingCalendar
from footprint.domain.reference import number_of, shown
from footprint.domain.thread import Answer, Thread, standing
from footprint.projections.waiting import late, past, waiting_for


def read(
    threads: Iterable[Thread],
    calendar: WorkingCalendar,
    day: date,
    at_rest: Iterable[Thread] = (),
) -> Iterator[dict[str, Any]]:
    """The log on a day: overdue first, the longest before the rest; then open; then closed.

    Threads raised after the day are left out; the others are as they stood at its end.

    Args:
        threads: in any order. All of them are held before the first record is given.
        calendar: counts the working days.
        day: the day.
        at_rest: more threads, which rest on the day, the newest first. They are read one by one as
            their records are taken: where nobody takes them, they are not read.
    """

    def urgency(thread: Thread) -> tuple[Any, ...]:
        return _urgency(thread, day)

    # Sorted before the records are made: often only the first of them are taken.
    first = sorted(standing(threads, day), key=urgency)
    for thread in merge(first, at_rest, key=urgency):
        yield record(thread, calendar, day)


def record(thread: Thread, calendar: WorkingCalendar, day: date) -> dict[str, Any]:
    """A thread that stands so on a day. Fields as `docs/measures.md` defines them."""
    step, alert, closing = thread.step, thread.alert, thread.closing
    answered, last = thread.answered, _last_answer(thread)
    answer = answered[1] if answered else None
    closed_on = closing.on if closing else None
    return {
        "ref": shown(thread.ref),
        "kind": "alert" if alert else "challenge",
        "service": thread.service,
        "team": thread.team,
        "themes": list(thread.themes),
        "iro": thread.iro,
        "ladder": thread.ladder,
        "stage": step.stage,
        "status": "closed" if closing else "open",
        "waiting_for": waiting_for(thread, day),
        "late": late(thread, day),
        "raised_on": thread.on,
        "alerted_on": alert.on if alert else None,
        "respond_by": step.respond_by,
        "resolve_by": thread.resolve_by,
        "responded_on": answer.on if answer else None,
        "response": answer.response if answer else last.response if last else None,
        "closed_on": closed_on,
        "closure": closing.closure if closing else None,
        "basis": closing.basis if closing else None,
        "impact": thread.impact,
        "cafcass": thread.cafcass[-1].code if thread.cafcass else None,
        "filed": bool(thread.filed),
        "escalations": len(thread.escalated),
        "reopened": len(thread.reopenings),
        "working_days_open": calendar.between(thread.on, closed_on if closing else day),
        "days_to_response": calendar.between(answered[0].on, answered[1].on) if answered else None,
        "days_to_resolution": calendar.between(alert.on if alert else thread.on, closed_on)
        if closing and closing.resolved
        else None,
        "recorded_lag_days": thread.lag,
        "source": thread.source,
        "entries": thread.entries,
        "action_by": thread.promised_by,
        "corrected": thread.corrections,
    }


def _last_answer(thread: Thread) -> Answer | None:
    """The answer recorded last to the latest step that has one."""
    for step in reversed(thread.steps):
        if step.answers:
            return step.answers[-1]
    return None


def _urgency(thread: Thread, day: date) -> tuple[Any, ...]:
    """Overdue first, the longest past its day before the others; then open; then closed.

    Of the closed the newest is first: it is the one that is looked for.
    """
    days, number, closed = past(thread, day).values(), number_of(thread.ref), thread.closed
    return (not days, closed, min(days, default=date.max), -number if closed else number)
