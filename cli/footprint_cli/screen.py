"""A table on a terminal: no wider than it is, words whole where there is room for them.

Laid out here, since what lays out anything takes two milliseconds a row: more than all the rest.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from rich.cells import cell_len, chop_cells

from footprint_cli.columns import Column

_ROOMY = 100
"""From this width on, two spaces stand between columns."""
_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"
_LINE = "─"


def table(title: str, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """The lines of a table, as wide as this terminal at the most.

    Args:
        title: what it is.
        columns: the headings, and how each is set.
        rows: what stands under them; of text that no terminal acts on.
    """
    width = shutil.get_terminal_size().columns
    gap = " " * (1 + (width >= _ROOMY))
    gaps = len(gap) * (len(columns) - 1)
    widths = _fitted(columns, rows, width - gaps)
    yield from map(_bold, _broken(title, width))
    headings = [_heading(*one) for one in zip(columns, widths, strict=True)]
    high = max(map(len, headings))
    cells = [[""] * (high - len(heading)) + heading for heading in headings]
    yield from map(_bold, _set(cells, columns, widths, gap))
    yield _drawn(sum(widths) + gaps)
    for row in rows:
        cells = [_broken(text, room) for text, room in zip(row, widths, strict=True)]
        yield from _set(cells, columns, widths, gap)


def _bold(text: str) -> str:
    return text if os.environ.get("TERM") in {None, "dumb", "unknown"} else _BOLD + text + _PLAIN


def _drawn(width: int) -> str:
    encoding = getattr(sys.stdout, "encoding", None) or "ascii"
    return (_LINE if encoding.lower().startswith("utf") else "-") * width


def _wide(text: str) -> int:
    return len(text) if text.isascii() else cell_len(text)


def _fitted(columns: Sequence[Column], rows: Sequence[Sequence[str]], room: int) -> list[int]:
    """How wide each column is. The widest gives way: first where words stay whole, then any."""
    texts = [[*one.heading.split("\n"), *cells] for one, *cells in zip(columns, *rows, strict=True)]
    widths = [max(map(_wide, cells)) for cells in texts]
    words = [
        max(_wide(word) for text in cells for word in text.split(" ")) if one.long else width
        for one, cells, width in zip(columns, texts, widths, strict=True)
    ]
    for least in (words, [1] * len(columns)):
        while sum(widths) > room and (given := [n for n, w in enumerate(widths) if w > least[n]]):
            widths[max(given, key=widths.__getitem__)] -= 1
    return widths


def _heading(column: Column, room: int) -> list[str]:
    return [line for text in column.heading.split("\n") for line in _broken(text, room)]


def _set(
    cells: Iterable[Sequence[str]], columns: Sequence[Column], widths: Sequence[int], gap: str
) -> Iterator[str]:
    """The lines of a row whose cells have several."""
    for texts in zip_longest(*cells, fillvalue=""):
        parts = []
        for text, column, width in zip(texts, columns, widths, strict=True):
            space = " " * (width - _wide(text))
            parts.append(space + text if column.figure else text + space)
        yield gap.join(parts).rstrip()


def _broken(text: str, room: int) -> list[str]:
    """The text in lines: broken between words, and within one that is too long."""
    if _wide(text) <= room:
        return [text]
    lines = [""]
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if _wide(joined) <= room:
            lines[-1] = joined
        else:
            first, *more = chop_cells(word, room)
            lines += [first, *more]
    return lines if lines[0] else lines[1:]
