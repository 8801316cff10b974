"""What is said of a reference that no thread has: how far they run, or whose case number it is."""

from __future__ import annotations

from contextlib import suppress
from shlex import quote

from footprint.domain.nearest import both
from footprint.domain.reference import instead_of, shown
from footprint.engine.connection import Connection
from footprint.errors import NotFound, Refused
from footprint.ledger.store import queries
from footprint.ledger.store.vault import Vault

_NAMED = 5
"""Threads of one child that are named; a child with more has a log of its own."""


def no_thread(connection: Connection, vault: Vault, given: str) -> NotFound:
    """The refusal. A case number's threads are named to whoever may read it in this vault."""
    newest = queries.last_thread(connection)
    if newest is None:
        return NotFound(
            f"There is no thread {given!r}; this ledger has none yet.",
            "Record the first: footprint challenge.",
        )
    if threads := _threads_of(given.strip(), vault):
        return _of_child(given.strip(), threads)
    return NotFound(f"There is no thread {given!r}.", instead_of(given, newest))


def _threads_of(number: str, vault: Vault) -> list[str]:
    """The threads of the child with this case number; none where that cannot be read here."""
    if not any(char.isdigit() for char in number):  # as every case number has one
        return []
    with suppress(Refused):
        return [shown(stream) for stream in vault.threads_of(number)]
    return []


def _of_child(number: str, threads: list[str]) -> NotFound:
    newest, older = threads[-_NAMED:], threads[:-_NAMED]
    more = [f"{len(older)} before"] if older else []
    named = both([*newest, *more])
    if len(threads) == 1:
        return NotFound(f"{number} is a case number: it has {named}.", f"Write {named} instead.")
    return NotFound(
        f"{number} is a case number: it has {named}.",
        f"Write one of these instead; how they stand: footprint log --child {quote(number)}.",
    )
