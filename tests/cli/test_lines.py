"""Sentences on a narrow terminal: no word is broken; a pipe is given whole lines."""

from __future__ import annotations

import pytest
from cli_helpers import DONE, NOT_FOUND, Place, concern, on_terminal
from footprint_cli.screen.lines import fitted
from hypothesis import given
from hypothesis import strategies as st

WORDS = st.lists(st.text("abcdefgh;:,'", min_size=1, max_size=18), max_size=8).map(" ".join)


@given(WORDS, st.integers(20, 120), st.sampled_from(["", "- ", "! ", "    ", "Child      "]))
def test_no_word_of_a_line_is_broken(said: str, wide: int, begins: str) -> None:
    """The words are the same, and what is behind the first line is indented as its words are."""
    lines = fitted(begins + said, room=wide)
    assert " ".join(lines).split() == (begins + said).split()
    assert all(len(line) <= wide for line in lines)
    behind = {"": "", "Child      ": "  "}.get(begins, " " * len(begins))
    assert all(line.startswith(behind) for line in lines[1:])


@pytest.mark.parametrize("command", [
    "footprint casenote CH-16 --copy", "footprint policy adopt --calendar-to 2028",
    "footprint import FILE --mapping MAPPING", "footprint init --authority NAME",
])  # fmt: skip
def test_a_command_begins_a_line_before_it_is_broken(command: str) -> None:
    """What is to be typed stands on one line, wherever it begins."""
    for before in range(60):
        lines = fitted(f"{'x ' * before}do: {command}, with a note.", room=48)
        assert any(command in line for line in lines), lines


def test_a_path_is_never_broken() -> None:
    """Wider than the terminal, it has a line to itself, on which the terminal goes on."""
    path = "/home/mb/a-long-name-of-a-folder/another/ledger.db"
    assert path in fitted(f"There is no ledger at {path}.", room=30)[1]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, _new: Place) -> Place:
    """A thread with words that take several lines."""
    place = _new.copy(tmp_path_factory.mktemp("told") / "place")
    place.done("challenge", *concern(words="Third placement in nine months; " * 8))
    return place


@pytest.mark.parametrize("columns", [40, 60, 80])
@pytest.mark.parametrize(
    ("command", "code"),
    [
        (["show", "1"], DONE),
        (["show", "99"], NOT_FOUND),
        (["status"], DONE),
        (["replay", "1"], DONE),
    ],
)
def test_the_real_program_breaks_no_word(
    told: Place, command: list[str], code: int, columns: int
) -> None:
    """On a terminal the lines fit, and hold the same words as in a pipe."""
    ended, screen = on_terminal(told, *command, columns=columns)
    assert ended == code
    for line in screen.splitlines():
        assert len(line) <= columns or " " not in line.strip(), line
    if command[0] == "show":
        ran = told.run(*command)
        assert screen.split() == (ran.out + ran.err).split()


def test_in_a_pipe_lines_stay_whole(told: Place) -> None:
    """However narrow the terminal is from which the pipe was started."""
    for command in (["show", "1"], ["show", "99"], ["status"]):
        thin, wide = (told.run(*command, env={"COLUMNS": at}) for at in ("30", "200"))
        assert (thin.out, thin.err) == (wide.out, wide.err)
    assert "Third placement in nine months; " * 7 in told.done("show", "1").out


def test_a_case_note_is_to_be_pasted_as_it_is(told: Place) -> None:
    """Its lines end where those in the file are to end."""
    _, screen = on_terminal(told, "casenote", "1", columns=40)
    assert screen == told.done("casenote", "1").out
