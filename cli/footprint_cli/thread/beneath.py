"""What a table on a terminal has no room for: case numbers and words, under it, row by row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from footprint.intake.origin import said_itself
from footprint_cli.screen.text import visible
from footprint_cli.thread.rows import WORD_FIELDS
from footprint_cli.thread.telling import text_lines

Record = Mapping[str, Any]


def of_threads(records: Iterable[Record]) -> Iterator[str]:
    """The case number of each thread, and the words that began it."""
    for record in records:
        if record["ref"]:
            yield f"\n{record['ref']}, child {visible(record['child'] or 'removed')}"
            yield from text_lines("text", record["words"] or "(no words)")


def of_entries(rows: Sequence[Record]) -> Iterator[str]:
    """The words of each entry that has any, and the case number that is among them."""
    for row in rows:
        kept = {to: row[name] for name, to in WORD_FIELDS.items() if row.get(name)}
        if not kept:
            continue
        child = f", child {visible(kept['child'])}" if "child" in kept else ""
        yield f"\nentry {row['position']}, {row['ref']}{child}"
        for name, text in said_itself(kept).items():
            yield from text_lines(name, text)
