"""Checkpoints: the signed notes that are given out, and kept as they were given."""

from __future__ import annotations

from footprint.errors import Refused
from footprint.ledger.ledger import Ledger


def issue_checkpoint(ledger: Ledger) -> str:
    """Keep the signed note of the newest tree among those issued, and return it.

    Raises:
        Refused: nothing was signed, or the head is not of all entries.
    """
    with ledger.writing():
        head, sealer = ledger.head(), ledger.store.sealer
        if head is None or sealer is None:
            raise Refused("Nothing was signed here.", "Find out why: footprint verify.")
        # What is given out stays for good: first the signer looks at what it signed.
        sealer.prepare(ledger.store, ledger.size())
        ledger.connection.execute(
            "INSERT INTO checkpoint SELECT size, note FROM head"
            " WHERE (size, note) NOT IN (SELECT size, note FROM checkpoint)"
        )
        return head[1]
