"""The examples that help ends in: each can be typed as it stands, and does what it says."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cli_helpers import DONE, Place
from footprint_cli.helping import parts, typed
from import_helpers import changed, put
from pages import empty, type_in
from typer import Context
from write_cli import every

from footprint.domain.vocabulary import DEFAULT_LISTS, FIXED_LISTS

DAY = date(2017, 5, 2)
APART = str(Path(__file__).parents[1] / "typed_apart.py")
COMMANDS = dict(every())
EXAMPLES = {name: parts(command.help)[1] for name, command in COMMANDS.items()}
EACH = list(dict.fromkeys(line for lines in EXAMPLES.values() for line in lines))
CODES = {code for one in (*DEFAULT_LISTS.values(), *FIXED_LISTS.values()) for code in one}

NOT_RUN = {
    "copy footprint.db 'postgresql://": "there is no such server",
    "trust add": "no key is shown that somebody might trust",
    "vault recover": "the code is another each time",
    "casenote 16 --copy": "not every machine has a clipboard; tests/cli/test_clipboard.py",
}
"""Examples that parse and are not run, by their beginning, and why."""

BEFORE = {
    "attach --check": ["attach 20 care-plan.pdf"],
    "redact 16 --approve": ["redact 16 --basis retention --why x --actor manager"],
    "verify --against": ["checkpoint --output checkpoint-2017-05.txt"],
    "verify-bundle": ["evidence 16 --output CH-16.zip"],
    "witness add": [
        "witness init --name audit.example/w1", "trust adopt trust.txt",
        "checkpoint --request --output request.txt",
    ],
    "witness status": ["witness init --name audit.example/w1"],
    "trust remove": ["trust adopt trust.txt"],
    "trust quorum": ["trust adopt trust.txt"],
    "vault rekey": ["vault lock"],
    "vault unlock": ["vault lock"],
    "init --from": ["export --entries entries.jsonl --with-words"],
}  # fmt: skip
"""What is typed before an example, in the same place."""


def given(line: str) -> tuple[str, Any, dict[str, Any]]:
    """The command that a line types, and what is given to it: by the grammar, nothing is run."""
    words = shlex.split(line)[1:]
    name = max((one for one in COMMANDS if line.startswith(f"footprint {one}")), key=len)
    command = COMMANDS[name]
    context: Context = command.make_context(name, words[len(name.split()) :])
    return name, command, context.params


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_shows_how_it_is_typed(name: str) -> None:
    """By an example or two of its own, or of one of its commands."""
    assert 1 <= len(EXAMPLES[name]) <= 2
    assert all(given(line)[0].startswith(name) for line in EXAMPLES[name])


@pytest.mark.parametrize("line", EACH)
def test_an_example_is_of_the_grammar_and_the_policy(line: str) -> None:
    """It is one command, its options are there, and each code is one that a new ledger has."""
    assert not re.search(" [<>|&;] ", line)
    _, command, params = given(line)
    for option in command.params:
        value = params[option.name]
        if option.metavar == "CODE" and option.name != "iro" and value:
            assert {*([value] if isinstance(value, str) else value)} <= CODES


@pytest.mark.parametrize("width", [40, 76, 96])
def test_an_example_is_shown_as_it_can_be_typed(width: int) -> None:
    """Over several lines it is the same words to a shell, and at the usual width none is cut."""
    for line in EACH:
        shown = typed(line, width)
        assert shlex.split("\n".join(shown).replace("\\\n", " ")) == shlex.split(line)
        assert width < 76 or all(len(one) <= width for one in shown), line


def test_no_summary_is_cut_short() -> None:
    """In the list of commands, 80 columns wide, each has its line."""
    for name, command in COMMANDS.items():
        short = command.get_short_help_str(61)
        assert short.endswith("."), name
        assert not short.endswith("..."), name


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The demonstration on the day on which it was made, with the files that examples name."""
    place = empty(tmp_path_factory.mktemp("examples") / "place")
    code, _ = type_in(place, DAY, f"footprint demo --ledger {place.ledger}")
    assert code == DONE
    (place.folder / "care-plan.pdf").write_bytes(b"%PDF-1.7 A plan.")
    (place.folder / "number.txt").write_text("197731")
    put(place, "challenges-2017-18.xlsx", changed({(2, "Child ID"): "211999"}, 1), "xlsx")
    policy = place.done("policy", "show", "--toml").out
    (place.folder / "policy.toml").write_text(policy.replace("days = 5", "days = 7"))
    witness = place.done("witness", "init", "--name", "audit.example/w1",
                         env={"FOOTPRINT_HOME": str(place.folder / "elsewhere")})  # fmt: skip
    log = place.json("status")["key"]
    trust = f"log {log}\nwitness audit {witness.out.split()[0]}\nquorum none\n"
    (place.folder / "trust.txt").write_text(trust)
    return place


@pytest.mark.slow  # about eighty commands
def test_each_example_does_what_it_shows(demonstration: Place) -> None:
    """Each on a demonstration of its own; what would record is run dry."""
    asked = []
    for n, line in enumerate(one for one in EACH if not beginning(one, NOT_RUN)):
        place = demonstration.copy(demonstration.folder.parent / str(n))
        shutil.copy(place.ledger, place.folder / "footprint.db")
        env = place.env(PWD=str(place.folder), TMPDIR=str(place.folder))
        before = [as_typed(f"footprint {one}", dry=False) for one in beginning(line, BEFORE)]
        asked.append((env, [*before, as_typed(line, dry=True)]))
    ran = subprocess.run(
        [sys.executable, APART, DAY.isoformat()], input=json.dumps(asked), capture_output=True,
        text=True, check=True, timeout=300,
    )  # fmt: skip
    for (_, typed_in), ended in zip(asked, json.loads(ran.stdout), strict=True):
        for line, (code, said) in zip(typed_in, ended, strict=True):
            assert code == DONE, (line, said)


def beginning(line: str, table: Mapping[str, Any]) -> Any:
    """What a table has for the line, by its beginning."""
    found = (said for start, said in table.items() if line.startswith(f"footprint {start}"))
    return next(found, ())


def as_typed(line: str, *, dry: bool) -> list[str]:
    """The words of a line: dry where it can be, and a new ledger beside the one that is there."""
    words = shlex.split(line)
    if words[1] == "init":
        words += ["--ledger", "new.db"]
    takes_dry = any("--dry-run" in option.opts for option in given(line)[1].params)
    return [*words, "--dry-run"] if dry and takes_dry else words
