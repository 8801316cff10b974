"""The command that removes words for good: redact, by two people."""

from __future__ import annotations

from typing import Annotated

import typer

from footprint.errors import Misused
from footprint.ledger.identity import london_today
from footprint_cli import options as o
from footprint_cli.commands.recording import done_with
from footprint_cli.doing import redactions as r
from footprint_cli.entering.given import Given, flag
from footprint_cli.settings import Settings


def redact(
    ref: o.OptionalRef = None,
    child: Annotated[
        str | None, typer.Option("--child", metavar="NUMBER", help="All threads of this child.")
    ] = None,
    positions: Annotated[
        list[int] | None,
        typer.Option("--entry", metavar="N", help="These entries alone. May be repeated."),
    ] = None,
    basis: Annotated[
        str | None,
        typer.Option(
            "--basis", metavar="CODE", help="wrong-child, third-party, court-order or retention."
        ),
    ] = None,
    why: o.Why = None,
    right_child: Annotated[
        str | None,
        typer.Option(
            "--right-child",
            metavar="NUMBER",
            help="Whose thread it really is: the words are entered again, the facts stay.",
        ),
    ] = None,
    approve: Annotated[
        bool, typer.Option("--approve", help="Do what somebody else asked for.")
    ] = False,
    request: Annotated[
        int | None,
        typer.Option("--request", metavar="N", help="With --approve: which, where several wait."),
    ] = None,
    finish: Annotated[
        bool, typer.Option("--finish", help="Erase what was deleted and is still in the files.")
    ] = False,
    reapply: Annotated[
        bool, typer.Option("--reapply", help="An old vault was put back: remove it again.")
    ] = False,
    fields_file: o.FieldsFile = None,
    ledger: o.Ledger = None,
    actor: o.Actor = None,
    json: o.Json = False,
    dry_run: o.DryRun = False,
    no_input: o.NoInput = False,
) -> None:
    """Remove words for good: one person asks, another approves.

    The facts and counts stay. Without anything, it lists what waits to be approved.

    footprint redact 16 --entry 68 --basis third-party --why "It quotes his sister."

    footprint redact 16 --approve
    """
    options = {
        "ref": ref, "child": child, "positions": positions, "basis": basis, "why": why,
        "right_child": right_child, "approve": approve, "request": request, "finish": finish,
        "reapply": reapply, "fields_file": fields_file, "json": json, "dry_run": dry_run,
        "no_input": no_input,
    }  # fmt: skip
    settings = Settings(ledger, actor)
    given = Given(options, today=london_today(), actor=settings.actor.value)
    mode = _mode(given)
    if mode != "ask":
        _MODES[mode](given, settings)
    elif given.ref is None:  # all of a child's threads: nothing is asked of each
        _ask(given, settings)
    else:
        done_with("redact", r.asked_for, given, settings, lambda said: _ask(said, settings))


def _ask(given: Given, settings: Settings) -> None:
    given.need("basis", "why")
    r.ask(given, settings)


_MODES = {
    "": r.say_waiting,
    "approve": r.approve,
    "finish": r.finish,
    "reapply": r.reapply,
}
_BESIDE = {
    "": frozenset[str](),
    "ask": frozenset({"ref", "child", "positions", "basis", "why", "right_child"}),
    "approve": frozenset({"ref", "child", "approve", "request"}),
    "finish": frozenset({"finish"}),
    "reapply": frozenset({"reapply"}),
}
"""What each thing that is done is told by."""


def _mode(given: Given) -> str:
    """What is to be done. Raises `Misused` where it is two things."""
    said = {name for name in frozenset[str]().union(*_BESIDE.values()) if given.said(name)}
    mode = next((m for m in ("finish", "reapply", "approve") if m in said), "ask" if said else "")
    if beside := sorted(said - _BESIDE[mode]):
        flags = ", ".join(map(flag, beside))
        raise Misused(f"{flags} does not go with --{mode}.", "See: footprint redact --help.")
    if mode in ("ask", "approve"):
        if ("ref" in said) == ("child" in said):
            raise Misused(
                "Name a thread, or all of a child's with --child: one of the two.",
                "Either: footprint redact REF; or: footprint redact --child NUMBER.",
            )
        if "child" in said and said & {"positions", "request", "right_child"}:
            raise Misused(
                "--entry, --request and --right-child are of one thread.",
                "Name it in place of --child: footprint redact REF.",
            )
    if given.right_child is not None and not given.right_child.strip():
        raise Misused("--right-child is empty.", "Give the number, or leave it out: then all goes.")
    return mode
