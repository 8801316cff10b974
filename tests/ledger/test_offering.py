"""The threads that are offered for what is typed of a reference, in a file and on a server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from ledger_helpers import ACTOR, record, record_threads

from footprint.domain.asks import Correct
from footprint.domain.reference import number_of, stream_name
from footprint.engine import sqlite
from footprint.engine.sqlite_schema import STATEMENTS
from footprint.ledger.ledger import Ledger
from footprint.ledger.offering import MOST, threads_begun

_THREADS = 20_000


def numbers(ledger: Ledger, digits: str) -> list[int]:
    """The numbers of the threads that are offered."""
    return [number_of(stream) for stream, _ in threads_begun(ledger.connection, digits)]


def test_what_begins_so_is_offered_the_newest_first(ledger: Ledger) -> None:
    """A number that begins with what is typed, whatever its length; and nothing else."""
    assert numbers(ledger, "") == []
    record_threads(ledger, 14)
    assert numbers(ledger, "1") == [14, 13, 12, 11, 10, 1]
    assert numbers(ledger, "12") == [12]
    assert numbers(ledger, "") == [*range(14, 0, -1)]
    assert numbers(ledger, "15") == []
    assert numbers(ledger, "9999999") == []


def test_how_a_thread_began_is_given_unless_it_was_corrected(ledger: Ledger) -> None:
    """What a correction may have changed is left out: it would be wrong."""
    first, second = record_threads(ledger, 2)
    entry = ledger.entries(first)[0].position
    wrong = Correct(
        entry=entry, facts={"themes": ("SIB",)}, on=date(2026, 4, 3), words={"reason": "Misread."}
    )
    ledger.record(wrong, actor=ACTOR, stream=first)
    record(ledger, stream=second)
    offered = dict(threads_begun(ledger.connection, ""))
    assert offered[first] == {}
    assert offered[second]["themes"] == ["PLC"]


@pytest.fixture
def large(tmp_path: Path) -> Iterator[sqlite.FileConnection]:
    """A file with many threads of four entries each, and nothing in them."""
    path = tmp_path / "large.db"
    path.touch()
    with closing(sqlite.connect_new(path)) as connection:
        connection.execute(STATEMENTS[0])
        each = (
            (stream_name(n), version) for n in range(1, _THREADS + 1) for version in range(1, 5)
        )
        connection.execute("BEGIN")
        connection.executemany(
            "INSERT INTO event (stream, version, topic, state, leaf)"
            " VALUES (?, ?, 'note.added', '{}', zeroblob(32))".replace(
                "'{}'", "CAST('{}' AS BLOB)"
            ),
            each,
        )
        connection.commit()
        yield connection


@pytest.mark.parametrize("digits", ["", "1", "19", "199", "2"])
def test_no_more_is_completed_than_what_all_have_in_common(
    large: sqlite.FileConnection, digits: str
) -> None:
    """Of many it is the newest and the shortest, so that a shell adds nothing to what is typed."""
    found = [str(number_of(stream)) for stream, _ in threads_begun(large, digits)]
    assert len(found) == len(set(found)) <= MOST
    assert all(number.startswith(digits) for number in found)
    assert len({number[: len(digits) + 1] for number in found}) > 1
    fitting = [n for n in range(1, _THREADS + 1) if str(n).startswith(digits)]
    assert max(map(int, found)) == max(fitting)


def test_the_work_is_bounded(large: sqlite.FileConnection) -> None:
    """However many threads there are, about as many rows are looked at as are offered."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    large.set_progress_handler(count, 1_000)
    threads_begun(large, "")
    threads_begun(large, "1")
    assert steps <= 15  # of 1,000 each; to look at all the threads takes a hundred times that
