"""Published copies against somebody who subtracts them: from one another, and in themselves."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from report_years import LAST, THIS, Course, full_report, same, years
from subtracting import Attack

from footprint.reports.figures import COUNT, FEW, Report, Section, Table
from footprint.reports.publishing import published

THRESHOLD = 5
slowly = settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.too_slow])


def primary_only(report: Report) -> Report:
    """The copy of whoever holds small counts, and thinks of nothing else."""
    copy = published(report, 0)
    sections = [
        Section(one.name, one.title, tuple(_small_held(table) for table in one.tables))
        for one in copy.sections
    ]
    return copy._replace(sections=tuple(sections))


def _small_held(table: Table) -> Table:
    rows = [
        row._replace(
            cells=tuple(
                cell._replace(value=None, held=FEW)
                if cell.kind == COUNT and isinstance(cell.value, int) and cell.value < THRESHOLD
                else cell
                for cell in row.cells
            )
        )
        for row in table.rows
    ]
    return table._replace(rows=tuple(rows))


def take(attack: Attack, name: str, copy: Report, full: Report) -> None:
    """Let a copy be read, with what is known beside it of the report that it was made from."""
    attack.read(name, copy, _doubled(full))


def _doubled(report: Report) -> dict[str, int]:
    """How much more the columns of themes come to than the threads."""
    tables = {table.name: table for table in report.tables()}
    cells = {(t.name, r.key, c.key): f for t in tables.values() for r, c, f in t.figures()}
    return {
        column: sum(f.value for (t, _, c), f in cells.items() if (t, c) == ("themes", column))
        - cells["raised", column, "count"].value
        for column in ("challenges", "alerts", "threads")
    }


# --- one copy -----------------------------------------------------------------------------------


@slowly
@given(years())
def test_one_copy_tells_nothing_that_it_holds(threads: list[Course]) -> None:
    """By all sums that a reader knows, no count that is held in a copy can be worked out."""
    full = full_report(threads, THIS)
    for doubled in (_doubled(full), None):
        attack = Attack(THRESHOLD)
        attack.read("copy", published(full, THRESHOLD), doubled)
        assert attack.recovered() == {}


# --- before and after late entries ----------------------------------------------------------------


@pytest.mark.slow
@slowly
@given(years(), years(least=1, most=6), years(least=0, most=6))
def test_later_copies_tell_nothing_that_was_held(
    threads: list[Course], late: list[Course], later: list[Course]
) -> None:
    """Nor from three copies of a year, issued as more became known of it, by who knows that counts
    only rose."""
    fulls = [
        full_report(known, THIS) for known in (threads, threads + late, threads + late + later)
    ]
    attack = Attack(THRESHOLD)
    for at, full in enumerate(fulls):
        take(attack, f"copy {at}", published(full, THRESHOLD, fulls[:at]), full)
        if at:
            attack.rose(f"copy {at - 1}", f"copy {at}")
    assert attack.recovered() == {}


@pytest.mark.slow
@slowly
@given(years(), years(least=0, most=6), years(least=0, most=6))
def test_the_year_after_tells_nothing_that_was_held(
    threads: list[Course], late: list[Course], later: list[Course]
) -> None:
    """Nor from the year after, which sets the year beside its own, as issued and as now known."""
    issued = full_report(threads, LAST)
    known = threads + late
    first, second = (full_report(all_, THIS, threads) for all_ in (known, known + later))
    attack = Attack(THRESHOLD)
    take(attack, "last", published(issued, THRESHOLD), issued)
    take(attack, "first", published(first, THRESHOLD, [issued]), first)
    take(attack, "second", published(second, THRESHOLD, [issued, first]), second)
    attack.set_beside("last", "first")
    attack.set_beside("last", "second")
    attack.rose("first", "second")
    assert attack.recovered() == {}


def test_the_year_after_may_come_first() -> None:
    """At least 10 of 14 were answered in time, as the year after says first; later 10 of 15 are."""
    last = [*same(10, year=LAST), *same(4, year=LAST, answered=9)]
    after = full_report([*last, *same(20)], THIS)
    late = full_report([*last, *same(1, year=LAST, answered=9), *same(20)], LAST)
    for careful in (False, True):
        attack = Attack(THRESHOLD)
        take(attack, "after", published(after, THRESHOLD), after)
        take(attack, "late", published(late, THRESHOLD, [after] if careful else ()), late)
        attack.came_first("after", "late")
        recovered = attack.recovered()
        lately = ("after", "years", "formal_on_time", "before", "rest")
        assert recovered == {} if careful else recovered[lately] == 4


@pytest.mark.parametrize("threads", [
    [*same(12, year=LAST), *same(12)],  # all closed of the year before were settled informally
    [*same(12, year=LAST), *same(1, year=LAST, alerted=None), *same(12)],
    [*same(6), *same(4, closure=None)],  # resolved in time is resolved
])  # fmt: skip
def test_what_is_no_more_than_another_tells_nothing(threads: list[Course]) -> None:
    """Counts of which one is part of the other, though no table has the rest."""
    full = full_report(threads, THIS)
    attack = Attack(THRESHOLD)
    take(attack, "copy", published(full, THRESHOLD), full)
    assert attack.recovered() == {}


def test_no_theme_is_more_than_all() -> None:
    """Where each of 27 alerts has two themes: by who does not know that, nothing is found."""
    full = full_report(same(27, themes=("PLC", "DEL"), alerted=8), THIS)
    attack = Attack(THRESHOLD)
    attack.read("copy", published(full, THRESHOLD), None)
    assert attack.recovered() == {}


# --- the attack can succeed -----------------------------------------------------------------------

ALERTS = [*same(12), *same(9, source="transcribed"), *same(4, source="recalled")]
ONE_MORE = same(1, source="recalled")
RECALLED = ("sources", "recalled", "alerts")


def test_small_counts_held_alone_are_recovered() -> None:
    """Where only what is small is held, a subtraction from the total tells it."""
    full = full_report(ALERTS, THIS)
    attack = Attack(THRESHOLD)
    take(attack, "copy", primary_only(full), full)
    assert attack.recovered()["copy", *RECALLED] == 4


def test_a_later_copy_made_as_if_it_were_the_first_tells_what_was_held() -> None:
    """A count of 4 that is held, and is 5 in the next copy while all others are as they were."""
    fulls = [full_report(known, THIS) for known in (ALERTS, ALERTS + ONE_MORE)]
    for careful in (False, True):
        attack = Attack(THRESHOLD)
        for at, full in enumerate(fulls):
            copy = published(full, THRESHOLD, fulls[:at] if careful else ())
            take(attack, f"copy {at}", copy, full)
        attack.rose("copy 0", "copy 1")
        recovered = attack.recovered()
        assert recovered == {} if careful else recovered["copy 0", *RECALLED] == 4


def test_the_year_after_made_as_if_nothing_had_been_issued_tells_what_was_held() -> None:
    """Answered late: 4 of 14, so that 10 are held as well; set beside the year after: 10 of 15."""
    last = [*same(10, year=LAST), *same(4, year=LAST, answered=9)]
    known = [*last, *same(1, year=LAST, answered=9), *same(20)]
    issued = full_report(last, LAST)
    for careful in (False, True):
        attack = Attack(THRESHOLD)
        this = full_report(known, THIS, last if careful else None)
        take(attack, "last", published(issued, THRESHOLD), issued)
        take(attack, "this", published(this, THRESHOLD, [issued] if careful else ()), this)
        attack.set_beside("last", "this")
        recovered = attack.recovered()
        late = ("last", "responses", "formal", "on_time", "rest")
        assert recovered == {} if careful else recovered[late] == 4


def test_what_was_closed_and_what_was_settled_tell_no_other_closure() -> None:
    """Of 13 resolved and 7 not, the base of what was settled is all that were closed."""
    full = full_report([*same(13, alerted=None), *same(7, closure="unresolved")], THIS)
    attack = Attack(THRESHOLD)
    take(attack, "copy", published(full, THRESHOLD), full)
    assert attack.recovered() == {}


def test_a_table_in_which_all_was_held_is_not_said_to_have_been_empty() -> None:
    """A year in which nothing was closed, until six are: of all other impacts there is no more."""
    still_open = same(6, closure=None, beside="")
    fulls = [full_report(known, THIS) for known in (still_open, still_open + same(6))]
    attack = Attack(THRESHOLD)
    for at, full in enumerate(fulls):
        take(attack, f"copy {at}", published(full, THRESHOLD, fulls[:at]), full)
    attack.rose("copy 0", "copy 1")
    assert attack.recovered() == {}


def test_that_what_was_printed_is_still_so_is_no_find() -> None:
    """All 12 alerts were CSC's, and there are no more: a challenge of CAMHS came late."""
    late = same(1, service="CAMHS", alerted=None)
    fulls = [full_report(known, THIS) for known in (same(12), same(12) + late)]
    attack = Attack(THRESHOLD)
    for at, full in enumerate(fulls):
        take(attack, f"copy {at}", published(full, THRESHOLD, fulls[:at]), full)
    attack.rose("copy 0", "copy 1")
    assert attack.recovered() == {}
    alerts = ("copy 1", "services", "CSC", "alerts")
    assert alerts in attack.held
    assert attack.bounds[alerts] == (12, 12)
