"""Where records go on a terminal: in a table, if it has room for all its columns, or in lines.

What is cut reads as something else: of CH-22 is left CH-2, of 2528 days 252. So nothing is cut, at
any width: a column has room for its longest word, or there is no table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from footprint_cli.screen.columns import Column
from footprint_cli.screen.lines import TOGETHER, broken

Cells = Sequence[Sequence[str]]
"""What is shown of each record, a text a column."""
_APART = "   "
"""Between what stands on one line."""


def widths(
    columns: Sequence[Column],
    rows: Cells,
    room: int,
    readable: int,
    size: Callable[[str], int] = len,
) -> list[int] | None:
    """How wide each column is, none of them with a broken word; None if there is no room for that.

    Args:
        columns: the headings, and which may be broken over lines.
        rows: what stands in them.
        room: what all of them may take together.
        readable: how wide a column of words has to be, if it holds as much, to be read with ease.
        size: of a text, as the screen has it.
    """
    held = [[row[at] for row in rows] for at in range(len(columns))]
    most = [
        max(map(size, [*column.heading.split("\n"), *texts]))
        for column, texts in zip(columns, held, strict=True)
    ]
    least = [
        min(widest, max([readable, *map(size, " ".join([column.heading, *texts]).split())]))
        if column.long
        else widest
        for column, texts, widest in zip(columns, held, most, strict=True)
    ]
    return _shared_out(least, most, room - sum(least))


def _shared_out(least: Sequence[int], most: Sequence[int], spare: int) -> list[int] | None:
    """What is left over goes to the thinnest column that wants more, until none does."""
    if spare < 0:
        return None
    wide = list(least)
    for _ in range(spare):
        wanting = [at for at, width in enumerate(wide) if width < most[at]]
        if not wanting:
            break
        wide[min(wanting, key=wide.__getitem__)] += 1
    return wide


def in_lines(columns: Sequence[Column], rows: Cells, room: int) -> Iterator[str]:
    """Each record as a few lines, `heading: value`, with a line between; empty values left out."""
    for number, row in enumerate(rows):
        if number:
            yield ""
        yield from _filled(_pairs(columns, row), room)


def _filled(pairs: Sequence[str], room: int) -> list[str]:
    """Lines with as many pairs as they have room for; what takes several has them for itself."""
    lines: list[str] = []
    shared = False
    for pair in pairs:
        if shared and len(lines[-1]) + len(_APART) + len(pair) <= room:
            lines[-1] += f"{_APART}{pair.replace(TOGETHER, ' ')}"
            continue
        own = broken("  " * bool(lines) + pair, indent=4, room=room)
        lines += own
        shared = len(own) == 1
    return lines


def _pairs(columns: Sequence[Column], row: Sequence[str]) -> list[str]:
    """Each heading with its value; what has no heading goes on with the value before it."""
    values: dict[str, list[str]] = {}
    heading = ""
    for column, text in zip(columns, row, strict=True):
        heading = column.heading or heading
        value = text if column.long else text.replace(" ", TOGETHER)
        values.setdefault(heading, []).extend([value] * bool(text))
    return [
        f"{_on_one_line(heading)}: {TOGETHER.join(texts)}"
        for heading, texts in values.items()
        if texts
    ]


def _on_one_line(heading: str) -> str:
    return heading.replace("-\n", "").replace("\n", " ")
