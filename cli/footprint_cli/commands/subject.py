"""The command that answers a subject access request: sar."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import orjson
import typer

from footprint.domain.thread import Thread
from footprint.durable import write_new_folder
from footprint.errors import Misused, Refused
from footprint.evidence.gathering import Evidence, NotSigned, gather, snapshot, with_words
from footprint.ledger.identity import london_today
from footprint.ledger.ledger import Ledger
from footprint.proof.policy import NOBODY
from footprint_cli import options as o
from footprint_cli.doing.givenout import must_be_whole
from footprint_cli.doing.onechild import threads_of_child
from footprint_cli.entering.given import read_file
from footprint_cli.screen.lines import say
from footprint_cli.screen.text import entries_said, escaped_json, say_json
from footprint_cli.session import reading
from footprint_cli.settings import Settings
from footprint_cli.thread.subject import Held, as_html, as_json, draft, without_other_child


def sar(
    child: Annotated[
        str | None, typer.Argument(metavar="[CHILD]", help="The local case number.")
    ] = None,
    child_file: Annotated[
        str | None,
        typer.Option(
            "--child-file",
            metavar="FILE",
            help="The case number from a file; - is stdin. Keeps it out of the history.",
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FOLDER", help="The folder to make.")
    ] = None,
    with_legal_advice: Annotated[
        bool, typer.Option("--with-legal-advice", help="And what was marked as legal advice.")
    ] = False,
    ledger: o.Ledger = None,
    json: o.Json = False,
) -> None:
    """Answer a subject access request about one child.

    All that is held, to read and as JSON: a draft for the data protection officer, in a new folder;
    with --json it is printed instead.

    footprint sar --child-file number.txt --output request-12
    """
    if json and output:
        raise Misused("--json prints the record and writes nothing.", "Leave one of them out.")
    number = _number(child, child_file)
    settings = Settings(ledger)
    with reading(settings) as opened:
        threads_of_child(opened, number)  # a mistake is told at once
        must_be_whole(settings)  # a case number that was taken away would hide a thread
        with snapshot(opened):
            held = _held(opened, number, legal_advice=with_legal_advice)
    if json:
        say_json(as_json(held))
        say('This is a DRAFT for the data protection officer; see "draft" in it.', err=True)
        return
    folder = output or Path(f"subject-access-{held.day}")
    _write(folder, held)
    _say_made(held, folder)


def _number(child: str | None, source: str | None) -> str:
    """The case number that was given. Raises `Misused` where it is none, or was given twice."""
    if child is not None and source is not None:
        raise Misused("Give the case number or --child-file, not both.", "Leave one of them out.")
    given = read_file(source).decode("utf-8-sig", "replace") if source else child
    number = (given or "").strip()
    if not number:
        raise Misused(
            "Missing: the child's case number.",
            "Give it, or --child-file FILE, which keeps it out of the shell's history.",
        )
    if not number.isprintable():
        raise Misused(
            "That is no case number: one is a single line of plain text.",
            "Give the number that your case system uses.",
        )
    return number


def _held(ledger: Ledger, child: str, *, legal_advice: bool) -> Held:
    """All that is held about a child, each entry and text as it was signed and committed to.

    Raises:
        NotFound: no thread is found by that number.
        Refused: this is an audit copy, or what is stored is not what was recorded.
    """
    gathered, newer = _gathered(ledger, threads_of_child(ledger, child))
    given = [
        without_other_child(with_words(ledger, one, legal_advice=legal_advice)) for one in gathered
    ]
    return Held(
        child=child,
        threads=[(one, _thread(ledger, one)) for one in given],
        policy=ledger.policy(),
        day=london_today(),
        position=ledger.size(),
        legal_advice=legal_advice,
        newer=newer,
    )


def _gathered(ledger: Ledger, streams: list[str]) -> tuple[list[Evidence], int]:
    """What is signed of threads, and how many entries of them are not signed yet.

    Raises:
        NotSigned: nothing is.
    """
    gathered, newer, last = list[Evidence](), 0, None
    for stream in streams:
        try:
            gathered.append(gather(ledger, stream, NOBODY))
        except NotSigned as error:
            newer, last = newer + error.count, error
    if last and not gathered:
        raise last
    return gathered, newer + sum(one.newer for one in gathered)


def _thread(ledger: Ledger, given: Evidence) -> Thread:
    thread = ledger.thread(given.stream, given.entries[-1].position)
    if thread is None:
        raise Refused(f"{given.ref} does not begin as a thread.", "See: footprint verify.")
    return thread


def _write(folder: Path, held: Held) -> None:
    """Both files in a folder of their own. Raises `Refused` where something is there."""
    record = escaped_json(orjson.dumps(as_json(held), option=orjson.OPT_INDENT_2))
    files = {"record.html": as_html(held).encode(), "record.json": f"{record}\n".encode()}
    try:
        write_new_folder(folder, files)
    except FileExistsError as error:
        raise Refused(
            f"There is something at {folder} already.", "Name another folder with --output."
        ) from error
    except OSError as error:
        raise Refused(
            f"{folder} cannot be written: {error.strerror}.", "Name another with --output."
        ) from error


def _say_made(held: Held, folder: Path) -> None:
    threads = len(held.threads)
    say(
        f"What is held about the child is in {folder}: {threads}"
        f" thread{'' if threads == 1 else 's'}, {entries_said(held.entries)}; record.html to read,"
        " record.json for machines."
    )
    say("It is a DRAFT for the data protection officer, who also completes it:")
    for line in draft(held):
        say(f"- {line}")
