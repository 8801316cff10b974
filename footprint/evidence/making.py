"""Make the files of a bundle of what a ledger gave: a pure function."""

from __future__ import annotations

from typing import NamedTuple

from footprint.errors import Refused
from footprint.evidence import names
from footprint.evidence.archive import MOST_MEMBERS, MOST_TOGETHER, fits
from footprint.evidence.gathering import Evidence, Item


class Texts(NamedTuple):
    """What is in a bundle to be read by people; nothing in it is proved."""

    statement: str
    reading_text: str
    reading_html: str


def bundle_files(evidence: Evidence, texts: Texts) -> dict[str, bytes]:
    """The files by name, in the order in which they are packed.

    Raises:
        Refused: they are more than a bundle may hold.
    """
    files = {names.CHECKPOINT: evidence.note.text.encode()}
    for item in evidence.items:
        files |= _of_entry(item)
    if evidence.consistency:
        files[names.CONSISTENCY] = evidence.consistency.encode()
    files[names.STATEMENT] = texts.statement.encode()
    files[names.READING_TEXT] = texts.reading_text.encode()
    files[names.READING_HTML] = texts.reading_html.encode()
    files = {names.MANIFEST: _manifest(evidence, files), **files}
    if not fits(files):
        raise Refused(
            f"{evidence.ref} is too large for a bundle, which has at most {MOST_MEMBERS:,} files"
            f" and {MOST_TOGETHER >> 20} MiB.",
            "Give the ledger itself to whoever is to verify it, or its audit copy.",
        )
    return files


def _of_entry(item: Item) -> dict[str, bytes]:
    position = item.entry.position
    files = {
        names.leaf_name(position): item.leaf,
        names.proof_name(position): item.proof.encode(),
    }
    if item.sealed is not None:
        salt, words = item.sealed
        files |= {names.words_name(position): words, names.salt_name(position): salt}
    return files


def _manifest(evidence: Evidence, files: dict[str, bytes]) -> bytes:
    return names.manifest_bytes(
        names.Manifest(
            origin=evidence.origin,
            stream=evidence.stream,
            positions=[entry.position for entry in evidence.entries],
            files={name: names.digest(content) for name, content in files.items()},
        )
    )
