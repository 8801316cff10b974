"""The auditors' page, typed on two machines, and on that of a thief: `docs/evidence.md` is run."""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

import pytest
from cli_helpers import DONE, REFUSED, TAMPERED, Place, concern, on_terminal
from thief import steal

pytestmark = pytest.mark.slow  # a process for each command

PAGE = Path(__file__).parents[2] / "docs" / "evidence.md"
CLOCKED = str(Path(__file__).parents[1] / "clocked.py")
REWRITTEN = "<!-- the history is rewritten -->"
_SHOWN = re.compile(
    rf"({REWRITTEN})|^```\n((?:service|auditor)\$ .*?)^```$", re.MULTILINE | re.DOTALL
)
_PROMPT = re.compile(r"^(service|auditor)\$ ", re.MULTILINE)


class Typed(NamedTuple):
    """A command of somebody's on a day, and what it said; empty where the thief is at work."""

    day: date
    who: str
    command: str
    said: str


def typed(page: str) -> Iterator[Typed]:
    """What the page says was typed, and the answers."""
    for section in re.split(r"^### (?=\w+day )", page, flags=re.MULTILINE)[1:]:
        heading, _, body = section.partition("\n")
        day = datetime.strptime(heading, "%A %d %B %Y").date()  # noqa: DTZ007 - a day, no time
        for rewritten, block in _SHOWN.findall(body):
            if rewritten:
                yield Typed(day, "", "", "")
            _, *parts = _PROMPT.split(block)
            for who, text in zip(parts[::2], parts[1::2], strict=True):
                command, _, said = text.partition("\n")
                yield Typed(day, who, command, said.strip("\n"))


class Machines:
    """The service's and the auditor's: a home each, and files that go between them."""

    def __init__(self, folder: Path) -> None:
        (folder / "person").mkdir(parents=True)
        self.service = Place(folder)
        self.homes = {"service": self.service.home, "auditor": folder / "auditor"}

    def type_in(self, day: date, who: str, command: str) -> tuple[int, str]:
        """Run a command on a terminal on that day: the exit code, and what a person reads."""
        keys = {"$LEDGER_KEY": "signers/*/key", "$WITNESS_KEY": "witness/key"}
        for name, where in keys.items():
            if name in command:
                (path,) = (p for home in self.homes.values() for p in home.glob(where))
                command = command.replace(name, path.read_text("utf-8").strip())
        code, said = on_terminal(
            self.service, *shlex.split(command)[1:], program=(sys.executable, CLOCKED, str(day)),
            columns=100, TERM="dumb", FOOTPRINT_HOME=str(self.homes[who]),
        )  # fmt: skip
        return code, self.shortened(said)

    def shortened(self, said: str) -> str:
        """Without what differs from run to run: keys, signatures, roots and folders."""
        said = re.sub(rf"{re.escape(str(self.service.folder.resolve()))}/?", "", said)
        said = re.sub(r"\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}", "+…+…", said)
        said = re.sub(r"(?<![\w./+-])[A-Za-z0-9+/]{43,}={0,2}", "…", said)
        said = re.sub(r"\b[0-9a-f]{64}\b", "…", said)
        said = re.sub(r"(/footprint/|contradiction-)[0-9a-f]{8,16}\b", r"\1…", said)
        said = re.sub(r"(logs/[a-z-]+)[0-9a-f]{8}-[0-9a-f]{12}/", r"\1…/", said)
        return "\n".join(line.rstrip() for line in said.strip("\n").split("\n"))


Lived = list[tuple[Typed, int, str]]


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    """The page, lived through: each command with how it ended and what it said."""
    machines = Machines(tmp_path_factory.mktemp("evidence") / "place")
    day = date(2026, 1, 5)
    for args in (["init", "--authority", "Borough of Testing"], ["challenge", *concern()]):
        assert machines.type_in(day, "service", shlex.join(["footprint", *args]))[0] == DONE
    page, steps = PAGE.read_text("utf-8"), []
    for step in typed(page):
        if step.who:
            steps.append((step, *machines.type_in(step.day, step.who, step.command)))
        else:
            steal(machines.service)
    if os.environ.get("FOOTPRINT_REGENERATE_TRANSCRIPTS"):
        PAGE.write_text(regenerated(page, [said for _, _, said in steps]), "utf-8")
    return steps


def regenerated(page: str, answers: list[str]) -> str:
    """The page with these answers in their places."""
    left = iter(answers)

    def block(match: re.Match[str]) -> str:
        if match[1]:
            return match[0]
        commands = re.findall(r"^(?:service|auditor)\$ .*$", match[2], re.MULTILINE)
        said = "\n\n".join(f"{command}\n{next(left)}".strip("\n") for command in commands)
        return f"```\n{said}\n```"

    return _SHOWN.sub(block, page)


def test_the_page_is_what_happens(lived: Lived) -> None:
    """Each command says what the page says it does."""
    assert lived
    for step, _, said in lived:
        assert said == step.said, step.command


def test_the_witness_alone_stops_the_thief(lived: Lived) -> None:
    """Nothing fails before the rewriting; after it the service's own machine sees nothing, and the
    auditor's refuses, then contradicts, then finds the ledger tampered with."""
    codes = [(step.who, code) for step, code, _ in lived]
    first = codes.index(("auditor", REFUSED))
    assert {code for _, code in codes[:first]} == {DONE}
    assert codes[first + 1 :] == [("service", DONE), ("auditor", TAMPERED), ("auditor", TAMPERED)]
