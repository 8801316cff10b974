"""The Merkle tree against published vectors and against the RFC's own recursive definition."""

import json
from base64 import b64decode
from contextlib import nullcontext
from functools import cache
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from footprint.proof import paths, tree

VECTORS = Path(__file__).parent.parent / "vectors"
PUBLISHED = json.loads((VECTORS / "tree_and_notes.json").read_text(encoding="utf-8"))
PROBES = json.loads((VECTORS / "merkle_proof_probes.json").read_text(encoding="utf-8"))

ODD_SIZES = {*range(10), *range(255, 261), 511, 512, 513, *range(65535, 65538)}
LEAVES = tuple(tree.leaf_hash(str(index).encode()) for index in range(70))


def naive_root(leaves: tuple[bytes, ...]) -> bytes:
    """MTH of RFC 6962 section 2.1, over leaves that are hashed already."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256(b"").digest()
    split = naive_split(len(leaves))
    joined = naive_root(leaves[:split]) + naive_root(leaves[split:])
    return sha256(b"\x01" + joined).digest()


def naive_split(size: int) -> int:
    """The largest power of two below the size."""
    return 1 << (size - 1).bit_length() - 1


def naive_inclusion(index: int, leaves: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """PATH of RFC 6962 section 2.1.1."""
    if len(leaves) == 1:
        return ()
    split = naive_split(len(leaves))
    left, right = leaves[:split], leaves[split:]
    if index < split:
        return (*naive_inclusion(index, left), naive_root(right))
    return (*naive_inclusion(index - split, right), naive_root(left))


def naive_consistency(size: int, leaves: tuple[bytes, ...], *, whole: bool) -> tuple[bytes, ...]:
    """SUBPROOF of RFC 6962 section 2.1.2; `whole` while the first tree is still in one piece."""
    if size == len(leaves):
        return () if whole else (naive_root(leaves),)
    split = naive_split(len(leaves))
    left, right = leaves[:split], leaves[split:]
    if size <= split:
        return (*naive_consistency(size, left, whole=whole), naive_root(right))
    return (*naive_consistency(size - split, right, whole=False), naive_root(left))


class Inclusion(NamedTuple):
    """The arguments of `verify_inclusion`, in their order."""

    place: int
    size: int
    leaf_hash: bytes
    proof: tuple[bytes, ...]
    root: bytes


class Consistency(NamedTuple):
    """The arguments of `verify_consistency`."""

    size1: int
    size2: int
    root1: bytes
    root2: bytes
    proof: tuple[bytes, ...]


def part(height: int, nth: int) -> bytes:
    """A perfect part of the tree of `LEAVES`, as whoever finds a path is given it."""
    return naive_root(LEAVES[nth << height : (nth + 1) << height])


@cache
def _equal(height: int) -> bytes:
    return tree.node_hash(_equal(height - 1), _equal(height - 1)) if height else bytes(32)


def equal_part(height: int, _nth: int) -> bytes:
    """A perfect part of a tree whose leaves are all the same."""
    return _equal(height)


def inclusion(index: int, size: int) -> Inclusion:
    leaves = LEAVES[:size]
    path = naive_inclusion(index, leaves)
    return Inclusion(index, size, leaves[index], path, naive_root(leaves))


def consistency(size1: int, size2: int) -> Consistency:
    roots = naive_root(LEAVES[:size1]), naive_root(LEAVES[:size2])
    return Consistency(size1, size2, *roots, naive_consistency(size1, LEAVES[:size2], whole=True))


@st.composite
def inclusions(draw: st.DrawFn) -> Inclusion:
    size = draw(st.integers(1, len(LEAVES)))
    return inclusion(draw(st.integers(0, size - 1)), size)


@st.composite
def consistencies(draw: st.DrawFn) -> Consistency:
    size2 = draw(st.integers(1, len(LEAVES)))
    return consistency(draw(st.integers(1, size2)), size2)


@st.composite
def flipped(draw: st.DrawFn, value: bytes) -> bytes:
    bit = draw(st.integers(0, len(value) * 8 - 1))
    return (int.from_bytes(value) ^ 1 << bit).to_bytes(len(value))


@st.composite
def spoiled(draw: st.DrawFn, proof: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """A proof with a bit flipped, a hash dropped, cut or lengthened, or one hash too many."""
    at = draw(st.integers(0, len(proof)))
    hashes = st.one_of(st.sampled_from(LEAVES + proof), st.binary(min_size=32, max_size=32))
    if at == len(proof) or draw(st.booleans()):
        return (*proof[:at], draw(hashes), *proof[at:])
    one, rest = proof[at], proof[at + 1 :]
    changed = draw(st.sampled_from([(draw(flipped(one)),), (), (one[:-1],), (one + b"\x00",)]))
    return (*proof[:at], *changed, *rest)


def decoded(proof: list[str] | None) -> list[bytes]:
    return [b64decode(one) for one in proof or []]


@pytest.mark.parametrize("size", range(9))
def test_published_roots(size: int) -> None:
    """The reference tree has its published root at every size."""
    leaves = [tree.leaf_hash(bytes.fromhex(leaf)) for leaf in PUBLISHED["tree_leaves_hex"]]
    expected = bytes.fromhex(PUBLISHED["tree_roots_hex_by_size"][str(size)])
    assert tree.root(tree.extend_all(tree.EMPTY, leaves[:size])) == expected
    assert naive_root(tuple(leaves[:size])) == expected


def test_published_hashes() -> None:
    """A leaf and a node hash as published, under prefixes that tell them apart."""
    [(leaf, expected)] = PUBLISHED["leaf_hash_hex"].items()
    assert tree.leaf_hash(leaf.encode()).hex() == expected
    node = PUBLISHED["node_hash_hex"]
    assert tree.node_hash(node["left"].encode(), node["right"].encode()).hex() == node["hash"]


def test_published_proofs() -> None:
    """The published inclusion and consistency proofs of the reference tree verify."""
    roots = [bytes.fromhex(one) for one in PUBLISHED["tree_roots_hex_by_size"].values()]
    leaf = tree.leaf_hash(bytes.fromhex(PUBLISHED["tree_leaves_hex"][5]))
    paths.verify_inclusion(5, 8, leaf, decoded(PUBLISHED["inclusion_index5_size8_b64"]), roots[8])
    for size1, size2 in ((6, 8), (2, 5)):
        proof = decoded(PUBLISHED[f"consistency_{size1}_to_{size2}_b64"])
        paths.verify_consistency(size1, size2, roots[size1], roots[size2], proof)


@pytest.mark.parametrize("probe", PROBES["inclusion"], ids=lambda probe: probe["case"])
def test_inclusion_probe(probe: dict[str, Any]) -> None:
    """Each published inclusion probe is accepted or refused as its authors say."""
    leaf, root = b64decode(probe["leafHash"]), b64decode(probe["root"])
    claim = (probe["leafIdx"], probe["treeSize"], leaf, decoded(probe["proof"]), root)
    with pytest.raises(paths.ProofError) if probe["wantErr"] else nullcontext():
        paths.verify_inclusion(*claim)


@pytest.mark.parametrize("probe", PROBES["consistency"], ids=lambda probe: probe["case"])
def test_consistency_probe(probe: dict[str, Any]) -> None:
    """Each published consistency probe is accepted or refused as its authors say."""
    roots = b64decode(probe["root1"]), b64decode(probe["root2"])
    claim = (probe["size1"], probe["size2"], *roots, decoded(probe["proof"]))
    with pytest.raises(paths.ProofError) if probe["wantErr"] else nullcontext():
        paths.verify_consistency(*claim)


def test_peaks_across_the_boundaries() -> None:
    """One leaf at a time, all at once and the RFC's recursion agree around 256 and 65,536."""
    leaves = tuple(tree.leaf_hash(index.to_bytes(4)) for index in range(max(ODD_SIZES)))
    grown = tree.EMPTY
    for size in range(len(leaves) + 1):
        if size in ODD_SIZES:
            assert tree.extend_all(tree.EMPTY, leaves[:size]) == grown
            assert tree.root(grown) == naive_root(leaves[:size])
        if size < len(leaves):
            grown = tree.extend(grown, leaves[size])


@given(cuts=st.lists(st.integers(0, 700), max_size=4))
@settings(deadline=None)
def test_extend_all_in_parts(cuts: list[int]) -> None:
    """Adding leaves in any parts, from any size, gives the peaks of adding them all at once."""
    supply = iter(leaves := [tree.leaf_hash(index.to_bytes(4)) for index in range(sum(cuts))])
    grown = tree.EMPTY
    for cut in cuts:
        grown = tree.extend_all(grown, islice(supply, cut))
    assert grown == tree.extend_all(tree.EMPTY, leaves)
    assert tree.checked_peaks(grown.size, list(grown.hashes)) == grown


@pytest.mark.parametrize(
    ("size", "hashes", "words"),
    [
        (-1, [bytes(32)], "cannot have -1 leaves"),
        (3, [bytes(32)], "has 2 peaks, not 1"),
        (0, [bytes(32)], "has 0 peaks, not 1"),
        (1, [bytes(31)], "not 32 bytes long"),
    ],
)
def test_peaks_that_cannot_be(size: int, hashes: list[bytes], words: str) -> None:
    """Peaks from outside that no tree of that size has are refused."""
    with pytest.raises(ValueError, match=words):
        tree.checked_peaks(size, hashes)


def test_run_root() -> None:
    """The root of a perfect run is the root of the tree of its hashes."""
    assert all(tree.run_root(LEAVES[:size]) == naive_root(LEAVES[:size]) for size in (1, 2, 4, 64))


@pytest.mark.parametrize("size", [0, 3, 6, 63])
def test_run_that_is_not_perfect(size: int) -> None:
    """A run whose length is not a power of two has no root of its own."""
    with pytest.raises(ValueError, match=f"not {size}"):
        tree.run_root(LEAVES[:size])


def test_completed_runs() -> None:
    """Each leaf that crosses a boundary completes its runs, the lowest level first."""
    assert [size for size in range(1025) if list(tree.completed_runs(size))] == [
        256,
        512,
        768,
        1024,
    ]
    assert list(tree.completed_runs(65536)) == [(1, 255), (2, 0)]
    assert list(tree.completed_runs(2 * 65536 + 256)) == [(1, 512)]
    assert list(tree.completed_runs(256**3)) == [(1, 65535), (2, 255), (3, 0)]


@given(claim=inclusions())
def test_inclusion(claim: Inclusion) -> None:
    """A proof made by the RFC's recursion verifies for every leaf of every size, and is found."""
    paths.verify_inclusion(*claim)
    assert tuple(paths.inclusion(claim.place, claim.size, part)) == claim.proof


@given(claim=consistencies())
def test_consistency(claim: Consistency) -> None:
    """A proof made by the RFC's recursion verifies for every pair of sizes, and is found."""
    paths.verify_consistency(*claim)
    assert tuple(paths.consistency(claim.size1, claim.size2, part)) == claim.proof


@given(sizes=st.tuples(st.integers(1, 2**62), st.integers(1, 2**62)).map(sorted), data=st.data())
def test_paths_in_a_tree_of_any_size(sizes: list[int], data: st.DataObject) -> None:
    """In a tree of equal leaves, of up to 2^62 of them, what is found verifies."""
    size1, size2 = sizes
    root1, root2 = (paths.range_root(0, size, equal_part) for size in sizes)
    paths.verify_consistency(
        size1, size2, root1, root2, paths.consistency(size1, size2, equal_part)
    )
    index = data.draw(st.integers(0, size2 - 1))
    found = paths.inclusion(index, size2, equal_part)
    paths.verify_inclusion(index, size2, equal_part(0, index), found, root2)


@pytest.mark.parametrize("sizes", [(0, 0), (0, 5), (6, 5), (-1, 5)])
def test_no_path_where_there_is_none(sizes: tuple[int, int]) -> None:
    """Nothing is proved of an empty tree, of a smaller one, or of a leaf that is not there."""
    with pytest.raises(ValueError, match="cannot have grown"):
        paths.consistency(*sizes, part)
    size, index = sorted(sizes)
    with pytest.raises(ValueError, match="no leaf"):
        paths.inclusion(index, size, part)


@settings(deadline=None)
@given(claim=inclusions(), data=st.data())
def test_inclusion_spoiled(claim: Inclusion, data: st.DataObject) -> None:
    """Any change to the proof, the leaf or the root, or another index or tree, is refused."""
    other = data.draw(st.integers(claim.place + 1, 100) | st.integers(-100, claim.place - 1))
    size = data.draw(st.integers(0, len(LEAVES)))
    assume(size != claim.size)
    for wrong in (
        {"proof": data.draw(spoiled(claim.proof))},
        {"leaf_hash": data.draw(flipped(claim.leaf_hash))},
        {"root": data.draw(flipped(claim.root))},
        {"place": other},
        {"size": size, "root": naive_root(LEAVES[:size])},
    ):
        with pytest.raises(paths.ProofError):
            paths.verify_inclusion(*claim._replace(**wrong))


@settings(deadline=None)
@given(claim=consistencies(), data=st.data())
def test_consistency_spoiled(claim: Consistency, data: st.DataObject) -> None:
    """Any change to the proof or to a root, or another tree at either end, is refused."""
    size = data.draw(st.integers(0, len(LEAVES)))
    assume(size not in {claim.size1, claim.size2})
    root = naive_root(LEAVES[:size])
    for wrong in (
        {"proof": data.draw(spoiled(claim.proof))},
        {"root1": data.draw(flipped(claim.root1))},
        {"root2": data.draw(flipped(claim.root2))},
        {"size1": size, "root1": root},
        {"size2": size, "root2": root},
    ):
        with pytest.raises(paths.ProofError):
            paths.verify_consistency(*claim._replace(**wrong))


def test_node_offered_as_a_leaf() -> None:
    """A node passes for a leaf neither by its hash nor by the bytes it is the hash of."""
    proof, root = [naive_root(LEAVES[2:4])], naive_root(LEAVES[:4])
    with pytest.raises(paths.ProofError, match="below the root"):
        paths.verify_inclusion(0, 4, naive_root(LEAVES[:2]), proof, root)
    with pytest.raises(paths.ProofError, match="another root"):
        paths.verify_inclusion(0, 2, tree.leaf_hash(LEAVES[0] + LEAVES[1]), proof, root)


def test_border_of_two_hashes_moved() -> None:
    """A byte moved from one sibling to the other hashes alike, and is refused for its length."""
    joined = LEAVES[0] + LEAVES[1]
    assert tree.node_hash(joined[:31], joined[31:]) == naive_root(LEAVES[:2])
    with pytest.raises(paths.ProofError, match="32 bytes"):
        paths.verify_inclusion(0, 2, joined[:31], [joined[31:]], naive_root(LEAVES[:2]))
    with pytest.raises(paths.ProofError, match="32 bytes"):
        paths.verify_consistency(1, 2, joined[:31], naive_root(LEAVES[:2]), [joined[31:]])
