"""Verify a ledger file against itself and against what vouches for it from outside."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from footprint.audit import structure
from footprint.audit.entries import join_parts, read_here
from footprint.audit.part import Scope, any_text
from footprint.audit.signatures import check_receipt, check_stored, check_voucher, stored_notes
from footprint.audit.verdict import Verdict
from footprint.audit.vouchers import Local, Voucher, from_signer, signed_here
from footprint.domain.events import LedgerOpened
from footprint.ledger.codec import Unreadable, decode
from footprint.ledger.sqlite import connect_readonly

_FIRST = "SELECT position, stream, version, topic, state FROM event WHERE position = 1"


def verify_ledger(path: Path, home: Path, vouchers: Sequence[Voucher] = ()) -> Verdict:
    """The verdict on the ledger in a file.

    Args:
        path: the file; it is opened only to read.
        home: where this machine's signers are; one for the ledger's origin vouches for it.
        vouchers: what else does: kept checkpoints and receipts.
    """
    verdict = Verdict()
    try:
        with closing(connect_readonly(path)) as connection:
            connection.text_factory = any_text
            # The signer remembers after the commit: read before the snapshot, it is never ahead.
            local = _local(connection, home)
            # One snapshot of all the tables, however many writers there are.
            connection.execute("BEGIN")
            if structure.check_schema(connection, verdict):
                _verify(connection, local, vouchers, verdict)
                _check_place(signed_here(home, path), local, verdict)
    except (sqlite3.Error, UnicodeError) as error:
        _unreadable(error, verdict)
    return verdict


def _verify(
    connection: sqlite3.Connection, local: Local, vouchers: Sequence[Voucher], verdict: Verdict
) -> None:
    structure.check_integrity(connection, verdict)
    structure.check_streams(connection, verdict)
    if verdict.words_checked:
        structure.check_vault(connection, verdict)
    outside = [*vouchers, *([local.state] if local.state else [])]
    stored = stored_notes(connection, verdict)
    sizes = {voucher.size for voucher in outside} | {note.size for note in stored}
    scope = Scope(words=verdict.words_checked, sizes=tuple(sorted(n for n in sizes if n > 0)))
    reading = join_parts(connection, read_here(connection, scope, 32), verdict)
    check_stored(stored, reading, local.key, verdict)
    for voucher in sorted(outside, key=lambda v: v.size):
        check_voucher(voucher, reading, stored, verdict)
        check_receipt(connection, voucher, verdict)
    if local.doubt:
        verdict.doubt(local.doubt)


def _local(connection: sqlite3.Connection, home: Path) -> Local:
    """What this machine's signer for the ledger's origin knows."""
    try:
        known = structure.has_published_events(connection)
        row = connection.execute(_FIRST).fetchone() if known else None
        opened = decode(*row).event if row else None
    except (sqlite3.Error, Unreadable, TypeError):
        opened = None  # what is wrong with it is found when the entries are read
    return from_signer(home, opened.origin) if isinstance(opened, LedgerOpened) else Local()


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
