"""The views against an oracle: every figure, worked out twice, by two roads.

First the oracle itself: the Poole year as it was counted by hand, and the rules that a hand can
count. Then both on the Poole year, and on random histories, for many days, periods and positions.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import ledger_helpers as own
import oracle
import pytest
import strategies
from hypothesis import given, settings
from hypothesis import strategies as st

from footprint.demo.poole import record_year
from footprint.domain import asks
from footprint.domain import events as ev
from footprint.domain.entry import Move
from footprint.errors import Refused
from footprint.ledger.ledger import Ledger
from footprint.projections import counts, due, log, times
from footprint.projections.views import Views

Records = list[dict[str, Any]]


# --- the two roads --------------------------------------------------------------------------


@dataclass(frozen=True)
class At:
    """What is asked: a period (from `first`, or from the beginning) up to a day, as known at."""

    day: date
    first: date | None
    upto: int


def by_the_views(ledger: Ledger, at: At) -> dict[str, Records]:
    """What the project prints, with days as ISO text."""
    whole = at.upto == ledger.size()
    views = Views.beside(ledger) if whole else Views.at(ledger, at.upto)
    with closing(views):
        calendar, threads = views.policy().calendar, list(views.threads())
        found = {
            "log": log.read(threads, calendar, at.day),
            "times": times.read(threads, calendar, at.first, at.day),
            "counts": counts.read(threads, at.day),
            "due": due.read(threads, views.policy(), at.day),
        }
    return json.loads(json.dumps(found, default=str))


def by_the_oracle(ledger: Ledger, at: At) -> dict[str, Records]:
    export = oracle.Export.read(ledger.path, at.upto)
    found = {
        "log": oracle.log(export, at.day),
        "times": oracle.times(export, at.first, at.day),
        "counts": oracle.counts(export, at.day),
        "due": oracle.due(export, at.day),
    }
    return json.loads(json.dumps(found))


KEYS = {
    "log": ("ref",),
    "times": ("by", "key", "kind"),
    "counts": ("service", "ladder", "year", "quarter"),
    "due": ("ref",),
}


def by_key(view: str, records: Records) -> dict[Any, dict[str, Any]]:
    """The records by what they are of."""
    kept = {tuple(record[name] for name in KEYS[view]): record for record in records}
    assert len(kept) == len(records)
    return kept


def differences(view: str, found: Records, expected: Records) -> list[str]:
    """What a reader of a failure needs: whose record, which figure, found and expected."""
    ours, theirs = by_key(view, found), by_key(view, expected)
    return [
        f"{key} {name}: found {ours.get(key, {}).get(name)!r}, {theirs.get(key, {}).get(name)!r}"
        for key in sorted(ours.keys() | theirs.keys(), key=str)
        for name in sorted(ours.get(key, {}).keys() | theirs.get(key, {}).keys())
        if ours.get(key, {}).get(name, "nothing") != theirs.get(key, {}).get(name, "nothing")
    ]


def assert_same(ledger: Ledger, at: At) -> None:
    """Every record of every view equals the oracle's, and they are in the same order."""
    expected, found = by_the_oracle(ledger, at), by_the_views(ledger, at)
    for view, records in found.items():
        assert differences(view, records, expected[view]) == [], (view, at)
    for view in ("log", "due"):
        assert [r["ref"] for r in found[view]] == [r["ref"] for r in expected[view]], (view, at)


# --- the Poole year -------------------------------------------------------------------------

MARCH_31, APRIL_24, APRIL_25 = date(2017, 3, 31), date(2017, 4, 24), date(2017, 4, 25)
YEAR = date(2016, 4, 1), MARCH_31


def new_ledger(folder: Path, clock: Callable[[], str]) -> Ledger:
    """A ledger with the bank holidays of England, worked out in the tests."""
    path = own.path_in(folder)
    policy = own.first_policy(own.DAY, strategies.england(), "worked out in the tests")
    opened = own.LedgerOpened(authority="Example", origin=own.ORIGIN, key="none")
    return own.create_ledger(path, opened, policy, actor="t", sealer=None, clock=clock)


@pytest.fixture(scope="module")
def poole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    folder = tmp_path_factory.mktemp("poole")
    with closing(new_ledger(folder, lambda: "2017-05-02T09:00:00.000000Z")) as ledger:
        record_year(ledger)
        yield ledger


@pytest.fixture(scope="module")
def export(poole: Ledger) -> oracle.Export:
    return oracle.Export.read(poole.path)


def overall(records: Records) -> dict[str, dict[str, Any]]:
    return {record["kind"]: record for record in records if record["by"] == "overall"}


def total(records: Records, field: str, name: str) -> dict[str, int]:
    sums = Counter[str]()
    for record in records:
        sums[record[field]] += record[name]
    return dict(+sums)


def test_the_oracle_finds_the_threads_of_poole(export: oracle.Export) -> None:
    """26 threads: 20 alerts and 6 challenges; 23 closed; A20 and L06 answered, L02 never."""
    found = {record["ref"]: record for record in oracle.log(export, APRIL_25)}
    kinds = Counter((record["kind"], record["status"]) for record in found.values())
    assert kinds == {
        ("alert", "closed"): 19, ("alert", "open"): 1,
        ("challenge", "closed"): 4, ("challenge", "open"): 2,
    }  # fmt: skip
    left = {ref: record["response"] for ref, record in found.items() if record["status"] == "open"}
    assert left == {"CH-20": "partly", "CH-22": None, "CH-26": "not-agreed"}
    escalated = {ref: record["stage"] for ref, record in found.items() if record["escalations"]}
    assert escalated == {"CH-16": 2}


def test_the_oracle_finds_the_times_of_poole(export: oracle.Export) -> None:
    """n 19, median 17, mean 16, longest 29; stage 1 on time 15 of 20, stage 0 4 of 6."""
    found = overall(oracle.times(export, *YEAR))
    alerts, challenges = found["alert"], found["challenge"]
    assert {name: alerts[name] for name in alerts if name.endswith("_working_days")} == {
        "median_working_days": 17, "mean_working_days": 16, "longest_working_days": 29,
    }  # fmt: skip
    assert (alerts["resolved"], alerts["open"]) == (19, 1)
    assert (alerts["responses_on_time"], alerts["responses_due"]) == (15, 20)
    assert (challenges["responses_on_time"], challenges["responses_due"]) == (4, 6)
    assert (challenges["resolved"], challenges["open"]) == (4, 2)
    assert (alerts["dates_not_known"], challenges["dates_not_known"]) == (1, 0)


@pytest.mark.parametrize(
    ("day", "base"), [(MARCH_31, 19), (APRIL_24 - timedelta(days=1), 19), (APRIL_24, 20)]
)
def test_the_oracle_finds_15_of_19_and_then_of_20(
    export: oracle.Export, day: date, base: int
) -> None:
    """Within 20: 15 of 19 at 31 March 2017, 15 of 20 from 24 April 2017."""
    found = overall(oracle.times(export, None, day))["alert"]
    assert (found["within_20"], found["within_20_base"]) == (15, base)


def test_the_oracle_finds_the_counts_of_poole(export: oracle.Export) -> None:
    """By service, quarter and source; A16 alone was escalated, in the quarter of its alert."""
    found = oracle.counts(export, MARCH_31)
    assert total(found, "service", "alerts_raised") == {"CSC": 18, "CHAD": 2}
    assert total(found, "quarter", "alerts_raised") == {"Q1": 5, "Q2": 4, "Q3": 4, "Q4": 7}
    assert total(found, "service", "challenges_raised") == {
        "CSC": 1, "CAMHS": 2, "VS": 1, "EDU": 1, "COM": 1,
    }  # fmt: skip
    assert total(found, "year", "recalled") == {"2016-17": 13}
    assert total(found, "year", "transcribed") == {"2016-17": 7 + 6}
    assert total(found, "quarter", "alerts_escalated") == {"Q4": 1}
    assert total(found, "quarter", "closures") | total(found, "year", "closures") == {
        "Q1": 3, "Q2": 5, "Q3": 6, "Q4": 9, "2016-17": 23,
    }  # fmt: skip


def test_the_oracle_finds_the_themes_and_the_informal_share(export: oracle.Export) -> None:
    """Assessment 6, placement change 5, paperwork 4, input 3, adoption 2; informally 4 of 23."""
    found = oracle.log(export, MARCH_31)
    themes = Counter(t for record in found if record["kind"] == "alert" for t in record["themes"])
    assert themes == {"ASQ": 6, "PLC": 5, "PAP": 4, "SWK": 3, "ADO": 2}
    resolved = [record["kind"] for record in found if record["closure"] == "resolved"]
    assert (resolved.count("challenge"), len(resolved)) == (4, 23)


def test_the_oracle_says_what_is_due_in_poole(export: oracle.Export) -> None:
    """On 25 April A20 is over its twenty days; L02 was never answered, L06 waits for the IRO."""
    found = oracle.due(export, APRIL_25)
    told = [(r["ref"], r["due"], r["by"], r["working_days"]) for r in found]
    assert told == [
        ("CH-20", ["total", "decide"], "2017-04-24", 1),
        ("CH-22", ["response", "decide"], "2016-12-01", 98),
        ("CH-26", ["decide"], "2017-03-22", 22),
    ]


def poole_days() -> Iterator[At]:
    for day in (date(2016, 4, 13), date(2016, 10, 1), date(2017, 2, 10), MARCH_31, APRIL_25):
        yield At(day, None, 10**6)
        yield At(day, *YEAR[:1], 10**6)
    for upto in (6, 7, 30, 55):
        yield At(date(2017, 5, 2), None, upto)


@pytest.mark.parametrize("at", list(poole_days()), ids=lambda at: f"{at.day} {at.first} {at.upto}")
def test_the_views_of_the_poole_year_are_the_oracles(poole: Ledger, at: At) -> None:
    """On several days, in the year and from the beginning, and as known at several entries."""
    assert_same(poole, replace(at, upto=min(at.upto, poole.size())))


# --- random histories -----------------------------------------------------------------------

START = date(2017, 1, 30)
PEOPLE: dict[str, Any] = {"role": st.sampled_from(["team-manager"] * 5 + [None])}
DAYS_AHEAD = st.none() | st.integers(0, 15).map(timedelta)
STAGES = st.sampled_from([None] * 6 + [0, 1, 2, 3, 4])
Asked = Callable[..., Any]
"""Makes an ask (or an event) of the day, the source and the words."""


@dataclass(frozen=True)
class Turn:
    """One thing that somebody records: after how long, of when, and to which thread."""

    waits: int
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
    "waits": st.sampled_from([0, 0, 1, 2, 3, 5, 8, 21]),
    "back": st.sampled_from([*[0] * 8, 1, 1, 2, 4, 7, 12, 40, 2600, None, None, None]),
    "source": st.sampled_from(["at-the-time", "transcribed", "recalled"]),
    "nth": st.sampled_from([0, 0, 0, 1, 1, 2, 3]),
}


def turns(*asked: st.SearchStrategy[Asked]) -> st.SearchStrategy[Turn]:
    return st.builds(Turn, **TURN, asked=st.one_of(asked))


ANY_TURN = st.one_of(*(turns(*LATER) for _ in range(9)), turns(RAISED), POLICY)
HISTORIES = st.tuples(  # a list without a least size is short, and shrinks well
    turns(RAISED), st.lists(ANY_TURN, max_size=40) | st.lists(ANY_TURN, min_size=14, max_size=40)
).map(lambda parts: [parts[0], *parts[1]])


class Office:
    """People who record; what is not legal is passed over, as a person would."""

    def __init__(self, folder: Path) -> None:
        self.today, self.hour = START, 9
        self.ledger = new_ledger(folder, self.clock)
        self.streams: list[str] = []

    def clock(self) -> str:
        return f"{self.today}T{self.hour:02}:30:00.000000Z"

    def live(self, history: Iterable[Turn | ev.Event]) -> None:
        with self.ledger.writing():
            for turn in history:
                if isinstance(turn, Turn):
                    self.take(turn)
                else:
                    self.append("policy", turn, self.today, "at-the-time")

    def take(self, turn: Turn) -> None:
        if not self.streams and turn.asked.func is not asks.Raise:
            return
        self.today += timedelta(days=turn.waits)
        self.hour = 23 if turn.waits % 2 else 9
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


PICKS = st.lists(
    st.tuples(st.integers(0, 999), st.none() | st.integers(0, 999), st.none() | st.integers(0, 60)),
    min_size=1,
    max_size=6,
)


@settings(max_examples=60)
@given(history=HISTORIES, picks=PICKS)
def test_the_views_of_any_history_are_the_oracles(
    tmp_path_factory: pytest.TempPathFactory, history: list[Any], picks: list[Any]
) -> None:
    """Whatever was recorded: on any day, in any period, and as known at any entry."""
    office = Office(tmp_path_factory.mktemp("l"))
    with closing(office.ledger) as ledger:
        office.live(history)
        days, size = interesting_days(ledger), ledger.size()
        for nth, first, upto in picks:
            day = days[nth % len(days)]
            begins = None if first is None else days[first % len(days)]
            if begins and begins > day:
                begins, day = day, begins
            position = size if upto is None else own.START + upto % (size - own.START + 1)
            assert_same(ledger, At(day, begins, position))
