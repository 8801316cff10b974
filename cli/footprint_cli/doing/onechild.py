"""The threads of one child, asked for by case number: nothing is kept of what was asked."""

from __future__ import annotations

from footprint.errors import NotFound
from footprint.ledger.ledger import Ledger
from footprint.ledger.withheld import must_have_vault


def threads_of_child(ledger: Ledger, child: str) -> list[str]:
    """The child's threads, in order.

    Raises:
        NotFound: no thread is found by that number.
        Refused: this is an audit copy, or its words are locked.
    """
    must_have_vault(ledger, "it has no words and no case numbers")
    streams = ledger.vault.threads_of(child)
    if not streams:
        raise NotFound(
            "There is no thread of that child. Threads whose case number was redacted cannot be"
            " found by it.",
            "Mend the case number; the threads that there are: footprint log.",
        )
    return streams
