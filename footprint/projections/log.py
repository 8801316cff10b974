"""The escalations log: one record a thread, from raised to closed and what it changed.

Asked for by the report that this project starts from (Poole 2016-17, section 10): "an escalations
log allows for tracking of issues raised to resolution".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from footprint.domain.calendar import WorkingCalendar
from footprint.domain.reference import shown
from footprint.domain.thread import Answer, Thread, standing
from footprint.projections.waiting import late, waiting_for


def read(threads: Iterable[Thread], calendar: WorkingCalendar, day: date) -> list[dict[str, Any]]:
    """The log on a day: what is overdue first, the longest before the rest; then open, closed.

    Threads raised after the day are left out; the others are as they stood at its end.
    """
    records = (record(thread, calendar, day) for thread in standing(threads, day))
    return sorted(records, key=_urgency)


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


_CLOCKS = {"response": "respond_by", "total": "resolve_by", "action": "action_by"}


def _urgency(entry: Mapping[str, Any]) -> tuple[Any, ...]:
    """Overdue first, the longest past its day before the others; then open; then closed."""
    past = min((entry[_CLOCKS[clock]] for clock in entry["late"]), default=date.max)
    number = int(entry["ref"].rpartition("-")[2])
    return (not entry["late"], entry["status"] != "open", past, number)
