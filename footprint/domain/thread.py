"""A thread of challenge, folded from its entries: from the first question to what it changed.

The fold works on facts by name, as an entry states them: those of an event in memory, or those
just read from a stored state. One fold serves a command that decides and a rebuild of every view.
Facts are passed on as they are; in what is folded from stored states, days are ISO text until
`with_days`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, replace
from datetime import date
from typing import Any, NamedTuple

from footprint.domain.days import from_iso, london_day
from footprint.domain.entry import Entry
from footprint.domain.ladder import INFORMAL
from footprint.domain.policy import Policy
from footprint.domain.reference import shown
from footprint.domain.vocabulary import RESOLVED, SUBSTANTIVE
from footprint.errors import Refused


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


class Closing(NamedTuple):
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

    `on` is the day it was raised; `steps` are in the order sent; `escalated` and `reopenings` are
    days. `source` and `lag` (calendar days from happening to recording, of entries made at the
    time only) are those of the first entry.
    """

    ref: str
    service: str
    team: str | None
    themes: tuple[str, ...]
    iro: str | None
    ladder: str
    ladder_version: int
    capacity: str
    on: date | None
    source: str
    lag: int | None
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
    def promised_by(self) -> date | None:
        """The day that an action is promised for: by the latest answer that promised one."""
        for step in reversed(self.steps):
            for answer in reversed(step.answers):
                if answer.action_by:
                    return answer.action_by
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

    @property
    def openings(self) -> list[tuple[date, int]] | None:
        """When it was opened (+1) and closed (-1), or None where one of the days is not known."""
        moves = [(self.on, 1)]
        moves += [(closing.on, -1) for closing in self.closings]
        moves += [(on, 1) for on in self.reopenings]
        known = [(on, change) for on, change in moves if on is not None]
        return known if len(known) == len(moves) else None

    def open_on(self, day: date) -> bool | None:
        """Whether it was open at the end of a day, or None where that is not known."""
        if self.openings is None:
            return None
        return sum(change for on, change in self.openings if on <= day) > 0

    @property
    def last_day(self) -> date | None:
        """The latest known day on which the thread itself moved: a step, or a reopening."""
        days = [s.on for s in self.steps if s.on] + [d for d in self.reopenings if d]
        return max(days, default=None)


# --- evolve: one function a topic, from (thread, facts, policy) to what it changes ------------

Facts = Mapping[str, Any]
Changes = dict[str, Any]


def _begin(ref: str, facts: Facts, policy: Policy) -> Thread:
    ladder, version = facts["ladder"], facts["ladder_version"]
    thread = object.__new__(Thread)
    # A constructor call of twenty arguments costs as much as the rest of a thread's fold.
    vars(thread).update(
        _UNTOUCHED,
        ref=ref,
        service=facts["service"],
        team=facts.get("team"),
        themes=facts["themes"],
        iro=facts.get("iro"),
        ladder=ladder,
        ladder_version=version,
        capacity=facts["capacity"],
        on=facts["occurred_on"],
        source=facts["source"],
        lag=_lag(facts),
        steps=(_step(ladder, version, facts, policy),),
        resolve_by=facts.get("resolve_by"),
    )
    return thread


_UNTOUCHED = {f.name: f.default for f in fields(Thread) if f.default is not MISSING}


def _lag(facts: Facts) -> int | None:
    on = facts["occurred_on"]
    if facts["source"] != "at-the-time" or on is None:
        return None
    happened = on if isinstance(on, date) else date.fromisoformat(on)
    return max((london_day(facts["recorded_at"]) - happened).days, 0)


def _step(ladder: str, version: int, facts: Facts, policy: Policy) -> Step:
    number = facts["stage"]
    stage = policy.ladder(ladder, version).stage(number)
    counts = stage.counts if stage else number > INFORMAL
    role, respond_by = facts.get("role"), facts.get("respond_by")
    return Step(number, role, facts["occurred_on"], respond_by, counts)


def _sent(thread: Thread, facts: Facts, policy: Policy) -> Changes:
    step = _step(thread.ladder, thread.ladder_version, facts, policy)
    return {
        "steps": (*thread.steps, step),
        "resolve_by": thread.resolve_by or facts.get("resolve_by"),
    }


def _escalated(thread: Thread, facts: Facts, policy: Policy) -> Changes:
    escalated = (*thread.escalated, facts["occurred_on"])
    return _sent(thread, facts, policy) | {"escalated": escalated}


def _answered(thread: Thread, facts: Facts, _policy: Policy) -> Changes:
    """An answer belongs to the latest step that was sent to its stage."""
    steps, number = thread.steps, facts["stage"]
    for at in range(len(steps) - 1, -1, -1):
        step = steps[at]
        if step.stage == number:
            answer = Answer(facts["response"], facts["occurred_on"], facts.get("action_by"))
            answered = Step(*step[:-1], (*step.answers, answer))
            return {"steps": (*steps[:at], answered, *steps[at + 1 :])}
    raise KeyError(number)


def _closed(thread: Thread, facts: Facts, _policy: Policy) -> Changes:
    closing = Closing(facts["closure"], facts.get("basis"), facts["occurred_on"])
    return {"closings": (*thread.closings, closing)}


def _reopened(thread: Thread, facts: Facts, _policy: Policy) -> Changes:
    step, respond_by = thread.step, facts.get("respond_by")
    if respond_by and not step.answer:  # the response clock goes on only where nothing answered it
        step = step._replace(respond_by=respond_by)
    return {
        "reopenings": (*thread.reopenings, facts["occurred_on"]),
        "steps": (*thread.steps[:-1], step),
    }


def _nothing(_thread: Thread, _facts: Facts, _policy: Policy) -> Changes:
    return {}


_BEGIN = frozenset({"challenge.raised", "alert.raised"})
_EVOLVE: dict[str, Callable[[Thread, Facts, Policy], Changes]] = {
    "thread.alerted": _sent,
    "thread.escalated": _escalated,
    "response.received": _answered,
    "thread.closed": _closed,
    "thread.reopened": _reopened,
    "note.added": _nothing,
    "party.told": _nothing,
    "document.attached": _nothing,
    "redaction.requested": _nothing,
    "entry.redacted": _nothing,
    "cafcass.recorded": lambda _thread, facts, _policy: {"cafcass": facts["step"]},
    "impact.recorded": lambda thread, facts, _policy: {
        # Too early to say, said again later, does not undo what was said since.
        "impact": facts["impact"]
        if facts["impact"] != "too-early" or thread.impact is None
        else thread.impact
    },
    "thread.filed": lambda _thread, _facts, _policy: {"filed": True},
    "thread.handed-over": lambda _thread, facts, _policy: {"iro": facts["iro"]},
}


def fold_facts(ref: str, entries: Sequence[tuple[str, Facts]], policy: Policy) -> Thread:
    """The thread that entries make, given by their topics and facts (header facts included).

    Raises:
        Refused: an entry cannot follow those before it, or this version does not know how.
    """
    topic = ""
    try:
        topic, facts = entries[0]
        if topic not in _BEGIN:
            raise KeyError(topic)
        thread = _begin(ref, facts, policy)
        # Nobody else has seen this thread yet: it is grown in place, and never changed after.
        state = vars(thread)
        for topic, facts in entries[1:]:
            state.update(_EVOLVE[topic](thread, facts, policy))
        state["entries"] = len(entries)
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise _contradicted(ref, topic) from error
    return thread


def evolve(thread: Thread | None, entry: Entry, policy: Policy) -> Thread:
    """The thread after one more of its entries. Raises `Refused`, as `fold_facts`."""
    facts = _facts(entry)
    if thread is None:
        return fold_facts(entry.stream, [(entry.topic, facts)], policy)
    try:
        changes = _EVOLVE[entry.topic](thread, facts, policy)
    except LookupError as error:
        raise _contradicted(entry.stream, entry.topic) from error
    return replace(thread, **changes, entries=thread.entries + 1)


def fold(entries: Iterable[Entry], policy: Policy) -> Thread | None:
    """The thread that these entries make, in order of version; None if there are none."""
    given = list(entries)
    if not given:
        return None
    return fold_facts(given[0].stream, [(e.topic, _facts(e)) for e in given], policy)


def _facts(entry: Entry) -> Facts:
    return vars(entry.event) | {
        "occurred_on": entry.occurred_on,
        "source": entry.source,
        "recorded_at": entry.recorded_at,
    }


def _contradicted(ref: str, topic: str) -> Refused:
    return Refused(
        f"An entry of {shown(ref)} ({topic}) cannot follow those before it.",
        "It was made by a newer version, or by something else: footprint verify.",
    )


def with_days(state: Mapping[str, Any]) -> Thread:
    """The thread of a state whose days are ISO text and whose steps are lists."""
    thread = object.__new__(Thread)
    vars(thread).update(
        state,
        themes=tuple(state["themes"]),
        on=from_iso(state["on"]),
        resolve_by=from_iso(state["resolve_by"]),
        steps=tuple(map(_step_with_days, state["steps"])),
        escalated=tuple(map(from_iso, state["escalated"])),
        closings=tuple(Closing(c, basis, from_iso(on)) for c, basis, on in state["closings"]),
        reopenings=tuple(map(from_iso, state["reopenings"])),
    )
    return thread


def _step_with_days(step: list[Any]) -> Step:
    stage, role, on, respond_by, counts, answers = step
    given = tuple(Answer(r, from_iso(on), from_iso(by)) for r, on, by in answers)
    return Step(stage, role, from_iso(on), from_iso(respond_by), counts, given)
