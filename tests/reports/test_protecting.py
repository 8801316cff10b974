"""Held counts against every table of whole numbers that agrees with what is shown."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footprint.reports.protecting import FEW, MANY, UNSAID, Counts, Key, Sum, held

TOTAL = ("total",)
MOST = 40
"""More than any count in here: the end of what is tried of one that could be any number."""


def table(parts: tuple[int, ...], threshold: int, **more: Any) -> Counts:
    """A total and its parts."""
    keys = [(f"part {at}",) for at in range(len(parts))]
    values = {TOTAL: sum(parts), **dict(zip(keys, parts, strict=True))}
    return Counts(values, [Sum(TOTAL, tuple(keys))], threshold, **more)


def print_of(counts: Counts) -> dict[Key, int | str]:
    """What whoever reads sees: the count, or what is said of it."""
    marks = held(counts)
    return {k: marks.get(k, v) for k, v in counts.values.items() if k not in counts.unprinted}


# --- one table --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "printed"),
    [
        ((6, 9, 20), (35, 6, 9, 20)),
        ((3, 1, 20), (24, FEW, FEW, 20)),
        ((20, 4, 2), (26, MANY, FEW, FEW)),
        ((20, 3, 9), (32, 20, FEW, MANY)),
        ((30, 1, 1, 14), (46, 30, FEW, FEW, MANY)),
        ((4, 4), (8, UNSAID, UNSAID)),
        ((1, 5), (6, UNSAID, UNSAID)),
        ((12, 5, 3), (20, 12, UNSAID, UNSAID)),
        ((0, 0, 0), (FEW, FEW, FEW, FEW)),
        ((2, 1), (FEW, FEW, FEW)),
        ((0, 0, 7), (7, UNSAID, UNSAID, UNSAID)),
        ((7,), (7, 7)),
        ((3,), (FEW, FEW)),
    ],
)
def test_simple_tables(parts: tuple[int, ...], printed: tuple[int | str, ...]) -> None:
    """What is held of a table with a known total, from nothing to all of its parts."""
    assert tuple(print_of(table(parts, 5)).values()) == printed


@given(st.lists(st.integers(5, 60), min_size=1, max_size=8))
def test_nothing_small_nothing_held(parts: list[int]) -> None:
    """Where no count is under the threshold, all are shown."""
    assert not held(table(tuple(parts), 5))


@pytest.mark.parametrize(("threshold", "many", "most"), [(2, 3, 8), (3, 2, 13), (3, 3, 9)])
def test_knowing_the_rules_does_not_help(threshold: int, many: int, most: int) -> None:
    """Of all tables that would be printed the same, a count that reads as few has each value under
    the threshold in one of them, and any count that is held has two at least."""
    alike: dict[tuple[int | str, ...], list[tuple[int, ...]]] = {}
    for parts in product(range(most + 1), repeat=many):
        if sum(parts) <= most:
            counts = table(parts, threshold)
            printed = tuple(print_of(counts).values())
            alike.setdefault(printed, []).append(tuple(counts.values.values()))
    for printed, worlds in alike.items():
        for at, said in enumerate(printed):
            could_be = {world[at] for world in worlds}
            assert said != FEW or could_be == set(range(threshold)), (printed, worlds)
            assert isinstance(said, int) or len(could_be) > 1, (printed, worlds)


# --- sums that are linked: trees ----------------------------------------------------------------


def could_be(counts: Counts, marks: Mapping[Key, str], key: Key) -> set[int]:
    """Which values a count has in the tables that agree with what is shown, tried one by one."""
    return {n for n in range(MOST) if _rooted(counts, marks, TOTAL, {key: {n}})}


def _rooted(
    counts: Counts, marks: Mapping[Key, str], key: Key, only: dict[Key, set[int]]
) -> set[int]:
    """The values that a count can have by its own mark, and by all that is under it."""
    found = _by_mark(counts, marks, key) & only.get(key, set(range(MOST)))
    for one in counts.sums:
        if one.total == key:
            reached = {one.more}
            for part in one.parts:
                below = _rooted(counts, marks, part, only)
                reached = {a + b for a in reached for b in below if a + b < MOST}
            found &= reached
    return found


def _by_mark(counts: Counts, marks: Mapping[Key, str], key: Key) -> set[int]:
    if key in counts.unprinted:
        return set(range(MOST))
    said: dict[str | None, set[int]] = {
        FEW: set(range(counts.threshold)),
        MANY: set(range(counts.threshold, MOST)),
        UNSAID: set(range(MOST)),
    }
    return said.get(marks.get(key), {counts.values[key]})


SIZES = st.integers(0, 7)


@st.composite
def trees(draw: st.DrawFn) -> Counts:
    """A total that is divided once or twice, one part of it again: as in a report."""
    values: dict[Key, int] = {TOTAL: 0}
    sums: list[Sum] = []

    def divide(total: Key, name: str, size: int | None) -> None:
        parts = [draw(SIZES) for _ in range(draw(st.integers(1, 3)))]
        if size is not None:  # the last part is the rest
            parts = [min(part, size) for part in parts]
            parts = parts[:1] if sum(parts) > size else parts
            parts.append(size - sum(parts))
        keys = [(f"{name}{at}",) for at in range(len(parts))]
        values.update(zip(keys, parts, strict=True))
        values[total] = sum(parts)
        sums.append(Sum(total, tuple(keys)))

    divide(TOTAL, "a", None)
    if draw(st.booleans()):
        divide(TOTAL, "b", values[TOTAL])
    if draw(st.booleans()):
        divide(("a0",), "c", values["a0",])
    below = [key for key in values if key != TOTAL]
    return Counts(
        values,
        sums,
        threshold=draw(st.integers(2, 4)),
        unprinted=draw(st.sets(st.sampled_from(below), max_size=1)),
        first=draw(st.sets(st.sampled_from(below), max_size=2)),
    )


@given(trees())
def test_linked_sums_tell_no_more_than_the_marks(counts: Counts) -> None:
    """By all the sums there are, a small count could be any small number, and any other count that
    is held could be two at least."""
    marks = held(counts)
    for key, value in counts.values.items():
        values = could_be(counts, marks, key)
        assert value in values
        if value < counts.threshold:
            assert values >= set(range(counts.threshold)), (key, marks)
        elif key in marks:
            assert len(values) > 1, (key, marks)


# --- two totals that share a part -----------------------------------------------------------------

THREADS, CHALLENGES, DIRECT, BECAME, ALERTS = (
    (name,) for name in ("threads", "challenges", "direct", "became", "alerts")
)


def raised(challenges: int, direct: int, became: int, threshold: int) -> Counts:
    values = {
        THREADS: challenges + direct,
        CHALLENGES: challenges,
        DIRECT: direct,
        BECAME: became,
        ALERTS: direct + became,
    }
    sums = [Sum(THREADS, (CHALLENGES, DIRECT)), Sum(ALERTS, (DIRECT, BECAME))]
    return Counts(values, sums, threshold, kept=(THREADS, ALERTS))


@given(st.integers(0, 8), st.integers(0, 8), st.integers(0, 8), st.integers(2, 4))
def test_two_totals_with_a_part_in_common(
    challenges: int, direct: int, became: int, threshold: int
) -> None:
    """The totals are shown where they are not small, and neither tells of the other's parts."""
    counts = raised(challenges, direct, became, threshold)
    marks = held(counts)
    worlds = []
    for parts in product(range(17), repeat=3):
        world = raised(*parts, threshold).values
        if all(n in _by_mark(counts, marks, key) for key, n in world.items()):
            worlds.append(world)
    for key in marks:
        values = {world[key] for world in worlds}
        assert values >= set(range(threshold)) if marks[key] == FEW else len(values) > 1, marks
    for total in (THREADS, ALERTS):
        assert (total in marks) == (counts.values[total] < threshold)


def test_how_large_it_is_does_not_matter() -> None:
    """The last in order is held with a small count, whether or not it is the smallest."""
    few, many = ("part 0",), ("part 3",)
    assert held(table((2, 12, 12, 12), 5)) == {few: FEW, many: MANY}
    assert held(table((2, 12, 10, 90), 5)) == {few: FEW, many: MANY}


def test_some_are_held_rather_than_others() -> None:
    """What is to be held first is held first, and what is to be kept is kept."""
    first, kept = ("part 1",), ("part 3",)
    assert held(table((2, 12, 12, 12), 5, first={first})).keys() == {("part 0",), first}
    assert held(table((2, 12, 12, 12), 5, kept={kept})).keys() == {("part 0",), ("part 2",)}
