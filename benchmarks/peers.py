"""Others who could do part of the work: the stock library, a hash chain, a Merkle tree."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Coroutine
from contextlib import closing
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import orjson
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from benchmarks.data import TEXT
from footprint.engine.sqlite import connect_readonly
from footprint.ledger.store.sealing import entry_leaf

_MEASURED = ("eventsourcing", "nexuscone", "pymerkle", "sqlalchemy", "orjson", "typer")


def installed(name: str) -> bool:
    """Whether a peer is there; without it, its rows are left out."""
    return find_spec(name) is not None


def versions() -> str:
    """Of the peers and of what we stand on; a peer that is missing is said."""
    return ", ".join(
        f"{name} {version(name) if installed(name) else '(not installed, left out)'}"
        for name in _MEASURED
    )


# --- the stock library: its SQLite application, its default transcoder ----------------------


class Thread(Aggregate):
    """The facts of a thread, and its words among them: there is no vault."""

    def __init__(self, service: str, theme: str, text: str) -> None:
        self.service, self.theme, self.texts = service, theme, [text]

    @event("Noted")
    def note(self, text: str) -> None:
        self.texts.append(text)


class Notes:
    """Threads that are raised in the stock library."""

    def __init__(self, path: Path) -> None:
        self._app: Application[Any] = Application(
            env={"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(path)}
        )

    def append(self) -> None:
        self._app.save(Thread("CSC", "PLC", TEXT))

    def append_many(self, count: int) -> None:
        """So many entries in one transaction: threads of four."""
        threads = []
        for _ in range(count // 4):
            thread = Thread("CSC", "PLC", TEXT)
            for _ in range(3):
                thread.note(TEXT)
            threads.append(thread)
        self._app.save(*threads)

    def count_all(self) -> int:
        """How many threads were raised, by its events."""
        found, at = 0, 0
        while page := self._app.recorder.select_notifications(at + 1, 1_000):
            found += sum(
                isinstance(self._app.mapper.to_domain_event(one), Thread.Created) for one in page
            )
            at = page[-1].id
        return found


# --- a hash chain ---------------------------------------------------------------------------


class Chain:
    """A chain of hashes, with a loop of its own: its interface is asynchronous."""

    def __init__(self, path: Path) -> None:
        from nexuscone import Ledger as Hashed  # noqa: PLC0415 - a peer may be missing

        self._path = path
        self._loop = asyncio.new_event_loop()
        self._chain = self._run(Hashed(path).__aenter__())

    def _run(self, one: Coroutine[Any, Any, Any]) -> Any:
        return self._loop.run_until_complete(one)

    def append(self) -> None:
        payload = {"service": "CSC", "theme": "PLC", "text": TEXT}
        self._run(self._chain.log(actor="benchmark", action="recorded", payload=payload))

    def verify(self) -> None:
        self._run(self._chain.verify_chain())

    def fill(self, ledger: Path, entries: int) -> None:
        """The first facts and words of a ledger, linked as its own `log` would have done."""
        from nexuscone import (  # noqa: PLC0415
            GENESIS_PREVIOUS_HASH,
            canonical_json,
            sha256_hex,
        )

        with closing(connect_readonly(ledger)) as read:
            rows = read.execute(
                "SELECT position, state, words FROM event LEFT JOIN vault USING (position)"
                " ORDER BY position LIMIT ?",
                (entries,),
            ).fetchall()
        before, links = GENESIS_PREVIOUS_HASH, []
        for position, state, words in rows:
            facts = orjson.loads(state)
            link = {
                "entry_id": position, "timestamp": facts["recorded_at"], "actor": facts["actor"],
                "action": "recorded", "event_type": "request", "previous_hash": before,
                "payload": canonical_json({"facts": facts, "words": orjson.loads(words or b"{}")}),
            }  # fmt: skip
            before = sha256_hex(canonical_json(link))
            links.append(link | {"entry_hash": before})
        names, places = ", ".join(links[0]), ", ".join(f":{name}" for name in links[0])
        with closing(sqlite3.connect(self._path)) as chain, chain:
            chain.executemany(f"INSERT INTO entries ({names}) VALUES ({places})", links)
        if self._run(self._chain.verify_chain()) != entries:
            raise ValueError("the peer does not verify its own chain")


# --- a Merkle tree --------------------------------------------------------------------------


def tree_in_memory(ledger: Path, entries: int, root: bytes) -> Callable[[], None]:
    """Grow the tree of the first entries from what is hashed, and come to the same root."""
    from pymerkle import InmemoryTree  # noqa: PLC0415 - a peer may be missing

    with closing(connect_readonly(ledger)) as read:
        rows = read.execute(
            "SELECT stream, version, topic, state FROM event ORDER BY position LIMIT ?", (entries,)
        ).fetchall()
    data = [f"footprint/event/v1\n{s}\n{v}\n{t}\n".encode() + state for s, v, t, state in rows]
    if InmemoryTree(algorithm="sha256").hash_buff(data[0]) != entry_leaf(*rows[0]):
        raise ValueError("the peer hashes a leaf in another way")

    def grow() -> None:
        tree = InmemoryTree(algorithm="sha256")
        for one in data:
            tree.append_entry(one)
        if tree.get_root() != root:
            raise ValueError("the peer comes to another root")

    return grow
