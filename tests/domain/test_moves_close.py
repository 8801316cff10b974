"""Closing, what is left after it, and reopening as the ledger reads it."""

import pytest
from domain.casework import (
    RECALLED,
    WHY,
    Case,
    alert,
    cafcass,
    close,
    escalate,
    impact,
    march,
    note,
    raised,
    reopen,
    respond,
    to_alert,
)

from footprint.domain import events as ev
from footprint.domain.asks import Ask
from footprint.domain.fold import fold
from footprint.domain.vocabulary import CLOSURES, RESOLVED

UNRESOLVED = "unresolved"


@pytest.mark.parametrize("closure", [code for code in CLOSURES if code != UNRESOLVED])
def test_close(closure: str) -> None:
    """A thread in any open state is closed by its IRO in each way but unresolved."""
    for case in (Case(raised()), Case(alert()), Case(alert(stage=4))):
        known = {} if closure != "not-known" else RECALLED
        event = case.event(close(closure=closure, **known))
        basis = "done" if closure in RESOLVED else None
        assert event == ev.ThreadClosed(closure=closure, basis=basis, by="iro")
        assert case.thread.closed
        assert case.thread.closing is not None
        assert case.thread.closing.resolved == (closure in RESOLVED)


@pytest.mark.parametrize("closure", sorted(RESOLVED))
@pytest.mark.parametrize(("basis", "code"), [("done", "done"), ("on what was agreed", "agreed")])
def test_basis(closure: str, basis: str, code: str) -> None:
    """What is resolved may say whether it rests on what was done or only agreed."""
    assert Case(alert()).event(close(closure=closure, basis=basis)).basis == code


@pytest.mark.parametrize("closure", ["withdrawn", "overtaken", "left-care"])
def test_basis_of_what_is_not_resolved(closure: str) -> None:
    """What is not resolved rests on nothing: a basis is refused."""
    Case(alert()).refused(close(closure=closure, basis="done"), "A basis", "Leave --basis out")
    Case(alert()).refused(close(basis="doen"), "There is no basis", "done")


def test_close_by_a_manager() -> None:
    """A manager closes with a reason."""
    case = Case(alert())
    case.refused(close(by="manager"), "A manager closes with a reason", "--why")
    assert case.event(close(by="an IRO manager", words=WHY)).by == "manager"


@pytest.mark.parametrize("by", ["team-manager", "addressee", "director"])
def test_close_by_nobody_else(by: str) -> None:
    """Nobody but the IRO or an IRO manager closes."""
    Case(alert()).refused(close(by=by, words=WHY), "There is no closer", "manager")


def test_unknown_closure() -> None:
    """A closure that is not known is refused with the nearest."""
    Case(alert()).refused(close(closure="resolve"), "There is no closure", "resolved")


# --- unresolved -----------------------------------------------------------------------------


@pytest.mark.parametrize("case", [Case(raised()), Case(alert()), Case(alert(stage=3))])
def test_unresolved_below_the_top(case: Case) -> None:
    """Unresolved means that the ladder is exhausted, even where Cafcass was considered."""
    case.do(cafcass(march(2)))
    stage = case.thread.step.stage
    upwards = "escalate CH-1" if stage else "alert CH-1"
    case.refused(close(closure=UNRESOLVED), f"at stage {stage} of 4", upwards)


def test_unresolved_at_the_top() -> None:
    """On an authority's ladder Cafcass is considered before a thread is closed as unresolved."""
    case = Case(alert(stage=4))
    case.refused(close(closure=UNRESOLVED), "before Cafcass was considered", "enough")
    case.refused(close(closure=UNRESOLVED, basis="done"), "Cafcass")
    case.do(cafcass())
    case.refused(close(closure=UNRESOLVED, basis="done"), "A basis", "--basis")
    assert case.event(close(closure=UNRESOLVED)).closure == UNRESOLVED
    assert not case.thread.closings[-1].resolved


def test_unresolved_with_a_partner() -> None:
    """A partner's thread is closed as unresolved at the top, without Cafcass."""
    case = Case(alert(service="CAMHS"))
    case.refused(close(closure=UNRESOLVED), "at stage 1 of 4")
    case.do(escalate(stage=4, words=WHY))
    assert case.event(close(closure=UNRESOLVED)).closure == UNRESOLVED


# --- days -----------------------------------------------------------------------------------


def test_close_before_the_last_step() -> None:
    """A thread is not closed before its last step was sent."""
    case = Case(alert(march(1)), escalate(march(9)))
    case.refused(close(march(8)), "is before stage 2 was sent (Thursday 9 March 2017)")
    assert case.do(close(march(9))).occurred_on == march(9)


def test_close_before_a_step_of_known_day() -> None:
    """A later step of unknown day does not hide the known day of an earlier one."""
    case = Case(alert(march(6)), escalate(None, **RECALLED))
    case.refused(close(march(5)), "is before CH-1 began")
    assert case.do(close(march(6))).occurred_on == march(6)
    known = Case(raised(march(1)), to_alert(march(9)), escalate(None, **RECALLED))
    known.refused(close(march(8)), "is before stage 1 was sent")


def test_close_on_an_unknown_day() -> None:
    """A close of unknown day passes every test of order."""
    assert Case(alert()).do(close(None, **RECALLED)).occurred_on is None


# --- closed ---------------------------------------------------------------------------------


@pytest.mark.parametrize("ask", [to_alert(march(21)), escalate(march(21), reason="serious")])
@pytest.mark.parametrize("opening", [raised(), alert(), alert(stage=4)])
def test_moves_on_a_closed_thread(ask: Ask, opening: Ask) -> None:
    """A closed thread is not raised to an alert and does not escalate."""
    case = Case(opening, close())
    case.refused(ask, "CH-1 is closed", "footprint reopen CH-1")


@pytest.mark.parametrize("opening", [raised(), alert(), alert(stage=4)])
def test_close_twice(opening: Ask) -> None:
    """A closed thread is not closed again; the close in force is said."""
    case = Case(opening, close(closure="left-care"))
    case.refused(close(march(21)), "closed already (child left care on Monday 20 March 2017)")
    case.refused(close(march(21)), "closed already", "reopen CH-1")
    unknown = Case(alert(), close(None, **RECALLED))
    unknown.refused(close(march(21)), "closed already (resolved).")


def test_what_is_left_when_closed() -> None:
    """A late answer, a note and an impact may still be recorded; the thread stays closed."""
    case = Case(alert(), escalate(march(9)), close())
    case.do(respond(march(7), stage=1))
    case.do(respond(march(22)))
    case.do(note(march(22)))
    case.do(impact(march(22)))
    assert case.thread.closed
    assert [step.answer and step.answer.on for step in case.thread.steps] == [march(7), march(22)]
    case.refused(respond(march(22), stage=3), "never sent to stage 3", "1, 2")
    case.refused(respond(march(8)), "is before stage 2 was sent")


# --- reopened (as the ledger reads it) ------------------------------------------------------


@pytest.mark.parametrize("opening", [raised(), alert(), alert(stage=4)])
def test_reopened(opening: Ask) -> None:
    """A reopened thread is in the state it was in before, and is closed again like any other."""
    case = Case(opening, close())
    before = case.thread
    case.do(reopen(march(21)))
    assert (case.thread.closed, case.thread.closing) == (False, None)
    assert (case.thread.step, case.thread.resolve_by) == (before.step, before.resolve_by)
    case.refused(close(march(20)), "is before it was reopened (Tuesday 21 March 2017)")
    case.do(close(march(21), closure="explained"))
    assert case.thread.closing is not None
    assert case.thread.closing.closure == "explained"
    assert len(case.thread.closings) == 2


def test_reopened_alert_goes_on() -> None:
    """A reopened alert escalates from where it stood, under the total clock of its alert."""
    case = Case(alert(), close())
    case.do(reopen())
    assert case.event(escalate(march(22))).stage == 2
    assert case.thread.resolve_by == march(29)


# --- the thread that the entries make -------------------------------------------------------


def test_whole_thread() -> None:
    """A thread is the fold of its entries, and of each prefix of them."""
    case = Case(
        raised(march(1)),
        respond(march(3), response="holding"),
        to_alert(march(9)),
        escalate(march(17), reason="overdue"),
        respond(march(20), response="partly"),
        impact(march(21)),
        close(march(22), closure="partly", basis="agreed"),
    )
    case.happened(ev.ThreadHandedOver(iro="cd"))
    case.happened(ev.ThreadFiled())
    case.happened(ev.PartyTold(party="child"))
    case.happened(ev.DocumentAttached())
    thread = case.thread
    assert fold(case.entries, case.policy) == thread
    assert fold([], case.policy) is None
    assert (thread.entries, thread.iro) == (11, "cd")
    assert thread.filed
    assert [(s.stage, s.on, s.counts) for s in thread.steps] == [
        (0, march(1), False),
        (1, march(9), True),
        (2, march(17), True),
    ]
    assert thread.alert is thread.steps[1]
    assert thread.answered == (thread.steps[2], thread.steps[2].answer)
    assert thread.escalated == (march(17),)


def test_total_clock_is_fixed_once() -> None:
    """A later step does not move the total clock, even where its entry holds another day."""
    case = Case(alert())
    case.happened(
        ev.ThreadEscalated(stage=2, reason="serious", role="director", resolve_by=march(31))
    )
    assert case.thread.resolve_by == march(29)


def test_lag() -> None:
    """The lag is in calendar days from happening to recording, for entries made at the time."""
    assert Case(alert(march(1)), today=march(4)).thread.lag == 3
    assert Case(alert(march(1)), today=march(1)).thread.lag == 0
    assert Case(alert(march(1), **RECALLED)).thread.lag is None
    assert Case(alert(None, **RECALLED)).thread.lag is None
