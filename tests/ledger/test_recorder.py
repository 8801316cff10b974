"""The recorder: the library's own cases, what the database refuses, and units of work."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from eventsourcing.persistence import IntegrityError, OperationalError, StoredEvent
from eventsourcing.tests import persistence as cases
from ledger_helpers import leaf_of, naive_root, new_recorder, raw

from footprint.ledger.recorder_sqlite import SQLiteRecorder

ids = count(1)


class _InAFile:
    """What the library's cases ask of a recorder: a new one, and text ids."""

    def create_recorder(self) -> SQLiteRecorder:
        folder = TemporaryDirectory()
        recorder = new_recorder(Path(folder.name) / "ledger.db")
        self.addCleanup(folder.cleanup)  # type: ignore[attr-defined] # of TestCase
        self.addCleanup(recorder.close)  # type: ignore[attr-defined]
        return recorder

    def new_originator_id(self) -> str:
        return f"CH-{next(ids):07}"


class TestLibraryCases(_InAFile, cases.ApplicationRecorderTestCase[SQLiteRecorder]):
    """An application recorder of the library."""


class TestNonInterleaving(_InAFile, cases.NonInterleavingNotificationIDsBaseCase):
    """Positions of one batch are never interleaved with those of another."""


def events(first: int, last: int, stream: str = "s") -> list[StoredEvent]:
    return [
        StoredEvent(
            originator_id=stream, originator_version=n, topic="topic", state=b"state %d" % n
        )
        for n in range(first, last + 1)
    ]


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[SQLiteRecorder]:
    made = new_recorder(tmp_path / "ledger.db")
    yield made
    made.close()


# --- what the database itself refuses -------------------------------------------------------

L = "zeroblob(32)"
REST = "stream, version, topic, state, leaf"
UPSERT = "ON CONFLICT ({}) DO UPDATE SET state = excluded.state"
REFUSED = [
    f"INSERT OR REPLACE INTO event VALUES (2, 's', 2, 't', x'00', {L})",
    f"INSERT OR REPLACE INTO event VALUES (3, 's', 4, 't', x'00', {L})",
    f"INSERT OR REPLACE INTO event VALUES (4, 's', 2, 't', x'00', {L})",
    f"REPLACE INTO event ({REST}) VALUES ('s', 2, 't', x'00', {L})",
    f"INSERT INTO event VALUES (2, 's', 4, 't', x'00', {L}) {UPSERT.format('position')}",
    f"INSERT INTO event VALUES (4, 's', 2, 't', x'00', {L}) {UPSERT.format('stream, version')}",
    f"INSERT OR IGNORE INTO event VALUES (2, 's', 4, 't', x'00', {L})",
    f"INSERT INTO event VALUES (1, 's', 4, 't', x'00', {L})",
    f"INSERT INTO event VALUES (0, 's', 4, 't', x'00', {L})",
    f"INSERT INTO event VALUES (-1, 's', 4, 't', x'00', {L})",
    f"INSERT INTO event VALUES (5, 's', 4, 't', x'00', {L})",
    f"INSERT INTO event VALUES (4, 's', 4, 't', x'00', {L}), (6, 's', 5, 't', x'00', {L})",
    f"INSERT INTO event (rowid, {REST}) VALUES (9, 's', 4, 't', x'00', {L})",
    f"INSERT INTO event ({REST}) VALUES ('s', 4, 't', x'00', {L})",
    f"INSERT INTO event VALUES (NULL, 's', 4, 't', x'00', {L})",
    "UPDATE event SET state = x'00' WHERE position = 2",
    "UPDATE event SET position = 9 WHERE position = 3",
    "UPDATE OR REPLACE event SET position = 2 WHERE position = 3",
    "UPDATE OR IGNORE event SET leaf = zeroblob(32)",
    "DELETE FROM event WHERE position = 3",
    "DELETE FROM event",
    f"INSERT OR REPLACE INTO subtree VALUES (1, 0, {L})",
    f"INSERT INTO subtree VALUES (1, 0, {L}) ON CONFLICT DO UPDATE SET hash = excluded.hash",
    f"UPDATE subtree SET hash = {L}",
    "DELETE FROM subtree",
    "INSERT OR REPLACE INTO checkpoint VALUES (3, 'note')",
    "INSERT INTO checkpoint VALUES (3, 'note') ON CONFLICT DO UPDATE SET note = 'o'",
    "UPDATE checkpoint SET note = 'other'",
    "DELETE FROM checkpoint",
    "INSERT OR REPLACE INTO vault VALUES (1, x'00', x'00')",
    "INSERT INTO vault VALUES (1, x'00', x'00') ON CONFLICT DO UPDATE SET words = x'00'",
    "UPDATE vault SET words = x'00'",
    "INSERT OR REPLACE INTO vault_child VALUES ('s', x'01')",
    "UPDATE vault_child SET child = x'01'",
]
NOT_STRICT = [
    f"INSERT INTO event VALUES (4, 's', 4, 't', 'text', {L})",
    "INSERT INTO event VALUES (4, 's', 4, 't', x'00', 'a text that is as long as a hash')",
    "INSERT INTO event VALUES (4, 's', 4, 't', x'00', zeroblob(31))",
    f"INSERT INTO event VALUES (4, 's', 'four', 't', x'00', {L})",
    f"INSERT INTO event VALUES (4, x'73', 4, 't', x'00', {L})",
    f"INSERT INTO event VALUES (4, 's', 4, x'74', x'00', {L})",
    f"INSERT INTO event VALUES (4, 's', NULL, 't', x'00', {L})",
    "INSERT INTO subtree VALUES (1, 1, 'text')",
    "INSERT INTO subtree VALUES (1, 1, zeroblob(33))",
    "INSERT INTO head VALUES (2, 3, 'note')",
    "INSERT INTO head VALUES (1, 'three', 'note')",
    "INSERT INTO checkpoint VALUES (4, x'00')",
    "INSERT INTO vault VALUES (2, 'salt', x'00')",
    "INSERT INTO vault VALUES (2, x'00', 'words')",
    "INSERT INTO vault_child VALUES ('t', 'text')",
]
TABLES = ("event", "subtree", "head", "checkpoint", "vault", "vault_child")


def filled(recorder: SQLiteRecorder) -> None:
    recorder.insert_events(events(1, 3), vault={0: (b"salt", b"words")}, children={"s": b"204117"})
    recorder.connection.execute("INSERT INTO subtree VALUES (1, 0, randomblob(32))")
    recorder.connection.execute("INSERT INTO checkpoint VALUES (3, 'note')")


def contents(path: Path) -> dict[str, list[tuple[object, ...]]]:
    with raw(path) as connection:
        return {t: connection.execute(f"SELECT * FROM {t}").fetchall() for t in TABLES}


@pytest.mark.parametrize("recursive", ["OFF", "ON"])
@pytest.mark.parametrize("statement", REFUSED + NOT_STRICT)
def test_the_database_refuses(
    recorder: SQLiteRecorder, tmp_path: Path, statement: str, recursive: str
) -> None:
    """Any program that changes, removes, displaces or mistypes a row is refused by the file."""
    filled(recorder)
    before = contents(tmp_path / "ledger.db")
    with raw(tmp_path / "ledger.db") as connection:
        connection.execute(f"PRAGMA recursive_triggers = {recursive}")
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute(statement)
    assert contents(tmp_path / "ledger.db") == before


def test_vault_rows_can_be_deleted(recorder: SQLiteRecorder, tmp_path: Path) -> None:
    """Words and case numbers can be removed for good: that is what the vault is for."""
    filled(recorder)
    with raw(tmp_path / "ledger.db") as connection:
        connection.execute("DELETE FROM vault")
        connection.execute("DELETE FROM vault_child")
    left = contents(tmp_path / "ledger.db")
    assert (left["vault"], left["vault_child"], len(left["event"])) == ([], [], 3)


def test_a_table_is_never_made_over_another(recorder: SQLiteRecorder) -> None:
    """A file that holds something already is refused by the database."""
    with pytest.raises(sqlite3.OperationalError, match="already exists"):
        recorder.create_table()


# --- the tree -------------------------------------------------------------------------------


def subtrees(recorder: SQLiteRecorder) -> dict[tuple[int, int], bytes]:
    rows = recorder.connection.execute("SELECT level, nth, hash FROM subtree")
    return {(level, nth): root for level, nth, root in rows}


def test_leaves_are_the_published_ones(recorder: SQLiteRecorder) -> None:
    """A leaf is the hash of the entry's place, topic and state."""
    recorder.insert_events(events(1, 3))
    assert recorder.leaves(1, 9) == [leaf_of("s", n, "topic", b"state %d" % n) for n in (1, 2, 3)]


@pytest.mark.parametrize("batch", [1, 100, 256, 513])
def test_a_subtree_appears_with_its_last_leaf(recorder: SQLiteRecorder, batch: int) -> None:
    """The root of each 256 leaves is there when the last of them is, however they came."""
    with recorder.writing():
        for first in range(1, 514, batch):
            recorder.insert_events(events(first, min(first + batch - 1, 513)))
            assert len(subtrees(recorder)) == recorder.size() // 256
    leaves = recorder.leaves(1, 513)
    assert subtrees(recorder) == {
        (1, 0): naive_root(leaves[:256]),
        (1, 1): naive_root(leaves[256:512]),
    }


def test_the_second_level_appears_at_65536(recorder: SQLiteRecorder) -> None:
    """The root of 65,536 leaves joins 256 runs, and equals the root of all those leaves."""
    with recorder.writing():
        recorder.insert_events(events(1, 65_535))
        assert (2, 0) not in subtrees(recorder)
        recorder.insert_events(events(65_536, 65_536))
    kept = subtrees(recorder)
    assert len(kept) == 257
    assert kept[2, 0] == naive_root(recorder.leaves(1, 65_536))


# --- units of work --------------------------------------------------------------------------


class FakeSealer:
    """Notes what it is asked, and what another connection can see at that moment."""

    def __init__(self, path: Path, error: BaseException | None = None) -> None:
        self.path, self.error = path, error
        self.asked: list[tuple[str, int]] = []

    def _seen(self) -> int:
        with raw(self.path) as connection:
            (size,) = connection.execute("SELECT count(*) FROM event").fetchone()
        return int(size)

    def prepare(self, tree: SQLiteRecorder, before: int) -> None:
        assert tree.size() == before == self._seen()
        self.tree, self.before = tree, before

    def add(self, leaves: Sequence[bytes]) -> None:
        raise NotImplementedError("so many are not appended here")

    def seal(self, leaves: Sequence[bytes]) -> str:
        first = self.before + 1
        assert self.tree.leaves(first, self.before + len(leaves)) == leaves
        self.asked.append(("seal", self._seen()))
        if self.error:
            raise self.error
        return "note"

    def settle(self) -> None:
        self.asked.append(("settle", self._seen()))

    def abandon(self) -> None:
        self.asked.append(("abandon", self._seen()))


def test_sealed_before_and_settled_after_the_commit(
    recorder: SQLiteRecorder, tmp_path: Path
) -> None:
    """The sealer signs while nobody sees the entries, and remembers once everybody does."""
    recorder.sealer = sealer = FakeSealer(tmp_path / "ledger.db")
    recorder.insert_events(events(1, 3))
    assert sealer.asked == [("seal", 0), ("settle", 3)]
    assert recorder.head() == (3, "note")


def test_nested_writing_joins(recorder: SQLiteRecorder, tmp_path: Path) -> None:
    """Units of work inside another are one transaction, and one signature."""
    recorder.sealer = sealer = FakeSealer(tmp_path / "ledger.db")
    with recorder.writing():
        recorder.insert_events(events(1, 1))
        with recorder.writing(), recorder.writing():
            recorder.insert_events(events(2, 3))
        assert sealer._seen() == 0
    assert sealer.asked == [("seal", 0), ("settle", 3)]


def test_a_unit_that_appends_nothing_signs_nothing(
    recorder: SQLiteRecorder, tmp_path: Path
) -> None:
    """An empty unit of work leaves the head and the signer alone."""
    recorder.sealer = sealer = FakeSealer(tmp_path / "ledger.db")
    with recorder.writing():
        recorder.insert_events([])
    assert (sealer.asked, recorder.head()) == ([("abandon", 0)], None)


@pytest.mark.parametrize("error", [RuntimeError("no"), KeyboardInterrupt(), SystemExit(1)])
@pytest.mark.parametrize("place", ["sealer", "after insert", "nested"])
def test_an_error_leaves_nothing(
    recorder: SQLiteRecorder, tmp_path: Path, error: BaseException, place: str
) -> None:
    """Whatever goes wrong wherever: nothing is recorded, and the recorder goes on working."""
    path = tmp_path / "ledger.db"
    recorder.sealer = sealer = FakeSealer(path, error if place == "sealer" else None)

    def work() -> None:
        with recorder.writing():
            recorder.insert_events(events(1, 3), vault={0: (b"s", b"w")}, children={"s": b"1"})
            if place == "after insert":
                raise error
            if place == "nested":
                with recorder.writing():
                    raise error

    with pytest.raises(type(error)):
        work()
    assert sealer.asked[-1] == ("abandon", 0)
    assert not any(contents(path).values())
    sealer.error = None
    assert recorder.insert_events(events(1, 2)) == [1, 2]


def test_a_taken_version_leaves_nothing_of_its_batch(
    recorder: SQLiteRecorder, tmp_path: Path
) -> None:
    """A batch of which one version is there already is refused whole, its words with it."""
    recorder.insert_events(events(1, 2))
    with pytest.raises(IntegrityError):
        recorder.insert_events(events(4, 4) + events(2, 2), vault={0: (b"s", b"w")})
    assert (recorder.size(), contents(tmp_path / "ledger.db")["vault"]) == (2, [])


def test_an_error_that_is_caught_inside_leaves_no_half_batch(
    recorder: SQLiteRecorder, tmp_path: Path
) -> None:
    """Going on after an error in an inner unit records nothing of that unit's batch."""
    with suppress(OperationalError), recorder.writing():  # refusing to commit at all is as good
        recorder.insert_events(events(1, 2))
        with pytest.raises(IntegrityError):
            recorder.insert_events(events(3, 3) + events(2, 2), vault={0: (b"s", b"w")})
    kept = contents(tmp_path / "ledger.db")
    assert (len(kept["event"]), len(kept["vault"])) in ((2, 0), (0, 0))


def test_a_transaction_that_the_database_ended_takes_nothing_more(
    recorder: SQLiteRecorder, tmp_path: Path
) -> None:
    """SQLite ends a transaction on a full disk: what comes after is not recorded by itself."""

    def work() -> None:
        with recorder.writing():
            recorder.insert_events(events(1, 1))
            recorder.connection.execute("ROLLBACK")  # as SQLite does by itself
            with suppress(Exception):
                recorder.insert_events(events(1, 1))

    with pytest.raises(OperationalError):
        work()
    assert contents(tmp_path / "ledger.db")["event"] == []
