"""Bundles of a ledger by the room's own functions, put to both verifiers."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from audit_helpers import ORIGIN, Case, checked, root_of
from bundles_apart import STREAM, lines_of, manifest_of, path_of
from verifier_helpers import standalone

from footprint.audit.vouchers import Voucher, from_note
from footprint.evidence.archive import pack
from footprint.evidence.gathering import Evidence, gather, snapshot, with_words
from footprint.evidence.making import Texts, bundle_files
from footprint.evidence.statement import statement
from footprint.evidence.verify import Checked, verify_bundle
from footprint.ledger.opening import open_ledger
from footprint.proof.checkpoint import Checkpoint, checkpoint_text
from footprint.proof.key import Signer
from footprint.proof.policy import NOBODY, Policy, policy_bytes

Files = Mapping[str, bytes]
OWN = Signer(ORIGIN, sha256(b"the key of a ledger that is only made up").digest())
PLACE = Path(tempfile.mkdtemp())


def evidence_of(
    case: Case,
    stream: str = STREAM,
    trust: Policy = NOBODY,
    *,
    kept: Voucher | None = None,
    words: bool = False,
    legal_advice: bool = False,
) -> Evidence:
    """What the ledger of a case gives out."""
    with closing(open_ledger(case.path)) as ledger, snapshot(ledger):
        evidence = gather(ledger, stream, trust, kept)
        return with_words(ledger, evidence, legal_advice=legal_advice) if words else evidence


def files_from(evidence: Evidence) -> dict[str, bytes]:
    """The files of its bundle."""
    said = statement(evidence)
    return bundle_files(evidence, Texts(said, "The thread.\n", "<p>The thread.</p>\n"))


def mended(files: Files, /, **changes: object) -> dict[str, bytes]:
    """The files with a manifest that lists them as they are now, but for what it is to say."""
    others = {name: data for name, data in files.items() if name != "manifest.json"}
    return {"manifest.json": manifest_of(others, **changes), **others}


def ask(data: bytes | Files, trust: Policy = NOBODY, kept: Sequence[str | bytes] = ()) -> Checked:
    """What the verifier says of a bundle, with these notes held against it.

    The second verifier, written apart from it, has to say the same; and whatever is said can be
    printed.
    """
    path = held("bundle.zip", data if isinstance(data, bytes) else pack(data))
    notes = [held(f"{n}.note", one) for n, one in enumerate(kept)]
    found = verify_bundle(path, trust, [from_note(note) for note in notes])
    second = standalone.check(path, held("trust", policy_bytes(trust)), notes)
    assert second["verdict"] == found.verdict.verdict, (found.verdict, second)
    checked(found.verdict)
    return found


def held(name: str, data: str | bytes) -> Path:
    """A file of somebody's."""
    path = PLACE / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


# --- ledgers that are only made up --------------------------------------------------------------


class Row(NamedTuple):
    """An entry of a made-up ledger, as it is hashed, and the words that are given out with it."""

    topic: str
    state: bytes
    salt: bytes = b""
    words: bytes = b""


def made_up(
    rows: Sequence[Row], *, stream: str = STREAM, before: int = 5, signer: Signer = OWN
) -> dict[str, bytes]:
    """The bundle of a thread that somebody who holds the key made as they like.

    It stands behind so many other entries, and some more follow.
    """
    leaf_files = [
        f"footprint/event/v1\n{stream}\n{version}\n{row.topic}\n".encode() + row.state
        for version, row in enumerate(rows, 1)
    ]
    leaves = [
        *(sha256(b"before %d" % n).digest() for n in range(before)),
        *(sha256(b"\0" + leaf).digest() for leaf in leaf_files),
        *(sha256(b"behind %d" % n).digest() for n in range(3)),
    ]
    text = checkpoint_text(Checkpoint(signer.name, len(leaves), root_of(leaves)))
    note = signer.sign(text)
    files = {"checkpoint": note.encode()}
    for position, (row, leaf) in enumerate(zip(rows, leaf_files, strict=True), before + 1):
        path = lines_of(path_of(position - 1, leaves))
        proof = f"c2sp.org/tlog-proof@v1\nindex {position - 1}\n{path}\n{note}"
        files |= {
            f"entries/{position}.leaf": leaf,
            f"entries/{position}.tlog-proof": proof.encode(),
        }
        if row.words:
            files |= {f"words/{position}.json": row.words, f"words/{position}.salt": row.salt}
    texts = ("statement.txt", "reading-copy.txt", "reading-copy.html")
    return mended(files | dict.fromkeys(texts, b""), origin=signer.name, stream=stream)
