"""Compound files, which old Office files are ([MS-CFB]): the streams in one, within bounds."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Callable, Iterator
from io import SEEK_END
from itertools import chain, islice
from typing import BinaryIO, NamedTuple

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_HEADER = struct.Struct("<30xHH6x9I109I")
_ENTRY = struct.Struct("<64sHBB48xIQ")
_HIGHEST = 0xFFFFFFFA  # of a sector's numbers; those above say "end", "free" and the like
_ROOT = "Root Entry"
_STREAM, _ROOT_TYPE = 2, 5


class Damaged(Exception):  # noqa: N818 - it says what it is
    """It is no compound file that can be followed."""


class Stream(NamedTuple):
    """Where a stream begins, and its size in bytes."""

    start: int
    size: int


class _Layout(NamedTuple):
    """What a compound file's header says, and the chains of its sectors."""

    sector: Callable[[int], bytes]
    next: array[int]
    directory: int
    small: int  # bytes: streams shorter than this are kept in pieces of the root's
    small_next: int


def streams(file: BinaryIO) -> dict[str, Stream]:
    """The streams of a compound file, by name.

    Raises:
        Damaged: it cannot be followed.
    """
    return dict(_entries(_layout(file)))


def stream(file: BinaryIO, name: str) -> bytes:
    """All of one stream.

    Raises:
        Damaged: it is not there, or cannot be followed.
    """
    layout = _layout(file)
    found = dict(_entries(layout))
    if name not in found:
        raise Damaged(f"no {name}")
    start, size = found[name]
    if size >= layout.small:
        return _joined(layout, start)[:size]
    pieces = _joined(layout, found[_ROOT].start) if _ROOT in found else b""
    numbers = _chain(_numbers(_joined(layout, layout.small_next)), start)
    return b"".join(pieces[at * 64 : at * 64 + 64] for at in numbers)[:size]


def _layout(file: BinaryIO) -> _Layout:
    file.seek(0)
    start = file.read(_HEADER.size)
    if len(start) < _HEADER.size or not start.startswith(SIGNATURE):
        raise Damaged("its header")
    shift, _, _, _, directory, _, small, small_next, _, more, _, *firsts = _HEADER.unpack(start)
    if shift not in {9, 12}:
        raise Damaged("the size of its sectors")

    def sector(number: int) -> bytes:
        file.seek((number + 1) << shift)
        return file.read(1 << shift)

    named = (number for number in chain(firsts, _further(sector, more)) if number <= _HIGHEST)
    most = file.seek(0, SEEK_END) >> shift
    tables = list(
        dict.fromkeys(islice(named, most + 1))
    )  # each once, else a small file would make a huge table
    if len(tables) > most:
        raise Damaged("more tables than sectors")
    return _Layout(sector, _numbers(b"".join(map(sector, tables))), directory, small, small_next)


def _further(sector: Callable[[int], bytes], number: int) -> Iterator[int]:
    """Where the rest of a large file's table is: a list of sectors that names the next list."""
    seen: set[int] = set()
    while number <= _HIGHEST:
        if number in seen:
            raise Damaged("a chain of sectors without an end")
        seen.add(number)
        *numbers, number = _numbers(sector(number)) or [_HIGHEST + 1]
        yield from numbers


def _numbers(data: bytes) -> array[int]:
    whole = data[: len(data) // 4 * 4]
    return array("I", struct.unpack(f"<{len(whole) // 4}I", whole))


def _entries(layout: _Layout) -> Iterator[tuple[str, Stream]]:
    data = _joined(layout, layout.directory)
    for name, length, kind, _, start, size in _ENTRY.iter_unpack(data[: len(data) // 128 * 128]):
        if kind in {_STREAM, _ROOT_TYPE}:
            text = name[: max(length - 2, 0)].decode("utf-16-le", "replace")
            yield text, Stream(start, size & 0xFFFFFFFF)


def _joined(layout: _Layout, start: int) -> bytes:
    return b"".join(layout.sector(number) for number in _chain(layout.next, start))


def _chain(table: array[int], start: int) -> Iterator[int]:
    seen = bytearray(len(table))
    while start <= _HIGHEST:
        if start >= len(table) or seen[start]:
            raise Damaged("a chain of sectors without an end")
        seen[start] = 1
        yield start
        start = table[start]
