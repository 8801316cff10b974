"""Steps on the way: escalations, answers, notes and impact."""

from datetime import date

import pytest
from domain.casework import (
    RECALLED,
    WHY,
    Case,
    alert,
    close,
    escalate,
    impact,
    march,
    note,
    raised,
    respond,
    to_alert,
)

from footprint.domain import events as ev
from footprint.domain.asks import Ask
from footprint.domain.vocabulary import IMPACTS

# --- escalating -----------------------------------------------------------------------------


def test_escalate() -> None:
    """An alert goes to the next stage, with a new response date and the total clock as it was."""
    case = Case(alert())
    assert case.event(escalate(march(9))) == ev.ThreadEscalated(
        stage=2, reason="unsatisfied", role="service-manager", respond_by=march(16)
    )
    assert case.thread.resolve_by == march(29)
    assert [step.stage for step in case.thread.steps] == [1, 2]


def test_escalate_to_the_top_and_past_it() -> None:
    """After the top stage there is no other; Cafcass and closing are what is left."""
    case = Case(alert(), escalate(), escalate(), escalate())
    assert case.thread.step.stage == 4
    case.refused(
        escalate(), "at stage 4, the top of the authority ladder", "footprint cafcass CH-1"
    )
    case.refused(escalate(stage=5, words=WHY), "the top of the authority ladder")


def test_escalate_past_the_partners_top() -> None:
    """The partners' ladder has a top of its own."""
    case = Case(alert(service="POL", stage=4))
    case.refused(escalate(), "the top of the partner ladder")


def test_escalate_an_informal_challenge() -> None:
    """An informal challenge does not escalate: it is raised to an alert first."""
    case = Case(raised())
    case.refused(escalate(), "still an informal challenge", "alert CH-1")
    case.refused(escalate(reason="overdue"), "still an informal challenge")


def test_skip() -> None:
    """Skipping a stage needs a reason; naming the next one does not."""
    case = Case(alert())
    case.refused(escalate(stage=3), "from stage 1 to 3 skips a stage", "--why")
    assert case.event(escalate(stage=2)).stage == 2
    assert case.event(escalate(stage=4, words=WHY)).stage == 4


@pytest.mark.parametrize("stage", [0, 1, 2, -1])
def test_escalate_downwards(stage: int) -> None:
    """A stage that is not above the current one is refused, and the next one is named."""
    case = Case(alert(), escalate())
    refusal = f"Stage {stage} is not above stage 2"
    case.refused(escalate(stage=stage, words=WHY), refusal, "stage 3, Head of Service")


def test_escalate_to_no_stage() -> None:
    """A stage that the ladder has not is refused, and those it has are named."""
    case = Case(alert())
    case.refused(escalate(stage=5, words=WHY), "no stage 5", "4 Director of Children's Services")


def test_overdue() -> None:
    """Overdue begins the day after the response date."""
    case = Case(alert())
    refusal = "may be answered until Wednesday 8 March 2017"
    for day in (2, 7, 8):
        case.refused(escalate(march(day), reason="overdue"), refusal, "unsatisfied or serious")
    assert case.event(escalate(march(9), reason="overdue")).reason == "overdue"


@pytest.mark.parametrize("response", ["agreed", "partly", "not-agreed"])
def test_overdue_though_answered(response: str) -> None:
    """A step that was answered is not overdue, however late the answer."""
    case = Case(alert(), respond(march(15), response=response))
    case.refused(escalate(march(16), reason="overdue"), "was answered", "unsatisfied")
    assert case.event(escalate(march(16), reason="unsatisfied")).stage == 2


@pytest.mark.parametrize("response", ["holding", "clarification"])
def test_overdue_after_a_holding_reply(response: str) -> None:
    """A holding reply or a question is no answer: the step is overdue all the same."""
    case = Case(alert(), respond(response=response))
    assert case.thread.step.answer is None
    assert case.event(escalate(march(9), reason="overdue")).stage == 2


def test_overdue_by_a_given_date() -> None:
    """A shorter response date is the one that counts."""
    case = Case(alert(respond_by=march(3)))
    case.refused(escalate(march(3), reason="overdue"), "until Friday 3 March 2017")
    assert case.event(escalate(march(4), reason="overdue")).stage == 2


def test_overdue_at_the_new_stage() -> None:
    """Each stage has its own response date; an answer to a lower one is not an answer to it."""
    case = Case(alert(), escalate(march(9)), respond(march(10), stage=1))
    case.refused(escalate(march(16), reason="overdue"), "until Thursday 16 March 2017")
    assert case.event(escalate(march(17), reason="overdue")).stage == 3


def test_overdue_on_unknown_days() -> None:
    """Where a day is not known, nothing contradicts that it was overdue."""
    assert Case(alert()).event(escalate(None, reason="overdue", **RECALLED)).stage == 2
    assert Case(alert(None, **RECALLED)).event(escalate(march(2), reason="overdue")).stage == 2


def test_serious_at_once() -> None:
    """What is serious may go up on the day it was raised."""
    assert Case(alert()).event(escalate(march(1), reason="serious")).reason == "serious"


def test_escalate_before_the_current_step() -> None:
    """A stage cannot be left before it was reached."""
    case = Case(alert(), escalate(march(9)))
    case.refused(escalate(march(8)), "is before stage 2 was sent (Thursday 9 March 2017)")
    assert case.do(escalate(march(9))).occurred_on == march(9)


def test_unknown_codes_on_the_way() -> None:
    """A reason, response, role or impact that is not known is refused with the nearest."""
    case = Case(alert())
    case.refused(escalate(reason="overdu"), "There is no reason", "overdue")
    case.refused(escalate(role="sevice manager"), "There is no role", "service-manager")
    case.refused(respond(response="aggreed"), "There is no response", "agreed (agreed)")
    case.refused(respond(role="teem manager"), "There is no role", "team-manager")
    case.refused(impact(code="plann"), "There is no impact", "plan (plan changed)")


# --- answering ------------------------------------------------------------------------------


def test_respond() -> None:
    """An answer is to the current step, unless a stage is named."""
    case = Case(alert(), escalate(march(9)))
    event = case.event(respond(march(10), action_by=date(2017, 8, 1)))
    assert event == ev.ResponseReceived(
        stage=2, response="agreed", role="team-manager", action_by=date(2017, 8, 1)
    )
    assert case.event(respond(march(10), stage=1)).stage == 1


@pytest.mark.parametrize("stage", [0, 2, 4, 9])
def test_answer_from_a_stage_never_reached(stage: int) -> None:
    """A stage that was never sent anything answers nothing; those reached are named."""
    case = Case(alert(), escalate(march(9), stage=3, words=WHY))
    refusal = f"never sent to stage {stage}"
    case.refused(respond(march(10), stage=stage), refusal, "reached so far: 1, 3")


def test_answer_before_the_step_was_sent() -> None:
    """An answer cannot come before the step that it answers was sent."""
    case = Case(alert(march(2)), escalate(march(9)))
    case.refused(respond(march(8)), "is before stage 2 was sent (Thursday 9 March 2017)")
    assert case.do(respond(march(8), stage=1)).occurred_on == march(8)
    assert case.do(respond(march(9))).occurred_on == march(9)
    top = Case(alert(march(2)), escalate(march(9), stage=4, words=WHY))
    top.refused(respond(march(8)), "is before stage 4 was sent")


def test_answer_learned_of_late() -> None:
    """A reply learned of late answers its own stage on its true date; the escalation stands."""
    case = Case(alert(), escalate(march(9), reason="overdue"), respond(march(7), stage=1))
    first, second = case.thread.steps
    assert first.answer is not None
    assert (first.answer.on, second.answer) == (march(7), None)
    assert (case.thread.step.stage, len(case.thread.escalated)) == (2, 1)


def test_first_answer_by_day() -> None:
    """The answer of a step is the first substantive one by its day, in any order of recording."""
    case = Case(alert(), respond(march(7), response="partly"), respond(march(3), response="agreed"))
    case.do(respond(march(2), response="holding"))
    case.do(respond(None, response="not-agreed", **RECALLED))
    assert case.thread.step.answer is not None
    assert (case.thread.step.answer.on, case.thread.step.answer.response) == (march(3), "agreed")


def test_answer_not_known() -> None:
    """What an answer said may be unknown, but not in an entry made at the time."""
    case = Case(alert())
    case.refused(respond(response="not-known"), "made at the time knows it", "transcribed")
    assert case.event(respond(response="not-known", **RECALLED)).response == "not-known"
    assert case.thread.step.answer is not None


# --- notes and impact -----------------------------------------------------------------------


def threads() -> list[Case]:
    """A thread in each state."""
    return [
        Case(raised()),
        Case(alert()),
        Case(alert(stage=4)),
        Case(raised(), close(march(8))),
        Case(alert(), close(march(8))),
    ]


def test_at_any_time() -> None:
    """Notes and impact may be recorded in every state, and change neither stage nor state."""
    for case in threads():
        before = case.thread.step, case.thread.closed
        assert case.event(note()) == ev.NoteAdded()
        assert case.event(impact(code="Plan changed")) == ev.ImpactRecorded(impact="plan")
        assert (case.thread.step, case.thread.closed) == before
        assert case.thread.impact == "plan"


@pytest.mark.parametrize("ask", [note(text=" "), impact(text=""), note(text="\n")])
def test_notes_and_impact_need_words(ask: Ask) -> None:
    """A note or an impact without words is refused, in every state."""
    for case in threads():
        case.refused(ask, "There are no words", "--words")


def test_latest_impact() -> None:
    """A later impact takes the place of an earlier one, but too early to say does not."""
    case = Case(alert())
    case.do(impact(code="too-early"))
    assert case.thread.impact == "too-early"
    for code in set(IMPACTS) - {"too-early"}:
        case.do(impact(code=code))
        case.do(impact(code="too-early"))
        assert case.thread.impact == code


# --- what every move is held to -------------------------------------------------------------

LATER = [to_alert, escalate, respond, close, note, impact]


def ready(move: object) -> Case:
    return Case(raised(march(6))) if move is to_alert else Case(alert(march(6)))


@pytest.mark.parametrize("move", LATER)
def test_days_of_every_move(move: type[Ask]) -> None:
    """No move lies before its thread began or in the future; the first and last day are fine."""
    case = ready(move)
    case.refused(move(march(5)), "Sunday 5 March 2017 is before CH-1 began (Monday 6 March 2017)")
    case.refused(move(date(2017, 7, 1)), "is in the future (today is Friday 30 June 2017)")
    case.refused(move(None), "made at the time has a date")
    assert case.do(move(march(6))).occurred_on == march(6)
    assert ready(move).do(move(date(2017, 6, 30))).occurred_on == date(2017, 6, 30)


@pytest.mark.parametrize("move", LATER[:4])
def test_unknown_day_of_every_move(move: type[Ask]) -> None:
    """A move of unknown day is fine when transcribed or recalled, and passes tests of order."""
    for source in ("transcribed", "recalled"):
        assert ready(move).do(move(None, source=source)).occurred_on is None


@pytest.mark.parametrize("move", LATER[:4])
def test_words_of_every_move(move: type[Ask]) -> None:
    """Words that are too long, or not text, are refused; blank ones are left out."""
    case = ready(move)
    case.refused(move(words={"text": "x" * 20_001}), "is 20,001 characters long", "Shorten it")
    case.refused(move(words={"why": "ab\ud800"}), "not text (at character 3)", "UTF-8")
    kept = case.do(move(words={"text": "x" * 20_000, "why": " ", "to": ""})).words
    assert kept == {"text": "x" * 20_000}


def test_raising_under_the_same_rules() -> None:
    """The words of a new thread are held to the same limits."""
    Case().refused(raised(words={"text": "\udfff"}), "The text holds bytes that are not text")
    Case().refused(raised(words={"text": "x" * 20_001}), "an entry holds 20,000")
    words = {"text": "x", "to": "y" * 20_001}
    Case().refused(raised(words=words), "The to is 20,001 characters")
