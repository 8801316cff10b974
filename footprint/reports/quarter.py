"""The three-monthly meeting with the Director: what is late, what moved, what it changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from footprint.domain.periods import quarter_bounds, quarter_end, quarter_of, year_of
from footprint.reports import answering, ending, meeting, raising
from footprint.reports.figures import Made, Report, Section
from footprint.reports.findings import section
from footprint.reports.remarks import remarks
from footprint.reports.sight import Sight


def read(
    sight: Sight, made: Made, words: Mapping[str, str] | None = None, *, per_iro: bool = False
) -> Report:
    """The report of a quarter, for use inside.

    Args:
        sight: the threads, seen in that quarter.
        made: what it is made from and with.
        words: what is different for the children, by stream; None leaves words out.
        per_iro: with a table by IRO, for the IRO manager alone.
    """
    period = f"{year_of(sight.first)} {quarter_of(sight.first)}"
    return Report(
        name="quarter",
        title=f"The footprint of challenge, {period}",
        period=period,
        first=sight.first,
        last=sight.last,
        whom=_FOR_MANAGER if per_iro else _FOR_MEETING,
        remarks=remarks(sight, quarter_end(sight.first)),
        sections=_sections(sight, words, per_iro=per_iro),
        made=made,
    )


_FOR_MEETING = (
    "For the meeting of the IRO service with the Director: it names threads, and is not for"
    " publication. No IRO is compared with another."
)
_FOR_MANAGER = (
    "For the IRO manager alone: it has figures by IRO. For the meeting, make it without --per-iro."
)


def _sections(
    sight: Sight, words: Mapping[str, str] | None, *, per_iro: bool
) -> tuple[Section, ...]:
    before = _before(sight)
    by_iro = [section("per-iro", "By IRO", meeting.per_iro(sight))] if per_iro else []
    return (
        section("now", "What is late, and how high", meeting.overdue(sight), meeting.high(sight)),
        section("moved", "What was raised, and what moved", raising.raised(sight),
                meeting.moved(sight, before, "themes"), meeting.moved(sight, before, "services"),
                meeting.systemic(sight)),
        section("answers", "Answers", answering.addressees(sight), ending.closing(sight),
                ending.stock(sight)),
        section("difference", "What it changed", ending.impact(sight), meeting.said(sight, words),
                ending.cafcass(sight)),
        section("record", "The record itself", ending.lag(sight), raising.sources(sight)),
        *by_iro,
    )  # fmt: skip


def _before(sight: Sight) -> Sight:
    last = sight.first - timedelta(days=1)
    return sight.of(*quarter_bounds(year_of(last), quarter_of(last)))
