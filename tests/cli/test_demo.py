"""The demonstration, against the Poole year as it was counted by hand."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import servers
from cli_helpers import DONE, REFUSED, Place, one_message
from serving import OnServer

from footprint.engine.place import place_of
from footprint.ledger.opening import open_ledger

Records = list[dict[str, Any]]


@pytest.fixture(scope="module", params=["file", "server"])
def built(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """The demonstration in a file, and then on a server."""
    if request.param == "file":
        yield request.getfixturevalue("year")
        return
    with servers.new_schema() as schema:
        place = OnServer(tmp_path_factory.mktemp("server") / "place", schema)
        (place.folder / "person").mkdir(parents=True)
        place.done("demo", "--ledger", place.address)
        yield place


@pytest.fixture(scope="module")
def log(built: Place) -> Records:
    return built.json("log", "--day", "2017-04-25")


@pytest.fixture(scope="module")
def counts(built: Place) -> Records:
    return built.json("counts", "--year", "2016-17")


@pytest.fixture(scope="module")
def alerts(log: Records) -> Records:
    return [record for record in log if record["kind"] == "alert"]


@pytest.fixture(scope="module")
def challenges(log: Records) -> Records:
    return [record for record in log if record["kind"] == "challenge"]


def overall(year: Place, day: str) -> dict[str, dict[str, Any]]:
    """The figures of the whole, by kind, on a day."""
    return {r["kind"]: r for r in year.json("times", "--by", "overall", "--day", day)}


def tally(records: Records, field: str) -> Counter[str]:
    return Counter(str(record[field]) for record in records)


def test_there_are_26_threads(log: Records, alerts: Records, challenges: Records) -> None:
    """26 threads: 20 alerts and 6 challenges, with references from CH-1 to CH-26."""
    assert (len(log), len(alerts), len(challenges)) == (26, 20, 6)
    assert {record["ref"] for record in log} == {f"CH-{n}" for n in range(1, 27)}


def test_alerts_by_quarter_are_5_4_4_7(counts: Records) -> None:
    """The counts by quarter: 5, 4, 4 and 7 alerts, so seven in Q4."""
    raised = Counter[str]()
    for record in counts:
        raised[record["quarter"]] += record["alerts_raised"]
    assert raised == {"Q1": 5, "Q2": 4, "Q3": 4, "Q4": 7}
    assert {record["year"] for record in counts} == {"2016-17"}


def test_alerts_and_challenges_by_service(
    counts: Records, alerts: Records, challenges: Records
) -> None:
    """Alerts: CSC 18, CHAD 2. Challenges: CAMHS 2, CSC, VS, EDU and COM one each."""
    assert tally(alerts, "service") == {"CSC": 18, "CHAD": 2}
    by_service = {"CAMHS": 2, "CSC": 1, "VS": 1, "EDU": 1, "COM": 1}
    assert tally(challenges, "service") == by_service
    counted = Counter[str]()
    for record in counts:
        counted[record["service"]] += record["challenges_raised"]
    assert +counted == by_service


def test_alerts_by_theme(alerts: Records) -> None:
    """Assessment 6, placement change 5, paperwork 4, social work input 3, adoption drift 2."""
    themes = Counter(theme for record in alerts for theme in record["themes"])
    assert themes == {"ASQ": 6, "PLC": 5, "PAP": 4, "SWK": 3, "ADO": 2}


def test_sources(counts: Records, alerts: Records, challenges: Records) -> None:
    """13 alerts recalled; 7 alerts and 6 challenges transcribed; none made at the time."""
    assert tally(alerts, "source") == {"recalled": 13, "transcribed": 7}
    assert tally(challenges, "source") == {"transcribed": 6}
    assert [sum(r[name] for r in counts) for name in ("at_the_time", "transcribed", "recalled")] \
        == [0, 13, 13]  # fmt: skip


def test_23_are_closed_and_three_are_open(log: Records) -> None:
    """19 alerts and 4 challenges are closed; CH-20 and CH-26 are answered, CH-22 never was."""
    closed = [record for record in log if record["status"] == "closed"]
    assert tally(closed, "kind") == {"alert": 19, "challenge": 4}
    still = {r["ref"]: (r["waiting_for"], r["responded_on"]) for r in log if r not in closed}
    assert still == {"CH-20": ("iro", "2017-03-30"), "CH-26": ("iro", "2017-03-22"),
                     "CH-22": ("service", None)}  # fmt: skip


def test_one_alert_was_escalated(log: Records, counts: Records) -> None:
    """CH-16 alone went higher, to stage 2, in Q4."""
    assert [(r["ref"], r["stage"]) for r in log if r["escalations"]] == [("CH-16", 2)]
    assert sum(r["escalations"] for r in counts) == 1
    assert [r["quarter"] for r in counts if r["alerts_escalated"]] == ["Q4"]


def test_resolution_times(built: Place) -> None:
    """Alerts: n 19, median 17, mean 16, longest 29 working days; one open."""
    found = overall(built, "2017-04-25")["alert"]
    assert (found["resolved"], found["open"]) == (19, 1)
    assert (found["median_working_days"], found["mean_working_days"]) == (17, 16)
    assert found["longest_working_days"] == 29


def test_answers_on_time(built: Place, alerts: Records) -> None:
    """Stage 1 on time 15 of 20; late are A02, A05, A09, A11 and A16. Stage 0: 4 of 6."""
    found = overall(built, "2017-04-25")
    assert (found["alert"]["responses_on_time"], found["alert"]["responses_due"]) == (15, 20)
    assert found["challenge"]["responses_on_time"] == 4
    assert found["challenge"]["responses_due"] == 6
    late = {r["ref"] for r in alerts if r["days_to_response"] > 5}
    assert late == {"CH-2", "CH-5", "CH-9", "CH-11", "CH-16"}


def test_the_answer_on_a_day_not_known_is_counted_beside(built: Place) -> None:
    """CH-16's answer at stage 2 has no date: out of the share, and said to be."""
    assert overall(built, "2017-04-25")["alert"]["dates_not_known"] == 1


@pytest.mark.parametrize(("day", "base"), [
    ("2017-03-31", 19), ("2017-04-23", 19), ("2017-04-24", 20), ("2017-04-25", 20),
])  # fmt: skip
def test_resolved_within_20_days(built: Place, day: str, base: int) -> None:
    """15 of 19 at 31 March 2017, and 15 of 20 from 24 April, when CH-20's time is up."""
    found = overall(built, day)["alert"]
    assert (found["within_20"], found["within_20_base"]) == (15, base)


def test_at_the_year_end_the_figures_by_service_and_quarter_add_up(built: Place) -> None:
    """The parts of the year are parts of the whole: resolved by service, and by quarter, 19."""
    parts = built.json("times", "--year", "2016-17")
    for by in ("service", "quarter", "stage"):
        one = [r for r in parts if r["by"] == by and r["kind"] == "alert"]
        assert sum(r["resolved"] for r in one) == 19


def test_4_of_23_were_resolved_informally(log: Records) -> None:
    """Of 23 closed threads, 4 were never alerted."""
    closed = [r for r in log if r["closure"] == "resolved"]
    assert len(closed) == 23
    assert len([r for r in closed if r["alerted_on"] is None]) == 4


def test_the_demonstration_never_touches_the_users_home(tmp_path: Path) -> None:
    """Without arguments it builds in a fresh folder, and the commands it prints go on there."""
    place, scratch = Place(tmp_path), tmp_path / "scratch"
    person = tmp_path / "person"
    person.mkdir()
    scratch.mkdir()
    bare = {"FOOTPRINT_HOME": None, "FOOTPRINT_LEDGER": None, "FOOTPRINT_ACTOR": None,
            "TMPDIR": str(scratch)}  # fmt: skip
    ran = place.run("demo", env=bare)
    again = place.run("demo", env=bare)
    assert (ran.code, again.code) == (DONE, DONE)
    assert list(person.iterdir()) == []
    assert len(list(scratch.iterdir())) == 2
    settings = dict(re.findall(r"export (FOOTPRINT_\w+)=(\S+)", ran.err))
    assert set(settings) == {"FOOTPRINT_HOME", "FOOTPRINT_LEDGER"}
    verified = place.run("verify", env=settings)
    assert verified.code == DONE
    assert verified.out.startswith("Verified: 105 entries")
    assert list(person.iterdir()) == []


def test_a_ledger_elsewhere_leaves_the_users_home_alone(tmp_path: Path) -> None:
    """`demo --ledger` keeps the signer beside the ledger; nothing appears in the home folder."""
    person, beside = tmp_path / "person", tmp_path / "beside"
    person.mkdir()
    beside.mkdir()
    Place(tmp_path).done("demo", "--ledger", str(beside / "poole.db"), env={"FOOTPRINT_HOME": None})
    assert list(person.iterdir()) == []
    assert any(beside.rglob("seed"))


def test_a_ledger_beside_the_users_home_leaves_that_home_alone(tmp_path: Path) -> None:
    """The signer's folder never falls together with a folder that is there already."""
    person = tmp_path / "home"
    person.mkdir()
    Place(tmp_path).run(
        "demo", "--ledger", str(tmp_path / "poole.db"),
        env={"FOOTPRINT_HOME": None, "HOME": str(person)},
    )  # fmt: skip
    assert list(person.iterdir()) == []


def test_both_engines_hold_the_same_facts(built: Place, year: Place) -> None:
    """Entry by entry; but for who recorded it, when, and what is random by design."""
    assert stated(built) == stated(year)


def stated(place: Place) -> list[Any]:
    """Stream, version, topic and facts of every entry."""
    own = {"event_id", "command_id", "recorded_at", "actor", "words", "origin", "key", "clock"}
    with closing(open_ledger(place_of(place.env()["FOOTPRINT_LEDGER"]))) as ledger:
        rows = ledger.connection.execute(
            "SELECT stream, version, topic, state FROM event ORDER BY position"
        ).fetchall()
    return [
        (*row[:3], {name: fact for name, fact in json.loads(row[3]).items() if name not in own})
        for row in rows
    ]


def test_an_existing_file_is_refused(year: Place) -> None:
    """`demo --ledger PATH` refuses what is there, and changes nothing in it."""
    before = year.ledger.read_bytes()
    said = one_message(year.run("demo", "--ledger", str(year.ledger)), REFUSED)
    assert str(year.ledger) in said
    assert year.ledger.read_bytes() == before


def test_the_demonstration_shows_its_verdict_and_its_figures(poole: Place, tmp_path: Path) -> None:
    """It says how the year came out and that it verifies; what to do next is on stderr."""
    ran = poole.done("demo", "--ledger", str(tmp_path / "other.db"))
    for line in (
        "Alerts by service: CSC 18, CHAD 2.",
        "Alerts by theme: ASQ 6, PLC 5, PAP 4, SWK 3, ADO 2.",
        "Alerts by source: recalled 13, transcribed 7.",
        "Closed: 23 (alert 19, challenge 4).",
        "Resolved informally: 4 of 23.",
        "Verified: 105 entries, none altered, dropped or slipped in.",
    ):
        assert line in ran.out.splitlines()
    assert "export FOOTPRINT_LEDGER=" in ran.err
    assert "export FOOTPRINT_LEDGER=" not in ran.out


def test_only_its_owner_can_read_what_the_demonstration_keeps(year: Place) -> None:
    """The ledger, its views and the signer's files are for their owner alone."""
    if os.name != "posix":
        pytest.skip("permissions of POSIX only")
    kept = [year.ledger, year.ledger.with_name("ledger.db.views"), *year.home.rglob("s[et]*e*")]
    open_to_others = [p.name for p in kept if p.is_file() and p.stat().st_mode & 0o077]
    assert open_to_others == []
