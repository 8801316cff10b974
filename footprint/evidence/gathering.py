"""What a ledger gives as evidence of one thread, proved before it is given out.

What is stored is not believed: paths are held against the signed root, notes against the keys that
the ledger names, and words against their commitments.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from footprint.audit.verdict import harmless
from footprint.audit.vouchers import Voucher
from footprint.domain.corrections import corrected_entries
from footprint.domain.entry import Entry, Words
from footprint.domain.privileged import privileged_in
from footprint.domain.redactions import silenced
from footprint.domain.reference import is_thread, shown
from footprint.errors import Misused, NotFound, Refused
from footprint.evidence.entries import Among, misplaced, unspoken
from footprint.evidence.leaf import LeafError, leaf_bytes, read_leaf
from footprint.ledger.checkpoints.naming import named_keys
from footprint.ledger.ledger import Ledger
from footprint.ledger.store import queries
from footprint.ledger.store.codec import decode, decode_words
from footprint.ledger.store.proofs import consistency_proof, inclusion_proof, stored_root
from footprint.ledger.withheld import must_have_words
from footprint.proof import note as notes
from footprint.proof.checkpoint import Checkpoint, parse_checkpoint
from footprint.proof.cosigned import Cosignature, lines_of, witnessed_at
from footprint.proof.key import Verifier
from footprint.proof.lines import NoteError
from footprint.proof.logged import proof_text
from footprint.proof.policy import Policy
from footprint.proof.request import request_text
from footprint.proof.tree import leaf_hash

_NOTHING = "Nothing was given out. Find out what happened: footprint verify."


class NotSigned(Refused):
    """No entry of a thread, of so many, is signed yet: that is done apart, and later."""

    def __init__(self, stream: str, count: int) -> None:
        super().__init__(
            f"No entry of {shown(stream)} is signed yet: nothing would be proved of it.",
            "Have it signed, and try again: footprint checkpoint.",
        )
        self.count = count


@dataclass(frozen=True, kw_only=True)
class Note:
    """A signed checkpoint as it is stored, and the trusted witnesses' lines on it.

    `unknown` is how many other lines are on it beside the ledger's own.
    """

    text: str
    checkpoint: Checkpoint
    lines: tuple[Cosignature, ...]
    unknown: int
    witnessed_at: int | None


@dataclass(frozen=True, kw_only=True)
class Item:
    """One entry with its proof; `sealed` are its salt and words, where they are given out."""

    entry: Entry
    leaf: bytes
    proof: str
    sealed: tuple[bytes, bytes] | None = None


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What is given out of one thread.

    `old` is the size that `consistency`, a request body, leads from. `with_words` is whether words
    were asked for; `legal_advice` and `redacted` are the entries that have words and are given
    without them all the same, because they are marked as legal advice, or were redacted.
    `newer` is how many entries of it are not signed yet, and so not given out. `proceedings` is
    whether the thread is marked as having court proceedings.
    """

    authority: str
    origin: str
    stream: str
    note: Note
    items: tuple[Item, ...]
    old: int = 0
    consistency: str = ""
    with_words: bool = False
    legal_advice: tuple[int, ...] = ()
    redacted: tuple[int, ...] = ()
    newer: int = 0
    proceedings: bool = False

    @property
    def ref(self) -> str:
        return shown(self.stream)

    @property
    def entries(self) -> list[Entry]:
        return [item.entry for item in self.items]

    @property
    def words(self) -> dict[int, Words]:
        """The words that are given out, by position."""
        return {i.entry.position: decode_words(i.sealed[1]) for i in self.items if i.sealed}


@contextmanager
def snapshot(ledger: Ledger) -> Iterator[None]:
    """All that is read is of one moment, however many others write."""
    with ledger.connection.one_moment():
        yield


def gather(ledger: Ledger, stream: str, trust: Policy, kept: Voucher | None = None) -> Evidence:
    """The evidence of a thread, without words.

    Args:
        ledger: open to read.
        stream: the thread.
        trust: which witnesses are known here.
        kept: a checkpoint that the receiver holds.

    Raises:
        NotFound: there is no such thread.
        Refused: no checkpoint covers the thread, or what is stored does not prove what was signed.
        Misused: the kept checkpoint is of another ledger, or of no entries.
    """
    there = _rows(ledger, stream)
    rows = _signed(ledger, there)
    opened = ledger.opened
    if kept is not None:
        _check_kept(kept, opened.origin)
    least = max(rows[-1][0], kept.size if kept else 0)
    note = _checkpoint(ledger, least, trust, kept)
    items = tuple(_item(ledger, row, note) for row in rows)
    _check_items(stream, items)
    evidence = Evidence(
        authority=opened.authority,
        origin=opened.origin,
        stream=stream,
        note=note,
        items=items,
        proceedings=_proceedings([item.entry for item in items]),
        redacted=silenced([decode(*row) for row in there]),
        newer=len(there) - len(rows),
    )
    return _grown_from(ledger, evidence, kept) if kept else evidence


def _rows(ledger: Ledger, stream: str) -> list[queries.Row]:
    rows = queries.rows_of(ledger.connection, stream)
    if not rows or not is_thread(stream):
        raise NotFound(f"There is no thread {shown(stream)} in this ledger.")
    for position, *columns in rows:
        if [*map(type, columns)] != [str, int, str, bytes]:
            raise _changed(position, "a column holds a value of another type")
    return rows


def _signed(ledger: Ledger, rows: list[queries.Row]) -> list[queries.Row]:
    """Those that are signed, where that is done apart: others may have recorded a moment ago.

    Raises:
        NotSigned: none of them is.
    """
    if not ledger.connection.signs_apart:
        return rows
    size = (ledger.head() or (0, ""))[0]
    signed = [row for row in rows if row[0] <= size]
    if not signed:
        raise NotSigned(rows[0][1], len(rows))
    return signed


def _item(ledger: Ledger, row: queries.Row, note: Note) -> Item:
    position, stream, version, topic, state = row
    leaf = leaf_bytes(stream, version, topic, state)
    tree = note.checkpoint
    path = inclusion_proof(ledger.connection, position, leaf_hash(leaf), tree)
    proof = proof_text(position - 1, path, note.text)
    return Item(entry=decode(*row), leaf=leaf, proof=proof)


def _check_items(stream: str, items: Sequence[Item]) -> None:
    """Each entry is such as a verifier takes it. Raises `Refused`."""
    topics: dict[int, str] = {}
    recorded_at = ""
    for version, item in enumerate(items, 1):
        entry = item.entry
        try:
            read = read_leaf(entry.position, item.leaf)
        except LeafError as error:
            raise _changed(entry.position, str(error)) from error
        for wrong in misplaced(read, Among(stream, version, topics, recorded_at)):
            raise _changed(entry.position, wrong.message)
        topics[entry.position], recorded_at = entry.topic, entry.recorded_at


def _changed(position: int, why: str) -> Refused:
    return Refused(
        f"Entry {position} was changed: {harmless(why)}.",
        _NOTHING,
    )


# --- the checkpoint ---------------------------------------------------------------------------


def _checkpoint(ledger: Ledger, least: int, trust: Policy, kept: Voucher | None) -> Note:
    """The newest that a quorum of those trusted has cosigned; else the one with most lines."""
    stored = queries.notes_from(ledger.connection, least)
    if not stored:
        raise _not_covered(ledger, least, kept)
    keys = named_keys(ledger)
    return max((_read(size, text, ledger, keys, trust) for size, text in stored), key=_worth)


def _worth(note: Note) -> tuple[bool, int, int, int]:
    witnessed = note.witnessed_at is not None
    lines = len(note.lines) + note.unknown
    return witnessed, 0 if witnessed else lines, note.checkpoint.size, lines


def _read(size: int, text: str, ledger: Ledger, keys: Sequence[Verifier], trust: Policy) -> Note:
    """A stored note, if it is what it should be. Raises `Refused`."""
    try:
        note = notes.parse(text if type(text) is str else b"")
        checkpoint = parse_checkpoint(note.text)
        good = notes.verified_by(note, dict.fromkeys((*keys, *trust.witness_keys)))
    except NoteError as error:
        raise _altered(str(error)) from error
    if (checkpoint.origin, checkpoint.size) != (ledger.opened.origin, size):
        raise _altered("it is of another ledger, or of another size")
    own, lines = {*good} & {*keys}, lines_of(note, good)
    if not own:
        raise _altered("it is not signed by the ledger's key")
    return Note(
        text=text,
        checkpoint=checkpoint,
        lines=lines,
        unknown=len(note.signatures) - len(lines) - len(own),
        witnessed_at=witnessed_at(lines, trust),
    )


def _altered(why: str) -> Refused:
    return Refused(
        f"A checkpoint that is stored here was altered: {why}.",
        _NOTHING,
    )


def _not_covered(ledger: Ledger, least: int, kept: Voucher | None) -> Refused:
    size = (ledger.head() or (0, ""))[0]
    if kept and kept.size == least:
        return Refused(
            f"{_sentence(kept.name)} is of {kept.size} entries, and {size} are signed here: an"
            " older copy was put back, or that is another ledger.",
            _NOTHING,
        )
    return Refused(
        f"Entry {least} is above the signed head, of {size} entries.",
        _NOTHING,
    )


# --- a checkpoint that the receiver holds -----------------------------------------------------


def _check_kept(kept: Voucher, origin: str) -> None:
    if kept.origin != origin:
        raise Misused(
            f"{_sentence(kept.name)} is of {kept.origin}, and this ledger is {origin}.",
            "Give the receiver's checkpoint of this ledger.",
        )
    if not kept.size:
        raise Misused(f"{_sentence(kept.name)} is of no entries: nothing can be compared with it.")


def _grown_from(ledger: Ledger, evidence: Evidence, kept: Voucher) -> Evidence:
    """The evidence with the proof that its tree extends the kept one.

    Raises:
        Refused: it does not: they contradict each other.
    """
    new = evidence.note.checkpoint
    if stored_root(ledger.connection, kept.size) != kept.root:
        raise Refused(
            f"{_sentence(kept.name)} does not fit this ledger: an entry between 1 and {kept.size}"
            " was changed, dropped or slipped in since.",
            "Nothing was given out. Find out what happened: footprint verify --against FILE.",
        )
    if kept.size == new.size:
        return evidence
    old = Checkpoint(new.origin, kept.size, kept.root)
    proof = consistency_proof(ledger.connection, old, new)
    body = request_text(kept.size, proof, evidence.note.text)
    return replace(evidence, old=kept.size, consistency=body)


def _sentence(name: str) -> str:
    return name[:1].upper() + name[1:]


# --- the words --------------------------------------------------------------------------------


def with_words(ledger: Ledger, evidence: Evidence, *, legal_advice: bool) -> Evidence:
    """The evidence with the words of its entries, but for those that were redacted.

    Those stay out even where an old backup has put them back.

    Args:
        ledger: where the evidence is from.
        evidence: without words.
        legal_advice: also with the words of notes that are marked as such.

    Raises:
        Refused: words are not there, or not those that were committed to.
    """
    must_have_words(ledger)
    vault = ledger.vault.sealed(evidence.stream)
    kept_back = () if legal_advice else privileged_in(evidence.entries)
    without = {*evidence.redacted, *kept_back}
    spoken = [entry for entry in evidence.entries if entry.words]
    return replace(
        evidence,
        items=tuple(_spoken(item, vault, without) for item in evidence.items),
        with_words=True,
        legal_advice=tuple(
            e.position
            for e in spoken
            if e.position in kept_back and e.position not in evidence.redacted
        ),
    )


def _spoken(item: Item, vault: Mapping[int, tuple[bytes, bytes]], without: set[int]) -> Item:
    entry = item.entry
    if entry.words is None or entry.position in without:
        return item
    if entry.position not in vault:
        raise _changed(entry.position, "its words are gone without a redaction")
    salt, words = vault[entry.position]
    if wrong := unspoken(entry, words, salt):
        raise _changed(entry.position, wrong)
    return replace(item, sealed=(salt, words))


def _proceedings(entries: Sequence[Entry]) -> bool:
    """Whether there are court proceedings, as far as the thread says, as it was corrected."""
    return any(getattr(entry.event, "proceedings", None) for entry in corrected_entries(entries))
