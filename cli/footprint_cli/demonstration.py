"""The demonstration: the Poole year, built and shown."""

from __future__ import annotations

import os
import shlex
import tempfile
from pathlib import Path

import typer

from footprint.demo.poole import ACTOR, AUTHORITY, record_year
from footprint_cli.setup import make_ledger
from footprint_cli.tables import counts, log
from footprint_cli.trust import verify


def demonstrate(given: str | None) -> None:
    """Build the year in a fresh folder, or where it was said, and show it.

    The signer's home is beside the ledger (or FOOTPRINT_HOME, where that is set), never the
    user's own.
    """
    path = (
        Path(given).expanduser()
        if given
        else Path(tempfile.mkdtemp(prefix="footprint-demo-")) / "poole.db"
    )
    home = Path(os.environ.get("FOOTPRINT_HOME") or path.absolute().parent / "home")
    os.environ["FOOTPRINT_HOME"] = str(home)
    ledger = make_ledger(path, home, AUTHORITY, ACTOR, [])
    try:
        record_year(ledger)
    finally:
        ledger.close()
    _show(path, home)


def _show(path: Path, home: Path) -> None:
    typer.echo("The Borough of Poole's year 2016-17, from its annual report: 26 threads.\n")
    log(ledger=str(path))
    typer.echo("")
    counts(ledger=str(path), year="2016-17")
    typer.echo("")
    typer.echo("Go on with these two lines, and then with any command:", err=True)
    typer.echo(f"  export FOOTPRINT_HOME={shlex.quote(str(home))}", err=True)
    typer.echo(f"  export FOOTPRINT_LEDGER={shlex.quote(str(path.absolute()))}", err=True)
    typer.echo("  footprint replay 16; footprint times; footprint verify\n", err=True)
    verify(ledger=str(path))
