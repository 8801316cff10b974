"""Which witnesses have cosigned a checkpoint, and when (c2sp.org/tlog-cosignature)."""

from collections.abc import Iterable
from datetime import UTC, datetime

from footprint.proof import note as notes
from footprint.proof.key import Verifier, cosigned_at
from footprint.proof.policy import Policy


def cosignatures(
    note: notes.Note, witnesses: Iterable[Verifier]
) -> tuple[tuple[Verifier, int], ...]:
    """The good lines of known witnesses on a note, in its order, each with its time.

    Times are POSIX seconds, below 2^63.

    Raises:
        NoteError: a line in a known witness's name and id is not good.
    """
    good = {(one.name, one.key_id): one for one in notes.verified_by(note, witnesses)}
    return tuple(
        (good[name], cosigned_at(line.signature))
        for line in note.signatures
        if (name := (line.name, line.key_id)) in good
    )


def witnessed_at(note: notes.Note, policy: Policy) -> int | None:
    """When the quorum had cosigned a note: the time of the last line; None where it has not.

    One trusted witness at least has to have, where the quorum asks for none.

    Raises:
        NoteError: a line in a trusted witness's name and id is not good.
    """
    lines = cosignatures(note, policy.witness_keys)
    if lines and policy.is_quorum([witness for witness, _ in lines]):
        return max(time for _, time in lines)
    return None


def utc(seconds: int) -> str:
    """A time in POSIX seconds as UTC text; what no calendar has is given as it is."""
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return f"second {seconds}"
