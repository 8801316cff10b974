"""The command that brings a spreadsheet in: import."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from footprint.durable import making
from footprint.errors import Misused, NotFound, Refused
from footprint.intake.importing import Terms, brought_in
from footprint.intake.mapping import SheetMapping, mapping_of
from footprint.intake.opening import opened, unsaid
from footprint.intake.rejects import rejects_path, write_rejects
from footprint.ledger.ledger import Ledger
from footprint.sheets.book import Book, read_book
from footprint_cli import options as o
from footprint_cli.doing.givenout import must_be_new, new_file
from footprint_cli.doing.imported import Report, said_left_out
from footprint_cli.entering.appending import considering, writing
from footprint_cli.entering.caution import at_terminal, check_actor, only_warn
from footprint_cli.entering.toml import read_toml, to_toml
from footprint_cli.faults import WasRecorded
from footprint_cli.screen.lines import say
from footprint_cli.screen.progress import shown_progress
from footprint_cli.settings import Settings


def import_(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A spreadsheet: xlsx, xls, ods or csv.")
    ],
    yes: Annotated[
        bool, typer.Option("--yes", help="Record it. Without: say what would be, and ask.")
    ] = False,
    dry_run: o.DryRun = False,
    skip_bad: Annotated[
        bool,
        typer.Option("--skip-bad", help="Record the good rows, write the others to a file."),
    ] = False,
    rejects: Annotated[
        Path | None,
        typer.Option("--rejects", metavar="FILE", help="That file; else beside the spreadsheet."),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--source", metavar="CODE", help="Of rows that do not say: transcribed, or recalled."
        ),
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option(
            "--kind", metavar="CODE", help="Of rows that do not say: challenge, or alert."
        ),
    ] = None,
    year: Annotated[
        str | None,
        typer.Option("--year", metavar="2016-17", help="Of days that are written without one."),
    ] = None,
    dates: Annotated[
        str | None,
        typer.Option(
            "--dates", metavar="CODE", help="How 3/4/2026 is meant: day-first, month-first."
        ),
    ] = None,
    sheets: Annotated[
        list[str] | None,
        typer.Option("--sheet", metavar="NAME", help="Only this sheet. May be repeated."),
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option("--mapping", metavar="FILE", help="What columns and values mean, as TOML."),
    ] = None,
    save_mapping: Annotated[
        Path | None,
        typer.Option("--save-mapping", metavar="FILE", help="Write the mapping that is in use."),
    ] = None,
    reason: Annotated[
        str | None,
        typer.Option("--reason", metavar="TEXT", help="Why rows that have changed are corrected."),
    ] = None,
    as_new: Annotated[
        bool, typer.Option("--as-new", help="What resembles a thread that is here is a new one.")
    ] = False,
    ledger: o.Ledger = None,
    actor: o.Actor = None,
    json: o.Json = False,
    no_input: o.NoInput = False,
) -> None:
    """Bring in a spreadsheet, each row a thread.

    A thread gets the entries that its cells prove. What would be recorded is shown first.

    footprint import challenges-2017-18.xlsx --source transcribed
    """
    settings = Settings(ledger, actor)
    check_actor(settings.actor.value)
    if rejects and not skip_bad:
        raise Misused("--rejects says where --skip-bad writes.", "Give --skip-bad as well.")
    said = {"source": source, "kind": kind, "year": year, "dates": dates, "sheets": sheets}
    meant = _with_options(_read_mapping(mapping), said)
    must_be_new(save_mapping, "--save-mapping")
    with shown_progress("Reading") as progress:
        book = read_book(file, progress=progress)
    _check_sheets(file, book, meant)
    aside = rejects_path(file, book.kind, rejects) if skip_bad else None
    must_be_new(aside, "--rejects")
    job = _Job(file, book, meant, settings, save_mapping, aside, json)
    terms = Terms(actor=settings.actor.value, reason=reason, as_new=as_new)
    if yes and not dry_run:
        _record(job, replace(terms, record=True))
    elif not (dry_run or no_input or json) and at_terminal():
        _asked(job.with_answers(), replace(terms, guesses=True))
    else:
        _looked(job, terms)


class _Job(NamedTuple):
    """What is to be brought in, and how it is said."""

    path: Path
    book: Book
    mapping: SheetMapping
    settings: Settings
    save_mapping: Path | None
    rejects: Path | None
    as_json: bool

    def with_answers(self) -> _Job:
        """The same, with answers to what no row of some sheet says and every row needs."""
        with considering(self.settings) as ledger:
            missing = unsaid(opened(self.book, ledger, self.mapping, ledger.today()))
        answers = {name: _chosen(_QUESTIONS[name]) for name in missing if name in _QUESTIONS}
        return self._replace(
            mapping=replace(self.mapping, always={**self.mapping.always, **answers})
        )

    def take(self, ledger: Ledger, terms: Terms) -> Report:
        """What each row comes to; the mapping is in use by then, and can be kept.

        Raises:
            Refused: no sheet holds anything that is known here.
        """
        file = opened(self.book, ledger, self.mapping, ledger.today())
        if not file.tables:
            raise Refused(
                f"There is nothing in {self.path} that could be brought in:",
                "Say in a mapping what its headings mean: footprint import FILE --mapping MAPPING.",
                [said_left_out(one) for one in file.left_out],
            )
        report = Report(str(self.path), file, None if terms.record else ledger.policy())
        doing = "Recording" if terms.record else "Looking"
        with shown_progress(doing) as progress:
            for outcome in brought_in(file, ledger, terms, progress):
                report.take(outcome)
        return report

    def keep_mapping(self, report: Report, undo: ExitStack) -> None:
        """Write the mapping that is in use, where that is wanted."""
        if self.save_mapping:
            with new_file(self.save_mapping, "--save-mapping"), making(self.save_mapping) as made:
                made.write_text(to_toml(report.mapping_in_use()), encoding="utf-8")
            undo.callback(self.save_mapping.unlink)

    def set_aside(self, report: Report, undo: ExitStack) -> None:
        """Write the refused rows to a file of their own. Raises `_NotWholeError` without one."""
        if report.refused and not self.rejects:
            raise _NotWholeError(report)
        if report.refused and self.rejects:
            with new_file(self.rejects, "--rejects"):
                write_rejects(self.rejects, report.file, report.refused)
            undo.callback(self.rejects.unlink)


_QUESTIONS = {
    "source": (
        "No column says from what source the rows are. Were they",
        {"transcribed": "copied from a record made at the time", "recalled": "from memory"},
    ),
    "kind": (
        "No column says whether the rows are challenges or alerts. Are they all",
        {"challenge": "lower-level challenges", "alert": "formal alerts"},
    ),
}


def _chosen(question: tuple[str, Mapping[str, str]]) -> str:
    """The answer to a question, by its number or its word."""
    asked, answers = question
    say(f"{asked}:", err=True)
    for number, (code, label) in enumerate(answers.items(), 1):
        say(f"  {number} {code}: {label}", err=True)
    codes = [*answers]
    while True:
        try:
            said = input().strip().casefold()
        except EOFError:
            raise Refused(_NOTHING) from None
        if said in codes:
            return said
        if said in {"1", "2"}:
            return codes[int(said) - 1]
        say("1 or 2; Ctrl-C ends it, and nothing is recorded.", err=True)


def _looked(job: _Job, terms: Terms) -> Report:
    """Say what would be recorded; whoever asked is told what to do next.

    Raises:
        Exit: 1, where rows are refused and are not to be set aside.
    """
    with considering(job.settings) as ledger, ExitStack() as undo:
        report = job.take(ledger, terms)
        job.keep_mapping(report, undo)
        undo.pop_all()
        only_warn({"reason": terms.reason or ""}, ledger.policy())
    report.say(recorded=False, as_json=job.as_json)
    stopped = report.refused and not job.rejects
    if not job.as_json and (stopped or not report.entries or not terms.guesses):
        say(report.next_step(skip_bad=job.rejects is not None), err=True)
    if stopped:
        raise typer.Exit(1)
    return report


def _asked(job: _Job, terms: Terms) -> None:
    """Say what would be recorded, and record it where the answer is yes."""
    report = _looked(job, terms)
    if not report.entries:
        return
    try:
        agreed = typer.confirm(f"Record {report.to_record}?", err=True)
    except typer.Abort:  # Ctrl-C, or Ctrl-D; the question is still on the line
        typer.echo(err=True)
        agreed = False
    if not agreed:
        raise Refused(_NOTHING)
    _record(job._replace(save_mapping=None), replace(terms, record=True), report.to_record)


def _record(job: _Job, terms: Terms, agreed: str | None = None) -> None:
    """Record all of it in one transaction; or the good rows, and write the others to a file.

    Args:
        job: what is to be brought in.
        terms: on which it is.
        agreed: what somebody has agreed to, if anybody was asked.
    """
    with writing(job.settings) as ledger:
        try:
            with ExitStack() as undo:  # no file stays behind where nothing was recorded
                with ledger.writing():
                    report = job.take(ledger, terms)
                    if agreed not in (None, report.to_record):
                        raise Refused(_OVERTAKEN.format(report.to_record), "Look at it again.")
                    job.set_aside(report, undo)
                    job.keep_mapping(report, undo)
                undo.pop_all()
        except _NotWholeError as stopped:
            stopped.report.say(recorded=False, as_json=job.as_json)
            raise Refused(
                "Nothing was recorded: a file is recorded whole, or not at all.",
                "Mend these rows; or record the others with --skip-bad, which writes these to a"
                " file.",
            ) from None
        try:
            report.say(recorded=True, as_json=job.as_json, ledger=ledger,
                       rejects=job.rejects if report.refused else None)  # fmt: skip
        except OSError as error:
            if not report.entries:
                raise
            raise WasRecorded("the ledger", see="log") from error


_NOTHING = "Nothing was recorded."
_OVERTAKEN = "Nothing was recorded: somebody has recorded in the meantime, and now it would be {}."


class _NotWholeError(Exception):
    """Some rows were refused, so all are rolled back."""

    def __init__(self, report: Report) -> None:
        super().__init__()
        self.report = report


def _check_sheets(path: Path, book: Book, mapping: SheetMapping) -> None:
    """Raise `NotFound` where a sheet is named that is not there."""
    names = [sheet.name for sheet in book.sheets]
    missing = [name for name in mapping.sheets if name not in names]
    if missing:
        there = ", ".join(map(repr, filter(None, names))) or "none that has a name"
        raise NotFound(
            f"There is no sheet {', '.join(map(repr, missing))} in {path}.", f"There is {there}."
        )


# --- the mapping ------------------------------------------------------------------------------


def _read_mapping(path: Path | None) -> SheetMapping:
    if path is None:
        return SheetMapping()
    return mapping_of(read_toml(str(path), str(path), "Mend it there."))


def _with_options(mapping: SheetMapping, said: Mapping[str, Any]) -> SheetMapping:
    """The mapping with what the options say; they say it later."""
    tables: dict[str, dict[str, Any]] = {"always": {}, "reading": {}}
    for name, value in said.items():
        if value is not None and value != []:
            tables["always" if name in {"source", "kind"} else "reading"][name] = value
    given = mapping_of(tables)
    return replace(
        mapping,
        always={**mapping.always, **given.always},
        dates=given.dates or mapping.dates,
        year=given.year or mapping.year,
        sheets=given.sheets or mapping.sheets,
    )
