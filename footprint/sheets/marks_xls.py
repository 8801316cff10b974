"""Marks of an xls workbook ([MS-XLS]): a walk over its records."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from io import BytesIO
from typing import NamedTuple

from footprint.sheets import ole
from footprint.sheets.marks import Locked, Marks, SheetMarks, a1, nothing, put_text

_BOF, _EOF, _FILEPASS, _DATEMODE, _SHEET = 0x0809, 0x000A, 0x002F, 0x0022, 0x0085
_FORMULA, _ERROR = 0x0006, 0x0205
_ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?",
    0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip


class _Record(NamedTuple):
    kind: int
    body: bytes


def marks(data: bytes) -> Marks:
    """Formulas, errors and how days are counted; merged cells the reader tells itself.

    Raises:
        Locked: it needs a password.
        ole.Damaged: it has no workbook that can be followed.
    """
    file = BytesIO(data)
    name = next((each for each in ("Workbook", "Book") if each in ole.streams(file)), "")
    book = ole.stream(file, name)
    starts, from_1904 = [], False
    for kind, body in _records(book, 0):
        if kind == _FILEPASS:
            raise Locked
        if kind == _SHEET and len(body) > 3:  # noqa: PLR2004 - its first four bytes are where it is
            starts.append(int.from_bytes(body[:4], "little"))
        from_1904 = from_1904 or (kind == _DATEMODE and body[:1] == b"\1")
    return Marks(
        from_1904, lambda nth: _sheet(book, starts[nth]) if nth < len(starts) else nothing()
    )


def _sheet(book: bytes, start: int) -> SheetMarks:
    found = nothing()
    for kind, body in _records(book, start):
        if kind == _FORMULA and len(body) >= 14:  # noqa: PLR2004 - row, column, format, result
            row, column, first, error, last = struct.unpack_from("<HH2xBxB3xH", body)
            found.formulas.append(a1(row + 1, column))
            if (first, last) == (2, 0xFFFF):
                put_text(found, row + 1, column, _ERRORS.get(error, "#ERROR"))
        elif kind == _ERROR and len(body) >= 8:  # noqa: PLR2004 - row, column, format, value, kind
            row, column, value, is_error = struct.unpack_from("<HH2xBB", body)
            if is_error:
                put_text(found, row + 1, column, _ERRORS.get(value, "#ERROR"))
    return found


def _records(book: bytes, at: int) -> Iterator[_Record]:
    """The records of one part of the stream; those of charts in it are left out."""
    depth = 0
    while at + 4 <= len(book):
        kind, size = struct.unpack_from("<HH", book, at)
        depth += (kind == _BOF) - (kind == _EOF)
        if depth == 1:
            yield _Record(kind, book[at + 4 : at + 4 + size])
        if depth <= 0:
            return
        at += 4 + size
