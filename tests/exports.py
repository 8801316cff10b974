"""Exports of entries for tests: made of the ledger in a folder, read back, and compared."""

from __future__ import annotations

from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any

from ledger_helpers import DAY, ORIGIN, home_in, path_in, raw, vault_keys_in

from footprint.audit.verify import verify_ledger
from footprint.domain.asks import ApproveRedaction, AskRedaction
from footprint.errors import Refused
from footprint.ledger.elsewhere.giving import write_entries
from footprint.ledger.elsewhere.taking import Taken, read_entries
from footprint.ledger.ledger import Ledger
from footprint.ledger.opening import open_ledger
from footprint.ledger.signing.home import folder_of
from footprint.ledger.words.redacting import approve

KEYS = {
    "event": "position", "subtree": "level, nth", "head": "one", "checkpoint": "size, note",
    "vault": "position", "vault_child": "stream",
}  # fmt: skip


def given_out(folder: Path, *, words: bool = True) -> bytes:
    """The export of the ledger in a folder."""
    file, path = BytesIO(), path_in(folder)
    with closing(open_ledger(path, keys=lambda _origin: vault_keys_in(folder))) as ledger:
        write_entries(ledger, file, words=words)
    return file.getvalue()


def must_verify(made: Path) -> None:
    """Raise `Refused` unless a file holds together."""
    verdict = verify_ledger(made, made.with_name("nobody"))
    if verdict.findings:
        raise Refused(f"does not verify: {verdict.findings[0].message}")


def read_back(lines: bytes, path: Path) -> Taken:
    """Make the ledger that lines hold."""
    return read_entries(BytesIO(lines), path, must_verify)


def rows(path: Path) -> dict[str, list[Any]]:
    """Every row of every table that is there, in order."""
    with raw(path) as connection:
        there = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        return {table: connection.execute(f"SELECT * FROM {table} ORDER BY {key}").fetchall()
                for table, key in KEYS.items() if table in there}  # fmt: skip


def schema(path: Path) -> set[str]:
    """The statements of a file's schema."""
    with raw(path) as connection:
        return {sql for (sql,) in connection.execute("SELECT sql FROM sqlite_master")}


def redact(ledger: Ledger, folder: Path, stream: str, *positions: int, **words: str) -> None:
    """Ask for a redaction, of all of a thread where no positions are given, and approve it."""
    basis = "wrong-child" if words else "third-party"
    ask = AskRedaction(
        on=DAY, source="transcribed", words={"why": "Over.", **words}, positions=positions,
        basis=basis,
    )  # fmt: skip
    ledger.record(ask, actor="one", stream=stream)
    asks: dict[str, Any] = {stream: ApproveRedaction(on=DAY, source="transcribed")}
    approve(ledger, asks, folder_of(home_in(folder), ORIGIN), actor=f"two at {ledger.size()}")
