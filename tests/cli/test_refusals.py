"""What is refused: one clear message on stderr, the right exit code, and nothing recorded."""

from __future__ import annotations

import json
import re

import pytest
from cli_helpers import (
    DONE,
    NOT_FOUND,
    REFUSED,
    USAGE,
    Place,
    concern,
    one_message,
)
from footprint_cli.main import COMMANDS

pytestmark = pytest.mark.slow  # a process for each case

ANSWER = ["respond", "1", "--role", "team-manager", "--response"]


def refused(place: Place, code: int, *args: str | bytes, stdin: str | bytes = b"") -> str:
    """What the refusal said; nothing may have been recorded."""
    return refused_with(place, {code}, *args, stdin=stdin)


def refused_with(
    place: Place, codes: set[int], *args: str | bytes, stdin: str | bytes = b""
) -> str:
    """The same, where more than one exit code will do."""
    before = place.ledger.read_bytes()
    ran = place.run(*args, stdin=stdin)
    assert ran.code in codes, ran
    said = one_message(ran, ran.code)
    assert place.ledger.read_bytes() == before
    wal = place.ledger.with_name("ledger.db-wal")
    assert not wal.exists() or wal.stat().st_size == 0
    return said


# --- what is missing ------------------------------------------------------------------------


def test_all_that_is_missing_is_named(begun: Place) -> None:
    """Not one option at a time: every one that is missing, in one message."""
    said = refused(begun, USAGE, "challenge", "--theme", "PLC")
    assert set(re.findall(r"--[a-z]+", said.splitlines()[0])) \
        == {"--child", "--service", "--role", "--words"}  # fmt: skip
    said = refused(begun, USAGE, "respond", "1")
    assert {"--response", "--role"} <= set(re.findall(r"--[a-z]+", said))
    said = refused(begun, USAGE, "escalate", "1")
    assert {"--reason", "--role"} <= set(re.findall(r"--[a-z]+", said))
    assert "--authority" in refused(begun, USAGE, "init")


def test_a_missing_reference_is_named_with_the_rest(begun: Place) -> None:
    """`note` alone lacks its thread and its words: both are named."""
    said = refused(begun, USAGE, "note")
    assert "REF" in said
    assert "--words" in said


def test_no_words_are_no_words(begun: Place) -> None:
    """Blank words are refused, from an option, a file and standard input."""
    assert "words" in refused(begun, REFUSED, "note", "1", "--words", "   ")
    assert "words" in refused(begun, USAGE, "note", "1", "--words-file", "-", stdin="\n")


# --- values ---------------------------------------------------------------------------------


def test_a_name_is_no_case_number(begun: Place) -> None:
    """A child's name never gets in; the message says what belongs there."""
    said = refused(begun, REFUSED, "challenge", *concern(child="Robin Example"))
    assert "case number" in said
    assert "name" in said


@pytest.mark.parametrize(("field", "given", "nearest"), [
    ("service", "CSCC", "CSC"), ("theme", "placement chage", "PLC"), ("theme", "adoption", "ADO"),
    ("role", "team manger", "team-manager"), ("team", "nort team", "north-team"),
    ("prompted_by", "reviewed", "review"), ("source", "recall", "recalled"),
    ("capacity", "chair", "cp-chair"),
])  # fmt: skip
def test_an_unknown_code_names_the_nearest(
    begun: Place, field: str, given: str, nearest: str
) -> None:
    """A mistake gets candidates, never a guess."""
    said = refused(begun, REFUSED, "challenge", *concern(**{field: given}))
    assert repr(given) in said
    assert f" {nearest} (" in said


def test_an_unknown_answer_names_the_answers(begun: Place) -> None:
    """`yes` is no answer; those that are, are listed."""
    said = refused(begun, REFUSED, *ANSWER, "yes")
    assert all(code in said for code in ("agreed", "partly", "not-agreed", "holding"))


def test_the_future_is_refused(begun: Place) -> None:
    """What has not happened cannot be recorded; both days are spelt out."""
    said = refused(begun, REFUSED, "note", "1", "--words", "x", "--on", "2099-01-01")
    assert "Thursday 1 January 2099" in said
    assert "today is " in said


def test_dates_are_british(begun: Place) -> None:
    """3/4/2026 is 3 April, in each command that takes a day."""
    said = begun.done("challenge", *concern(on="3/4/2025"), "--dry-run").out
    assert "Thursday 3 April 2025" in said
    assert begun.json("log", "--day", "3/12/2025") == begun.json("log", "--day", "2025-12-03")


@pytest.mark.parametrize("given", [
    "31/2/2025", "13/13/2025", "3/4/25", "2025-4-3", "20250403", "2025-W14-4", "04-03-2025",
    "3 April", "tomorrow", "2025-02-29", "\u0663/4/2025", "0/0/0000", " ",
])  # fmt: skip
def test_what_could_be_misread_is_no_date(begun: Place, given: str) -> None:
    """A date that is none, or that could be read two ways, is refused with an example."""
    said = one_message(begun.run("note", "1", "--words", "x", "--on", given), USAGE)
    assert "3/4/2026 for 3 April 2026" in said


@pytest.mark.parametrize("asked", [
    ["note", "1", "--words", "x", "--on"], ["log", "--as-at"], ["due", "--day"],
    ["replay", "--from"],
])  # fmt: skip
def test_an_empty_date_is_not_today(begun: Place, asked: list[str]) -> None:
    """Such as a script's variable that was never set."""
    assert "'' is not a date" in one_message(begun.run(*asked, ""), USAGE)


def test_what_was_recorded_since_the_first_of_all_days(begun: Place) -> None:
    """There is no day before it."""
    assert begun.json("replay", "--from", "0001-01-01") == begun.json("replay")


def test_days_before_the_thread_began_are_refused(begun: Place) -> None:
    """A step cannot come before the one it follows."""
    said = refused(begun, REFUSED, *ANSWER, "agreed", "--on", "2025-11-02")
    assert "Sunday 2 November 2025" in said
    assert "Monday 3 November 2025" in said


def test_an_actor_has_to_be_text(begun: Place) -> None:
    """Bytes that are no text, as an actor or an IRO, are refused in words."""
    refused(begun, USAGE, "note", "1", "--words", "x", "--actor", b"\xff")
    refused(begun, REFUSED, "challenge", *concern(), "--iro", b"\xff")


@pytest.mark.parametrize("option", [
    "--words", "--to", "--child", "--service", "--on", "--reason", "--ledger", "--words-file",
    "--fields-file", "--proceedings",
])  # fmt: skip
def test_bytes_that_are_no_text_are_refused(begun: Place, option: str) -> None:
    """A lone byte in any option gives a message in words, whatever the option."""
    codes = {REFUSED, USAGE, NOT_FOUND}
    refused_with(begun, codes, "challenge", *concern(), option, b"caf\xe9")


def test_an_authority_that_is_no_text_leaves_nothing_behind(begun: Place) -> None:
    """`init` with a lone byte for a name is refused, and makes neither a file nor a key."""
    elsewhere = begun.folder / "other.db"
    for args in (["--authority", b"\xff"], ["--authority", "A", "--team", b"\xff"]):
        ran = begun.run("init", "--ledger", str(elsewhere), *args)
        one_message(ran, ran.code)
        assert not elsewhere.exists()
        assert len(list(begun.home.glob("signers/*"))) == 1


# --- threads --------------------------------------------------------------------------------


@pytest.mark.parametrize("given", ["99", "CH-99", "0", "-", "CH", "robin", "\uff11", "1.0", ""])
def test_an_unknown_reference_gets_candidates(begun: Place, given: str) -> None:
    """Not found is exit 4, with the references that there are."""
    for command in (["show", given], ["note", given, "--words", "x"]):
        assert "CH-1" in refused(begun, NOT_FOUND, *command)


def test_a_reference_in_a_new_ledger(fresh: Place) -> None:
    """Where no thread is, the message says so and names the command that begins one."""
    assert "footprint challenge" in refused(fresh, NOT_FOUND, "show", "1")


def test_a_closed_thread_takes_no_new_step(begun: Place) -> None:
    """Closing twice, escalating or alerting a closed thread is refused; a note is taken."""
    begun.done("close", "1", "--closure", "withdrawn", "--on", "2025-11-05")
    said = refused(begun, REFUSED, "close", "1", "--closure", "resolved")
    assert "Wednesday 5 November 2025" in said
    refused(begun, REFUSED, "escalate", "1", "--reason", "serious", "--role", "director")
    refused(begun, REFUSED, "alert", "1", "--role", "director")
    begun.done("note", "1", "--words", "Still worth a note.")


def test_the_next_step_named_is_a_legal_one(begun: Place) -> None:
    """Closing a mere challenge as unresolved is refused, and the way on is to alert it."""
    said = refused(begun, REFUSED, "close", "1", "--closure", "unresolved")
    assert "escalate" not in said
    assert "alert CH-1" in said


def test_a_thread_does_not_begin_twice(begun: Place) -> None:
    """`alert REF` takes no case number: the thread has one already."""
    said = refused(begun, USAGE, "alert", "1", *concern())
    assert "--child" in said
    assert "--theme" in said


# --- the form of the command ----------------------------------------------------------------


@pytest.mark.parametrize(("args", "meant"), [
    (["chalenge"], "challenge"), (["verfy"], "verify"), (["logs"], "log"),
])  # fmt: skip
def test_did_you_mean(begun: Place, args: list[str], meant: str) -> None:
    """A command that is nearly one gets a question."""
    said = refused(begun, USAGE, *args)
    assert "Did you mean" in said
    assert meant in said


@pytest.mark.parametrize("args", [
    ["log", "--json", "--csv"], ["replay", "--json", "--csv"], ["log", "--bogus"], ["log", "extra"],
    ["log", "--as-at", "2025-11-03", "--at-entry", "1"], ["log", "--at-entry", "99"],
    ["log", "--at-entry", "0"], ["log", "--at-entry", "x"], ["log", "--at-entry", "9" * 30],
    ["times", "--year", "2016"], ["times", "--year", "2016-18"], ["counts", "--year", "2098-99"],
    ["times", "--by", "child"], ["verify", "--receipt", "footprint receipt"],
    ["verify", "--against", "nowhere.txt"], ["log", "--ledger", "mysql://host/name"],
    ["alert", *concern(), "--proceedings", "maybe"], ["alert", *concern(), "--stage", "one"],
    ["note", "1", "--words", "x", "--words-file", "-"],
])  # fmt: skip
def test_misuse_is_exit_2(begun: Place, args: list[str]) -> None:
    """What cannot be meant is refused as misuse."""
    one_message(begun.run(*args), USAGE)


@pytest.mark.parametrize("args", [
    ["show", "9" * 5000], ["alert", *concern(), "--stage", "99"],
    ["alert", *concern(), "--stage", "-1"], ["alert", *concern(), "--stage", "9" * 30],
    ["challenge", *concern(), "--stage", "1"], ["note", "1", "--words", "x" * 20_001],
    ["challenge", *concern(respond_by="2099-01-01", on="2025-11-03")],
])  # fmt: skip
def test_what_is_out_of_bounds_is_refused(begun: Place, args: list[str]) -> None:
    """Numbers and texts beyond what a ledger holds are refused in words."""
    refused_with(begun, {REFUSED, NOT_FOUND}, *args)


# --- fields and words from files ------------------------------------------------------------


def test_fields_come_from_standard_input(begun: Place) -> None:
    """Every option can be a field, by either form of its name; what was typed stands."""
    fields = {"child": "77-A", "service": "CSC", "theme": ["PLC", "SIB"], "role": "team-manager",
              "words": "Separated.", "prompted-by": "visit", "review_date": "3/4/2025",
              "proceedings": True, "on": "2025-11-04", "stage": 0}  # fmt: skip
    begun.done("challenge", "--fields-file", "-", "--role", "director", stdin=json.dumps(fields))
    (entry,) = begun.json("replay", "2", "--with-words")
    assert (entry["child"], entry["words"]) == ("77-A", "Separated.")
    assert "Director" in entry["what"]
    assert begun.json("show", "2")["themes"] == ["PLC", "SIB"]


@pytest.mark.parametrize(("given", "said"), [
    ("{", "JSON"), ("", "JSON"), ("[]", "object"), ("7", "object"), ('{"colour": "red"}', "colour"),
    ('{"child": {"a": 1}}', "child"), ('{"child": null}', "child"), ('{"child": 1.5}', "child"),
    ('{"ledger": "x"}', "ledger"), (b"\xff\xfe", "JSON"), ('{"stage": "x"}', "stage"),
    ('{"on": 20251103}', "--on"), ('{"themes": [{"a": 1}]}', "theme"), ('{"role": 5}', "role"),
    ('{"words": ["a"]}', "words"), ('{"service": ["CSC"]}', "service"), ('{"to": true}', "to"),
    ('{"stage": true}', "stage"), ('{"child": true}', "child"),
])  # fmt: skip
def test_bad_fields_are_refused(begun: Place, given: str | bytes, said: str) -> None:
    """Fields that are not an object of known options with fit values are refused, by name."""
    whole = concern(**{re.sub("themes", "theme", said.strip("-")): None})
    asked = ["challenge", "--fields-file", "-", *whole]
    assert said in refused_with(begun, {REFUSED, USAGE}, *asked, stdin=given)


@pytest.mark.parametrize(("given", "kept"), [
    ("Über\nzwei Zeilen\n".encode(), "Über\nzwei Zeilen"),
    (b"\xef\xbb\xbfwith a mark", "with a mark"),
    (b"line one\r\nline two\r\n", "line one\r\nline two"),
    ("\U0001f9d2 نص".encode(), "\U0001f9d2 نص"),
])  # fmt: skip
def test_words_come_from_standard_input(begun: Place, given: bytes, kept: str) -> None:
    """UTF-8 with or without a byte order mark; only the end of the last line is taken off."""
    begun.done("note", "1", "--words-file", "-", stdin=given)
    assert begun.json("replay", "1", "--with-words")[-1]["words"] == kept


def test_words_that_are_not_utf8_are_refused(begun: Place) -> None:
    """A Windows file is refused with the place of its first foreign byte."""
    said = refused(begun, USAGE, "note", "1", "--words-file", "-", stdin=b"caf\xe9")
    assert "UTF-8" in said
    assert "byte 4" in said


def test_words_files_that_cannot_be_read_are_refused(begun: Place) -> None:
    """A file that is not there, and a folder."""
    for path in ("nowhere.txt", str(begun.folder)):
        assert path in refused(begun, USAGE, "note", "1", "--words-file", path)


def test_help_ends_well(begun: Place) -> None:
    """Every command has help, on stdout, with exit 0."""
    listed = re.findall(r"^  ([a-z][a-z-]+)  ", begun.done("--help").out, re.MULTILINE)
    assert listed == list(COMMANDS)
    for command in listed:
        ran = begun.run(command, "--help")
        assert (ran.code, ran.err) == (DONE, "")


def test_a_nought_that_was_typed_stands(begun: Place) -> None:
    """Stage 0 is a stage, not an option left out: no field takes its place."""
    begun.done("alert", "1", "--role", "team-manager", "--on", "2025-11-11")
    answer = [*ANSWER, "agreed", "--on", "2025-11-12", "--stage", "0", "--fields-file", "-"]
    begun.done(*answer, stdin='{"stage": 1}')
    assert "to stage 0" in begun.json("replay", "1")[-1]["what"]
    said = refused(begun, REFUSED, "correct", "1", "--entry", "0", "--reason", "x", "--set", "to=")
    assert "Entry 0 is not of CH-1" in said


def test_a_flag_in_the_fields_is_true_or_false(begun: Place) -> None:
    """ "no" is a text, and would have been taken for yes."""
    asked = [*ANSWER, "agreed", "--fields-file", "-"]
    assert "--dry-run" in refused(begun, USAGE, *asked, stdin='{"dry-run": "no"}')
    assert "Nothing is recorded" in begun.done(*asked, stdin='{"dry-run": true}').out
