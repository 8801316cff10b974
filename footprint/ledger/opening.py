"""Make a ledger, and open one: to read, or to write with its signer."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from footprint.domain.days import london_day
from footprint.domain.entry import Move
from footprint.domain.events import LedgerOpened
from footprint.domain.policy import STREAM as POLICY
from footprint.errors import NotFound, Refused
from footprint.ledger import queries
from footprint.ledger.codec import Unreadable, decode
from footprint.ledger.copying import must_take_entries
from footprint.ledger.identity import utc_now
from footprint.ledger.ledger import LEDGER, Ledger
from footprint.ledger.recorder import Sealer, SQLiteRecorder
from footprint.ledger.sqlite import connect, connect_readonly, delete_database

if TYPE_CHECKING:
    from footprint.vault.key import Keys


def create_ledger(
    path: Path,
    opened: LedgerOpened,
    policy: Sequence[Move],
    *,
    actor: str,
    sealer: Sealer | None,
    clock: Callable[[], str] = utc_now,
) -> Ledger:
    """Make a ledger: its tables, `ledger.opened` and the policy, all in one transaction.

    Args:
        path: the file; it may be there only if it is an empty database.
        opened: whose ledger it is, its origin and its signer's verifier key.
        policy: the adoptions that it starts with.
        actor: who makes it.
        sealer: signs its trees.
        clock: tells the time.

    Raises:
        Refused: something is in the file.
    """
    must_be_empty(path)
    made = _make(path)
    try:
        return _filled(path, opened, policy, actor=actor, sealer=sealer, clock=clock)
    except BaseException:
        if made and not _has_tables(path):
            delete_database(path)
        raise


def _filled(
    path: Path,
    opened: LedgerOpened,
    policy: Sequence[Move],
    *,
    actor: str,
    sealer: Sealer | None,
    clock: Callable[[], str],
) -> Ledger:
    recorder = SQLiteRecorder(connect(path, create=True), sealer)
    ledger = Ledger(path, recorder, clock)
    today = london_day(clock())
    first = Move(event=opened, occurred_on=today, source="at-the-time", words={})
    try:
        with ledger.writing():
            recorder.create_table()
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
    with suppress(sqlite3.DatabaseError), closing(connect_readonly(path)) as connection:
        return connection.execute("SELECT 1 FROM sqlite_master").fetchone() is not None
    return False


def must_be_empty(path: Path) -> None:
    """Raise `Refused` unless nothing is there, or what a killed `init` leaves: no tables."""
    if not path.exists() or (path.is_file() and path.stat().st_size == 0):
        return
    with suppress(sqlite3.DatabaseError), closing(connect_readonly(path)) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_master").fetchone():
            return
    raise Refused(f"Something is at {path} already.", "Choose another path with --ledger.")


def open_ledger(
    path: Path,
    *,
    sealer: Callable[[str], Sealer] | None = None,
    clock: Callable[[], str] = utc_now,
    keys: Callable[[str], Keys] | None = None,
) -> Ledger:
    """Open a ledger: to write where a sealer is given for its origin, else only to read.

    `keys` gives those of its vault that are on this machine, for its origin.

    Raises:
        NotFound: there is no such file.
        Refused: it is not a ledger, or one of a newer format; or it is to be written, and is an
            audit copy.
    """
    if not path.exists():
        raise NotFound(
            f"There is no ledger at {path}.",
            "Make one: footprint init --authority NAME; or look around: footprint demo.",
        )
    # Read only at first: a file that is no ledger is left as it is, to the byte.
    connection, opened = _known(path)
    own = partial(keys, opened.origin) if keys else None
    if sealer is None:
        return Ledger(path, SQLiteRecorder(connection), clock, own)
    try:
        must_take_entries(connection, path)
    finally:
        connection.close()
    return Ledger(path, SQLiteRecorder(connect(path), sealer(opened.origin)), clock, own)


def _known(path: Path) -> tuple[sqlite3.Connection, LedgerOpened]:
    """A connection, only to read, to a file that begins as a ledger does; and how it begins."""
    connection: sqlite3.Connection | None = None
    try:
        if path.is_file():
            connection = connect_readonly(path)
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
