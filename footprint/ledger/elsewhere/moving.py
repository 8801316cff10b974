"""A ledger moved to another place, from a file to a server or the other way.

It says so first: `ledger.moved`, signed, is the last entry that the old place takes. Then all rows
are copied, in one transaction or into a file without a name: nobody sees them before the entries
there make the tree that was signed. Only then the signer takes the new place. Where that is cut
short, the same again goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import cast

from footprint.domain.days import london_day
from footprint.domain.entry import Move
from footprint.domain.events import LedgerMoved
from footprint.durable import making
from footprint.engine import sqlite
from footprint.engine.connecting import connect_readonly
from footprint.engine.connection import Connection
from footprint.engine.place import Place, Server, located
from footprint.engine.sqlite_schema import STATEMENTS, tables_and_guards
from footprint.errors import Refused
from footprint.ledger.departing import TO, departed_to, engine_of
from footprint.ledger.ledger import LEDGER, Ledger
from footprint.ledger.opening import must_be_empty
from footprint.ledger.signing.home import Signed, load_state, save_state
from footprint.ledger.signing.signer import LedgerSigner, signed_by, too_few
from footprint.ledger.store.rows import copy_rows, tree_of
from footprint.ledger.withheld import must_have_vault, must_take_entries
from footprint.progress import Progress, silent
from footprint.proof.tree import Peaks


@dataclass(frozen=True, kw_only=True)
class Moved:
    """What is at the new place: so many entries, and their root."""

    size: int
    root: bytes


def _is_to_depart(ledger: Ledger, target: Place) -> bool:
    """Whether a ledger has not begun its move to a place before, and can begin it now.

    Raises:
        Refused: it goes somewhere else already, or something is at that place.
    """
    to = departed_to(ledger.connection, ledger.place, ledger.vault)
    if to is None and located(ledger.place) == located(target):
        raise Refused("That is where the ledger is.", "Name another place to copy it to.")
    if to is None and engine_of(ledger.place) == engine_of(target) == "postgresql":
        raise Refused(
            "A ledger does not go from a server to a server in one step.",
            "Copy it to a file first, and from there on.",
        )
    if to not in {None, located(target)}:
        raise Refused(
            f"This ledger has moved: it goes on at {to}.",
            "Copy it from there; or, where that was cut short, end it with the same command.",
        )
    if to is None:
        must_take_entries(ledger.connection, ledger.place)
        must_have_vault(ledger, "it has no words to take along")
        _must_be_free(target)
        _must_be_makeable(target)
    return to is None


def move(
    ledger: Ledger,
    target: Place,
    check: Callable[[], object],
    *,
    actor: str,
    progress: Progress = silent,
) -> Moved:
    """Move a ledger to another place, or go on with that.

    Args:
        ledger: open with its signer, `leaving`.
        target: where it goes: on a server, a schema that is not there, of which this login becomes
            the owner.
        check: is called before anything is recorded; raises where the ledger does not verify.
        actor: who moves it.
        progress: is told how many entries were copied, and of how many.

    Raises:
        Refused: it cannot be moved there; the entries do not make the tree that was signed.
        ServerError, sqlite3.Error, OSError: it could not be done. The same again goes on.
    """
    if _is_to_depart(ledger, target):
        check()
        _depart(ledger, target, actor)
    signer = cast(LedgerSigner, ledger.store.sealer)
    with ledger.connection.one_moment():
        grown = partial(_grown, ledger, signer)
        tree = _arrived(target, grown) or _copied(ledger, target, grown, progress)
        leaf = ledger.leaf(tree.size)
    _settle(ledger, signer, Signed(
        origin=signer.origin, ledger=located(target), peaks=tree, leaf=leaf,
    ))  # fmt: skip
    return Moved(size=tree.size, root=signer.tree_of(tree).root)


def _must_be_free(target: Place) -> None:
    if isinstance(target, Path) and (there := sqlite.files_of(target)):
        raise Refused(
            f"Something is at {there[0]} already.",
            "Name a new place: a ledger does not go back to one that it has left.",
        )
    must_be_empty(target)


def _depart(ledger: Ledger, target: Place, actor: str) -> None:
    """The last entry here. It is signed with all others in the same transaction."""
    move = Move(
        event=LedgerMoved(engine=engine_of(target)),
        occurred_on=london_day(ledger.clock()),
        source="at-the-time",
        words={TO: located(target)},
    )
    with ledger.writing():
        ledger.append(LEDGER, [move], actor=actor)


# --- there ------------------------------------------------------------------------------------

_Grown = Callable[[Connection], Peaks]
"""The tree of what is there, which is the one that was signed here; else `Refused`."""


def _grown(ledger: Ledger, signer: LedgerSigner, there: Connection) -> Peaks:
    size, note = ledger.head() or (0, "")
    tree = tree_of(there, size)
    if size != ledger.size() or not signed_by(note, signer.tree_of(tree), [signer.verifier]):
        raise Refused(
            "The entries that are there do not make the tree that was signed here.",
            "Nothing was made, and the signer stays where it was. Find out what happened: footprint"
            " verify.",
        )
    return tree


def _arrived(target: Place, grown: _Grown) -> Peaks | None:
    """The tree of a ledger that was brought before, and may have gone on; None where none is."""
    if isinstance(target, Path):
        if not sqlite.files_of(target):
            return None
    elif not _is_on(target):
        return None
    with closing(connect_readonly(target)) as connection:
        return grown(connection)


def _is_on(server: Server) -> bool:
    with closing(connect_readonly(server)) as connection:
        return connection.may_read("event")


def _copied(ledger: Ledger, target: Place, grown: _Grown, progress: Progress) -> Peaks:
    with _new(target) as connection:
        size = ledger.size()
        copy_rows(ledger.connection, connection, size, vault=True, progress=progress)
        return grown(connection)


class _Enough(Exception):  # noqa: N818 - nothing went wrong
    """Nothing is to be made after all."""


def _must_be_makeable(target: Place) -> None:
    """Raise what would go wrong there, before anything says that the ledger goes there."""
    with suppress(_Enough), _new(target):
        raise _Enough


def _new(target: Place) -> AbstractContextManager[Connection]:
    """The tables of a ledger, in which nothing is yet: whole at the end of the block, or not there.

    They are guarded last: rows that are there already need it no more.
    """
    return _new_schema(target) if isinstance(target, Server) else _new_file(target)


@contextmanager
def _new_schema(server: Server) -> Iterator[Connection]:
    from footprint.engine.postgres import ServerConnection  # noqa: PLC0415 - a file needs none
    from footprint.engine.postgres_schema import create_tables, guard_tables  # noqa: PLC0415

    with closing(ServerConnection(server)) as connection:
        connection.begin()
        create_tables(connection)
        yield connection
        guard_tables(connection)
        connection.commit()


@contextmanager
def _new_file(path: Path) -> Iterator[Connection]:
    tables, guards = tables_and_guards(STATEMENTS)
    with making(path) as temporary, closing(sqlite.connect_new(temporary)) as connection:
        connection.execute("BEGIN")
        for statement in tables:
            connection.execute(statement)
        yield connection
        for statement in guards:
            connection.execute(statement)
        connection.commit()


# --- the signer -------------------------------------------------------------------------------


def _settle(ledger: Ledger, signer: LedgerSigner, signed: Signed) -> None:
    """Let the signer go on at the new place, unless it does already.

    Raises:
        Refused: it was somewhere else altogether.
    """
    signer.hold(ledger.store)
    try:
        last = load_state(signer.folder)
        if last and last.ledger == signed.ledger:
            return
        if last is None or last.ledger != located(ledger.place):
            raise Refused(
                f"The signer last signed this ledger at {last.ledger if last else 'no place'}.",
                "Find out which of them is the ledger before either takes an entry.",
            )
        if last.size > signed.size:
            raise too_few(signed.size, last.size)
        save_state(signer.folder, signed)
    finally:
        signer.abandon()
