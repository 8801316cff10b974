"""Whether this machine can sign the ledger, and the command to run where it cannot."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from footprint.engine.place import located
from footprint.errors import Refused
from footprint.ledger.ledger import Ledger
from footprint.ledger.signing.home import (
    NEXT,
    Signed,
    is_pending,
    load_keys,
    load_seed,
    load_state,
)
from footprint.proof.key import Signer
from footprint_cli.status.findings import Wrong

_PENDING = Wrong(
    "A new key, or a loss that was accepted, is in the ledger and not yet in place here.",
    "Nothing has to be done: the next command that records ends it.",
)
_HERE = {
    (False, True): Wrong(
        "The key that signs this ledger is not on this machine: nothing can be recorded here.",
        "If it is lost for good: footprint checkpoint --new-key REASON.",
    ),
    (False, False): Wrong(
        "The key that signs this ledger is not on this machine, nor what it signed last: nothing"
        " can be recorded here.",
        "If both are lost for good: footprint checkpoint --new-key REASON --resume-from NOTE, with"
        " a checkpoint that somebody outside kept.",
    ),
    (True, False): Wrong(
        "The signer's state is lost: nothing can be recorded.",
        "Put the file back; if it is lost for good: footprint checkpoint --resume-from NOTE, with a"
        " checkpoint that somebody outside kept.",
    ),
}
"""What is said by whether the key is here, and whether the state is."""


def signing_advice(ledger: Ledger, folder: Path) -> list[Wrong]:
    """What stands in the way of the next entry, by what its signer's folder holds."""
    _, head = ledger.head() or (0, "")
    pending = is_pending(folder, head)
    try:
        signed = load_state(folder, NEXT if pending else "")
    except Refused as error:
        return [Wrong.of(error)]
    seed = load_seed(folder)
    here = pending or seed is not None, signed is not None
    said = [_PENDING] if pending else []
    said += [_HERE[here]] if here in _HERE else []
    said += [_OTHER_KEY] if seed and not pending and _is_other(seed, folder) else []
    return [*said, *(_of_state(ledger, signed) if signed else ())]


_OTHER_KEY = Wrong(
    "The key on this machine does not belong to its public half: nothing can be recorded here.",
    "Put the folder of the signer back from where it is kept.",
)


def _is_other(seed: bytes, folder: Path) -> bool:
    """Whether a seed is of another key than the one that is shown to others."""
    key = next(iter(load_keys(folder)), None)
    return key is not None and Signer(key.name, seed).verifier != key


def _of_state(ledger: Ledger, signed: Signed) -> Iterator[Wrong]:
    if signed.size > ledger.size():
        yield Wrong(
            f"{signed.size} entries were signed and {ledger.size()} are there: an older copy was"
            " put back, or entries are gone. Nothing can be recorded.",
            "If they are lost for good: footprint checkpoint --accept-loss REASON. If nobody knows"
            " why: footprint verify.",
        )
    if signed.ledger != located(ledger.place):
        yield Wrong(
            f"This ledger last took an entry at {signed.ledger}.",
            "If it was moved and the old one is gone: footprint checkpoint --moved.",
        )
