"""A report as Markdown: to paste, to send, and to read as it is on a terminal.

It is CommonMark with the tables of GitHub's. What people typed is escaped, so that it shows as they
typed it and is never markup, a link or HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from rich.cells import cell_len

from footprint.domain.days import written
from footprint.reports.figures import Figure, Made, Report, Row, Section, Table
from footprint_cli.forms.said import base_said, is_numeric, said
from footprint_cli.screen.text import visible

_NONE = "\N{EN DASH}"
_WIDEST = 60
"""A cell that is wider than this does not widen its column."""

_MARKUP = re.compile(
    r"[\\`*_\[\]<>|&~#@]|(?<=http):|(?<=https):|(?<=ftp):|(?<=www)\.", re.IGNORECASE
)
_LIST_OR_LINE = re.compile(r"^(\d{0,9})([.)]|[-+=]+)(?= |$)")
"""What begins a list at the start of a line, or makes a heading or a rule of it."""


def markdown(report: Report, digest: str) -> str:
    """The report as Markdown; the same report gives the same bytes.

    Args:
        report: what it shows.
        digest: of its figures.
    """
    return "\n".join(_lines(report, digest))


def escaped(text: str) -> str:
    """A text as it has to be written to be shown as it is, wherever in a line it stands.

    Space at its ends has no meaning, and several spaces mean one.
    """
    shown = " ".join(filter(None, visible(text).split(" ")))
    safe = _MARKUP.sub(lambda found: f"\\{found[0]}", shown)
    return _LIST_OR_LINE.sub(lambda found: f"{found[1]}\\{found[2]}", safe)


# --- the whole --------------------------------------------------------------------------------


def _lines(report: Report, digest: str) -> Iterator[str]:
    yield from (f"# {escaped(report.title)}", "")
    yield from (_period(report), "")
    yield from (f"> {escaped(report.whom)}", "")
    yield from _list(map(escaped, report.remarks))
    for section in report.sections:
        yield from _section(section, report.made.threshold)
    if too_few := [escaped(table.title) for table in report.tables() if table.silent]:
        yield from ("## Too few to show", "")
        yield from _list(too_few)
    yield from ("## What this was made from", "")
    yield from _list(_made(report.made, digest))


def _period(report: Report) -> str:
    authority = escaped(report.made.authority)
    return f"{authority}: {written(report.first)} to {written(report.last)}"


def _list(texts: Iterable[str]) -> Iterator[str]:
    lines = [f"- {text}" for text in texts]
    yield from ([*lines, ""] if lines else [])


def _section(section: Section, threshold: int) -> Iterator[str]:
    tables = [table for table in section.tables if not table.silent]
    yield from (f"## {escaped(section.title)}", "") if tables else ()
    for table in tables:
        yield from _table(table, threshold)


def _made(made: Made, digest: str) -> Iterator[str]:
    yield f"Ledger: {escaped(made.authority)}, {escaped(made.origin)}"
    yield f"Read up to entry {made.position}; root of its tree {escaped(made.root)}"
    yield f"Computed for {written(made.day)}"
    yield f"Working days: {escaped(made.calendar)}"
    yield f"Labels: version {made.vocabulary}"
    yield f"Digest of the figures: {escaped(digest)}"
    yield f"Made with: {escaped(made.command)}"


# --- a table ----------------------------------------------------------------------------------


def _table(table: Table, threshold: int) -> Iterator[str]:
    yield from (f"### {escaped(table.finding or table.title)}", "")
    if table.rows:
        if table.finding.rstrip(".") not in {"", table.title}:
            yield from (f"{escaped(table.title)}:", "")
        yield from _piped(table, threshold)
    else:
        yield f"{escaped(table.title)}: none."
    yield ""
    if table.measure:
        yield from (f"How it is counted: {escaped(table.measure)}", "")
    for note in table.notes:
        yield from (escaped(note), "")


def _piped(table: Table, threshold: int) -> Iterator[str]:
    """Its rows between pipes, in columns that stand under each other; numbers to the right."""
    heads = [escaped(table.of), *(escaped(column.label) for column in table.columns)]
    rows = [_cells(row, threshold) for row in table.rows]
    right = [False, *(is_numeric(table, at) for at in range(len(table.columns)))]
    widths = [_width(column) for column in zip(heads, *rows, strict=True)]
    lines = ["-" * (w - r) + ":" * r for w, r in zip(widths, right, strict=True)]
    yield from (_row(cells, widths, right) for cells in (heads, lines, *rows))


def _cells(row: Row, threshold: int) -> list[str]:
    return [escaped(row.label), *(_cell(figure, threshold) for figure in row.cells)]


def _cell(figure: Figure, threshold: int) -> str:
    words = said(figure, threshold)
    text = escaped(words) if words.strip() else _NONE
    base = base_said(figure)
    return f"{text} ({base})" if base else text


def _width(cells: Sequence[str]) -> int:
    """Of a column, in the cells of a terminal; the line under its heading has three at least."""
    return max(3, *(min(cell_len(cell), _WIDEST) for cell in cells))


def _row(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    return f"| {' | '.join(map(_padded, cells, widths, right))} |"


def _padded(cell: str, width: int, right: bool) -> str:
    space = " " * (width - cell_len(cell))
    return space + cell if right else cell + space
