"""Make a ledger, and open one: to read, or to write with its signer."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from footprint.domain.days import london_day
from footprint.domain.entry import Move
from footprint.domain.events import LedgerOpened
from footprint.domain.policy import STREAM as POLICY
from footprint.engine import sqlite
from footprint.engine.connecting import connect, connect_readonly
from footprint.engine.connection import Connection
from footprint.engine.place import Place, Server
from footprint.errors import NotFound, Refused
from footprint.ledger.departing import must_be_here
from footprint.ledger.ledger import LEDGER, Ledger
from footprint.ledger.store import queries
from footprint.ledger.store.codec import Unreadable, decode
from footprint.ledger.store.recorder import Recorder
from footprint.ledger.store.recorder_sqlite import SQLiteRecorder
from footprint.ledger.store.sealer import Sealer
from footprint.ledger.store.vault import Vault
from footprint.ledger.withheld import must_take_entries

if TYPE_CHECKING:
    from footprint.vault.key import Keys


def create_ledger(
    place: Place,
    opened: LedgerOpened,
    policy: Sequence[Move],
    *,
    actor: str,
    sealer: Sealer | None,
    clock: Callable[[], str] | None = None,
) -> Ledger:
    """Make a ledger: its tables, `ledger.opened` and the policy, all in one transaction.

    Args:
        place: the file, which may be there only if it is an empty database; or a schema on a
            server, which must not be there, and of which this login becomes the owner.
        opened: whose ledger it is, its origin and its signer's verifier key.
        policy: the adoptions that it starts with.
        actor: who makes it.
        sealer: signs its trees.
        clock: tells the time.

    Raises:
        Refused: something is there.
        ServerError: the login may not make it.
    """
    must_be_empty(place)
    filled = partial(_filled, opened=opened, policy=policy, actor=actor, clock=clock)
    if isinstance(place, Server):
        return filled(place, recorder_of(connect(place), sealer))
    made = _make(place)
    try:
        return filled(place, SQLiteRecorder(sqlite.connect(place, create=True), sealer))
    except BaseException:
        if made and not _has_tables(place):
            sqlite.delete_database(place)
        raise


def recorder_of(connection: Connection, sealer: Sealer | None = None) -> Recorder:
    """The recorder of whichever engine answers."""
    if connection.signs_apart:
        from footprint.ledger.store.recorder_postgres import PostgresRecorder  # noqa: PLC0415 - its own

        return PostgresRecorder(cast(Any, connection), sealer)
    return SQLiteRecorder(connection, sealer)


def _filled(
    place: Place,
    recorder: Recorder,
    opened: LedgerOpened,
    policy: Sequence[Move],
    *,
    actor: str,
    clock: Callable[[], str] | None,
) -> Ledger:
    ledger = Ledger(place, recorder, clock)
    today = london_day(ledger.clock())
    first = Move(event=opened, occurred_on=today, source="at-the-time", words={})
    try:
        with recorder.making():
            ledger.append(LEDGER, [first], actor=actor)
            ledger.append(POLICY, policy, actor=actor)
    except BaseException:
        ledger.close()
        raise
    return ledger


def _make(path: Path) -> bool:
    """Make the file. Returns whether it was this process that did."""
    try:
        path.touch(mode=0o600, exist_ok=False)
    except FileExistsError:
        return False
    return True


def _has_tables(path: Path) -> bool:
    """Whether somebody else has made a ledger in the file since: then it is theirs."""
    with suppress(sqlite3.DatabaseError), closing(sqlite.connect_readonly(path)) as connection:
        return connection.execute("SELECT 1 FROM sqlite_master").fetchone() is not None
    return False


def must_be_empty(place: Place) -> None:
    """Raise `Refused` unless nothing is there, or what a killed `init` leaves: no tables."""
    if isinstance(place, Server):
        with closing(connect_readonly(place)) as connection:
            there = connection.execute("SELECT to_regnamespace(?)", (f'"{place.schema}"',))
            if there.fetchone()[0] is not None:
                raise Refused(
                    f"Something is at {place} already.",
                    "Choose another schema: postgresql://...?schema=NAME.",
                )
        return
    if not place.exists() or (place.is_file() and place.stat().st_size == 0):
        return
    with suppress(sqlite3.DatabaseError), closing(sqlite.connect_readonly(place)) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_master").fetchone():
            return
    raise Refused(f"Something is at {place} already.", "Choose another path with --ledger.")


def open_ledger(
    place: Place,
    *,
    sealer: Callable[[str], Sealer] | None = None,
    signing: bool = False,
    leaving: bool = False,
    clock: Callable[[], str] | None = None,
    keys: Callable[[str], Keys] | None = None,
) -> Ledger:
    """Open a ledger: to write where a sealer is given for its origin, else only to read.

    Args:
        place: where it is.
        sealer: signs what is recorded. On a server, where signing is apart, it is asked for only
            where this is about to sign.
        signing: whether that is so.
        leaving: whether it may have moved away, and is opened to end that.
        clock: tells the time.
        keys: gives those of its vault that are on this machine, for its origin.

    Raises:
        NotFound: there is none.
        Refused: it is not a ledger, or one of a newer format; or it is to be written, and is an
            audit copy, has moved away, or the login may not.
    """
    if isinstance(place, Server):
        connection, opened = _of_server(place, readonly=sealer is None)
    else:  # only to read at first: a file that is no ledger is left as it is, to the byte
        connection, opened = _of_file(place)
    own = partial(keys, opened.origin) if keys else None
    if sealer is None:
        return Ledger(place, recorder_of(connection), clock, own)
    try:
        must_take_entries(connection, place, signing=signing)
        if not leaving:
            must_be_here(connection, place, Vault(connection, own))
        signer = sealer(opened.origin) if signing or not connection.signs_apart else None
        if isinstance(place, Path):
            connection.close()
            connection = connect(place)
    except BaseException:
        connection.close()
        raise
    return Ledger(place, recorder_of(connection, signer), clock, own)


def _of_server(server: Server, *, readonly: bool) -> tuple[Connection, LedgerOpened]:
    """A connection to a ledger on a server, and how it begins."""
    connection = (connect_readonly if readonly else connect)(server)
    try:
        if connection.may_read("event"):
            first = queries.row_at(connection, 1)
            if first is not None and first[3] == LedgerOpened.topic:
                return connection, cast(LedgerOpened, decode(*first).event)
        found, login = connection.execute(
            "SELECT to_regnamespace(?), session_user::text", (f'"{server.schema}"',)
        ).fetchone()
    except BaseException:
        connection.close()
        raise
    connection.close()
    if found is None:
        raise NotFound(
            f"There is no ledger at {server}.", "Whoever is to own it makes it: footprint init."
        )
    raise Refused(
        f"{login} may not read the ledger at {server}.",
        f'Its owner says who may: GRANT {server.schema}_recorder TO "{login}", or another of its'
        " roles.",
    )


def _of_file(path: Path) -> tuple[Connection, LedgerOpened]:
    """The same of a file that begins as a ledger does."""
    if not path.exists():
        raise NotFound(
            f"There is no ledger at {path}.",
            "Make one: footprint init --authority NAME; or look around: footprint demo.",
        )
    connection: Connection | None = None
    try:
        if path.is_file():
            connection = sqlite.connect_readonly(path)
            first = queries.row_at(connection, 1)
            if first is not None and first[3] == LedgerOpened.topic:
                return connection, cast(LedgerOpened, decode(*first).event)
    except Unreadable:
        connection.close()  # type: ignore[union-attr] # it was read from
        raise
    except sqlite3.DatabaseError as error:
        if "locked" in str(error) or "unable to open" in str(error):
            raise
    if connection is not None:
        connection.close()
    raise Refused(
        f"{path} is not a footprint ledger.",
        "Name the right file with --ledger, or make a ledger: footprint init.",
    )
