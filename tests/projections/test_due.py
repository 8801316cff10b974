"""What is due on a day, a thread at a time and in order."""

from __future__ import annotations

from datetime import date
from typing import Any

import strategies as own
from story import answer, closed, day, escalated, raised, thread

from footprint.domain.asks import HandOver, RecordImpact, Reopen
from footprint.domain.policy import Policy
from footprint.domain.thread import Thread
from footprint.projections import due

RAISED = raised("2017-03-01")
"""An alert of Wednesday 1 March: to be answered by the 8th, resolved by the 29th."""


def read(*threads: Thread, on: str, iro: str | None = None) -> list[dict[str, Any]]:
    return due.read(threads, own.policy(), day(on), iro=iro)


def one(*moves: Any, on: str) -> tuple[list[str], date | None, int | None]:
    """Why the thread of these moves is due, by which day, and how many working days past it."""
    for record in read(thread(*moves), on=on):
        return record["due"], record["by"], record["working_days"]
    return [], None, None


def test_nothing_is_due_while_the_service_has_time() -> None:
    """Not on the last day to answer, holding reply or not; it is the day after."""
    held = answer("2017-03-03", "holding")
    assert one(RAISED, held, on="2017-03-08") == ([], None, None)
    assert one(RAISED, held, on="2017-03-09") == (["response", "decide"], day("2017-03-08"), 1)


def test_an_answer_is_the_iros_to_decide_from_its_day() -> None:
    """Answered, and the IRO has not acted: escalated or closed, it is due no more."""
    answered = answer("2017-03-03", "not-agreed")
    assert one(RAISED, answered, on="2017-03-07") == (["decide"], day("2017-03-03"), 2)
    assert one(RAISED, answered, escalated("2017-03-07"), on="2017-03-07") == ([], None, None)
    assert one(RAISED, answered, closed("2017-03-07"), on="2017-03-07") == ([], None, None)


def test_a_question_back_is_the_iros_to_answer() -> None:
    """Clarification waits for the IRO."""
    asked = answer("2017-03-03", "clarification")
    assert one(RAISED, asked, on="2017-03-06") == (["decide"], day("2017-03-03"), 1)


def test_a_promise_is_waited_for_until_it_lapses() -> None:
    """Agreed is not done: after its day it is due again."""
    promised = answer("2017-03-03", action_by=day("2017-03-10"))
    assert one(RAISED, promised, on="2017-03-10") == ([], None, None)
    assert one(RAISED, promised, on="2017-03-13") == (["action", "decide"], day("2017-03-10"), 1)


def test_a_promise_to_an_earlier_step_hides_no_answer_to_this_one() -> None:
    """Taken higher as it was promised too late, and refused: the IRO decides, and that now."""
    promised = answer("2017-03-03", action_by=day("2017-03-28"))
    higher = escalated("2017-03-06")
    refused = answer("2017-03-08", "not-agreed", stage=2)
    assert one(RAISED, promised, higher, on="2017-03-07") == ([], None, None)
    assert one(RAISED, promised, higher, refused, on="2017-03-09")[:2] == (
        ["decide"], day("2017-03-08"),
    )  # fmt: skip
    silent = ["response", "action", "decide", "near"]
    assert one(RAISED, promised, higher, on="2017-03-29")[0] == silent


def test_a_promise_that_lapsed_is_not_due_of_who_is_asked_next() -> None:
    """That it lapsed is why the thread was taken higher; what the new step promises is due."""
    promised = answer("2017-03-02", action_by=day("2017-03-06"))
    higher = escalated("2017-03-07")
    anew = answer("2017-03-09", stage=2, action_by=day("2017-03-10"))
    assert one(RAISED, promised, on="2017-03-07")[0] == ["action", "decide"]
    assert one(RAISED, promised, higher, on="2017-03-08") == ([], None, None)
    assert one(RAISED, promised, higher, anew, on="2017-03-13")[:2] == (
        ["action", "decide"], day("2017-03-10"),
    )  # fmt: skip


def test_what_was_closed_on_a_promise_is_due_when_it_lapses() -> None:
    """Until somebody says what came of it; closed on what was done, it never is."""
    promised = answer("2017-03-03", action_by=day("2017-03-10"))
    agreed = closed("2017-03-06", basis="agreed")
    early, known = (
        RecordImpact(on=day("2017-03-13"), impact=code, source="recalled", words={"text": "x"})
        for code in ("too-early", "plan")
    )
    assert one(RAISED, promised, agreed, on="2017-03-10") == ([], None, None)
    assert one(RAISED, promised, agreed, on="2017-03-13")[0] == ["action"]
    assert one(RAISED, promised, agreed, early, on="2017-03-13")[0] == ["action"]
    assert one(RAISED, promised, agreed, known, on="2017-03-13")[0] == []
    assert one(RAISED, promised, closed("2017-03-06", basis="done"), on="2017-03-13")[0] == []


def test_the_twentieth_day_is_near_while_one_more_stage_would_take_it() -> None:
    """Five working days before it and on the day itself; past it from the next."""
    up = escalated("2017-03-20", stage=2)
    assert one(RAISED, up, on="2017-03-21") == ([], None, None)
    assert one(RAISED, up, on="2017-03-22") == (["near"], day("2017-03-29"), -5)
    late = escalated("2017-03-28", stage=2)
    assert one(RAISED, late, on="2017-03-29") == (["near"], day("2017-03-29"), 0)
    assert one(RAISED, late, on="2017-03-30") == (["total"], day("2017-03-29"), 1)


def test_a_partner_and_a_chair_have_no_twentieth_day() -> None:
    """Only their answers can be late."""
    for facts in ({"service": "CAMHS"}, {"capacity": "cp-chair"}):
        assert one(raised("2017-03-01", **facts), on="2017-06-01")[0] == ["response", "decide"]


def test_a_reopened_thread_is_due_as_if_it_had_never_been_closed() -> None:
    """Its clocks resume."""
    again = Reopen(on=day("2017-04-03"), source="recalled")
    found = one(RAISED, closed("2017-03-03", "withdrawn"), again, on="2017-04-03")
    assert found[0] == ["total", "response", "decide"]


def test_the_most_pressing_is_first() -> None:
    """Past the whole, then late answers (the longest first), lapsed promises, decisions, near."""
    second = thread(raised("2017-03-20", capacity="cp-chair"), ref="CH-0000001")
    first = thread(raised("2017-03-17", capacity="cp-chair"), ref="CH-0000002")
    over = thread(RAISED, answer("2017-03-29"), ref="CH-0000009")
    lapsed = thread(
        raised("2017-03-20"), answer("2017-03-21", action_by=day("2017-03-24")), ref="CH-0000003"
    )
    decide = thread(raised("2017-03-27"), answer("2017-03-28"), ref="CH-0000004")
    near = thread(raised("2017-03-10"), escalated("2017-04-03"), ref="CH-0000005")
    found = read(near, decide, lapsed, second, first, over, on="2017-04-04")
    assert [r["ref"] for r in found] == ["CH-9", "CH-2", "CH-1", "CH-3", "CH-4", "CH-5"]


def test_one_iros_threads_are_those_that_are_theirs_on_the_day() -> None:
    """Handed over, a thread is due for whoever has it."""
    handed = thread(RAISED, HandOver(on=day("2017-03-20"), iro="jd", source="recalled"))
    assert [len(read(handed, on="2017-03-10", iro=iro)) for iro in ("mb", "jd")] == [1, 0]
    assert [len(read(handed, on="2017-03-20", iro=iro)) for iro in ("mb", "jd")] == [0, 1]


def test_the_calendar_is_due_before_it_runs_out() -> None:
    """The last record, for everybody, within 180 days of its end."""
    assert read(on="2029-07-04") == []
    (found,) = read(on="2029-07-05", iro="mb")
    assert (found["due"], found["by"], found["ref"]) == (["calendar"], date(2029, 12, 31), None)
    assert set(found) == set(read(thread(RAISED), on="2017-03-30")[0])


def test_no_calendar_is_none_that_runs_out() -> None:
    """Of a day before the ledger was made nothing is due, not even a calendar."""
    assert due.read([], Policy(), day("2015-01-01")) == []


def terms(*moves: Any, on: str, iro: str | None = None) -> dict[str, str]:
    """What the thread of these moves is due by, and when."""
    found = due.terms([thread(*moves)], day(on), iro=iro)
    return {what: by.isoformat() for _, what, by in found}


def test_the_terms_of_a_thread_are_those_that_still_run() -> None:
    """Past or to come: an answer until there is one, a promise, the whole until it is closed."""
    asked = {"response": "2017-03-08", "total": "2017-03-29"}
    assert terms(RAISED, on="2017-03-02") == terms(RAISED, on="2017-03-28") == asked
    held = answer("2017-03-03", "holding")
    assert terms(RAISED, held, on="2017-03-06") == asked
    promised = answer("2017-03-03", action_by=day("2017-03-10"))
    waits = {"action": "2017-03-10", "total": "2017-03-29"}
    assert terms(RAISED, promised, on="2017-03-06") == waits
    assert terms(RAISED, promised, on="2017-03-13") == waits | {"decide": "2017-03-03"}
    agreed, done = (closed("2017-03-06", basis=basis) for basis in ("agreed", "done"))
    assert terms(RAISED, promised, agreed, on="2017-03-06") == {"action": "2017-03-10"}
    assert terms(RAISED, promised, done, on="2017-03-06") == {}
    assert terms(RAISED, on="2017-02-28") == terms(RAISED, on="2017-03-02", iro="jd") == {}


def test_terms_are_in_the_order_of_their_days() -> None:
    """Whichever thread they are of; its reference is as people write it."""
    second = thread(raised("2017-03-20", capacity="cp-chair"), ref="CH-0000002")
    found = due.terms([second, thread(RAISED, ref="CH-0000001")], day("2017-03-21"))
    assert [(ref, what) for ref, what, _ in found] == [
        ("CH-1", "response"), ("CH-2", "response"), ("CH-1", "total"),
    ]  # fmt: skip
