"""Every move, legal and illegal, in any order, against a small model of the table of moves.

| state | legal, and where it leads |
| --- | --- |
| none | challenge to informal; alert to formal |
| informal | respond; alert to formal; close to closed |
| formal | respond; escalate, to formal or top; close to closed |
| top | respond; close to closed |
| closed | respond (history only); reopen to the state before |

At any time: note, impact, cafcass, tell, filed, handover, correct. The model keeps the state by
itself and never looks into the thread; the days off are those worked out in the tests. Here the
corrections are of answers and notes, which nothing later is measured by; `test_correcting.py`
corrects the rest.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from operator import itemgetter
from typing import Any

import pytest
import strategies as own
from domain.casework import (
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
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from footprint.domain.asks import AddNote, Ask, RecordImpact
from footprint.domain.corrections import corrected_words
from footprint.errors import Refused

TOP = 4
WHYS = st.sampled_from([{}, {"why": "serious"}])
STAGES = st.none() | st.integers(-1, 6)
SERVICES = st.sampled_from(["CSC", "CAMHS"])
TEXTS = st.sampled_from(["", " ", "Rang again.", "A plan."])
RESPONSES = st.sampled_from(
    ["agreed", "partly", "not-agreed", "holding", "clarification", "not-known", "maybe"]
)
CODES = {
    "reason": st.sampled_from(["overdue", "unsatisfied", "serious", "not-known", "bored"]),
    "closure": st.sampled_from(
        [
            *("resolved", "partly", "explained", "unresolved", "withdrawn"),
            *("overtaken", "left-care", "not-known", "ended"),
        ]
    ),
    "basis": st.none() | st.sampled_from(["done", "agreed"]),
    "by": st.sampled_from(["iro", "manager", "addressee"]),
}
LATER = [
    *(to_alert, escalate, respond, close, reopen),
    *(note, impact, cafcass, tell, file, hand_over),
]
NO_ANSWER = ("holding", "clarification")


def due(sent: date | None, days: int = 5) -> date | None:
    """That many working days on, counted off."""
    day, left = sent, days
    while day and left:
        day += timedelta(days=1)
        left -= day.weekday() < 5 and day not in own.england()
    return day


def latest(*days: date | None) -> date:
    return max((day for day in days if day), default=date.min)


def before(on: date | None, other: date | None) -> bool:
    """Whether a day is before another; a day that is not known is before none."""
    return on is not None and other is not None and on < other


def in_order(said: list[tuple[Any, date | None]]) -> list[tuple[Any, date | None]]:
    """What was said, by its day; on a day not known, just behind what was recorded before it."""
    day = date.min
    dated = [(day := on or day, n, what) for n, (what, on) in enumerate(said)]
    return [(what, said[n][1]) for _, n, what in sorted(dated, key=itemgetter(0, 1))]


@dataclass
class Given:
    """An answer, and the entry that it is in."""

    entry: int
    stage: int
    response: str
    on: date | None
    action_by: date | None
    unknown: list[str]  # what it may say, besides, if it is not of the time


@dataclass
class Model:
    """What the table of moves knows of a thread."""

    state: str = "none"
    before: str = ""
    partner: bool = False
    stages: dict[int, date | None] = field(default_factory=dict)  # reached, and when
    answers: list[Given] = field(default_factory=list)
    closings: list[date | None] = field(default_factory=list)
    reopenings: list[date | None] = field(default_factory=list)
    said: dict[str, list[tuple[str, date | None]]] = field(
        default_factory=lambda: {"cafcass": [], "impacts": [], "filed": [], "iros": []}
    )
    notes: dict[int, str] = field(default_factory=dict)

    @property
    def stage(self) -> int:
        return max(self.stages)

    @property
    def began(self) -> date:
        return latest(*list(self.stages.values())[:1])

    @property
    def moved(self) -> date:
        """The last day on which it was sent on or reopened."""
        return latest(*self.stages.values(), *self.reopenings)

    @property
    def alerted(self) -> date | None:
        return next((on for stage, on in self.stages.items() if stage), None)

    def reach(self, stage: int, on: date | None) -> None:
        self.stages[stage] = on
        self.state = {0: "informal", TOP: "top"}.get(stage, "formal")

    def answered(self, stage: int) -> list[Given]:
        return [g for g in self.answers if g.stage == stage and g.response not in NO_ANSWER]

    def promised(self) -> date | None:
        """The promise that stands at this stage: the latest that was made."""
        given = in_order([(g.action_by, g.on) for g in self.answers if g.stage == self.stage])
        made = [by for by, _ in given if by]
        return made[-1] if made else None

    def overdue(self, on: date | None) -> bool:
        """No answer by that day, and the time for one over; or a promise of this stage lapsed."""
        given, last = self.answered(self.stage), due(self.stages[self.stage])
        first = min((g.on for g in given if g.on), default=None)
        answered = bool(given) and not before(on, first)
        late = on is None or last is None or last < on
        return (late and not answered) or before(self.promised(), on)


class ThreadMachine(RuleBasedStateMachine):
    """Drives one thread; each rule says by the model whether its move is legal, and where to."""

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.day = march(1)
        self.on: date | None = self.day
        self.may_forget = True
        self.case = Case(today=self.day)

    # --- days -------------------------------------------------------------------------------

    @initialize(may_forget=st.booleans(), known=st.booleans())
    def begin(self, may_forget: bool, known: bool) -> None:  # noqa: FBT001
        """Either some days are not known, or some moves are recorded days after they happened."""
        self.may_forget = may_forget
        self.on = self.day if known or not may_forget else None

    @rule(days=st.integers(0, 12), ago=st.sampled_from([0, 0, 1, 3, 8]))
    def wait(self, days: int, ago: int) -> None:
        """What is recorded next happened today, or some days ago, or on a day not known."""
        self.day += timedelta(days=days)
        self.case.today = self.day
        if self.may_forget:
            self.on = None if ago else self.day
        else:
            self.on = self.day - timedelta(days=ago)

    @precondition(lambda self: self.model.state == "formal")
    @rule(late=st.booleans())
    def escalate_for_want_of_an_answer(self, late: bool) -> None:  # noqa: FBT001
        """On the last day to answer, or the day after."""
        last = due(self.model.stages[self.model.stage])
        if last and last >= self.day:
            self.wait((last - self.day).days + late, ago=0)
            self.try_escalate(stage=None, reason="overdue", why={})

    @precondition(lambda self: self.model.state == "top")
    @rule()
    def exhaust(self) -> None:
        self.try_close(closure="unresolved", basis=None, by="iro", why={})

    @property
    def known(self) -> bool:
        return self.on is not None

    @property
    def when(self) -> dict[str, Any]:
        """The day of the next move; in a recalled entry it may be unknown."""
        return {"on": self.on} if self.known else {"on": None, "source": "recalled"}

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
            self.began(service, 0)

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
            self.began(service, at)

    def began(self, service: str, stage: int) -> None:
        self.model.partner = service == "CAMHS"
        self.model.reach(stage, self.on)
        self.model.said["iros"].append(("ab", self.on))

    @precondition(lambda self: self.model.state != "none")
    @rule(stage=STAGES, why=WHYS)
    def try_alert(self, stage: int | None, why: dict[str, str]) -> None:
        model, at = self.model, self.alert_at(stage, why)
        legal = at is not None and model.state == "informal" and not before(self.on, model.moved)
        if self.tried(to_alert(stage=stage, words=why, **self.when), legal=legal) and at:
            model.reach(at, self.on)

    @precondition(lambda self: self.model.state != "none")
    @rule(stage=STAGES, reason=CODES["reason"], why=WHYS)
    def try_escalate(self, stage: int | None, reason: str, why: dict[str, str]) -> None:
        model = self.model
        following = model.stage + 1
        wanted = following if stage is None else stage
        legal = (
            model.state == "formal"
            and (wanted == following or (following < wanted <= TOP and bool(why)))
            and reason in ("overdue", "unsatisfied", "serious", *self.unknown)
            and (reason != "overdue" or model.overdue(self.on))
            and not before(self.on, model.moved)
        )
        ask = escalate(stage=stage, reason=reason, words=why, **self.when)
        if self.tried(ask, legal=legal):
            model.reach(wanted, self.on)

    @property
    def unknown(self) -> list[str]:
        """What an entry made at the time cannot say."""
        return [] if self.known else ["not-known"]

    @precondition(lambda self: self.model.state != "none")
    @rule(stage=STAGES, response=RESPONSES, promise=st.sampled_from([None, None, 0, 9, -1]))
    def try_respond(self, stage: int | None, response: str, promise: int | None) -> None:
        model = self.model
        at = model.stage if stage is None else stage
        by = None if promise is None else (self.on or self.day) + timedelta(days=promise)
        legal = (
            at in model.stages
            and response in ("agreed", "partly", "not-agreed", *NO_ANSWER, *self.unknown)
            and not before(self.on, latest(model.began, model.stages[at]))
            and not before(by, self.on)
        )
        ask = respond(stage=stage, response=response, action_by=by, **self.when)
        if self.tried(ask, legal=legal):
            model.answers.append(
                Given(len(self.case.entries), at, response, self.on, by, self.unknown)
            )

    @precondition(lambda self: self.model.state != "none")
    @rule(closure=CODES["closure"], basis=CODES["basis"], by=CODES["by"], why=WHYS)
    def try_close(self, closure: str, basis: str | None, by: str, why: dict[str, str]) -> None:
        model = self.model
        legal = (
            model.state != "closed"
            and closure != "ended"
            and (closure != "not-known" or not self.known)
            and (closure != "unresolved" or (model.state == "top" and self.exhausted))
            and (basis is None or closure in ("resolved", "partly", "explained"))
            and (basis is not None or closure not in ("resolved", "partly") or not self.known)
            and (by == "iro" or (by == "manager" and bool(why)))
            and not before(self.on, model.moved)
        )
        ask = close(closure=closure, basis=basis, by=by, words=why, **self.when)
        if self.tried(ask, legal=legal):
            model.closings.append(self.on)
            model.before, model.state = model.state, "closed"

    @property
    def exhausted(self) -> bool:
        """Whether Cafcass was considered by now, or does not come into it."""
        considered = [on for _, on in self.model.said["cafcass"]]
        return self.model.partner or any(not before(self.on, on) for on in considered)

    @precondition(lambda self: self.model.state != "none")
    @rule()
    def try_reopen(self) -> None:
        model = self.model
        legal = model.state == "closed" and not before(self.on, model.closings[-1])
        if self.tried(reopen(**self.when), legal=legal):
            model.reopenings.append(self.on)
            model.state = model.before

    # --- at any time ------------------------------------------------------------------------

    def said(self, name: str, code: str, ask: Ask, *, legal: bool) -> None:
        if self.tried(ask, legal=legal and not before(self.on, self.model.began)):
            self.model.said[name].append((code, self.on))

    @precondition(lambda self: self.model.state != "none")
    @rule(step=st.sampled_from(["considered", "considered", "referred", "sent"]))
    def try_cafcass(self, step: str) -> None:
        self.said("cafcass", step, cafcass(step=step, **self.when), legal=step != "sent")

    @precondition(lambda self: self.model.state != "none")
    @rule(code=st.sampled_from(["plan", "none", "too-early", "plans"]), text=TEXTS)
    def try_impact(self, code: str, text: str) -> None:
        ask = RecordImpact(impact=code, words={"text": text}, **self.when)
        self.said("impacts", code, ask, legal=code != "plans" and bool(text.strip()))

    @precondition(lambda self: self.model.state != "none")
    @rule()
    def try_file(self) -> None:
        self.said("filed", "", file(**self.when), legal=True)

    @precondition(lambda self: self.model.state != "none")
    @rule(iro=st.sampled_from(["ab", "cd", "a b"]))
    def try_hand_over(self, iro: str) -> None:
        """To anybody but the IRO who has it."""
        has = in_order(self.model.said["iros"])[-1][0]
        self.said("iros", iro, hand_over(iro=iro, **self.when), legal=" " not in iro and iro != has)

    @precondition(lambda self: self.model.state != "none")
    @rule(
        party=st.sampled_from(["child", "court", "neighbour"]),
        view=st.sampled_from([{}, {"view": "opposes"}, {"view": "cross"}]),
    )
    def try_tell(self, party: str, view: dict[str, str]) -> None:
        legal = party != "neighbour" and view.get("view") != "cross"
        legal = legal and not before(self.on, self.model.began)
        self.tried(tell(party=party, words=view, **self.when), legal=legal)

    @precondition(lambda self: self.model.state != "none")
    @rule(text=TEXTS)
    def try_note(self, text: str) -> None:
        ask = AddNote(words={"text": text}, **self.when)
        if self.tried(ask, legal=bool(text.strip()) and not before(self.on, self.model.began)):
            self.model.notes[len(self.case.entries)] = text

    # --- put right --------------------------------------------------------------------------

    @precondition(lambda self: self.model.answers)
    @rule(which=st.integers(0), response=RESPONSES, keep=st.booleans())
    def correct_what_was_answered(self, which: int, response: str, keep: bool) -> None:  # noqa: FBT001
        given = self.model.answers[which % len(self.model.answers)]
        may_be = ["agreed", "partly", "not-agreed", *NO_ANSWER, *given.unknown]
        legal = response in may_be and response != given.response
        ask = correct(given.entry, response=response, keep_due=keep, made=self.day)
        if self.tried(ask, legal=legal):
            given.response = response

    @precondition(lambda self: self.model.answers)
    @rule(which=st.integers(0), ago=st.integers(-1, 20))
    def correct_when_it_was_answered(self, which: int, ago: int) -> None:
        given = self.model.answers[which % len(self.model.answers)]
        on = self.day - timedelta(days=ago)
        legal = (
            ago >= 0
            and on != given.on
            and not before(on, latest(self.model.began, self.model.stages[given.stage]))
            and not before(given.action_by, on)
        )
        if self.tried(correct(given.entry, on=on, made=self.day), legal=legal):
            given.on = on

    @precondition(lambda self: self.model.notes)
    @rule(which=st.integers(0), text=TEXTS)
    def correct_a_note(self, which: int, text: str) -> None:
        entry = sorted(self.model.notes)[which % len(self.model.notes)]
        legal = bool(text.strip()) and text != self.model.notes[entry]
        if self.tried(correct(entry, new={"text": text}, made=self.day), legal=legal):
            self.model.notes[entry] = text

    @precondition(lambda self: self.case.entries)
    @rule(entry=st.integers(-1, 60))
    def correct_nothing(self, entry: int) -> None:
        """An entry that is not of the thread, or one that would say what it says already."""
        self.tried(correct(entry, made=self.day), legal=False)

    # --- never ------------------------------------------------------------------------------

    @precondition(lambda self: self.model.state != "none")
    @rule(move=st.sampled_from(LATER))
    def on_a_wrong_day(self, move: Any) -> None:
        tomorrow, unknown = self.day + timedelta(days=1), None
        first = next(iter(self.model.stages.values()))
        too_early = [first - timedelta(days=1)] if first else []
        for on in (tomorrow, unknown, *too_early):
            self.tried(move(on), legal=False)

    @precondition(lambda self: self.model.state == "none")
    @rule(move=st.sampled_from(LATER))
    def before_it_begins(self, move: Any) -> None:
        with pytest.raises(Refused, match="begins with a challenge or an alert"):
            self.case.decided(move(self.day))

    @precondition(lambda self: self.model.state != "none")
    @rule(move=st.sampled_from([raised, alert]))
    def begin_again(self, move: Any) -> None:
        with pytest.raises(Refused, match="only once"):
            self.case.decided(move(self.day))

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
        assert {s.stage for s in thread.steps if s.answer} == {
            stage for stage in model.stages if model.answered(stage)
        }
        assert [s.respond_by for s in thread.steps] == [due(on) for on in model.stages.values()]
        assert thread.resolve_by == (None if model.partner else due(model.alerted, 20))

    @invariant()
    def what_was_said_is_kept_in_order(self) -> None:
        model, thread = self.model, self.case.state
        if thread is None:
            return
        for step in thread.steps:
            given = [((g.response, g.action_by), g.on) for g in model.answers
                     if g.stage == step.stage]  # fmt: skip
            kept = [((a.response, a.action_by), a.on) for a in step.answers]
            assert kept == in_order(given)
        assert [closing.on for closing in thread.closings] == model.closings
        assert list(thread.reopenings) == model.reopenings
        for name in ("cafcass", "impacts", "iros"):
            assert list(getattr(thread, name)) == in_order(model.said[name])
        assert list(thread.filed) == [on for _, on in model.said["filed"]]
        words = corrected_words(self.case.entries, self.case.words)
        assert {entry: words[entry]["text"] for entry in model.notes} == model.notes


TestThread = ThreadMachine.TestCase
TestThread.__doc__ = "Legal moves lead where the table says; illegal ones are refused with advice."
TestThread.settings = settings(max_examples=200, stateful_step_count=40, deadline=None)
