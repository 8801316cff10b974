"""Entries recorded: one a commit, a thousand a commit, a spreadsheet of them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from itertools import count
from pathlib import Path

from benchmarks.data import ACTOR, ORIGIN, PER_THREAD, TEXT, new_ledger, noted, raised, thread_asks
from benchmarks.data import WEEKDAYS as DAYS
from benchmarks.peers import Chain, Notes, installed
from benchmarks.plain import Plain, replace_file
from benchmarks.rounds import Measured, Side, take_turns
from footprint.intake.importing import NEW, Outcome, Terms, brought_in
from footprint.intake.mapping import SheetMapping
from footprint.intake.opening import opened
from footprint.ledger.ledger import Ledger
from footprint.ledger.signing.home import folder_of
from footprint.sheets.book import read_book
from footprint.sheets.writing import Table, write_csv

MANY = 1_000
_ONCE_ROUND = 1_200
"""Appends after which each side writes over its log: while that still grows, a commit costs the
disk twice as much, and the sides would be past that at different times."""
_SHEET_THREADS = 10_000
_HEADINGS = (
    "Alert no", "Level", "Date raised", "IRO", "Child ID", "Service", "Raised with", "Theme",
    "Concern", "Date of response", "Responded by", "Response", "Response summary", "Outcome",
    "Date closed", "What changed for the child", "Record",
)  # fmt: skip


def measure_appending(folder: Path, rounds: int) -> list[Measured]:
    return [
        *_measure_one(folder / "unsigned", rounds, signed=False),
        *_measure_one(folder / "signed", rounds, signed=True),
        *_measure_many(folder / "many", max(rounds // 4, 1)),
        _measure_import(folder / "import", max(rounds // 10, 1)),
    ]


def _measure_one(folder: Path, rounds: int, *, signed: bool) -> Iterator[Measured]:
    """A decided entry with words, durable before the next one. Peers where nothing is signed."""
    with closing(new_ledger(folder, signed=signed)) as ledger:
        stream = ledger.record(raised(DAYS[-1], "200000001"), actor=ACTOR).stream
        move = ledger.consider(noted(DAYS[-1]), stream)
        ledger.append(stream, move, actor=ACTOR)
        plain = Plain(folder / "plain.db", ledger)
        kept = bytes(_signer_state(folder).stat().st_size) if signed else b""

        def limit() -> None:
            plain.append()
            if signed:
                replace_file(folder / "state", kept)

        sides: dict[str, Side] = {
            "ours": lambda: ledger.append(stream, move, actor=ACTOR),
            "limit": limit,
        }
        if not signed:
            sides["eventsourcing: append one"] = Notes(folder / "library.db").append
            if installed("nexuscone"):
                sides["nexuscone: append one"] = Chain(folder / "chain.db").append
        for side in sides.values():
            for _ in range(_ONCE_ROUND):
                side()
        took = take_turns(sides, rounds, each=10)
    name = "append one, signed" if signed else "append one, unsigned"
    yield Measured(name, took.pop("ours"), limit_took := took.pop("limit"))
    yield from (Measured(what, seconds, limit_took) for what, seconds in took.items())


def _signer_state(folder: Path) -> Path:
    return folder_of(folder / "home", ORIGIN) / "state"


def _measure_many(folder: Path, rounds: int) -> list[Measured]:
    """A thousand decided entries with words in one commit: threads of four, unsigned."""
    with closing(new_ledger(folder, signed=False)) as ledger:
        threads = [
            ledger.consider_together(thread_asks(f"2{n:08}")) for n in range(MANY // PER_THREAD)
        ]
        ledger.record_decided(threads[:1], actor=ACTOR)
        plain = Plain(folder / "plain.db", ledger, PER_THREAD)
        notes = Notes(folder / "library.db")
        what = "eventsourcing: append 1,000 a commit"
        sides: dict[str, Side] = {
            "ours": lambda: ledger.record_decided(threads, actor=ACTOR),
            "limit": lambda: plain.append_many(MANY),
            what: lambda: notes.append_many(MANY),
        }
        took = take_turns(sides, rounds)
    limit = took["limit"]
    return [
        Measured("append 1,000 a commit", took["ours"], limit),
        Measured(what, took[what], limit),
    ]


# --- a spreadsheet --------------------------------------------------------------------------


def write_sheet(path: Path, threads: int) -> Path:
    """A csv file with a row for each thread, whose cells prove four entries."""
    rows = [_row(nth) for nth in range(threads)]
    write_csv(path, Table("", _HEADINGS, rows))
    return path


def _row(nth: int) -> tuple[str, ...]:
    return (
        f"A{nth}", "Alert", "09/01/2017", "MB", f"2{nth:08}", "CYPSC", "Team Manager",
        "Placement change", TEXT, "09/01/2017", "Team Manager", "Agreed", TEXT, "Resolved",
        "09/01/2017", TEXT, "Formal",
    )  # fmt: skip


def import_sheet(folder: Path, sheet: Path) -> Ledger:
    """A csv file read, understood, looked for in a new ledger, decided and recorded."""
    ledger = new_ledger(folder, signed=True)
    with ledger.writing():
        file = opened(read_book(sheet), ledger, SheetMapping(), date(2026, 9, 30))
        outcomes = brought_in(file, ledger, Terms(actor=ACTOR, record=True), lambda _d, _o: None)
        if not all(isinstance(one, Outcome) and one.what == NEW for one in outcomes):
            raise ValueError("a row of the sheet was not taken")
    return ledger


def _measure_import(folder: Path, rounds: int) -> Measured:
    folder.mkdir()
    sheet, numbers = write_sheet(folder / "sheet.csv", _SHEET_THREADS), count()
    with closing(import_sheet(folder / "like", sheet)) as like:
        entries = like.size()
        plain = Plain(folder / "plain.db", like, PER_THREAD)

    def ours() -> None:
        place = folder / str(next(numbers))
        import_sheet(place, sheet).close()
        shutil.rmtree(place)

    took = take_turns({"ours": ours, "limit": lambda: plain.append_many(entries)}, rounds)
    return Measured("import a csv file, two cores", took["ours"], took["limit"])
