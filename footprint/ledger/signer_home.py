"""Where a signer keeps its key, and what it last signed: outside the database it vouches for.

A folder for each ledger (by its origin) in the signer's home holds `seed`, `key`, `state` and
`lock`, readable by their owner alone.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from footprint.durable import folder_name, write_durably
from footprint.errors import Refused
from footprint.proof.key import Verifier
from footprint.proof.tree import Peaks, checked_peaks, root


@dataclass(frozen=True, kw_only=True)
class Signed:
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


def load_state(folder: Path) -> Signed | None:
    """What the signer in this folder last signed, or None where there is no state.

    Raises:
        Refused: the state is there and cannot be read.
    """
    try:
        state: dict[str, Any] = orjson.loads((folder / "state").read_bytes())
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
            f"The signer's state in {folder} cannot be read ({error}).",
            "Put the file back from where it is kept; nothing was recorded.",
        ) from error
    return signed


def load_verifier(folder: Path) -> Verifier | None:
    """The verifier key of the signer in this folder, or None where there is no key."""
    with suppress(OSError, ValueError):
        return Verifier.from_vkey((folder / "key").read_text(encoding="ascii").strip())
    return None


def save_state(folder: Path, signed: Signed) -> None:
    """Write the state: the old one or the new one is there, whatever happens."""
    state = {
        "origin": signed.origin,
        "ledger": signed.ledger,
        "size": signed.size,
        "peaks": [peak.hex() for peak in signed.peaks.hashes],
        "leaf": signed.leaf.hex(),
        "root": signed.root.hex(),
    }
    write_durably(folder / "state", orjson.dumps(state, option=orjson.OPT_INDENT_2))
