"""The table of a run: against its targets, and against the run before."""

from __future__ import annotations

import os
import platform
import re
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from statistics import median
from typing import NamedTuple

from benchmarks.rounds import Measured, middle
from benchmarks.targets import BY_NAME, TIMES, Target

RESULTS = Path(__file__).with_name("RESULTS.md")
_ROW = re.compile(r"^\| ([^|]+?) \| [^|]+ \| [^|]+ \| \*\*([0-9.,]+)\*\*", re.MULTILINE)


class Row(NamedTuple):
    """A measure as the table has it; `low` and `high` are the quartiles of its rounds' ratios."""

    target: Target
    ratio: float
    low: float
    high: float
    ours: float
    limit: float

    def verdict(self) -> str:
        """Whether the least that is wanted is reached, and what is striven for."""
        target = self.target
        if target.floor is None:
            return ""
        if not target.reaches(self.ratio, target.floor):
            return "below its floor"
        met = target.goal is not None and target.reaches(self.ratio, target.goal)
        return "goal met" if met else "floor met"


def row_of(measured: Measured) -> Row:
    target = BY_NAME[measured.what]
    low, ratio, high = sorted(map(target.ratio, middle(measured.times)))
    return Row(target, ratio, low, high, median(measured.ours), median(measured.limit))


def fallen(rows: Iterable[Row], before: Mapping[str, float]) -> list[str]:
    """What is worse by a quarter than it was."""
    return [
        f"{row.target.what}: {_figure(row.ratio)}, and it was {_figure(before[row.target.what])}"
        for row in rows
        if row.target.what in before and row.target.fell(row.ratio, before[row.target.what])
    ]


def recorded(text: str) -> dict[str, float]:
    """The ratios of a table that `as_markdown` wrote."""
    return {name: float(ratio.replace(",", "")) for name, ratio in _ROW.findall(text)}


def as_markdown(rows: Iterable[Row]) -> list[str]:
    lines = [
        "| work | ours | limit | ratio | quartiles | floor, goal | | held against |",
        "| --- | ---: | ---: | ---: | ---: | --- | --- | --- |",
    ]
    return lines + [
        f"| {row.target.what} | {_amount(row.target, row.ours)} | {_amount(row.target, row.limit)}"
        f" | **{_figure(row.ratio)}** | {_figure(row.low)}-{_figure(row.high)}"
        f" | {_wanted(row.target)} | {row.verdict()} | {row.target.limit} |"
        for row in rows
    ]


def _wanted(target: Target) -> str:
    sign = "≤" if target.kind == TIMES else "≥"
    return ", ".join(f"{sign} {one:g}" for one in (target.floor, target.goal) if one is not None)


def _figure(ratio: float) -> str:
    return f"{ratio:.3f}" if ratio < 1 else f"{ratio:.2f}"


def _amount(target: Target, value: float) -> str:
    """Seconds, or what else is measured, as a person reads it."""
    if target.what.startswith("memory"):
        return f"{value:,.0f} MiB"
    if target.what.startswith("size"):
        return f"{value / 1e6:,.1f} MB"
    if target.what == "inclusion proof":
        return f"{value:.2f} ms"
    return spoken(value)


def spoken(seconds: float) -> str:
    """Seconds in the unit that suits them."""
    for unit, size in (("s", 1), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:,.3g} {unit}" if seconds < 1000 else f"{seconds:,.0f} s"
    return f"{seconds * 1e6:,.3g} µs"


def machine() -> str:
    """What it ran on: the kind of processor, how many, and the system."""
    info = Path("/proc/cpuinfo")
    found = re.search("model name\t: (.*)", info.read_text()) if info.exists() else None
    processor = found[1] if found else platform.processor() or platform.machine()
    return (
        f"{os.cpu_count()} cores ({processor}), {platform.system()} {platform.machine()},"
        f" Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )


def shortfalls(rows: Iterable[Row]) -> list[str]:
    return [row.target.what for row in rows if row.verdict() == "below its floor"]
