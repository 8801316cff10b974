"""A thread of challenge, folded from its entries: from the first question to what it changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from footprint.domain import events as ev
from footprint.domain.days import london_day
from footprint.domain.entry import Entry
from footprint.domain.ladder import INFORMAL, Ladder
from footprint.domain.policy import Policy
from footprint.domain.reference import shown
from footprint.domain.vocabulary import RESOLVED, SUBSTANTIVE
from footprint.errors import Refused


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back to a step. `on` is None where the day is not known."""

    response: str
    on: date | None
    action_by: date | None

    @property
    def substantive(self) -> bool:
        return self.response in SUBSTANTIVE


@dataclass(frozen=True, kw_only=True)
class Step:
    """The concern put to one stage: sent `on` a day, to be answered by `respond_by`."""

    stage: int
    role: str
    on: date | None
    respond_by: date | None
    counts: bool
    answers: tuple[Answer, ...] = ()

    @property
    def answer(self) -> Answer | None:
        """The first substantive answer, by its day; one of unknown day only if alone."""
        given = [a for a in self.answers if a.substantive]
        return min(given, key=lambda a: a.on or date.max) if given else None


@dataclass(frozen=True, kw_only=True)
class Closing:
    """A close. In force until a reopening follows it."""

    closure: str
    basis: str | None
    on: date | None

    @property
    def resolved(self) -> bool:
        return self.closure in RESOLVED


@dataclass(frozen=True, kw_only=True)
class Thread:
    """The state of one thread, as its entries so far make it.

    `raised` is the first event with the thread's own facts; `steps` are in the order sent;
    `reopenings` are their days; `source` and `lag` (calendar days from happening to recording,
    entries made at the time only) are those of the first entry.
    """

    ref: str
    raised: ev.ChallengeRaised | ev.AlertRaised
    on: date | None
    source: str
    lag: int | None
    iro: str
    steps: tuple[Step, ...]
    resolve_by: date | None
    entries: int = 1
    escalated: tuple[date | None, ...] = ()
    closings: tuple[Closing, ...] = ()
    reopenings: tuple[date | None, ...] = ()
    cafcass: str | None = None
    impact: str | None = None
    filed: bool = False

    @property
    def step(self) -> Step:
        """The current step."""
        return self.steps[-1]

    @property
    def closed(self) -> bool:
        return len(self.closings) > len(self.reopenings)

    @property
    def closing(self) -> Closing | None:
        """The close that is in force, or None while the thread is open."""
        return self.closings[-1] if self.closed else None

    @property
    def alert(self) -> Step | None:
        """The first step that is a formal alert, or None while it is a challenge."""
        return next((s for s in self.steps if s.counts), None)

    @property
    def answer(self) -> Answer | None:
        """The first substantive answer of the whole thread."""
        answered = self.answered_step
        return answered.answer if answered else None

    @property
    def answered_step(self) -> Step | None:
        """The step whose substantive answer came first."""
        given = [(s.answer.on or date.max, s) for s in self.steps if s.answer]
        return min(given, key=lambda pair: pair[0])[1] if given else None

    @property
    def last_day(self) -> date | None:
        """The latest known day on which the thread itself moved: a step, or a reopening."""
        days = [s.on for s in self.steps if s.on] + [d for d in self.reopenings if d]
        return max(days, default=None)


# --- evolve: one function an event, (thread, event, entry, ladder) -> thread ----------------


def _begin(entry: Entry, ladder: Ladder) -> Thread:
    event: Any = entry.event
    return Thread(
        ref=entry.stream,
        raised=event,
        on=entry.occurred_on,
        source=entry.source,
        lag=_lag(entry),
        iro=event.iro,
        steps=(_step(event, entry, ladder),),
        resolve_by=getattr(event, "resolve_by", None),
    )


def _lag(entry: Entry) -> int | None:
    if entry.source != "at-the-time" or entry.occurred_on is None:
        return None
    return max((london_day(entry.recorded_at) - entry.occurred_on).days, 0)


def _step(event: Any, entry: Entry, ladder: Ladder) -> Step:
    stage = ladder.stage(event.stage)
    return Step(
        stage=event.stage,
        role=event.role,
        on=entry.occurred_on,
        respond_by=event.respond_by,
        counts=stage.counts if stage else event.stage > INFORMAL,
    )


def _sent(thread: Thread, event: Any, entry: Entry, ladder: Ladder) -> dict[str, Any]:
    return {
        "steps": (*thread.steps, _step(event, entry, ladder)),
        "resolve_by": thread.resolve_by or event.resolve_by,
    }


def _escalated(thread: Thread, event: Any, entry: Entry, ladder: Ladder) -> dict[str, Any]:
    escalated = (*thread.escalated, entry.occurred_on)
    return _sent(thread, event, entry, ladder) | {"escalated": escalated}


def _answered(
    thread: Thread, event: ev.ResponseReceived, entry: Entry, _ladder: Ladder
) -> dict[str, Any]:
    answer = Answer(response=event.response, on=entry.occurred_on, action_by=event.action_by)
    sent = [i for i, step in enumerate(thread.steps) if step.stage == event.stage]
    if not sent:
        raise _contradicted(entry)
    at = sent[-1]
    step = replace(thread.steps[at], answers=(*thread.steps[at].answers, answer))
    return {"steps": (*thread.steps[:at], step, *thread.steps[at + 1 :])}


def _closed(
    thread: Thread, event: ev.ThreadClosed, entry: Entry, _ladder: Ladder
) -> dict[str, Any]:
    closing = Closing(closure=event.closure, basis=event.basis, on=entry.occurred_on)
    return {"closings": (*thread.closings, closing)}


def _reopened(
    thread: Thread, event: ev.ThreadReopened, entry: Entry, _ladder: Ladder
) -> dict[str, Any]:
    step = replace(thread.step, respond_by=event.respond_by or thread.step.respond_by)
    return {
        "reopenings": (*thread.reopenings, entry.occurred_on),
        "steps": (*thread.steps[:-1], step),
    }


_EVOLVE: dict[type[ev.Event], Callable[[Thread, Any, Entry, Ladder], dict[str, Any]]] = {
    ev.ThreadAlerted: _sent,
    ev.ThreadEscalated: _escalated,
    ev.ResponseReceived: _answered,
    ev.ThreadClosed: _closed,
    ev.ThreadReopened: _reopened,
    **dict.fromkeys(
        (
            ev.NoteAdded,
            ev.PartyTold,
            ev.DocumentAttached,
            ev.RedactionRequested,
            ev.EntryRedacted,
        ),
        lambda _t, _e, _entry, _l: {},
    ),
    ev.CafcassRecorded: lambda _t, e, _entry, _l: {"cafcass": e.step},
    ev.ImpactRecorded: lambda _t, e, _entry, _l: {"impact": e.impact},
    ev.ThreadFiled: lambda _t, _e, _entry, _l: {"filed": True},
    ev.ThreadHandedOver: lambda _t, e, _entry, _l: {"iro": e.iro},
}


def evolve(thread: Thread | None, entry: Entry, policy: Policy) -> Thread:
    """The thread after one more of its entries.

    Raises:
        Refused: the entry cannot follow those before it, or this version does not know how.
    """
    event = entry.event
    if thread is None:
        if not isinstance(event, ev.ChallengeRaised | ev.AlertRaised):
            raise _contradicted(entry)
        return _begin(entry, policy.ladder(event.ladder, event.ladder_version))
    apply = _EVOLVE.get(type(event))
    if apply is None:
        raise _contradicted(entry)
    ladder = policy.ladder(thread.raised.ladder, thread.raised.ladder_version)
    changes = apply(thread, event, entry, ladder)
    return replace(thread, entries=thread.entries + 1, **changes)


def _contradicted(entry: Entry) -> Refused:
    return Refused(
        f"Entry {entry.position} ({entry.topic}) cannot follow the entries of {shown(entry.stream)}"
        " before it.",
        "It was made by a newer version, or by something else: footprint verify.",
    )


def fold(entries: Iterable[Entry], policy: Policy) -> Thread | None:
    """The thread that these entries make, in order of version; None if there are none."""
    thread: Thread | None = None
    for entry in entries:
        thread = evolve(thread, entry, policy)
    return thread
