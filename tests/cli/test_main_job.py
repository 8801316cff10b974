"""The whole story through the program, as an IRO, a manager and an auditor live it."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date
from typing import Any

import pytest
from cli_helpers import DONE, REFUSED, TAMPERED, WRITTEN, Place, concern, on_terminal, one_message

pytestmark = pytest.mark.slow  # a process for each command

_FIELDS = {
    "log": """ref kind service team themes iro ladder stage status waiting_for late raised_on
        alerted_on respond_by resolve_by responded_on response closed_on closure basis impact
        cafcass filed escalations reopened working_days_open days_to_response days_to_resolution
        recorded_lag_days source entries action_by corrected""",
    "counts": """service ladder year quarter threads_raised challenges_raised alerts_raised
        alerts_escalated escalations closures reopened open_at_end at_the_time transcribed
        recalled""",
    "times": """by key kind resolved open median_working_days mean_working_days
        longest_working_days within_20 within_20_base response_median_days responses_due
        responses_on_time""",
    "verify": "verdict entries root checkpoint_size uncovered redacted findings",
}
LOG, COUNTS, TIMES, VERDICT = (fields.split() for fields in _FIELDS.values())

STEPS = (
    ["challenge", *concern(on="2025-11-03", team="North Team")],
    ["alert", "1", "--role", "team-manager", "--words", "No reply.", "--on", "11/11/2025"],
    ["respond", "CH-1", "--response", "holding", "--role", "team-manager", "--on", "2025-11-14"],
    ["escalate", "ch1", "--reason", "overdue", "--role", "head-of-service", "--to-stage", "3",
     "--on", "2025-11-19", "--why", "The Principal Manager is away."],
    ["respond", "1", "--response", "agreed", "--role", "head-of-service", "--on", "2025-11-24",
     "--words", "Meeting on 1 December."],
    ["close", "1", "--closure", "resolved", "--basis", "done", "--on", "2025-12-05"],
    ["note", "1", "--words", "The carer was told.", "--on", "2025-12-08"],
)  # fmt: skip
"""The story of CH-1, entries 7 to 13."""


@pytest.fixture(scope="module")
def _story(tmp_path_factory: pytest.TempPathFactory, _new: Place) -> tuple[Place, list[Any]]:
    place = _new.copy(tmp_path_factory.mktemp("story") / "place")
    return place, [place.json(*step) for step in STEPS]


@pytest.fixture(scope="module")
def story(_story: tuple[Place, list[Any]]) -> Place:
    """The ledger after the story, to read only."""
    return _story[0]


@pytest.fixture(scope="module")
def written(_story: tuple[Place, list[Any]]) -> list[Any]:
    """What each writing command said as JSON."""
    return _story[1]


# --- the IRO --------------------------------------------------------------------------------


def test_every_writing_command_answers_with_the_same_keys(written: list[Any]) -> None:
    """ref, position, positions, leaf, size, root, receipt and respond_by, and nothing else."""
    assert all(sorted(answer) == sorted(WRITTEN) for answer in written)


def test_writing_answers_name_the_entry(written: list[Any]) -> None:
    """Positions run on from the six of a new ledger; hashes are hex; the receipt says the same."""
    assert [answer["position"] for answer in written] == list(range(7, 14))
    for answer in written:
        assert answer["ref"] == "CH-1"
        assert answer["positions"] == [answer["position"]]
        assert answer["size"] == answer["position"]
        assert re.fullmatch("[0-9a-f]{64}", answer["leaf"])
        assert re.fullmatch("[0-9a-f]{64}", answer["root"])
        entry = f"entry {answer['position']} of {answer['size']}"
        assert answer["receipt"].startswith(f"footprint receipt CH-1 {entry} root ")


def test_due_dates_are_five_working_days(written: list[Any]) -> None:
    """A challenge of Monday 3 November is due on the 10th; an alert of the 11th on the 18th."""
    due = [answer["respond_by"] for answer in written]
    assert due == ["2025-11-10", "2025-11-18", None, "2025-11-26", None, None, None]


def test_overdue_is_refused_until_the_day_after(begun: Place) -> None:
    """A step due on the 18th is not overdue on the 18th, holding reply or not; it is on the 19th.

    A skip needs the reason in words.
    """
    for step in STEPS[1:3]:
        begun.done(*step)
    overdue = ["escalate", "1", "--reason", "overdue", "--role", "principal-manager", "--on"]
    said = one_message(begun.run(*overdue, "2025-11-18"), REFUSED)
    assert "Tuesday 18 November 2025" in said
    said = one_message(begun.run(*overdue, "2025-11-19", "--to-stage", "3"), REFUSED)
    assert "--why" in said
    assert begun.entries() == 9
    assert begun.json(*overdue, "2025-11-19")["respond_by"] == "2025-11-26"


def test_recording_says_what_is_due_in_words(fresh: Place) -> None:
    """Reference, what was recorded, dates spelt out, and the receipt as the last line."""
    said = fresh.done("alert", *concern(on="11/11/2025")).out.splitlines()
    assert said[0].startswith("CH-1: formal alert raised at stage 1 with the Team Manager, ")
    assert "Tuesday 11 November 2025" in said[0]
    assert said[1] == "An answer is due by Tuesday 18 November 2025."
    assert said[2] == "To be resolved by Tuesday 9 December 2025."
    assert said[3].startswith("footprint receipt CH-1 entry 7 of 7 root ")


def test_a_dry_run_records_nothing(begun: Place) -> None:
    """--dry-run says in plain English what would be recorded, and refuses what would be."""
    said = begun.done("challenge", *concern(), "--dry-run").out
    assert "Nothing is recorded" in said
    assert "Third placement in nine months" in said
    assert begun.run("respond", "1", "--response", "maybe", "--role", "worker",
                     "--dry-run").code == REFUSED  # fmt: skip
    assert begun.entries() == 7


def test_show_tells_the_whole_thread(story: Place) -> None:
    """How it stands, the case number, and each entry with its words, in order."""
    said = story.done("show", "1").out
    parts = ["CH-1", "closed", "204117", "North Team", "Third placement in nine months",
             "No reply.", "holding reply", "answer or action overdue",
             "The Principal Manager is away.", "Meeting on 1 December.", "closed by the IRO",
             "The carer was told."]  # fmt: skip
    places = [said.find(part) for part in parts]
    assert -1 not in places
    assert places == sorted(places)


def test_a_promise_that_lapsed_is_not_told_as_no_answer(begun: Place) -> None:
    """Agreed and not done is overdue, too; nobody is said to have been silent who answered."""
    to = ["--role", "team-manager", "--source", "transcribed"]
    begun.done("alert", "--child", "211034", "--service", "CSC", "--theme", "PLC", *to,
               "--on", "2017-03-01", "--words", "No plan.")  # fmt: skip
    begun.done("respond", "2", "--response", "agreed", *to, "--on", "2017-03-02",
               "--action-by", "2017-03-06")  # fmt: skip
    said = begun.done("escalate", "2", "--reason", "overdue", "--role", "principal-manager",
                      "--source", "transcribed", "--on", "2017-03-07").out  # fmt: skip
    assert "stage 2 (answer or action overdue)" in said
    assert "no answer" not in said + begun.done("casenote", "2").out


def test_who_answered_is_not_shown_as_whom_it_was_sent_to(begun: Place) -> None:
    """A name given with --from is shown as who answered, in `show` and in `replay`."""
    answer = ["respond", "1", "--response", "agreed", "--role", "team-manager", "--from", "J D"]
    begun.done(*answer)
    assert "from: J D" in begun.done("show", "1").out
    assert "to: J D" not in begun.done("show", "1").out


def test_replay_of_a_thread_has_its_words(story: Place) -> None:
    """One line an entry, in a pipe with the words, on a terminal as a story."""
    lines = story.done("replay", "1").out.splitlines()
    header = lines[0].split("\t")
    assert header[:3] == ["position", "ref", "topic"]
    assert [line.split("\t")[0] for line in lines[1:]] == [str(n) for n in range(7, 14)]
    assert dict(zip(header, lines[1].split("\t"), strict=True))["words"].startswith("Third")
    code, screen = on_terminal(story, "replay", "1")
    assert code == DONE
    assert "Meeting on 1 December." in screen


# --- the manager ----------------------------------------------------------------------------


def test_the_log_has_the_documented_fields(story: Place) -> None:
    """One record with every field of the reference, dates ISO, and no words."""
    (record,) = story.json("log")
    assert list(record) == LOG
    assert record["kind"] == "alert"
    assert (record["stage"], record["status"], record["waiting_for"]) == (3, "closed", "none")
    assert (record["team"], record["themes"], record["late"]) == ("north-team", ["PLC"], [])
    for field in ("raised_on", "alerted_on", "respond_by", "resolve_by", "closed_on"):
        assert date.fromisoformat(record[field])
    days = ("working_days_open", "days_to_response", "days_to_resolution")
    assert [record[name] for name in days] == [24, 3, 18]
    assert (record["escalations"], record["entries"]) == (1, 7)


def test_times_has_the_documented_fields(story: Place) -> None:
    """Every grouping is there, with the fields of the reference."""
    records = story.json("times")
    assert all(list(record)[: len(TIMES)] == TIMES for record in records)
    assert {r["by"] for r in records} == {"overall", "service", "theme", "stage", "quarter"}
    alert = next(r for r in records if (r["by"], r["kind"]) == ("overall", "alert"))
    assert (alert["resolved"], alert["median_working_days"]) == (1, 18)
    assert (alert["within_20"], alert["within_20_base"]) == (1, 1)
    assert (alert["responses_on_time"], alert["responses_due"]) == (1, 2)


def test_counts_has_the_documented_fields(story: Place) -> None:
    """One record: Children's social care in Q3 of 2025-26."""
    (record,) = story.json("counts")
    assert list(record) == COUNTS
    assert (record["service"], record["year"], record["quarter"]) == ("CSC", "2025-26", "Q3")
    assert [record[n] for n in COUNTS[4:]] == [1, 1, 1, 1, 1, 1, 0, 0, 1, 0, 0]


def test_nothing_is_an_empty_array(fresh: Place) -> None:
    """A ledger without threads gives [] as JSON, and exit 0."""
    for command in ("log", "times", "counts"):
        assert fresh.done(command, "--json").out.strip() == "[]"
    assert fresh.done("replay", "--json", "--from", "1/4/2099").out.strip() == "[]"
    assert fresh.done("log", "--csv").err == ""


def test_csv_and_json_say_the_same(year: Place) -> None:
    """CSV has a header and a line for each record of the JSON, with the same figures."""
    for command in (["log"], ["times"], ["counts"], ["replay"], ["replay", "16", "--with-words"]):
        rows = list(csv.DictReader(io.StringIO(year.done(*command, "--csv").out)))
        records = year.json(*command)
        assert len(rows) == len(records)
        assert list(rows[0]) == list(records[0])
        for row, record in zip(rows, records, strict=True):
            for name, value in record.items():
                if isinstance(value, str) or (isinstance(value, int) and value is not False):
                    assert row[name] in {str(value), "yes"}


def test_a_pipe_gets_plain_tabs(year: Place) -> None:
    """In a pipe: a header, tab-separated cells, no borders, no colours, no title."""
    for command in ("log", "times", "counts", "replay"):
        out = year.done(command).out
        widths = {line.count("\t") for line in out.splitlines()}
        assert len(widths) == 1
        assert not re.search("[\x1b\u2500-\u257f]", out)


def test_a_screen_of_eighty_columns_is_not_overrun(year: Place) -> None:
    """On a terminal no line is wider than it, and every reference is whole."""
    for command in ("log", "times", "counts", "replay"):
        code, screen = on_terminal(year, command, columns=80)
        plain = re.sub("\x1b\\[[0-9;]*m", "", screen)
        assert code == DONE
        assert max(map(len, plain.splitlines())) <= 80, command
        if command == "log":
            assert set(re.findall(r"CH-\d+", plain)) == {f"CH-{n}" for n in range(1, 27)}


def test_a_screen_of_eighty_columns_breaks_no_word(year: Place) -> None:
    """On eighty columns the codes that people look for are whole: no "resol-ved", no "2016-/17"."""
    looked_for = {
        "log": ("resolved", "challenge", "late:", "CAMHS"),
        "times": ("overall", "service", "quarter", "challenge", "15 of 20", "2016-17 Q4"),
        "counts": ("CAMHS", "2016-17"),
    }
    for command, words in looked_for.items():
        _, screen = on_terminal(year, command, columns=80)
        plain = re.sub("\x1b\\[[0-9;]*m", "", screen)
        assert [word for word in words if word not in plain] == [], command


def test_no_color_is_obeyed(year: Place) -> None:
    """With NO_COLOR nothing on the screen is coloured."""
    _, screen = on_terminal(year, "log", NO_COLOR="1")
    assert not re.search("\x1b\\[[0-9;]*3[0-9]", screen)


def test_words_are_given_only_when_asked_for(story: Place) -> None:
    """JSON and CSV of any command have no case number and no words without --with-words."""
    for command in (["log"], ["show", "1"], ["replay", "1"], ["replay"], ["times"], ["counts"]):
        said = story.done(*command, "--json").out
        assert "204117" not in said
        assert "Third placement" not in said
    for command in (["log"], ["show", "1"], ["replay", "1"], ["replay"]):
        said = story.done(*command, "--json", "--with-words").out
        assert "204117" in said
        assert "Third placement" in said


def test_as_it_was_at_an_entry(story: Place) -> None:
    """--at-entry shows what was recorded by then: open, at stage 1, three entries."""
    (record,) = story.json("log", "--at-entry", "9", "--day", "2025-11-19")
    assert (record["status"], record["stage"], record["entries"]) == ("open", 1, 3)
    assert (record["waiting_for"], record["late"]) == ("service", ["response"])
    shown = story.json("show", "1", "--at-entry", "9")
    assert [entry["position"] for entry in shown["history"]] == [7, 8, 9]
    assert len(story.json("replay", "--at-entry", "9")) == 9
    assert story.json("counts", "--at-entry", "9")[0]["closures"] == 0
    assert story.json("times", "--at-entry", "9", "--by", "overall")[0]["resolved"] == 0


def test_as_it_was_recorded_by_a_day(story: Place) -> None:
    """--as-at cuts by recording: the year before it was recorded is empty, today is whole."""
    today = story.json("status")["last_recorded_at"][:10]
    for command in ("log", "times", "counts", "replay"):
        assert story.json(command, "--as-at", "2025-12-31") == []
        assert story.json(command, "--as-at", today) == story.json(command)


def test_the_day_decides_what_is_late(begun: Place) -> None:
    """A challenge due on the 10th is not late on the 10th, and is on the 11th."""
    late = [begun.json("log", "--day", f"2025-11-{day}")[0]["late"] for day in (10, 11)]
    assert late == [[], ["response"]]
    assert begun.json("log", "--late", "--day", "10/11/2025") == []


def test_filters_narrow_the_log(year: Place) -> None:
    """--open, --late, --service and --iro each keep what they say, and together both."""
    refs = {name: {r["ref"] for r in year.json("log", *args, "--day", "2017-04-25")}
            for name, args in {"open": ["--open"], "chad": ["--service", "chad"],
                               "sk": ["--iro", "SK"], "open sk": ["--open", "--iro", "SK"],
                               "late": ["--late"]}.items()}  # fmt: skip
    assert refs["open"] == {"CH-20", "CH-22", "CH-26"}
    assert refs["chad"] == {"CH-12", "CH-19"}
    assert refs["open sk"] == refs["open"] & refs["sk"]
    assert refs["late"] == {"CH-20", "CH-22"}


def test_a_year_is_april_to_march(year: Place) -> None:
    """--year keeps one reporting year; the year after has nothing raised."""
    assert {r["year"] for r in year.json("counts", "--year", "2016-17")} == {"2016-17"}
    after = year.json("counts", "--year", "2017-18")
    assert sum(r["threads_raised"] for r in after) == 0
    resolved = {r["kind"]: r["resolved"] for r in
                year.json("times", "--year", "2016-17", "--by", "overall")}  # fmt: skip
    assert resolved == {"alert": 19, "challenge": 4}


# --- the auditor ----------------------------------------------------------------------------


def test_verify_has_the_documented_fields(story: Place) -> None:
    """The verdict as one object: verified, of 13 entries, all vouched for."""
    verdict = story.json("verify")
    assert set(VERDICT) <= set(verdict)
    assert (verdict["verdict"], verdict["entries"], verdict["findings"]) == ("verified", 13, [])
    assert (verdict["uncovered"], verdict["redacted"]) == (0, 0)


def test_a_checkpoint_is_kept_and_still_holds_later(begun: Place) -> None:
    """A checkpoint given away vouches for its part, and says what is newer, with no key at all."""
    kept = begun.folder / "kept.txt"
    begun.done("checkpoint", "--output", str(kept))
    assert begun.done("checkpoint").out == kept.read_text("utf-8")
    begun.done("note", "1", "--words", "Later.")
    assert begun.done("verify", "--against", str(kept)).out.startswith("Verified: 8 entries")
    stranger = {"FOOTPRINT_HOME": str(begun.folder / "nobody")}
    verdict = begun.json("verify", "--against", str(kept), env=stranger)
    assert (verdict["verdict"], verdict["checkpoint_size"], verdict["uncovered"]) \
        == ("verified", 7, 1)  # fmt: skip
    said = begun.done("verify", "--against", str(kept), env=stranger).out
    assert said.startswith("Verified: 7 of 8 entries, none altered")
    assert "Newer than what vouches for the rest: 1." in said


def test_every_receipt_verifies(story: Place, written: list[Any]) -> None:
    """Each receipt of the story is confirmed later; one with another root is not."""
    for answer in (written[0], written[3], written[-1]):
        story.done("verify", "--receipt", answer["receipt"])
    (entry, _, _), (_, _, root) = (written[n]["receipt"].rpartition(" ") for n in (0, 3))
    forged = f"{entry} {root}"
    ran = story.run("verify", "--receipt", forged, "--json")
    assert ran.code == TAMPERED
    assert json.loads(ran.out)["findings"]


def test_the_views_come_back(begun: Place) -> None:
    """The stored views can be deleted and rebuilt, and are checked with verify --views."""
    before = begun.json("log")
    views = begun.ledger.with_name("ledger.db.views")
    assert views.exists()
    begun.done("verify", "--views")
    views.unlink()
    assert begun.json("log") == before
    assert "7 entries" in begun.done("rebuild").out
    begun.done("verify", "--views")


def test_status_says_where_each_setting_came_from(begun: Place) -> None:
    """Flag, then environment, then configuration, then default."""
    status = begun.json("status", "--actor", "pd")
    assert (status["actor"], status["actor_from"]) == ("pd", "--actor")
    assert (status["ledger_from"], status["home_from"]) == ("FOOTPRINT_LEDGER", "FOOTPRINT_HOME")
    (begun.home / "config.toml").write_text('actor = "jt"\n', "utf-8")
    status = begun.json("status", env={"FOOTPRINT_ACTOR": None})
    assert (status["actor"], status["actor_from"]) == ("jt", str(begun.home / "config.toml"))
    assert begun.json("status", env={"FOOTPRINT_LEDGER": None})["ledger_from"] == "default"


def test_status_shows_the_key_that_this_machine_signs_with(begun: Place) -> None:
    """As whoever is to trust it needs it, long after init; where the key is not, it shows none."""
    (key,) = begun.home.glob("signers/*/key")
    assert begun.json("status")["key"] == key.read_text("utf-8").strip()
    assert begun.json("status", env={"FOOTPRINT_HOME": str(begun.folder / "away")})["key"] is None
