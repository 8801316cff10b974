"""What a file is: told by its bytes, and held against its name."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import BinaryIO, NamedTuple

from footprint.errors import Refused
from footprint.sheets import archive, ole
from footprint.sheets.book import Kind

_LOOKED_AT = 4096
_SAVE = "Open it in a spreadsheet program and save it as .xlsx, .ods or csv."
_NO_TABLE = "Give a csv, xlsx, xls or ods file."
_UNPACK = "Unpack it and give the file that is in it."


class Found(NamedTuple):
    """What a file is, in plain words, and what to do where it is nothing that can be read."""

    what: str
    next_step: str = _NO_TABLE


KINDS: dict[Kind, Found] = {
    "csv": Found("plain text (csv)", "Rename it to end in .csv, and give that."),
    "xlsx": Found("an Excel workbook (.xlsx)", "Rename it to end in .xlsx, and give that."),
    "xls": Found("an old Excel workbook (.xls)", "Rename it to end in .xls, and give that."),
    "ods": Found("an OpenDocument spreadsheet (.ods)", "Rename it to end in .ods, and give that."),
}
_SUFFIXES: dict[str, Kind] = {
    ".csv": "csv", ".tsv": "csv", ".tab": "csv", ".txt": "csv",
    ".xlsx": "xlsx", ".xlsm": "xlsx", ".xls": "xls", ".ods": "ods",
}  # fmt: skip
_SIGNS = (
    (rb"%PDF-", Found("a PDF document")),
    (rb"\x89PNG|\xff\xd8\xff|GIF8|BM.{4}\0\0\0\0|II\*\0|MM\0\*|RIFF....WEBP", Found("a picture")),
    (rb"\{\\rtf", Found("a rich text document (RTF)")),
    (rb"\x1f\x8b|7z\xbc\xaf|Rar!|BZh|\xfd7zXZ", Found("a packed archive", _UNPACK)),
    (rb"SQLite format 3\0", Found("an SQLite database")),
    (rb"\x09[\0\x02\x04]\x04\0|\x09[\x02\x04]\x06\0", Found("a sheet of a very old Excel", _SAVE)),
    (rb"\s*<\?xml[^>]*>.*(Excel\.Sheet|:spreadsheet\")", Found("an XML spreadsheet", _SAVE)),
    (rb"\s*<\?xml[^>]*>.*<office:document", Found("a flat OpenDocument file", _SAVE)),
    (rb"(?i)\s*(<\?xml[^>]*>\s*)?<(!doctype html|html|head|body|meta|table|style)",
     Found("a web page (HTML)", _SAVE)),
    (rb"\s*<\?xml", Found("an XML file")),
    (rb"(?i)MIME-Version:", Found("a saved web page (MHTML)", _SAVE)),
    (rb"\s*(\{\s*[\"}]|\[\s*[\[{\"\]])", Found("JSON, or JSON Lines")),
)  # fmt: skip
_PARTS: tuple[tuple[str, Kind | Found], ...] = (
    ("xl/workbook.xml", "xlsx"),
    ("xl/workbook.bin", Found("a binary Excel workbook (.xlsb)", _SAVE)),
    ("word/document.xml", Found("a Word document")),
    ("ppt/presentation.xml", Found("a PowerPoint file")),
    ("index/document.iwa", Found("an Apple Numbers or Pages file", _SAVE)),
)
_STREAMS: tuple[tuple[str, Kind | Found], ...] = (
    ("EncryptedPackage", Found("protected with a password", archive.UNLOCK)),
    ("Workbook", "xls"),
    ("Book", "xls"),
    ("WordDocument", Found("an old Word document")),
    ("PowerPoint Document", Found("an old PowerPoint file")),
)
_FEW = 8  # control characters: as many may stray into a text, and are refused where they matter
_CONTROL = bytes({*range(32)} - {*b"\t\n\r\f\x1a"})


def kind_of(file: BinaryIO, path: Path) -> Kind:
    """What the file is.

    Raises:
        Refused: it is nothing that can be read, or not what its name says.
    """
    found = _found(file, str(path))
    said = _SUFFIXES.get(path.suffix.lower())
    if isinstance(found, str) and said in {None, found}:
        return found
    what, next_step = KINDS[found] if isinstance(found, str) else found
    named = f"is named {path.suffix} and " if said else ""
    raise Refused(f"{path} {named}is {what}.", next_step)


def _found(file: BinaryIO, where: str) -> Kind | Found:
    file.seek(0)
    start = file.read(_LOOKED_AT)
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _in_archive(file, where)
    if start.startswith(ole.SIGNATURE):
        return _in_ole(file, where)
    return _in_text(start)


def _in_archive(file: BinaryIO, where: str) -> Kind | Found:
    with archive.opened(file, where) as members:
        names = {name.lower() for name in members.namelist()}
        for name, found in _PARTS:
            if name in names:
                return found
        return _open_document(members) or Found("a zip archive that is no workbook", _UNPACK)


def _open_document(members: zipfile.ZipFile) -> Kind | Found | None:
    if "mimetype" not in members.namelist():
        return None
    with members.open("mimetype") as member:
        said = member.read(100).strip()
    if said == b"application/vnd.oasis.opendocument.spreadsheet":
        return "ods"
    if said.startswith(b"application/vnd.oasis.opendocument."):
        return Found("an OpenDocument file that is no spreadsheet")
    return None


def _in_ole(file: BinaryIO, where: str) -> Kind | Found:
    try:
        streams = ole.streams(file)
    except ole.Damaged as error:
        raise Refused(
            f"{where} is an old Excel workbook, or another old file, and is damaged.", _SAVE
        ) from error
    for name, found in _STREAMS:
        if name in streams:
            return found
    return Found("an old Office file that is no workbook")


def _in_text(start: bytes) -> Kind | Found:
    bare = start.removeprefix(b"\xef\xbb\xbf")
    for pattern, found in _SIGNS:
        if re.match(pattern, bare, re.DOTALL):
            return found
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "csv"  # UTF-16, full of bytes that would be control characters
    controls = len(start) - len(start.translate(None, _CONTROL))
    if controls > max(_FEW, len(start) // 20):
        save = 'If it is text, save it as "CSV UTF-8" from a spreadsheet program.'
        return Found("no text, and no workbook that is known here", f"{_NO_TABLE} {save}")
    return "csv"
