"""The command that gives out a checkpoint."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from footprint.errors import Refused
from footprint.ledger.checkpoints import accept_move, issue_checkpoint
from footprint.ledger.ledger import Ledger
from footprint_cli import options as o
from footprint_cli.session import writing
from footprint_cli.settings import Settings


def checkpoint(
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="Write it there.")
    ] = None,
    moved: Annotated[
        bool, typer.Option("--moved", help="This file was moved here, and the old one is gone.")
    ] = False,
    ledger: o.Ledger = None,
) -> None:
    """Issue a signed checkpoint for somebody outside to keep.

    footprint checkpoint --output checkpoint-2026-03.txt
    """
    if output and output.exists():
        raise Refused(f"There is a file at {output} already.", "Name another with --output.")
    with writing(Settings(ledger)) as opened:
        if moved:
            accept_move(opened)
        note = _issued(opened, output)
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
