"""Somebody with the database, the key and the signer's state of a ledger made by the program."""

from __future__ import annotations

from audit_helpers import Case, canonical, forge_head, put_state, raised, state_at
from cli_helpers import Place

from footprint.ledger.signing.home import Signed, folder_of, save_state
from footprint.proof.key import Signer
from footprint.proof.tree import EMPTY, extend_all


def steal(place: Place, position: int = 7) -> None:
    """Rewrite the whole ledger with the key and the state of its signer: nothing is amiss here."""
    (seed,) = place.home.glob("signers/*/seed")
    origin = place.json("status")["origin"]
    signer = Signer(origin, bytes.fromhex(seed.read_text("ascii")))
    with Case(place.folder).attack() as connection:
        put_state(connection, position, canonical(raised(state_at(connection, position))))
        forge_head(connection, signer, origin)
        leaves = [row[0] for row in connection.execute("SELECT leaf FROM event ORDER BY position")]
    signed = Signed(origin=origin, ledger=str(place.ledger.resolve()),
                    peaks=extend_all(EMPTY, leaves), leaf=leaves[-1])  # fmt: skip
    save_state(folder_of(place.home, origin), signed)
