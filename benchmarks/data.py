"""Ledgers to measure: as an authority's would be, of any size, recorded by the ledger itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path
from shutil import rmtree
from typing import Any, NamedTuple

from footprint.domain.adoption import calendar_years, first_policy
from footprint.domain.asks import AddNote, Ask, Close, Raise, Respond
from footprint.domain.entry import Move
from footprint.domain.events import LedgerOpened
from footprint.domain.reference import stream_name
from footprint.england import bank_holidays
from footprint.ledger.ledger import Ledger
from footprint.ledger.opening import create_ledger
from footprint.ledger.signing.signer import create_signer

ORIGIN = "iro.example/benchmark"
ACTOR = "benchmark"
TEXT = "Sibling contact has stopped since the move; asked for dates by the end of the week. " * 2
FIRST, LAST = date(2010, 4, 1), date(2026, 9, 30)
WEEKDAYS = [
    day for nth in range((LAST - FIRST).days + 1) if (day := FIRST + timedelta(nth)).weekday() < 5
]
PER_THREAD = 4
LEFT_OPEN = 100
"""One thread of so many is never closed; of the others, those of the last three weeks."""


class Place(NamedTuple):
    """A ledger and the home of its signer."""

    ledger: Path
    home: Path


def place_in(folder: Path) -> Place:
    return Place(folder / "ledger.db", folder / "home")


def new_ledger(
    folder: Path,
    *,
    signed: bool,
    began: date = WEEKDAYS[-1],
    clock: Callable[[], str] | None = None,
) -> Ledger:
    """A ledger with a policy and no thread."""
    folder.mkdir(parents=True)
    path, home = place_in(folder)
    signer = create_signer(home, ORIGIN, path) if signed else None
    key = signer.verifier.vkey if signer else "none"
    opened = LedgerOpened(authority="Benchmark", origin=ORIGIN, key=key)
    return create_ledger(path, opened, policy_from(began), actor=ACTOR, sealer=signer, clock=clock)


def policy_from(began: date) -> list[Move]:
    """What is adopted at first, in force from a day on."""
    days_off, taken_from = bank_holidays(*calendar_years(LAST))
    adopted = first_policy(LAST, days_off, taken_from)
    return [Move(one.event.but(starts_on=began), began, one.source, one.words) for one in adopted]


# --- one thread -----------------------------------------------------------------------------


def raised(day: date, child: str) -> Raise:
    return Raise(
        on=day, source="at-the-time", words={"text": TEXT}, child=child, service="CSC",
        themes=("PLC",), role="team-manager", iro="MB", formal=True,
    )  # fmt: skip


def answered(day: date) -> Respond:
    return Respond(on=day, words={"text": TEXT}, response="agreed", role="team-manager")


def noted(day: date) -> AddNote:
    return AddNote(on=day, words={"text": TEXT})


def closed(day: date) -> Close:
    return Close(on=day, words={"text": TEXT}, closure="resolved", basis="done")


def thread_asks(child: str, day: date = WEEKDAYS[-1]) -> tuple[Ask, ...]:
    """The four moves of a whole thread."""
    return raised(day, child), answered(day), noted(day), closed(day)


STEPS: tuple[tuple[int, Callable[[date], Ask]], ...] = ((4, answered), (9, noted), (14, closed))
"""What follows when a thread is raised, and how many weekdays later."""


# --- years of all England -------------------------------------------------------------------


class _Clock:
    """Noon of the day that is recorded, and on from there."""

    def __init__(self) -> None:
        self.now = datetime(FIRST.year, FIRST.month, FIRST.day, 9)  # noqa: DTZ001 - written as UTC

    def turn_to(self, day: date) -> None:
        self.now = datetime(day.year, day.month, day.day, 12)  # noqa: DTZ001 - written as UTC

    def __call__(self) -> str:
        self.now += timedelta(microseconds=1)
        return self.now.isoformat(timespec="microseconds") + "Z"


def build(folder: Path, entries: int) -> Place:
    """A signed ledger of about so many entries, spread over sixteen years, if not there yet.

    Each day's threads are raised, answered, noted and closed beside each other's, as people do; a
    year is one transaction.
    """
    place, done = place_in(folder), folder / "done"
    if done.exists():
        return place
    rmtree(folder, ignore_errors=True)  # what was not finished
    clock, threads = _Clock(), entries // PER_THREAD
    with closing(new_ledger(folder, signed=True, began=FIRST, clock=clock)) as ledger:
        for days in _years():
            with ledger.writing():
                for nth in days:
                    clock.turn_to(WEEKDAYS[nth])
                    _record_day(ledger, nth, threads)
        ledger.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    done.touch()
    return place


def _years() -> Iterator[range]:
    """The days of each year, by their place among `WEEKDAYS`."""
    for first in range(0, len(WEEKDAYS), 250):
        yield range(first, min(first + 250, len(WEEKDAYS)))


def _raised_on(nth: int, threads: int) -> range:
    """The threads that are raised on a day: equally many on each."""
    of = len(WEEKDAYS)
    return range(nth * threads // of + 1, (nth + 1) * threads // of + 1) if nth >= 0 else range(0)


def _record_day(ledger: Ledger, nth: int, threads: int) -> None:
    day, new = WEEKDAYS[nth], _raised_on(nth, threads)
    if new:
        move = _decided(ledger, raised(day, "200000000"))
        children = ({**move.words, "child": f"2{number:08}"} for number in new)
        ledger.record_decided([[move._replace(words=words)] for words in children], actor=ACTOR)
    for after, ask in STEPS:
        going_on = [n for n in _raised_on(nth - after, threads) if _goes_on(n, ask)]
        if going_on:
            move = _decided(ledger, ask(day), stream_name(going_on[0]))
            for number in going_on:
                ledger.append(stream_name(number), [move], actor=ACTOR)


def _goes_on(number: int, ask: Any) -> bool:
    return ask is not closed or number % LEFT_OPEN != 0


def _decided(ledger: Ledger, ask: Ask, stream: str | None = None) -> Move:
    """What a day's equal asks come to: decided once, or a million would take an hour."""
    (move,) = ledger.consider(ask, stream)
    return move
