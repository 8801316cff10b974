"""What is written can be opened: no cell is obeyed, nothing is lost unseen, and it is all there."""

from __future__ import annotations

import csv
import re
import stat
import zipfile
from datetime import date, datetime, time
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from footprint.sheets import writing
from footprint.sheets.writing import LONGEST_TEXT, Table, as_text, write_csv, write_xlsx

NASTY = st.sampled_from([
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "'=1", "http://a.example/", "mailto:a@b.example",
    "internal:Sheet1!A1", "{=1}", "00123", "1e5", "<r><t>x</t></r>", "<r>&</r>", "_x0041_",
    "<r>_x0041_</r>", "]]>", "\udc80", "a\r\nb", "\x00", "\x1b[31m", "\ufffe", " x ", "TRUE",
])  # fmt: skip
TEXTS = NASTY | st.text(st.characters(), max_size=40) | st.builds(str.__add__, NASTY, st.text())
DAYS = st.dates(date(1900, 3, 1))
VALUES = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS | DAYS


def book(folder: Path, *tables: Table, **options: Any) -> Any:
    write_xlsx(folder / "book.xlsx", tables, **options)
    return load_workbook(folder / "book.xlsx")


def cells(sheet: Any) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def xml_of(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist())


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(VALUES, VALUES), max_size=6), TEXTS, TEXTS)
@example([("<r><t>a</t></r>", "</t></is></c><c><f>1+1</f></c>")], "<r>=1</r>", "=1")
def test_no_cell_is_obeyed(rows: list[tuple[Any, Any]], column: str, name: str) -> None:
    """Whatever a text is, its cell is text: no formula, no link, and still text when edited."""
    with TemporaryDirectory() as folder:
        read = book(Path(folder), Table(name, (column, "b"), rows, about=column), title=column)
        xml = xml_of(Path(folder, "book.xlsx"))
    assert not re.search("<f[ >/]|<hyperlink|<dde|<externalLink", xml)
    for cell in (cell for sheet in read for row in sheet.iter_rows() for cell in row):
        assert cell.data_type != "f"
        assert cell.hyperlink is None
        if isinstance(cell.value, str):
            assert cell.number_format == "@"
            assert cell.quotePrefix or not cell.value.startswith(tuple("=+-@\t"))


@settings(max_examples=60, deadline=None)
@given(st.lists(TEXTS.filter(bool), min_size=1, max_size=8))
def test_a_text_comes_back(texts: list[str]) -> None:
    """A text is in its cell as it is, but for what XML cannot hold, which is shown."""
    with TemporaryDirectory() as folder:
        sheet = book(Path(folder), Table("t", ("a",), [(text,) for text in texts]))["t"]
        assert [row[0] for row in cells(sheet)[1:]] == [written_of(text) for text in texts]


def written_of(text: str) -> str:
    """What a reader that knows _x005F_ makes of the cell; openpyxl leaves that to its caller."""
    shown = writing._NOT_IN_XML.sub(writing._shown, text.replace("\r\n", "\n"))
    return re.sub("_(x[0-9a-fA-F]{4}_)", r"_x005F_\1", shown)


def test_what_xml_cannot_hold_is_shown(tmp_path: Path) -> None:
    """Nothing vanishes: control characters and halves of pairs are made visible."""
    sheet = book(tmp_path, Table("t", ("a",), [("a\x00b\x1b\udc80\x9b\ufffe\rc",)]))["t"]
    assert sheet["A2"].value == "a␀b␛⟨DC80⟩⟨009B⟩⟨FFFE⟩␍c"


def test_values_keep_their_kind(tmp_path: Path) -> None:
    """Days are days and numbers are numbers; what Excel would change is text."""
    half_past = datetime.fromisoformat("2016-04-01T09:30")
    row = (
        date(2016, 4, 1), half_past, time(9, 30), 7, 2.5, True, None,
        date(1899, 12, 31), 10**15, float("nan"),
    )  # fmt: skip
    sheet = book(tmp_path, Table("t", [str(n) for n in range(len(row))], [row]))["t"]
    kinds = [(cell.value, cell.number_format) for cell in sheet[2]]
    assert kinds == [
        (half_past.replace(hour=0, minute=0), "yyyy-mm-dd"), (half_past, "yyyy-mm-dd hh:mm:ss"),
        (row[2], "hh:mm:ss"), (7, "General"), (2.5, "General"), (True, "General"),
        (None, "General"), ("1899-12-31", "@"), ("1" + 15 * "0", "@"), ("nan", "@"),
    ]  # fmt: skip


def test_a_sheet_is_ready_to_use(tmp_path: Path) -> None:
    """The header is bold, stays in sight and filters; columns are as wide as is sane."""
    table = Table("t", ("ref", "words"), [("CH-1", "x" * 500), ("CH-2", None)])
    sheet = book(tmp_path, table)["t"]
    assert sheet["A1"].font.bold
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:B3"
    assert 8 <= sheet.column_dimensions["A"].width < 10
    assert 60 <= sheet.column_dimensions["B"].width < 62
    assert sheet["B2"].alignment.wrap_text


def test_contents_come_first(tmp_path: Path) -> None:
    """The first sheet says what the workbook is, and lists the others."""
    tables = [Table("log", ("a",), [(1,), (2,)], "The log."), Table("none", (), [])]
    read = book(tmp_path, *tables, title="All of it", facts=[("entries", 7), ("day", None)])
    assert read.sheetnames == ["Contents", "log", "none"]
    assert cells(read["Contents"]) == [
        ["All of it", None, None], ["entries", 7, None], ["day", None, None], [None] * 3,
        ["Sheet", "Rows", "What it is"], ["log", 2, "The log."], ["none", 0, None],
    ]  # fmt: skip


def test_contents_may_be_left_out(tmp_path: Path) -> None:
    """A workbook may be its tables alone, and can be opened even if there is none."""
    assert book(tmp_path, Table("t", ("a",), []), contents=False).sheetnames == ["t"]
    write_xlsx(tmp_path / "none.xlsx", [], contents=False)
    assert load_workbook(tmp_path / "none.xlsx").sheetnames == ["Empty"]


@settings(max_examples=40, deadline=None)
@given(st.lists(TEXTS | st.text("aA'[] ß\x00😀", max_size=60), min_size=1, max_size=5))
@example(["History", "history", "", "a" * 40, "A" * 40, "Contents", "'", "😀" * 40])
def test_names_of_sheets_are_legal_and_unique(names: list[str]) -> None:
    """Any name will do: what Excel does not allow is taken out, and the second gets a number."""
    with TemporaryDirectory() as folder:
        read = book(Path(folder), *(Table(name, ("a",), [(name,)]) for name in names))
    assert len(read.sheetnames) == len(names) + 1
    assert len({name.casefold() for name in read.sheetnames}) == len(read.sheetnames)
    for name in read.sheetnames:
        assert 0 < len(name.encode("utf-16-le")) / 2 <= 31
        assert not re.search(r"^'|'$|[\[\]:*?/\\]", name)
        assert name.casefold() != "history"


@pytest.mark.parametrize("sign", ["x", "😀"])
def test_a_text_that_excel_cannot_hold_says_that_it_is_cut(tmp_path: Path, sign: str) -> None:
    """The longest text is whole; a longer one ends in a note."""
    most = sign * (LONGEST_TEXT // len(sign.encode("utf-16-le")) * 2)
    sheet = book(tmp_path, Table("t", ("a",), [(most,), (most + 2 * sign,)]))["t"]
    assert sheet["A2"].value == most
    assert sheet["A3"].value.endswith("[cut here: Excel holds no more. The CSV has all of it.]")
    assert LONGEST_TEXT - 1 <= len(sheet["A3"].value.encode("utf-16-le")) / 2 <= LONGEST_TEXT


def test_a_long_table_goes_on_in_another_sheet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table may have more rows than a sheet: none is lost."""
    monkeypatch.setattr(writing, "MOST_ROWS", 2)
    read = book(tmp_path, Table("t", ("a",), iter([(n,) for n in range(5)])))
    assert [cells(read[name]) for name in ("t", "t (2)", "t (3)")] == [
        [["a"], [0], [1]], [["a"], [2], [3]], [["a"], [4]],
    ]  # fmt: skip


def test_the_same_tables_give_the_same_bytes(tmp_path: Path) -> None:
    """Nothing in the file is of the moment or the machine."""
    for name in ("a.xlsx", "b.xlsx"):
        write_xlsx(tmp_path / name, [Table("t", ("a",), [(date(2016, 4, 1),), ("=1",)])], title="x")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def failing() -> Any:
    yield (1,)
    raise OSError("the disk is gone")


@pytest.mark.parametrize("suffix", ["xlsx", "csv"])
def test_a_file_is_whole_or_not_there(tmp_path: Path, suffix: str) -> None:
    """It is for its owner alone; what fails leaves nothing, and what is there is left alone."""
    path = tmp_path / f"t.{suffix}"

    def write(table: Table) -> None:
        write_csv(path, table) if suffix == "csv" else write_xlsx(path, [table])

    with pytest.raises(OSError, match="the disk is gone"):
        write(Table("t", ("a",), failing()))
    assert list(tmp_path.iterdir()) == []
    write(Table("t", ("a",), [(1,)]))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_bytes()
    with pytest.raises(FileExistsError):
        write(Table("t", ("a",), [(2,)]))
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(VALUES, VALUES)), st.sampled_from([",", ";", "\t", "|"]))
def test_csv_is_faithful(rows: list[tuple[Any, Any]], delimiter: str) -> None:
    """Every text is in the CSV as it is, what begins with = too: it is for programs."""
    file = StringIO()
    write_csv(file, Table("t", ("a", "=b"), rows), delimiter=delimiter)
    back = list(csv.reader(StringIO(file.getvalue(), newline=""), delimiter=delimiter))
    assert back == [["a", "=b"], *([as_text(value) for value in row] for row in rows)]


@pytest.mark.parametrize(
    ("options", "begins"),
    [({}, "é€".encode()), ({"bom": True}, b"\xef\xbb\xbf"), ({"encoding": "cp1252"}, b"\xe9\x80")],
)
def test_csv_in_other_encodings(tmp_path: Path, options: dict[str, Any], begins: bytes) -> None:
    """What an encoding does not have is written so that it can be seen."""
    write_csv(tmp_path / "t.csv", Table("t", ("é€",), [("\udc80",), (True,)]), **options)
    written = (tmp_path / "t.csv").read_bytes()
    assert written.startswith(begins)
    assert written.endswith(b"\r\n\\udc80\r\ntrue\r\n")
