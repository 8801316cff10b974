"""What is read from entries: the views, as they were on a day, one thread."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from pathlib import Path

from benchmarks.data import ACTOR, WEEKDAYS, Place, new_ledger, noted, raised
from benchmarks.peers import Notes
from benchmarks.plain import load_all
from benchmarks.rounds import Measured, Side, take_turns
from footprint.domain.fold import fold
from footprint.engine.sqlite import connect_readonly
from footprint.ledger.opening import open_ledger
from footprint.projections.views import Views

_IN_THREAD = 1_000
_TO_PEERS = 20_000


def measure_views(place: Place, folder: Path, rounds: int) -> list[Measured]:
    """All views folded from the first entry, and as they were half-way."""
    with (
        closing(open_ledger(place.ledger)) as ledger,
        closing(Views(ledger, folder / "views.db")) as views,
    ):
        half = ledger.size() // 2
        took = take_turns(
            {
                "rebuild": views.rebuild,
                "half": lambda: Views.at(ledger, half).close(),
                "limit": partial(load_all, ledger.connection),
            },
            rounds,
        )
    return [
        Measured("rebuild of the views, two cores", took["rebuild"], took["limit"]),
        Measured("as at half-way", took["half"], [all_ / 2 for all_ in took["rebuild"]]),
    ]


def measure_thread(folder: Path, rounds: int) -> list[Measured]:
    """A thread of a thousand entries, from rows to how it stands; and with each fact checked."""
    with closing(new_ledger(folder, signed=False)) as ledger:
        with ledger.writing():
            stream = ledger.record(raised(WEEKDAYS[-1], "200000001"), actor=ACTOR).stream
            move = ledger.consider(noted(WEEKDAYS[-1]), stream)
            for _ in range(_IN_THREAD - 1):
                ledger.append(stream, move, actor=ACTOR)
        where = f"WHERE stream = '{stream}'"
        what = f"one thread of {_IN_THREAD:,} entries"
        sides: dict[str, Side] = {
            what: lambda: ledger.thread(stream),
            f"{what}, each fact checked": lambda: fold(ledger.entries(stream), ledger.policy()),
            "limit": partial(load_all, ledger.connection, where),
        }
        took = take_turns(sides, rounds)
    limit = took.pop("limit")
    return [Measured(name, seconds, limit) for name, seconds in took.items()]


def measure_library(folder: Path, rounds: int) -> Measured:
    """The stock library reads its own events and counts what was raised."""
    folder.mkdir(parents=True)
    notes = Notes(folder / "library.db")
    with closing(new_ledger(folder / "like", signed=False)) as ledger, ledger.writing():
        stream = ledger.record(raised(WEEKDAYS[-1], "200000001"), actor=ACTOR).stream
        move = ledger.consider(noted(WEEKDAYS[-1]), stream)
        for _ in range(_TO_PEERS - ledger.size()):
            ledger.append(stream, move, actor=ACTOR)
    notes.append_many(_TO_PEERS)
    with closing(connect_readonly(folder / "like" / "ledger.db")) as connection:
        sides: dict[str, Side] = {"peer": notes.count_all, "limit": partial(load_all, connection)}
        took = take_turns(sides, rounds)
    return Measured("eventsourcing: read and count all", took["peer"], took["limit"])
