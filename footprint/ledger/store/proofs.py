"""Audit paths from what a ledger stores: its leaves, and the roots of complete runs.

At a million entries a path reads a few thousand rows at the most. What is found rests on stored
hashes, which a verifier would not believe: it is held against the signed root before it is given
out, so that a ledger that was tampered with gives out nothing instead of a proof that fails.
"""

from __future__ import annotations

from footprint.engine.connection import Connection
from footprint.errors import Refused
from footprint.proof.checkpoint import Checkpoint
from footprint.proof.paths import (
    Part,
    ProofError,
    consistency,
    inclusion,
    range_root,
    verify_consistency,
    verify_inclusion,
)
from footprint.proof.tree import EMPTY_ROOT, FANOUT, run_root

_BITS = FANOUT.bit_length() - 1


def stored_parts(connection: Connection) -> Part:
    """The perfect parts of a ledger's tree, by what is stored.

    Raises:
        Refused: when it is called: hashes are missing.
    """

    def part(height: int, nth: int) -> bytes:
        level, rest = divmod(height, _BITS)
        count = 1 << rest
        hashes = _hashes(connection, level, nth * count, count)
        if len(hashes) != count:
            raise _broken(f"{count - len(hashes)} of its stored hashes are missing")
        return run_root(hashes)

    return part


def _hashes(connection: Connection, level: int, first: int, count: int) -> list[bytes]:
    """Leaves (level 0) or roots of runs, in order from the one at `first`, counted from 0."""
    query = (
        "SELECT leaf FROM event WHERE position > :first ORDER BY position LIMIT :count"
        if level == 0
        else "SELECT hash FROM subtree WHERE level = :level AND nth >= :first"
        " ORDER BY nth LIMIT :count"
    )
    rows = connection.execute(query, {"level": level, "first": first, "count": count})
    hashes = [one for (one,) in rows]
    if any(type(one) is not bytes for one in hashes):
        raise _broken("one of its stored hashes is of another type")
    return hashes


def stored_root(connection: Connection, size: int) -> bytes:
    """The root that the stored hashes give the first `size` entries."""
    return range_root(0, size, stored_parts(connection)) if size else EMPTY_ROOT


def inclusion_proof(
    connection: Connection, position: int, leaf: bytes, tree: Checkpoint
) -> list[bytes]:
    """The path of the entry at a position, whose leaf was hashed from its bytes.

    Raises:
        Refused: what is stored does not lead to the tree's root.
    """
    path = inclusion(position - 1, tree.size, stored_parts(connection))
    try:
        verify_inclusion(position - 1, tree.size, leaf, path, tree.root)
    except ProofError as error:
        raise _broken(str(error)) from error
    return path


def consistency_proof(connection: Connection, old: Checkpoint, tree: Checkpoint) -> list[bytes]:
    """The proof that `tree` extends `old`; empty where that is the empty tree.

    Raises:
        Refused: it does not, by what is stored.
    """
    if old.size == 0:
        return []
    if old.size > tree.size:
        raise _broken(f"a tree of {tree.size} entries cannot extend one of {old.size}")
    path = consistency(old.size, tree.size, stored_parts(connection))
    try:
        verify_consistency(old.size, tree.size, old.root, tree.root, path)
    except ProofError as error:
        raise _broken(str(error)) from error
    return path


def _broken(why: str) -> Refused:
    return Refused(
        f"The ledger cannot prove what it signed: {why}.",
        "Nothing was given out. Find out what happened: footprint verify.",
    )
