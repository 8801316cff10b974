"""The signer: a key, and what it last signed, kept outside the database that it vouches for.

The order matters: sign, commit, and only then remember. The other order would refuse an honest
ledger after a crash between the two; this one finds a tree that it signed and did not get to
remember, checks its own signature on it, and goes on from there.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from footprint.durable import hold, release, write_durably
from footprint.errors import NotFound, Refused
from footprint.ledger.signer_home import Signed, folder_of, load_state, save_state
from footprint.proof import note as notes
from footprint.proof.checkpoint import Checkpoint, checkpoint_text, parse_checkpoint
from footprint.proof.key import Signer, Verifier
from footprint.proof.lines import NoteError
from footprint.proof.tree import EMPTY, Peaks, extend_all, root

SEED_BYTES = 32


class Tree(Protocol):
    """What a signer needs to see of the ledger, inside the transaction that appends."""

    def leaves(self, first: int, last: int) -> list[bytes]: ...
    def head(self) -> tuple[int, str] | None: ...


def create_signer(home: Path, origin: str, ledger: Path) -> LedgerSigner:
    """Make a new key for a new ledger, with the state of the empty tree.

    Raises:
        OSError: the home cannot be written.
    """
    folder = folder_of(home, origin)
    folder.mkdir(parents=True, mode=0o700)
    seed = os.urandom(SEED_BYTES)
    signer = LedgerSigner(folder, origin, ledger)
    write_durably(folder / "seed", seed.hex().encode() + b"\n")
    write_durably(folder / "key", signer.verifier.vkey.encode() + b"\n")
    save_state(folder, Signed(origin=origin, ledger=str(ledger.resolve()), peaks=EMPTY))
    return signer


class LedgerSigner:
    """Signs the trees of one ledger, each an extension of the last. A `Sealer`."""

    def __init__(self, folder: Path, origin: str, ledger: Path) -> None:
        self.folder = folder
        self.origin = origin
        self.ledger = str(ledger.resolve())
        self._signer: Signer | None = None
        self.signed: Signed | None = None
        self._peaks = EMPTY
        self._pending: Signed | None = None
        self._held: int | None = None

    @property
    def signer(self) -> Signer:
        """The key. Raises `NotFound` where it is not on this machine."""
        if self._signer is None:
            try:
                seed = bytes.fromhex((self.folder / "seed").read_text(encoding="ascii"))
            except (OSError, ValueError) as error:
                raise NotFound(
                    f"The key that signs this ledger is not at {self.folder}.",
                    "Set FOOTPRINT_HOME to the folder that holds it. A ledger takes no entry"
                    " that its signer has not signed.",
                ) from error
            self._signer = Signer(self.origin, seed)
        return self._signer

    @property
    def verifier(self) -> Verifier:
        return self.signer.verifier

    def prepare(self, tree: Tree, before: int) -> None:
        """Check that the `before` stored leaves are those last signed, and hold the lock.

        Raises:
            Refused: they are not, or the ledger is somewhere else.
            NotFound: the key is not on this machine.
        """
        self._hold()
        self._peaks = self._caught_up(self._last_signed(), tree, before)

    def seal(self, leaves: Sequence[bytes]) -> str:
        """Sign the prepared tree with these new leaves, still uncommitted."""
        peaks = extend_all(self._peaks, leaves)
        checkpoint = Checkpoint(self.origin, peaks.size, root(peaks))
        signed = self.signer.sign(checkpoint_text(checkpoint))
        self._pending = Signed(origin=self.origin, ledger=self.ledger, peaks=peaks, leaf=leaves[-1])
        return signed

    def settle(self) -> None:
        """Remember the tree that has just been committed.

        Where it cannot be (a full disk), the next writer finds this key's signature on the head
        and goes on from there: what is recorded stays recorded, and is said to be.
        """
        self.signed = self._pending
        with suppress(OSError):
            if self._pending is not None:
                save_state(self.folder, self._pending)
        self.abandon()

    def abandon(self) -> None:
        """Forget the tree that was not committed, and let other signers go on."""
        self._pending = None
        if self._held is not None:
            release(self._held)
            self._held = None

    def move(self, tree: Tree, before: int) -> None:
        """Sign at the ledger's present path from now on.

        Raises:
            Refused: the ledger there does not continue what was signed last.
        """
        self._hold()
        try:
            last = self._remembered()
            if last.ledger != self.ledger and Path(last.ledger).exists():
                raise Refused(
                    f"There is still a file at {last.ledger}, where this ledger was.",
                    "Two copies that both take entries would contradict each other: take the old"
                    " one away first.",
                )
            last = replace(last, ledger=self.ledger)
            self._caught_up(last, tree, before)
            save_state(self.folder, last)
        finally:
            self.abandon()

    def _hold(self) -> None:
        """Hold the signer's lock, against a copy of the ledger that signs at the same time."""
        self.signer  # noqa: B018 - a missing key is said before a missing folder
        if self._held is None:
            self._held = hold(self.folder / "lock", "the signer")

    def _remembered(self) -> Signed:
        last = load_state(self.folder)
        if last is None:
            raise Refused(
                f"The signer's state is missing from {self.folder}: it no longer knows what it"
                " signed last.",
                "Put the file back from where it is kept; nothing was recorded.",
            )
        return last

    def _last_signed(self) -> Signed:
        last = self._remembered()
        if last.ledger != self.ledger:
            raise Refused(
                f"This ledger was at {last.ledger} when it last took an entry, and is now at"
                f" {self.ledger}. Two copies that both take entries would contradict each other.",
                "If it was moved and the old one is gone: footprint checkpoint --moved.",
            )
        return last

    def _caught_up(self, last: Signed, tree: Tree, before: int) -> Peaks:
        """The peaks of the stored tree, which has to extend the last one signed."""
        head = tree.head()
        if (head[0] if head else 0) != before:
            raise Refused(
                f"The ledger holds {before} entries, and its signed head says"
                f" {head[0] if head else 0}: something else wrote to it.",
                "Nothing was recorded. Find out what: footprint verify.",
            )
        if before < last.size or (last.size and tree.leaves(last.size, last.size) != [last.leaf]):
            raise Refused(
                f"The ledger holds {before} entries; {last.size} were signed, and these do not"
                " continue them: an older copy was put back, or entries were changed.",
                "Nothing was recorded. Find out what: footprint verify.",
            )
        peaks = last.peaks
        if before > last.size:
            # A crash after the commit and before we could remember it.
            peaks = extend_all(peaks, tree.leaves(last.size + 1, before))
        if head:
            self._must_be_ours(head[1], peaks)
        return peaks

    def _must_be_ours(self, head: str, peaks: Peaks) -> None:
        with suppress(NoteError):
            note = notes.parse(head)
            checkpoint = parse_checkpoint(note.text)
            signed = notes.verified_by(note, [self.verifier])
            if signed and (checkpoint.size, checkpoint.root) == (peaks.size, root(peaks)):
                return
        raise Refused(
            f"The head of the ledger, of {peaks.size} entries, is not signed with the key at"
            f" {self.folder}: it was changed, or that is another key.",
            "Nothing was recorded. Find out what happened: footprint verify.",
        )
