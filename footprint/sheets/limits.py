"""How much of a file is taken, and what is said of one that holds more."""

from __future__ import annotations

from footprint.errors import Refused

MOST_ROWS = 250_000  # with something in them, in a file
MOST_COLUMNS = 512
MOST_TEXT = 256 << 20  # bytes of cells, as they are kept
MOST_FILE = 256 << 20  # bytes of a csv file
MOST_WORKBOOK = 64 << 20  # bytes of a workbook, which is read as a whole
LONGEST_CELL = 100_000  # characters; a spreadsheet program's own limit is 32,767
LONGEST_LINE = 4 << 20  # characters

_SPLIT = "Split the file and import its parts one after another."


class Counted:
    """What was taken of a file so far."""

    def __init__(self) -> None:
        self.rows = self._text = 0

    def take(self, where: str, number: int, width: int, size: int) -> None:
        """Count a row.

        Raises:
            Refused: with it there are too many, too wide or too long ones.
        """
        self.rows += 1
        self._text += size
        if self.rows > MOST_ROWS:
            raise Refused(
                f"{where} has more than {MOST_ROWS:,} rows with something in them.", _SPLIT
            )
        if width > MOST_COLUMNS:
            raise Refused(
                f"{where} uses more than {MOST_COLUMNS} columns (row {number} has {width:,}).",
                "Delete what stands far to the right, or save only the table as a file of its own.",
            )
        if self._text > MOST_TEXT:
            raise Refused(f"{where} holds more than {MOST_TEXT >> 20} MiB of text.", _SPLIT)


def bounded(where: str, size: int, most: int) -> None:
    """Refuse a file that is too large to be looked at."""
    if size > most:
        raise Refused(f"{where} is larger than {most >> 20} MiB.", _SPLIT)
