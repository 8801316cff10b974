"""Files made to hurt: each ends in a refusal, soon, and takes no more than it may."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import xlsxwriter
from sheets_helpers import (
    altered,
    book_of,
    raw_ods,
    refusal,
    rows_of,
    xlsx_bytes,
    zip_bytes,
)

from footprint.sheets import archive, reading, workbook

SHEET = xlsx_bytes([["a", 1]])
ROW = '<table:table-row table:number-rows-repeated="%d">%s</table:table-row>'
CELL = (
    '<table:table-cell table:number-columns-repeated="%d" office:value-type="string"%s>'
    "<text:p>x</text:p></table:table-cell>"
)
FAR = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
BEYOND = "could not be read within"
DAMAGED = "is damaged and cannot be read"


def dense() -> bytes:
    """Two cells in opposite corners."""
    return altered(SHEET, **{"sheet1.xml": lambda xml: xml.replace(b"</sheetData>", FAR)})


HURTS = {
    "corners.xlsx": (dense, BEYOND),
    "columns.ods": (lambda: raw_ods(ROW % (1, CELL % (10**9, ""))), "more than 512 columns"),
    "rows.ods": (lambda: raw_ods(ROW % (10**9, CELL % (1, ""))), "more than 250,000 rows"),
    "both.ods": (lambda: raw_ods(ROW % (1048576, CELL % (16384, ""))), DAMAGED),
    "negative.ods": (lambda: raw_ods(ROW % (-5, CELL % (2**65, ""))), DAMAGED),
    "dtd.xlsx": (
        lambda: altered(SHEET, **{"sheet1.xml": lambda xml: b"<!DOCTYPE a>" + xml}),
        "declares a document type",
    ),
    "entity.ods": (lambda: raw_ods('<!ENTITY x "y">'), "declares a document type"),
    "wide-dtd.xlsx": (
        lambda: altered(SHEET, **{"sheet1.xml": lambda xml: xml + "<!DOCTYPE".encode("utf-16")}),
        "declares a document type",
    ),
    "many.xlsx": (
        lambda: zip_bytes({f"xl/{n}.xml": b"" for n in range(5_001)}),
        "an archive of more than 5,000 files",
    ),
    "no-sheets.xlsx": (lambda: zip_bytes({"xl/workbook.xml": b"<workbook/>"}), DAMAGED),
}


@pytest.mark.parametrize("name", HURTS)
def test_it_is_refused_soon(tmp_path: Path, name: str) -> None:
    """With the words for its case."""
    make, said = HURTS[name]
    data = make()
    began = time.monotonic()
    assert said in refusal(tmp_path, name, data)
    assert time.monotonic() - began < 10


def test_what_an_archive_says_of_a_size_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A member is counted as it inflates."""
    monkeypatch.setattr(archive, "MOST_INFLATED", 1 << 20)
    size = 2_345_678
    data = bytearray(zip_bytes({"xl/workbook.xml": b"x", "z": b" " * size}))
    declared = size.to_bytes(4, "little")
    while declared in data:
        at = data.index(declared)
        data[at : at + 4] = (10).to_bytes(4, "little")
    assert "unpacks to more than 1 MiB" in refusal(tmp_path, "a.xlsx", bytes(data))


@pytest.mark.slow
def test_a_bomb_is_not_set_off(tmp_path: Path) -> None:
    """Not one that tells of its size, either."""
    data = altered(SHEET, **{"sheet1.xml": lambda xml: xml + b" " * (513 << 20)})
    assert "unpacks to more than 512 MiB" in refusal(tmp_path, "a.xlsx", data)


@pytest.mark.slow
def test_a_huge_text_ends_the_reader_alone(tmp_path: Path) -> None:
    """What the archive may inflate to, the process that reads it may not hold."""
    text = b"<sst><si><t>" + b"a" * (500 << 20) + b"</t></si></sst>"
    path = tmp_path / "plain.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet().write(0, 0, "a")
    data = altered(path.read_bytes(), **{"sharedStrings.xml": lambda _: text})
    assert BEYOND in refusal(tmp_path, "a.xlsx", data)


def test_a_reader_that_takes_too_long_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And is said to."""
    monkeypatch.setattr(workbook, "MOST_SECONDS", 0)
    assert BEYOND in refusal(tmp_path, "a.xlsx", SHEET)


def test_a_workbook_that_is_too_large_is_not_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would be read as a whole."""
    monkeypatch.setattr(reading, "MOST_WORKBOOK", 1000)
    assert "is larger than" in refusal(tmp_path, "a.xlsx", SHEET)


def test_nothing_beside_the_file_is_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A module in the folder where somebody keeps sheets is no part of the reader."""
    (tmp_path / "python_calamine.py").write_text("raise SystemExit('mine')")
    monkeypatch.chdir(tmp_path)
    assert rows_of(tmp_path, "a.xlsx", SHEET)[0].cells == ("a", 1)


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    """No process, and no file beside the one that was read."""
    book_of(tmp_path, "a.xlsx", SHEET)
    refusal(tmp_path, "b.xlsx", dense())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.xlsx", "b.xlsx"]
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_the_reader_ends_with_whoever_started_it(tmp_path: Path) -> None:
    """A reader whose input is closed before it was told all of the file answers nothing."""
    command = [sys.executable, "-c", "from footprint.sheets.child import main; main()"]
    task = b'{"kind": "xlsx", "size": 0, "memory": 1073741824, "seconds": 60}\n'
    with subprocess.Popen(command, stdin=subprocess.PIPE, cwd=tmp_path) as child:
        assert child.stdin
        child.stdin.write(task)
        child.stdin.close()
        assert child.wait(10) in {0, 1, -signal.SIGPIPE}
