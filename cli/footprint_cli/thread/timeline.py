"""A thread as a picture: where each thing is on an axis of days, and what is said beside it.

Pure: from a history and a day. What is said stands beside what is drawn and not in it, so that it
is as large on a phone as anywhere, and nothing is in its way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from footprint.domain import events as ev
from footprint.domain.calendar import WorkingCalendar
from footprint.domain.policy import Policy
from footprint.domain.thread import Thread
from footprint.projections.history import PUTTING_RIGHT, Happening
from footprint.projections.outcomes import Due
from footprint_cli.screen.text import visible
from footprint_cli.thread.standing import finding
from footprint_cli.thread.story import told
from footprint_cli.thread.telling import days, outcome
from footprint_cli.thread.timescale import Axis, Bar, Tick, place, spell, ticks, waiting

_STEPS = (ev.ChallengeRaised, ev.AlertRaised, ev.ThreadAlerted, ev.ThreadEscalated)
_ENDS = (ev.ThreadClosed, ev.ThreadReopened)


class Mark(NamedTuple):
    """One thing on a day: its kind, which is its shape, and a text within it."""

    kind: str
    at: float
    text: str = ""


class Lane(NamedTuple):
    """A row of the picture: what is said of it, and what is drawn."""

    title: str
    lines: Sequence[str]
    bars: Sequence[Bar]
    marks: Sequence[Mark]


class Timeline(NamedTuple):
    """A thread to be looked at, in texts that are safe to show.

    Args:
        finding: what there is to see, in a sentence.
        first: the first day of the axis; the day of reading where no other is known.
        last: its last day.
        counted: what the working days at the ticks are counted from.
        ticks: in order.
        limit: the last day of the whole case, where it has one.
        today: the day of reading, where the thread was open on it.
        lanes: the whole case, each stage, then what went on beside.
        undated: what happened on days that are not known.
        key: what each kind of bar, mark and line that is there means.
    """

    finding: str
    first: str
    last: str
    counted: str
    ticks: Sequence[Tick]
    limit: Mark | None
    today: Mark | None
    lanes: Sequence[Lane]
    undated: Sequence[str]
    key: Sequence[tuple[str, str]]


class _Seen(NamedTuple):
    """What a picture is drawn from."""

    thread: Thread
    happened: Sequence[Happening]
    policy: Policy
    day: date
    axis: Axis

    @property
    def calendar(self) -> WorkingCalendar:
        return self.policy.calendar

    @property
    def dated(self) -> Callable[[date], str]:
        """How a day is written beside the axis, which has its years at its ends."""
        return _briefer if self.axis.first.year == self.axis.last.year else brief


def timeline(thread: Thread, history: Iterable[Happening], policy: Policy, day: date) -> Timeline:
    """The picture of a thread on a day, which is not before anything that happened in it.

    Args:
        thread: as its entries make it.
        history: what happened; what put it right is not on the axis.
        policy: for its labels, ladders and calendar.
        day: the day of reading.
    """
    happened = [one for one in history if one.entry.topic not in PUTTING_RIGHT]
    seen = _Seen(thread, happened, policy, day, _axis(thread, happened, day))
    lanes, limit = list(_lanes(seen)), _limit(seen)
    today = None if thread.closed else Mark("today", place(seen.axis, day))
    return Timeline(
        finding=visible(finding(thread, policy, day)),
        first=brief(seen.axis.first),
        last=brief(seen.axis.last),
        counted="the alert" if thread.alert else "the challenge",
        ticks=list(ticks(seen.axis, policy.calendar, _began(seen))),
        limit=limit,
        today=today,
        lanes=lanes,
        undated=[_undated(one, policy) for one in happened if one.entry.occurred_on is None],
        key=_key(lanes, filter(None, (limit, today))),
    )


def brief(day: date) -> str:
    """A day in little room: Fri 3 Apr 2026."""
    return f"{day:%a} {day.day} {day:%b %Y}"


def _briefer(day: date) -> str:
    """The same where the year is plain: Fri 3 Apr."""
    return f"{day:%a} {day.day} {day:%b}"


# --- the axis -----------------------------------------------------------------------------------


def _axis(thread: Thread, happened: Sequence[Happening], day: date) -> Axis:
    """From the first to the last day that is known of anything; to the day, if it is open on it."""
    dues = [due for one in happened for due in one.due]
    over = thread.closed and all(due.came != "nothing" for due in dues)
    known = [
        *(one.entry.occurred_on for one in happened),
        *(on for due in dues for on in (due.by, due.on)),
        thread.resolve_by,
        None if over else day,
    ]
    dated = sorted(filter(None, known)) or [day]
    return Axis(dated[0], dated[-1])


def _began(seen: _Seen) -> date | None:
    """The day that working days are counted from: of the alert, or of the challenge."""
    return seen.thread.alert.on if seen.thread.alert else seen.thread.on


def _limit(seen: _Seen) -> Mark | None:
    by = seen.thread.resolve_by
    if by is None:
        return None
    allowed = seen.calendar.between(_began(seen), by)
    text = "its last day" if allowed is None else days(allowed)
    return Mark("limit", place(seen.axis, by), text)


# --- the lanes ----------------------------------------------------------------------------------


def _lanes(seen: _Seen) -> Iterator[Lane]:
    """The whole case, each stage with its answers, and what went on beside."""
    steps = [one for one in seen.happened if isinstance(one.entry.event, _STEPS)]
    answers = [one for one in seen.happened if isinstance(one.entry.event, ev.ResponseReceived)]
    ends = [one for one in seen.happened if isinstance(one.entry.event, _ENDS)]
    yield _whole(seen, steps, ends)
    for step in steps:
        to_it = [one for one in answers if _event(one).stage == _event(step).stage]
        yield _stage(seen, step, to_it)
    for one in answers:
        yield from (_promise(seen, one, due) for due in one.due)
    for one in seen.happened:
        if not isinstance(one.entry.event, (*_STEPS, *_ENDS, ev.ResponseReceived)):
            yield from _beside(seen, one)


def _whole(seen: _Seen, steps: Sequence[Happening], ends: Sequence[Happening]) -> Lane:
    """From the first day to the last close, with what was open and what was past its last day."""
    total = next((due for step in steps for due in step.due if due.what == "total"), None)
    lines = [outcome(total, seen.day, seen.dated)] if total else _no_last_day(seen)
    lines += [f"{_when(seen, one)}: {told(one.entry.event, seen.policy)}" for one in ends]
    limit = seen.thread.resolve_by
    bars = [bar for first, last in _open(seen) for bar in spell(seen.axis, first, last, limit)]
    marks = [
        Mark("closed" if isinstance(one.entry.event, ev.ThreadClosed) else "reopened", at)
        for one, at in _placed(seen, ends)
    ]
    return _lane("The whole case", lines, bars, marks)


def _no_last_day(seen: _Seen) -> list[str]:
    """What is said where the whole case has none: of a challenge, or by a ladder without one."""
    began = seen.thread.on
    return [f"Raised on {seen.dated(began)}; it has no last day."] if began else []


def _open(seen: _Seen) -> Iterator[tuple[date, date]]:
    """The spells for which it was open, where all their days are known."""
    since: date | None = None
    for on, change in sorted(seen.thread.openings or (), key=lambda move: move[0]):
        if change > 0:
            since = on
        elif since is not None:
            yield since, on
            since = None
    if since is not None:
        yield since, max(since, seen.day)


def _stage(seen: _Seen, step: Happening, answers: Sequence[Happening]) -> Lane:
    """A stage: the day that it was asked, the time that it had, and its answers."""
    event = _event(step)
    due = next((one for one in step.due if one.what == "answer"), None)
    label = seen.policy.label("roles", event.role) or "a role that is not known"
    lines = [f"{_when(seen, step)}: {_SENT[type(event)](event, seen.policy)}"]
    lines += [outcome(due, seen.day, seen.dated)] if due else []
    responses = [seen.policy.label("responses", _event(one).response) for one in answers]
    lines += [f"{_when(seen, one)}: {said}" for one, said in zip(answers, responses, strict=True)]
    bars = _bars(seen, step, due) if due else []
    marks = [Mark("sent", at, str(event.stage)) for _, at in _placed(seen, [step])]
    marks += [Mark(_kind(seen, one, due), at) for one, at in _placed(seen, answers)]
    return _lane(f"Stage {event.stage}: {label}", lines, bars, marks)


_SENT: dict[type, Callable[[Any, Policy], str]] = {
    ev.ChallengeRaised: lambda _e, _p: "challenge raised",
    ev.AlertRaised: lambda _e, _p: "formal alert raised",
    ev.ThreadAlerted: lambda _e, _p: "raised to a formal alert",
    ev.ThreadEscalated: lambda e, p: f"escalated ({p.label('reasons', e.reason)})",
}


def _kind(seen: _Seen, answer: Happening, due: Due | None) -> str:
    """Whether an answer is the one that counts, and then whether it came in time."""
    event, on = _event(answer), answer.entry.occurred_on
    counts = next((s.answer for s in seen.thread.steps if s.stage == event.stage), None)
    if counts is None or (counts.response, counts.on) != (event.response, on):
        return "reply"
    return "answer-late" if due and on and on > due.by else "answer"


def _promise(seen: _Seen, answer: Happening, due: Due) -> Lane:
    """What an answer promised to do."""
    done = [due.on] if due.on and due.came == "done" else []
    late = any(on > due.by for on in done)
    marks = [Mark("answer-late" if late else "answer", place(seen.axis, on)) for on in done]
    lines, bars = [outcome(due, seen.day, seen.dated)], _bars(seen, answer, due)
    return _lane(f"Promised at stage {_event(answer).stage}", lines, bars, marks)


def _bars(seen: _Seen, one: Happening, due: Due) -> list[Bar]:
    """How long was waited for what this made due."""
    return list(waiting(seen.axis, one.entry.occurred_on, due, seen.day))


def _beside(seen: _Seen, one: Happening) -> Iterator[Lane]:
    """Something that changes nothing about what is due."""
    for _, at in _placed(seen, [one]):
        said = told(one.entry.event, seen.policy)
        yield _lane(said[:1].upper() + said[1:], [_when(seen, one)], [], [Mark("beside", at)])


# --- what they share ----------------------------------------------------------------------------


def _event(one: Happening) -> Any:
    return one.entry.event


def _lane(title: str, lines: Sequence[str], bars: Sequence[Bar], marks: Sequence[Mark]) -> Lane:
    return Lane(visible(title), list(map(visible, lines)), bars, marks)


_KEY = {
    "sent": "asked, at the stage of this number",
    "allowed": "time that was allowed",
    "waited": "waited, or open, within its time",
    "late": "past its day",
    "answer": "answered, or done, in time",
    "answer-late": "answered, or done, late",
    "reply": "another reply",
    "closed": "closed",
    "reopened": "reopened",
    "beside": "went on beside",
    "limit": "last day of the whole case",
    "today": "the day it is told on",
}


def _key(lanes: Sequence[Lane], lines: Iterable[Mark]) -> list[tuple[str, str]]:
    drawn = [one.kind for lane in lanes for one in (*lane.marks, *lines)]
    drawn += [one.kind for lane in lanes for one in lane.bars]
    return [(kind, said) for kind, said in _KEY.items() if kind in drawn]


def _placed(seen: _Seen, happened: Iterable[Happening]) -> Iterator[tuple[Happening, float]]:
    """Those whose day is known, and where it is."""
    for one in happened:
        if one.entry.occurred_on is not None:
            yield one, place(seen.axis, one.entry.occurred_on)


def _when(seen: _Seen, one: Happening) -> str:
    """A day, and which working day it is."""
    on = one.entry.occurred_on
    if on is None:
        return "Day not known"
    number = seen.calendar.between(_began(seen), on)
    if number is None:
        return seen.dated(on)
    counted = f"working day {number}" if number >= 0 else f"{days(-number)} before the alert"
    return f"{seen.dated(on)}, {counted}"


def _undated(one: Happening, policy: Policy) -> str:
    return visible(f"{told(one.entry.event, policy)} (entry {one.entry.position})")
