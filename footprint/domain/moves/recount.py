"""Due dates, when what they were counted from is corrected.

A due date was promised when it was set. It moves only where the day, the stage, the ladder or the
capacity that it was counted from is corrected; never because a calendar was adopted since, and
not where it was a date of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from footprint.domain.days import spelt
from footprint.domain.entry import Entry
from footprint.domain.ladder import Ladder
from footprint.domain.moves.checks import resolve_by, stage_of
from footprint.domain.policy import Policy
from footprint.domain.stated import Facts, as_stored
from footprint.errors import Refused

_COUNTED_FROM = ("stage", "ladder", "ladder_version", "capacity")


def recounted(
    old: Entry, new: Entry, ladder: Ladder, policy: Policy, *, given: bool, keep: bool
) -> Entry:
    """The new entry with the due dates that it should have.

    Args:
        old: the entry as it stood.
        new: the entry decided again, its due dates freshly counted.
        ladder: the ladder of the thread as it stood.
        policy: the policy in force.
        given: whether the correction gives a date to answer by.
        keep: whether due dates are to stay as they were promised.

    Raises:
        Refused: a date to answer by would be before the day it was sent.
    """
    was, now = vars(old.event), vars(new.event)
    if "respond_by" not in now:
        return new
    moved = not keep and (
        old.occurred_on != new.occurred_on
        or any(was.get(name) != now.get(name) for name in _COUNTED_FROM)
    )
    due: dict[str, Any] = {}
    if not given and not (moved and _was_counted(old, ladder, policy)):
        due["respond_by"] = was["respond_by"]
    if "resolve_by" in now and not moved:
        due["resolve_by"] = was["resolve_by"]
    return new.but(event=new.event.but(**due), occurred_on=_sent_by(new, due))


def _sent_by(new: Entry, due: Mapping[str, date | None]) -> date | None:
    """The day it was sent, if that is not behind the day to answer by."""
    sent, by = new.occurred_on, due.get("respond_by")
    if sent is not None and by is not None and by < sent:
        raise Refused(
            f"It was to be answered by {spelt(by)}, which is before {spelt(sent)}.",
            "Give the day to answer by as well: --set respond-by=DATE.",
        )
    return sent


def _was_counted(old: Entry, ladder: Ladder, policy: Policy) -> bool:
    """Whether a date to answer by was counted from the day, by some calendar that was adopted."""
    stage, stored = ladder.stage(vars(old.event)["stage"]), vars(old.event)["respond_by"]
    days = stage.days if stage else 0
    return any(c.due(old.occurred_on, days) == stored for c in policy.calendars)


def moved_with_the_ladder(
    old: Entry, new: Entry, later: Sequence[Entry], policy: Policy
) -> dict[int, Facts]:
    """The due dates of later steps that follow, by position, where a thread changes its ladder.

    So it does when the service that it was begun with is corrected; and with the capacity, the
    clock of the whole case comes or goes.
    """
    was, now = vars(old.event), vars(new.event)
    if all(was.get(name) == now.get(name) for name in _COUNTED_FROM if name != "stage"):
        return {}
    ladder = policy.ladder(now["ladder"], now["ladder_version"])
    before = policy.ladder(was["ladder"], was["ladder_version"])
    started = stage_of(now["stage"], ladder).counts
    changes: dict[int, Facts] = {}
    for entry in later:
        facts = vars(entry.event)
        if "respond_by" not in facts:
            continue
        stage, on = stage_of(facts["stage"], ladder), entry.occurred_on
        due = {
            "respond_by": policy.calendar.due(on, stage.days)
            if _was_counted(entry, before, policy) and stage != before.stage(stage.stage)
            else facts["respond_by"],
            "resolve_by": None
            if started
            else resolve_by(on, stage, ladder, now["capacity"], policy),
        }
        started = started or stage.counts
        moved = {n: as_stored(day) for n, day in due.items() if day != facts.get(n)}
        if moved:
            changes[entry.position] = moved
    return changes
