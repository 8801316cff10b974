"""One difficult thread through the program, day by day: the page `docs/one-thread.md` is run."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from cli_helpers import Place
from pages import Lived, fresh, live, type_in

pytestmark = pytest.mark.slow  # a process for each command


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Place, list[Lived]]:
    """The page, lived through."""
    place = fresh(tmp_path_factory.mktemp("thread") / "place")
    return place, live("one-thread.md", place)


def test_the_page_is_what_happens(lived: tuple[Place, list[Lived]]) -> None:
    """Each command says what the page says it does."""
    for step, _, said in lived[1]:
        assert said == step.said, step.command


READING = ("due", "log", "times", "replay")


def test_what_was_read_on_a_day_is_read_again_as_at_it(
    lived: tuple[Place, list[Lived]],
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
    ("2025-12-15", ["total"]),  # what had lapsed is why it was taken higher
    ("2025-12-18", ["total"]),
    ("2025-12-20", ["total", "action", "decide"]),
    ("2025-12-22", []),
])  # fmt: skip
def test_what_was_due_on_each_day(
    lived: tuple[Place, list[Lived]], day: str, reasons: list[str]
) -> None:
    """By what was recorded by the end of it."""
    due: list[dict[str, Any]] = json.loads(lived[0].done("due", "--as-at", day, "--json").out)
    assert [reason for record in due for reason in record["due"]] == reasons


REFUSED = {
    "escalate 1 --reason overdue --role principal-manager": "footprint alert CH-1",
    "close 1 --closure unresolved": "footprint escalate CH-1",
    "escalate 1 --reason overdue --role head-of-service --to-stage 3": "--why",
    "escalate 1 --reason unsatisfied --role director": "footprint reopen CH-1",
    "escalate 1 --reason overdue --role director": "footprint cafcass CH-1",
}


def test_each_refusal_says_what_to_do_instead(
    lived: tuple[Place, list[Lived]],
) -> None:
    """A refusal ends with 1, and names the next command or the option that is missing."""
    refused = [(step, said) for step, code, said in lived[1] if code == 1]
    advice = {step.command.removeprefix("footprint "): said for step, said in refused}
    for command, what in REFUSED.items():
        assert what in advice[command], command
    assert {code for _, code, _ in lived[1]} == {0, 1}
    assert len(refused) == 7
