"""The policy through the program: what is shown, what is adopted, and what follows from it."""

from __future__ import annotations

import tomllib
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import ledger_helpers
import pytest
import strategies as own
from cli_helpers import (
    DONE,
    NOT_FOUND,
    REFUSED,
    USAGE,
    WRITTEN,
    Place,
    concern,
    on_terminal,
    one_message,
)
from footprint_cli.entering.toml import to_toml
from hypothesis import given
from hypothesis import strategies as st

from footprint.domain.vocabulary import THEMES

pytestmark = pytest.mark.slow  # a process for each case

START = 6
"""The entries of a new ledger."""

SHORT_LADDER = """
[[ladder]]
ladder = "authority"
services = ["CSC", "CHAD", "EDU", "VS", "COM", "FOS", "ADP", "LEG", "HOU", "YJS", "OTH"]
total_days = 20

[[ladder.stage]]
stage = 0
label = "Team Manager"
days = 10
counts = false

[[ladder.stage]]
stage = 1
label = "Head of Service"
days = 10
counts = true

[[ladder.stage]]
stage = 5
label = "Director"
days = 1
counts = true
"""
MORE_THEMES = {"vocabulary": {"themes": THEMES | {"NEW": "A new theme"}}}


def adopt(place: Place, tables: dict[str, Any] | str, *args: str) -> str:
    """What an adoption says on both ways out."""
    given = tables if isinstance(tables, str) else to_toml(tables)
    ran = place.done("policy", "adopt", "-", *args, stdin=given)
    return ran.out + ran.err


def refused(place: Place, code: int, *args: str, stdin: str | bytes = b"") -> str:
    """What a refused adoption said; nothing may have been recorded."""
    before = place.ledger.read_bytes()
    said = one_message(place.run("policy", "adopt", *args, stdin=stdin), code)
    assert place.ledger.read_bytes() == before
    return said


# --- TOML -----------------------------------------------------------------------------------

values = own.text() | st.integers(-(2**53), 2**53) | st.booleans() | st.dates()
plain_tables = st.dictionaries(own.text(), values | st.lists(values, max_size=3), max_size=3)
tables = st.dictionaries(
    own.text(),
    values
    | plain_tables
    | st.dictionaries(own.text(), plain_tables, max_size=2)
    | st.lists(st.fixed_dictionaries({"a": values, "b": st.lists(plain_tables, max_size=2)})),
    max_size=4,
)


@given(tables=tables)
def test_toml_reads_back_as_it_was(tables: dict[str, Any]) -> None:
    """Any tables of any texts, read by the standard library, are the same tables."""
    assert tomllib.loads(to_toml(tables)) == tables


@given(typed=own.text())
def test_toml_sends_a_terminal_nothing(typed: str) -> None:
    """No control character of a text, as a key or a value, is in what is printed."""
    printed = to_toml({typed: typed}).replace("\n", "")
    assert not set(printed) & {*map(chr, range(0x20)), "\x7f", "\x9b", "\u202e", "\u2066"}


# --- show -----------------------------------------------------------------------------------


def test_each_part_says_who_adopted_which_version(fresh: Place) -> None:
    """Version, day, entry, actor and time are with each part of a new ledger, and with all."""
    brief = fresh.json("policy", "show")
    assert [(r["part"], r["name"], r["version"], r["position"]) for r in brief] == [
        ("ladder", "authority", 1, 2), ("ladder", "partner", 1, 3), ("calendar", "England", 1, 4),
        ("vocabulary", None, 1, 5), ("rules", None, 1, 6),
    ]  # fmt: skip
    entries = fresh.json("replay")
    for part, position in (("calendar", 4), ("vocabulary", 5), ("rules", 6)):
        record = fresh.json("policy", "show", part)[0]
        assert (record["version"], record["position"], record["actor"]) == (1, position, "mb")
        entry = entries[position - 1]
        assert record["recorded_at"] == entry["recorded_at"]
        assert record["starts_on"] == entry["occurred_on"]


def test_what_each_part_shows(fresh: Place) -> None:
    """Stages, days off by year, codes with labels, and the rules."""
    ladders = fresh.json("policy", "show", "ladders")
    climbed = {code: [r["stage"] for r in ladders if r["ladder"] == code]
               for code in ("authority", "partner")}  # fmt: skip
    assert climbed == {"authority": [0, 1, 2, 3, 4], "partner": [0, 1, 2, 3, 4]}
    years = {r["year"]: r["days_off"] for r in fresh.json("policy", "show", "calendar")}
    off = {day.isoformat() for day in own.england(2010, 2023) if day >= date(2010, 4, 1)}
    assert {day for year in range(2010, 2024) for day in years[year]} == off
    words = {(r["list"], r["code"]): r["label"] for r in fresh.json("policy", "show", "vocabulary")}
    assert words["themes", "PLC"] == THEMES["PLC"]
    assert words["teams", "north-team"] == "North Team"
    assert fresh.json("policy", "show", "rules")[0]["publish_threshold"] == 5


@pytest.mark.parametrize("part", [[], ["ladders"], ["calendar"], ["vocabulary"], ["rules"]])
def test_the_policy_fits_a_terminal(fresh: Place, part: list[str]) -> None:
    """80 columns hold every line of every part."""
    code, screen = on_terminal(fresh, "policy", "show", *part, columns=80, NO_COLOR="1",
                               TERM="dumb")  # fmt: skip
    assert code == DONE
    assert len(screen.splitlines()) > 3
    assert max(map(len, screen.splitlines())) <= 80


@pytest.mark.parametrize("args", [
    ["ladder"], ["rules", "--json", "--csv"], ["--toml", "--json"], ["--as-at", "never"],
])  # fmt: skip
def test_what_cannot_be_shown(fresh: Place, args: list[str]) -> None:
    """An unknown part and contradicting shapes are misuse."""
    one_message(fresh.run("policy", "show", *args), USAGE)


# --- adopt ----------------------------------------------------------------------------------


def test_the_printed_form_changes_nothing(fresh: Place) -> None:
    """What --toml prints is read by adopt, which finds nothing that differs; of one part too."""
    for part in ([], ["ladders"]):
        printed = fresh.done("policy", "show", *part, "--toml").out
        assert tomllib.loads(printed)
        assert "Nothing in it differs" in refused(fresh, REFUSED, "-", stdin=printed)


def test_an_adoption_is_recorded_with_a_receipt(fresh: Place) -> None:
    """Several parts are entries of one command; the receipt is of the last, and verifies."""
    given = to_toml(MORE_THEMES | {"rules": {"publish_threshold": 6}})
    answer = fresh.json("policy", "adopt", "-", stdin=given)
    assert list(answer) == WRITTEN
    assert (answer["ref"], answer["positions"], answer["size"]) == ("policy", [7, 8], START + 2)
    fresh.done("verify", "--receipt", answer["receipt"])
    moved = answer["receipt"].replace("entry 8", "entry 1")
    assert "entry 1 is not of policy" in fresh.run("verify", "--receipt", moved).out
    assert fresh.json("policy", "show", "rules")[0]["version"] == 2


def test_what_is_adopted_is_told(fresh: Place) -> None:
    """Each change is a line, in words."""
    said = adopt(fresh, MORE_THEMES | {"rules": {"publish_threshold": 6}})
    assert "policy: vocabulary adopted, version 2." in said
    assert "themes: NEW is new (A new theme)" in said
    assert "publish_threshold is now 6 (was 5)" in said
    assert "footprint receipt policy entry 8 of 8" in said


def test_a_dry_run_records_nothing(fresh: Place) -> None:
    """It says the same in words or as JSON, and the ledger stays as it was."""
    given = to_toml(MORE_THEMES)
    before = fresh.ledger.read_bytes()
    said = fresh.done("policy", "adopt", "-", "--dry-run", stdin=given).out
    assert "Nothing is recorded" in said
    assert "NEW is new" in said
    (would,) = fresh.json("policy", "adopt", "-", "--dry-run", stdin=given)
    assert (would["would_record"], would["facts"]["version"]) == ("policy.vocabulary-adopted", 2)
    assert fresh.ledger.read_bytes() == before


def test_what_was_known_before(fresh: Place) -> None:
    """--at-entry and --as-at show the older policy, and print it so that it can be put back."""
    old = fresh.done("policy", "show", "vocabulary", "--toml").out
    adopt(fresh, MORE_THEMES)
    assert fresh.json("policy", "show", "vocabulary")[0]["version"] == 2
    assert fresh.json("policy", "show", "vocabulary", "--at-entry", "6")[0]["version"] == 1
    assert fresh.done("policy", "show", "vocabulary", "--toml", "--at-entry", "6").out == old
    assert fresh.json("policy", "show", "--as-at", "2025-12-31") == []
    adopt(fresh, old)
    assert fresh.done("policy", "show", "vocabulary", "--toml").out == old


# --- what follows from it -------------------------------------------------------------------


def test_a_thread_keeps_the_ladder_it_began_under(begun: Place) -> None:
    """Another ladder from a day on is for the threads that begin from that day."""
    begun.done("alert", "1", "--role", "team-manager", "--on", "2025-11-11")
    said = adopt(begun, SHORT_LADDER, "--starts-on", "2025-12-01")
    assert "from Monday 1 December 2025" in said
    assert "a thread keeps the version that it began under" in said
    for on, version, stage in (("2025-11-28", 1, 2), ("2025-12-01", 2, 5)):
        ref = begun.json("alert", *concern(on=on))["ref"]
        begun.done("escalate", ref, "--reason", "serious", "--role", "director", "--on", on)
        shown = begun.json("show", ref)
        assert shown["stage"] == stage
        facts = begun.json("alert", *concern(on=on), "--dry-run")["facts"]
        assert facts["ladder_version"] == version
    begun.done("escalate", "1", "--reason", "serious", "--role", "director", "--on", "2025-12-02")
    assert begun.json("show", "1")["stage"] == 2


def test_a_ladder_for_the_past_ends_where_the_next_began(begun: Place) -> None:
    """It is said that the one adopted before goes on from its day, and how to replace that too."""
    today = begun.json("policy", "show", "ladders")[0]["starts_on"]
    said = adopt(begun, SHORT_LADDER, "--starts-on", "2025-12-01")
    assert f"adopt it again with --starts-on {today}" in said
    again = adopt(begun, SHORT_LADDER, "--starts-on", today)
    assert "adopt it again" not in again
    ladders = begun.json("policy", "show", "ladders")
    in_force = {r["version"]: r["in_force"] for r in ladders if r["ladder"] == "authority"}
    assert in_force == {1: False, 2: False, 3: True}


def test_a_ladder_that_has_yet_to_start(begun: Place) -> None:
    """It is shown with its day and not in force; today's threads follow the one before."""
    next_year = date.fromisoformat(begun.json("status")["last_recorded_at"][:10]) \
        + timedelta(days=365)  # fmt: skip
    adopt(begun, SHORT_LADDER, "--starts-on", next_year.isoformat())
    later = [r for r in begun.json("policy", "show") if r["version"] == 2]
    assert [(r["starts_on"], r["in_force"]) for r in later] == [(next_year.isoformat(), False)]
    assert begun.json("alert", *concern(), "--dry-run")["facts"]["ladder_version"] == 1


def test_a_closure_day_moves_the_due_dates_of_new_steps_alone(begun: Place) -> None:
    """A step that follows is due a day later; what was promised before stays."""
    assert begun.json("show", "1")["respond_by"] == "2025-11-10"
    said = adopt(begun, "", "--closure-day", "6/11/2025", "--closure-day", "2025-11-08")
    assert "day off: Thursday 6 November 2025" in said
    assert "No due date that is recorded moves" in said
    assert "Saturday 8 November 2025 is no working day anyway" in said
    assert begun.json("show", "1")["respond_by"] == "2025-11-10"
    assert begun.json("challenge", *concern(on="2025-11-03"))["respond_by"] == "2025-11-11"
    adopt(begun, "", "--open-day", "2025-11-06")
    assert begun.json("challenge", *concern(on="2025-11-03"))["respond_by"] == "2025-11-10"


def test_a_longer_calendar(fresh: Place) -> None:
    """--calendar-to covers the years to that one, with their bank holidays, and never fewer."""
    last = fresh.json("policy", "show", "calendar")[-1]["year"]
    adopt(fresh, "", "--closure-day", f"{last}-12-28", "--calendar-to", str(last + 2))
    years = {r["year"]: r["days_off"] for r in fresh.json("policy", "show", "calendar")}
    assert set(years) >= {last + 1, last + 2}
    assert f"{last + 2}-12-25" in years[last + 2] or f"{last + 2}-12-27" in years[last + 2]
    said = refused(fresh, REFUSED, "--calendar-to", str(last))
    assert "would get shorter" in said


def test_a_code_in_use_cannot_go(begun: Place) -> None:
    """Those that entries hold are listed with labels and counts; the others may go."""
    begun.done("challenge", *concern(theme="SIB", team="North Team"))
    kept = {code: label for code, label in THEMES.items() if code not in {"PLC", "SIB", "UAS"}}
    given = {"vocabulary": {"themes": kept, "teams": {"south": "South Team"}}}
    said = refused(begun, REFUSED, "-", stdin=to_toml(given))
    assert "- themes: PLC (Placement change, number or type) is used by 1 entry" in said
    assert "- themes: SIB (Siblings) is used by 1 entry" in said
    assert "- teams: north-team (North Team) is used by 1 entry" in said
    assert "UAS" not in said
    adopt(begun, {"vocabulary": {"themes": {c: THEMES[c] for c in THEMES if c != "UAS"}}})
    assert "There is no theme 'UAS'" in begun.run("challenge", *concern(theme="UAS")).err


def test_an_alias_is_understood(fresh: Place) -> None:
    """What an authority's own sheets say can be typed, and is kept as the code."""
    adopt(fresh, {"aliases": {"themes": {"Placement move": "PLC"}}})
    assert "Placement move" in fresh.done("policy", "show", "vocabulary").out
    ref = fresh.json("challenge", *concern(theme="placement-move"))["ref"]
    assert fresh.json("show", ref)["themes"] == ["PLC"]


def test_new_rules_are_followed(fresh: Place) -> None:
    """A case number of the old pattern is refused once another was adopted."""
    adopt(fresh, {"rules": {"case_number": "LCS-[0-9]{4}", "example": "LCS-0001"}})
    assert "not one of yours" in fresh.run("challenge", *concern()).err
    fresh.done("challenge", *concern(child="LCS-2041"))


# --- what is refused ------------------------------------------------------------------------


@pytest.mark.parametrize(("args", "given", "code", "said"), [
    ([], "", USAGE, "Missing: FILE"),
    (["nowhere.toml"], "", USAGE, "nowhere.toml cannot be read"),
    (["-"], "[rules", USAGE, "not TOML"),
    (["-"], b"\xff\xfe", USAGE, "not TOML"),
    (["-"], "a = " + "[" * 5000, USAGE, "not TOML"),
    (["-"], "[colours]\n", USAGE, "- 'colours' is not one of ladder, calendar"),
    (["-"], "[rules]\npublish_threshold = '5'\n", USAGE, "- rules, publish_threshold is not a"),
    (["-"], "[vocabulary.themes]\nA = '\x1b'\n", USAGE, "not TOML"),
    (["-"], '[vocabulary.themes]\nA = "\\u001b[31m"\n', REFUSED, "U+001B"),
    (["-"], "[rules]\npublish_threshold = 99\n", REFUSED, "- rules: publish_threshold is 99"),
    (["-"], "[rules]\ncase_number = '[[0-9]+'\nexample = '1'\n", REFUSED, "not a regular"),
    (["-", "--starts-on", "2027-04-01"], "[rules]\npublish_threshold = 9\n", REFUSED,
     "Only a ladder may start"),
    (["-", "--starts-on", "soon"], SHORT_LADDER, USAGE, "--starts-on"),
    (["--closure-day", "31/2/2026"], "", USAGE, "--closure-day"),
    (["--closure-day", "2099-01-05"], "", REFUSED, "is outside the days that it covers"),
    (["--closure-day", "2025-12-27"], "", REFUSED, "Saturday 27 December 2025 is no working day"),
    (["--open-day", "2025-12-25"], "", REFUSED, "is a bank holiday"),
    (["--calendar-to", "2999"], "", REFUSED, "and no more"),
    (["--calendar-to", "9999"], "", USAGE, "--calendar-to"),
    (["--ledger", "nowhere.db", "--calendar-to", "2040"], "", NOT_FOUND, "no ledger"),
])  # fmt: skip
def test_adoptions_that_are_refused(
    fresh: Place, args: list[str], given: str | bytes, code: int, said: str
) -> None:
    """Each says what is wrong with it, and records nothing."""
    assert said in refused(fresh, code, *args, stdin=given)


def test_status_names_the_command_for_a_calendar_that_runs_out(tmp_path: Path) -> None:
    """A ledger whose calendar has ended is told how to lengthen it, and that is accepted."""
    folder = tmp_path / "old"
    folder.mkdir()
    with closing(ledger_helpers.make_ledger(folder)):
        pass
    env = {"FOOTPRINT_HOME": str(ledger_helpers.home_in(folder))}
    place = Place(folder)
    advice, *others = reversed(place.json("status", env=env)["advice"])
    assert "ends on Tuesday 31 December 2019" in advice
    command = advice.partition("footprint ")[2].rstrip(".").split()
    place.done(*command, env=env)
    assert place.json("status", env=env)["advice"] == others
