"""That an entry is in a log, to be checked offline: a tlog-proof (c2sp.org/tlog-proof)."""

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

_FIRST, _INDEX = "c2sp.org/tlog-proof@v1", "index "


@dataclass(frozen=True, slots=True)
class Logged:
    """A proof taken apart: nothing in it is verified.

    `index` is the leaf's place, counted from 0; `path` its audit path (RFC 6962 section 2.1.1);
    `signed` the bytes of the signed checkpoint.
    """

    index: int
    path: tuple[bytes, ...]
    checkpoint: Checkpoint
    note: notes.Note
    signed: bytes


def proof_text(index: int, path: Sequence[bytes], signed: str) -> str:
    """The proof of the leaf at `index`, against this signed checkpoint."""
    return f"{_FIRST}\n{_INDEX}{index}\n{hash_lines(path)}\n{signed}"


def parse_proof(data: bytes) -> Logged:
    """Read a proof without extra data; the reverse of `proof_text`.

    Raises:
        NoteError: it is not one, or not written in the one way it can be.
    """
    before, signed = lines_before_note(data, "a proof")
    first, index, *lines = [*before, ""]
    if first != _FIRST or not index.startswith(_INDEX):
        raise NoteError(f'a proof begins with "{_FIRST}" and a line "index" and a number')
    note = notes.parse(signed)
    return Logged(
        index=decode_number(index.removeprefix(_INDEX), "the index of a proof"),
        path=decode_hashes(lines[:-1], "the path of a proof"),
        checkpoint=parse_checkpoint(note.text),
        note=note,
        signed=signed,
    )
