"""How moves become entries: what they go on from, their ids and times, their words sealed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from footprint.domain.entry import Entry, Move
from footprint.domain.policy import STREAM as POLICY
from footprint.domain.policy import Policy
from footprint.domain.reference import is_thread, number_of, stream_name
from footprint.ledger import queries
from footprint.ledger.codec import encode_words
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
    """What a command goes on from, each read once while the write lock is held.

    It is that of a moment: where anything but what was entered on it is written, the recorder has
    another moment, and there has to be another ground.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.moment = ledger.store.moment

    @cached_property
    def policy(self) -> Policy:
        return self._ledger.policy()

    @cached_property
    def newest(self) -> int:
        """The number of the newest thread, 0 where there is none."""
        newest = queries.last_thread(self._ledger.connection)
        return number_of(newest) if newest else 0

    @cached_property
    def recorded_at(self) -> str:
        """When the last entry was recorded."""
        return queries.recorded_at(self._ledger.connection, self._ledger.size())

    @cached_property
    def lock(self) -> Lock | None:
        """What new words are put under. Raises `Locked`."""
        return self._ledger.vault.in_force()

    def stand(self, stream: str | None, *, words: bool) -> Stand:
        """How far a stream has come, with its case number where there are words; None: a new one.

        Raises:
            Locked: the case number is needed, and its key is not on this machine.
        """
        if stream is None:
            return Stand(stream_name(self.newest + 1), 0, None)
        version = queries.last_version(self._ledger.connection, stream)
        return Stand(stream, version, self._ledger.vault.child(stream) if words else None)

    def gone_on(self, stream: str, recorded_at: str) -> None:
        """Entries were added to a stream: what is known holds for the moment after them as well."""
        if stream == POLICY:
            vars(self).pop("policy", None)
        if is_thread(stream):
            self.newest = max(self.newest, number_of(stream))
        self.recorded_at = recorded_at
        self.moment = self._ledger.store.moment


class Entered(NamedTuple):
    """Entries, the salts and words of those that have some, by index, and new case numbers."""

    entries: list[Entry]
    vault: dict[int, tuple[bytes, bytes]]
    children: dict[str, bytes]


def entered(
    moves: Sequence[Move], stand: Stand, ground: Ground, *, tail: int, now: str, actor: str
) -> Entered:
    """The entries that one command makes of its moves.

    Args:
        moves: as they were decided.
        stand: that of their stream.
        ground: what they go on from.
        tail: the position of the last entry.
        now: what the clock says.
        actor: who records them.

    Raises:
        Locked: they have words, and the vault's key is not on this machine.
    """
    command_id, *ids = new_ids(1 + len(moves))
    recorded_at = max(now, ground.recorded_at)  # it never runs back
    shared = {
        "stream": stand.stream,
        "command_id": command_id,
        "recorded_at": recorded_at,
        "actor": actor,
        "clock": None if recorded_at == now else now,
    }
    named = next((child for move in moves if (child := move.words.get("child"))), None)
    child = stand.child or named
    made = Entered([], {}, {})
    for index, (move, event_id) in enumerate(zip(moves, ids, strict=True)):
        version, sealed = stand.version + 1 + index, None
        if move.words:
            row, sealed = _sealed(move, stand.stream, version, child, ground.lock)
            made.vault[index] = row
        entry = object.__new__(Entry)
        # A constructor call of twelve arguments costs as much as hashing the entry.
        vars(entry).update(
            shared,
            position=tail + 1 + index,
            version=version,
            event_id=event_id,
            occurred_on=move.occurred_on,
            source=move.source,
            event=move.event,
            words=sealed,
        )
        made.entries.append(entry)
    if named and stand.child is None:
        made.children[stand.stream] = _stored_child(stand.stream, named.encode(), ground.lock)
    return made


def _sealed(
    move: Move, stream: str, version: int, child: str | None, lock: Lock | None
) -> tuple[tuple[bytes, bytes], str]:
    """The row of a move's words as it is to be stored, and their commitment."""
    topic, salt = move.event.topic, new_salt()
    plain = encode_words(_with_child(move.words, child))
    row = (salt, plain)
    if lock:
        row = lock_words(lock, place_of(stream, version, topic), salt, plain)
    return row, commitment(stream, version, topic, salt, plain)


def _stored_child(stream: str, child: bytes, lock: Lock | None) -> bytes:
    return lock_child(lock, stream, child) if lock else child


def _with_child(words: Mapping[str, str], child: str | None) -> dict[str, Any]:
    """Words hold the case number too, so that a swapped row of `vault_child` shows."""
    return {"child": child, **words} if child else {**words}
