"""What is hashed: the leaf of an entry, and the commitment to its words.

Both begin with a line that says what they are, so that one can never pass for the other, and
with the entry's place, so that neither can be moved to another entry.
"""

from __future__ import annotations

from hashlib import sha256
from secrets import token_bytes

from footprint.proof.tree import leaf_hash

ENTRY_TAG = b"footprint/event/v1\n"
WORDS_TAG = b"footprint/words/v1\n"
SALT_BYTES = 32
LOCKED = b"\x00"
"""What a value of the vault begins with where it is encrypted: neither words nor a case number
ever begin so."""


def new_salt() -> bytes:
    """Fresh random bytes for one commitment; without them, words could be guessed and checked."""
    return token_bytes(SALT_BYTES)


def commitment(stream: str, version: int, topic: str, salt: bytes, words: bytes) -> str:
    """The hex commitment that an entry holds to its words."""
    return sha256(WORDS_TAG + place_of(stream, version, topic) + salt + words).hexdigest()


def entry_leaf(stream: str, version: int, topic: str, state: bytes) -> bytes:
    """The leaf of an entry: RFC 6962's leaf hash of its place, topic and state."""
    return leaf_hash(ENTRY_TAG + place_of(stream, version, topic) + state)


def place_of(stream: str, version: int, topic: str) -> bytes:
    """An entry's place as it is hashed, behind one of the tags."""
    return f"{stream}\n{version}\n{topic}\n".encode("utf-8", "surrogateescape")
