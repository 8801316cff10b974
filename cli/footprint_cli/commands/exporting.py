"""The command that gives a ledger to others in another form: export."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from footprint.engine.sqlite import files_of
from footprint.errors import Misused
from footprint.ledger.elsewhere.copying import STILL_PERSONAL, write_audit_copy
from footprint.ledger.elsewhere.giving import NOT_SIGNED
from footprint_cli import options as o
from footprint_cli.doing.givenout import already_there, must_be_whole, new_file
from footprint_cli.screen.lines import say
from footprint_cli.screen.progress import shown_progress
from footprint_cli.screen.text import say_json
from footprint_cli.session import moment_asked, reading
from footprint_cli.settings import Settings


class _Asked(NamedTuple):
    """What is to be given out, and of which moment."""

    settings: Settings
    option: str
    path: Path
    words: bool
    as_at: str | None
    at_entry: int | None
    day: str | None


def export(
    audit_copy: Annotated[
        Path | None,
        typer.Option(
            "--audit-copy", metavar="FILE", help="The ledger without its words, to a new file."
        ),
    ] = None,
    entries: Annotated[
        Path | None,
        typer.Option("--entries", metavar="FILE", help="All entries, as lines of CloudEvents."),
    ] = None,
    csv: Annotated[
        Path | None,
        typer.Option("--csv", metavar="FOLDER", help="Threads, views and policy, as CSV."),
    ] = None,
    xlsx: Annotated[
        Path | None,
        typer.Option("--xlsx", metavar="FILE", help="The same as a workbook, safe to open."),
    ] = None,
    with_words: o.WithWords = False,
    day: o.Day = None,
    as_at: o.AsAt = None,
    at_entry: o.AtEntry = None,
    ledger: o.Ledger = None,
    json: o.Json = False,
) -> None:
    """Give the ledger to an auditor or a program, or to read.

    footprint export --audit-copy audit-2017-05.db

    footprint export --xlsx ledger-2017-05.xlsx --as-at 31/3/2017
    """
    given = {"--audit-copy": audit_copy, "--entries": entries, "--csv": csv, "--xlsx": xlsx}
    paths = [(option, path) for option, path in given.items() if path is not None]
    if len(paths) != 1:
        raise Misused(
            "Give one of --audit-copy, --entries, --csv or --xlsx.",
            "An audit copy and entries hold all that proves; CSV and XLSX are for reading.",
        )
    asked = _Asked(Settings(ledger), *paths[0], with_words, as_at, at_entry, day)
    _must_go_together(asked)
    said = _EXPORTS[asked.option](asked)
    if json:
        say_json(_answer(asked, said))
        return
    for line in _told(asked, said):
        say(line)


def _must_go_together(asked: _Asked) -> None:
    if asked.option == "--audit-copy" and asked.words:
        raise Misused(
            "An audit copy has no words.",
            "With words: footprint export --entries FILE --with-words.",
        )
    moments = {"--day": asked.day, "--as-at": asked.as_at, "--at-entry": asked.at_entry}
    if asked.option in {"--audit-copy", "--entries"}:
        for option, value in moments.items():
            if value is not None:
                raise Misused(
                    f"{asked.option} gives all entries: {option} is for --csv and --xlsx.",
                    f"Leave {option} out.",
                )


# --- each way ---------------------------------------------------------------------------------


class _Said(NamedTuple):
    """What was given out, up to which position, its root, and how many are not signed yet."""

    entries: int
    root: str
    newer: int = 0


def _audit_copy(asked: _Asked) -> _Said:
    with reading(asked.settings) as opened:
        _must_be_free(asked)
        must_be_whole(asked.settings)
        with new_file(asked.path, asked.option):
            tree = write_audit_copy(opened, asked.path)
        return _Said(tree.size, tree.root.hex(), opened.size() - tree.size)


def _must_be_free(asked: _Asked) -> None:
    """Say early that something is there; SQLite would take an old log for a new file's.

    Raises:
        Refused: the file is there, or a log of a database that was.
    """
    if there := files_of(asked.path):
        raise already_there(there[0], asked.option)


def _entries(asked: _Asked) -> _Said:
    from footprint.durable import making
    from footprint.ledger.elsewhere.giving import write_entries

    with reading(asked.settings, with_words=asked.words) as opened:
        _must_be_free(asked)
        must_be_whole(asked.settings)
        with (
            new_file(asked.path, asked.option),
            shown_progress("Writing") as progress,
            making(asked.path) as temporary,
            temporary.open("wb") as file,
        ):
            tree = write_entries(opened, file, words=asked.words, progress=progress)
        return _Said(tree.size, tree.root.hex(), opened.size() - tree.size)


def _tables(asked: _Asked) -> _Said:
    from footprint.projections.views import Views
    from footprint_cli.doing.alltables import Moment, as_folder, as_workbook

    write = as_folder if asked.option == "--csv" else as_workbook
    with reading(asked.settings, with_words=asked.words) as opened:
        _must_be_free(asked)
        must_be_whole(asked.settings)
        with opened.connection.one_moment(), shown_progress("Writing") as progress:
            upto, on = moment_asked(opened, asked.as_at, asked.at_entry, asked.day)
            views = Views.beside(opened) if upto is None else Views.at(opened, upto)
            at = opened.size() if upto is None else upto
            try:
                moment = Moment(opened, views, at, on, asked.words, progress)
                with new_file(asked.path, asked.option):
                    write(moment, asked.path)
            finally:
                views.close()
            return _Said(at, moment.root.hex())


_EXPORTS: dict[str, Callable[[_Asked], _Said]] = {
    "--audit-copy": _audit_copy,
    "--entries": _entries,
    "--csv": _tables,
    "--xlsx": _tables,
}

# --- what is said of it -------------------------------------------------------------------------

_WITH_WORDS = (
    "It holds words and case numbers, in the clear: keep it as you keep the children's files."
)


def _answer(asked: _Asked, said: _Said) -> dict[str, Any]:
    return {
        "file": str(asked.path), "entries": said.entries, "root": said.root, "words": asked.words,
        "warnings": [*_not_in_it(said), _WITH_WORDS if asked.words else STILL_PERSONAL],
    }  # fmt: skip


def _not_in_it(said: _Said) -> list[str]:
    """What was recorded since the newest signed tree, where others sign."""
    return [NOT_SIGNED.format(count=said.newer)] if said.newer else []


def _told(asked: _Asked, said: _Said) -> list[str]:
    what = _IS_IN[asked.option].format(path=asked.path, entries=said.entries)
    without = "It holds no words, no names and no case numbers; who recorded what, by login."
    return [
        what,
        *(f"! {line}" for line in _not_in_it(said)),
        *([f"! {_WITH_WORDS}"] if asked.words else [without, f"! {STILL_PERSONAL}"]),
        f"Root: {said.root}",
    ]


_IS_IN = {
    "--audit-copy": "The audit copy is in {path}: {entries} entries, of the same root.",
    "--entries": "The entries are in {path}: {entries}, of the same root."
    " Read back: footprint init --from FILE.",
    "--csv": "The tables are in {path}, as of entry {entries}. They are for programs; the XLSX is"
    " the one to open.",
    "--xlsx": "The workbook is in {path}, as of entry {entries}.",
}
