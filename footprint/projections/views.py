"""The runner: keeps the stored views at the tail of the ledger, rebuilds and checks them.

Views live beside the ledger in a file of their own. A place is kept with them (the position, and
the leaf there), and both move in one transaction; a place that the ledger does not confirm means
that the views are of something else, and they are folded again from the start.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, select
from sqlalchemy.exc import DatabaseError

from footprint.domain.fold import fold_stated
from footprint.domain.policy import Policy
from footprint.domain.reference import shown
from footprint.domain.thread import Thread, with_days
from footprint.engine.sqlite import delete_database
from footprint.ledger.ledger import Ledger
from footprint.projections.tables import PLACE, THREAD, metadata

_FOLDED_BY = 2
"""Goes up when a fold or a table changes, so that views of an older version are folded again."""
_BATCH = 500
_READING = "footprint_reading"


class Views:
    """The views of one ledger.

    Args:
        ledger: whose.
        path: the file that keeps them; None to fold them in memory for this once.
        upto: the position that they are of; None for the tail.
    """

    def __init__(self, ledger: Ledger, path: Path | None = None, upto: int | None = None) -> None:
        self.ledger = ledger
        self.path = path
        self.upto = upto
        self.engine = _engine(path)

    @classmethod
    def beside(cls, ledger: Ledger) -> Views:
        """The stored views of a ledger, brought to its tail.

        In memory where they cannot be stored; made anew where what is stored is no view of ours.
        """
        path = views_path(ledger.path)
        for attempt in (path, path, None):
            views = cls(ledger, attempt)
            try:
                views.catch_up()
            except DatabaseError as error:
                views.close()
                if not re.search("unable to open|readonly|locked", str(error)):
                    delete_views(ledger.path)
            else:
                return views
        raise AssertionError("views in memory cannot fail")

    @classmethod
    def stored(cls, ledger: Ledger) -> Views:
        """The stored views of a ledger as they are, not caught up."""
        return cls(ledger, views_path(ledger.path))

    @classmethod
    def at(cls, ledger: Ledger, upto: int) -> Views:
        """The views as they were at a position, folded in memory."""
        views = cls(ledger, None, upto)
        views.catch_up()
        return views

    def close(self) -> None:
        self.engine.dispose()

    # --- keeping up -------------------------------------------------------------------------

    def catch_up(self) -> int:
        """Fold what has come since the last time. Returns how many entries that was."""
        upto = self.ledger.size() if self.upto is None else self.upto
        with self.engine.begin() as connection:  # holds the write lock: no page is folded twice
            after = self._place(connection)
            if after is None:
                metadata.drop_all(connection)
                metadata.create_all(connection)
                after = 0
            if after < upto:
                self._fold(connection, after, upto)
        return max(upto - after, 0)

    def rebuild(self) -> int:
        """Fold everything again from the first entry. Returns how many entries that was."""
        with self.engine.begin() as connection:
            metadata.drop_all(connection)
        return self.catch_up()

    def _place(self, connection: Connection) -> int | None:
        """The position that the views stand at, or None where they are not of this ledger."""
        if not metadata.tables.keys() <= set(inspect(connection).get_table_names()):
            return None
        row = connection.execute(select(PLACE)).one_or_none()
        if row is None:
            return None
        same = (row.origin, row.folded_by) == (self.ledger.opened.origin, _FOLDED_BY)
        confirmed = same and self.ledger.leaf(row.position) == row.leaf
        return int(row.position) if confirmed else None

    def _fold(self, connection: Connection, after: int, upto: int) -> None:
        states = self._states(after, upto)
        insert = str(THREAD.insert().compile(self.engine))
        while batch := list(islice(states, _BATCH)):
            if after:
                refs = [ref for ref, _ in batch]
                connection.execute(THREAD.delete().where(THREAD.c.ref.in_(refs)))
            connection.exec_driver_sql(insert, batch)
        connection.execute(PLACE.delete())
        place = {
            "one": 1,
            "origin": self.ledger.opened.origin,
            "folded_by": _FOLDED_BY,
            "position": upto,
            "leaf": self.ledger.leaf(upto),
        }
        connection.execute(PLACE.insert(), place)

    def _states(self, after: int, upto: int) -> Iterator[tuple[str, str]]:
        """Each thread that was touched, whole, as it is stored. Streams."""
        policy = self.ledger.policy(upto)
        for ref, entries in self.ledger.facts_touched(after, upto):
            state = fold_stated(ref, entries, policy)
            yield ref, orjson.dumps(state, default=tuple).decode()

    # --- reading ----------------------------------------------------------------------------

    def threads(self) -> Iterator[Thread]:
        """All threads, in order of reference: what every view is read from."""
        for _ref, state in self._stored():
            yield with_days(orjson.loads(state))

    def _stored(self) -> Iterator[tuple[str, str]]:
        options = {"yield_per": _BATCH, _READING: True}
        with self.engine.connect().execution_options(**options) as connection:
            for row in connection.execute(select(THREAD).order_by(THREAD.c.ref)):
                yield row.ref, row.state

    def policy(self) -> Policy:
        """The policy at the position that the views are of."""
        return self.ledger.policy(self.upto)

    def check(self) -> list[str]:
        """What differs between the stored views and a fold up to where they stand.

        Streams: one thread is held at a time.
        """
        with self.engine.connect().execution_options(**{_READING: True}) as connection:
            upto = self._place(connection)
        if upto is None:
            return ["the stored views are not of this ledger"]
        pairs = zip_longest(self._stored(), self._states(0, upto))
        # Behind the first difference, all others may only be shifted.
        first = next(((want or have)[0] for have, want in pairs if have != want), None)
        return [f"the stored views differ from the entries at {shown(first)}"] if first else []


def views_path(ledger: Path) -> Path:
    """The file that keeps the views of a ledger: beside it."""
    return ledger.with_name(ledger.name + ".views")


def delete_views(ledger: Path) -> None:
    """Delete the stored views of a ledger; they come back when they are next read."""
    delete_database(views_path(ledger))


def _engine(path: Path | None) -> Engine:
    if path:
        with suppress(OSError):
            path.touch(mode=0o600)  # the facts of threads are for whoever may read the ledger
    engine = create_engine(URL.create("sqlite", database=str(path) if path else None))

    # The driver would begin late and read before it locks; we begin, and take the lock first.
    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA page_size = 16384")  # rows are long, and written in order
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")  # what is lost is folded again

    @event.listens_for(engine, "begin")
    def _began(connection: Connection) -> None:
        reading = connection.get_execution_options().get(_READING)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine
