"""The commands `report annual` and `report quarter`, as they are typed: real processes."""

from __future__ import annotations

import csv
import io
import json
import shlex
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cli_helpers import NOT_FOUND, REFUSED, USAGE, Place, concern, one_message
from openpyxl import load_workbook

pytestmark = pytest.mark.slow  # a process for each case

FULL = ("report", "annual", "2016-17", "--full")
Q4 = ("report", "quarter", "2016-17", "Q4")
MEETING = (*Q4, "--per-iro", "--with-words")
Figure = dict[str, Any]


def tables_of(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {table["name"]: table for section in report["sections"] for table in section["tables"]}


def figures_of(report: dict[str, Any]) -> Iterator[tuple[tuple[str, str, str], Figure]]:
    """Each figure, by its table, row and column."""
    for name, table in tables_of(report).items():
        for row in table["rows"]:
            for figure in row["figures"]:
                yield (name, row["key"], figure["column"]), figure


@pytest.fixture(scope="module")
def annual(year: Place) -> dict[str, Any]:
    return year.json(*FULL)


@pytest.fixture(scope="module")
def meeting(year: Place) -> dict[str, Any]:
    return year.json(*MEETING)


# --- what the year shows --------------------------------------------------------------------------


def test_the_year_shows_what_was_published(annual: dict[str, Any]) -> None:
    """About 20 alerts, 7 of them in Q4, five themes, all answered by the team manager, one higher.

    The Poole report 2016-17, paragraph 7.3.
    """
    found = {key: figure["value"] for key, figure in figures_of(annual)}
    tables = tables_of(annual)
    assert found["raised", "alerts", "count"] == 20
    assert found["quarters", "Q4", "alerts"] == 7
    themes = [
        row["key"] for row in tables["themes"]["rows"] if found["themes", row["key"], "alerts"]
    ]
    assert len(themes) == 5
    assert found["themes", "ADO", "alerts"] == 2
    assert found["addressees", "1 team-manager", "unanswered"] == 0
    assert tables["addressees"]["finding"] == (
        "20 answers due from the Team Manager at stage 1: 5 not in time; all came."
    )
    assert found["stages", "2", "alerts"] == 1
    assert "Principal Manager" in tables["stages"]["finding"]


def test_before_the_first_quarter_there_is_nothing_that_moved(year: Place) -> None:
    """A service that began in this quarter is not told that every theme went up in it."""
    tables = tables_of(year.json("report", "quarter", "2016-17", "Q1"))
    for name in ("moved-themes", "moved-services"):
        assert tables[name]["finding"] == (
            "Nothing is recorded before this quarter: there is nothing to compare."
        )
        assert {row["figures"][-1]["value"] for row in tables[name]["rows"]} == {None}


def test_the_year_says_what_was_recalled(annual: dict[str, Any]) -> None:
    """Before any figure is read: 13 of the 20 rest on memory."""
    assert any("13 of 20 alerts were recalled from memory" in said for said in annual["remarks"])


def test_the_year_adds_what_the_report_could_not(annual: dict[str, Any]) -> None:
    """Median days, and the share within 20: each with its base."""
    found = dict(figures_of(annual))
    median, within = found["closing", "alert", "median"], found["closing", "alert", "within_20"]
    assert (median["value"], median["base"]) == (17, 19)
    assert (within["value"], within["base"]) == (15, 19)


# --- traced ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", [FULL, MEETING], ids=["annual", "quarter"])
def test_every_figure_is_made_of_its_threads(year: Place, asked: tuple[str, ...]) -> None:
    """A count is as many threads; a share has its base in two; days are of as many as are said."""
    traced = Counter[str]()
    for key, figure in figures_of(year.json(*asked)):
        inside, outside = len(figure["threads"]), len(figure["others"])
        if figure["kind"] == "share":
            assert (inside, inside + outside) == (figure["value"] or 0, figure["base"]), key
        elif figure["kind"] == "days" and figure["base"] is not None:
            assert inside == figure["base"], key
        elif inside:
            assert inside == figure["value"], key
        traced[figure["kind"]] += bool(inside)
    assert traced["count"] > 20


@pytest.mark.parametrize("asked", [FULL, MEETING], ids=["annual", "quarter"])
def test_the_command_in_it_makes_the_same_again(poole: Place, asked: tuple[str, ...]) -> None:
    """To the byte, in every form, also when more was recorded since."""
    forms = ("json", "csv", "md", "html")
    first = {form: poole.done(*asked, "--format", form).out for form in forms}
    poole.done("note", "4", "--words", "Said later.")
    command = shlex.split(json.loads(first["json"])["made"]["command"])
    assert command[0] == "footprint"
    for form in forms:
        assert poole.done(*command[1:], "--format", form).out == first[form], form


def test_a_workbook_is_the_same_to_the_byte(year: Place, tmp_path: Path) -> None:
    """No moment of writing is in it."""
    for name in ("a.xlsx", "b.xlsx"):
        year.done(*FULL, "--output", str(tmp_path / name))
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_each_form_has_the_same_figures(
    year: Place, annual: dict[str, Any], tmp_path: Path
) -> None:
    """CSV has a line for each figure; a workbook a sheet for each table, and a cell."""
    lines = list(csv.DictReader(io.StringIO(year.done(*FULL, "--csv").out, newline="")))
    by_key = {(line["table"], line["row"], line["column"]): line for line in lines}
    found = dict(figures_of(annual))
    assert by_key.keys() == found.keys()
    for key, figure in found.items():
        assert by_key[key]["value"] == ("" if figure["value"] is None else str(figure["value"])), (
            key
        )
        assert by_key[key]["threads"].split() == figure["threads"]
    year.done(*FULL, "--output", str(tmp_path / "a.xlsx"))
    book = load_workbook(tmp_path / "a.xlsx", read_only=True)
    for name, table in tables_of(annual).items():
        rows = list(book[name].values)[1:]
        assert [row[0] for row in rows] == [row["label"] for row in table["rows"]], name
    assert "Behind the figures" in book.sheetnames


# --- words, and IROs ------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["json", "csv", "md", "html"])
def test_no_words_are_in_a_report_unless_asked_for(year: Place, form: str) -> None:
    """Neither what was said nor a case number; the sentences where they are asked for."""
    said = "Safety plan now matches present risks."
    for asked in (FULL, Q4):
        out = year.done(*asked, "--format", form).out
        assert said not in out
        assert "193307" not in out
    assert said in year.done(*Q4, "--with-words", "--format", form).out


def test_no_iro_is_compared_unless_the_manager_asks(
    year: Place, meeting: dict[str, Any], annual: dict[str, Any]
) -> None:
    """By IRO only with the option, and then it says whom it is for."""
    assert "per-iro" in tables_of(meeting)
    assert meeting["whom"].startswith("For the IRO manager alone")
    for report in (annual, year.json(*Q4)):
        assert "per-iro" not in tables_of(report)
        assert not any("JT" in row["key"] for t in tables_of(report).values() for row in t["rows"])


# --- as it was known ------------------------------------------------------------------------------


def test_a_report_is_as_it_was_known(poole: Place) -> None:
    """`--at-entry` gives what was known then; what was recorded later is not in it."""
    was = poole.json(*FULL)
    entry = was["made"]["position"]
    poole.done("alert", *concern(on="2017-03-30", source="recalled"))
    now = {key: figure["value"] for key, figure in figures_of(poole.json(*FULL))}
    assert now["raised", "alerts", "count"] == 21
    assert poole.json(*FULL, "--at-entry", str(entry)) == was


def test_a_year_may_be_looked_at_before_its_end(year: Place) -> None:
    """`--day` cuts it by what had happened, and it says that it is not over."""
    report = year.json(*FULL, "--day", "2016-12-31")
    found = {key: figure["value"] for key, figure in figures_of(report)}
    assert found["raised", "alerts", "count"] == 13
    assert any("not over" in said for said in report["remarks"])
    assert {row["key"] for row in tables_of(report)["quarters"]["rows"]} == {"Q1", "Q2", "Q3"}


def test_nothing_is_reported_of_a_time_before_the_ledger(year: Place) -> None:
    """What was not known is not counted as nothing."""
    yesterday = datetime.now(UTC).date() - timedelta(days=2)
    said = one_message(year.run(*FULL, "--as-at", yesterday.isoformat()), NOT_FOUND)
    assert "Nothing had been recorded by" in said


# --- issued ---------------------------------------------------------------------------------------


def test_issuing_records_the_report_with_its_digest(poole: Place, tmp_path: Path) -> None:
    """Which report, of which period, as known at which entry; the digest is of its JSON."""
    before = poole.entries()
    ran = poole.done(*FULL, "--issue", "--output", str(tmp_path / "a.json"))
    assert poole.entries() == before + 1
    [row] = [r for r in poole.json("replay") if r["position"] == before + 1]
    assert row["what"] == "report issued: annual-full 2016-17"
    digest = sha256((tmp_path / "a.json").read_bytes()).hexdigest()
    assert f"digest of the figures {digest}" in ran.err
    assert "footprint receipt ledger" in ran.err
    poole.done("verify")


@pytest.mark.parametrize("issued", [FULL, FULL[:-1]], ids=["full", "published"])
def test_next_year_shows_what_was_issued_beside_what_is_known(
    poole: Place, issued: tuple[str, ...]
) -> None:
    """A late entry changes the one and not the other, whichever report was issued."""
    poole.done(*issued, "--issue")
    poole.done("alert", *concern(on="2017-03-30", source="recalled"))
    report = poole.json("report", "annual", "2017-18", "--full")
    found = {key: figure["value"] for key, figure in figures_of(report)}
    assert found["years", "alerts", "issued"] == 20
    assert found["years", "alerts", "before"] == 21
    [note] = tables_of(report)["years"]["notes"]
    assert note.endswith("is theirs.")


def test_a_report_that_is_not_written_is_not_issued(poole: Place, tmp_path: Path) -> None:
    """A file that is there already, a folder that is not, another moment: nothing is recorded."""
    before = poole.entries()
    (tmp_path / "a.html").write_text("mine")
    for options in (
        ["--output", str(tmp_path / "a.html")],
        ["--output", str(tmp_path / "none" / "a.html")],
    ):
        one_message(poole.run(*FULL, "--issue", *options), REFUSED)
    one_message(poole.run(*FULL, "--issue", "--day", "2017-01-01"), USAGE)
    one_message(poole.run(*Q4, "--issue", "--with-words"), USAGE)
    assert poole.entries() == before
    assert (tmp_path / "a.html").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["a.html"]


# --- refused --------------------------------------------------------------------------------------

REFUSALS = {
    "report annual 2016": "is not a reporting year",
    "report quarter 2016-17 Q5": "is not a quarter",
    "report annual 2199-00 --full": "begins after",
    "report annual 2016-17 --full --format pdf": "is no form of a report",
    "report annual 2016-17 --full --output a.pdf": "is no form of a report",
    "report annual 2016-17 --full --format xlsx": "A workbook is not printed",
    "report annual 2016-17 --full --json --csv": "Give one form",
}


@pytest.mark.parametrize("typed", REFUSALS)
def test_what_cannot_be_made_is_refused(year: Place, typed: str) -> None:
    """With what is wrong, and what there is instead."""
    assert REFUSALS[typed] in one_message(year.run(*typed.split()), USAGE)
