"""From a path to a book: what can be said of a file before its rows are read."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from footprint.errors import Misused, NotFound, Refused, why
from footprint.progress import Progress
from footprint.sheets import archive
from footprint.sheets.book import Book, Kind
from footprint.sheets.delimited import read_delimited
from footprint.sheets.kinds import kind_of
from footprint.sheets.limits import MOST_WORKBOOK, bounded
from footprint.sheets.workbook import read_workbook


def read(path: Path, progress: Progress) -> Book:
    """What `footprint.sheets.book.read_book` gives, and raises."""
    try:
        size = _size(path)
        with path.open("rb") as file:
            kind = kind_of(file, path)
            return _READERS[kind](file, kind, path, size, progress)
    except FileNotFoundError as error:
        raise NotFound(
            f"There is no file {path}.", "Name a csv, xlsx, xls or ods file that is there."
        ) from error
    except OSError as error:
        raise Misused(
            f"{path} cannot be read ({why(error)}).", "Name one that this login may read."
        ) from error


def _size(path: Path) -> int:
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise Misused(f"{path} is a folder.", "Name the file in it.")
    if not stat.S_ISREG(status.st_mode):
        raise Misused(f"{path} is no file.", "Name a csv, xlsx, xls or ods file.")
    if not status.st_size:
        raise Refused(f"{path} is empty.", "Save it again where it comes from.")
    return status.st_size


def _read_workbook(file: BinaryIO, kind: Kind, path: Path, size: int, progress: Progress) -> Book:
    where = str(path)
    bounded(where, size, MOST_WORKBOOK)
    if kind != "xls":
        archive.check(file, where)
    return read_workbook(file, kind, where, size, progress)


def _read_csv(file: BinaryIO, _kind: Kind, path: Path, size: int, progress: Progress) -> Book:
    return read_delimited(file, path, size, progress)


_READERS: dict[Kind, Callable[[BinaryIO, Kind, Path, int, Progress], Book]] = {
    "csv": _read_csv, "xlsx": _read_workbook, "xls": _read_workbook, "ods": _read_workbook,
}  # fmt: skip
