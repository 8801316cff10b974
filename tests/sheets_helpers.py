"""Files of rows in each kind, made with other people's libraries; and broken ones."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.teletype import addTextToElement
from odf.text import P
from xlwt.CompoundDoc import XlsDoc

from footprint.errors import FootprintError, Refused
from footprint.sheets.book import Book, Sheet, read_book
from footprint.sheets.pages import Row, held

Rows = Sequence[Sequence[Any]]


def csv_bytes(rows: Rows, encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding)


def xlsx_bytes(rows: Rows, change: Callable[[openpyxl.Workbook], object] = id) -> bytes:
    book = openpyxl.Workbook()
    for down, row in enumerate(rows, 1):
        for across, value in enumerate(row, 1):
            cell = book.active.cell(down, across)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"  # a text that begins with = is one here
    change(book)
    return _saved(book)


def xls_bytes(rows: Rows, change: Callable[[xlwt.Workbook], object] = id) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet")
    day = xlwt.easyxf(num_format_str="DD/MM/YYYY")
    for down, row in enumerate(rows):
        for across, value in enumerate(row):
            style = day if isinstance(value, date) else xlwt.Style.default_style
            sheet.write(down, across, value, style)
    change(book)
    return _saved(book)


def _saved(book: Any) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def ods_bytes(rows: Rows) -> bytes:
    book = OpenDocumentSpreadsheet()
    table = Table(name="Sheet")
    book.spreadsheet.addElement(table)
    for row in rows:
        made = TableRow()
        for value in row:
            made.addElement(_ods_cell(value))
        table.addElement(made)
    return _saved(book)


def _ods_cell(value: Any) -> TableCell:
    if isinstance(value, date):
        return TableCell(valuetype="date", datevalue=value.isoformat())
    if isinstance(value, bool):
        return TableCell(valuetype="boolean", booleanvalue=str(value).lower())
    if isinstance(value, int | float):
        return TableCell(valuetype="float", value=str(value))
    cell = TableCell(valuetype="string")
    for line in value.split("\n"):
        paragraph = P()
        addTextToElement(paragraph, line)
        cell.addElement(paragraph)
    return cell


BYTES: dict[str, Callable[[Rows], bytes]] = {
    "csv": csv_bytes, "xlsx": xlsx_bytes, "xls": xls_bytes, "ods": ods_bytes,
}  # fmt: skip

_ODS = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">'
    '<office:body><office:spreadsheet><table:table table:name="T">%s</table:table>'
    "</office:spreadsheet></office:body></office:document-content>"
)
_ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"


def raw_ods(rows: str, manifest: str = "<manifest/>", mimetype: str = _ODS_TYPE) -> bytes:
    """An ods file with these rows, as XML."""
    members = {"mimetype": mimetype, "content.xml": _ODS % rows, "META-INF/manifest.xml": manifest}
    return zip_bytes({name: text.encode() for name, text in members.items()})


def zip_bytes(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def altered(archive: bytes, **changes: Callable[[bytes], bytes]) -> bytes:
    """The archive with members changed, each named by how its name ends."""
    with zipfile.ZipFile(io.BytesIO(archive)) as old:
        members = {name: old.read(name) for name in old.namelist()}
    for part, change in changes.items():
        (name,) = (name for name in members if name.endswith(part))
        members[name] = change(members[name])
    return zip_bytes(members)


def ole_bytes(stream: bytes, name: str = "Workbook") -> bytes:
    """A compound file with one stream under this name."""
    out = io.BytesIO()
    XlsDoc().save(out, stream)
    data = bytearray(out.getvalue())
    at = data.index("Workbook".encode("utf-16-le"))
    data[at : at + 64] = name.encode("utf-16-le").ljust(64, b"\0")
    data[at + 64 : at + 66] = (len(name) * 2 + 2).to_bytes(2, "little")
    return bytes(data)


def book_of(folder: Path, name: str, data: bytes) -> Book:
    path = folder / name
    path.write_bytes(data)
    return read_book(path)


def rows_of(folder: Path, name: str, data: bytes) -> list[Row]:
    return list(book_of(folder, name, data).sheets[0].rows())


def row_of(sheet: Sheet, number: int) -> Row | None:
    """The row that a program shows under this number; None where nothing is in it."""
    return held(sheet.source).row(number)


def refusal(folder: Path, name: str, data: bytes) -> str:
    """What is said of a file that is refused."""
    try:
        book_of(folder, name, data)
    except Refused as error:
        return str(error)
    raise AssertionError("it was read")


def reads_or_refuses(folder: Path, name: str, data: bytes) -> None:
    """A book whose rows can all be read, or a refusal: nothing else comes of any bytes."""
    try:
        book = book_of(folder, name, data)
    except FootprintError as error:
        assert name in str(error)  # noqa: PT017 - a refusal is no failure
        return
    for sheet in book.sheets:
        assert sheet.count == len(list(sheet.rows()))
