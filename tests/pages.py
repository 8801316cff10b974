"""Pages of the documentation whose commands are run: day by day, each with what it said."""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from cli_helpers import Place, on_terminal
from footprint_cli.screen.lines import broken

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = (ROOT / "README.md", *sorted(DOCS.glob("*.md")))
CLOCKED = str(Path(__file__).with_name("clocked.py"))
WIDE, SHOWN = 1000, 100
"""Columns of the terminal, and of what a page shows: where a line ends would depend on folders
and keys, which are shortened first."""

NOT_RUN = {
    ("README.md", "python3 -m venv .venv"): "it makes an environment, by way of a network; "
    ".ci/run runs the one that ends in the tests, tests/cli/test_demo.py the demonstration",
    ("first-week.md", "python3 -m venv .venv"): "it makes an environment, by way of a network",
}
"""What is typed on a page and cannot be run here, by page and beginning, and why."""

_PART = re.compile(
    r"^#{2,3} (?P<day>\w+day \d+ \w+ \d{4})$|^<!-- meanwhile: (?P<meanwhile>[^\n]*) -->$"
    r"|^```\n(?P<block>\w*\$ .*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_PROMPT = re.compile(r"^(\w*)\$ ((?:.*\\\n)*.*)$", re.MULTILINE)
"""Who types, and what: over several lines, where each but the last ends in a backslash."""


class Typed(NamedTuple):
    """A command of somebody's on a day, and what it said; or what happens meanwhile, elsewhere."""

    day: date
    command: str
    said: str
    who: str = ""
    meanwhile: str = ""


Lived = tuple[Typed, int, str]
"""What was typed, how it ended, and what it said."""


def typed(path: Path, day: date | None = None) -> Iterator[Typed]:
    """What the page says was typed, and the answers; `day` is that of what is under no day."""
    for part in _PART.finditer(path.read_text("utf-8")):
        if part["day"]:
            day = datetime.strptime(part["day"], "%A %d %B %Y").date()  # noqa: DTZ007 - a day
        elif day is None:
            raise ValueError(f"{path.name} says no day for: {part[0]}")
        elif part["meanwhile"]:
            yield Typed(day, "", "", meanwhile=part["meanwhile"])
        else:
            for who, command, said in commands(part["block"]):
                if not why_not_run(path, command):
                    yield Typed(day, command, said.strip("\n"), who)


def commands(block: str) -> Iterator[tuple[str, str, str]]:
    """Who types in a block, what, and what is said."""
    _, *parts = _PROMPT.split(block)
    yield from zip(parts[::3], parts[1::3], parts[2::3], strict=True)


def why_not_run(path: Path, command: str) -> str:
    """The reason, of what is not to be run."""
    reasons = (why for (page, start), why in NOT_RUN.items()
               if page == path.name and command.startswith(start))  # fmt: skip
    return next(reasons, "")


def type_in(place: Place, day: date, command: str, **env: str | None) -> tuple[int, str]:
    """Run a command on a terminal on that day: the exit code, and what a person reads."""
    program = (sys.executable, CLOCKED, day.isoformat())
    name, *args = shlex.split(_with_keys(place, command.replace("\\\n", " ")))
    assert name == "footprint", f"another program, to be put in NOT_RUN: {command}"
    code, said = on_terminal(
        place, *args, program=program, columns=WIDE, answer="y", **{"TERM": "dumb"} | env
    )
    lines = shortened(said, place).split("\n")
    return code, "\n".join(shown for line in lines for shown in _as_shown(line))


def _as_shown(line: str) -> list[str]:
    """A line as a terminal of the usual width has it: a sentence is broken, and nothing else is."""
    return broken(line, None, SHOWN - 1) if _SENTENCE.match(line) else [line]


_SENTENCE = re.compile(r"(?!footprint |  |[\[{\"])[^|]*[a-z]{2}[.:;,]? [a-z]{2}(?!.*  )")
"""No receipt, no table, no data."""


def _with_keys(place: Place, command: str) -> str:
    """The command with the keys that a page cannot know, of the ledger and of a witness."""
    for name, where in {"$LEDGER_KEY": "signers/*/key", "$WITNESS_KEY": "witness/key"}.items():
        if name in command:
            (path,) = place.folder.rglob(where)
            command = command.replace(name, path.read_text("utf-8").strip())
    return command


def shortened(said: str, place: Place) -> str:
    """Without what differs from run to run: keys, signatures, roots and folders; no document."""
    folder = str(place.folder.resolve())
    said = said.replace(f"{folder}/person", "/home/mb").replace(f"{folder}/", "")
    said = said.replace(folder, "")
    said = re.sub(r"\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}", "+…+…", said)
    said = re.sub(r"(?<!SHA-256: )(?<![\w./+-])[A-Za-z0-9+/]{43,}={0,2}", "…", said)
    said = re.sub(r"(/footprint/|contradiction-)[0-9a-f]{8,16}\b", r"\1…", said)
    said = re.sub(r"(logs/[a-z-]+)[0-9a-f]{8}-[0-9a-f]{12}/", r"\1…/", said)
    return "\n".join(line.rstrip() for line in said.strip("\n").split("\n"))


def fresh(folder: Path, day: date = date(2025, 11, 3), team: str = "North Team") -> Place:
    """A ledger of that day without a thread."""
    place = empty(folder)
    args = f'footprint init --authority "Borough of Testing" --team "{team}"'
    assert type_in(place, day, args)[0] == 0
    return place


def empty(folder: Path) -> Place:
    """A place without a ledger."""
    (folder / "person").mkdir(parents=True)
    return Place(folder)


def live(
    page: str,
    place: Place,
    *,
    day: date | None = None,
    people: Mapping[str, Mapping[str, str | None]] | None = None,
    meanwhile: Callable[[Typed], None] | None = None,
    really: tuple[str, str] = ("", ""),
) -> list[Lived]:
    """Live a page through: each command with how it ended and what it said.

    `people` has for whoever types what is another's in the environment, `meanwhile` does what the
    page says happens elsewhere, and `really` is a name on the page and what has it here. With
    FOOTPRINT_REGENERATE_TRANSCRIPTS the page is written anew.
    """
    named, here = really
    (path,) = (path for path in PAGES if path.name == page)
    lived: list[Lived] = []
    for step in typed(path, day):
        if step.command:
            own = (people or {}).get(step.who, {})
            typed_here = step.command.replace(named, here) if named else step.command
            code, said = type_in(place, step.day, typed_here, **own)
            lived.append((step, code, said.replace(here, named) if here else said))
        elif meanwhile:
            meanwhile(step)
    if os.environ.get("FOOTPRINT_REGENERATE_TRANSCRIPTS"):
        path.write_text(regenerated(path, [said for _, _, said in lived]), "utf-8")
    return lived


def regenerated(path: Path, answers: Sequence[str]) -> str:
    """The page with these answers in their places."""
    left = iter(answers)

    def block(match: re.Match[str]) -> str:
        if not match["block"]:
            return match[0]
        said = "\n\n".join(
            f"{who}$ {command}\n{'' if why_not_run(path, command) else next(left)}".strip("\n")
            for who, command, _ in commands(match["block"])
        )
        return f"```\n{said}\n```"

    return _PART.sub(block, path.read_text("utf-8"))
