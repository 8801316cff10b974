"""The signed notes: those stored in the ledger, and those that somebody holds outside."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from footprint.audit.entries import Reading
from footprint.audit.losses import Restored, explanation
from footprint.audit.verdict import Verdict
from footprint.audit.vouchers import Voucher
from footprint.domain.reference import shown
from footprint.proof import note as notes
from footprint.proof.checkpoint import Checkpoint, parse_checkpoint
from footprint.proof.key import Verifier
from footprint.proof.lines import NoteError


@dataclass(frozen=True, kw_only=True)
class Stored:
    """A note in the ledger itself: `head`, or a row of `checkpoint`."""

    name: str
    size: int
    text: str


HEAD = "the head"


def stored_notes(connection: sqlite3.Connection, verdict: Verdict) -> list[Stored]:
    """The notes that the ledger stores, the head last. They are few: only those issued."""
    stored = []
    for size, note in connection.execute("SELECT size, note FROM checkpoint ORDER BY size"):
        if type(size) is int and type(note) is str:
            stored.append(Stored(name=f"the stored checkpoint at {size}", size=size, text=note))
        else:
            verdict.find("note", "a row of checkpoint holds values of another type")
    heads = connection.execute("SELECT one, size, note FROM head LIMIT 2").fetchall()
    if [type(value) for row in heads for value in row] == [int, int, str] and heads[0][0] == 1:
        stored.append(Stored(name=HEAD, size=heads[0][1], text=heads[0][2]))
    elif heads:
        verdict.find("head", "the head is not the one row that it should be")
    else:
        verdict.find("head", "the signed head is missing")
    return stored


def check_stored(
    stored: Sequence[Stored], reading: Reading, trusted: Verifier | None, verdict: Verdict
) -> None:
    """Every stored note is signed, of this log, and of the tree that the entries make.

    The head is of all entries, by the key in force; with a trusted key from outside, it counts
    as vouched for.
    """
    wrongs = [_wrong(note, reading) for note in stored]
    if reading.keys:  # without a key, entry 1 says what is wrong
        for note, wrong in zip(stored, wrongs, strict=True):
            if wrong:
                verdict.find("note", f"{note.name} {wrong}", note.size)
    if not stored or stored[-1].name != HEAD:
        return
    head = stored[-1]
    if head.size != verdict.entries:
        _head_elsewhere(head.size, verdict)
    if trusted and not _signers(head.text, _heirs(trusted, reading)):
        verdict.find("key", "the head is not signed by the key that this machine trusts")
    elif trusted and not wrongs[-1]:
        verdict.cover(head.size)


def _heirs(trusted: Verifier, reading: Reading) -> list[Verifier]:
    """A trusted key, and those behind it that were each endorsed by the one before."""
    keys = [trusted]
    for (_, old), (position, new) in pairwise(reading.keys):
        if old == keys[-1] and position in reading.endorsed:
            keys.append(new)
    return keys


def _head_elsewhere(size: int, verdict: Verdict) -> None:
    if size < verdict.entries:
        verdict.find(
            "head",
            f"entries {size + 1} to {verdict.entries} stand above the signed head: they were not"
            " made through footprint",
            size + 1,
        )
    else:
        verdict.find(
            "head",
            f"the head is of {size} entries and {verdict.entries} are there: the tail was cut",
            verdict.entries + 1,
        )


def _wrong(stored: Stored, reading: Reading) -> str:
    """What is wrong with a stored note; nothing where it is right."""
    try:
        note = notes.parse(stored.text)
        checkpoint = parse_checkpoint(note.text)
        if not notes.verified_by(note, reading.keys_at(checkpoint.size)):
            return "is not signed by the key in force at its size"
    except (NoteError, TypeError) as error:
        return f"is no signed checkpoint: {error}"
    if checkpoint.origin != reading.origin:
        return f"is of another ledger, {checkpoint.origin}"
    if checkpoint.size != stored.size:
        return f"says {checkpoint.size} entries in a row of {stored.size}"
    return _wrong_root(checkpoint, reading.roots.get(checkpoint.size))


def _wrong_root(checkpoint: Checkpoint, root: bytes | None) -> str:
    if root is None:
        return f"is of {checkpoint.size} entries, which are not there"
    if root != checkpoint.root:
        return f"does not fit the entries 1 to {checkpoint.size}: one of them was changed"
    return ""


def _signers(text: str, keys: Sequence[Verifier]) -> tuple[Verifier, ...]:
    """Those of the keys whose good signatures are on a note; none where it is no note."""
    try:
        return notes.verified_by(notes.parse(text), keys)
    except NoteError:
        return ()


# --- from outside ---------------------------------------------------------------------------


def check_voucher(
    voucher: Voucher,
    reading: Reading,
    stored: Sequence[Stored],
    verdict: Verdict,
    restored: Sequence[Restored] = (),
) -> None:
    """What somebody outside holds fits the entries; call with the smallest size first."""
    why = explanation(voucher, restored)
    if not voucher.size:
        verdict.remark(f"{voucher.name} is of no entries: it neither vouches nor contradicts")
        return
    if voucher.origin and reading.origin and voucher.origin != reading.origin:
        verdict.find(
            "origin",
            f"{voucher.name} is of {voucher.origin}; this ledger says that it is {reading.origin}",
        )
        return
    if voucher.note and not _believable(voucher, reading, verdict):
        return
    if voucher.size > verdict.entries:
        verdict.find(
            "tail",
            f"{voucher.name} is of {voucher.size} entries and only {verdict.entries} are there:"
            f" those from {verdict.entries + 1} on are gone{why}",
            verdict.entries + 1,
        )
    elif reading.roots.get(voucher.size) != voucher.root:
        since = max((n for n in verdict.vouched if n < voucher.size), default=0)
        proof = _two_roots(voucher, stored, reading.keys_at(voucher.size))
        twice = f". Two roots of size {voucher.size} were signed by one key" if proof else ""
        verdict.find(
            "root",
            f"{voucher.name} does not fit: an entry between {since + 1} and {voucher.size} was"
            f" changed, dropped or slipped in since{twice}{why}",
            since + 1,
            proof=proof,
        )
    else:
        verdict.cover(voucher.size)


def check_receipt(connection: sqlite3.Connection, receipt: Voucher, verdict: Verdict) -> None:
    """The entry that a receipt names is the one at its position."""
    if receipt.position is None:
        return
    row = connection.execute(
        "SELECT stream FROM event WHERE position = ?", (receipt.position,)
    ).fetchone()
    if row is None or row[0] != receipt.stream or receipt.position > receipt.size:
        verdict.find(
            "receipt",
            f"entry {receipt.position} is not of {shown(receipt.stream)}, as the receipt says",
            receipt.position,
            shown(receipt.stream),
        )


def _believable(voucher: Voucher, reading: Reading, verdict: Verdict) -> bool:
    """A note kept by hand counts by being kept; a bad signature on it means that it was altered."""
    try:
        if voucher.note and not notes.verified_by(voucher.note, reading.keys_at(voucher.size)):
            verdict.remark(f"{voucher.name} is not signed by the key that the ledger names")
    except NoteError as error:
        verdict.doubt(f"{voucher.name} was altered: {error}")
        return False
    return True


def _two_roots(voucher: Voucher, stored: Sequence[Stored], keys: Sequence[Verifier]) -> str:
    """Two roots of one size signed by one key: proof, to anyone, that the signer misbehaved."""
    twin = next((s for s in stored if s.size == voucher.size), None)
    if voucher.note is None or twin is None or voucher.note.text in twin.text:
        return ""
    lines = "".join(signature.line for signature in voucher.note.signatures)
    kept = f"{voucher.note.text}\n{lines}"
    return f"{kept}\n{twin.text}" if {*_signers(kept, keys)} & {*_signers(twin.text, keys)} else ""
