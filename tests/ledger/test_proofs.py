"""Audit paths from stored leaves and runs, against trees grown from the bytes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from ledger_helpers import new_recorder
from server_ledgers import on_server, unguarded

from footprint.errors import Refused
from footprint.ledger.store.proofs import consistency_proof, inclusion_proof, stored_root
from footprint.proof.checkpoint import Checkpoint
from footprint.proof.tree import EMPTY, FANOUT, Peaks, extend, root, run_root

SIZE = FANOUT * FANOUT + 3 * FANOUT + 5
Grown = tuple[Any, list[bytes], dict[int, bytes]]
ODD = sorted({1, 2, 3, 255, 256, 257, 511, 512, 640, 65535, 65536, 65537, 65792, SIZE - 5, SIZE})


@pytest.fixture(scope="module", params=["file", "server"])
def grown(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Grown]:
    """Leaves and roots of runs as a ledger stores them, over two levels; and the true roots."""
    leaves = [sha256(b"%d" % n).digest() for n in range(SIZE)]
    runs = [run_root(leaves[n : n + FANOUT]) for n in range(0, SIZE - FANOUT + 1, FANOUT)]
    roots, peaks = {}, Peaks(0, EMPTY.hashes)
    for leaf in leaves:
        peaks = extend(peaks, leaf)
        if peaks.size in ODD:
            roots[peaks.size] = root(peaks)
    stored = _in_memory if request.param == "file" else _on_server
    with stored(tmp_path_factory.mktemp("grown"), leaves) as connection:
        connection.executemany("INSERT INTO subtree VALUES (1, ?, ?)", enumerate(runs))
        connection.execute("INSERT INTO subtree VALUES (2, 0, ?)", (run_root(runs[:FANOUT]),))
        yield connection, leaves, roots


@contextmanager
def _in_memory(_folder: Path, leaves: list[bytes]) -> Iterator[Any]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE event (position INTEGER PRIMARY KEY, leaf)")
        connection.executemany("INSERT INTO event VALUES (?, ?)", enumerate(leaves, 1))
        connection.execute("CREATE TABLE subtree (level, nth, hash)")
        yield connection


@contextmanager
def _on_server(folder: Path, leaves: list[bytes]) -> Iterator[Any]:
    with on_server(folder):
        new_recorder(folder).close()
        with unguarded(folder) as connection:
            connection.begin()
            connection.execute(
                "INSERT INTO event SELECT n, 's', n, 't', '', leaf"
                " FROM unnest(?::bytea[]) WITH ORDINALITY AS leaves (leaf, n)",
                (leaves,),
            )
            yield connection


def tree(grown: Grown, size: int) -> Checkpoint:
    return Checkpoint("iro.example/ledger", size, grown[2][size])


@pytest.mark.parametrize("size", ODD)
def test_the_root_is_that_of_the_leaves(grown: Grown, size: int) -> None:
    """At every kind of border between runs."""
    assert stored_root(grown[0], size) == grown[2][size]


@pytest.mark.parametrize("size", ODD)
def test_every_kind_of_entry_has_a_path(grown: Grown, size: int) -> None:
    """The path of entries on both sides of each border leads to the root (checked on the way)."""
    for position in {p for odd in ODD for p in (odd, odd + 1)}:
        if position <= size:
            inclusion_proof(grown[0], position, grown[1][position - 1], tree(grown, size))


@pytest.mark.parametrize("size", ODD)
def test_every_tree_extends_those_before_it(grown: Grown, size: int) -> None:
    """Between any two of the sizes, and from nothing."""
    for old in [odd for odd in ODD if odd <= size]:
        consistency_proof(grown[0], tree(grown, old), tree(grown, size))
    nothing = Checkpoint("iro.example/ledger", 0, sha256(b"").digest())
    assert consistency_proof(grown[0], nothing, tree(grown, size)) == []


def test_a_path_that_would_fail_is_not_given_out(grown: Grown) -> None:
    """A leaf, a root or a size that does not fit is refused, and what to do is said."""
    connection, leaves, _ = grown
    with pytest.raises(Refused, match="footprint verify"):
        inclusion_proof(connection, 7, leaves[7], tree(grown, 257))
    false = Checkpoint("iro.example/ledger", 256, b"\x01" * 32)
    with pytest.raises(Refused, match="footprint verify"):
        consistency_proof(connection, false, tree(grown, 257))
    with pytest.raises(Refused, match="cannot extend"):
        consistency_proof(connection, tree(grown, 257), tree(grown, 256))


def test_missing_hashes_are_said(tmp_path: Path) -> None:
    """Where runs or leaves are gone, nothing is proved."""
    with closing(sqlite3.connect(tmp_path / "some.db")) as connection:
        connection.execute("CREATE TABLE event (position INTEGER PRIMARY KEY, leaf)")
        connection.execute("INSERT INTO event VALUES (1, ?)", (b"\x01" * 32,))
        with pytest.raises(Refused, match="stored hashes are missing"):
            stored_root(connection, 2)
