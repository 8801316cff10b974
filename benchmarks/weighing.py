"""Bytes: the most memory that a command takes, and what an entry takes on the disk."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson

from benchmarks.appending import write_sheet
from benchmarks.data import PER_THREAD, Place, new_ledger, place_in
from benchmarks.rounds import Measured
from benchmarks.starting import PROGRAM, environment
from footprint.engine.sqlite import connect_readonly


def measure_memory(
    small: tuple[Place, int], large: tuple[Place, int], folder: Path
) -> list[Measured]:
    """MiB at the most of whole commands on a large ledger, and on a small one.

    Args:
        small, large: a ledger and how many entries it has; an import makes as many.
        folder: where to write.
    """
    weighed: dict[str, Callable[[Place, int], float]] = {
        "memory of verify, its largest process": lambda place, _: _peak(place, "verify"),
        "memory of rebuild, its largest process": lambda place, _: _peak(place, "rebuild"),
        "memory of export, its largest process": lambda place, n: _peak(
            place, "export", "--entries", str(folder / f"{n}.jsonl"), "--with-words"
        ),
        "memory of import, its largest process": lambda _, n: _import(folder / f"import-{n}", n),
    }
    return [Measured(what, [of(*large)], [of(*small)]) for what, of in weighed.items()]


def _import(folder: Path, entries: int) -> float:
    new_ledger(folder, signed=True).close()
    sheet = write_sheet(folder / "sheet.csv", entries // PER_THREAD - 1)
    return _peak(place_in(folder), "import", str(sheet), "--yes", "--source", "transcribed")


# Started by a small process: what starts another one is counted as that one's memory, too.
_WEIGH = """
import os, resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(done.returncode)
"""


def _peak(place: Place, *line: str) -> float:
    """MiB that the program, or a process that it started, took at the most."""
    weigh = [sys.executable, "-I", "-S", "-c", _WEIGH, PROGRAM, *line]
    env = environment(place)
    said = subprocess.run(weigh, check=True, env=env, stdout=subprocess.PIPE, text=True)
    return int(said.stdout) / 1024


def measure_size(place: Place) -> Measured:
    """Bytes of the file, and of its entries with their words as a line of JSON each."""
    with closing(connect_readonly(place.ledger)) as connection:
        rows = connection.execute(
            "SELECT position, stream, version, topic, state, words"
            " FROM event LEFT JOIN vault USING (position)"
        )
        lines = sum(len(_line(*row)) for row in rows)
    return Measured("size of the file", [float(place.ledger.stat().st_size)], [float(lines)])


def _line(*row: Any) -> bytes:
    position, stream, version, topic, state, words = row
    entry = {"position": position, "stream": stream, "version": version, "topic": topic}
    held = {"facts": orjson.Fragment(state), "words": orjson.Fragment(words or b"null")}
    return orjson.dumps(entry | held, option=orjson.OPT_APPEND_NEWLINE)
