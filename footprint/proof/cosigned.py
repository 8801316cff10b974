"""Which witnesses have cosigned a checkpoint, and when (c2sp.org/tlog-cosignature)."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from footprint.proof import note as notes
from footprint.proof.key import WITNESS, Verifier, cosigned_at
from footprint.proof.policy import Policy

Cosignature = tuple[Verifier, int]
"""A witness, and the time that its line states: POSIX seconds, below 2^63."""


def cosignatures(note: notes.Note, witnesses: Iterable[Verifier]) -> tuple[Cosignature, ...]:
    """The good lines of known witnesses on a note, in its order.

    Raises:
        NoteError: a line in a known witness's name and id is not good.
    """
    return lines_of(note, notes.verified_by(note, witnesses))


def lines_of(note: notes.Note, good: Iterable[Verifier]) -> tuple[Cosignature, ...]:
    """The lines of witnesses that were found to be good on a note."""
    known = {(one.name, one.key_id): one for one in good if one.kind == WITNESS}
    return tuple(
        (known[name], cosigned_at(line.signature))
        for line in note.signatures
        if (name := (line.name, line.key_id)) in known
    )


def witnessed_at(lines: Sequence[Cosignature], policy: Policy) -> int | None:
    """When a quorum of trusted witnesses had cosigned: the time of the last line, or None.

    One at least has to have, where the quorum asks for none.
    """
    if lines and policy.is_quorum([witness for witness, _ in lines]):
        return max(time for _, time in lines)
    return None


def utc(seconds: int) -> str:
    """A time in POSIX seconds as UTC text; what no calendar has is given as it is."""
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return f"second {seconds}"
