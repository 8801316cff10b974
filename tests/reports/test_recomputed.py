"""The reports against an oracle: every figure, worked out twice, by two roads.

The other road reads what `footprint export --entries` gives to anybody, and no view. First the
oracle itself: the Poole year as it was counted by hand. Then both on that year, and on random
histories, for many periods, days and positions.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import oracle_tables
import pytest
import report_oracle
from cli_helpers import Place
from oracle import Export
from oracle_period import Period
from report_oracle import Report

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
    assert {row: value for row, value in values(annual, "stages", "highest").items() if value} == {
        "0": 6, "1": 19, "2": 1,
    }  # fmt: skip
    assert annual["years"]["escalated", "this"][:3] == (1, 20, ["CH-16"])
    assert values(annual, "years", "issued") == dict.fromkeys(values(annual, "years", "this"))
    assert annual["years"]["median", "before"] == (None, 0, [], [])
    assert values(annual, "stock", "count") == {
        "start": 0, "raised": 26, "reopened": 0, "closed": 23, "end": 3,
    }  # fmt: skip


def test_the_oracle_finds_15_of_19_and_then_of_20(lines: list[bytes]) -> None:
    """Within 20: 15 of 19 at 31 March 2017, 15 of 20 from 24 April 2017."""
    export, first = Export.of_lines(lines), date(2016, 4, 1)
    for last, base in ((MARCH_31, 19), (date(2017, 4, 23), 19), (date(2017, 4, 24), 20)):
        found = oracle_tables.closing(Period(export, first, last))
        assert found["alert", "within_20"][:2] == (15, base)


def test_the_oracle_ends_a_period_on_the_day(lines: list[bytes]) -> None:
    """What has not begun by the day is in no table, and nothing of it is in a sum."""
    early = report_oracle.annual(Export.of_lines(lines), "2016-17", date(2016, 6, 30))
    assert values(early, "quarters", "alerts") == {"Q1": 5}
    assert of_base(early, "years", "alerts", "this") == (5, None)
