"""Ed25519 keys under a name: those of logs (type 0x01) and those of witnesses (type 0x04).

A log's key signs notes (c2sp.org/signed-note). A witness's key adds its line to a checkpoint, with
the time at which it saw it (c2sp.org/tlog-cosignature, cosignature/v1). `cryptography` is imported
only where something is signed or verified, so that a command which does neither does not pay for
it.
"""

from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING

from footprint.proof.lines import (
    DASH,
    KEY_ID_BYTES,
    NoteError,
    check_name,
    checked_bytes,
    decode64,
    encode64,
)

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

LOG, WITNESS = b"\x01", b"\x04"
"""The kinds of keys, as verifier keys and key ids name them."""

_KEY_BYTES = 32
_TIME_BYTES = 8
_LATEST = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public Ed25519 key of 32 bytes (RFC 8032), under a name, and the id made of both.

    Raises:
        NoteError: The name, the key or its kind is not well formed, or the id is not that of it.
    """

    name: str
    key_id: bytes
    public: bytes
    kind: bytes = LOG

    def __post_init__(self) -> None:
        check_name(self.name)
        if self.kind not in (LOG, WITNESS):
            raise NoteError(
                "a verifier key of this kind is not known: only Ed25519 is, a log's (type 1) or a"
                " witness's (type 4)"
            )
        if len(self.public) != _KEY_BYTES:
            raise NoteError(f"a public key has {_KEY_BYTES} bytes, not {len(self.public)}")
        if self.key_id != _key_id(self.name, self.public, self.kind):
            raise NoteError(f"the key id does not belong to the key and the name {self.name!r}")

    @classmethod
    def of(cls, name: str, public: bytes, kind: bytes = LOG) -> "Verifier":
        """The verifier for a key, its id worked out."""
        return cls(name, _key_id(name, public, kind), public, kind)

    @classmethod
    def from_vkey(cls, text: str) -> "Verifier":
        """Read a verifier key: name, "+", the id in lower case hex, "+", base64(type || key).

        Raises:
            NoteError: The text is not exactly such a key.
        """
        # What is missing comes out empty, and is refused below as such.
        name, _, rest = text.partition("+")
        key_id, _, key = rest.partition("+")
        typed = decode64(key, "the key part of a verifier key")
        verifier = cls.of(name, typed[1:], typed[:1])
        if key_id != verifier.key_id.hex():
            raise NoteError(f"the id in a verifier key must be 8 hex digits that fit {name!r}")
        return verifier

    @property
    def vkey(self) -> str:
        """The key as text, to hand to whoever is to trust it."""
        return f"{self.name}+{self.key_id.hex()}+{encode64(self.kind + self.public)}"

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Whether the key made the signature over the message.

        That of a log is 64 bytes (RFC 8032); that of a witness has the time before it.
        """
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - start-up time
        from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415 - the same

        if self.kind == WITNESS:
            time = cosigned_at(signature)
            if time > _LATEST:
                return False
            message, signature = _cosigned(message, time), signature[_TIME_BYTES:]
        try:
            ed25519.Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True)
class Signer:
    """A private Ed25519 key under a name; `seed` is the 32 bytes it is made from (RFC 8032).

    Raises:
        NoteError: The name or the seed is not well formed.
    """

    name: str
    seed: bytes = field(repr=False)
    kind: bytes = field(default=LOG, repr=False)

    def __post_init__(self) -> None:
        check_name(self.name)
        if len(self.seed) != _KEY_BYTES:
            raise NoteError(f"the seed of a key has {_KEY_BYTES} bytes, not {len(self.seed)}")

    @cached_property
    def verifier(self) -> Verifier:
        return Verifier.of(self.name, self._key.public_key().public_bytes_raw(), self.kind)

    @cached_property
    def _key(self) -> "Ed25519PrivateKey":
        """The key itself, which takes as long to make as a signature."""
        from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415 - start-up

        return ed25519.Ed25519PrivateKey.from_private_bytes(self.seed)

    def sign(self, text: str) -> str:
        """The whole note: the text, a blank line and this key's signature line.

        Raises:
            NoteError: The text does not end in a newline, or could not stand in a note.
        """
        message = checked_bytes(text)
        if not text.endswith("\n"):
            raise NoteError("the text of a note must end in a newline")
        # Checked again, since the signature line may have taken it over the limit.
        return checked_bytes(f"{text}\n{self._line(self.signature(message))}").decode()

    def cosign(self, text: str, time: int) -> str:
        """The line by which a witness vouches for a checkpoint's text; time is POSIX seconds."""
        signed = self.signature(_cosigned(checked_bytes(text), time))
        return self._line(time.to_bytes(_TIME_BYTES, "big") + signed)

    def signature(self, message: bytes) -> bytes:
        """The 64 bytes of a signature over any message (RFC 8032)."""
        return self._key.sign(message)

    def _line(self, signature: bytes) -> str:
        return f"{DASH}{self.name} {encode64(self.verifier.key_id + signature)}\n"


def cosigned_at(signature: bytes) -> int:
    """The time that a witness's signature states, in POSIX seconds; it is signed with the rest."""
    return int.from_bytes(signature[:_TIME_BYTES], "big")


def _cosigned(text: bytes, time: int) -> bytes:
    """What a witness signs (c2sp.org/tlog-cosignature, "Ed25519 signed message")."""
    return b"cosignature/v1\ntime %d\n" % time + text


def _key_id(name: str, public: bytes, kind: bytes) -> bytes:
    """The first 4 bytes of SHA-256(name || newline || type || key)."""
    return sha256(checked_bytes(name) + b"\n" + kind + public).digest()[:KEY_ID_BYTES]
