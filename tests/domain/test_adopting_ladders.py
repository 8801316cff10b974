"""Ladders and calendars that are adopted: what is refused, and from when they are in force."""

from __future__ import annotations

from copy import deepcopy
from datetime import date, timedelta
from typing import Any

import pytest
import strategies as own
from domain.adoptions import (
    APRIL,
    CHRISTMAS_EVE,
    STAGES,
    TODAY,
    after,
    bank_holidays,
    closing,
    decided,
    ladder,
    nothing_differs,
    printed,
    wrong,
)
from hypothesis import given
from hypothesis import strategies as st

from footprint.domain.adopting import decide_adoption
from footprint.domain.proposal import Proposal, ProposedCalendar, proposal_of
from footprint.errors import Refused


def stages(*changes: dict[str, Any]) -> list[dict[str, Any]]:
    usual = {"label": "Manager", "days": 5, "counts": True}
    return [usual | change for change in changes]


LOW = {"stage": 0, "counts": False}


@pytest.mark.parametrize(("changes", "said"), [
    ({"stage": []}, "no stages"),
    ({"stage": stages(LOW, {"stage": 2}, {"stage": 1})}, "do not ascend"),
    ({"stage": stages(LOW, {"stage": 1}, {"stage": 1})}, "do not ascend"),
    ({"stage": stages({"stage": 1})}, "no stage 0"),
    ({"stage": stages(LOW)}, "no stage above 0"),
    ({"stage": stages({"stage": -1, "counts": False}, LOW, {"stage": 1})}, "stage below 0"),
    ({"stage": stages(LOW, {"stage": 100})}, "stage above 99"),
    ({"stage": stages(LOW, {"stage": 1, "counts": False})}, "no stage that counts"),
    ({"stage": stages(LOW, {"stage": 1}, {"stage": 2, "counts": False})}, "does not count"),
    ({"stage": stages({"stage": 0}, {"stage": 1})}, "stage 0 is informal"),
    ({"stage": stages(LOW, {"stage": 1, "days": 0})}, "stage 1 has 0 days"),
    ({"stage": stages(LOW, {"stage": 1, "days": 61})}, "stage 1 has 61 days"),
    ({"stage": stages(LOW, {"stage": 1, "label": " "})}, "stage 1: the label is blank"),
    ({"stage": stages(LOW, {"stage": 1, "label": "x" * 101})}, "101 characters"),
    ({"stage": stages(LOW, {"stage": 1, "label": "a\u202eb"})}, "U+202E"),
    ({"total_days": 0}, "total_days is 0"),
    ({"ladder": "Authority"}, "small letters"),
    ({"services": ["CSC", "NOPE"]}, "would name NOPE"),
])  # fmt: skip
def test_ladders_that_are_refused(changes: dict[str, Any], said: str) -> None:
    """Whatever is no ladder is refused, by its name and what is wrong."""
    told = wrong(ladder(**changes))
    assert said in told
    assert changes.get("ladder", "authority") in told


def test_a_ladder_that_is_given_twice() -> None:
    """Which of two of one name is meant cannot be known."""
    table = ladder()["ladder"][0]
    assert "authority: it is given 2 times" in wrong({"ladder": [table, table]})


def test_a_service_that_would_climb_no_ladder() -> None:
    """Services that a ladder no longer names are listed, with their labels and the day."""
    named = [s for s in own.policy().ladders_on(TODAY)["authority"].services
             if s not in {"HOU", "ADP"}]  # fmt: skip
    said = wrong(ladder(services=named), starts_on=APRIL)
    assert "from Thursday 1 April 2027 HOU (Housing) would climb no ladder" in said
    assert "ADP (Adoption) would climb no ladder" in said
    assert "CSC" not in said


def test_a_fault_that_lasts_is_told_once() -> None:
    """With the first day on which it is so, however many ladders start later."""
    tables = printed()
    tables["ladder"][1]["stage"][0]["days"] = 9
    pending = after({"ladder": tables["ladder"]}, starts_on=date(2027, 6, 1))
    said = wrong(ladder(services=["CSC"]), pending, starts_on=APRIL)
    assert said.count("HOU (Housing)") == 1
    assert "from Thursday 1 April 2027 HOU" in said


def test_a_service_that_would_climb_two_ladders() -> None:
    """A service belongs to one ladder; taken from the other in the same file, it moves."""
    tables = printed()
    authority, partner = tables["ladder"]
    partner["services"].append("HOU")
    assert "HOU (Housing) would climb 2 ladders: authority, partner" in wrong(tables)
    authority["services"].remove("HOU")
    moved = after(tables, starts_on=APRIL)
    assert moved.ladder_for("HOU", APRIL).ladder == "partner"
    assert moved.ladder_for("HOU", APRIL - timedelta(days=1)).ladder == "authority"


def test_a_new_service_needs_a_ladder() -> None:
    """A service is adopted with the ladder that it climbs, even one that starts later."""
    tables = printed()
    tables["vocabulary"]["services"]["SCH"] = "Schools"
    assert "SCH (Schools) would climb no ladder" in wrong(tables)
    tables["ladder"].append({"ladder": "schools", "services": ["SCH"], "stage": deepcopy(STAGES)})
    assert after(tables, starts_on=APRIL).ladder_for("SCH", TODAY).ladder == "schools"


def test_a_service_cannot_go_from_under_a_ladder() -> None:
    """Neither list nor ladder changes alone where they would contradict each other."""
    tables = printed()
    del tables["vocabulary"]["services"]["HOU"]
    assert "the ladder authority would name HOU" in wrong(tables)
    tables["ladder"][0]["services"].remove("HOU")
    assert "from Monday 1 February 2027 the ladder" in wrong(tables, starts_on=APRIL)
    assert "HOU" not in after(tables).lists["services"]


def test_a_ladder_may_be_left_without_services() -> None:
    """One ladder for all: the other names nobody any more, and stays for its threads."""
    tables = printed()
    authority, partner = tables["ladder"]
    authority["services"] += partner["services"]
    partner["services"] = []
    policy = after(tables)
    assert policy.ladder_for("POL", TODAY).ladder == "authority"
    assert policy.ladder("partner", 1).services


def test_a_ladder_starts_on_its_day() -> None:
    """Before its day the older version is in force, and is what is printed."""
    policy = after(ladder(), starts_on=APRIL)
    before, on = APRIL - timedelta(days=1), APRIL
    assert [policy.ladder_for("CSC", day).version for day in (TODAY, before, on)] == [1, 1, 2]
    assert printed(policy, before) == printed()
    assert printed(policy, on)["ladder"][0] == ladder()["ladder"][0]
    nothing_differs(printed(policy), policy)


def test_a_start_day_can_be_put_right() -> None:
    """Adopted for the wrong day, the old ladder is put back from there, the new one later."""
    wrongly = after(ladder(), starts_on=APRIL)
    may = date(2027, 5, 4)
    back = after({"ladder": printed()["ladder"]}, wrongly, starts_on=APRIL)
    right = after(ladder(), back, starts_on=may)
    assert [right.ladder_for("CSC", day).stages[0].days for day in (APRIL, may)] == [5, 10]
    assert right.ladder_for("CSC", may).version == 4


def test_a_ladder_may_start_in_the_past() -> None:
    """What is transcribed later follows the ladder of its day."""
    policy = after(ladder(), starts_on=date(2017, 4, 1))
    assert policy.ladder_for("CSC", date(2017, 5, 1)).version == 2
    assert policy.ladder_for("CSC", TODAY).version == 1


def test_only_a_ladder_starts_on_another_day() -> None:
    """Lists, rules and a calendar are in force from the moment they are adopted."""
    for tables in ({"rules": {"publish_threshold": 7}},
                   {"ladder": printed()["ladder"], "rules": {"publish_threshold": 7}}):  # fmt: skip
        with pytest.raises(Refused, match="Only a ladder may start on another day"):
            decided(tables, starts_on=APRIL)
    both = decided(ladder() | {"rules": {"publish_threshold": 7}}, starts_on=APRIL)
    assert [event.starts_on for event in both] == [APRIL, TODAY]


# --- the calendar ----------------------------------------------------------------------------


def test_a_closure_day_is_no_working_day() -> None:
    """It is off from now on, beside all that was off before."""
    policy = after(closing(CHRISTMAS_EVE))
    old = own.policy().calendar
    assert set(policy.calendar.off) == {*old.off, CHRISTMAS_EVE}
    assert not policy.calendar.is_working(CHRISTMAS_EVE)
    assert (policy.calendar.version, policy.calendar.first, policy.calendar.last) \
        == (2, old.first, old.last)  # fmt: skip


@given(days=st.sets(own.dates(), max_size=8), last=st.dates(date(2029, 12, 31), date(2037, 1, 1)))
def test_days_off_are_kept(days: set[date], last: date) -> None:
    """A longer calendar has the bank holidays of all its days, and loses no closure day."""
    longer = ProposedCalendar(name="Ours", last=last, closure_days=tuple(days))
    calendar = after(Proposal(calendar=longer)).calendar
    assert {day for day in days if day.weekday() < 5} <= set(calendar.off)
    then = ProposedCalendar(last=date(2037, 1, 31), renewed=True)
    policy = own.policy().but(calendar=calendar)
    grown = after(Proposal(calendar=then), policy).calendar
    bank, _ = bank_holidays(grown.first, grown.last)
    assert set(grown.off) == {day for day in bank | set(calendar.off) if day.weekday() < 5}


def test_a_closure_day_can_be_opened_again() -> None:
    """Taken away, and the calendar is as it was; a bank holiday is not the authority's to open."""
    closed = after(closing(CHRISTMAS_EVE))
    opened = after(closing(open_days=(CHRISTMAS_EVE,)), closed)
    assert opened.calendar.off == own.policy().calendar.off
    assert opened.calendar.version == 3
    holiday = date(2027, 12, 27)
    assert "Monday 27 December 2027 is a bank holiday" in wrong(closing(open_days=(holiday,)))


def test_closing_what_is_closed_already() -> None:
    """A day that is off already is accepted and changes nothing; a weekend is said to be one."""
    closed = after(closing(CHRISTMAS_EVE))
    assert not nothing_differs(closing(CHRISTMAS_EVE, date(2027, 12, 27)), closed).listed
    refused = nothing_differs(closing(date(2027, 12, 25)))
    assert refused.listed == ("Saturday 25 December 2027 is no working day anyway",)
    assert [e.off for e in decided(closing(CHRISTMAS_EVE, date(2027, 12, 25)))] \
        == [closed.calendar.off]  # fmt: skip


@pytest.mark.parametrize(("proposed", "said"), [
    ({"first": date(2010, 4, 2)}, "would get shorter"),
    ({"last": date(2029, 12, 30)}, "Thursday 1 April 2010 to Monday 31 December 2029"),
    ({"last": date(2038, 1, 1)}, "and no more"),
    ({"first": date(2004, 9, 26)}, "and no more"),
    ({"closure_days": (date(2030, 1, 2),)}, "Wednesday 2 January 2030 is outside"),
    ({"open_days": (date(2009, 1, 2),)}, "Friday 2 January 2009 is outside"),
    ({"closure_days": (CHRISTMAS_EVE,), "open_days": (CHRISTMAS_EVE,)}, "as closed and as open"),
    ({"name": " "}, "blank"),
])  # fmt: skip
def test_calendars_that_are_refused(proposed: dict[str, Any], said: str) -> None:
    """Never shorter, never further than is known, and no day outside of it."""
    assert said in wrong(Proposal(calendar=ProposedCalendar(**proposed)))


def test_a_calendar_that_goes_further_already() -> None:
    """One that was adopted with a clock that ran ahead still takes a closure day."""
    far = own.policy().calendar.but(last=date(2045, 12, 31))
    calendar = after(closing(CHRISTMAS_EVE), own.policy().but(calendar=far)).calendar
    assert calendar.last == far.last
    assert CHRISTMAS_EVE in calendar.off


def test_bank_holidays_are_asked_for_only_when_needed() -> None:
    """A file that repeats the calendar in force does not bring newer bank holidays along."""

    def asked(_first: date, _last: date) -> tuple[set[date], str]:
        raise AssertionError("nobody needs them")

    proposal = proposal_of(printed() | {"rules": {"publish_threshold": 8}})
    assert len(decide_adoption(own.policy(), proposal, {}, TODAY, asked)) == 1
    with pytest.raises(AssertionError):
        decide_adoption(own.policy(), closing(renewed=True), {}, TODAY, asked)
