"""The Merkle tree, grown again from perfect subtrees of any height: a few hashes are held."""

from __future__ import annotations

from collections.abc import Sequence

from footprint.proof.tree import EMPTY, FANOUT, Peaks, extend_all, node_hash, root

_BITS = FANOUT.bit_length() - 1

Subtree = tuple[int, int, bytes]
"""A complete run as `subtree` stores it: its level, which of its level, and its root."""


class Growing:
    """A tree of leaves `base` + 1 and on, where as many stand before them in a larger one.

    `base` is a multiple of every subtree that is added.
    """

    def __init__(self, base: int = 0) -> None:
        self.size = base
        self._peaks: dict[int, bytes] = {}

    @property
    def peaks(self) -> tuple[tuple[int, bytes], ...]:
        """The roots of its perfect subtrees, each with its height, the largest first."""
        return tuple(sorted(self._peaks.items(), reverse=True))

    @property
    def hashes(self) -> tuple[bytes, ...]:
        return tuple(hashed for _, hashed in self.peaks)

    def add(self, height: int, hashed: bytes) -> list[Subtree]:
        """Add a perfect subtree of 2^height leaves. Returns the stored runs above it, if any."""
        self.size += 1 << height
        completed: list[Subtree] = []
        while (left := self._peaks.pop(height, None)) is not None:
            hashed, height = node_hash(left, hashed), height + 1
            if height % _BITS == 0:
                completed.append((height // _BITS, (self.size >> height) - 1, hashed))
        self._peaks[height] = hashed
        return completed


def root_of(size: int, hashes: Sequence[bytes], leaves: Sequence[bytes] = ()) -> bytes:
    """The root of a tree of this size: perfect subtrees, and then leaves, fewer than a run."""
    return root(Peaks(size, (*hashes, *extend_all(EMPTY, leaves).hashes)))
