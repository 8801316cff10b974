"""Hostile and silly files: one clear message, an exit code, nothing recorded, soon."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from cli_helpers import DONE, NOT_FOUND, PROGRAM, REFUSED, USAGE, Place, one_message
from import_helpers import (
    changed,
    nothing_was_recorded,
    poole_rows,
    put,
    put_bytes,
)
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from sheets_helpers import altered, csv_bytes, ole_bytes, xlsx_bytes, zip_bytes

pytestmark = pytest.mark.slow  # a process for each case


@pytest.fixture(scope="module")
def empty(_new: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A new ledger, which is to stay one."""
    place = _new.copy(tmp_path_factory.mktemp("hostile") / "place")
    yield place
    nothing_was_recorded(place)


# --- files that are no sheets -----------------------------------------------------------------


MOST = (520 << 20) + 123_457
"""Bytes; a number that stands nowhere else in the archive."""


def bomb() -> bytes:
    """Half a gibibyte in half a mebibyte, which says that it is small."""
    data = bytearray(zip_bytes({"xl/workbook.xml": b"x", "z": b" " * MOST}))
    size = MOST.to_bytes(4, "little")
    while size in data:
        at = data.index(size)
        data[at : at + 4] = (10).to_bytes(4, "little")
    return bytes(data)


def of_sheets(data: bytes) -> Callable[[], bytes]:
    return lambda: data


XLSX = xlsx_bytes(changed({}, 3))
NO_SHEETS: dict[str, tuple[Callable[[], bytes], int, str]] = {
    "empty.csv": (of_sheets(b""), REFUSED, "is empty"),
    "protected.xlsx": (
        of_sheets(ole_bytes(b"x" * 5000, "EncryptedPackage")), REFUSED, "protected with a password",
    ),
    "csv.xlsx": (of_sheets(csv_bytes(poole_rows())), REFUSED, "csv.xlsx"),
    "xlsx.csv": (of_sheets(XLSX), REFUSED, "xlsx.csv"),
    "letter.pdf": (of_sheets(b"%PDF-1.7\n" + b"\0" * 99), REFUSED, "letter.pdf"),
    "page.xls": (of_sheets(b"<html><table><tr><td>Child</td></tr></table>"), REFUSED, "page.xls"),
    "truncated.xlsx": (of_sheets(XLSX[: len(XLSX) // 2]), REFUSED, "damaged"),
    "dtd.xlsx": (
        of_sheets(altered(XLSX, **{"sheet1.xml": lambda xml: b"<!DOCTYPE a>" + xml})),
        REFUSED, "declares a document type",
    ),
    "headless.csv": (of_sheets(b"a,b,c\n1,2,3\n"), REFUSED, "no row of it has headings"),
    "nul.csv": (of_sheets(csv_bytes(poole_rows()).replace(b"A02", b"A\x0002")), DONE, ""),
    "mixed.csv": (of_sheets(b"a,b\n" + "\u00e9".encode() * 9 + b"\xe9"), REFUSED, "UTF-8"),
}  # fmt: skip


@pytest.mark.parametrize("name", NO_SHEETS)
def test_a_file_that_is_no_sheet(empty: Place, name: str) -> None:
    """It is said what it is instead, within seconds."""
    make, code, said = NO_SHEETS[name]
    path = put_bytes(empty, name, make())
    began = time.monotonic()
    if code == DONE:  # whatever is made of it, it is no traceback
        assert "did not expect" not in empty.run("import", path).err
    else:
        assert said in one_message(empty.run("import", path, "--yes"), code)
    assert time.monotonic() - began < 10


@pytest.mark.slow
def test_a_bomb(empty: Place) -> None:
    """It is looked through as it inflates, and is let go at the bound."""
    path = put_bytes(empty, "bomb.xlsx", bomb())
    assert "unpacks to more than 512 MiB" in one_message(
        empty.run("import", path, "--yes"), REFUSED
    )


def test_what_is_no_file(empty: Place) -> None:
    """A folder, nothing, and what is not a regular file."""
    for path, code, said in (
        (".", USAGE, "is a folder"),
        ("nowhere.xlsx", NOT_FOUND, "There is no file"),
        ("/dev/null", USAGE, "is no file"),
        ("x" * 300 + ".csv", USAGE, "cannot be read"),
    ):
        assert said in one_message(empty.run("import", path, "--yes"), code)


# --- cells that say what they should not ------------------------------------------------------

NEW_YEAR = (date(2016, 11, 3) - date(1899, 12, 30)).days
CELLS: dict[str, tuple[str, str, str]] = {
    "no year": ("Date raised", "3rd Nov", "does not say the year"),
    "the future": ("Date raised", "03/11/2099", "in the future"),
    "no such day": ("Date raised", "31/02/2016", "31/02/2016"),
    "a year that was": ("Date raised", "03/11/1916", "before the Children Act"),
    "out of range": ("Date raised", "3", "date"),
    "a name for an IRO": ("IRO", "Jane Turner", "it is a name"),
    "a name for a child": ("Child ID", "Kyle Smith", "name"),
    "shortened": ("Child ID", "2.04E+11", "digits are lost"),
    "no case number": ("Child ID", "", "child"),
    "lost zeros": ("Child ID", "4117", "zeros in front"),
    "no theme": ("Theme", "Bananas", "none of the themes"),
    "no source": ("Record", "", "--source"),
    "a source that is not known": ("Record", "hearsay", "sources"),
    "answered before": ("Date of response", "01/01/2016", "before"),
}  # fmt: skip


def test_cells_that_cannot_be_recorded(empty: Place) -> None:
    """Each is refused in its row, with a reason; not one is guessed or left out."""
    rows = poole_rows()
    spoilt = {(n, heading): value for n, (heading, value, _) in enumerate(CELLS.values(), 2)}
    path = put(empty, "cells.csv", changed(spoilt, len(rows) - 1))
    ran = empty.run("import", path, "--yes", "--json")
    assert ran.code == REFUSED
    said: dict[int, str] = {}
    for one in ran.json["refused"]:
        said[one["row"]] = said.get(one["row"], "") + f" {one['reason']} {one['value']}"
    assert set(said) == {row for row, _ in spoilt}
    for n, (name, (_, _, reason)) in enumerate(CELLS.items(), 2):
        assert reason.casefold() in said[n].casefold(), name


def count_from_1904(book: openpyxl.Workbook) -> None:
    book.epoch = CALENDAR_MAC_1904


def test_days_as_a_spreadsheet_numbers_them(fresh: Place) -> None:
    """A serial is its day, whichever of the two calendars; two-digit years are of this century."""
    rows: list[list[Any]] = [row[:10] + row[-1:] for row in poole_rows()[:4]]
    at = rows[0].index("Date raised")
    rows[1][at], rows[2][at], rows[3][at] = NEW_YEAR, "03/11/16", NEW_YEAR - 1462
    early = xlsx_bytes(rows[:3])
    late = xlsx_bytes([rows[0], rows[3]], count_from_1904)
    for name, data in (("early.xlsx", early), ("late.xlsx", late)):
        fresh.done("import", put_bytes(fresh, name, data), "--yes")
    assert {one["raised_on"] for one in fresh.json("log")} == {"2016-11-03"}
    assert len(fresh.json("log")) == 3


def test_a_workbook_that_people_have_worked_on(fresh: Place) -> None:
    """Titles, totals, hidden sheets and formulas are named; a merged cell is refused."""
    rows: list[list[Any]] = [["Alerts 2016-17"], [], *poole_rows()[:5], ["Total", 4]]

    def worked_on(book: openpyxl.Workbook) -> None:
        hidden = book.create_sheet("Lists")
        hidden.sheet_state = "hidden"
        hidden.append(["Placement", "Adoption"])
        book.active["D8"] = '="S"&"K"'
        book.active.merge_cells("F6:F7")

    path = put_bytes(fresh, "worked.xlsx", xlsx_bytes(rows, worked_on))
    ran = fresh.run("import", path, "--json")
    assert ran.code == REFUSED
    assert {one["row"] for one in ran.json["refused"]} == {6, 7}
    assert all("merged" in one["reason"] for one in ran.json["refused"])
    assert "Sheet: 1 cell is a formula, and its value is taken: D8" in ran.json["notes"]
    left_out = {(one["sheet"], one["row"]): one["why"] for one in ran.json["left_out"]}
    assert "it is a total" in left_out["Sheet", 8]
    assert "hidden" in left_out["Lists", None]
    nothing_was_recorded(fresh)


# --- large ------------------------------------------------------------------------------------


def large(path: Path, rows: int, **spoilt: str) -> str:
    """A sheet of so many threads of one to four entries, all of different children."""
    sheet = poole_rows()
    with path.open("wb") as file:
        file.write(csv_bytes(sheet[:1]))
        for n in range(rows):
            row = list(sheet[1 + n % 26])
            row[0], row[4] = f"N{n}", str(300_000 + n)
            row[2] = spoilt.get("day", row[2])
            file.write(csv_bytes([row]))
    return str(path)


def memory(place: Place, *args: str) -> tuple[int, int]:
    """How a run ended, and the most memory that it held, in MiB."""
    code = (
        "import resource, subprocess, sys\n"
        "done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)\n"
        "print(done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    said = subprocess.run([sys.executable, "-c", code, PROGRAM, *args], env=place.env(),
                          cwd=place.folder, capture_output=True, text=True, check=True)  # fmt: skip
    ended, kept = map(int, said.stdout.split())
    return ended, kept >> (20 if sys.platform == "darwin" else 10)


@pytest.mark.slow
def test_a_large_sheet_takes_no_more_memory_than_a_short_one(fresh: Place, tmp_path: Path) -> None:
    """All of it is recorded, eighty times as much within a fifth more."""
    most = []
    for rows in (2_500, 200_000):
        place = fresh.copy(tmp_path / str(rows))
        ended, held = memory(place, "import", large(place.folder / "large.csv", rows), "--yes")
        assert ended == DONE
        assert place.json("verify")["entries"] > 6 + rows
        most.append(held)
    assert most[1] <= 1.2 * most[0], most


@pytest.mark.slow
@pytest.mark.parametrize(("rows", "most"), [(100_000, 200), (200_000, 400)])
def test_a_large_sheet_that_is_all_wrong_takes_little_memory(
    fresh: Place, rows: int, most: int
) -> None:
    """All of it is refused, each row with its reason, within so many MiB."""
    path = large(fresh.folder / "large.csv", rows, day="3rd Nov")
    ended, held = memory(fresh, "import", path, "--yes", "--json")
    assert ended == REFUSED
    assert held < most
    nothing_was_recorded(fresh)


@pytest.mark.slow
def test_a_sheet_that_is_too_large(empty: Place) -> None:
    """It is to be split."""
    path = large(empty.folder / "too-large.csv", 250_001)
    assert "more than 250,000 rows" in one_message(empty.run("import", path, "--yes"), REFUSED)
