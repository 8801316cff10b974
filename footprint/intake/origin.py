"""Where an imported entry comes from: the words that say so, in the vault with the others.

Each entry keeps the cells that it was made from, so that redacting one takes its cells with it and
no others; the whole row is the entries of a row together, but for columns that are left out. Of
those the first names the headings, so that whoever holds it against the file knows what is missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import orjson

from footprint.domain.corrections import NEW_WORDS
from footprint.domain.entry import ORIGIN_WORDS, Words

ORIGINAL, FILE, SHEET, ROW, REFERENCE, LEFT_OUT = ORIGIN_WORDS
PLACE = (FILE, SHEET, ROW, REFERENCE)
"""The words that say where the cells of an entry stand."""
_NOT_SAID = frozenset(ORIGIN_WORDS) | {"child"}


class Origin(NamedTuple):
    """A file by its hex SHA-256, a sheet by its name (empty where there is only one)."""

    file: str
    sheet: str


def words_of(
    origin: Origin,
    row: int,
    cells: Mapping[str, str],
    reference: str = "",
    left_out: Sequence[str] = (),
) -> dict[str, str]:
    """The words that say that an entry was made from these cells of a row, and without which."""
    words = {FILE: origin.file, ROW: str(row)}
    if origin.sheet:
        words[SHEET] = origin.sheet
    if reference:
        words[REFERENCE] = reference
    if cells:
        words[ORIGINAL] = orjson.dumps(cells).decode()
    if left_out:
        words[LEFT_OUT] = "\n".join(left_out)  # no heading has one in it
    return words


def said_itself(words: Words) -> dict[str, str]:
    """Words without where they come from, and without the case number."""
    return {name: text for name, text in words.items() if name not in _NOT_SAID}


def place_of(words: Words) -> str:
    """Where an entry with these words comes from, in words; empty where from no file."""
    if FILE not in words:
        return ""
    sheet = f" of {words[SHEET]!r}" if SHEET in words else ""
    number = f", where it is {words[REFERENCE]}" if REFERENCE in words else ""
    headings = ", ".join(words.get(LEFT_OUT, "").split("\n"))
    without = f"; left out of it: {headings}" if headings else ""
    return f"row {words.get(ROW, '?')}{sheet} of a file{number}{without}"


def is_brought_in(words: Words) -> bool:
    """Whether an entry with these words, or a correction, comes from a file."""
    return FILE in words or NEW_WORDS + FILE in words
