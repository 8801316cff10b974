"""A ledger opened for one command: to write with this machine's signer, or to say what would be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from footprint.ledger.departing import must_be_here
from footprint.ledger.ledger import Ledger
from footprint.ledger.opening import open_ledger
from footprint.ledger.signing.home import folder_of
from footprint.ledger.signing.signer import LedgerSigner
from footprint.ledger.withheld import must_take_entries
from footprint_cli.entering.caution import check_actor
from footprint_cli.session import reading, vault_keys
from footprint_cli.settings import Settings


@contextmanager
def considering(settings: Settings) -> Iterator[Ledger]:
    """The ledger, to say what would be recorded: one in which that could be."""
    with reading(settings) as ledger:
        must_be_recordable(ledger)
        yield ledger


def must_be_recordable(ledger: Ledger) -> None:
    """Raise `Refused` where nothing can be recorded: a copy, a login that reads, a place left."""
    must_take_entries(ledger.connection, ledger.place)
    must_be_here(ledger.connection, ledger.place, ledger.vault)


@contextmanager
def writing(
    settings: Settings, *, signing: bool = False, leaving: bool = False
) -> Iterator[Ledger]:
    """The ledger, to append; each new tree is signed with the key in this machine's home.

    On a server that is done apart: there the key is asked for only where `signing` says so. One
    that has moved away is refused, unless it is `leaving`.

    Raises:
        Refused: whoever records would be stored in the clear by name.
    """
    check_actor(settings.actor.value)
    place, home = settings.place, settings.home_path
    ledger = open_ledger(
        place,
        sealer=lambda origin: LedgerSigner(folder_of(home, origin), origin, place),
        signing=signing,
        leaving=leaving,
        keys=partial(vault_keys, home),
    )
    try:
        yield ledger
    finally:
        ledger.close()
