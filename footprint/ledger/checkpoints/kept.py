"""Checkpoints: the signed notes that are given out, kept as they were given, and cosigned."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from footprint.engine.connection import Connection
from footprint.errors import Misused, Refused
from footprint.ledger.ledger import Ledger
from footprint.ledger.store.proofs import consistency_proof, stored_root
from footprint.proof import note as notes
from footprint.proof.checkpoint import Checkpoint, parse_checkpoint
from footprint.proof.cosigned import cosignatures, witnessed_at
from footprint.proof.key import Verifier, cosigned_at
from footprint.proof.lines import NoteError
from footprint.proof.policy import Policy
from footprint.proof.request import request_text

_NEWEST_FIRST = "SELECT size, note FROM checkpoint ORDER BY size DESC, note"


def sign_what_is_new(ledger: Ledger) -> tuple[int, str]:
    """Sign the tree of all entries, where others have recorded since; its size and its note.

    The signer looks at what it signed before, and at what it has not signed yet. Nothing is given
    out, and nothing kept but the head.

    Raises:
        Refused: nothing was signed before, or what is there does not continue it.
    """
    with ledger.writing():
        head, sealer = ledger.head(), ledger.store.sealer
        if head is None or sealer is None:
            raise Refused("Nothing was signed here.", "Find out why: footprint verify.")
        ledger.store.cover()
        return ledger.head() or head


def issue_checkpoint(ledger: Ledger) -> str:
    """Keep the signed note of the newest tree among those issued, and return it.

    Raises:
        Refused: as `sign_what_is_new` does.
    """
    with ledger.writing():
        # What is given out stays for good.
        size, note = sign_what_is_new(ledger)
        _keep(ledger, size, note)
        return note


# --- to a witness and back --------------------------------------------------------------------


def request_after(ledger: Ledger, old: Checkpoint | int) -> str:
    """Issue a checkpoint, as a request to a witness that saw `old` last: what to send.

    Args:
        ledger: open for writing.
        old: the checkpoint, or its size alone.

    Raises:
        Refused: nothing was signed, or what is here does not extend that.
    """
    with ledger.writing():
        signed = issue_checkpoint(ledger)
        new = parse_checkpoint(notes.parse(signed).text)
        size = old if isinstance(old, int) else old.size
        if size > new.size:
            raise Refused(
                f"The witness saw {size} entries, and {new.size} are here: an older copy was put"
                " back, or that is another ledger.",
                "Nothing was issued. Find out what happened: footprint verify.",
            )
        if isinstance(old, int):
            old = Checkpoint(new.origin, size, stored_root(ledger.connection, size))
        return request_text(size, consistency_proof(ledger.connection, old, new), signed)


def last_cosigned(ledger: Ledger, witness: Verifier) -> Checkpoint | int:
    """The newest stored checkpoint that a witness has cosigned; 0 where there is none.

    Raises:
        Refused: one that is stored is no checkpoint, or its line of the witness is not good.
    """
    try:
        for note in _stored(ledger.connection):
            if cosignatures(note, [witness]):
                return parse_checkpoint(note.text)
    except NoteError as error:
        raise _altered(error) from error
    return 0


@dataclass(frozen=True, kw_only=True)
class Cosigned:
    """What came of a witness's answer: the checkpoint, who cosigned it, and who is not known."""

    checkpoint: Checkpoint
    witnesses: tuple[Verifier, ...]
    unknown: tuple[str, ...]


def take_cosignatures(ledger: Ledger, answer: bytes, policy: Policy) -> Cosigned:
    """Keep a witness's answer beside the checkpoint that it is on.

    An answer does not say which that is: it is the newest that was issued on which the lines of
    all trusted witnesses are good. Lines of unknown keys are left out.

    Args:
        ledger: open for writing.
        answer: one or more signature lines.
        policy: whose lines are kept.

    Raises:
        Misused: that is no answer.
        Refused: no trusted witness's line is in it, or one that is good on no checkpoint.
    """
    lines = _lines_of(answer)
    keys = {(key.name, key.key_id): key for key in policy.witness_keys}
    known = tuple(line for line in lines if (line.name, line.key_id) in keys)
    unknown = tuple(line.name for line in lines if line not in known)
    if not known:
        raise Refused(
            f"No trusted witness has signed that: {', '.join(unknown)}.",
            "If it should be trusted: footprint trust add KEY, with the key from its owner.",
        )
    with ledger.writing():
        text, stored = _cosigned_text(ledger.connection, known, policy)
        checkpoint = parse_checkpoint(text)
        kept = _newest_of_each((*stored, *known), policy)
        _keep(ledger, checkpoint.size, notes.joined(text, kept))
    who = dict.fromkeys(keys[line.name, line.key_id] for line in known)
    return Cosigned(checkpoint=checkpoint, witnesses=tuple(who), unknown=unknown)


def newest_witnessed(connection: Connection, policy: Policy) -> tuple[int, int] | None:
    """The size of the newest stored checkpoint that a quorum has cosigned, and when that was.

    What is stored is believed but for the cosignatures: `verify` tells whether it is so.
    """
    for size, rows in groupby(connection.execute(_NEWEST_FIRST), key=itemgetter(0)):
        times = [at for _, text in rows if (at := _witnessed_at(text, policy)) is not None]
        if times:
            return size, max(times)
    return None


def _witnessed_at(text: str, policy: Policy) -> int | None:
    try:
        return witnessed_at(cosignatures(notes.parse(text), policy.witness_keys), policy)
    except NoteError:
        return None


def _stored(connection: Connection) -> Iterator[notes.Note]:
    """The notes that were issued, the newest first."""
    for _size, text in connection.execute(_NEWEST_FIRST).fetchall():
        try:
            yield notes.parse(text)
        except NoteError as error:
            raise _altered(error) from error


def _altered(error: NoteError) -> Refused:
    return Refused(
        f"A checkpoint that is stored here was altered: {error}.",
        "Nothing was kept or given out. Find out what happened: footprint verify.",
    )


def _keep(ledger: Ledger, size: int, note: str) -> None:
    """A note among those issued, once."""
    ledger.connection.execute(
        "INSERT INTO checkpoint SELECT :size, :note"
        " WHERE (:size, :note) NOT IN (SELECT size, note FROM checkpoint)",
        {"size": size, "note": note},
    )


def _lines_of(answer: bytes) -> tuple[notes.Signature, ...]:
    """The lines of an answer; what mail does to the ends of lines does not alter them."""
    text = answer.decode("utf-8", "replace").replace("\r\n", "\n").strip() + "\n"
    try:
        note = notes.parse(f"\n\n{text}")
        if note.text != "\n":
            raise NoteError("something else is before its lines")  # noqa: TRY301 - said just below
    except NoteError as error:
        raise Misused(
            f"That is no answer of a witness: {error}.",
            "It is one or more lines, as footprint witness add prints them.",
        ) from error
    return note.signatures


def _cosigned_text(
    connection: Connection, lines: Iterable[notes.Signature], policy: Policy
) -> tuple[str, list[notes.Signature]]:
    """The text of the newest checkpoint that all the lines are good on, and what is on it yet."""
    for text, rows in groupby(_stored(connection), key=lambda note: note.text):
        try:
            cosignatures(notes.Note(text, tuple(lines)), policy.witness_keys)
        except NoteError:
            continue
        return text, [signature for note in rows for signature in note.signatures]
    raise Refused(
        "The cosignature is not good on any checkpoint that was issued here: it was damaged, or is"
        " of another ledger.",
        "Nothing was kept. Ask the witness again: footprint checkpoint --request.",
    )


def _newest_of_each(lines: Iterable[notes.Signature], policy: Policy) -> Iterable[notes.Signature]:
    """A line for each key, a witness's newest; the ledger's own comes first, as it is stored."""
    witnesses = {(key.name, key.key_id) for key in policy.witness_keys}
    newest: dict[tuple[str, bytes], notes.Signature] = {}
    for line in lines:
        key = (line.name, line.key_id)
        before = newest.setdefault(key, line)
        if key in witnesses and cosigned_at(line.signature) > cosigned_at(before.signature):
            newest[key] = line
    return newest.values()
