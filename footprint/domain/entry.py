"""An entry: one event as it was recorded, with who, when and from what source."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from footprint.domain.events import Event
from footprint.domain.record import Record

Words = Mapping[str, str]
"""What goes into the vault: named texts (`text`, `why`, `to`, `child`, ...)."""

ORIGINAL = "original"
TOGETHER = "together"
"""The text that names the threads of other children that were begun with one, of one concern."""
ORIGIN_WORDS = (
    ORIGINAL, "origin_file", "origin_sheet", "origin_row", "origin_ref", "origin_left_out",
)  # fmt: skip
"""The words of an entry that was made from a sheet: the cells of the row, where it stands, and the
headings of those that are not kept."""


class Move(NamedTuple):
    """A legal move that has been decided and not yet recorded.

    `occurred_on` is None where the day is not known.
    """

    event: Event
    occurred_on: date | None
    source: str
    words: Words


class Entry(Record):
    """One recorded event.

    `position` is its place in the ledger from 1, `version` its place in its stream from 1.
    `recorded_at` is UTC text with microseconds and `Z`; `clock`, where present, is what the
    machine's clock said when it ran behind the ledger. `words` is the commitment in hex, or
    None where the entry has no words.
    """

    position: int
    stream: str
    version: int
    event_id: str
    command_id: str
    recorded_at: str
    occurred_on: date | None
    actor: str
    source: str
    event: Event
    clock: str | None = None
    words: str | None = None

    @property
    def topic(self) -> str:
        return self.event.topic
