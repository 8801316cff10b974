"""A file of rows: what it is, and what its sheets hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, NamedTuple

from footprint.progress import Progress, silent
from footprint.sheets.pages import Row, Rows

Kind = Literal["csv", "xlsx", "xls", "ods"]

EPOCH_1900 = date(1899, 12, 30)
EPOCH_1904 = date(1904, 1, 1)


class Merge(NamedTuple):
    """Cells shown as one: rows 1-based, columns 0-based, both ends within."""

    top: int
    left: int
    bottom: int
    right: int


class Dialect(NamedTuple):
    """How a csv file was read: "utf-8", "utf-8-sig", "utf-16" or "cp1252"; and its delimiter."""

    encoding: str
    delimiter: str


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One sheet; a csv file is one without a name.

    `formulas` are the cells that hold one, as A1, at most the first 1,000 of `formula_count`;
    their values are in the rows. `merged` cells have their value in the top left one.
    """

    name: str
    hidden: bool = False
    formulas: tuple[str, ...] = ()
    formula_count: int = 0
    merged: tuple[Merge, ...] = ()
    source: Rows

    @property
    def count(self) -> int:
        """The rows that hold something."""
        return len(self.source)

    def rows(self) -> Iterator[Row]:
        """The rows that hold something, in order; again and again."""
        return self.source.rows()


@dataclass(frozen=True, kw_only=True)
class Book:
    """A file as it was read.

    `digest` is the hex SHA-256 of the bytes that were read. `epoch` is the day that serial number
    0 stands for, where a cell holds a day as a plain number; days shown as days are days already.
    `dialect` is a csv file's.
    """

    kind: Kind
    digest: str
    sheets: tuple[Sheet, ...]
    epoch: date = EPOCH_1900
    dialect: Dialect | None = None


def read_book(path: Path, *, progress: Progress = silent) -> Book:
    """Read a csv, xlsx, xls or ods file: what it is, its bytes say.

    Args:
        path: the file.
        progress: is told how much was read, and of how much, in units of its own.

    Raises:
        NotFound: there is no such file.
        Misused: it is no file, or may not be read.
        Refused: it is not what its name says, is protected, damaged, or holds more than is taken.
    """
    from footprint.sheets.reading import read  # noqa: PLC0415 - most commands read no file

    return read(path, progress)
