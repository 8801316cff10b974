"""The Merkle tree of RFC 6962 section 2.1 (RFC 9162 section 2.1), over SHA-256.

A tree is held as its peaks: the roots of the perfect subtrees it falls into, one for each 1 in its
size written in binary. Peaks are all that is needed to add leaves and to know the root, and there
are never more than 63 of them in a tree that a checkpoint can name.
"""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import islice
from typing import NamedTuple

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()
"""The root of a tree without leaves (RFC 6962 section 2.1)."""

FANOUT = 256
"""Leaves in a run of level 1, and runs of one level in a run of the next."""


class Peaks(NamedTuple):
    """A tree of `size` leaves as the roots of its perfect subtrees, the largest first.

    Use `checked_peaks` for what was read from a file: this constructor checks nothing.
    """

    size: int
    hashes: tuple[bytes, ...]


EMPTY = Peaks(0, ())


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 || data): a leaf can never pass for a node (RFC 6962 section 2.1)."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right) (RFC 6962 section 2.1)."""
    return sha256(b"\x01" + left + right).digest()


def checked_peaks(size: int, hashes: Iterable[bytes]) -> Peaks:
    """Peaks from untrusted data.

    Raises:
        ValueError: The size is negative, or the hashes are not as many as the size needs, or one
            of them is not 32 bytes long.
    """
    peaks = Peaks(size, tuple(hashes))
    if size < 0:
        raise ValueError(f"a tree cannot have {size} leaves")
    if len(peaks.hashes) != size.bit_count():
        raise ValueError(
            f"a tree of {size} leaves has {size.bit_count()} peaks, not {len(peaks.hashes)}"
        )
    if any(len(peak) != HASH_BYTES for peak in peaks.hashes):
        raise ValueError(f"a peak is not {HASH_BYTES} bytes long")
    return peaks


def extend(peaks: Peaks, leaf: bytes) -> Peaks:
    """The tree with one more leaf, given by its leaf hash."""
    hashes = list(peaks.hashes)
    _push(hashes, peaks.size, leaf)
    return Peaks(peaks.size + 1, tuple(hashes))


def extend_all(peaks: Peaks, leaves: Iterable[bytes]) -> Peaks:
    """The tree with more leaves, given by their leaf hashes in order.

    Equal to `extend` for each leaf, but made for a million of them: whole runs are folded level by
    level. No more than one run of 256 hashes is held at a time.
    """
    supply = iter(leaves)
    hashes, size = list(peaks.hashes), peaks.size
    size = _push_each(hashes, size, islice(supply, -size % FANOUT))
    # From here on the size is a multiple of the run, or the supply has run out.
    while len(run := list(islice(supply, FANOUT))) == FANOUT:
        _push(hashes, size // FANOUT, run_root(run))
        size += FANOUT
    size = _push_each(hashes, size, run)
    return Peaks(size, tuple(hashes))


def root(peaks: Peaks) -> bytes:
    """The root of the tree: its peaks joined from the smallest to the largest."""
    if not peaks.hashes:
        return EMPTY_ROOT
    *larger, joined = peaks.hashes
    for peak in reversed(larger):
        joined = node_hash(peak, joined)
    return joined


def run_root(hashes: Sequence[bytes]) -> bytes:
    """The root of a perfect run: 1, 2, 4, 8 ... hashes of one level.

    Raises:
        ValueError: The number of hashes is not a power of two.
    """
    if len(hashes).bit_count() != 1:
        raise ValueError(f"a perfect run has a power of two of hashes, not {len(hashes)}")
    while len(hashes) > 1:
        # `node_hash` written out: a call for each node would cost a verifier a tenth of its time.
        one = iter(hashes)
        pairs = zip(one, one, strict=True)
        hashes = [sha256(b"\x01" + left + right).digest() for left, right in pairs]
    return hashes[0]


def completed_runs(size: int) -> Iterator[tuple[int, int]]:
    """The runs of 256^level leaves that the last leaf of a tree of `size` completes.

    Yields:
        (level, nth): the lowest level first, from 1; nth counts the runs of that level from 0.
    """
    level, runs = 1, size
    while runs and runs % FANOUT == 0:
        runs //= FANOUT
        yield level, runs - 1
        level += 1


def _push(hashes: list[bytes], count: int, added: bytes) -> None:
    """Add one perfect subtree to the peaks, where `count` of its height are there already."""
    while count & 1:
        added = node_hash(hashes.pop(), added)
        count >>= 1
    hashes.append(added)


def _push_each(hashes: list[bytes], size: int, leaves: Iterable[bytes]) -> int:
    """Add leaves one by one; the new size."""
    for leaf in leaves:
        _push(hashes, size, leaf)
        size += 1
    return size
