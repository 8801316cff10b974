"""The signer: a key, and what it last signed, kept outside the database that it vouches for.

The order matters: sign, commit, and only then remember. The other order would refuse an honest
ledger after a crash between the two; this one finds a tree that it signed and did not get to
remember, checks its own signature on it, and goes on from there.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from footprint.durable import hold, release
from footprint.engine.place import Place, Server, located
from footprint.errors import NotFound, Refused
from footprint.ledger.signing.home import (
    NEXT,
    SEED_BYTES,
    Signed,
    finish_change,
    folder_of,
    forget_change,
    is_pending,
    load_seed,
    load_state,
    save_key,
    save_state,
)
from footprint.proof import note as notes
from footprint.proof.checkpoint import Checkpoint, checkpoint_text, parse_checkpoint
from footprint.proof.key import Signer, Verifier
from footprint.proof.lines import NoteError
from footprint.proof.tree import EMPTY, Peaks, extend_all, root


class Tree(Protocol):
    """What a signer needs to see of the ledger, inside the transaction that appends."""

    def leaves(self, first: int, last: int) -> list[bytes]: ...
    def hashed(self, first: int, last: int) -> list[bytes]: ...
    def head(self) -> tuple[int, str] | None: ...


def create_signer(home: Path, origin: str, ledger: Place) -> LedgerSigner:
    """Make a new key for a new ledger, with the state of the empty tree.

    Raises:
        OSError: the home cannot be written.
    """
    folder = folder_of(home, origin)
    folder.mkdir(parents=True, mode=0o700)
    key = new_key(origin)
    save_key(folder, key.seed, [key.verifier])
    save_state(folder, Signed(origin=origin, ledger=located(ledger), peaks=EMPTY))
    return LedgerSigner(folder, origin, ledger)


def new_key(origin: str) -> Signer:
    """A key that nobody has had before."""
    return Signer(origin, os.urandom(SEED_BYTES))


def signed_by(head: str, tree: Checkpoint, keys: Iterable[Verifier]) -> Verifier | None:
    """Which of the keys signed the head, which has to be of this very tree; None where none did."""
    with suppress(NoteError):
        note = notes.parse(head)
        if parse_checkpoint(note.text) == tree:
            return next(iter(notes.verified_by(note, keys)), None)
    return None


class LedgerSigner:
    """Signs the trees of one ledger, each an extension of the last. A `Sealer`."""

    def __init__(self, folder: Path, origin: str, ledger: Place) -> None:
        self.folder = folder
        self.origin = origin
        self.ledger = located(ledger)
        self.apart = isinstance(ledger, Server)
        self._signer: Signer | None = None
        self.signed: Signed | None = None
        self._peaks = EMPTY
        self._made = ("", b"", EMPTY)
        self._leaf = b""
        self._pending: Signed | None = None
        self._changing = False
        self._held: int | None = None

    @property
    def signer(self) -> Signer:
        """The key. Raises `NotFound` where it is not on this machine."""
        if self._signer is None:
            seed = load_seed(self.folder)
            if seed is None:
                raise self._without_key()
            self._signer = Signer(self.origin, seed)
        return self._signer

    @property
    def verifier(self) -> Verifier:
        return self.signer.verifier

    def _without_key(self) -> NotFound:
        also = "" if (self.folder / "state").exists() else " --resume-from NOTE"
        return NotFound(
            f"The key that signs this ledger is not at {self.folder}.",
            "Set FOOTPRINT_HOME to the folder that holds it. A ledger takes no entry that its"
            " signer has not signed. If the key is lost for good: footprint checkpoint --new-key"
            f" REASON{also}.",
        )

    # --- a sealer ---------------------------------------------------------------------------

    def prepare(self, tree: Tree, before: int) -> None:
        """Check that the `before` stored leaves are those last signed, and hold the lock.

        Raises:
            Refused: they are not, or the ledger is somewhere else.
            NotFound: the key is not on this machine.
        """
        if self._changing:
            return  # what it goes on from was looked at already, and more closely
        head = self.hold(tree)
        self.signer  # noqa: B018 - a missing key is said before a missing state
        self._peaks = self._caught_up(self._last_signed(), tree, before, head)
        if self.apart and before:
            (self._leaf,) = tree.leaves(before, before)

    def add(self, leaves: Sequence[bytes]) -> None:
        """Extend the prepared tree by some of many leaves."""
        self._peaks = extend_all(self._peaks, leaves)

    def seal(self, leaves: Sequence[bytes]) -> str:
        """Sign the prepared tree with these new leaves, still uncommitted; or with none."""
        peaks = extend_all(self._peaks, leaves)
        signed = self.signer.sign(checkpoint_text(self.tree_of(peaks)))
        leaf = leaves[-1] if leaves else self._leaf
        self._pending = Signed(origin=self.origin, ledger=self.ledger, peaks=peaks, leaf=leaf)
        if self._changing:
            save_state(self.folder, self._pending, NEXT)
        else:
            self._made = signed, self.signer.seed, peaks
        return signed

    def settle(self) -> None:
        """Remember the tree that has just been committed.

        Where it cannot be (a full disk), the next writer finds this key's signature on the head
        and goes on from there: what is recorded stays recorded, and is said to be.
        """
        self.signed = self._pending
        try:
            if self._changing:
                finish_change(self.folder)
            elif self._pending is not None:
                save_state(self.folder, self._pending)
        except OSError:
            pass
        finally:
            self.abandon()

    def abandon(self) -> None:
        """Forget the tree that was not committed, and let other signers go on."""
        self._pending = None
        if self._changing:
            self._signer, self._changing = None, False
        if self._held is not None:
            release(self._held)
            self._held = None

    # --- what it goes on from ---------------------------------------------------------------

    def hold(self, tree: Tree) -> tuple[int, str] | None:
        """Hold the signer's lock, against a copy of the ledger that signs at the same time.

        A change that was cut short after it was committed is brought to its end.

        Returns:
            The size and the note of the ledger's head, where it has one.

        Raises:
            NotFound: there is no signer for this ledger.
        """
        if self._held is None:
            try:
                self._held = hold(self.folder / "lock", "the signer")
            except (FileNotFoundError, NotADirectoryError):
                raise self._without_key() from None
        head = tree.head()
        # Where this process made the head, nobody has signed since, and no change is under way.
        if head and head[1] != self._made[0] and is_pending(self.folder, head[1]):
            finish_change(self.folder)
        if self._signer and self._signer.seed != load_seed(self.folder):
            self._signer = None  # another process has changed the key; the head may be a backup's
        return head

    def change(self, onto: Peaks, keys: Sequence[Verifier], key: Signer | None = None) -> None:
        """Go on from a tree that was looked at, with another key where one is given.

        It holds from the commit of what is appended next, or not at all (`home`).

        Args:
            onto: the tree that is stored.
            keys: those that signed until now, the last one first.
            key: signs from the next tree on.
        """
        forget_change(self.folder)
        if key:
            save_key(self.folder, key.seed, [key.verifier, *keys], NEXT)
            self._signer = key
        self._peaks, self._changing = onto, True

    def tree_of(self, peaks: Peaks) -> Checkpoint:
        """What a head says of this tree."""
        return Checkpoint(self.origin, peaks.size, root(peaks))

    def remembered(self) -> Signed:
        """What was signed last. Raises `Refused` where that is not known."""
        last = load_state(self.folder)
        if last is None:
            raise Refused(
                f"The signer's state is missing from {self.folder}: it no longer knows what it"
                " signed last.",
                "Nothing was recorded. Put the file back from where it is kept; if it is lost:"
                " footprint checkpoint --resume-from NOTE, with a checkpoint that somebody outside"
                " kept.",
            )
        return last

    def _last_signed(self) -> Signed:
        last = self.remembered()
        if last.ledger != self.ledger:
            raise Refused(
                f"This ledger was at {last.ledger} when it last took an entry, and is now at"
                f" {self.ledger}. Two copies that both take entries would contradict each other.",
                "If it was moved and the old one is gone: footprint checkpoint --moved.",
            )
        return last

    def _caught_up(
        self, last: Signed, tree: Tree, before: int, head: tuple[int, str] | None
    ) -> Peaks:
        """The peaks of the stored tree, which has to extend the last one signed."""
        covered = head[0] if head else 0
        if covered != before and not (self.apart and covered < before):
            raise Refused(
                f"The ledger holds {before} entries, and its signed head says"
                f" {covered}: something else wrote to it.",
                "Nothing was recorded. Find out what: footprint verify.",
            )
        if before < last.size:
            raise too_few(before, last.size)
        if last.size and tree.leaves(last.size, last.size) != [last.leaf]:
            raise Refused(
                f"The ledger holds {before} entries, and the last of the {last.size} that were"
                " signed is not among them: entries were changed, or an older copy was put back"
                " and written to since.",
                f"Nothing was recorded. Find out what: footprint verify.{_RESTORED[self.apart]}",
            )
        peaks = last.peaks
        if covered > last.size:
            # A crash after the commit and before we could remember it.
            peaks = extend_all(peaks, tree.leaves(last.size + 1, covered))
        # A backup of a server may be of a moment at which its last entries were not signed yet.
        under = covered < last.size and self.apart
        signed = extend_all(EMPTY, tree.leaves(1, covered)) if under else peaks
        if head and not self._vouched_for(head[1], signed):
            raise Refused(
                f"The head of the ledger, of {signed.size} entries, is not signed with the key at"
                f" {self.folder}: it was changed, or that is another key.",
                "Nothing was recorded. Find out what happened: footprint verify.",
            )
        # What others recorded since, which nobody has vouched for yet: hashed from its bytes.
        return extend_all(peaks, tree.hashed(peaks.size + 1, before)) if before > covered else peaks

    def _vouched_for(self, head: str, tree: Peaks) -> bool:
        """Whether the key in force signed the head, which has to be of this very tree.

        It did where this process made the head with it of that tree, to the byte.
        """
        if (head, self.signer.seed, tree) == self._made:
            return True
        return signed_by(head, self.tree_of(tree), [self.verifier]) is not None


_RESTORED = {
    False: "",
    True: " If a backup was put back: footprint checkpoint --accept-loss REASON.",
}
"""What else may be done, by whether others record before it is signed."""


def too_few(there: int, signed: int) -> Refused:
    """The refusal where fewer entries are there than were signed."""
    return Refused(
        f"The ledger holds {there} entries, and {signed} were signed: an older copy was put back,"
        " or entries are gone.",
        "Nothing was recorded. If the file was copied, the one beside it that ends in -wal belongs"
        " to it. If entries are lost for good: footprint checkpoint --accept-loss REASON. If"
        " nobody knows why: footprint verify.",
    )
