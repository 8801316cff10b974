"""Workbooks as spreadsheet programs write them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
import pytest
import xlsxwriter
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from sheets_helpers import BYTES, book_of, raw_ods, row_of, rows_of, xls_bytes, xlsx_bytes

from footprint.sheets.book import EPOCH_1900, EPOCH_1904, Merge
from footprint.sheets.marks import UNSAVED

HARD = ["\n", "\t", '"', ",", ";", "=1+1", "007", "  ", "<&>", "\u2028", "#N/A"]
# Of an xls, the library takes a mark of byte order at the beginning of a cell for none.
CHARACTERS = st.characters(exclude_categories=("Cs", "Cc", "Cn"), exclude_characters="\ufeff")
TEXT = st.lists(CHARACTERS | st.sampled_from(HARD), max_size=5).map("".join)
VALUES = [1, 1.5, -3, 0.25, True, date(2023, 3, 15), "0012", "=1+1"]


@given(st.lists(st.lists(TEXT, min_size=3, max_size=3), min_size=1, max_size=5))
@settings(max_examples=10)
def test_one_table_reads_alike_in_every_kind(body: list[list[str]]) -> None:
    """Texts of any sort stay the texts they are."""
    rows = [["One", "Two", "Three"], *body]
    with TemporaryDirectory() as folder:
        read = {
            kind: rows_of(Path(folder), f"a.{kind}", make(rows)) for kind, make in BYTES.items()
        }
    assert read["xlsx"] == read["csv"]
    assert read["xls"] == read["csv"]
    assert read["ods"] == read["csv"]


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_values_keep_their_types(tmp_path: Path, kind: str) -> None:
    """A number without a fraction is an int, a day is a day, a text with zeros a text."""
    (row,) = rows_of(tmp_path, f"a.{kind}", BYTES[kind]([VALUES]))
    assert row.cells == tuple(VALUES)
    assert [type(cell) for cell in row.cells] == [type(value) for value in VALUES]


@pytest.fixture(scope="module")
def cells(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Any]:
    """What comes of numbers under formats, by the row they are in; the first one is in C4."""
    path = tmp_path_factory.mktemp("cells") / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Data")
        for down, (value, number_format) in enumerate(NUMBERS):
            sheet.write_number(down + 3, 2, value, book.add_format({"num_format": number_format}))
    (sheet,) = book_of(path.parent, path.name, path.read_bytes()).sheets
    return {number: values[-1] for number, values in sheet.rows()}


NUMBERS = [
    (1, "dd/mm/yyyy"), (59, "dd/mm/yyyy"), (60, "dd/mm/yyyy"), (61, "d mmm yy"),
    (45000, "[$-809]dd mmmm yyyy;@"), (45000.5, "dd/mm/yyyy hh:mm"), (0.5, "hh:mm"),
    (1.75, "[h]:mm"), (0.25, "0%"), (45000, "General"), (123456789012345, "0"),
    (1234567890123456, "0"), (3_000_000, "dd/mm/yyyy"),
]  # fmt: skip
MEANT = [
    date(1900, 1, 1), date(1900, 2, 28), date(1900, 2, 28), date(1900, 3, 1),
    date(2023, 3, 15), datetime(2023, 3, 15, 12), time(12),  # noqa: DTZ001 - sheets know no zones
    "42:00:00", 0.25, 45000, 123456789012345,
    1234567890123456.0, 3_000_000,
]  # fmt: skip


@pytest.mark.parametrize("nth", range(len(NUMBERS)))
def test_a_number_is_what_its_format_makes_of_it(cells: dict[int, Any], nth: int) -> None:
    """Days, also around the day that never was; times, durations, fractions; long numbers."""
    assert cells[nth + 4] == MEANT[nth]
    assert type(cells[nth + 4]) is type(MEANT[nth])


def test_days_counted_from_1904_are_the_days_shown(tmp_path: Path) -> None:
    """And the book says from when plain numbers count."""

    def from_1904(book: openpyxl.Workbook) -> None:
        book.epoch = CALENDAR_MAC_1904
        book.active["A1"] = date(2023, 3, 15)

    book = book_of(tmp_path, "a.xlsx", xlsx_bytes([], from_1904))
    assert book.epoch == EPOCH_1904
    assert row_of(book.sheets[0], 1) == (1, (date(2023, 3, 15),))
    old = book_of(
        tmp_path, "a.xls", xls_bytes([[1]], lambda book: setattr(book, "dates_1904", True))
    )
    assert old.epoch == EPOCH_1904
    assert book_of(tmp_path, "b.xls", xls_bytes([[1]])).epoch == EPOCH_1900


def test_formulas_are_named_and_their_values_taken(tmp_path: Path) -> None:
    """A formula that comes to an empty text has none; an error is its text."""
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_formula("B2", "=1+1", None, 2)
        sheet.write_formula("AB3", "=NA()", None, "#N/A")
        sheet.write_formula("B4", "=TODAY()", None, "")
        sheet.write("C2", "<f>")
    (sheet,) = book_of(tmp_path, path.name, path.read_bytes()).sheets
    assert (sheet.formulas, sheet.formula_count) == (("B2", "AB3", "B4"), 3)
    assert row_of(sheet, 2) == (2, (None, 2, "<f>"))
    assert row_of(sheet, 3) == (3, (*[None] * 27, "#N/A"))
    assert row_of(sheet, 4) is None


def test_errors_that_stand_alone_are_their_texts(tmp_path: Path) -> None:
    """The reader of workbooks gives an empty text for them."""
    rows = rows_of(
        tmp_path, "a.xlsx", xlsx_bytes([], lambda book: book.active.append(["#REF!", 1]))
    )
    assert rows[0].cells == ("#REF!", 1)


def test_a_formula_that_was_never_calculated_says_so(tmp_path: Path) -> None:
    """A program that only writes leaves its value out; it is not an empty cell."""
    cells = ["a", "=1+1", None, "=TODAY()"]
    (row,) = rows_of(tmp_path, "a.xlsx", xlsx_bytes([], lambda book: book.active.append(cells)))
    assert row.cells == ("a", UNSAVED, None, UNSAVED)


def test_formulas_and_errors_of_an_old_workbook(tmp_path: Path) -> None:
    """They are found in its records."""

    def change(book: xlwt.Workbook) -> None:
        sheet = book.get_sheet(0)
        sheet.write(2, 1, xlwt.Formula("1+1"))
        sheet.row(3).set_cell_error(27, 0x2A)

    (sheet,) = book_of(tmp_path, "a.xls", xls_bytes([["x"]], change)).sheets
    assert sheet.formulas == ("B3",)
    assert row_of(sheet, 4) == (4, (*[None] * 27, "#N/A"))


def test_formulas_errors_and_merged_cells_of_an_open_document(tmp_path: Path) -> None:
    """They are found where repeated rows and cells put them."""
    (sheet,) = book_of(tmp_path, "a.ods", raw_ods(
        '<table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row>'
        '<table:table-row><table:table-cell table:number-columns-repeated="2"/><table:table-cell'
        ' table:formula="of:=NA()" office:value-type="string" office:string-value=""'
        ' calcext:value-type="error"><text:p>#N/A</text:p></table:table-cell>'
        '<table:table-cell table:number-columns-spanned="2" table:number-rows-spanned="3"'
        ' office:value-type="string"><text:p>m</text:p></table:table-cell>'
        "<table:covered-table-cell/></table:table-row>"
    )).sheets  # fmt: skip
    assert [tuple(row) for row in sheet.rows()] == [(4, (None, None, "#N/A", "m"))]
    assert (sheet.formulas, sheet.merged) == (("C4",), (Merge(4, 3, 6, 4),))


def test_hidden_sheets_are_said_and_charts_left_out(tmp_path: Path) -> None:
    """Each sheet's formulas and merged cells are its own."""
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Front").write("A1", 1)
        book.add_chartsheet("Chart").set_chart(chart := book.add_chart({"type": "bar"}))
        chart.add_series({"values": "=Front!$A$1"})
        hidden, very = book.add_worksheet("Hidden"), book.add_worksheet("Very")
        hidden.hide()
        very.very_hidden()
        very.merge_range("C5:D6", "m")
        very.write_formula("A1", "=1", None, 1)
    sheets = book_of(tmp_path, path.name, path.read_bytes()).sheets
    assert [(each.name, each.hidden) for each in sheets] == [
        ("Front", False), ("Hidden", True), ("Very", True),
    ]  # fmt: skip
    assert [each.formulas for each in sheets] == [(), (), ("A1",)]
    assert sheets[2].merged == (Merge(5, 2, 6, 3),)
    assert row_of(sheets[2], 5) == (5, (None, None, "m"))


def test_durations_are_texts(tmp_path: Path) -> None:
    """Of hours, minutes and seconds."""
    rows = rows_of(tmp_path, "a.xlsx", xlsx_bytes([[timedelta(hours=36, minutes=5)]]))
    assert rows[0].cells == ("36:05:00",)


def test_a_tab_and_a_line_break_part_words(tmp_path: Path) -> None:
    """In an open document they are elements; a note on a cell is no part of its text."""
    cell = '<table:table-cell office:value-type="string">%s</table:table-cell>'
    texts = cell % (
        "<office:annotation><text:p>note<text:tab/></text:p></office:annotation>"
        '<text:p>a<text:tab/>b<text:s text:c="2"/>c</text:p><text:p>d<text:line-break/>e</text:p>'
    )
    (row,) = rows_of(tmp_path, "a.ods", raw_ods(f"<table:table-row>{texts}</table:table-row>"))
    assert row.cells == ("a\tb  c\nd\ne",)
