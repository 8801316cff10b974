"""Legal advice: what of a thread is left out of what is given to others."""

from __future__ import annotations

from collections.abc import Sequence

from footprint.domain.corrections import corrected_entries
from footprint.domain.entry import Entry
from footprint.domain.events import EntryCorrected


def privileged_in(entries: Sequence[Entry]) -> set[int]:
    """What is marked as legal advice, as it was corrected, and the corrections of that."""
    known = corrected_entries(entries)
    marked = {entry.position for entry in known if getattr(entry.event, "privileged", None)}
    for entry in (*entries, *known):
        if isinstance(entry.event, EntryCorrected) and entry.event.corrects in marked:
            marked.add(entry.position)
    return marked
