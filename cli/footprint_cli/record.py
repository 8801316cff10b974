"""The commands that record: challenge, alert, respond, escalate, close, note."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

import typer

from footprint.domain.asks import (
    AddNote,
    Ask,
    Close,
    Escalate,
    Raise,
    RaiseToAlert,
    Respond,
)
from footprint.domain.reference import shown
from footprint.errors import Misused
from footprint.ledger.identity import london_today
from footprint_cli import options as o
from footprint_cli.faults import WasRecorded
from footprint_cli.given import Given, flag, listed
from footprint_cli.saying import say_considered, say_recorded
from footprint_cli.session import reading, writing
from footprint_cli.settings import Settings

_OPENING = ("child", "service", "themes", "role", "words")


def challenge(
    child: o.Child = None,
    service: o.Service = None,
    team: o.Team = None,
    themes: o.Themes = None,
    role: o.Role = None,
    to: o.To = None,
    stage: o.Stage = None,
    why: Annotated[
        str | None, typer.Option("--reason", "--why", metavar="TEXT", help="The reason, in words.")
    ] = None,
    respond_by: o.RespondBy = None,
    prompted_by: o.PromptedBy = None,
    review_date: o.ReviewDate = None,
    proceedings: o.Proceedings = None,
    capacity: o.Capacity = None,
    iro: o.Iro = None,
    words: o.Words = None,
    words_file: o.WordsFile = None,
    on: o.On = None,
    source: o.Source = None,
    fields_file: o.FieldsFile = None,
    ledger: o.Ledger = None,
    actor: o.Actor = None,
    json: o.Json = False,
    dry_run: o.DryRun = False,
    no_input: o.NoInput = False,
) -> None:
    """Record a lower-level challenge: a new thread, informal.

    footprint challenge --child 204117 --service CSC --theme PLC --role team-manager
    --words "Third placement in nine months; no disruption meeting."
    """
    _submit(locals(), _OPENING, lambda given: _raised(given, formal=False))


def alert(
    ref: o.OptionalRef = None,
    child: o.Child = None,
    service: o.Service = None,
    team: o.Team = None,
    themes: o.Themes = None,
    role: o.Role = None,
    to: o.To = None,
    stage: o.Stage = None,
    why: Annotated[
        str | None, typer.Option("--reason", "--why", metavar="TEXT", help="Why above stage 1.")
    ] = None,
    respond_by: o.RespondBy = None,
    prompted_by: o.PromptedBy = None,
    review_date: o.ReviewDate = None,
    proceedings: o.Proceedings = None,
    capacity: o.Capacity = None,
    iro: o.Iro = None,
    words: o.Words = None,
    words_file: o.WordsFile = None,
    on: o.On = None,
    source: o.Source = None,
    fields_file: o.FieldsFile = None,
    ledger: o.Ledger = None,
    actor: o.Actor = None,
    json: o.Json = False,
    dry_run: o.DryRun = False,
    no_input: o.NoInput = False,
) -> None:
    """Raise a formal alert: on an existing challenge (REF), or as a new thread.

    footprint alert 42 --role team-manager --words "No reply to the challenge."
    """
    given = locals()
    if ref is None:
        _submit(given, _OPENING, lambda given: _raised(given, formal=True))
        return
    _submit(given, ("role",), _to_alert)


_SETTLED = (
    "child", "service", "team", "themes", "prompted_by", "review_date", "proceedings", "capacity",
    "iro",
)  # fmt: skip


def respond(
    ref: o.NeededRef = None,
    response: Annotated[
        str | None,
        typer.Option("--response", help="agreed, partly, not-agreed, holding, clarification."),
    ] = None,
    role: o.Role = None,
    from_: Annotated[
        str | None, typer.Option("--from", metavar="NAME", help="Who answered, by name.")
    ] = None,
    stage: Annotated[
        int | None, typer.Option("--stage", metavar="N", help="The stage answered; the current.")
    ] = None,
    action_by: Annotated[
        str | None,
        typer.Option("--action-by", metavar="DATE", help="When an action is promised for."),
    ] = None,
    words: o.Words = None,
    words_file: o.WordsFile = None,
    on: o.On = None,
    source: o.Source = None,
    fields_file: o.FieldsFile = None,
    ledger: o.Ledger = None,
    actor: o.Actor = None,
    json: o.Json = False,
    dry_run: o.DryRun = False,
    no_input: o.NoInput = False,
) -> None:
    """Record an answer. A response is not a resolution: only the IRO's satisfaction is.

    footprint respond 42 --response agreed --role team-manager --words "Meeting on the 28th."
    """
    _submit(locals(), ("ref", "response", "role"), lambda given: Respond(
        **_common(given), response=given.response, role=given.role, stage=given.stage,
        action_by=given.day("action_by"),
    ))  # fmt: skip


def escalate(
    ref: o.NeededRef = None,
    reason: Annotated[
        str | None, typer.Option("--reason", help="overdue, unsatisfied or serious.")
    ] = None,
    role: o.Role = None,
    to: o.To = None,
    stage: Annotated[
        int | None, typer.Option("--to-stage", metavar="N", help="The next, unless said.")
    ] = None,
    why: o.Why = None,
    respond_by: o.RespondBy = None,
    words: o.Words = None,
    words_file: o.WordsFile = None,
    on: o.On = None,
    source: o.Source = None,
    fields_file: o.FieldsFile = None,
    ledger: o.Ledger = None,
    actor: o.Actor = None,
    json: o.Json = False,
    dry_run: o.DryRun = False,
    no_input: o.NoInput = False,
) -> None:
    """Escalate an alert to the next stage, or further with --why.

    footprint escalate 42 --reason overdue --role principal-manager
    """
    _submit(locals(), ("ref", "reason", "role"), lambda given: Escalate(
        **_common(given), reason=given.reason, role=given.role, stage=given.stage,
        respond_by=given.day("respond_by"),
    ))  # fmt: skip


def close(
    ref: o.NeededRef = None,
    closure: Annotated[
        str | None,
        typer.Option(
            "--closure",
            help="resolved, partly, explained, unresolved, withdrawn, overtaken, left-care.",
        ),
    ] = None,
    basis: Annotated[
        str | None, typer.Option("--basis", help="On what was done, or only agreed.")
    ] = None,
    by: Annotated[str | None, typer.Option("--by", help="iro, or manager (with --why).")] = None,
    why: o.Why = None,
    words: o.Words = None,
    words_file: o.WordsFile = None,
    on: o.On = None,
    source: o.Source = None,
    fields_file: o.FieldsFile = None,
    ledger: o.Ledger = None,
    actor: o.Actor = None,
    json: o.Json = False,
    dry_run: o.DryRun = False,
    no_input: o.NoInput = False,
) -> None:
    """Close a thread: the IRO is satisfied, or it ended otherwise.

    footprint close 42 --closure resolved --basis done --words "One plan, shared with school."
    """
    _submit(locals(), ("ref", "closure"), lambda given: Close(
        **_common(given), closure=given.closure, basis=given.basis, by=given.by or "iro",
    ))  # fmt: skip


def note(
    ref: o.NeededRef = None,
    words: o.Words = None,
    words_file: o.WordsFile = None,
    on: o.On = None,
    source: o.Source = None,
    fields_file: o.FieldsFile = None,
    ledger: o.Ledger = None,
    actor: o.Actor = None,
    json: o.Json = False,
    dry_run: o.DryRun = False,
    no_input: o.NoInput = False,
) -> None:
    """Add a note to a thread, at any time.

    footprint note 42 --words "Spoke to the carer; the plan is known to her."
    """
    _submit(locals(), ("ref", "words"), lambda given: AddNote(**_common(given)))


# --- what they share ------------------------------------------------------------------------


def _submit(
    options: Mapping[str, Any], needed: tuple[str, ...], ask: Callable[[Given], Ask]
) -> None:
    """Check what was given, record it (or, dry, say what would be) and give the receipt."""
    settings = Settings(options["ledger"], options["actor"])
    given = Given(options, today=london_today())
    given.options["actor_in_use"] = settings.actor.value
    given.need(*needed)
    asked = ask(given)
    with (reading if given.dry_run else writing)(settings) as ledger:
        stream = ledger.stream(given.ref) if given.ref is not None else None
        if given.dry_run:
            say_considered(ledger, ledger.consider(asked, stream), stream, as_json=given.json)
            return
        recorded = ledger.record(asked, actor=settings.actor.value, stream=stream)
        try:
            say_recorded(ledger, recorded, as_json=given.json)
        except OSError as error:
            raise WasRecorded(shown(recorded.stream)) from error


def _common(given: Given) -> dict[str, Any]:
    return {
        "on": given.when,
        "source": given.source or "at-the-time",
        "words": given.texts,
    }


def _to_alert(given: Given) -> RaiseToAlert:
    """The alert on an existing challenge, which has settled some things already."""
    settled = [name for name in _SETTLED if given.said(name)]
    if settled:
        raise Misused(
            f"The thread {given.ref} has these already: {', '.join(map(flag, settled))}.",
            "Leave them out, or leave the reference out to begin a new thread.",
        )
    return RaiseToAlert(
        **_common(given),
        role=given.role,
        stage=given.stage,
        respond_by=given.day("respond_by"),
    )


def _raised(given: Given, *, formal: bool) -> Raise:
    return Raise(
        **_common(given),
        child=str(given.child),
        service=given.service,
        themes=listed(given.themes),
        role=given.role,
        iro=given.iro or given.actor_in_use,
        formal=formal,
        stage=given.stage,
        team=given.team,
        capacity=given.capacity or "iro",
        prompted_by=given.prompted_by,
        proceedings=given.yes_or_no("proceedings"),
        respond_by=given.day("respond_by"),
    )
