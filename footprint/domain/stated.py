"""Facts as an entry states them: by name, header facts included, days as ISO text.

This is the form that is stored, folded and corrected. Text sorts as the days do.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from footprint.domain.days import london_day
from footprint.domain.entry import Entry

Facts = Mapping[str, Any]
Stated = tuple[int, str, Facts]
"""The position of an entry, its topic and its facts."""


def stated(entry: Entry) -> Stated:
    """What an entry states."""
    header = {
        "occurred_on": entry.occurred_on,
        "source": entry.source,
        "recorded_at": entry.recorded_at,
    }
    facts = vars(entry.event) | header
    return entry.position, entry.topic, {name: as_stored(value) for name, value in facts.items()}


def own_facts(entry: Entry) -> Facts:
    """The facts of its topic that an entry states, in the order in which its event lists them."""
    values = {name: as_stored(getattr(entry.event, name, None)) for name in entry.event.kinds}
    return {name: value for name, value in values.items() if value is not None}


def restated(entry: Entry, facts: Facts) -> Entry:
    """The entry as it would be with these facts."""
    cls = type(entry.event)
    values = {name: _of_type(kind, facts.get(name)) for name, kind in cls.kinds.items()}
    return entry.but(
        event=cls.of(values),
        occurred_on=_of_type("date", facts["occurred_on"]),
        source=facts["source"],
    )


def lag_of(facts: Facts) -> int | None:
    """Calendar days from happening to recording, where it was made at the time; never below 0.

    Below it would be an entry whose day was corrected to one after its recording.
    """
    on = facts["occurred_on"]
    if facts["source"] != "at-the-time" or on is None:
        return None
    day = on if isinstance(on, date) else date.fromisoformat(on)
    return max((london_day(facts["recorded_at"]) - day).days, 0)


def as_stored(value: Any) -> Any:
    """A fact in the form that it is stored in."""
    return value.isoformat() if isinstance(value, date) else value


def _of_type(kind: str, value: Any) -> Any:
    if value is not None and kind.startswith("date"):
        return date.fromisoformat(value)
    return tuple(value) if isinstance(value, list) and kind.startswith("tuple") else value
