"""Checkpoints (c2sp.org/tlog-checkpoint): the statement of a log that a signed note carries."""

from dataclasses import dataclass

from footprint.proof.lines import NoteError, checked_bytes, decode64, decode_number, encode64
from footprint.proof.tree import HASH_BYTES

_LINES = 3  # the origin, the size and the root


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
        if len(self.root) != HASH_BYTES:
            raise NoteError(f"a root has {HASH_BYTES} bytes, not {len(self.root)}")
        for line in (self.origin, *self.extensions):
            if not line or "\n" in line:
                raise NoteError("the origin and each extension of a checkpoint must be one line")
            checked_bytes(line)


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
    if len(lines) < _LINES:
        raise NoteError("a checkpoint has an origin, a size and a root, a line each")
    origin, size, root, *extensions = lines
    return Checkpoint(
        origin,
        decode_number(size, "the size of a checkpoint"),
        decode64(root, "the root of a checkpoint"),
        tuple(extensions),
    )
