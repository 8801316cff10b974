"""What vouches for a ledger from outside: kept checkpoints, receipts, and the signer's state."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from footprint.engine.place import Place, located
from footprint.errors import FootprintError, Misused, why
from footprint.ledger.receipt import parse_receipt
from footprint.ledger.signing.home import NEXT, folder_of, is_pending, load_keys, load_state
from footprint.proof import note as notes
from footprint.proof.checkpoint import parse_checkpoint
from footprint.proof.key import Verifier
from footprint.proof.lines import MAX_NOTE_BYTES, NoteError


@dataclass(frozen=True, kw_only=True)
class Voucher:
    """Somebody outside says: this log had this root at this size.

    `origin` is empty where the voucher names none; `position` and `stream` are those of a
    receipt's entry; `note` is the signed note, where it is one.
    """

    name: str
    size: int
    root: bytes
    origin: str = ""
    note: notes.Note | None = None
    position: int | None = None
    stream: str = ""


def from_receipt(line: str) -> Voucher:
    """The voucher that a receipt is. Raises `Misused` where it is none."""
    receipt = parse_receipt(line)
    return Voucher(
        name="the receipt",
        size=receipt.size,
        root=receipt.root,
        position=receipt.position,
        stream=receipt.stream,
    )


def from_note(path: Path) -> Voucher:
    """The voucher that a kept checkpoint file is.

    Raises:
        Misused: it cannot be read, or is no checkpoint.
    """
    try:
        with path.open("rb") as file:
            note = notes.parse(file.read(MAX_NOTE_BYTES + 1))
        checkpoint = parse_checkpoint(note.text)
    except (OSError, NoteError) as error:
        raise Misused(
            f"{path} is not a checkpoint that can be read: {why(error)}.",
            "Give the file as it was received, every byte of it.",
        ) from error
    return Voucher(
        name=f"the checkpoint {path.name}",
        size=checkpoint.size,
        root=checkpoint.root,
        origin=checkpoint.origin,
        note=note,
    )


def from_witness(home: Path, origin: str) -> Voucher | None:
    """What the witness in this home, if there is one, saw last of the log.

    Raises:
        Misused: it saw something, and that cannot be read.
    """
    folder = home / "witness" / "logs" / folder_of(home, origin).name
    if not folder.exists():
        return None
    return replace(from_note(folder / "seen"), name="what the witness on this machine saw last")


def signed_here(home: Path, ledger: Place) -> set[str]:
    """The origins of the ledgers that this home's signers last signed at this path."""
    origins = set()
    for state in home.glob("signers/*/state"):
        with suppress(FootprintError):
            signed = load_state(state.parent)
            if signed and signed.ledger == located(ledger):
                origins.add(signed.origin)
    return origins


@dataclass(frozen=True, kw_only=True)
class Local:
    """What this machine's signer knows of a ledger: its key, what it signed last, and doubts."""

    key: Verifier | None = None
    state: Voucher | None = None
    doubt: str = ""


def from_signer(home: Path, origin: str, head: str = "") -> Local:
    """What the signer in this home, if it has one for the origin, vouches for.

    By the ledger's `head` it is known whether a change that was cut short is in force.
    """
    folder = folder_of(home, origin)
    suffix = NEXT if is_pending(folder, head) else ""
    key = next(iter(load_keys(folder, suffix) or load_keys(folder)), None)
    try:
        signed = load_state(folder, suffix)
    except FootprintError as error:
        return Local(key=key, doubt=str(error))
    if signed is None or not signed.size:
        return Local(key=key)
    state = Voucher(
        name="what the signer on this machine signed last",
        size=signed.size,
        root=signed.root,
        origin=signed.origin,
    )
    return Local(key=key, state=state)
