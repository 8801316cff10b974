"""The command that gives out a checkpoint, and that goes on after a loss."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from footprint.errors import Misused, Refused
from footprint.ledger.checkpoints import issue_checkpoint
from footprint.ledger.ledger import Ledger
from footprint_cli import options as o
from footprint_cli.faults import WasRecorded
from footprint_cli.session import writing
from footprint_cli.settings import Settings
from footprint_cli.text import visible

_Mode = Callable[[Ledger, Mapping[str, Any], str], list[str]]
"""Does what an option says, with the options and who asks; returns the lines that say so."""


def checkpoint(
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="Write it there.")
    ] = None,
    moved: Annotated[
        bool, typer.Option("--moved", help="This file was moved here, and the old one is gone.")
    ] = False,
    resume_from: Annotated[
        Path | None,
        typer.Option(
            "--resume-from",
            metavar="NOTE",
            help="The signer's state is lost: go on from a checkpoint that was kept outside.",
        ),
    ] = None,
    accept_loss: Annotated[
        str | None,
        typer.Option(
            "--accept-loss",
            metavar="REASON",
            help="A backup was put back: go on from what is left.",
        ),
    ] = None,
    new_key: Annotated[
        str | None,
        typer.Option("--new-key", metavar="REASON", help="Sign with a new key from now on."),
    ] = None,
    ledger: o.Ledger = None,
    actor: o.Actor = None,
) -> None:
    """Issue a signed checkpoint for somebody outside to keep; or go on after a loss.

    footprint checkpoint --output checkpoint-2026-03.txt
    """
    all_options = {
        "--moved": moved or None,
        "--resume-from": resume_from,
        "--accept-loss": accept_loss,
        "--new-key": new_key,
    }
    options = {name: value for name, value in all_options.items() if value is not None}
    mode = _mode(options)
    if output and output.exists():
        raise Refused(f"There is a file at {output} already.", "Name another with --output.")
    settings = Settings(ledger, actor)
    with writing(settings) as opened:
        lines = mode(opened, options, settings.actor.value) if mode else []
        try:
            for line in lines:
                typer.echo(visible(line))
        except OSError as error:
            raise WasRecorded("the ledger", "replay") from error
        if output or not mode:
            _give(opened, output)


def _mode(options: Mapping[str, Any]) -> _Mode | None:
    """What is to be done before a checkpoint is issued. Raises `Misused` where it is two things."""
    if not options:
        return None
    mode = _MODES.get(frozenset(options))
    if mode is None:
        raise Misused(f"{' and '.join(options)} do not go together.", "Give one at a time.")
    module, name = mode
    found: _Mode = getattr(import_module(f"footprint_cli.{module}"), name)
    return found


_MODES = {
    frozenset({"--moved"}): ("losses", "moved"),
    frozenset({"--resume-from"}): ("losses", "resumed"),
    frozenset({"--accept-loss"}): ("losses", "restored"),
    frozenset({"--accept-loss", "--resume-from"}): ("losses", "restored"),
    frozenset({"--accept-loss", "--new-key"}): ("losses", "restored"),
    frozenset({"--accept-loss", "--new-key", "--resume-from"}): ("losses", "restored"),
    frozenset({"--new-key"}): ("losses", "rekeyed"),
    frozenset({"--new-key", "--resume-from"}): ("losses", "rekeyed"),
}
"""What an option does, or those that go together: a module and its function, a `_Mode`."""


def _give(ledger: Ledger, output: Path | None) -> None:
    note = _issued(ledger, output)
    if output:
        typer.echo(f"The checkpoint is in {output}. Give it to somebody outside to keep.")
    else:
        typer.echo(note, nl=False)


def _issued(ledger: Ledger, output: Path | None) -> str:
    """Issue a checkpoint, into a file where one is named: what cannot be kept is not given out."""
    if output is None:
        return issue_checkpoint(ledger)
    with output.open("x", encoding="utf-8", newline="") as file:
        try:
            note = issue_checkpoint(ledger)
            file.write(note)
        except BaseException:
            output.unlink(missing_ok=True)
            raise
    return note
