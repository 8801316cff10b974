"""Pages of the documentation whose commands are run: day by day, each with what it said."""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from cli_helpers import Place, on_terminal

DOCS = Path(__file__).parents[1] / "docs"
CLOCKED = str(Path(__file__).with_name("clocked.py"))


class Typed(NamedTuple):
    """A command on a day, and what it said."""

    day: date
    command: str
    said: str


def typed(page: str) -> Iterator[Typed]:
    """What the page says was typed, and the answers."""
    for section in re.split(r"^## ", page, flags=re.MULTILINE)[1:]:
        heading, _, body = section.partition("\n")
        if not re.search(r"^```$", body, re.MULTILINE):
            continue
        day = datetime.strptime(heading, "%A %d %B %Y").date()  # noqa: DTZ007 - a day, no time
        for block in re.findall(r"^```\n(.*?)^```$", body, re.MULTILINE | re.DOTALL):
            for one in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                command, _, said = one.partition("\n")
                yield Typed(day, command, said.strip("\n"))


def type_in(place: Place, day: date, command: str) -> tuple[int, str]:
    """Run a command on a terminal on that day: the exit code, and what a person reads."""
    program = (sys.executable, CLOCKED, day.isoformat())
    args = shlex.split(command)[1:]
    code, said = on_terminal(place, *args, program=program, columns=100, answer="y", TERM="dumb")
    said = re.sub(r"root \S{44}", "root …", said)
    said = re.sub(r"Root: \S{64}", "Root: …", said)
    said = re.sub(r"figures [0-9a-f]{64}", "figures …", said)
    return code, "\n".join(line.rstrip() for line in said.strip("\n").split("\n"))


def fresh(folder: Path) -> Place:
    place = Place(folder)
    (folder / "person").mkdir(parents=True)
    args = 'footprint init --authority "Borough of Testing" --team "North Team"'
    assert type_in(place, date(2025, 11, 3), args)[0] == 0
    return place


def live(page: str, place: Place) -> list[Lived]:
    """Live a page through: each command with how it ended and what it said.

    With FOOTPRINT_REGENERATE_TRANSCRIPTS the page is written anew.
    """
    path = DOCS / page
    lived = [(step, *type_in(place, step.day, step.command))
             for step in typed(path.read_text("utf-8"))]  # fmt: skip
    if os.environ.get("FOOTPRINT_REGENERATE_TRANSCRIPTS"):
        path.write_text(regenerated(path.read_text("utf-8"), [said for _, _, said in lived]))
    return lived


Lived = tuple[Typed, int, str]


def regenerated(page: str, answers: list[str]) -> str:
    """The page with these answers in their places."""
    left = iter(answers)

    def block(match: re.Match[str]) -> str:
        commands = re.findall(r"^\$ .*$", match[1], re.MULTILINE)
        said = "\n\n".join(f"{command}\n{next(left)}" for command in commands)
        return f"```\n{said}\n```"

    return re.sub(r"^```\n(.*?)^```$", block, page, flags=re.MULTILINE | re.DOTALL)
