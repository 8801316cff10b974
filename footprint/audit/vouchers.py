"""What vouches for a ledger from outside: kept checkpoints, receipts, and the signer's state."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from footprint.domain.reference import meant, shown
from footprint.errors import FootprintError, Misused
from footprint.ledger.signer import folder_of, load_state, load_verifier
from footprint.proof import note as notes

_RECEIPT = re.compile(
    r"footprint receipt (CH-[0-9]{1,7}) entry ([0-9]{1,18}) of ([0-9]{1,18})"
    r" root ([A-Za-z0-9+/]{43}=)"
)


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


def receipt_line(stream: str, position: int, size: int, root: bytes) -> str:
    """The receipt: short enough for the child's file, and naming neither theme nor child."""
    return (
        f"footprint receipt {shown(stream)} entry {position} of {size} root {notes.encode64(root)}"
    )


def from_receipt(line: str) -> Voucher:
    """The voucher that a receipt is. Raises `Misused` where it is none."""
    match = _RECEIPT.fullmatch(" ".join(line.split()))
    stream = meant(match[1]) if match else None
    if match is None or stream is None:
        raise Misused(
            "That is not a whole receipt line.",
            "It reads: footprint receipt CH-1 entry 7 of 7 root ... (44 characters).",
        )
    try:
        root = notes.decode64(match[4], "the root")
    except notes.NoteError as error:
        raise Misused(f"That receipt has been altered: {error}.") from error
    return Voucher(
        name="the receipt",
        size=int(match[3]),
        root=root,
        position=int(match[2]),
        stream=stream,
    )


def from_note(path: Path) -> Voucher:
    """The voucher that a kept checkpoint file is.

    Raises:
        Misused: it cannot be read, or is no checkpoint.
    """
    try:
        note = notes.parse(path.read_bytes())
        checkpoint = notes.parse_checkpoint(note.text)
    except (OSError, notes.NoteError) as error:
        raise Misused(
            f"{path} is not a checkpoint that can be read: {error}.",
            "Give the file as it was received, every byte of it.",
        ) from error
    return Voucher(
        name=f"the checkpoint {path.name}",
        size=checkpoint.size,
        root=checkpoint.root,
        origin=checkpoint.origin,
        note=note,
    )


@dataclass(frozen=True, kw_only=True)
class Local:
    """What this machine's signer knows of a ledger: its key, what it signed last, and doubts."""

    key: notes.Verifier | None = None
    state: Voucher | None = None
    doubt: str = ""


def from_signer(home: Path, origin: str) -> Local:
    """What the signer in this home, if it has one for the origin, vouches for."""
    folder = folder_of(home, origin)
    key = load_verifier(folder)
    try:
        signed = load_state(folder)
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
