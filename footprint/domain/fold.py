"""The fold: what the entries of a thread make of it.

One function a topic, from the state so far and the facts of an entry to the state after it. The
state is a dict that is grown in place; `frozen` makes a `Thread` of it, and `with_days` of one that
was stored. One fold serves a command that decides and a rebuild of every view.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from footprint.domain.corrections import CORRECTED, corrected, corrected_entries
from footprint.domain.entry import Entry, Move
from footprint.domain.ladder import INFORMAL
from footprint.domain.policy import Policy
from footprint.domain.reference import shown
from footprint.domain.stated import Facts, Stated, lag_of
from footprint.domain.thread import Answer, Closing, Mark, Step, Thread, frozen
from footprint.errors import Refused

State = dict[str, Any]
"""A thread as it grows: the fields of `Thread`, with lists for tuples.

Its days are as the facts have them: text, as they are stored, or of entries in memory dates. The
fold compares them and does not look into them.
"""


def fold(entries: Iterable[Entry], policy: Policy) -> Thread | None:
    """The thread that these entries make, in order of version; None if there are none.

    Raises:
        Refused: as `fold_stated`.
    """
    state = folded(entries, policy)
    return frozen(state) if state else None


def folded(entries: Iterable[Entry], policy: Policy) -> State | None:
    """The same as a state, with dates, which `grow` takes further. Raises as `fold_stated`."""
    given = list(entries)
    if not given:
        return None

    def known() -> list[Stated]:
        corrects = any(entry.topic == CORRECTED for entry in given)
        stand = corrected_entries(given) if corrects else given
        return [(e.position, e.topic, facts_of(e, e.recorded_at)) for e in stand]

    return _folded(given[0].stream, known, policy)


def fold_stated(ref: str, entries: Sequence[Stated], policy: Policy) -> State:
    """The state that entries make, given by what they state, as it was corrected.

    Raises:
        Refused: an entry cannot follow those before it, or this version does not know how.
    """
    return _folded(ref, lambda: corrected(entries), policy)


def facts_of(said: Entry | Move, recorded_at: str) -> dict[str, Any]:
    """The facts of an entry, or of one to be, with dates for days."""
    return {
        **vars(said.event),
        "occurred_on": said.occurred_on,
        "source": said.source,
        "recorded_at": recorded_at,
    }


def _folded(ref: str, known: Callable[[], Sequence[Stated]], policy: Policy) -> State:
    topic = ""
    try:
        (_, topic, facts), *later = known()
        state = begin(ref, topic, facts, policy)
        for _, topic, facts in later:
            grow(state, topic, facts, policy)
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise Refused(
            f"An entry of {shown(ref)} ({topic}) cannot follow those before it.",
            "It was made by a newer version, or by something else: footprint verify.",
        ) from error
    return state


def grow(state: State, topic: str, facts: Facts, policy: Policy) -> None:
    """The state after one more entry, which is no correction of those before. In place."""
    _EVOLVE[topic](state, facts, policy)
    on = facts["occurred_on"]
    if on is not None and (state["latest"] is None or on > state["latest"]):
        state["latest"] = on
    state["entries"] += 1


def begin(ref: str, topic: str, facts: Facts, policy: Policy) -> State:
    """The state that the first entry of a thread makes. Raises `KeyError` if it begins none."""
    if topic not in _BEGIN:
        raise KeyError(topic)
    on = facts["occurred_on"]
    state = {
        "ref": ref,
        "service": facts["service"],
        "team": facts.get("team"),
        "themes": facts["themes"],
        "ladder": facts["ladder"],
        "ladder_version": facts["ladder_version"],
        "capacity": facts["capacity"],
        "on": on,
        "latest": on,
        "source": facts["source"],
        "lag": lag_of(facts),
        "resolve_by": facts.get("resolve_by"),
        "iros": [Mark(facts.get("iro"), on)],
        "entries": 1,
        "corrections": 0,
        "escalated": [],
        "closings": [],
        "reopenings": [],
        "cafcass": [],
        "impacts": [],
        "filed": [],
    }
    state["steps"] = [_step(state, facts, policy)]
    return state


def _step(state: State, facts: Facts, policy: Policy) -> Step:
    number = facts["stage"]
    stage = policy.ladder(state["ladder"], state["ladder_version"]).stage(number)
    counts = stage.counts if stage else number > INFORMAL
    answers: Any = []
    return Step(
        number, facts.get("role"), facts["occurred_on"], facts.get("respond_by"), counts, answers
    )


def _sent(state: State, facts: Facts, policy: Policy) -> None:
    state["steps"].append(_step(state, facts, policy))
    state["resolve_by"] = state["resolve_by"] or facts.get("resolve_by")


def _escalated(state: State, facts: Facts, policy: Policy) -> None:
    _sent(state, facts, policy)
    state["escalated"].append(facts["occurred_on"])


def _answered(state: State, facts: Facts, _policy: Policy) -> None:
    """An answer belongs to the latest step that was sent to its stage."""
    number = facts["stage"]
    step = next((step for step in reversed(state["steps"]) if step.stage == number), None)
    if step is None:
        raise KeyError(number)
    step.answers.append(Answer(facts["response"], facts["occurred_on"], facts.get("action_by")))


def _closed(state: State, facts: Facts, _policy: Policy) -> None:
    closing = Closing(facts["closure"], facts.get("basis"), facts["occurred_on"])
    state["closings"].append(closing)


def _corrected(state: State, _facts: Facts, _policy: Policy) -> None:
    state["corrections"] += 1


def _nothing(_state: State, _facts: Facts, _policy: Policy) -> None:
    pass


def _marked(name: str, fact: str) -> Callable[[State, Facts, Policy], None]:
    def mark(state: State, facts: Facts, _policy: Policy) -> None:
        state[name].append(Mark(facts[fact], facts["occurred_on"]))

    return mark


def _dated(name: str) -> Callable[[State, Facts, Policy], None]:
    def note_day(state: State, facts: Facts, _policy: Policy) -> None:
        state[name].append(facts["occurred_on"])

    return note_day


_BEGIN = frozenset({"challenge.raised", "alert.raised"})
_EVOLVE: dict[str, Callable[[State, Facts, Policy], None]] = {
    "thread.alerted": _sent,
    "thread.escalated": _escalated,
    "response.received": _answered,
    "thread.closed": _closed,
    "thread.reopened": _dated("reopenings"),
    "cafcass.recorded": _marked("cafcass", "step"),
    "impact.recorded": _marked("impacts", "impact"),
    "thread.handed-over": _marked("iros", "iro"),
    "thread.filed": _dated("filed"),
    "entry.corrected": _corrected,
    "note.added": _nothing,
    "party.told": _nothing,
    "document.attached": _nothing,
    "redaction.requested": _nothing,
    "entry.redacted": _nothing,
}
