"""Resolution times: how long answers and resolutions took, in working days.

Everything is read off clocks. R, the response clock of a step, runs from its sending to its first
substantive answer. T runs from the alert (or, for a challenge, from raising) to the last close.
Neither ever pauses. The figures are those of `docs/measures.md`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from statistics import mean, median
from typing import Any, NamedTuple

from footprint.domain.calendar import WorkingCalendar
from footprint.domain.ladder import INFORMAL
from footprint.domain.periods import quarter_of, year_of
from footprint.domain.thread import Step, Thread, standing
from footprint.domain.vocabulary import RESOLVED

BY = ("overall", "service", "theme", "stage", "quarter")
_BESIDE = {
    "unresolved": "unresolved",
    "withdrawn": "withdrawn",
    "overtaken": "overtaken",
    "left-care": "left_care",
    "not-known": "outcome_not_known",
}
"""The closures that are no resolution, and the figure that counts each beside."""
_LEFT_EARLY = frozenset({"withdrawn", "overtaken", "left-care"})


class Clock(NamedTuple):
    """A response clock (R), or the clock of a whole thread (T).

    `role` is whose answer a step waits for. `ended_on` is when it ended otherwise: the next was
    sent, or the thread was closed.
    `reopened` tells of a thread that its clock once stopped and resumed.
    """

    total: bool
    kind: str
    stage: int
    started_on: date | None
    due_on: date | None
    stopped: bool
    stopped_on: date | None
    closure: str | None = None
    role: str | None = None
    ended_on: date | None = None
    reopened: bool = False


def clocks(thread: Thread) -> Iterator[Clock]:
    """The clock of a thread, then those of its steps."""
    alert, closing = thread.alert, thread.closing
    closed_on = closing.on if closing else None
    yield Clock(
        total=True,
        kind="alert" if alert else "challenge",
        stage=thread.step.stage,
        started_on=alert.on if alert else thread.on,
        due_on=thread.resolve_by,
        stopped=closing is not None,
        stopped_on=closed_on,
        closure=closing.closure if closing else None,
        reopened=bool(thread.reopenings),
    )
    ends = [*(step.on for step in thread.steps[1:]), closed_on]
    # A close of a known day bounds a step that was left on a day not known.
    yield from (
        _response(step, end or closed_on) for step, end in zip(thread.steps, ends, strict=True)
    )


def _response(step: Step, ended_on: date | None) -> Clock:
    return Clock(
        total=False,
        kind="challenge" if step.stage == INFORMAL else "alert",
        stage=step.stage,
        started_on=step.on,
        due_on=step.respond_by,
        stopped=step.answer is not None,
        stopped_on=step.answer.on if step.answer else None,
        role=step.role,
        ended_on=ended_on,
    )


# --- the figures of a period ----------------------------------------------------------------

Measured = tuple[str, date | None, Any]
"""A figure that a clock adds to, the day that it is dated by, and what it adds."""


def read(
    threads: Iterable[Thread], calendar: WorkingCalendar, first: date | None, last: date
) -> list[dict[str, Any]]:
    """The figures of a period: overall, and by service, theme, stage and quarter.

    A quarter has what is dated in it: a resolution by its closing, a response by its due date,
    an alert within 20 days by the alert.

    Args:
        threads: all of them.
        calendar: what working days are.
        first: the first day of the period; None for all that happened.
        last: its last day (E).
    """
    # How often each value was measured: there are few, however many threads there are.
    tallies = defaultdict[tuple[int, str, str], dict[str, Counter[Any]]](_tally)
    for thread in standing(threads, last):
        for clock, (figure, day, value) in measured(thread, calendar, last):
            if day is not None and (day > last or (first is not None and day < first)):
                continue
            for by, key in _groups(thread, clock, day):
                tallies[by, key, clock.kind][figure][value] += 1
    return [
        {"by": BY[by], "key": key, "kind": kind, **_figures(tally)}
        for (by, key, kind), tally in sorted(tallies.items())
    ]


def _tally() -> dict[str, Counter[Any]]:
    return defaultdict(Counter)


def _groups(thread: Thread, clock: Clock, day: date | None) -> Iterator[tuple[int, str]]:
    yield 0, "all"
    yield 1, thread.service
    yield from ((2, theme) for theme in thread.themes)
    yield 3, str(clock.stage)
    if day is not None:
        yield 4, f"{year_of(day)} {quarter_of(day)}"


def _figures(counted: Mapping[str, Counter[Any]]) -> dict[str, Any]:
    tally = {figure: [*values.elements()] for figure, values in counted.items()}
    spans, within, answers = (tally.get(f, []) for f in ("resolved", "within", "answers"))
    days = [span for span in spans if span is not None]
    return {
        "resolved": len(spans),
        "open": len(tally.get("open", [])),
        "median_working_days": median_of(days),
        "mean_working_days": round(mean(days), 1) if days else None,
        "longest_working_days": max(days, default=None),
        "within_20": sum(within),
        "within_20_base": len(within),
        "response_median_days": median_of(tally.get("waits", [])),
        "responses_due": len(answers),
        "responses_on_time": sum(answers),
        "dates_not_known": len(tally.get("not known", [])) + spans.count(None),
        **{figure: len(tally.get(figure, [])) for figure in ("reopened", *_BESIDE.values())},
    }


def median_of(days: Sequence[int]) -> float | None:
    """The middle value, or the mean of the middle two: whole where it is whole."""
    middle = median(days) if days else None
    return int(middle) if middle is not None and middle == int(middle) else middle


def measured(
    thread: Thread, calendar: WorkingCalendar, last: date
) -> Iterator[tuple[Clock, Measured]]:
    """What each clock of a thread, as it stood on the last day, adds to which figure."""
    for clock in clocks(thread):
        if clock.total and not thread.closed and thread.openings:
            yield clock, ("open", None, 1)
        yield from ((clock, found) for found in _measured(clock, calendar, last))


def _measured(clock: Clock, calendar: WorkingCalendar, last: date) -> Iterator[Measured]:
    """What a clock adds; where it stopped on a day that is not known, it is counted beside."""
    if clock.stopped and clock.stopped_on is None:
        return iter([("not known", clock.started_on or clock.due_on, 1)])
    return _total(clock, calendar, last) if clock.total else _answer(clock, calendar)


def _answer(clock: Clock, calendar: WorkingCalendar) -> Iterator[Measured]:
    """A step: on time or not, and how long its answer took.

    Out: closed or escalated by the due date and unanswered until then.
    """
    due, answered_on, ended_on = clock.due_on, clock.stopped_on, clock.ended_on
    wait = calendar.between(clock.started_on, answered_on)
    if wait is not None:
        yield "waits", answered_on, wait
    unanswered = answered_on is None or (ended_on is not None and answered_on > ended_on)
    if unanswered and due is not None and ended_on is not None and ended_on <= due:
        return
    if due is not None:
        yield "answers", due, answered_on is not None and answered_on <= due


def _total(clock: Clock, calendar: WorkingCalendar, last: date) -> Iterator[Measured]:
    """A thread: how long its resolution took, whether within 20, or how else it was closed."""
    started, due, stopped = clock.started_on, clock.due_on, clock.stopped_on
    over = due is not None and due <= last
    if stopped is None:
        if over:
            yield "within", started, False
    elif clock.closure in RESOLVED:
        yield "resolved", stopped, calendar.between(started, stopped)
        if clock.reopened:
            yield "reopened", stopped, 1
        if due is not None:
            yield "within", started, stopped <= due
    elif clock.closure in _BESIDE:
        yield _BESIDE[clock.closure], stopped, 1
        if over and not _left_out(clock):
            yield "within", started, False


def _left_out(clock: Clock) -> bool:
    """Whether it is neither within 20 nor over: it ended otherwise by then, or nobody knows."""
    if clock.closure == "not-known":
        return True
    ended, due = clock.stopped_on, clock.due_on
    return clock.closure in _LEFT_EARLY and ended is not None and due is not None and ended <= due
