"""The sentences that head tables: what they say, their figures say."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from report_years import THIS, Course, full_report, same, years

from footprint.reports.figures import Report, Table
from footprint.reports.findings import many

LIMITS = {"20", "2", "3"}
"""Numbers that are of a rule and not of the year: 20 working days, stage 2 and above."""


def numbers_of(table: Table) -> set[str]:
    """Every number that stands in a table, as it is written, and its sums."""
    found = {f"{len(table.rows)}"}
    for at in range(len(table.columns)):
        cells = [row.cells[at] for row in table.rows]
        values = [cell.value for cell in cells if isinstance(cell.value, int | float)]
        found |= {f"{value:g}" for value in values}
        found |= {f"{cell.base}" for cell in cells if cell.base is not None}
        found |= set(_sums(values))
    return found


def _sums(values: list[float]) -> Iterator[str]:
    for first in range(len(values)):
        for last in range(first, len(values)):
            yield f"{sum(values[first : last + 1]):g}"


def labels_of(table: Table) -> str:
    return " ".join(
        [table.title, *(c.label for c in table.columns), *(r.label for r in table.rows)]
    )


def finding(report: Report, name: str) -> str:
    return {table.name: table for table in report.tables()}[name].finding


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(years(least=0, most=20))
def test_a_finding_has_no_number_that_its_table_has_not(threads: list[Course]) -> None:
    """Each number is a figure, the sum of some that stand together, how many rows, or of a rule."""
    for table in full_report(threads, THIS).tables():
        spoken = set(re.findall(r"\d+(?:\.\d+)?", table.finding))
        known = numbers_of(table) | set(re.findall(r"\d+", labels_of(table))) | LIMITS
        assert spoken <= known, (table.name, table.finding)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(years(least=0, most=6))
def test_a_finding_is_one_sentence(threads: list[Course]) -> None:
    """It begins with a capital or a number, ends with a stop, and has no empty place in it."""
    for table in full_report(threads, THIS).tables():
        assert re.fullmatch(r"[A-Z0-9][^\n]*\.", table.finding), (table.name, table.finding)
        assert "  " not in table.finding
        assert " None" not in table.finding


@pytest.mark.parametrize(
    ("threads", "name", "said"),
    [
        ([], "raised", "Nothing was raised in the period."),
        ([], "closing", "No alert was resolved in the period."),
        ([], "outcomes", "Nothing was closed in the period."),
        (same(1), "raised", "1 concern was raised: 0 lower-level challenges and 1 formal alert."),
    ],
)  # fmt: skip
def test_what_is_said_of_little(threads: list[Course], name: str, said: str) -> None:
    """Of nothing and of one it is said in words that are right for them."""
    assert finding(full_report(threads, THIS), name) == said


def test_one_and_many() -> None:
    """The word follows the number."""
    assert [many(n, "thread") for n in (0, 1, 2)] == ["0 threads", "1 thread", "2 threads"]
    assert many(2, "concern was", "concerns were") == "2 concerns were"
