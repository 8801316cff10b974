"""One difficult thread through the program, day by day: the page `docs/one-thread.md` is run."""

from __future__ import annotations

import json
import os
import re
import shlex
import sys
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cli_helpers import Place, on_terminal

pytestmark = pytest.mark.xdist_group("one thread")  # it is lived through once, by one process

PAGE = Path(__file__).parents[2] / "docs" / "one-thread.md"
CLOCKED = str(Path(__file__).parents[1] / "clocked.py")


class Typed(NamedTuple):
    """A command on a day, and what it said."""

    day: date
    command: str
    said: str


def typed(page: str) -> Iterator[Typed]:
    """What the page says was typed, and the answers."""
    for section in re.split(r"^## ", page, flags=re.MULTILINE)[1:]:
        heading, _, body = section.partition("\n")
        day = datetime.strptime(heading, "%A %d %B %Y").date()  # noqa: DTZ007 - a day, no time
        for block in re.findall(r"^```\n(.*?)^```$", body, re.MULTILINE | re.DOTALL):
            for one in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                command, _, said = one.partition("\n")
                yield Typed(day, command, said.strip("\n"))


def type_in(place: Place, day: date, command: str) -> tuple[int, str]:
    """Run a command on a terminal on that day: the exit code, and what a person reads."""
    program = (sys.executable, CLOCKED, day.isoformat())
    args = shlex.split(command)[1:]
    code, said = on_terminal(place, *args, program=program, columns=100, TERM="dumb")
    said = re.sub(r"root \S{44}", "root …", said)
    said = re.sub(r"Root: \S{64}", "Root: …", said)
    return code, "\n".join(line.rstrip() for line in said.strip("\n").split("\n"))


def fresh(folder: Path) -> Place:
    place = Place(folder)
    (folder / "person").mkdir(parents=True)
    args = 'footprint init --authority "Borough of Testing" --team "North Team"'
    assert type_in(place, date(2025, 11, 3), args)[0] == 0
    return place


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Place, list[tuple[Typed, int, str]]]:
    """The page, lived through: each command with how it ended and what it said."""
    place = fresh(tmp_path_factory.mktemp("thread") / "place")
    steps = list(typed(PAGE.read_text("utf-8")))
    lived = [(step, *type_in(place, step.day, step.command)) for step in steps]
    if os.environ.get("FOOTPRINT_REGENERATE_TRANSCRIPTS"):
        PAGE.write_text(regenerated(PAGE.read_text("utf-8"), [said for _, _, said in lived]))
    return place, lived


def regenerated(page: str, answers: list[str]) -> str:
    """The page with these answers in their places."""
    left = iter(answers)

    def block(match: re.Match[str]) -> str:
        commands = re.findall(r"^\$ .*$", match[1], re.MULTILINE)
        said = "\n\n".join(f"{command}\n{next(left)}" for command in commands)
        return f"```\n{said}\n```"

    return re.sub(r"^```\n(.*?)^```$", block, page, flags=re.MULTILINE | re.DOTALL)


def test_the_page_is_what_happens(lived: tuple[Place, list[tuple[Typed, int, str]]]) -> None:
    """Each command says what the page says it does."""
    for step, _, said in lived[1]:
        assert said == step.said, step.command


READING = ("due", "log", "times", "replay")


def test_what_was_read_on_a_day_is_read_again_as_at_it(
    lived: tuple[Place, list[tuple[Typed, int, str]]],
) -> None:
    """After all that came later, each view that ended a day says what it said on that day."""
    place, steps = lived
    end = steps[-1][0].day
    compared = set()
    for step, _, said in reversed(steps):
        verb = step.command.split()[1]
        if verb not in READING:
            end = step.day  # what was read before this was read of something else
        elif step.day != end and "--" not in step.command.replace("--by overall", ""):
            as_at = f"{step.command} --as-at {step.day}"
            assert type_in(place, date(2026, 2, 24), as_at) == (0, said), step
            compared.add(verb)
    assert compared == set(READING)


@pytest.mark.parametrize(("day", "reasons"), [
    ("2025-11-10", []),
    ("2025-12-05", ["near"]),
    ("2025-12-07", ["action", "decide", "near"]),
    ("2025-12-09", []),
    ("2025-12-12", []),
    ("2025-12-13", ["action"]),
    ("2025-12-15", ["total", "action"]),
    ("2025-12-18", ["total"]),
    ("2025-12-20", ["total", "action", "decide"]),
    ("2025-12-22", []),
])  # fmt: skip
def test_what_was_due_on_each_day(
    lived: tuple[Place, list[tuple[Typed, int, str]]], day: str, reasons: list[str]
) -> None:
    """By what was recorded by the end of it."""
    due: list[dict[str, Any]] = json.loads(lived[0].done("due", "--as-at", day, "--json").out)
    assert [reason for record in due for reason in record["due"]] == reasons


REFUSED = {
    "escalate 1 --reason overdue --role principal-manager": "footprint alert CH-1",
    "close 1 --closure unresolved": "footprint escalate CH-1",
    "escalate 1 --reason overdue --role head-of-service --to-stage 3": "--why",
    "close 1 --closure resolved": "--basis done or agreed",
    "escalate 1 --reason unsatisfied --role director": "footprint reopen CH-1",
    "escalate 1 --reason overdue --role director": "footprint cafcass CH-1",
}


def test_each_refusal_says_what_to_do_instead(
    lived: tuple[Place, list[tuple[Typed, int, str]]],
) -> None:
    """A refusal ends with 1, and names the next command or the option that is missing."""
    refused = [(step, said) for step, code, said in lived[1] if code == 1]
    advice = {step.command.removeprefix("footprint "): said for step, said in refused}
    for command, what in REFUSED.items():
        assert what in advice[command], command
    assert {code for _, code, _ in lived[1]} == {0, 1}
    assert len(refused) == 8
