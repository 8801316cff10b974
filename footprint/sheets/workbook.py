"""A workbook, read by a process of its own: a hostile one can end nobody else.

What reads it is this same Python without what its user's program does, within bounds of memory and
time. It is given the file's bytes on its standard input and answers with rows on its standard
output; nothing is put on the disk. When its input ends, so does it: it outlives us by no more than
the sheet that it is at, and never by more than its own bound of time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from io import BufferedReader
from subprocess import DEVNULL, PIPE, Popen
from threading import Timer
from typing import IO, Any, BinaryIO

import orjson

from footprint.apart import running
from footprint.errors import Refused
from footprint.progress import Progress
from footprint.sheets.archive import damaged, locked
from footprint.sheets.book import EPOCH_1900, EPOCH_1904, Book, Kind, Merge, Sheet
from footprint.sheets.limits import Counted
from footprint.sheets.pages import Pages

MOST_MEMORY = 1 << 30  # bytes of address space
MOST_SECONDS = 120

_CHUNK = 1 << 20
_REASONS = {"damaged": damaged, "locked": locked}


class _Gone(Exception):  # noqa: N818 - it says what happened
    """The process ended before it had said everything."""


def read_workbook(file: BinaryIO, kind: Kind, where: str, size: int, progress: Progress) -> Book:
    """The sheets of a workbook: the values of its cells, none of its formulas.

    What was seen of `python-calamine` 0.9: cells whose format is a day's come as days, also where
    the workbook counts from 1904; serial numbers 1 to 60 come as 1 January to 28 February 1900 (so
    that 59 and 60, Excel's day that never was, are one); a cell with a time alone as a time, a
    duration (`[h]:mm`) as the text of its hours, minutes and seconds; a percentage as its fraction;
    rich text as its text. A number without a fraction is an int up to 15 digits, which is what a
    spreadsheet program keeps; a longer one is a float, since its digits are lost.

    Raises:
        Refused: it is damaged, protected, takes too much memory or time, or holds too much.
    """
    try:
        with _reading(file, kind, size) as (answers, digest):
            sheets, last = _sheets(answers, where, progress)
    except (_Gone, BrokenPipeError) as error:
        raise Refused(
            f"{where} could not be read within {MOST_MEMORY >> 20:,} MiB of memory and"
            f" {MOST_SECONDS} seconds, or it is damaged.",
            "Open it in a spreadsheet program, copy the table alone into a new file and give that.",
        ) from error
    if "failed" in last:
        raise _REASONS[last["failed"]](where)
    epoch = EPOCH_1904 if last["from_1904"] else EPOCH_1900
    return Book(kind=kind, digest=digest, sheets=sheets, epoch=epoch)


@contextmanager
def _reading(file: BinaryIO, kind: Kind, size: int) -> Iterator[tuple[IO[bytes], str]]:
    """What a new process answers about the file, and the digest of what it was given."""
    command = running("footprint.sheets.child")
    with Popen(command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, bufsize=0) as child:  # noqa: S603
        timer = Timer(MOST_SECONDS, child.kill)
        timer.daemon = True
        timer.start()
        try:
            if child.stdin is None or child.stdout is None:
                raise OSError("a process without its pipes")
            task = {"kind": kind, "size": size, "memory": MOST_MEMORY, "seconds": MOST_SECONDS}
            _write(child.stdin, orjson.dumps(task) + b"\n")
            yield BufferedReader(child.stdout, _CHUNK), _give(child.stdin, file, size)  # type: ignore[type-var]
        finally:
            timer.cancel()
            child.kill()


def _give(to: IO[bytes], file: BinaryIO, size: int) -> str:
    digest = sha256()
    file.seek(0)
    while size and (chunk := file.read(min(size, _CHUNK))):
        digest.update(chunk)
        _write(to, chunk)
        size -= len(chunk)
    if size:
        raise _Gone("the file became shorter")
    return digest.hexdigest()


def _write(to: IO[bytes], data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[to.write(left) :]


def _sheets(
    answers: IO[bytes], where: str, progress: Progress
) -> tuple[tuple[Sheet, ...], dict[str, Any]]:
    """The sheets, and what was said last: how days are counted, or why it failed."""
    sheets, counted = [], Counted()
    while "sheet" in (said := _said(answers)):
        pages, height = Pages(), max(said["height"], 1)
        for line in iter(answers.readline, b"\n"):
            number, width, packed = _row(line)
            counted.take(where, number, width, len(packed))
            pages.add(number, packed)
            if not len(pages) % 1_000:
                progress(said["nth"] * 1_000 + 1_000 * number // height, said["of"] * 1_000)
        progress((said["nth"] + 1) * 1_000, said["of"] * 1_000)
        sheets.append(_sheet(said, pages))
    return tuple(sheets), said


def _sheet(said: dict[str, Any], pages: Pages) -> Sheet:
    return Sheet(
        name=said["sheet"],
        hidden=said["hidden"],
        formulas=tuple(said["formulas"]),
        formula_count=said["formula_count"],
        merged=tuple(Merge(*each) for each in said["merged"]),
        source=pages,
    )


def _said(answers: IO[bytes]) -> dict[str, Any]:
    line = next((line for line in iter(answers.readline, b"") if line != b"\n"), b"")
    with suppress(ValueError):
        said = orjson.loads(line)
        if isinstance(said, dict):
            return said
    raise _Gone("no answer")


def _row(line: bytes) -> tuple[int, int, bytes]:
    if not line.endswith(b"]\n"):
        raise _Gone("in the middle of a sheet")
    number, width, packed = line[:-1].split(b" ", 2)
    return int(number), int(width), packed
