"""Putting an entry right: a correction, and what follows from it."""

from datetime import date, timedelta
from typing import Any

import pytest
import strategies as own
from domain.casework import (
    TODAY,
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
from domain.histories import Mistaken, happened, histories, mistaken, putting_right
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from footprint.domain import events as ev
from footprint.domain.asks import Ask, Correct
from footprint.domain.corrections import corrected_entries, corrected_words
from footprint.domain.entry import Move
from footprint.domain.fold import fold
from footprint.domain.policy import Policy, policy_of
from footprint.domain.thread import Thread

# --- as if it had been recorded rightly -----------------------------------------------------


def beside(thread: Thread, *names: str) -> dict[str, Any]:
    """What a thread is, but for the corrections themselves and what is named."""
    left_out = {"entries", "corrections", "latest", *names}
    return {name: value for name, value in vars(thread).items() if name not in left_out}


def says(case: Case, most: int) -> list[Any]:
    """What the first entries say in the end, with their words."""
    known = corrected_entries(case.entries)[:most]
    words = corrected_words(case.entries, case.words)
    return [(e.event, e.occurred_on, e.source, words[e.position]) for e in known]


def recorded(made: Mistaken) -> Case:
    case = made.recorded()
    assert case is not None
    return case


@settings(max_examples=200)
@given(mistaken())
def test_as_if_recorded_rightly(made: Mistaken) -> None:
    """A thread with a corrected mistake is the one that was recorded rightly at first."""
    right, case, most = Case(*made.asks), recorded(made), len(made.asks)
    assume(says(case, most) != says(right, most))
    case.do(putting_right(made.at + 1, made.wrong, made.right))
    assert beside(case.thread) == beside(right.thread)
    assert says(case, most) == says(right, most)


@settings(max_examples=100)
@given(mistaken())
def test_the_last_correction_stands(made: Mistaken) -> None:
    """However an entry was corrected in between, its last correction stands."""
    right, case, most = Case(*made.asks), recorded(made), len(made.asks)
    known, entry, between = case.thread, made.at + 1, made.between
    if not happened(case, putting_right(entry, made.wrong, between)):
        between = made.wrong
    assume(says(case, most) != says(right, most))
    case.do(putting_right(entry, between, made.right))
    assert beside(case.thread) == beside(right.thread)
    assert fold(case.entries[:most], case.policy) == known


@settings(max_examples=100)
@given(mistaken())
def test_as_if_recorded_rightly_and_due_as_it_was(made: Mistaken) -> None:
    """With `keep_due` it is the same, but what was due stays due when it was."""
    right, case = Case(*made.asks), recorded(made)
    was, ask = case.thread, putting_right(made.at + 1, made.wrong, made.right, keep_due=True)
    assume("respond_by" not in ask.facts and happened(case, ask))
    now, due = case.thread, [step.respond_by for step in was.steps]
    assert ([step.respond_by for step in now.steps], now.resolve_by) == (due, was.resolve_by)
    steps = zip(right.thread.steps, due, strict=True)
    assert now.steps == tuple(step._replace(respond_by=by) for step, by in steps)
    assert beside(now, "steps", "resolve_by") == beside(right.thread, "steps", "resolve_by")


MOVES = {"Raise", "RaiseToAlert", "Escalate", "Close", "Reopen"}


def out_of_order(asks: list[Ask]) -> int | None:
    """The first move that is before one that it follows, or before the thread began."""
    sent: dict[int, date | None] = {}
    moved: list[date] = []
    for n, ask in enumerate(asks):
        kind, stage = type(ask).__name__, getattr(ask, "stage", None) or 0
        after = moved[:1] if asks[0].on else []
        if kind in MOVES:
            after = moved
        elif kind == "Respond":
            after = [*after, *filter(None, [sent[stage]])]
        if ask.on and any(ask.on < day for day in after):
            return n
        if kind in MOVES:
            moved += [ask.on] if ask.on else []
            sent.setdefault(stage, ask.on)
    return None


@settings(max_examples=200)
@given(histories(plain=True), st.integers(0, 7), st.integers(1, 40))
def test_a_day_is_corrected_if_all_stays_in_order(asks: list[Ask], at: int, day: int) -> None:
    """A day is corrected to any that keeps the order; else the entry out of order is named."""
    at %= len(asks)
    case, on = Case(*asks), date(2017, 2, 20) + timedelta(days=day)
    assume(on != asks[at].on)
    ask = correct(at + 1, on=on)
    wrong = out_of_order([*asks[:at], asks[at].but(on=on), *asks[at + 1 :]])
    if wrong is None:
        case.do(ask)
        assert corrected_entries(case.entries)[at].occurred_on == on
    elif wrong == at:
        case.refused(ask, " is before ", "Mend the date")
    else:
        case.refused(ask, f"Entry {wrong + 1}, which was recorded after it, would be out of order")


# --- due dates ------------------------------------------------------------------------------


def test_due_dates_move_with_their_day() -> None:
    """The day to answer by and the day to resolve by move in the entry that corrects the day."""
    case = Case(alert(march(1)))
    event = case.event(correct(1, on=march(2)))
    moved = {"occurred_on": "2017-03-02", "respond_by": "2017-03-09", "resolve_by": "2017-03-30"}
    assert event == ev.EntryCorrected(corrects=1, facts=moved)
    kept = Case(alert(march(1))).event(correct(1, keep_due=True, on=march(2)))
    assert kept.facts == {"occurred_on": "2017-03-02"}


def test_a_date_of_its_own_stays() -> None:
    """It was counted from nothing; it can be corrected by name, or be in the way."""
    case = Case(alert(march(1), respond_by=march(6)))
    case.do(correct(1, on=march(2)))
    assert (case.thread.step.respond_by, case.thread.resolve_by) == (march(6), march(30))
    case.refused(correct(1, on=march(7)), "which is before Tuesday 7 March", "respond-by")
    case.do(correct(1, on=march(7), respond_by=march(10)))
    assert case.thread.step.respond_by == march(10)


def later_calendar() -> Policy:
    """The policy after a calendar was adopted in which 3 March 2017 is a closure day."""
    old = own.policy().calendar
    off = tuple(sorted({*old.off, march(3)}))
    adopted = ev.CalendarAdopted(
        calendar=old.name, version=2, starts_on=TODAY, first=old.first, last=old.last, off=off,
        taken_from="the tests",
    )  # fmt: skip
    move = Move(event=adopted, occurred_on=TODAY, source="at-the-time", words={})
    return policy_of(own.policy_entries([move]))


def test_a_calendar_adopted_since_moves_nothing() -> None:
    """A correction of something else leaves what was promised; one of the day counts anew."""
    case = Case(alert(march(1)))
    case.policy = later_calendar()
    assert case.event(correct(1, role="director")).facts == {"role": "director"}
    assert case.event(correct(1, on=march(2))).facts["respond_by"] == "2017-03-10"


def test_another_service_may_climb_another_ladder() -> None:
    """The ladder follows it, and so do the clocks of later steps, in entries of their own."""
    case = Case(raised(march(1)), to_alert(march(9)), escalate(march(17)))
    moves = case.decided(correct(1, service="CAMHS"))
    told = [(m.event.corrects, m.event.facts, m.words["reason"]) for m in moves]  # type: ignore[attr-defined]
    follows = "Follows from the correction of entry 1."
    assert told == [
        (1, {"service": "CAMHS", "ladder": "partner"}, "Misread."),
        (2, {"resolve_by": None}, follows),
    ]
    for move in moves:
        case.fold(move)
    assert (case.thread.ladder, case.thread.resolve_by) == ("partner", None)
    case.do(correct(1, service="EDU"))
    assert (case.thread.ladder, case.thread.resolve_by) == ("authority", date(2017, 4, 6))


def test_a_service_of_the_same_ladder_moves_nothing_else() -> None:
    """A thread keeps the ladder that it began under."""
    facts = Case(alert()).event(correct(1, service="EDU")).facts
    assert facts == {"service": "EDU"}


def test_capacity_decides_over_the_total_clock() -> None:
    """A child protection chair's alerts are outside the 20, also those that came later."""
    case = Case(raised(march(1)), to_alert(march(9)))
    assert case.thread.resolve_by == date(2017, 4, 6)
    for move in case.decided(correct(1, capacity="cp-chair")):
        case.fold(move)
    assert case.thread.resolve_by is None


# --- what was known then --------------------------------------------------------------------


def test_a_prefix_is_what_was_known_then() -> None:
    """Before a correction, the thread is as it was recorded; after it, as it was put right."""
    case = Case(alert(march(1)))
    known = case.thread
    case.do(correct(1, on=march(2), team="chad"))
    assert fold(case.entries[:1], case.policy) == known
    assert (case.thread.on, case.thread.team, case.thread.corrections) == (march(2), "chad", 1)


def test_what_was_decided_for_want_of_an_answer_stands() -> None:
    """An answer that turns out to have been in time takes no escalation back."""
    case = Case(alert(), respond(march(13)), escalate(march(14), reason="unsatisfied"))
    case.do(correct(2, on=march(7)))
    assert case.thread.escalated == (march(14),)
    assert case.thread.steps[0].answer is not None
    assert case.thread.steps[0].answer.on == march(7)


# --- every kind of entry --------------------------------------------------------------------

WHOLE = (
    raised(march(1), words={"text": "No plan."}),
    to_alert(march(9), words={"text": "Still none."}),
    respond(march(10), response="not-agreed", words={"text": "No."}),
    escalate(march(13), reason="unsatisfied", words={"text": "Not enough."}),
    cafcass(march(14), words={"text": "Not yet."}),
    tell(march(15), words={"text": "Told on the phone.", "view": "supports"}),
    hand_over(march(16), words={"text": "On leave."}),
    close(march(17), words={"text": "Done."}),
    reopen(march(20), words={"text": "Not done."}),
    close(march(21), words={"text": "Done now."}),
    impact(march(22)),
    note(march(23)),
    file(march(24), words={"text": "In the portal."}),
)
FACTS: tuple[dict[str, Any], ...] = (
    {"themes": ("ADO", "PLC")}, {"role": "director"}, {"response": "holding"},
    {"reason": "serious"}, {"step": "advice"}, {"party": "parent"}, {"iro": "ef"},
    {"basis": "agreed"}, {"source": "transcribed"}, {"closure": "explained"}, {"impact": "none"},
    {"privileged": True}, {"on": march(25)},
)  # fmt: skip


@pytest.mark.parametrize("at", range(len(WHOLE)), ids=lambda at: type(WHOLE[at]).__name__)
def test_every_kind_of_entry_can_be_put_right(at: int) -> None:
    """A fact and a text of each; nothing else of the entry changes."""
    case = Case(*WHOLE)
    before = case.entries[at]
    ask = correct(at + 1, new={"text": "Better said."}, **FACTS[at])
    assert set(case.event(ask).facts) == {"occurred_on" if n == "on" else n for n in FACTS[at]}
    after = corrected_entries(case.entries)[at]
    assert (after.position, after.actor, after.recorded_at) == (
        before.position, before.actor, before.recorded_at,
    )  # fmt: skip
    words = corrected_words(case.entries, case.words)[at + 1]
    assert words == {**case.words[at + 1], "text": "Better said."}


# --- refused --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ask", "what", "next_step"),
    [
        (correct(1, because=" ", team="chad"), "needs a reason", "--reason"),
        (correct(1, colour="red"), "Entry 1 has no colour", "It has: "),
        (correct(2, service="EDU"), "Entry 2 has no service", "It has: "),
        (correct(1, service="CSCC"), "There is no service", "CSC"),
        (correct(1, service=None), "is needed", ""),
        (correct(1, on=date(2017, 7, 1)), "is in the future", ""),
        (correct(1, on=None), "made at the time has a date", "source"),
        (correct(1, role=None), "The role is missing", "source"),
        (correct(9, team="chad"), "Entry 9 is not of CH-1", "1, 2"),
        (correct(1, role="team-manager"), "says that already", "show CH-1"),
        (correct(1, new={"text": ""}), "no words", ""),
        (correct(1, new={"from": "x"}), "has no from", "text"),
        (correct(2, stage=3), "never sent to stage 3", "1"),
        (correct(2, action_by=march(2)), "is before the answer", "--set action-by="),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_refused(ask: Correct, what: str, next_step: str) -> None:
    """Each with what is wrong and what to do."""
    Case(alert(march(1)), respond(march(6))).refused(ask, what, next_step)


def test_an_entry_becomes_only_what_could_have_been_recorded() -> None:
    """The rule that refused it then refuses it now, in its own words."""
    case = Case(alert(), close(closure="withdrawn"))
    case.refused(correct(2, closure="unresolved"), "at stage 1 of 4", "escalate")
    case.refused(correct(2, by="manager"), "A manager closes with a reason")
    case.do(correct(2, by="manager", new={"why": "on leave"}))
    skipped = Case(alert(), escalate(march(9), stage=2))
    skipped.refused(correct(2, stage=3), "skips a stage")


def test_words_that_are_gone_do_not_stand_in_the_way() -> None:
    """Facts of an entry whose words were removed for good can be corrected."""
    case = Case(alert(march(1), stage=2))
    case.entries[0] = case.entries[0].but(words="00" * 32)
    case.words = {}
    assert case.event(correct(1, team="chad")).facts == {"team": "chad"}


def test_advice_is_for_the_command_that_corrects() -> None:
    """There --on and --reason are of the correction: what to mend is given with --set."""
    begun = Case(alert(march(2)), respond(march(6)))
    begun.refused(correct(2, on=march(1)), "before", "--set on=VALUE")
    begun.refused(correct(1, stage=2, new={"why": ""}), "needs a reason", "--set why=VALUE")
    begun.refused(correct(1, respond_by=march(30), new={"why": ""}), "longer time", "--set why=")
    begun.refused(correct(1, new={"text": " "}), "no words", "--set words=VALUE")
