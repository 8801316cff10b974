"""The order of things: what a day may not be before.

Order is tested on the day things happened; a day that is not known passes every such test. One
rule serves a move that is asked for and a correction, which may not bring disorder into what
was recorded after it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from operator import itemgetter

from footprint.domain.days import spelt
from footprint.domain.moves.checks import short
from footprint.domain.stated import Facts
from footprint.domain.thread import Thread
from footprint.errors import Refused

Earlier = tuple[date | None, str]
"""A day, and what happened on it."""


def check_order(thread: Thread, topic: str, facts: Facts, on: date | None) -> None:
    """Refuse a step that is not above the last, or a day before what it has to follow.

    Args:
        thread: as it was before.
        topic: of the entry.
        facts: of the entry.
        on: the day it happened.
    """
    if on is not None and thread.on is not None and on < thread.on:
        not_before(on, thread.on, f"{short(thread)} began")
    if topic in _AFTER:
        not_before(on, *_AFTER[topic](thread, facts))


def not_before(on: date | None, earlier: date | None, what: str, flag: str = "--on") -> None:
    """Refuse a day that is before an earlier one, where both are known."""
    if on is not None and earlier is not None and on < earlier:
        raise Refused(
            f"{spelt(on)} is before {what} ({spelt(earlier)}).",
            f"Mend the date given with {flag}.",
        )


def _last(thread: Thread, _facts: Facts) -> Earlier:
    """The latest known day on which the thread itself moved, and how."""
    moves = [(step.on, f"stage {step.stage} was sent") for step in thread.steps]
    moves += [(closing.on, "it was closed") for closing in thread.closings]
    moves += [(on, "it was reopened") for on in thread.reopenings]
    known = [(on, what) for on, what in moves if on]
    return max(reversed(known), key=itemgetter(0), default=(None, ""))


def _escalated(thread: Thread, facts: Facts) -> Earlier:
    if facts["stage"] <= thread.step.stage:
        raise Refused(
            f"Stage {facts['stage']} is not above stage {thread.step.stage}, where the thread"
            " stands.",
            "Steps go up the ladder.",
        )
    return _last(thread, facts)


def _answered(thread: Thread, facts: Facts) -> Earlier:
    stage = facts["stage"]
    sent = [step for step in thread.steps if step.stage == stage]
    if not sent:
        reached = ", ".join(str(step.stage) for step in thread.steps)
        raise Refused(
            f"{short(thread)} was never sent to stage {stage}, so nothing can answer it there.",
            f"Stages reached so far: {reached}.",
        )
    return sent[-1].on, f"stage {stage} was sent"


_AFTER: dict[str, Callable[[Thread, Facts], Earlier]] = {
    "thread.alerted": _last,
    "thread.escalated": _escalated,
    "response.received": _answered,
    "thread.closed": _last,
    "thread.reopened": _last,
}
