"""The archive of a bundle: the one form of a zip file that leaves no room for a second reading.

Readers of zip files differ in what they believe: the directory at the end or the headers before
the data, the first or the last of two names, what stands between the members or not. Here every
byte has one meaning, or it is refused (docs/format.md, "A bundle"). Nothing is written to disk.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from stat import S_IFMT, S_IFREG
from struct import Struct
from typing import NamedTuple
from zipfile import ZIP_STORED, ZipFile, ZipInfo

MOST_MEMBERS = 20_000
MOST_BYTES = 16 << 20
MOST_TOGETHER = 256 << 20

_END = Struct("<4s4HLLH")
"""End record: signature, two disks, two counts, the directory's size and place, comment."""
_ENTRY = Struct("<4sH26sHHHLL")
"""Directory entry: signature, made by, shared, comment, disk, attributes, place of the header."""
_HEADER = Struct("<4s26s")
_SHARED = Struct("<5H3L2H")
"""In both: version, flags, method, time, date, check sum, two sizes, lengths of name and extra."""
_END_MARK, _ENTRY_MARK, _HEADER_MARK = b"PK\x05\x06", b"PK\x01\x02", b"PK\x03\x04"
_LONGEST_COMMENT = 0xFFFF
_STORED, _DEFLATED = 0, 8
_ENCRYPTED, _HARMLESS = 0x0001, 0x0806
"""Flags: that something is encrypted; how hard deflate tried, and names in UTF-8."""
_FOLDER = 0x10
_MOST_IN_FILE = MOST_TOGETHER + MOST_BYTES
_PRIVATE = S_IFREG | 0o600
_NO_DATE = (1980, 1, 1, 0, 0, 0)


class ArchiveError(ValueError):
    """A zip archive that is not written as that of a bundle is."""


class NoArchive(ValueError):  # noqa: N818 - it is none, and that is all that is wrong
    """A file that cannot be opened as a zip archive."""


class _Member(NamedTuple):
    """A member as the directory has it. `data` and `end` are where its bytes are."""

    name: str
    deflated: bool
    check_sum: int
    size: int
    data: int
    end: int


def pack(files: Mapping[str, bytes]) -> bytes:
    """The archive of these files, in their order: the same files give the same bytes.

    Nothing is compressed, so that the bytes depend on no version of a library.
    """
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_STORED) as archive:
        for name, content in files.items():
            member = ZipInfo(name, _NO_DATE)
            member.create_system, member.external_attr = 3, _PRIVATE << 16
            archive.writestr(member, content)
    return buffer.getvalue()


def fits(files: Mapping[str, bytes]) -> bool:
    """Whether an archive of these files is within the limits."""
    sizes = [len(content) for content in files.values()]
    return len(sizes) <= MOST_MEMBERS and max(sizes) <= MOST_BYTES and sum(sizes) <= MOST_TOGETHER


def read_archive(path: Path) -> dict[str, bytes]:
    """The files in an archive; the reverse of `pack`.

    Raises:
        NoArchive: it cannot be opened as one.
        ArchiveError: it is not written as a bundle's is, or beyond the limits.
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(size - _END.size - _LONGEST_COMMENT, 0))
        if _END_MARK not in file.read():
            raise NoArchive("it is no zip archive, or its end is missing")
        if size > _MOST_IN_FILE:
            raise ArchiveError(f"it has {size} bytes, more than any bundle")
        file.seek(0)
        return unpack(file.read(_MOST_IN_FILE))


def unpack(data: bytes) -> dict[str, bytes]:
    """The files in the bytes of an archive. Raises as `read_archive`."""
    directory, count = _directory(data)
    members = list(_members(data, directory, count))
    _check_limits(members)
    return {member.name: _content(data, member) for member in members}


def _directory(data: bytes) -> tuple[int, int]:
    """Where the directory is, and how many members it has."""
    end = len(data) - _END.size
    if end < 0 or data[end:][:4] != _END_MARK:
        if _END_MARK in data[max(end - _LONGEST_COMMENT, 0) :]:
            raise ArchiveError("its end record is cut, or something follows it")
        raise NoArchive("it is no zip archive, or its end is missing")
    _, disk, first, here, count, size, directory, comment = _END.unpack_from(data, end)
    if (disk, first, here, comment) != (0, 0, count, 0):
        raise ArchiveError("it is one part of several, or has a comment")
    if directory + size != end:
        raise ArchiveError("its directory is not where its end record says")
    if count > MOST_MEMBERS:
        raise ArchiveError(f"it has {count} members; a bundle has at most {MOST_MEMBERS}")
    return directory, count


def _members(data: bytes, directory: int, count: int) -> Iterator[_Member]:
    """The members in order, each held against its header; and nothing stands between them."""
    at, before, names = directory, 0, set[str]()
    for nth in range(1, count + 1):
        if len(data) < at + _ENTRY.size or data[at : at + 4] != _ENTRY_MARK:
            raise ArchiveError(f"its directory has no member {nth}, of {count}")
        member, at = _member(data, at, before)
        if member.name in names:
            raise ArchiveError(f"it has {member.name} twice")
        names.add(member.name)
        before = member.end
        yield member
    if before != directory or at != len(data) - _END.size:
        raise ArchiveError("something is in it that belongs to no member")


def _member(data: bytes, at: int, before: int) -> tuple[_Member, int]:
    """The member whose entry is at a place, and where its entry ends.

    `before` is where the member before it ends: its own header has to be there.
    """
    _, _, shared, comment, disk, _, attributes, place = _ENTRY.unpack_from(data, at)
    _, flags, method, _, _, check_sum, packed, size, length, extra = _SHARED.unpack(shared)
    at += _ENTRY.size
    raw = data[at : at + length]
    name = raw.decode("ascii", "backslashreplace")
    _check_entry(name, flags, method, attributes, (comment, disk, extra))
    start = before + _HEADER.size
    if place != before or data[before:start] != _HEADER.pack(_HEADER_MARK, shared):
        raise ArchiveError(f"the header of {name} is not what its directory says, or elsewhere")
    if data[start : start + length] != raw or len(raw) != length:
        raise ArchiveError(f"the header of {name} has another name")
    start += length
    if method == _STORED and packed != size:
        raise ArchiveError(f"{name} has two sizes")
    return _Member(name, method == _DEFLATED, check_sum, size, start, start + packed), at + length


def _check_entry(
    name: str, flags: int, method: int, attributes: int, absent: tuple[int, int, int]
) -> None:
    kind = S_IFMT(attributes >> 16)
    wrongs = {
        "is encrypted": flags & _ENCRYPTED,
        "has flags that a bundle's never have": flags & ~_HARMLESS,
        "is compressed in a way that a bundle's never are": method not in (_STORED, _DEFLATED),
        "is no plain file": kind not in (0, S_IFREG) or attributes & _FOLDER,
        "has a comment, a disk or extra fields": any(absent),
    }
    for wrong, so in wrongs.items():
        if so:
            raise ArchiveError(f"{name} {wrong}")


def _check_limits(members: Sequence[_Member]) -> None:
    """Before anything is unpacked: what it says of its sizes is held against what comes out."""
    for member in members:
        if member.size > MOST_BYTES:
            raise ArchiveError(f"{member.name} has {member.size} bytes, more than {MOST_BYTES}")
    together = sum(member.size for member in members)
    if together > MOST_TOGETHER:
        raise ArchiveError(f"its members have {together} bytes, more than {MOST_TOGETHER}")


def _content(data: bytes, member: _Member) -> bytes:
    packed = data[member.data : member.end]
    content = _inflated(packed, member) if member.deflated else packed
    if len(content) != member.size:
        raise ArchiveError(f"{member.name} has not the size that is said")
    if zlib.crc32(content) != member.check_sum:
        raise ArchiveError(f"the check sum of {member.name} is not that of its bytes")
    return content


def _inflated(packed: bytes, member: _Member) -> bytes:
    """What was compressed: never more than one byte beyond the size that is said."""
    inflating = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        content = inflating.decompress(packed, member.size + 1)
    except zlib.error as error:
        raise ArchiveError(f"{member.name} cannot be unpacked: {error}") from error
    if not inflating.eof or inflating.unused_data:
        raise ArchiveError(f"what is compressed of {member.name} does not end with its data")
    return content
