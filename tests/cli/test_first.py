"""How much of a long table is given: a screen gets its beginning, a program gets all of it."""

from __future__ import annotations

import sys

import pytest
from cli_helpers import USAGE, Place, on_terminal, one_message

_ROOM = "from footprint_cli import main; from footprint_cli.commands import tables;"
SMALL = (sys.executable, "-c", f"{_ROOM} tables._FIT = 4; main.run()")
"""The program, as if a screen had room for four threads."""


def told(screen: str) -> int:
    return sum(line.startswith("CH-") for line in screen.splitlines())


@pytest.mark.parametrize(
    ("options", "rows", "more"),
    [
        ([], 4, True),
        (["--first", "2"], 2, True),
        (["--first", "26"], 26, False),
        (["--all"], 26, False),
        (["--open"], 3, False),
    ],
)
def test_a_screen_gets_the_beginning(
    year: Place,
    options: list[str],
    rows: int,
    more: bool,  # noqa: FBT001
) -> None:
    """What is overdue stays in sight, and one line says that there is more and how to get it."""
    code, screen = on_terminal(year, "log", *options, program=SMALL, NO_COLOR="1")
    assert (code, told(screen)) == (0, rows)
    assert screen.endswith(f"The first {rows}. There are more: --all, or --first N.\n") == more


def test_the_calendar_that_runs_out_is_no_thread(year: Place) -> None:
    """It is told beside the first threads, and not counted as one."""
    _, screen = on_terminal(year, "due", "--day", "2049-01-01", "--first", "1", NO_COLOR="1")
    assert "calendar" in screen
    assert screen.endswith("The first 1. There are more: --all, or --first N.\n")


def test_a_number_beyond_all_threads_is_misuse(year: Place) -> None:
    """What no computer counts to is said to be so."""
    ran = year.run("log", "--first", "9" * 20)
    assert (ran.code, "--first" in ran.err) == (USAGE, True)


@pytest.mark.parametrize("form", [[], ["--json"], ["--csv"]])
def test_a_program_gets_all_of_it(year: Place, form: list[str]) -> None:
    """In a pipe nothing is left out unasked, whatever the form, and nothing is said of it."""
    rows = year.json("log")
    assert len(rows) == 26
    piped = year.done("log", *form)
    assert piped.err == ""
    assert year.json("log", "--first", "3") == rows[:3]
    assert all(row["ref"] in piped.out for row in rows)
    _, screen = on_terminal(year, "log", "--json", program=SMALL)
    assert screen.count('"ref"') == 26


def test_the_first_are_of_what_was_asked_for(year: Place) -> None:
    """Filters come before the count; what is closed comes last, the newest first."""
    rows = [row["ref"] for row in year.json("log") if row["service"] == "CHAD"]
    found = year.json("log", "--service", "CHAD", "--first", "1")
    assert [row["ref"] for row in found] == rows[:1]
    closed = [int(row["ref"][3:]) for row in year.json("log") if row["status"] == "closed"]
    assert closed == sorted(closed, reverse=True)


def test_the_end_of_the_calendar_is_always_told(year: Place) -> None:
    """It is no thread, and comes after all that are due."""
    _, screen = on_terminal(year, "due", "--first", "1", NO_COLOR="1")
    assert told(screen) == 1
    assert "There are more" in screen
    (*threads, last) = year.json("due", "--day", "2049-01-01", "--first", "1")
    assert (len(threads), last["due"]) == (1, ["calendar"])


def test_the_first_and_all_exclude_each_other(year: Place) -> None:
    """One of them is meant."""
    assert "--all" in one_message(year.run("log", "--first", "3", "--all"), USAGE)
