"""What is hashed: the leaf of an entry, and the commitment to its words.

Both begin with a line that says what they are, so that one can never pass for the other, and
with the entry's place, so that neither can be moved to another entry.
"""

from __future__ import annotations

from hashlib import sha256
from os import urandom
from typing import TYPE_CHECKING

from footprint.proof.tree import leaf_hash

if TYPE_CHECKING:
    from footprint.vault.lock import Lock  # only who has locked rows pays for it

ENTRY_TAG = b"footprint/event/v1\n"
WORDS_TAG = b"footprint/words/v1\n"
LOCKED_WORDS_TAG = b"footprint/locked-words/v1\n"
LOCKED_CHILD_TAG = b"footprint/locked-child/v1\n"
SALT_BYTES = 32
LOCKED = b"\x00"
"""What a value of the vault begins with where it is encrypted: neither words nor a case number
ever begin so."""
NO_SALT = bytes(SALT_BYTES)
"""What stands beside locked words: their salt in the clear would let a guess be confirmed."""


def new_salt() -> bytes:
    """Fresh random bytes for one commitment; without them, words could be guessed and checked."""
    return urandom(SALT_BYTES)


def new_salts(count: int) -> list[bytes]:
    """As many, asked of the system at once."""
    random = urandom(SALT_BYTES * count)
    return [random[at : at + SALT_BYTES] for at in range(0, len(random), SALT_BYTES)]


def commitment(stream: str, version: int, topic: str, salt: bytes, words: bytes) -> str:
    """The hex commitment that an entry holds to its words."""
    return commitment_at(place_of(stream, version, topic), salt, words)


def commitment_at(place: bytes, salt: bytes, words: bytes) -> str:
    """The same where the entry's place is at hand, as `place_of` gives it."""
    return sha256(WORDS_TAG + place + salt + words).hexdigest()


def entry_leaf(stream: str, version: int, topic: str, state: bytes) -> bytes:
    """The leaf of an entry: RFC 6962's leaf hash of its place, topic and state."""
    return leaf_hash(ENTRY_TAG + place_of(stream, version, topic) + state)


def place_of(stream: str, version: int, topic: str) -> bytes:
    """An entry's place as it is hashed, behind one of the tags."""
    return f"{stream}\n{version}\n{topic}\n".encode("utf-8", "surrogateescape")


# --- under a lock ---------------------------------------------------------------------------


def is_locked(value: object) -> bool:
    """Whether words or a case number are encrypted under a key kept elsewhere."""
    return type(value) is bytes and value.startswith(LOCKED)


def key_head(value: bytes) -> bytes:
    """What all values of the vault begin with that are under the same key; empty under none."""
    if not is_locked(value):
        return b""
    from footprint.vault.lock import head_of, id_in  # noqa: PLC0415 - only who has locked rows pays

    return head_of(id_in(value))


def lock_words(lock: Lock, place: bytes, salt: bytes, words: bytes) -> tuple[bytes, bytes]:
    """A row of the vault with its words, and their salt, under a lock.

    Args:
        lock: holds the key.
        place: the entry's, as `place_of` gives it.
        salt: that of its commitment.
        words: in the clear.
    """
    return NO_SALT, lock.close(LOCKED_WORDS_TAG + place, salt + words)


def open_words(lock: Lock, place: bytes, stored: bytes) -> tuple[bytes, bytes]:
    """The salt and the words of a row that is locked. Raises `NotOpenedError`."""
    plain = lock.open(LOCKED_WORDS_TAG + place, stored)
    return plain[:SALT_BYTES], plain[SALT_BYTES:]


def lock_child(lock: Lock, stream: str, child: bytes) -> bytes:
    """A thread's case number under a lock."""
    return lock.close(_child_place(stream), child)


def open_child(lock: Lock, stream: str, stored: bytes) -> bytes:
    """A thread's case number that is locked. Raises `NotOpenedError`."""
    return lock.open(_child_place(stream), stored)


def _child_place(stream: str) -> bytes:
    return LOCKED_CHILD_TAG + f"{stream}\n".encode("utf-8", "surrogateescape")
