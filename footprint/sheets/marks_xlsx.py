"""Marks of an xlsx workbook (ECMA-376, part 1, section 18.3): searched for in its sheets' XML."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any
from xml.parsers import expat

from footprint.sheets.marks import UNSAVED, Marks, SheetMarks, from_a1, nothing, put_text

_CHUNK = 1 << 20
_PRESENT = (b"<f", b":f", b'"e"', b"'e'")
_CELL = rb"<(?:\w+:)?c\b%b[^>]*?\sr=[\"']([A-Z]{1,3}[0-9]{1,7})[\"'][^>]*>\s*"
_FORMULA = re.compile(_CELL % b"" + rb"<(?:\w+:)?f[\s/>]")
_ERROR = re.compile(
    _CELL % rb"(?=[^>]*\st=[\"']e[\"'])"
    + rb"(?:<(?:\w+:)?f(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*)?<(?:\w+:)?v>([^<]{1,40})<"
)

_UNSAVED = re.compile(
    _CELL % rb"(?![^>]*\st=[\"']str[\"'])" + rb"<(?:\w+:)?f(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
"""A formula without a value; one whose value is an empty text has a type."""


def marks(data: bytes) -> Marks:
    """Formulas, errors and how days are counted; merged cells the reader tells itself.

    A cell that does not say where it stands is not named; spreadsheet programs write none.

    Raises:
        Exception: it is damaged.
    """
    members = zipfile.ZipFile(BytesIO(data))
    names = {name.lower(): name for name in members.namelist()}
    properties: Mapping[str, str] = {}
    sheets: list[str] = []
    targets: dict[str, str] = {}
    for tag, values in _tags(members.read(names["xl/workbook.xml"])):
        if tag == "workbookPr":
            properties = values
        elif tag == "sheet":
            sheets.append(values.get("id", ""))
    for tag, values in _tags(members.read(names["xl/_rels/workbook.xml.rels"])):
        if tag == "Relationship":
            targets[values["Id"]] = posixpath.join("/xl", values["Target"])

    def sheet(nth: int) -> SheetMarks:
        path = posixpath.normpath(targets[sheets[nth]])[1:].lower()
        with members.open(names[path]) as member:
            return _sheet(_rows(member))

    return Marks(properties.get("date1904") in {"1", "true", "on"}, sheet)


def _tags(xml: bytes) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Each element's name and attributes, both without their prefixes."""
    found: list[tuple[str, Mapping[str, str]]] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, values: found.append(
        (_bare(name), {_bare(each): value for each, value in values.items()})
    )
    parser.Parse(xml, True)
    return iter(found)


def _bare(name: str) -> str:
    return name.rpartition(":")[2]


def _rows(member: Any) -> Iterator[bytes]:
    """The sheet's XML in pieces that end with a row."""
    left = b""
    while chunk := member.read(_CHUNK):
        piece = left + chunk
        cut = max(piece.rfind(b"</row>"), piece.rfind(b":row>")) + 1
        yield piece[:cut]
        left = piece[cut:]
    yield left


def _sheet(pieces: Iterator[bytes]) -> SheetMarks:
    found = nothing()
    for piece in pieces:
        if any(each in piece for each in _PRESENT):
            found.formulas.extend(match[1].decode() for match in _FORMULA.finditer(piece))
            for match in _ERROR.finditer(piece):
                put_text(found, *from_a1(match[1].decode()), match[2].decode("utf-8", "replace"))
            for match in _UNSAVED.finditer(piece):
                put_text(found, *from_a1(match[1].decode()), UNSAVED)
    return found
