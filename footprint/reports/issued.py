"""Reports that were issued: which, of what period, as known at which entry."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from typing import NamedTuple

from footprint.domain.days import london_day
from footprint.domain.entry import Entry
from footprint.domain.events import ReportIssued


class Issue(NamedTuple):
    """A report that was given out.

    Args:
        entry: the entry that says so.
        report: the name of the report.
        position: the last entry that it was made from.
        on: the day of issuing, which its period may be cut at.
        digest: of its figures as JSON, SHA-256 in hex.
    """

    entry: int
    report: str
    position: int
    on: date
    digest: str


def issues(entries: Iterable[Entry], reports: Collection[str], period: str) -> Iterator[Issue]:
    """The issues of these reports of a period, in the order in which they were recorded."""
    for entry in entries:
        event = entry.event
        if isinstance(event, ReportIssued) and event.report in reports and event.period == period:
            on = entry.occurred_on or london_day(entry.recorded_at)
            yield Issue(entry.position, event.report, event.position, on, event.digest)
