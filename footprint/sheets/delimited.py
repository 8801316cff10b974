"""Text with delimiters (RFC 4180, and what programs make of it): encoding, delimiter, records."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain, islice
from pathlib import Path
from typing import IO, BinaryIO

from footprint.errors import Refused, why
from footprint.progress import Progress
from footprint.sheets.book import Book, Dialect, Sheet
from footprint.sheets.encodings import encoding_of
from footprint.sheets.limits import LONGEST_CELL, LONGEST_LINE, MOST_FILE, Counted, bounded
from footprint.sheets.pages import Row, pack, tidy

DELIMITERS = "\t;|,"  # where two explain a file equally well, the rarer one in plain text does
_SAMPLE = 1 << 18  # characters
_SAMPLED = 200  # records
_PIECE = 1 << 16  # bytes
_END = "\0"  # no text that we take holds one: a record with it was open when the file ended
_ALONE = "Nothing was recorded. Try again, and leave the file as it is until it is brought in."
_CLOSE = "Close the quote there, or save the file again from a spreadsheet program."


class Pieces(io.RawIOBase):
    """A file by pieces, each of which is looked at before anything of it is given.

    Args:
        file: read from where it stands.
        look: is given each piece, and at the end an empty one.
    """

    def __init__(self, file: BinaryIO, look: Callable[[bytes], None]) -> None:
        self._file, self._look = file, look
        self._left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if not self._left:
            self._look(piece := self._file.read(_PIECE))
            self._left = memoryview(piece)
        given = self._left[: len(buffer)]
        buffer[: len(given)] = given
        self._left = self._left[len(given) :]
        return len(given)


class Digests:
    """Digests a file while it is read, and tells how far it was."""

    def __init__(self, size: int, progress: Progress) -> None:
        self._size, self._progress = size, progress
        self._done, self._hash = 0, sha256()
        self.so_far: list[bytes] = []  # of all up to the end of each piece

    def look(self, piece: bytes) -> None:
        """Take the next piece."""
        if piece:
            self._hash.update(piece)
            self.so_far.append(self._hash.digest())
        self._done += len(piece)
        self._progress(min(self._done, self._size), self._size)

    def hex(self) -> str:
        """Of all that was read."""
        return self._hash.hexdigest()


def held_to(digests: Iterable[bytes], path: Path) -> Callable[[bytes], None]:
    """What looks at the pieces of a file that is read again: each has to be what it was.

    It raises `Refused` at the first that is not, so that no row of it is ever taken.
    """
    expected, so_far = iter(digests), sha256()

    def look(piece: bytes) -> None:
        so_far.update(piece)
        if next(expected, b"") != (so_far.digest() if piece else b""):
            raise Refused(f"{path} was changed after it was read.", _ALONE)

    return look


@dataclass(frozen=True, kw_only=True)
class Lines:
    """The rows of a text file, which is read again each time: none of them is held.

    Args:
        path: of the file.
        dialect: how it is read.
        skipped: how many lines at its beginning are no rows.
        digests: of all up to the end of each piece, as it was read first.
        count: its rows that hold something.
    """

    path: Path
    dialect: Dialect
    skipped: int
    digests: tuple[bytes, ...]
    count: int

    def __len__(self) -> int:
        return self.count

    def rows(self) -> Iterator[Row]:
        """All of them, in order.

        Raises:
            Refused: the file is not what it was, or not there any more.
        """
        try:
            with self.path.open("rb") as file:
                text = _text(Pieces(file, held_to(self.digests, self.path)), self.dialect.encoding)
                # All that could be wrong with them was looked for when they were read first.
                records = csv.reader(
                    islice(text, self.skipped, None), delimiter=self.dialect.delimiter
                )
                for number, values in enumerate(records, 1):
                    if cells := tidy(values):
                        yield Row(number, tuple(cells))
        except OSError as error:
            raise Refused(f"{self.path} cannot be read again ({why(error)}).", _ALONE) from error


def read_delimited(file: BinaryIO, path: Path, size: int, progress: Progress) -> Book:
    """The rows of a text file: its encoding first, then its delimiter, then its records.

    A row's number is its record's, as a spreadsheet program shows it: one that spans lines is one.

    Raises:
        Refused: it is no such text, a quote in it is never closed, or it holds more than is taken.
    """
    where = str(path)
    bounded(where, size, MOST_FILE)
    encoding = encoding_of(file, where)
    digests, counted = Digests(size, progress), Counted()
    with _long_cells():
        delimiter, told = _delimiter(file, encoding)
        file.seek(0)
        text = _text(Pieces(file, digests.look), encoding)
        lines = islice(_lines(text, where), int(told), None)
        try:
            for number, values in enumerate(_records(lines, delimiter, where, int(told)), 1):
                if cells := tidy(values):
                    counted.take(where, number, len(cells), len(pack(cells)))
        except UnicodeError as error:
            raise Refused(f"{where} was changed while it was read.", "Try again.") from error
    dialect = Dialect(encoding, delimiter)
    rows = Lines(
        path=path, dialect=dialect, skipped=int(told), digests=tuple(digests.so_far),
        count=counted.rows,
    )  # fmt: skip
    sheet = Sheet(name="", source=rows)
    return Book(kind="csv", digest=digests.hex(), sheets=(sheet,), dialect=dialect)


def _text(file: io.RawIOBase, encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BufferedReader(file, _PIECE), encoding, newline="")


def _lines(text: IO[str], where: str) -> Iterator[str]:
    for number, line in enumerate(iter(lambda: text.readline(LONGEST_LINE), ""), 1):
        if _END in line:
            raise Refused(
                f"{where} has a NUL character on line {number}: it is no text, or is damaged.",
                'Save it again from a spreadsheet program as "CSV UTF-8".',
            )
        if len(line) == LONGEST_LINE:
            raise Refused(f"Line {number} of {where} is longer than {LONGEST_LINE:,} characters.")
        yield line


def _records(lines: Iterable[str], delimiter: str, where: str, skipped: int) -> Iterator[list[str]]:
    reader = csv.reader(chain(lines, [_END]), delimiter=delimiter)
    line = skipped + 1  # where the next record begins
    try:
        for record in reader:
            if record == [_END]:
                return
            if record and record[-1].endswith(_END):
                at = line + sum(_breaks(cell) for cell in record[:-1])
                raise Refused(f"{where} opens a quote on line {at} and never closes it.", _CLOSE)
            yield record
            line = skipped + reader.line_num + 1
    except csv.Error as error:
        raise Refused(
            f"{where} has a cell of more than {LONGEST_CELL:,} characters in the row that begins"
            f" on line {line}: a quote there is most likely never closed.",
            _CLOSE,
        ) from error


def _breaks(cell: str) -> int:
    return len(re.findall(r"\r\n|\r|\n", cell))


@contextmanager
def _long_cells() -> Iterator[None]:
    before = csv.field_size_limit(LONGEST_CELL)
    try:
        yield
    finally:
        csv.field_size_limit(before)


# --- its delimiter --------------------------------------------------------------------------


def _delimiter(file: BinaryIO, encoding: str) -> tuple[str, bool]:
    """The delimiter, and whether the first line is there only to tell it (Excel's `sep=;`)."""
    file.seek(0)
    text = io.TextIOWrapper(file, encoding, newline="")
    try:
        sample = text.read(_SAMPLE)
        whole = not text.read(1)
    finally:
        text.detach()
    told = re.match(r'"?sep=([^\r\n"])"?[\r\n]', sample, re.IGNORECASE)
    return (told[1], True) if told else (best_delimiter(sample, whole=whole), False)


def best_delimiter(sample: str, *, whole: bool = True) -> str:
    """The delimiter that cuts the largest share of records into equally many cells, two at least.

    Titles above a table and notes below it are the few; where it is a tie, more cells say more.
    A comma where none cuts anything.
    """
    scores = {each: _evenly(sample, each, whole=whole) for each in DELIMITERS}
    best = max(DELIMITERS, key=lambda each: scores[each])
    return best if any(scores[best]) else ","


def _evenly(sample: str, delimiter: str, *, whole: bool) -> tuple[float, int]:
    records: list[list[str]] = []
    with suppress(csv.Error):  # a cell that is too long: the reading of all of it says so
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
        records.extend(islice(reader, _SAMPLED))
    if not whole and len(records) < _SAMPLED:
        records = records[:-1]  # the last one is cut off in its middle
    widths = Counter(len(record) for record in records if any(record))
    shares = ((count / widths.total(), width) for width, count in widths.items() if width > 1)
    return max(shares, default=(0, 0))
