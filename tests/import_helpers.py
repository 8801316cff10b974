"""Last year's sheet as people keep it: its rows, in any form, mended and spoilt."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from cli_helpers import Place
from sheets_helpers import BYTES

import footprint.demo

POOLE = Path(footprint.demo.__file__).with_name("poole-2016-17.csv")
THREADS, ENTRIES = 26, 99
"""What the sheet holds."""


def poole_rows() -> list[list[str]]:
    """The sheet: its headings, then a row for each alert."""
    with POOLE.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def changed(changes: Mapping[tuple[int, str], str], rows: int | None = None) -> list[list[str]]:
    """The sheet, or its first rows, with cells changed: by the number of the row, and heading."""
    sheet = poole_rows()[: rows and rows + 1]
    for (number, heading), value in changes.items():
        sheet[number - 1][sheet[0].index(heading)] = value
    return sheet


def put(place: Place, name: str, rows: Sequence[Sequence[Any]], kind: str = "csv") -> str:
    """A file with these rows in the place's folder; its path."""
    return put_bytes(place, name, BYTES[kind](rows))


def put_bytes(place: Place, name: str, data: bytes) -> str:
    path = place.folder / name
    path.write_bytes(data)
    return str(path)


def views(place: Place) -> list[Any]:
    """What is counted of a ledger, without where in it each thread stands."""
    log = [{name: value for name, value in record.items() if name not in _PLACED}
           for record in place.json("log")]  # fmt: skip
    return [sorted(log, key=repr), place.json("counts"), place.json("times")]


_PLACED = frozenset({"ref", "first_entry", "last_entry", "position"})


def clear(place: Place) -> bytes:
    """All that stands in the table of events."""
    with closing(sqlite3.connect(place.ledger)) as ledger:
        return repr(ledger.execute("SELECT * FROM event").fetchall()).encode()


def all_of(place: Place) -> list[str]:
    """Every row of every table of the ledger."""
    with closing(sqlite3.connect(place.ledger)) as ledger:
        return list(ledger.iterdump())


def in_files(place: Place, text: str) -> bool:
    """Whether a text stands in any file of the ledger's, its log and views as well."""
    files = place.folder.glob("ledger.db*")
    return any(text.encode() in path.read_bytes() for path in files)


def nothing_was_recorded(place: Place) -> None:
    """A new ledger is as it was made, and whole."""
    assert place.entries() == 6
    place.done("verify")
