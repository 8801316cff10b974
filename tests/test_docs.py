"""What the documents say is so."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from footprint_cli.main import COMMANDS

from footprint.domain.events import TOPICS
from footprint.engine.sqlite_schema import STATEMENTS
from footprint.ledger.cloudevents import Sealed, entry_line, read_entry, read_line, source_of
from footprint.ledger.codec import HEADER, canonical, decode
from footprint.ledger.sealing import commitment, entry_leaf

ROOT = Path(__file__).parent.parent
FORMAT = (ROOT / "docs" / "format.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")


def published(topic: str) -> tuple[set[str], set[str]]:
    """The facts that the format's tables give a topic: those always there, and the others."""
    row = next(line for line in FORMAT.splitlines() if f"`{topic}` |" in line)
    facts = row.split("|")[2]
    if topic == "alert.raised":
        always, others = published("challenge.raised")
        return always, others | {"resolve_by"}
    always = set(re.findall(r"`(\w+)`", " ".join(re.findall(r"\*\*(.*?)\*\*", facts))))
    return always, set(re.findall(r"`(\w+)`", re.sub(r"\(.*?\)", "", facts))) - always


@pytest.mark.parametrize("topic", TOPICS)
def test_the_format_publishes_each_event(topic: str) -> None:
    """The facts in `docs/format.md` are those of the code, and the bold ones always there."""
    kinds, absent = TOPICS[topic].kinds.keys(), TOPICS[topic].may_be_absent()
    policy = {"version", "starts_on"} if topic.startswith("policy.") else set()
    always, others = published(topic)
    assert (always | policy, others) == (kinds - absent, absent)


def test_the_format_publishes_the_header() -> None:
    """Each key of the header has a row."""
    assert all(f"| `{name}` |" in FORMAT for name in HEADER)


def example(name: str) -> str:
    """What the format shows under this name."""
    found = re.search(rf"<!-- example: {name} -->\n```\w+\n(.*?)\n```", FORMAT, re.DOTALL)
    assert found
    return found[1]


def test_the_format_publishes_the_schema() -> None:
    """Every statement to the letter, in the order in which they are run."""
    assert example("schema") == "\n".join(f"{statement};" for statement in STATEMENTS)


def test_the_example_of_the_format_is_right() -> None:
    """Its commitment and leaf are those of its bytes, and its state is canonical."""
    state, words = example("state").encode(), example("words").encode()
    entry = decode(1, "CH-0000001", 1, "challenge.raised", state)
    assert entry.occurred_on == date(2026, 4, 3)
    assert canonical(__import__("orjson").loads(state)) == state
    sealed = commitment("CH-0000001", 1, "challenge.raised", b"\x07" * 32, words)
    leaf = entry_leaf("CH-0000001", 1, "challenge.raised", state).hex()
    assert entry.words == sealed
    assert example("hashes").split() == ["commitment", sealed, "leaf", leaf]


def test_the_readme_names_two_commands() -> None:
    """One ends in the demonstration, one in the tests; each does all the set-up."""
    commands = re.findall(r"^\$ (python3 -m venv .*)$", README, re.MULTILINE)
    assert [command.split("/")[-1] for command in commands] == ["footprint demo", "pytest"]


def test_the_readme_names_only_commands_that_are_there() -> None:
    """What it tells people to type exists."""
    named = set(re.findall(r"footprint ([a-z]+) ", README)) - {"receipt"}
    assert named <= set(COMMANDS)


@pytest.mark.parametrize("path", [*(ROOT / "docs").glob("*.md"), ROOT / "README.md"], ids=str)
def test_links_lead_somewhere(path: Path) -> None:
    """Each relative link is to a file that is there."""
    for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text("utf-8")):
        assert (path.parent / target).exists(), target


def test_the_format_publishes_a_line_of_an_export() -> None:
    """The example entry, with its words, as an export of entries has it; and back."""
    state, words = example("state").encode(), example("words").encode()
    source = source_of("borough-of-poole/footprint/1f2e3d4c")
    entry = Sealed((7, "CH-0000001", 1, "challenge.raised", state), b"\x07" * 32, words)
    line = entry_line(source, entry, "2026-04-03T16:59:00.000000Z")
    assert line.decode() == example("event") + "\n"
    assert read_entry(source, line, read_line(line)) == entry
