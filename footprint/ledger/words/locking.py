"""Lock the vault, unlock it, or change its key: every row is written anew, in one transaction.

Nothing is recorded by it: facts, commitments and proofs stay as they are. The new key is on this
machine before a row is under it, and the old one is destroyed only when none is any more; rows say
which key they are under, so a kill at any moment leaves a ledger that can be read. What was in the
clear, or under the old key, is then erased from the files.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from footprint.errors import Refused
from footprint.ledger.ledger import Ledger
from footprint.ledger.store import queries, serving
from footprint.ledger.store.sealing import lock_child, lock_words, place_of
from footprint.ledger.words.erasing import NotYetGone, erase, mark, pieces
from footprint.vault.key import Keys
from footprint.vault.lock import Lock, new_lock

_BATCH = 1_000
_BEFORE_ALL = -(2**63)
_LOOKED_FOR = 12
"""How many of the first rows, and of the last, are looked for in the files afterwards. The files
are written anew, so that this is a test and not the means; to look for all would take hours."""


@dataclass(frozen=True, kw_only=True)
class Relocked:
    """How the vault was locked anew, and why old bytes are not yet gone, where they are not."""

    lock: Lock
    rows: int
    not_yet: NotYetGone | None = None


def lock(ledger: Ledger, keys: Keys, folder: Path, *, keyring: bool) -> Relocked:
    """Put every row under a new key, and erase what was in the clear from the files.

    Args:
        ledger: open to write.
        keys: those of its vault.
        folder: that of its signer.
        keyring: keep the key in the operating system's keyring, not in a file.

    Raises:
        Refused: the vault is locked already, or somebody else's; or the key cannot be kept.
    """
    return _locked_anew(ledger, keys, folder, keyring=keyring, was_locked=False)


def rekey(ledger: Ledger, keys: Keys, folder: Path, *, keyring: bool) -> Relocked:
    """Put every row under another key, destroy the old one, and erase what was under it.

    Raises:
        Refused: the vault is not locked, its key is not here, or the new one cannot be kept.
    """
    return _locked_anew(ledger, keys, folder, keyring=keyring, was_locked=True)


def unlock(ledger: Ledger, keys: Keys) -> int:
    """Put every row in the clear again, and destroy the key. Returns how many there are.

    Raises:
        Refused: the vault is not locked, or its key is not here.
    """
    with keys.held():
        with ledger.writing():
            _begin(ledger, keys, was_locked=True)
            rows = sum(1 for _ in _rewritten(ledger, None))
        keys.keep_only(None)
    return rows


def is_locked(ledger: Ledger, keys: Keys) -> bool:
    """Whether what is recorded next is locked: rows are, or there are none and a key is here."""
    return ledger.vault.key_id is not None or (ledger.vault.empty and keys.newest() is not None)


def _locked_anew(
    ledger: Ledger, keys: Keys, folder: Path, *, keyring: bool, was_locked: bool
) -> Relocked:
    first, last, rows = list[bytes](), deque[bytes](maxlen=_LOOKED_FOR), 0
    new = new_lock()
    with keys.held(), _settled(ledger, keys):
        with ledger.writing():
            _begin(ledger, keys, was_locked=was_locked)
            keys.add(new, keyring=keyring)
            for old in _rewritten(ledger, new):
                rows += 1
                (first if rows <= _LOOKED_FOR else last).append(old)
            mark(folder)  # before anything of it is committed
        with suppress(OSError):  # the rows are locked: whoever comes next settles the keys
            keys.settle(new.id)
            keys.keep_only(new.id)
    return Relocked(lock=new, rows=rows, not_yet=_erased(ledger, folder, [*first, *last]))


@contextmanager
def _settled(ledger: Ledger, keys: Keys) -> Iterator[None]:
    """Where it fails, the new key goes again, unless rows are under it all the same."""
    try:
        yield
    except Exception:
        with suppress(Exception):  # what failed is said; a key too many does no harm
            keys.settle(ledger.vault.key_id)
        raise


def _begin(ledger: Ledger, keys: Keys, *, was_locked: bool) -> None:
    """See, under the write lock, that it is this machine's to do, and not done already."""
    if ledger.store.sealer:
        # Nothing will be signed. But whoever may not write here may not take away a key either,
        # which a copy of the ledger somewhere else would be left without.
        ledger.store.sealer.prepare(ledger.store, ledger.size())
    if ledger.connection.signs_apart and not serving.owns(ledger.connection):
        # Whoever rewrites the rows could write anything: what is locked nobody can hold it against.
        raise Refused(
            "On a server only the ledger's owner locks or unlocks its vault.",
            "Nothing was changed. Ask whoever made the ledger there.",
        )
    keys.settle(ledger.vault.key_id)
    if is_locked(ledger, keys) and not was_locked:
        raise Refused(
            "The vault is locked already.",
            "For another key and another code: footprint vault rekey.",
        )
    if was_locked and not is_locked(ledger, keys):
        raise Refused("The vault is not locked.", "To lock it: footprint vault lock.")
    if shut := ledger.vault.shut:
        raise shut


def _rewritten(ledger: Ledger, new: Lock | None) -> Iterator[bytes]:
    """Write every row anew, a batch at a time. Gives a part of each as it was."""
    yield from _words_rewritten(ledger, new)
    yield from _children_rewritten(ledger, new)


def _words_rewritten(ledger: Ledger, new: Lock | None) -> Iterator[bytes]:
    last, run = _BEFORE_ALL, ledger.connection.executemany
    while rows := queries.vault_after(ledger.connection, last, _BATCH):
        last = rows[-1][0]
        written = [(row[0], *_sealed_anew(ledger, row, new)) for row in rows]
        run("DELETE FROM vault WHERE position = ?", [row[:1] for row in rows])
        run("INSERT INTO vault VALUES (?, ?, ?)", written)
        yield from (max(pieces(row[5])) for row in rows)


def _sealed_anew(ledger: Ledger, row: queries.VaultRow, new: Lock | None) -> tuple[bytes, bytes]:
    position, stream, version, topic, _, _ = row
    if stream is None:
        raise Refused(
            f"The vault holds words for entry {position}, which is not there.",
            "Nothing was changed. Find out what happened: footprint verify.",
        )
    salt, words = ledger.vault.opened(row)
    return lock_words(new, place_of(stream, version, topic), salt, words) if new else (salt, words)


def _children_rewritten(ledger: Ledger, new: Lock | None) -> Iterator[bytes]:
    last, run = "", ledger.connection.executemany
    while rows := queries.children_after(ledger.connection, last, _BATCH):
        last = rows[-1][0]
        clear = [(stream, ledger.vault.opened_child(stream, child)) for stream, child in rows]
        written = [(s, lock_child(new, s, child)) for s, child in clear] if new else clear
        run("DELETE FROM vault_child WHERE stream = ?", [row[:1] for row in rows])
        run("INSERT INTO vault_child VALUES (?, ?)", written)
        yield from (stream.encode() + child for stream, child in rows)  # side by side in a row


def _erased(ledger: Ledger, folder: Path, traces: list[bytes]) -> NotYetGone | None:
    try:
        erase(ledger.connection, ledger.place, folder, traces)
    except NotYetGone as error:
        return error
    return None
