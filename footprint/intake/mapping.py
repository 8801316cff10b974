"""A mapping: which column means what, which value is which code, and what a sheet does not say.

It is tables, so that it can be kept as a file beside the sheet. What everybody means by their
columns and values is one as well, `meanings.toml`, and stands behind each.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from footprint.domain.vocabulary import plain
from footprint.errors import Misused
from footprint.intake.days import DAY_FIRST, MONTH_FIRST
from footprint.intake.fields import FIELDS, TEXT

UNUSED, LEFT_OUT = "unused", "left-out"
"""The names, among the columns, of those that mean nothing here: kept with the row, or not."""

DATES = (DAY_FIRST, MONTH_FIRST)
AS_WRITTEN = "as-written"
_LISTS = {f.codes for f in FIELDS.values() if f.codes} | {"iro"}
_ALWAYS = {name for name, f in FIELDS.items() if "." not in name and f.kind != TEXT} - {
    "child", "event", "review_date",
}  # fmt: skip
_YEAR = re.compile(r"(20[0-9]{2})(?:-[0-9]{2})?")


@dataclass(frozen=True, kw_only=True)
class SheetMapping:
    """What a file of somebody's rows means.

    Args:
        columns: the field of each heading, by its `heading_key`; `UNUSED` or `LEFT_OUT` for none.
        values: the code of each value, by the list and the value's plain form.
        always: what is so in each row that does not say otherwise, by field.
        dates: how 03/04/2016 is read; None where the sheet is to show it.
        year: the April in which the year begins that a day without a year is of.
        digits: of a case number; 0 where they are right as they are written.
        sheets: those to be read, by name; none for all that are not hidden.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    always: Mapping[str, str] = field(default_factory=dict)
    dates: str | None = None
    year: int | None = None
    digits: int | None = None
    sheets: tuple[str, ...] = ()


def heading_key(text: str) -> str:
    """What two ways of writing a heading have in common."""
    return " ".join(_BETWEEN.sub(" ", _without_marks(text)).split())


_BETWEEN = re.compile(r"[^a-z0-9]+")


def _without_marks(text: str) -> str:
    return text.casefold().replace("'", "").replace("\u2019", "").replace("&", " and ")


def mapping_of(tables: Mapping[str, Any]) -> SheetMapping:
    """The mapping that these tables are.

    Raises:
        Misused: they are of another form; all that is wrong is listed.
    """
    if faults := [*_faults(tables)] or [*_twice(tables)]:
        raise Misused(
            "That is not the form of a mapping:",
            "For the form, write the one in use: footprint import FILE --save-mapping MAPPING.",
            faults,
        )
    reading = tables.get("reading", {})
    year = _YEAR.fullmatch(reading["year"]) if "year" in reading else None
    digits = reading.get("digits")
    return SheetMapping(
        columns={
            heading_key(name): to
            for to, names in tables.get("columns", {}).items()
            for name in ([names] if isinstance(names, str) else names)
        },
        values={
            name: {plain(given): code for given, code in codes.items()}
            for name, codes in tables.get("values", {}).items()
        },
        always=tables.get("always", {}),
        dates=reading.get("dates"),
        year=int(year[1]) if year else None,
        digits=0 if digits == AS_WRITTEN else digits,
        sheets=tuple(reading.get("sheets", ())),
    )


@cache
def meanings() -> SheetMapping:
    """What people usually mean."""
    text = Path(__file__).with_name("meanings.toml").read_text("utf-8")
    return mapping_of(tomllib.loads(text))


def _faults(tables: Mapping[str, Any]) -> Iterator[str]:
    for name, table in tables.items():
        if name not in _CHECKS:
            yield f"{name!r} is not one of {', '.join(_CHECKS)}"
        elif not isinstance(table, Mapping):
            yield f"{name} is not a table"
        else:
            for key, value in table.items():
                yield from _CHECKS[name](key, value)


def _twice(tables: Mapping[str, Any]) -> Iterator[str]:
    """What is said twice, and not the same both times."""
    fields: dict[str, str] = {}
    for to, names in tables.get("columns", {}).items():
        for name in [names] if isinstance(names, str) else names:
            if fields.setdefault(heading_key(name), to) != to:
                yield f"columns: {name!r} is {fields[heading_key(name)]} and {to}"
    for name, codes in tables.get("values", {}).items():
        said: dict[str, str] = {}
        for given, code in codes.items():
            if said.setdefault(plain(given), code) != code:
                yield f"values, {name}: {given!r} is {said[plain(given)]!r} and {code!r}"


def _column_faults(key: str, value: object) -> Iterator[str]:
    if key not in FIELDS and key not in (UNUSED, LEFT_OUT):
        there = f"{', '.join(FIELDS)}, {UNUSED} and {LEFT_OUT}"
        yield f"columns: {key!r} is no field; there are {there}"
    names = value if isinstance(value, list) else [value]
    if not all(isinstance(name, str) for name in names):
        yield f"columns, {key} is not a heading, or a list of headings"


def _value_faults(key: str, value: object) -> Iterator[str]:
    if key not in _LISTS:
        yield f"values: {key!r} is no list; there are {', '.join(sorted(_LISTS))}"
    elif not isinstance(value, Mapping) or not all(
        isinstance(code, str) for code in value.values()
    ):
        yield f"values, {key} is not a table of codes in quotes"


def _always_faults(key: str, value: object) -> Iterator[str]:
    if key not in _ALWAYS:
        yield f"always: {key!r} is not one of {', '.join(sorted(_ALWAYS))}"
    elif not isinstance(value, str):
        yield f"always, {key} is not text in quotes"


def _reading_faults(key: str, value: object) -> Iterator[str]:
    if key not in _READING:
        yield f"reading: {key!r} is not one of {', '.join(_READING)}"
    elif not _READING[key][0](value):
        yield f"reading, {key} is {_READING[key][1]}, not {value!r}"


_READING: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "dates": (lambda value: value in DATES, " or ".join(DATES)),
    "year": (lambda value: bool(_YEAR.fullmatch(str(value))), "a year, as 2016-17 in quotes"),
    "digits": (
        lambda value: value == AS_WRITTEN or (type(value) is int and 0 < value <= 32),  # noqa: PLR2004
        f'how many digits a case number has, or "{AS_WRITTEN}"',
    ),
    "sheets": (
        lambda value: isinstance(value, list) and all(isinstance(one, str) for one in value),
        "a list of names",
    ),
}
_CHECKS = {
    "columns": _column_faults, "values": _value_faults, "always": _always_faults,
    "reading": _reading_faults,
}  # fmt: skip
