"""Signed notes (c2sp.org/signed-note) and the checkpoints they carry (c2sp.org/tlog-checkpoint).

Only Ed25519 keys, signature type 0x01, are known here. `cryptography` is imported only where
something is signed or verified, so that a command which does neither does not pay for it.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256

MAX_NOTE_BYTES = 1_000_000
MAX_SIGNATURES = 100

_ED25519 = b"\x01"
_KEY_BYTES = 32
_KEY_ID_BYTES = 4
_ROOT_BYTES = 32
_CHECKPOINT_LINES = 3  # the origin, the size and the root
_SIZE = re.compile("0|[1-9][0-9]{0,18}")  # ASCII digits; int() takes many more
_DASH = "\u2014 "
_CONTROLS = bytes(code for code in range(0x20) if code != ord("\n"))


class NoteError(ValueError):
    """A note, key or checkpoint that is not well formed, or a signature that is not good."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public Ed25519 key of 32 bytes (RFC 8032), under a name, and the id made of both.

    Raises:
        NoteError: The name or the key is not well formed, or the id is not that of the key.
    """

    name: str
    key_id: bytes
    public: bytes

    def __post_init__(self) -> None:
        _check_name(self.name)
        if len(self.public) != _KEY_BYTES:
            raise NoteError(f"a public key has {_KEY_BYTES} bytes, not {len(self.public)}")
        if self.key_id != _key_id(self.name, self.public):
            raise NoteError(f"the key id does not belong to the key and the name {self.name!r}")

    @classmethod
    def of(cls, name: str, public: bytes) -> "Verifier":
        """The verifier for a key, its id worked out."""
        return cls(name, _key_id(name, public), public)

    @classmethod
    def from_vkey(cls, text: str) -> "Verifier":
        """Read a verifier key: name, "+", the id in lower case hex, "+", base64(0x01 || key).

        Raises:
            NoteError: The text is not exactly such a key.
        """
        # What is missing comes out empty, and is refused below as such.
        name, _, rest = text.partition("+")
        key_id, _, key = rest.partition("+")
        algorithm_and_key = decode64(key, "the key part of a verifier key")
        if algorithm_and_key[:1] != _ED25519:
            raise NoteError("a verifier key of this kind is not known: only Ed25519, type 1, is")
        verifier = cls.of(name, algorithm_and_key[1:])
        if key_id != verifier.key_id.hex():
            raise NoteError(f"the id in a verifier key must be 8 hex digits that fit {name!r}")
        return verifier

    @property
    def vkey(self) -> str:
        """The key as text, to hand to whoever is to trust it."""
        return f"{self.name}+{self.key_id.hex()}+{encode64(_ED25519 + self.public)}"

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Whether the key made the signature (64 bytes, RFC 8032) over the message."""
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - start-up time
        from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415 - the same

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

    def __post_init__(self) -> None:
        _check_name(self.name)
        if len(self.seed) != _KEY_BYTES:
            raise NoteError(f"the seed of a key has {_KEY_BYTES} bytes, not {len(self.seed)}")

    @cached_property
    def verifier(self) -> Verifier:
        from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415 - start-up

        key = ed25519.Ed25519PrivateKey.from_private_bytes(self.seed)
        return Verifier.of(self.name, key.public_key().public_bytes_raw())

    def sign(self, text: str) -> str:
        """The whole note: the text, a blank line and this key's signature line.

        Raises:
            NoteError: The text does not end in a newline, or could not stand in a note.
        """
        from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415 - start-up

        message = _checked_bytes(text)
        if not text.endswith("\n"):
            raise NoteError("the text of a note must end in a newline")
        key = ed25519.Ed25519PrivateKey.from_private_bytes(self.seed)
        signed = encode64(self.verifier.key_id + key.sign(message))
        # Checked again, since the signature line may have taken it over the limit.
        return _checked_bytes(f"{text}\n{_DASH}{self.name} {signed}\n").decode()


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature on a note, not yet verified; `line` is its line there, with the newline."""

    name: str
    key_id: bytes
    signature: bytes
    line: str


@dataclass(frozen=True, slots=True)
class Note:
    """A note taken apart: the text, with its last newline, and the signatures, not yet verified."""

    text: str
    signatures: tuple[Signature, ...]


def parse(data: bytes | str) -> Note:
    """Take a signed note apart, as strictly as c2sp.org/signed-note says.

    Nothing is verified: the text must not be believed before `verified_by` has named a key.

    Raises:
        NoteError: It is not a signed note, or has more than 100 signatures or 1,000,000 bytes.
    """
    whole = _checked_bytes(data).decode()
    if not whole.endswith("\n"):
        raise NoteError("a note must end in a newline")
    text, blank, signed = whole.rpartition("\n\n")
    if not blank:
        raise NoteError("a note needs a blank line between its text and its signatures")
    # Not splitlines(), which would also break a line at U+0085 or U+2028.
    *lines, _ = signed.split("\n")
    if not 1 <= len(lines) <= MAX_SIGNATURES:
        raise NoteError(f"a note ends in 1 to {MAX_SIGNATURES} signatures, not {len(lines)}")
    signatures = tuple(_signature(line, nth) for nth, line in enumerate(lines, 1))
    return Note(text + "\n", signatures)


def verified_by(note: Note, verifiers: Iterable[Verifier]) -> tuple[Verifier, ...]:
    """The known keys whose good signatures are on the note, each once, in the note's order.

    Signatures by unknown keys are ignored. An empty answer means that nobody known vouches for the
    note, and that its text must not be believed.

    Raises:
        NoteError: A signature in a known key's name and id is not good, even where another of the
            same key is; or two different known keys share a name and an id.
    """
    known = _by_name_and_id(verifiers)
    message = note.text.encode()
    good: dict[Verifier, None] = {}
    for signature in note.signatures:
        verifier = known.get((signature.name, signature.key_id))
        if verifier and not verifier.verify(message, signature.signature):
            raise NoteError(f"the signature of {verifier.name!r} on the note is not good")
        if verifier:
            good[verifier] = None
    return tuple(good)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What the log `origin` states: its number of leaves, below 2^63, and their root, 32 bytes.

    Raises:
        NoteError: A part could not be written as such a line.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.size < 1 << 63:
            raise NoteError(f"a tree cannot have {self.size} leaves")
        if len(self.root) != _ROOT_BYTES:
            raise NoteError(f"a root has {_ROOT_BYTES} bytes, not {len(self.root)}")
        for line in (self.origin, *self.extensions):
            if not line or "\n" in line:
                raise NoteError("the origin and each extension of a checkpoint must be one line")
            _checked_bytes(line)


def checkpoint_text(checkpoint: Checkpoint) -> str:
    """The text to sign: origin, size, base64(root) and the extensions, a line each."""
    c = checkpoint
    return "".join(f"{line}\n" for line in (c.origin, c.size, encode64(c.root), *c.extensions))


def parse_checkpoint(text: str) -> Checkpoint:
    """Read the text of a checkpoint, that is of a `Note`; the reverse of `checkpoint_text`.

    Raises:
        NoteError: It is not a checkpoint, or not written in the one way it can be.
    """
    *lines, after_last = text.split("\n")
    if after_last:
        raise NoteError("a checkpoint must end in a newline")
    if len(lines) < _CHECKPOINT_LINES:
        raise NoteError("a checkpoint has an origin, a size and a root, a line each")
    origin, size, root, *extensions = lines
    if not _SIZE.fullmatch(size):
        raise NoteError("the size of a checkpoint must be digits, without a leading zero")
    root_bytes = decode64(root, "the root of a checkpoint")
    return Checkpoint(origin, int(size), root_bytes, tuple(extensions))


def _signature(line: str, nth: int) -> Signature:
    """Take one signature line apart; `nth` counts from 1 and is for the refusal."""
    where = f"signature line {nth}"
    if not line.startswith(_DASH):
        raise NoteError(f"{where} must begin with an em dash and a space")
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    _check_name(name, where)
    decoded = decode64(encoded, where)
    if len(decoded) <= _KEY_ID_BYTES:
        raise NoteError(f"{where} is too short to hold a key id and a signature")
    return Signature(name, decoded[:_KEY_ID_BYTES], decoded[_KEY_ID_BYTES:], line + "\n")


def _by_name_and_id(verifiers: Iterable[Verifier]) -> dict[tuple[str, bytes], Verifier]:
    known: dict[tuple[str, bytes], Verifier] = {}
    for verifier in verifiers:
        if known.setdefault((verifier.name, verifier.key_id), verifier) != verifier:
            raise NoteError(f"two different known keys share the name {verifier.name!r} and an id")
    return known


def _key_id(name: str, public: bytes) -> bytes:
    """The first 4 bytes of SHA-256(name || newline || 0x01 || key)."""
    return sha256(_checked_bytes(name) + b"\n" + _ED25519 + public).digest()[:_KEY_ID_BYTES]


def _check_name(name: str, where: str = "a key") -> None:
    if not name or any(char == "+" or char.isspace() for char in name):
        raise NoteError(f'{where} needs a name, with no space and no "+" in it')
    _checked_bytes(name)


def _checked_bytes(data: bytes | str) -> bytes:
    """The data as UTF-8, if it may stand in a note."""
    try:
        octets = data.encode() if isinstance(data, str) else data
        octets.decode()
    except UnicodeError:
        raise NoteError("a note must be valid UTF-8") from None
    if len(octets) > MAX_NOTE_BYTES:
        raise NoteError(f"a note may have {MAX_NOTE_BYTES} bytes, not {len(octets)}")
    if len(octets.translate(None, _CONTROLS)) != len(octets):
        raise NoteError("a note must have no carriage return or other control character")
    return octets


def encode64(data: bytes) -> str:
    """Standard base64 (RFC 4648 section 4), as notes have it."""
    return b64encode(data).decode()


def decode64(text: str, what: str) -> bytes:
    """Decode standard base64 in its one canonical form (RFC 4648 section 4).

    Raises:
        NoteError: It is not; `what` says which part.
    """
    try:
        decoded = b64decode(text, validate=True)
    except ValueError:
        decoded = b""
    # A decoder alone passes over stray bits behind the last byte and some wrong padding.
    if not decoded or encode64(decoded) != text:
        raise NoteError(f"{what} is not base64 in its one canonical form")
    return decoded
