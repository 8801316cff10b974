"""A long sheet is considered by a process of its own: what that says, and when it ends."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from apart_helpers import no_process, recorded_processes
from intake_helpers import (
    TODAY,
    book_of,
    bring,
    make,
    one_sheet,
    poole_rows,
    save,
    sheet_of,
    threads,
    understood,
)

from footprint import apart
from footprint.errors import Misused, Refused
from footprint.intake import considering
from footprint.intake.considering import Considered, Task, considered
from footprint.intake.importing import Terms, brought_in
from footprint.intake.inuse import mapping_in_use
from footprint.ledger.ledger import Ledger
from footprint.progress import silent
from footprint.sheets.book import Book, read_book

MANY = considering.LEAST_ROWS
ODD = one_sheet(
    {}, {"Theme": "Placement chnage"}, {"Service": "Nowhere at all"}, {"Date raised": "31/31/2016"},
    {"Child ID": "Jane Turner"}, {"Ref": "Total"}, {"Concern": None}, {"Date raised": None},
    {"Date raised": "01/04/2030", "Ref": "9"}, {"Response": "Agreed", "Outcome": "Resolved"},
)  # fmt: skip
"""Rows that are refused, guessed, left out, or taken."""
EVENTS = [
    ("Ref", "Event", "Date", "Child ID", "IRO", "Service", "Theme", "Level", "Role", "Details",
     "Record"),
    ("1", "Raised", "14/04/2016", "204117", "MB", "CSC", "PLC", "Alert", "Team Manager", "No plan.",
     "Formal"),
    ("2", "Closed", "29/04/2016", *(None,) * 6, "Done.", "Recalled"),
    ("1", "Closed", "29/04/2016", *(None,) * 6, "Done.", "Recalled"),
]  # fmt: skip
BOOKS = {
    "the year": book_of(sheet_of(poole_rows())),
    "odd rows": ODD,
    "a row an event": book_of(sheet_of(EVENTS)),
    "several tabs": book_of(sheet_of(poole_rows()[:9], "One"), sheet_of(poole_rows()[:1], "Two"),
                            sheet_of([["a", "b"]], "Three")),
    "nothing": book_of(),
}  # fmt: skip


@pytest.fixture
def ledger(tmp_path: Any) -> Iterator[Ledger]:
    with make(tmp_path) as made:
        yield made


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """The processes that are started, which even a short sheet is worth now."""
    monkeypatch.setattr(considering, "LEAST_ROWS", 0)
    monkeypatch.setattr(considering, "cores", lambda: 2)
    return recorded_processes(monkeypatch)


def told(ledger: Ledger, book: Book) -> tuple[list[Any], dict[str, Any]]:
    """What is considered of each thread, and the mapping that is in use then."""
    file = understood(book, ledger)
    said = [
        (one.found, one.moves, str(one.refused)) if isinstance(one, Considered) else one
        for one in considered(Task(file, ledger.policy(), TODAY))
    ]
    return said, mapping_in_use(file)


@pytest.mark.parametrize("name", BOOKS)
def test_it_says_the_same(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, started: list[Any], name: str
) -> None:
    """Every thread, what it asks and comes to, what is left out, and what its values meant."""
    there = told(ledger, BOOKS[name])
    assert len(started) == 1
    monkeypatch.setattr(considering, "LEAST_ROWS", MANY)
    assert told(ledger, BOOKS[name]) == there
    assert len(started) == 1


def test_what_it_says_is_recorded_and_recognised(ledger: Ledger, started: list[Any]) -> None:
    """The year goes in, and is known when it comes again, with what has changed since."""
    book = BOOKS["the year"]
    assert {one.what for one in bring(ledger, book)} == {"new"}
    size = ledger.size()
    assert {one.what for one in bring(ledger, book)} == {"same"}
    assert (ledger.size(), len(threads(ledger)), len(started)) == (size, 26, 2)
    rows = poole_rows()
    at = rows[0].index("Concern")
    rows[3][at] += " It has not been done."
    changed = bring(ledger, book_of(sheet_of(rows)), {"reason": "copied wrongly"})
    assert [(one.what, one.entries) for one in changed if one.what != "same"] == [("changed", 1)]


def test_what_it_refuses_is_raised_here(ledger: Ledger, started: list[Any]) -> None:
    """With its own words, and where it came from for whoever looks into it."""
    with pytest.raises(Misused, match="kind cannot be 'letter' in every row") as refused:
        bring(ledger, ODD, always={"kind": "letter"})
    assert "Traceback" in refused.value.__notes__[0]
    assert [process.wait() is not None for process in started] == [True]


def test_it_is_ended(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, started: list[subprocess.Popen[bytes]]
) -> None:
    """By somebody, before it has said all: nothing is recorded, and that is said."""
    monkeypatch.setattr(apart, "_answers", killing(started, apart._answers, after=1))
    before = ledger.size()
    with pytest.raises(Refused, match="The process that read the rows was ended") as refused:
        bring(ledger, BOOKS["the year"])
    assert "Nothing was recorded." in refused.value.next_step
    assert ledger.size() == before


def test_it_is_ended_before_it_says_anything(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, started: list[subprocess.Popen[bytes]]
) -> None:
    """The rows are considered here."""
    monkeypatch.setattr(apart, "_answers", killing(started, apart._answers, after=0))
    assert len(bring(ledger, BOOKS["the year"])) == 26
    assert len(started) == 1


@pytest.mark.parametrize("least", [0, MANY])
def test_a_file_that_is_changed_meanwhile(
    ledger: Ledger,
    monkeypatch: pytest.MonkeyPatch,
    started: list[Any],
    tmp_path: Path,
    least: int,
) -> None:
    """Whichever process reads it again, nothing of it is recorded."""
    monkeypatch.setattr(considering, "LEAST_ROWS", least)
    path = save(tmp_path / "year.csv", poole_rows())
    file, before = understood(read_book(path), ledger), ledger.size()
    path.write_bytes(path.read_bytes() + b"27,Alert\r\n")
    terms = Terms(actor="mb", record=True)
    with pytest.raises(Refused, match="was changed after it was read"), ledger.writing():
        list(brought_in(file, ledger, terms, silent))
    assert (ledger.size(), len(started)) == (before, int(least == 0))


def killing(started: list[subprocess.Popen[bytes]], read: Any, after: int) -> Any:
    """Answers that end after so many, with the process."""

    def answers(said: Any) -> Iterator[Any]:
        told = read(said)
        yield from (next(told) for _ in range(after))
        started[-1].kill()
        started[-1].wait()
        said.read()
        yield from told

    return answers


def test_a_machine_that_gives_no_process(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, started: list[Any]
) -> None:
    """The rows are considered here."""
    recorded_processes(monkeypatch, no_process)
    assert len(bring(ledger, BOOKS["the year"])) == 26
    assert started == []


@pytest.mark.parametrize(("rows", "processes"), [(MANY - 1, 0), (MANY, 1)])
def test_a_short_sheet_is_not_worth_a_process(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, started: list[Any], rows: int, processes: int
) -> None:
    """Below what its start costs it is considered here."""
    monkeypatch.setattr(considering, "LEAST_ROWS", MANY)
    sheet = poole_rows()
    book = book_of(sheet_of([sheet[0], *([sheet[1]] * (rows - 1))]))
    assert len(bring(ledger, book, {"record": False})) == rows - 1
    assert len(started) == processes
