"""The second verifier, `verifier/check_footprint.py`, loaded as a file, held beside the first."""

from __future__ import annotations

import importlib.util
import json
import os
import sqlite3
import sys
import tempfile
from base64 import b64encode
from collections.abc import Sequence
from contextlib import closing, suppress
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any

from footprint.audit.vouchers import (
    Local,
    Voucher,
    from_note,
    from_signer,
    from_witness,
    signed_here,
)
from footprint.engine.place import Place
from footprint.errors import Misused
from footprint.evidence.verify import verify_bundle
from footprint.proof.key import Verifier
from footprint.proof.policy import NOBODY, Policy, parse_policy, policy_bytes

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
    path: Path,
    home: Path,
    vouchers: Sequence[Voucher] = (),
    trust: Policy = NOBODY,
    *,
    signed_at: Place | None = None,
) -> dict[str, Any]:
    """What the second verifier says, with the same held against the ledger as the first has.

    It reads files: of a ledger on a server, `signed_at`, it is given a copy.
    """
    roots, receipts, against = [], [], []
    for one in vouchers:
        if one.note is not None:
            against.append(_held(_note_of(one)))
        elif one.position is not None:
            stream = one.stream if one.stream == "policy" else f"CH-{int(one.stream[3:])}"
            place = f"{stream} entry {one.position} of {one.size}"
            receipts.append(f"footprint receipt {place} root {b64encode(one.root).decode()}")
        else:
            roots.append((one.name, one.origin, one.size, one.root))
    origin, head = _named(path)
    local = from_signer(home, origin, head) if origin else Local()
    roots += [("the signer's state", origin, 0, b"")] if local.doubt else []
    if local.state:
        roots.append((local.state.name, origin, local.state.size, local.state.root))
    others = signed_here(home, signed_at or path) - {origin}
    roots += [("what was signed here", other, 1, bytes(32)) for other in others]
    try:
        seen = from_witness(home, origin) if origin else None
        against += [_held(_note_of(seen))] if seen else []
    except Misused:
        roots.append(("what the witness here saw", origin, 0, b""))
    policy = _policy(local.key, trust)
    found: dict[str, Any] = standalone.check(
        path, _held(policy) if policy else None, against, receipts, roots
    )
    return found


def both_on_a_bundle(
    path: Path,
    trust: Path | None = None,
    against: Sequence[Path] = (),
    receipts: Sequence[str] = (),
    roots: Sequence[Kept] = (),
) -> dict[str, Any]:
    """What the second verifier says of a bundle; the program's own has to say the same.

    That one takes no receipts.
    """
    second: dict[str, Any] = standalone.check(path, trust, against, receipts, roots)
    if receipts:
        return second
    policy = parse_policy(trust.read_bytes()) if trust else NOBODY
    kept = [*map(from_note, against)]
    kept += [Voucher(name=n, origin=o, size=size, root=root) for n, o, size, root in roots]
    first = verify_bundle(path, policy, kept).verdict
    assert second["verdict"] == first.verdict, (first, second)
    return second


def _held(data: bytes) -> Path:
    """A file beside the case, which holds what somebody keeps."""
    path = BESIDE / f"{sha256(data).hexdigest()}-{os.geteuid()}"
    path.write_bytes(data)
    return path


def _named(path: Path) -> tuple[str, str]:
    """The origin that the first entry names, and the head: by these a machine finds what it has."""
    with suppress(sqlite3.Error, ValueError, TypeError, KeyError, OSError):
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            row = connection.execute("SELECT state FROM event WHERE position = 1").fetchone()
            origin, head = json.loads(row[0])["origin"], ""
            with suppress(sqlite3.Error):
                (head,) = connection.execute("SELECT note FROM head").fetchone() or ("",)
        return (origin, str(head)) if isinstance(origin, str) else ("", "")
    return "", ""


def _note_of(one: Voucher) -> bytes:
    """A note as the bytes that were kept."""
    assert one.note
    lines = "".join(
        f"\u2014 {s.name} {b64encode(s.key_id + s.signature).decode()}\n"
        for s in one.note.signatures
    )
    return f"{one.note.text}\n{lines}".encode()


def _policy(key: Verifier | None, trust: Policy) -> bytes | None:
    """The trust, or else that in the key of this machine's own signer, without any witness."""
    if trust != NOBODY:
        return policy_bytes(trust)
    return f"log {key.vkey}\nquorum none\n".encode() if key else None
