"""Raising: challenges, alerts, and a challenge that becomes an alert."""

from datetime import date

import pytest
import strategies as own
from domain.casework import (
    RECALLED,
    TODAY,
    WHY,
    Case,
    alert,
    escalate,
    march,
    note,
    raised,
    respond,
    to_alert,
)
from hypothesis import given

from footprint.domain import events as ev
from footprint.domain.entry import Move
from footprint.domain.policy import policy_of

TEXT = {"text": "No plan."}


def test_challenge() -> None:
    """A challenge begins at stage 0, with its codes, a response date and no total clock."""
    move = Case().do(raised(themes=("delay in actions", "asq")))
    assert move.event == ev.ChallengeRaised(
        service="CSC",
        themes=("ASQ", "DEL"),
        iro="ab",
        ladder="authority",
        ladder_version=1,
        stage=0,
        role="team-manager",
        respond_by=march(8),
    )
    assert (move.occurred_on, move.source) == (march(1), "at-the-time")
    assert move.words == {"text": "No plan.", "child": "C-1001"}


def test_every_fact_of_a_challenge() -> None:
    """Facts that may be left out are kept where they are given, as codes."""
    event = Case().event(
        raised(
            team="children in care",
            capacity="child protection chair",
            prompted_by="Review",
            proceedings=False,
        )
    )
    assert (event.team, event.capacity) == ("children-in-care", "cp-chair")
    assert (event.prompted_by, event.proceedings) == ("review", False)


def test_alert() -> None:
    """An alert begins at stage 1, and its total clock of 20 working days is fixed."""
    event = Case().event(alert(march(23), words=TEXT))
    assert isinstance(event, ev.AlertRaised)
    assert (event.stage, event.respond_by) == (1, march(30))
    assert event.resolve_by == date(2017, 4, 24)


def test_partner_alert() -> None:
    """An alert to a partner climbs the partners' ladder and has no total clock."""
    event = Case().event(alert(service="CAMHS", role="worker"))
    assert (event.ladder, event.resolve_by, event.respond_by) == ("partner", None, march(8))


def test_alert_in_another_capacity() -> None:
    """The alerts of a child protection chair have no total clock, on any ladder."""
    assert Case().event(alert(capacity="cp-chair")).resolve_by is None
    later = Case(raised(capacity="cp-chair"))
    assert later.event(to_alert()).resolve_by is None
    assert later.event(escalate(march(10))).resolve_by is None


def test_alert_at_a_higher_stage() -> None:
    """An alert may begin above the first formal stage, with a reason."""
    Case().refused(alert(stage=3, words=TEXT), "above stage 1 needs a reason", "--reason")
    assert Case().event(alert(stage=3)).stage == 3
    assert Case().event(alert(stage=1, words=TEXT)).stage == 1


def test_alert_at_no_stage() -> None:
    """An alert at stage 0, or at a stage that the ladder has not, is refused."""
    Case().refused(alert(stage=0), "Stage 0 is informal", "Record a challenge")
    Case().refused(alert(stage=5), "has no stage 5; its top is stage 4", "0 Social worker")
    Case().refused(alert(stage=-1), "has no stage -1")


def test_formal_stage_for_a_challenge() -> None:
    """A challenge at a formal stage is refused: it is an alert."""
    Case().refused(raised(stage=2), "stage 2 is formal", "as an alert")
    assert Case().event(raised(stage=0)).stage == 0


@pytest.mark.parametrize("text", ["", "  ", "\n\t"])
def test_words_are_needed(text: str) -> None:
    """A new thread without words is refused."""
    Case().refused(raised(words={"text": text}), "There are no words", "--words")
    Case().refused(alert(words=WHY), "There are no words")


def test_child_is_a_case_number() -> None:
    """A name where the case number belongs is refused, and the words stay unrecorded."""
    Case().refused(raised(child="Robin Sparrow"), "looks like a name", "never keeps a child's name")


@pytest.mark.parametrize(
    ("facts", "what", "nearest"),
    [
        ({"service": "CAMSH"}, "There is no service 'CAMSH'", "CAMHS"),
        ({"themes": ("DEL", "DLE")}, "There is no theme 'DLE'", "DEL (Delay in actions)"),
        ({"role": "teem manager"}, "There is no role", "team-manager"),
        ({"team": "children in cares"}, "There is no team", "children-in-care"),
        ({"prompted_by": "reveiw"}, "There is no prompt", "review"),
        ({"capacity": "iros"}, "There is no capacity", "iro (IRO)"),
        ({"source": "recaled"}, "There is no source", "recalled"),
        ({"themes": ()}, "There is no theme", "--theme"),
        ({"iro": "A Person"}, "is not an IRO's code", "--iro"),
        ({"iro": ""}, "is not an IRO's code", "--iro"),
    ],
)
def test_unknown_facts(facts: dict[str, object], what: str, nearest: str) -> None:
    """A code that is not known is refused with the nearest; an empty one with the option."""
    Case().refused(raised(**facts), what, nearest)


@pytest.mark.parametrize("iro", ["ab", "A.Person", "ab_1", "ab@example.org", "LOCAL\\ab", "0"])
def test_iro_codes(iro: str) -> None:
    """Initials and logins of the usual forms name an IRO."""
    assert Case().event(raised(iro=iro)).iro == iro


# --- response dates -------------------------------------------------------------------------


def test_shorter_response_date() -> None:
    """A response date for the child's own timescale may be shorter, down to the same day."""
    assert Case().event(raised(respond_by=march(2))).respond_by == march(2)
    assert Case().event(alert(respond_by=march(1), words=TEXT)).respond_by == march(1)
    assert Case().event(raised(respond_by=march(8))).respond_by == march(8)


def test_longer_response_date() -> None:
    """A longer response date needs a reason, on every move that sets one."""
    longer = march(30)
    Case().refused(raised(respond_by=longer), "later than the 5 working days of stage 0")
    assert Case().event(raised(respond_by=longer, words=TEXT | WHY)).respond_by == longer
    case = Case(raised())
    case.refused(to_alert(respond_by=longer), "a longer time needs a reason", "--respond-by out")
    assert case.event(to_alert(respond_by=longer, words=WHY)).respond_by == longer
    case.refused(escalate(respond_by=longer), "5 working days of stage 2 (Thursday 16 March 2017)")
    assert case.event(escalate(respond_by=longer, words=WHY)).respond_by == longer


def test_response_date_before_sending() -> None:
    """A response date before the day of sending is refused."""
    Case().refused(raised(march(2), respond_by=march(1)), "is before the day it was sent")


def test_response_date_outside_the_calendar() -> None:
    """Outside the days that the calendar covers, no date is guessed; one may be given."""
    old = date(2009, 6, 1)
    assert Case().event(alert(old)).respond_by is None
    assert Case().event(alert(old)).resolve_by is None
    assert Case().event(alert(old, respond_by=date(2009, 6, 9))).respond_by == date(2009, 6, 9)


# --- days -----------------------------------------------------------------------------------


def test_future() -> None:
    """What has not happened yet is refused; today is not the future."""
    Case().refused(raised(date(2017, 7, 1)), "Saturday 1 July 2017 is in the future", "on the day")
    assert Case().do(raised(TODAY)).occurred_on == TODAY


def test_unknown_day() -> None:
    """A day may be unknown in a transcribed or recalled entry, and not in one made at the time."""
    Case().refused(raised(None), "made at the time has a date", "transcribed or recalled")
    for source in ("transcribed", "recalled"):
        move = Case().do(alert(None, source=source))
        assert (move.occurred_on, move.source) == (None, source)
        assert move.event.respond_by is move.event.resolve_by is None


# --- a challenge becomes an alert -----------------------------------------------------------


def test_challenge_to_alert() -> None:
    """A challenge becomes an alert at stage 1, and the total clock starts on that day."""
    event = Case(raised()).event(to_alert(march(23)))
    assert event == ev.ThreadAlerted(
        stage=1, role="team-manager", respond_by=march(30), resolve_by=date(2017, 4, 24)
    )


def test_challenge_to_partner_alert() -> None:
    """A partner's challenge becomes an alert without a total clock."""
    assert Case(raised(service="HLT")).event(to_alert()).resolve_by is None


def test_challenge_to_alert_at_a_higher_stage() -> None:
    """A challenge may become an alert above stage 1, with a reason."""
    case = Case(raised())
    case.refused(to_alert(stage=2), "above stage 1 needs a reason")
    case.refused(to_alert(stage=0), "Stage 0 is informal")
    case.refused(to_alert(stage=9), "has no stage 9")
    assert case.event(to_alert(stage=4, words=WHY)).stage == 4


def test_alert_on_an_alert() -> None:
    """An alert on an alert is refused, and escalating is named."""
    for case in (Case(alert()), Case(raised(), to_alert(), escalate(march(10)))):
        stage = case.thread.step.stage
        case.refused(to_alert(), f"formal alert already, at stage {stage}", "escalate CH-1")


def test_alert_before_the_challenge() -> None:
    """A challenge cannot become an alert before the day that it was raised on."""
    case = Case(raised(march(6)))
    case.refused(to_alert(march(3)), "Friday 3 March 2017 is before CH-1 began", "--on")
    assert case.do(to_alert(march(6))).occurred_on == march(6)


def test_answered_challenge_becomes_an_alert() -> None:
    """An answer does not stop the IRO from raising an alert."""
    assert Case(raised(), respond()).event(to_alert()).stage == 1


# --- ladders of the authority's own ---------------------------------------------------------


def test_alert_that_is_informal() -> None:
    """Where an authority's first formal stage does not count, the total clock starts later."""
    rungs = [(0, 5, False), (1, 10, False), (2, 5, True)]
    own_ladder = ev.LadderAdopted(
        ladder="authority",
        version=2,
        starts_on=march(1),
        services=("CSC",),
        stages=[{"stage": n, "label": "x", "days": d, "counts": c} for n, d, c in rungs],
        total_days=20,
    )
    move = Move(event=own_ladder, occurred_on=march(1), source="at-the-time", words={})
    policy = policy_of(own.policy_entries([move]))
    case = Case(alert(), policy=policy)
    # The default version starts only in 2027, when the ledger of these tests was made.
    assert (case.thread.ladder_version, case.thread.step.respond_by) == (2, march(15))
    assert case.thread.resolve_by is case.thread.alert is None
    assert case.event(escalate(march(23))).resolve_by == date(2017, 4, 24)
    case.refused(escalate(march(24)), "at stage 2, the top of the authority ladder")


@given(text=own.text(min_size=1).filter(own.says_something))
def test_any_words(text: str) -> None:
    """Any words of a fitting length are kept exactly as they were typed."""
    ask = note(text=text)
    if len(text) > 20_000:
        Case(raised()).refused(ask, "characters long; an entry holds 20,000")
    else:
        (move,) = Case(raised()).decided(ask)
        assert move.words == {"text": text}


def test_recalled_alert_of_a_known_day() -> None:
    """The source is what was said, whatever the day."""
    assert Case().do(alert(**RECALLED)).source == "recalled"
