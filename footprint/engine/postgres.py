"""Connections to a ledger's schema on a PostgreSQL server, which answer as those to a file do.

The only module that imports the driver. It is imported for the address of a server alone.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from itertools import count, islice
from math import ceil
from time import monotonic
from typing import Any, cast

import psycopg
from psycopg import sql
from psycopg.pq import TransactionStatus

from footprint.engine.connection import Cursor, Row, ServerError, Values
from footprint.engine.place import Server

logging.getLogger("psycopg").addHandler(logging.NullHandler())  # what went wrong we say ourselves

CONNECT_SECONDS = 4
"""For a server that does not answer: somebody waits for it."""
_LEAST_SECONDS = 2
"""Less is taken for this much by libpq."""
LOCK_SECONDS = 30
"""How long to wait for whoever appends: a large import takes its time."""
_IDLE_SECONDS = 300
"""After so long a machine that went to sleep in the middle of a transaction lets go of the lock."""
_PAGE = 2_000
_JUST_NOW = 1.0
"""For so many seconds the time that came with the lock is the time."""
_TURNED_AWAY = "08004"
"""The SQLSTATE of a server that answers and lets nobody in: a login, a database or a password."""
_MARK = re.compile(r"\?|(?<![:\w]):([a-z_]+)")
_SETTINGS = {
    "search_path": 'pg_catalog, "{schema}", pg_temp',
    "lock_timeout": f"{LOCK_SECONDS}s",
    "idle_in_transaction_session_timeout": f"{_IDLE_SECONDS}s",
    "default_transaction_isolation": "read committed",
    "client_encoding": "UTF8",
    "DateStyle": "ISO",
    "TimeZone": "UTC",
}
_ALIVE = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
    "application_name": "footprint",
}
_LOCK = "hashtextextended('footprint/{}', 0)"
_NOW = """SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
_END = (
    "SELECT pg_terminate_backend(?, ?) FROM pg_stat_activity"
    " WHERE pid = ? AND usename = session_user AND backend_start <= CAST(? AS timestamptz)"
)
_END_SECONDS = 5
_FEW = 8
"""So many rows are sent as text beside what comes next; more of them as a batch of their own."""


class ServerConnection:
    """A `Connection` of `footprint.engine.connection`."""

    signs_apart = True

    def __init__(
        self, server: Server, *, readonly: bool = False, patience: float = CONNECT_SECONDS
    ) -> None:
        self.server = server
        self.readonly = readonly
        self._alive = _ALIVE | {
            "connect_timeout": max(_LEAST_SECONDS, min(ceil(patience), CONNECT_SECONDS))
        }
        self.total_changes = 0
        self._began = "", 0.0
        self._names = count(1)
        self._ahead: dict[str, str] = {}
        self._waiting: list[tuple[str, Values]] = []
        self._lost: tuple[int, str] | None = None
        # The lock that `place_event` takes too, in the published schema.
        self._begin = f"BEGIN; SELECT pg_advisory_xact_lock({_LOCK.format(server.schema)}); {_NOW}"
        self.driver = self._connected()

    def _connected(self) -> psycopg.Connection[Any]:
        try:
            driver = psycopg.connect(self.server.url, autocommit=True, **cast(Any, self._alive))
        except psycopg.Error as error:
            raise said(error) from error
        settings = dict(_SETTINGS)
        settings["search_path"] = settings["search_path"].format(schema=self.server.schema)
        if self.readonly:
            settings["default_transaction_read_only"] = "on"
        asked = sql.SQL(", ").join(
            sql.SQL("set_config({}, {}, false)").format(name, value)
            for name, value in settings.items()
        )
        # What is acknowledged is on disk, whatever somebody has set for this login.
        durable = sql.SQL(
            "SELECT {}, set_config('synchronous_commit', CASE current_setting('synchronous_commit')"
            " WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, false),"
            " pg_backend_pid(), clock_timestamp()::text"
        ).format(asked)
        try:
            # Asked, since what the driver was told may be the number of a pool's own.
            *_, pid, now = driver.execute(durable).fetchone()  # type: ignore[misc]
        except psycopg.Error as error:
            driver.close()
            raise said(error) from error
        self._own = pid, now
        return driver

    def reconnect(self) -> None:
        """Connect anew, where the connection is gone. Raises `ServerError`."""
        self._ahead.clear()
        self._waiting.clear()
        self.driver.close()
        self.driver = self._connected()

    def reconnect_alone(self) -> None:
        """The same; what the lost connection was about to do is done by then, or never will be."""
        self._lost = self._lost or self._own
        self.reconnect()
        pid, known_at = self._lost
        # It may not have noticed, and still be waiting for the lock.
        ended = self.execute(_END, (pid, _END_SECONDS * 1000, pid, known_at)).fetchone()
        if ended == (False,):
            raise ServerError("the connection that was lost does not end")
        self._lost = None

    def mend(self) -> None:
        if self.driver.closed:
            self.reconnect()

    def close(self) -> None:
        with suppress(psycopg.Error):
            self.driver.close()

    # --- asking -----------------------------------------------------------------------------

    def execute(self, query: str, values: Values = (), /) -> Cursor:
        asked, given = _translated(query), values or None
        self._write_waiting()
        with _explained():
            cursor = self.driver.execute(asked, given, binary=True)
        self._count(cursor)
        return cast(Cursor, cursor)

    def executemany(self, query: str, rows: Iterable[Values], /) -> None:
        rows = list(rows)
        if len(rows) == 1:
            self.execute(query, rows[0])
            return
        self._write_waiting()
        with _explained(), self.driver.cursor(binary=True) as cursor:
            cursor.executemany(_translated(query), rows)
            self._count(cursor)

    def later(self, query: str, rows: Sequence[Values]) -> None:
        if len(rows) > _FEW:
            self.executemany(query, rows)
            return
        self._waiting += [(_translated(query), row) for row in rows]
        self.total_changes += len(rows)

    def _write_waiting(self, *and_then: tuple[str, Values]) -> None:
        """Send what waits to be written, and something more, before any of it is answered.

        Values go beside the statements: what a server writes down of one that fails has no words.
        """
        asked = [*self._waiting, *and_then]
        self._waiting.clear()
        if asked:
            with _explained(), self.driver.pipeline():
                for query, values in asked:
                    self.driver.execute(query, values or None, binary=True)

    def fill(self, table: str, columns: str, rows: Iterable[Row], /) -> None:
        asked = sql.SQL(cast(Any, f"COPY {table} ({columns}) FROM STDIN"))
        self._write_waiting()
        with _explained(), self.driver.cursor() as cursor, cursor.copy(asked) as copy:
            for row in rows:
                copy.write_row(row)

    def _count(self, cursor: psycopg.Cursor[Any]) -> None:
        if cursor.description is None and cursor.rowcount > 0:
            self.total_changes += cursor.rowcount

    def stream(self, query: str, values: Values = ()) -> Iterator[Any]:
        if not self.in_transaction:
            with self.one_moment():
                yield from self.stream(query, values)
            return
        self._write_waiting()
        with _explained(), self.driver.cursor(name=f"footprint_{next(self._names)}") as cursor:
            cursor.itersize = _PAGE
            cursor.execute(_translated(query), values or None, binary=True)
            yield from cursor

    def runs(self, query: str, first: int, last: int, most: int) -> Iterator[list[Row]]:
        rows = self.stream(query, (first, last))
        while run := list(islice(rows, most)):
            yield run

    def carry_any_text(self) -> None:
        """Nothing: a server keeps none that is no text."""

    def may_read(self, table: str) -> bool:
        # By its name in the catalogue: naming it would be refused where its schema is not ours.
        found = self.execute(
            "SELECT coalesce(bool_or(has_schema_privilege(relnamespace, 'USAGE')"
            " AND has_table_privilege(oid, 'SELECT')), false) FROM pg_class"
            " WHERE relnamespace = to_regnamespace(?) AND relname = ?",
            (f'"{self.server.schema}"', table),
        )
        return bool(found.fetchone()[0])

    def write_anew(self, table: str, patience: int) -> int | None:
        """Write a table's files anew, without what was deleted from it.

        Args:
            table: of this ledger.
            patience: seconds to wait for whoever uses it.

        Returns:
            How many deleted rows were carried along, since an open transaction may still see them;
            None where this login may not do it.

        Raises:
            ServerError: somebody uses it, or the server cannot.
        """
        said: list[str] = []

        def heard(notice: psycopg.errors.Diagnostic) -> None:
            # "N dead row versions cannot be removed yet", in the server's language.
            said.extend(re.findall(r"\d+", notice.message_detail or "")[:1])

        self.driver.add_notice_handler(heard)
        try:
            self._wait_for_locks(patience)
            self.execute(f"VACUUM (FULL, VERBOSE) {table}")
        finally:
            self.driver.remove_notice_handler(heard)
            self._wait_for_locks(LOCK_SECONDS)
        return int(said[-1]) if said else None

    def _wait_for_locks(self, seconds: int) -> None:
        # 0 would be for ever.
        self.execute("SELECT set_config('lock_timeout', ?, false)", (f"{seconds * 1000 or 1}ms",))

    # --- transactions -----------------------------------------------------------------------

    @property
    def in_transaction(self) -> bool:
        """Whether one is under way or waits for what is written first, and none has failed."""
        return bool(self._waiting) or self.driver.info.transaction_status in {
            TransactionStatus.INTRANS,
            TransactionStatus.ACTIVE,
        }

    def begin(self, ahead: str = "", stream: str = "") -> Any:
        self.mend()
        asked = [self._begin, self._prepared(ahead, stream)] if ahead else [self._begin]
        try:
            with _explained():
                rows = _all_rows(self.driver.execute("; ".join(asked).encode()))
        except BaseException:
            self.rollback()  # nobody else would: it has not begun
            raise
        _, _, (now,), *found = rows
        self._began = now, monotonic()
        return found[0] if found else None

    def expect(self, ahead: str, stream: str) -> Any:
        """Begin a transaction that others wait for only from the first thing written in it.

        Args:
            ahead: asked as by `begin`, and of now: others may have written before we do.
            stream: that which it is about.

        Returns:
            Its first row.
        """
        self.mend()
        try:
            asked = f"{_NOW}; {self._prepared(ahead, stream)}"
            with _explained():
                (now,), found = _all_rows(self.driver.execute(asked.encode()))
        except BaseException:
            self.rollback()  # what was planned may be forgotten
            raise
        self._began = now, monotonic()
        self._waiting.append(("BEGIN", ()))
        return found

    def _prepared(self, query: str, stream: str) -> str:
        """What asks a query about a stream that this connection has planned once."""
        if query not in self._ahead:
            name = f"footprint_ahead_{next(self._names)}"
            with _explained():
                planned = f"PREPARE {name}(text) AS {_MARK.sub('$1', query)}"
                self.driver.execute(planned.encode())
            self._ahead[query] = f"EXECUTE {name}"
        return f"{self._ahead[query]}({sql.Literal(stream).as_string(self.driver)})"

    @contextmanager
    def one_moment(self) -> Iterator[None]:
        with _explained():
            self.driver.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            yield
        finally:
            self.rollback()

    def commit(self) -> None:
        self._write_waiting(("COMMIT", ()))

    def rollback(self) -> None:
        """End what is under way; nothing where the connection, and so all of it, is gone."""
        self._waiting.clear()
        self._ahead.clear()  # the driver may let the server forget what was planned
        with suppress(psycopg.Error):
            self.driver.rollback()

    def now(self) -> str:
        now, at = self._began
        self._began = "", 0.0
        if now and monotonic() - at < _JUST_NOW:  # one question less while others wait
            return now
        return str(self.execute(_NOW).fetchone()[0])


def run_script(connection: ServerConnection, text: str) -> None:
    """Run the statements of a script, which has no values in it."""
    with _explained():
        connection.driver.execute(sql.SQL(cast(Any, text)))


def _all_rows(cursor: psycopg.Cursor[Any]) -> list[Any]:
    """The first row of each result of a script."""
    rows = [None if cursor.description is None else cursor.fetchone()]
    while cursor.nextset():
        rows.append(None if cursor.description is None else cursor.fetchone())
    return rows


@cache
def _translated(query: str) -> str:
    """A query with `?` and `:name` in the form of the driver."""
    return _MARK.sub(lambda m: f"%({m[1]})s" if m[1] else "%s", query.replace("%", "%%"))


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except psycopg.Error as error:
        raise said(error) from error


def said(error: BaseException) -> ServerError:
    """What the driver could not do, as it is said of a server."""
    if not isinstance(error, psycopg.Error):
        return ServerError(str(error))
    message = " ".join((error.diag.message_primary or str(error)).split())
    before, turned_away, why = message.partition("FATAL: ")
    asked = error.pgconn is not None and error.pgconn.needs_password
    if error.sqlstate is None and (turned_away or asked):  # for a connection the driver has none
        return ServerError(why or before, _TURNED_AWAY)
    lost = isinstance(error, psycopg.OperationalError) and error.sqlstate in {
        None, "57P01", "57P02", "57P03", "25P03", "08000", "08003", "08006",
    }  # fmt: skip
    return ServerError(message, error.sqlstate or "", lost=lost)
