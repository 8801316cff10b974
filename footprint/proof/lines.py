"""What may stand on the lines of notes, checkpoints and proofs (c2sp.org/signed-note)."""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence

from footprint.proof.tree import HASH_BYTES

MAX_NOTE_BYTES = 1_000_000
DASH = "\u2014 "
"""What a signature line begins with."""

KEY_ID_BYTES = 4
"""What stands before a signature: the beginning of a digest of the key."""

_NUMBER = re.compile("0|[1-9][0-9]{0,18}")  # ASCII digits; int() takes many more
_CONTROLS = bytes(code for code in range(0x20) if code != ord("\n"))


class NoteError(ValueError):
    """A note, key, checkpoint or proof that is not well formed, or a signature that is not good."""


def check_name(name: str, where: str = "a key") -> None:
    """Raise `NoteError` unless this may be the name of a key; `where` is for the refusal."""
    if not name or any(char == "+" or char.isspace() for char in name):
        raise NoteError(f'{where} needs a name, with no space and no "+" in it')
    checked_bytes(name)


def checked_bytes(data: bytes | str) -> bytes:
    """The data as UTF-8, if it may stand in a note. Raises `NoteError`."""
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


def decode_number(text: str, what: str) -> int:
    """Read a size or an index, below 2^63: ASCII decimal without leading zeros.

    Raises:
        NoteError: It is not one; `what` says which part.
    """
    if not _NUMBER.fullmatch(text) or int(text) >= 1 << 63:
        raise NoteError(f"{what} must be digits, without a leading zero")
    return int(text)


def hash_lines(hashes: Iterable[bytes]) -> str:
    """Hashes in base64, a line each."""
    return "".join(f"{encode64(one)}\n" for one in hashes)


def decode_hashes(lines: Sequence[str], what: str) -> tuple[bytes, ...]:
    """Read lines of one SHA-256 hash in base64 each.

    Raises:
        NoteError: one of them is not; `what` says of which part.
    """
    hashes = tuple(decode64(line, what) for line in lines)
    if any(len(one) != HASH_BYTES for one in hashes):
        raise NoteError(f"{what} holds a hash that is not {HASH_BYTES} bytes long")
    return hashes


def lines_before_note(data: bytes, what: str) -> tuple[list[str], bytes]:
    """The lines that stand before a signed note, and its bytes, behind an empty line.

    Raises:
        NoteError: there is no empty line, or no such lines; `what` says of what.
    """
    head, blank, signed = data.partition(b"\n\n")
    if not blank:
        raise NoteError(f"{what} has an empty line between its hashes and the checkpoint")
    return checked_bytes(head).decode().split("\n"), signed
