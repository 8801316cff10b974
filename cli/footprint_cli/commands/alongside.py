"""The commands for what goes on beside the steps, at any time: note."""

from __future__ import annotations

from footprint.domain.asks import AddNote, Ask
from footprint_cli import options as o
from footprint_cli.given import Given
from footprint_cli.recording import recording


@recording(ref=o.NeededRef)
def note(given: Given) -> Ask:
    """Add a note to a thread, at any time.

    footprint note 42 --words "Spoke to the carer; the plan is known to her."
    """
    given.need("ref", "words")
    return AddNote(**given.common)
