"""The benchmark command: its table can be read back, says what fell, and measures every target."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
sys.path.append(str(ROOT))

from benchmarks.results import (  # noqa: E402 - not a package of ours
    RESULTS,
    Row,
    as_markdown,
    fallen,
    recorded,
    row_of,
    shortfalls,
)
from benchmarks.rounds import Measured, take_turns  # noqa: E402
from benchmarks.targets import TARGETS  # noqa: E402

RATE, TIMES = "rebuild of the views, two cores", "start: note"


def rows(rate: float, times: float) -> list[Row]:
    return [row_of(Measured(RATE, [1 / rate], [1.0])), row_of(Measured(TIMES, [times], [1.0]))]


def test_a_table_is_read_back() -> None:
    text = "\n".join(as_markdown(rows(0.4, 11.5)))
    assert recorded(text) == {RATE: 0.4, TIMES: 11.5}


@pytest.mark.parametrize(
    ("rate", "times", "worse"),
    [(0.4, 10, []), (0.31, 13, []), (0.29, 10, [RATE]), (0.4, 13.5, [TIMES])],
)
def test_what_is_worse_by_a_quarter_is_said(rate: float, times: float, worse: list[str]) -> None:
    said = fallen(rows(rate, times), {RATE: 0.4, TIMES: 10.0})
    assert [line.rpartition(": ")[0] for line in said] == worse


def test_a_row_that_was_not_there_before_has_not_fallen() -> None:
    assert fallen(rows(0.01, 100), {}) == []


def test_a_floor_is_held_against_either_kind_of_ratio() -> None:
    assert shortfalls(rows(0.3, 12)) == []
    assert shortfalls(rows(0.29, 12.1)) == [RATE, TIMES]


def test_sides_take_turns_and_the_first_round_does_not_count() -> None:
    order: list[str] = []
    took = take_turns({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, 2)
    assert order == ["a", "b", "b", "a", "a", "b"]
    assert [len(each) for each in took.values()] == [2, 2]


@pytest.mark.skipif(not RESULTS.exists(), reason="nothing was recorded yet")
def test_the_recorded_results_have_every_target() -> None:
    assert recorded(RESULTS.read_text()).keys() == {target.what for target in TARGETS}


@pytest.mark.slow
def test_every_target_is_measured() -> None:
    """The whole command on a small ledger: a benchmark that no longer runs is found here."""
    command = [sys.executable, "-m", "benchmarks", "--entries", "2000", "--rounds", "1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    ours = {target.what for target in TARGETS if target.floor is not None}
    assert ours <= recorded(done.stdout).keys()
