"""The keys that a ledger names as its own, in its entries. They are claims, and never trusted."""

from __future__ import annotations

from footprint.domain.events import LedgerOpened, SignerChanged
from footprint.errors import Refused
from footprint.ledger.ledger import LEDGER, Ledger
from footprint.proof.key import Verifier
from footprint.proof.lines import NoteError


def named_keys(ledger: Ledger, upto: int | None = None) -> list[Verifier]:
    """The keys that the ledger names, up to a position, the last one last.

    Raises:
        Refused: one of them is none.
    """
    events = [entry.event for entry in ledger.entries(LEDGER, upto)]
    named = [event.key for event in events if isinstance(event, LedgerOpened | SignerChanged)]
    try:
        return [Verifier.from_vkey(key) for key in named]
    except NoteError as error:
        raise Refused(
            f"The ledger names a key that is none: {error}.",
            "Find out what happened: footprint verify.",
        ) from error
