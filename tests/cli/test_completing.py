"""What a shell offers for the word that is being typed: the real program, and real shells."""

from __future__ import annotations

import os
import re
import shutil
import socket
import sqlite3
import subprocess
from contextlib import closing
from datetime import date
from pathlib import Path
from time import monotonic

import pytest
from cli_helpers import PROGRAM, Place, Ran, concern, on_terminal
from footprint_cli.commands import COMMANDS, OF_A_THREAD
from footprint_cli.completion.shells import SCRIPTS
from footprint_cli.main import app
from typer.core import TyperArgument
from typer.main import get_command

SHELLS = ("bash", "zsh", "fish")
_PATH = f"{Path(PROGRAM).parent}:/usr/bin:/bin"


def asked(place: Place, line: str, *, by: str = "bash", **env: str | None) -> list[str]:
    """The lines that a shell is given for the last word of a line. It hears nothing else."""
    ran = place.run(env={"_FOOTPRINT_COMPLETE": f"complete_{by}", "COMP_WORDS": line} | env)
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


def test_words_are_told_apart_as_a_shell_does(three: Place) -> None:
    """By spaces that are not quoted, whatever else stands in them."""
    for quoted in ("--words='a: b=c'", '--words "it\'s"', "--words a\\ b"):
        assert asked(three, f"footprint note {quoted}") == []
        assert asked(three, f"footprint note {quoted} 2") == ["2"]
    assert asked(three, "footprint show '2") == ["2"]
    assert asked(three, 'footprint show "') == ["CH-3", "CH-2", "CH-1"]


def test_what_is_offered_fits_what_a_shell_puts_it_for(three: Place) -> None:
    """All of the word, or in bash what is behind its last `=` or `:`."""
    line = "footprint challenge --follows=2"
    assert asked(three, line) == ["2"]
    assert asked(three, line, by="fish") == ["--follows=2\tPLC, today"]
    assert asked(three, line, by="zsh") == ["--follows=2:PLC, today"]


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


def test_a_server_that_does_not_answer_is_not_waited_for(begun: Place) -> None:
    """It takes the connection and says nothing: nobody's prompt stands still for long."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"postgresql://127.0.0.1:{silent.getsockname()[1]}/none"
        began = monotonic()
        assert asked(begun, "footprint show 1", FOOTPRINT_LEDGER=address) == []
        assert monotonic() - began < 3.5  # seconds; libpq's least is 2


_ENDLESS = """
CREATE VIEW event AS WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n)
    SELECT 'CH-0000001' AS stream, i AS version, 't' || i AS topic, NULL AS state FROM n
    UNION ALL SELECT 'policy', i, 't' || i, NULL FROM n
"""


@pytest.mark.parametrize("line", ["footprint show 1", "footprint challenge --theme "])
def test_a_file_without_an_end_is_not_read_to_it(begun: Place, line: str) -> None:
    """Its table is a view that goes on for ever, or it is a pipe to which nobody writes."""
    endless, pipe = begun.folder / "endless.db", begun.folder / "pipe.db"
    with closing(sqlite3.connect(endless)) as connection:
        connection.execute(_ENDLESS)
    os.mkfifo(pipe)
    for path, seconds in ((endless, 5), (pipe, 1.5)):
        began = monotonic()
        assert asked(begun, line, FOOTPRINT_LEDGER=str(path)) == []
        assert monotonic() - began < seconds


def test_a_configuration_without_an_end_is_not_read_to_it(begun: Place) -> None:
    """Whatever is waited for, the whole answer has its time."""
    os.mkfifo(begun.home / "config.toml")
    began = monotonic()
    assert asked(begun, "footprint show 1", FOOTPRINT_LEDGER=None) == []
    assert monotonic() - began < 5


@pytest.mark.parametrize(
    "state",
    ["", "no JSON", "5", "[" * 100_000, '{"themes": 5}', '{"occurred_on": "2026-02-30"}',
     '{"occurred_on": 5}', '{"themes": ["PLC"], "occurred_on": "never"}',
     '{"themes": ["PLC"], "x": "' + "x" * 1_000_000 + '"}'],
    ids=lambda state: state[:40],
)  # fmt: skip
def test_an_entry_that_cannot_be_read_hides_no_other(begun: Place, state: str) -> None:
    """Its reference is offered without anything said of it, and the others as ever."""
    begun.done("challenge", *concern(child="204118"))
    with closing(sqlite3.connect(begun.ledger)) as connection:
        for (guard,) in connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'event'"
        ).fetchall():
            connection.execute(f'DROP TRIGGER "{guard}"')
        connection.execute(
            "UPDATE event SET state = ? WHERE stream = 'CH-0000001' AND version = 1",
            (state.encode(),),
        )
        connection.commit()
    assert asked(begun, "footprint show ", by="fish") == ["CH-2\tPLC, today", "CH-1"]


@pytest.mark.parametrize(
    "env",
    [
        {"_FOOTPRINT_COMPLETE": "complete_bash"},
        {"_FOOTPRINT_COMPLETE": "complete_bash", "COMP_WORDS": ""},
        {"_FOOTPRINT_COMPLETE": "complete_tcsh", "COMP_WORDS": "footprint "},
        {"_FOOTPRINT_COMPLETE": "complete_bash", "COMP_WORDS": "footprint"},
        {"_FOOTPRINT_COMPLETE": "complete_bash", "COMP_WORDS": "footprint no '"},
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
COMP_LINE='footprint show 2 --json'; COMP_POINT=16
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
    done = subprocess.run(
        [shell, "-c", _ASK[shell].format(script=script)],
        capture_output=True, text=True, env=three.env(PATH=_PATH), check=False,
    )  # fmt: skip
    said = {"bash": "2\n", "zsh": "2:PLC, today\n", "fish": "2\tPLC, today\n"}[shell]
    assert (done.stdout, done.stderr) == (said, "")


_TOLD = """
{first}
{script}
PS1='ready> '
bind -x '"\\C-t": echo "<$READLINE_LINE>"'
"""
"""What a bash begins with. Ctrl-T shows the line as it stands."""
_OLD = 'complete() { [[ "$*" != *nosort* ]] && builtin complete "$@"; }'
"""As a bash before 4.4 has it."""


def in_bash(place: Place, typed: str, *, first: str = "") -> str:
    """The line in a real bash on a terminal, once this is typed and the tabulator pressed."""
    told = place.folder / "told"
    told.write_text(_TOLD.format(first=first, script=SCRIPTS["bash"]))
    bash = ("bash", "--noprofile", "--rcfile", str(told), "-i")
    keys = f"{typed}\t\x14\x15exit\n"
    _, shown = on_terminal(
        place, program=bash, columns=500, answers=[("ready> ", keys)], PATH=_PATH, TERM="dumb"
    )
    line = re.search("^<(.*)>$", shown, re.MULTILINE)
    assert line, shown
    return line[1]


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("footprint show 2", "footprint show 2 "),
        ("footprint sho", "footprint show "),
        ("footprint show --ledger={copy} 2", "footprint show --ledger={copy} 2 "),
        ("footprint show --ledger {copy} 2", "footprint show --ledger {copy} 2 "),
        ("footprint show --ledger={copy} CH-", "footprint show --ledger={copy} CH-"),
        ("footprint show --ledger={copy} --js", "footprint show --ledger={copy} --json "),
        ("footprint challenge --follows=2", "footprint challenge --follows=2 "),
        ("footprint note --words 'a: b' 2", "footprint note --words 'a: b' 2 "),
        ("true; X=1 footprint show 2", "true; X=1 footprint show 2 "),
        ("footprint sho 2\x02\x02", "footprint show 2"),
    ],
)
def test_bash_completes_a_line(three: Place, tmp_path: Path, typed: str, line: str) -> None:
    """Behind what bash takes for the end of a word, behind another command, before other words."""
    copy = tmp_path / "at=a:place.db"
    shutil.copy(three.ledger, copy)
    assert in_bash(three, typed.format(copy=copy)) == line.format(copy=copy)


def test_an_old_bash_completes_too(three: Place) -> None:
    """It knows no `nosort`, and refuses the whole of what it is told with it."""
    assert in_bash(three, "footprint show 2", first=_OLD) == "footprint show 2 "
