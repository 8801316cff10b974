"""When a thread rests: the day from which nothing of it is open, late or due, on that day or later.

A day's work is with the threads that do not rest. How many these are does not grow with the years,
so whoever asks what is at work reads them alone; what rests is provably no part of the answer.
"""

from __future__ import annotations

from footprint.domain.fold import State
from footprint.domain.thread import TOO_EARLY, Thread, with_days

NEVER = "never"
"""Text that sorts behind every day: the thread is at work, whichever day is asked for."""
_ALWAYS = "0001-01-01"


def rests_from(state: State) -> str:
    """The day as ISO text from which the thread of a folded state rests; `NEVER` if it does not.

    From its latest day on, a thread stands as it does now (`Thread.by`). If it is closed then, no
    clock of it runs; only a promise that it was closed on can become due.
    """
    closings = state["closings"]
    if len(closings) <= len(state["reopenings"]):
        return NEVER
    if closings[-1].basis == "agreed" and only_agreed(with_days(state)):
        return NEVER
    return state["latest"] or _ALWAYS


def only_agreed(thread: Thread) -> bool:
    """Whether it is closed on a promise, and nobody has said yet what came of that."""
    closing = thread.closing
    agreed = closing is not None and closing.basis == "agreed" and thread.promised_by is not None
    return agreed and thread.impact in (None, TOO_EARLY)
