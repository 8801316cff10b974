"""Measure the verifier against one SHA-256 a row, and against its peers, in one run.

    python benchmarks/verify.py [--entries 1000000] [--rounds 5] [--folder DIR]

The limit is one process that reads every row's position, stream, version, topic, state and leaf in
the order of positions, and takes the SHA-256 of each state. All sides take turns, so that each
meets the same machine; a ratio is of rates, the median of the rounds' own. A peer that is not
installed is left out, and named; `pip install pymerkle nexuscone` gets both.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from functools import partial
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from multiprocessing import Pool
from pathlib import Path
from statistics import median
from typing import Any

import orjson
from run import ACTOR, DAY, ORIGIN, TEXT, Result, Side, take_turns, tell, tell_versions

from footprint.audit import structure
from footprint.audit.entries import join_parts
from footprint.audit.growing import Growing, root_of
from footprint.audit.part import FIRST, LAST, Scope, read_runs
from footprint.audit.verdict import VERIFIED, Verdict
from footprint.audit.verify import verify_ledger
from footprint.audit.workers import Spread, cores, parts_of
from footprint.domain.adoption import first_policy
from footprint.domain.entry import Entry
from footprint.domain.events import (
    ChallengeRaised,
    LedgerOpened,
    NoteAdded,
    ResponseReceived,
    ThreadClosed,
)
from footprint.domain.reference import stream_name
from footprint.engine.sqlite import connect_readonly
from footprint.engine.sqlite_schema import STATEMENTS
from footprint.ledger.codec import encode, encode_words
from footprint.ledger.identity import new_id, utc_now
from footprint.ledger.ledger import Ledger
from footprint.ledger.opening import create_ledger
from footprint.ledger.proofs import consistency_proof, inclusion_proof, stored_root
from footprint.ledger.sealing import commitment, entry_leaf, new_salt
from footprint.ledger.signer import create_signer
from footprint.proof.checkpoint import Checkpoint, parse_checkpoint
from footprint.proof.note import parse
from footprint.proof.tree import EMPTY, FANOUT, extend_all, leaf_hash, root, run_root

ROWS = "SELECT position, stream, version, topic, state, leaf FROM event ORDER BY position"
EVENTS = (
    ChallengeRaised(
        service="CSC", themes=("PLC",), ladder="default", ladder_version=1, stage=0, iro="MB",
        role="team-manager", respond_by=DAY,
    ),
    ResponseReceived(stage=0, response="agreed", role="team-manager"),
    NoteAdded(),
    ThreadClosed(closure="resolved", basis="done"),
)  # fmt: skip
"""The moves of a thread."""
AT_ONCE = 50
"""Threads that are under way together: their entries lie between each other's."""
PEERS_ENTRIES = 100_000
"""A peer that keeps all in memory is given so many at the most; rates are compared."""
PROCESSES = min(cores(), 8)


# --- the ledger -----------------------------------------------------------------------------


def build(folder: Path, entries: int) -> Path:
    """A signed ledger of so many entries with words, without waiting for a disk."""
    path = folder / "ledger.db"
    signer = create_signer(folder / "home", ORIGIN, path)
    opened = LedgerOpened(authority="Benchmark", origin=ORIGIN, key=signer.verifier.vkey)
    policy = first_policy(DAY, {date(2017, 4, 14)}, "written by hand")
    with closing(create_ledger(path, opened, policy, actor=ACTOR, sealer=signer)) as ledger:
        triggers = [sql for sql in STATEMENTS if sql.startswith("CREATE TRIGGER")]
        first, recorder = ledger.size(), ledger.store
        signer.prepare(recorder, first)
        execute = ledger.connection.execute
        execute("PRAGMA synchronous = OFF")
        execute("BEGIN")
        for sql in triggers:
            execute(f"DROP TRIGGER {sql.split()[2]}")
        rows = new_rows(first, entries)
        while batch := list(islice(rows, 10_000)):
            insert(ledger, batch)
        complete_runs(ledger)
        for sql in triggers:
            execute(sql)
        note = signer.seal(recorder.leaves(first + 1, entries))
        execute("UPDATE head SET size = ?, note = ?", (entries, note))
        execute("COMMIT")
        signer.settle()
        execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


def new_rows(tail: int, entries: int) -> Iterator[dict[str, Any]]:
    """Rows of `event`, `vault` and `vault_child`, one entry each, up to so many entries."""
    number = 1
    while True:
        for nth, event in enumerate(EVENTS, start=1):
            for thread in range(number, number + AT_ONCE):
                if (tail := tail + 1) > entries:
                    return
                stream, child = stream_name(thread), f"20{thread:07}"
                words, salt = encode_words({"child": child, "text": TEXT}), new_salt()
                entry = Entry(
                    position=tail, stream=stream, version=nth, event=event,
                    event_id=new_id(), command_id=new_id(), recorded_at=utc_now(),
                    occurred_on=DAY, actor=ACTOR, source="transcribed",
                    words=commitment(stream, nth, event.topic, salt, words),
                )  # fmt: skip
                place, state = (stream, nth, event.topic), encode(entry)
                yield {
                    "event": (tail, *place, state, entry_leaf(*place, state)),
                    "vault": (tail, salt, words),
                    "vault_child": (stream, child.encode()) if nth == 1 else None,
                }
        number += AT_ONCE


def insert(ledger: Ledger, batch: list[dict[str, Any]]) -> None:
    for table in ("event", "vault", "vault_child"):
        rows = [row[table] for row in batch if row[table]]
        places = ", ".join("?" * len(rows[0])) if rows else ""
        ledger.connection.executemany(f"INSERT INTO {table} VALUES ({places})", rows)


def complete_runs(ledger: Ledger) -> None:
    """The stored roots of all complete runs, level by level."""
    leaves = ledger.connection.execute("SELECT leaf FROM event ORDER BY position")
    level, hashes = 0, [leaf for (leaf,) in leaves]
    while len(hashes) >= FANOUT:
        level += 1
        runs = (hashes[at : at + FANOUT] for at in range(0, len(hashes) - FANOUT + 1, FANOUT))
        hashes = list(map(run_root, runs))
        rows = [(level, nth, hashed) for nth, hashed in enumerate(hashes)]
        ledger.connection.executemany("INSERT INTO subtree VALUES (?, ?, ?)", rows)


# --- our sides ------------------------------------------------------------------------------


def scan(path: Path) -> None:
    """The limit: one SHA-256 a row, in one process."""
    with closing(connect_readonly(path)) as connection:
        for _position, _stream, _version, _topic, state, _leaf in connection.execute(ROWS):
            sha256(state).digest()


def run_roots(path: Path, first: int, last: int) -> tuple[list[bytes], list[bytes]]:
    """The roots of complete runs, and the leaves behind them, each compared with the stored."""
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


def grow(path: Path, entries: int) -> bytes:
    """Leaves and tree, by as many processes as `verify` takes; the root."""
    step, tree, rest = FANOUT * 32, Growing(), []
    tasks = [(path, first + 1, first + step) for first in range(0, entries, step)]
    with Pool(PROCESSES) as pool:
        for roots, tail in pool.starmap(run_roots, tasks, chunksize=1):
            for hashed in roots:
                tree.add(8, hashed)
            rest = tail
    return root_of(entries, tree.hashes, rest)


def read_all(path: Path) -> None:
    """Every entry: leaf, tree, canonical form, facts, times, commitments, case numbers."""
    verdict = Verdict()
    scope, spread = Scope(words=True, sizes=()), Spread(processes=PROCESSES)
    with closing(connect_readonly(path)) as connection:
        connection.carry_any_text()
        with parts_of(connection, path, scope, spread) as parts:
            join_parts(connection, parts, verdict, lambda _last: None)
    if verdict.findings:
        raise ValueError(verdict.findings[0].message)


def verify(folder: Path) -> None:
    """All that `footprint verify` does."""
    verdict = verify_ledger(folder / "ledger.db", folder / "home")
    if verdict.verdict != VERIFIED:
        raise ValueError(verdict.verdict)


# --- peers ----------------------------------------------------------------------------------


def installed(name: str) -> bool:
    """Whether a peer is there; it is said if not."""
    try:
        print(f"peer: {name} {version(name)}")
    except PackageNotFoundError:
        print(f"peer: {name} is not installed, and left out")
        return False
    return True


def leaf_bytes(path: Path, entries: int) -> list[bytes]:
    """What the leaves are the hashes of."""
    with closing(connect_readonly(path)) as connection:
        rows = connection.execute(f"{ROWS} LIMIT ?", (entries,)).fetchall()
    return [f"footprint/event/v1\n{s}\n{v}\n{t}\n".encode() + b for _, s, v, t, b, _ in rows]


def pymerkle_tree(data: list[bytes]) -> Callable[[], bytes]:
    from pymerkle import InmemoryTree  # noqa: PLC0415 - a peer may be missing

    def tree() -> bytes:
        grown = InmemoryTree(algorithm="sha256")
        for entry in data:
            grown.append_entry(entry)
        return grown.get_root()

    return tree


def nexuscone_chain(path: Path, source: Path, entries: int) -> Side:
    """A chain of the same facts and words, as its own `log` would have written them."""
    from nexuscone import (  # noqa: PLC0415 - a peer may be missing
        GENESIS_PREVIOUS_HASH,
        Ledger,
        canonical_json,
        sha256_hex,
    )

    async def create() -> None:
        async with Ledger(path):
            pass

    async def check() -> int:
        async with Ledger(path) as chain:
            return await chain.verify_chain()

    asyncio.run(create())
    with closing(connect_readonly(source)) as read:
        rows = read.execute(
            "SELECT position, state, words FROM event LEFT JOIN vault USING (position)"
            " ORDER BY position LIMIT ?",
            (entries,),
        ).fetchall()
    before, links = GENESIS_PREVIOUS_HASH, []
    for position, state, words in rows:
        facts = orjson.loads(state)
        link: dict[str, Any] = {
            "entry_id": position, "timestamp": facts["recorded_at"], "actor": facts["actor"],
            "action": "recorded", "event_type": "request", "previous_hash": before,
            "payload": canonical_json({"facts": facts, "words": orjson.loads(words or b"{}")}),
        }  # fmt: skip
        before = sha256_hex(canonical_json(link))
        links.append(link | {"entry_hash": before})
    with closing(sqlite3.connect(path)) as chain, chain:
        names = ", ".join(links[0])
        places = ", ".join(f":{name}" for name in links[0])
        chain.executemany(f"INSERT INTO entries ({names}) VALUES ({places})", links)
    if asyncio.run(check()) != entries:
        raise ValueError("the peer does not verify its own chain")
    return lambda: asyncio.run(check())


# --- what is measured -----------------------------------------------------------------------


def measure(folder: Path, entries: int, rounds: int) -> list[Result]:
    path, some = build(folder, entries), min(entries, PEERS_ENTRIES)
    data = leaf_bytes(path, some)
    sides: dict[str, Side] = {
        "limit": lambda: scan(path),
        "leaves and tree": lambda: grow(path, entries),
        "every entry": lambda: read_all(path),
        "verify": lambda: verify(folder),
        "tree in memory": lambda: root(extend_all(EMPTY, map(leaf_hash, data))),
    }
    if installed("pymerkle"):
        sides["pymerkle"] = pymerkle_tree(data)
        if sides["pymerkle"]() != sides["tree in memory"]():
            raise ValueError("the peer makes another root of the same leaves")
    if installed("nexuscone"):
        sides["nexuscone"] = nexuscone_chain(folder / "nexuscone.db", path, some)
    took = take_turns(sides, rounds)
    for name in ("tree in memory", "pymerkle", "nexuscone"):
        if name in took:  # as if it were all of them
            took[name] = [seconds * entries / some for seconds in took[name]]
    wanted = [
        ("leaves and tree", "limit", 0.7), ("every entry", "limit", 0.4), ("verify", "limit", None),
        ("leaves and tree", "pymerkle", 4), ("tree in memory", "pymerkle", 4),
        ("leaves and tree", "nexuscone", 2), ("every entry", "nexuscone", None),
    ]  # fmt: skip
    return [
        Result(what=f"{name} / {other}", ours=took[name], raw=took[other], target=target)
        for name, other, target in wanted
        if other in took
    ]


def tell_shares(path: Path) -> None:
    """What each part of `verify` costs, alone and in one process."""
    verdict, scope = Verdict(), Scope(words=True, sizes=())
    with closing(connect_readonly(path)) as connection:
        connection.carry_any_text()

        def read() -> None:
            for _ in read_runs(connection, scope, FIRST, LAST):
                pass

        def every_entry() -> None:
            with parts_of(connection, path, scope, Spread(processes=1)) as parts:
                join_parts(connection, parts, verdict, lambda _last: None)

        parts: dict[str, Side] = {
            "integrity_check": lambda: structure.check_integrity(connection, verdict),
            "versions of threads": lambda: structure.check_streams(connection, verdict),
            "vault without entries": lambda: structure.check_vault(connection, verdict),
            "every entry": every_entry,
            "  of it, reading rows": read,
        }
        for name, part in parts.items():
            part()
            started = time.process_time()
            part()
            print(f"{name:<26}{(time.process_time() - started):>8.2f} s of one core")


def tell_proofs(path: Path) -> None:
    """What a proof of one entry, and of growth, costs once the program runs: the middle of 200."""
    with closing(connect_readonly(path)) as connection:
        size, text = connection.execute("SELECT size, note FROM head").fetchone()
        tree = parse_checkpoint(parse(text).text)
        spread = [1 + nth * (size - 1) // 199 for nth in range(200)]
        olds = [Checkpoint(tree.origin, old, stored_root(connection, old)) for old in spread]
        leaves = dict(
            connection.execute(
                f"SELECT position, leaf FROM event WHERE position IN ({','.join('?' * 200)})",
                spread,
            )
        )
        proofs: dict[str, list[Side]] = {
            "of one entry": [
                partial(inclusion_proof, connection, position, leaf, tree)
                for position, leaf in leaves.items()
            ],
            "of growth": [partial(consistency_proof, connection, old, tree) for old in olds],
        }
        for what, calls in proofs.items():
            took = []
            for call in calls:
                started = time.perf_counter()
                call()
                took.append(1000 * (time.perf_counter() - started))
            print(f"proof {what:<20}{median(took):>8.2f} ms, the longest {max(took):.2f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", type=Path, default=None, help="where to write")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="footprint-benchmark-", dir=given.folder))
    try:
        tell_versions()
        print(f"{given.entries:,} entries; {PROCESSES} processes; load {os.getloadavg()[0]:.1f}")
        tell(measure(folder, given.entries, given.rounds))
        tell_shares(folder / "ledger.db")
        tell_proofs(folder / "ledger.db")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
