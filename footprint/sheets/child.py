"""In the process that reads a workbook: its bytes in, its rows out, within bounds.

Answers are lines. A sheet is a JSON object with what is known of it, a line for each row that holds
something (its number, its width, its cells as `pack` makes them), and an empty line. After the last
one, or where it failed, comes an object that says so.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from io import BytesIO
from threading import Thread
from typing import Any

import orjson

from footprint.sheets.marks import Locked, Marks, SheetMarks
from footprint.sheets.pages import Cell, pack, tidy

_DIGITS = 10**15  # what a number keeps in a spreadsheet program
_MOST_FORMULAS = 1_000  # named


def main() -> None:
    """Take a task and a file from standard input; answer on standard output."""
    task = orjson.loads(sys.stdin.buffer.readline())
    _bound(task["memory"], task["seconds"])
    data = sys.stdin.buffer.read(task["size"])
    Thread(target=_end_with_input, daemon=True).start()
    out = sys.stdout.buffer
    try:
        for line in _answers(data, task["kind"]):
            out.write(line)
            out.write(b"\n")
        out.flush()
    except BaseException as error:  # noqa: BLE001 - a panic of the reader is one; all mean the same
        if isinstance(error, MemoryError):
            os._exit(1)
        out.write(b"\n" + orjson.dumps({"failed": _failed(error)}) + b"\n")
        out.flush()
    os._exit(0)  # not waiting for the thread, nor for a large workbook to be put away


def _bound(memory: int, seconds: int) -> None:
    try:
        import resource  # noqa: PLC0415 - not on Windows: there only the time is bounded
    except ImportError:
        return
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, memory),
    ):
        _, hard = resource.getrlimit(what)
        within = most if hard == resource.RLIM_INFINITY else min(most, hard)
        try:
            resource.setrlimit(what, (within, hard))
        except (ValueError, OSError):
            continue  # a system that has no such bound


def _end_with_input() -> None:
    """Whoever started us holds our input open for as long as it is there itself."""
    sys.stdin.buffer.read(1)
    os._exit(1)


def _failed(error: BaseException) -> str:
    from python_calamine import PasswordError  # noqa: PLC0415 - needed when all else was

    return "locked" if isinstance(error, Locked | PasswordError) else "damaged"


def _answers(data: bytes, kind: str) -> Iterator[bytes]:
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum  # noqa: PLC0415

    marks = _marks_of(data, kind)
    with CalamineWorkbook.from_filelike(BytesIO(data)) as workbook:
        of = len(workbook.sheets_metadata)
        for nth, known in enumerate(workbook.sheets_metadata):
            if known.typ != SheetTypeEnum.WorkSheet:
                continue
            sheet = workbook.get_sheet_by_index(nth)
            found = marks.sheet(nth)
            yield orjson.dumps({
                "sheet": known.name, "hidden": known.visible != SheetVisibleEnum.Visible,
                "nth": nth, "of": of, "height": sheet.total_height,
                "formulas": found.formulas[:_MOST_FORMULAS], "formula_count": len(found.formulas),
                "merged": found.merged or _merged(sheet.merged_cell_ranges or ()),
            })  # fmt: skip
            left = sheet.start[1] if sheet.start else 0
            yield from _rows(sheet.iter_rows(), left, found)
            yield b""
    yield orjson.dumps({"from_1904": marks.from_1904})


def _merged(ranges: Sequence[tuple[tuple[int, int], tuple[int, int]]]) -> list[list[int]]:
    return [[top + 1, left, bottom + 1, right] for (top, left), (bottom, right) in ranges]


def _rows(rows: Iterator[list[Any]], left: int, found: SheetMarks) -> Iterator[bytes]:
    before = [None] * left
    for number, values in enumerate(rows, 1):
        texts = found.texts.get(number)
        cells = [*before, *map(_cell, values)]
        if texts:
            _put(cells, texts)
        if cells := tidy(cells):
            yield b"%d %d %b" % (number, len(cells), pack(cells))


def _put(cells: list[Cell], texts: dict[int, str]) -> None:
    """The texts of cells that the reader gives otherwise: an error as nothing, for one."""
    cells.extend([None] * (max(texts) + 1 - len(cells)))
    for column, text in texts.items():
        cells[column] = text


def _cell(value: Any) -> Cell:
    meant = _MEANT.get(type(value))
    return meant(value) if meant else value


def _number(value: float) -> float:
    return int(value) if value.is_integer() and abs(value) < _DIGITS else value


def _day(value: datetime) -> date:
    return value if value.time() != time() else value.date()


def _duration(value: timedelta) -> str:
    minutes, seconds = divmod(int(value.total_seconds()), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"


_MEANT: dict[type, Callable[[Any], Cell]] = {float: _number, datetime: _day, timedelta: _duration}


def _marks_of(data: bytes, kind: str) -> Marks:
    """What a workbook of this kind holds besides values.

    Raises:
        Locked: it needs a password.
        Exception: it is damaged; which one says how, to nobody who reads it.
    """
    if kind == "xls":
        from footprint.sheets.marks_xls import marks  # noqa: PLC0415 - one of the three is needed
    elif kind == "ods":
        from footprint.sheets.marks_ods import marks  # noqa: PLC0415
    else:
        from footprint.sheets.marks_xlsx import marks  # noqa: PLC0415
    return marks(data)
