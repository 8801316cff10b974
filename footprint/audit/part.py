"""A stretch of entries read by itself: every byte checked, hashed, and the tree of its leaves.

What holds between stretches (time, redactions, keys, the tree above) is for `entries` to decide,
in order; so stretches can be read anywhere, and what one comes to is small.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from orjson import loads

from footprint.audit.entry import brief, is_time, read_entry, words_wrong
from footprint.audit.growing import Growing, Subtree
from footprint.audit.locks import opened, unopened, unread
from footprint.audit.plain import UNREAD, proved
from footprint.audit.verdict import Verdict
from footprint.domain.entry import Entry
from footprint.domain.events import EntryCorrected, EntryRedacted, LedgerOpened, SignerChanged
from footprint.domain.reference import is_thread, shown
from footprint.engine.connection import Connection
from footprint.ledger.store.codec import Unreadable, check_correction
from footprint.ledger.store.sealing import entry_leaf, is_locked
from footprint.proof.tree import EMPTY, FANOUT, extend_all, run_root
from footprint.vault.lock import Lock

FIRST, LAST = -(2**63), 2**63 - 1
"""All positions that a file can hold."""
RUN_HEIGHT = 8
_ENTRIES = "SELECT position, stream, version, topic, state, leaf, {} FROM event{} WHERE position"
_WORDS = (
    "salt, words, child",
    " LEFT JOIN vault USING (position) LEFT JOIN vault_child USING (stream)",
)
_NO_WORDS = "NULL, NULL, NULL", ""
_COLUMNS = {"stream": str, "version": int, "topic": str, "state": bytes, "leaf": bytes}
_NO_LEAF = bytes(32)
"""Stands in the tree for a row that is none, so that what follows it keeps its place."""
LONGEST_STREAM = 64
"""Longer names are a finding of their own, whatever a redaction explains."""

Row = tuple[Any, ...]


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What to read for: whether there are words, and the sizes whose roots are asked for.

    `key` is the one that rows are locked under, where it is at hand; `shut` is whether they are
    locked, and it is not.
    """

    words: bool
    sizes: tuple[int, ...]  # ascending
    key: bytes | None = field(default=None, repr=False)
    shut: bool = False

    @property
    def lock(self) -> Lock | None:
        return Lock(self.key) if self.key else None


@dataclass(kw_only=True)
class Part:
    """What a stretch of entries came to.

    `last` is its last position. `began` is its first time, with the entry's position and stream;
    `recorded_at` its last. `among` are the entries that others depend on, each with the size of
    the tree before it. `missing` are the streams of entries whose words are not there; `misnamed`
    those whose words name another child than their thread has, and how that is said. `tree` is
    that of its complete runs, `tail` the leaves behind them; `peaks` are its own part of the
    peaks at each size asked for.
    """

    last: int
    tree: Growing
    tail: list[bytes] = field(default_factory=list)
    peaks: dict[int, tuple[bytes, ...]] = field(default_factory=dict)
    began: tuple[str, int, str] | None = None
    recorded_at: str = ""
    among: list[tuple[int, Entry]] = field(default_factory=list)
    missing: dict[int, str] = field(default_factory=dict)
    misnamed: dict[int, tuple[str, str]] = field(default_factory=dict)
    locked: int = 0
    verdict: Verdict = field(default_factory=Verdict)


def where(position: int, stream: str) -> tuple[str, str | None]:
    """How an entry is named in a sentence, and its thread."""
    ref = shown(stream) or None
    return (f"entry {position} ({ref})" if ref else f"entry {position}"), ref


def find(verdict: Verdict, what: str, message: str, position: int, stream: str) -> None:
    """Add a finding about one entry."""
    name, ref = where(position, stream)
    verdict.find(what, f"{name}: {message}", position, ref)


def read_runs(connection: Connection, scope: Scope, first: int, last: int) -> Iterator[list[Row]]:
    """The rows of entries from one position to another, 256 at a time."""
    query = _ENTRIES.format(*(_WORDS if scope.words else _NO_WORDS))
    query += " BETWEEN ? AND ? ORDER BY position"
    return connection.runs(query, first, last, FANOUT)


def read_part(
    connection: Connection,
    scope: Scope,
    runs: Iterable[Sequence[Row]],
    base: int,
    before: int,
) -> Part:
    """Read a stretch of entries.

    Args:
        connection: for what single entries refer to: corrected entries, stored roots of runs.
        scope: what to read for.
        runs: its rows, 256 at a time; only the last may be shorter.
        base: how many leaves stand before it.
        before: the position before its first.
    """
    reader = _Reader(connection, scope, Part(last=before, tree=Growing(base)))
    for rows in runs:
        reader.read_run(rows)
    return reader.part


def check_subtree(connection: Connection, subtree: Subtree, verdict: Verdict) -> None:
    """The stored root of a complete run is what its entries make."""
    level, nth, hashed = subtree
    row = connection.execute(
        "SELECT hash FROM subtree WHERE level = ? AND nth = ?", (level, nth)
    ).fetchone()
    if row is not None and row[0] == hashed:
        return
    size = FANOUT**level
    stored = "is missing" if row is None else f"is stored as {brief(row[0])}"
    verdict.find(
        "subtree",
        f"subtree {nth} of level {level} {stored}; its entries {nth * size + 1} to"
        f" {(nth + 1) * size} make {brief(hashed)}",
        nth * size + 1,
    )


class _Reader:
    """The state of reading one stretch."""

    def __init__(self, connection: Connection, scope: Scope, part: Part) -> None:
        self.part = part
        self._connection = connection
        self._scope = scope
        self._lock = scope.lock
        self._threads: set[str] = set()

    def read_run(self, rows: Sequence[Row]) -> None:
        """Read up to 256 rows and put their leaves on the tree."""
        part, size = self.part, self.part.tree.size
        if lock := self._lock:  # from here on they are as if they had never been locked
            rows = [(*row[:6], *opened(lock, row[1:4], *row[6:])) for row in rows]
        changed = len(part.among)
        leaves = self._leaves(rows, size)
        wanted = {before for before, entry in part.among[changed:] if _changes_key(entry)}
        asked = self._scope.sizes
        wanted |= {*asked[bisect_left(asked, size) : bisect_left(asked, size + len(leaves))]}
        for at in wanted:
            part.peaks[at] = part.tree.hashes + extend_all(EMPTY, leaves[: at - size]).hashes
        if len(leaves) == FANOUT:
            self._grow(run_root(leaves))
        else:
            part.tail = leaves

    def _grow(self, hashed: bytes) -> None:
        tree = self.part.tree
        above = tree.add(RUN_HEIGHT, hashed)
        for subtree in ((1, tree.size // FANOUT - 1, hashed), *above):
            check_subtree(self._connection, subtree, self.part.verdict)

    def _leaves(self, rows: Sequence[Row], size: int) -> list[bytes]:
        """Check each row. Returns the leaves that their bytes make."""
        part, leaves = self.part, list[bytes]()
        plain = [unread(row) for row in rows] if self._scope.shut else rows
        while rest := rows[len(leaves) :]:
            if part.began:
                tried = plain[len(leaves) :]
                count, part.recorded_at = proved(
                    tried, part.last, part.recorded_at, self._threads, with_words=self._scope.words
                )
                if self._scope.shut:
                    part.locked += sum(row[6] is UNREAD for row in tried[:count])
                leaves += [row[5] for row in rest[:count]]
                part.last += count
                rest = rest[count:]
            if rest:
                leaves.append(self._read(rest[0], size + len(leaves)))
                part.last = rest[0][0]
        return leaves

    # --- thoroughly -------------------------------------------------------------------------

    def _find(self, what: str, message: str, position: int, stream: str) -> None:
        find(self.part.verdict, what, message, position, stream)

    def _read(self, row: Row, size: int) -> bytes:
        """Check one row thoroughly. Returns the leaf that its bytes make."""
        part = self.part
        position, stream, version, topic, state, leaf, *vault = row
        if position != part.last + 1:
            gone = f"entry {part.last + 1} is not there; the next is {position}"
            self._find("gap", gone, part.last + 1, "")
        if wrong := _mistyped(*row[1:6]):
            self._find("type", wrong, position, stream if isinstance(stream, str) else "")
            return _NO_LEAF
        hashed = entry_leaf(stream, version, topic, state)
        if hashed != leaf:
            message = f"its bytes make the leaf {brief(hashed)}, and {brief(leaf)} is stored"
            self._find("leaf", message, position, stream)
        read = read_entry(position, stream, version, topic, state)
        for one in read.wrong:
            self._find(one.what, one.message, position, stream)
        if read.newer:
            part.verdict.doubt(f"{where(position, stream)[0]} {read.newer}")
        if read.entry is not None:
            self._check(read.entry, size)
            if self._scope.words:
                self._check_words(read.entry, *vault)
        return hashed

    def _check(self, entry: Entry, size: int) -> None:
        """An entry among those before it."""
        if is_time(entry.recorded_at):
            self._check_time(entry)
        if isinstance(entry.event, LedgerOpened) != (entry.position == 1):
            return  # which was said already
        if isinstance(entry.event, EntryCorrected):
            self._check_correction(entry, entry.event)
        elif isinstance(entry.event, LedgerOpened | SignerChanged | EntryRedacted):
            self.part.among.append((size, entry))

    def _check_time(self, entry: Entry) -> None:
        part, moment = self.part, entry.recorded_at
        if part.began is None:
            part.began = moment, entry.position, entry.stream
        check_order(part.recorded_at, moment, entry.position, entry.stream, part.verdict)
        part.recorded_at = moment

    def _check_correction(self, entry: Entry, event: EntryCorrected) -> None:
        """New facts are for an earlier entry of the same thread, and such as it may have."""
        row = self._connection.execute(
            "SELECT topic FROM event WHERE position = ? AND position < ? AND stream = ?",
            (event.corrects, entry.position, entry.stream),
        ).fetchone()
        wrong = f"it corrects entry {event.corrects}, which is not before it in its thread"
        if row is not None:
            try:
                check_correction(row[0], event.facts)
            except Unreadable as error:
                wrong = f"it corrects entry {event.corrects}: {error}"
            else:
                return
        self._find("correction", wrong, entry.position, entry.stream)

    def _check_words(self, entry: Entry, salt: Any, words: Any, child: Any) -> None:
        position, stream = entry.position, entry.stream
        if words is None:
            if entry.words is not None:
                self.part.missing[position] = stream[:LONGEST_STREAM]
        elif entry.words is None:
            self._find("words", "the vault holds words that it does not have", position, stream)
        elif wrong := sealed_wrong(entry, salt, words, child, self._lock):
            self._find("words", wrong, position, stream)
        elif wrong := child_wrong(entry, words, child):
            self.part.misnamed[position] = stream[:LONGEST_STREAM], wrong
        elif is_locked(words) or is_locked(child):
            self.part.locked += 1


def vault_wrong(entry: Entry, salt: Any, words: Any, child: Any, lock: Lock | None) -> str:
    """What is wrong with an entry's row of the vault, or with its thread's case number."""
    return sealed_wrong(entry, salt, words, child, lock) or child_wrong(entry, words, child)


def sealed_wrong(entry: Entry, salt: Any, words: Any, child: Any, lock: Lock | None) -> str:
    """What is wrong with an entry's words.

    With the key at hand, nothing may be left of them that is locked, nor of the case number.
    """
    return (unopened(words, child) if lock else "") or words_wrong(entry, salt, words)


def child_wrong(entry: Entry, words: Any, child: Any) -> str:
    """What is wrong between the words of an entry and its thread's case number."""
    if is_locked(words) or not is_thread(entry.stream) or is_locked(child):
        return ""
    said = loads(words)
    if "child" not in said and child is None:
        return ""  # recorded after a redaction of the whole thread, when it had none any more
    named = said.get("child", "").encode()
    if not named:
        return "its words have no case number"
    same = named == child
    return "" if same else "its words name another child than the vault does for its thread"


def check_order(before: str, moment: str, position: int, stream: str, verdict: Verdict) -> None:
    """No entry was recorded before the one that it stands behind."""
    if moment < before:
        message = f"it was recorded at {moment}, and an entry before it at {before}"
        find(verdict, "time", message, position, stream)


def _changes_key(entry: Entry) -> bool:
    return isinstance(entry.event, SignerChanged)


def _mistyped(*columns: Any) -> str:
    """Which column holds what it should not; nothing where all are as they should be."""
    for (name, kind), value in zip(_COLUMNS.items(), columns, strict=True):
        if type(value) is not kind:
            return f"its {name} is of type {type(value).__name__}, and not {kind.__name__}"
        if isinstance(value, str) and "\n" in value:
            return f"its {name} holds a newline"
    return ""
