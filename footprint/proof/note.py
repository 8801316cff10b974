"""Signed notes (c2sp.org/signed-note): taken apart, and held against the keys that are known."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from footprint.proof.lines import (
    DASH,
    KEY_ID_BYTES,
    NoteError,
    check_name,
    checked_bytes,
    decode64,
)

if TYPE_CHECKING:
    from footprint.proof.key import Verifier  # who only reads a note knows no key

MAX_SIGNATURES = 100


class Signature(NamedTuple):
    """One signature on a note, not yet verified; `line` is its line there, with the newline."""

    name: str
    key_id: bytes
    signature: bytes
    line: str


class Note(NamedTuple):
    """A note taken apart: the text, with its last newline, and the signatures, not yet verified."""

    text: str
    signatures: tuple[Signature, ...]


def parse(data: bytes | str) -> Note:
    """Take a signed note apart, as strictly as c2sp.org/signed-note says.

    Nothing is verified: the text must not be believed before `verified_by` has named a key.

    Raises:
        NoteError: It is not a signed note, or has more than 100 signatures or 1,000,000 bytes.
    """
    whole = checked_bytes(data).decode()
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


def id_of(one: Verifier | Signature) -> str:
    """Which key that is, or says it is: its name and id, as the text of a key begins."""
    return f"{one.name}+{one.key_id.hex()}"


def joined(text: str, signatures: Iterable[Signature]) -> str:
    """A signed note of a text and of lines that were taken apart; the reverse of `parse`."""
    return f"{text}\n{''.join(signature.line for signature in signatures)}"


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


def signers_of(note: Note | str, verifiers: Iterable[Verifier]) -> frozenset[Verifier]:
    """The known keys whose good signatures are on a note; none where one is bad, or it is none."""
    try:
        return frozenset(verified_by(parse(note) if isinstance(note, str) else note, verifiers))
    except NoteError:
        return frozenset()


def _signature(line: str, nth: int) -> Signature:
    """Take one signature line apart; `nth` counts from 1 and is for the refusal."""
    where = f"signature line {nth}"
    if not line.startswith(DASH):
        raise NoteError(f"{where} must begin with an em dash and a space")
    name, _, encoded = line.removeprefix(DASH).partition(" ")
    check_name(name, where)
    decoded = decode64(encoded, where)
    if len(decoded) <= KEY_ID_BYTES:
        raise NoteError(f"{where} is too short to hold a key id and a signature")
    return Signature(name, decoded[:KEY_ID_BYTES], decoded[KEY_ID_BYTES:], line + "\n")


def _by_name_and_id(verifiers: Iterable[Verifier]) -> dict[tuple[str, bytes], Verifier]:
    known: dict[tuple[str, bytes], Verifier] = {}
    for verifier in verifiers:
        if known.setdefault((verifier.name, verifier.key_id), verifier) != verifier:
            raise NoteError(f"two different known keys share the name {verifier.name!r} and an id")
    return known
