"""Read every entry once: rehash it, check its bytes and its words, and grow the tree again."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from footprint.audit.verdict import Verdict
from footprint.domain.entry import Entry
from footprint.domain.events import EntryCorrected, EntryRedacted, LedgerOpened, SignerChanged
from footprint.domain.reference import is_thread, shown
from footprint.domain.vocabulary import SOURCES
from footprint.ledger.codec import (
    FORMAT,
    Unreadable,
    canonical,
    check_correction,
    decode,
    decode_words,
)
from footprint.ledger.sealing import LOCKED, SALT_BYTES, commitment, entry_leaf
from footprint.proof.key import Verifier
from footprint.proof.lines import NoteError, decode64, encode64
from footprint.proof.tree import EMPTY, FANOUT, Peaks, extend, extend_all, root, run_root

_RECORDED_AT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
_UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_STREAMS = {"policy": "policy", "ledger": "ledger", "signer": "ledger", "report": "ledger"}
"""The stream of the topics that begin so; all others are of threads."""
_ENTRIES = "SELECT position, stream, version, topic, state, leaf{words} FROM event{joins}"
_WORDS = ", salt, words, child"
_JOINS = " LEFT JOIN vault USING (position) LEFT JOIN vault_child USING (stream)"


@dataclass(kw_only=True)
class Reading:
    """What reading the entries found out: the roots at the sizes asked for, and the keys.

    `keys` are each with the position from which it signs.
    """

    origin: str = ""
    keys: list[tuple[int, Verifier]] = field(default_factory=list)
    roots: dict[int, bytes] = field(default_factory=dict)

    def keys_at(self, size: int) -> list[Verifier]:
        """The key in force for a tree of this size: at the entry that changes it, either."""
        sofar = [pair for pair in self.keys if pair[0] <= size]
        changed_just_now = bool(sofar) and sofar[-1][0] == size
        return [key for _, key in (sofar[-2:] if changed_just_now else sofar[-1:])]


class _Tree:
    """The Merkle tree, grown a leaf at a time; holds one run of leaves."""

    def __init__(self) -> None:
        self.run: list[bytes] = []
        self._runs = EMPTY  # the complete runs, as leaves of a tree above them
        self._levels: list[list[bytes]] = []

    @property
    def size(self) -> int:
        return self._runs.size * FANOUT + len(self.run)

    def add(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Add a leaf. Returns the subtrees (level, nth, root) that it completes."""
        self.run.append(leaf)
        if len(self.run) < FANOUT:
            return []
        hashed = run_root(self.run)
        self.run = []
        self._runs = extend(self._runs, hashed)
        return self._complete(hashed)

    def _complete(self, hashed: bytes) -> list[tuple[int, int, bytes]]:
        completed, count = [], self._runs.size
        for level in range(1, 9):
            completed.append((level, count - 1, hashed))
            if len(self._levels) < level:
                self._levels.append([])
            below = self._levels[level - 1]
            below.append(hashed)
            if len(below) < FANOUT:
                break
            hashed, count = run_root(below), count // FANOUT
            below.clear()
        return completed

    def root(self) -> bytes:
        partial = extend_all(EMPTY, self.run)
        return root(Peaks(self.size, self._runs.hashes + partial.hashes))


def read_entries(
    connection: sqlite3.Connection, verdict: Verdict, sizes: Collection[int]
) -> Reading:
    """Read all entries in order; findings go to the verdict, which counts the entries too."""
    reader = _Reader(connection, verdict, sizes)
    query = _ENTRIES.format(
        words=_WORDS if verdict.words_checked else "", joins=_JOINS if verdict.words_checked else ""
    )
    for row in connection.execute(query + " ORDER BY position"):
        reader.read(row)
    reader.finish()
    return reader.reading


class _Reader:
    """The state of one pass over the entries."""

    def __init__(
        self, connection: sqlite3.Connection, verdict: Verdict, sizes: Collection[int]
    ) -> None:
        self.reading = Reading()
        self._connection = connection
        self._verdict = verdict
        self._sizes = sizes
        self._tree = _Tree()
        self._subtrees = 0
        self._position = 0
        self._recorded_at = ""
        self._missing: dict[int, str] = {}
        self._back: list[int] = []
        self._before_change = 0, b""
        self._locked = 0

    def read(self, row: tuple[Any, ...]) -> None:
        """Check one row, and add it to the tree as its bytes have it."""
        position, stream, version, topic, state, leaf, *vault = row
        if position != self._position + 1:
            gone = f"entry {self._position + 1} is not there; the next is {position}"
            self._find("gap", gone, self._position + 1, "")
        self._position = position
        if not self._typed(position, stream, version, topic, state, leaf):
            return
        hashed = entry_leaf(stream, version, topic, state)
        if hashed != leaf:
            self._find("leaf", "its bytes do not give its stored leaf", position, stream)
        if topic == SignerChanged.topic:
            self._before_change = self._tree.size, self._tree.root()
        self._grow(hashed)
        entry = self._decoded(position, stream, version, topic, state)
        if entry is not None:
            self._check_entry(entry)
            if vault:
                self._check_words(entry, *vault)

    def finish(self) -> None:
        """What can only be said when all entries were read."""
        verdict, reading = self._verdict, self.reading
        verdict.entries, verdict.root = self._position, self._tree.root()
        reading.roots[self._tree.size] = verdict.root
        stored = self._connection.execute("SELECT count(*) FROM subtree").fetchone()[0]
        if stored != self._subtrees:
            verdict.find("subtree", f"{stored} subtree rows are stored, not {self._subtrees}")
        for position, stream in self._missing.items():
            self._find("words", "its words are gone without a redaction", position, stream)
        if self._locked:
            verdict.remark(f"the words of {self._locked} entries are locked and were not checked")
        if self._back:
            back = ", ".join(map(str, sorted(self._back)[:10]))
            verdict.remark(f"redacted words are back in the vault, at {back}")

    # --- an entry's own bytes ---------------------------------------------------------------

    def _find(self, what: str, message: str, position: int, stream: str) -> None:
        ref = shown(stream) or None
        where = f"entry {position} ({ref})" if ref else f"entry {position}"
        self._verdict.find(what, f"{where}: {message}", position, ref)

    def _typed(self, position: int, *columns: Any) -> bool:
        types = (str, int, str, bytes, bytes)
        if all(type(column) is kind for column, kind in zip(columns, types, strict=True)):
            stream, _, topic, *_rest = columns
            if "\n" not in stream and "\n" not in topic:
                return True
        self._find("type", "a column holds a value of another type", position, "")
        return False

    def _grow(self, leaf: bytes) -> None:
        for level, nth, hashed in self._tree.add(leaf):
            self._subtrees += 1
            row = self._connection.execute(
                "SELECT hash FROM subtree WHERE level = ? AND nth = ?", (level, nth)
            ).fetchone()
            if row is None or row[0] != hashed:
                how = "is missing" if row is None else "is not what its entries make"
                self._verdict.find("subtree", f"subtree {nth} of level {level} {how}")
        if self._tree.size in self._sizes:
            self.reading.roots[self._tree.size] = self._tree.root()

    def _decoded(
        self, position: int, stream: str, version: int, topic: str, state: bytes
    ) -> Entry | None:
        try:
            facts = orjson.loads(state)
            if canonical(facts) != state:
                self._find("state", "its state is not in the one canonical form", position, stream)
            if isinstance(facts, dict) and _newer(facts.get("format")):
                self._verdict.doubt(
                    f"entry {position} is of format {facts['format']}, newer than this verifier"
                )
                return None
            return decode(position, stream, version, topic, state)
        except (
            orjson.JSONDecodeError,
            orjson.JSONEncodeError,
            Unreadable,
            RecursionError,
        ) as error:
            self._find("state", f"it is not of the published format: {error}", position, stream)
            return None

    # --- an entry among the others ----------------------------------------------------------

    def _check_entry(self, entry: Entry) -> None:
        self._check_time(entry.recorded_at, entry.position, entry.stream)
        ids = _UUID7.fullmatch(entry.event_id) and _UUID7.fullmatch(entry.command_id)
        if not (ids and entry.actor and entry.source in SOURCES):
            message = "an id, the actor or the source is not of the published form"
            self._find("header", message, entry.position, entry.stream)
        belongs = _STREAMS.get(entry.topic.partition(".")[0])
        if entry.stream != belongs and not (belongs is None and is_thread(entry.stream)):
            of = belongs or "a thread"
            self._find("stream", f"{entry.topic} belongs to {of}", entry.position, entry.stream)
        event = entry.event
        if isinstance(event, LedgerOpened) != (entry.position == 1):
            self._find(
                "opening", "a ledger begins with ledger.opened, and only once",
                entry.position, entry.stream,
            )  # fmt: skip
        elif isinstance(event, LedgerOpened):
            self.reading.origin = event.origin
            self._key(event.key, entry)
        elif isinstance(event, SignerChanged):
            self._changed(event, entry)
        elif isinstance(event, EntryRedacted):
            self._redacted(event, entry)
        elif isinstance(event, EntryCorrected):
            self._corrected(event, entry)

    def _check_time(self, recorded_at: str, position: int, stream: str) -> None:
        """A time of the published form, and never before the one before it."""
        if not _is_time(recorded_at):
            self._find("time", f"{recorded_at!r} is not a time", position, stream)
            return
        if recorded_at < self._recorded_at:
            self._find(
                "time",
                f"it was recorded at {recorded_at}, and an entry before it at {self._recorded_at}",
                position,
                stream,
            )
        self._recorded_at = recorded_at

    def _key(self, vkey: str, entry: Entry) -> None:
        try:
            self.reading.keys.append((entry.position, Verifier.from_vkey(vkey)))
        except NoteError as error:
            self._find("key", f"its key is none: {error}", entry.position, entry.stream)

    def _changed(self, event: SignerChanged, entry: Entry) -> None:
        """Another key signs from here on: with the old one's word for it, or without."""
        old = self.reading.keys[-1][1] if self.reading.keys else None
        self._key(event.key, entry)
        size, root_before = self._before_change
        tree = f"{self.reading.origin}\n{size}\n{encode64(root_before)}\n"
        text = f"footprint/signer-changed/v1\n{tree}{event.key}\n"
        if event.endorsement is None:
            self._verdict.remark(
                f"another key signs from entry {entry.position} on, without the old one's word"
            )
        elif old is None or not _endorsed(old, text, event.endorsement):
            self._find("key", "the old key did not endorse the new", entry.position, entry.stream)
        else:
            self._verdict.remark(
                f"another key signs from entry {entry.position} on, with the old one's word"
            )

    def _redacted(self, event: EntryRedacted, entry: Entry) -> None:
        """Words at these positions of the same thread are gone for a reason."""
        for position in event.positions:
            if self._missing.get(position) == entry.stream:
                del self._missing[position]
                self._verdict.redacted += 1
            elif (
                self._verdict.words_checked
                and self._connection.execute(
                    "SELECT 1 FROM vault WHERE position = ?", (position,)
                ).fetchone()
            ):
                self._back.append(position)

    def _corrected(self, event: EntryCorrected, entry: Entry) -> None:
        """New facts are for an earlier entry of the same thread, and such as it may have."""
        row = self._connection.execute(
            "SELECT topic FROM event WHERE position = ? AND position < ? AND stream = ?",
            (event.corrects, entry.position, entry.stream),
        ).fetchone()
        if row is None:
            message = f"it corrects entry {event.corrects}, which is not before it in its thread"
            self._find("correction", message, entry.position, entry.stream)
            return
        try:
            check_correction(row[0], event.facts)
        except Unreadable as error:
            self._find("correction", str(error), entry.position, entry.stream)

    def _check_words(self, entry: Entry, salt: Any, words: Any, child: Any) -> None:
        position, stream = entry.position, entry.stream
        if words is None:
            if entry.words is not None:
                self._missing[position] = stream
            return
        if entry.words is None:
            self._find("words", "the vault holds words that it does not have", position, stream)
            return
        if type(salt) is not bytes or type(words) is not bytes or len(salt) != SALT_BYTES:
            self._find("words", "the vault's row holds another type", position, stream)
            return
        if words.startswith(LOCKED):
            self._locked += 1
            return
        sealed = commitment(stream, entry.version, entry.topic, salt, words)
        if sealed != entry.words:
            self._find("words", "its words are not those it committed to", position, stream)
            return
        try:
            said = decode_words(words)
        except Unreadable as error:
            self._find("words", str(error), position, stream)
            return
        if canonical(said) != words:
            self._find("words", "its words are not in the one canonical form", position, stream)
        named = said.get("child", "").encode()
        if is_thread(stream) and named != child:
            self._find("words", "its words name another child than the vault", position, stream)


def _newer(format_: object) -> bool:
    return type(format_) is int and format_ > FORMAT


def _is_time(text: str) -> bool:
    if not _RECORDED_AT.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _endorsed(old: Verifier, text: str, endorsement: str) -> bool:
    try:
        return old.verify(text.encode(), decode64(endorsement, "the endorsement"))
    except (NoteError, UnicodeEncodeError):
        return False
