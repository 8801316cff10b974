"""Measure the ledger against the machine's limits and its peers, in one run.

    pip install -e '.[benchmark]'
    python -m benchmarks [GROUP ...] [--entries 1000000] [--rounds 20] [--folder DIR] [--record]

Sides take turns in short rounds, and a ratio is the median of the rounds' own, since what a
machine can do drifts within seconds. What is worse by a quarter than in RESULTS.md is said, and
makes the command fail; --record writes that file anew. A folder that is given keeps the data for
the next run.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import NamedTuple

from benchmarks import growth
from benchmarks.appending import measure_appending
from benchmarks.data import Place, build
from benchmarks.peers import versions
from benchmarks.reading import measure_library, measure_thread, measure_views
from benchmarks.results import (
    RESULTS,
    Row,
    as_markdown,
    fallen,
    machine,
    recorded,
    row_of,
    shortfalls,
)
from benchmarks.rounds import Measured
from benchmarks.starting import measure_starts
from benchmarks.verifying import measure_proofs, measure_verifying
from benchmarks.weighing import measure_memory, measure_size


class Bench(NamedTuple):
    """What a run has to go on: where its data are, where it may write, how often it measures."""

    data: Path
    scratch: Path
    entries: int
    rounds: int

    def place(self, entries: int) -> Place:
        return build(self.data / f"{entries}-entries", entries)

    @property
    def large(self) -> Place:
        return self.place(self.entries)

    @property
    def few(self) -> int:
        """Rounds of what takes long."""
        return max(self.rounds // 4, 1)


def _starts(bench: Bench) -> list[Measured]:
    return measure_starts(bench.large, bench.rounds)


def _appending(bench: Bench) -> list[Measured]:
    return measure_appending(bench.scratch / "appending", bench.rounds * 5)


def _reading(bench: Bench) -> list[Measured]:
    folder = bench.scratch / "reading"
    folder.mkdir()
    return [
        *measure_views(bench.large, folder, bench.few),
        *measure_thread(folder / "thread", bench.rounds * 5),
        measure_library(folder / "library", bench.few),
    ]


def _verifying(bench: Bench) -> list[Measured]:
    folder = bench.scratch / "verifying"
    folder.mkdir()
    return [
        *measure_verifying(bench.large, folder, bench.few),
        measure_proofs(bench.large, bench.rounds),
    ]


def _weighing(bench: Bench) -> list[Measured]:
    folder, few = bench.scratch / "weighing", max(bench.entries // 100, 100)
    folder.mkdir()
    large, small = (bench.large, bench.entries), (bench.place(few), few)
    return [*measure_memory(small, large, folder), measure_size(bench.large)]


GROUPS: dict[str, Callable[[Bench], list[Measured]]] = {
    "starts": _starts,
    "appending": _appending,
    "reading": _reading,
    "verifying": _verifying,
    "weighing": _weighing,
}
GROWTH = "growth"


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=", ".join([*GROUPS, GROWTH]))
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--folder", type=Path, help="where the data are kept for the next run")
    parser.add_argument("--record", action="store_true", help="write RESULTS.md, of all groups")
    given = parser.parse_args()
    groups = given.groups or [*GROUPS, GROWTH]
    if unknown := set(groups) - {*GROUPS, GROWTH}:
        parser.error(f"no group: {', '.join(sorted(unknown))}")
    if given.record and given.groups:
        parser.error("--record is for a run of all groups")
    with ExitStack() as stack:
        if given.folder:
            given.folder.mkdir(parents=True, exist_ok=True)
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=given.folder)))
        bench = Bench(given.folder or scratch, scratch, given.entries, given.rounds)
        return _run(bench, groups, record=given.record)


def _run(bench: Bench, groups: list[str], *, record: bool) -> int:
    head = [f"{bench.entries:,} entries, {bench.rounds} rounds.", f"{machine()}.", versions() + "."]
    print(*head, sep="\n", flush=True)
    rows = list(_measured(bench, groups))
    sizes = [10**power for power in range(3, len(str(bench.entries)))]
    grown = growth.measure_growth([bench.place(n) for n in sizes], 5) if GROWTH in groups else {}
    curves = growth.as_markdown(sizes, grown) if grown else []
    print(*curves, sep="\n")
    before = recorded(RESULTS.read_text()) if RESULTS.exists() else {}
    fell, short = fallen(rows, before), shortfalls(rows)
    if record:
        RESULTS.write_text(_document(head, rows, curves))
        growth.PLOT.write_text(growth.as_svg(sizes, grown))
    print(*(f"Below its floor: {what}" for what in short), sep="\n")
    print(*(f"Worse by a quarter than in {RESULTS.name}: {what}" for what in fell), sep="\n")
    return 1 if fell else 0


def _measured(bench: Bench, groups: list[str]) -> Iterator[Row]:
    """The rows of the groups, each group told as soon as it is measured."""
    heads = as_markdown([])
    for name, measure in GROUPS.items():
        if name in groups:
            rows = [row_of(measured) for measured in measure(bench)]
            print(*heads, *as_markdown(rows)[2:], sep="\n", flush=True)
            heads = []
            yield from rows


def _document(head: list[str], rows: list[Row], curves: list[str]) -> str:
    return "\n".join([
        "# Results of the last run",
        "",
        f"{date.today().isoformat()}. {' '.join(head)}",  # noqa: DTZ011 - the machine's own day
        "",
        "Made by `python -m benchmarks --record`. A ratio is the median of its rounds' own: a part",
        "of the limit's rate (≥), or how many times what the limit takes (≤). Sides take turns.",
        "What is appended was decided before; the stock library decides while it appends. Leaves",
        "and tree alone are what no command does: the ledger's code in a loop of the benchmark.",
        "",
        *as_markdown(rows),
        "",
        "## Growth",
        "",
        "![Seconds by the number of entries](growth.svg)",
        *curves,
        "",
    ])  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
