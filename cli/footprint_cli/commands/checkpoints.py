"""The command that gives out a checkpoint, sends it to a witness and takes the answer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from footprint.errors import Misused, Refused
from footprint.ledger.checkpoints import (
    accept_move,
    issue_checkpoint,
    last_cosigned,
    request_after,
    take_cosignatures,
)
from footprint.ledger.ledger import Ledger
from footprint.proof.policy import Policy
from footprint.witness.trust import trust_in
from footprint_cli import options as o
from footprint_cli.given import read_file
from footprint_cli.session import writing
from footprint_cli.settings import Settings
from footprint_cli.text import visible


def checkpoint(
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="Write it there.")
    ] = None,
    moved: Annotated[
        bool, typer.Option("--moved", help="This file was moved here, and the old one is gone.")
    ] = False,
    request: Annotated[
        bool, typer.Option("--request", help="As a request to a witness, to send to it.")
    ] = False,
    since: Annotated[
        int | None,
        typer.Option("--since", metavar="N", min=0, help="The size that the witness says it saw."),
    ] = None,
    witness: Annotated[
        str | None, typer.Option("--for", metavar="NAME", help="For which trusted witness.")
    ] = None,
    cosigned: Annotated[
        str | None,
        typer.Option("--cosigned", metavar="FILE", help="Keep a witness's answer; - is stdin."),
    ] = None,
    ledger: o.Ledger = None,
) -> None:
    """Issue a signed checkpoint for somebody outside to keep, or for a witness to cosign.

    footprint checkpoint --output checkpoint-2026-03.txt

    footprint checkpoint --request > request.txt, and then --cosigned answer.txt
    """
    settings = Settings(ledger)
    if cosigned is not None:
        if output or moved or request or since is not None or witness:
            raise Misused("--cosigned takes an answer, and nothing else.", "Give it alone.")
        _take(settings, read_file(cosigned))
        return
    if output and output.exists():
        raise Refused(f"There is a file at {output} already.", "Name another with --output.")
    if not request and (since is not None or witness):
        raise Misused("--since and --for belong to a request.", "Give --request too.")
    make = _requesting(settings, since, witness) if request else issue_checkpoint
    with writing(settings) as opened:
        if moved:
            accept_move(opened)
        issued = _issued(opened, output, make)
    if output is None:
        typer.echo(issued, nl=False)
    elif request:
        typer.echo(f"The request is in {output}. Send it to the witness.")
    else:
        typer.echo(f"The checkpoint is in {output}. Give it to somebody outside to keep.")


def _issued(ledger: Ledger, output: Path | None, make: Callable[[Ledger], str]) -> str:
    """Issue what is made, into a file where one is named: what cannot be kept is not given out."""
    if output is None:
        return make(ledger)
    with output.open("x", encoding="utf-8", newline="") as file:
        try:
            note = make(ledger)
            file.write(note)
        except BaseException:
            output.unlink(missing_ok=True)
            raise
    return note


def _requesting(settings: Settings, since: int | None, name: str | None) -> Callable[[Ledger], str]:
    """How to make a request for the witness that is meant."""
    if since is not None:
        return lambda ledger: request_after(ledger, since)
    trusted = {one.name: one.key for one in trust_in(settings.home_path).witnesses}
    if name and name not in trusted:
        raise Misused(
            f"No trusted witness is called {name!r}.", "See: footprint trust show.", [*trusted]
        )
    if not name and len(trusted) > 1:
        raise Misused("Several witnesses are trusted.", "Say for which: --for NAME.", [*trusted])
    key = trusted[name] if name else next(iter(trusted.values()), None)
    return lambda ledger: request_after(ledger, last_cosigned(ledger, key) if key else 0)


def _take(settings: Settings, answer: bytes) -> None:
    """Keep a witness's answer, and say what it was on and what was left out."""
    policy: Policy = trust_in(settings.home_path)
    with writing(settings) as opened:
        taken = take_cosignatures(opened, answer, policy)
    for name in taken.unknown:
        typer.echo(f"Left out: the line of {visible(name)}, whose key is not trusted.", err=True)
    names = ", ".join(visible(key.name) for key in taken.witnesses)
    typer.echo(f"Cosigned by {names}: the checkpoint of {taken.checkpoint.size} entries.")
