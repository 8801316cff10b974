"""Threads, views and policy as CSV and XLSX: the records that the commands print, no others."""

from __future__ import annotations

import csv
import stat
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from cli_helpers import REFUSED, Place, concern, one_message
from openpyxl import load_workbook

pytestmark = pytest.mark.slow  # a process for each case

COMMANDS = {
    "log": "log", "due": "due", "times": "times", "counts": "counts", "entries": "replay",
    "ladders": "policy show ladders", "calendar": "policy show calendar",
    "vocabulary": "policy show vocabulary", "rules": "policy show rules",
}  # fmt: skip
WORDS = {"log", "due", "entries"}
EARLIER = ["--at-entry", "60"]
"""Where the demonstration has threads that are closed later."""


def read_csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def printed(place: Place, command: str, *options: str) -> list[list[str]]:
    out = place.done(*command.split(), "--csv", *options).out
    return list(csv.reader(out.splitlines(keepends=True)))


@pytest.mark.slow
@pytest.mark.parametrize("moment", [[], EARLIER, ["--as-at", "2099-01-01"]], ids=str)
def test_csv_is_what_the_commands_print(year: Place, tmp_path: Path, moment: list[str]) -> None:
    """Each table, to the character, also as it was known earlier."""
    year.done("export", "--csv", str(tmp_path / "out"), *moment)
    for table, command in COMMANDS.items():
        assert read_csv(tmp_path / "out" / f"{table}.csv") == printed(year, command, *moment), table
    assert {path.stem for path in (tmp_path / "out").iterdir()} == {*COMMANDS, "contents"}


@pytest.mark.slow
def test_words_are_given_where_they_are_asked_for(year: Place, tmp_path: Path) -> None:
    """Case number and words in the tables of threads and of entries; nowhere otherwise."""
    year.done("export", "--csv", str(tmp_path / "out"), "--with-words")
    year.done("export", "--csv", str(tmp_path / "facts"))
    for table, command in COMMANDS.items():
        options = ["--with-words"] if table in WORDS else []
        assert read_csv(tmp_path / "out" / f"{table}.csv") == printed(year, command, *options)
    facts = b"".join(path.read_bytes() for path in (tmp_path / "facts").iterdir())
    assert b"193307" not in facts
    assert b"193307" in (tmp_path / "out" / "log.csv").read_bytes()


def test_a_folder_is_for_its_owner_alone(year: Place, tmp_path: Path) -> None:
    """It says what it is of; the position, the root and the day are beside the tables."""
    answer = year.json("export", "--csv", str(tmp_path / "out"), *EARLIER, "--day", "2017-03-31")
    contents = dict(read_csv(tmp_path / "out" / "contents.csv"))
    assert (contents["position"], contents["root"]) == ("60", answer["root"])
    assert (contents["day"], contents["words"]) == ("2017-03-31", "no")
    assert answer["root"] != year.json("verify")["root"]
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o700
    assert all(stat.S_IMODE(p.stat().st_mode) == 0o600 for p in (tmp_path / "out").iterdir())


def sheet_rows(sheet: Any) -> list[list[str]]:
    """A sheet as text, as the commands print it."""
    return [[_text(cell.value) for cell in row] for row in sheet.iter_rows()]


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.date().isoformat() if isinstance(value, datetime) else str(value)


def test_the_workbook_has_the_same(year: Place, tmp_path: Path) -> None:
    """A sheet a table behind the contents; days are days, and figures are figures."""
    path = tmp_path / "book.xlsx"
    answer = year.json("export", "--xlsx", str(path), "--with-words")
    book = load_workbook(path)
    assert book.sheetnames == ["Contents", *(n for n in book.sheetnames[1:])]
    assert set(book.sheetnames) == {*COMMANDS, "Contents"}
    for table, command in COMMANDS.items():
        options = ["--with-words"] if table in WORDS else []
        assert sheet_rows(book[table]) == printed(year, command, *options), table
    said = sheet_rows(book["Contents"])
    for fact in (["position", "105", ""], ["root", answer["root"], ""], ["words", "yes", ""]):
        assert fact in said
    log = {cell.value: cell.column for cell in book["log"][1]}
    assert book["log"].cell(2, log["raised_on"]).is_date
    assert isinstance(book["log"].cell(2, log["stage"]).value, int)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_same_moment_gives_the_same_workbook(year: Place, tmp_path: Path) -> None:
    """To the byte."""
    for name in ("a", "b"):
        year.done(
            "export", "--xlsx", str(tmp_path / name), "--at-entry", "105", "--day", "2017-04-03"
        )
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_words_that_look_like_formulas_stay_words(begun: Place) -> None:
    """What somebody typed into a challenge is obeyed by nobody."""
    hard = '=HYPERLINK("http://a.example","x")'
    begun.done("challenge", *concern(words=hard))
    begun.done("export", "--xlsx", str(begun.folder / "book.xlsx"), "--with-words")
    book = load_workbook(begun.folder / "book.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert [cell.data_type for cell in cells if cell.value == hard].count("s") >= 2
    assert not any(cell.data_type == "f" or cell.hyperlink for cell in cells)


def test_requests_that_wait_are_a_table_where_there_are_any(begun: Place, tmp_path: Path) -> None:
    """As footprint redact lists them, without the case number that is among a request's words."""
    begun.done("redact", "1", "--basis", "retention", "--why", "Over.")
    begun.done("export", "--csv", str(tmp_path / "out"))
    header, row = read_csv(tmp_path / "out" / "waiting.csv")
    (asked,) = begun.json("redact")
    assert header == [name for name in asked if not name.startswith("right_child")]
    assert row[:3] == [str(asked["position"]), "CH-1", "mb"]


def test_a_ledger_without_a_thread_has_its_policy(fresh: Place) -> None:
    """Empty tables are there, and empty."""
    fresh.done("export", "--xlsx", str(fresh.folder / "book.xlsx"))
    book = load_workbook(fresh.folder / "book.xlsx")
    assert set(book.sheetnames) == {*COMMANDS, "Contents"}
    assert not any(cell for row in sheet_rows(book["log"]) for cell in row)
    assert len(sheet_rows(book["entries"])) == 7


def test_locked_words_are_refused_without_their_key(begun: Place) -> None:
    """Nothing is made."""
    begun.done("vault", "lock")
    shut = {"FOOTPRINT_HOME": str(begun.folder / "other home")}
    ran = begun.run("export", "--xlsx", "book.xlsx", "--with-words", env=shut)
    assert "The words are locked" in one_message(ran, REFUSED)
    assert not (begun.folder / "book.xlsx").exists()
    begun.done("export", "--xlsx", "book.xlsx", env=shut)
