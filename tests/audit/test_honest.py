"""What is no attack: other files with the same entries, writers at work, media to read only."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest
from audit_helpers import (
    CANNOT_TELL,
    TAMPERED,
    VERIFIED,
    Case,
    append,
    both,
    copy_case,
    note_on,
    raised,
    state_at,
)

from footprint.audit.verify import verify_ledger
from footprint.audit.workers import Spread
from footprint.domain.events import ThreadFiled
from footprint.engine.sqlite_schema import STATEMENTS

EVENT_TRIGGERS = {
    sql.split()[2]: sql for sql in STATEMENTS if sql.startswith("CREATE TRIGGER event")
}
needs_permissions = pytest.mark.skipif(
    os.name == "nt", reason="permissions are another thing there"
)


def test_a_dump_reloaded_is_verified_with_the_same_root(case: Case) -> None:
    """`.dump` into a new file: 0, the same root."""
    before = case.by_signer()
    other = case.folder / "reloaded.db"
    with case.raw() as source, closing(sqlite3.connect(other)) as target:
        target.executescript("".join(line + "\n" for line in source.iterdump()))
    after = both(other, case.home, [case.kept, case.last, case.receipt])
    assert (after.verdict, after.root, after.entries) == (VERIFIED, before.root, before.entries)


@pytest.mark.parametrize(
    "script",
    [
        "VACUUM",
        "PRAGMA journal_mode = DELETE; PRAGMA page_size = 512; VACUUM",
        "PRAGMA journal_mode = DELETE; PRAGMA page_size = 65536; VACUUM",
        "PRAGMA auto_vacuum = FULL; VACUUM",
        "ANALYZE; PRAGMA optimize",
        "REINDEX",
        "PRAGMA user_version = 99; PRAGMA application_id = 99",
        "PRAGMA journal_mode = TRUNCATE",
    ],
)
def test_upkeep_of_the_file_is_no_difference(case: Case, script: str) -> None:
    """What SQLite offers to keep a file in order changes no entry: 0."""
    before = case.by_signer().root
    with case.raw() as connection:
        connection.executescript(script)
    verdict = case.by_signer(case.kept, case.receipt)
    assert (verdict.verdict, verdict.root) == (VERIFIED, before)


def test_verifying_changes_no_file(case: Case) -> None:
    """Evidence is only read: the file and all beside it are the same bytes afterwards."""
    case.by_signer()

    def all_files() -> dict[Path, bytes]:
        return {
            path: path.read_bytes()
            for path in case.folder.rglob("*")
            if path.is_file() and not path.name.endswith(("-wal", "-shm"))
        }

    before = all_files()
    case.by_signer(case.kept, case.receipt)
    case.by_stranger()
    assert all_files() == before


def test_a_ledger_that_is_being_written_is_verified(case: Case) -> None:
    """Entries recorded while it is read are no tampering, whoever is first."""
    stop = Event()
    failed: list[BaseException] = []

    def write() -> None:
        try:
            with case.writing() as ledger:
                while not stop.is_set():
                    append(ledger, "CH-0000002", ThreadFiled())
        except BaseException as error:  # noqa: BLE001 - told to the test
            failed.append(error)

    writer = Thread(target=write)
    writer.start()
    try:
        for _ in range(60):
            verdict = case.by_signer(case.kept, case.last)
            assert (verdict.verdict, verdict.findings) == (VERIFIED, [])
    finally:
        stop.set()
        writer.join()
    assert not failed


def test_a_head_committed_and_not_yet_remembered_is_verified(case: Case) -> None:
    """A crash between the commit and the signer's state: the key vouches for the head."""
    state = next(case.home.glob("signers/*/state"))
    before = state.read_bytes()
    with case.writing() as ledger:
        append(ledger, "CH-0000002", ThreadFiled())
    state.write_bytes(before)
    verdict = case.by_signer()
    assert (verdict.verdict, verdict.uncovered) == (VERIFIED, 0)


def test_an_open_ledger_is_read_with_its_journal(case: Case) -> None:
    """Entries that are still in the write-ahead log are entries."""
    with case.writing() as ledger:
        note_on(ledger, "CH-0000002")
        assert case.path.with_name("ledger.db-wal").stat().st_size
        verdict = case.by_signer()
        assert (verdict.verdict, verdict.entries) == (VERIFIED, 111)


# --- media to read only ---------------------------------------------------------------------


@contextmanager
def read_only(case: Case) -> Iterator[Case]:
    """The case where nothing can be written, as somebody who may not do everything."""
    with tempfile.TemporaryDirectory() as folder:
        there = Case(Path(folder) / "disc")
        shutil.copytree(case.folder, there.folder)
        everything = [Path(folder), there.folder, *there.folder.rglob("*")]
        for path in everything:
            path.chmod(0o555 if path.is_dir() else 0o444)
        root = os.geteuid() == 0
        if root:
            os.seteuid(65534)
        try:
            if os.access(there.folder, os.W_OK, effective_ids=True):
                pytest.skip("everything can be written here")
            yield there
        finally:
            if root:
                os.seteuid(0)
            for path in everything:
                path.chmod(0o755)


@needs_permissions
@pytest.mark.parametrize("mode", ["WAL", "DELETE"])
def test_a_ledger_on_read_only_media_is_verified(case: Case, mode: str) -> None:
    """Where no journal can be opened, the file is read as it stands: 0."""
    with case.raw() as connection:
        connection.execute(f"PRAGMA journal_mode = {mode}")
    with read_only(case) as disc:
        assert disc.by_signer(disc.kept).verdict == VERIFIED
        assert disc.by_stranger().verdict == CANNOT_TELL
        many = Spread(processes=2, least=0, runs=1)
        assert verify_ledger(disc.path, disc.home, spread=many).verdict == VERIFIED


@needs_permissions
def test_a_ledger_copied_while_open_to_read_only_media_is_not_accused(case: Case) -> None:
    """File and log copied to a disc: what is only in the log cannot be said to be gone."""
    with case.writing() as ledger:
        for _ in range(3):
            note_on(ledger, "CH-0000002")
        (case.folder / "ledger.db-shm").unlink(missing_ok=True)
        with read_only(case) as disc:
            verdict = disc.by_signer(disc.last)
            assert verdict.verdict != TAMPERED
            assert verdict.entries == 113 or verdict.doubts


def trapped(case: Case, year: Case, folder: Path) -> Case:
    """A file that holds the honest entries, and beside it a journal that holds edited ones.

    Any program that may write rolls the journal back, and reads the edited entries. A verifier
    that passes over the journal vouches for what nobody else will see.
    """
    honest = copy_case(year, folder / "honest")
    trap = copy_case(year, folder / "trap")
    case.rewrite(20, raised)
    with case.raw() as connection, honest.raw() as source:
        connection.execute("PRAGMA journal_mode = DELETE")
        for name in EVENT_TRIGGERS:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("PRAGMA cache_size = 1")
        connection.execute("BEGIN IMMEDIATE")
        for row in source.execute("SELECT state, leaf, position FROM event"):
            connection.execute("UPDATE event SET state = ?, leaf = ? WHERE position = ?", row)
        for statement in EVENT_TRIGGERS.values():
            connection.execute(statement)
        # Reading much else drives the changed pages out of the cache and into the file.
        connection.execute("SELECT sum(length(words)) FROM vault").fetchall()
        shutil.copy(case.path, trap.path)
        shutil.copy(f"{case.path}-journal", f"{trap.path}-journal")
        connection.execute("ROLLBACK")
    return trap


@pytest.mark.parametrize("link", [False, True])
def test_a_hot_journal_is_not_passed_over(
    case: Case, year: Case, tmp_path: Path, *, link: bool
) -> None:
    """A journal that brings other entries back is part of what is read: never 0 without it."""
    trap = trapped(case, year, tmp_path)
    path = trap.path
    if link:
        path = tmp_path / "link.db"
        path.symlink_to(trap.path)
    verdict = both(path, trap.home, [])
    with trap.raw() as connection:
        assert state_at(connection, 20)["actor"] == "somebody-else"
    assert verdict.verdict != VERIFIED
