"""Which counts are held back, so that none that is small can be worked out from the others.

Nothing in here knows of reports. Given are counts; sums between them, which whoever reads knows;
and a threshold, under which a count is small. Whoever reads is taken to know that counts are whole
and not less than nothing, and what every mark means. Who also tries which tables these rules would
print the same finds seldom more; in one copy never where a total has two or three parts (a test).

What can be told of a count is an interval. Counts that are shown are known; from them the sums
bring the others nearer, until nothing changes (bounds propagation). Where no two sums share more
than one count and they close no circle, each value of these intervals occurs in some table that
agrees with all that is shown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from math import inf
from typing import NamedTuple

Key = tuple[str, ...]
Interval = tuple[float, float]

FEW, MANY, UNSAID = "few", "many", "unsaid"
"""What is said of a count that is held: that it is under the threshold; that it is not, as else
that would be said; nothing at all."""


class Sum(NamedTuple):
    """A total, its parts, and how much of it is in none of them, which is taken to be known.

    `more` is less than nothing where a thing is counted in several parts.
    """

    total: Key
    parts: tuple[Key, ...]
    more: int = 0


class Counts(NamedTuple):
    """What is to be protected.

    Args:
        values: each count, in an order that does not depend on them.
        sums: between them.
        threshold: under it a count is small.
        unprinted: counts that are nowhere in print, and which a reader could work out: protected
            where they are small.
        free: counts that are nowhere in print and are nobody's: by them one count is known to be no
            more than another, and no more is wanted of them.
        kept: counts that are not held for the sake of others, though then more can be told of
            what is small: never what it is, but that it is not nothing.
        first: counts that are held for the sake of others rather than the rest.
        before: what has been held before, and what was said of it: held again, whatever it is.
    """

    values: Mapping[Key, int]
    sums: Sequence[Sum]
    threshold: int
    unprinted: Collection[Key] = ()
    free: Collection[Key] = ()
    kept: Collection[Key] = ()
    first: Collection[Key] = ()
    before: Mapping[Key, str] = {}


Marks = Mapping[Key, str]
"""What is held so far, and what is said of it."""


def held(counts: Counts) -> dict[Key, str]:
    """What is held, and what is said of it.

    Small counts are held. Where more can be told of one than that it is small, another is held with
    it, the last in order that helps: not the smallest, as that would tell how large it is at
    most. Where that was not enough, or that it is not small tells something, nothing more is said
    of the counts of that sum; then more are held. Totals are held last. The same counts give the
    same answer.
    """
    marks = dict(_begun(counts))
    for sums in _apart(counts):
        marks |= _held_by(_only(counts, sums))
    return {key: mark for key, mark in marks.items() if _is_printed(counts, key)}


def _is_printed(counts: Counts, key: Key) -> bool:
    return key not in counts.unprinted and key not in counts.free


def _held_by(counts: Counts) -> Marks:
    marks, served = _begun(counts), dict.fromkeys(counts.values, 0)
    while after := _relieved(counts, marks, served):
        marks = after
    return marks


def _only(counts: Counts, sums: Sequence[Sum]) -> Counts:
    """Some of the sums, and the counts in them."""
    there = {key for one in sums for key in (one.total, *one.parts)}
    return counts._replace(
        values={key: value for key, value in counts.values.items() if key in there},
        sums=sums,
        unprinted=there.intersection(counts.unprinted),
        free=there.intersection(counts.free),
    )


def _apart(counts: Counts) -> list[list[Sum]]:
    """The sums in groups that do not touch but in what is shown in any case."""
    groups: list[tuple[set[Key], list[Sum]]] = []
    for one in counts.sums:
        keys = {key for key in (one.total, *one.parts) if not _is_fixed(counts, key)}
        touched = [group for group in groups if group[0] & keys]
        groups = [group for group in groups if not group[0] & keys]
        joined = [*(sum_ for _, sums in touched for sum_ in sums), one]
        groups.append((keys.union(*(there for there, _ in touched)), joined))
    return [sums for _, sums in groups]


def _is_fixed(counts: Counts, key: Key) -> bool:
    small = counts.values[key] < counts.threshold
    return key in counts.kept and not small and key not in counts.before


def _begun(counts: Counts) -> Marks:
    """Small counts held, and those of before; of what is not in print nothing is said."""
    few = {k: FEW for k, value in counts.values.items() if value < counts.threshold}
    again = {k: mark for k, mark in counts.before.items() if k in counts.values}
    return few | again | dict.fromkeys([*counts.unprinted, *counts.free], UNSAID)


# --- what can be told -------------------------------------------------------------------------


def _told(counts: Counts, marks: Marks) -> list[Key]:
    """The counts of which too much can be told.

    Of a small one, more than that it is small; of another that is held, what it is.
    """
    known = intervals(counts, marks)
    return [key for key in marks if _narrow(counts, key, known[key])]


def _narrow(counts: Counts, key: Key, interval: Interval) -> bool:
    low, high = interval
    if key in counts.free:
        return False
    if counts.values[key] < counts.threshold:
        return low > 0 or high < counts.threshold - 1
    return low == high and key not in counts.unprinted


def _says_more(counts: Counts, marks: Marks, key: Key) -> bool:
    """Whether that a count is not small tells more than the sums do."""
    if marks[key] != MANY:
        return False
    least, _ = intervals(counts, {**marks, key: UNSAID})[key]
    return least < counts.threshold


def _guessed(counts: Counts, marks: Marks) -> list[Key]:
    """The counts that could be worked out by who guessed which of them are small.

    That is no idle guess: which was held with it can tell, as it is the last in order that is not.
    """
    known = intervals(
        counts,
        {
            key: _guess(counts, key) if _is_printed(counts, key) else mark
            for key, mark in marks.items()
        },
    )
    return [key for key in marks if known[key][0] == known[key][1] and _is_printed(counts, key)]


def _guess(counts: Counts, key: Key) -> str:
    return FEW if counts.values[key] < counts.threshold else MANY


def intervals(counts: Counts, marks: Marks) -> dict[Key, Interval]:
    """The least and the most that a reader can tell of each count."""
    known = {key: _said(counts, marks, key) for key in counts.values}
    changed = True
    while changed:
        changed = False
        for one in counts.sums:
            for key, interval in _narrowed(one, known):
                changed = changed or interval != known[key]
                known[key] = interval
    return known


def _said(counts: Counts, marks: Marks, key: Key) -> Interval:
    """What a count's own mark says of it."""
    value, threshold = counts.values[key], counts.threshold
    said: dict[str, Interval] = {FEW: (0, threshold - 1), MANY: (threshold, inf), UNSAID: (0, inf)}
    return said[marks[key]] if key in marks else (value, value)


def _narrowed(one: Sum, known: Mapping[Key, Interval]) -> Iterator[tuple[Key, Interval]]:
    """What a sum tells of its total, and of each part."""
    lows, highs = ([known[part][end] for part in one.parts] for end in (0, 1))
    low, high = known[one.total]
    low, high = max(low, sum(lows) + one.more), min(high, sum(highs) + one.more)
    yield one.total, (low, high)
    for at, part in enumerate(one.parts):
        most = high - one.more - (sum(lows) - lows[at])
        least = low - one.more - sum(highs[:at] + highs[at + 1 :])
        yield part, (max(lows[at], least), min(highs[at], most))


# --- what is done where too much can be told ---------------------------------------------------


def _relieved(counts: Counts, marks: Marks, served: dict[Key, int]) -> Marks | None:
    """What is held next, so that less can be told; None where nothing is told, or all is held.

    Args:
        counts: all.
        marks: what is held so far.
        served: how often something was done that helped each; counted on.
    """
    told = _told(counts, marks)
    for key in told:
        if after := _less_told(counts, marks, key, served):
            return after
    loud = (key for key in marks if not told and _says_more(counts, marks, key))
    if after := next((_quieter(counts, marks, key) for key in loud), None):
        return after
    guessed = [] if told else _guessed(counts, marks)
    more = (_another_held(counts, marks, key, UNSAID, totals=False) for key in guessed)
    return next(filter(None, more), None)


def _less_told(counts: Counts, marks: Marks, key: Key, served: dict[Key, int]) -> Marks | None:
    """What is held next for the sake of one count; None where there is nothing left to hold."""
    after = None if served[key] else _another_held(counts, marks, key, MANY, totals=False)
    after = after or _quieter(counts, marks, key)
    new = after.keys() - marks.keys() if after else ()
    served[key] += all(_helps(counts, marks, other, key) for other in new)
    return after


def _quieter(counts: Counts, marks: Marks, key: Key) -> Marks | None:
    """With less said of what is held around a count; where nothing is, with one more held."""
    return _unsaid(counts, marks, key) or _another_held(counts, marks, key, UNSAID, totals=True)


def _unsaid(counts: Counts, marks: Marks, key: Key) -> Marks | None:
    """With nothing said of what is held in its sums; None where nothing was."""
    beside = {k for one in _sums_of(counts, {key}) for k in (one.total, *one.parts)}
    said = [k for k in marks if k in {*beside, key} and marks[k] != UNSAID]
    return {**marks, **dict.fromkeys(said, UNSAID)} if said else None


def _another_held(
    counts: Counts, marks: Marks, key: Key, mark: str, *, totals: bool
) -> Marks | None:
    """With one more held: the first that helps, or the first at all, as two may be needed."""
    choices = [k for _, k in sorted(_choices(counts, marks, key, totals=totals))]
    helping = (k for k in choices if _helps(counts, marks, k, key))
    chosen = next(helping, choices[0]) if choices else None
    return {**marks, chosen: mark} if chosen else None


Rank = tuple[bool, int, bool, int]


def _choices(counts: Counts, marks: Marks, key: Key, *, totals: bool) -> Iterator[tuple[Rank, Key]]:
    """The counts that could be held for one, ranked: those of its sums first, then of theirs."""
    places = {k: at for at, k in enumerate(counts.values)}
    seen: set[Key] = set()
    reached, distance = {key}, 0
    while reached - seen:
        seen |= reached
        distance += 1
        near = _sums_of(counts, reached)
        for one in near:
            for k in (*one.parts, one.total):
                total, first = k == one.total, k in counts.first
                if k not in marks and k not in counts.kept and (totals or first or not total):
                    yield (not first, distance, total, -places[k]), k
        reached = {k for one in near for k in (*one.parts, one.total) if k in marks}


def _sums_of(counts: Counts, keys: Collection[Key]) -> list[Sum]:
    return [one for one in counts.sums if any(k in keys for k in (one.total, *one.parts))]


def _helps(counts: Counts, marks: Marks, other: Key, key: Key) -> bool:
    """Whether less could be told of one count if another were held."""
    (low, high), (least, most) = (
        intervals(counts, some)[key] for some in (marks, {**marks, other: UNSAID})
    )
    return least < low or most > high
