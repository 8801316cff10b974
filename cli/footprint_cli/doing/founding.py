"""Where a ledger is made, and with what: a place that is safe, the first policy, a signer."""

from __future__ import annotations

import re
import secrets
import shutil
from pathlib import Path

from footprint.domain.adoption import calendar_years, first_policy
from footprint.domain.events import LedgerOpened
from footprint.engine.place import Place, Server
from footprint.england import bank_holidays
from footprint.errors import Misused, Refused
from footprint.ledger.identity import london_today
from footprint.ledger.ledger import Ledger
from footprint.ledger.opening import create_ledger, must_be_empty
from footprint.ledger.signing.signer import create_signer


def make_ledger(place: Place, home: Path, authority: str, actor: str, teams: list[str]) -> Ledger:
    """Make a ledger with the default policy and a signer of its own.

    Raises:
        Refused: the place is not safe, or something is there already.
    """
    check_place(place)
    _check_texts(authority, *teams)
    today = london_today()
    slug = re.sub(r"[^a-z0-9]+", "-", authority.casefold()).strip("-")[:40] or "ledger"
    # A random suffix: two ledgers of one authority are never one log.
    origin = f"{slug}/footprint/{secrets.token_hex(4)}"
    policy = first_policy(today, *bank_holidays(*calendar_years(today)), teams)
    if isinstance(place, Path):
        place.parent.mkdir(parents=True, exist_ok=True)
    signer = create_signer(home, origin, place)
    opened = LedgerOpened(authority=authority, origin=origin, key=signer.verifier.vkey)
    try:
        return create_ledger(place, opened, policy, actor=actor, sealer=signer)
    except BaseException:
        shutil.rmtree(signer.folder)  # a key that nothing was signed with
        raise


_NETWORK = frozenset({
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "davfs", "fuse.davfs", "fuse.sshfs",
    "fuse.rclone", "fuse.gvfsd-fuse", "ncpfs",
})  # fmt: skip
_SYNCED = re.compile(
    r"onedrive|dropbox|google ?drive|icloud|nextcloud|mobile documents", re.IGNORECASE
)


def _check_texts(*texts: str) -> None:
    """Names are text: bytes of another encoding are said, not stored."""
    for text in texts:
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise Misused(f"{text!r} holds bytes that are not text.", "Type it again.") from error


def check_place(place: Place) -> None:
    """Refuse a place where something is, or where a ledger would not be safe."""
    must_be_empty(place)
    check_disk(place)


def check_disk(place: Place) -> None:
    """Refuse a place where SQLite's locks do not hold, as far as it can be told."""
    if isinstance(place, Server):
        return
    whole = place.absolute()
    synced = next((part for part in whole.parts if _SYNCED.search(part)), None)
    if synced or str(whole).startswith("\\\\") or _filesystem(whole) in _NETWORK:
        raise Refused(
            f"{whole} is {'in a synced folder' if synced else 'on a network share'}: two machines"
            " that write there would destroy the ledger.",
            "Keep it on a disk of one machine, and copy checkpoints elsewhere.",
        )


def _filesystem(path: Path) -> str:
    """The kind of file system that a path is on, empty where it cannot be told."""
    try:
        mounts = [line.split() for line in Path("/proc/mounts").read_text("utf-8").splitlines()]
    except (OSError, UnicodeDecodeError):
        return ""
    real = path.parent.resolve()
    over = [m for m in mounts if real.is_relative_to(m[1].replace("\\040", " "))]
    return max(over, key=lambda m: len(m[1]), default=["", "", ""])[2]
