"""What the documents say is so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import write_cli
from cli_helpers import DONE
from footprint_cli.main import COMMANDS
from pages import NOT_RUN, PAGES, ROOT, fresh, live, typed, why_not_run

from footprint.domain.events import TOPICS
from footprint.engine.sqlite_schema import STATEMENTS
from footprint.ledger.elsewhere.cloudevents import (
    Sealed,
    entry_line,
    read_entry,
    read_line,
    source_of,
)
from footprint.ledger.store.codec import HEADER, canonical, decode
from footprint.ledger.store.sealing import commitment, entry_leaf

TESTS = "".join(path.read_text("utf-8") for path in Path(__file__).parent.rglob("test_*.py"))
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


STALE = "docs/cli.md is not what help says: python tests/write_cli.py"
GRAMMAR = dict(write_cli.every())
NAMED = re.compile(
    r"(?:`(?:footprint )?|\bfootprint )([a-z][a-z-]+)(?: ([a-z][a-z-]*))?"
    r"((?:(?!footprint )[^`\n|;])*)"
)
"""What may be a command, of one or two words, and what is typed behind it."""


@pytest.mark.parametrize("path", PAGES, ids=str)
def test_a_page_names_only_commands_and_options_that_are_there(path: Path) -> None:
    """In a sentence, a table or a file to be copied: what it tells people to type exists."""
    text = path.read_text("utf-8")
    named = set(re.findall(r"`(?:\S*/)?footprint ([a-z-]+)", text))
    assert named <= set(COMMANDS)
    for first, second, rest in NAMED.findall(text):
        command = GRAMMAR.get(f"{first} {second}") or GRAMMAR.get(first)
        if command:
            there = {flag for one in command.params for flag in (*one.opts, *one.secondary_opts)}
            asked = set(re.findall(r"(?<!\S)--[a-z][a-z-]*", re.sub(r'"[^"]*"', "", rest)))
            assert asked <= there | {"--help"}, (first, second, rest)


@pytest.mark.parametrize("path", PAGES, ids=str)
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


# --- what is typed on a page is run -------------------------------------------------------------


def prompted(path: Path) -> Iterator[str]:
    """Each line of a page that begins with a prompt, wherever it stands."""
    yield from re.findall(r"^[ >]*\w*\$ .*$", path.read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize("path", [path for path in PAGES if any(prompted(path))], ids=str)
def test_all_that_is_typed_on_a_page_is_run(path: Path) -> None:
    """Some test lives through it, and what is not run there is in the list, with the reason.

    Tests live through a page by `pages.live`. Where this fails for a block, it is indented, or its
    fence says a language.
    """
    assert re.search(rf'live\(\s*"{path.name}"', TESTS), "no test runs it"
    there = [line.partition("$ ")[2] for line in prompted(path)]
    run = [step.command.partition("\n")[0] for step in typed(path, date(2026, 1, 5))]
    assert [line for line in there if not why_not_run(path, line)] == [one for one in run if one]


def test_what_cannot_be_run_is_there() -> None:
    """The list of what no test runs has nothing that a page no longer says."""
    for page, start in NOT_RUN:
        assert any(path.name == page and f"$ {start}" in path.read_text("utf-8") for path in PAGES)


def test_the_readme_is_what_happens(tmp_path: Path) -> None:
    """What a newcomer reads first is what is said to whoever types it."""
    day = date(2026, 11, 23)
    lived = live("README.md", fresh(tmp_path / "place", day, "Children in Care"), day=day)
    assert [(said, code) for _, code, said in lived] == [(step.said, DONE) for step, *_ in lived]


def test_the_page_of_commands_is_what_help_says() -> None:
    """`docs/cli.md` is written from the grammar."""
    assert write_cli.FILE.read_text("utf-8") == write_cli.as_text(), STALE
