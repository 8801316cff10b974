"""A redaction that is killed at any moment: asked for still, or done, and finished afterwards."""

from __future__ import annotations

import random

import pytest
from cli_helpers import DONE, Place, killed_after

pytestmark = pytest.mark.slow  # a process for each kill

_SLOWLY = """
import sqlite3, time
from footprint.ledger.words import erasing
from footprint.ledger.words import redacting
from footprint import durable
def slow(do):
    def slowly(*args, **more):
        time.sleep(0.03)
        done = do(*args, **more)
        time.sleep(0.03)
        return done
    return slowly
for name in ("mark", "remember", "erase"):
    setattr(redacting, name, slow(getattr(redacting, name)))
erasing._empty_log = slow(erasing._empty_log)
erasing._found = slow(erasing._found)
from footprint_cli.main import run
run()
"""
"""The program, with time to be killed around each of its steps."""
ANNA, BO = {"FOOTPRINT_ACTOR": "anna"}, {"FOOTPRINT_ACTOR": "bo"}


def kill(place: Place, chance: random.Random) -> bool:
    """Approve slowly, and kill it at some moment. Whether it was killed."""
    code = killed_after(chance.uniform(0.3, 0.8), place, _SLOWLY, "redact", "1", "--approve", **BO)
    return code == -9


def gone(place: Place, secret: str) -> bool:
    files = [path for path in place.folder.rglob("*") if path.is_file()]
    return all(secret.encode() not in path.read_bytes() for path in files)


def kills(place: Place, times: int) -> int:
    """Redact a note so often, each killed; in the end each is gone. How many were killed."""
    chance, killed = random.Random(times), 0  # noqa: S311 - a repeatable choice of moments
    for nth in range(times):
        secret = f"Secret number {nth:04}, which nobody may read."
        place.done("note", "1", "--words", secret)
        at = str(place.entries())
        asked = ["--basis", "court-order", "--why", "Ordered."]
        place.done("redact", "1", "--entry", at, *asked, env=ANNA)
        killed += kill(place, chance)
        place.done("verify")
        if place.json("redact"):
            place.done("redact", "1", "--approve", env=BO)
        elif any("--finish" in line for line in place.json("status")["advice"]):
            place.done("redact", "--finish")
        assert gone(place, secret)
        assert place.run("verify").code == DONE
    return killed


def test_a_kill_is_finished(begun: Place) -> None:
    """Twice, at moments around the commit."""
    kills(begun, 2)


@pytest.mark.slow
def test_a_kill_at_any_of_many_moments_is_finished(begun: Place) -> None:
    """Over and over on one ledger."""
    assert kills(begun, 25) > 10
