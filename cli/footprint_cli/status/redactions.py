"""Which redactions wait to be approved, are unfinished, or were undone by an old backup."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from footprint.domain.redactions import open_requests
from footprint.domain.reference import shown
from footprint.ledger.ledger import Ledger
from footprint.ledger.store import queries
from footprint.ledger.words import redacting
from footprint.ledger.words.erasing import is_marked
from footprint.ledger.words.remembering import remembered
from footprint_cli.status.findings import Wrong


def waiting(ledger: Ledger) -> list[dict[str, Any]]:
    """The open requests, oldest first. Reads all topics."""
    policy = ledger.policy()
    rows = []
    for stream in queries.streams_with(ledger.connection, "redaction.requested"):
        for entry in open_requests(ledger.entries(stream)):
            event: Any = entry.event
            rows.append({
                "position": entry.position,
                "ref": shown(stream),
                "asked_by": entry.actor,
                "recorded_at": entry.recorded_at,
                "basis": policy.label("redactions", event.basis),
                "entries": list(event.positions) or "all",
            })  # fmt: skip
    return sorted(rows, key=lambda row: row["position"])


def redaction_advice(ledger: Ledger, folder: Path) -> list[Wrong]:
    """What `status` says of redactions: what is unfinished, undone or waiting."""
    known = queries.any_with(ledger.connection, ("redaction.requested", "entry.redacted"))
    if not ledger.vault.here or not (known or is_marked(folder) or remembered(folder)):
        return []
    said: list[Wrong] = []
    if is_marked(folder):
        said.append(_UNFINISHED)
    if redacting.back(ledger):
        said.append(_BACK)
    if redacting.is_unasked(ledger, folder):
        said.append(_BACK_WITHOUT)
    if rows := waiting(ledger):
        refs = ", ".join(dict.fromkeys(row["ref"] for row in rows))
        said.append(
            Wrong(f"Redactions wait to be approved: {refs}.", "Look at them: footprint redact.")
        )
    return said


_UNFINISHED = Wrong(
    "Deleted words may still be in the files.", "Erase them: footprint redact --finish."
)
_BACK = Wrong(
    "Redacted words are back in the vault.", "Remove them again: footprint redact --reapply."
)
_BACK_WITHOUT = Wrong(
    "Words that were redacted are back with a backup that has no such redaction.",
    "Remove them again: footprint redact --reapply.",
)
