"""Entries to stored events and back, for the library's event store.

A mapper of our own, since the library's resolves a topic by importing whatever it names, and a
topic may have been read from a file that somebody else wrote. Ours looks it up in a closed table.
"""

from __future__ import annotations

from typing import Any, cast

from eventsourcing.persistence import JSONTranscoder, Mapper, Notification, StoredEvent

from footprint.domain.entry import Entry
from footprint.ledger.store.codec import decode, encode


class EntryMapper(Mapper[str]):
    """Maps an `Entry` to the columns of its row."""

    def __init__(self) -> None:
        super().__init__(transcoder=JSONTranscoder())

    def to_stored_event(self, domain_event: Any) -> StoredEvent:
        entry: Entry = domain_event
        return StoredEvent(
            originator_id=entry.stream,
            originator_version=entry.version,
            topic=entry.topic,
            state=encode(entry),
        )

    def to_domain_event(self, stored_event: StoredEvent) -> Any:
        """The entry of a stored event with its position. Raises `Unreadable`."""
        event = cast(Notification, stored_event)
        return decode(
            event.id, str(event.originator_id), event.originator_version, event.topic, event.state
        )
