r"""A lock: a key, and what is put under it.

What is locked is `\x00`, `\x01` (AES-256-GCM), the first 4 bytes of the key's digest, a nonce of 12
random bytes, and then what the cipher makes: as many bytes as there were, and a tag of 16. The
place of what is locked is authenticated with it, so that nothing can be moved to another row.

Nonces are random, so that two threads of one child do not show as such. NIST SP 800-38D (8.3)
allows 2^32 of them under one key; a ledger of 8 million entries, each with a new thread, uses a
256th of that, and each `lock` and `rekey` begins with a key of its own. GCM lets whoever knows the
keys make one ciphertext that opens to two texts; here the commitment in the entry says which it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from secrets import token_bytes
from typing import Any

KEY_BYTES = 32
_SCHEME = b"\x00\x01"
_ID_TAG = b"footprint/vault-key/v1\n"
_ID_BYTES = 4
_NONCE_BYTES = 12
_TAG_BYTES = 16
_HEAD_BYTES = len(_SCHEME) + _ID_BYTES


class NotOpenedError(ValueError):
    """What is stored was not locked under this key, for this place, or was changed since."""


@dataclass(frozen=True)
class Lock:
    """What rows are locked under. `key` is 32 random bytes."""

    key: bytes = field(repr=False)

    @cached_property
    def id(self) -> bytes:
        """By this the key is known, and it says nothing about it."""
        return sha256(_ID_TAG + self.key).digest()[:_ID_BYTES]

    @cached_property
    def head(self) -> bytes:
        """What everything begins with that is locked under this key."""
        return head_of(self.id)

    @cached_property
    def _cipher(self) -> Any:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - heavy

        return AESGCM(self.key)

    def close(self, place: bytes, plain: bytes) -> bytes:
        """Lock some bytes for a place."""
        nonce = token_bytes(_NONCE_BYTES)
        sealed: bytes = self._cipher.encrypt(nonce, plain, place)
        return self.head + nonce + sealed

    def open(self, place: bytes, stored: bytes) -> bytes:
        """What was locked for a place. Raises `NotOpenedError`."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - heavy

        nonce, sealed = stored[_HEAD_BYTES:][:_NONCE_BYTES], stored[_HEAD_BYTES + _NONCE_BYTES :]
        if not stored.startswith(self.head) or len(sealed) < _TAG_BYTES:
            raise NotOpenedError("it is not locked under this key")
        try:
            plain: bytes = self._cipher.decrypt(nonce, sealed, place)
        except InvalidTag:
            raise NotOpenedError("it was changed, or belongs somewhere else") from None
        return plain


def new_lock() -> Lock:
    """A lock whose key nobody has had before."""
    return Lock(token_bytes(KEY_BYTES))


def id_in(stored: bytes) -> bytes:
    """The id of the key that something is locked under."""
    return stored[len(_SCHEME) : _HEAD_BYTES]


def head_of(key_id: bytes) -> bytes:
    """What everything begins with that is locked under the key with this id."""
    return _SCHEME + key_id
