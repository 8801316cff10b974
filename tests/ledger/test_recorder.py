"""The recorder, on both engines: the library's own cases, the tree, and units of work."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, suppress
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from eventsourcing.persistence import IntegrityError, OperationalError, PersistenceError
from eventsourcing.tests import persistence as cases
from ledger_helpers import events, leaf_of, naive_root, new_recorder, stored
from server_ledgers import TABLES, on_server

from footprint.engine.connection import ServerError
from footprint.ledger.store.recorder import Recorder

ids = count(1)
ERRORS = (PersistenceError, ServerError, sqlite3.Error)


class _InAFile:
    """What the library's cases ask of a recorder: a new one, and text ids."""

    def create_recorder(self) -> Recorder:
        stack = ExitStack()
        self.addCleanup(stack.close)  # type: ignore[attr-defined] # of TestCase
        folder = Path(stack.enter_context(TemporaryDirectory()))
        self.place(folder, stack)
        return stack.enter_context(closing(new_recorder(folder)))

    def place(self, folder: Path, stack: ExitStack) -> None:
        """It is in a file of this folder."""

    def new_originator_id(self) -> str:
        return f"CH-{next(ids):07}"


class _OnAServer(_InAFile):
    def place(self, folder: Path, stack: ExitStack) -> None:
        stack.enter_context(on_server(folder))


class TestLibraryCases(_InAFile, cases.ApplicationRecorderTestCase[Recorder]):
    """An application recorder of the library."""


class TestNonInterleaving(_InAFile, cases.NonInterleavingNotificationIDsBaseCase):
    """Positions of one batch are never interleaved with those of another."""


class TestLibraryCasesOnAServer(_OnAServer, cases.ApplicationRecorderTestCase[Recorder]):
    """The same on PostgreSQL."""


class TestNonInterleavingOnAServer(_OnAServer, cases.NonInterleavingNotificationIDsBaseCase):
    """The same on PostgreSQL."""


@pytest.fixture
def recorder(engine: str, tmp_path: Path) -> Iterator[Recorder]:  # noqa: ARG001 - it comes first
    """A recorder of a login that may record and sign."""
    made = new_recorder(tmp_path)
    yield made
    made.close()


def contents(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    with stored(folder) as connection:
        return {t: connection.execute(f"SELECT * FROM {t}").fetchall() for t in TABLES}


# --- the tree -------------------------------------------------------------------------------


def subtrees(recorder: Recorder) -> dict[tuple[int, int], bytes]:
    rows = recorder.connection.execute("SELECT level, nth, hash FROM subtree")
    return {(level, nth): root for level, nth, root in rows}


def test_leaves_are_the_published_ones(recorder: Recorder) -> None:
    """A leaf is the hash of the entry's place, topic and state."""
    recorder.insert_events(events(1, 3))
    assert recorder.leaves(1, 9) == [leaf_of("s", n, "topic", b"state %d" % n) for n in (1, 2, 3)]


@pytest.mark.parametrize("batch", [1, 100, 256, 513])
def test_a_subtree_appears_with_its_last_leaf(recorder: Recorder, batch: int) -> None:
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


@pytest.mark.parametrize(
    "engine", ["file", pytest.param("server", marks=pytest.mark.slow)], indirect=True
)
def test_the_second_level_appears_at_65536(recorder: Recorder) -> None:
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

    def __init__(self, folder: Path, error: BaseException | None = None) -> None:
        self.folder, self.error = folder, error
        self.asked: list[tuple[str, int]] = []

    def _seen(self) -> int:
        with stored(self.folder) as connection:
            (size,) = connection.execute("SELECT count(*) FROM event").fetchone()
        return int(size)

    def prepare(self, tree: Recorder, before: int) -> None:
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


def test_sealed_before_and_settled_after_the_commit(recorder: Recorder, tmp_path: Path) -> None:
    """The sealer signs while nobody sees the entries, and remembers once everybody does."""
    recorder.sealer = sealer = FakeSealer(tmp_path)
    recorder.insert_events(events(1, 3))
    assert sealer.asked == [("seal", 0), ("settle", 3)]
    assert recorder.head() == (3, "note")


def test_nested_writing_joins(recorder: Recorder, tmp_path: Path) -> None:
    """Units of work inside another are one transaction, and one signature."""
    recorder.sealer = sealer = FakeSealer(tmp_path)
    with recorder.writing():
        recorder.insert_events(events(1, 1))
        with recorder.writing(), recorder.writing():
            recorder.insert_events(events(2, 3))
        assert sealer._seen() == 0
    assert sealer.asked == [("seal", 0), ("settle", 3)]


def test_a_unit_that_appends_nothing_signs_nothing(recorder: Recorder, tmp_path: Path) -> None:
    """An empty unit of work leaves the head and the signer alone."""
    recorder.sealer = sealer = FakeSealer(tmp_path)
    with recorder.writing():
        recorder.insert_events([])
    assert (sealer.asked, recorder.head()) == ([("abandon", 0)], None)


@pytest.mark.parametrize("error", [RuntimeError("no"), KeyboardInterrupt(), SystemExit(1)])
@pytest.mark.parametrize("place", ["sealer", "after insert", "nested"])
def test_an_error_leaves_nothing(
    recorder: Recorder, tmp_path: Path, error: BaseException, place: str
) -> None:
    """Whatever goes wrong wherever: nothing is recorded, and the recorder goes on working."""
    recorder.sealer = sealer = FakeSealer(tmp_path, error if place == "sealer" else None)

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
    assert not any(contents(tmp_path).values())
    sealer.error = None
    assert recorder.insert_events(events(1, 2)) == [1, 2]


def test_a_taken_version_leaves_nothing_of_its_batch(recorder: Recorder, tmp_path: Path) -> None:
    """A batch of which one version is there already is refused whole, its words with it."""
    recorder.insert_events(events(1, 2))
    with pytest.raises(IntegrityError):
        recorder.insert_events(events(4, 4) + events(2, 2), vault={0: (b"s", b"w")})
    assert (recorder.size(), contents(tmp_path)["vault"]) == (2, [])


@pytest.mark.parametrize("taken", [3, 40, 70, 100])
def test_a_taken_version_in_a_long_batch_leaves_nothing_of_it(
    recorder: Recorder, tmp_path: Path, taken: int
) -> None:
    """Wherever in many rows of one statement, or in those left over, it stands."""
    recorder.insert_events(events(1, 2))
    batch, words = events(3, 100), dict.fromkeys(range(98), (b"s", b"w"))
    batch[taken - 3] = events(1, 1)[0]
    with pytest.raises(IntegrityError):
        recorder.insert_events(batch, vault=words)
    with suppress(*ERRORS), recorder.writing(), suppress(*ERRORS):
        recorder.insert_events(batch, vault=words)
    kept = contents(tmp_path)
    assert (recorder.size(), len(kept["event"]), kept["vault"]) == (2, 2, [])
    assert recorder.insert_events(events(3, 100), vault=words) == [*range(3, 101)]


def test_an_error_that_is_caught_inside_leaves_no_half_batch(
    recorder: Recorder, tmp_path: Path
) -> None:
    """Going on after an error in an inner unit records nothing of that unit's batch.

    It shows at once, or on a server at the latest in the commit, which is then refused.
    """
    with suppress(*ERRORS), recorder.writing():  # refusing to commit at all is as good
        recorder.insert_events(events(1, 2))
        with suppress(*ERRORS):
            recorder.insert_events(events(3, 3) + events(2, 2), vault={0: (b"s", b"w")})
    kept = contents(tmp_path)
    assert (len(kept["event"]), len(kept["vault"])) in ((2, 0), (0, 0))


def test_a_transaction_that_the_database_ended_takes_nothing_more(
    recorder: Recorder, tmp_path: Path
) -> None:
    """As SQLite does on a full disk: what comes after is not recorded by itself."""

    def work() -> None:
        with recorder.writing():
            recorder.insert_events(events(1, 1))
            recorder.connection.execute("ROLLBACK")
            with suppress(Exception):
                recorder.insert_events(events(1, 1))

    with pytest.raises(OperationalError):
        work()
    assert contents(tmp_path)["event"] == []


class Failing:
    """A connection of which one call fails, the so many-th: what is asked, written or committed."""

    def __init__(self, connection: Any, at: int) -> None:
        self.connection, self.left = connection, at

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.connection, name)
        if not callable(found) or name == "rollback":
            return found

        def call(*asked: Any) -> Any:
            self.left -= 1
            if self.left == 0:
                self.connection.execute("SELECT of_no_such_column")
            return found(*asked)

        return call


@pytest.mark.parametrize("caught", [False, True], ids=["", "and is caught"])
def test_an_error_at_any_statement_leaves_nothing(
    recorder: Recorder, tmp_path: Path, *, caught: bool
) -> None:
    """Whichever statement fails, the commit too: nothing of the unit is there, and it goes on."""
    recorder.insert_events(events(1, 255))
    before, sound = contents(tmp_path), recorder.connection
    for step in count(1):
        recorder.connection = failing = Failing(sound, step)  # type: ignore[assignment]
        with suppress(*ERRORS), recorder.writing(), suppress(*(ERRORS if caught else ())):
            recorder.insert_events(events(256, 258), vault={0: (b"s", b"w")}, children={"s": b"1"})
        recorder.connection = sound
        if failing.left > 0:
            break
        assert contents(tmp_path) == before
    assert step > 5
    assert recorder.size() == 258
    assert len(contents(tmp_path)["subtree"]) == 1
