"""What was due in a thread, and what came of it: answers, promised actions, the whole case."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from footprint.domain.calendar import WorkingCalendar
from footprint.domain.thread import Answer, Thread


class Due(NamedTuple):
    """Something that was due `by` a day, and what came of it.

    Args:
        what: answer, action or total.
        by: the day that it was promised for.
        came: answered, done, resolved, sent-on (to another stage), promised-again, closed, nothing.
        on: when that was; None where nothing came, or where the day is not known.
        over: working days past `by` when it came, or on the day of the reading where nothing did;
            not positive while there is time; None where it cannot be said.
    """

    what: str
    by: date
    came: str
    on: date | None
    over: int | None


Came = tuple[str, date | None]


def of_step(at: int, thread: Thread, calendar: WorkingCalendar, day: date) -> list[Due]:
    """What the step at this place made due: its answer; with the alert, the whole case."""
    step = thread.steps[at]
    due = []
    if step.respond_by:
        due.append(_due("answer", step.respond_by, _answer(at, thread), calendar, day))
    if thread.resolve_by and step is thread.alert:
        due.append(_due("total", thread.resolve_by, _resolution(thread), calendar, day))
    return due


def of_promise(answer: Answer, thread: Thread, calendar: WorkingCalendar, day: date) -> list[Due]:
    """What became of the action that an answer promised."""
    if not answer.action_by:
        return []
    return [_due("action", answer.action_by, _action(answer, thread), calendar, day)]


def _due(what: str, by: date, came: Came, calendar: WorkingCalendar, day: date) -> Due:
    how, on = came
    return Due(what, by, how, on, calendar.between(by, day if how == "nothing" else on))


def _answer(at: int, thread: Thread) -> Came:
    answer = thread.steps[at].answer
    if answer:
        return "answered", answer.on
    if at + 1 < len(thread.steps):
        return "sent-on", thread.steps[at + 1].on
    return _ending(thread)


def _resolution(thread: Thread) -> Came:
    closing = thread.closing
    return ("resolved", closing.on) if closing and closing.resolved else _ending(thread)


def _action(answer: Answer, thread: Thread) -> Came:
    for closing in thread.closings:
        if closing.basis == "done" and _not_before(closing.on, answer.on):
            return "done", closing.on
    for later in _answers(thread):
        if later != answer and later.action_by and _not_before(later.on, answer.on):
            return "promised-again", later.on
    ended = thread.closing
    return _ending(thread) if ended and ended.basis != "agreed" else ("nothing", None)


def _ending(thread: Thread) -> Came:
    return ("closed", thread.closing.on) if thread.closing else ("nothing", None)


def _answers(thread: Thread) -> list[Answer]:
    return [answer for step in thread.steps for answer in step.answers]


def _not_before(on: date | None, earlier: date | None) -> bool:
    return on is None or earlier is None or on >= earlier
