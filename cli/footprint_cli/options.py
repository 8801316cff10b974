"""The options that commands share, each defined once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import typer

Ledger = Annotated[
    str | None,
    typer.Option(
        "--ledger", metavar="PLACE", help="A file, or postgresql://...; else FOOTPRINT_LEDGER."
    ),
]
Actor = Annotated[
    str | None,
    typer.Option(
        "--actor", metavar="NAME", help="Who records it; else FOOTPRINT_ACTOR, else the login."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Csv = Annotated[bool, typer.Option("--csv", help="Print CSV.")]
First = Annotated[
    int | None,
    typer.Option("--first", metavar="N", min=1, max=10**9, help="The first N threads only."),
]
All = Annotated[bool, typer.Option("--all", help="More than 100 threads on a terminal, too.")]
WithWords = Annotated[
    bool, typer.Option("--with-words", help="With the case number and the words.")
]
WordsInJson = Annotated[
    bool, typer.Option("--with-words", help="The case number and the words with --json, too.")
]
"""Of a command whose text has them in any case."""
OneIro = Annotated[str | None, typer.Option("--iro", metavar="CODE", help="One IRO's threads.")]
AsAt = Annotated[
    str | None,
    typer.Option("--as-at", metavar="DATE", help="As it was recorded by the end of that day."),
]
AtEntry = Annotated[
    int | None, typer.Option("--at-entry", metavar="POSITION", help="As it was at that entry.")
]
Day = Annotated[
    str | None,
    typer.Option("--day", metavar="DATE", help="The day to work out what is late for; else today."),
]

Year = Annotated[
    str | None, typer.Option("--year", metavar="2016-17", help="One April-March year.")
]


def _begun(ctx: typer.Context, incomplete: str) -> Iterable[tuple[str, str]]:
    from footprint_cli.completion.completing import references

    return references(incomplete, ctx.params.get("ledger"))


Ref = Annotated[
    str,
    typer.Argument(metavar="REF", help="The thread: CH-42, or 42.", autocompletion=_begun),
]
NeededRef = Annotated[
    str | None,
    typer.Argument(
        metavar="REF", help="The thread: CH-42, or 42.", show_default=False, autocompletion=_begun
    ),
]
"""Optional to the parser, so that all that is missing can be named together."""
OptionalRef = Annotated[
    str | None,
    typer.Argument(metavar="[REF]", help="The thread: CH-42, or 42.", autocompletion=_begun),
]
On = Annotated[
    str | None,
    typer.Option(
        "--on", metavar="DATE", help="When it happened (3/4/2026 is 3 April); else today."
    ),
]
Source = Annotated[
    str | None,
    typer.Option(
        "--source",
        metavar="CODE",
        help="at-the-time, transcribed (from a record made then) or recalled.",
    ),
]
Words = Annotated[
    str | None, typer.Option("--words", metavar="TEXT", help="What was said or done.")
]
WordsFile = Annotated[
    str | None,
    typer.Option("--words-file", metavar="FILE", help="The words from a file; - is stdin."),
]
FieldsFile = Annotated[
    str | None,
    typer.Option(
        "--fields-file",
        metavar="FILE",
        help="Options as a JSON object from a file; - is stdin. Keeps them out of the history.",
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be recorded; do not.")]
NoInput = Annotated[bool, typer.Option("--no-input", help="Never ask.")]
Role = Annotated[
    str | None,
    typer.Option(
        "--role", metavar="CODE", help="Who is asked, or answers: team-manager, director, ..."
    ),
]
To = Annotated[
    str | None, typer.Option("--to", metavar="NAME", help="Their name; kept with the words.")
]
From = Annotated[str | None, typer.Option("--from", metavar="NAME", help="Who answered, by name.")]
Why = Annotated[str | None, typer.Option("--why", metavar="TEXT", help="The reason, in words.")]
Reason = Annotated[
    str | None,
    typer.Option(
        "--reason", "--why", metavar="TEXT", help="The reason: a higher stage, more time."
    ),
]
ReasonCode = Annotated[
    str | None, typer.Option("--reason", metavar="CODE", help="overdue, unsatisfied or serious.")
]
Stage = Annotated[
    int | None,
    typer.Option("--stage", metavar="N", help="A higher stage to begin at; needs a reason."),
]
StageAnswered = Annotated[
    int | None,
    typer.Option("--stage", metavar="N", help="The stage that is answered; else the current one."),
]
ToStage = Annotated[
    int | None,
    typer.Option("--to-stage", metavar="N", help="The stage to go to; else the next."),
]
Response = Annotated[
    str | None,
    typer.Option(
        "--response", metavar="CODE", help="agreed, partly, not-agreed, holding or clarification."
    ),
]
ActionBy = Annotated[
    str | None,
    typer.Option("--action-by", metavar="DATE", help="When an action is promised for."),
]
Closure = Annotated[
    str | None,
    typer.Option(
        "--closure",
        metavar="CODE",
        help="resolved, partly, explained, unresolved, withdrawn, overtaken, left-care.",
    ),
]
Basis = Annotated[
    str | None,
    typer.Option("--basis", metavar="CODE", help="Of what is resolved: done, or only agreed."),
]
By = Annotated[
    str | None,
    typer.Option(
        "--by",
        metavar="CODE",
        help="Who closes it: iro, or manager (with --why); else iro.",
    ),
]
RespondBy = Annotated[
    str | None,
    typer.Option(
        "--respond-by", metavar="DATE", help="Another day to answer by; a later one needs a reason."
    ),
]
Child = Annotated[
    list[str] | None,
    typer.Option(
        "--child",
        metavar="NUMBER",
        help="The local case number; no name. Repeated, for one concern of several children.",
    ),
]
Service = Annotated[
    str | None, typer.Option("--service", metavar="CODE", help="The service: CSC, CAMHS, ...")
]
Team = Annotated[
    str | None,
    typer.Option("--team", metavar="NAME", help="The team: Children in Care, ..."),
]
Themes = Annotated[
    list[str] | None,
    typer.Option("--theme", metavar="CODE", help="A theme: PLC, ASQ, ... May be repeated."),
]
Iro = Annotated[
    str | None, typer.Option("--iro", metavar="CODE", help="Whose thread it is; else the actor's.")
]
Capacity = Annotated[
    str | None,
    typer.Option("--capacity", metavar="CODE", help="As what: iro, or cp-chair; else iro."),
]
PromptedBy = Annotated[
    str | None,
    typer.Option(
        "--prompted-by",
        metavar="CODE",
        help="What prompted it: review, monitoring, visit, ...",
    ),
]
ReviewDate = Annotated[
    str | None,
    typer.Option(
        "--review-date", metavar="DATE", help="The day of the review; kept with the words."
    ),
]
Proceedings = Annotated[
    str | None,
    typer.Option("--proceedings", metavar="yes|no", help="Whether there are court proceedings."),
]
Follows = Annotated[
    str | None,
    typer.Option(
        "--follows",
        metavar="REF",
        help="An earlier thread of the same child.",
        autocompletion=_begun,
    ),
]
CafcassStep = Annotated[
    str | None,
    typer.Option("--step", metavar="CODE", help="considered, advice, referred, reply, declined."),
]
Impact = Annotated[
    str | None,
    typer.Option(
        "--impact",
        metavar="CODE",
        help="plan, move, delay, service, safety, systemic, none, too-early.",
    ),
]
Party = Annotated[
    str | None,
    typer.Option(
        "--party",
        metavar="CODE",
        help="child, parent, advocate, guardian, court, legal-adviser, ...",
    ),
]
View = Annotated[
    str | None,
    typer.Option(
        "--view", metavar="CODE", help="supports, opposes, not-sought; kept with the words."
    ),
]
NewIro = Annotated[
    str | None, typer.Option("--iro", metavar="CODE", help="Who has it from now on.")
]
Privileged = Annotated[
    bool, typer.Option("--privileged", help="Legal advice: left out of what is given to others.")
]
Entry = Annotated[
    int | None, typer.Option("--entry", metavar="N", help="The entry, as show numbers it.")
]
Changes = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="FIELD=VALUE",
        help="What it should have been: on=3/4/2026, role=..., why=... May be repeated.",
    ),
]
Because = Annotated[
    str | None, typer.Option("--reason", "--why", metavar="TEXT", help="Why it is corrected.")
]
KeepDue = Annotated[
    bool, typer.Option("--keep-due", help="Leave the due dates as they were promised.")
]
TakeBack = Annotated[
    bool, typer.Option("--take-back", help="The entry is a correction that was itself wrong.")
]
