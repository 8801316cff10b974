"""Per-service counts: each rule of the measures, on the smallest thread that shows it."""

from __future__ import annotations

from typing import Any

from story import closed, day, escalated, raised, thread

from footprint.domain.asks import RaiseToAlert
from footprint.domain.entry import Move
from footprint.domain.events import ThreadReopened
from footprint.domain.thread import Thread
from footprint.projections import counts


def read(*threads: Thread, on: str = "2017-12-31") -> dict[tuple[str, str, str], dict[str, Any]]:
    found = counts.read(threads, day(on))
    return {(r["service"], r["year"], r["quarter"]): r for r in found}


THIRD, FOURTH, NEXT = (
    ("CSC", "2016-17", "Q3"),
    ("CSC", "2016-17", "Q4"),
    ("CSC", "2017-18", "Q1"),
)


def test_a_challenge_in_one_quarter_and_its_alert_in_the_next_are_one_in_each() -> None:
    """Raised once, alerted once, each on its own day."""
    to_alert = RaiseToAlert(on=day("2017-01-04"), role="team-manager", source="recalled")
    found = read(thread(raised("2016-12-20", formal=False), to_alert))
    third, fourth = found[THIRD], found[FOURTH]
    assert (third["threads_raised"], third["challenges_raised"], third["alerts_raised"]) == (
        1,
        1,
        0,
    )
    assert (fourth["threads_raised"], fourth["alerts_raised"]) == (0, 1)


def test_raising_to_an_alert_is_no_escalation_and_a_skip_is_one() -> None:
    """Nor is a direct entry at a higher stage."""
    direct = thread(raised("2017-01-04", stage=3))
    skipped = thread(raised("2017-01-04"), escalated("2017-01-05", stage=4), ref="CH-0000002")
    found = read(direct, skipped)[FOURTH]
    assert (found["escalations"], found["alerts_escalated"], found["alerts_raised"]) == (1, 1, 2)


def test_alerts_escalated_are_cut_at_the_end_of_their_quarter() -> None:
    """An escalation in the next quarter is a step there, and not yet a share here."""
    found = read(thread(raised("2017-03-30"), escalated("2017-04-10")))
    assert (found[FOURTH]["alerts_escalated"], found[NEXT]["escalations"]) == (0, 1)
    cut = read(thread(raised("2017-03-01"), escalated("2017-03-10")), on="2017-03-09")
    assert cut[FOURTH]["alerts_escalated"] == 0


def test_open_at_end_is_a_stock_that_crosses_years() -> None:
    """Start + raised + reopened - closures = end."""
    again = Move(event=ThreadReopened(), occurred_on=day("2017-05-02"), source="recalled", words={})
    found = read(thread(raised("2017-03-01"), closed("2017-04-03"), again, closed("2017-07-03")))
    assert found[FOURTH]["open_at_end"] == 1
    following = found[NEXT]
    assert (following["closures"], following["reopened"], following["open_at_end"]) == (1, 1, 1)
    assert found["CSC", "2017-18", "Q2"]["open_at_end"] == 0


def test_the_sources_are_those_of_the_threads_raised() -> None:
    """By their first entry, whatever came later."""
    found = read(
        thread(raised("2017-03-01", source="transcribed")),
        thread(raised("2017-03-02"), ref="CH-0000002"),
    )[FOURTH]
    assert (found["at_the_time"], found["transcribed"], found["recalled"]) == (0, 1, 1)


def test_what_happened_on_a_day_not_known_is_counted_beside() -> None:
    """In a year that says so; nothing is invented."""
    found = read(thread(raised(None), closed("2017-03-01")))
    assert found["CSC", "not known", ""]["alerts_raised"] == 1
    assert found[FOURTH]["closures"] == 1


def test_what_happens_after_the_day_is_not_counted() -> None:
    """A day in the past shows what had happened by then."""
    assert read(thread(raised("2017-03-01")), on="2017-02-28") == {}


def test_each_service_is_on_its_ladder() -> None:
    """Partner alerts are counted too, on the partner ladder."""
    found = read(thread(raised("2017-03-01", service="CAMHS")))["CAMHS", "2016-17", "Q4"]
    assert (found["ladder"], found["alerts_raised"]) == ("partner", 1)


def test_a_day_not_known_makes_no_stock_negative() -> None:
    """A thread of which a day is not known is in no stock."""
    found = read(thread(raised(None), closed("2017-03-01")))
    assert found[FOURTH]["open_at_end"] == 0
