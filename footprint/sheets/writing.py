"""Tables to files: XLSX for people, CSV for programs.

A workbook is safe to open: no cell of it is a formula or a link, whatever its text begins with, nor
becomes one when somebody edits it. CSV has no such form. It holds the texts as they are, for
programs; what a spreadsheet program makes of `=1+1` in it is that program's choice, so the XLSX is
the one to open.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date, datetime, time
from itertools import chain, islice
from math import isfinite
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple, TextIO

from footprint.durable import making

Value = str | int | float | bool | date | time | None
"""What a cell may hold; None leaves it empty."""


class Table(NamedTuple):
    """What becomes a sheet, or a file of CSV.

    Args:
        name: of the sheet, as far as such a name is legal.
        columns: the header.
        rows: each as long as the header. They are taken once.
        about: what it is, for the sheet of contents.
    """

    name: str
    columns: Sequence[str]
    rows: Iterable[Sequence[Value]]
    about: str = ""


# --- CSV ----------------------------------------------------------------------------------------


def write_csv(
    to: Path | TextIO,
    table: Table,
    *,
    delimiter: str = ",",
    encoding: str = "utf-8",
    bom: bool = False,
) -> None:
    r"""Write a table as CSV (RFC 4180), for programs: the texts as they are.

    Days are YYYY-MM-DD, true and false are words. A character that the encoding does not have is
    written as Python writes it, `\udc80`.

    Args:
        to: a new file, for its owner alone, whole or not there; or one that is open, with
            newline="" where it is a real one, whose encoding is then its own.
        table: its name and what it is about are not in the file.
        delimiter: one character.
        encoding: of a new file.
        bom: whether a new file begins with U+FEFF, by which Excel knows UTF-8.

    Raises:
        FileExistsError: something is there already; it is as it was.
        OSError: it could not be written.
    """
    if not isinstance(to, Path):
        _write_rows(to, table, delimiter)
        return
    with (
        making(to) as temporary,
        temporary.open("w", encoding=encoding, errors="backslashreplace", newline="") as file,
    ):
        file.write("\ufeff" if bom else "")
        _write_rows(file, table, delimiter)


def _write_rows(file: TextIO, table: Table, delimiter: str) -> None:
    writer = csv.writer(file, delimiter=delimiter)
    writer.writerow(table.columns)
    writer.writerows([as_text(value) for value in row] for row in table.rows)


def as_text(value: Value) -> str:
    """A value as CSV has it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date | time) else str(value)


# --- XLSX ---------------------------------------------------------------------------------------

LONGEST_TEXT = 32_767
"""UTF-16 units in a cell (Excel specifications and limits)."""
MOST_ROWS = 1_048_575
"""Rows of a sheet below its header (the same)."""
_CUT = " … [cut here: Excel holds no more. The CSV has all of it.]"
_CREATED = datetime(2000, 1, 1)  # noqa: DTZ001 - no moment: the same tables give the same bytes
_LARGEST_WHOLE = 10**15  # Excel keeps 15 digits
_FIRST_DAY = date(1900, 3, 1)  # Excel counts the day before it as 29 February 1900
_NARROWEST, _WIDEST = 8, 60

_NOT_IN_XML = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_COMMANDS = tuple("=+-@\t\n'")
_TEXT: dict[str, object] = {"num_format": "@", "valign": "top"}
_STYLES: dict[str, dict[str, object]] = {
    "title": {**_TEXT, "bold": True, "font_size": 14, "quote_prefix": True},
    "header": {**_TEXT, "bold": True, "bottom": 1, "text_wrap": True, "quote_prefix": True},
    "text": _TEXT,
    "long": {**_TEXT, "text_wrap": True},
    # With this mark, a text that is edited stays one; without it, "=1+1" would become 2.
    "command": {**_TEXT, "text_wrap": True, "quote_prefix": True},
    "plain": {"valign": "top"},
    "date": {"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"},
    "datetime": {"num_format": "yyyy-mm-dd hh:mm:ss", "valign": "top", "align": "left"},
    "time": {"num_format": "hh:mm:ss", "valign": "top", "align": "left"},
}


def write_xlsx(
    path: Path,
    tables: Iterable[Table],
    *,
    contents: bool = True,
    title: str = "",
    facts: Sequence[tuple[str, Value]] = (),
) -> None:
    """Write tables as a workbook for people, a sheet each.

    No cell is a formula or a link. Days are days, and numbers are numbers, where Excel can hold
    them: a day before March 1900 and a number of more than 15 digits are text. A text of more
    than 32,767 UTF-16 units is cut, and says so where it is cut. Characters that XML cannot hold
    are shown as ␀ or ⟨DC80⟩. A table of more rows than a sheet holds goes on in another sheet.
    The same tables give the same bytes. The rows are streamed: what is not written yet is in
    files beside the new one, which go with it.

    Args:
        path: a new file, for its owner alone, whole or not there.
        tables: taken one by one, so that rows may be read while the one before is written.
        contents: whether a sheet of contents comes first.
        title: what all of it is, for that sheet.
        facts: what else is to be said there, by name.

    Raises:
        FileExistsError: something is there already; it is as it was.
        OSError: it could not be written.
    """
    from xlsxwriter.exceptions import XlsxFileError  # noqa: PLC0415 - it is felt at every start

    with (
        making(path) as temporary,
        TemporaryDirectory(prefix=f".{path.name}.", suffix=".new", dir=path.parent) as folder,
    ):
        try:
            with _workbook(temporary, folder) as book:
                _fill(book, tables, title if contents else None, facts)
        except XlsxFileError as error:
            raise OSError(str(error)) from error


_Done = tuple[str, int, str]
"""The name of a sheet, its rows, and what it is about."""


class _Book(NamedTuple):
    add: Callable[[str], Any]
    styles: dict[str, Any]
    names: set[str]


@contextmanager
def _workbook(path: Path, folder: str) -> Iterator[_Book]:
    from xlsxwriter import Workbook  # noqa: PLC0415
    from xlsxwriter.worksheet import Worksheet  # noqa: PLC0415

    class Plain(Worksheet):  # type: ignore[misc] # the library is not typed
        """A text that looks like the library's own rich text would be taken for XML."""

        def _xml_rich_inline_string(self, string: str, attributes: Any = ()) -> None:
            self._xml_inline_string(string, True, attributes)

    options = {
        "constant_memory": True,
        "tmpdir": folder,  # not the machine's: they hold what the workbook holds
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with closing(Workbook(str(path), options)) as book:
        book.set_properties({"created": _CREATED})
        styles = {name: book.add_format(style) for name, style in _STYLES.items()}
        yield _Book(lambda name: book.add_worksheet(name, Plain), styles, set())


def _fill(
    book: _Book, tables: Iterable[Table], title: str | None, facts: Sequence[tuple[str, Value]]
) -> None:
    first = None if title is None else _Sheet(book, "Contents")
    listed = [done for table in tables for done in _write_table(book, table)]
    if first:
        _write_contents(first, title or "", facts, listed)
    elif not listed:
        _Sheet(book, "Empty")  # a workbook without a sheet cannot be opened


def _write_table(book: _Book, table: Table) -> Iterator[_Done]:
    """Write a table, in as many sheets as it needs. Gives the name and rows of each."""
    rows = iter(table.rows)
    more: tuple[Sequence[Value], ...] = ()
    while True:
        sheet = _Sheet(book, table.name)
        sheet.header(table.columns)
        for row in chain(more, islice(rows, MOST_ROWS - len(more))):
            sheet.add(row)
        sheet.finish(len(table.columns))
        yield sheet.name, sheet.rows - 1, table.about
        more = tuple(islice(rows, 1))
        if not more:
            return


def _write_contents(
    sheet: _Sheet,
    title: str,
    facts: Sequence[tuple[str, Value]],
    listed: list[tuple[str, int, str]],
) -> None:
    if title:
        sheet.add((title,), "title")
    for fact in facts:
        sheet.add(fact)
    if title or facts:
        sheet.add(())
    sheet.add(("Sheet", "Rows", "What it is"), "header")
    for row in listed:
        sheet.add(row)
    sheet.sheet.set_column(0, 0, 31)
    sheet.sheet.set_column(1, 1, 24)
    sheet.sheet.set_column(2, 2, _WIDEST)


class _Sheet:
    """A sheet that is filled from the top, and remembers how wide its columns are."""

    def __init__(self, book: _Book, name: str) -> None:
        self.name = _legal(name, book.names)
        self.sheet = book.add(self.name)
        self.styles = book.styles
        self.rows = 0
        self.widths: dict[int, int] = {}

    def header(self, columns: Sequence[str]) -> None:
        self.add(columns, "header")
        self.sheet.freeze_panes(1, 0)

    def add(self, row: Sequence[Value], style: str = "") -> None:
        for column, value in enumerate(row):
            if value is not None and value != "":
                width = self._write(column, value, style)
                self.widths[column] = max(self.widths.get(column, 0), width)
        self.rows += 1

    def finish(self, columns: int) -> None:
        for column, width in self.widths.items():
            self.sheet.set_column(column, column, min(max(width + 2, _NARROWEST), _WIDEST))
        if columns:
            self.sheet.autofilter(0, 0, self.rows - 1, columns - 1)

    def _write(self, column: int, value: Value, style: str) -> int:
        """Write a cell. Returns how many signs wide it is."""
        at = self.rows, column
        kind, written = _kind(value)
        if kind == "text":
            text = _held(written)
            named = style or _style_of(text)
            self.sheet.write_string(*at, text, self.styles[named])
            return max(map(len, text.split("\n")))
        if kind in {"date", "datetime", "time"}:
            self.sheet.write_datetime(*at, written, self.styles[kind])
        elif kind == "bool":
            self.sheet.write_boolean(*at, written, self.styles["plain"])
        else:
            self.sheet.write_number(*at, written, self.styles["plain"])
        return len(as_text(value))


def _kind(value: Value) -> tuple[str, Any]:
    """How a value is written: as what Excel can hold of it, or as text."""
    for kind, holds in _HOLDS.items():
        if isinstance(value, kind):
            return (kind.__name__, value) if holds(value) else ("text", as_text(value))
    return "text", value


_HOLDS: dict[type, Callable[[Any], bool]] = {
    bool: lambda _: True,
    datetime: lambda v: v.tzinfo is None and v.date() >= _FIRST_DAY,
    date: lambda v: v >= _FIRST_DAY,
    time: lambda v: v.tzinfo is None,
    int: lambda v: abs(v) < _LARGEST_WHOLE,
    float: isfinite,
}
"""What Excel can hold of each type; a type is behind those that are of it."""


def _style_of(text: str) -> str:
    if text.startswith(_COMMANDS):
        return "command"
    return "long" if len(text) > _WIDEST or "\n" in text else "text"


def _held(text: str) -> str:
    """The text as a cell can hold it."""
    shown = _NOT_IN_XML.sub(_shown, text.replace("\r\n", "\n"))
    if _units(shown) <= LONGEST_TEXT:
        return shown
    return _first_units(shown, LONGEST_TEXT - len(_CUT)) + _CUT


def _shown(found: re.Match[str]) -> str:
    code = ord(found[0])
    return chr(0x2400 + code) if code < 0x20 else f"⟨{code:04X}⟩"  # noqa: PLR2004 - U+0020


def _units(text: str) -> int:
    """How long a text is in UTF-16, as Excel counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _first_units(text: str, units: int) -> str:
    return text.encode("utf-16-le", "surrogatepass")[: 2 * units].decode("utf-16-le", "ignore")


# --- names of sheets ----------------------------------------------------------------------------

_LONGEST_NAME = 31
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]|" + _NOT_IN_XML.pattern + "|[\t\n\r\u2028\u2029]")


def _legal(name: str, taken: set[str]) -> str:
    """The name as Excel allows it, and no other's, where case does not count. Takes it."""
    wanted = _NOT_IN_NAMES.sub(" ", name).strip("' ") or "Sheet"
    number = 1
    while True:
        behind = f" ({number})" if number > 1 else ""
        legal = _first_units(wanted, _LONGEST_NAME - len(behind)).rstrip("' ") + behind
        key = legal.casefold()
        if key not in taken and key != "history":  # Excel's own
            taken.add(key)
            return legal
        number += 1
