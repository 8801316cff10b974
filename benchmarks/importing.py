"""Measure recording in bulk against the least that could store the same entries, in one run.

    python benchmarks/importing.py [--threads 100000] [--rounds 3] [--folder DIR] [--profile]

Each side takes as many threads of four entries into a new file of its own, in one transaction. The
raw one is `executemany` into a plain table of state, salt and words, all three made anew for every
row. Sides take turns, each beginning as often as the others; a ratio is of rates, the median of
the rounds' own. Then a process of its own takes in `--whole` threads, and says how much memory it
needed at the most (0 leaves it out).
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from functools import partial
from itertools import chain, count, repeat
from pathlib import Path
from typing import Any

import orjson
from run import ACTOR, DAY, PER_THREAD, TEXT, Result, new_ledger, take_turns, tell, tell_versions

from footprint.domain.asks import Ask, Close, Raise, RecordImpact, Respond
from footprint.intake.considering import TOGETHER
from footprint.intake.importing import NEW, Outcome, Terms, brought_in
from footprint.intake.mapping import SheetMapping
from footprint.intake.opening import opened
from footprint.ledger.sealing import new_salt
from footprint.sheets.book import read_book
from footprint.sheets.writing import Table, write_csv

FILE = "5f" * 32
TARGETS = {"a csv file": 0.25}

TakeIn = Callable[[Path, int], None]
"""Takes so many threads into new files in a folder, which is not there yet."""


# --- our side -------------------------------------------------------------------------------


def thread_asks(nth: int) -> Iterator[Ask]:
    """The four moves of the thread of a row, each with what an import keeps as its evidence."""
    origin = {"origin_file": FILE, "origin_sheet": "Alerts 2016-17", "origin_row": str(nth + 2)}

    def said(**cells: str) -> dict[str, Any]:
        original = orjson.dumps({"Child ref": f"20{nth:05}", **cells}).decode()
        words = {"text": TEXT, "original": original, **origin}
        return {"on": DAY, "source": "transcribed", "words": words}

    raised = said(**{"Date raised": "09/01/2017", "Issue": "Placement", "Asked": "Team manager"})
    facts: dict[str, Any] = {"service": "CSC", "themes": ("PLC",), "iro": "MB", "formal": True}
    yield Raise(child=f"20{nth:05}", role="team-manager", **facts, **raised)
    answer = said(**{"Response date": "09/01/2017", "Response": "Agreed", "By": "Team manager"})
    yield Respond(response="agreed", role="team-manager", **answer)
    closed = said(**{"Closed on": "09/01/2017", "Outcome": "Resolved", "How": "Done"})
    yield Close(closure="resolved", basis="done", **closed)
    yield RecordImpact(impact="delay", **said(**{"Difference made": "Delay cut"}))


def record_threads(folder: Path, threads: int) -> None:
    """Decided here, and recorded several at a time, as an import does."""
    with closing(new_ledger(folder, signed=True)) as ledger, ledger.writing():
        for first in range(0, threads, TOGETHER):
            numbers = range(first, min(first + TOGETHER, threads))
            decided = [ledger.consider_together(tuple(thread_asks(n))) for n in numbers]
            ledger.record_decided(decided, actor=ACTOR)


def record_together(folder: Path, threads: int) -> None:
    """The same, one thread after the other."""
    with closing(new_ledger(folder, signed=True)) as ledger, ledger.writing():
        for nth in range(threads):
            ledger.record_together(tuple(thread_asks(nth)), actor=ACTOR)


HEADINGS = (
    "Alert no", "Level", "Date raised", "IRO", "Child ID", "Service", "Raised with", "Theme",
    "Concern", "Date of response", "Responded by", "Response", "Response summary", "Outcome",
    "Date closed", "What changed for the child", "Record",
)  # fmt: skip


def sheet_row(nth: int) -> tuple[str, ...]:
    """The same thread as a row of somebody's sheet."""
    return (
        f"A{nth}", "Alert", "09/01/2017", "MB", f"20{nth:05}", "CYPSC", "Team Manager",
        "Placement change", TEXT, "09/01/2017", "Team Manager", "Agreed", TEXT, "Resolved",
        "09/01/2017", TEXT, "Formal",
    )  # fmt: skip


def import_file(folder: Path, threads: int) -> None:
    """A csv file read, understood, looked for in the ledger, decided and recorded."""
    sheet = folder.parent / f"{threads}.csv"
    if not sheet.exists():
        rows = [HEADINGS, *map(sheet_row, range(threads))]
        write_csv(sheet, Table("", rows[0], rows[1:]))
    with closing(new_ledger(folder, signed=True)) as ledger, ledger.writing():
        file = opened(read_book(sheet), ledger, SheetMapping(), date(2026, 11, 25))
        outcomes = brought_in(file, ledger, Terms(actor=ACTOR, record=True), lambda _d, _o: None)
        if not all(isinstance(one, Outcome) and one.what == NEW for one in outcomes):
            raise SystemExit("a row of the sheet was not taken")


# --- the other side -------------------------------------------------------------------------


class Raw:
    """The same entries in a plain table: SQLite, orjson and nothing else."""

    def __init__(self, folder: Path) -> None:
        with closing(new_ledger(folder, signed=True)) as like:
            like.record_together(tuple(thread_asks(0)), actor=ACTOR)
            rows = like.connection.execute(
                "SELECT state, words FROM event JOIN vault USING (position) ORDER BY position"
            ).fetchall()
        self.rows = [tuple(map(orjson.loads, row)) for row in rows[-PER_THREAD:]]

    def __call__(self, folder: Path, threads: int) -> None:
        folder.mkdir()
        with closing(sqlite3.connect(folder / "raw.db", isolation_level=None)) as connection:
            for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"):
                connection.execute(f"PRAGMA {pragma}")
            connection.execute(
                "CREATE TABLE plain (id INTEGER PRIMARY KEY, state BLOB, salt BLOB, words BLOB)"
            )
            encode = orjson.dumps
            rows = (
                (encode(state), new_salt(), encode(words))
                for state, words in chain.from_iterable(repeat(self.rows, threads))
            )
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT INTO plain (state, salt, words) VALUES (?, ?, ?)", rows)
            connection.execute("COMMIT")


# --- what is measured -----------------------------------------------------------------------

OURS: dict[str, TakeIn] = {
    "a csv file": import_file, "in bulk": record_threads, "one by one": record_together,
}  # fmt: skip
"""Each of our ways in, beside the raw one."""


def measure(folder: Path, threads: int, rounds: int) -> list[Result]:
    """Seconds to take so many threads into a new file, from opening it to closing it."""
    folder.mkdir()
    numbers = count()

    def side(take_in: TakeIn) -> None:
        place = folder / str(next(numbers))
        take_in(place, threads)
        shutil.rmtree(place)

    sides = {**OURS, "raw": Raw(folder / "like")}
    took = take_turns({name: partial(side, take_in) for name, take_in in sides.items()}, rounds)
    return [
        Result(what=f"{name}, {threads * PER_THREAD:,}", ours=took[name], raw=took["raw"],
               target=TARGETS.get(name))
        for name in OURS
    ]  # fmt: skip


def tell_peak(folder: Path, name: str, threads: int) -> None:
    """The seconds and the memory of a process that takes in so many threads."""
    folder.mkdir()
    child = [sys.executable, __file__, "--folder", str(folder), "--child", name]
    said = subprocess.run(
        [*child, "--threads", str(threads)], check=True, capture_output=True, text=True
    )
    print(
        f"{name}, {threads * PER_THREAD:,} entries in a process of its own: {said.stdout}", end=""
    )


def be_child(folder: Path, name: str, threads: int) -> None:
    started = time.perf_counter()
    OURS[name](folder / "child", threads)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{seconds:.1f} s, at most {peak:.0f} MiB")


def profile(folder: Path, threads: int) -> None:
    """Where the time goes."""
    profiler = cProfile.Profile()
    profiler.runcall(record_threads, folder, threads)
    pstats.Stats(profiler).sort_stats("tottime").print_stats(40)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--threads", type=int, default=5_000, help="a round")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--whole", type=int, default=100_000, help="threads for the peak of memory")
    parser.add_argument("--folder", type=Path, default=None, help="where to write")
    parser.add_argument("--profile", action="store_true", help="say where the time goes instead")
    parser.add_argument("--child", choices=[*OURS], help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        be_child(given.folder, given.child, given.threads)
        return
    folder = Path(tempfile.mkdtemp(prefix="footprint-benchmark-", dir=given.folder))
    try:
        tell_versions()
        if given.profile:
            profile(folder / "profile", given.threads)
            return
        tell(measure(folder / "rounds", given.threads, given.rounds))
        for name in OURS if given.whole else ():
            tell_peak(folder / name.replace(" ", "-"), name, given.whole)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
