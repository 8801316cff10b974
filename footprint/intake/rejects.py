"""The rows that were refused, in a file of the same form, ready to be mended and brought in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from footprint.errors import Misused
from footprint.intake.cells import Fault
from footprint.intake.headings import REASON
from footprint.intake.opening import Opened
from footprint.intake.table import Table
from footprint.sheets.book import Kind
from footprint.sheets.writing import Table as Written
from footprint.sheets.writing import Value, write_csv, write_xlsx

_WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xls", ".ods"})


class Rejected(NamedTuple):
    """The rows of a thread that was refused: their sheet, their numbers, and why."""

    sheet: str
    rows: tuple[int, ...]
    faults: tuple[Fault, ...]


def rejects_path(path: Path, kind: Kind, given: Path | None = None) -> Path:
    """Where the refused rows of a file go: beside it, a workbook's into a newer workbook.

    Args:
        path: of the file.
        kind: what it is, whatever its name says.
        given: where somebody wants them.

    Raises:
        Misused: its name says that it is something else than will be written.
    """
    if given is None:
        suffix = path.suffix if path.suffix.lower() not in {"", *_WORKBOOKS} else ".csv"
        return path.with_name(f"{path.stem}-rejects{suffix if kind == 'csv' else '.xlsx'}")
    suffix = given.suffix.lower()
    if suffix in _WORKBOOKS if kind == "csv" else suffix != ".xlsx":
        form = "a csv file" if kind == "csv" else "a workbook, named as .xlsx"
        raise Misused(f"The refused rows of {path} are written as {form}, not as {given}.")
    return given


def write_rejects(path: Path, file: Opened, refused: Iterable[Rejected]) -> None:
    """Write the rows that were refused, each with the reason behind it.

    A csv file keeps its delimiter, and is UTF-8 with a mark that spreadsheet programs know. The
    workbooks of older programs become xlsx.

    Args:
        path: where nothing is yet.
        file: that they come from.
        refused: what was refused of it.

    Raises:
        FileExistsError: something is there.
        OSError: it cannot be written.
    """
    reasons = _reasons(refused)
    written = [_written(table, reasons[table.sheet.name])
               for table in file.tables if table.sheet.name in reasons]  # fmt: skip
    dialect = file.book.dialect
    if dialect and written:
        write_csv(path, written[0], delimiter=dialect.delimiter, bom=True)
    else:
        write_xlsx(path, written, contents=False)


def _reasons(refused: Iterable[Rejected]) -> dict[str, dict[int, str]]:
    """Why each row of each sheet was refused; of a thread of several rows, the same for all."""
    reasons: dict[str, dict[int, str]] = {}
    for one in refused:
        said = "; ".join(dict.fromkeys(map(said_fault, one.faults)))
        reasons.setdefault(one.sheet, {}).update(dict.fromkeys(one.rows, said))
    return reasons


def said_fault(fault: tuple[str, str, str]) -> str:
    """A fault as a sentence."""
    column, value, reason = fault
    return f"{column} {value!r}: {reason}" if column else reason


def _written(table: Table, reasons: Mapping[int, str]) -> Written:
    width = max((column.at for column in table.layout.columns), default=0) + 1
    headings = [""] * width
    for column in table.layout.columns:
        headings[column.at] = column.heading
    return Written(table.sheet.name or "Rejects", [*headings, REASON],
                   _rows(table, reasons, width))  # fmt: skip


def _rows(table: Table, reasons: Mapping[int, str], width: int) -> Iterator[list[Value]]:
    for number, all_cells in table.sheet.rows():
        if number in reasons:
            cells: list[Value] = list(all_cells[:width])
            yield [*cells, *[None] * (width - len(cells)), reasons[number]]
