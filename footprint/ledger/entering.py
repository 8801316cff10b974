"""How moves become entries: what they go on from, their ids and times, their words sealed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import orjson

from footprint.domain.entry import Entry, Move
from footprint.domain.events import EntryRedacted, LedgerMoved
from footprint.domain.policy import STREAM as POLICY
from footprint.domain.policy import Policy
from footprint.domain.reference import is_thread, number_of, shown, stream_name
from footprint.engine.connection import Connection, ServerError
from footprint.errors import NotKnown
from footprint.ledger import queries
from footprint.ledger.codec import decode, encode_words
from footprint.ledger.identity import new_ids
from footprint.ledger.sealing import commitment, lock_child, lock_words, new_salt, place_of

if TYPE_CHECKING:
    from footprint.ledger.ledger import Ledger
    from footprint.vault.lock import Lock


class Stand(NamedTuple):
    """How far a stream has come: its last version, and the case number where the vault has one."""

    stream: str
    version: int
    child: str | None


class Ground:
    """What a command goes on from, each read once: while the write lock is held, or just before.

    It is that of a moment: where anything but what was entered on it is written, the recorder has
    another moment, and there has to be another ground.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.moment: object = ledger.store.moment
        self._tail = ledger.store.end()
        self._policy = self._tail.policy or b""
        self._read = ("", 0, False)
        self.newest = number_of(self._tail.newest) if self._tail.newest else 0
        """The number of the newest thread, 0 where there is none."""
        state = self._tail.state
        self.recorded_at = str(orjson.loads(state)["recorded_at"]) if state else ""
        """When the last entry was recorded."""

    @property
    def has_moved(self) -> bool:
        """Whether the last entry says that the ledger goes on at another place: maybe here."""
        return self._tail.topic == LedgerMoved.topic

    @cached_property
    def policy(self) -> Policy:
        self._policy = self._policy or queries.last_leaf(self._ledger.connection, POLICY)
        return self._ledger.policy_to(self._policy)

    @cached_property
    def lock(self) -> Lock | None:
        """What new words are put under. Raises `Locked`."""
        return self._ledger.vault.in_force(self._tail.kept)

    def stand(self, stream: str | None, *, words: bool) -> Stand:
        """How far a stream has come, with its case number where there are words; None: a new one.

        Raises:
            Locked: the case number is needed, and its key is not on this machine.
        """
        if stream is None:
            return Stand(stream_name(self.newest + 1), 0, None)
        read, version, redacted = self._read
        if read != stream:
            version, redacted = queries.last_version(self._ledger.connection, stream), True
        return Stand(stream, version, self._child(stream, redacted=redacted) if words else None)

    def _child(self, stream: str, *, redacted: bool) -> str | None:
        vault, tail = self._ledger.vault, self._tail
        if redacted:
            return vault.child(stream)
        if tail.stream != stream:
            return vault.kept_child(stream)
        return vault.opened_child(stream, tail.child).decode() if tail.child else None

    def entries(self, stream: str) -> list[Entry]:
        """The entries of a stream, which is about to go on."""
        known, entries = self._ledger.known
        if not known == stream == self._tail.stream or len(entries) != self._tail.version:
            entries = self._ledger.entries(stream)
        redacted = any(isinstance(entry.event, EntryRedacted) for entry in entries)
        self._read = (stream, entries[-1].version if entries else 0, redacted)
        return entries

    def gone_on(self, stream: str, recorded_at: str) -> None:
        """What is known after an entry of a stream; of no moment, until it is stored."""
        self.moment = None
        self._read = ("", 0, False)
        self._tail = self._tail._replace(stream="")
        if stream == POLICY:
            vars(self).pop("policy", None)
            self._policy = b""  # not known before it is stored
        elif is_thread(stream):
            self.newest = max(self.newest, number_of(stream))
        self.recorded_at = recorded_at


class Entered:
    """What one or several commands enter, to be recorded together.

    Args:
        ground: what they go on from.
        tail: the position of the last entry.
        actor: who records them.
    """

    def __init__(self, ground: Ground, tail: int, actor: str) -> None:
        self.entries: list[Entry] = []
        self.vault: dict[int, tuple[bytes, bytes]] = {}
        """The salts and words of those that have some, by index."""
        self.children: dict[str, bytes] = {}
        """The case numbers of new threads."""
        self._ground, self._tail, self._actor = ground, tail, actor

    def add(self, moves: Sequence[Move], stand: Stand, now: str) -> tuple[Entry, ...]:
        """The entries that a command makes of its moves.

        Args:
            moves: as they were decided.
            stand: that of their stream.
            now: what the clock says.

        Raises:
            Locked: they have words, and the vault's key is not on this machine.
        """
        stream, version, child = stand
        named = next((m.words["child"] for m in moves if m.words.get("child")), None)
        if named and child is None:
            self.children[stream] = self._stored_child(stream, named)
        command_id, *ids = new_ids(1 + len(moves))
        recorded_at = max(now, self._ground.recorded_at)  # it never runs back
        shared = {
            "stream": stream,
            "command_id": command_id,
            "recorded_at": recorded_at,
            "actor": self._actor,
            "clock": None if recorded_at == now else now,
        }
        first = len(self.entries)
        for move, event_id in zip(moves, ids, strict=True):
            version += 1
            entry = object.__new__(Entry)
            # A constructor call of twelve arguments costs as much as hashing the entry.
            vars(entry).update(
                shared,
                position=self._tail + 1 + len(self.entries),
                version=version,
                event_id=event_id,
                occurred_on=move.occurred_on,
                source=move.source,
                event=move.event,
                words=self._commitment(move, stream, version, child or named),
            )
            self.entries.append(entry)
        if moves:
            self._ground.gone_on(stream, recorded_at)
        return tuple(self.entries[first:])

    def _commitment(self, move: Move, stream: str, version: int, child: str | None) -> str | None:
        """What an entry holds of its words, which go into the vault; None if there are none.

        They hold the case number too, so that a swapped row of `vault_child` shows.
        """
        words = move.words
        if not words:
            return None
        salt, plain = new_salt(), encode_words({"child": child, **words} if child else words)
        topic, lock, row = move.event.topic, self._ground.lock, (salt, plain)
        if lock:
            row = lock_words(lock, place_of(stream, version, topic), salt, plain)
        self.vault[len(self.entries)] = row
        return commitment(stream, version, topic, salt, plain)

    def _stored_child(self, stream: str, child: str) -> bytes:
        lock = self._ground.lock
        return lock_child(lock, stream, child.encode()) if lock else child.encode()


def as_taken(connection: Connection, sent: Sequence[Entry]) -> tuple[Entry, ...]:
    """Entries that a server has put in their places and given their time.

    Raises:
        NotKnown: the server has something else there, or can no longer be asked.
    """
    try:
        return tuple(_as_taken(connection, entry) for entry in sent)
    except ServerError as error:
        raise NotKnown(
            f"The connection was lost behind the commit ({error}): it is recorded.",
            "Enter the same again when the server answers: it is not recorded twice.",
        ) from error


def _as_taken(connection: Connection, sent: Entry) -> Entry:
    row = queries.row_of(connection, sent.stream, sent.version)
    taken = decode(*row) if row else None
    if taken and sent == taken.but(position=sent.position, recorded_at=sent.recorded_at):
        return taken
    raise NotKnown(
        f"The server has something else than was sent as version {sent.version} of"
        f" {shown(sent.stream)}.",
        "Find out what happened: footprint verify.",
    )
