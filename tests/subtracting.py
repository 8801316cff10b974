"""Whoever has published copies and subtracts: what can be worked out of what is held back.

Written from `docs/measures.md` and the copies alone; it shares nothing with the program that makes
them. Each cell of each copy is an unknown within bounds; between them are equations. These are
solved exactly (Gauss, over fractions), and both they and the solved ones narrow the bounds.

What is taken to be known beside the copies helps the attack: how often a thread counts in several
themes, and that from an earlier copy to a later one counts only rose. It is no find that a count is
still what an earlier copy printed: a total that is shown, and did not rise, tells so of all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import ceil, floor, inf

from footprint.reports.figures import Figure, Report, Table

Unknown = tuple[str, ...]
Equation = dict[Unknown, Fraction]
"""Of each unknown how often; together they are nothing. `ONE` stands for the number."""
ONE: Unknown = ("one",)

SERVICES = ("CSC", "CHAD", "EDU", "CAMHS", "HLT", "FOS")
THEMES = ("DEL", "ADO", "PLC", "EDU", "HLT", "LSW")
IMPACTS = ("plan", "delay", "none", "none-said", "move", "safety")
_LISTED = {"services": SERVICES, "themes": THEMES, "impact": IMPACTS}
"""Rows that are there, or are among the others: as many of each list as make a difference."""


class Attack:
    """What is known of all copies together. The threshold is that of the copies, which they say."""

    def __init__(self, threshold: int) -> None:
        self.threshold = threshold
        self.bounds: dict[Unknown, tuple[float, float]] = {}
        self.held: set[Unknown] = set()
        self.small: set[Unknown] = set()
        self.equations: list[Equation] = []
        self.earlier: dict[str, list[str]] = {}

    # --- reading a copy -----------------------------------------------------------------------

    def read(self, copy: str, report: Report, doubled: Mapping[str, int] | None) -> None:
        """Take a copy.

        Args:
            copy: a name of its own.
            report: what is printed.
            doubled: of each column of themes, how much more it comes to than the threads. None
                where that is not known: then that no theme is more than all.
        """
        for table in report.tables():
            for row, column, figure in table.figures():
                if row.key != "others":
                    self._cell((copy, table.name, row.key, column.key), figure)
            self._not_listed(copy, table)
        self._relate(copy, doubled)

    def _not_listed(self, copy: str, table: Table) -> None:
        """The rows that are not there: of each what is said of the others, or nothing is in it."""
        there = {row.key: row for row in table.rows}
        for key in _LISTED.get(table.name, ()):
            for at, column in enumerate(table.columns):
                if key not in there:
                    others = there.get("others")
                    figure = others.cells[at] if others else Figure("count", 0)
                    self._cell((copy, table.name, key, column.key), figure)

    def _cell(self, key: Unknown, figure: Figure) -> None:
        if figure.kind == "count":
            self._bound(key, self._by_mark(figure.held, figure.value), held=bool(figure.held))
        elif figure.kind == "days":
            self._bound((*key, "base"), self._by_mark(figure.held, figure.base), held=False)
        elif figure.kind == "share":
            self._share(key, figure)

    def _share(self, key: Unknown, figure: Figure) -> None:
        base, rest = (*key, "base"), (*key, "rest")
        kept, few = figure.base is not None, (0, self.threshold - 1)
        all_but = figure.held == "all-but-few"
        self._bound(base, self._by_mark("" if kept else figure.held, figure.base), held=not kept)
        self._bound(
            key, self._by_mark("" if all_but else figure.held, figure.value), held=bool(figure.held)
        )
        self._bound(rest, few if all_but else (0, inf), held=bool(figure.held))
        if not kept:  # what is held is the base: the others may be in print elsewhere
            self.held -= {key, rest}
            self.small |= {key, rest}
        self._sum(base, [key, rest])

    def _by_mark(self, held: str, value: object) -> tuple[float, float]:
        if held == "few":
            return 0, self.threshold - 1
        return (value, value) if isinstance(value, int) and not held else (0, inf)

    def _bound(self, key: Unknown, bounds: tuple[float, float], *, held: bool) -> None:
        self.bounds[key] = bounds
        if held:
            self.held.add(key)

    # --- what is known of the figures -----------------------------------------------------------

    def _relate(self, copy: str, doubled: Mapping[str, int] | None) -> None:
        def at(*key: str) -> Unknown:
            return (copy, *key)

        threads, challenges, direct, became, alerts = (
            at("raised", row, "count")
            for row in ("threads", "challenges", "direct", "became", "alerts")
        )
        self._sum(threads, [challenges, direct])
        self._sum(alerts, [direct, became])
        for column, total in (("challenges", challenges), ("alerts", alerts), ("threads", threads)):
            for table in ("services", "quarters", "sources", "stages"):
                self._sum(total, self._column(copy, table, column))
            themes = self._column(copy, "themes", column)
            if doubled is not None:
                self._sum(total, themes, doubled.get(column, 0))
            for theme in themes if doubled is None else ():
                self._less(theme, total)
        resolved = [at("closing", kind, "resolved") for kind in ("alert", "challenge")]
        outcomes = {key[2]: key for key in self._column(copy, "outcomes", "threads")}
        good = [outcomes.pop(code) for code in ("resolved", "partly", "explained")]
        self._equal(resolved, good)
        self._equal([*good, *outcomes.values()], self._column(copy, "impact", "threads"))
        informal = at("informal", "settled", "share")
        self._equal([informal], resolved[1:])
        self._equal([(*informal, "base")], [*good, outcomes["unresolved"]])
        for kind, one in zip(("alert", "challenge"), resolved, strict=True):
            for column in ("median", "mean", "longest"):
                self._equal([at("closing", kind, column, "base")], [one])
        self._equal([at("filed", "filed", "share", "base")], [threads])
        self._less(at("closing", "alert", "within_20"), resolved[0])
        self._years(copy)

    def _years(self, copy: str) -> None:
        """The figures that are printed again year on year, and what the year before comes to."""
        places = {
            "threads": ("raised", "threads", "count"),
            "challenges": ("raised", "challenges", "count"),
            "alerts": ("raised", "alerts", "count"),
            "informal": ("informal", "settled", "share"),
            "informal_on_time": ("responses", "informal", "on_time"),
            "formal_on_time": ("responses", "formal", "on_time"),
            "median": ("closing", "alert", "median"),
            "within_20": ("closing", "alert", "within_20"),
        }
        for row, place in places.items():
            for part in ((), ("base",), ("rest",)):
                self._equal([(copy, "years", row, "this", *part)], [(copy, *place, *part)])
        for column in ("before", "issued"):
            threads, challenges, alerts, direct, became = (
                (copy, "years", row, column)
                for row in ("threads", "challenges", "alerts", "direct", "became")
            )
            if threads in self.bounds:
                self._sum(threads, [challenges, direct])
                self._sum(alerts, [direct, became])
                alone = (copy, "years", "median", column, "base")
                self._less(alone, (copy, "years", "informal", column, "rest"))
                self._less((copy, "years", "within_20", column), alone)

    def _column(self, copy: str, table: str, column: str) -> list[Unknown]:
        return [key for key in self.bounds if (key[:2], key[3:]) == ((copy, table), (column,))]

    def rose(self, earlier: str, later: str) -> None:
        """Two copies of one year: no count of the later is less."""
        self.earlier[later] = [*self.earlier.get(earlier, ()), earlier]
        for key in [key for key in self.bounds if key[0] == earlier]:
            self._less(key, (later, *key[1:]))

    def came_first(self, copy: str, last: str) -> None:
        """A copy of the year after was published before that of the year that it sets beside."""
        for key in [key for key in self.bounds if key[0] == copy and key[3:4] == ("before",)]:
            self._less(key, (last, *key[1:3], "this", *key[4:]))

    def set_beside(self, last: str, copy: str) -> None:
        """A copy of the year after: it prints the last one, and what has come since."""
        for key in [key for key in self.bounds if key[0] == copy and key[3:4] == ("before",)]:
            was = (last, *key[1:3], "this", *key[4:])
            self._less(was, key)
            self._equal([was], [(*key[:3], "issued", *key[4:])])

    def _less(self, one: Unknown, other: Unknown) -> None:
        if one in self.bounds and other in self.bounds:
            self._sum(other, [one, ("more", *one, *other)])

    def _equal(self, ones: Sequence[Unknown], others: Sequence[Unknown]) -> None:
        if all(key in self.bounds for key in (*ones, *others)) and ones and others:
            equation = dict.fromkeys(ones, Fraction(1))
            for key in others:
                equation[key] = equation.get(key, Fraction(0)) - 1
            self.equations.append(equation)

    def _sum(self, total: Unknown, parts: Sequence[Unknown], more: int = 0) -> None:
        if parts:
            for key in (total, *parts):
                self.bounds.setdefault(key, (0, inf))
            self.equations.append(
                {total: Fraction(1), **dict.fromkeys(parts, Fraction(-1)), ONE: Fraction(more)}
            )

    # --- solving --------------------------------------------------------------------------------

    def recovered(self) -> dict[Unknown, int]:
        """The cells that are held and have one value only; of `small`, where it is a small one.

        Not those that have the value that a copy before printed.
        """
        self._narrow(self.equations)
        self._narrow([*self.equations, *solved(self._put_in(one) for one in self.equations)])
        found = {key: low for key, (low, high) in self.bounds.items() if low == high}
        few = {key for key in self.small & found.keys() if found[key] < self.threshold}
        printed = {key: found[key] for key in found.keys() - self.held - self.small}
        return {
            key: int(found[key])
            for key in (self.held & found.keys()) | few
            if all(printed.get((copy, *key[1:])) != found[key] for copy in self._before(key))
        }

    def _before(self, key: Unknown) -> Sequence[str]:
        return self.earlier.get(key[0], ())

    def _put_in(self, equation: Equation) -> Equation:
        """With the numbers of what is known."""
        left = {ONE: Fraction(0)}
        for key, times in equation.items():
            low, high = self.bounds.get(key, (1, 1))
            if low == high:
                left[ONE] += times * int(low)
            else:
                left[key] = times
        return left

    def _narrow(self, equations: Sequence[Equation]) -> None:
        changed = True
        while changed:
            changed = sum(self._narrow_by(equation) for equation in equations) > 0

    def _narrow_by(self, equation: Equation) -> bool:
        """Each unknown is less the others, over how often it is there."""
        ends = {key: self._ends(key, times) for key, times in equation.items()}
        changed = False
        for key, times in equation.items():
            if key == ONE or not times:
                continue
            low = -sum(high for other, (_, high) in ends.items() if other != key)
            high = -sum(low for other, (low, _) in ends.items() if other != key)
            sides = sorted((_over(low, times), _over(high, times)))
            was = self.bounds[key]
            least = max(was[0], ceil(sides[0]) if sides[0] > -inf else -inf)
            most = min(was[1], floor(sides[1]) if sides[1] < inf else inf)
            assert least <= most, f"{key}: what is printed does not agree"
            self.bounds[key] = (least, most)
            changed = changed or (least, most) != was
        return changed

    def _ends(self, key: Unknown, times: Fraction) -> tuple[float | Fraction, float | Fraction]:
        if key == ONE or not times:
            return (times, times) if key == ONE else (0, 0)
        low, high = (_times(end, times) for end in self.bounds[key])
        return (low, high) if times > 0 else (high, low)


def _times(end: float, times: Fraction) -> float | Fraction:
    return times * int(end) if abs(end) < inf else end * (1 if times > 0 else -1)


def _over(end: float | Fraction, times: Fraction) -> float | Fraction:
    return Fraction(end) / times if abs(end) < inf else end * (1 if times > 0 else -1)


def solved(equations: Iterable[Equation]) -> list[Equation]:
    """The same in reduced row echelon form: each begins with an unknown that is in no other."""
    rows: dict[Unknown, Equation] = {}
    for equation in equations:
        row = dict(equation)
        for lead in [key for key in row if key in rows]:
            _take(row, rows[lead], row.get(lead, Fraction(0)))
        lead = next((key for key, times in row.items() if times and key != ONE), None)
        if lead is None:
            continue
        row = {key: times / row[lead] for key, times in row.items() if times}
        for other in rows.values():
            _take(other, row, other.get(lead, Fraction(0)))
        rows[lead] = row
    return list(rows.values())


def _take(row: Equation, other: Equation, times: Fraction) -> None:
    """Take another row from a row so often."""
    if times:
        for key, n in other.items():
            row[key] = row.get(key, Fraction(0)) - times * n
