"""A sheet with rows that cannot be recorded: all or nothing, or the good rows and a file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from cli_helpers import PROGRAM, REFUSED, USAGE, Place, Ran, one_message
from import_helpers import (
    ENTRIES,
    POOLE,
    THREADS,
    all_of,
    changed,
    in_files,
    nothing_was_recorded,
    poole_rows,
    put,
    views,
)
from sheets_helpers import csv_bytes, xlsx_bytes

from footprint.sheets.book import read_book

pytestmark = pytest.mark.slow  # a process for each case

NAME = "Kyle Testchild"
BAD = {(3, "IRO"): "Jane Turner", (5, "Child ID"): NAME, (6, "Date raised"): "no idea"}
"""The rows 3, 5 and 6 spoilt."""


def rejects_of(path: Path) -> list[tuple[Any, ...]]:
    """The rows of the only sheet of a file."""
    return [row.cells for row in read_book(path).sheets[0].rows()]


def mended(rows: list[tuple[Any, ...]]) -> list[list[Any]]:
    """The rejects as somebody mends them: what each row said, the reasons left where they are."""
    good = {row[0]: row for row in poole_rows()}
    return [[*good[row[0]], *row[len(good[row[0]]) :]] for row in rows]


# --- all or nothing ---------------------------------------------------------------------------


def test_one_bad_row_and_nothing_is_recorded(fresh: Place) -> None:
    """It is named, and what to do about it; the exit code is 1."""
    path = put(fresh, "bad.csv", changed(BAD))
    ran = fresh.run("import", path, "--yes")
    assert ran.code == REFUSED
    assert "row 3: IRO 'Jane Turner'" in ran.out
    assert "Nothing was recorded: a file is recorded whole, or not at all." in ran.err
    assert "--skip-bad" in ran.err
    ran = fresh.run("import", path, "--yes", "--json")
    assert (ran.code, ran.json["recorded"], len(ran.json["refused"])) == (REFUSED, False, 3)
    assert ran.json["receipt"] is None
    nothing_was_recorded(fresh)
    assert sorted(fresh.folder.glob("*rejects*")) == []


@pytest.mark.parametrize(
    ("name", "delimiter"), [("Bad.CSV", ";"), pytest.param("bad.txt", "\t", marks=pytest.mark.slow)]
)
def test_the_good_rows_and_a_file_to_mend(
    fresh: Place, poole_views: list[Any], name: str, delimiter: str
) -> None:
    """The others in the same form, with the reason behind them; mended, they complete the sheet."""
    path = fresh.folder / name
    path.write_bytes(csv_bytes(changed(BAD), delimiter=delimiter))
    said = fresh.done("import", str(path), "--yes", "--skip-bad").out
    rejects = path.with_name(f"{path.stem}-rejects{path.suffix}")
    assert f"The rows that were refused are in {rejects}, to be mended." in said
    rows = rejects_of(rejects)
    book = read_book(rejects)
    assert book.dialect
    assert (book.dialect.delimiter, book.dialect.encoding) == (delimiter, "utf-8-sig")
    assert rows[0] == (*poole_rows()[0], "Why it was refused")
    assert [row[0] for row in rows[1:]] == ["A02", "A04", "A05"]
    assert "it is a name" in rows[1][-1]
    again = fresh.folder / "mended.csv"
    again.write_bytes(csv_bytes([list(rows[0]), *mended(rows[1:])], delimiter=delimiter))
    fresh.done("import", str(again), "--yes")
    assert views(fresh) == poole_views
    assert fresh.json("import", str(POOLE), "--yes")["threads"]["same"] == THREADS


def test_a_workbook_gives_a_workbook(fresh: Place) -> None:
    """Each sheet that has such rows is in it; days stay days, and no cell becomes a formula."""
    rows = changed({**BAD, (3, "Concern"): "=1+1"}, rows=6)

    def two_sheets(book: openpyxl.Workbook) -> None:
        book.active.title = "Alerts 2016"
        good = book.create_sheet("2017")
        for row in [poole_rows()[0], *poole_rows()[8:10]]:
            good.append(row)

    path = fresh.folder / "two.xlsx"
    path.write_bytes(xlsx_bytes(rows, two_sheets))
    said = fresh.json("import", str(path), "--yes", "--skip-bad")
    assert (said["threads"]["new"], said["threads"]["refused"]) == (5, 3)
    rejects = Path(said["rejects"])
    assert rejects == path.with_name("two-rejects.xlsx")
    book = read_book(rejects)
    assert [sheet.name for sheet in book.sheets] == ["Alerts 2016"]
    assert rejects_of(rejects)[1][9] == "=1+1"
    assert book.sheets[0].formula_count == 0
    fresh.done("verify")


def test_a_name_that_was_mended_stays_out(fresh: Place) -> None:
    """The reason may repeat what was wrong: it is no cell of the row, and is not kept with it."""
    bad = {(2, "Child ID"): NAME, (2, "IRO"): NAME}
    fresh.done("import", put(fresh, "bad.csv", changed(bad, 2)), "--yes", "--skip-bad")
    rows = rejects_of(fresh.folder / "bad-rejects.csv")
    assert NAME in rows[1][-1]
    path = put(fresh, "mended.csv", [list(rows[0]), *mended(rows[1:])])
    fresh.done("import", path, "--yes")
    assert not in_files(fresh, NAME)
    still = put(fresh, "still.csv", rows)
    fresh.done("import", still, "--yes", "--skip-bad")
    assert rejects_of(fresh.folder / "still-rejects.csv")[0].count("Why it was refused") == 1


# --- where the files go -----------------------------------------------------------------------


def test_a_file_that_is_there_is_never_written_over(fresh: Place) -> None:
    """Refused before anything is looked at or recorded; so is a place that cannot be written."""
    path = put(fresh, "bad.csv", changed(BAD))
    there = fresh.folder / "bad-rejects.csv"
    there.write_text("mine")
    nowhere = str(fresh.folder / "nowhere" / "x.csv")
    long = str(fresh.folder / ("x" * 300 + ".csv"))
    for args, code, said in (
        ([], REFUSED, f"There is a file at {there} already."),
        (["--rejects", str(there)], REFUSED, "There is a file at"),
        (["--rejects", nowhere], REFUSED, f"{nowhere} cannot be written"),
        (["--rejects", long], REFUSED, "cannot be written"),
        (["--rejects", "new.csv", "--save-mapping", str(there)], REFUSED, "There is a file at"),
        (["--rejects", "new.csv", "--save-mapping", nowhere], REFUSED, "cannot be written"),
        (["--rejects", "new.xlsx"], USAGE, "are written as a csv file"),
    ):
        ran = fresh.run("import", path, "--yes", "--skip-bad", *args)
        assert said in one_message(ran, code)
    assert there.read_text() == "mine"
    assert not (fresh.folder / "new.csv").exists()
    nothing_was_recorded(fresh)


_SMALL_DISK = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))
from footprint_cli.main import run
run()
"""
"""The program where no file may grow beyond what an empty ledger's files need."""


def test_no_file_stays_where_nothing_was_recorded(fresh: Place) -> None:
    """Rejects beside a ledger that could not be written would say that the rest is in it."""
    path = put(fresh, "bad.csv", changed(BAD))
    args = ["import", path, "--yes", "--skip-bad", "--save-mapping", "m.toml"]
    done = subprocess.run(
        [sys.executable, "-c", _SMALL_DISK, *args], capture_output=True, text=True,
        env=fresh.env(), cwd=fresh.folder, check=False,
    )  # fmt: skip
    said = one_message(Ran(done.returncode, done.stdout, done.stderr), REFUSED)
    assert "Nothing was recorded." in said
    assert not (fresh.folder / "bad-rejects.csv").exists()
    assert not (fresh.folder / "m.toml").exists()
    nothing_was_recorded(fresh)
    fresh.done(*args)
    assert (fresh.folder / "bad-rejects.csv").exists()
    assert (fresh.folder / "m.toml").exists()


def test_rejects_are_of_skip_bad(fresh: Place) -> None:
    """Without it they would not be written."""
    said = one_message(fresh.run("import", str(POOLE), "--yes", "--rejects", "x.csv"), USAGE)
    assert "--skip-bad" in said


def test_no_rejects_where_nothing_is_refused(fresh: Place) -> None:
    """--skip-bad with good rows alone writes no file."""
    said = fresh.json("import", str(POOLE), "--yes", "--skip-bad", "--rejects", "x.csv")
    assert (said["rejects"], said["entries"]) == (None, ENTRIES)
    assert not (fresh.folder / "x.csv").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="has no device that is always full")
def test_a_receipt_that_cannot_be_printed_is_no_reason_to_do_it_again(fresh: Place) -> None:
    """What was recorded is said to be, on the other stream."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([PROGRAM, "import", str(POOLE), "--yes"], stdout=full,
                              stderr=subprocess.PIPE, env=fresh.env(), check=False)  # fmt: skip
    assert b"Do not enter it again" in done.stderr
    assert fresh.entries() == 6 + ENTRIES


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written(fresh: Place) -> None:
    """All is rolled back."""
    folder = fresh.folder / "closed"
    folder.mkdir(mode=0o500)
    path = put(fresh, "bad.csv", changed(BAD))
    before = all_of(fresh)
    ran = fresh.run("import", path, "--yes", "--skip-bad", "--rejects", str(folder / "x.csv"))
    assert "cannot be written" in one_message(ran, REFUSED)
    assert all_of(fresh) == before
