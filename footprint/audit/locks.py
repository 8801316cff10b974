"""Rows that are locked, opened with a key of this machine where the right one is at hand."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from footprint.audit.plain import UNREAD
from footprint.audit.verdict import Verdict
from footprint.engine.connection import Connection
from footprint.errors import Refused
from footprint.ledger.store.sealing import NO_SALT, is_locked, open_child, open_words, place_of
from footprint.vault.key import Keys
from footprint.vault.lock import Lock, NotOpenedError, head_of

_IS_UNDER = (
    "SELECT EXISTS (SELECT 1 FROM vault WHERE substr(words, 1, length(:head)) = :head)"
    " OR EXISTS (SELECT 1 FROM vault_child WHERE substr(child, 1, length(:head)) = :head)"
)


def key_at_hand(connection: Connection, keys: Keys, verdict: Verdict) -> bytes | None:
    """The key of this machine that rows are under: then all that is locked has to open with it.

    None where there is no such row, or the key is not here. A key that is here and cannot be read
    is remarked on.
    """
    try:
        under = (key_id for key_id in keys.ids() if is_under(connection, key_id))
        lock = next((lock for key_id in under if (lock := keys.find(key_id))), None)
    except Refused as error:
        verdict.remark(str(error))
        return None
    return lock.key if lock else None


def is_under(connection: Connection, key_id: bytes) -> bool:
    """Whether any row says that it is locked under this key."""
    row = connection.execute(_IS_UNDER, {"head": head_of(key_id)}).fetchone()
    return bool(row[0])


def opened(
    lock: Lock, entry: tuple[str, int, str], salt: Any, words: Any, child: Any
) -> tuple[Any, Any, Any]:
    """Salt, words and case number in the clear; what does not open is given back as it is stored.

    `entry` is its stream, version and topic. All of them may be anything that a file can hold.
    """
    stream, version, topic = entry
    with suppress(NotOpenedError):
        if is_locked(words) and salt == NO_SALT:
            salt, words = open_words(lock, place_of(stream, version, topic), words)
    with suppress(NotOpenedError):
        if is_locked(child):
            child = open_child(lock, stream, child)
    return salt, words, child


def is_shut(connection: Connection) -> bool:
    """Whether rows are locked, by the first of them."""
    row = connection.execute("SELECT words FROM vault ORDER BY position LIMIT 1").fetchone()
    return row is not None and is_locked(row[0])


def unread(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """A row of an entry, marked where all that can be said of its words is that they are locked."""
    locked = is_locked(row[7]) and row[6] == NO_SALT
    return (*row[:6], UNREAD, None, row[8]) if locked else row


def unopened(words: Any, child: Any) -> str:
    """What is wrong where the key is at hand; nothing where nothing is left that is locked."""
    if is_locked(words):
        return "the vault's key does not open its words: they were changed, or are another entry's"
    if is_locked(child):
        return "the vault's key does not open the case number of its thread: it was changed"
    return ""
