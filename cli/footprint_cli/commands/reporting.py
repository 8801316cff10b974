"""The commands that make reports: report quarter, report annual."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from footprint.domain.entry import Move
from footprint.domain.events import ReportIssued
from footprint.domain.periods import quarter_bounds, year_bounds
from footprint.durable import write_new
from footprint.errors import Misused
from footprint.ledger.ledger import LEDGER
from footprint.reports.annual import FULL, OPTIONS, PUBLISHED
from footprint.reports.figures import Report
from footprint_cli import options as o
from footprint_cli.doing.givenout import must_be_new, must_be_whole, new_file
from footprint_cli.doing.reported import PER_IRO, WITH_WORDS, Asked, known, report_of
from footprint_cli.entering.appending import writing
from footprint_cli.entering.saying import receipt_lines
from footprint_cli.faults import WasRecorded
from footprint_cli.forms.data import as_json, digest_of
from footprint_cli.screen.lines import say
from footprint_cli.screen.text import visible
from footprint_cli.session import reading
from footprint_cli.settings import Settings

report = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Reports of a quarter or a year.\n\n"
    "Each figure with its base and what it was made from.\n\n"
    "footprint report quarter 2016-17 Q4",
)

Year = Annotated[str, typer.Argument(metavar="YEAR", help="An April-March year: 2016-17.")]
Quarter = Annotated[
    str, typer.Argument(metavar="QUARTER", help="Q1 (April to June) to Q4 (January to March).")
]
Form = Annotated[
    str | None,
    typer.Option("--format", metavar="html|xlsx|csv|md|json", help="The form; else by the file."),
]
Output = Annotated[
    Path | None, typer.Option("--output", metavar="FILE", help="A new file; else it is printed.")
]
Issue = Annotated[
    bool, typer.Option("--issue", help="Record that it was given out, so that it can be compared.")
]


class _Wish(NamedTuple):
    """How a report is wanted: in which form, where to, as known when, and whether it is issued."""

    settings: Settings
    form: str
    output: Path | None
    as_at: str | None
    at_entry: int | None
    day: str | None
    issue: bool


@report.command()
def annual(
    year: Year,
    full: Annotated[
        bool, typer.Option("--full", help="All figures and their threads, for use inside.")
    ] = False,
    form: Form = None,
    output: Output = None,
    issue: Issue = False,
    day: o.Day = None,
    as_at: o.AsAt = None,
    at_entry: o.AtEntry = None,
    ledger: o.Ledger = None,
    actor: o.Actor = None,
    json: o.Json = False,
    csv: o.Csv = False,
) -> None:
    """The annual report's section, for the committee or the public.

    Without --full it is the copy to publish, which holds small numbers back.

    footprint report annual 2016-17 --full --output annual.html

    footprint report annual 2016-17 --output published.html
    """
    first, last = year_bounds(year)
    name = FULL if full else PUBLISHED
    asked = Asked(name=name, period=year.strip(), first=first, last=last, options=OPTIONS[name])
    form = _form(form, output, json=json, csv=csv)
    _make(asked, _Wish(Settings(ledger, actor), form, output, as_at, at_entry, day, issue))


@report.command()
def quarter(
    year: Year,
    quarter: Quarter,
    per_iro: Annotated[
        bool, typer.Option("--per-iro", help="With figures by IRO: for the IRO manager alone.")
    ] = False,
    with_words: Annotated[
        bool, typer.Option("--with-words", help="With what is different for the child, in words.")
    ] = False,
    form: Form = None,
    output: Output = None,
    issue: Issue = False,
    day: o.Day = None,
    as_at: o.AsAt = None,
    at_entry: o.AtEntry = None,
    ledger: o.Ledger = None,
    actor: o.Actor = None,
    json: o.Json = False,
    csv: o.Csv = False,
) -> None:
    """For the three-monthly meeting.

    What is late, what moved, what it changed.

    footprint report quarter 2016-17 Q4 --output meeting.html
    """
    first, last = quarter_bounds(year, quarter)
    given = {PER_IRO: per_iro, WITH_WORDS: with_words}
    asked = Asked(
        name="quarter",
        period=f"{year.strip()} {quarter.strip().upper()}",
        first=first,
        last=last,
        options=tuple(option for option, wanted in given.items() if wanted),
    )
    form = _form(form, output, json=json, csv=csv)
    _make(asked, _Wish(Settings(ledger, actor), form, output, as_at, at_entry, day, issue))


# --- in which form --------------------------------------------------------------------------------


def _html(made: Report) -> str:
    from footprint_cli.forms.page import page_of

    return page_of(made, digest_of(made))


def _markdown(made: Report) -> str:
    from footprint_cli.forms.markdown import markdown

    return markdown(made, digest_of(made))


def _csv(made: Report) -> str:
    from footprint_cli.forms.sheets import as_csv

    return as_csv(made)


_TEXTS: dict[str, Callable[[Report], str]] = {
    "html": _html,
    "md": _markdown,
    "csv": _csv,
    "json": as_json,
}
_FORMS = ("html", "xlsx", "csv", "md", "json")


def _form(given: str | None, output: Path | None, *, json: bool, csv: bool) -> str:
    """The form that is asked for by name, by the short options, or by the file's ending.

    Raises:
        Misused: by none of them that there is, or by two that differ.
    """
    named = {given} if given else set()
    named |= {form for form, wanted in (("json", json), ("csv", csv)) if wanted}
    by_file = output.suffix[1:].lower() if output else "md"
    form = named.pop() if named else {"htm": "html", "markdown": "md"}.get(by_file, by_file)
    if named or form not in _FORMS:
        raise Misused(
            "Give one form." if named else f"{form!r} is no form of a report.",
            f"One of {', '.join(_FORMS)}: with --format, or as the ending of --output.",
        )
    if form == "xlsx" and output is None:
        raise Misused("A workbook is not printed.", "Name its file with --output.")
    return form


# --- made, and perhaps issued ---------------------------------------------------------------------


def _make(asked: Asked, wish: _Wish) -> None:
    must_be_new(wish.output, "--output")
    if wish.issue:
        _issue(asked, wish)
        return
    speaks = WITH_WORDS in asked.options
    with reading(wish.settings, with_words=speaks) as ledger, ledger.connection.one_moment():
        made = report_of(known(ledger, wish.as_at, wish.at_entry, wish.day), asked)
    _say_made(made, wish, _put(made, wish))


def _issue(asked: Asked, wish: _Wish) -> None:
    """Make it of all that is known, and record that it was given out: both, or neither.

    The file has its name before the entry is there: a kill between the two leaves a copy that was
    not issued, and never an issue of which there is no copy.

    Raises:
        Misused: another moment is asked for, or words are.
        Refused: the ledger does not verify, or the file cannot be made.
        WasRecorded: it was issued, and could not be printed.
    """
    if wish.as_at is not None or wish.at_entry is not None or wish.day is not None:
        raise Misused(
            "What is issued is what is known today.", "Leave --as-at, --at-entry and --day out."
        )
    if WITH_WORDS in asked.options:
        raise Misused(
            "A report with words is not issued: its digest would stay when the words are removed.",
            "Issue it without --with-words.",
        )
    must_be_whole(wish.settings)
    with writing(wish.settings) as ledger:
        with _taken_back(wish.output), ledger.writing():
            made = report_of(known(ledger), asked)
            text = _put(made, wish)
            event = _issued(made)
            move = Move(event, ledger.today(), "at-the-time", {})
            recorded = ledger.append(LEDGER, [move], actor=wish.settings.actor.value)
        try:
            _say_made(made, wish, text)
            say(f"Issued: digest of the figures {event.digest}", err=True)
            for line in receipt_lines(ledger, recorded):
                typer.echo(line, err=True)
        except OSError as error:
            raise WasRecorded("the ledger", see="replay") from error


@contextmanager
def _taken_back(path: Path | None) -> Iterator[None]:
    """Take a file away that was made in the block, where the block does not end well."""
    there = path is None or os.path.lexists(path)
    try:
        yield
    except BaseException:
        if path is not None and not there:
            path.unlink(missing_ok=True)
        raise


def _issued(made: Report) -> ReportIssued:
    return ReportIssued(
        report=made.name,
        period=made.period,
        position=made.made.position,
        digest=digest_of(made),
    )


def _put(made: Report, wish: _Wish) -> str | None:
    """Write the report to its file; without one, the text that is to be printed.

    Raises:
        Refused: something is there, or it cannot be written.
    """
    if wish.output is None:
        return _TEXTS[wish.form](made)
    with new_file(wish.output, "--output"):
        if wish.form == "xlsx":
            from footprint_cli.forms.sheets import write_workbook

            write_workbook(made, digest_of(made), wish.output)
        else:
            write_new(wish.output, _TEXTS[wish.form](made).encode())
    return None


def _say_made(made: Report, wish: _Wish, text: str | None) -> None:
    if text is not None:
        typer.echo(text, nl=False)
    else:
        where = f"{made.title}, as known at entry {made.made.position}: {wish.output}"
        typer.echo(visible(where))
