"""A change of the vault's lock that is killed: every row can be read with a key that is here."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing

import pytest
from cli_helpers import DONE, REFUSED, Place, killed_after

_SLOWLY = """
import time
from footprint import durable
from footprint.ledger.words import locking
from footprint.ledger.store import recorder_sqlite
from footprint.vault import key
def slowly(module, name):
    do = getattr(module, name)
    def slow(*args, **more):
        time.sleep(0.02)
        done = do(*args, **more)
        time.sleep(0.02)
        return done
    setattr(module, name, slow)
slowly(durable, "move_durably")
slowly(key, "move_durably")
slowly(key.Keys, "_drop")
slowly(locking, "mark")
slowly(locking, "_erased")
slowly(recorder_sqlite.SQLiteRecorder, "_seal")
from footprint_cli.main import run
run()
"""
"""The program, with time to be killed around each step that lasts."""
CHANGES = ["lock", "rekey", "unlock"]


def kill(place: Place, change: str, chance: random.Random) -> bool:
    """Run it slowly and kill it at some moment. Whether it was killed."""
    code = killed_after(chance.uniform(0.2, 1.0), place, _SLOWLY, "vault", change)
    assert code in {DONE, REFUSED, -9}
    return code == -9


def unmixed(place: Place) -> None:
    """All rows are under one key, or none under any."""
    with closing(sqlite3.connect(place.ledger)) as connection:
        rows = connection.execute("SELECT words FROM vault UNION ALL SELECT child FROM vault_child")
        heads = {row[:6] if row[:1] == b"\0" else b"" for (row,) in rows}
    assert len(heads) == 1


def check(place: Place, shown: str) -> None:
    """All can be read and is verified, and what is recorded next as well."""
    unmixed(place)
    verified = place.done("verify")
    assert "Words were not checked" not in verified.out
    assert place.done("show", "1").out.startswith(shown)
    place.done("note", "1", "--words", "Spoke to the carer.")
    unmixed(place)


def over_and_over(place: Place, times: int, seed: str) -> int:
    """Change the lock, kill that, and look, so many times. How many were killed."""
    chance = random.Random(seed)  # noqa: S311 - a repeatable choice of moments
    head = place.done("show", "1").out.split("\n\n")[0]
    killed = 0
    for turn in range(times):
        killed += kill(place, CHANGES[turn % len(CHANGES)], chance)
        check(place, head)
    if place.run("vault", "lock").code != DONE:
        place.done("vault", "rekey")
    assert len(list(place.home.glob("vaults/*/*.key*"))) == 1
    raw = b"".join(file.read_bytes() for file in place.folder.glob("ledger.db*"))
    assert b"204117" not in raw
    assert b"Spoke to the carer." not in raw
    check(place, head)
    return killed


@pytest.mark.slow
def test_a_kill_at_any_of_many_moments_leaves_what_can_be_read(begun: Place) -> None:
    """Over and over on one ledger."""
    assert over_and_over(begun, 15, "many") > 3
