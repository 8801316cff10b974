"""What is sent to a witness: the body of an add-checkpoint request (c2sp.org/tlog-witness)."""

from collections.abc import Sequence
from dataclasses import dataclass

from footprint.proof import note as notes
from footprint.proof.checkpoint import Checkpoint, parse_checkpoint
from footprint.proof.lines import (
    NoteError,
    decode_hashes,
    decode_number,
    hash_lines,
    lines_before_note,
)
from footprint.proof.paths import ProofError, verify_consistency

MOST_HASHES = 63
_OLD = "old "


@dataclass(frozen=True, slots=True)
class Request:
    """A request taken apart: nothing in it is verified.

    `old` is the size that the witness is believed to have seen last, 0 for none; `proof` shows that
    the tree of `checkpoint` extends it; `note` is the signed checkpoint, and `signed` its bytes.
    """

    old: int
    proof: tuple[bytes, ...]
    checkpoint: Checkpoint
    note: notes.Note
    signed: bytes


def request_text(old: int, proof: Sequence[bytes], signed: str) -> str:
    """The body: the old size, the consistency proof and the signed checkpoint."""
    return f"{_OLD}{old}\n{hash_lines(proof)}\n{signed}"


def parse_request(data: bytes) -> Request:
    """Read a body; the reverse of `request_text`.

    Raises:
        NoteError: it is not one, or not written in the one way it can be.
    """
    (first, *lines), signed = lines_before_note(data, "a request")
    if not first.startswith(_OLD):
        raise NoteError('a request begins with a line "old" and a size')
    if len(lines) > MOST_HASHES:
        raise NoteError(f"a request may have {MOST_HASHES} lines of proof, not {len(lines)}")
    note = notes.parse(signed)
    return Request(
        old=decode_number(first.removeprefix(_OLD), "the old size"),
        proof=decode_hashes(lines, "the proof of a request"),
        checkpoint=parse_checkpoint(note.text),
        note=note,
        signed=signed,
    )


def check_extends(request: Request, old_root: bytes) -> None:
    """Check that the request's tree extends the one of its old size, whose root is known.

    Every tree extends the empty one, and the proof of that is empty (unlike RFC 9162's algorithm,
    which leaves this case out).

    Raises:
        ProofError: the proof does not show it.
    """
    new = request.checkpoint
    if request.old == 0:
        if request.proof:
            raise ProofError("a tree needs no proof that it extends the empty one")
        return
    verify_consistency(request.old, new.size, old_root, new.root, request.proof)
