"""What a shell offers for the word that is being typed: the real program, and real shells."""

from __future__ import annotations

import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest
from cli_helpers import PROGRAM, Place, Ran, concern
from footprint_cli.commands import COMMANDS, OF_A_THREAD
from footprint_cli.completing import SCRIPTS
from footprint_cli.main import app
from typer.core import TyperArgument
from typer.main import get_command

SHELLS = ("bash", "zsh", "fish")


def asked(place: Place, line: str, *, by: str = "bash", **env: str | None) -> list[str]:
    """The lines that a shell is given for the last word of a line. It hears nothing else."""
    at = len(line.split(" ")) - 1
    asking = {"_FOOTPRINT_COMPLETE": f"complete_{by}", "COMP_WORDS": line, "COMP_CWORD": str(at)}
    ran = place.run(env=asking | env)
    assert (ran.code, ran.err) == (0, "")
    return ran.out.splitlines()


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory, _begun: Place) -> Place:
    """Three threads, to read only."""
    place = _begun.copy(tmp_path_factory.mktemp("three") / "place")
    place.done("challenge", *concern(child="204118"))
    place.done("challenge", *concern(child="204119", theme="SIB"))
    place.done("correct", "3", "--entry", "9", "--set", "theme=DEL", "--reason", "Misread.")
    return place


# --- references ---------------------------------------------------------------------------------


def test_a_reference_is_offered_as_it_is_being_typed(three: Place) -> None:
    """By its number, its short form and its stored form, the newest first."""
    assert asked(three, "footprint show ") == ["CH-3", "CH-2", "CH-1"]
    assert asked(three, "footprint note 2") == ["2"]
    assert asked(three, "footprint replay ch") == ["ch-3", "ch-2", "ch-1"]
    assert asked(three, "footprint close CH-0000003") == ["CH-0000003"]
    assert asked(three, "footprint show 4") == []
    assert asked(three, "footprint show x") == []


def test_a_theme_and_an_age_are_said_of_it_and_nothing_that_names_anybody(three: Place) -> None:
    """What it is about and how long ago; nothing of it where it was corrected since."""
    ago = (date.today() - date(2025, 11, 3)).days  # noqa: DTZ011 - give or take an hour at midnight
    assert asked(three, "footprint show ", by="fish") == [
        "CH-3", "CH-2\tPLC, today", f"CH-1\tPLC, {ago} days",
    ]  # fmt: skip
    assert asked(three, "footprint show 2", by="zsh") == ["2:PLC, today"]


def test_a_reference_is_offered_wherever_one_goes(three: Place, tmp_path: Path) -> None:
    """Behind options, as the value of one, and of the ledger that the line names."""
    assert asked(three, "footprint note --words x 2") == ["2"]
    assert asked(three, "footprint challenge --follows 3") == ["3"]
    named = f"footprint show --ledger {three.ledger} 1"
    assert asked(three, named, FOOTPRINT_LEDGER=str(tmp_path / "none.db")) == ["1"]
    assert asked(three, "footprint show --ledger /none.db 1") == []
    assert asked(three, "footprint show 1 ") == []


def test_whichever_way_it_is_found_the_same_commands_are_of_a_thread() -> None:
    """The short way for the first word behind a command leaves none out, and adds none."""
    grammar = get_command(app)
    first = {
        name: next(
            (p.metavar for p in grammar.commands[name].params if isinstance(p, TyperArgument)), ""
        )
        for name in COMMANDS
    }
    assert {name for name, metavar in first.items() if metavar.strip("[]") == "REF"} == OF_A_THREAD


# --- commands and options -----------------------------------------------------------------------


def test_commands_and_options_are_offered(three: Place) -> None:
    """What the grammar has: commands, commands of a command, options with what they are for."""
    assert asked(three, "footprint ") == list(COMMANDS)
    assert asked(three, "footprint re") == [
        "respond",
        "reopen",
        "redact",
        "replay",
        "report",
        "rebuild",
    ]
    assert asked(three, "footprint vault l") == ["lock"]
    assert asked(three, "footprint note --wor") == ["--words", "--words-file"]
    assert "--words\tWhat was said or done." in asked(three, "footprint note -", by="fish")


# --- quiet --------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", ["footprint show 1", "footprint note --words x 1"])
def test_where_there_is_no_ledger_nothing_is_offered(begun: Place, line: str) -> None:
    """Nothing there, something else there, or a server that is not: no message in a prompt."""
    assert asked(begun, line, FOOTPRINT_LEDGER=str(begun.folder / "none.db")) == []
    other = begun.folder / "other.db"
    other.write_bytes(b"no ledger" * 1_000)
    assert asked(begun, line, FOOTPRINT_LEDGER=str(other)) == []
    assert asked(begun, line, FOOTPRINT_LEDGER="postgresql://127.0.0.1:1/none") == []
    assert asked(begun, line, FOOTPRINT_LEDGER="mysql://none") == []
    assert not (begun.folder / "none.db").exists()


@pytest.mark.parametrize(
    "env",
    [
        {"_FOOTPRINT_COMPLETE": "complete_bash"},
        {"_FOOTPRINT_COMPLETE": "complete_bash", "COMP_WORDS": "footprint show 1"},
        {"_FOOTPRINT_COMPLETE": "complete_tcsh", "COMP_WORDS": "footprint ", "COMP_CWORD": "1"},
        {"_FOOTPRINT_COMPLETE": "complete_bash", "COMP_WORDS": "footprint", "COMP_CWORD": "x"},
        {"_FOOTPRINT_COMPLETE": "complete_bash", "COMP_WORDS": "footprint no '", "COMP_CWORD": "2"},
        {"_FOOTPRINT_COMPLETE": "source_tcsh"},
        {"_FOOTPRINT_COMPLETE": ""},
    ],
    ids=str,
)
def test_a_question_that_makes_no_sense_is_answered_by_nothing(
    begun: Place, env: dict[str, str]
) -> None:
    """Whatever is asked, nothing disturbs the line that somebody types."""
    assert begun.run(env=env) == Ran(0, "", "")


# --- shells -------------------------------------------------------------------------------------

_ASK = {
    "bash": """
{script}
COMP_WORDS=(footprint show 2); COMP_CWORD=2
_footprint_completion footprint show 2
printf '%s\\n' "${{COMPREPLY[@]}}"
""",
    "zsh": """
compdef() {{ :; }}
_describe() {{ print -l -- "${{(@P)3}}"; }}
_files() {{ print files; }}
{script}
words=(footprint show 2); CURRENT=3
_footprint_completion
""",
    "fish": """
{script}
complete --do-complete 'footprint show 2'
""",
}
"""A line of which the last word is completed, as far as that goes without a terminal."""


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_completes_a_reference(three: Place, shell: str) -> None:
    """The script that a shell is given asks in its way, and takes the answer."""
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    script = three.run(env={"_FOOTPRINT_COMPLETE": f"source_{shell}"}).out
    assert script == SCRIPTS[shell]
    path = f"{Path(PROGRAM).parent}:/usr/bin:/bin"
    done = subprocess.run(
        [shell, "-c", _ASK[shell].format(script=script)],
        capture_output=True, text=True, env=three.env(PATH=path), check=False,
    )  # fmt: skip
    said = {"bash": "2\n", "zsh": "2:PLC, today\n", "fish": "2\tPLC, today\n"}[shell]
    assert (done.stdout, done.stderr) == (said, "")
