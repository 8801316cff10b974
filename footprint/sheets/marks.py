"""What the reader of workbooks does not tell: formulas, errors, some texts, how days are counted.

It is found in the file itself, without building a tree of it. Sheets are counted as the workbook
lists them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

UNSAVED = "a formula whose value was not saved"
"""What stands for a value that was left out by a program, which calculated nothing."""


class Locked(Exception):  # noqa: N818 - it says what it is
    """The workbook needs a password."""


class SheetMarks(NamedTuple):
    """Of a sheet.

    `formulas`: A1 names of the cells with one. `texts`: of cells that the reader gives otherwise,
    which are those with an error, by row (1-based) and column (0-based). `merged`, where the
    reader does not tell them: top, left, bottom, right.
    """

    formulas: list[str]
    texts: dict[int, dict[int, str]]
    merged: list[list[int]]


class Marks(NamedTuple):
    """Of a workbook."""

    from_1904: bool
    sheet: Callable[[int], SheetMarks]


def nothing() -> SheetMarks:
    """A sheet of which nothing is known."""
    return SheetMarks([], {}, [])


def put_text(marks: SheetMarks, row: int, column: int, text: str) -> None:
    """Note the text of a cell."""
    marks.texts.setdefault(row, {})[column] = text


def a1(row: int, column: int) -> str:
    """The name of a cell: its row is 1-based, its column 0-based."""
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(65 + letter) + letters
    return f"{letters}{row}"


def from_a1(name: str) -> tuple[int, int]:
    """The row (1-based) and the column (0-based) of a cell's name."""
    letters = name.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(name[len(letters) :]), column - 1
