"""The verifier against one SHA-256 a row, and what a proof of one entry costs."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack, closing
from functools import partial
from itertools import starmap
from multiprocessing import Pool
from pathlib import Path

from benchmarks.data import Place
from benchmarks.peers import Chain, installed, tree_in_memory
from benchmarks.plain import hash_all
from benchmarks.rounds import Measured, Side, take_turns
from footprint.audit.entries import join_parts
from footprint.audit.growing import Growing, root_of
from footprint.audit.part import Scope, read_runs
from footprint.audit.verdict import VERIFIED, Verdict
from footprint.audit.verify import verify_ledger
from footprint.audit.workers import Spread, parts_of
from footprint.engine.sqlite import connect_readonly
from footprint.ledger.store.proofs import inclusion_proof, stored_root
from footprint.ledger.store.sealing import entry_leaf
from footprint.proof.checkpoint import parse_checkpoint
from footprint.proof.note import parse
from footprint.proof.tree import FANOUT, run_root

_TO_PEERS = 100_000
"""A peer that keeps all in memory is given so many entries at the most; rates are compared."""
_RUNS = 32
_Roots = tuple[list[bytes], list[bytes]]


def measure_verifying(place: Place, folder: Path, rounds: int) -> list[Measured]:
    """Seconds for all entries; those of a peer as if it were all of them."""
    path = place.ledger
    with closing(connect_readonly(path)) as connection:
        (entries,) = connection.execute("SELECT max(position) FROM event").fetchone()
        some = min(entries, _TO_PEERS)
        root, part = stored_root(connection, entries), stored_root(connection, some)
    ours: dict[str, Side] = {
        "leaves and tree, one core": partial(_grow, path, entries, root, 1),
        "leaves and tree, two cores": partial(_grow, path, entries, root, 2),
        "every entry, one core": partial(_read_all, path, 1),
        "every entry, two cores": partial(_read_all, path, 2),
        "verify, the file's structure too": partial(verify, place),
    }
    peers: dict[str, Side] = {}
    if installed("nexuscone"):
        chain = Chain(folder / "chain.db")
        chain.fill(path, some)
        peers["nexuscone: verify its chain"] = chain.verify
    if installed("pymerkle"):
        peers["pymerkle: the tree in memory"] = tree_in_memory(path, some, part)
    with closing(connect_readonly(path)) as connection:
        took = take_turns({"limit": partial(hash_all, connection), **ours, **peers}, rounds)
    for name in peers:
        took[name] = [seconds * entries / some for seconds in took[name]]
    return [Measured(name, took[name], took["limit"]) for name in (*ours, *peers)]


def _grow(path: Path, entries: int, root: bytes, processes: int) -> None:
    """Leaves from bytes, each compared with the stored one, and the tree that they make."""
    step, tree, rest = FANOUT * _RUNS, Growing(), []
    tasks = [(path, first + 1, first + step) for first in range(0, entries, step)]
    with ExitStack() as stack:
        if processes > 1:
            pool = stack.enter_context(Pool(processes))
            done: Iterable[_Roots] = pool.starmap(_run_roots, tasks, chunksize=1)
        else:
            done = starmap(_run_roots, tasks)
        for roots, tail in done:
            for hashed in roots:
                tree.add(8, hashed)
            rest = tail
    if root_of(entries, tree.hashes, rest) != root:
        raise ValueError("another root")


def _run_roots(path: Path, first: int, last: int) -> _Roots:
    """The roots of complete runs, and the leaves behind them."""
    roots, tail = [], []
    scope = Scope(words=False, sizes=())
    with closing(connect_readonly(path)) as connection:
        for rows in read_runs(connection, scope, first, last):
            leaves = [entry_leaf(*row[1:5]) for row in rows]
            if leaves != [row[5] for row in rows]:
                raise ValueError("a leaf does not fit")
            if len(leaves) == FANOUT:
                roots.append(run_root(leaves))
            else:
                tail = leaves
    return roots, tail


def _read_all(path: Path, processes: int) -> None:
    """Every entry: leaf, tree, canonical form, facts, times, commitments, case numbers."""
    verdict = Verdict()
    scope, spread = Scope(words=True, sizes=()), Spread(processes=processes)
    with closing(connect_readonly(path)) as connection:
        connection.carry_any_text()
        with parts_of(connection, path, scope, spread) as parts:
            join_parts(connection, parts, verdict, lambda _last: None)
    if verdict.findings:
        raise ValueError(verdict.findings[0].message)


def verify(place: Place) -> None:
    """All that `footprint verify` does, on as many cores as there are."""
    verdict = verify_ledger(place.ledger, place.home)
    if verdict.verdict != VERIFIED:
        raise ValueError(verdict.verdict)


def measure_proofs(place: Place, rounds: int) -> Measured:
    """Milliseconds of a proof of an entry, from the first to the last of them."""
    with closing(connect_readonly(place.ledger)) as connection:
        size, text = connection.execute("SELECT size, note FROM head").fetchone()
        tree = parse_checkpoint(parse(text).text)
        sides: dict[str, Side] = {}
        for nth in range(50):
            position = 1 + nth * (size - 1) // 49
            (leaf,) = connection.execute(
                "SELECT leaf FROM event WHERE position = ?", (position,)
            ).fetchone()
            sides[str(nth)] = partial(inclusion_proof, connection, position, leaf, tree)
        took = take_turns(sides, rounds)
    each = [1_000 * seconds for side in took.values() for seconds in side]
    return Measured("inclusion proof", each, [1.0] * len(each))
