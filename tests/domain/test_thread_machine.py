"""Every move, legal and illegal, in any order, against a small model of the table of moves.

| state | legal, and where it leads |
| --- | --- |
| none | challenge to informal; alert to formal |
| informal | respond; alert to formal; close to closed |
| formal | respond; escalate, to formal or top; close to closed |
| top | respond; close to closed |
| closed | respond (history only); reopen to the state before |

Notes, impact and Cafcass are legal at any time. The model keeps the state by itself and never
looks into the thread; the days off are those worked out in the tests.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
import strategies as own
from domain.casework import (
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
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from footprint.domain.asks import Ask
from footprint.errors import Refused

TOP = 4
WHYS = st.sampled_from([{}, {"why": "serious"}])
STAGES = st.none() | st.integers(-1, 6)
SERVICES = st.sampled_from(["CSC", "CAMHS"])
CODES = {
    "reason": st.sampled_from(["overdue", "unsatisfied", "serious", "bored"]),
    "response": st.sampled_from(
        ["agreed", "partly", "not-agreed", "holding", "clarification", "not-known", "maybe"]
    ),
    "closure": st.sampled_from(
        ["resolved", "partly", "explained", "unresolved", "withdrawn", "overtaken", "left-care"]
    ),
    "basis": st.none() | st.sampled_from(["done", "agreed"]),
    "by": st.sampled_from(["iro", "manager", "addressee"]),
}


def due(sent: date | None) -> date | None:
    """Five working days on, counted off."""
    day, left = sent, 5
    while day and left:
        day += timedelta(days=1)
        left -= day.weekday() < 5 and day not in own.england()
    return day


@dataclass
class Model:
    """What the table of moves knows of a thread."""

    state: str = "none"
    before: str = ""
    partner: bool = False
    cafcass: bool = False
    stages: dict[int, date | None] = field(default_factory=dict)  # reached, and when
    answered: set[int] = field(default_factory=set)

    @property
    def stage(self) -> int:
        return max(self.stages)

    def reach(self, stage: int, on: date | None) -> None:
        self.stages[stage] = on
        self.state = {0: "informal", TOP: "top"}.get(stage, "formal")

    def overdue(self, on: date | None) -> bool:
        last = due(self.stages[self.stage])
        late = on is None or last is None or on > last
        return late and self.stage not in self.answered


class ThreadMachine(RuleBasedStateMachine):
    """Drives one thread; each rule says by the model whether its move is legal, and where to."""

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.day = march(1)
        self.known = True
        self.case = Case(today=self.day)

    # --- days -------------------------------------------------------------------------------

    @initialize(known=st.booleans())
    def begin(self, known: bool) -> None:  # noqa: FBT001
        self.known = known

    @rule(days=st.integers(1, 12), known=st.booleans())
    def wait(self, days: int, known: bool) -> None:  # noqa: FBT001
        self.day += timedelta(days=days)
        self.case.today = self.day
        self.known = known

    @precondition(lambda self: self.model.state == "formal")
    @rule(late=st.booleans())
    def escalate_for_want_of_an_answer(self, late: bool) -> None:  # noqa: FBT001
        """On the last day to answer, or the day after."""
        last = due(self.model.stages[self.model.stage])
        if last and last >= self.day:
            self.wait((last - self.day).days + late, known=True)
            self.try_escalate(stage=None, reason="overdue", why={})

    @precondition(lambda self: self.model.state == "top")
    @rule()
    def exhaust(self) -> None:
        self.try_close(closure="unresolved", basis=None, by="iro", why={})

    @property
    def when(self) -> dict[str, Any]:
        """The day of the next move: today, or not known in a recalled entry."""
        return {"on": self.day} if self.known else {"on": None, "source": "recalled"}

    @property
    def on(self) -> date | None:
        return self.day if self.known else None

    def tried(self, ask: Ask, *, legal: bool) -> bool:
        """Try a move; it must be decided as the model says. Returns whether it was legal."""
        if legal:
            self.case.do(ask)
        else:
            with pytest.raises(Refused) as caught:
                self.case.decided(ask)
            assert caught.value.what
            assert caught.value.next_step
        return legal

    # --- the table --------------------------------------------------------------------------

    @precondition(lambda self: self.model.state == "none")
    @rule(service=SERVICES, stage=STAGES)
    def challenge(self, service: str, stage: int | None) -> None:
        ask = raised(service=service, stage=stage, **self.when)
        if self.tried(ask, legal=stage in (None, 0)):
            self.model.partner = service == "CAMHS"
            self.model.reach(0, self.on)

    def alert_at(self, stage: int | None, why: dict[str, str]) -> int | None:
        """The stage where an alert begins, or None where it cannot begin there."""
        wanted = 1 if stage is None else stage
        return wanted if wanted == 1 or (1 < wanted <= TOP and why) else None

    @precondition(lambda self: self.model.state == "none")
    @rule(service=SERVICES, stage=STAGES, why=WHYS)
    def first_alert(self, service: str, stage: int | None, why: dict[str, str]) -> None:
        ask = alert(service=service, stage=stage, words={"text": "x"} | why, **self.when)
        at = self.alert_at(stage, why)
        if self.tried(ask, legal=at is not None) and at:
            self.model.partner = service == "CAMHS"
            self.model.reach(at, self.on)

    @precondition(lambda self: self.model.state != "none")
    @rule(stage=STAGES, why=WHYS)
    def try_alert(self, stage: int | None, why: dict[str, str]) -> None:
        at = self.alert_at(stage, why)
        legal = self.model.state == "informal" and at is not None
        if self.tried(to_alert(stage=stage, words=why, **self.when), legal=legal) and at:
            self.model.reach(at, self.on)

    @precondition(lambda self: self.model.state != "none")
    @rule(stage=STAGES, reason=CODES["reason"], why=WHYS)
    def try_escalate(self, stage: int | None, reason: str, why: dict[str, str]) -> None:
        model = self.model
        following = model.stage + 1
        wanted = following if stage is None else stage
        legal = (
            model.state == "formal"
            and (wanted == following or (following < wanted <= TOP and bool(why)))
            and reason != "bored"
            and (reason != "overdue" or model.overdue(self.on))
        )
        ask = escalate(stage=stage, reason=reason, words=why, **self.when)
        if self.tried(ask, legal=legal):
            model.reach(wanted, self.on)

    @precondition(lambda self: self.model.state != "none")
    @rule(stage=STAGES, response=CODES["response"])
    def try_respond(self, stage: int | None, response: str) -> None:
        at = self.model.stage if stage is None else stage
        unknown = {"maybe"} | ({"not-known"} if self.known else set())
        legal = at in self.model.stages and response not in unknown
        ask = respond(stage=stage, response=response, **self.when)
        if self.tried(ask, legal=legal) and response not in ("holding", "clarification"):
            self.model.answered.add(at)

    @precondition(lambda self: self.model.state != "none")
    @rule(closure=CODES["closure"], basis=CODES["basis"], by=CODES["by"], why=WHYS)
    def try_close(self, closure: str, basis: str | None, by: str, why: dict[str, str]) -> None:
        model = self.model
        legal = (
            model.state != "closed"
            and (closure != "unresolved" or (model.state == "top" and self.exhausted))
            and (basis is None or closure in ("resolved", "partly", "explained"))
            and (basis is not None or closure not in ("resolved", "partly") or not self.known)
            and (by == "iro" or (by == "manager" and bool(why)))
        )
        ask = close(closure=closure, basis=basis, by=by, words=why, **self.when)
        if self.tried(ask, legal=legal):
            model.before, model.state = model.state, "closed"

    @property
    def exhausted(self) -> bool:
        return self.model.partner or self.model.cafcass

    @precondition(lambda self: self.model.state == "closed")
    @rule()
    def reopen(self) -> None:
        self.case.do(reopen(**self.when))
        self.model.state = self.model.before

    @precondition(lambda self: self.model.state != "none")
    @rule()
    def cafcass(self) -> None:
        self.case.do(cafcass(**self.when))
        self.model.cafcass = True

    # --- at any time ------------------------------------------------------------------------

    @precondition(lambda self: self.model.state != "none")
    @rule(text=st.sampled_from(["", " ", "Rang again."]), move=st.sampled_from([note, impact]))
    def at_any_time(self, text: str, move: Any) -> None:
        self.tried(move(self.day, text=text), legal=bool(text.strip()))

    # --- never ------------------------------------------------------------------------------

    @precondition(lambda self: self.model.state != "none")
    @rule(move=st.sampled_from([to_alert, escalate, respond, close, note, impact]))
    def on_a_wrong_day(self, move: Any) -> None:
        tomorrow, unknown = self.day + timedelta(days=1), None
        first = next(iter(self.model.stages.values()))
        too_early = [first - timedelta(days=1)] if first else []
        for on in (tomorrow, unknown, *too_early):
            self.tried(move(on), legal=False)

    @precondition(lambda self: self.model.state not in ("none", "closed"))
    @rule()
    def before_the_last_step(self) -> None:
        last = self.model.stages[self.model.stage]
        if last:
            earlier = last - timedelta(days=1)
            for move in (respond, close, escalate):
                self.tried(move(earlier), legal=False)

    # --- what always holds ------------------------------------------------------------------

    @invariant()
    def state_is_that_of_the_table(self) -> None:
        model, thread = self.model, self.case.state
        assert (thread is None) == (model.state == "none")
        if thread is None:
            return
        assert thread.closed == (model.state == "closed")
        assert {s.stage: s.on for s in thread.steps} == model.stages
        assert thread.step.stage == model.stage
        assert {s.stage for s in thread.steps if s.answer} == model.answered
        assert [s.respond_by for s in thread.steps] == [due(on) for on in model.stages.values()]


TestThread = ThreadMachine.TestCase
TestThread.__doc__ = "Legal moves lead where the table says; illegal ones are refused with advice."
TestThread.settings = settings(max_examples=200, stateful_step_count=40, deadline=None)
