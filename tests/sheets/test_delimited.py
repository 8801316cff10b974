"""Csv files as people's programs write them."""

from __future__ import annotations

import csv
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sheets_helpers import book_of, csv_bytes, refusal, rows_of

from footprint.errors import Refused
from footprint.sheets import delimited, limits
from footprint.sheets.book import Dialect
from footprint.sheets.delimited import best_delimiter
from footprint.sheets.pages import held

CHARACTERS = st.characters(exclude_categories=("Cs", "Cc", "Cn"))
HARD = [
    "\n",
    "\r\n",
    "\r",
    "\t",
    '"',
    ",",
    ";",
    "|",
    "'",
    "=1+1",
    "007",
    " ",
    "\u2028",
    "\x85",
    "é",
]
WESTERN = st.sampled_from([*HARD[:12], *"abz09£éü€"])
ENCODINGS = {
    "utf-8": CHARACTERS | st.sampled_from(HARD),
    "utf-8-sig": CHARACTERS | st.sampled_from(HARD),
    "utf-16": CHARACTERS | st.sampled_from(HARD),
    "cp1252": WESTERN,
}


def kept(row: list[str]) -> tuple[str | None, ...]:
    cells = [cell if cell.strip() else None for cell in row]
    while cells and cells[-1] is None:
        cells.pop()
    return tuple(cells)


@pytest.mark.parametrize("encoding", ENCODINGS)
@given(data=st.data(), delimiter=st.sampled_from(delimited.DELIMITERS))
@settings(max_examples=40)
def test_what_was_written_is_read(encoding: str, data: st.DataObject, delimiter: str) -> None:
    """Any texts under a plain header, in any encoding and with any delimiter."""
    text = st.lists(ENCODINGS[encoding], max_size=6).map("".join)
    width = data.draw(st.integers(2, 4))
    body = data.draw(st.lists(st.lists(text, min_size=width, max_size=width), max_size=6))
    rows = [[f"££££ {n}" for n in range(width)], *body]
    with TemporaryDirectory() as folder:
        book = book_of(Path(folder), "a.csv", csv_bytes(rows, encoding, delimiter))
        read = [tuple(row) for row in book.sheets[0].rows()]
        again = held(book.sheets[0].source)
    assert book.dialect == Dialect(encoding, delimiter)
    expected = [(number, kept(row)) for number, row in enumerate(rows, 1) if kept(row)]
    assert read == expected
    assert book.sheets[0].count == len(expected)
    assert [tuple(row) for row in again.rows()] == expected
    assert all(again.row(number) == (number, cells) for number, cells in expected)


def test_a_row_is_numbered_as_a_program_shows_it(tmp_path: Path) -> None:
    """A record that spans lines is one row, and a blank line is one too."""
    rows = rows_of(tmp_path, "a.csv", b'a,b\r\n\r\n"x\ny",2\r\n,,\r\nlast,3\r\n')
    assert [tuple(row) for row in rows] == [(1, ("a", "b")), (3, ("x\ny", "2")), (5, ("last", "3"))]


def test_the_first_line_may_tell_the_delimiter(tmp_path: Path) -> None:
    """Excel's `sep=` is no row, and is believed."""
    book = book_of(tmp_path, "a.csv", b"sep=|\na,b|c\nd,e|f\n")
    assert book.dialect == Dialect("utf-8", "|")
    assert [tuple(row) for row in book.sheets[0].rows()] == [(1, ("a,b", "c")), (2, ("d,e", "f"))]


@pytest.mark.parametrize(
    ("sample", "delimiter"),
    [
        ("Alerts; all of them\n\nNo,Day,Why\n1,2,x; y\n2,3,z\n", ","),
        ("Smith, J;1\nJones, A;2\n", ";"),
        ("one\ntwo\n", ","),
        ('a\tb\n"1,\n,"\t",2\n,3"\n', "\t"),
        ("a\tb, c\nd\te, f\n", "\t"),
        ('"a;b",c\n"d;e",f\n', ","),
    ],
)  # fmt: skip
def test_the_delimiter_is_what_cuts_evenly(sample: str, delimiter: str) -> None:
    """Titles, notes and texts with other delimiters in them do not mislead it."""
    assert best_delimiter(sample) == delimiter


def test_a_quote_that_is_never_closed_is_named(tmp_path: Path) -> None:
    """By the line on which it opened, also behind a cell with lines of its own."""
    said = refusal(tmp_path, "a.csv", b'a,b\n"x\ny",2\n"1\n2","open,3\nrest,4\n')
    assert "opens a quote on line 5 and never closes it" in said


def test_a_quote_that_swallows_much_is_named(tmp_path: Path) -> None:
    """Its cell is longer than any cell can be."""
    said = refusal(tmp_path, "a.csv", b'a,b\n1,"x' + b"row,row\n" * 20_000 + b'"\n')
    assert "in the row that begins on line 2" in said
    assert "never closed" in said


def test_the_limit_of_others_is_as_it_was(tmp_path: Path) -> None:
    """The library's limit is the process's: it is put back, also after a refusal."""
    before = csv.field_size_limit()
    refusal(tmp_path, "a.csv", b'a,b\n1,"x')
    assert csv.field_size_limit() == before


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"a,b\n1,\0\n", "NUL character on line 2"),
        ("a,é\n".encode() * 3 + b"\xe9,1\n", "UTF-8 in most places"),
        (b"a,\x81\n", "neither UTF-8 nor Windows-1252"),
        (b"\xef\xbb\xbfa,\xe9\n", "begins as UTF-8 and goes on as something else"),
        (b"\xff\xfea\0\0\xd8b\0", "begins as UTF-16 and goes on as something else"),
    ],
)  # fmt: skip
def test_what_is_no_text_is_refused(tmp_path: Path, data: bytes, said: str) -> None:
    """With what is wrong and where."""
    assert said in refusal(tmp_path, "a.csv", data)


def test_more_than_is_taken_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows, columns, text, a line, the file: each with its own words."""
    wide = b"," * 512 + b"x\n"
    assert "more than 512 columns (row 1 has 513)" in refusal(tmp_path, "a.csv", wide)
    monkeypatch.setattr(limits, "MOST_ROWS", 2)
    assert "more than 2 rows" in refusal(tmp_path, "a.csv", b"1\n2\n\n3\n")
    monkeypatch.setattr(delimited, "LONGEST_LINE", 4)
    assert "Line 2" in refusal(tmp_path, "a.csv", b"1\n23456\n")
    monkeypatch.setattr(limits, "MOST_TEXT", 4)
    assert "MiB of text" in refusal(tmp_path, "a.csv", b"99\n")
    monkeypatch.setattr(delimited, "MOST_FILE", 4)
    assert "larger than" in refusal(tmp_path, "a.csv", b"12345\n")


# --- read again -------------------------------------------------------------------------------

ROWS = csv_bytes([["a", "b"], *([f"{n}", "x" * 9] for n in range(60))])


def test_a_file_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As often as somebody wants its rows, all of them or some, from pieces of any size."""
    for piece in (1, 7, len(ROWS), 1 << 16):
        monkeypatch.setattr(delimited, "_PIECE", piece)
        (sheet,) = book_of(tmp_path, "a.csv", ROWS).sheets
        some = [row.cells[0] for row in islice(sheet.rows(), 3)]
        every = [row.cells[0] for row in sheet.rows()]
        assert (some, every) == (["a", "0", "1"], ["a", *map(str, range(60))])


CHANGES: dict[str, Callable[[bytes], bytes]] = {
    "a byte": lambda data: data[:-5] + b"y" + data[-4:],
    "longer": lambda data: data + b"60,xxxxxxxxx\r\n",
    "shorter": lambda data: data[:-14],
    "empty": lambda _data: b"",
    "other text": lambda _data: b"\xff\xfe\0\0,",
}


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("piece", [1, 14, len(ROWS), 1 << 16])
def test_a_file_that_was_changed_is_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, piece: int
) -> None:
    """No row is taken that is not what it was, nor is what is missing passed over."""
    monkeypatch.setattr(delimited, "_PIECE", piece)
    (sheet,) = book_of(tmp_path, "a.csv", ROWS).sheets
    before = [*sheet.rows()]
    (tmp_path / "a.csv").write_bytes(CHANGES[name](ROWS))
    taken = []
    with pytest.raises(Refused, match=r"a\.csv was changed after it was read\.") as refused:
        taken.extend(sheet.rows())
    assert "Nothing was recorded." in refused.value.next_step
    assert taken == before[: len(taken)]
    (tmp_path / "a.csv").write_bytes(ROWS)
    assert [*sheet.rows()] == before


def test_a_file_that_is_gone_is_not_read_again(tmp_path: Path) -> None:
    """Whoever has moved it meanwhile is told."""
    (sheet,) = book_of(tmp_path, "a.csv", ROWS).sheets
    (tmp_path / "a.csv").unlink()
    with pytest.raises(Refused, match=r"a\.csv cannot be read again \(No such file"):
        next(sheet.rows())
