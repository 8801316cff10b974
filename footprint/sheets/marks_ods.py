"""Marks of an ods workbook (OpenDocument 1.3, part 3, section 9.1): found in one pass over its XML.

The prefixes of its names are taken as every program writes them, as the reader of values does.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from io import BytesIO
from typing import Any
from xml.parsers import expat

from footprint.sheets.limits import MOST_COLUMNS, MOST_ROWS
from footprint.sheets.marks import Marks, SheetMarks, a1, nothing, put_error

_CHUNK = 1 << 20
_PRESENT = (b"table:formula", b"-spanned", b'value-type="error"', b"value-type='error'")
_OVERLAP = 32
_CELLS = {"table:table-cell", "table:covered-table-cell"}
Attributes = Mapping[str, str]


def marks(data: bytes) -> Marks:
    """Formulas, errors and merged cells; an ods file has days as days.

    Raises:
        Exception: it is damaged.
    """
    members = zipfile.ZipFile(BytesIO(data))
    with members.open("content.xml") as content:
        sheets = _Scan().over(content) if _has_any(content) else []
    return Marks(False, lambda nth: sheets[nth] if nth < len(sheets) else nothing())


def _has_any(content: Any) -> bool:
    """Whether the pass is worth its time, which is more than reading the values takes."""
    tail = b""
    while chunk := content.read(_CHUNK):
        if any(each in tail + chunk for each in _PRESENT):
            content.seek(0)
            return True
        tail = chunk[-_OVERLAP:]
    return False


class _Scan:
    """Where the pass is: a row and a column of a sheet, and in the text of an error or not."""

    def __init__(self) -> None:
        self.sheets: list[SheetMarks] = []
        self._tables = 0  # that we are in: one in a cell of another is no sheet
        self._row, self._rows, self._column = 1, 1, 0
        self._error: tuple[int, int, list[str]] | None = None

    def over(self, content: Any) -> list[SheetMarks]:
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.buffer_text = True
        parser.ParseFile(content)
        return self.sheets

    def _start(self, name: str, values: Attributes) -> None:
        if name == "table:table":
            self._tables += 1
            if self._tables == 1:
                self.sheets.append(nothing())
                self._row = 1
        elif self._tables == 1 and name == "table:table-row":
            self._rows, self._column = _count(values, "table:number-rows-repeated"), 0
        elif self._tables == 1 and name in _CELLS:
            self._cell(values)

    def _cell(self, values: Attributes) -> None:
        columns = _count(values, "table:number-columns-repeated")
        found = self.sheets[-1]
        if "table:formula" in values:
            found.formulas.append(a1(self._row, self._column))
        bottom = self._row + _count(values, "table:number-rows-spanned") - 1
        right = self._column + _count(values, "table:number-columns-spanned") - 1
        if (bottom, right) != (self._row, self._column):
            found.merged.append([self._row, self._column, bottom, right])
        if values.get("calcext:value-type") == "error":
            self._error = (self._column, columns, [])
        self._column += columns

    def _text(self, text: str) -> None:
        if self._error:
            self._error[2].append(text)

    def _end(self, name: str) -> None:
        if name == "table:table":
            self._tables -= 1
        elif self._tables == 1 and name == "table:table-row":
            self._row += self._rows
        elif self._tables == 1 and name in _CELLS and self._error:
            self._put(*self._error)
            self._error = None

    def _put(self, column: int, columns: int, texts: list[str]) -> None:
        text = "".join(texts).strip() or "#ERROR"
        for row in range(self._row, self._row + min(self._rows, MOST_ROWS)):
            for each in range(column, column + min(columns, MOST_COLUMNS)):
                put_error(self.sheets[-1], row, each, text)


def _count(values: Attributes, name: str) -> int:
    return int(values.get(name, 1))
