"""The recorder: appends stored events, dense and in one durable transaction, on either engine.

It is an `ApplicationRecorder` of `eventsourcing` and passes that library's recorder test cases.
Beyond them it hashes each event's leaf, keeps the roots of complete runs, puts words into the
vault, and has a sealer, where there is one, sign the new tree in the transaction that appends.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from threading import RLock
from typing import Any
from uuid import UUID

from eventsourcing.persistence import (
    ApplicationRecorder,
    Notification,
    OperationalError,
    StoredEvent,
    Subscription,
)

from footprint.engine.connection import Connection
from footprint.errors import Refused
from footprint.ledger.store.queries import TAIL, TAIL_WITHOUT_WORDS, Tail
from footprint.ledger.store.rows import hashed
from footprint.ledger.store.sealer import Sealer
from footprint.ledger.store.sealing import entry_leaf
from footprint.ledger.store.unit import Part, Unit
from footprint.proof.tree import FANOUT, completed_runs, run_root

Vault = Mapping[int, tuple[bytes, bytes]]
"""Salt and words of the entries that have words, by their index in the batch or position."""

Row = tuple[str, int, str, bytes]
"""Stream, version, topic and state of an event."""

_NOTHING: Mapping[Any, Any] = {}
_MANY_LEAVES = 4_096
_ENDLESS = 2**63 - 1
_COLUMNS = "position, stream, version, topic, state"


class Recorder(ApplicationRecorder):
    """Records on a connection of its own. Each engine has one, which knows how it takes rows.

    Args:
        connection: in autocommit mode; owned by the recorder from now on.
        sealer: signs each new tree; without one, `head` is left as it is.
    """

    def __init__(self, connection: Connection, sealer: Sealer | None = None) -> None:
        self.connection = connection
        self.sealer = sealer
        self._lock = RLock()
        self._unit: Unit | None = None

    def close(self) -> None:
        with self._lock:
            self.connection.close()

    expects = False
    """Whether what goes on can be decided before others have to wait for it."""

    # --- of the engine ----------------------------------------------------------------------

    @abstractmethod
    def create_table(self) -> None:
        """Create the published tables and what guards them."""

    @abstractmethod
    def _insert(
        self,
        first: int,
        rows: Sequence[Row],
        leaves: Sequence[bytes],
        words: Vault,
        children: Mapping[str, bytes],
    ) -> None:
        """Put rows with their leaves into `event`, the first at this position.

        Beside them go the words of their positions, and the case numbers of their threads.
        """

    @abstractmethod
    def _explained(self) -> AbstractContextManager[None]:
        """What goes wrong in the block is an error of the library's."""

    def _begin(self, unit: Unit, ahead: str) -> Any:
        """Begin, and ask something as soon as that is so. Its first row."""
        return self.connection.begin(ahead, unit.stream)

    def _commit(self, _unit: Unit) -> None:
        self.connection.commit()

    # --- writing ----------------------------------------------------------------------------

    @property
    def moment(self) -> tuple[object, int] | None:
        """Equal to what it was before while the same write lock is held and nothing was written.

        None where it is not held: then others may have written.
        """
        return (self._unit, self.connection.total_changes) if self._unit else None

    def writing(self, stream: str = "", *, expecting: bool = False) -> AbstractContextManager[None]:
        """One durable transaction, holding the write lock from its start, unless `expecting`.

        Nested use joins the outer transaction; where a part of it failed half-way, the whole is
        rolled back, even if the error was caught on the way out. Whatever is appended is sealed
        just before it is committed; the sealer settles only after that, since a signer that
        remembers a tree that was never committed would refuse an honest ledger.

        Args:
            stream: one that goes on in it: `end` then tells how far it has come.
            expecting: where the recorder `expects`: `end` is what was there just now, others have
                to wait only while it is written, and where one of them was quicker, nothing is.

        Raises:
            OperationalError: a part had failed. Nothing is recorded.
            IntegrityError: it is not as was expected. Nothing is recorded.
        """
        with self._lock:  # where another thread writes, until it is done
            unit = self._unit
        if unit:
            return Part(unit, self.connection)
        return self._whole(Unit(stream, expecting=expecting))

    @contextmanager
    def making(self) -> Iterator[None]:
        """The same where there is nothing yet: the tables are made in the block."""
        with self._whole(Unit(), anew=True):
            self.create_table()
            yield

    @contextmanager
    def _whole(self, unit: Unit, *, anew: bool = False) -> Iterator[None]:
        with self._lock:
            row = self._begin(unit, "" if anew else self._tail)
            self._unit = unit
            if row:
                self._ends(unit, row)
            try:
                yield
                sealed = self._seal(unit)
                self._commit(unit)
            except BaseException:
                self._roll_back()
                raise
            finally:
                self._unit = None
            if self.sealer:
                # The entries are recorded whatever becomes of this: the next writer makes it good.
                self.sealer.settle() if sealed else self.sealer.abandon()

    def _ends(self, unit: Unit, row: Sequence[Any]) -> Tail:
        tail = Tail(*row)
        unit.tail, unit.end = tail.size, (self.connection.total_changes, tail)
        return tail

    def end(self) -> Tail:
        """The end of the ledger: nobody else's to change, or what is expected. In `writing`."""
        unit = self._unit
        if unit is None:
            raise AssertionError("it is no end for long but in a transaction")
        if unit.end and unit.end[0] == self.connection.total_changes:
            return unit.end[1]
        asked = self.connection.execute(self._tail, {"stream": unit.stream})
        return self._ends(unit, asked.fetchone())

    @cached_property
    def _tail(self) -> str:
        """What asks for the end. On a server, who signs may be one who sees no words."""
        apart = self.sealer and self.connection.signs_apart
        return TAIL_WITHOUT_WORDS if apart and not self.connection.may_read("vault") else TAIL

    def _seal(self, unit: Unit) -> bool:
        if unit.doomed or not self.connection.in_transaction:
            raise OperationalError("a part of it failed, so none of it was recorded")
        if unit.leaves and self.sealer:
            self._put_head(unit, self.sealer.seal(unit.leaves))
        return unit.sealed

    def _put_head(self, unit: Unit, note: str) -> None:
        self.connection.execute(
            "INSERT INTO head (one, size, note) VALUES (1, ?, ?)"
            " ON CONFLICT (one) DO UPDATE SET size = excluded.size, note = excluded.note",
            (self.size(), note),
        )
        unit.sealed = True

    def cover(self) -> None:
        """Sign what others recorded since the last signed tree. To be called in `writing`.

        Raises:
            Refused: what is there does not continue what was signed last.
        """
        if self._unit is None or self.sealer is None:
            raise AssertionError("only a signer covers, under the write lock")
        size = self.size()
        self.sealer.prepare(self, size)
        if (self.head() or (0, ""))[0] < size:
            self._put_head(self._unit, self.sealer.seal(()))

    def _roll_back(self) -> None:
        self.connection.rollback()
        if self.sealer:
            self.sealer.abandon()

    def insert_events(
        self,
        stored_events: Sequence[StoredEvent],
        *,
        vault: Vault | None = None,
        children: Mapping[str, bytes] | None = None,
        **_kwargs: Any,
    ) -> Sequence[int]:
        """Append events, with the words of some of them and the case numbers of new threads.

        Returns:
            Their positions, in the same order.

        Raises:
            IntegrityError: a version is there already. Nothing is recorded.
            OperationalError: the database could not do it. Nothing is recorded.
        """
        rows = [
            (str(event.originator_id), event.originator_version, event.topic, event.state)
            for event in stored_events
        ]
        tail = self.append(rows, vault or {}, children or {})
        return list(range(tail - len(rows) + 1, tail + 1))

    def append(
        self, rows: Sequence[Row], vault: Vault = _NOTHING, children: Mapping[str, bytes] = _NOTHING
    ) -> int:
        """The same for events as rows. Returns the position of the last. Raises as it does."""
        with self._explained(), self.writing():
            return self._append(rows, vault, children)

    def _append(self, rows: Sequence[Row], vault: Vault, children: Mapping[str, bytes]) -> int:
        unit, named = self._unit, dict(children)
        if unit is None or not self.connection.in_transaction:
            raise OperationalError("the database has ended the transaction")
        tail = self.size()
        if self.sealer and not unit.leaves:
            self.sealer.prepare(self, tail)
        words = {tail + 1 + index: sealed for index, sealed in vault.items()}
        while rows:
            # Up to the end of a run, whose leaves are then read again.
            part, rows = rows[: FANOUT - tail % FANOUT], rows[FANOUT - tail % FANOUT :]
            leaves = [entry_leaf(*row) for row in part]
            new = {row[0]: named.pop(row[0]) for row in part if row[0] in named} if named else {}
            self._insert(tail + 1, part, leaves, words, new)
            self._add(unit, leaves)
            tail, unit.last = tail + len(part), (part[-1][0], part[-1][1], part[-1][3])
            if tail % FANOUT == 0:
                self._complete_runs(tail)
        unit.tail = tail
        return tail

    def _add(self, unit: Unit, leaves: Sequence[bytes]) -> None:
        if self.sealer is None:
            return
        if len(unit.leaves) >= _MANY_LEAVES:
            self.sealer.add(unit.leaves)
            unit.leaves = []
        unit.leaves += leaves

    def _complete_runs(self, size: int) -> None:
        for level, nth in completed_runs(size):
            parts = (
                self.leaves(size - FANOUT + 1, size)
                if level == 1
                else self._subtrees(level - 1, nth * FANOUT)
            )
            self.connection.execute(
                "INSERT INTO subtree VALUES (?, ?, ?)", (level, nth, run_root(parts))
            )

    # --- reading: the library's part --------------------------------------------------------

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[Notification]:
        """The events of one stream, in order of version, with their positions."""
        return self._select(
            "stream = ? AND version > ? AND version <= ?"
            f" ORDER BY version {'DESC' if desc else 'ASC'} LIMIT ?",
            str(originator_id),
            -1 if gt is None else gt,
            _ENDLESS if lte is None else lte,
            _ENDLESS if limit is None else limit,
        )

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Events in order of position, from `start` to `stop`, `limit` of them at the most."""
        after = 0 if start is None else start - inclusive_of_start
        wanted = f" AND topic IN ({', '.join('?' * len(topics))})" if topics else ""
        return self._select(
            f"position > ? AND position <= ?{wanted} ORDER BY position LIMIT ?",
            after,
            _ENDLESS if stop is None else stop,
            *topics,
            limit,
        )

    def max_notification_id(self) -> int | None:
        """The position of the last event, or None where there is none."""
        return self.size() or None

    def subscribe(
        self, gt: int | None = None, topics: Sequence[str] = ()
    ) -> Subscription[ApplicationRecorder]:
        """Not offered: a command reads to the tail and ends."""
        raise NotImplementedError("a ledger is caught up with, not subscribed to")

    def _select(self, where: str, *values: object) -> list[Notification]:
        query = f"SELECT {_COLUMNS} FROM event WHERE {where}"  # noqa: S608 - no value in it
        with self._lock:
            rows = self.connection.execute(query, values).fetchall()
        return [
            Notification(
                id=position,
                originator_id=stream,
                originator_version=version,
                topic=topic,
                state=state,
            )
            for position, stream, version, topic, state in rows
        ]

    # --- reading: the tree, the words and the whole -----------------------------------------

    def size(self) -> int:
        """How many events there are: the position of the last."""
        with self._lock:
            if self._unit and self._unit.tail is not None:
                return self._unit.tail
            row = self.connection.execute("SELECT max(position) FROM event").fetchone()
            size: int = row[0] or 0
            if self._unit:
                self._unit.tail = size  # nobody else can append, or it is not as was expected
            return size

    def leaves(self, first: int, last: int) -> list[bytes]:
        """The stored leaves at the positions from `first` to `last`, both included."""
        rows = self.connection.execute(
            "SELECT leaf FROM event WHERE position BETWEEN ? AND ? ORDER BY position", (first, last)
        )
        return [leaf for (leaf,) in rows]

    def hashed(self, first: int, last: int) -> list[bytes]:
        """The same leaves, each hashed from the bytes of its entry.

        Raises:
            Refused: one of them is not the one that is stored.
        """
        leaves = list(hashed(self.connection, first - 1, last))
        stored = self.leaves(first, last)
        if leaves != stored:
            pairs = enumerate(zip(leaves, stored, strict=True), start=first)
            position = next(at for at, (leaf, kept) in pairs if leaf != kept)
            raise Refused(
                f"Entry {position} is not the one whose leaf is stored: it was changed.",
                "Nothing was signed. Find out what happened: footprint verify.",
            )
        return leaves

    def _subtrees(self, level: int, first: int) -> list[bytes]:
        rows = self.connection.execute(
            "SELECT hash FROM subtree WHERE level = ? AND nth >= ? ORDER BY nth LIMIT ?",
            (level, first, FANOUT),
        )
        return [root for (root,) in rows]

    def head(self) -> tuple[int, str] | None:
        """The size and the signed note of the newest tree, or None where nothing was signed."""
        row = self.connection.execute("SELECT size, note FROM head").fetchone()
        return (row[0], row[1]) if row else None
