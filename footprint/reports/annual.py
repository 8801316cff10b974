"""The annual report's section: a year for the committee (IRO Handbook 2010, paragraph 7.11)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

from footprint.domain.days import spelt
from footprint.domain.periods import year_bounds, year_of
from footprint.reports import answering, ending, raising
from footprint.reports.figures import Made, Report, Section
from footprint.reports.findings import section
from footprint.reports.issued import Issue
from footprint.reports.remarks import remarks
from footprint.reports.sight import Sight
from footprint.reports.years import years

FULL, PUBLISHED = "annual-full", "annual"
OPTIONS: Mapping[str, tuple[str, ...]] = {FULL: ("--full",), PUBLISHED: ()}
"""What is typed for each, beside the year."""


class Issued(NamedTuple):
    """The report of the year before, as it was issued last.

    Args:
        sight: the threads, as they were seen then.
        issue: what the ledger says of it.
        same: whether its figures, computed again, have the digest that was recorded; None where
            that was not looked at, as for a copy to publish, which has no notes.
    """

    sight: Sight
    issue: Issue
    same: bool | None = None

    @property
    def note(self) -> str:
        """Where the figures that are beside those of now come from."""
        issue = self.issue
        when = f"Issued on {spelt(issue.on)}, as known at entry {issue.position}"
        if self.same:
            return f"{when}: the digest that was recorded then (entry {issue.entry}) is theirs."
        return (
            f"{when}. Computed again, they have not the digest that was recorded then (entry"
            f" {issue.entry}): look for why before they are used, beginning with footprint verify."
        )


def read(sight: Sight, made: Made, issued: Issued | None = None) -> Report:
    """The full report of a year, for use inside.

    Args:
        sight: the threads, seen in that year.
        made: what it is made from and with.
        issued: the report of the year before, where it was issued.
    """
    year = year_of(sight.first)
    return Report(
        name=FULL,
        title=f"The footprint of challenge, {year}",
        period=year,
        first=sight.first,
        last=sight.last,
        whom="For use inside the authority: it names threads, teams and small numbers. What is"
        " published is the copy without --full.",
        remarks=remarks(sight, year_bounds(year)[1]),
        sections=_sections(sight, sight.of(*year_before(sight.first)), issued),
        made=made,
    )


def year_before(first: date) -> tuple[date, date]:
    """The first and last day of the year before the one that begins on a day."""
    return year_bounds(year_of(first - timedelta(days=1)))


def _sections(sight: Sight, before: Sight, issued: Issued | None) -> tuple[Section, ...]:
    beside = years(sight, before, issued.sight if issued else None)
    notes = (issued.note,) if issued and issued.same is not None else ()
    return (
        section("raised", "What was raised", raising.raised(sight), raising.stages(sight),
                raising.quarters(sight)),
        section("about", "About what, and with whom", raising.themes(sight),
                raising.services(sight), raising.teams(sight), raising.repeats(sight, before)),
        section("answers", "Answers", answering.responses(sight), answering.addressees(sight),
                answering.with_iro(sight)),
        section("resolution", "Resolution", ending.closing(sight), ending.days(sight),
                answering.informal(sight), ending.outcomes(sight), ending.stock(sight)),
        section("difference", "What it changed", ending.impact(sight), ending.filed(sight),
                ending.cafcass(sight)),
        section("years", "Year on year", beside._replace(notes=notes)),
        section("record", "The record itself", raising.sources(sight), ending.lag(sight)),
    )  # fmt: skip
