"""The entries of a bundle, and the words given out with them: what is wrong with each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from footprint.audit.entry import words_wrong
from footprint.audit.verdict import Contradicts
from footprint.domain.entry import Entry
from footprint.domain.events import EntryCorrected
from footprint.domain.reference import shown
from footprint.evidence.leaf import Leaf
from footprint.evidence.vouching import Signed
from footprint.ledger.store.codec import Unreadable, check_correction, decode_words
from footprint.ledger.store.sealing import is_locked
from footprint.proof.lines import NoteError
from footprint.proof.logged import parse_proof
from footprint.proof.paths import ProofError, verify_inclusion
from footprint.proof.tree import leaf_hash


class Wrong(NamedTuple):
    """One thing that is wrong with an entry: what kind, in a sentence, against which checkpoint."""

    what: str
    message: str
    contradicts: Contradicts | None = None


class Among(NamedTuple):
    """Where an entry has to stand: in which thread, as which of its entries, behind which others.

    `topics` are those of the entries before it, by position; `recorded_at` is that of the last.
    """

    stream: str
    version: int
    topics: Mapping[int, str]
    recorded_at: str


def misplaced(leaf: Leaf, among: Among) -> Iterator[Wrong]:
    """What is wrong with an entry's place among the others, by what its leaf says of it."""
    if leaf.stream != among.stream:
        theirs, own = shown(leaf.stream), shown(among.stream)
        yield Wrong("stream", f"it is of {theirs}, and the bundle of {own}")
    if leaf.version != among.version:
        is_it, expected = leaf.version, among.version
        yield Wrong("versions", f"it is entry {is_it} of its thread, and should be {expected}")
    if leaf.entry is not None:
        yield from _untimely(leaf.entry, among)


def _untimely(entry: Entry, among: Among) -> Iterator[Wrong]:
    """It was not recorded before the others, and corrects one of them."""
    if entry.recorded_at < among.recorded_at:
        at, before = entry.recorded_at, among.recorded_at
        yield Wrong("time", f"it was recorded at {at}, and an entry before it at {before}")
    if isinstance(entry.event, EntryCorrected):
        yield from _uncorrecting(entry.event, among.topics)


def _uncorrecting(event: EntryCorrected, topics: Mapping[int, str]) -> Iterator[Wrong]:
    """New facts are for an earlier entry of the thread, and such as it may have."""
    if event.corrects not in topics:
        yield Wrong("correction", f"it corrects entry {event.corrects}, which is not before it")
        return
    try:
        check_correction(topics[event.corrects], event.facts)
    except Unreadable as error:
        yield Wrong("correction", str(error))


def unproved(position: int, leaf: bytes, proof: bytes, signed: Signed) -> Iterator[Wrong]:
    """What is wrong with a proof that this leaf is at this position of the tree."""
    try:
        logged = parse_proof(proof)
    except NoteError as error:
        yield Wrong("proof", f"its proof is none: {error}")
        return
    if logged.index != position - 1:
        yield Wrong(
            "proof", f"its proof is of leaf {logged.index}, and should be of {position - 1}"
        )
    if logged.signed != signed.data:
        yield Wrong("proof", "its proof is against another checkpoint than the bundle's")
    tree = signed.checkpoint
    try:
        verify_inclusion(position - 1, tree.size, leaf_hash(leaf), logged.path, tree.root)
    except ProofError as error:
        message = f"it is not what {signed.name} has there: {error}"
        yield Wrong("proof", message, Contradicts(against=signed.name, expected=tree.root.hex()))


def unspoken(entry: Entry, words: Any, salt: Any, child: str = "") -> str:
    """What is wrong with words: they have to be those that the entry committed to.

    `child` is the case number in those before, empty where there are none.
    """
    if entry.words is None:
        return "there are words for it, and it committed to none"
    if wrong := words_wrong(entry, salt, words):
        return wrong
    if is_locked(words):
        return "its words are locked, and cannot be read"
    number = _case_number(words)
    if number is None:
        return ""  # recorded after a redaction of the whole thread, when it had none any more
    if not number:
        return "its words have no case number"
    return "" if number == (child or number) else "its words have another case number than others"


def _case_number(words: bytes) -> str | None:
    """The case number in words; None where they have none, empty where they cannot be read."""
    try:
        return decode_words(words).get("child")
    except Unreadable:
        return ""
