"""The commands of a witness: witness init, add, status."""

from __future__ import annotations

from pathlib import Path
from time import time
from typing import Annotated

import typer

from footprint.errors import Contradicted, Refused
from footprint.proof.cosigned import utc
from footprint.proof.lines import MAX_NOTE_BYTES
from footprint.witness import witness as witnesses
from footprint.witness.trust import trust_in
from footprint_cli import options as o
from footprint_cli.entering.given import read_file
from footprint_cli.screen.lines import say
from footprint_cli.screen.text import say_json, visible
from footprint_cli.settings import Settings

witness = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Watch somebody else's ledger.\n\n"
    "Remember its checkpoints, cosign what extends them.\n\n"
    "footprint witness status",
)


@witness.command()
def init(
    name: Annotated[
        str,
        typer.Option("--name", metavar="NAME", help="Its name; best a domain's: audit.example/w1."),
    ],
) -> None:
    """Make this machine a witness, with a key of its own.

    Never where the ledger is kept.

    footprint witness init --name audit.example/w1
    """
    home = Settings().home_path
    key = witnesses.init(home, name)
    typer.echo(key.vkey)
    say(
        f"The witness is in {home / 'witness'}. Above is its key, for whoever will trust it:"
        f" footprint trust add {key.vkey}",
        err=True,
    )
    say(
        "Trust the ledger's key here, too: footprint trust add KEY. Then: footprint witness add"
        " REQUEST",
        err=True,
    )


@witness.command()
def add(
    file: Annotated[
        str, typer.Argument(metavar="[FILE]", help="A request as it was received; - is stdin.")
    ] = "-",
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="Write the line there.")
    ] = None,
) -> None:
    """Cosign a checkpoint that extends the last one seen.

    It prints the line to send back. It ends with 1 where it refuses, 3 where the checkpoint
    contradicts what was seen: both notes are then printed and kept.

    footprint witness add request.txt --output answer.txt
    """
    home = Settings().home_path
    if output and output.exists():
        raise Refused(f"There is a file at {output} already.", "Name another with --output.")
    try:
        body = read_file(file, 2 * MAX_NOTE_BYTES)  # what is longer is no request
        line = witnesses.add(home, trust_in(home), body, int(time()))
    except Contradicted as error:
        typer.echo(visible(error.proof, lines=True), err=True)
        raise
    if output:
        with output.open("x", encoding="utf-8", newline="") as written:
            written.write(line)
        say(f"The cosignature is in {output}. Send it back.", err=True)
    else:
        typer.echo(line, nl=False)


@witness.command()
def status(json: o.Json = False) -> None:
    """What was seen last of each ledger, and when it was cosigned.

    footprint witness status
    """
    home = Settings().home_path
    key, seen = witnesses.load(home).verifier, witnesses.seen(home)
    logs = [
        {
            "origin": one.checkpoint.origin,
            "size": one.checkpoint.size,
            "root": one.checkpoint.root.hex(),
            "cosigned_at": utc(one.at),
        }
        for one in seen
    ]
    if json:
        say_json({"name": key.name, "key": key.vkey, "logs": logs})
        return
    say(f"Witness {key.name}")
    typer.echo(f"Key     {visible(key.vkey)}")
    for log in logs:
        say(
            f"{log['origin']}: {log['size']} entries, cosigned {log['cosigned_at']},"
            f" root {log['root']}"
        )
    if not logs:
        say("Nothing was cosigned yet.")
