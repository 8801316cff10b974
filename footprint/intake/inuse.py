"""The mapping that a file was read by, as tables: to be looked through, mended and used again."""

from __future__ import annotations

from typing import Any

from footprint.intake.fields import ANY
from footprint.intake.headings import Column
from footprint.intake.mapping import AS_WRITTEN, LEFT_OUT, UNUSED, SheetMapping, heading_key
from footprint.intake.opening import Opened

ASKED = "?"
"""The code, in such a file, of a value that nobody has said yet: it stays unknown."""


def mapping_in_use(file: Opened) -> dict[str, Any]:
    """The tables of the mapping by which a file was read.

    A guess is in it as if it had been said; what is not known has the code `ASKED`.
    """
    tables = {
        "reading": _reading(file.mapping),
        "always": dict(file.mapping.always),
        "columns": _columns(file),
        "values": _values(file),
    }
    return {name: table for name, table in tables.items() if table}


def _reading(mapping: SheetMapping) -> dict[str, Any]:
    said = {
        "dates": mapping.dates,
        "year": mapping.year and f"{mapping.year}-{(mapping.year + 1) % 100:02}",
        "digits": AS_WRITTEN if mapping.digits == 0 else mapping.digits,
        "sheets": list(mapping.sheets),
    }
    return {name: value for name, value in said.items() if value}


def _columns(file: Opened) -> dict[str, list[str]]:
    """The headings by what they mean; each once, though several sheets may have it.

    Where they use it differently, the use counts that says more, and what is of any move is of what
    was raised in rows of threads. A heading that some sheet had no place for is named last: of
    several that mean the same, the first is used.
    """
    found: dict[str, tuple[str, str]] = {}
    spare: set[str] = set()
    for table in file.tables:
        for column in table.layout.columns:
            key, field = heading_key(column.heading), column.field or _no_field(column)
            spare |= set() if column.field else {key}
            if key not in found or _says_more(field) > _says_more(found[key][0]):
                found[key] = field, column.heading
    columns: dict[str, list[str]] = {}
    for key in sorted(found, key=lambda key: key in spare):
        field, heading = found[key]
        columns.setdefault(field, []).append(heading)
    return columns


def _no_field(column: Column) -> str:
    return LEFT_OUT if column.left_out else UNUSED


def _says_more(field: str) -> int:
    return 0 if field in (UNUSED, LEFT_OUT) else 2 if field.startswith(f"{ANY}.") else 1


def _values(file: Opened) -> dict[str, dict[str, str]]:
    values: dict[str, dict[str, str]] = {}
    for name, text, meant in file.lexicon.used():
        values.setdefault(name, {})[text] = meant.code if meant else ASKED
    return values
