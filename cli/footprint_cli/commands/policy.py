"""The commands about the policy: policy show, policy adopt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Annotated, Any

import typer

from footprint.domain.policy import STREAM, policy_of
from footprint.domain.proposal import Proposal, ProposedCalendar, proposal_of, tables_of
from footprint.england import bank_holidays
from footprint.errors import Misused
from footprint.ledger import adopting
from footprint.ledger.identity import london_today
from footprint.ledger.ledger import Ledger
from footprint_cli import options as o
from footprint_cli.doing import policies
from footprint_cli.entering.appending import considering, writing
from footprint_cli.entering.given import read_date
from footprint_cli.entering.saying import say_all_considered, say_recorded
from footprint_cli.faults import WasRecorded
from footprint_cli.screen.columns import short_day
from footprint_cli.screen.lines import say
from footprint_cli.screen.output import say_records
from footprint_cli.screen.text import visible
from footprint_cli.session import moment_asked, reading
from footprint_cli.settings import Settings

policy = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Ladders, calendar, vocabulary and rules.\n\n"
    "Show those in force, adopt others.\n\n"
    "footprint policy show vocabulary",
)


@policy.command()
def show(
    part: Annotated[
        str | None,
        typer.Argument(metavar="[PART]", help="ladders, calendar, vocabulary or rules; else all."),
    ] = None,
    as_at: o.AsAt = None,
    at_entry: o.AtEntry = None,
    ledger: o.Ledger = None,
    json: o.Json = False,
    csv: o.Csv = False,
    toml: Annotated[
        bool, typer.Option("--toml", help="Print what is in force, as adopt reads it.")
    ] = False,
) -> None:
    """The policy, and who adopted which version of it when.

    footprint policy show ladders

    footprint policy show vocabulary
    """
    if part not in (None, *policies.PARTS):
        raise Misused(f"{part!r} is no part of a policy.", f"One of: {', '.join(policies.PARTS)}.")
    if toml and (json or csv):
        raise Misused("Give --toml, --json or --csv, not two of them.", "Leave one out.")
    with reading(Settings(ledger)) as opened:
        upto, on = moment_asked(opened, as_at, at_entry)
        entries = opened.entries(STREAM, upto)
    records, columns, tables = policies.PARTS[part] if part else policies.ALL
    if toml:
        from footprint_cli.entering.toml import to_toml

        whole = tables_of(policy_of(entries), on)
        typer.echo(to_toml({name: whole[name] for name in tables if name in whole}), nl=False)
        return
    found = records(entries, on)
    say_records(found, columns=columns, title=_title(part, found), as_json=json, as_csv=csv)


def _title(part: str | None, records: list[dict[str, Any]]) -> str:
    if part in (None, "ladders") or not records:
        return (part or "policy").capitalize()
    a = records[0]
    by = f"by {visible(a['actor'])} on {short_day(a['starts_on'])}, entry {a['position']}"
    return f"{part.capitalize()}, version {a['version']}, {by}"


@policy.command()
def adopt(
    file: Annotated[
        str | None,
        typer.Argument(metavar="[FILE]", help="The policy, or parts of it, as TOML; - is stdin."),
    ] = None,
    starts_on: Annotated[
        str | None,
        typer.Option("--starts-on", metavar="DATE", help="When the ladders in it start; today."),
    ] = None,
    closure_days: Annotated[
        list[str] | None,
        typer.Option("--closure-day", metavar="DATE", help="A day off. May be repeated."),
    ] = None,
    open_days: Annotated[
        list[str] | None,
        typer.Option("--open-day", metavar="DATE", help="Not a day off after all. The same."),
    ] = None,
    calendar_to: Annotated[
        int | None,
        typer.Option(
            "--calendar-to",
            metavar="YEAR",
            min=1900,
            max=2999,
            help="Lengthen the calendar to the end of that year.",
        ),
    ] = None,
    ledger: o.Ledger = None,
    actor: o.Actor = None,
    json: o.Json = False,
    dry_run: o.DryRun = False,
    no_input: o.NoInput = False,  # noqa: ARG001 - accepted everywhere; nothing is asked yet
) -> None:
    """Adopt what differs from the policy in force.

    A thread keeps the ladder that it began under, and a due date that was promised stays. For a
    file to begin with: footprint policy show --toml > policy.toml

    footprint policy adopt policy.toml --starts-on 1/6/2017

    footprint policy adopt --closure-day 27/12/2017
    """
    settings, today = Settings(ledger, actor), london_today()
    if not (file or closure_days or open_days or calendar_to):
        raise Misused(
            "Missing: FILE, --closure-day, --open-day or --calendar-to.",
            "To begin a file: footprint policy show --toml.",
        )
    proposal = _with_options(
        proposal_of(_tables(file)) if file else Proposal(),
        starts_on=read_date(starts_on, "--starts-on", today=today) if starts_on else None,
        closure_days=[read_date(day, "--closure-day", today=today) for day in closure_days or []],
        open_days=[read_date(day, "--open-day", today=today) for day in open_days or []],
        last=date(calendar_to, 12, 31) if calendar_to else None,
    )
    with (considering if dry_run else writing)(settings) as opened:
        if dry_run:
            _say_would(opened, proposal, as_json=json)
        else:
            _adopt(opened, proposal, settings.actor.value, as_json=json)


def _tables(file: str) -> dict[str, Any]:
    from footprint_cli.entering.toml import read_toml

    advice = "For the form, print the one in force: footprint policy show --toml."
    return read_toml(file, "The policy file", advice)


def _with_options(
    proposal: Proposal,
    *,
    starts_on: date | None,
    closure_days: list[date],
    open_days: list[date],
    last: date | None,
) -> Proposal:
    """The proposal of a file with what the options add to it."""
    calendar = proposal.calendar
    if closure_days or open_days or last:
        calendar = calendar or ProposedCalendar()
        calendar = replace(
            calendar,
            closure_days=(*calendar.closure_days, *closure_days),
            open_days=tuple(open_days),
            last=last or calendar.last,
            renewed=last is not None,
        )
    return replace(proposal, starts_on=starts_on, calendar=calendar)


def _adopt(ledger: Ledger, proposal: Proposal, actor: str, *, as_json: bool) -> None:
    recorded = adopting.adopt(ledger, proposal, bank_holidays, actor=actor)
    before = ledger.policy(recorded.entries[0].position - 1)
    details = policies.changes(before)
    try:
        say_recorded(ledger, recorded, as_json=as_json, details=details)
        _remark(policies.remarks(proposal, [e.event for e in recorded.entries], before))
    except OSError as error:
        raise WasRecorded("the policy", see="policy show") from error


def _say_would(ledger: Ledger, proposal: Proposal, *, as_json: bool) -> None:
    moves, before = adopting.consider_adoption(ledger, proposal, bank_holidays), ledger.policy()
    details = policies.changes(before)
    say_all_considered(ledger, moves, STREAM, as_json=as_json, details=details)
    _remark(policies.remarks(proposal, [move.event for move in moves], before))


def _remark(remarks: Iterable[str]) -> None:
    for remark in remarks:
        say(remark, err=True)
