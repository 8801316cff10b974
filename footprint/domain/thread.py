"""A thread of challenge: from the first question to the difference it made for the child."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import zip_longest
from operator import itemgetter
from typing import Any, NamedTuple

from footprint.domain.days import from_iso
from footprint.domain.record import Record
from footprint.domain.vocabulary import RESOLVED, SUBSTANTIVE

TOO_EARLY = "too-early"
"""The impact that only stands until another one is known."""


class Answer(NamedTuple):
    """What came back to a step. `on` is None where the day is not known."""

    response: str
    on: date | None
    action_by: date | None


def _before(one: Answer, other: Answer) -> bool:
    """Whether one answer came before the other; a day that is not known comes last."""
    return one.on is not None and (other.on is None or one.on < other.on)


class Step(NamedTuple):
    """The concern put to one stage: sent `on` a day, to be answered by `respond_by`."""

    stage: int
    role: str | None
    on: date | None
    respond_by: date | None
    counts: bool
    answers: tuple[Answer, ...] = ()

    @property
    def answer(self) -> Answer | None:
        """The first substantive answer, by its day; one of unknown day only if alone."""
        first = None
        for given in self.answers:
            if given.response in SUBSTANTIVE and (first is None or _before(given, first)):
                first = given
        return first

    @property
    def promised_by(self) -> date | None:
        """The day that an action is promised for: by the latest answer that promised one."""
        for answer in reversed(self.answers):
            if answer.action_by:
                return answer.action_by
        return None


class Closing(NamedTuple):
    """A close. In force until a reopening follows it."""

    closure: str
    basis: str | None
    on: date | None

    @property
    def resolved(self) -> bool:
        return self.closure in RESOLVED


class Mark(NamedTuple):
    """Something that was said of a thread, by its code, and on which day."""

    code: str | None
    on: date | None


class Thread(Record):
    """The state of one thread, as its entries so far make it.

    `on` is the day it was raised, `latest` the latest known day of any of its entries; `iros`,
    `cafcass`, `impacts` and the answers to a step are in the order of their days, whenever they
    were recorded; `steps` and
    the rest are in the order recorded; `escalated`, `reopenings` and `filed` are days. `source` and
    `lag` (calendar days from happening to recording, of entries made at the time only) are those
    of the first entry. `entries` and `corrections` are how many there are.
    """

    ref: str
    service: str
    team: str | None
    themes: tuple[str, ...]
    ladder: str
    ladder_version: int
    capacity: str
    on: date | None
    latest: date | None
    source: str
    lag: int | None
    resolve_by: date | None
    steps: tuple[Step, ...]
    escalated: tuple[date | None, ...]
    closings: tuple[Closing, ...]
    reopenings: tuple[date | None, ...]
    iros: tuple[Mark, ...]
    cafcass: tuple[Mark, ...]
    impacts: tuple[Mark, ...]
    filed: tuple[date | None, ...]
    entries: int
    corrections: int

    # --- how it stands ----------------------------------------------------------------------

    @property
    def step(self) -> Step:
        """The current step."""
        return self.steps[-1]

    @property
    def alert(self) -> Step | None:
        """The first step that is a formal alert, or None while it is a challenge."""
        return next((s for s in self.steps if s.counts), None)

    @property
    def closed(self) -> bool:
        return len(self.closings) > len(self.reopenings)

    @property
    def closing(self) -> Closing | None:
        """The close that is in force, or None while the thread is open."""
        return self.closings[-1] if self.closed else None

    @property
    def iro(self) -> str | None:
        """Whose thread it is: the IRO who raised it, or to whom it was handed over last."""
        return self.iros[-1].code

    @property
    def impact(self) -> str | None:
        """What changed for the child: the latest that was said, too early to say only if alone."""
        said = [mark.code for mark in self.impacts]
        return next(
            (code for code in reversed(said) if code != TOO_EARLY), said[-1] if said else None
        )

    @property
    def promised_by(self) -> date | None:
        """The day that an action is promised for: by the latest step that was promised one."""
        for step in reversed(self.steps):
            if by := step.promised_by:
                return by
        return None

    @property
    def answered(self) -> tuple[Step, Answer] | None:
        """The step whose substantive answer came first, and that answer."""
        first = None
        for step in self.steps:
            answer = step.answer
            if answer and (first is None or _before(answer, first[1])):
                first = step, answer
        return first

    # --- its days ---------------------------------------------------------------------------

    @property
    def openings(self) -> list[tuple[date, int]] | None:
        """When it was opened (+1) and closed (-1), or None where one of the days is not known."""
        closed = [(closing.on, -1) for closing in self.closings]
        reopened = [(on, 1) for on in self.reopenings]
        # By turns, as they were recorded: several may be of one day.
        by_turns = (move for pair in zip_longest(closed, reopened) for move in pair if move)
        moves = [(self.on, 1), *by_turns]
        known = [(on, change) for on, change in moves if on is not None]
        return known if len(known) == len(moves) else None

    def by(self, day: date) -> Thread | None:
        """How it stood at the end of a day, by all that is known now; None if not yet raised.

        What happened on a later day is left out; what happened on a day not known is not.
        """
        if self.latest is None or self.latest <= day:
            return self
        if self.on is not None and self.on > day:
            return None
        alert = self.alert  # it fixed the total clock; a later step of a day not known did not
        steps = tuple(
            step._replace(answers=_until(step.answers, day)) for step in _until(self.steps, day)
        )
        return self.but(
            steps=steps,
            resolve_by=self.resolve_by if alert and _happened_by(alert.on, day) else None,
            escalated=_days_until(self.escalated, day),
            closings=_until(self.closings, day),
            reopenings=_days_until(self.reopenings, day),
            iros=_until(self.iros, day),
            cafcass=_until(self.cafcass, day),
            impacts=_until(self.impacts, day),
            filed=_days_until(self.filed, day),
        )


def _happened_by(on: date | None, day: date) -> bool:
    return on is None or on <= day


def _until(happened: Sequence[Any], day: date) -> tuple[Any, ...]:
    return tuple(one for one in happened if _happened_by(one.on, day))


def _days_until(days: Sequence[date | None], day: date) -> tuple[date | None, ...]:
    return tuple(on for on in days if _happened_by(on, day))


def standing(threads: Iterable[Thread], day: date) -> Iterator[Thread]:
    """The threads that were raised by a day, each as it stood at its end."""
    return (stood for thread in threads if (stood := thread.by(day)))


# --- from a state -----------------------------------------------------------------------------


def frozen(state: Mapping[str, Any]) -> Thread:
    """The thread of a state with dates for days; the state may grow on."""
    thread = object.__new__(Thread)
    # A constructor call of twenty arguments costs as much as the rest of a thread's fold.
    vars(thread).update(
        state,
        themes=tuple(state["themes"]),
        steps=tuple(map(_frozen_step, state["steps"])),
        escalated=tuple(state["escalated"]),
        closings=tuple(state["closings"]),
        reopenings=tuple(state["reopenings"]),
        iros=_in_order(state["iros"]),
        cafcass=_in_order(state["cafcass"]),
        impacts=_in_order(state["impacts"]),
        filed=tuple(state["filed"]),
    )
    return thread


def seen(state: Mapping[str, Any]) -> Thread:
    """The same for who looks at it before the state grows on: nothing is copied if it need not."""
    in_order = len(state["iros"]) < 2 and len(state["cafcass"]) < 2 and len(state["impacts"]) < 2  # noqa: PLR2004
    for step in state["steps"]:
        in_order = in_order and len(step.answers) < 2  # noqa: PLR2004
    if not in_order:
        return frozen(state)
    thread = object.__new__(Thread)
    object.__setattr__(thread, "__dict__", state)
    return thread


def with_days(state: Mapping[str, Any]) -> Thread:
    """The thread of a stored state: its days are ISO text."""
    return frozen(
        {
            **state,
            "on": from_iso(state["on"]),
            "latest": from_iso(state["latest"]),
            "resolve_by": from_iso(state["resolve_by"]),
            "steps": list(map(_step_with_days, state["steps"])),
            "escalated": list(map(from_iso, state["escalated"])),
            "closings": [Closing(c, basis, from_iso(on)) for c, basis, on in state["closings"]],
            "reopenings": list(map(from_iso, state["reopenings"])),
            "iros": _marks(state["iros"]),
            "cafcass": _marks(state["cafcass"]),
            "impacts": _marks(state["impacts"]),
            "filed": list(map(from_iso, state["filed"])),
        }
    )


def _frozen_step(step: Step) -> Step:
    stage, role, on, respond_by, counts, answers = step
    return Step(stage, role, on, respond_by, counts, _in_order(answers))


def _marks(stored: Sequence[Any]) -> list[Mark]:
    return [Mark(code, from_iso(on)) for code, on in stored]


def _step_with_days(step: Sequence[Any]) -> Step:
    stage, role, on, respond_by, counts, answers = step
    given: Any = [Answer(r, from_iso(on), from_iso(by)) for r, on, by in answers]
    return Step(stage, role, from_iso(on), from_iso(respond_by), counts, given)


def _in_order(recorded: Sequence[Any]) -> tuple[Any, ...]:
    """By their days; without one, it stays behind what was recorded before it."""
    if len(recorded) < 2:  # noqa: PLR2004 - as most are, and every thread is read through here
        return tuple(recorded)
    dated, day = [], date.min
    for one in recorded:
        day = one.on or day
        dated.append((day, one))
    return tuple(one for _, one in sorted(dated, key=itemgetter(0)))
