"""What is wanted of each measure: the least, and what is striven for."""

from __future__ import annotations

from typing import NamedTuple

RATE, TIMES = "rate", "times"
"""A part of the limit's rate, the more the better; or so many times what the limit takes."""


class Target(NamedTuple):
    """A row of the table: what is measured, against which limit, and the ratio that is wanted.

    `floor` and `goal` are None where nothing is wanted: a peer, measured to be compared with.
    """

    what: str
    limit: str
    kind: str
    floor: float | None = None
    goal: float | None = None

    def ratio(self, times: float) -> float:
        """As the table has it."""
        return times if self.kind == TIMES else 1 / times

    def reaches(self, ratio: float, wanted: float) -> bool:
        return ratio <= wanted if self.kind == TIMES else ratio >= wanted

    def fell(self, ratio: float, before: float) -> bool:
        """Whether it is worse than before by a quarter."""
        return ratio > before / 0.75 if self.kind == TIMES else ratio < before * 0.75


PYTHON, SQLALCHEMY = "python -c pass", 'python -c "import sqlalchemy"'
_ROW, _MANY = "sqlite3 + orjson, a commit a row", "sqlite3 + orjson, executemany"
_SCAN, _HASHED = "SELECT + orjson.loads", "a SHA-256 a row while scanning"
_SMALL = "the same at a hundredth of the entries"

TARGETS = (
    Target("start: challenge", PYTHON, TIMES, 12, 10),
    Target("start: note", PYTHON, TIMES, 12, 10),
    Target("start: show REF", PYTHON, TIMES, 12, 10),
    Target("start: replay REF", PYTHON, TIMES, 12, 10),
    Target("start: casenote REF", PYTHON, TIMES, 12, 10),
    Target("start: completion of a reference", PYTHON, TIMES, 9, 7),
    Target("start: log, its first 100 rows in a pipe", SQLALCHEMY, TIMES, 1.8, 1.5),
    Target("start: due, in a pipe", SQLALCHEMY, TIMES, 1.8, 1.5),
    Target("append one, unsigned", _ROW, RATE, 0.75, 0.85),
    Target("append one, signed", f"{_ROW}, as many fsyncs", RATE, 0.6, 0.8),
    Target("append 1,000 a commit", _MANY, RATE, 0.5, 0.6),
    Target("import a csv file, two cores", _MANY, RATE, 0.25),
    Target("rebuild of the views, two cores", _SCAN, RATE, 0.3, 0.5),
    Target("one thread of 1,000 entries", _SCAN, RATE, 0.3, 0.5),
    Target("one thread of 1,000 entries, each fact checked", _SCAN, RATE),
    Target("as at half-way", "half a rebuild", TIMES, 1.3, 1.1),
    Target("leaves and tree, one core", _HASHED, RATE, 0.4, 0.6),
    Target("leaves and tree, two cores", _HASHED, RATE, 0.75, 1.0),
    Target("every entry, one core", _HASHED, RATE, 0.22, 0.35),
    Target("every entry, two cores", _HASHED, RATE, 0.4, 0.6),
    Target("verify, the file's structure too", _HASHED, RATE),
    Target("inclusion proof", "a millisecond", TIMES, 20, 5),
    Target("memory of verify, its largest process", _SMALL, TIMES, 1.4, 1.2),
    Target("memory of rebuild, its largest process", _SMALL, TIMES, 1.4, 1.2),
    Target("memory of import, its largest process", _SMALL, TIMES, 1.4, 1.2),
    Target("memory of export, its largest process", _SMALL, TIMES, 1.4, 1.2),
    Target("size of the file", "its entries and words as JSON Lines", TIMES, 1.8, 1.5),
    Target("eventsourcing: append one", _ROW, RATE),
    Target("eventsourcing: append 1,000 a commit", _MANY, RATE),
    Target("eventsourcing: read and count all", _SCAN, RATE),
    Target("nexuscone: append one", _ROW, RATE),
    Target("nexuscone: verify its chain", _HASHED, RATE),
    Target("pymerkle: the tree in memory", _HASHED, RATE),
)
BY_NAME = {target.what: target for target in TARGETS}
