"""What whoever has a published annual report can add and subtract.

The sums are declared here, apart from how they are used, so that they can be read beside
`docs/measures.md`. A figure that could be worked out from others, and that no sum here speaks of,
is not in the published copy: threads less challenges are those that began as an alert, a stage less
the next those that went no further, what is open at the end of two quarters tells what was closed.
Each would be a second way to the same cells. Nor is the spread of days there, since the longest and
the median, which are published, say where in it somebody is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from footprint.reports.figures import COUNT, DAYS, SHARE, Figure, Report
from footprint.reports.protecting import UNSAID, Counts, Key, Sum

INSIDE_ROWS = frozenset({("years", "escalations"), ("years", "escalated"),
                         ("years", "open")})  # fmt: skip
"""Rows that are for use inside, where their columns are not."""

THREADS, CHALLENGES, DIRECT, BECAME, ALERTS = (
    ("raised", row, "count") for row in ("threads", "challenges", "direct", "became", "alerts")
)
_RESOLVED = {kind: ("closing", kind, "resolved") for kind in ("alert", "challenge")}
_INFORMAL = ("informal", "settled", "share")
_INFORMAL_OF = (*_INFORMAL, "base")

_SAME: Mapping[Key, Key] = {
    ("years", "threads", "this"): THREADS,
    ("years", "challenges", "this"): CHALLENGES,
    ("years", "alerts", "this"): ALERTS,
    ("years", "informal", "this"): _INFORMAL,
    ("years", "informal_on_time", "this"): ("responses", "informal", "on_time"),
    ("years", "formal_on_time", "this"): ("responses", "formal", "on_time"),
    ("years", "median", "this"): ("closing", "alert", "median"),
    ("years", "within_20", "this"): ("closing", "alert", "within_20"),
}
"""Figures that are printed twice: where, and where else."""

_EQUAL: Sequence[tuple[Key, Key]] = (
    (("filed", "filed", "share", "base"), THREADS),
    *(((*key[:2], "base"), key) for key in _RESOLVED.values()),
    (_INFORMAL, _RESOLVED["challenge"]),
)
"""Counts that are one and the same, but for threads of which a day is not known. Where they differ,
the difference is taken to be known."""

_COLUMNS: Sequence[tuple[str, str, Key]] = (
    *((table, "challenges", CHALLENGES) for table in ("themes", "services", "quarters", "sources")),
    *((table, "alerts", ALERTS) for table in ("themes", "services", "quarters", "sources")),
    ("stages", "alerts", ALERTS),
    ("impact", "threads", ("outcomes", "", "closed")),
)
"""Columns, and what all of their rows come to: the table, the column, the total. A thread with two
themes is in two rows; as most have one, whoever reads may suppose that the rest is known."""

_RESOLUTIONS = ("resolved", "partly", "explained")
_OTHER_CLOSURES = ("withdrawn", "overtaken", "left-care", "not-known")
_RESOLUTION, _CLOSED = ("outcomes", "", "resolution"), ("outcomes", "", "closed")


def _outcomes(*closures: str) -> tuple[Key, ...]:
    return tuple(("outcomes", closure, "threads") for closure in closures)


_BESIDE = ("issued", "before")
"""The columns that the year before has beside this one."""
_SUMS: Sequence[tuple[Key, tuple[Key, ...]]] = (
    (THREADS, (CHALLENGES, DIRECT)),
    (ALERTS, (DIRECT, BECAME)),
    (_RESOLUTION, _outcomes(*_RESOLUTIONS)),
    (_RESOLUTION, tuple(_RESOLVED.values())),
    (_INFORMAL_OF, (_RESOLUTION, *_outcomes("unresolved"))),
    (_CLOSED, (_INFORMAL_OF, *_outcomes(*_OTHER_CLOSURES))),
    ((*_INFORMAL, "rest"), (_RESOLVED["alert"], *_outcomes("unresolved"))),
    *(
        (("years", total, column), (("years", part, column), ("years", rest, column)))
        for column in _BESIDE
        for total, part, rest in (
            ("threads", "challenges", "direct"),
            ("alerts", "direct", "became"),
        )
    ),
    *(
        (
            ("years", "informal", column, "rest"),
            (("years", "median", column, "base"), ("years", "unresolved", column)),
        )
        for column in _BESIDE
    ),
)
"""The other sums. All that was closed is counted from what settles it or not, where that is a base
in print: of two sums that share more than one count, `protecting` cannot take one from the other.
What is in no table (all resolutions, all closed; the parts of the year before) is worked out from
what is, and protected where it is small, as it could be read off."""

_NO_MORE_THAN: Sequence[tuple[Key, Key]] = (
    (_RESOLVED["alert"], ("closing", "alert", "within_20")),
    *((("years", "median", column, "base"), ("years", "within_20", column)) for column in _BESIDE),
)
"""Counts, and one that is part of them though no table says of the rest what it is: an alert that
was resolved within its time was closed in the period. So is each theme of its column's total."""

_KEPT = frozenset({THREADS, ALERTS, *_RESOLVED.values(), *(
    ("years", row, column) for row in ("threads", "alerts") for column in _BESIDE
)})  # fmt: skip
"""Shown whenever they are not small: the report is about them. Of the rest, the bases of shares are
too, but for that of what was settled informally: it is held before anything else."""


class Related(NamedTuple):
    """Counts with what relates them, and which of them are one.

    Args:
        counts: to be protected.
        names: of each count that is the same as another, which other.
    """

    counts: Counts
    names: Mapping[Key, Key]


def places(table: str, row: str, column: str, figure: Figure) -> dict[str, Key]:
    """The counts that a figure is made of: its value, its base and the rest of its base."""
    key = _SAME.get((table, row, column), (table, row, column))
    if figure.kind == COUNT:
        return {"value": key}
    if figure.kind == SHARE:
        return {"base": (*key, "base"), "value": key, "rest": (*key, "rest")}
    if figure.kind == DAYS:  # those of one row are of the same days, but for the rows of `years`
        of = ("base",) if key[0] != "years" else (key[2], "base")
        return {"base": (*key[:2], *of)}
    return {}


def related(report: Report, threshold: int, before: Mapping[Key, str] | None = None) -> Related:
    """The counts of a report of which only what is published is left, and all sums of them.

    Args:
        report: the report.
        threshold: under it a count is small.
        before: what was held before, and what was said of it.
    """
    printed = dict(counts_of(report))
    unprinted = dict(_in_no_table(printed))
    values = printed | unprinted
    names = _names(values)
    free = dict(_left_of(values))
    values |= free
    sums = [*_shares(values), *_declared(values), *_unequal(values), *_parts_of(values)]
    bases = {(*k[:-1], "base") for k in printed if k[-1] == "rest"} - {_INFORMAL_OF}
    counts = Counts(
        {key: value for key, value in values.items() if key not in names},
        [_renamed(one, names) for one in sums],
        threshold,
        unprinted=unprinted.keys() - names.keys(),
        free=free.keys() - names.keys(),
        kept=(_KEPT | bases) & printed.keys(),
        first={_INFORMAL_OF} & printed.keys(),
        before=_merged(before or {}, names),
    )
    return Related(counts, names)


def counts_of(report: Report) -> Iterator[tuple[Key, int]]:
    """The counts that are in print: in columns, days of how many, and of shares all three.

    What is not in a share is printed as well: to who subtracts, or as all but few.
    """
    for table in report.tables():
        for row, column, figure in table.figures():
            value = figure.value if isinstance(figure.value, int) else 0
            base = figure.base or 0
            found = {"base": base, "value": value, "rest": base - value}
            for part, key in places(table.name, row.key, column.key, figure).items():
                yield key, found[part]


def _in_no_table(printed: Mapping[Key, int]) -> Iterator[tuple[Key, int]]:
    """The counts that are not in print, and that what is comes to, or leaves."""
    resolved = sum(printed.get(key, 0) for key in _outcomes(*_RESOLUTIONS))
    yield _RESOLUTION, resolved
    others = _outcomes("unresolved", *_OTHER_CLOSURES)
    yield _CLOSED, resolved + sum(printed.get(key, 0) for key in others)
    for column in _BESIDE:
        if ("years", "threads", column) not in printed:
            continue
        threads, challenges, alerts = (
            printed["years", row, column] for row in ("threads", "challenges", "alerts")
        )
        yield ("years", "direct", column), threads - challenges
        yield ("years", "became", column), max(alerts - (threads - challenges), 0)
        unsettled, alone = (
            printed.get(("years", *key), 0)
            for key in (("informal", column, "rest"), ("median", column, "base"))
        )
        yield ("years", "unresolved", column), max(unsettled - alone, 0)


_REST = "less"


def _no_more_than(values: Mapping[Key, int]) -> Iterator[tuple[Key, Key]]:
    """The counts of which another is a part, with that one."""
    themes = [(total, column) for table, column, total in _COLUMNS if table == "themes"]
    for total, column in themes:
        yield from ((total, key) for key in values if key[0] == "themes" and key[2:] == (column,))
    yield from _NO_MORE_THAN


def _left_of(values: Mapping[Key, int]) -> Iterator[tuple[Key, int]]:
    """What is left of them."""
    for total, part in _no_more_than(values):
        if total in values and part in values and values[part] <= values[total]:
            yield (*part, _REST), values[total] - values[part]


def _parts_of(values: Mapping[Key, int]) -> Iterator[Sum]:
    for total, part in _no_more_than(values):
        if (*part, _REST) in values:
            yield Sum(total, (part, (*part, _REST)))


# --- sums -------------------------------------------------------------------------------------


def _shares(values: Mapping[Key, int]) -> Iterator[Sum]:
    for key in values:
        if (*key, "rest") in values:
            yield Sum((*key, "base"), (key, (*key, "rest")))


def _declared(values: Mapping[Key, int]) -> Iterator[Sum]:
    """The sums of columns, and the others, as far as their total and their parts are there."""
    columns = [
        (total, tuple(k for k in values if (k[0], *k[2:]) == (table, column) and k[1]))
        for table, column, total in _COLUMNS
    ]
    for total, parts in (*columns, *_SUMS):
        there = tuple(part for part in parts if part in values)
        if total in values and there:
            yield Sum(total, there, values[total] - sum(values[part] for part in there))


def _names(values: Mapping[Key, int]) -> dict[Key, Key]:
    """Those that are equal, by the name of one of them."""
    issued = [(key, (*key[:2], "issued", *key[3:])) for key in values if key[2:3] == ("before",)]
    there = [(a, b) for a, b in (*_EQUAL, *issued) if a in values and b in values]
    return {one: other for one, other in there if values[one] == values[other]}


def _unequal(values: Mapping[Key, int]) -> Iterator[Sum]:
    for one, other in _EQUAL:
        if one in values and other in values and values[one] != values[other]:
            yield Sum(one, (other,), values[one] - values[other])


def _merged(marks: Mapping[Key, str], names: Mapping[Key, Key]) -> dict[Key, str]:
    """What was said, where counts that are the same have one name: nothing, where it differs."""
    found: dict[Key, str] = {}
    for key, mark in marks.items():
        name = names.get(key, key)
        found[name] = mark if found.get(name, mark) == mark else UNSAID
    return found


def _renamed(one: Sum, names: Mapping[Key, Key]) -> Sum:
    parts = tuple(names.get(part, part) for part in one.parts)
    return Sum(names.get(one.total, one.total), parts, one.more)
