"""Sides that take turns, so that each meets the same machine."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from statistics import median, quantiles
from typing import NamedTuple

Side = Callable[[], object]
"""One of those that are compared: does its work once."""


class Measured(NamedTuple):
    """What each round gave for ours and for the limit: seconds, or bytes; the less the better."""

    what: str
    ours: list[float]
    limit: list[float]

    @property
    def times(self) -> list[float]:
        """How many times the limit's ours is, a round."""
        return [ours / limit for ours, limit in zip(self.ours, self.limit, strict=True)]


def take_turns(sides: Mapping[str, Side], rounds: int, each: int = 1) -> dict[str, list[float]]:
    """Seconds of one call of each side, over rounds that each begin with another one.

    What a durable commit costs drifts twofold within seconds on a shared disk, so a round is short,
    and a ratio is that of a round.

    Args:
        sides: by their names.
        rounds: how many count; one before them warms up.
        each: how often a side does its work in a round.
    """
    took: dict[str, list[float]] = {name: [] for name in sides}
    names = list(sides)
    for nth in range(rounds + 1):
        first = nth % len(names)
        for name in names[first:] + names[:first]:
            started = time.perf_counter()
            for _ in range(each):
                sides[name]()
            if nth:
                took[name].append((time.perf_counter() - started) / each)
    return took


def middle(values: list[float]) -> tuple[float, float, float]:
    """The lower quartile, the median and the upper quartile."""
    if len(values) < 2:
        return values[0], values[0], values[0]
    low, _, high = quantiles(values)
    return low, median(values), high
