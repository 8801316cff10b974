"""The escalations log, a thread at a time."""

from __future__ import annotations

from typing import Any

import strategies as own
from story import answer, closed, day, escalated, raised, thread

from footprint.domain.asks import RaiseToAlert
from footprint.domain.entry import Move
from footprint.domain.events import (
    CafcassRecorded,
    ImpactRecorded,
    ThreadFiled,
    ThreadHandedOver,
    ThreadReopened,
)
from footprint.projections import log

MARCH = "2017-03-01"


def record(*moves: Any, on: str = "2017-03-31") -> dict[str, Any]:
    return log.record(thread(*moves), own.policy().calendar, day(on))


def happened(event: Any, on: str) -> Move:
    return Move(event=event, occurred_on=day(on), source="recalled", words={})


def test_a_challenge_becomes_an_alert_and_keeps_both_days() -> None:
    """`kind` is alert once the thread was ever alerted; raised and alerted days are kept apart."""
    to_alert = RaiseToAlert(on=day("2017-03-09"), role="team-manager", source="recalled")
    found = record(raised(MARCH, formal=False), to_alert)
    assert (found["kind"], found["stage"]) == ("alert", 1)
    assert (found["raised_on"], found["alerted_on"]) == (day(MARCH), day("2017-03-09"))
    assert found["resolve_by"] == day("2017-04-06")
    assert found["respond_by"] == day("2017-03-16")


def test_what_is_late_depends_on_the_day_asked_for() -> None:
    """Response is late from the day after its date, the total from the day after the twentieth."""
    alert = raised(MARCH)
    assert record(alert, on="2017-03-08")["late"] == []
    assert record(alert, on="2017-03-09")["late"] == ["response"]
    assert record(alert, on="2017-03-29")["late"] == ["response"]
    assert record(alert, on="2017-03-30")["late"] == ["response", "total"]


def test_a_holding_reply_leaves_it_with_the_service_and_late() -> None:
    """Holding answers nothing: the clock runs, and the service is still waited for."""
    found = record(raised(MARCH), answer("2017-03-03", "holding"))
    assert (found["waiting_for"], found["late"][0]) == ("service", "response")
    assert (found["response"], found["responded_on"]) == ("holding", None)


def test_a_question_back_waits_for_the_iro_and_stops_nothing() -> None:
    """Clarification waits for the IRO, and the step is late all the same."""
    found = record(raised(MARCH), answer("2017-03-03", "clarification"), on="2017-03-09")
    assert (found["waiting_for"], found["late"]) == ("iro", ["response"])


def test_a_promise_is_waited_for_and_then_lapses() -> None:
    """Agreed is not done: until its day the service is waited for; after it the action is late."""
    promised = answer("2017-03-03", action_by=day("2017-03-20"))
    kept = record(raised(MARCH), promised, on="2017-03-20")
    lapsed = record(raised(MARCH), promised, on="2017-03-21")
    assert (kept["waiting_for"], kept["late"]) == ("service", [])
    assert (lapsed["waiting_for"], lapsed["late"]) == ("iro", ["action"])


def test_the_first_substantive_answer_is_the_one_shown() -> None:
    """`responded_on` is of the first substantive answer, whatever came later or to what step."""
    found = record(
        raised(MARCH), answer("2017-03-03", "holding"), answer("2017-03-07", "not-agreed"),
        escalated("2017-03-08"), answer("2017-03-10", "agreed", role="director"),
    )  # fmt: skip
    assert (found["response"], found["responded_on"]) == ("not-agreed", day("2017-03-07"))
    assert found["days_to_response"] == 4
    assert found["respond_by"] == day("2017-03-15")
    assert found["escalations"] == 1


def test_days_to_resolution_are_of_resolved_threads() -> None:
    """A withdrawn thread has no days to resolution, and is closed all the same."""
    resolved = record(raised(MARCH), closed("2017-03-15"))
    withdrawn = record(raised(MARCH), closed("2017-03-15", "withdrawn"))
    assert (resolved["days_to_resolution"], withdrawn["days_to_resolution"]) == (10, None)
    assert {resolved["status"], withdrawn["status"]} == {"closed"}
    assert (resolved["late"], resolved["waiting_for"]) == ([], "none")


def test_reopening_takes_the_close_away() -> None:
    """A reopened thread is open, counts its reopening, and its total clock never stopped."""
    again = happened(ThreadReopened(), "2017-03-20")
    found = record(raised(MARCH), answer("2017-03-03"), closed("2017-03-15"), again)
    assert (found["status"], found["closed_on"], found["reopened"]) == ("open", None, 1)
    assert found["late"] == ["total"]


def test_cafcass_impact_and_filing_are_shown() -> None:
    """The latest Cafcass step and impact, and whether it was filed."""
    found = record(
        raised(MARCH),
        happened(CafcassRecorded(step="considered"), "2017-03-05"),
        happened(ImpactRecorded(impact="too-early"), "2017-03-06"),
        happened(ImpactRecorded(impact="plan"), "2017-03-07"),
        happened(ThreadFiled(), "2017-03-07"),
    )
    assert (found["cafcass"], found["impact"], found["filed"]) == ("considered", "plan", True)


def test_the_latest_is_the_latest_to_happen() -> None:
    """What is learned of afterwards takes the place of nothing that came later."""
    found = record(
        raised(MARCH, iro="mb"),
        happened(ThreadHandedOver(iro="cc"), "2017-03-20"),
        happened(CafcassRecorded(step="referred"), "2017-03-21"),
        happened(ImpactRecorded(impact="plan"), "2017-03-22"),
        happened(ThreadHandedOver(iro="bb"), "2017-03-10"),
        happened(CafcassRecorded(step="considered"), "2017-03-11"),
        happened(ImpactRecorded(impact="none"), "2017-03-12"),
    )
    assert (found["iro"], found["cafcass"], found["impact"]) == ("cc", "referred", "plan")


def test_an_answer_learned_of_late_promises_nothing_anew() -> None:
    """Nor asks anything back: what was answered after it stands."""
    promised = answer("2017-03-07", action_by=day("2017-03-20"))
    late = answer("2017-03-06", action_by=day("2017-03-07"))
    found = record(raised(MARCH), promised, late, on="2017-03-08")
    assert (found["action_by"], found["late"]) == (day("2017-03-20"), [])
    holding, question = answer("2017-03-07", "holding"), answer("2017-03-06", "clarification")
    found = record(raised(MARCH), holding, question, on="2017-03-08")
    assert (found["waiting_for"], found["response"]) == ("service", "holding")


def test_a_handover_of_a_day_not_known_follows_what_was_recorded_before_it() -> None:
    """And so do those of a thread that began on such a day."""
    unknown = Move(event=ThreadHandedOver(iro="bb"), occurred_on=None, source="recalled", words={})
    dated = happened(ThreadHandedOver(iro="cc"), "2017-03-20")
    assert record(raised(MARCH), dated, unknown)["iro"] == "bb"
    assert record(raised(MARCH), unknown, dated)["iro"] == "cc"
    assert record(raised(None), unknown)["iro"] == "bb"


def test_a_day_that_is_not_known_leaves_its_figures_out() -> None:
    """Nothing is invented: no due date, no days, and nothing late."""
    found = record(raised(None), answer(None, "not-known"))
    assert found["raised_on"] is found["respond_by"] is found["days_to_response"] is None
    assert (found["late"], found["working_days_open"], found["response"]) == ([], None, "not-known")


def test_partner_threads_and_cp_chairs_have_no_total_clock() -> None:
    """The twenty days are the authority's, and the IRO's."""
    assert record(raised(MARCH, service="CAMHS"))["resolve_by"] is None
    assert record(raised(MARCH, capacity="cp-chair"))["resolve_by"] is None
    assert record(raised(MARCH))["resolve_by"] == day("2017-03-29")


def test_what_is_overdue_comes_first() -> None:
    """Late threads by what was due first, then open ones, then closed ones, by number."""
    threads = [
        thread(raised(MARCH), closed("2017-03-02"), ref="CH-0000001"),
        thread(raised("2017-03-30"), ref="CH-0000002"),
        thread(raised("2017-03-10"), ref="CH-0000003"),
        thread(raised("2017-03-01"), ref="CH-0000004"),
    ]
    order = [r["ref"] for r in log.read(threads, own.policy().calendar, day("2017-03-31"))]
    assert order == ["CH-4", "CH-3", "CH-2", "CH-1"]


def test_the_lag_is_of_entries_made_at_the_time() -> None:
    """Transcribed and recalled entries have no recording lag."""
    early = raised("2017-03-01", source="at-the-time")
    assert record(early)["recorded_lag_days"] == 0
    assert record(raised("2017-03-01"))["recorded_lag_days"] is None


def test_a_day_in_the_past_leaves_later_threads_out() -> None:
    """What was raised after the day is not in its log."""
    threads = [thread(raised(MARCH)), thread(raised("2017-03-20"), ref="CH-0000002")]
    found = log.read(threads, own.policy().calendar, day("2017-03-10"))
    assert [r["ref"] for r in found] == ["CH-1"]


def test_a_promise_is_not_lost_behind_a_holding_reply() -> None:
    """The action stays promised, and stays late, whatever reply came since."""
    promised = answer("2017-03-03", action_by=day("2017-03-10"))
    found = record(raised(MARCH), promised, answer("2017-03-06", "holding"), on="2017-03-13")
    assert found["late"] == ["action"]


def test_the_whole_clock_is_not_running_before_the_day_that_started_it() -> None:
    """Not even where a later stage, of a day that is not known, makes it an alert already."""
    to_alert = RaiseToAlert(on=day("2017-03-09"), role="team-manager", source="recalled")
    asked = raised(MARCH, formal=False), to_alert, escalated(None)
    told = thread(*asked)
    before, after = told.by(day("2017-03-08")), told.by(day("2017-03-09"))
    assert before
    assert after
    assert before.alert
    assert before.resolve_by is None
    assert after.resolve_by == day("2017-04-06")
