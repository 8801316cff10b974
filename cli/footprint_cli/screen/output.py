"""Records on the screen, in a pipe, as JSON or as CSV: one set of figures, four shapes."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING

import typer

from footprint.errors import Misused
from footprint_cli.screen.columns import Column, Record
from footprint_cli.screen.laying import Cells, in_lines, widths
from footprint_cli.screen.lines import fitted, say
from footprint_cli.screen.text import say_json, visible

if TYPE_CHECKING:
    from rich.console import JustifyMethod, RenderableType


def say_records(
    records: Sequence[Record],
    *,
    columns: Sequence[Column],
    title: str,
    as_json: bool,
    as_csv: bool,
    more: bool = False,
) -> None:
    """Print records.

    Args:
        records: flat, all with the same fields.
        columns: what a terminal has room for; everything else shows all fields.
        title: what it is, and of which day; shown on a terminal only.
        as_json: an array of the records.
        as_csv: a header and a line each.
        more: these are a part of what there is, which is said on a terminal.
    """
    if as_json and as_csv:
        raise Misused("Give --json or --csv, not both.", "Leave one of them out.")
    if as_json:
        say_json([dict(record) for record in records])
    elif as_csv:
        _say_csv(records)
    elif on_terminal():
        _say_table(records, columns, title)
        if more:
            shown = sum(bool(record["ref"]) for record in records)
            say(f"The first {shown}. There are more: --all, or --first N.")
    else:
        _say_plain(records)


def on_terminal(*, as_data: bool = False) -> bool:
    """Whether a person is given a table; as data, nobody is."""
    return not as_data and bool(sys.stdout and sys.stdout.isatty())


def shown_value(value: object) -> str:
    """A value as a person reads it in a table."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return " ".join(map(str, value))
    if isinstance(value, dict):
        return "; ".join(f"{name}={shown_value(one)}" for name, one in value.items())
    return str(value)


def _say_csv(records: Sequence[Record]) -> None:
    import csv

    writer = csv.writer(sys.stdout, lineterminator="\n")
    if records:
        writer.writerow(records[0].keys())
    writer.writerows([shown_value(value) for value in record.values()] for record in records)


def _say_plain(records: Sequence[Record]) -> None:
    if records:
        typer.echo("\t".join(records[0].keys()))
    lines = map(_plain_line, records)
    while page := list(islice(lines, _PAGE)):
        typer.echo("\n".join(page))


_PAGE = 1_000
"""Lines written at a time: each writing is flushed."""


def _plain_line(record: Record) -> str:
    return "\t".join([visible(shown_value(value)) for value in record.values()])


def _say_table(records: Sequence[Record], columns: Sequence[Column], title: str) -> None:
    from rich.cells import cell_len
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, emoji=False, markup=False)
    for line in fitted(title, room=console.width):
        console.print(Text(line, style="bold"), soft_wrap=True)
    rows = [[visible(shown_value(column.of(record))) for column in columns] for record in records]
    for padding, readable in _LAYOUTS if console.width >= _ROOMY else _LAYOUTS[1:]:
        room = console.width + 1 - len(columns) * (1 + padding)
        if wide := widths(columns, rows, room, readable, cell_len):
            console.print(_table(columns, rows, wide, padding))
            break
    else:
        for line in in_lines(columns, rows, console.width):
            typer.echo(line)
    if not records:
        typer.echo("Nothing to show.")


def _table(
    columns: Sequence[Column], rows: Cells, wide: Sequence[int], padding: int
) -> RenderableType:
    """A table with columns as wide as that."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(
        box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, padding, 0, 0)
    )  # fmt: skip
    for column, width in zip(columns, wide, strict=True):
        justify: JustifyMethod = "right" if column.figure else "left"
        table.add_column(Text(column.heading), justify=justify, overflow="fold", width=width)
    for row in rows:
        table.add_row(*map(Text, row))  # `Text` is never read as markup
    return table


_ROOMY = 100
"""From this width on, two spaces stand between columns, where what is to be read has room."""
_LAYOUTS = ((1, 20), (0, 12))
"""Spaces beside the one between columns, and how wide a column of words has to be for that."""
