"""The signed notes: those stored in the ledger, and those that somebody holds outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from footprint.audit.entries import Reading
from footprint.audit.losses import Restored, explanation
from footprint.audit.trusted import Heard, Trusted, check_witnessed
from footprint.audit.verdict import Contradicts, Verdict, harmless
from footprint.audit.vouchers import Voucher
from footprint.domain.reference import shown
from footprint.engine.connection import Connection
from footprint.proof import note as notes
from footprint.proof.checkpoint import Checkpoint, parse_checkpoint
from footprint.proof.cosigned import lines_of, witnessed_at
from footprint.proof.lines import NoteError, encode64


@dataclass(frozen=True, kw_only=True)
class Stored:
    """A note in the ledger itself: `head`, or a row of `checkpoint`."""

    name: str
    size: int
    text: str


HEAD = "the head"


def stored_notes(connection: Connection, verdict: Verdict) -> list[Stored]:
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
    connection: Connection,
    stored: Sequence[Stored],
    reading: Reading,
    trusted: Trusted,
    verdict: Verdict,
) -> None:
    """Every stored note is signed, of this log, and of the tree that the entries make.

    The head is of all entries (where they are signed apart, those behind it are counted), by the
    key in force, and by one that is trusted where any is. What the trusted keys vouch for is
    covered.
    """
    good = []
    for one in stored:
        heard = _read(one, reading, trusted)
        if isinstance(heard, Heard):
            good.append(heard)
            if trusted.vouch(heard):
                by_key = witnessed_at(heard.lines, trusted.policy) is None
                verdict.cover(one.size, by_key=by_key)
        elif reading.keys:  # without a key, entry 1 says what is wrong
            contradicts = _beside_twin(one, stored, reading, heard)
            verdict.find("note", f"{one.name} {heard.what}", one.size, contradicts=contradicts)
    if stored and stored[-1].name == HEAD:
        _check_head(stored[-1], trusted, verdict)
        _check_reach(stored[-1].size, verdict, apart=connection.signs_apart)
    check_witnessed(connection, good, trusted.policy, verdict)


def _check_head(head: Stored, trusted: Trusted, verdict: Verdict) -> None:
    if trusted.names_a_log and not notes.signers_of(head.text, [*trusted.keys]):
        expected = ", ".join(sorted(map(notes.id_of, trusted.keys))) or "none for this origin"
        verdict.find(
            "key",
            f"the head is signed by none of the keys that are trusted: {expected}",
            contradicts=Contradicts(against=HEAD, expected=expected, found=_signed_with(head)),
        )


def _signed_with(stored: Stored) -> str:
    """The names and ids of the keys on a note, as it has them."""
    try:
        lines = notes.parse(stored.text).signatures
    except NoteError:
        return ""
    return ", ".join(harmless(notes.id_of(line)) for line in lines[:4])


def _check_reach(size: int, verdict: Verdict, *, apart: bool) -> None:
    """How far the head reaches: to the last entry, and not beyond it."""
    if apart and size < verdict.entries:
        verdict.unsigned = verdict.entries - size
    elif size != verdict.entries:
        _head_elsewhere(size, verdict)


def check_behind(stored: Sequence[Stored], kept: Sequence[Voucher], verdict: Verdict) -> None:
    """Where entries are signed apart, no signed tree of the ledger is newer than its head.

    Call when all else is checked: what does not fit is a finding already.
    """
    if not verdict.unsigned or stored[-1].name != HEAD:
        return
    size = stored[-1].size
    sizes = [note.size for note in stored]
    sizes += [one.size for one in kept if one.position is None and one.size in verdict.vouched]
    if max(sizes) > size:
        verdict.find(
            "head",
            f"the head is of {size} entries, and {max(sizes)} were signed: an older head was put"
            " back",
            size + 1,
        )


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


@dataclass(frozen=True, kw_only=True)
class _Wrong:
    """What is wrong with a note; the roots in hex, where they are what differs."""

    what: str
    expected: str = ""
    found: str = ""


def _read(stored: Stored, reading: Reading, trusted: Trusted) -> Heard | _Wrong:
    """Who signed a stored note, or what is wrong with it."""
    try:
        note = notes.parse(stored.text)
        checkpoint = parse_checkpoint(note.text)
        in_force = reading.keys_at(checkpoint.size)
        known = dict.fromkeys((*in_force, *trusted.keys, *trusted.policy.witness_keys))
        good = notes.verified_by(note, known)
    except (NoteError, TypeError) as error:
        return _Wrong(what=f"is no signed checkpoint: {error}")
    if not {*good} & {*in_force}:
        return _Wrong(what="is not signed by the key in force at its size")
    return _wrong(stored, checkpoint, reading) or Heard(
        size=stored.size, signers=frozenset(good), lines=lines_of(note, good)
    )


def _wrong(stored: Stored, checkpoint: Checkpoint, reading: Reading) -> _Wrong | None:
    if checkpoint.origin != reading.origin:
        return _Wrong(what=f"is of another ledger, {checkpoint.origin}")
    if checkpoint.size != stored.size:
        return _Wrong(what=f"says {checkpoint.size} entries in a row of {stored.size}")
    root = reading.roots.get(checkpoint.size)
    if root is None:
        return _Wrong(what=f"is of {checkpoint.size} entries, which are not there")
    if root == checkpoint.root:
        return None
    return _Wrong(
        what=f"does not fit the entries 1 to {checkpoint.size}: one of them was changed;"
        f" {_differ(checkpoint.root, root)}",
        expected=checkpoint.root.hex(),
        found=root.hex(),
    )


def _differ(expected: bytes, found: bytes) -> str:
    return f"its root is {encode64(expected)}, and they make {encode64(found)}"


def _beside_twin(
    stored: Stored, others: Sequence[Stored], reading: Reading, wrong: _Wrong
) -> Contradicts:
    """What a wrong note contradicts, with another stored note of its size as proof."""
    return Contradicts(
        against=stored.name,
        expected=wrong.expected,
        found=wrong.found,
        proof=_two_roots(stored.text, stored.size, others, reading),
    )


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
    if altered := _altered(voucher, reading):
        verdict.doubt(f"{voucher.name} was altered: {altered}")
        return
    if not voucher.size:
        verdict.remark(f"{voucher.name} is of no entries: it neither vouches nor contradicts")
        return
    if voucher.origin and reading.origin and voucher.origin != reading.origin:
        verdict.find(
            "origin",
            f"{voucher.name} is of {voucher.origin}; this ledger says that it is {reading.origin}",
        )
        return
    if voucher.note and not notes.signers_of(_kept(voucher), reading.keys_at(voucher.size)):
        verdict.remark(f"{voucher.name} is not signed by the key that the ledger names")
    if voucher.size > verdict.entries:
        verdict.find(
            "tail",
            f"{voucher.name} is of {voucher.size} entries and only {verdict.entries} are there:"
            f" those from {verdict.entries + 1} on are gone{why}",
            verdict.entries + 1,
        )
    elif reading.roots.get(voucher.size) != voucher.root:
        _does_not_fit(voucher, reading, stored, verdict, why)
    else:
        verdict.cover(voucher.size)


def _does_not_fit(
    voucher: Voucher, reading: Reading, stored: Sequence[Stored], verdict: Verdict, why: str
) -> None:
    since = verdict.held_below(voucher.size)
    found = reading.roots.get(voucher.size, b"")
    proof = _two_roots(_kept(voucher), voucher.size, stored, reading)
    twice = f". Two roots of size {voucher.size} were signed by one key" if proof else ""
    verdict.find(
        "root",
        f"{voucher.name} does not fit: an entry between {since + 1} and {voucher.size} was changed,"
        f" dropped or slipped in since; {_differ(voucher.root, found)}{twice}{why}",
        since + 1,
        contradicts=Contradicts(
            against=voucher.name, expected=voucher.root.hex(), found=found.hex(), proof=proof
        ),
    )


def check_receipt(connection: Connection, receipt: Voucher, verdict: Verdict) -> None:
    """The entry that a receipt names is the one at its position."""
    if receipt.position is None:
        return
    if verdict.unsigned and receipt.position > verdict.entries - verdict.unsigned:
        verdict.remark(
            f"no checkpoint covers entry {receipt.position} yet, which the receipt is for: the next"
            " one will"
        )
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


def _altered(voucher: Voucher, reading: Reading) -> str:
    """How a note kept by hand was altered: a signature by a key of the ledger's is not good.

    Empty where it was not: it counts by being kept.
    """
    if voucher.note is None:
        return ""
    try:
        for _, key in reading.keys:  # one by one: that two share an id alters no note
            notes.verified_by(voucher.note, (key,))
    except NoteError as error:
        return str(error)
    return ""


def _kept(voucher: Voucher) -> str:
    """The note of a voucher as it was given; empty where it is none."""
    if voucher.note is None:
        return ""
    return notes.joined(voucher.note.text, voucher.note.signatures)


def _two_roots(kept: str, size: int, stored: Sequence[Stored], reading: Reading) -> str:
    """Two roots of one size signed by one key: proof, to anyone, that the signer misbehaved."""
    keys = reading.keys_at(size)
    signers = notes.signers_of(kept, keys)
    for twin in stored:
        another = twin.size == size and _root_in(twin.text) != _root_in(kept)
        if another and signers & notes.signers_of(twin.text, keys):
            return f"{kept}\n{twin.text}"
    return ""


def _root_in(text: str) -> str:
    """The line of the root in a note, whatever else is in it."""
    return text.split("\n")[2] if text.count("\n") > 1 else ""
