"""Verify a ledger against itself and against what vouches for it from outside."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, suppress
from functools import partial
from pathlib import Path

from footprint.apart import WorkerLost
from footprint.audit import structure
from footprint.audit.entries import Reading, join_parts
from footprint.audit.locks import is_shut, key_at_hand
from footprint.audit.losses import losses
from footprint.audit.part import Part, Scope
from footprint.audit.signatures import (
    check_behind,
    check_receipt,
    check_stored,
    check_voucher,
    stored_notes,
)
from footprint.audit.trusted import trusted_for
from footprint.audit.verdict import Verdict
from footprint.audit.vouchers import Local, Voucher, from_signer, from_witness, signed_here
from footprint.audit.workers import Spread, parts_of
from footprint.domain.events import LedgerOpened
from footprint.engine.connecting import connect_readonly
from footprint.engine.connection import Connection, ServerError
from footprint.engine.place import Place
from footprint.errors import Misused
from footprint.ledger.store.codec import Unreadable, decode
from footprint.progress import Progress, silent
from footprint.proof.policy import NOBODY, Policy
from footprint.vault.key import Keys

_AS_IT_PAYS = Spread()
_FIRST = "SELECT position, stream, version, topic, state FROM event WHERE position = 1"
_DAMAGED = ("XX001", "XX002")
"""How a server calls it that its own files do not hold what they should."""


def verify_ledger(
    place: Place,
    home: Path,
    vouchers: Sequence[Voucher] = (),
    trust: Policy = NOBODY,
    *,
    progress: Progress = silent,
    spread: Spread = _AS_IT_PAYS,
) -> Verdict:
    """The verdict on a ledger.

    Args:
        place: where it is; it is opened only to read. On a server, all that is read is of one
            moment, by one process, and is what the login may read: without the right to the
            vault, words are not checked.
        home: where this machine's signers and witness are; what they know of the ledger's origin
            vouches for it.
        vouchers: what else does: kept checkpoints and receipts.
        trust: the keys of logs and witnesses that are trusted, and the quorum.
        progress: is told how many entries were read, and of how many, while they are.
        spread: over how many processes a large file is read.
    """
    verdict = Verdict()
    try:
        with closing(connect_readonly(place)) as connection:
            connection.carry_any_text()
            # The signer remembers after the commit: read before the snapshot, it is never ahead.
            origin, head = _named(connection)
            local = from_signer(home, origin, head) if origin else Local()
            vouchers = [*vouchers, *_seen_here(home, origin, verdict)]
            # One snapshot of all the tables, however many writers there are.
            with connection.one_moment():
                if structure.check_schema(connection, verdict):
                    keys = Keys(home, origin)
                    parts = partial(parts_of, connection, place, spread=spread)
                    read = partial(_read, connection, keys=keys, parts=parts, progress=progress)
                    _verify(connection, local, vouchers, trust, verdict, read)
                    _check_place(signed_here(home, place), local, verdict)
    except (sqlite3.Error, UnicodeError) as error:
        _unreadable(error, verdict)
    except ServerError as error:
        _unanswered(error, verdict)
    except WorkerLost as error:
        verdict.doubt(f"the file was not read to its end: {error}")
    return verdict


def _verify(
    connection: Connection,
    local: Local,
    vouchers: Sequence[Voucher],
    trust: Policy,
    verdict: Verdict,
    read: Callable[[Verdict, set[int]], Reading],
) -> None:
    outside = [*vouchers, *([local.state] if local.state else [])]
    stored = stored_notes(connection, verdict)
    reading = read(verdict, {v.size for v in outside} | {note.size for note in stored})
    trusted = trusted_for(connection, reading, local.key, trust)
    check_stored(connection, stored, reading, trusted, verdict)
    restored = losses(connection)
    for voucher in sorted(outside, key=lambda v: v.size):
        check_voucher(voucher, reading, stored, verdict, restored)
        check_receipt(connection, voucher, verdict)
    check_behind(stored, outside, verdict)
    if local.doubt:
        verdict.doubt(local.doubt)


def _read(
    connection: Connection,
    verdict: Verdict,
    sizes: set[int],
    *,
    keys: Keys,
    parts: Callable[[Scope], AbstractContextManager[Iterator[Part]]],
    progress: Progress,
) -> Reading:
    """Read the entries, and meanwhile check what the engine can tell of the tables."""
    known = tuple(sorted(size for size in sizes if size > 0))
    key = key_at_hand(connection, keys, verdict) if verdict.words_checked else None
    shut = verdict.words_checked and not key and is_shut(connection)
    scope = Scope(words=verdict.words_checked, sizes=known, key=key, shut=shut)
    of = connection.execute("SELECT max(position) FROM event").fetchone()[0] or 0
    with parts(scope) as read:
        progress(0, of)
        structure.check_integrity(connection, verdict)
        structure.check_streams(connection, verdict)
        if verdict.words_checked:
            structure.check_vault(connection, verdict)
        return join_parts(connection, read, verdict, lambda at: progress(at, of), scope.lock)


def _named(connection: Connection) -> tuple[str, str]:
    """The origin that the ledger names, and its head: by these a machine finds what it has of it.

    Empty where they cannot be read; then something is wrong with them that is found later.
    """
    with suppress(sqlite3.Error, ServerError, Unreadable, TypeError):
        if structure.is_published(connection, "event", "head"):
            row = connection.execute(_FIRST).fetchone()
            opened = decode(*row).event if row else None
            if isinstance(opened, LedgerOpened):
                head = connection.execute("SELECT note FROM head").fetchone()
                return opened.origin, str(head[0]) if head else ""
    return "", ""


def _seen_here(home: Path, origin: str, verdict: Verdict) -> list[Voucher]:
    """What a witness on this machine saw last of the ledger."""
    try:
        seen = from_witness(home, origin) if origin else None
    except Misused as error:
        verdict.doubt(str(error))
        return []
    return [seen] if seen else []


def _check_place(origins: set[str], local: Local, verdict: Verdict) -> None:
    """This machine signed a ledger at this very path, and it is not the one that is there now."""
    if origins and local.key is None and local.state is None:
        verdict.find(
            "origin",
            f"this machine signed the ledger {', '.join(sorted(origins))} at this path, and another"
            " is there now",
        )


def _unreadable(error: Exception, verdict: Verdict) -> None:
    if verdict.entries or not isinstance(error, sqlite3.Error) or "malformed" in str(error):
        verdict.find("damaged", f"the file is damaged and cannot be read to its end: {error}")
    else:
        verdict.doubt(f"the file cannot be opened as a ledger: {error}")


def _unanswered(error: ServerError, verdict: Verdict) -> None:
    said = " ".join(str(error).split())
    if error.state in _DAMAGED:
        verdict.find("damaged", f"the server finds its own files damaged: {said}")
    elif error.lost or not error.state:
        verdict.doubt(f"the server cannot be reached, or went away: {said}")
    else:
        verdict.doubt(f"the server does not let the ledger be read: {said}")
