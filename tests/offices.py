"""Offices for tests: people who record what happens, at random, and a ledger that they keep.

A history is a list of turns, each by somebody at some time; what is not legal is passed over, as a
person would. Hypothesis makes histories, and shrinks them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import ledger_helpers as own
import oracle
import strategies
from hypothesis import strategies as st

from footprint.domain import asks
from footprint.domain import events as ev
from footprint.domain.entry import Move
from footprint.errors import Refused
from footprint.ledger.ledger import Ledger

START = date(2017, 1, 30)
PEOPLE: dict[str, Any] = {"role": st.sampled_from(["team-manager"] * 5 + [None])}
DAYS_AHEAD = st.none() | st.integers(0, 15).map(timedelta)
STAGES = st.sampled_from([None] * 6 + [0, 1, 2, 3, 4])
Asked = Callable[..., Any]
"""Makes an ask (or an event) of the day, the source and the words."""


@dataclass(frozen=True)
class Turn:
    """One thing that somebody records: after how long, of when, and to which thread."""

    waits: int | None  # days; None: until the thread's answer is due
    back: int | None  # days before today; None: the day is not known
    source: str
    nth: int
    asked: Asked


def ask(cls: type[asks.Ask], **facts: st.SearchStrategy[Any]) -> st.SearchStrategy[Asked]:
    """Asks of a class."""
    return st.builds(partial, st.just(cls), **facts)


RAISED = ask(
    asks.Raise,
    child=st.just("C1"),
    service=st.sampled_from(["CSC", "CSC", "EDU", "CAMHS"]),
    themes=st.lists(st.sampled_from(["PLC", "SIB", "DEL"]), min_size=1, max_size=2).map(tuple),
    iro=st.sampled_from(["mb", "mb", "jt", None]),
    formal=st.booleans(),
    stage=st.sampled_from([None, None, None, 3]),
    team=st.sampled_from([None, "adoption"]),
    capacity=st.sampled_from(["iro", "iro", "cp-chair"]),
    respond_by=st.sampled_from([None, None, timedelta(days=2), timedelta(days=30)]),
    **PEOPLE,
)
RESPONSES = st.sampled_from(
    ["agreed", "partly", "not-agreed", "not-known", "holding", "clarification"]
)
CLOSURES = st.sampled_from(
    ["resolved", "resolved", "partly", "explained", "unresolved", "withdrawn", "overtaken",
     "left-care", "not-known"]
)  # fmt: skip
IMPACTS = st.sampled_from(["plan", "none", "too-early"])
CAFCASS = st.sampled_from(["considered", "referred", "reply"])
NTH = st.integers(0, 7)
CORRECTED = st.sampled_from(
    [
        {"on": timedelta(days=-3)}, {"on": timedelta(days=-9)}, {"on": None},
        {"source": "transcribed"}, {"service": "EDU"}, {"service": "HLT"},
        {"themes": ("FAM", "PLC")}, {"team": "fostering"}, {"team": None}, {"iro": "zz"},
        {"response": "agreed"}, {"response": "holding"}, {"action_by": timedelta(days=2)},
        {"action_by": None}, {"closure": "withdrawn", "basis": None},
        {"closure": "resolved", "basis": "agreed"}, {"impact": "too-early"}, {"step": "advice"},
        {"capacity": "cp-chair"}, {"stage": 1}, {"stage": 2}, {"respond_by": timedelta(days=4)},
    ]
)  # fmt: skip
LATER: tuple[st.SearchStrategy[Asked], ...] = (
    ask(asks.RaiseToAlert, **PEOPLE, stage=st.sampled_from([None, None, 3])),
    ask(asks.Escalate, **PEOPLE, reason=st.sampled_from(["serious", "overdue"]), stage=STAGES),
    ask(asks.Escalate, **PEOPLE, reason=st.just("serious")),
    ask(asks.RaiseToAlert, **PEOPLE),
    ask(asks.Respond, **PEOPLE, response=RESPONSES, stage=STAGES, action_by=DAYS_AHEAD),
    ask(asks.Respond, **PEOPLE, response=RESPONSES, action_by=DAYS_AHEAD),
    ask(asks.Respond, **PEOPLE, response=RESPONSES),
    ask(asks.Respond, **PEOPLE, response=RESPONSES),
    ask(asks.Close, closure=CLOSURES, basis=st.sampled_from([None, "done", "agreed"])),
    ask(asks.Close, closure=st.sampled_from(["resolved", "partly"]), basis=st.just("agreed")),
    ask(asks.Close, closure=CLOSURES),
    ask(asks.AddNote),
    ask(asks.RecordImpact, impact=IMPACTS),
    ask(asks.Reopen),
    ask(asks.Reopen),
    ask(asks.RecordCafcass, step=CAFCASS),
    ask(asks.Tell, party=st.sampled_from(["child", "parent"])),
    ask(asks.File),
    ask(asks.HandOver, iro=st.sampled_from(["sk", "pd"])),
    ask(asks.Correct, entry=NTH, facts=CORRECTED, keep_due=st.booleans()),
    ask(asks.Correct, entry=NTH, facts=CORRECTED),
)


def ladder(version: int, days: int) -> ev.LadderAdopted:
    """The authority's ladder with its first stage informal, and other times to answer."""
    stages = [{"stage": n, "label": f"Stage {n}", "days": days, "counts": n > 1} for n in range(4)]
    return ev.LadderAdopted(
        ladder="authority", version=version, starts_on=START, services=("CSC", "EDU"),
        stages=stages, total_days=15,
    )  # fmt: skip


def calendar(version: int, last: date, off: Iterable[date]) -> ev.CalendarAdopted:
    return ev.CalendarAdopted(
        calendar="Example", version=version, starts_on=START, first=date(2016, 12, 1),
        last=last, off=tuple(off), taken_from="the tests",
    )  # fmt: skip


POLICY = st.sampled_from(
    [
        ladder(2, 2), ladder(3, 8),
        calendar(2, date(2017, 12, 31), [date(2017, 2, 14), date(2017, 3, 8)]),
        calendar(3, date(2017, 7, 31), []),
    ]
)  # fmt: skip
TURN: dict[str, st.SearchStrategy[Any]] = {
    "waits": st.sampled_from([0, 0, 1, 2, 3, 5, 8, 21, None]),
    "back": st.sampled_from([*[0] * 8, 1, 1, 2, 4, 7, 12, 40, 2600, None, None, None]),
    "source": st.sampled_from(["at-the-time", "transcribed", "recalled"]),
    "nth": st.sampled_from([0, 0, 0, 1, 1, 2, 3]),
}


@dataclass(frozen=True)
class Issued:
    """That the report of a year is given out: of the current one, or of so many years before."""

    years_ago: int


ISSUED = st.integers(0, 1).map(Issued)


def turns(*asked: st.SearchStrategy[Asked]) -> st.SearchStrategy[Turn]:
    return st.builds(Turn, **TURN, asked=st.one_of(asked))


def histories(
    *, busy: int = 1, issuing: bool = False, long: int = 14
) -> st.SearchStrategy[list[Any]]:
    """Histories that begin with a thread; the busier, the more of their turns begin another.

    Half have at least `long` turns: a list without a least size is short (and shrinks well).
    """
    beside = (POLICY, ISSUED) if issuing else (POLICY,)
    later, raised = [turns(*LATER) for _ in range(9)], [turns(RAISED) for _ in range(busy)]
    turn = st.one_of(*later, *raised, *beside)  # one strategy given twice would weigh no more
    most = long + 26
    more = st.lists(turn, max_size=most) | st.lists(turn, min_size=long, max_size=most)
    return st.tuples(turns(RAISED), more).map(lambda parts: [parts[0], *parts[1]])


def new_ledger(folder: Path, clock: Callable[[], str], *, signed: bool = False) -> Ledger:
    """A ledger with the bank holidays of England, worked out in the tests."""
    path = own.path_in(folder)
    policy = own.first_policy(own.DAY, strategies.england(), "worked out in the tests")
    signer = own.create_signer(own.home_in(folder), own.ORIGIN, path) if signed else None
    key = signer.verifier.vkey if signer else "none"
    opened = own.LedgerOpened(authority="Example", origin=own.ORIGIN, key=key)
    return own.create_ledger(path, opened, policy, actor="t", sealer=signer, clock=clock)


class Office:
    """People who record; what is not legal is passed over, as a person would."""

    def __init__(self, folder: Path, *, signed: bool = False) -> None:
        self.today, self.hour = START, 9
        self.ledger = new_ledger(folder, self.clock, signed=signed)
        self.streams: list[str] = []

    def clock(self) -> str:
        return f"{self.today}T{self.hour:02}:30:00.000000Z"

    def live(self, history: Iterable[Turn | Issued | ev.Event]) -> None:
        with self.ledger.writing():
            for turn in history:
                if isinstance(turn, Turn):
                    self.take(turn)
                elif isinstance(turn, Issued):
                    self.issue(turn)
                else:
                    self.append("policy", turn, self.today, "at-the-time")

    def take(self, turn: Turn) -> None:
        if not self.streams and turn.asked.func is not asks.Raise:
            return
        waits = self.until_due(turn) if turn.waits is None else turn.waits
        self.today += timedelta(days=waits)
        self.hour = 23 if waits % 2 else 9
        today = oracle.day_in_london(self.clock())
        on = None if turn.back is None else today - timedelta(days=turn.back)
        source = "recalled" if on is None and turn.source == "at-the-time" else turn.source
        facts = {
            name: self.settled(name, value, turn) for name, value in turn.asked.keywords.items()
        }
        stream = None if turn.asked.func is asks.Raise else self.stream(turn)
        words = {"text": "x", "why": "y"}
        if turn.asked.func is asks.Correct:
            on, words = today, {"reason": "x"}
        made = turn.asked.func(on=on, source=source, words=words, **facts)
        try:
            recorded = self.ledger.record(made, actor="t", stream=stream)
        except Refused:
            return
        if stream is None:
            self.streams.append(recorded.stream)

    def issue(self, turn: Issued) -> None:
        """Record that it was given out; its digest is anything."""
        year = oracle.year_of(self.today - timedelta(days=365 * turn.years_ago))
        event = ev.ReportIssued(
            report="annual-full", period=year, position=self.ledger.size(), digest="00" * 32
        )
        self.append("ledger", event, self.today, "at-the-time")

    def until_due(self, turn: Turn) -> int:
        """How many days are left to answer the thread, from today."""
        thread = self.ledger.thread(self.stream(turn)) if self.streams else None
        by = thread.step.respond_by if thread else None
        return max((by - self.today).days, 0) if by else 0

    def stream(self, turn: Turn) -> str:
        return self.streams[turn.nth % len(self.streams)]

    def settled(self, name: str, value: Any, turn: Turn) -> Any:
        """Days ahead become a day, and the number of an entry its position."""
        if isinstance(value, timedelta):
            return self.today - timedelta(days=turn.back or 0) + value
        if name == "entry":
            entries = self.ledger.entries(self.stream(turn))
            return entries[value % len(entries)].position
        if isinstance(value, dict):
            return {fact: self.settled(fact, each, turn) for fact, each in value.items()}
        return value

    def append(self, stream: str, event: ev.Event, on: date | None, source: str) -> None:
        move = Move(event=event, occurred_on=on, source=source, words={})
        self.ledger.append(stream, [move], actor="t")


def interesting_days(ledger: Ledger) -> list[date]:
    """Those on which something happened or was due, the days beside them, and some others."""
    days = {START, START - timedelta(days=400), START + timedelta(days=400)}
    for entry in ledger.all_entries():
        if entry.stream.startswith("CH-"):
            said = [entry.occurred_on, *vars(entry.event).values()]
            days |= {day for day in said if isinstance(day, date)}
    beside = {day + timedelta(days=by) for day in days for by in (-1, 1)}
    return sorted(days | beside | {oracle.end_of_quarter(day) for day in days})
