"""Where a signer keeps its key, and what it last signed: outside the database it vouches for.

A folder for each ledger (by its origin) in the signer's home holds `seed`, `key`, `state` and
`lock`, readable by their owner alone. `key` is the key in force, and below it those before.

A change that is more than one tree behind the last (another key, a loss that is accepted) is put
beside these files, under their names and `.next`, before it is committed. It holds from the moment
at which the ledger's head is the tree in `state.next`: whoever comes next moves it into place.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from footprint.durable import folder_name, move_durably, write_durably
from footprint.errors import Refused, why
from footprint.proof.checkpoint import Checkpoint, checkpoint_text
from footprint.proof.key import Verifier
from footprint.proof.lines import NoteError
from footprint.proof.tree import Peaks, checked_peaks, root

SEED_BYTES = 32
NEXT = ".next"
_CHANGED = ("key", "seed", "state")
"""What a change may replace; the state is last, since by it a change is known to be under way."""


class Signed(NamedTuple):
    """What a signer remembers: the last tree it signed, and where that ledger was.

    `leaf` is the last leaf of that tree, empty where the tree is.
    """

    origin: str
    ledger: str
    peaks: Peaks
    leaf: bytes = b""

    @property
    def size(self) -> int:
        return self.peaks.size

    @property
    def root(self) -> bytes:
        return root(self.peaks)


def folder_of(home: Path, origin: str) -> Path:
    """Where the key and state for a ledger of this origin live. Safe for any origin."""
    return home / "signers" / folder_name(origin)


def load_state(folder: Path, suffix: str = "") -> Signed | None:
    """What the signer in this folder last signed, or None where there is no state.

    Raises:
        Refused: the state is there and cannot be read.
    """
    try:
        state: dict[str, Any] = orjson.loads((folder / f"state{suffix}").read_bytes())
        signed = Signed(
            origin=state["origin"],
            ledger=state["ledger"],
            peaks=checked_peaks(state["size"], map(bytes.fromhex, state["peaks"])),
            leaf=bytes.fromhex(state["leaf"]),
        )
        if signed.root.hex() != state["root"]:
            raise ValueError("its peaks do not make its root")  # noqa: TRY301 - said just below
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Refused(
            f"The signer's state in {folder} cannot be read ({why(error)}).",
            "Put the file back from where it is kept; if it is lost: footprint checkpoint"
            " --resume-from NOTE, with a checkpoint that somebody outside kept.",
        ) from error
    return signed


def load_keys(folder: Path, suffix: str = "") -> list[Verifier]:
    """The verifier keys of the signer in this folder, the one in force first; none where none is.

    Those behind it signed before it.
    """
    with suppress(OSError, ValueError):
        lines = (folder / f"key{suffix}").read_text(encoding="ascii").split("\n")
        return [Verifier.from_vkey(line.strip()) for line in lines if line.strip()]
    return []


def load_seed(folder: Path) -> bytes | None:
    """The seed of the key in this folder, or None where it is not there or is none."""
    with suppress(OSError, ValueError):
        seed = bytes.fromhex((folder / "seed").read_bytes().decode("ascii"))
        return seed if len(seed) == SEED_BYTES else None
    return None


def save_state(folder: Path, signed: Signed, suffix: str = "") -> None:
    """Write the state: the old one or the new one is there, whatever happens."""
    state = {
        "origin": signed.origin,
        "ledger": signed.ledger,
        "size": signed.size,
        "peaks": [peak.hex() for peak in signed.peaks.hashes],
        "leaf": signed.leaf.hex(),
        "root": signed.root.hex(),
    }
    write_durably(folder / f"state{suffix}", orjson.dumps(state, option=orjson.OPT_INDENT_2))


def save_key(folder: Path, seed: bytes, keys: Sequence[Verifier], suffix: str = "") -> None:
    """Write a seed, and its verifier key with those before it."""
    write_durably(folder / f"seed{suffix}", seed.hex().encode() + b"\n")
    lines = "".join(f"{key.vkey}\n" for key in keys)
    write_durably(folder / f"key{suffix}", lines.encode())


# --- a change under way ---------------------------------------------------------------------


def is_pending(folder: Path, head: str) -> bool:
    """Whether a change is in the ledger, by its signed head, and not yet in place here."""
    with suppress(Refused, NoteError):
        signed = load_state(folder, NEXT)
        if signed is not None:
            tree = checkpoint_text(Checkpoint(signed.origin, signed.size, signed.root))
            return head.startswith(f"{tree}\n")
    return False


def finish_change(folder: Path) -> None:
    """Move a change into place. What was moved before a crash is not looked for again."""
    for name in _CHANGED:
        with suppress(FileNotFoundError):
            move_durably(folder / f"{name}{NEXT}", folder / name)


def forget_change(folder: Path) -> None:
    """Take away a change that never got into the ledger."""
    for name in reversed(_CHANGED):
        (folder / f"{name}{NEXT}").unlink(missing_ok=True)
