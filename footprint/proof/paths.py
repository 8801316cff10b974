"""Audit paths of RFC 6962 section 2.1.1 and 2.1.2: find them, and hold them against a root.

To find one takes any perfect part of the tree by its place, `Part`; what was found is held against
roots alone, and nothing else is believed.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain

from footprint.proof.tree import HASH_BYTES, node_hash

Part = Callable[[int, int], bytes]
"""The root of 2^height leaves, by height and nth: leaf nth * 2^height is the first of them."""


class ProofError(ValueError):
    """A proof that does not show what it was offered to show."""


def inclusion(index: int, size: int, part: Part) -> list[bytes]:
    """The path of a leaf in a tree: the siblings on the way up, the lowest first.

    Raises:
        ValueError: there is no such leaf in a tree of that size.
    """
    if not 0 <= index < size:
        raise ValueError(f"there is no leaf {index} in a tree of {size}")
    return [range_root(first, end, part) for first, end in _siblings(index, index + 1, size)]


def consistency(size1: int, size2: int, part: Part) -> list[bytes]:
    """The proof that a tree of `size1` leaves grew into one of `size2`.

    Raises:
        ValueError: the first is empty or larger than the second.
    """
    if not 1 <= size1 <= size2:
        raise ValueError(f"a tree of {size1} cannot have grown into one of {size2}")
    if size1 == size2:
        return []
    # The last peak of the first tree is where both trees are joined from.
    start = size1 - (size1 & -size1)
    own = [] if start == 0 else [(start, size1)]
    parts = chain(own, _siblings(start, size1, size2))
    return [range_root(first, end, part) for first, end in parts]


def range_root(first: int, end: int, part: Part) -> bytes:
    """The root over the leaves from `first` to before `end`, a subtree of RFC 6962's tree."""
    joined = b""
    for height, nth in reversed(list(_peaks(first, end))):
        peak = part(height, nth)
        joined = node_hash(peak, joined) if joined else peak
    return joined


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


def _peaks(first: int, end: int) -> Iterator[tuple[int, int]]:
    """The perfect parts of a range, the largest first: (height, nth)."""
    while first < end:
        height = (end - first).bit_length() - 1
        yield height, first >> height
        first += 1 << height


def _siblings(first: int, end: int, size: int) -> Iterator[tuple[int, int]]:
    """The ranges beside a part of the tree on its way to the root, the lowest first."""
    beside = []
    low, high = 0, size
    while (low, high) != (first, end):
        # RFC 6962 splits at the largest power of two below the number of leaves.
        middle = low + (1 << (high - low - 1).bit_length() - 1)
        if first < middle:
            beside.append((middle, high))
            high = middle
        else:
            beside.append((low, middle))
            low = middle
    return reversed(beside)


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
