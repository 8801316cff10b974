"""Sheets for tests: rows in memory or as files of every kind, and brought into a ledger."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import openpyxl
import xlwt
from ledger_helpers import ACTOR, ORIGIN, Clock, path_in
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table as OdfTable
from odf.table import TableCell, TableRow
from odf.text import P

from footprint.domain.adoption import first_policy
from footprint.domain.events import LedgerOpened
from footprint.domain.thread import Thread
from footprint.intake.importing import LeftOut, Outcome, Terms, brought_in
from footprint.intake.mapping import SheetMapping, mapping_of
from footprint.intake.opening import Opened, opened
from footprint.ledger.identity import utc_now
from footprint.ledger.ledger import Ledger
from footprint.ledger.opening import create_ledger
from footprint.ledger.signing.signer import create_signer
from footprint.progress import silent
from footprint.sheets.book import EPOCH_1900, Book, Sheet, read_book
from footprint.sheets.pages import Cell, Pages, pack, tidy

TODAY = date(2026, 11, 25)
POOLE = Path(__file__).parents[1] / "footprint" / "demo" / "poole-2016-17.csv"
HOLIDAYS = {date(2016, 5, 2), date(2016, 5, 30), date(2016, 8, 29), date(2016, 12, 26),
            date(2016, 12, 27), date(2017, 1, 2)}  # fmt: skip
Rows = Sequence[Sequence[Cell]]
USUAL: dict[str, Cell] = {
    "Ref": "7", "Level": "Alert", "Date raised": "14/04/2016", "IRO": "MB", "Child ID": "204117",
    "Service": "CSC", "Raised with": "Team Manager", "Theme": "Placement change",
    "Concern": "Third placement in nine months.", "Record": "Formal",
}  # fmt: skip


def make(folder: Path, *, clock: Clock = utc_now) -> Ledger:
    """A new ledger with the calendar of the Poole year."""
    path = path_in(folder)
    signer = create_signer(folder / "home", ORIGIN, path)
    return create_ledger(
        path,
        LedgerOpened(authority="Example", origin=ORIGIN, key=signer.verifier.vkey),
        first_policy(date(2016, 4, 1), HOLIDAYS, "written by hand"),
        actor=ACTOR,
        sealer=signer,
        clock=clock,
    )


# --- books ------------------------------------------------------------------------------------


def sheet_of(rows: Rows, name: str = "", first: int = 1, **more: Any) -> Sheet:
    """A sheet in memory."""
    pages = Pages()
    for number, cells in enumerate(rows, first):
        if tidied := tidy(cells):
            pages.add(number, pack(tidied))
    return Sheet(name=name, source=pages, **more)


def book_of(*sheets: Sheet, epoch: date = EPOCH_1900) -> Book:
    """A book in memory."""
    digest = sha256(repr([list(sheet.rows()) for sheet in sheets]).encode()).hexdigest()
    return Book(kind="xlsx", digest=digest, sheets=sheets, epoch=epoch)


def table(*changes: Mapping[str, Cell], usual: Mapping[str, Cell] = USUAL) -> list[list[Cell]]:
    """A heading and a row a change, each beside what is usual."""
    names = list(dict.fromkeys([*usual, *(name for change in changes for name in change)]))
    return [[*names], *([{**usual, **change}.get(name) for name in names] for change in changes)]


def one_sheet(*changes: Mapping[str, Cell], usual: Mapping[str, Cell] = USUAL) -> Book:
    """A book of one sheet of such rows."""
    return book_of(sheet_of(table(*changes, usual=usual)))


def poole_rows() -> list[list[str]]:
    """The Poole year as it is in its file."""
    with POOLE.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


# --- files ------------------------------------------------------------------------------------


def save(path: Path, rows: Rows) -> Path:
    """Rows as a file of the kind that its suffix says."""
    _SAVE[path.suffix](path, rows)
    return path


def _csv(path: Path, rows: Rows) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def _xlsx(path: Path, rows: Rows) -> None:
    book = openpyxl.Workbook()
    for cells in rows:
        book.active.append(list(cells))
    book.save(path)


def _xls(path: Path, rows: Rows) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1")
    days = xlwt.easyxf(num_format_str="DD/MM/YYYY")
    for at, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            if cell is not None:
                sheet.write(at, column, cell, *([days] if isinstance(cell, date) else []))
    book.save(str(path))


def _ods(path: Path, rows: Rows) -> None:
    document = OpenDocumentSpreadsheet()
    sheet = OdfTable(name="Sheet1")
    for cells in rows:
        row = TableRow()
        for cell in cells:
            row.addElement(_odf(cell))
        sheet.addElement(row)
    document.spreadsheet.addElement(sheet)
    document.save(str(path))


def _odf(cell: Cell) -> TableCell:
    if cell is None:
        return TableCell()
    if isinstance(cell, date):
        made = TableCell(valuetype="date", datevalue=cell.isoformat())
    elif isinstance(cell, int | float):
        made = TableCell(valuetype="float", value=str(cell))
    else:
        made = TableCell(valuetype="string")
    made.addElement(P(text=str(cell)))
    return made


_SAVE: dict[str, Callable[[Path, Rows], None]] = {
    ".csv": _csv, ".xlsx": _xlsx, ".xls": _xls, ".ods": _ods,
}  # fmt: skip


# --- brought in -------------------------------------------------------------------------------


def understood(book: Book, ledger: Ledger, **tables: Any) -> Opened:
    """A book with what its columns mean."""
    return opened(book, ledger, mapping_of(tables) if tables else SheetMapping(), TODAY)


def bring(
    ledger: Ledger, given: Book | Path, terms: Mapping[str, Any] | None = None, **tables: Any
) -> list[Outcome]:
    """What a book comes to, recorded unless the terms say otherwise; rows left out are not told."""
    book = read_book(given) if isinstance(given, Path) else given
    on = Terms(**({"actor": ACTOR, "record": True} | dict(terms or {})))
    with ledger.writing():
        told = list(brought_in(understood(book, ledger, **tables), ledger, on, silent))
    return [one for one in told if not isinstance(one, LeftOut)]


def left_out(ledger: Ledger, book: Book) -> list[LeftOut]:
    """The rows that are no records."""
    on = Terms(actor=ACTOR, record=False)
    told = brought_in(understood(book, ledger), ledger, on, silent)
    return [one for one in told if isinstance(one, LeftOut)]


def whats(outcomes: Iterable[Outcome]) -> list[str]:
    """What each came to."""
    return [outcome.what for outcome in outcomes]


def why(outcome: Outcome) -> str:
    """All that is said of one."""
    return "; ".join(" ".join(fault) for fault in outcome.faults)


def threads(ledger: Ledger) -> list[Thread]:
    """Every thread of a ledger, by its number."""
    streams = sorted({e.stream for e in ledger.all_entries() if e.stream.startswith("CH-")})
    return [made for stream in streams if (made := ledger.thread(stream))]
