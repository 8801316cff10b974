"""The command that answers a subject access request: sar."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import orjson
import typer

from footprint.durable import move_durably, write_new
from footprint.errors import Misused, Refused
from footprint.evidence.gathering import snapshot
from footprint.ledger.identity import london_today
from footprint_cli import options as o
from footprint_cli.given import read_file
from footprint_cli.session import reading
from footprint_cli.settings import Settings
from footprint_cli.subject import Subject, as_html, as_record, left_out, refs, subject
from footprint_cli.text import say_json, visible


def sar(
    child: Annotated[
        str | None,
        typer.Argument(metavar="CHILD", help="The local case number.", show_default=False),
    ] = None,
    child_file: Annotated[
        str | None,
        typer.Option(
            "--child-file", metavar="FILE", help="The case number from a file; - is stdin."
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FOLDER", help="A new folder for it.")
    ] = None,
    with_legal_advice: Annotated[
        bool, typer.Option("--with-legal-advice", help="And what was marked as legal advice.")
    ] = False,
    ledger: o.Ledger = None,
    json: o.Json = False,
) -> None:
    """All that is held about one child, as a page and as JSON: a draft to answer a request from.

    For the data protection officer, who checks it for others' data and for serious harm.

    footprint sar 204117 --output request-17
    """
    number = _child(child, child_file)
    if json and output:
        raise Misused("--json prints the record, and writes no folder.", "Leave one of them out.")
    today = london_today()
    with reading(Settings(ledger)) as opened, snapshot(opened):
        held = subject(opened, number, today, legal_advice=with_legal_advice)
    if json:
        say_json(as_record(held))
        return
    folder = output or Path(f"subject-access-{today}")
    _write(folder, held)
    _say(held, folder)


def _child(given: str | None, file: str | None) -> str:
    if (given is None) == (file is None):
        raise Misused("Missing: CHILD, or --child-file: one of the two.")
    if given is not None:
        return given.strip()
    try:
        return read_file(str(file)).decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise Misused("The case number is not UTF-8 text.", "Save it as UTF-8.") from error


def _write(folder: Path, held: Subject) -> None:
    """A folder for its owner alone, whole or not there. Raises `Refused` where there is one."""
    made = folder.with_name(f".{folder.name}.{os.getpid()}.new")
    try:
        if os.path.lexists(folder):
            raise Refused(f"There is something at {folder} already.", "Name another with --output.")
        made.mkdir(mode=0o700)
        record = orjson.dumps(as_record(held), option=orjson.OPT_INDENT_2)
        write_new(made / "record.json", record + b"\n")
        write_new(made / "record.html", as_html(held).encode())
        move_durably(made, folder)
    except OSError as error:
        raise Refused(
            f"{folder} cannot be written: {error.strerror}.", "Name another with --output."
        ) from error
    finally:
        with suppress(OSError):
            shutil.rmtree(made)


def _say(held: Subject, folder: Path) -> None:
    typer.echo(f"What is held about that child ({refs(held)}) is in {visible(str(folder))}:")
    typer.echo("record.html, to read, and record.json.")
    for line in left_out(held):
        typer.echo(line)
    typer.echo("It is a draft for the data protection officer: it was not checked for what names")
    typer.echo("other people, or for what would do serious harm to read.")
