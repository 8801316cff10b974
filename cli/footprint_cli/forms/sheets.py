"""A report as a workbook, a sheet for each table, and as CSV, a line for each figure."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from pathlib import Path

from footprint.reports.figures import DAY, SHARE, Column, Figure, Report, Row
from footprint.reports.figures import Table as Figures
from footprint.sheets.writing import Table, Value, as_text, write_csv, write_xlsx
from footprint_cli.forms.said import said


def write_workbook(report: Report, digest: str, path: Path) -> None:
    """Write the report to a new workbook: contents first. Raises as `write_xlsx`."""
    write_xlsx(path, _sheets(report), title=report.title, facts=_facts(report, digest))


def as_csv(report: Report) -> str:
    """The report as CSV (RFC 4180): each figure by its table, row and column."""
    file = StringIO(newline="")
    write_csv(file, _lines(report))
    return file.getvalue()


# --- a sheet for each table ---------------------------------------------------------------------


def _facts(report: Report, digest: str) -> list[tuple[str, Value]]:
    made = report.made
    return [
        ("For whom", report.whom),
        *(("Mind", remark) for remark in report.remarks),
        ("Authority", made.authority),
        ("Ledger", made.origin),
        ("Entries read", made.position),
        ("Root", made.root),
        ("Computed for", made.day),
        ("Calendar", made.calendar),
        ("Vocabulary, version", made.vocabulary),
        ("Digest of the figures", digest),
        ("Made with", made.command),
    ]


def _sheets(report: Report) -> Iterator[Table]:
    for table in report.tables():
        yield _sheet(table, report.made.threshold)
    behind = [line for table in report.tables() for line in _behind(table)]
    if behind:
        columns = ("Table", "Row", "Column", "Threads", "The rest of its base")
        yield Table("Behind the figures", columns, behind, "The threads that made each figure.")


def _sheet(table: Figures, threshold: int) -> Table:
    rows = (_row(table, row, threshold) for row in table.rows)
    about = " ".join((table.finding, table.measure, *table.notes))
    return Table(table.name, tuple(_heads(table)), rows, about)


def _heads(table: Figures) -> Iterator[str]:
    yield table.of
    for column in table.columns:
        yield column.label
        if _has_base(table, column):
            yield f"{column.label}: of"


def _row(table: Figures, row: Row, threshold: int) -> list[Value]:
    cells: list[Value] = [row.label]
    for column, figure in zip(table.columns, row.cells, strict=True):
        cells.append(_cell(figure, threshold))
        if _has_base(table, column):
            cells.append(figure.base)
    return cells


def _has_base(table: Figures, column: Column) -> bool:
    """Whether any figure of a column is of a base: how many, is then in a column beside it."""
    return any(
        at.key == column.key and figure.base is not None for _, at, figure in table.figures()
    )


def _cell(figure: Figure, threshold: int) -> Value:
    return said(figure, threshold) if figure.held else figure.label or figure.value


def _behind(table: Figures) -> Iterator[tuple[Value, ...]]:
    for row, column, figure in table.figures():
        if figure.refs or figure.rest:
            threads, rest = " ".join(figure.refs), " ".join(figure.rest)
            yield table.name, row.label, column.label, threads, rest


# --- a line for each figure ---------------------------------------------------------------------

_COLUMNS = (
    "report", "period", "table", "row", "row_label", "column", "column_label", "kind", "value",
    "base", "held", "reads", "threads", "others",
)  # fmt: skip


def _lines(report: Report) -> Table:
    return Table(report.name, _COLUMNS, _all(report))


def _all(report: Report) -> Iterator[tuple[Value, ...]]:
    for table in report.tables():
        for row, column, figure in table.figures():
            yield (
                report.name, report.period, table.name, row.key, row.label, column.key,
                column.label, figure.kind, figure.value, figure.base, figure.held,
                _reads(figure, report.made.threshold), " ".join(figure.refs),
                " ".join(figure.rest),
            )  # fmt: skip


def _reads(figure: Figure, threshold: int) -> str:
    """How it reads where that is not its value."""
    if figure.held or figure.kind == SHARE:
        return said(figure, threshold)
    return figure.label or ("" if figure.kind == DAY else as_text(figure.value))
