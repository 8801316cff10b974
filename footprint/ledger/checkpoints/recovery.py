"""What a ledger goes on from after a loss: of its place, of the signer's state or key, of entries.

Nothing that is stored is believed here. Leaves are hashed again from the bytes of the entries, and
have to make a tree that somebody remembers and one of the ledger's keys signed. All of it happens
under the write lock and the signer's, and holds from one moment on or not at all.

On a server entries are recorded before they are signed. Those above the head are hashed and carried
along; nobody has vouched for them yet, so that they are not remembered as signed. And a backup that
is put back there takes entries before its signer has seen it: that is a loss all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from footprint.domain.days import london_day
from footprint.domain.entry import Entry, Move
from footprint.domain.events import Event, LedgerRestored, SignerChanged
from footprint.domain.moves.checks import text_of
from footprint.errors import Misused, Refused
from footprint.ledger.checkpoints.naming import named_keys
from footprint.ledger.checkpoints.whereabouts import must_be_alone
from footprint.ledger.ledger import LEDGER, Ledger
from footprint.ledger.signing.home import Signed, load_keys, load_seed, load_state, save_state
from footprint.ledger.signing.signer import LedgerSigner, new_key, signed_by, too_few
from footprint.ledger.store.rows import hashed
from footprint.proof import note as notes
from footprint.proof.checkpoint import Checkpoint, checkpoint_text, parse_checkpoint
from footprint.proof.key import Signer, Verifier
from footprint.proof.lines import NoteError, encode64
from footprint.proof.tree import EMPTY, Peaks, extend_all

_VERIFY = "Nothing was recorded. Find out what happened: footprint verify"


def accept_move(ledger: Ledger) -> None:
    """Take entries at this path from now on.

    Raises:
        Refused: there is still a ledger where it was, or this one does not continue what was
            signed last.
        NotFound: the key is not on this machine.
    """
    with ledger.writing():
        signer = _held(ledger)
        own = [signer.verifier]
        known = _known(ledger, signer, None)
        _remember(ledger, signer, _grown(ledger, signer, known, own).signed)


def resume(ledger: Ledger, note: notes.Note) -> Signed:
    """Remember again what was signed last, from a note that somebody outside kept.

    Returns:
        The tree that is remembered now: that of all entries that were signed.

    Raises:
        Refused: nothing is to be resumed, the note is not of this ledger and its key, or the
            entries do not continue it.
        NotFound: the key is not on this machine.
    """
    with ledger.writing():
        signer = _held(ledger)
        own = [signer.verifier]
        known = _resumable(ledger, signer, note)
        return _remember(ledger, signer, _grown(ledger, signer, known, own).signed)


def accept_loss(
    ledger: Ledger,
    reason: str,
    *,
    actor: str,
    note: notes.Note | None = None,
    rekey: str | None = None,
) -> tuple[Entry, ...]:
    """Go on from fewer entries than were signed, and record that as `ledger.restored`.

    Args:
        ledger: what is left of it.
        reason: why entries are lost.
        actor: who accepts it.
        note: of more entries than are left, where the signer does not remember them either.
        rekey: why another key is to sign from now on, where the key is lost too.

    Returns:
        The entry; before it `signer.changed`, where the key is new, or was changed in what is lost.

    Raises:
        Refused: nothing is lost, or what is left was not signed so.
        NotFound: the key is not on this machine.
    """
    why = _reason(reason)
    why_key = why if rekey is None else _reason(rekey)
    with ledger.writing():
        signer = _held(ledger, make=bool(note and rekey))
        if rekey is None:
            signer.signer  # noqa: B018 - it has to be here
        lost, own = _lost(ledger, signer, note)
        every, left, by = _left(ledger, signer, own)
        old, vkey = _key_here(signer), _go_on(signer, every, [by, *own], anew=rekey is not None)
        restored = LedgerRestored(size=lost.size, root=lost.root.hex(), left=left.size)
        changed = _changed(old, by, signer.tree_of(every), vkey)
        said: list[tuple[Event, dict[str, str]]] = [(restored, why)]
        if by.vkey != vkey:  # first, since what the old key endorses is the tree that is left
            said.insert(0, (changed, why_key))
        return _appended(ledger, said, actor)


def change_key(
    ledger: Ledger, reason: str, *, actor: str, note: notes.Note | None = None
) -> tuple[Entry, ...]:
    """Sign with a new key from now on, and record that as `signer.changed`.

    The old key endorses it where it is still here, and is then removed.

    Args:
        ledger: whose key it is.
        reason: why it is changed.
        actor: who changes it.
        note: that somebody outside kept, where the signer's state is lost.

    Raises:
        Refused: the entries do not continue what was signed last, or the head is not signed by the
            key that the ledger names.
        NotFound: neither the key nor the state is on this machine, and no note was given.
    """
    why = _reason(reason)
    with ledger.writing():
        signer = _held(ledger, make=note is not None)
        old, known = _key_here(signer), _known(ledger, signer, note)
        in_force = old.verifier if old else named_keys(ledger, known.size)[-1]
        every, _, by = _grown(ledger, signer, known, [in_force])
        vkey = _go_on(signer, every, [by, *load_keys(signer.folder)], anew=True)
        changed = _changed(old, by, signer.tree_of(every), vkey)
        return _appended(ledger, [(changed, why)], actor)


# --- what is remembered, here or outside ----------------------------------------------------


def _held(ledger: Ledger, *, make: bool = False) -> LedgerSigner:
    """The signer of an open ledger, its lock held; its folder is made where that is asked for."""
    signer = ledger.store.sealer
    if not isinstance(signer, LedgerSigner):
        raise Refused("Nothing is signed here.", "Open the ledger with its signer.")
    if make:
        signer.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    signer.hold(ledger.store)
    return signer


def _state(signer: LedgerSigner) -> Signed | None:
    """What the signer remembers; a state that cannot be read is lost as well."""
    with suppress(Refused):
        return load_state(signer.folder)
    return None


def _known(ledger: Ledger, signer: LedgerSigner, note: notes.Note | None) -> Checkpoint:
    """The last tree that is known to have been signed: remembered here, or noted outside."""
    if note:
        return _resumable(ledger, signer, note)
    must_be_alone(ledger.place, _state(signer))
    if not (_key_here(signer) or _state(signer)):
        signer.signer  # noqa: B018 - says what to do where both are lost
    return signer.tree_of(signer.remembered().peaks)


def _resumable(ledger: Ledger, signer: LedgerSigner, note: notes.Note) -> Checkpoint:
    """What the note says, where the signer's state is lost and no more is."""
    if _state(signer):
        raise Refused(
            f"The signer's state is at {signer.folder}: there is nothing to resume.",
            "Leave out --resume-from.",
        )
    known, _ = _said(ledger, signer, note)
    if known.size > ledger.size():
        raise Refused(
            f"The note is of {known.size} entries and {ledger.size()} are there: that is a loss.",
            "Nothing was recorded. Put a newer backup back; or, if there is none: footprint"
            " checkpoint --accept-loss REASON --resume-from NOTE.",
        )
    return known


def _said(
    ledger: Ledger, signer: LedgerSigner, note: notes.Note
) -> tuple[Checkpoint, tuple[Verifier, ...]]:
    """What a note says of this ledger, and the keys of the ledger that signed it.

    Raises:
        Refused: it is of another ledger, was altered, or is signed by none of them.
    """
    try:
        said = parse_checkpoint(note.text)
        keys = dict.fromkeys([*_own(signer), *named_keys(ledger)])
        by = notes.verified_by(note, keys) if said.origin == signer.origin else ()
    except NoteError as error:
        raise Refused(
            f"The note was altered: {error}.", "Give the file as it was received, every byte of it."
        ) from error
    if said.origin != signer.origin:
        raise Refused(
            f"The note is of another ledger, {said.origin}; this one is {signer.origin}.",
            "Give a checkpoint of this one.",
        )
    if not by:
        raise Refused(
            "The note is signed with none of the keys of this ledger.",
            "Give a checkpoint that was issued here.",
        )
    return said, by


def _lost(
    ledger: Ledger, signer: LedgerSigner, note: notes.Note | None
) -> tuple[Checkpoint, list[Verifier]]:
    """The largest tree that is known to have been signed, more than is left; and by which keys.

    Those are the signer's own, now and before; where none is left, those of the note.
    """
    last = signer.remembered() if note is None else _state(signer)
    must_be_alone(ledger.place, _state(signer))
    known, own = [signer.tree_of(last.peaks)] if last else [], _own(signer)
    if note is not None:
        said, by = _said(ledger, signer, note)
        known, own = [*known, said], own or list(by)
    lost = max(known, key=lambda tree: tree.size)
    if _is_there(ledger, signer, lost):
        _grown(ledger, signer, lost, own)
        raise Refused(
            f"No entry is lost: {lost.size} were signed, and they are there.",
            "There is nothing to accept; see: footprint status.",
        )
    return lost, own


# --- keys -----------------------------------------------------------------------------------


def _key_here(signer: LedgerSigner) -> Signer | None:
    seed = load_seed(signer.folder)
    return Signer(signer.origin, seed) if seed else None


def _own(signer: LedgerSigner) -> list[Verifier]:
    """The keys that this signer has had, as far as it still knows."""
    key = _key_here(signer)
    return [*([key.verifier] if key else []), *load_keys(signer.folder)]


# --- what is stored -------------------------------------------------------------------------


class _Stored(NamedTuple):
    """The trees of all entries and of those that were signed, and the key that signed the head."""

    all: Peaks
    signed: Peaks
    by: Verifier


def _trees(ledger: Ledger, *sizes: int) -> dict[int, Peaks]:
    """The trees of the first entries, of each size."""
    trees, peaks, last = dict[int, Peaks](), EMPTY, 0
    for size in sorted({*sizes}):
        peaks, last = extend_all(peaks, hashed(ledger.connection, last, size)), size
        trees[size] = peaks
    return trees


def _is_there(ledger: Ledger, signer: LedgerSigner, tree: Checkpoint) -> bool:
    """Whether the entries of a tree that was signed are here, as far as their number tells.

    On a server others may have recorded since some were lost. Then the head is older, too.
    """
    if tree.size > ledger.size():
        return False
    head_size, _ = ledger.head() or (0, "")
    if not signer.apart or head_size >= tree.size:
        return True
    return signer.tree_of(_trees(ledger, tree.size)[tree.size]) == tree


def _grown(
    ledger: Ledger, signer: LedgerSigner, known: Checkpoint, keys: Sequence[Verifier]
) -> _Stored:
    """The stored trees, which continue the known one."""
    size, (head_size, head) = ledger.size(), ledger.head() or (0, "")
    if known.size > size:
        raise too_few(size, known.size)
    trees = _trees(ledger, known.size, head_size, size)
    if signer.tree_of(trees[known.size]) != known:
        raise Refused(
            f"The entries 1 to {known.size} are not those that were signed: one of them was"
            " changed, dropped or slipped in.",
            f"{_VERIFY} --against the checkpoint.",
        )
    by = signed_by(head, signer.tree_of(trees[head_size]), keys)
    whole = trees[head_size].size == head_size <= trees[size].size == size
    if by is None or not whole or not (signer.apart or head_size == size):
        raise Refused(
            f"The head of the ledger is not of the {size} entries that are there, signed with the"
            " key in force: one of them was changed, dropped or slipped in, or that is another"
            " key.",
            f"{_VERIFY}.",
        )
    return _Stored(trees[size], trees[max(known.size, head_size)], by)


def _left(ledger: Ledger, signer: LedgerSigner, own: Sequence[Verifier]) -> _Stored:
    """What is left, of which the signed tree has to begin the one that the signer remembers."""
    last = _state(signer)
    remembered = last.peaks if last else EMPTY
    if _is_there(ledger, signer, signer.tree_of(remembered)):
        return _grown(ledger, signer, signer.tree_of(remembered), own)
    stored = _grown(ledger, signer, signer.tree_of(EMPTY), own)
    if not begins(stored.signed, remembered):
        raise Refused(
            f"The {stored.signed.size} entries are not the first of the {remembered.size} that were"
            " signed: one of them was changed, dropped or slipped in.",
            f"{_VERIFY}.",
        )
    return stored


def _remember(ledger: Ledger, signer: LedgerSigner, peaks: Peaks) -> Signed:
    """Remember a tree that was looked at, and that it is here."""
    (leaf,) = hashed(ledger.connection, peaks.size - 1, peaks.size)
    last = Signed(origin=signer.origin, ledger=signer.ledger, peaks=peaks, leaf=leaf)
    save_state(signer.folder, last)
    return last


def begins(smaller: Peaks, larger: Peaks) -> bool:
    """Whether one tree can be the beginning of another, by the peaks that both must have.

    Those are of the bits in which the two sizes agree above the first in which they do not. What
    lies below, peaks alone cannot tell.
    """
    differ = (smaller.size ^ larger.size).bit_length()
    common = (smaller.size >> differ).bit_count()
    return smaller.hashes[:common] == larger.hashes[:common]


# --- what is recorded -----------------------------------------------------------------------


def _go_on(signer: LedgerSigner, peaks: Peaks, keys: Sequence[Verifier], *, anew: bool) -> str:
    """Sign what comes next upon this tree, with a new key where that is wanted. The key's text."""
    signer.change(peaks, list(dict.fromkeys(keys)), new_key(signer.origin) if anew else None)
    return signer.verifier.vkey


def _changed(old: Signer | None, by: Verifier, tree: Checkpoint, vkey: str) -> SignerChanged:
    """The event. Where the key that signed last is here, it has its word for the new one.

    See docs/format.md, "Topics of the ledger".
    """
    if old is None or old.verifier != by:
        return SignerChanged(key=vkey)
    text = f"footprint/signer-changed/v1\n{checkpoint_text(tree)}{vkey}\n"
    return SignerChanged(key=vkey, endorsement=encode64(old.signature(text.encode())))


def _reason(reason: str) -> dict[str, str]:
    """The words of an entry that says why."""
    if not any(char.isprintable() and not char.isspace() for char in reason):
        raise Misused("There is no reason.", "Say in a sentence how it came about.")
    return {"why": text_of("reason", reason)}


def _appended(
    ledger: Ledger, said: Sequence[tuple[Event, dict[str, str]]], actor: str
) -> tuple[Entry, ...]:
    today = london_day(ledger.clock())
    moves = [
        Move(event=event, occurred_on=today, source="at-the-time", words=why) for event, why in said
    ]
    return ledger.append(LEDGER, moves, actor=actor).entries
