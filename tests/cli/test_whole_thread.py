"""The moves beside the steps, corrections, and what a person reads of one thread."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import Any

import pytest
from cli_helpers import NOT_FOUND, REFUSED, USAGE, WRITTEN, Place, concern, on_terminal, one_message

pytestmark = pytest.mark.slow  # a process for each command

SAID = ["--on", "2025-11-05"]
ALONGSIDE = {
    "cafcass": (["--step", "advice", *SAID], "Cafcass: advice sought"),
    "impact": (["--impact", "move", "--words", "Stayed.", *SAID], "impact: move made or stopped"),
    "note": (["--words", "From the solicitor.", "--privileged", *SAID], "note of legal advice"),
    "tell": (["--party", "child", "--view", "opposes", *SAID], "told: child"),
    "filed": (SAID, "filed on the child's record"),
    "handover": (["--iro", "jd", *SAID], "handed over to jd"),
}
SECRET = "the aunt in the blue house"


def record(place: Place, ref: str = "CH-1") -> dict[str, Any]:
    return next(r for r in place.json("log") if r["ref"] == ref)


@pytest.mark.parametrize("command", ALONGSIDE)
@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
def test_alongside_at_any_time(begun: Place, command: str, closed: bool) -> None:  # noqa: FBT001
    """Each is recorded on an open and on a closed thread, and answers as every writing command."""
    if closed:
        begun.done("close", "1", "--closure", "withdrawn", *SAID)
    args, told = ALONGSIDE[command]
    assert told in begun.done(command, "1", *args, "--dry-run").out
    answer = begun.json(command, "1", *args)
    assert sorted(answer) == sorted(WRITTEN)
    history = begun.json("replay", "1")
    assert history[-1]["what"] == told
    assert record(begun)["status"] == ("closed" if closed else "open")


def test_what_went_on_alongside_is_in_the_log(begun: Place) -> None:
    """Cafcass, impact, filed and whose thread it is; the words are in none of it."""
    for command, (args, _) in ALONGSIDE.items():
        begun.done(command, "1", *args)
    found = record(begun)
    assert (found["cafcass"], found["impact"], found["filed"]) == ("advice", "move", True)
    assert (found["iro"], found["entries"], found["corrected"]) == ("jd", 7, 0)


def test_reopening_says_what_is_legal(begun: Place) -> None:
    """An open thread is not reopened; a closed one is, and is open again."""
    assert "is open" in one_message(begun.run("reopen", "1"), REFUSED)
    begun.done("close", "1", "--closure", "withdrawn", *SAID)
    begun.done("reopen", "1", "--words", "It came up again.", "--on", "2025-11-06")
    assert (record(begun)["status"], record(begun)["reopened"]) == ("open", 1)


@pytest.mark.parametrize(
    ("command", "missing"),
    [("cafcass", "--step"), ("impact", "--impact, --words"), ("tell", "--party"),
     ("handover", "--iro"), ("correct", "--entry, --reason"), ("reopen", "REF")],
)  # fmt: skip
def test_all_that_is_missing_is_named(begun: Place, command: str, missing: str) -> None:
    """In one message, with the reference where that is missing too."""
    said = one_message(begun.run(command), USAGE)
    assert "REF" in said
    assert missing in said


def test_following_a_thread_of_the_same_child(begun: Place) -> None:
    """The link is among the words; a thread of another child, or none, is not followed."""
    begun.done("challenge", *concern(), "--follows", "1")
    assert "follows: CH-1" in begun.done("show", "2").out
    other = begun.run("challenge", *concern(child="999"), "--follows", "1")
    assert "not another thread of that child" in one_message(other, REFUSED)
    one_message(begun.run("challenge", *concern(), "--follows", "7"), NOT_FOUND)
    with closing(sqlite3.connect(begun.ledger)) as ledger:
        clear = ledger.execute("SELECT state FROM event WHERE stream = 'CH-0000002'").fetchall()
    assert all(b"follows" not in state for (state,) in clear)


# --- corrections ----------------------------------------------------------------------------


def test_a_correction_is_told_in_place(begun: Place) -> None:
    """What it said, when and why it was corrected; the words too. The log counts it."""
    args = ["--set", "on=4/11/2025", "--set", "role=service-manager", "--set", "to=Another"]
    begun.done("correct", "1", "--entry", "7", *args, "--words", "Fourth.", "--reason", "Misread.")
    said = begun.done("show", "1").out
    assert "Tuesday 4 November 2025: challenge raised at stage 0 with the Service Manager" in said
    assert "    Fourth.\n" in said
    assert "recorded as: happened Monday 3 November 2025" in said
    assert "role Team Manager" in said
    assert "because: Misread. (entry 8)" in said
    assert "Answer due by Tuesday 11 November 2025" in said
    found = record(begun)
    assert (found["raised_on"], found["respond_by"]) == ("2025-11-04", "2025-11-11")
    assert (found["corrected"], found["entries"]) == (1, 2)


def test_what_was_recorded_first_is_in_every_form(begun: Place) -> None:
    """As JSON an object of facts, in CSV and a pipe as text."""
    begun.done("correct", "1", "--entry", "7", "--set", "on=4/11/2025", "--reason", "Misread.")
    first = {"occurred_on": "2025-11-03", "respond_by": "2025-11-10"}
    assert begun.json("replay", "1")[0]["recorded_as"] == first
    for form in ([], ["--csv"]):
        said = begun.done("replay", "1", *form).out
        assert "occurred_on=2025-11-03" in said
        assert "respond_by=2025-11-10" in said


def test_due_dates_stay_where_they_are_to_stay(begun: Place) -> None:
    """--keep-due leaves what was promised."""
    fix = ["correct", "1", "--entry", "7", "--set", "on=4/11/2025", "--reason", "Misread."]
    begun.done(*fix, "--keep-due")
    assert (record(begun)["raised_on"], record(begun)["respond_by"]) == ("2025-11-04", "2025-11-10")


def test_what_was_known_before_a_correction_is_still_known(begun: Place) -> None:
    """At the entry before it, each view of the thread shows what it said then."""
    reads = [["show", "1"], ["replay", "1"], ["casenote", "1"], ["log"], ["replay"]]
    before = [begun.done(*read, "--at-entry", "7").out for read in reads]
    begun.done("correct", "1", "--entry", "7", "--set", "on=4/11/2025", "--words", "Other.",
               "--reason", "Misread.")  # fmt: skip
    begun.done("close", "1", "--closure", "withdrawn")
    for read, said in zip(reads, before, strict=True):
        again = begun.done(*read, "--at-entry", "7").out
        kept = [line for line in again.splitlines() if not line.startswith("footprint receipt")]
        assert kept == [line for line in said.splitlines() if "footprint receipt" not in line]


def test_each_reason_to_refuse_a_correction_is_said(begun: Place) -> None:
    """Nothing new, no such field, no such entry, no pair, a wrong value, nothing at all."""
    correct = ["correct", "1", "--reason", "x", "--entry"]
    for args, code, what in (
        (["7", "--set", "role=team-manager"], REFUSED, "says that already"),
        (["7", "--set", "colour=red"], REFUSED, "has no colour"),
        (["7", "--set", "child=9"], REFUSED, "has no child"),
        (["3", "--set", "on=4/11/2025"], REFUSED, "is not of CH-1"),
        (["7", "--set", "on"], USAGE, "FIELD=VALUE"),
        (["7", "--set", "on=4 November"], USAGE, "not a date"),
        (["7", "--set", "stage=one"], USAGE, "a number"),
        (["7", "--set", "stage=1"], REFUSED, "informally"),
        (["7", "--set", "theme=XX"], REFUSED, "There is no theme"),
        (["7", "--set", "service="], REFUSED, "is needed"),
        (["7"], USAGE, "nothing to correct"),
    ):
        assert what in one_message(begun.run(*correct, *args), code), args
    assert begun.entries() == 7


def test_new_words_come_from_a_file_like_any(begun: Place) -> None:
    """So that they stay out of the shell's history."""
    fields = json.dumps({"entry": 7, "reason": "Wrong name.", "set": ["to="], "words": SECRET})
    begun.done("correct", "1", "--fields-file", "-", stdin=fields)
    assert SECRET in begun.done("show", "1").out
    assert SECRET not in json.dumps(begun.json("replay", "1"))
    assert SECRET in json.dumps(begun.json("replay", "1", "--with-words"))


# --- what is read ---------------------------------------------------------------------------


def test_the_case_note_is_for_the_childs_file(begun: Place) -> None:
    """Who, when, what, to whom, what came of it, and a receipt that holds; no legal advice."""
    begun.done("alert", "1", "--role", "team-manager", "--to", "the manager", "--on", "11/11/2025")
    begun.done("note", "1", "--words", SECRET, "--privileged", *SAID)
    begun.done("filed", "1")
    *lines, receipt = begun.done("casenote", "1").out.splitlines()
    note = "\n".join(lines)
    for part in ("CH-1", "204117", "IRO        mb", "Third placement in nine months",
                 "to: the manager", "Monday 3 November 2025: challenge", "Answer due by",
                 "(1 note of legal advice left out)"):  # fmt: skip
        assert part in note, part
    assert SECRET not in note
    assert "entry" not in note
    assert "Verified" in begun.done("verify", "--receipt", receipt).out


def test_words_of_a_case_note_are_asked_for_in_json(begun: Place) -> None:
    """For scripts, as everywhere, only with --with-words."""
    plain, whole = begun.json("casenote", "1"), begun.json("casenote", "1", "--with-words")
    assert (plain["note"], plain["receipt"]) == (None, whole["receipt"])
    assert "Third placement" in whole["note"]


def test_what_was_recorded_between_two_days(year: Place) -> None:
    """Without a reference, replay tells the whole log between two days, in order."""
    everything = year.json("replay")
    today = everything[0]["recorded_at"][:10]
    assert year.json("replay", "--from", today, "--to", today) == everything
    assert year.json("replay", "--from", "2016-04-01", "--to", "2017-03-31") == []
    at = year.json("replay", "--at-entry", "9")
    assert at == everything[:9]


def test_what_was_recorded_is_headed_by_the_day_that_it_is_told_to(year: Place) -> None:
    """On a terminal: the last day asked for, whichever option asked for it."""
    for args in (["--as-at", "2016-04-01"], ["--as-at", "2016-04-01", "--to", "2017-04-01"]):
        _, said = on_terminal(year, "replay", *args)
        assert "What was recorded, up to Friday 1 April 2016" in said


def test_due_is_one_line_a_thread_on_a_terminal(begun: Place) -> None:
    """For one IRO, for all, and for an IRO who has nothing to do."""
    code, said = on_terminal(begun, "due", "--iro", "mb", "--day", "2025-11-11", columns=80)
    assert code == 0
    assert "Due on Tuesday 11 November 2025 for mb" in said
    assert "answer late; yours to decide" in said.replace("\n", " ")
    begun.done("challenge", *concern(iro="j.doe", on="2025-11-04"))
    begun.done("close", "2", "--closure", "withdrawn", "--on", "2025-11-05")
    assert begun.json("due", "--iro", "j.doe", "--day", "2025-11-11") == []
    _, nothing = on_terminal(begun, "due", "--iro", "j.doe", "--day", "2025-11-11", columns=80)
    assert "Due on Tuesday 11 November 2025 for j.doe" in nothing  # however narrow the table
    assert [r["ref"] for r in begun.json("due", "--day", "2025-11-11", "--with-words")] == ["CH-1"]


@pytest.mark.parametrize("table", ["log", "due"])
def test_the_words_of_a_table_are_those_that_began_the_thread(begun: Place, table: str) -> None:
    """As they were corrected by then; where they are gone, no other entry's stand in for them."""
    begun.done("note", "1", "--words", SECRET, "--privileged", *SAID)
    args = ["1", "--entry", "7", "--reason", "Misspelt.", "--words", "Put right."]
    begun.done("correct", *args, *SAID)

    def words(*at: str) -> list[str | None]:
        records = begun.json(table, "--day", "2025-11-11", "--with-words", *at)
        return [record["words"] for record in records]

    assert words() == ["Put right."]
    assert words("--at-entry", "8") == [concern()[-1]]
    with closing(sqlite3.connect(begun.ledger)) as ledger, ledger:
        triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'vault'"
        for (name,) in ledger.execute(triggers).fetchall():
            ledger.execute(f"DROP TRIGGER {name}")
        ledger.execute("DELETE FROM vault WHERE position = 7")
    assert words("--at-entry", "8") == [None]
