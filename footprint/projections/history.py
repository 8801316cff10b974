"""The history of one thread: what happened, in order, what was due, and what was put right.

Read from the entries themselves, as far as they are given: a thread's history is never stored.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from footprint.domain.corrections import CORRECTED, corrected_entries
from footprint.domain.entry import Entry
from footprint.domain.events import EntryCorrected, ResponseReceived
from footprint.domain.fold import fold
from footprint.domain.policy import Policy
from footprint.domain.thread import Answer, Thread
from footprint.projections.outcomes import Due, of_promise, of_step

PUTTING_RIGHT = frozenset({CORRECTED, "redaction.requested", "entry.redacted"})
"""What is done to the record, and is no part of the story."""
_STEPS = frozenset({"challenge.raised", "alert.raised", "thread.alerted", "thread.escalated"})


class Happening(NamedTuple):
    """One entry, as it is now known, in its place in the story.

    Args:
        entry: with its facts as they were corrected.
        recorded: as it was recorded.
        since: working days since what happened before it; None where that cannot be said.
        due: what it made due, and what came of that.
        corrections: those of this entry, and those of its corrections, in order.
    """

    entry: Entry
    recorded: Entry
    since: int | None
    due: tuple[Due, ...]
    corrections: tuple[Entry, ...]


def read(entries: Sequence[Entry], policy: Policy, day: date) -> list[Happening]:
    """The history that these entries tell on a day, in the order in which things happened.

    What happened on a day that is not known stays behind what was recorded before it.
    """
    thread = fold(entries, policy)
    if thread is None:
        return []
    known = corrected_entries(entries)
    dues = dict(_dues(known, thread, policy, day))
    corrections = _corrections(entries)
    told: list[Happening] = []
    before: date | None = None
    for index in _in_order(known):
        entry = known[index]
        at, on = entry.position, entry.occurred_on
        since = None if entry.topic in PUTTING_RIGHT else policy.calendar.between(before, on)
        due = tuple(dues.get(at, ()))
        told.append(Happening(entry, entries[index], since, due, corrections.get(at, ())))
        if entry.topic not in PUTTING_RIGHT:
            before = on or before
    return told


def _in_order(known: Sequence[Entry]) -> list[int]:
    """The places of the entries by the day that they happened."""
    days, last = [], date.min
    for entry in known:
        last = entry.occurred_on or last
        days.append(last)
    return sorted(range(len(known)), key=lambda index: days[index])


def _corrections(entries: Sequence[Entry]) -> dict[int, tuple[Entry, ...]]:
    """The corrections of each entry, by its position; one of a correction is of its entry too."""
    of: dict[int, tuple[Entry, ...]] = {}
    in_the_end: dict[int, int] = {}
    for entry in entries:
        if isinstance(entry.event, EntryCorrected):
            corrects = entry.event.corrects
            in_the_end[entry.position] = target = in_the_end.get(corrects, corrects)
            of[target] = (*of.get(target, ()), entry)
    return of


def _dues(
    known: Sequence[Entry], thread: Thread, policy: Policy, day: date
) -> Iterator[tuple[int, list[Due]]]:
    """What each entry made due, by its position."""
    calendar = policy.calendar
    steps = (entry for entry in known if entry.topic in _STEPS)
    for at, entry in enumerate(steps):
        yield entry.position, of_step(at, thread, calendar, day)
    for entry in known:
        if isinstance(entry.event, ResponseReceived):
            answer = _answer_of(entry.event, entry.occurred_on)
            yield entry.position, of_promise(answer, thread, calendar, day)


def _answer_of(event: Any, on: date | None) -> Answer:
    return Answer(event.response, on, event.action_by)
