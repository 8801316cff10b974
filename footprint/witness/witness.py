"""A witness: a key, and what it saw last of each log (c2sp.org/tlog-witness).

Its folder holds `seed`, `key`, `lock` and `logs`, with a folder for each log in it, made together
with the first checkpoint: a folder without one has lost it, and is not begun again. `seen` in it is
the last checkpoint that was cosigned, with the log's signatures and the witness's own line, so
that it says when and can be proved to be the witness's. All are readable by their owner alone.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp

from footprint.durable import folder_name, held, move_durably, write_durably
from footprint.errors import Contradicted, Misused, NotFound, Refused, why
from footprint.proof import note as notes
from footprint.proof.checkpoint import Checkpoint, parse_checkpoint
from footprint.proof.cosigned import cosignatures
from footprint.proof.key import WITNESS, Signer, Verifier
from footprint.proof.lines import NoteError
from footprint.proof.paths import ProofError
from footprint.proof.policy import Policy
from footprint.proof.request import Request, check_extends, parse_request
from footprint.proof.tree import EMPTY_ROOT

_SEED_BYTES = 32


@dataclass(frozen=True, kw_only=True)
class Seen:
    """The last checkpoint of a log that the witness cosigned: `at`, in POSIX seconds.

    `signed` is the note: the log's signatures and the witness's line.
    """

    checkpoint: Checkpoint
    at: int
    signed: str


def init(home: Path, name: str) -> Verifier:
    """Make this machine a witness: a new key, and a memory of nothing.

    Raises:
        Refused: it is one already.
        Misused: that cannot be a name.
    """
    seed = os.urandom(_SEED_BYTES)
    try:
        key = Signer(name, seed, WITNESS).verifier
    except NoteError as error:
        raise Misused(
            f"{name!r} cannot be the name of a witness: {error}.",
            "Give one, such as: --name auditor.example/footprint.",
        ) from error
    home.mkdir(parents=True, exist_ok=True)
    made = Path(mkdtemp(prefix="witness-", dir=home))
    try:
        (made / "logs").mkdir(mode=0o700)
        write_durably(made / "seed", seed.hex().encode() + b"\n")
        write_durably(made / "key", key.vkey.encode() + b"\n")
        _take_place(made, home / "witness")
    except BaseException:
        shutil.rmtree(made)
        raise
    return key


def load(home: Path) -> Signer:
    """The witness's key.

    Raises:
        NotFound: this machine is no witness.
        Refused: its key cannot be read.
    """
    folder = home / "witness"
    try:
        key = Verifier.from_vkey((folder / "key").read_text("utf-8").removesuffix("\n"))
        seed = bytes.fromhex((folder / "seed").read_text("ascii"))
        signer = Signer(key.name, seed, WITNESS)
        if signer.verifier != key:
            raise ValueError("the seed is not that of the key")  # noqa: TRY301 - said just below
    except FileNotFoundError as error:
        raise NotFound(
            f"There is no witness at {folder}.", "Make one: footprint witness init --name NAME."
        ) from error
    except (OSError, ValueError) as error:
        raise Refused(
            f"The key of the witness in {folder} cannot be read ({why(error)}).",
            "Put the folder back from where it is kept, or make a new witness elsewhere.",
        ) from error
    return signer


def seen(home: Path) -> list[Seen]:
    """What the witness saw last of each log, by origin.

    Raises:
        NotFound: this machine is no witness.
        Refused: a part of its memory is lost.
    """
    signer = load(home)
    found = (_remembered(folder, signer.verifier) for folder in _folders(home))
    return sorted(filter(None, found), key=lambda one: one.checkpoint.origin)


def add(home: Path, trust: Policy, body: bytes, now: int) -> str:
    """Take a checkpoint that extends what was seen, remember it, and only then cosign it.

    The checks are those of c2sp.org/tlog-witness; the status that each would have there is beside
    it. What is wrong with the request itself is said first, and two roots of one size before a
    proof is looked at.

    Args:
        home: where the witness is.
        trust: the logs that it knows.
        body: an add-checkpoint request.
        now: POSIX seconds.

    Returns:
        The line of the cosignature, with its newline.

    Raises:
        Misused: it is no request, or its old size is above the new one (400).
        NotFound: the log is not known (404), or this machine is no witness.
        Refused: no trusted key signed it (403), or another size was seen last (409).
        Contradicted: it does not extend what was seen (422, or 409 for another root of the same
            size). What was seen stays.
    """
    signer = load(home)
    with held(home / "witness" / "lock", "the witness"):
        request = _checked_request(body)
        note = _signed(request, trust)
        folder = home / "witness" / "logs" / folder_name(request.checkpoint.origin)
        last = _remembered(folder, signer.verifier) or _nothing(request.checkpoint.origin)
        if last.checkpoint.origin != request.checkpoint.origin:
            raise _lost(folder, "it is of another log")
        _check_old(request, last)
        _check_growth(request, note, last, folder)
        line = signer.cosign(request.note.text, now)
        _remember(folder, note + line)
    return line


# --- the checks -----------------------------------------------------------------------------


def _checked_request(body: bytes) -> Request:
    try:
        request = parse_request(body)
    except NoteError as error:
        raise Misused(
            f"That is no request to a witness: {error}.",
            "Give the file as footprint checkpoint --request made it, every byte of it.",
        ) from error
    new = request.checkpoint
    if request.old > new.size:
        raise Misused(
            f"The request is for {new.size} entries, after {request.old}.",
            "Have it made again: footprint checkpoint --request.",
        )  # 400
    return request


def _signed(request: Request, trust: Policy) -> str:
    """The checkpoint, with the signatures of the keys that are trusted and no others."""
    origin = request.checkpoint.origin
    keys = trust.log_keys(origin)
    if not keys:
        raise NotFound(  # 404
            f"This witness knows no log {origin!r}.",
            "Ask who runs it for its key, by another way than this request, and trust that:"
            " footprint trust add KEY.",
        )
    try:
        good = notes.verified_by(request.note, keys)
    except NoteError as error:
        raise Refused(f"The checkpoint was altered: {error}.", "Ask for it again.") from error
    if not good:
        raise Refused(  # 403
            f"The checkpoint of {origin!r} is signed by no key that is trusted for it.",
            "Nothing was remembered. If the ledger has a new key, find out why, and trust that.",
        )
    known = {(key.name, key.key_id) for key in good}
    lines = (s for s in request.note.signatures if (s.name, s.key_id) in known)
    return notes.joined(request.note.text, lines)


def _check_old(request: Request, last: Seen) -> None:
    """The request goes on from what was seen; else it says from where to go on (409)."""
    size = last.checkpoint.size
    if request.old == size or _other_root(request.checkpoint, last):
        return
    raise Refused(
        f"This witness saw {size} entries last, and the request goes on from {request.old}.",
        f"Nothing was remembered. Ask again from there: footprint checkpoint --request --since"
        f" {size}.",
    )


def _check_growth(request: Request, note: str, last: Seen, folder: Path) -> None:
    new = request.checkpoint
    if new.size == 0 and new.root != EMPTY_ROOT:
        raise Refused("The checkpoint is of no entries, and its root is not that of none.")
    if _other_root(new, last):
        raise _contradiction(
            f"Two roots of one size, {new.size}, were signed by the key of {new.origin!r}.",
            "Both notes are proof of it to anyone.", note, last, folder,
        )  # fmt: skip
    try:
        check_extends(request, last.checkpoint.root)
    except ProofError as error:
        if request.old in (0, new.size):
            raise Refused(f"The request is not in order: {error}.") from error
        raise _contradiction(
            f"The tree of {new.size} entries is not shown to extend that of"
            f" {last.checkpoint.size}, which was cosigned before: {error}.",
            "The same key signed both. Ask for the request again, in case it was damaged; if it"
            " says this again, the history was rewritten.", note, last, folder,
        ) from error  # fmt: skip


def _other_root(new: Checkpoint, last: Seen) -> bool:
    """Whether two roots of one size were signed, whatever the request says was seen."""
    return last.checkpoint.size == new.size and last.checkpoint.root != new.root


def _contradiction(what: str, next_step: str, note: str, last: Seen, folder: Path) -> Contradicted:
    """Both notes, kept as well as told."""
    proof = f"{last.signed}\n{note}"
    kept = folder / f"contradiction-{sha256(note.encode()).hexdigest()[:16]}"
    try:
        write_durably(kept, proof.encode())
        where = f"Both are kept in {kept}."
    except OSError as error:
        where = f"They could not be kept ({error.strerror}): keep what is printed."
    return Contradicted(f"{what} What was seen stays.", f"{next_step} {where}", proof=proof)


# --- the memory -----------------------------------------------------------------------------


def _folders(home: Path) -> Iterator[Path]:
    logs = home / "witness" / "logs"
    if not logs.is_dir():
        raise _lost(logs, "it is not there")
    return (one for one in logs.iterdir() if not one.name.startswith("."))


def _remembered(folder: Path, own: Verifier) -> Seen | None:
    """What was seen last of the log of a folder; None where the log is new."""
    if not folder.exists() and folder.parent.is_dir():
        return None
    try:
        signed = (folder / "seen").read_text("utf-8")
        note = notes.parse(signed)
        checkpoint = parse_checkpoint(note.text)
        times = [time for _, time in cosignatures(note, [own])]
        if not times or folder_name(checkpoint.origin) != folder.name:
            raise NoteError("it is not what this witness cosigned")
    except (OSError, ValueError) as error:
        raise _lost(folder, why(error)) from error
    return Seen(checkpoint=checkpoint, at=max(times), signed=signed)


def _nothing(origin: str) -> Seen:
    """What is seen of a log before its first checkpoint: the empty tree, which all extend."""
    return Seen(checkpoint=Checkpoint(origin, 0, EMPTY_ROOT), at=0, signed="")


def _remember(folder: Path, signed: str) -> None:
    """Put what was seen in the place of what was seen before. The caller holds the lock."""
    if folder.exists():
        write_durably(folder / "seen", signed.encode())
        return
    fresh = folder.with_name(f".{folder.name}")
    fresh.mkdir(mode=0o700, exist_ok=True)
    write_durably(fresh / "seen", signed.encode())
    move_durably(fresh, folder)


def _lost(folder: Path, why: str) -> Refused:
    return Refused(
        f"What this witness saw is lost or was altered: {folder} ({why}).",
        "A witness that has forgotten would vouch for anything. Put the folder back from where it"
        " is kept, if nothing was cosigned since; else make a new witness, with a new key.",
    )


def _take_place(made: Path, folder: Path) -> None:
    with suppress(OSError):
        if not folder.exists():
            move_durably(made, folder)
            return
    raise Refused(
        f"There is a witness at {folder} already.",
        "See: footprint witness status. A second one has a FOOTPRINT_HOME of its own.",
    )
