"""The Merkle tree of RFC 6962 section 2.1 (RFC 9162 section 2.1), over SHA-256.

A tree is held as its peaks: the roots of the perfect subtrees it falls into, one for each 1 in its
size written in binary. Peaks are all that is needed to add leaves and to know the root, and there
are never more than 63 of them in a tree that a checkpoint can name.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain, islice

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()
"""The root of a tree without leaves (RFC 6962 section 2.1)."""

FANOUT = 256
"""Leaves in a run of level 1, and runs of one level in a run of the next."""


class ProofError(ValueError):
    """A proof that does not show what it was offered to show."""


@dataclass(frozen=True, slots=True)
class Peaks:
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


def verify_inclusion(
    index: int, size: int, leaf_hash: bytes, proof: Sequence[bytes], root: bytes
) -> None:
    """Check that a leaf is in a tree (RFC 9162 section 2.1.3.2).

    The size and the root must come from one checkpoint: a path can have the same shape in trees of
    two sizes, so that a false size beside a true root is not always seen here.

    Args:
        index: The leaf's place, counted from 0.
        size: The number of leaves in the tree.
        leaf_hash: The leaf, hashed by the caller from the bytes it stands for.
        proof: The siblings on the way up, the lowest first.
        root: The root of the tree.

    Raises:
        ProofError: The proof does not show it.
    """
    _check_hashes(leaf_hash, root, proof)
    if not 0 <= index < size:
        raise ProofError(f"there is no leaf {index} in a tree of {size}")
    joined = leaf_hash
    for on_left, sibling in _climb(index, size - 1, proof):
        joined = node_hash(sibling, joined) if on_left else node_hash(joined, sibling)
    if joined != root:
        raise ProofError(f"the proof of leaf {index} leads to another root than this tree's")


def verify_consistency(
    size1: int, size2: int, root1: bytes, root2: bytes, proof: Sequence[bytes]
) -> None:
    """Check that a tree only grew: its first `size1` leaves are unchanged (RFC 9162 2.1.4.2).

    A first size of 0 is refused, since every tree extends the empty one and a proof of that shows
    nothing. Each size must come from the same checkpoint as its root, as for `verify_inclusion`.

    Raises:
        ProofError: The proof does not show it.
    """
    if not 1 <= size1 <= size2:
        raise ProofError(f"a tree of {size1} cannot be shown to have grown into one of {size2}")
    if size1 == size2:
        _check_same(size1, root1, root2, proof)
        return
    _check_hashes(root1, root2, proof)
    if not proof:
        raise ProofError(f"an empty proof cannot show growth from {size1} to {size2}")
    joined1, joined2 = _rejoin(size1, size2, root1, proof)
    if joined1 != root1:
        raise ProofError(f"the proof leads to another root than the one given for size {size1}")
    if joined2 != root2:
        raise ProofError(f"the proof leads to another root than the one given for size {size2}")


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


def _check_hashes(first: bytes, second: bytes, proof: Sequence[bytes]) -> None:
    """Refuse any hash of another length.

    Otherwise bytes could be moved across the border of two siblings and hash to the same node.
    """
    if any(len(one) != HASH_BYTES for one in chain((first, second), proof)):
        raise ProofError(f"a hash in the proof is not {HASH_BYTES} bytes long")


def _climb(node: int, last: int, proof: Iterable[bytes]) -> Iterator[tuple[bool, bytes]]:
    """Each sibling from a node to the root, and whether it stands on the node's left.

    `node` and `last` are fn and sn of RFC 9162: the place of the node and of the last one, on the
    node's level.
    """
    for sibling in proof:
        if last == 0:
            raise ProofError("the proof goes on above the root")
        on_left = bool(node & 1) or node == last
        yield on_left, sibling
        if on_left:
            # The last node of a level may have no sibling there: it rises until it has one.
            node, last = _skip(node, last, odd=False)
        node, last = node >> 1, last >> 1
    if last:
        raise ProofError("the proof ends below the root")


def _skip(node: int, last: int, *, odd: bool) -> tuple[int, int]:
    """Rise while the node is a right child (`odd`), or a left child other than the first."""
    while node and bool(node & 1) == odd:
        node, last = node >> 1, last >> 1
    return node, last


def _check_same(size: int, root1: bytes, root2: bytes, proof: Sequence[bytes]) -> None:
    """Two trees of one size: they must be the same, and nothing is left to prove."""
    if root1 != root2:
        raise ProofError(f"two different roots are given for one size, {size}")
    if proof:
        raise ProofError("two trees of one size need no proof, and one is given")


def _rejoin(size1: int, size2: int, root1: bytes, proof: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The roots of both trees as a consistency proof builds them up."""
    # A perfect first tree is itself the first node of the proof, and so is left out of it.
    start, *path = (root1, *proof) if size1.bit_count() == 1 else proof
    joined1 = joined2 = start
    for on_left, sibling in _climb(*_skip(size1 - 1, size2 - 1, odd=True), path):
        if on_left:
            joined1, joined2 = node_hash(sibling, joined1), node_hash(sibling, joined2)
        else:
            joined2 = node_hash(joined2, sibling)
    return joined1, joined2
