"""Witnesses at once, and killed: never rolled back, never a cosignature without its state."""

from __future__ import annotations

import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest
from witness_helpers import made_log

from footprint.witness import witness
from footprint.witness.trust import adopt_trust

LOG = made_log(60)

_RACING = """
import sys
from pathlib import Path
from footprint.errors import Refused
from footprint.witness import witness
from footprint.witness.trust import trust_in
home, step, most = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
trust = trust_in(home)
witness.seen(home)  # all that is imported late is imported now
print("ready", flush=True)
sys.stdin.readline()
while True:
    seen = witness.seen(home)
    old = seen[0].checkpoint.size if seen else 0
    if old + step > most:
        break
    body = (home / f"request-{old}-{old + step}").read_bytes()
    try:
        witness.add(home, trust, body, 1_800_000_000)
    except Refused as refusal:
        assert "saw" in refusal.what, refusal
        continue
    print(old, old + step, flush=True)
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A witness that trusts the log, and every request that could be made of it."""
    witness.init(tmp_path, "audit.example/w")
    adopt_trust(tmp_path, LOG.trust)
    for old in range(61):
        for step in (1, 2, 3):
            if old + step <= 60:
                path = tmp_path / f"request-{old}-{old + step}"
                path.write_bytes(LOG.request(old, old + step))
    return tmp_path


def start(home: Path, step: int) -> subprocess.Popen[str]:
    """A process that is ready to add requests of so many entries, until the last."""
    process = subprocess.Popen(
        [sys.executable, "-c", _RACING, str(home), str(step), "60"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    return process


def go(process: subprocess.Popen[str]) -> None:
    assert process.stdin
    process.stdin.write("go\n")
    process.stdin.flush()


def steps(said: str) -> list[tuple[int, int]]:
    return [(int(old), int(new)) for old, new in (line.split() for line in said.splitlines())]


def test_updates_at_once_never_roll_it_back(home: Path) -> None:
    """Four processes race, each from what it read: what they got is one chain of sizes, in which
    nobody was cosigned from a size that another had left behind."""
    racing = [start(home, step) for step in (1, 2, 3, 1)]
    for process in racing:
        go(process)
    done = [process.communicate(timeout=120) for process in racing]
    assert [process.returncode for process in racing] == [0] * 4, done
    chain = sorted(step for said, _ in done for step in steps(said))
    assert chain[0][0] == 0
    assert all(before[1] == after[0] for before, after in pairwise(chain))
    assert witness.seen(home)[0].checkpoint.size == chain[-1][1]


def test_a_kill_leaves_no_cosignature_without_its_state(home: Path) -> None:
    """Killed at any moment, it has seen at least what it gave a line for; and it goes on."""
    given = 0
    for moment in range(12):
        process = start(home, 1)
        go(process)
        assert process.stdout
        first = process.stdout.readline()
        time.sleep(moment / 2_000)
        process.kill()
        rest, errors = process.communicate(timeout=60)
        given = max(given, *(new for _, new in steps(first + rest[: rest.rfind("\n") + 1])), 0)
        assert not errors
        assert given <= witness.seen(home)[0].checkpoint.size <= given + 1
        given = witness.seen(home)[0].checkpoint.size
        if given >= 55:
            break
    assert steps(start(home, 1).communicate("go\n", timeout=60)[0])[-1] == (59, 60)
