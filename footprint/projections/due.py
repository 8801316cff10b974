"""What is due on a day: what an IRO should do first.

Nothing escalates by itself (IRO Handbook 2010, chapter 6): the decision is the IRO's, and this
says where there is one to make.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from footprint.domain.policy import Policy
from footprint.domain.reference import number_of, shown
from footprint.domain.thread import Thread, standing
from footprint.projections.resting import only_agreed
from footprint.projections.waiting import clocks, late, waiting_for

REASONS = ("total", "response", "action", "decide", "near", "calendar")
"""Why something is due, the most pressing first."""

_THREAD = (
    "ref", "kind", "service", "team", "themes", "iro", "stage", "status", "due", "by",
    "working_days", "respond_by", "resolve_by", "action_by",
)  # fmt: skip


def read(
    threads: Iterable[Thread], policy: Policy, day: date, *, iro: str | None = None
) -> list[dict[str, Any]]:
    """A record for each thread in which something is due on the day, the most pressing first.

    The last is the calendar itself, where it is running out: after its end no due date is known.

    Args:
        threads: all of them; those that rest on the day may be left out.
        policy: the calendar and the ladders.
        day: the day; what happened after it is left out.
        iro: only the threads that are this IRO's on the day.
    """
    due = []
    for thread in standing(threads, day):
        reasons = _reasons(thread, policy, day)
        if reasons and iro in (None, thread.iro):
            due.append((thread, reasons, _by(thread, reasons[0])))
    due.sort(key=lambda d: (REASONS.index(d[1][0]), d[2] or date.max, number_of(d[0].ref)))
    records = [_record(thread, reasons, by, policy, day) for thread, reasons, by in due]
    return records + _calendar(policy, day)


class Term(NamedTuple):
    """A day by which something is due of a thread, or has been; what it is, as in `REASONS`."""

    ref: str
    what: str
    by: date


def terms(threads: Iterable[Thread], day: date, *, iro: str | None = None) -> list[Term]:
    """Every day that a thread is due by, past or still to come, in order.

    So it has more than `read`: what the service still has time for, too.

    Args:
        threads: all of them; those that rest on the day may be left out.
        day: the day; what happened after it is left out.
        iro: only the threads that are this IRO's on the day.
    """
    found = [
        (by, thread.ref, what)
        for thread in standing(threads, day)
        if iro in (None, thread.iro)
        for what, by in _terms(thread, day).items()
    ]
    found.sort(key=lambda term: (term[0], number_of(term[1]), REASONS.index(term[2])))
    return [Term(shown(ref), what, by) for by, ref, what in found]


def _terms(thread: Thread, day: date) -> dict[str, date]:
    days = clocks(thread)
    if only_agreed(thread) and thread.promised_by:
        days["action"] = thread.promised_by
    since = _by(thread, "decide")
    if since and waiting_for(thread, day) == "iro":
        days["decide"] = since
    return days


def _reasons(thread: Thread, policy: Policy, day: date) -> list[str]:
    """Why the thread is due, the most pressing first; nothing where it can wait."""
    past = late(thread, day)
    found = {
        "total": "total" in past,
        "response": "response" in past,
        "action": "action" in past or _lapsed(thread, day),
        "decide": "response" in past or waiting_for(thread, day) == "iro",
        "near": _is_near(thread, policy, day),
    }
    return [reason for reason in REASONS if found.get(reason)]


def _lapsed(thread: Thread, day: date) -> bool:
    """Whether it was closed on a promise whose day has passed, and nobody said what came of it.

    Agreed is not done: the promise is due again until what changed for the child is recorded.
    """
    by = thread.promised_by
    return by is not None and by < day and only_agreed(thread)


def _is_near(thread: Thread, policy: Policy, day: date) -> bool:
    """Whether less than the time of one more stage is left of the whole."""
    if thread.closed or thread.resolve_by is None or thread.resolve_by < day:
        return False
    stage = policy.ladder(thread.ladder, thread.ladder_version).stage(thread.step.stage)
    left = policy.calendar.between(day, thread.resolve_by)
    return stage is not None and left is not None and left <= stage.days


def _by(thread: Thread, reason: str) -> date | None:
    """The day that the reason is about."""
    if reason == "decide":
        answer = thread.step.answer or (thread.step.answers or (None,))[-1]
        return answer.on if answer else None
    days = {"response": thread.step.respond_by, "action": thread.promised_by}
    return days.get(reason, thread.resolve_by)


def _record(
    thread: Thread, reasons: list[str], by: date | None, policy: Policy, day: date
) -> dict[str, Any]:
    near = reasons[0] == "near"
    days = policy.calendar.between(*((day, by) if near else (by, day)))
    return {
        "ref": shown(thread.ref),
        "kind": "alert" if thread.alert else "challenge",
        "service": thread.service,
        "team": thread.team,
        "themes": list(thread.themes),
        "iro": thread.iro,
        "stage": thread.step.stage,
        "status": "closed" if thread.closed else "open",
        "due": reasons,
        "by": by,
        "working_days": -days if near and days else days,
        "respond_by": thread.step.respond_by,
        "resolve_by": thread.resolve_by,
        "action_by": thread.promised_by,
    }


def _calendar(policy: Policy, day: date) -> list[dict[str, Any]]:
    if not policy.calendar.running_out(day):
        return []
    nothing: dict[str, Any] = dict.fromkeys(_THREAD)
    return [nothing | {"themes": [], "due": ["calendar"], "by": policy.calendar.last}]
