"""Which encoding a text file is in: told by its bytes, all of them."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import BinaryIO

from footprint.errors import Refused

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_AGAIN = 'Open it in a spreadsheet program and save it as "CSV UTF-8".'
_CHUNK = 1 << 20


def encoding_of(file: BinaryIO, where: str) -> str:
    """Which one: "utf-8-sig" or "utf-16" by its mark, else "utf-8" where it is, else "cp1252".

    Raises:
        Refused: it is none of them, or two of them mixed.
    """
    file.seek(0)
    start = file.read(4)
    marked = next((name for mark, name in _MARKS if start.startswith(mark)), "")
    if marked:
        if not _is(file, marked):
            name = marked.removesuffix("-sig").upper()
            raise Refused(f"{where} begins as {name} and goes on as something else.", _AGAIN)
        return marked
    if _is(file, "utf-8"):
        return "utf-8"
    if _is_mixed(file):
        raise Refused(f"{where} is UTF-8 in most places, and is damaged in others.", _AGAIN)
    if not _is(file, "cp1252"):
        raise Refused(f"{where} is neither UTF-8 nor Windows-1252 text.", _AGAIN)
    return "cp1252"


def _is(file: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for chunk in _chunks(file):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _is_mixed(file: BinaryIO) -> bool:
    """Whether more of what is not ASCII is UTF-8 than is not: Windows-1252 reads so by chance."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    good = bad = 0
    for chunk in _chunks(file):
        text = decoder.decode(chunk)
        wrong = text.count("\ufffd")
        bad += wrong
        good += len(text) - wrong - len(text.encode("ascii", "ignore"))
    return good > bad


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    return iter(lambda: file.read(_CHUNK), b"")
