"""Files that are not what their names say, or nothing that can be read."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest
import xlwt
from sheets_helpers import (
    BYTES,
    book_of,
    ole_bytes,
    raw_ods,
    refusal,
    xlsx_bytes,
    zip_bytes,
)

from footprint.errors import Misused, NotFound
from footprint.sheets.book import read_book

ROWS = [["Day", "Why"], ["1", "2"]]
CALLED = {
    "csv": "plain text (csv)", "xlsx": "an Excel workbook (.xlsx)",
    "xls": "an old Excel workbook (.xls)", "ods": "an OpenDocument spreadsheet (.ods)",
}  # fmt: skip


@pytest.mark.parametrize("kind", BYTES)
@pytest.mark.parametrize("suffix", ["csv", "xlsx", "xls", "ods"])
def test_a_name_and_its_bytes_agree_or_it_is_refused(
    tmp_path: Path, kind: str, suffix: str
) -> None:
    """It is said what it is, and that it can be renamed."""
    data = BYTES[kind](ROWS)
    if kind == suffix:
        assert book_of(tmp_path, f"a.{suffix}", data).kind == kind
        return
    said = refusal(tmp_path, f"a.{suffix}", data)
    assert f"is named .{suffix} and is {CALLED[kind]}" in said
    assert f"Rename it to end in .{kind}" in said


@pytest.mark.parametrize("kind", BYTES)
@pytest.mark.parametrize("name", ["a", "a.bak", "a.{}".format("2024")])
def test_a_name_that_says_nothing_leaves_it_to_the_bytes(
    tmp_path: Path, kind: str, name: str
) -> None:
    """Without a suffix, or with one that means something else."""
    assert book_of(tmp_path, name, BYTES[kind](ROWS)).kind == kind


def test_a_workbook_with_macros_is_read(tmp_path: Path) -> None:
    """Its values are; nothing in it is run."""
    assert book_of(tmp_path, "a.xlsm", xlsx_bytes(ROWS)).kind == "xlsx"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"%PDF-1.7\n", "a PDF document"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (b"{\\rtf1 x}", "a rich text document"),
        (b"\x1f\x8b\x08", "a packed archive"),
        (b"SQLite format 3\0", "an SQLite database"),
        (b"\x09\x04\x06\0\0\0\x10\0", "a very old Excel"),
        (b"\xef\xbb\xbf\n<!DOCTYPE html><table>", "a web page (HTML)"),
        (b"<html xmlns:x='x'><table><tr><td>1", "a web page (HTML)"),
        (b"MIME-Version: 1.0\n", "a saved web page"),
        (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>', "an XML spreadsheet"),
        (b'<?xml version="1.0"?><office:document x="">', "a flat OpenDocument file"),
        (b'<?xml version="1.0"?><rows/>', "an XML file"),
        (b'{"day": 1}\n{"day": 2}\n', "JSON"),
        (b'[{"day": 1}]', "JSON"),
        (bytes(range(32)) * 9, "no text"),
        (zip_bytes({"a.csv": b"x"}), "a zip archive that is no workbook"),
        (zip_bytes({"word/document.xml": b"x"}), "a Word document"),
        (zip_bytes({"xl/workbook.bin": b"x"}), "a binary Excel workbook (.xlsb)"),
        (raw_ods("", mimetype="application/vnd.oasis.opendocument.text"), "no spreadsheet"),
        (ole_bytes(b"x" * 5000, "WordDocument"), "an old Word document"),
        (ole_bytes(b"x" * 5000, "Something"), "an old Office file that is no workbook"),
        (b"", "is empty"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("suffix", ["", ".csv", ".xlsx"])
def test_what_cannot_be_read_is_named(tmp_path: Path, suffix: str, data: bytes, said: str) -> None:
    """By what it is, whatever it is called."""
    assert said in refusal(tmp_path, f"a{suffix}", data)


def test_csv_that_looks_a_little_like_something_else_is_csv(tmp_path: Path) -> None:
    """A bracket or a sign at its beginning is no JSON and no web page."""
    for data in (b"[Team],Day\n", b"<5 days,Day\n", b"{a},b\n", b"PK,Day\n", b"BMW,Day\n"):
        assert book_of(tmp_path, "a.csv", data).kind == "csv"


def locked_xls() -> bytes:
    """An xls file with the record that says that it is encrypted ([MS-XLS] 2.4.117)."""
    book = xlwt.Workbook()
    book.add_sheet("Sheet").write(0, 0, "x")
    stream = book.get_biff_data()
    return ole_bytes(stream[:20] + b"\x2f\0\x06\0\1\0\0\0\0\0" + stream[20:])


def locked_zip() -> bytes:
    data = bytearray(xlsx_bytes(ROWS))
    for sign, at in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        data[data.rindex(sign) + at] |= 1
    return bytes(data)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.xlsx", ole_bytes(b"x" * 5000, "EncryptedPackage")),
        ("a.xls", locked_xls()),
        ("b.xlsx", locked_zip()),
        ("a.ods", raw_ods("", manifest="<manifest:encryption-data/>")),
    ],
)
def test_a_password_is_asked_to_be_taken_off(tmp_path: Path, name: str, data: bytes) -> None:
    """Of whatever kind it is."""
    said = refusal(tmp_path, name, data)
    assert "protected with a password" in said
    assert "save it without one" in said


def test_what_is_not_there_or_no_file_is_said(tmp_path: Path) -> None:
    """A missing file, a folder, a pipe that would be waited for."""
    with pytest.raises(NotFound, match="There is no file"):
        read_book(tmp_path / "a.csv")
    with pytest.raises(Misused, match="is a folder"):
        read_book(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Misused, match="is no file"):
        read_book(tmp_path / "pipe")


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read_is_said(tmp_path: Path) -> None:
    """With the system's own words."""
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n")
    path.chmod(0)
    with pytest.raises(Misused, match="Permission denied"):
        read_book(path)


def test_an_archive_without_end_is_damaged(tmp_path: Path) -> None:
    """It begins as a workbook, and was cut off."""
    assert "is damaged" in refusal(tmp_path, "a.xlsx", xlsx_bytes(ROWS)[:-40])
    assert zipfile.is_zipfile(tmp_path / "a.xlsx") is False
