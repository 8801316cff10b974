"""Whole processes, from start to exit."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from benchmarks.data import ACTOR, Place
from benchmarks.rounds import Measured, Side, take_turns
from benchmarks.targets import BY_NAME, PYTHON, SQLALCHEMY

PROGRAM = str(Path(sys.executable).with_name("footprint"))
_RAISED = "--child 204117 --service CSC --theme PLC --role team-manager --words Contact"
READING = {
    "start: show REF": "show 100",
    "start: replay REF": "replay 100",
    "start: casenote REF": "casenote 100",
    "start: log, its first 100 rows in a pipe": "log --first 100",
    "start: due, in a pipe": "due",
}
WRITING = {"start: challenge": f"challenge {_RAISED}", "start: note": "note 100 --words Contact"}
_COMPLETION = "start: completion of a reference"


def environment(place: Place) -> dict[str, str]:
    """That of a person who works in a ledger. With its compiled modules, or those are measured."""
    own = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return own | {
        "FOOTPRINT_LEDGER": str(place.ledger),
        "FOOTPRINT_HOME": str(place.home),
        "FOOTPRINT_ACTOR": ACTOR,
    }


def command(place: Place, line: str) -> Side:
    """Run the program once."""
    return process([PROGRAM, *line.split()], environment(place))


def completing(place: Place) -> Side:
    """What a shell runs for `footprint show 10<TAB>`."""
    asked = {"_FOOTPRINT_COMPLETE": "complete_bash", "COMP_WORDS": "footprint show 10"}
    return process([PROGRAM], environment(place) | asked)


def process(line: list[str], env: Mapping[str, str]) -> Side:
    """A process from start to exit; what refuses is no measure of anything."""

    def run() -> None:
        done = subprocess.run(line, check=False, capture_output=True, text=True, env=env)
        if done.returncode:
            raise ValueError(f"{line} ended with {done.returncode}: {done.stderr}")

    return run


def measure_starts(place: Place, rounds: int) -> list[Measured]:
    """Those that read first, on a ledger that does not change meanwhile."""
    bare = process([sys.executable, "-c", "pass"], environment(place))
    library = process([sys.executable, "-c", "import sqlalchemy"], environment(place))
    limits = {PYTHON: bare, SQLALCHEMY: library}
    command(place, "due")()  # brings the views to the tail
    reading = {what: command(place, line) for what, line in READING.items()}
    reading[_COMPLETION] = completing(place)
    writing = {what: command(place, line) for what, line in WRITING.items()}
    took = take_turns({**limits, **reading}, rounds)
    wrote = take_turns({PYTHON: bare, **writing}, rounds)
    return [Measured(what, took[what], took[BY_NAME[what].limit]) for what in reading] + [
        Measured(what, wrote[what], wrote[BY_NAME[what].limit]) for what in writing
    ]
