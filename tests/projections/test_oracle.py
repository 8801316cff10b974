"""The views against an oracle: every figure, worked out twice, by two roads.

First the oracle itself: the Poole year as it was counted by hand, and the rules that a hand can
count. Then both on the Poole year, and on random histories, for many days, periods and positions.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import ledger_helpers as own
import oracle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from offices import Office, histories, interesting_days, new_ledger

from footprint.demo.poole import record_year
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
            "log": list(log.read(threads, calendar, at.day)),
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

PICKS = st.lists(
    st.tuples(st.integers(0, 999), st.none() | st.integers(0, 999), st.none() | st.integers(0, 60)),
    min_size=1,
    max_size=6,
)


@settings(max_examples=60)
@given(history=histories(), picks=PICKS)
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
