"""Questions on a terminal: the real program, and whoever sits there."""

from __future__ import annotations

import os
import re
import sys
from datetime import date
from pathlib import Path

import pytest
from cli_helpers import (
    DONE,
    INTERRUPTED,
    NOT_FOUND,
    PROGRAM,
    REFUSED,
    USAGE,
    Answer,
    Place,
    on_terminal,
    one_message,
)
from pages import CLOCKED, DOCS, empty, shortened, type_in

CHALLENGE: list[Answer] = [
    ("case number: ", "204118\n"),
    ("Service", "csc\n"),
    ("Team", "\n"),
    ("Theme", "plc\n"),
    ("Whom you ask", "team-manager\n"),
    ("Words", "No health assessment.\n"),
    ("Record it?", "\n"),
]


def drafts(place: Place) -> list[Path]:
    return [*place.home.glob("drafts/*/*/*")]


@pytest.mark.parametrize("columns", [40, 80])
@pytest.mark.parametrize("term", ["xterm", "dumb"])
def test_a_challenge_from_nothing(begun: Place, columns: int, term: str) -> None:
    """Seven answers, all of it shown with the day spelt out, the receipt; no line is too wide."""
    size = begun.entries()
    code, said = on_terminal(begun, "challenge", columns=columns, answers=CHALLENGE, TERM=term)
    assert code == DONE, said
    assert begun.entries() == size + 1
    flat = " ".join(said.split())
    assert "204118 has no thread yet." in flat
    assert "Placement change, number or type" in flat
    assert ", today" in flat
    assert "An answer is due by" in flat
    assert "footprint receipt CH-" in flat
    assert "\x1b[3" not in said  # nothing is told by a colour
    assert all(
        len(line) <= columns
        for line in said[: said.index("footprint receipt")].splitlines()
        if "No health" not in line  # which was typed
    )
    assert not drafts(begun)


def test_what_was_given_is_not_asked(begun: Place) -> None:
    """Only what is missing is; and where nothing is, nothing."""
    begun.done("challenge", *FIELDS)
    line = ["respond", "1", "--response", "agreed", "--words", "On the 28th."]
    code, said = on_terminal(
        begun, *line, answers=[("Who answered [Team Manager]: ", "\n"), ("Record it?", "\n")]
    )
    assert code == DONE, said
    assert "not-agreed" not in said  # the list of answers
    code, said = on_terminal(begun, "note", "1", "--words", "Rang.")
    assert (code, "Record it?" in said) == (DONE, False)


def test_a_basis_alone_is_asked_for(begun: Place) -> None:
    """Where all else is given, and it cannot be recorded without."""
    answers: list[Answer] = [("Satisfied: ", "\n"), ("Satisfied: ", "done\n"), ("Record it?", "\n")]
    line = ["close", "1", "--closure", "resolved", "--words", "Met."]
    code, said = on_terminal(begun, *line, answers=answers)
    assert (code, "is missing" in said) == (DONE, False), said


FIELDS = (
    "--child", "204117", "--service", "CSC", "--theme", "PLC", "--role", "team-manager",
    "--words", "Third placement.",
)  # fmt: skip


def test_what_was_put_right_is_what_enter_takes(begun: Place) -> None:
    """A service that was mistaken is not offered for the next thread."""
    entry = str(begun.entries() + 1)
    begun.done("challenge", *FIELDS)
    begun.done("correct", "2", "--entry", entry, "--set", "service=EDU", "--reason", "A slip.")
    answers = [CHALLENGE[0], ("Service [", None)]
    _, said = on_terminal(begun, "challenge", answers=answers)
    assert "Service [Education" in said


def test_nothing_is_asked_in_a_script(begun: Place) -> None:
    """All that is missing is named at once, as before."""
    assert "--child, --service" in one_message(begun.run("challenge"), USAGE)
    for quietly in ("--no-input", "--json"):
        code, said = on_terminal(begun, "challenge", quietly)
        assert code == USAGE
        assert "Missing: --child" in said


def test_whoever_leaves_loses_nothing(begun: Place) -> None:
    """Nothing is recorded, the words are kept for this person alone, and offered again."""
    size = begun.entries()
    half = [*CHALLENGE[:-1], ("Record it?", None)]
    code, said = on_terminal(begun, "challenge", answers=half)
    assert code == INTERRUPTED, said
    assert "Your words are kept" in said
    [draft] = drafts(begun)
    assert draft.read_text("utf-8") == "No health assessment."
    assert (draft.stat().st_mode | draft.parent.stat().st_mode) & 0o077 == 0
    code, said = on_terminal(begun, "challenge", answers=[*CHALLENGE[:-1], ("Record it?", "\x04")])
    assert code == REFUSED
    assert "Your words are kept" in said
    assert begun.entries() == size
    again = [*CHALLENGE[:5], ("Words [No health assessment.]: ", "\n"), ("Record it?", "\n")]
    code, said = on_terminal(begun, "challenge", answers=again)
    assert code == DONE, said
    assert not drafts(begun)
    ref = said.split("footprint receipt ")[1].split()[0]
    assert "No health assessment." in begun.done("show", ref).out


def test_an_editor_for_long_words(begun: Place, tmp_path: Path) -> None:
    """It works on the draft; what it leaves is what is recorded."""
    begun.done("challenge", *FIELDS)
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nprintf "First line.\\nSecond line.\\n" > "$1"\n', "utf-8")
    editor.chmod(0o700)
    answers: list[Answer] = [("Words: ", "e\n"), ("Record it?", "\n")]
    code, said = on_terminal(begun, "note", "1", answers=answers, EDITOR=str(editor))
    assert code == DONE, said
    shown = begun.done("show", "1").out
    assert "First line." in shown
    assert "Second line." in shown
    assert not drafts(begun)
    answers = [("Words: ", "e\n"), ("does not start", "Typed.\n"), ("Record it?", "\n")]
    code, said = on_terminal(begun, "note", "1", answers=answers, EDITOR="/no/such/editor")
    assert code == DONE, said


def test_pasted_lines_are_words(begun: Place) -> None:
    """A text of several lines answers the question it is pasted to, and none after it."""
    begun.done("challenge", *FIELDS)
    size = begun.entries()
    pasted = "First.\nSecond, and an empty one:\n\ny\n"
    code, said = on_terminal(
        begun, "note", "1", answers=[("Words: ", pasted), ("Record it?", "<\n"), ("Words [", None)]
    )
    assert code == INTERRUPTED, said
    assert begun.entries() == size
    [draft] = drafts(begun)
    assert draft.read_text("utf-8") == pasted.removesuffix("\n")


def test_a_paste_never_says_yes(begun: Place) -> None:
    """All of it answers the question it is pasted to, and the Enter behind it nothing."""
    begun.done("challenge", *FIELDS)
    size = begun.entries()
    answers: list[Answer] = [
        ("Entries", "-\n"), ("On what ground", "court\n"),
        ("Why: ", "By order of the court.\n\nSecond paragraph.\n"), ("Record it?", "<\n"),
        ("Why [By order of the court. Second paragraph.]: ", None),
    ]  # fmt: skip
    code, said = on_terminal(begun, "redact", "2", answers=answers)
    assert code == INTERRUPTED, said
    assert begun.entries() == size


def test_what_is_typed_ahead_of_the_last_question_is_no_yes(begun: Place) -> None:
    """Enter, typed before all was shown, records nothing: then it takes a y."""
    begun.done("challenge", *FIELDS)
    answers: list[Answer] = [
        ("Service", "csc\n"), ("Team", "-\n"), ("Theme", "plc\n"), ("Whom you ask", "nurse\n"),
        ("Words", "Words.\n"), ("Record it?", "5\n"), ("Whom you ask", "teacher\n\n\n"),
        ("y records it.", ""), ("Record it?", "\n"), ("Record it?", "y\n"),
    ]  # fmt: skip
    code, said = on_terminal(begun, "challenge", "--child", "204119", answers=answers)
    assert code == DONE, said


def test_nothing_is_asked_where_the_questions_are_not_seen(begun: Place) -> None:
    """With the error stream elsewhere, as it is in a script."""
    program = ("/bin/sh", "-c", f'exec {PROGRAM} "$@" 2>errors.txt', "sh")
    code, said = on_terminal(begun, "challenge", program=program)
    assert (code, said) == (USAGE, "")
    assert "Missing: --child" in (begun.folder / "errors.txt").read_text("utf-8")


def test_what_was_given_is_looked_over_too(begun: Place) -> None:
    """Also what no question is about; and what cannot be is said before the first question."""
    begun.done("challenge", *FIELDS)
    line = ["correct", "1", "--entry", "7", "--set", "on=1/11/2025", "--keep-due"]
    answers: list[Answer] = [
        ("Why: ", "Misread.\n"),
        ("--set on=1/11/2025", ""),
        ("Record it?", "\n"),
    ]
    code, said = on_terminal(begun, *line, answers=answers)
    assert code == DONE, said
    assert "--keep-due" in said
    for option, wrong in (("--on", "31/31/2026"), ("--review-date", "foo"), ("--follows", "999")):
        code, said = on_terminal(begun, "challenge", option, wrong)
        assert code in {USAGE, REFUSED, NOT_FOUND}
        assert wrong in said
        assert "case number:" not in said


def test_an_empty_number_removes_nothing_on_a_terminal_either(begun: Place) -> None:
    """A script's variable that was empty is said to be, and whose it is to be is looked over."""
    code, said = on_terminal(begun, "redact", "1", "--right-child", "")
    assert (code, "--right-child is empty" in said) == (USAGE, True)
    answers: list[Answer] = [("Entries", "-\n"), ("On what ground", "wrong\n"), ("Why", "His.\n"),
                             ("Whose it really is: 444444", ""), ("Record it?", None)]  # fmt: skip
    code, said = on_terminal(begun, "redact", "1", "--right-child", "444444", answers=answers)
    assert code == INTERRUPTED
    assert "444444 has no thread yet." in said


def test_what_an_editor_saved_in_another_encoding_is_not_lost(begun: Place, tmp_path: Path) -> None:
    """It is read as it is most likely meant, and looked over; nothing stays beside it."""
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nprintf "Ren\\351e rang." > "$1"; cp "$1" "$1~"\n', "utf-8")
    editor.chmod(0o700)
    answers: list[Answer] = [("Words: ", "e\n"), ("Words: Renée rang.", ""), ("Record it?", "\n")]
    code, said = on_terminal(begun, "note", "1", answers=answers, EDITOR=str(editor))
    assert code == DONE, said
    assert not drafts(begun)


def test_what_is_asked_is_not_kept_by_the_line_editor(begun: Place) -> None:
    """No earlier answer comes back with a key: they may be a child's words."""
    begun.done("challenge", *FIELDS)
    up = "\x1b[A\n"
    answers: list[Answer] = [("Words: ", "Secret words.\n"), ("Record it?", "<\n"),
                             ("Words [Secret words.]: ", up), ("Record it?", "\n")]  # fmt: skip
    code, said = on_terminal(begun, "note", "1", answers=answers)
    assert code == DONE, said
    assert said.count("Secret words.") == 4  # typed, looked over twice, what Enter takes


def test_a_warning_still_asks(begun: Place) -> None:
    """What looks like a name is asked about behind the questions; after no it can be said anew."""
    size = begun.entries()
    answers = [
        *CHALLENGE[:5], ("Words: ", "Rang John Smith today.\n"), ("Record it?", "\n"),
        ("[y/N]", "n\n"), ("Record it?", "6\n"),
        ("Words [", "Rang the aunt today.\n"), ("Record it?", "\n"),
    ]  # fmt: skip
    code, said = on_terminal(begun, "challenge", answers=answers)
    assert code == DONE, said
    assert "full name" in said
    assert begun.entries() == size + 1
    assert not drafts(begun)
    ref = said.split("footprint receipt ")[1].split()[0]
    assert "Rang the aunt today." in begun.done("show", ref).out


def test_what_is_refused_behind_the_questions_can_be_changed(begun: Place) -> None:
    """Somebody closed the thread meanwhile: it is said, all is still there, and words are kept."""
    begun.done("challenge", *FIELDS)

    def close_it() -> str:
        begun.done("close", "1", "--closure", "withdrawn")
        return "\n"

    answers: list[Answer] = [("How it ended", "withdrawn\n"), ("Words [none]: ", "It is moot.\n"),
                             ("Record it?", close_it), ("Record it?", None)]  # fmt: skip
    code, said = on_terminal(begun, "close", "1", answers=answers)
    assert code == INTERRUPTED, said
    before, after = said.split("Record it?")[1:3]
    assert "CH-1 is closed" in before
    assert "Words: It is moot." in before
    assert "Your words are kept" in after
    assert len(drafts(begun)) == 1
    assert "It is moot." not in begun.done("show", "1").out


def test_any_bytes_are_survived(begun: Place) -> None:
    """Keys that are no letters, and bytes that are no text: asked again, no traceback."""
    begun.done("challenge", *FIELDS)
    for noise in (b"\x1b[D\n", b"\xff\xfe\n", b"\x00\n", b"\x07\x08\n"):
        text = os.fsdecode(noise)
        answers: list[Answer] = [
            ("What changed: ", text.encode("utf-8", "surrogateescape").decode("latin-1"))
        ]
        code, said = on_terminal(
            begun, "impact", "1", answers=[*answers, ("What changed: ", None)], program=(PROGRAM,)
        )
        assert code == INTERRUPTED
        assert "Traceback" not in said


def test_whose_ledger_it_is(tmp_path: Path) -> None:
    """A ledger is begun with one answer; in a script it is named as missing."""
    place = Place(tmp_path)
    code, said = on_terminal(place, "init", answers=[("name: ", "Borough of Poole\n")])
    assert code == DONE, said
    assert place.json("status")["authority"] == "Borough of Poole"
    assert "--authority" in one_message(place.run("init", "--no-input"), USAGE)


WEEK: list[Answer] = [
    ("case number: ", "204117, 204118\n"),
    ("Service", "\n"),
    ("Team", "\n"),
    ("Theme", "fam\n"),
    ("Whom you ask", "\n"),
    ("Words", "No contact with their brother for seven weeks.\n"),
    ("Record it?", "\n"),
]


def test_the_questions_are_as_the_first_week_shows_them(tmp_path: Path) -> None:
    """To the letter, at 80 columns, on the day that it tells of."""
    week = empty(tmp_path / "place")
    day = date(2026, 3, 30)
    begun = 'footprint init --authority "Borough of Testing" --team "North Team"'
    before = (
        'footprint challenge --child 204117 --service CSC --team "North Team" --theme PLC'
        ' --role team-manager --words "Third placement in nine months."'
    )
    for line in (begun, before):
        assert type_in(week, day, line)[0] == DONE
    program = (sys.executable, CLOCKED, day.isoformat())
    code, said = on_terminal(
        week, "challenge", program=program, columns=80, answers=WEEK, TERM="dumb"
    )
    assert code == DONE, said
    page = (DOCS / "first-week.md").read_text("utf-8")
    [block] = re.findall(r"<!-- asked: challenge -->\n+```\n(.*?)\n```", page, re.DOTALL)
    assert shortened(said, week) == block
