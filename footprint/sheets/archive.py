"""Zip archives that workbooks are: looked through within bounds before anybody reads them."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from footprint.errors import Refused

MOST_MEMBERS = 5_000
MOST_INFLATED = 512 << 20  # bytes, of all members together

UNLOCK = "Open it with its password and save it without one."
_MEND = "Open it in a spreadsheet program, save it under a new name, and give that."
_CHUNK = 1 << 20
_ENTRY = b"PK\x01\x02"
_DTD = re.compile(rb"<\0?!\0?(?:D\0?O\0?C\0?T|E\0?N\0?T)")
_OVERLAP = 16  # a chunk is looked at with the end of the one before
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError)


@contextmanager
def opened(file: BinaryIO, where: str) -> Iterator[zipfile.ZipFile]:
    """The archive, with its directory read.

    Raises:
        Refused: it has too many members, or cannot be read; in the block too.
    """
    if _entries(file) > MOST_MEMBERS:
        raise Refused(f"{where} is an archive of more than {MOST_MEMBERS:,} files.", _MEND)
    try:
        file.seek(0)
        with zipfile.ZipFile(file) as members:
            yield members
    except _BROKEN as error:
        raise damaged(where) from error
    except RuntimeError as error:  # what `zipfile` says of a password
        raise locked(where) from error


def damaged(where: str) -> Refused:
    """What is said of a workbook that cannot be read."""
    return Refused(f"{where} is damaged and cannot be read.", _MEND)


def locked(where: str) -> Refused:
    """What is said of a workbook that needs a password."""
    return Refused(f"{where} is protected with a password.", UNLOCK)


def check(file: BinaryIO, where: str) -> None:
    """Look through a workbook's members as they inflate, whatever the archive says of their size.

    Raises:
        Refused: there is more in it than is taken, a member is encrypted or damaged, or an XML
            declares a document type, which no spreadsheet program writes.
    """
    with opened(file, where) as members:
        infos = members.infolist()
        if len({info.filename for info in infos}) < len(infos):
            raise damaged(where)
        if sum(info.file_size for info in infos) > MOST_INFLATED:
            raise _bomb(where)
        left = MOST_INFLATED
        for info in infos:
            if info.flag_bits & 1:
                raise locked(where)
            left -= _look_through(members, info, left, where)


def _look_through(members: zipfile.ZipFile, info: zipfile.ZipInfo, most: int, where: str) -> int:
    info.file_size = most + 2 * _CHUNK  # else no more than what is declared would be inflated
    size, tail = 0, b""
    is_xml = info.filename.lower().endswith((".xml", ".rels"))
    is_manifest = info.filename == "META-INF/manifest.xml"
    with members.open(info) as member:
        while chunk := member.read(_CHUNK):
            size += len(chunk)
            if size > most:
                raise _bomb(where)
            if is_xml and _DTD.search(tail + chunk):
                raise Refused(f"{where} has an XML part that declares a document type.", _MEND)
            if is_manifest and b":encryption-data" in tail + chunk:
                raise locked(where)
            tail = chunk[-_OVERLAP:]
    return size


def _bomb(where: str) -> Refused:
    return Refused(
        f"{where} unpacks to more than {MOST_INFLATED >> 20} MiB.",
        "Copy the table alone into a new file, or split it, and give that.",
    )


def _entries(file: BinaryIO) -> int:
    file.seek(0)
    return sum(chunk.count(_ENTRY) for chunk in iter(lambda: file.read(_CHUNK), b""))
