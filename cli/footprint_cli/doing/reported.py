"""A report of a ledger: what is asked for, what is looked at, and what is made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

from footprint.domain.days import london_day, spelt
from footprint.domain.periods import year_bounds, year_of
from footprint.domain.reference import shown
from footprint.errors import Misused, NotFound
from footprint.ledger.ledger import LEDGER, Ledger
from footprint.ledger.store.proofs import stored_root
from footprint.projections import history, lags
from footprint.reports import annual, quarter
from footprint.reports.figures import Made, Report
from footprint.reports.issued import Issue, issues
from footprint.reports.meeting import with_impact
from footprint.reports.publishing import published
from footprint.reports.sight import Sight
from footprint_cli.doing.givenout import must_be_of_one_child
from footprint_cli.forms.data import digest_of
from footprint_cli.session import moment_asked
from footprint_cli.thread.telling import known_words

WITH_WORDS, PER_IRO = "--with-words", "--per-iro"


@dataclass(frozen=True, kw_only=True, order=True)
class Asked:
    """A report that is asked for.

    Args:
        name: as of a `Report`.
        period: as people write it.
        first, last: its days.
        options: those that change what is in it.
    """

    name: str
    period: str
    first: date
    last: date
    options: tuple[str, ...] = ()


class Known(NamedTuple):
    """What is known of a ledger: up to which entry, and the day that it is looked at for."""

    ledger: Ledger
    position: int
    day: date


def known(
    ledger: Ledger, as_at: str | None = None, at_entry: int | None = None, day: str | None = None
) -> Known:
    """What is asked to be known. Raises `Misused` as `moment_asked`."""
    upto, on = moment_asked(ledger, as_at, at_entry, day)
    return Known(ledger, ledger.size() if upto is None else upto, on)


def report_of(at: Known, asked: Asked) -> Report:
    """The report, of what is known.

    Raises:
        Misused: its period begins after the day.
        NotFound: nothing had been recorded by then.
        Locked: words are asked for, and their key is not on this machine.
        Refused: words are asked for, and some are said to be of another child.
    """
    if not at.position:
        raise NotFound(f"Nothing had been recorded by {spelt(at.day)}.", "Ask for a later day.")
    if asked.first > at.day:
        raise Misused(
            f"{asked.period} begins after {spelt(at.day)}.", "Ask for a period that has begun."
        )
    return _REPORTS[asked.name](at, asked, _sight(at, asked))


# --- each report --------------------------------------------------------------------------------


def _published(at: Known, asked: Asked, sight: Sight) -> Report:
    """The copy to publish, which holds back what the copies before it held back."""
    years = (asked, _year_before(asked), _year_after(asked))
    copies = sorted((issue, of) for of in years for issue in _issues(at, of, annual.PUBLISHED))
    moments = [(_when(at, issue), of) for issue, of in copies]
    issued = [_to_publish(then, of, _sight(then, of)) for then, of in moments]
    return published(_to_publish(at, asked, sight), sight.policy.publish_threshold, issued)


def _to_publish(at: Known, asked: Asked, sight: Sight) -> Report:
    """All of a year, beside the copy of the one before: whose notes are never published."""
    beside = _issued_before(at, asked, annual.PUBLISHED)
    return annual.read(sight, _made(at, asked, sight), beside)


def _annual(at: Known, asked: Asked, sight: Sight) -> Report:
    beside = _issued_before(at, asked, annual.FULL, annual.PUBLISHED)
    checked = _checked(at, asked, beside) if beside else None
    return annual.read(sight, _made(at, asked, sight), checked)


def _issued_before(at: Known, asked: Asked, *names: str) -> annual.Issued | None:
    """The report of the year before as it was issued last, by one of these names."""
    before = _year_before(asked)
    issue = max(_issues(at, before, *names), default=None)
    return annual.Issued(_sight(_when(at, issue), before), issue) if issue else None


def _checked(at: Known, asked: Asked, issued: annual.Issued) -> annual.Issued:
    """The same, and whether it has the digest that was recorded when it is made again."""
    name = issued.issue.report
    before = replace(_year_before(asked), name=name, options=annual.OPTIONS[name])
    made = _REPORTS[name](_when(at, issued.issue), before, issued.sight)
    return issued._replace(same=digest_of(made) == issued.issue.digest)


def _quarter(at: Known, asked: Asked, sight: Sight) -> Report:
    words = _words(at, sight) if WITH_WORDS in asked.options else None
    per_iro = PER_IRO in asked.options
    return quarter.read(sight, _made(at, asked, sight), words, per_iro=per_iro)


_REPORTS: dict[str, Callable[[Known, Asked, Sight], Report]] = {
    annual.FULL: _annual,
    annual.PUBLISHED: _published,
    "quarter": _quarter,
}


def _year_before(asked: Asked) -> Asked:
    return _year_of(asked, asked.first - timedelta(days=1))


def _year_after(asked: Asked) -> Asked:
    return _year_of(asked, asked.last + timedelta(days=1))


def _year_of(asked: Asked, day: date) -> Asked:
    first, last = year_bounds(year_of(day))
    return replace(asked, period=year_of(day), first=first, last=last)


def _issues(at: Known, asked: Asked, *reports: str) -> Iterator[Issue]:
    return issues(at.ledger.entries(LEDGER, at.position), reports, asked.period)


def _when(at: Known, issue: Issue) -> Known:
    """What was known when a report was issued."""
    return Known(at.ledger, issue.position, issue.on)


# --- what is looked at --------------------------------------------------------------------------


def _sight(at: Known, asked: Asked) -> Sight:
    from footprint.projections.views import Views  # it brings SQLAlchemy

    ledger = at.ledger
    whole = at.position == ledger.size()
    views = Views.beside(ledger) if whole else Views.at(ledger, at.position)
    try:
        threads = tuple(views.threads())
    finally:
        views.close()
    return Sight(
        threads=threads,
        policy=ledger.policy(at.position),
        first=asked.first,
        last=min(asked.last, at.day),
        lags=tuple(lags.read(ledger.facts_touched(0, at.position))),
    )


def _made(at: Known, asked: Asked, sight: Sight) -> Made:
    opened, policy = at.ledger.opened, sight.policy
    return Made(
        authority=opened.authority,
        origin=opened.origin,
        position=at.position,
        root=stored_root(at.ledger.connection, at.position).hex(),
        day=sight.last,
        calendar=f"{policy.calendar.name}, version {policy.calendar.version}",
        vocabulary=policy.vocabulary_version,
        threshold=policy.publish_threshold,
        command=" ".join(_command(at, asked, sight)),
    )


def _command(at: Known, asked: Asked, sight: Sight) -> Iterator[str]:
    """What makes the same bytes again, on any later day."""
    yield f"footprint report {asked.name.partition('-')[0]} {asked.period}"
    yield from asked.options
    yield f"--at-entry {at.position}"
    alone = min(asked.last, london_day(at.ledger.entry(at.position).recorded_at))
    if sight.last != alone:
        yield f"--day {sight.last}"


def _words(at: Known, sight: Sight) -> dict[str, str]:
    """What is different for the child, in words, by stream."""
    found = {}
    for thread in with_impact(sight):
        entries = at.ledger.entries(thread.ref, at.position)
        happened = history.read(entries, sight.policy, sight.last)
        texts = at.ledger.vault.words(thread.ref)
        must_be_of_one_child(shown(thread.ref), texts)
        said = [
            known_words(one, texts).get("text", "")
            for one in happened
            if getattr(one.entry.event, "impact", None) == thread.impact
        ]
        found[thread.ref] = said[-1] if said else ""
    return found
