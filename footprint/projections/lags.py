"""How long after things happened they were recorded: of what was entered as made at the time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from footprint.domain.corrections import corrected
from footprint.domain.days import from_iso
from footprint.domain.stated import Stated, lag_of
from footprint.projections.history import PUTTING_RIGHT


class Lag(NamedTuple):
    """An entry made at the time: its thread's stream, its day, and calendar days to recording."""

    ref: str
    on: date
    days: int


def read(threads: Iterable[tuple[str, Sequence[Stated]]]) -> Iterator[Lag]:
    """The lag of each entry that tells of a thread; of what puts a record right there is none."""
    for ref, entries in threads:
        for _position, topic, facts in corrected(entries):
            on, days = from_iso(facts["occurred_on"]), lag_of(facts)
            if topic not in PUTTING_RIGHT and on is not None and days is not None:
                yield Lag(ref, on, days)
