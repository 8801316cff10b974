"""What signs trees, as the recorder sees it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from footprint.ledger.store.recorder import Recorder


class Tree(Protocol):
    """The size and root of a signed tree."""

    @property
    def size(self) -> int: ...
    @property
    def root(self) -> bytes: ...


class Sealer(Protocol):
    """Signs a tree before it is committed, and remembers it once it is.

    `signed` is the last tree that it signed and that was committed.
    """

    @property
    def signed(self) -> Tree | None: ...

    def prepare(self, tree: Recorder, before: int) -> None:
        """Check, before anything is appended, that the stored tree is the one last signed."""

    def add(self, leaves: Sequence[bytes]) -> None:
        """Some leaves of many that are appended to the prepared tree."""

    def seal(self, leaves: Sequence[bytes]) -> str:
        """The signed note of the prepared tree with the last of the new leaves, where there are."""

    def settle(self) -> None:
        """The sealed tree is committed."""

    def abandon(self) -> None:
        """It is not, and never will be."""
