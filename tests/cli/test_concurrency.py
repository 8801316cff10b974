"""Several people at once, and a process that is killed: nothing is lost, nothing is half done."""

from __future__ import annotations

import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat

import pytest
from cli_helpers import PROGRAM, Place, concern

pytestmark = pytest.mark.slow  # many processes

_NOTE = ["note", "1", "--words", "Killed at some moment."]


def challenge_ten_times(place: Place) -> list[dict[str, object]]:
    """Ten challenges from a process of its own each, one after another."""
    return [place.json("challenge", *concern()) for _ in range(10)]


def test_four_at_once_lose_nothing_and_share_nothing(fresh: Place) -> None:
    """Forty challenges by four people at once: forty references, entries and true receipts."""
    with ThreadPoolExecutor(4) as people:
        answers = [one for ten in people.map(challenge_ten_times, repeat(fresh, 4)) for one in ten]
    assert {answer["ref"] for answer in answers} == {f"CH-{n}" for n in range(1, 41)}
    assert {answer["position"] for answer in answers} == set(range(7, 47))
    assert fresh.entries() == 46
    assert len(fresh.json("log")) == 40
    with ThreadPoolExecutor(2) as auditors:
        receipts = [str(answer["receipt"]) for answer in answers]
        list(auditors.map(lambda line: fresh.done("verify", "--receipt", line), receipts))


def test_readers_beside_a_writer_see_whole_entries(begun: Place) -> None:
    """The log and its views are read while others write; at the end they agree."""
    with ThreadPoolExecutor(3) as people:
        writing = people.submit(lambda: [begun.done(*_NOTE) for _ in range(8)])
        reading = [people.submit(lambda: [begun.json("log")[0]["entries"] for _ in range(5)])
                   for _ in range(2)]  # fmt: skip
        writing.result()
        seen = [entries for reader in reading for entries in reader.result()]
    assert all(1 <= entries <= 9 for entries in seen)
    assert begun.json("log")[0]["entries"] == 9
    begun.done("verify", "--views")


def killed(place: Place, chance: random.Random, times: int) -> None:
    """Notes killed at random moments; after each the ledger verifies and takes a note."""
    for _ in range(times):
        before = place.json("verify")["entries"]
        with subprocess.Popen(
            [PROGRAM, *_NOTE], env=place.env(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            try:
                process.wait(chance.uniform(0.06, 0.22))
            except subprocess.TimeoutExpired:
                process.kill()
            out, _ = process.communicate()
        assert process.returncode in {0, -9}
        held = place.json("verify")["entries"]
        assert held in {before, before + 1}
        answered = b"footprint receipt" in out
        if answered:
            assert held == before + 1
        # What was recorded and not answered is not recorded twice.
        is_there = held == before + 1 and not answered
        assert place.json(*_NOTE)["position"] == (held if is_there else held + 1)


def test_a_kill_at_any_moment_leaves_a_ledger_that_verifies(begun: Place) -> None:
    """Eight kills: each entry is whole or not there, and the next command works."""
    killed(begun, random.Random(8), 8)  # noqa: S311 - a repeatable choice of moments


def test_a_kill_at_any_of_many_moments_leaves_a_ledger_that_verifies(begun: Place) -> None:
    """The same, sixty times."""
    killed(begun, random.Random(60), 60)  # noqa: S311 - the same


def test_a_kill_while_a_ledger_is_made_leaves_a_place_to_begin_again(fresh: Place) -> None:
    """`init` killed at random moments: what is there is a whole ledger, or init works again."""
    chance = random.Random(16)  # noqa: S311 - the same
    for number in range(16):
        ledger = str(fresh.folder / f"other-{number}.db")
        init = ["init", "--authority", "Other", "--ledger", ledger]
        with subprocess.Popen(
            [sys.executable, PROGRAM, *init], env=fresh.env(), stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:  # fmt: skip
            try:
                process.wait(chance.uniform(0.1, 0.3))
            except subprocess.TimeoutExpired:
                process.kill()
        if fresh.run("verify", "--ledger", ledger).code:
            fresh.done(*init)
        fresh.done("verify", "--ledger", ledger)
