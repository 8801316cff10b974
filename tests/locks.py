"""A ledger whose vault is locked, unlocked and given other keys, and what is in its files then."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import ledger_helpers as own
from ledger_helpers import as_file, home_in, path_in, reopen, sign, signer_in, vault_keys_in
from server_ledgers import in_data_files, schema_of
from servers import OWNER

from footprint.audit.verify import verify_ledger
from footprint.engine.sqlite import files_of
from footprint.ledger.words import locking
from footprint.ledger.words.erasing import NotYetGone
from footprint.vault.lock import Lock

WORDS = ("Sibling contact has stopped", "The uncle is back in the house", "hold review")
CHILDREN = ("2041170000000031", "7719-AB-0000000032")
"""So long that no digest has them by chance."""


def locked(folder: Path) -> locking.Relocked:
    """`vault lock`, as another process would."""
    with closing(reopen(folder, actor=OWNER)) as ledger:
        folder_ = signer_in(folder).folder
        return _erased(folder, locking.lock(ledger, vault_keys_in(folder), folder_, keyring=False))


def rekeyed(folder: Path) -> locking.Relocked:
    """`vault rekey`."""
    with closing(reopen(folder, actor=OWNER)) as ledger:
        folder_ = signer_in(folder).folder
        return _erased(folder, locking.rekey(ledger, vault_keys_in(folder), folder_, keyring=False))


def _erased(folder: Path, done: locking.Relocked) -> locking.Relocked:
    """The same, erased by the owner where only the owner may."""
    if not (schema_of(folder) and done.not_yet and "owner" in done.not_yet.next_step):
        return done
    try:
        own.erase_words(folder, signer_in(folder).folder)
    except NotYetGone as error:
        return replace(done, not_yet=error)
    return replace(done, not_yet=None)


def unlocked(folder: Path) -> int:
    """`vault unlock`."""
    with closing(reopen(folder, actor=OWNER)) as ledger:
        return locking.unlock(ledger, vault_keys_in(folder))


def in_files(folder: Path) -> bytes:
    """All that is in the files of the database, and in the log of one that is a file."""
    if schema_of(folder):
        return in_data_files()
    return b"".join(file.read_bytes() for file in files_of(path_in(folder)))


def in_clear(folder: Path) -> list[str]:
    """Which of the words and case numbers are in the files."""
    everything = in_files(folder)
    return [text for text in (*WORDS, *CHILDREN) if text.encode() in everything]


def stored(folder: Path) -> tuple[list[tuple[int, bytes, bytes]], list[tuple[str, bytes]]]:
    """The rows of the vault as they are stored."""
    with own.stored(folder) as connection:
        words = connection.execute("SELECT * FROM vault ORDER BY position").fetchall()
        return words, connection.execute("SELECT * FROM vault_child ORDER BY stream").fetchall()


def said(folder: Path) -> tuple[object, ...]:
    """All words and case numbers, as they can be read here."""
    with closing(reopen(folder)) as ledger:
        streams = [stream for stream, _ in stored(folder)[1]]
        vault = ledger.vault
        return (
            [vault.sealed(stream) for stream in ("ledger", *streams)],
            [(stream, vault.child(stream)) for stream in streams],
            [vault.threads_of(child) for child in CHILDREN],
        )


def unmixed(folder: Path, lock: Lock | None) -> None:
    """Assert that all rows are under this lock, or none is under any."""
    words, children = stored(folder)
    assert words
    for value in [words for _, _, words in words] + [child for _, child in children]:
        assert value.startswith(lock.head if lock else b"{") or (not lock and value[:1] != b"\x00")
    for _, salt, _ in words:
        assert (salt == bytes(32)) is bool(lock)


def root(folder: Path) -> bytes:
    """The root of the tree, by a verifier that has to say that all is well, the words included."""
    sign(folder)
    with as_file(folder) as path:
        verdict = verify_ledger(path, home_in(folder))
    assert (verdict.verdict, verdict.words_checked) == ("verified", True), verdict
    return verdict.root
