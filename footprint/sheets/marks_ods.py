"""Marks of an ods workbook (OpenDocument 1.3, part 3, section 9.1): found in one pass over its XML.

The prefixes of its names are taken as every program writes them, as the reader of values does.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from io import BytesIO
from typing import Any
from xml.parsers import expat

from footprint.sheets.limits import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS
from footprint.sheets.marks import Marks, SheetMarks, a1, nothing, put_text

_CHUNK = 1 << 20
_PRESENT = (
    b"table:formula", b"-spanned", b'value-type="error"', b"value-type='error'",
    b"<text:tab", b"<text:line-break",
)  # fmt: skip
_OVERLAP = 32
_BREAKS = {"text:tab": "\t", "text:line-break": "\n"}
_NOTE = "office:annotation"
_CELLS = {"table:table-cell", "table:covered-table-cell"}
Attributes = Mapping[str, str]


def marks(data: bytes) -> Marks:
    """Formulas, merged cells, and the texts of errors and of cells with tabs or line breaks.

    The reader of values leaves a tab and a line break out, and joins the words on both its sides.
    An ods file has days as days.

    Raises:
        Exception: it is damaged.
    """
    members = zipfile.ZipFile(BytesIO(data))
    with members.open("content.xml") as content:
        sheets = _Scan().over(content) if _has_any(content) else []
    return Marks(False, lambda nth: sheets[nth] if nth < len(sheets) else nothing())


def _has_any(content: Any) -> bool:
    """Whether the pass is needed: it takes about twice as long as reading the values."""
    tail = b""
    while chunk := content.read(_CHUNK):
        if any(each in tail + chunk for each in _PRESENT):
            content.seek(0)
            return True
        tail = chunk[-_OVERLAP:]
    return False


class _Cell:
    """A cell that the pass is in: where it is, and its text as a program shows it."""

    def __init__(self, column: int, values: Attributes) -> None:
        self.column = column
        self.columns = min(_count(values, "table:number-columns-repeated"), MOST_COLUMNS)
        self.is_error = values.get("calcext:value-type") == "error"
        self.is_text = values.get("office:value-type") == "string"
        self.is_shown = "office:string-value" not in values  # else that is its value
        self.broken = False  # by a tab or a line break
        self.parts: list[str] = []
        self._paragraphs = 0

    def add(self, name: str, values: Attributes) -> None:
        """Take an element of its text."""
        if name == "text:p":
            self._paragraphs += 1
            self.parts.append("\n" if self._paragraphs > 1 else "")
        elif name == "text:s":
            self.parts.append(" " * min(_count(values, "text:c"), LONGEST_CELL))
        elif name in _BREAKS:
            self.parts.append(_BREAKS[name])
            self.broken = True

    def text(self) -> str | None:
        """Its text, where the reader of values gives another one."""
        if self.is_error:
            return "".join(self.parts).strip() or "#ERROR"
        return "".join(self.parts) if self.broken and self.is_text and self.is_shown else None


class _Scan:
    """Where the pass is: in a row of a sheet, in a cell, in a note on it."""

    def __init__(self) -> None:
        self.sheets: list[SheetMarks] = []
        self._tables = 0  # that we are in: one in a cell of another is no sheet
        self._notes = 0
        self._row, self._rows, self._column = 1, 1, 0
        self._cell: _Cell | None = None

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
        elif self._tables != 1:
            return
        elif name == "table:table-row":
            self._rows, self._column = _count(values, "table:number-rows-repeated"), 0
        elif name in _CELLS:
            self._enter(values)
        elif name == _NOTE:
            self._notes += 1
        elif self._cell and not self._notes:
            self._cell.add(name, values)

    def _enter(self, values: Attributes) -> None:
        found = self.sheets[-1]
        if "table:formula" in values:
            found.formulas.append(a1(self._row, self._column))
        bottom = self._row + _count(values, "table:number-rows-spanned") - 1
        right = self._column + _count(values, "table:number-columns-spanned") - 1
        if (bottom, right) != (self._row, self._column):
            found.merged.append([self._row, self._column, bottom, right])
        self._cell = _Cell(self._column, values)
        self._column += _count(values, "table:number-columns-repeated")

    def _text(self, text: str) -> None:
        if self._cell and not self._notes:
            self._cell.parts.append(text)

    def _end(self, name: str) -> None:
        if name == "table:table":
            self._tables -= 1
        elif name == _NOTE:
            self._notes -= 1
        elif self._tables == 1 and name == "table:table-row":
            self._row += self._rows
        elif self._tables == 1 and name in _CELLS and self._cell:
            self._leave(self._cell)
            self._cell = None

    def _leave(self, cell: _Cell) -> None:
        if (text := cell.text()) is None:
            return
        for row in range(self._row, self._row + min(self._rows, MOST_ROWS)):
            for column in range(cell.column, cell.column + cell.columns):
                put_text(self.sheets[-1], row, column, text)


def _count(values: Attributes, name: str) -> int:
    return int(values.get(name, 1))
