"""The vault: the words of entries and the case numbers of threads, apart from the facts.

Rows of it may be deleted, never changed. What was redacted stays out of what is read here, even
where an old backup has put it back.

Rows may be locked: encrypted under a key outside the file. Whether they are is read off the rows,
and which key, too; all of them are locked, or none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from footprint.domain.reference import shown
from footprint.engine.connection import Connection
from footprint.errors import Refused
from footprint.ledger.store import queries
from footprint.ledger.store.codec import decode_words, read_facts
from footprint.ledger.store.sealing import (
    NO_SALT,
    is_locked,
    open_child,
    open_words,
    place_of,
)

if TYPE_CHECKING:
    from footprint.vault.key import Keys  # only who has locked rows pays for it
    from footprint.vault.lock import Lock

Sealed = tuple[bytes, bytes]
"""The salt and the words of one entry, as they were committed to."""


class _Seen(NamedTuple):
    """How far a thread was looked through for a redaction of all of it, and what was found."""

    stream: str = ""
    version: int = 0
    leaf: bytes = b""
    found: tuple[int, bool] = (0, False)


class Locked(Refused):
    """What is asked for is locked, and the key is not at hand."""

    def __init__(self) -> None:
        super().__init__(
            "The words are locked; their key is not on this machine.",
            "Bring it here with its recovery code: footprint vault recover. Until then nothing that"
            " has words can be recorded here.",
        )


class Vault:
    """What the vault of one ledger still holds, in the clear: what is locked is opened.

    Args:
        connection: to the ledger's tables.
        keys: gives the keys of this vault that are on this machine.
    """

    def __init__(self, connection: Connection, keys: Callable[[], Keys] | None = None) -> None:
        self._connection = connection
        self._keys = keys
        self._lock: Lock | None = None
        self._seen = _Seen()
        self._here = False

    @property
    def here(self) -> bool:
        """Whether this ledger has a vault, or is an audit copy without."""
        self._here = self._here or queries.has_vault(self._connection)  # it stays, once it is there
        return self._here

    def sealed(self, stream: str) -> dict[int, Sealed]:
        """The salts and words of a stream, by position, without what was redacted.

        Raises:
            Locked: they are locked, and the key is not on this machine.
        """
        if not self.here:
            return {}
        gone = queries.redacted_in(self._connection, stream)
        stored = queries.vault_of(self._connection, stream)
        return {row[0]: self.opened(row) for row in stored if row[0] not in gone}

    def words(self, stream: str) -> dict[int, dict[str, str]]:
        """The words of a stream, by position, without what was redacted. Raises `Locked`."""
        return {at: decode_words(words) for at, (_, words) in self.sealed(stream).items()}

    def child(self, stream: str) -> str | None:
        """The child's local case number of a thread, unless a redaction removed it.

        Raises:
            Locked: it is locked, and the key is not on this machine.
        """
        named = self.kept_child(stream)
        return None if named is None or self.is_back(stream, named) else named

    def kept_child(self, stream: str) -> str | None:
        """The case number that is there, even where it should not be any more. Raises `Locked`."""
        stored = queries.child_of(self._connection, stream) if self.here else None
        return None if stored is None else self.opened_child(stream, stored).decode()

    def is_back(self, stream: str, child: str) -> bool:
        """Whether a case number was removed with its thread, and is not that which came after."""
        at, moved = self._redacted_whole(stream)
        if not at:
            return False
        words = self.words(stream)
        later = {texts["child"] for p, texts in words.items() if p > at and "child" in texts}
        return child not in later if later else not moved

    def _redacted_whole(self, stream: str) -> tuple[int, bool]:
        """The last redaction of a whole thread; only entries that were not yet seen are looked at.

        Whoever appends many to one thread asks it each time.
        """
        seen = self._seen if self._seen.stream == stream else _Seen(stream)
        rows = queries.redactions_from(self._connection, stream, seen.version)
        if seen.version and (not rows or rows[0][2] != seen.leaf):  # it was rolled back since
            seen, rows = _Seen(stream), queries.redactions_from(self._connection, stream, 0)
        for version, position, leaf, state in rows:
            found = seen.found if state is None else self._found(position, state) or seen.found
            seen = _Seen(stream, version, leaf, found)
        self._seen = seen
        return seen.found

    def _found(self, position: int, state: bytes) -> tuple[int, bool] | None:
        """Where a redaction is, if it is of all of its thread, and whether that went on."""
        facts = read_facts(state)
        if facts["requested"] not in facts["positions"]:
            return None
        return position, queries.went_on(self._connection, position, facts["command_id"])

    def threads_of(self, child: str) -> list[str]:
        """The threads of a child, in order. Every row is read: nothing else may link them.

        Raises:
            Locked: the case numbers are locked, and the key is not on this machine.
        """
        if not self.here:
            return []
        wanted = child.encode()
        rows = queries.children(self._connection)
        found = [s for s, stored in rows if self.opened_child(s, stored) == wanted]
        return [stream for stream in found if self.child(stream) == child]

    def firsts(self) -> Iterator[tuple[str, str, Any, dict[str, str], str]]:
        """Each thread's first entry: stream, topic, facts as stored, words, and the case number.

        What was redacted is empty. Reads a row of each thread.

        Raises:
            Locked: they are locked, and the key is not on this machine.
        """
        if not self.here:
            return
        for row, state, child in queries.first_entries(self._connection):
            _, stream, _, topic, _, stored = row
            words = {} if stored is None else decode_words(self.opened(row)[1])
            named = "" if child is None else self.opened_child(stream, child).decode()
            yield stream, topic, read_facts(state), words, named

    # --- locked or not ----------------------------------------------------------------------

    @property
    def key_id(self) -> bytes | None:
        """The id of the key that rows are locked under; None where they are in the clear."""
        edges = queries.vault_edges(self._connection) if self.here else []
        return next((_id_in(stored) for stored in edges if is_locked(stored)), None)

    @property
    def empty(self) -> bool:
        """Whether nothing is in the vault."""
        return not self.here or not queries.vault_edges(self._connection)

    @property
    def shut(self) -> Refused | None:
        """Why the words cannot be read; None where they can, as far as the key goes."""
        key_id = self.key_id
        try:
            if key_id is not None:
                self._lock_of(key_id)
        except Refused as error:
            return error
        return None

    @property
    def unreadable(self) -> str:
        """Why words cannot be read, as it is said in their place; empty where they can."""
        if not self.here:
            return "not for this login" if self._connection.signs_apart else "not in this copy"
        return "locked" if self.shut else ""

    def in_force(self, kept: bytes | None) -> Lock | None:
        """What new rows are to be put under; None where they are stored in the clear.

        To be asked in each transaction anew: another process may have locked or unlocked the vault
        a moment ago. Raises `Locked`.

        Args:
            kept: a value of the vault as it is stored; None where it is empty.
        """
        # All rows are locked, or none: whoever holds the write lock learns it from any of them.
        if kept is not None:
            return self._lock_of(_id_in(kept)) if is_locked(kept) else None
        return self._keys().newest() if self._keys else None

    def _lock_of(self, key_id: bytes) -> Lock:
        if self._lock is None or self._lock.id != key_id:
            self._lock = self._keys().find(key_id) if self._keys else None
        if self._lock is None:
            raise Locked
        return self._lock

    def opened(self, row: queries.VaultRow) -> Sealed:
        """The salt and words of a row in the clear.

        Raises:
            Locked: they are locked, and the key is not on this machine.
            Refused: they do not open.
        """
        position, stream, version, topic, salt, words = row
        if not is_locked(words):
            return salt, words
        try:
            return open_words(self._lock_of(_id_in(words)), place_of(stream, version, topic), words)
        except ValueError as error:
            raise _changed(f"The words of entry {position}", error) from error

    def opened_child(self, stream: str, stored: bytes) -> bytes:
        """A case number in the clear. Raises as `opened` does."""
        if not is_locked(stored):
            return stored
        try:
            return open_child(self._lock_of(_id_in(stored)), stream, stored)
        except ValueError as error:
            raise _changed(f"The case number of {shown(stream)}", error) from error

    # --- redaction --------------------------------------------------------------------------

    def forget(self, stream: str, positions: Iterable[int], *, child: bool) -> None:
        """Delete the words at these positions, and the thread's case number where that goes too."""
        at = [(position,) for position in positions]
        self._connection.executemany("DELETE FROM vault WHERE position = ?", at)
        if child:
            self._connection.execute("DELETE FROM vault_child WHERE stream = ?", (stream,))

    def stored(self, stream: str, positions: Iterable[int], *, child: bool) -> Iterator[bytes]:
        """What `forget` would delete, as it is stored."""
        for position in positions:
            row = queries.vault_row(self._connection, position)
            yield from (value for value in row if value != NO_SALT)
        named = queries.child_of(self._connection, stream)
        if child and named:
            yield stream.encode() + named  # side by side in the row


def _id_in(stored: bytes) -> bytes:
    from footprint.vault.lock import id_in  # noqa: PLC0415 - only who has locked rows pays for it

    return id_in(stored)


def _changed(what: str, error: ValueError) -> Refused:
    return Refused(
        f"{what} cannot be opened: {error}.",
        "Nothing was recorded. Find out what happened: footprint verify.",
    )
