"""Per-service counts of challenges and alerts, by April-March year and quarter.

A thread has one service: the one in force at the position that it was folded to. The figures are
those of `docs/measures.md`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from footprint.domain.ladder import INFORMAL
from footprint.domain.periods import quarter_end, quarter_of, year_of
from footprint.domain.thread import Thread, standing

_FIGURE = {
    "raised": "threads_raised",
    "challenge": "challenges_raised",
    "alert": "alerts_raised",
    "escalation": "escalations",
    "closed": "closures",
    "reopened": "reopened",
}
_SOURCE = {"at-the-time": "at_the_time", "transcribed": "transcribed", "recalled": "recalled"}
_FIGURES = (
    "threads_raised", "challenges_raised", "alerts_raised", "alerts_escalated", "escalations",
    "closures", "reopened", "open_at_end", *_SOURCE.values(),
)  # fmt: skip
NOT_KNOWN = "not known"

Who = tuple[str, str]
"""A service, and the ladder of its threads."""
Key = tuple[str, str, str, str]
"""Service, ladder, year and quarter."""


def happened(thread: Thread) -> Iterator[tuple[str, date | None]]:
    """What happened in a thread that is counted, and when; None: on a day that is not known."""
    yield "raised", thread.on
    if thread.steps[0].stage == INFORMAL:
        yield "challenge", thread.on
    if thread.alert:
        yield "alert", thread.alert.on
    yield from (("escalation", on) for on in thread.escalated)
    yield from (("closed", closing.on) for closing in thread.closings)
    yield from (("reopened", on) for on in thread.reopenings)


def read(threads: Iterable[Thread], day: date) -> list[dict[str, Any]]:
    """A record for each service, ladder, year and quarter in which something happened by the day.

    What happened on a day that is not known is counted beside, in a year that says so. The
    source columns are those of the threads raised, by their first entry.
    """
    counted: dict[Key, dict[str, int]] = {}
    opened: dict[Who, Counter[date]] = {}
    ends: dict[Who, dict[date, Key]] = {}
    for thread in standing(threads, day):
        who = thread.service, thread.ladder
        moves = opened.setdefault(who, Counter())
        for when, change in thread.openings or ():
            moves[when] += change
        for what, on in happened(thread):
            key = (*who, *_period(on))
            figures = counted.setdefault(key, dict.fromkeys(_FIGURES, 0))
            for figure in _added(thread, what, on, day):
                figures[figure] += 1
            if on is not None:
                ends.setdefault(who, {})[quarter_end(on)] = key
    for who, quarters in ends.items():
        for key, stock in _stocks(opened[who], quarters):
            counted[key]["open_at_end"] = stock
    return [
        dict(zip(("service", "ladder", "year", "quarter"), key, strict=True)) | figures
        for key, figures in sorted(counted.items(), key=lambda item: item[0])
    ]


def _period(on: date | None) -> tuple[str, str]:
    return (NOT_KNOWN, "") if on is None else (year_of(on), quarter_of(on))


def _added(thread: Thread, what: str, on: date | None, day: date) -> Iterator[str]:
    """The figures that it adds one to, in its quarter, which the day may cut short."""
    yield _FIGURE[what]
    if what == "raised":
        yield _SOURCE[thread.source]
    if what == "alert" and on is not None:
        end = min(quarter_end(on), day)
        if any(escalated is not None and escalated <= end for escalated in thread.escalated):
            yield "alerts_escalated"


def _stocks(opened: Counter[date], quarters: dict[date, Key]) -> Iterator[tuple[Key, int]]:
    """How many are open at the end of each quarter: start + raised + reopened - closed."""
    moves = sorted(opened.items())
    at = stock = 0
    for end in sorted(quarters):
        while at < len(moves) and moves[at][0] <= end:
            stock += moves[at][1]
            at += 1
        yield quarters[end], stock
