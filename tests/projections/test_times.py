"""Resolution times: each rule of the measures, on the smallest thread that shows it."""

from __future__ import annotations

from typing import Any

import strategies as own
from story import answer, closed, day, escalated, raised, thread

from footprint.domain.asks import RaiseToAlert
from footprint.domain.entry import Move
from footprint.domain.events import ThreadReopened
from footprint.domain.thread import Thread
from footprint.projections import times


def figures(
    *threads: Thread, last: str = "2017-03-31", first: str | None = None, by: str = "overall",
    key: str = "all", kind: str = "alert",
) -> dict[str, Any]:  # fmt: skip
    records = times.read(threads, own.policy().calendar, first and day(first), day(last))
    found = [r for r in records if (r["by"], r["key"], r["kind"]) == (by, key, kind)]
    return found[0] if found else {}


ALERT = raised("2017-03-01")


def test_resolution_runs_from_the_alert_to_the_close() -> None:
    """A challenge that was alerted is measured from the alert, as an alert."""
    to_alert = RaiseToAlert(on=day("2017-03-09"), role="team-manager", source="recalled")
    found = figures(thread(raised("2017-03-01", formal=False), to_alert, closed("2017-03-16")))
    assert (found["resolved"], found["median_working_days"]) == (1, 5)


def test_the_median_of_an_even_number_is_the_mean_of_the_middle_two() -> None:
    """And the mean is rounded to one place."""
    ends = ("2017-03-02", "2017-03-03", "2017-03-06", "2017-03-16")
    found = figures(*(thread(ALERT, closed(end)) for end in ends))
    assert (found["median_working_days"], found["mean_working_days"]) == (2.5, 4.2)
    assert found["longest_working_days"] == 11


def test_unresolved_ends_are_not_resolutions() -> None:
    """Withdrawn, overtaken and left care are counted beside: not resolved, and not open either."""
    closures = ("withdrawn", "overtaken", "left-care", "withdrawn")
    found = figures(*(thread(ALERT, closed("2017-03-02", c)) for c in closures), last="2017-04-20")
    assert (found["resolved"], found["open"], found["within_20_base"]) == (0, 0, 0)
    assert (found["withdrawn"], found["overtaken"], found["left_care"]) == (2, 1, 1)


def test_a_close_whose_outcome_is_not_known_is_neither_within_nor_over() -> None:
    """It is counted beside; nobody can say whether it was resolved."""
    found = figures(thread(ALERT, closed("2017-04-20", "not-known")), last="2017-12-31")
    assert (found["outcome_not_known"], found["within_20_base"]) == (1, 0)


def test_within_twenty_counts_what_is_decided() -> None:
    """Open and not yet due is not in the base; open beyond it is a failure."""
    still_open = thread(ALERT)
    assert figures(still_open, last="2017-03-28")["within_20_base"] == 0
    due = figures(still_open, last="2017-03-29")
    assert (due["within_20"], due["within_20_base"]) == (0, 1)
    resolved = figures(thread(ALERT, closed("2017-03-29")))
    assert (resolved["within_20"], resolved["within_20_base"]) == (1, 1)
    late = figures(thread(ALERT, closed("2017-03-30")))
    assert (late["within_20"], late["within_20_base"]) == (0, 1)


def test_what_ended_otherwise_before_the_twentieth_day_is_out() -> None:
    """Withdrawn before it: out. Withdrawn after it: it was over twenty days."""
    before = figures(thread(ALERT, closed("2017-03-29", "withdrawn")))
    after = figures(thread(ALERT, closed("2017-03-30", "withdrawn")))
    assert (before["within_20_base"], after["within_20_base"]) == (0, 1)


def test_partners_and_cp_chairs_are_outside_the_twenty() -> None:
    """They have no total clock, so they are in no base."""
    for facts in ({"service": "CAMHS"}, {"capacity": "cp-chair"}):
        found = figures(thread(raised("2017-03-01", **facts), closed("2017-03-30")))
        assert (found["resolved"], found["within_20_base"]) == (1, 0)


def test_an_unanswered_step_is_late_and_one_that_ended_before_is_out() -> None:
    """Closed or escalated by the due date and unanswered: not in the base."""
    unanswered = figures(thread(ALERT))
    assert (unanswered["responses_on_time"], unanswered["responses_due"]) == (0, 1)
    assert (
        figures(
            thread(
                ALERT,
                closed("2017-03-08"),
            )
        )["responses_due"]
        == 0
    )
    assert figures(thread(ALERT, closed("2017-03-09")))["responses_due"] == 1
    skipped = figures(thread(ALERT, escalated("2017-03-03", stage=4)), last="2017-03-09")
    assert skipped["responses_due"] == 0


def test_holding_and_questions_are_no_answers() -> None:
    """A step with only those is unanswered."""
    for reply in ("holding", "clarification"):
        found = figures(thread(ALERT, answer("2017-03-02", reply)))
        assert (found["responses_on_time"], found["responses_due"]) == (0, 1)


def test_an_answer_learned_of_late_makes_its_step_on_time() -> None:
    """On its true day, to its own stage; the escalation made for want of it stands."""
    late = thread(ALERT, escalated("2017-03-10"), answer("2017-03-08", stage=1))
    found = figures(late)
    assert (found["responses_on_time"], found["responses_due"]) == (1, 2)
    assert len(late.escalated) == 1


def test_an_answer_on_a_day_not_known_is_counted_beside() -> None:
    """It is not unanswered, and it is not on time."""
    found = figures(thread(ALERT, answer(None, "not-known"), closed("2017-03-20")))
    assert (found["responses_due"], found["dates_not_known"]) == (0, 1)


def test_stage_nought_is_apart() -> None:
    """The informal step of an alerted thread is measured with the challenges."""
    to_alert = RaiseToAlert(on=day("2017-03-09"), role="team-manager", source="recalled")
    alerted = thread(raised("2017-03-01", formal=False), answer("2017-03-08"), to_alert)
    assert figures(alerted, kind="challenge")["responses_on_time"] == 1
    assert figures(alerted)["responses_on_time"] == 0


def test_reopening_puts_the_resolution_out_until_the_last_close() -> None:
    """Nothing is deducted: from the alert to the last close."""
    again = Move(event=ThreadReopened(), occurred_on=day("2017-03-10"), source="recalled", words={})
    reopened = thread(ALERT, closed("2017-03-03"), again)
    assert (figures(reopened)["resolved"], figures(reopened)["open"]) == (0, 1)
    closed_again = thread(ALERT, closed("2017-03-03"), again, closed("2017-03-22"))
    assert figures(closed_again)["median_working_days"] == 15
    assert (figures(closed_again)["resolved"], figures(closed_again)["reopened"]) == (1, 1)


def test_a_period_is_as_it_stood_at_its_end() -> None:
    """What was resolved by then is a resolution of that year, even where it was reopened after."""
    again = Move(event=ThreadReopened(), occurred_on=day("2017-04-10"), source="recalled", words={})
    across = thread(ALERT, closed("2017-03-03"), again, closed("2017-05-03"))
    assert figures(across, last="2017-03-31")["median_working_days"] == 2
    assert figures(across, last="2017-03-31")["reopened"] == 0
    assert figures(across, last="2017-04-30")["resolved"] == 0
    assert figures(across, last="2017-05-31")["median_working_days"] == 42


def test_a_quarter_has_what_is_dated_in_it() -> None:
    """Resolutions by closing, responses by due date, within twenty by the alert."""
    across = thread(raised("2017-03-28"), answer("2017-04-04"), closed("2017-04-10"))
    fourth = figures(across, last="2017-06-30", by="quarter", key="2016-17 Q4")
    first = figures(across, last="2017-06-30", by="quarter", key="2017-18 Q1")
    assert (fourth["within_20"], fourth["resolved"], fourth["responses_due"]) == (1, 0, 0)
    assert (first["within_20_base"], first["resolved"], first["responses_on_time"]) == (0, 1, 1)


def test_a_period_leaves_out_what_is_dated_outside_it() -> None:
    """A year has the closings, due dates and alerts of that year."""
    across = thread(raised("2017-03-28"), answer("2017-04-04"), closed("2017-04-10"))
    assert figures(across, last="2017-03-31")["resolved"] == 0
    assert figures(across, last="2017-03-31")["open"] == 1
    following = figures(across, first="2017-04-01", last="2018-03-31")
    assert (following["resolved"], following["within_20_base"]) == (1, 0)


def test_a_thread_of_two_themes_is_in_both() -> None:
    """The sum over themes may exceed the threads."""
    both = thread(raised("2017-03-01", themes=("PLC", "SIB")), closed("2017-03-02"))
    counted = [figures(both, by="theme", key=key)["resolved"] for key in ("PLC", "SIB")]
    assert counted == [1, 1]


def test_nothing_gives_nothing() -> None:
    """No rows, no records."""
    assert times.read([], own.policy().calendar, None, day("2017-03-31")) == []


def test_an_answer_after_an_early_close_is_history_only() -> None:
    """A step that was closed before its due date stays out, whatever is answered later."""
    late = thread(ALERT, closed("2017-03-02", "withdrawn"), answer("2017-03-20"))
    assert figures(late).get("responses_due", 0) == 0


def test_a_day_not_known_is_counted_in_its_own_period() -> None:
    """The step that it answers dates it: other years do not show it."""
    unknown = thread(ALERT, answer(None, "not-known"))
    assert figures(unknown)["dates_not_known"] == 1
    assert figures(unknown, first="2012-04-01", last="2013-03-31") == {}


def test_open_agrees_with_the_counts() -> None:
    """A challenge of March that is alerted in April is open at the end of March."""
    to_alert = RaiseToAlert(on=day("2017-04-10"), role="team-manager", source="recalled")
    alerted = thread(raised("2017-03-20", formal=False), to_alert)
    assert figures(alerted, kind="challenge")["open"] == 1
    assert figures(alerted, last="2017-04-30")["open"] == 1
    again = Move(event=ThreadReopened(), occurred_on=day("2017-04-10"), source="recalled", words={})
    reopened = thread(ALERT, closed("2017-03-20"), again)
    assert figures(reopened).get("open", 0) == 0
    assert figures(reopened, last="2017-04-30")["open"] == 1
