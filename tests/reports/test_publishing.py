"""The copy that everybody may see: what is not in it, what is held, and what follows what."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hypothesis import HealthCheck, given, settings
from report_years import LAST, THIS, Course, full_report, same, years

from footprint.reports.figures import (
    COUNT,
    DAYS,
    FEW,
    NOT_SHOWN,
    SHARE,
    Figure,
    Report,
    Row,
    Table,
)
from footprint.reports.findings import with_finding
from footprint.reports.publishing import OTHERS, published
from footprint.reports.relating import related

THRESHOLD = 5
random_years = settings(deadline=None, max_examples=8, suppress_health_check=[HealthCheck.too_slow])
LARGE = [
    *same(8, week=20), *same(7, service="CHAD", themes=("ADO",)),
    *same(9, alerted=None, week=30), *same(6, service="CHAD", alerted=8, week=10),
]  # fmt: skip


def table(report: Report, name: str) -> Table:
    return {one.name: one for one in report.tables()}[name]


def figures(report: Report) -> dict[tuple[str, str, str], Figure]:
    return {(t.name, r.key, c.key): f for t in report.tables() for r, c, f in t.figures()}


def published_twice(first: list[Course], then: list[Course]) -> tuple[Report, Report]:
    """The copy of what was known first, and the one that follows it."""
    fulls = full_report(first, THIS), full_report(then, THIS)
    return published(fulls[0], THRESHOLD), published(fulls[1], THRESHOLD, fulls[:1])


# --- what is not in it --------------------------------------------------------------------------


@random_years
@given(years())
def test_nothing_in_it_names_a_thread_or_is_for_use_inside(threads: list[Course]) -> None:
    """It has no references, no table or column that is not published, and none of their notes."""
    full = full_report(threads, THIS)
    there = {
        t.name: {c.key for c in t.columns if c.published} for t in full.tables() if t.published
    }
    copy = published(full, THRESHOLD)
    assert copy.name == "annual"
    assert "CH-" not in repr(copy.sections)
    for one in copy.tables():
        assert {c.key for c in one.columns} <= there[one.name]
        assert not one.notes
        assert one.chart is None or set(one.chart.columns) <= {c.key for c in one.columns}
        assert not any(figure.refs or figure.rest for _, _, figure in one.figures())


def test_what_has_to_be_known_rests_on_no_figure() -> None:
    """The remarks have no number but the threshold, whatever the year was like."""
    for threads in (LARGE, same(3, source="recalled")):
        (remark,) = published(full_report(threads, THIS), THRESHOLD).remarks
        assert set(re.findall(r"\d+", remark)) == {str(THRESHOLD)}


# --- what is held -------------------------------------------------------------------------------


def counted(figure: Figure) -> Iterator[int]:
    """The counts that a figure shows."""
    if figure.held or not isinstance(figure.value, int | float):
        return
    if figure.kind == COUNT:
        yield int(figure.value)
    if figure.kind in (SHARE, DAYS):
        yield figure.base or 0
    if figure.kind == SHARE:
        yield from (int(figure.value), (figure.base or 0) - int(figure.value))


@random_years
@given(years())
def test_no_small_count_is_shown(threads: list[Course]) -> None:
    """Not one that is printed, nor the base of what is, nor the rest of a share."""
    copy = published(full_report(threads, THIS, threads), THRESHOLD)
    for place, figure in figures(copy).items():
        assert min(counted(figure), default=THRESHOLD) >= THRESHOLD, place
        assert not figure.held or figure.value is None, place


def test_nothing_small_nothing_held() -> None:
    """Where no count is under the threshold, all figures and findings are those of the report."""
    full = full_report(LARGE, THIS)
    copy = published(full, 0)
    shown = {place: one for place, one in figures(copy).items() if place[1] != OTHERS}
    assert not any(figure.held for figure in shown.values())
    for place, figure in shown.items():
        assert figure == figures(full)[place]._replace(refs=(), rest=())
    for name in ("raised", "closing", "services", "responses", "outcomes"):
        assert table(copy, name).finding == table(full, name).finding


@random_years
@given(years())
def test_a_finding_is_one_of_what_is_shown(threads: list[Course]) -> None:
    """It says what the figures that are printed make it say, or it is the title."""
    for one in published(full_report(threads, THIS), THRESHOLD).tables():
        shown = {f"{n:g}" for _, _, f in one.figures() for n in (f.value, f.base) if _number(n)}
        spoken = set(re.findall(r"[0-9.]*[0-9]", one.finding))
        assert spoken <= shown or one.finding == with_finding(one).finding


@random_years
@given(years())
def test_a_figure_that_is_printed_twice_is_held_twice(threads: list[Course]) -> None:
    """Year on year repeats figures of other tables, and a difference has two sides."""
    copy = figures(published(full_report(threads, THIS, threads), THRESHOLD))
    for row, place in (
        ("threads", ("raised", "threads", "count")),
        ("challenges", ("raised", "challenges", "count")),
        ("informal", ("informal", "settled", "share")),
        ("median", ("closing", "alert", "median")),
        ("within_20", ("closing", "alert", "within_20")),
    ):
        assert copy["years", row, "this"] == copy[place]
        sides = [copy["years", row, column].held for column in ("before", "this")]
        assert bool(copy["years", row, "difference"].held) == any(sides)


# --- rows that would tell by being there --------------------------------------------------------


@random_years
@given(years())
def test_rows_of_which_nothing_is_shown_are_not_named(threads: list[Course]) -> None:
    """They are one row for each of the others, last; the rest is in an order that can be seen."""
    copy = published(full_report(threads, THIS), THRESHOLD)
    for name in ("themes", "services", "impact"):
        rows = table(copy, name).rows
        named = [row for row in rows if row.key != OTHERS]
        assert all(any(not figure.held for figure in row.cells) for row in named)
        assert all(row.key != OTHERS for row in rows[:-1])
        assert named == sorted(named, key=lambda row: (-_shown(row), row.key))


def _number(value: object) -> bool:
    return isinstance(value, int | float)


def _shown(row: Row) -> int:
    return sum(figure.value for figure in row.cells if isinstance(figure.value, int))


def test_each_of_the_others_is_few_where_all_are() -> None:
    """What is said of the others is true of each: that it is not shown, where one is not small."""
    few = [*same(20), *same(3, service="EDU"), *same(1, service="CHAD")]
    not_small = [*same(20), *same(9, service="HLT"), *same(3, service="EDU")]
    for threads, said in ((few, FEW), (not_small, NOT_SHOWN)):
        rows = table(published(full_report(threads, THIS), THRESHOLD), "services").rows
        assert [row.key for row in rows] == ["CSC", OTHERS]
        assert rows[-1].cells[0].held == said


def test_a_year_of_nothing_looks_like_one_of_few() -> None:
    """Where nothing was raised no table is empty: it could be a year with one challenge."""
    nothing, one = (
        published(full_report(threads, THIS), THRESHOLD)
        for threads in ([], same(1, alerted=None, closure=None, beside=""))
    )
    assert nothing.sections == one.sections


# --- a copy that follows another ----------------------------------------------------------------


def test_the_same_again_is_the_same_copy() -> None:
    """Where nothing has come to be known since, the next copy is the one before."""
    threads = [*LARGE, *same(3, service="EDU", source="recalled")]
    first, second = published_twice(threads, threads)
    assert first == second


@random_years
@given(years(), years(least=1, most=5))
def test_what_was_held_stays_held(threads: list[Course], late: list[Course]) -> None:
    """In a later copy of the same year, whatever it has become."""
    first, second = map(figures, published_twice(threads, threads + late))
    for place, figure in first.items():
        if figure.held and place in second and place[0] != "years":
            assert second[place].held, place


def test_where_a_figure_is_another_nothing_more_is_said_of_what_is_held() -> None:
    """A count of 4 that is 5 now is not shown; and what does not concern it is as it was."""
    threads = [*same(12), *same(9, source="transcribed"), *same(4, source="recalled")]
    first, second = published_twice(threads, threads + same(1, source="recalled"))
    was, now = figures(first), figures(second)
    assert was["sources", "recalled", "alerts"].held == FEW
    assert now["sources", "recalled", "alerts"].held == NOT_SHOWN
    assert now["sources", "transcribed", "alerts"].held == NOT_SHOWN
    assert now["raised", "alerts", "count"].value == 26


def test_the_year_after_prints_it_as_it_was_printed() -> None:
    """As issued is as the copy showed it; and as now known, where it is the same."""
    last = [
        *same(20, year=LAST),
        *same(9, year=LAST, alerted=None),
        *same(3, year=LAST, answered=9),
    ]
    issued = full_report(last, LAST)
    copy = figures(published(issued, THRESHOLD))
    this = figures(published(full_report([*last, *LARGE], THIS, last), THRESHOLD, [issued]))
    for place, figure in copy.items():
        if place[::2] == ("years", "this"):
            assert this["years", place[1], "issued"] == figure
            assert this["years", place[1], "before"] == figure


# --- the sums that are declared -----------------------------------------------------------------


@random_years
@given(years())
def test_the_sums_are_so(threads: list[Course]) -> None:
    """Where all days are known, the sums of a report hold, but for threads with two themes."""
    full = full_report(threads, THIS)
    bare = published(full, 0)
    for one in related(bare, THRESHOLD).counts.sums:
        assert one.more == 0 or one.parts[0][0] == "themes", one
