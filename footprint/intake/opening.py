"""A file whose columns are understood, before any of its rows is taken."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

from footprint.intake.lexicon import Lexicon
from footprint.intake.mapping import SheetMapping, heading_key
from footprint.intake.survey import digits_in
from footprint.intake.table import LeftOut, Table, table_of
from footprint.ledger.ledger import Ledger
from footprint.sheets.book import Book


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A file whose columns are understood, as far as they are."""

    book: Book
    tables: tuple[Table, ...]
    left_out: tuple[LeftOut, ...]
    lexicon: Lexicon
    mapping: SheetMapping

    @property
    def not_met(self) -> list[str]:
        """What the mapping says of headings that no sheet has, by field."""
        shown = [column.heading for table in self.tables for column in table.layout.columns]
        met = {heading_key(text) for one in shown for text in (one, one.split("(")[0])}
        said = self.mapping.columns.items()
        return sorted(f"{key!r} ({to})" for key, to in said if key not in met)

    @property
    def digits(self) -> int:
        """How many digits a case number of the file seems to have; 0 where nobody is to ask."""
        if self.mapping.digits is not None:
            return self.mapping.digits
        return digits_in([table.survey for table in self.tables])


def opened(book: Book, ledger: Ledger, mapping: SheetMapping, today: date) -> Opened:
    """What the sheets of a file mean. Reads each of them once."""
    lexicon = Lexicon(ledger.policy(), mapping)
    read = [table_of(book, sheet, lexicon, mapping, today) for sheet in book.sheets]
    tables = tuple(table for table in read if isinstance(table, Table))
    left_out = tuple(one for one in read if isinstance(one, LeftOut))
    return Opened(book=book, tables=tables, left_out=left_out, lexicon=lexicon, mapping=mapping)


def unsaid(file: Opened) -> tuple[str, ...]:
    """What every row needs and some sheet has no column for, nor the mapping a word."""
    return tuple(
        name
        for name, says in _SAYS.items()
        if name not in file.mapping.always
        and any(not table.layout.fields & says for table in file.tables)
    )


_SAYS: Mapping[str, AbstractSet[str]] = {
    "source": {"source"}, "kind": {"kind", "raised.stage", "event"}, "child": {"child"},
    "service": {"service"}, "themes": {"themes"},
}  # fmt: skip
"""The fields of which any says it."""
