"""The state table and each rule under it, in the words of `docs/measures.md`."""

from collections.abc import Callable
from datetime import date

import pytest
from domain.casework import (
    RECALLED,
    TODAY,
    WHY,
    Case,
    alert,
    cafcass,
    close,
    correct,
    escalate,
    file,
    hand_over,
    impact,
    march,
    note,
    raised,
    reopen,
    respond,
    tell,
    to_alert,
)

from footprint.domain.asks import Ask, RecordCafcass
from footprint.domain.thread import Thread
from footprint.errors import Refused
from footprint.projections.waiting import late, waiting_for

APRIL_24 = date(2017, 4, 24)
"""Twenty working days after 23 March: Good Friday and Easter Monday lie between."""

# --- the table ------------------------------------------------------------------------------

STATES: dict[str, Callable[[], Case]] = {
    "informal": lambda: Case(raised()),
    "formal": lambda: Case(alert()),
    "top": lambda: Case(alert(stage=4)),
    "closed": lambda: Case(alert(), close(march(9))),
}
MOVES: dict[str, Ask] = {
    "respond": respond(march(20)),
    "alert": to_alert(march(20)),
    "escalate": escalate(march(20)),
    "skip": escalate(march(20), stage=4, words=WHY),
    "close": close(march(20)),
    "reopen": reopen(march(20)),
}
ANY_TIME: dict[str, Ask] = {
    "note": note(),
    "correct": correct(1, role="director"),
    "tell": tell(),
    "filed": file(),
    "handover": hand_over(),
    "impact": impact(),
    "cafcass": cafcass(),
}
LEADS_TO = {
    "informal": {"respond": "informal", "alert": "formal", "close": "closed"},
    "formal": {"respond": "formal", "escalate": "formal", "skip": "top", "close": "closed"},
    "top": {"respond": "top", "close": "closed"},
    "closed": {"respond": "closed", "reopen": "formal"},
}
REFUSED = {
    ("informal", "escalate"): ("still an informal challenge", "footprint alert CH-1"),
    ("informal", "skip"): ("still an informal challenge", "footprint alert CH-1"),
    ("formal", "alert"): ("a formal alert already, at stage 1", "footprint escalate CH-1"),
    ("top", "alert"): ("a formal alert already, at stage 4", "footprint escalate CH-1"),
    ("top", "escalate"): ("the top of the authority ladder", "footprint cafcass CH-1"),
    ("top", "skip"): ("the top of the authority ladder", "footprint close CH-1"),
    ("closed", "alert"): ("CH-1 is closed", "footprint reopen CH-1"),
    ("closed", "escalate"): ("CH-1 is closed", "footprint reopen CH-1"),
    ("closed", "skip"): ("CH-1 is closed", "footprint reopen CH-1"),
    ("closed", "close"): ("CH-1 is closed already", "footprint reopen CH-1"),
} | {(state, "reopen"): ("CH-1 is open", "footprint show CH-1") for state in LEADS_TO}


def state_of(thread: Thread) -> str:
    if thread.closed:
        return "closed"
    return {0: "informal", 4: "top"}.get(thread.step.stage, "formal")


def answers(thread: Thread) -> list[tuple[int, date | None]]:
    """Which steps were answered, and when."""
    return [(step.stage, step.answer.on) for step in thread.steps if step.answer]


@pytest.mark.parametrize(("begins", "state"), [(raised(), "informal"), (alert(), "formal")])
def test_none(begins: Ask, state: str) -> None:
    """None: challenge leads to informal, alert to formal; nothing else is legal."""
    assert state_of(Case(begins).thread) == state
    asked = [(Case(), ask) for ask in (MOVES | ANY_TIME).values()]
    for case, ask in [*asked, (Case(begins), begins)]:
        with pytest.raises(Refused, match="A thread begins with a challenge or an alert"):
            case.decided(ask)


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("state", STATES)
def test_each_cell(state: str, move: str) -> None:
    """Each move leads where the table says, or is refused with the next legal step."""
    case, leads_to = STATES[state](), LEADS_TO[state].get(move)
    assert state_of(case.thread) == state
    if leads_to:
        case.do(MOVES[move])
        assert state_of(case.thread) == leads_to
    else:
        case.refused(MOVES[move], *REFUSED[state, move])


@pytest.mark.parametrize("move", ANY_TIME)
@pytest.mark.parametrize("state", STATES)
def test_any_time(state: str, move: str) -> None:
    """Any-time moves are legal in every state, closed included, and change no state or clock."""
    case = STATES[state]()
    before = case.thread
    case.do(ANY_TIME[move])
    after = case.thread
    assert after.entries == before.entries + 1
    assert state_of(after) == state
    assert (after.step.respond_by, after.resolve_by) == (before.step.respond_by, before.resolve_by)
    assert (after.closings, answers(after)) == (before.closings, answers(before))
    assert waiting_for(after, march(31)) == waiting_for(before, march(31))
    assert late(after, march(31)) == late(before, march(31))


# --- its clocks: R of a step, T of the whole case -------------------------------------------


def test_raising_starts_the_clocks() -> None:
    """None: R starts; an alert starts T."""
    challenge, formal = Case(raised()).thread, Case(alert()).thread
    assert (challenge.step.respond_by, challenge.resolve_by) == (march(8), None)
    assert (formal.step.respond_by, formal.resolve_by) == (march(8), march(29))
    assert late(challenge, date(2018, 1, 1)) == ["response"]
    assert late(formal, march(30)) == ["response", "total"]


@pytest.mark.parametrize("response", ["agreed", "partly", "not-agreed"])
@pytest.mark.parametrize("begins", [raised(), alert(), alert(stage=4)])
def test_a_substantive_answer_stops_r(begins: Ask, response: str) -> None:
    """A substantive answer stops R, and not T: a response is not a resolution."""
    thread = Case(begins, respond(march(6), response=response)).thread
    assert late(thread, march(20)) == []
    assert late(thread, march(30)) == (["total"] if thread.alert else [])


def test_escalating_starts_a_new_r() -> None:
    """Escalating starts a new R, the old one stays late or unanswered; T runs."""
    case = Case(alert(), escalate(march(9), reason="overdue"))
    first, second = case.thread.steps
    assert (first.respond_by, first.answer) == (march(8), None)
    assert (second.respond_by, case.thread.resolve_by) == (march(16), march(29))
    case.do(respond(march(10), stage=1))
    assert answers(case.thread) == [(1, march(10))]
    assert late(case.thread, march(17)) == ["response"]


def test_closing_stops_both() -> None:
    """Close stops R and T: nothing is late in a closed thread, and nobody is waited for."""
    thread = Case(alert(), close(march(9), closure="withdrawn")).thread
    assert late(thread, TODAY) == []
    assert waiting_for(thread, TODAY) == "none"


def test_reopening_resumes_t() -> None:
    """Reopening resumes T as if it had never stopped."""
    case = Case(alert(march(23)), respond(march(24)), close(march(27)), reopen(date(2017, 5, 2)))
    assert case.thread.resolve_by == APRIL_24
    assert late(case.thread, date(2017, 5, 2)) == ["total"]


def test_reopening_resumes_r_only_if_unanswered() -> None:
    """Reopening resumes R only if unanswered."""
    unanswered = Case(raised(), close(march(3), closure="overtaken"), reopen(march(20)))
    assert late(unanswered.thread, march(20)) == ["response"]
    assert waiting_for(unanswered.thread, march(20)) == "service"
    answered = Case(raised(), respond(march(2)), close(march(3)), reopen(march(20)))
    assert late(answered.thread, march(20)) == []
    assert waiting_for(answered.thread, march(20)) == "iro"


@pytest.mark.parametrize(
    "between",
    [
        [respond(march(3), response="holding")],
        [respond(march(3), response="clarification"), note(march(6))],
        [close(march(3), closure="withdrawn"), reopen(march(10))],
        [cafcass(march(3), step="referred"), hand_over(march(6))],
    ],
)
def test_neither_clock_ever_pauses(between: list[Ask]) -> None:
    """Neither clock ever pauses: not for a holding reply, a question, a close or Cafcass."""
    thread = Case(alert(), *between).thread
    assert (thread.step.respond_by, thread.resolve_by) == (march(8), march(29))
    assert late(thread, march(30)) == ["response", "total"]


@pytest.mark.parametrize(
    "later",
    [
        [escalate(march(24)), escalate(march(24))],
        [close(march(24)), reopen(march(24)), escalate(march(27))],
        [respond(march(24)), escalate(march(27), stage=4, words=WHY)],
    ],
)
def test_resolve_by_is_fixed_once(later: list[Ask]) -> None:
    """`resolve_by` is fixed once, at the alert, however the thread goes on."""
    case = Case(raised(march(1)), to_alert(march(23)))
    assert case.thread.resolve_by == APRIL_24
    for ask in later:
        assert vars(case.event(ask)).get("resolve_by") is None
        assert case.thread.resolve_by == APRIL_24


# --- unresolved -----------------------------------------------------------------------------


@pytest.mark.parametrize("stage", [1, 2, 3])
def test_unresolved_needs_the_top_stage(stage: int) -> None:
    """Closing as unresolved needs the top stage, on every ladder."""
    for service in ("CSC", "CAMHS"):
        case = Case(alert(service=service, stage=stage), cafcass(march(2)))
        below = f"at stage {stage} of 4: unresolved means that the ladder is exhausted"
        case.refused(close(closure="unresolved"), below, "footprint escalate CH-1")
        case.do(escalate(stage=4, words=WHY))
        assert case.event(close(closure="unresolved")).closure == "unresolved"


def test_what_cafcass_was_given_may_stay_open_below_the_top() -> None:
    """It can be referred at any time; nobody has to close it as what it is not."""
    case = Case(alert(), cafcass(march(2)))
    assert "Cafcass" not in refusal(case)
    case.do(cafcass(march(3), step="referred"))
    assert "While Cafcass has it, it can stay open" in refusal(case)


def refusal(case: Case) -> str:
    with pytest.raises(Refused) as caught:
        case.decided(close(closure="unresolved"))
    return caught.value.next_step


@pytest.mark.parametrize("step", ["considered", "advice", "referred", "reply", "declined"])
def test_unresolved_needs_cafcass(step: str) -> None:
    """On an authority ladder it needs a `cafcass` entry; having considered it is enough."""
    case = Case(alert(stage=4))
    case.refused(close(closure="unresolved"), "before Cafcass was considered", "is enough")
    case.do(cafcass(march(20), step=step))
    case.do(close(march(20), closure="unresolved"))


def test_cafcass_by_the_day_of_closing() -> None:
    """Cafcass was considered by the day of closing, not after it."""
    case = Case(alert(stage=4), cafcass(march(20)))
    case.refused(close(march(19), closure="unresolved"), "before Cafcass was considered")
    case.do(cafcass(march(17)))
    assert case.do(close(march(19), closure="unresolved")).occurred_on == march(19)


@pytest.mark.parametrize("considered", [None, march(20)])
@pytest.mark.parametrize("closed", [None, march(20)])
def test_cafcass_on_a_day_not_known(considered: date | None, closed: date | None) -> None:
    """A day that is not known does not stand in the way of closing as unresolved."""
    case = Case(alert(stage=4), RecordCafcass(on=considered, step="considered", **RECALLED))
    case.do(close(closed, closure="unresolved", **RECALLED))
    assert case.thread.closed


def test_a_partner_needs_no_cafcass() -> None:
    """On a partner's ladder the top stage is enough, and Cafcass may be recorded all the same."""
    Case(alert(service="POL", stage=4), close(closure="unresolved"))
    Case(alert(service="POL", stage=4), cafcass(), close(closure="unresolved"))


# --- answers --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("response", "waits_for"), [("holding", "service"), ("clarification", "iro")]
)
@pytest.mark.parametrize("begins", [raised(), alert(), alert(stage=4)])
def test_holding_and_clarification_stop_nothing(begins: Ask, response: str, waits_for: str) -> None:
    """Holding and clarification stop nothing; clarification waits for the IRO."""
    thread = Case(begins, respond(march(3), response=response)).thread
    assert answers(thread) == []
    assert waiting_for(thread, march(3)) == waits_for
    assert late(thread, march(9)) == ["response"]


def test_after_the_question_was_answered() -> None:
    """A holding reply after a question leaves it with the service again."""
    case = Case(alert(), respond(march(3), response="clarification"))
    case.do(respond(march(6), response="holding"))
    assert waiting_for(case.thread, march(6)) == "service"


@pytest.mark.parametrize("closed", [False, True])
def test_a_reply_learned_of_late(closed: bool) -> None:  # noqa: FBT001
    """A reply learned of late is an answer to its own stage on its true date.

    That step becomes on time, the escalation made for want of it stands.
    """
    case = Case(alert(), escalate(march(9), reason="overdue"))
    if closed:
        case.do(close(march(10), closure="withdrawn"))
    case.do(respond(march(8), stage=1))
    first, second = case.thread.steps
    assert first.answer is not None
    assert first.respond_by is not None
    assert first.answer.on == march(8) <= first.respond_by
    assert (second.answer, case.thread.escalated) == (None, (march(9),))
    assert case.thread.closed == closed


def test_a_reply_after_closing_is_history_only() -> None:
    """Closed: `respond` is history only; it neither opens the thread nor starts a clock."""
    case = Case(alert(), close(march(9), closure="withdrawn"))
    case.do(respond(march(20), action_by=march(21)))
    assert answers(case.thread) == [(1, march(20))]
    assert (waiting_for(case.thread, march(31)), late(case.thread, march(31))) == ("none", [])


def test_respond_to_any_step_sent() -> None:
    """Formal: `respond` is legal to any step sent, and to no other."""
    case = Case(raised(), to_alert(march(2)), escalate(march(3), stage=3, words=WHY))
    for stage in (0, 1, 3):
        case.do(respond(march(6), stage=stage))
    assert answers(case.thread) == [(0, march(6)), (1, march(6)), (3, march(6))]
    case.refused(respond(march(6), stage=2), "was never sent to stage 2", "0, 1, 3")


# --- escalating -----------------------------------------------------------------------------


def test_escalate_next_or_skip_with_a_reason() -> None:
    """`escalate` leads to the next stage, or by a skip with a reason."""
    assert Case(alert()).event(escalate()).stage == 2
    Case(alert()).refused(escalate(stage=3), "skips a stage: it needs a reason", "--why")
    assert Case(alert()).event(escalate(stage=3, words=WHY)).stage == 3


def test_alert_above_stage_1_with_a_reason() -> None:
    """None and informal: an `alert` at a stage above 1 needs a reason."""
    silent = {"text": "No plan."}
    Case().refused(alert(stage=2, words=silent), "above stage 1 needs a reason", "--reason")
    Case(raised()).refused(to_alert(stage=2), "above stage 1 needs a reason", "--reason")
    assert Case().event(alert(stage=2)).stage == 2
    assert Case(raised()).event(to_alert(stage=2, words=WHY)).stage == 2


def test_escalate_for_an_overdue_step() -> None:
    """Overdue is a reason from the day after the step was to be answered, if it was not."""
    overdue = escalate(march(9), reason="overdue")
    assert Case(alert()).event(overdue).reason == "overdue"
    Case(alert()).refused(escalate(march(8), reason="overdue"), "may be answered until")
    answered = Case(alert(), respond(march(8)))
    answered.refused(overdue, "was answered, so it is not overdue", "unsatisfied")
    by_then = Case(alert(), respond(march(10)))
    assert by_then.event(overdue).reason == "overdue"


def test_escalate_for_a_lapsed_promise() -> None:
    """Agreed is not done: a promise that lapsed is due again, from the day after it."""
    case = Case(alert(), respond(march(3), action_by=march(14)))
    case.refused(escalate(march(14), reason="overdue"), "was answered, so it is not overdue")
    assert case.event(escalate(march(15), reason="overdue")).stage == 2


def test_a_lapsed_promise_takes_it_up_one_stage() -> None:
    """The next stage has its own days to answer; the promise broken below it does not take them."""
    promised = respond(march(3), action_by=march(14))
    case = Case(alert(), promised, escalate(march(15), reason="overdue"))
    case.refused(escalate(march(15), reason="overdue"), "may be answered until")
    assert case.event(escalate(march(23), reason="overdue")).stage == 3


def test_agreed_is_not_done() -> None:
    """Agreed is not done: a promised action is waited for, then late, until it is closed."""
    case = Case(raised(), respond(march(3), action_by=march(14)))
    assert (waiting_for(case.thread, march(14)), late(case.thread, march(14))) == ("service", [])
    assert (waiting_for(case.thread, march(15)), late(case.thread, march(15))) == (
        "iro",
        ["action"],
    )
    case.do(respond(march(15), response="partly", action_by=march(24)))
    assert (waiting_for(case.thread, march(20)), late(case.thread, march(20))) == ("service", [])
    assert late(case.thread, march(27)) == ["action"]
    case.do(close(march(27), basis="agreed"))
    assert late(case.thread, march(27)) == []


# --- closing and opening again --------------------------------------------------------------


@pytest.mark.parametrize("begins", [raised(), alert(), alert(stage=4)])
def test_only_the_iro_or_a_manager_closes(begins: Ask) -> None:
    """Only the IRO, or a manager with a reason, closes; never the addressee."""
    case = Case(begins)
    for by in ("addressee", "team-manager", "service", "director"):
        case.refused(close(by=by, words=WHY), "There is no closer", "manager")
    case.refused(close(by="manager"), "A manager closes with a reason", "--why")
    case.refused(close(by="manager", words={"why": " "}), "A manager closes with a reason")
    assert Case(begins).event(close(by="iro")).by == "iro"
    assert case.event(close(by="manager", words=WHY)).by == "manager"


@pytest.mark.parametrize(
    ("begins", "state"), [(raised(), "informal"), (alert(), "formal"), (alert(stage=4), "top")]
)
def test_the_same_concern_failing_again(begins: Ask, state: str) -> None:
    """The same concern failing again: reopen, to the state before, where it goes on."""
    case = Case(begins, close(march(9)), reopen(march(20)))
    assert state_of(case.thread) == state
    case.refused(reopen(march(21)), "CH-1 is open", "footprint show CH-1")
    case.do(close(march(21), closure="partly", basis="agreed"))
    case.do(reopen(march(22)))
    assert (state_of(case.thread), len(case.thread.closings)) == (state, 2)
    assert case.thread.reopenings == (march(20), march(22))


def test_a_new_concern() -> None:
    """A new concern: a new thread that `--follows` the old, as whoever goes on is told."""
    for case in (STATES["formal"](), STATES["closed"]()):
        wrong = to_alert() if case.thread.closed else reopen()
        case.refused(wrong, "CH-1 is", "footprint challenge --follows CH-1")
    words = {"text": "Another plan.", "follows": "CH-1"}
    assert Case().do(raised(words=words)).words["follows"] == "CH-1"


# --- order ----------------------------------------------------------------------------------


def test_order_is_tested_on_occurred_on() -> None:
    """Order is tested on `occurred_on`: what is recorded later may have happened earlier."""
    case = Case(alert(march(1)), escalate(march(20)), note(march(31)))
    case.do(respond(march(7), stage=1))
    case.do(impact(march(2)))
    case.do(cafcass(march(3)))
    assert case.do(close(march(20))).occurred_on == march(20)


@pytest.mark.parametrize(
    ("ask", "what"),
    [
        (note(march(5)), "is before CH-1 began (Monday 6 March 2017)"),
        (file(march(5)), "is before CH-1 began"),
        (tell(march(5)), "is before CH-1 began"),
        (impact(march(5)), "is before CH-1 began"),
        (cafcass(march(5)), "is before CH-1 began"),
        (hand_over(march(5)), "is before CH-1 began"),
        (respond(march(8)), "is before stage 1 was sent (Thursday 9 March 2017)"),
        (respond(march(5), stage=0), "is before CH-1 began"),
        (escalate(march(8)), "is before stage 1 was sent (Thursday 9 March 2017)"),
        (close(march(8)), "is before stage 1 was sent (Thursday 9 March 2017)"),
    ],
)
def test_a_day_out_of_order(ask: Ask, what: str) -> None:
    """Nothing happens before the thread began, and no step before what it follows."""
    Case(raised(march(6)), to_alert(march(9))).refused(ask, what, "--on")


def test_a_day_out_of_order_around_a_close() -> None:
    """A thread is reopened no earlier than it was closed, and goes on no earlier than that."""
    case = Case(alert(march(6)), close(march(20)))
    case.refused(reopen(march(17)), "is before it was closed (Monday 20 March 2017)", "--on")
    case.do(reopen(march(22)))
    for ask in (escalate(march(21)), close(march(21))):
        case.refused(ask, "is before it was reopened (Wednesday 22 March 2017)", "--on")
    assert case.event(escalate(march(22))).stage == 2


def test_reopened_before_the_last_step() -> None:
    """A close of unknown day does not hide the known day of the step before it."""
    case = Case(raised(march(1)), to_alert(march(9)), close(None, **RECALLED))
    case.refused(reopen(march(8)), "is before stage 1 was sent")


@pytest.mark.parametrize("ask", [escalate(march(10)), close(march(10))])
def test_on_before_an_earlier_close(ask: Ask) -> None:
    """A reopening of unknown day does not hide the known day of the close before it."""
    case = Case(alert(march(1)), close(march(20)), reopen(None, **RECALLED))
    case.refused(ask, "is before it was closed")


def test_dates_that_may_lie_ahead() -> None:
    """`action-by`, `respond-by` and review dates may lie ahead; what happened may not."""
    ahead = date(2018, 1, 8)
    words = {"text": "No plan.", "review_date": "2018-01-08"} | WHY
    move = Case().do(alert(respond_by=ahead, words=words))
    assert (move.event.respond_by, move.words["review_date"]) == (ahead, "2018-01-08")
    assert Case(alert()).event(respond(action_by=ahead)).action_by == ahead
    for begins in (raised, alert):
        Case().refused(begins(ahead), "is in the future (today is Friday 30 June 2017)")
    Case(alert()).refused(respond(ahead), "is in the future")


def test_dates_that_may_not_lie_behind() -> None:
    """An action is not promised for a day before the answer; the same day will do."""
    case = Case(alert())
    case.refused(respond(march(6), action_by=march(5)), "is before the answer", "--action-by")
    assert case.event(respond(march(6), action_by=march(6))).action_by == march(6)


# --- how it stands --------------------------------------------------------------------------


def test_status() -> None:
    """`status` is open or closed: by closing, and by nothing that was answered or done."""
    case = Case(alert())
    for ask in (respond(), impact(), file(), cafcass(), tell()):
        case.do(ask)
        assert not case.thread.closed
    case.do(close())
    assert case.thread.closed


@pytest.mark.parametrize(
    ("moves", "waits_for"),
    [
        ([], "service"),
        ([respond(march(2), response="holding")], "service"),
        ([respond(march(2), response="clarification")], "iro"),
        ([respond(march(2), response="not-agreed")], "iro"),
        ([respond(march(2))], "iro"),
        ([respond(march(2), action_by=march(31))], "service"),
        ([respond(march(2)), escalate(march(3))], "service"),
        ([respond(march(2)), close(march(3))], "none"),
        ([respond(march(2)), close(march(3)), reopen(march(6))], "iro"),
    ],
)
def test_waiting_for(moves: list[Ask], waits_for: str) -> None:
    """`waiting_for` is service, iro or none."""
    assert waiting_for(Case(alert(), *moves).thread, march(31)) == waits_for


def test_late_is_a_set() -> None:
    """`late` is a set of response, total, action: each on its own, from the day after."""
    case = Case(alert(), respond(march(2), action_by=march(24)), escalate(march(20)))
    # Stage 2 is to be answered by the 27th, the whole case by the 29th.
    found = [late(case.thread, march(day)) for day in (24, 25, 28, 29, 30)]
    assert found == [
        [],
        ["action"],
        ["response", "action"],
        ["response", "action"],
        ["response", "total", "action"],
    ]
    case.do(respond(march(28)))
    assert late(case.thread, march(30)) == ["total", "action"]
