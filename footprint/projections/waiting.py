"""Whose move it is in a thread on a day, and which of its clocks are past."""

from __future__ import annotations

from datetime import date

from footprint.domain.thread import Thread


def waiting_for(thread: Thread, day: date) -> str:
    """Whose move it is: after an answer or a question back the IRO's, unless an action is due.

    What was promised to an earlier step did not do, or there would be no later one: whoever answers
    that leaves the IRO to decide, though the day of the promise is still to come.
    """
    if thread.closed:
        return "none"
    answers, promised_by = thread.step.answers, thread.step.promised_by
    if promised_by is not None and day <= promised_by:
        return "service"
    moved_on = thread.step.answer or (answers and answers[-1].response == "clarification")
    return "iro" if moved_on else "service"


def late(thread: Thread, day: date) -> list[str]:
    """Which clocks are past on the day: of the current step, of the whole case, of a promise."""
    return list(past(thread, day))


def past(thread: Thread, day: date) -> dict[str, date]:
    """The same, and the last day that each had."""
    return {name: by for name, by in clocks(thread).items() if day > by}


def clocks(thread: Thread) -> dict[str, date]:
    """The clocks that run, and the last day that each has."""
    if thread.closed:
        return {}
    days = {
        "response": None if thread.step.answer else thread.step.respond_by,
        "total": thread.resolve_by,
        "action": _awaited(thread),
    }
    return {name: by for name, by in days.items() if by is not None}


def _awaited(thread: Thread) -> date | None:
    """The day of the promised action that may still come, or is late.

    None that had lapsed when the thread was taken higher: that is why it was, and whoever is asked
    now promised nothing.
    """
    by, sent = thread.promised_by, thread.step.on
    if by is None or sent is None or thread.step.promised_by is not None:
        return by
    return None if by < sent else by
