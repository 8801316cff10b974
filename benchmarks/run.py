"""Measure the ledger against the least that could do the same work, in one run.

    python benchmarks/run.py [--entries 20000] [--rounds 150] [--folder DIR] [--profile]

The sides take turns in short rounds, and each begins as often as the others: the cost of a durable
commit drifts by more than twofold within seconds on a shared disk. A ratio is the median of the
rounds' own ratios, with the quartiles beside it; where these are wide apart, or two runs differ,
the disk was measured and not the ledger.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import platform
import pstats
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from itertools import cycle, islice
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import orjson

from footprint.domain.adoption import first_policy
from footprint.domain.asks import AddNote, Ask, Close, Raise, Respond
from footprint.domain.events import LedgerOpened
from footprint.ledger.ledger import Ledger
from footprint.ledger.opening import create_ledger
from footprint.ledger.sealing import new_salt
from footprint.ledger.signer import create_signer
from footprint.ledger.signer_home import folder_of
from footprint.projections.views import Views

ORIGIN = "iro.example/benchmark"
ACTOR = "benchmark"
DAY = date(2017, 1, 9)
TEXT = "Sibling contact has stopped since the move; asked for dates by the end of the week. " * 2
BATCH, PER_THREAD = 1_000, 4

Side = Callable[[], object]


@dataclass(frozen=True, kw_only=True)
class Result:
    """Seconds of each round for both sides; `target` is the least ratio of rates wanted."""

    what: str
    ours: list[float]
    raw: list[float]
    target: float | None = None

    @property
    def ratio(self) -> tuple[float, float, float]:
        """Our rate as a part of the raw one: lower quartile, median, upper quartile."""
        low, middle, high = quantiles([r / o for o, r in zip(self.ours, self.raw, strict=True)])
        return low, middle, high


def take_turns(sides: Mapping[str, Side], rounds: int, each: int = 1) -> dict[str, list[float]]:
    """Seconds of one call of each side, over rounds that each begin with another one."""
    took: dict[str, list[float]] = {name: [] for name in sides}
    names = list(sides)
    for nth in range(rounds + len(names)):
        first = nth % len(names)
        for name in names[first:] + names[:first]:
            started = time.perf_counter()
            for _ in range(each):
                sides[name]()
            if nth >= len(names):  # the first rounds warm up
                took[name].append((time.perf_counter() - started) / each)
    return took


# --- our side -------------------------------------------------------------------------------


def new_ledger(folder: Path, *, signed: bool) -> Ledger:
    folder.mkdir()
    path = folder / "ledger.db"
    signer = create_signer(folder / "home", ORIGIN, path) if signed else None
    key = signer.verifier.vkey if signer else "none"
    opened = LedgerOpened(authority="Benchmark", origin=ORIGIN, key=key)
    policy = first_policy(DAY, {date(2017, 4, 14)}, "written by hand")
    return create_ledger(path, opened, policy, actor=ACTOR, sealer=signer)


def thread_asks(nth: int) -> Iterator[Ask]:
    """The four moves of a thread."""
    said: dict[str, Any] = {"on": DAY, "source": "transcribed", "words": {"text": TEXT}}
    facts: dict[str, Any] = {"service": "CSC", "themes": ("PLC",), "iro": "MB", "formal": True}
    yield Raise(child=f"20{nth:05}", role="team-manager", **facts, **said)
    yield Respond(response="agreed", role="team-manager", **said)
    yield AddNote(**said)
    yield Close(on=DAY, source="transcribed", closure="resolved", basis="done")


def build(ledger: Ledger, entries: int) -> list[str]:
    """That many entries in threads of four, a thousand commands a transaction; the streams."""
    streams: list[str] = []
    while len(streams) < entries // PER_THREAD:
        with ledger.writing():
            for _ in range(min(BATCH, entries - len(streams) * PER_THREAD) // PER_THREAD):
                streams.append(build_thread(ledger, len(streams)))
    return streams


def build_thread(ledger: Ledger, nth: int) -> str:
    first, *rest = thread_asks(nth)
    stream = ledger.record(first, actor=ACTOR).stream
    for ask in rest:
        ledger.record(ask, actor=ACTOR, stream=stream)
    return stream


# --- the other side -------------------------------------------------------------------------


class Raw:
    """The same bytes in a plain table: SQLite, orjson and nothing else."""

    def __init__(self, path: Path, like: Ledger) -> None:
        row = like.connection.execute(
            "SELECT state, words FROM event JOIN vault USING (position) ORDER BY position DESC"
        ).fetchone()
        self.state, self.words = map(orjson.loads, row)
        self.connection = sqlite3.connect(path, isolation_level=None)
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"):
            self.connection.execute(f"PRAGMA {pragma}")
        self.connection.execute(
            "CREATE TABLE plain (id INTEGER PRIMARY KEY, state BLOB, salt BLOB, words BLOB)"
        )

    def append(self) -> None:
        """One durable row, encoded anew."""
        execute = self.connection.execute
        execute("BEGIN IMMEDIATE")
        execute(
            "INSERT INTO plain (state, salt, words) VALUES (?, ?, ?)",
            (orjson.dumps(self.state), new_salt(), orjson.dumps(self.words)),
        )
        execute("COMMIT")


def replace_file(path: Path, data: bytes) -> None:
    """Put a file in another's place, so that one of them is there after any crash."""
    temporary = path.with_name(path.name + ".new")
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.write(fd, data)
    os.fsync(fd)
    os.close(fd)
    temporary.replace(path)
    fd = os.open(path.parent, os.O_RDONLY)
    os.fsync(fd)
    os.close(fd)


# --- what is measured -----------------------------------------------------------------------


def measure_append(folder: Path, rounds: int, kind: str) -> list[Result]:
    """One entry with words: appended as decided already, and with the deciding.

    `kind`: unsigned, signed, or "not synced", which leaves the disk out.
    """
    signed = kind == "signed"
    ledger = new_ledger(folder, signed=signed)
    streams = build(ledger, 400)
    noted = AddNote(on=DAY, source="transcribed", words={"text": TEXT})
    (move,), turns = ledger.consider(noted, streams[0]), cycle(streams)
    raw = Raw(folder / "raw.db", ledger)
    size = (folder_of(folder / "home", ORIGIN) / "state").stat().st_size if signed else 0
    if kind == "not synced":
        for connection in (ledger.connection, raw.connection):
            connection.execute("PRAGMA synchronous = OFF")

    def plain() -> None:
        raw.append()
        if signed:
            replace_file(folder / "state", bytes(size))

    sides: dict[str, Side] = {
        "append": lambda: ledger.append(streams[0], [move], actor=ACTOR),
        "raw": plain,
        "record": lambda: ledger.record(noted, actor=ACTOR, stream=next(turns)),
    }
    took = take_turns(sides, rounds, each=10)
    ledger.close()
    raw.connection.close()
    target = 0.65 if kind == "unsigned" else None
    return [
        Result(what=f"append one, {kind}", ours=took["append"], raw=took["raw"], target=target),
        Result(what=f"record one, {kind}", ours=took["record"], raw=took["raw"]),
    ]


def measure_rebuild(folder: Path, entries: int, rounds: int) -> list[Result]:
    """All views folded again, against reading every entry as JSON."""
    ledger = new_ledger(folder, signed=False)
    build(ledger, entries)
    views = Views(ledger, folder / "views.db")

    def scan() -> None:
        for (state,) in ledger.connection.execute("SELECT state FROM event ORDER BY position"):
            orjson.loads(state)

    took = take_turns({"rebuild": views.rebuild, "raw": scan}, rounds)
    views.close()
    ledger.close()
    what = f"rebuild {entries:,} entries"
    return [Result(what=what, ours=took["rebuild"], raw=took["raw"], target=0.25)]


RAISE = "challenge --child 204117 --service CSC --theme PLC --role team-manager --words Contact"
COMMANDS = (
    RAISE, "note 1 --words Contact", "show 1", "replay 1", "casenote 1", "log", "due", "--version",
)  # fmt: skip
COMPLETING = {
    "_FOOTPRINT_COMPLETE": "complete_zsh", "COMP_WORDS": "footprint show 1", "COMP_CWORD": "2",
}  # fmt: skip


def measure_startup(folder: Path, rounds: int) -> list[Result]:
    """Whole processes from start to exit, each against a Python that does nothing.

    The target of a command on one thread is 12 times bare Python, a ratio of rates of 0.083; that
    of completing a reference 9 times; that of a view 1.8 times what brings it its database toolkit.
    """
    program = [str(Path(sys.executable).with_name("footprint"))]
    places = {"FOOTPRINT_HOME": str(folder), "FOOTPRINT_LEDGER": str(folder / "ledger.db")}
    # Without its compiled modules, a start measures the compiler.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"} | places

    def run(command: list[str], **more: str) -> Side:
        return lambda: subprocess.run(
            command, check=True, capture_output=True, env=environment | more
        )

    run([*program, "init", "--authority", "Benchmark"])()
    run([*program, *RAISE.split()])()
    sides = {f"footprint {c.split()[0]}": run([*program, *c.split()]) for c in COMMANDS}
    sides |= {
        "completing show 1": run(program, **COMPLETING),
        "bare": run([sys.executable, "-c", "pass"]),
        "toolkit": run([sys.executable, "-c", "import sqlalchemy"]),
    }
    took = take_turns(sides, rounds)
    lines = [name for name in sides if name not in {"bare", "toolkit"}]
    raw = dict.fromkeys(lines, took["bare"])
    raw |= dict.fromkeys(("footprint log", "footprint due"), took["toolkit"])
    targets: dict[str, float | None] = dict.fromkeys(lines, 1 / 12)
    targets |= {"footprint log": 1 / 1.8, "footprint due": 1 / 1.8, "completing show 1": 1 / 9}
    targets |= {"footprint --version": None}
    return [Result(what=n, ours=took[n], raw=raw[n], target=targets[n]) for n in lines]


# --- telling --------------------------------------------------------------------------------


def tell(results: list[Result]) -> None:
    print(f"{'what':<26}{'ours':>10}{'raw':>10}   ours/raw, in rate (quartiles)")
    for r in results:
        low, middle, high = r.ratio
        times = f"{_time(median(r.ours)):>10}{_time(median(r.raw)):>10}"
        target = f" (target ≥ {r.target:.3f})" if r.target else ""
        print(f"{r.what:<26}{times}   {middle:.3f} ({low:.3f}-{high:.3f}){target}")


def _time(seconds: float) -> str:
    return f"{seconds * 1e6:,.0f} µs" if seconds < 0.01 else f"{seconds * 1e3:,.0f} ms"


def tell_versions() -> None:
    packages = ("eventsourcing", "sqlalchemy", "orjson", "cryptography")
    told = ", ".join(f"{name} {version(name)}" for name in packages)
    print(f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {told}")


def profile(folder: Path, entries: int) -> None:
    """Where the time of an append, a record and a rebuild goes."""
    ledger = new_ledger(folder, signed=False)
    streams = build(ledger, entries)
    (move,) = ledger.consider(noted := next(islice(thread_asks(0), 2, None)), streams[0])
    views = Views(ledger, folder / "views.db")
    turns = cycle(streams)
    works: tuple[Side, ...] = (
        lambda: [ledger.append(streams[0], [move], actor=ACTOR) for _ in range(2_000)],
        lambda: [ledger.record(noted, actor=ACTOR, stream=next(turns)) for _ in range(2_000)],
        views.rebuild,
    )
    for work in works:
        profiler = cProfile.Profile()
        profiler.runcall(work)
        pstats.Stats(profiler).sort_stats("tottime").print_stats(28)
    ledger.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--entries", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=150)
    parser.add_argument("--folder", type=Path, default=None, help="where to write")
    parser.add_argument("--profile", action="store_true", help="say where the time goes instead")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="footprint-benchmark-", dir=given.folder))
    try:
        tell_versions()
        if given.profile:
            profile(folder / "profile", given.entries)
            return
        results = measure_startup(folder / "startup", max(given.rounds // 10, 4))
        for kind in ("unsigned", "signed", "not synced"):
            results += measure_append(folder / kind.replace(" ", "-"), given.rounds, kind)
        results += measure_rebuild(folder / "rebuild", given.entries, max(given.rounds // 20, 4))
        tell(results)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
