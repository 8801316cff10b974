"""What has to be known of a period before any of its figures is read."""

from __future__ import annotations

from datetime import date

from footprint.domain.days import spelt
from footprint.domain.vocabulary import SOURCES
from footprint.reports.sight import Sight


def remarks(sight: Sight, end: date) -> tuple[str, ...]:
    """What has to be known of a period that ends on a day before its figures are read."""
    said = [_unfinished(sight, end), _by_source(sight), _undated(sight), _uncovered(sight)]
    return tuple(filter(None, said))


def _unfinished(sight: Sight, end: date) -> str:
    said = f"The period is not over: it is told up to {spelt(sight.last)}, and set beside the whole"
    return f"{said} of the one before." if sight.last < end else ""


def _by_source(sight: Sight) -> str:
    """How much rests on memory: a count that was recalled is not one that was recorded."""
    found = [thread.source for thread in sight.stood if sight.holds(thread.on)]
    alerts = [t.source for t in sight.stood if t.alert and sight.holds(t.alert.on)]
    if not found or set(found) == {"at-the-time"}:
        return ""
    recalled = alerts.count("recalled")
    said = f"{recalled} of {len(alerts)} alerts were recalled from memory. " if recalled else ""
    parts = [f"{found.count(code)} {label}" for code, label in SOURCES.items() if code in found]
    return f"{said}Of all {len(found)} threads raised: {', '.join(parts)}."


def _undated(sight: Sight) -> str:
    count = sum(thread.on is None for thread in sight.threads)
    return f"Raised on a day that is not known, and in no period: {count}." * bool(count)


def _uncovered(sight: Sight) -> str:
    calendar = sight.calendar
    if calendar.covers(sight.first) and calendar.covers(sight.last):
        return ""
    return (
        f"The calendar covers {spelt(calendar.first)} to {spelt(calendar.last)}: outside it no"
        " working days are counted."
    )
