"""The runner: keeps the stored views at the tail of the ledger, rebuilds and checks them.

Views live beside the ledger, in a store of their own. A place is kept with them (the position, and
the leaf there), and both move in one transaction; a place that the ledger does not confirm means
that the views are of something else, and they are folded again from the start.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from datetime import date
from itertools import islice, zip_longest
from pathlib import Path

import orjson
from sqlalchemy import Connection, Select, select

from footprint.domain.policy import Policy
from footprint.domain.reference import shown
from footprint.domain.thread import Thread, with_days
from footprint.engine.place import Place, Server
from footprint.engine.sqlite import delete_database
from footprint.errors import Refused
from footprint.ledger.ledger import Ledger
from footprint.projections.folding import Stored, rows
from footprint.projections.standing import FOLDED_BY, views_path
from footprint.projections.stores import READING, Ahead, Failed, may_keep, store_at
from footprint.projections.tables import PLACE, THREAD

_BATCH = 500


class Views:
    """The views of one ledger.

    Args:
        ledger: whose.
        place: the file or the server that keeps them; None to fold them in memory for this once.
        upto: the position that they are of; None for the tail.
    """

    def __init__(self, ledger: Ledger, place: Place | None = None, upto: int | None = None) -> None:
        self.ledger = ledger
        self.place = place
        self.upto = upto
        self.store = store_at(place)

    @classmethod
    def beside(cls, ledger: Ledger) -> Views:
        """The stored views of a ledger, brought to its tail.

        In memory where they cannot be stored, are being rebuilt, or are ahead of the moment that is
        read; made anew where what is stored is no view of ours.
        """
        place = views_place(ledger)
        for _ in range(2):
            views = cls(ledger, place)
            try:
                views.catch_up()
            except Failed as error:
                views.close()
                if not isinstance(place, Path) or _LEFT_ALONE.search(str(error)):
                    break
                delete_database(place)
            else:
                return views
        return cls.at(ledger, None)

    @classmethod
    def stored(cls, ledger: Ledger) -> Views:
        """The stored views of a ledger as they are, not caught up; none where it may keep none."""
        return cls(ledger, views_place(ledger))

    @classmethod
    def at(cls, ledger: Ledger, upto: int | None) -> Views:
        """The views as they were at a position, or at the tail, folded in memory."""
        views = cls(ledger, None, upto)
        views.catch_up()
        return views

    def close(self) -> None:
        self.store.engine.dispose()

    # --- keeping up -------------------------------------------------------------------------

    def catch_up(self) -> int:
        """Fold what has come since the last time. Returns how many entries that was.

        No lock is taken where nothing has.
        """
        upto = self.ledger.size() if self.upto is None else self.upto
        reached = self._reached()
        if reached is not None and reached >= upto:
            return 0
        with self.store.engine.begin() as connection:
            self.store.lock(connection)  # and only then is the place read: no page is folded twice
            after = self._place(connection)
            return self._brought(connection, after, upto)

    def rebuild(self) -> int:
        """Fold everything again from the first entry. Returns how many entries that was.

        Whoever reads meanwhile reads what was stored before.
        """
        with self.store.engine.begin() as connection:
            self.store.lock(connection)
            return self._brought(connection, None, self.ledger.size())

    def _brought(self, connection: Connection, after: int | None, upto: int) -> int:
        """Bring the tables from a position, or from nothing that is ours, to another."""
        if after is None:
            self.store.empty(connection)
        if after is None or after < upto:
            self._fold(connection, after or 0, upto)
        return max(upto - (after or 0), 0)

    def place_is_kept(self) -> bool:
        """Whether something was ever stored."""
        with self._reading() as connection:
            return connection.execute(select(PLACE.c.one)).first() is not None

    def _reached(self) -> int | None:
        """The position that the views stand at, read without a lock."""
        with self._reading() as connection:
            return self._place(connection)

    def _reading(self) -> Connection:
        return self.store.engine.connect().execution_options(**{READING: True})

    def _place(self, connection: Connection) -> int | None:
        """The position that the views stand at, or None where they are not of this ledger."""
        if not self.store.is_made(connection):
            return None
        row = connection.execute(select(PLACE)).one_or_none()
        if row is None:
            return None
        if row.position > self.ledger.size() and self.ledger.connection.in_transaction:
            raise Ahead
        same = (row.origin, row.folded_by) == (self.ledger.opened.origin, FOLDED_BY)
        confirmed = same and self.ledger.leaf(row.position) == row.leaf
        return int(row.position) if confirmed else None

    def _fold(self, connection: Connection, after: int, upto: int) -> None:
        states = rows(self.ledger, after, upto)
        while batch := list(islice(states, _BATCH)):
            if after:
                refs = [ref for ref, *_ in batch]
                connection.execute(THREAD.delete().where(THREAD.c.ref.in_(refs)))
            connection.exec_driver_sql(self.store.insert, batch)
        connection.execute(PLACE.delete())
        place = {
            "one": 1,
            "origin": self.ledger.opened.origin,
            "folded_by": FOLDED_BY,
            "position": upto,
            "leaf": self.ledger.leaf(upto),
        }
        connection.execute(PLACE.insert(), place)

    # --- reading ----------------------------------------------------------------------------

    def threads(self) -> Iterator[Thread]:
        """All threads, in order of reference: what every view is read from."""
        return map(_thread, self._stored())

    @contextmanager
    def apart(self, day: date) -> Iterator[tuple[Iterator[Thread], Iterator[Thread]]]:
        """The threads at work on a day, in no order, and those that rest on it, the newest first.

        Both are of one moment. Each is read as it is taken, the first before the second.
        """
        ref, rests_from, on = THREAD.c.ref, THREAD.c.rests_from, day.isoformat()
        with (
            self._reading() as connection,
            closing(_rows(connection, select(THREAD).where(rests_from > on))) as work,
            closing(_rows(connection, select(THREAD).order_by(ref.desc()))) as newest,
        ):
            yield map(_thread, work), (_resting(row) for row in newest if not str(row[2]) > on)

    def at_work(self, day: date) -> Iterator[Thread]:
        """The threads that do not rest on a day, in no order."""
        with self.apart(day) as (at_work, _):
            yield from at_work

    def _stored(self) -> Iterator[Stored]:
        with self._reading() as connection:
            yield from _rows(connection, select(THREAD).order_by(THREAD.c.ref))

    def policy(self) -> Policy:
        """The policy at the position that the views are of."""
        return self.ledger.policy(self.upto)

    def are_outdated(self) -> bool:
        """Whether another version of this program stored them: they are folded again when read."""
        with self._reading() as connection:
            made = self.store.is_made(connection)
            folded_by = connection.execute(select(PLACE.c.folded_by)).scalar() if made else None
        return folded_by not in {None, FOLDED_BY}

    def check(self) -> list[str]:
        """What differs between the stored views and a fold up to where they stand.

        Streams: one thread is held at a time.
        """
        upto = self._reached()
        if upto is None:
            return ["the stored views are not of this ledger"]
        pairs = zip_longest(self._stored(), rows(self.ledger, 0, upto))
        # Behind the first difference, all others may only be shifted.
        first = next(((want or have)[0] for have, want in pairs if have != want), None)
        return [f"the stored views differ from the entries at {shown(first)}"] if first else []


def _rows(connection: Connection, query: Select[Stored]) -> Generator[Stored]:
    """The rows of a query, a few at a time in memory."""
    with connection.execute(query.execution_options(yield_per=_BATCH)) as found:
        yield from map(tuple, found)


def _thread(stored: Stored) -> Thread:
    """A thread as it is stored. Raises `Refused`."""
    ref, state, _ = stored
    try:
        return with_days(orjson.loads(state))
    except (ValueError, LookupError, TypeError) as error:
        raise _not_ours(ref) from error


def _resting(stored: Stored) -> Thread:
    """A thread that is stored as one that rests. Raises `Refused`."""
    thread = _thread(stored)
    if not thread.closed:
        raise _not_ours(stored[0])
    return thread


def _not_ours(ref: str) -> Refused:
    return Refused(
        f"The stored view of {shown(ref)} cannot be read: somebody else wrote it.",
        "Make the views anew from the entries: footprint rebuild.",
    )


_LEFT_ALONE = re.compile("unable to open|readonly|locked|ahead of")
"""What is said of a file that may be views of ours, and cannot be used now."""


def views_place(ledger: Ledger) -> Place | None:
    """Where the views of a ledger are kept: beside it; None where its login may keep none."""
    if isinstance(ledger.place, Server):
        return ledger.place if may_keep(ledger.connection, ledger.place) else None
    return views_path(ledger.place)


def are_stored(ledger: Ledger) -> bool:
    """Whether there are stored views of a ledger, for this login."""
    place = views_place(ledger)
    if not isinstance(place, Server):
        return place is not None and place.exists()
    views = Views(ledger, place)
    try:
        return views.place_is_kept()
    finally:
        views.close()


def delete_views(ledger: Path) -> None:
    """Delete the stored views of a ledger; they come back when they are next read."""
    delete_database(views_path(ledger))
