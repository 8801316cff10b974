"""A change that is killed: the old holds or the new, and the next command goes on with it."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from cli_helpers import CANNOT_TELL, DONE, TAMPERED, Place, killed_after
from losses import back_up, put_back

pytestmark = pytest.mark.slow  # a process for each kill

NOTE = ["note", "1", "--words", "Spoke to the carer."]
_SLOWLY = """
import time
from footprint import durable
from footprint.ledger.signing import home
move = durable.move_durably
def slow(old, new):
    time.sleep(0.02)
    move(old, new)
    time.sleep(0.02)
durable.move_durably = home.move_durably = slow
from footprint_cli.main import run
run()
"""
"""The program, with time to be killed around each file that it puts into place."""


def kill(place: Place, args: list[str], chance: random.Random) -> bool:
    """Run it slowly and kill it at some moment. Whether it was killed."""
    code = killed_after(chance.uniform(0.15, 0.7), place, _SLOWLY, *args)
    assert code in {0, -9}
    return code == -9


def goes_on(place: Place, again: list[str]) -> None:
    """The next note is taken and all is verified, at once or after the same command again."""
    verified = place.run("verify").code
    assert verified in {DONE, TAMPERED, CANNOT_TELL}
    if place.run(*NOTE).code != DONE:
        place.done(*again)
        place.done(*NOTE)
    else:
        assert verified == DONE
    place.done("verify")


def lose_entries(place: Place) -> list[str]:
    back_up(place.ledger, place.folder / "backup.db")
    place.done(*NOTE)
    put_back(place.folder / "backup.db", place.ledger)
    return ["checkpoint", "--accept-loss", "The disk failed."]


def change_key(_place: Place) -> list[str]:
    return ["checkpoint", "--new-key", "A change of staff."]


def lose_key(place: Place) -> list[str]:
    for seed in place.home.glob("signers/*/seed"):
        seed.unlink()
    return ["checkpoint", "--new-key", "It was lost."]


def lose_state(place: Place) -> list[str]:
    note = place.folder / "kept.txt"
    note.unlink(missing_ok=True)
    place.done("checkpoint", "--output", str(note))
    for state in place.home.glob("signers/*/state"):
        state.unlink()
    return ["checkpoint", "--resume-from", str(note)]


def lose_both(place: Place) -> list[str]:
    args = lose_state(place)
    shutil.rmtree(place.home)
    return ["checkpoint", "--new-key", "It was lost.", *args[1:]]


LOSSES = {f.__name__: f for f in (lose_entries, change_key, lose_key, lose_state, lose_both)}


@pytest.mark.parametrize("how", ["lose_entries", "change_key"])
def test_a_kill_leaves_the_old_or_the_new(begun: Place, how: str) -> None:
    """Twice, at moments around the commit."""
    chance = random.Random(how)  # noqa: S311 - a repeatable choice of moments
    for _ in range(2):
        args = LOSSES[how](begun)
        kill(begun, args, chance)
        goes_on(begun, args)


@pytest.mark.slow
@pytest.mark.parametrize("how", LOSSES)
def test_a_kill_at_any_of_many_moments_leaves_the_old_or_the_new(begun: Place, how: str) -> None:
    """The same for each loss, over and over on one ledger."""
    chance = random.Random(how)  # noqa: S311 - the same
    killed = 0
    for _ in range(12):
        args = LOSSES[how](begun)
        killed += kill(begun, args, chance)
        goes_on(begun, args)
    assert killed


def test_a_new_key_in_use_leaves_no_trace_of_the_change(begun: Place) -> None:
    """Once it is in place, nothing is left beside it."""
    begun.done(*change_key(begun))
    names = {path.name for path in Path(begun.home).glob("signers/*/*")}
    assert names == {"key", "lock", "seed", "state"}
