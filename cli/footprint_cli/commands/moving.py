"""The command that moves a ledger to another place: copy."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from footprint.engine.place import Place, Server, place_of
from footprint.errors import Misused
from footprint.ledger.elsewhere.moving import Moved, move
from footprint_cli import options as o
from footprint_cli.commands.exporting import export
from footprint_cli.commands.setup import roles_of
from footprint_cli.doing.founding import check_disk
from footprint_cli.doing.givenout import must_be_whole
from footprint_cli.entering.appending import writing
from footprint_cli.screen.lines import say
from footprint_cli.screen.progress import shown_progress
from footprint_cli.screen.text import say_json, visible
from footprint_cli.settings import Settings


def copy(
    source: Annotated[str, typer.Argument(metavar="FROM", help="The ledger, by file or address.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="Where it goes: nothing is there.")],
    without_vault: Annotated[
        bool, typer.Option("--without-vault", help="An audit copy, to a file: it stays here.")
    ] = False,
    actor: o.Actor = None,
    json: o.Json = False,
) -> None:
    """Move a ledger between a file and a server.

    It goes on there, and takes no entry here. Where that was cut short, the same command goes on.
    With --without-vault nothing moves: the copy is to count and verify.

    footprint copy footprint.db 'postgresql://owner@host/footprint'

    footprint copy footprint.db audit-2017-05.db --without-vault
    """
    settings, to = Settings(source, actor), place_of(target)
    if without_vault:
        _audit_copy(source, to, as_json=json)
        return
    check_disk(to)
    if isinstance(to, Path):
        to.parent.mkdir(parents=True, exist_ok=True)
    with (
        writing(settings, signing=True, leaving=True) as opened,
        shown_progress("Copying") as progress,
    ):
        moved = move(
            opened,
            to,
            lambda: must_be_whole(settings),
            actor=settings.actor.value,
            progress=progress,
        )
    _say(settings.place, to, moved, as_json=json)


def _audit_copy(source: str, to: Place, *, as_json: bool) -> None:
    if isinstance(to, Server):
        raise Misused(
            "An audit copy is a file.",
            "Name a file; or give the auditor a login there: GRANT"
            f" {to.schema}_auditor TO LOGIN shows no words either.",
        )
    export(audit_copy=to, ledger=source, json=as_json)


def _say(source: Place, to: Place, moved: Moved, *, as_json: bool) -> None:
    warnings = [_STILL.format(source=source)]
    if as_json:
        say_json({
            "ledger": str(to), "from": str(source), "entries": moved.size,
            "root": moved.root.hex(), "warnings": warnings,
        })  # fmt: skip
        return
    say(f"The ledger is at {to}: {moved.size} entries, of the same root.")
    say(f"Root: {moved.root.hex()}")
    if isinstance(to, Server):
        say(roles_of(to))
    say(f"Name it from now on: --ledger {shlex.quote(visible(str(to)))}")
    for warning in warnings:
        say(f"! {warning}", err=True)


_STILL = (
    "What is at {source} takes no entry any more, and holds all words as before. Take it away when"
    " the new place is verified and backed up: what is redacted there is not removed here."
)
