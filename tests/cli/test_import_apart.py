"""A sheet brought into a ledger that is held, locked, copied, read-only, full, or cut short."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from cli_helpers import DONE, NOT_FOUND, REFUSED, Place, Ran, killed_after, one_message
from import_helpers import (
    ENTRIES,
    POOLE,
    THREADS,
    all_of,
    changed,
    clear,
    in_files,
    nothing_was_recorded,
    poole_rows,
    put,
)

pytestmark = pytest.mark.slow  # a process for each case

IMPORT = ["import", str(POOLE), "--yes"]


def test_where_there_is_no_ledger(fresh: Place) -> None:
    """Not found, and none is made; what is no ledger is said to be none."""
    nowhere = fresh.folder / "nowhere.db"
    assert str(nowhere) in one_message(fresh.run(*IMPORT, "--ledger", str(nowhere)), NOT_FOUND)
    assert not nowhere.exists()
    letter = fresh.folder / "letter.db"
    letter.write_text("Dear all,")
    assert "ledger" in one_message(fresh.run(*IMPORT, "--ledger", str(letter)), REFUSED)
    assert letter.read_text() == "Dear all,"


def test_an_audit_copy_takes_no_sheet(brought: Place) -> None:
    """Nor says what it would be: it has no words to recognise a row by."""
    copy = brought.folder / "copy.db"
    brought.done("export", "--audit-copy", str(copy))
    for args in (IMPORT, IMPORT[:2]):
        said = one_message(brought.run(*args, "--ledger", str(copy)), REFUSED)
        assert "is an audit copy: nothing is recorded in it." in said


def test_a_name_for_whoever_records_is_refused(fresh: Place) -> None:
    """It would be stored in the clear, on every entry."""
    one_message(fresh.run(*IMPORT, env={"FOOTPRINT_ACTOR": "Jane Turner"}), REFUSED)
    nothing_was_recorded(fresh)


def test_a_locked_vault_with_its_key(brought: Place) -> None:
    """What is brought in is locked as well, and what is there is recognised through the lock."""
    brought.done("vault", "lock")
    assert brought.json(*IMPORT)["threads"]["same"] == THREADS
    path = put(brought, "more.csv", changed({(2, "Alert no"): "B01", (2, "Child ID"): "771177"}, 1))
    brought.done("import", path, "--yes")
    assert not in_files(brought, "771177")
    assert not in_files(brought, poole_rows()[1][9])
    brought.done("verify")


def test_a_locked_vault_without_its_key(brought: Place, tmp_path: Path) -> None:
    """Rows cannot be recognised, so none is recorded: a second thread would be wrong."""
    brought.done("vault", "lock")
    for key in brought.home.rglob("*"):
        if key.is_file() and "vault" in str(key.relative_to(brought.home)):
            key.rename(tmp_path / key.name)
    before = all_of(brought)
    for args in (IMPORT, IMPORT[:2], [*IMPORT, "--as-new"]):
        said = one_message(brought.run(*args), REFUSED)
        assert "The words are locked; their key is not on this machine." in said
    assert all_of(brought) == before


_WITHIN = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (%d, %d))
from footprint_cli.main import run
run()
"""


def test_a_disk_that_is_full(fresh: Place) -> None:
    """Wherever it ends, the ledger is as it was, and the import works when there is room."""
    for size in (20_000, 60_000, 90_000):
        done = subprocess.run(
            [sys.executable, "-c", _WITHIN % (size, size), *IMPORT], capture_output=True,
            text=True, env=fresh.env(), cwd=fresh.folder, check=False,
        )  # fmt: skip
        one_message(Ran(done.returncode, done.stdout, done.stderr), REFUSED)
        nothing_was_recorded(fresh)
    fresh.done(*IMPORT)
    assert fresh.entries() == 6 + ENTRIES


_IMPATIENT = """
import footprint.engine.sqlite
footprint.engine.sqlite.BUSY_SECONDS = 0.3
from footprint_cli.main import run
run()
"""


def test_a_ledger_that_somebody_holds(fresh: Place) -> None:
    """It is waited for, then said; looking needs no lock."""
    with closing(sqlite3.connect(fresh.ledger, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        done = subprocess.run(
            [sys.executable, "-c", _IMPATIENT, *IMPORT], capture_output=True, text=True,
            env=fresh.env(), cwd=fresh.folder, check=False,
        )  # fmt: skip
        assert "holds the ledger" in one_message(Ran(done.returncode, done.stdout, done.stderr), 1)
        assert fresh.done(*IMPORT[:2]).code == DONE
    nothing_was_recorded(fresh)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_ledger_that_is_read_only(fresh: Place) -> None:
    """It cannot be written, and that is said."""
    fresh.ledger.chmod(0o400)
    assert "cannot be written" in one_message(fresh.run(*IMPORT), REFUSED)


# --- at the same time, and cut short ----------------------------------------------------------


def test_two_at_once_record_it_once(fresh: Place) -> None:
    """The second sees what the first has done: rows are recognised under the write lock."""
    with ThreadPoolExecutor(3) as people:
        ran = list(people.map(lambda _: fresh.json(*IMPORT), range(3)))
    assert sorted((one["threads"]["new"], one["threads"]["same"]) for one in ran) == [
        (0, THREADS), (0, THREADS), (THREADS, 0),
    ]  # fmt: skip
    assert len(fresh.json("log")) == THREADS
    assert fresh.entries() == 6 + ENTRIES
    fresh.done("verify", "--views")


_RUN = "from footprint_cli.main import run; run()"


def many(place: Place, rows: int) -> str:
    """A sheet of so many threads."""
    sheet = poole_rows()
    made = [
        [f"N{n}", *sheet[1 + n % 26][1:4], str(300_000 + n), *sheet[1 + n % 26][5:]]
        for n in range(rows)
    ]
    return put(place, "many.csv", [sheet[0], *made])


def kills(place: Place, rows: int, times: int, longest: float) -> int:
    """Imports killed at some moment; how many. Each is recorded whole or not at all."""
    path, chance, killed = many(place, rows), random.Random(times), 0  # noqa: S311 - repeatable
    for _ in range(times):
        code = killed_after(chance.uniform(0.3, longest), place, _RUN, "import", path, "--yes")
        killed += code == -9
        verified = place.json("verify")
        assert verified["verdict"] == "verified"
        done = len(place.json("log"))
        assert done in (0, rows)
        if done:
            break
    place.done("import", path, "--yes")
    assert len(place.json("log")) == rows
    assert place.json("import", path, "--yes")["threads"]["same"] == rows
    place.done("verify", "--views")
    return killed


def test_a_kill_leaves_all_or_nothing(fresh: Place) -> None:
    """Twice, at moments of its work."""
    kills(fresh, 500, 2, 0.8)


@pytest.mark.slow
def test_a_kill_at_any_of_many_moments_leaves_all_or_nothing(fresh: Place, tmp_path: Path) -> None:
    """Over and over in a large import, which takes seconds: on this machine, so many."""
    whole, began = fresh.copy(tmp_path / "whole"), time.monotonic()
    whole.done("import", many(whole, 12_000), "--yes")
    assert kills(fresh, 12_000, 12, 0.8 * (time.monotonic() - began)) > 6


@pytest.mark.slow
def test_two_large_ones_at_once_record_it_once(fresh: Place) -> None:
    """The second waits for the first, though it takes seconds."""
    path = many(fresh, 3_000)
    with ThreadPoolExecutor(2) as people:
        ran = list(people.map(lambda _: fresh.json("import", path, "--yes"), range(2)))
    assert sorted(one["threads"]["new"] for one in ran) == [0, 3_000]
    assert len(fresh.json("log")) == 3_000
    assert b"N2999" not in clear(fresh)
