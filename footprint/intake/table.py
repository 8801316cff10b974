"""One sheet as threads: which rows are records, which are not, and which belong together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from footprint.domain.policy import Policy
from footprint.intake.cells import Fault, RowReader, Said, text_of
from footprint.intake.fields import DAY, FIELDS
from footprint.intake.headings import Layout, layout_of
from footprint.intake.lexicon import Lexicon
from footprint.intake.mapping import SheetMapping, heading_key
from footprint.intake.origin import Origin
from footprint.intake.proving import Found, Prover
from footprint.intake.survey import Survey, digits_of, rows_below, survey_of
from footprint.sheets.book import Book, Sheet
from footprint.sheets.pages import Pages, Row, held

_TOTAL = re.compile(
    r"(?:(?:grand |sub[- ]?)?totals?|sum|count|average|mean|median)\b(?: [a-z]+){0,3}[ :=]*[0-9.]*"
)
_FEW = 2
"""A row with fewer cells than this is a heading or a remark between the rows."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """A sheet that holds records, read."""

    sheet: Sheet
    layout: Layout
    survey: Survey


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """A row that is no record, or a sheet that holds none, and why."""

    sheet: str
    row: int | None
    why: str


def table_of(
    book: Book, sheet: Sheet, lexicon: Lexicon, mapping: SheetMapping, today: date
) -> Table | LeftOut:
    """A sheet with what its columns mean; or why it is left out."""
    if mapping.sheets and sheet.name not in mapping.sheets:
        return LeftOut(sheet=sheet.name, row=None, why="it is not one of those to be read")
    if sheet.hidden and not mapping.sheets:
        why = "it is hidden; to read it, name it with --sheet"
        return LeftOut(sheet=sheet.name, row=None, why=why)
    layout = layout_of(sheet, mapping)
    if layout is None:
        return LeftOut(sheet=sheet.name, row=None, why="no row of it has headings that are known")
    survey = survey_of(book, sheet, layout, lexicon, mapping, today)
    return Table(sheet=sheet, layout=layout, survey=survey)


def threads_of(
    table: Table,
    lexicon: Lexicon,
    mapping: SheetMapping,
    policy: Policy,
    *,
    digits: int,
    digest: str,
) -> Iterator[Found | LeftOut]:
    """The threads of a table, and the rows that are none, as they come.

    Args:
        table: of the file.
        lexicon: what its values mean.
        mapping: what it does not say itself.
        policy: in force.
        digits: how many a case number of the file has; 0 where nothing is to be asked.
        digest: the hex SHA-256 of the file.
    """
    reader = RowReader(table.layout, table.survey, lexicon, mapping, digits)
    prover = Prover(Origin(digest, table.sheet.name), table.layout, lexicon, policy)
    merged = _merged_rows(table)
    by_reference: dict[str, list[int]] = {}
    another = 0
    for row in rows_below(table.sheet, table.layout):
        if another:
            reason = f"row {another} has headings that are not those of row {table.layout.header}"
            yield _refused(table, Said(row.number, {}, {}, [], []), f"{reason}: move it to a sheet")
        elif why := _no_record(row, table.layout):
            yield LeftOut(sheet=table.sheet.name, row=row.number, why=why)
            another = row.number if why == _HEADINGS and not _in_place(row, table.layout) else 0
        elif not table.layout.by_event:
            yield _judged(prover, [reader.read(row)], merged)
        else:
            reference = reader.read(row).values.get("reference", "")
            by_reference.setdefault(reference, []).append(row.number)
    # The rows of one thread may stand anywhere among the others.
    pages = held(table.sheet.source) if by_reference else Pages()
    for reference, numbers in by_reference.items():
        said = [reader.read(r) for number in numbers if (r := pages.row(number))]
        if reference:
            yield _judged(prover, said, merged)
        else:
            for one in said:
                yield _refused(table, one, "it has no number that ties it to a thread")


def _judged(prover: Prover, said: Sequence[Said], merged: frozenset[int]) -> Found:
    for one in said:
        if one.number in merged:
            reason = "a merged cell is in this row: what belongs to it cannot be told; unmerge it"
            one.faults.append(Fault("", "", reason))
    return prover.thread(said)


def _refused(table: Table, said: Said, reason: str) -> Found:
    return Found(
        sheet=table.sheet.name, rows=(said.number,), faults=(*said.faults, Fault("", "", reason))
    )


def _no_record(row: Row, layout: Layout) -> str:
    """Why a row is no record; empty where it is one."""
    texts = [cell for cell in row.cells if cell is not None]
    first = text_of(texts[0]) if texts else ""
    if _TOTAL.fullmatch(first.casefold()) and not _has_day(row, layout):
        return f"it is a total ({first!r})"
    if len(texts) < _FEW:
        return f"it has one cell ({first[:40]!r})" if texts else "it is empty"
    if all(heading_key(text_of(cell)) in layout.keys for cell in texts):
        return _HEADINGS
    return ""


_HEADINGS = "it repeats the headings"


def _in_place(row: Row, layout: Layout) -> bool:
    """Whether each heading that is repeated stands in its own column."""
    keys = {column.at: heading_key(column.heading) for column in layout.columns}
    return all(
        f" {keys.get(at, '')}".endswith(f" {heading_key(text_of(cell))}")
        for at, cell in enumerate(row.cells)
        if cell is not None
    )


def _has_day(row: Row, layout: Layout) -> bool:
    """Whether there is anything but a count under a heading for days."""
    return any(
        isinstance(cell := row.cells[c.at], date) or (isinstance(cell, str) and not digits_of(cell))
        for c in layout.columns
        if c.field and FIELDS[c.field].kind == DAY and c.at < len(row.cells)
    )


def _merged_rows(table: Table) -> frozenset[int]:
    """The rows below the headings that a merged cell of two columns or rows touches."""
    return frozenset(
        number
        for merge in table.sheet.merged
        for number in range(max(merge.top, table.layout.header + 1), merge.bottom + 1)
    )
