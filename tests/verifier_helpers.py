"""The second verifier, `verifier/check_footprint.py`, loaded as a file, held beside the first."""

from __future__ import annotations

import importlib.util
import json
import os
import sqlite3
import sys
import tempfile
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any

from footprint.audit.vouchers import Voucher
from footprint.errors import Refused
from footprint.ledger.signer_home import folder_of, load_keys, load_state
from footprint.proof.policy import NOBODY, Policy, policy_bytes

Kept = tuple[str, str, int, bytes]
BESIDE = Path(tempfile.mkdtemp())
BESIDE.chmod(0o777)  # some tests hold their evidence as a user who may write nowhere else
"""What is held outside, as files: apart from a case, whose own files nobody may change."""
FILE = Path(__file__).parent.parent / "verifier" / "check_footprint.py"


def _loaded() -> ModuleType:
    spec = importlib.util.spec_from_file_location("check_footprint", FILE)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["check_footprint"] = module
    spec.loader.exec_module(module)
    return module


standalone = _loaded()
for _name in ("read_state", "from_canonical"):
    # An attack changes one entry of hundreds. The others are judged once in a whole test session.
    setattr(standalone, _name, lru_cache(maxsize=2048)(getattr(standalone, _name)))


def second_opinion(
    path: Path, home: Path, vouchers: Sequence[Voucher] = (), trust: Policy = NOBODY
) -> dict[str, Any]:
    """What the second verifier says, with the same held against the ledger as the first has."""
    roots, receipts, against = [], [], []
    for one in vouchers:
        if one.note is not None:
            lines = "".join(
                f"\u2014 {s.name} {b64encode(s.key_id + s.signature).decode()}\n"
                for s in one.note.signatures
            )
            against.append(_held(f"{one.note.text}\n{lines}".encode()))
        elif one.position is not None:
            stream = one.stream if one.stream == "policy" else f"CH-{int(one.stream[3:])}"
            place = f"{stream} entry {one.position} of {one.size}"
            receipts.append(f"footprint receipt {place} root {b64encode(one.root).decode()}")
        else:
            roots.append((one.name, one.origin, one.size, one.root))
    origin = _origin(path)
    folder = folder_of(home, origin) if origin else None
    unread = ("the signer's state", origin, 0, b"")
    roots += [state or unread for state in _states(home, folder, path)]
    seen = home / "witness" / "logs" / folder.name / "seen" if folder else path / "none"
    try:
        against += (
            [seen] if seen.parent.exists() and standalone.read_note(seen.read_bytes()) else []
        )
    except (ValueError, OSError):
        roots.append(("what the witness here saw", origin, 0, b""))
    policy = _policy(folder, trust)
    found: dict[str, Any] = standalone.check(
        path, _held(policy) if policy else None, against, receipts, roots
    )
    return found


def _held(data: bytes) -> Path:
    """A file beside the case, which holds what somebody keeps."""
    path = BESIDE / f"{sha256(data).hexdigest()}-{os.geteuid()}"
    path.write_bytes(data)
    return path


def _origin(path: Path) -> str:
    """The origin that the first entry names, as the signer's machine would look for its home."""
    with suppress(sqlite3.Error, ValueError, TypeError, KeyError, OSError):
        uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            row = connection.execute("SELECT state FROM event WHERE position = 1").fetchone()
            origin = json.loads(row[0])["origin"]
            return origin if isinstance(origin, str) else ""
    return ""


def _states(home: Path, own: Path | None, path: Path) -> Iterator[Kept | None]:
    """What this machine last signed of this origin, or at this path. None: it cannot be read."""
    for folder in home.glob("signers/*"):
        try:
            state = load_state(folder)
        except Refused:
            state = None
            if folder == own:
                yield None
        if state and (folder == own or state.ledger == str(path.resolve())):
            yield "the signer's state", state.origin, state.size, state.root


def _policy(folder: Path | None, trust: Policy) -> bytes | None:
    """The trust, or else that in the key of this machine's own signer, without any witness."""
    if trust != NOBODY:
        return policy_bytes(trust)
    key = next(iter(load_keys(folder)), None) if folder else None
    return f"log {key.vkey}\nquorum none\n".encode() if key else None
