"""Rows kept small: JSON texts in compressed pages, so that a long sheet takes little memory."""

from __future__ import annotations

import zlib
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import Any, NamedTuple, Protocol, cast

import orjson

Cell = str | int | float | bool | date | time | None

_ROWS = 256  # in a page: enough to be compressed well, few enough to unpack for one row
_LEVEL = 1


class Row(NamedTuple):
    """One row that holds something.

    `number` is 1-based, as the spreadsheet program shows it. `cells` begin with column A and end
    with the last one that holds something, so rows differ in length.
    """

    number: int
    cells: tuple[Cell, ...]


class Rows(Protocol):
    """Rows in the order of their numbers, to be gone through again and again."""

    def __len__(self) -> int: ...

    def rows(self) -> Iterator[Row]: ...


class Pages:
    """Rows in the order of their numbers, put in once and read again and again."""

    def __init__(self) -> None:
        self._numbers = array("L")
        self._pages: list[bytes] = []
        self._open: list[bytes] = []

    def add(self, number: int, packed: bytes) -> None:
        """Put a row after the others; `packed` is what `pack` made of its cells."""
        self._numbers.append(number)
        self._open.append(packed)
        if len(self._open) == _ROWS:
            self._pages.append(zlib.compress(b"\n".join(self._open), _LEVEL))
            self._open = []

    def __len__(self) -> int:
        return len(self._numbers)

    def rows(self) -> Iterator[Row]:
        """All of them, in order."""
        numbers = iter(self._numbers)
        for page in range(len(self._pages) + 1):
            for packed in self._page(page):
                yield Row(next(numbers), unpack(packed))

    def row(self, number: int) -> Row | None:
        """The row with this number; None where it is empty or not there."""
        at = bisect_left(self._numbers, number)
        if at == len(self) or self._numbers[at] != number:
            return None
        page, line = divmod(at, _ROWS)
        return Row(number, unpack(self._page(page)[line]))

    def _page(self, page: int) -> Sequence[bytes]:
        if page == len(self._pages):
            return self._open
        return zlib.decompress(self._pages[page]).split(b"\n")


def held(rows: Rows) -> Pages:
    """The same rows, held, so that each can be taken by its number."""
    if isinstance(rows, Pages):
        return rows
    pages = Pages()
    for number, cells in rows.rows():
        pages.add(number, pack(cells))
    return pages


def pack(cells: Sequence[Cell]) -> bytes:
    """A row's cells as JSON; what is a date or a time stands in a list of its own."""
    return orjson.dumps([[cell] if type(cell) in _MOMENTS else cell for cell in cells])


_MOMENTS = frozenset({date, datetime, time})


def unpack(packed: bytes) -> tuple[Cell, ...]:
    """The cells that `pack` was given.

    Raises:
        ValueError: it is not what `pack` makes.
    """
    cells = orjson.loads(packed)
    if b"[" in packed[1:]:  # as seldom is in a file of texts
        cells = [_moment(*cell) if type(cell) is list else cell for cell in cells]
    return tuple(cells)


def _moment(text: str) -> Cell:
    if "T" in text:
        return datetime.fromisoformat(text)
    return time.fromisoformat(text) if ":" in text else date.fromisoformat(text)


def tidy(values: Sequence[Any]) -> list[Cell]:
    """A row's cells: blank texts become None, and what is empty at its end is left out."""
    cells = [cell if type(cell) is not str or (cell and not cell.isspace()) else None
             for cell in values]  # fmt: skip
    while cells and cells[-1] is None:
        cells.pop()
    return cast("list[Cell]", cells)
