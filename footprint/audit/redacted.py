"""Whether a redaction is what somebody else asked for."""

from __future__ import annotations

from collections.abc import Iterable

from footprint.domain.entry import Entry
from footprint.domain.events import EntryCorrected, EntryRedacted, RedactionRequested
from footprint.domain.redactions import WHOLE, is_whole
from footprint.engine.connection import Connection
from footprint.ledger.store.codec import Unreadable, decode


def unasked(connection: Connection, entry: Entry, event: EntryRedacted) -> str:
    """What is wrong between a redaction and its request; nothing where it is as it should be.

    The request is an earlier one of the same thread, by another actor and on the same basis. What
    is removed is what it names, and corrections of that; or all of the thread, the request too,
    where it names nothing.
    """
    request = _before(connection, entry, event.requested)
    if request is None or not isinstance(request.event, RedactionRequested):
        return f"entry {event.requested} is no request for it that is before it in its thread"
    asked = request.event
    if request.actor == entry.actor:
        return f"{entry.actor!r} asked for it as well, in entry {event.requested}"
    if asked.basis != event.basis:
        return f"its basis is {event.basis!r}, and it was asked for as {asked.basis!r}"
    return _not_as_asked(connection, entry, event, asked)


def _not_as_asked(
    connection: Connection, entry: Entry, event: EntryRedacted, asked: RedactionRequested
) -> str:
    if asked.positions == WHOLE:
        return "" if is_whole(event) else "all of the thread was asked for, and not all is removed"
    if {*asked.positions} - {*event.positions}:
        return f"it does not remove all that was asked for in entry {event.requested}"
    for position in sorted({*event.positions} - {*asked.positions}):
        other = _before(connection, entry, position)
        if other is None or not isinstance(other.event, EntryCorrected):
            return f"it removes the words of entry {position}, which nobody asked for"
    return ""


def committed(connection: Connection, entry: Entry, positions: Iterable[int]) -> set[int]:
    """Those of the positions at which an earlier entry of a redaction's thread had words."""
    found = (_before(connection, entry, position) for position in positions)
    return {other.position for other in found if other and other.words}


def _before(connection: Connection, entry: Entry, position: int) -> Entry | None:
    """The entry at a position, where it is before another one in its thread and can be read."""
    row = connection.execute(
        "SELECT position, stream, version, topic, state FROM event"
        " WHERE position = ? AND position < ? AND stream = ?",
        (position, entry.position, entry.stream),
    ).fetchone()
    try:
        return decode(*row) if row else None
    except (Unreadable, TypeError):
        return None
