"""How moves become entries: what they go on from, their ids and times, their words sealed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from footprint.domain.entry import Entry, Move, Words
from footprint.domain.events import EntryRedacted, Event, LedgerMoved
from footprint.domain.policy import STREAM as POLICY
from footprint.domain.policy import Policy
from footprint.domain.reference import is_thread, number_of, shown, stream_name
from footprint.engine.connection import Connection, ServerError
from footprint.errors import NotKnown
from footprint.ledger.identity import new_ids
from footprint.ledger.store import queries
from footprint.ledger.store.codec import FORMAT, decode, encode_words, entry_of, state_of
from footprint.ledger.store.sealing import (
    commitment_at,
    lock_child,
    lock_words,
    new_salts,
    place_of,
)

if TYPE_CHECKING:
    from footprint.ledger.ledger import Ledger
    from footprint.ledger.store.recorder import Row
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
        self._goes_on = self._tail.stream  # as long as the tail is how far it has come
        self._policy = self._tail.policy or b""
        self._read = ("", 0, False)
        self._stands: dict[str, Stand] = {}  # of what goes on, with its case number
        state = self._tail.state
        self.recorded_at = str(orjson.loads(state)["recorded_at"]) if state else ""
        """When the last entry was recorded."""

    @property
    def has_moved(self) -> bool:
        """Whether the last entry says that the ledger goes on at another place: maybe here."""
        return self._tail.topic == LedgerMoved.topic

    @cached_property
    def newest(self) -> int:
        """The number of the newest thread, 0 where there is none."""
        return number_of(self._tail.newest) if self._tail.newest else 0

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
        if stream in self._stands:
            return self._stands[stream]
        read, version, redacted = self._read
        if read != stream:
            version, redacted = self._version(stream), True
        if not words:
            return Stand(stream, version, None)
        stand = self._stands[stream] = Stand(
            stream, version, self._child(stream, redacted=redacted)
        )
        return stand

    def _version(self, stream: str) -> int:
        if self._goes_on == stream:
            return self._tail.version or 0
        return queries.last_version(self._ledger.connection, stream)

    def _child(self, stream: str, *, redacted: bool) -> str | None:
        """The case number of a stream, unless it was redacted, where that may be."""
        vault, tail = self._ledger.vault, self._tail
        if self._goes_on != stream:
            named = vault.kept_child(stream)
        else:
            named = vault.opened_child(stream, tail.child).decode() if tail.child else None
        gone = named is not None and redacted and vault.is_back(stream, named)
        return None if gone else named

    def entries(self, stream: str) -> list[Entry]:
        """The entries of a stream, which is about to go on."""
        known, entries = self._ledger.known
        if not known == stream == self._goes_on or len(entries) != self._tail.version:
            entries = self._ledger.entries(stream)
        redacted = any(isinstance(entry.event, EntryRedacted) for entry in entries)
        self._read = (stream, entries[-1].version if entries else 0, redacted)
        return entries

    def gone_on(self, stand: Stand, recorded_at: str, *, begun: bool) -> None:
        """What is known after entries of a stream; of no moment, until they are stored.

        Args:
            stand: how far the stream has come by them.
            recorded_at: when.
            begun: whether it began with them.
        """
        stream = stand.stream
        self.moment = None
        self._read = ("", 0, False)
        if stream in self._stands:
            self._stands[stream] = stand
        self._goes_on = ""
        if stream == POLICY:
            vars(self).pop("policy", None)
            self._policy = b""  # not known before it is stored
        elif begun and is_thread(stream):
            self.newest = max(self.newest, number_of(stream))
        self.recorded_at = recorded_at


class Entered:
    """What one or several commands enter, to be recorded together.

    Args:
        ground: what they go on from.
        tail: the position of the last entry.
        commands: the stream of each, None for a new thread; and its moves, as they were decided.
            No stream is among them twice.
        actor: who records them.
        now: what the clock says.

    Raises:
        Locked: they have words, and the vault's key is not on this machine.
    """

    def __init__(
        self,
        ground: Ground,
        tail: int,
        commands: Sequence[tuple[str | None, Sequence[Move]]],
        *,
        actor: str,
        now: str,
    ) -> None:
        self.streams: list[str] = []
        """That of each command."""
        self.vault: dict[int, tuple[bytes, bytes]] = {}
        """The salts and words of those that have some, by index."""
        self.children: dict[str, bytes] = {}
        """The case numbers of new threads."""
        self._made: list[tuple[str, int, Event, dict[str, Any]]] = []
        self._ground, self._tail, self._actor, self._now = ground, tail, actor, now
        count = sum(len(moves) for _, moves in commands)
        ids, salts = iter(new_ids(len(commands) + count)), iter(new_salts(count))
        for stream, moves in commands:
            words = stream is not None and any(move.words for move in moves)
            self._enter(ground.stand(stream, words=words), moves, ids, salts)

    def rows(self) -> list[Row]:
        """The entries as they are stored."""
        return [(s, version, e.topic, state_of(e, header)) for s, version, e, header in self._made]

    def entries(self) -> tuple[Entry, ...]:
        """The entries as they are read."""
        made = enumerate(self._made, self._tail + 1)
        return tuple(entry_of(position, *one) for position, one in made)

    def _enter(
        self, stand: Stand, moves: Sequence[Move], ids: Iterator[str], salts: Iterator[bytes]
    ) -> None:
        """What one command makes of its moves."""
        stream, version, child = stand
        self.streams.append(stream)
        named = _named(moves)
        if named and child is None:
            child = named
            self.children[stream] = self._stored_child(stream, named)
        recorded_at = max(self._now, self._ground.recorded_at)  # it never runs back
        shared = {
            "format": FORMAT,
            "command_id": next(ids),
            "recorded_at": recorded_at,
            "actor": self._actor,
        }
        if recorded_at != self._now:
            shared["clock"] = self._now
        for event, occurred_on, source, words in moves:
            version += 1
            header = {
                **shared,
                "event_id": next(ids),
                "occurred_on": occurred_on,
                "source": source,
            }
            salt = next(salts)
            if words:
                place = place_of(stream, version, event.topic)
                header["words"] = self._sealed(words, child, salt, place)
            self._made.append((stream, version, event, header))
        if moves:
            stand, begun = Stand(stream, version, child), stand.version == 0
            self._ground.gone_on(stand, recorded_at, begun=begun)

    def _sealed(self, words: Words, child: str | None, salt: bytes, place: bytes) -> str:
        """What the next entry holds of its words, which go into the vault: the commitment.

        They hold the case number too, so that a swapped row of `vault_child` shows.
        """
        plain, lock = encode_words({"child": child, **words} if child else words), self._ground.lock
        row = lock_words(lock, place, salt, plain) if lock else (salt, plain)
        self.vault[len(self._made)] = row
        return commitment_at(place, salt, plain)

    def _stored_child(self, stream: str, child: str) -> bytes:
        lock = self._ground.lock
        return lock_child(lock, stream, child.encode()) if lock else child.encode()


def _named(moves: Sequence[Move]) -> str | None:
    """The case number that is said with a command's moves, where one is."""
    for move in moves:
        if child := move.words.get("child"):
            return child
    return None


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
