"""All entries, from the first to the last: what holds among them, and the tree that they make."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice

from footprint.audit.growing import Growing, root_of
from footprint.audit.locks import opened
from footprint.audit.part import (
    FIRST,
    LAST,
    LONGEST_STREAM,
    Part,
    Scope,
    check_order,
    check_subtree,
    find,
    read_part,
    read_runs,
    vault_wrong,
)
from footprint.audit.redacted import committed, unasked
from footprint.audit.verdict import Verdict
from footprint.domain.entry import Entry
from footprint.domain.events import EntryRedacted, LedgerOpened, SignerChanged
from footprint.engine.connection import Connection
from footprint.ledger.store.codec import decode
from footprint.ledger.store.sealing import is_locked
from footprint.proof.key import Verifier
from footprint.proof.lines import NoteError, decode64, encode64
from footprint.proof.note import id_of
from footprint.proof.tree import FANOUT
from footprint.vault.lock import Lock

_SHOWN_BACK = 10
_LEVELS = 8
_VAULT_ROW = (
    "SELECT position, stream, version, topic, state, salt, words, child FROM event"
    " JOIN vault USING (position) LEFT JOIN vault_child USING (stream)"
    " WHERE position = ? AND words IS NOT NULL"
)


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


def read_here(connection: Connection, scope: Scope, runs: int) -> Iterator[Part]:
    """Read all entries on this connection, so many runs of 256 a part."""
    rows = read_runs(connection, scope, FIRST, LAST)
    base = before = 0
    for first in rows:
        part = read_part(connection, scope, chain([first], islice(rows, runs - 1)), base, before)
        base, before = part.tree.size, part.last
        yield part


def join_parts(
    connection: Connection,
    parts: Iterable[Part],
    verdict: Verdict,
    told: Callable[[int], None],
    lock: Lock | None = None,
) -> Reading:
    """Take parts in order; findings go to the verdict, which counts the entries too.

    After each part, `told` is told its last position. `lock` is that of their scope.
    """
    joined = _Joined(connection, verdict, lock)
    for part in parts:
        joined.take(part)
        told(part.last)
    joined.finish()
    return joined.reading


class _Joined:
    """What holds among the entries read so far."""

    def __init__(self, connection: Connection, verdict: Verdict, lock: Lock | None) -> None:
        self.reading = Reading()
        self._lock = lock
        self._connection = connection
        self._verdict = verdict
        self._tree = Growing()
        self._tail: list[bytes] = []
        self._last = 0
        self._recorded_at = ""
        self._missing: dict[int, str] = {}
        self._misnamed: dict[int, tuple[str, str]] = {}
        self._silent: set[int] = set()
        self._back: list[int] = []
        self._locked = 0

    def take(self, part: Part) -> None:
        """Join the next part."""
        if part.began:
            check_order(self._recorded_at, *part.began, self._verdict)
            self._recorded_at = part.recorded_at
        self._verdict.take(part.verdict)
        before = self._tree.hashes
        for size, hashes in part.peaks.items():
            self.reading.roots[size] = root_of(size, before + hashes)
        for height, hashed in part.tree.peaks:
            for subtree in self._tree.add(height, hashed):
                check_subtree(self._connection, subtree, self._verdict)
        self._tail = part.tail
        self._missing |= part.missing
        self._misnamed |= part.misnamed
        self._locked += part.locked
        for size, entry in part.among:
            self._depend(entry, size)
        self._last = part.last

    def finish(self) -> None:
        """What can only be said when all entries were read."""
        verdict, size = self._verdict, self._tree.size + len(self._tail)
        verdict.entries = self._last
        verdict.root = root_of(size, self._tree.hashes, self._tail)
        self.reading.roots[size] = verdict.root
        self._count_subtrees(size)
        verdict.redacted += len(self._silent)
        for position, stream in self._missing.items():
            self._miss(position, stream)
        for position, (stream, wrong) in self._misnamed.items():
            find(verdict, "words", wrong, position, stream)
        if self._locked:
            verdict.remark(f"the words of {self._locked} entries are locked and were not checked")
            verdict.words_checked = False
        if self._back:
            back = ", ".join(map(str, self._back))
            verdict.remark(f"redacted words are back in the vault, at {back}")

    def _count_subtrees(self, size: int) -> None:
        stored = self._connection.execute("SELECT count(*) FROM subtree").fetchone()[0]
        runs = sum(size // FANOUT**level for level in range(1, _LEVELS + 1))
        if stored != runs:
            message = f"{stored} subtree rows are stored; {size} entries make {runs}"
            self._verdict.find("subtree", message)

    # --- keys -------------------------------------------------------------------------------

    def _depend(self, entry: Entry, size: int) -> None:
        """An entry that others depend on, and the size of the tree before it."""
        event = entry.event
        if isinstance(event, LedgerOpened):
            self.reading.origin = event.origin
            self._key(event.key, entry)
        elif isinstance(event, SignerChanged):
            self._changed(event, entry, size)
        elif isinstance(event, EntryRedacted):
            if wrong := unasked(self._connection, entry, event):
                find(self._verdict, "redaction", wrong, entry.position, entry.stream)
            if self._verdict.words_checked:
                self._redacted({p for p in event.positions if p < entry.position}, entry.stream)
            else:  # an audit copy, in which no words are missed
                self._silent |= committed(self._connection, entry, event.positions)

    def _key(self, vkey: str, entry: Entry) -> None:
        try:
            self.reading.keys.append((entry.position, Verifier.from_vkey(vkey)))
        except NoteError as error:
            message = f"its key is none: {error}"
            find(self._verdict, "key", message, entry.position, entry.stream)

    def _changed(self, event: SignerChanged, entry: Entry, size: int) -> None:
        """Another key signs from here on: with the old one's word for it, or without."""
        old = self.reading.keys[-1][1] if self.reading.keys else None
        self._key(event.key, entry)
        tree = f"{self.reading.origin}\n{size}\n{encode64(self.reading.roots[size])}\n"
        text = f"footprint/signer-changed/v1\n{tree}{event.key}\n"
        if event.endorsement is None:
            self._verdict.remark(
                f"another key signs from entry {entry.position} on, without the old one's word"
            )
        elif old is None or not _endorsed(old, text, event.endorsement):
            signer = id_of(old) if old else "which is none"
            message = f"its endorsement is not by the key in force before it, {signer}"
            find(self._verdict, "key", message, entry.position, entry.stream)
        else:
            self._verdict.remark(
                f"another key signs from entry {entry.position} on, with the old one's word"
            )

    # --- words ------------------------------------------------------------------------------

    def _redacted(self, positions: set[int], stream: str) -> None:
        """Words at these positions of the same thread are gone for a reason."""
        back = {position for position in positions if self._has_words(position)}
        self._back = sorted({*self._back, *back})[:_SHOWN_BACK]
        for position in back:  # an old vault names the child that the thread was moved from
            if self._misnamed.get(position, ("",))[0] == stream[:LONGEST_STREAM]:
                del self._misnamed[position]
        for position in positions - back:
            if self._missing.get(position) == stream[:LONGEST_STREAM]:
                del self._missing[position]
                self._verdict.redacted += 1

    def _has_words(self, position: int) -> bool:
        query = "SELECT 1 FROM vault WHERE position = ? AND words IS NOT NULL"
        return self._connection.execute(query, (position,)).fetchone() is not None

    def _miss(self, position: int, stream: str) -> None:
        """Words were not there, and no redaction says why."""
        row = self._connection.execute(_VAULT_ROW, (position,)).fetchone()
        if row is None:
            message = "it committed to words that are gone, and no redaction names them"
            find(self._verdict, "words", message, position, stream)
            return
        # Somebody redacted them while we read: in the ledger that is verified they are there.
        *columns, salt, words, child = row
        if self._lock:
            salt, words, child = opened(self._lock, row[1:4], salt, words, child)
        if wrong := vault_wrong(decode(*columns), salt, words, child, self._lock):
            find(self._verdict, "words", wrong, position, stream)
        self._locked += (is_locked(words) or is_locked(child)) and not wrong


def _endorsed(old: Verifier, text: str, endorsement: str) -> bool:
    try:
        return old.verify(text.encode(), decode64(endorsement, "the endorsement"))
    except (NoteError, UnicodeEncodeError):
        return False
