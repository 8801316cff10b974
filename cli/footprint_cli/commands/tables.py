"""The commands that read the views: due, log, times, counts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from footprint.domain.days import spelt
from footprint.domain.periods import year_bounds
from footprint.domain.reference import shown
from footprint.durable import write_new
from footprint.errors import Misused
from footprint.projections import counts as counts_view
from footprint.projections import due as due_view
from footprint.projections import log as log_view
from footprint.projections import times as times_view
from footprint.projections.whose import iro_meant
from footprint_cli import options as o
from footprint_cli.doing.onechild import threads_of_child
from footprint_cli.screen import columns
from footprint_cli.screen.lines import say
from footprint_cli.screen.output import on_terminal, say_records
from footprint_cli.session import moment_asked, reading
from footprint_cli.settings import Settings
from footprint_cli.thread.beneath import of_threads
from footprint_cli.thread.rows import thread_words

if TYPE_CHECKING:  # it brings SQLAlchemy, which the list of commands does not need
    from footprint.projections.views import Views

Record = dict[str, Any]


def due(
    iro: o.OneIro = None,
    day: o.Day = None,
    as_at: o.AsAt = None,
    at_entry: o.AtEntry = None,
    first: o.First = None,
    whole: o.All = False,
    with_words: o.WithWords = False,
    ledger: o.Ledger = None,
    json: o.Json = False,
    csv: o.Csv = False,
    ics: Annotated[
        bool, typer.Option("--ics", help="A calendar: each day by which something is due.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="Write the calendar there.")
    ] = None,
) -> None:
    """What to do first.

    Late answers, lapsed promises, 20 days near or past, yours to decide.

    footprint due --iro MB

    footprint due --iro MB --ics --output due.ics
    """
    if ics or output:
        others = {"--json": json, "--csv": csv, "--with-words": with_words, "--all": whole}
        given = [option for option, said in {**others, "--first": first}.items() if said]
        _must_be_a_calendar(given, ics=ics)
        with _views(ledger, day, as_at, at_entry) as (views, on):
            _give_calendar(views, on, iro, output)
        return
    most = _most(first, whole=whole, as_data=json or csv)
    with _views(ledger, day, as_at, at_entry, with_words=with_words) as (views, on):
        iro = _iro(views, on, iro)
        due = due_view.read(views.at_work(on), views.policy(), on, iro=iro)
        records, more = _cut(due, most)
        if with_words:
            records = [thread_words(views, record) for record in records]
    title = f"Due on {spelt(on)}" + (f" for {iro}" if iro else "")
    say_records(records, columns=columns.DUE, title=title, as_json=json, as_csv=csv, more=more)
    if with_words and on_terminal(as_data=json or csv):
        _say_beneath(records)


def log(
    only_open: Annotated[bool, typer.Option("--open", help="Open threads only.")] = False,
    only_late: Annotated[bool, typer.Option("--late", help="Only what is late.")] = False,
    service: o.Service = None,
    iro: o.OneIro = None,
    child: Annotated[
        str | None, typer.Option("--child", metavar="NUMBER", help="One child's threads.")
    ] = None,
    day: o.Day = None,
    as_at: o.AsAt = None,
    at_entry: o.AtEntry = None,
    first: o.First = None,
    whole: o.All = False,
    with_words: o.WithWords = False,
    ledger: o.Ledger = None,
    json: o.Json = False,
    csv: o.Csv = False,
) -> None:
    """The escalations log: one row a thread.

    What is overdue comes first, what is closed last.

    footprint log --open --service CSC

    footprint log --child 204117 --with-words
    """
    most = _most(first, whole=whole, as_data=json or csv)
    with _views(ledger, day, as_at, at_entry, with_words=with_words) as (views, on):
        policy = views.policy()
        code = policy.code("services", service) if service else None
        iro, refs = _iro(views, on, iro), _refs(views, child)
        with views.apart(on) as (at_work, at_rest):
            closed = () if only_open or only_late else at_rest
            found = (
                record
                for record in log_view.read(at_work, policy.calendar, on, closed)
                if (not only_open or record["status"] == "open")
                and (not only_late or record["late"])
                and code in (None, record["service"])
                and iro in (None, record["iro"])
                and (refs is None or record["ref"] in refs)
            )
            records, more = _cut(list(islice(found, most and most + 1)), most)
        if with_words:
            records = [thread_words(views, record) for record in records]
    say_records(
        records,
        columns=columns.LOG,
        title=f"Escalations log on {spelt(on)}",
        as_json=json,
        as_csv=csv,
        more=more,
    )
    if with_words and on_terminal(as_data=json or csv):
        _say_beneath(records)


def times(
    by: Annotated[
        str | None,
        typer.Option(
            "--by",
            metavar="WHAT",
            help="overall, service, theme, stage or quarter; all unless said.",
        ),
    ] = None,
    year: o.Year = None,
    day: o.Day = None,
    as_at: o.AsAt = None,
    at_entry: o.AtEntry = None,
    ledger: o.Ledger = None,
    json: o.Json = False,
    csv: o.Csv = False,
) -> None:
    """Resolution times in working days, and answers on time.

    Each with its base.

    footprint times --year 2016-17

    footprint times --by service --year 2016-17
    """
    if by not in (None, *times_view.BY):
        raise Misused(f"{by!r} is not a grouping.", f"One of: {', '.join(times_view.BY)}.")
    with _views(ledger, day, as_at, at_entry) as (views, on):
        first, last = _period(year, on)
        records = [
            record
            for record in times_view.read(views.threads(), views.policy().calendar, first, last)
            if by in (None, record["by"])
        ]
    since = f"{spelt(first)} to" if first else "up to"
    title = f"Resolution times, {since} {spelt(last)}, in working days"
    say_records(records, columns=columns.TIMES, title=title, as_json=json, as_csv=csv)


def counts(
    year: o.Year = None,
    day: o.Day = None,
    as_at: o.AsAt = None,
    at_entry: o.AtEntry = None,
    ledger: o.Ledger = None,
    json: o.Json = False,
    csv: o.Csv = False,
) -> None:
    """Challenges and alerts by service, year and quarter.

    Years are from April to March.

    footprint counts --year 2016-17
    """
    with _views(ledger, day, as_at, at_entry) as (views, on):
        _, last = _period(year, on)
        records = [
            record
            for record in counts_view.read(views.threads(), last)
            if year in (None, record["year"])
        ]
    say_records(
        records,
        columns=columns.COUNTS,
        title=f"Challenges and alerts by service, up to {spelt(last)}",
        as_json=json,
        as_csv=csv,
    )


# --- as a calendar --------------------------------------------------------------------------


def _must_be_a_calendar(others: list[str], *, ics: bool) -> None:
    """Raise `Misused` unless a calendar is asked for, and nothing that it has no place for is."""
    if not ics:
        raise Misused("--output is for a calendar.", "Add --ics.")
    if others:
        raise Misused(
            f"A calendar has references and days alone: {others[0]} does not go with --ics.",
            f"Leave {others[0]} out.",
        )


def _give_calendar(views: Views, on: date, iro: str | None, output: Path | None) -> None:
    """The calendar, into a file that is new or to be piped into one; of nothing there is none."""
    from footprint_cli.doing.givenout import must_be_new, new_file
    from footprint_cli.screen.ics import calendar

    must_be_new(output, "--output")
    iro = _iro(views, on, iro)
    terms, ledger = due_view.terms(views.at_work(on), on, iro=iro), views.ledger
    if views.policy().calendar.running_out(on):
        say(
            "The calendar of working days runs out: footprint policy adopt --calendar-to.", err=True
        )
    if not terms:
        say("Nothing is due, now or later: there is nothing for a calendar.", err=True)
        return
    last = ledger.entry(views.upto or ledger.size())
    made = calendar(terms, ledger.opened.origin, last.recorded_at)
    if output is None:
        typer.echo(made, nl=False)
        return
    with new_file(output, "--output"):
        write_new(output, made)
    say(
        f"The calendar is in {output}, by reference alone. Made and opened again, it"
        " moves there what has moved; what is not due any more stays until it is deleted there."
    )


# --- what they share ------------------------------------------------------------------------

_FIT = 100
"""Threads that a terminal is given unasked: more of them would push the first out of sight."""


def _most(first: int | None, *, whole: bool, as_data: bool) -> int | None:
    """How many threads to give; None for all. What is read by a program is a part only if asked."""
    if first is not None and whole:
        raise Misused("Give --first or --all, not both.", "Leave one of them out.")
    return first if whole or first is not None or not on_terminal(as_data=as_data) else _FIT


def _cut(records: list[Record], most: int | None) -> tuple[list[Record], bool]:
    """The records of so many threads, and whether there are more; the calendar's is always told."""
    if most is None:
        return records, False
    kept = records[:most] + [record for record in records[most:] if not record["ref"]]
    return kept, len(kept) < len(records)


def _say_beneath(records: list[Record]) -> None:
    for line in of_threads(records):
        typer.echo(line)


def _iro(views: Views, on: date, given: str | None) -> str | None:
    """The code that was meant. Those at work are read first: most often that is all that is."""
    if given is None:
        return None
    return iro_meant(given, chain(views.at_work(on), views.threads()), on)


def _refs(views: Views, child: str | None) -> set[str] | None:
    """The references of a child's threads; None where no child is asked for."""
    if child is None:
        return None
    return {shown(stream) for stream in threads_of_child(views.ledger, child.strip())}


@contextmanager
def _views(
    ledger: str | None,
    day: str | None,
    as_at: str | None,
    at_entry: int | None,
    *,
    with_words: bool = False,
) -> Iterator[tuple[Views, date]]:
    """The views at the tail, caught up first, or as they were at a position; and the day asked."""
    from footprint.projections.views import Views

    with reading(Settings(ledger), with_words=with_words) as opened:
        upto, on = moment_asked(opened, as_at, at_entry, day)
        views = Views.beside(opened) if upto is None else Views.at(opened, upto)
        try:
            yield views, on
        finally:
            views.close()


def _period(year: str | None, on: date) -> tuple[date | None, date]:
    """The first day (None: from the beginning) and the last day to count."""
    if year is None:
        return None, on
    first, last = year_bounds(year)
    if first > on:
        raise Misused(
            f"The year {year} begins after {spelt(on)}.", "Ask for a year that has begun."
        )
    return first, min(last, on)
