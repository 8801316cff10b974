"""The Poole year as somebody's spreadsheet: it goes in as it is, in any form, and once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from random import Random

import pytest
from intake_helpers import POOLE, TODAY, Rows, bring, make, poole_rows, save, threads, whats, why

from footprint.demo.poole import record_year
from footprint.domain.thread import Thread
from footprint.ledger.ledger import Ledger
from footprint.projections import counts
from footprint.sheets.pages import Cell

RENAMED = {
    "Alert no": "Ref.", "Level": "Challenge or alert", "Date raised": "Alert Date",
    "IRO": "Reviewing Officer", "Child ID": "Mosaic no", "Service": "Department",
    "Team": "Team name", "Raised with": "Addressee", "Theme": "Category",
    "Concern": "Nature of issue", "Response due": "Deadline", "Date of response": "Replied on",
    "Responded by": "Reply from", "Response": "Type of response",
    "Response summary": "What was said",
    "Escalated to": "Escalated to (role)", "Date escalated": "Escalation date",
    "Outcome": "How resolved?", "Date closed": "Completion date",
    "What changed for the child": "So what?", "Record": "How recorded",
}  # fmt: skip
DAYS = {name for name in RENAMED if "Date" in name or name == "Response due"}


def day(text: str) -> date:
    found = text.split("/")
    return date(*map(int, reversed(found)))


def serial(text: str) -> int:
    return (day(text) - date(1899, 12, 30)).days


def changed(read: Callable[[str], Cell], seed: int = 7) -> Rows:
    """The year with its columns renamed, its columns and rows in another order, and other days."""
    headings, *rows = poole_rows()
    chance = Random(seed)  # noqa: S311 - any order will do
    order = chance.sample(range(len(headings)), len(headings))
    chance.shuffle(rows)
    names: list[Cell] = [RENAMED[headings[at]] for at in order]
    return [names, *([_cell(headings[at], row[at], read) for at in order] for row in rows)]


def _cell(heading: str, text: str, read: Callable[[str], Cell]) -> Cell:
    return (read(text) if heading in DAYS else text) if text else None


def bare(made: list[Thread]) -> list[Thread]:
    """Threads without their numbers, in an order of their own."""
    plain = [thread.but(ref="") for thread in made]
    return sorted(plain, key=lambda thread: (thread.on or date.min, repr(thread)))


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Ledger]:
    folder = tmp_path / "demo"
    folder.mkdir()
    made = make(folder)
    record_year(made)
    yield made
    made.close()


def said(ledger: Ledger) -> list[tuple[str, str]]:
    """What the entries say, without where it comes from."""
    return sorted(
        (entry.topic, words.get("text", ""))
        for thread in threads(ledger)
        for entry in ledger.entries(thread.ref)
        for words in [ledger.vault.words(thread.ref).get(entry.position, {})]
    )


def test_the_year_goes_in_as_it_is(ledger: Ledger, demo: Ledger) -> None:
    """With no mapping: the same threads in every field, the same words, the same figures."""
    assert whats(bring(ledger, POOLE)) == ["new"] * 26
    assert threads(ledger) == threads(demo)
    assert said(ledger) == said(demo)
    assert ledger.size() == demo.size()
    read = [counts.read(threads(one), TODAY) for one in (ledger, demo)]
    assert list(read[0]) == list(read[1])
    assert sum(row["alerts_raised"] for row in counts.read(threads(ledger), TODAY)) == 20


@pytest.mark.parametrize(
    ("kind", "read"),
    [("csv", serial), ("csv", str), ("xlsx", day), ("xlsx", serial), ("xls", serial), ("ods", day)],
)
def test_the_year_in_another_form(
    ledger: Ledger, demo: Ledger, tmp_path: Path, kind: str, read: Callable[[str], Cell]
) -> None:
    """Other headings, another order, days as serial numbers, dates or text: the same threads.

    And it is recognised as what came in as it was, and that as this.
    """
    path = save(tmp_path / f"log.{kind}", changed(read))
    outcomes = bring(ledger, path)
    assert [why(one) for one in outcomes if one.faults] == []
    assert bare(threads(ledger)) == bare(threads(demo))
    size = ledger.size()
    assert set(whats(bring(ledger, POOLE))) == {"same"}
    again = save(tmp_path / f"other name.{kind}", changed(read, seed=8))
    assert set(whats(bring(ledger, again))) == {"same"}
    assert ledger.size() == size
