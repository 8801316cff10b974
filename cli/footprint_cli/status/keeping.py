"""How the words are kept: in the clear or locked, and what to do about it."""

from __future__ import annotations

from footprint.errors import Refused
from footprint.ledger.ledger import Ledger
from footprint.vault.key import Keys
from footprint_cli.status.findings import Wrong

_NOT_LOCKED = Wrong(
    "A key of the vault is here, and the words are in the clear: an older copy was put back, or"
    " locking was cut short.",
    "Lock them: footprint vault lock.",
)


def words_kept(ledger: Ledger, keys: Keys) -> tuple[str, list[Wrong]]:
    """Where and how the words of a ledger are, and advice."""
    if not ledger.vault.here:
        return ledger.vault.unreadable, []
    key_id = ledger.vault.key_id
    if key_id is not None:
        return _locked(ledger, keys, key_id)
    if not keys.ids():
        return "kept here, in the clear", []
    if ledger.vault.empty:
        return _will_be(keys)
    return "kept here, in the clear", [_NOT_LOCKED]


def _locked(ledger: Ledger, keys: Keys, key_id: bytes) -> tuple[str, list[Wrong]]:
    where = keys.where(key_id)
    advice = [Wrong.of(shut)] if (shut := ledger.vault.shut) else []
    if not where:
        return "locked; the key is not on this machine", advice
    return f"kept here, locked; key in {where}", advice


def _will_be(keys: Keys) -> tuple[str, list[Wrong]]:
    """Nothing is in the vault yet: what is recorded next is locked, where a key is in force."""
    try:
        lock = keys.newest()
    except Refused as error:
        return "none yet", [Wrong.of(error)]
    return f"none yet; locked, key in {keys.where(lock.id)}" if lock else "none yet", []
