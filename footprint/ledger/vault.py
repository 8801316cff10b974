"""The vault: the words of entries and the case numbers of threads, apart from the facts.

Rows of it may be deleted, never changed. What was redacted stays out of what is read here, even
where an old backup has put it back.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

from footprint.ledger import queries
from footprint.ledger.codec import decode_words

Sealed = tuple[bytes, bytes]
"""The salt and the words of one entry, as they were committed to."""


class Vault:
    """What the vault of one ledger still holds.

    Args:
        connection: to the ledger's tables.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @property
    def here(self) -> bool:
        """Whether this ledger has a vault, or is an audit copy without."""
        return queries.has_vault(self._connection)

    def sealed(self, stream: str) -> dict[int, Sealed]:
        """The salts and words of a stream, by position, without what was redacted."""
        if not self.here:
            return {}
        gone = queries.redacted_in(self._connection, stream)
        stored = queries.vault_of(self._connection, stream)
        return {at: sealed for at, sealed in stored.items() if at not in gone}

    def words(self, stream: str) -> dict[int, dict[str, str]]:
        """The words of a stream, by position, without what was redacted."""
        return {at: decode_words(words) for at, (_, words) in self.sealed(stream).items()}

    def child(self, stream: str) -> str | None:
        """The child's local case number of a thread; not one that a redaction removed."""
        stored = queries.child_of(self._connection, stream) if self.here else None
        return None if stored is None or self._is_back(stream, stored) else stored.decode()

    def _is_back(self, stream: str, stored: bytes) -> bool:
        """Whether a case number was removed with its thread, and is not that which came after."""
        at, moved = queries.redacted_whole(self._connection, stream)
        if not at:
            return False
        words = self.words(stream)
        later = {texts["child"] for p, texts in words.items() if p > at and "child" in texts}
        return stored.decode() not in later if later else not moved

    def threads_of(self, child: str) -> list[str]:
        """The threads of a child, in order. Every row is read: nothing else may link them."""
        if not self.here:
            return []
        wanted = child.encode()
        rows = queries.children(self._connection)
        named = [stream for stream, stored in rows if stored == wanted]
        return [stream for stream in named if self.child(stream) is not None]

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
            yield from queries.vault_row(self._connection, position)
        named = queries.child_of(self._connection, stream)
        if child and named:
            yield stream.encode() + named  # side by side in the row
