"""What cannot be done with a ledger as it is here: in an audit copy, or by this login."""

from __future__ import annotations

from footprint.engine.connection import Connection
from footprint.engine.place import Place, Server
from footprint.errors import Refused
from footprint.ledger.ledger import Ledger
from footprint.ledger.store import queries


def must_have_words(ledger: Ledger) -> None:
    """Raise `Refused` where words are asked for and this is a copy, or they are locked."""
    if not ledger.vault.here:
        instead = "Leave --with-words out, or name the ledger itself with --ledger."
        raise _is_a_copy(ledger.place, "it has no words to give", instead)
    if shut := ledger.vault.shut:
        raise shut


def must_have_vault(ledger: Ledger, lacks: str) -> None:
    """Raise `Refused` where this is a copy, saying what it lacks."""
    if not ledger.vault.here:
        raise _is_a_copy(ledger.place, lacks)


def must_take_entries(connection: Connection, place: Place, *, signing: bool = False) -> None:
    """Raise `Refused` where something is to be recorded in a copy, or by who may not."""
    if isinstance(place, Server):
        from footprint.ledger.store import serving  # noqa: PLC0415 - a file asks for no login

        if not (may := serving.may_write(connection))[signing]:
            role = "signer" if signing else "recorder"
            raise Refused(
                f"{may.login} may not {'sign' if signing else 'record'} here.",
                f'Its owner says who may: GRANT {place.schema}_{role} TO "{may.login}".',
            )
    elif not queries.has_vault(connection):
        raise _is_a_copy(place, "nothing is recorded in it")


def _is_a_copy(
    place: Place, lacks: str, instead: str = "Name the ledger itself with --ledger."
) -> Refused:
    if isinstance(place, Server):
        return Refused(
            f"This login may not read the words at {place}.",
            f"Its owner says who may: GRANT {place.schema}_recorder, or {place.schema}_manager.",
        )
    return Refused(f"{place} is an audit copy: {lacks}.", instead)
