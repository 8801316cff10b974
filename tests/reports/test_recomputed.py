"""The reports against an oracle: every figure, worked out twice, by two roads.

The other road reads what `footprint export --entries` gives to anybody, and no view. First the
oracle itself: the Poole year as it was counted by hand. Then both on that year, and on random
histories, for many periods, days and positions.
"""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import ledger_helpers as own
import oracle_clocks
import pytest
import report_oracle
from cli_helpers import Place
from footprint_cli.doing.reported import Asked, Known, report_of
from footprint_cli.forms.data import as_json
from hypothesis import given, settings
from hypothesis import strategies as st
from offices import Office, histories, interesting_days
from oracle import Export, quarter_of, year_of
from oracle_period import QUARTERS, Figure, Period, quarter_from, year_from
from report_oracle import Report

from footprint.ledger.elsewhere.giving import write_entries
from footprint.ledger.ledger import Ledger

# --- the two roads --------------------------------------------------------------------------

Found = dict[str, list[tuple[str, str, Figure]]]
"""What a report says: of each table its figures, each with its row and its column."""


def of_json(report: Any) -> Found:
    """A report as the program writes it."""
    return {
        table["name"]: [
            (row["key"], figure["column"], plain(**figure))
            for row in table["rows"]
            for figure in row["figures"]
        ]
        for section in report["sections"]
        for table in section["tables"]
    }


def plain(*, value: Any, base: Any, threads: list[str], others: list[str], **_: Any) -> Figure:
    """A figure as the oracle has it."""
    return value, base, sorted(threads), sorted(others)


def by_the_project(at: Known, asked: Asked) -> Found:
    """What is written as JSON, but in this process."""
    return of_json(json.loads(as_json(report_of(at, asked))))


def differences(found: Found, expected: Report) -> list[str]:
    """What a reader of a failure needs: table, row and column, found and expected.

    A table without rows is as good as none.
    """
    ours = {(name, *place): figure for name, cells in found.items() for *place, figure in cells}
    theirs = {
        (name, *place): json.loads(json.dumps(figure, default=str))
        for name, cells in expected.items()
        for place, figure in cells.items()
    }
    assert len(ours) == sum(map(len, found.values())), "a row or a column is there twice"
    return [
        f"{' | '.join(map(str, place))}: found {ours.get(place)}, expected {theirs.get(place)}"
        for place in sorted(ours.keys() | theirs.keys(), key=str)
        if list(ours.get(place, ())) != theirs.get(place, [])
    ]


def assert_same(found: Found, expected: Report) -> None:
    """Every figure of every table equals the oracle's."""
    differ = differences(found, expected)
    assert not differ, "\n".join(differ)


# --- the Poole year -------------------------------------------------------------------------

MARCH_31, APRIL_25 = date(2017, 3, 31), date(2017, 4, 25)


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The demonstration, to read only."""
    place = Place(tmp_path_factory.mktemp("year") / "place")
    (place.folder / "person").mkdir(parents=True)
    place.done("demo", "--ledger", str(place.ledger))
    return place


@pytest.fixture(scope="module")
def lines(year: Place) -> list[bytes]:
    """Its entries, as anybody gets them."""
    path: Path = year.folder / "entries.jsonl"
    year.done("export", "--entries", str(path))
    return path.read_bytes().splitlines()


@pytest.fixture(scope="module")
def annual(lines: list[bytes]) -> Report:
    return report_oracle.annual(Export.of_lines(lines), "2016-17", APRIL_25)


@pytest.fixture(scope="module")
def q4(lines: list[bytes]) -> Report:
    return report_oracle.quarter(Export.of_lines(lines), "2016-17", "Q4", APRIL_25)


def values(report: Report, table: str, column: str) -> dict[str, Any]:
    """A column of a table, by row."""
    return {row: figure[0] for (row, key), figure in report[table].items() if key == column}


def of_base(report: Report, table: str, row: str, column: str) -> tuple[Any, int | None]:
    value, base, _, _ = report[table][row, column]
    return value, base


def test_the_oracle_finds_what_was_raised_in_poole(annual: Report, q4: Report) -> None:
    """26 threads: 20 alerts and 6 challenges, 7 alerts of Q4; by quarter 5, 4, 4 and 7."""
    assert values(annual, "raised", "count") == {
        "threads": 26, "challenges": 6, "direct": 20, "became": 0, "alerts": 20,
    }  # fmt: skip
    assert values(q4, "raised", "count")["alerts"] == 7
    assert values(annual, "quarters", "alerts") == {"Q1": 5, "Q2": 4, "Q3": 4, "Q4": 7}
    assert values(annual, "sources", "alerts") == {
        "at-the-time": 0, "transcribed": 7, "recalled": 13,
    }  # fmt: skip
    assert values(annual, "sources", "challenges") == {
        "at-the-time": 0, "transcribed": 6, "recalled": 0,
    }  # fmt: skip


def test_the_oracle_finds_the_themes_and_services_of_poole(annual: Report) -> None:
    """Assessment 6, placement change 5, paperwork 4, input 3, adoption 2; CSC 18, CHAD 2."""
    alerts = values(annual, "themes", "alerts")
    assert {theme: value for theme, value in alerts.items() if value} == {
        "ASQ": 6, "PLC": 5, "PAP": 4, "SWK": 3, "ADO": 2,
    }  # fmt: skip
    assert values(annual, "services", "alerts") == {
        "CSC": 18, "CHAD": 2, "CAMHS": 0, "VS": 0, "EDU": 0, "COM": 0,
    }  # fmt: skip
    assert values(annual, "services", "challenges") == {
        "CSC": 1, "CHAD": 0, "CAMHS": 2, "VS": 1, "EDU": 1, "COM": 1,
    }  # fmt: skip


def test_the_oracle_finds_the_days_of_poole(annual: Report) -> None:
    """n 19, median 17, mean 16, longest 29; 19 alerts and 4 challenges closed, 1 and 2 open."""
    assert of_base(annual, "closing", "alert", "median") == (17, 19)
    assert of_base(annual, "closing", "alert", "mean") == (16, 19)
    assert of_base(annual, "closing", "alert", "longest") == (29, 19)
    assert values(annual, "closing", "resolved") == {"alert": 19, "challenge": 4}
    assert values(annual, "closing", "open") == {"alert": 1, "challenge": 2}
    assert of_base(annual, "closing", "alert", "within_20") == (15, 19)
    assert sum(values(annual, "days", "alerts").values()) == 19


def test_the_oracle_finds_the_answers_of_poole(annual: Report) -> None:
    """Stage 1 on time 15 of 20, late A02, A05, A09, A11, A16; stage 0 4 of 6; one day not known."""
    value, base, _, late = annual["addressees"]["1 team-manager", "on_time"]
    assert (value, base) == (15, 20)
    assert late == ["CH-11", "CH-16", "CH-2", "CH-5", "CH-9"]
    assert of_base(annual, "responses", "informal", "on_time") == (4, 6)
    assert annual["responses"]["formal", "not_known"] == (1, None, ["CH-16"], [])
    assert annual["responses"]["informal", "unanswered"] == (1, None, ["CH-22"], [])


def test_the_oracle_finds_what_became_of_poole(annual: Report) -> None:
    """Informally 4 of 23; one escalated, to stage 2; nothing to compare the year with."""
    assert of_base(annual, "informal", "settled", "share") == (4, 23)
    assert values(annual, "stages", "reached") == {"1": 20, "2": 1, "3": 0, "4": 0}
    assert values(annual, "stages", "alerts") == {"1": 19, "2": 1, "3": 0, "4": 0}
    assert annual["years"]["escalated", "this"][:3] == (1, 20, ["CH-16"])
    assert values(annual, "years", "issued") == {}
    assert annual["years"]["median", "before"] == (None, 0, [], [])
    assert values(annual, "stock", "count") == {
        "start": 0, "raised": 26, "reopened": 0, "closed": 23, "end": 3,
    }  # fmt: skip


def test_the_oracle_finds_15_of_19_and_then_of_20(lines: list[bytes]) -> None:
    """Within 20: 15 of 19 at 31 March 2017, 15 of 20 from 24 April 2017."""
    export, first = Export.of_lines(lines), date(2016, 4, 1)
    for last, base in ((MARCH_31, 19), (date(2017, 4, 23), 19), (date(2017, 4, 24), 20)):
        found = oracle_clocks.closing(Period(export, first, last))
        assert found["alert", "within_20"][:2] == (15, base)


def test_the_oracle_ends_a_period_on_the_day(lines: list[bytes]) -> None:
    """What has not begun by the day is in no table, and nothing of it is in a sum."""
    early = report_oracle.annual(Export.of_lines(lines), "2016-17", date(2016, 6, 30))
    assert values(early, "quarters", "alerts") == {"Q1": 5}
    assert of_base(early, "years", "alerts", "this") == (5, None)


@pytest.mark.slow
@pytest.mark.parametrize("at", [(), ("--day", "2016-11-30"), ("--at-entry", "60")], ids=" ".join)
def test_the_reports_of_the_poole_year_are_the_oracles(
    year: Place, lines: list[bytes], at: tuple[str, ...]
) -> None:
    """Of the year and each of its quarters that has begun: at its end, before it, and as known."""
    day = date(2016, 11, 30) if "--day" in at else date.max
    export = Export.of_lines(lines, 60 if "--at-entry" in at else None)
    options = (*at, "--format", "json")
    found = of_json(year.done("report", "annual", "2016-17", "--full", *options).json)
    assert_same(found, report_oracle.annual(export, "2016-17", day))
    for quarter in ("Q1", "Q3") if "--day" in at else QUARTERS:
        found = of_json(year.done("report", "quarter", "2016-17", quarter, *options).json)
        assert_same(found, report_oracle.quarter(export, "2016-17", quarter, day))


@pytest.mark.slow
def test_the_year_before_as_issued_is_the_oracles(year: Place, tmp_path: Path) -> None:
    """Issued, then put right: the next year has the figures as issued beside those now known."""
    place = year.copy(tmp_path / "later")
    place.done("report", "annual", "2016-17", "--full", "--format", "json", "--issue")
    place.done("close", "CH-20", "--closure", "resolved", "--basis", "done", "--on", "2017-03-31",
               "--source", "transcribed")  # fmt: skip
    place.done("export", "--entries", str(place.folder / "later.jsonl"))
    export = Export.of_lines((place.folder / "later.jsonl").read_bytes().splitlines())
    expected = report_oracle.annual(export, "2017-18", date.max)
    found = place.done("report", "annual", "2017-18", "--full", "--format", "json").json
    assert_same(of_json(found), expected)
    medians = [expected["years"]["median", column][:2] for column in ("issued", "before")]
    assert medians == [(17, 19), (16, 20)]


# --- random histories -----------------------------------------------------------------------

NTH = st.integers(0, 999)
Pick = tuple[int, bool, int | None, int | None]
PICKS = st.lists(st.tuples(NTH, st.booleans(), st.none() | NTH, st.none() | NTH), max_size=6)
"""A day, whether of its quarter or of its year; the day looked at, and the entry: none is all."""


def exported(ledger: Ledger) -> list[bytes]:
    file = BytesIO()
    write_entries(ledger, file, words=False)
    return file.getvalue().splitlines()


@dataclass(frozen=True)
class Wanted:
    """A report that is asked for: of a year, or of a quarter of it; up to a day, as known at."""

    year: str
    quarter: str | None
    day: date
    upto: int


def wanted(office: Office, picks: list[Pick]) -> list[Wanted]:
    """Of the year and the quarter that the office has come to, and whatever else was picked."""
    year, quarter = year_of(office.today), quarter_of(office.today)
    size, days = office.ledger.size(), interesting_days(office.ledger)
    now = [Wanted(year, None, date.max, size), Wanted(year, quarter, date.max, size)]
    return now + [picked(pick, days, size) for pick in picks]


def picked(pick: Pick, days: list[date], size: int) -> Wanted:
    """Of the period that has some day in it, up to its end or to a day in it."""
    of, by_quarter, until, upto = pick
    day = days[of % len(days)]
    year, quarter = year_of(day), quarter_of(day) if by_quarter else None
    within = [
        other for other in days
        if year_of(other) == year and quarter in (None, quarter_of(other))
    ]  # fmt: skip
    return Wanted(
        year=year,
        quarter=quarter,
        day=date.max if until is None else within[until % len(within)],
        upto=size if upto is None else own.START + upto % (size - own.START + 1),
    )


def recomputed(lines: list[bytes], wish: Wanted) -> Report:
    export = Export.of_lines(lines, wish.upto)
    if wish.quarter is None:
        return report_oracle.annual(export, wish.year, wish.day)
    return report_oracle.quarter(export, wish.year, wish.quarter, wish.day, per_iro=True)


def reported(ledger: Ledger, wish: Wanted) -> Found:
    at = Known(ledger, wish.upto, wish.day)
    if wish.quarter is None:
        first, last = year_from(wish.year, date.max)
        return by_the_project(
            at, Asked(name="annual-full", period=wish.year, first=first, last=last)
        )
    first, last = quarter_from(wish.year, wish.quarter, date.max)
    period = f"{wish.year} {wish.quarter}"
    asked = Asked(name="quarter", period=period, first=first, last=last, options=("--per-iro",))
    return by_the_project(at, asked)


@settings(max_examples=60)
@given(history=histories(busy=3, issuing=True, long=34), picks=PICKS)
def test_the_reports_of_any_history_are_the_oracles(
    tmp_path_factory: pytest.TempPathFactory, history: list[Any], picks: list[Any]
) -> None:
    """Whatever was recorded: of any year and quarter, up to any day, and as known at any entry."""
    office = Office(tmp_path_factory.mktemp("l"), signed=True)
    with closing(office.ledger) as ledger:
        office.live(history)
        lines = exported(ledger)
        for wish in wanted(office, picks):
            assert_same(reported(ledger, wish), recomputed(lines, wish))
