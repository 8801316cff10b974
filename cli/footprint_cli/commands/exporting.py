"""The command that gives a ledger to others in another form: export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from footprint.errors import Misused, Refused
from footprint.ledger.copying import STILL_PERSONAL, write_audit_copy
from footprint.ledger.sqlite import files_of
from footprint.proof.checkpoint import Checkpoint
from footprint_cli import options as o
from footprint_cli.givenout import must_be_whole, new_file
from footprint_cli.session import reading
from footprint_cli.settings import Settings
from footprint_cli.text import say_json, visible

_OPTION = "--audit-copy"


def export(
    audit_copy: Annotated[
        Path | None,
        typer.Option(_OPTION, metavar="FILE", help="The ledger without its words, to a new file."),
    ] = None,
    ledger: o.Ledger = None,
    json: o.Json = False,
) -> None:
    """Give the ledger to an auditor: all that counts and proves, and no word of it.

    footprint export --audit-copy audit-2026-03.db
    """
    if audit_copy is None:
        raise Misused(
            f"Missing: {_OPTION} FILE.",
            "It is what can be exported: the ledger without its words and case numbers.",
        )
    settings = Settings(ledger)
    with reading(settings) as opened:
        _must_be_free(audit_copy)
        must_be_whole(settings)
        with new_file(audit_copy, _OPTION):
            tree = write_audit_copy(opened, audit_copy)
    _say_made(audit_copy, tree, as_json=json)


def _must_be_free(path: Path) -> None:
    """SQLite would take a log that is left there for the new file's.

    Raises:
        Refused: the file is there, or a log of one that was.
    """
    if there := files_of(path):
        raise Refused(f"There is a file at {there[0]} already.", f"Name another with {_OPTION}.")


def _say_made(path: Path, tree: Checkpoint, *, as_json: bool) -> None:
    if as_json:
        say_json({
            "file": str(path), "entries": tree.size, "root": tree.root.hex(), "words": False,
            "warnings": [STILL_PERSONAL],
        })  # fmt: skip
        return
    typer.echo(f"The audit copy is in {visible(str(path))}: {tree.size} entries, of the same root.")
    typer.echo("It holds no words, no names and no case numbers; who recorded what, by login.")
    typer.echo(f"! {STILL_PERSONAL}")
    typer.echo(f"Root: {tree.root.hex()}")
