"""The recovery code: a key as people write it down, read it out and type it.

The 32 bytes of the key and the first 3 of SHA-256("footprint/vault-code/v1", a new line, the key)
are 280 bits: 56 signs of Crockford's base32 (crockford.com/base32.html), in groups of four. That
alphabet has no I, L, O or U; I and L are read as 1, O as 0, and small letters as large ones.
"""

from __future__ import annotations

import re
from hashlib import sha256

from footprint.errors import Misused
from footprint.vault.lock import KEY_BYTES

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TAG = b"footprint/vault-code/v1\n"
_CHECK_BYTES = 3
_SIGNS = (KEY_BYTES + _CHECK_BYTES) * 8 // 5
_GROUP = 4
_READ_AS = str.maketrans({"I": "1", "L": "1", "O": "0"})
_AGAIN = "Compare it with what was written down, sign by sign."


def code_of(key: bytes) -> str:
    """The code of a key: 14 groups of four signs, with hyphens."""
    number = int.from_bytes(key + _check(key))
    signs = "".join(_ALPHABET[number >> 5 * at & 31] for at in reversed(range(_SIGNS)))
    return "-".join(signs[at : at + _GROUP] for at in range(0, _SIGNS, _GROUP))


def key_of(code: str) -> bytes:
    """The key of a code, however it is spaced.

    Raises:
        Misused: it is no code as it was printed: what is wrong is said, and nothing of the code.
    """
    signs = re.sub(r"[\s-]", "", code).upper().translate(_READ_AS)
    if strange := next((n for n, sign in enumerate(signs, 1) if sign not in _ALPHABET), None):
        raise Misused(f"Sign {strange} of the recovery code is none that such a code has.", _AGAIN)
    if len(signs) != _SIGNS:
        raise Misused(f"A recovery code has {_SIGNS} signs, and {len(signs)} were given.", _AGAIN)
    number = 0
    for sign in signs:
        number = number << 5 | _ALPHABET.index(sign)
    whole = number.to_bytes(KEY_BYTES + _CHECK_BYTES)
    key, check = whole[:KEY_BYTES], whole[KEY_BYTES:]
    if check != _check(key):
        raise Misused("A sign of the recovery code is not the one that was printed.", _AGAIN)
    return key


def _check(key: bytes) -> bytes:
    return sha256(_TAG + key).digest()[:_CHECK_BYTES]
