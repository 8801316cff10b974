"""A ledger opened for one command, to read; `appending` opens one to write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from footprint.domain.days import london_day
from footprint.errors import Misused
from footprint.ledger.identity import london_today
from footprint.ledger.ledger import Ledger
from footprint.ledger.opening import open_ledger
from footprint.ledger.withheld import must_have_words
from footprint_cli.entering.given import read_date
from footprint_cli.settings import Settings

if TYPE_CHECKING:
    from footprint.vault.key import Keys


@contextmanager
def reading(settings: Settings, *, with_words: bool = False) -> Iterator[Ledger]:
    """The ledger, to read only; one that has words, where they are asked for."""
    ledger = open_ledger(settings.place, keys=partial(vault_keys, settings.home_path))
    try:
        if with_words:
            must_have_words(ledger)
        yield ledger
    finally:
        ledger.close()


def vault_keys(home: Path, origin: str) -> Keys:
    """The keys of a ledger's vault in this home: looked for only where something is locked."""
    from footprint.vault.key import Keys

    return Keys(home, origin)


def moment_asked(
    ledger: Ledger, as_at: str | None, at_entry: int | None, day: str | None = None
) -> tuple[int | None, date]:
    """What was known (a position; None for the tail), and the day that it is read for.

    The day is that of `--day`; else that of `--as-at`, or the one on which the entry of
    `--at-entry` was recorded; else today.

    Raises:
        Misused: two are given that exclude each other, or the entry is not there.
    """
    today = london_today()
    on = read_date(day, "--day", today=today) if day is not None else None
    if as_at is not None and at_entry is not None:
        raise Misused("Give --as-at or --at-entry, not both.", "Leave one of them out.")
    if at_entry is not None:
        if not 1 <= at_entry <= ledger.size():
            raise Misused(
                f"There is no entry {at_entry}; they run from 1 to {ledger.size()}.",
                "Give one of those, or a day with --as-at.",
            )
        return at_entry, on or london_day(ledger.entry(at_entry).recorded_at)
    if as_at is not None:
        known = read_date(as_at, "--as-at", today=today)
        return last_recorded_by(ledger, known), on or known
    return None, on or today


def last_recorded_by(ledger: Ledger, day: date) -> int:
    """The last entry recorded by the end of a day: times never run back, so halving finds it."""
    low, high = 0, ledger.size()
    while low < high:
        middle = (low + high + 1) // 2
        if london_day(ledger.entry(middle).recorded_at) <= day:
            low = middle
        else:
            high = middle - 1
    return low
