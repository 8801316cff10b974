"""What was met of a file, and where first: numbers alone, so that a long file takes little memory.

Where they are many they are on the disk, in a file without a name that goes with the process. There
they stand under a key that nobody else has, and confirm no guess.
"""

from __future__ import annotations

import sqlite3
from hashlib import blake2b
from secrets import token_bytes
from struct import Struct
from typing import NamedTuple

_MEMORY = 2 << 10  # KiB


class First(NamedTuple):
    """Where something was met first, and the number of what was said of it there."""

    at: int
    said: int = 0


class Seen:
    """What was met so far."""

    def __init__(self) -> None:
        self._key = token_bytes(16)
        self._kept = sqlite3.connect("", isolation_level=None)
        for statement in (
            "PRAGMA journal_mode = OFF",
            f"PRAGMA cache_size = -{_MEMORY}",
            "CREATE TABLE seen (what INTEGER PRIMARY KEY, at INTEGER, said INTEGER)",
            "BEGIN",
        ):
            self._kept.execute(statement)

    def close(self) -> None:
        """Forget it all."""
        self._kept.close()

    def first(self, what: object, now: First) -> First:
        """Where something was met first: now, where it never was before.

        Raises:
            OSError: there is no room for it.
        """
        number, hidden = self._numbers_of(what)
        try:
            if self._kept.execute(_PUT, (number, now.at, now.said ^ hidden)).rowcount:
                return now
            at, said = self._kept.execute(_GET, (number,)).fetchone()
        except sqlite3.Error as error:
            raise OSError(f"Temporary files cannot be written: {error}") from error
        return First(at, said ^ hidden)

    def _numbers_of(self, what: object) -> tuple[int, int]:
        """Two numbers for something, which tell nobody else what it is: its own, and a mask."""
        plain = hash(what).to_bytes(8, "little", signed=True)
        return _TWO.unpack(blake2b(plain, digest_size=_TWO.size, key=self._key).digest())


_TWO = Struct("<qq")
_PUT = "INSERT OR IGNORE INTO seen VALUES (?, ?, ?)"
_GET = "SELECT at, said FROM seen WHERE what = ?"
