"""Threads, views, entries and policy of one moment as tables: the records that commands print."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from footprint.domain.policy import STREAM as POLICY
from footprint.durable import making_folder
from footprint.ledger.elsewhere.copying import STILL_PERSONAL
from footprint.ledger.ledger import Ledger
from footprint.ledger.store.proofs import stored_root
from footprint.progress import Progress
from footprint.projections import counts, due, log, times
from footprint_cli.doing import policies
from footprint_cli.screen.columns import Record
from footprint_cli.screen.output import shown_value
from footprint_cli.status.redactions import waiting
from footprint_cli.thread.rows import recorded_rows, thread_words

if TYPE_CHECKING:
    from footprint.projections.views import Views
    from footprint.sheets.writing import Table, Value


class Moment(NamedTuple):
    """What the tables are of: the ledger's views, the position that they stand at, and the day."""

    ledger: Ledger
    views: Views
    upto: int
    day: date
    words: bool
    progress: Progress

    @property
    def root(self) -> bytes:
        """The root of the tree of the entries up to there."""
        return stored_root(self.ledger.connection, self.upto)


# --- what there is --------------------------------------------------------------------------


def _log(at: Moment) -> Iterator[Record]:
    with at.views.apart(at.day) as (at_work, at_rest):
        records = log.read(at_work, at.views.policy().calendar, at.day, at_rest)
        yield from _spoken(at, records)


def _due(at: Moment) -> Iterable[Record]:
    return _spoken(at, due.read(at.views.at_work(at.day), at.views.policy(), at.day))


def _spoken(at: Moment, records: Iterable[dict[str, Any]]) -> Iterable[Record]:
    return (thread_words(at.views, record) for record in records) if at.words else records


def _times(at: Moment) -> Iterable[Record]:
    return times.read(at.views.threads(), at.views.policy().calendar, None, at.day)


def _counts(at: Moment) -> Iterable[Record]:
    return counts.read(at.views.threads(), at.day)


def _entries(at: Moment) -> Iterator[Record]:
    rows = recorded_rows(at.ledger, 0, at.upto, words=at.words)
    for done, row in enumerate(rows, 1):
        yield row
        if done % 1000 == 0 or done == at.upto:
            at.progress(done, at.upto)


def _waiting(at: Moment) -> Iterable[Record]:
    return [row for row in waiting(at.ledger) if row["position"] <= at.upto]


def _part(name: str) -> Callable[[Moment], Iterable[Record]]:
    records = policies.PARTS[name][0]
    return lambda at: records(at.ledger.entries(POLICY, at.upto), at.day)


_TABLES: dict[str, tuple[str, Callable[[Moment], Iterable[Record]]]] = {
    "log": ("The escalations log: one row a thread, as footprint log.", _log),
    "due": ("What is due on the day, as footprint due.", _due),
    "times": ("Resolution times in working days, each with its base, as footprint times.", _times),
    "counts": ("Challenges and alerts by service, year and quarter, as footprint counts.", _counts),
    "entries": ("All that was recorded, in order, as footprint replay.", _entries),
    "waiting": ("Redactions that wait to be approved, as footprint redact.", _waiting),
    "ladders": ("The ladders, every version, as footprint policy show ladders.", _part("ladders")),
    "calendar": ("The days off, as footprint policy show calendar.", _part("calendar")),
    "vocabulary": ("The codes, as footprint policy show vocabulary.", _part("vocabulary")),
    "rules": ("The rules in force, as footprint policy show rules.", _part("rules")),
}
"""Each table: what it is, and its records."""


def contents(at: Moment) -> list[tuple[str, Value]]:
    """What all of it is of."""
    opened = at.ledger.opened
    return [
        ("authority", opened.authority),
        ("ledger", opened.origin),
        ("day", at.day),
        ("position", at.upto),
        ("root", at.root.hex()),
        ("words", "yes" if at.words else "no"),
        ("mind", STILL_PERSONAL),
    ]


def tables(at: Moment, value: Callable[[Any], Value]) -> Iterator[Table]:
    """The tables, one by one; requests that wait only where there are any."""
    from footprint.sheets.writing import Table

    for name, (about, records) in _TABLES.items():
        rows = iter(records(at))
        first = next(rows, None)
        if first is not None:
            whole = (tuple(map(value, r.values())) for r in chain([first], rows))
            yield Table(name, tuple(first), whole, about)
        elif name != "waiting":
            yield Table(name, (), (), about)


# --- written --------------------------------------------------------------------------------


def as_workbook(at: Moment, path: Path) -> None:
    """Write all of it to a new workbook. Raises as `write_xlsx`."""
    from footprint.sheets.writing import write_xlsx

    title = f"What {at.ledger.opened.authority} has recorded"
    write_xlsx(path, tables(at, cell), title=title, facts=contents(at))


def as_folder(at: Moment, path: Path) -> None:
    """Write all of it to a new folder, a file of CSV each. Raises as `making_folder`."""
    from footprint.sheets.writing import Table, write_csv

    with making_folder(path) as folder:
        write_csv(folder / "contents.csv", Table("contents", ("what", "value"), contents(at)))
        for table in tables(at, shown_value):
            write_csv(folder / f"{table.name}.csv", table)


def cell(value: object) -> Value:
    """A value of a record as a cell has it: lists and objects as text."""
    plain = value is None or isinstance(value, str | int | float | date)
    return value if plain else shown_value(value)  # type: ignore[return-value]
