"""The escalations log: one row a thread, from raised to closed and what it changed.

Asked for by the report that this project starts from (Poole 2016-17, section 10): "an escalations
log allows for tracking of issues raised to resolution".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from footprint.domain.calendar import WorkingCalendar
from footprint.domain.reference import shown
from footprint.domain.thread import Answer, Thread
from footprint.domain.vocabulary import RESOLVED

_ANSWERED = frozenset({"agreed", "partly", "not-agreed", "not-known", "clarification"})
"""After these the next move is the IRO's; a holding reply leaves it with the service."""


def fold(thread: Thread) -> list[dict[str, Any]]:
    """The one row of a thread."""
    raised, step, alert, closing = thread.raised, thread.step, thread.alert, thread.closing
    answered, last = thread.answered_step, _last_answer(thread)
    answer = answered.answer if answered else None
    return [
        {
            "ref": thread.ref,
            "kind": "alert" if alert else "challenge",
            "service": raised.service,
            "team": raised.team,
            "themes": " ".join(raised.themes),
            "iro": thread.iro,
            "ladder": raised.ladder,
            "stage": step.stage,
            "raised_on": thread.on,
            "alerted_on": alert.on if alert else None,
            "respond_by": step.respond_by,
            "resolve_by": thread.resolve_by,
            "step_answer": _step_answer(thread),
            "action_by": last.action_by if last else None,
            "sent_on": answered.on if answered else None,
            "responded_on": answer.on if answer else None,
            "response": answer.response if answer else last.response if last else None,
            "closed": thread.closed,
            "closed_on": closing.on if closing else None,
            "closure": closing.closure if closing else None,
            "basis": closing.basis if closing else None,
            "impact": thread.impact,
            "cafcass": thread.cafcass,
            "filed": thread.filed,
            "escalations": len(thread.escalated),
            "reopened": len(thread.reopenings),
            "recorded_lag_days": thread.lag,
            "source": thread.source,
            "entries": thread.entries,
        }
    ]


def _last_answer(thread: Thread) -> Answer | None:
    """The answer recorded last to the step that was answered last."""
    answered = [step for step in thread.steps if step.answers]
    return answered[-1].answers[-1] if answered else None


def _step_answer(thread: Thread) -> str | None:
    """How the current step stands: its substantive answer, or else the last reply to it."""
    step = thread.step
    if step.answer:
        return step.answer.response
    return step.answers[-1].response if step.answers else None


# --- read: rows and a day -> records --------------------------------------------------------


def read(
    rows: Iterable[Mapping[str, Any]], calendar: WorkingCalendar, day: date
) -> list[dict[str, Any]]:
    """The log on a day: what is overdue first, then what is open, then the rest by reference."""
    records = [_record(row, calendar, day) for row in rows]
    return sorted(records, key=_urgency)


def _record(row: Mapping[str, Any], calendar: WorkingCalendar, day: date) -> dict[str, Any]:
    closed_on = row["closed_on"]
    end = closed_on if row["closed"] else day
    started = row["alerted_on"] if row["kind"] == "alert" else row["raised_on"]
    return {
        "ref": shown(row["ref"]),
        "kind": row["kind"],
        "service": row["service"],
        "team": row["team"],
        "themes": row["themes"].split(),
        "iro": row["iro"],
        "ladder": row["ladder"],
        "stage": row["stage"],
        "status": "closed" if row["closed"] else "open",
        "waiting_for": _waiting_for(row, day),
        "late": _late(row, day),
        "raised_on": row["raised_on"],
        "alerted_on": row["alerted_on"],
        "respond_by": row["respond_by"],
        "resolve_by": row["resolve_by"],
        "responded_on": row["responded_on"],
        "response": row["response"],
        "closed_on": closed_on,
        "closure": row["closure"],
        "basis": row["basis"],
        "impact": row["impact"],
        "cafcass": row["cafcass"],
        "filed": row["filed"],
        "escalations": row["escalations"],
        "reopened": row["reopened"],
        "working_days_open": calendar.between(row["raised_on"], end),
        "days_to_response": calendar.between(row["sent_on"], row["responded_on"]),
        "days_to_resolution": calendar.between(started, closed_on)
        if row["closure"] in RESOLVED
        else None,
        "recorded_lag_days": row["recorded_lag_days"],
        "source": row["source"],
        "entries": row["entries"],
    }


def _promised(row: Mapping[str, Any], day: date) -> bool:
    """Whether an action is promised for a day that has not passed."""
    return row["action_by"] is not None and day <= row["action_by"]


def _waiting_for(row: Mapping[str, Any], day: date) -> str:
    if row["closed"]:
        return "none"
    return "iro" if row["step_answer"] in _ANSWERED and not _promised(row, day) else "service"


def _late(row: Mapping[str, Any], day: date) -> list[str]:
    """Which clocks are past on the day: of the current step, of the whole case, of a promise."""
    if row["closed"]:
        return []
    clocks = {
        "response": None if row["step_answer"] in _SETTLED else row["respond_by"],
        "total": row["resolve_by"],
        "action": row["action_by"],
    }
    return [name for name, by in clocks.items() if by is not None and day > by]


_SETTLED = _ANSWERED - {"clarification"}


def _urgency(record: Mapping[str, Any]) -> tuple[Any, ...]:
    by = record["respond_by"] if "response" in record["late"] else record["resolve_by"]
    number = int(record["ref"].rpartition("-")[2])
    return (not record["late"], record["status"] != "open", by or date.max, number)
