"""Resolution times: how long answers and resolutions took, in working days.

One row a clock. R, the response clock of a step, runs from its sending to its first substantive
answer. T runs from the alert (or, for a challenge, from raising) to the last close. Neither ever
pauses. The figures are those of `docs/measures.md`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from statistics import mean, median
from typing import Any

from footprint.domain.calendar import WorkingCalendar
from footprint.domain.ladder import INFORMAL
from footprint.domain.periods import quarter_of, year_of
from footprint.domain.thread import Thread
from footprint.domain.vocabulary import RESOLVED

RESPONSE, RESOLUTION = "response", "resolution"


def fold(thread: Thread) -> list[dict[str, Any]]:
    """The clock of the thread, then those of its steps."""
    return [_resolution(thread), *_responses(thread)]


def _resolution(thread: Thread) -> dict[str, Any]:
    alert, closing = thread.alert, thread.closing
    return _row(thread, 0) | {
        "clock": RESOLUTION,
        "kind": "alert" if alert else "challenge",
        "stage": thread.step.stage,
        "started_on": alert.on if alert else thread.on,
        "due_on": thread.resolve_by,
        "stopped": closing is not None,
        "stopped_on": closing.on if closing else None,
        "outcome": closing.closure if closing else None,
        "ended_on": None,
    }


def _responses(thread: Thread) -> list[dict[str, Any]]:
    """A step ends, answered or not, when the next is sent or the thread is closed."""
    closed_on = thread.closing.on if thread.closing else None
    ends = [step.on for step in thread.steps[1:]] + [closed_on]
    return [
        _row(thread, nth)
        | {
            "clock": RESPONSE,
            "kind": "challenge" if step.stage == INFORMAL else "alert",
            "stage": step.stage,
            "started_on": step.on,
            "due_on": step.respond_by,
            "stopped": step.answer is not None,
            "stopped_on": step.answer.on if step.answer else None,
            "outcome": step.answer.response if step.answer else None,
            "ended_on": end,
        }
        for nth, (step, end) in enumerate(zip(thread.steps, ends, strict=True), 1)
    ]


def _row(thread: Thread, nth: int) -> dict[str, Any]:
    raised = thread.raised
    return {
        "ref": thread.ref,
        "nth": nth,
        "service": raised.service,
        "themes": " ".join(raised.themes),
    }


# --- read: rows and a period -> records -----------------------------------------------------

Row = Mapping[str, Any]
Measured = tuple[str, date | None, Any]
"""A figure that a row adds to, the day that it is dated by, and what it adds."""

_LEFT_EARLY = frozenset({"withdrawn", "overtaken", "left-care"})
BY = ("overall", "service", "theme", "stage", "quarter")


def read(
    rows: Iterable[Row], calendar: WorkingCalendar, first: date | None, last: date
) -> list[dict[str, Any]]:
    """The figures of a period: overall, and by service, theme, stage and quarter.

    A quarter has what is dated in it: a resolution by its closing, a response by its due date,
    an alert within 20 days by the alert.

    Args:
        rows: the view's.
        calendar: what working days are.
        first: the first day of the period; None for all that happened.
        last: its last day (E).
    """
    tallies: dict[tuple[int, str, str], dict[str, list[Any]]] = {}
    for row in rows:
        for figure, day, value in _measured(row, calendar, last):
            if day is not None and (day > last or (first is not None and day < first)):
                continue
            for by, key in _groups(row, day):
                tally = tallies.setdefault((by, key, row["kind"]), {})
                tally.setdefault(figure, []).append(value)
    return [
        {"by": BY[by], "key": key, "kind": kind, **_figures(tally)}
        for (by, key, kind), tally in sorted(tallies.items())
    ]


def _groups(row: Row, day: date | None) -> Iterator[tuple[int, str]]:
    yield 0, "all"
    yield 1, row["service"]
    yield from ((2, theme) for theme in row["themes"].split())
    yield 3, str(row["stage"])
    if day is not None:
        yield 4, f"{year_of(day)} {quarter_of(day)}"


def _figures(tally: Mapping[str, list[Any]]) -> dict[str, Any]:
    spans, within, answers = (tally.get(f, []) for f in ("resolved", "within", "answers"))
    days = [span for span in spans if span is not None]
    waits = [wait for wait in tally.get("waits", []) if wait is not None]
    return {
        "resolved": len(spans),
        "open": len(tally.get("open", [])),
        "median_working_days": _median(days),
        "mean_working_days": round(mean(days), 1) if days else None,
        "longest_working_days": max(days, default=None),
        "within_20": sum(within),
        "within_20_base": len(within),
        "response_median_days": _median(waits),
        "responses_due": len(answers),
        "responses_on_time": sum(answers),
        "dates_not_known": len(tally.get("not known", [])) + spans.count(None),
    }


def _median(days: list[int]) -> float | None:
    """The middle value, or the mean of the middle two: whole where it is whole."""
    middle = median(days) if days else None
    return int(middle) if middle is not None and middle == int(middle) else middle


def _measured(row: Row, calendar: WorkingCalendar, last: date) -> Iterator[Measured]:
    if row["clock"] == RESPONSE:
        return _measured_response(row, calendar)
    return _measured_resolution(row, calendar, last)


def _measured_response(row: Row, calendar: WorkingCalendar) -> Iterator[Measured]:
    """A step: on time or not, and how long its answer took.

    Left out of on time: closed or escalated before the due date and unanswered; answered on a
    day that is not known, which is counted beside.
    """
    due, answered_on, ended_on = row["due_on"], row["stopped_on"], row["ended_on"]
    if row["stopped"] and answered_on is None:
        yield "not known", None, 1
        return
    if row["stopped"]:
        yield "waits", answered_on, calendar.between(row["started_on"], answered_on)
    elif due is not None and ended_on is not None and ended_on <= due:
        return
    if due is not None:
        yield "answers", due, answered_on is not None and answered_on <= due


def _measured_resolution(row: Row, calendar: WorkingCalendar, last: date) -> Iterator[Measured]:
    """A thread: how long its resolution took, whether within 20, whether open at the end."""
    started, due, stopped = row["started_on"], row["due_on"], row["stopped_on"]
    if row["stopped"] and stopped is None:
        yield "not known", None, 1
        return
    ended = stopped is not None and stopped <= last
    resolved = ended and row["outcome"] in RESOLVED
    if resolved:
        yield "resolved", stopped, calendar.between(started, stopped)
    if not ended and (started is None or started <= last):
        yield "open", None, 1
    left_early = ended and row["outcome"] in _LEFT_EARLY and due is not None and stopped <= due
    if due is not None and not left_early and (resolved or due <= last):
        # Decided: resolved by the end of the period, or due by then.
        yield "within", started, resolved and stopped <= due
